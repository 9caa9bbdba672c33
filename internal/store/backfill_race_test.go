package store_test

import (
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// TestRecordedWhileABackfillStarts records events by a call that found sync not started yet, and that ends after a backfill
// was started: they belong to it, where they are of its dates.
func TestRecordedWhileABackfillStarts(t *testing.T) {
	t.Parallel()
	for name, url := range urls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := url(t)
			s := open(t, address)
			recordOn := func(id string, date ledger.Date) {
				t.Helper()
				_, err := s.RecordEvents(t.Context(), "acme", "test", []store.NewEvent{tillCount(t, id, date)}, time.Now())
				if err != nil {
					t.Fatal(err)
				}
			}
			recordOn("before", "2026-11-02")
			if err := s.SaveConnection(t.Context(), "acme", store.NewConnection{Realm: "1", Now: time.Now()}); err != nil {
				t.Fatal(err)
			}
			if err := s.StartSync(t.Context(), "acme", time.Now()); err != nil {
				t.Fatal(err)
			}
			dates := store.Past{From: "2026-11-01", To: "2026-11-30"}
			if _, err := s.StartBackfill(t.Context(), "acme", dates, nil, "", "test", time.Now()); err != nil {
				t.Fatal(err)
			}
			execute(t, address, `UPDATE retailers SET first_started_at = 0`) // what such a call has read
			recordOn("within", "2026-11-01")
			recordOn("without", "2026-12-01")
			execute(t, address, `UPDATE retailers SET first_started_at = 1`)
			b, err := s.Backfill(t.Context(), "acme", 1)
			if err != nil || b.Progress != (store.Progress{Unreleased: 2}) {
				t.Errorf("%+v, %v", b, err)
			}
			if differences, err := s.Audit(t.Context(), "acme"); err != nil || len(differences) > 0 {
				t.Errorf("audit: %q, %v", differences, err)
			}
		})
	}
}
