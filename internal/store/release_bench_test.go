package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/store"
)

// BenchmarkRelease maps the one slot that 100,000 events wait for, after as many others were posted.
func BenchmarkRelease(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkRelease(b, open(b, sqlitePath(b))) })
	b.Run("postgres", func(b *testing.B) { benchmarkRelease(b, open(b, postgrestest.DSN(b))) })
}

func benchmarkRelease(b *testing.B, s *store.Store) {
	b.Helper()
	const waiting = 100_000
	startSync(b, s)
	account := store.Account{Account: ledger.Account{ID: "1", Name: "Clearing", Type: ledger.TypeBank, Active: true}}
	if _, err := s.ImportAccounts(b.Context(), "acme", "1", []store.Account{account}, time.Now()); err != nil {
		b.Fatal(err)
	}
	for n := 0; n < waiting; n += benchBatch {
		if _, err := s.RecordEvents(b.Context(), "acme", "bench", benchEvents(b, n), time.Now()); err != nil {
			b.Fatal(err)
		}
	}
	slot := ledger.Slot{Role: ledger.RolePayment, Key: "Shop Coins"}
	for b.Loop() {
		b.StopTimer()
		parkAll(b, s, slot)
		b.StartTimer()
		_, released, err := s.PutMappings(b.Context(), "acme", []store.MappingOrder{{Slot: slot, Account: "1"}}, "bench", time.Now())
		if err != nil || released != waiting {
			b.Fatal(released, err)
		}
	}
}

// parkAll makes every pending event wait for a slot.
func parkAll(b *testing.B, s *store.Store, slot ledger.Slot) {
	b.Helper()
	now := time.Now()
	lease, ok, err := s.Claim(b.Context(), "worker", now, time.Hour)
	if err != nil || !ok {
		b.Fatal(ok, err)
	}
	version, err := s.BooksVersion(b.Context(), "acme")
	if err != nil {
		b.Fatal(err)
	}
	pending, err := s.PendingEvents(b.Context(), lease, now, 200_000, true)
	if err != nil {
		b.Fatal(err)
	}
	slot.Location = "store-1"
	for some := range slices.Chunk(pending, 1000) {
		parked := make([]store.Parked, 0, len(some))
		for i := range some {
			parked = append(parked, store.Parked{
				Event: some[i].Event.ID, Revision: some[i].Event.Revision,
				Problem: &ledger.Problem{
					Reason: ledger.ReasonUnmapped, Message: "No account is mapped.", Remedy: "Map one.", Slots: []ledger.Slot{slot},
				},
			})
		}
		if err := s.Park(b.Context(), lease, now, version, parked); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Release(b.Context(), lease, now, store.Backoff{}); err != nil {
		b.Fatal(err)
	}
}
