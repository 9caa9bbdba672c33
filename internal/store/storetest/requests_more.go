package storetest

import (
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// testRequestsPaused pauses what a worker has read already: it is not sent any more.
func testRequestsPaused(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	record(t, s, retailer, at(1), sale("past"))
	must(t, s.StartSync(ctx, retailer, at(2)))
	l := claim(t, s, at(2))
	b := backfill(t, s, l, 3)
	record(t, s, retailer, at(4), sale("live"))
	same(t, "to post", len(got(s.PendingEvents(ctx, l, at(4), 9, true))(t)), 2)

	got(s.PauseBackfill(ctx, retailer, b.ID, caller, at(5)))(t)
	fails(t, "backfill paused", s.StoreRequests(ctx, l, at(5), []store.NewRequest{batch("q1", "live", "past")}), store.ErrNotPending)
	must(t, s.PauseSync(ctx, retailer, at(6)))
	fails(t, "sync paused", s.StoreRequests(ctx, l, at(6), []store.NewRequest{batch("q2", "live")}), store.ErrNotPending)
	for _, id := range []string{"live", "past"} {
		same(t, id, state(t, s, retailer, id), ledger.StatePending)
	}
	must(t, s.StartSync(ctx, retailer, at(7)))
	must(t, s.StoreRequests(ctx, l, at(7), []store.NewRequest{batch("q3", "live")}))
	got(s.ResumeBackfill(ctx, retailer, b.ID, caller, at(8)))(t)
	must(t, s.StoreRequests(ctx, l, at(8), []store.NewRequest{batch("q4", "past")}))
	audited(t, s, retailer)
}

// testRequestsDueFirst has more requests open than a worker looks at. Those that wait for later do not hide one that is due.
func testRequestsDueFirst(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"), sale("c"))
	l := claim(t, s, at(1))
	for i, id := range ids("a", "b", "c") {
		must(t, s.StoreRequests(ctx, l, at(2+i), []store.NewRequest{batch("q-"+string(id), id)}))
	}
	for i, q := range []string{"q-a", "q-b", "q-c"} {
		must(t, s.Settle(ctx, l, at(9), store.Settlement{
			RequestID: q, NextDue: at(60 - 10*i), Attempt: store.Attempt{Outcome: store.Unknown},
		}))
	}
	open := got(s.OpenRequests(ctx, l, 2))(t)
	same(t, "open", []string{open[0].ID, open[1].ID}, []string{"q-c", "q-b"})
}
