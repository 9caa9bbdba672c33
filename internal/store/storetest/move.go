package storetest

import (
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func moveTests() tests {
	return tests{
		"Move/Retry":      testRetry,
		"Move/Skip":       testSkip,
		"Move/SkipBefore": testSkipBeforeStart,
		"Move/SkipReason": testSkipReason,
		"Move/Many":       testRetryMany,
	}
}

func testRetry(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	none := got(s.RetryEvents(ctx, retailer, store.Retry{Reason: 0}, caller, at(1)))(t)
	same(t, "unknown retailer", none, 0)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"), sale("c"), sale("d"))
	l := claim(t, s, at(1))
	closed := &ledger.Problem{Reason: ledger.ReasonPeriodClosed, Message: "Closed.", Remedy: "Open."}
	park(t, s, l, at(2), store.Parked{Event: "a", Problem: unmapped(visa())}, store.Parked{Event: "b", Problem: closed},
		store.Parked{Event: "c", Problem: closed})
	must(t, s.Release(ctx, l, at(2), store.Backoff{}))
	same(t, "wrong reason", got(s.RetryEvents(ctx, retailer, store.Retry{IDs: ids("a"), Reason: ledger.ReasonPeriodClosed}, caller, at(3)))(t), 0)
	same(t, "wrong state", got(s.RetryEvents(ctx, retailer, store.Retry{IDs: ids("d", "x"), Reason: 0}, caller, at(3)))(t), 0)
	same(t, "by id", got(s.RetryEvents(ctx, retailer, store.Retry{IDs: ids("a", "a"), Reason: 0}, caller, at(3)))(t), 1)
	same(t, "a", state(t, s, retailer, "a"), ledger.StatePending)
	for _, use := range listSlots(t, s, store.SlotQuery{Limit: 9}) {
		same(t, use.Slot.String(), use.Waiting, 0)
	}
	same(t, "by reason", got(s.RetryEvents(ctx, retailer, store.Retry{Reason: ledger.ReasonPeriodClosed}, caller, at(4)))(t), 2)
	detail := got(s.Event(ctx, retailer, "b"))(t)
	same(t, "due", detail.DueAt, at(4))
	same(t, "since", detail.StateAt, at(4))
	same(t, "changes", detail.Changes, []store.Change{
		{At: at(2), From: ledger.StatePending, To: ledger.StateActionRequired, Reason: ledger.ReasonPeriodClosed, Note: "Closed."},
		{At: at(4), From: ledger.StateActionRequired, To: ledger.StatePending, Actor: caller, Note: "retried"},
	})
	l = claim(t, s, at(4))
	park(t, s, l, at(5), store.Parked{Event: "a", Problem: unmapped(visa())}, store.Parked{Event: "b", Problem: closed})
	same(t, "all", got(s.RetryEvents(ctx, retailer, store.Retry{Reason: 0}, caller, at(6)))(t), 2)
	audited(t, s, retailer)
}

func testSkip(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("pending"), sale("parked"), sale("nothing"), sale("sent"), sale("synced"))
	l := claim(t, s, at(1))
	park(t, s, l, at(2), store.Parked{Event: "parked", Problem: unmapped(visa(), shoes())}, store.Parked{Event: "nothing"})
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q1", "sent"), batch("q2", "synced")}))
	must(t, s.Settle(ctx, l, at(3), store.Settlement{
		RequestID: "q2", Closed: true, Items: []store.ItemResult{item("synced", store.Booked)},
	}))
	all := ids("pending", "parked", "nothing", "sent", "synced", "unknown")
	same(t, "no ids", got(s.SkipEvents(ctx, retailer, nil, false, "", caller, at(4)))(t), 0)
	same(t, "skipped", got(s.SkipEvents(ctx, retailer, all, false, "a test", caller, at(4)))(t), 2)
	same(t, "again", got(s.SkipEvents(ctx, retailer, all, false, "a test", caller, at(4)))(t), 0)
	same(t, "pending", state(t, s, retailer, "pending"), ledger.StateSkipped)
	same(t, "sent", state(t, s, retailer, "sent"), ledger.StateProcessing)
	detail := got(s.Event(ctx, retailer, "parked"))(t)
	same(t, "parked", detail.State, ledger.StateSkipped)
	same(t, "problem", detail.Problem, nil)
	same(t, "last change", detail.Changes[1], store.Change{
		At: at(4), From: ledger.StateActionRequired, To: ledger.StateSkipped, Actor: caller, Note: "a test",
	})
	_, released, err := putMapping(ctx, s, retailer, visa(), "2", caller, at(5))
	must(t, err)
	same(t, "released", released, 0)
	audited(t, s, retailer)
	same(t, "unskipped", got(s.SkipEvents(ctx, retailer, all, true, "", caller, at(6)))(t), 2)
	same(t, "parked", state(t, s, retailer, "parked"), ledger.StatePending)
	same(t, "pending", len(got(s.PendingEvents(ctx, l, at(6), 9, true))(t)), 2)
	audited(t, s, retailer)
}

