package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/store"
)

// BenchmarkBackfill releases 100,000 past events on PostgreSQL one chunk after the other, much faster than they could be
// posted, while live events of the same retailer are recorded and selected. How long those take is what counts:
// record-p99-ms should stay under 200.
func BenchmarkBackfill(b *testing.B) {
	const past, chunk = 100_000, 240 // as the engine does
	for b.Loop() {
		b.StopTimer()
		s := open(b, postgrestest.DSN(b))
		recordPast(b, s, past)
		startSyncAndBackfill(b, s)
		lease, ok, err := s.Claim(b.Context(), "worker", time.Now(), time.Hour)
		if err != nil || !ok {
			b.Fatal(ok, err)
		}
		ctx, cancel := context.WithCancel(b.Context())
		var group sync.WaitGroup
		var recorded, selected []time.Duration
		group.Go(func() { recorded = recordLive(ctx, b, s) })
		group.Go(func() { selected = selectPending(ctx, b, s, lease) })
		b.StartTimer()
		for released := 0; released < past; {
			n, err := s.ReleasePast(b.Context(), lease, time.Now(), chunk)
			if err != nil || n == 0 {
				b.Fatal(n, err)
			}
			released += n
		}
		cancel()
		group.Wait()
		b.ReportMetric(past/b.Elapsed().Seconds(), "events/s")
		for name, took := range map[string][]time.Duration{"record": recorded, "select": selected} {
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, name+"-p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, name+"-p99-ms")
		}
	}
}

// recordPast records events before sync is started.
func recordPast(t testing.TB, s *store.Store, n int) {
	t.Helper()
	for first := 0; first < n; first += 5000 {
		var events []store.NewEvent
		for i := first; i < first+5000; i++ {
			events = append(events, tillCount(t, fmt.Sprintf("past-%06d", i), ledger.Date(fmt.Sprintf("2026-%02d-%02d", 1+i%12, 1+i%28))))
		}
		if _, err := s.RecordEvents(t.Context(), "acme", "test", events, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

func startSyncAndBackfill(t testing.TB, s *store.Store) {
	t.Helper()
	if err := s.SaveConnection(t.Context(), "acme", store.NewConnection{Realm: "1", Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := s.StartSync(t.Context(), "acme", time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.StartBackfill(t.Context(), "acme", store.Past{}, nil, "", "test", time.Now()); err != nil {
		t.Fatal(err)
	}
}

// recordLive records events one call after the other until ctx ends, and returns how long each took.
func recordLive(ctx context.Context, t testing.TB, s *store.Store) []time.Duration {
	t.Helper()
	return timed(ctx, t, func(i int) error {
		events := make([]store.NewEvent, 0, 10)
		for n := range 10 {
			events = append(events, tillCount(t, fmt.Sprintf("live-%06d-%d", i, n), "2026-12-31"))
		}
		_, err := s.RecordEvents(ctx, "acme", "test", events, time.Now())
		return err
	})
}

// selectPending selects what the engine would send until ctx ends, and returns how long each call took.
func selectPending(ctx context.Context, t testing.TB, s *store.Store, l store.Lease) []time.Duration {
	t.Helper()
	return timed(ctx, t, func(int) error {
		_, err := s.PendingEvents(ctx, l, time.Now(), 30, true)
		return err
	})
}

func timed(ctx context.Context, t testing.TB, call func(int) error) (took []time.Duration) {
	t.Helper()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for i := 0; ; i++ {
		began := time.Now()
		if err := call(i); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
		if ctx.Err() != nil {
			return took
		}
		took = append(took, time.Since(began))
		select {
		case <-ctx.Done():
			return took
		case <-ticker.C:
		}
	}
}

func tillCount(t testing.TB, id string, date ledger.Date) store.NewEvent {
	ev := ledger.Event{
		ID: ledger.EventID(id), Number: id, Revision: 1, Location: "store-1", OccurredAt: time.Unix(1, 0).UTC(),
		BusinessDate: date, Currency: "USD", Detail: &ledger.TillCount{},
	}
	content, err := ledger.Encode(ev)
	if err != nil {
		t.Error(err)
	}
	return store.NewEvent{Event: ev, Content: content, Hash: ledger.HashOf(content)}
}