func testSkipBeforeStart(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"))
	same(t, "skipped", got(s.SkipEvents(ctx, retailer, ids("a", "b"), false, "", caller, at(2)))(t), 2)
	same(t, "unskipped", got(s.SkipEvents(ctx, retailer, ids("a"), true, "", caller, at(3)))(t), 1)
	same(t, "a", state(t, s, retailer, "a"), ledger.StateNeverSynced)
	same(t, "a is not due", got(s.Event(ctx, retailer, "a"))(t).DueAt.IsZero(), true)
	must(t, s.StartSync(ctx, retailer, at(4)))
	same(t, "unskipped", got(s.SkipEvents(ctx, retailer, ids("b"), true, "", caller, at(5)))(t), 1)
	same(t, "b", state(t, s, retailer, "b"), ledger.StatePending)
	audited(t, s, retailer)
}

// testRetryMany names many events.
func testRetryMany(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	const n = 1200
	events := numbered(n)
	record(t, s, retailer, at(1), events...)
	l := claim(t, s, at(1))
	var parked []store.Parked
	var chosen []ledger.EventID
	for i := range events {
		slot := visa()
		slot.Key = fmt.Sprintf("key %d", i)
		parked = append(parked, store.Parked{Event: events[i].ID, Problem: unmapped(slot, visa())})
		chosen = append(chosen, events[i].ID)
	}
	park(t, s, l, at(2), parked...)
	same(t, "retried", got(s.RetryEvents(ctx, retailer, store.Retry{IDs: chosen, Reason: ledger.ReasonUnmapped}, caller, at(3)))(t), n)
	same(t, "skipped", got(s.SkipEvents(ctx, retailer, chosen, false, "", caller, at(3)))(t), n)
	audited(t, s, retailer)
}

// testSkipReason skips what waits for a reason, all of it or some.
func testSkipReason(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"), sale("c"), sale("d"), sale("e"))
	closed := &ledger.Problem{Reason: ledger.ReasonPeriodClosed, Message: "Closed.", Remedy: "Open."}
	park(t, s, claim(t, s, at(1)), at(2), store.Parked{Event: "a", Problem: closed}, store.Parked{Event: "b", Problem: closed},
		store.Parked{Event: "c", Problem: closed}, store.Parked{Event: "d", Problem: unmapped(visa())})
	skip := func(reason ledger.Reason, which ...string) int64 {
		t.Helper()
		return got(s.SkipWaiting(ctx, retailer, reason, ids(which...), "by hand", caller, at(3)))(t)
	}
	same(t, "another reason", skip(ledger.ReasonNumberTaken), 0)
	same(t, "one", skip(ledger.ReasonPeriodClosed, "a", "d", "e", "none"), 1)
	same(t, "the rest", skip(ledger.ReasonPeriodClosed), 2)
	for id, want := range map[string]ledger.State{
		"a": ledger.StateSkipped, "b": ledger.StateSkipped, "c": ledger.StateSkipped, "d": ledger.StateActionRequired,
		"e": ledger.StatePending,
	} {
		same(t, id, state(t, s, retailer, id), want)
	}
	same(t, "unknown retailer", got(s.SkipWaiting(ctx, "nobody", ledger.ReasonUnmapped, nil, "", caller, at(4)))(t), 0)
	audited(t, s, retailer)
}
