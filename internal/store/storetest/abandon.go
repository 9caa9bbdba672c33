package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func abandonTests() tests {
	return tests{
		"Abandon/TooYoung": testAbandonTooYoung,
		"Abandon/Closes":   testAbandonCloses,
		"Abandon/Holds":    testAbandonHolds,
		"Abandon/Vouched":  testAbandonVouched,
		"Abandon/Revises":  testAbandonRevises,
		"Abandon/Past":     testAbandonPast,
	}
}

const day = 24 * 60 * 60 // in seconds

// abandoning is elsewhere, with what is unsettled given up.
func abandoning(seconds int) store.NewConnection {
	c := elsewhere(at(seconds))
	c.AbandonUnsettled = true
	return c
}

// sendAndLeave sends sales in one request, of which nothing is heard again, and disconnects.
func sendAndLeave(t testing.TB, s *store.Store, list ...string) store.Lease {
	t.Helper()
	start(t, s, retailer)
	for _, id := range list {
		record(t, s, retailer, at(1), sale(id))
	}
	l := claim(t, s, at(2))
	must(t, s.StoreRequests(within(t), l, at(2), []store.NewRequest{batch("q1", ids(list...)...)}))
	must(t, s.Disconnect(within(t), retailer, at(4)))
	return l
}

// lostSale is the problem of a sale whose request was given up.
func lostSale(id string) *ledger.Problem {
	return ledger.LostEntry{
		Company:   ledger.FormerCompany{Realm: realm, Name: "Acme Shoes"},
		DocNumber: "T-" + id, TxnDate: "2026-11-22",
	}.Problem()
}

// pending starts the sync in the present company and returns what is to be posted there.
func pending(t testing.TB, s *store.Store, seconds int) (store.Lease, []store.PendingEvent) {
	t.Helper()
	must(t, s.StartSync(within(t), retailer, at(seconds)))
	l := claim(t, s, at(seconds))
	return l, got(s.PendingEvents(within(t), l, at(seconds), 9, true))(t)
}

func testAbandonTooYoung(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"), sale("c"))
	l := claim(t, s, at(1))
	must(t, s.StoreRequests(ctx, l, at(1), []store.NewRequest{batch("q1", "a", "b")}))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q2", "c")}))
	must(t, s.MarkSent(ctx, l, at(9), "q1")) // what counts is when it may have reached QuickBooks last
	must(t, s.Disconnect(ctx, retailer, at(10)))
	before := got(s.Connection(ctx, retailer))(t)
	for what, c := range map[string]store.NewConnection{
		"one of two is too young": abandoning(day + 8), "nobody gave up": elsewhere(at(2 * day)),
	} {
		err := s.SaveConnection(ctx, retailer, c)
		fails(t, what, err, store.ErrEntriesUnsettled)
		unsettled, _ := errors.AsType[*store.EntriesUnsettledError](err)
		same(t, what, unsettled, &store.EntriesUnsettledError{Entries: 3, AbandonAt: at(day + 9)})
	}
	same(t, "connection", got(s.Connection(ctx, retailer))(t), before)
	same(t, "a", state(t, s, retailer, "a"), ledger.StateProcessing)
	audited(t, s, retailer)
	must(t, s.SaveConnection(ctx, retailer, abandoning(day+9)))
	audited(t, s, retailer)
}

func testAbandonCloses(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	l := sendAndLeave(t, s, "a", "revised")
	record(t, s, retailer, at(5), revised(sale("revised"), 2), sale("waiting"))
	must(t, s.SaveConnection(ctx, retailer, abandoning(2*day)))
	for _, id := range []string{"a", "revised"} {
		detail := got(s.Event(ctx, retailer, ledger.EventID(id)))(t)
		same(t, id, detail.State, ledger.StateActionRequired)
		same(t, id+": reason", detail.Reason, ledger.ReasonOutcomeLost)
		same(t, id+": problem", detail.Problem, lostSale(id))
		same(t, id+": attempts", detail.Attempts, []store.Attempt{{
			At: at(2 * day), RequestID: "q1", Outcome: store.Unknown,
			Message: "The company was left before an answer was learnt: a person gave up on it.",
		}})
		same(t, id+": history", detail.Changes[len(detail.Changes)-1], store.Change{
			At: at(2 * day), From: ledger.StateProcessing, To: ledger.StateActionRequired, Reason: ledger.ReasonOutcomeLost,
			Actor: caller, Note: lostSale(id).Message,
		})
	}
	counts := map[ledger.Reason]int64{}
	for _, c := range got(s.Status(ctx, retailer))(t).Counts {
		counts[c.Reason] += c.N
	}
	same(t, "counts", counts, map[ledger.Reason]int64{ledger.ReasonNone: 1, ledger.ReasonOutcomeLost: 2})
	fails(t, "the answer comes after all", s.Settle(ctx, l, at(2*day), store.Settlement{
		RequestID: "q1", Closed: true, Items: []store.ItemResult{item("a", store.Booked), item("revised", store.Booked)},
	}), store.ErrLeaseLost)
	audited(t, s, retailer)
	l, list := pending(t, s, 2*day)
	same(t, "to post", len(list), 1)
	same(t, "open", len(got(s.OpenRequests(ctx, l, 9))(t)), 0)
	must(t, s.Release(ctx, l, at(2*day), store.Backoff{}))
}

// testAbandonHolds tries everything by which events come back to PENDING: none lets one be posted that nobody vouched for.
func testAbandonHolds(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	sendAndLeave(t, s, "revised", "skipped", "left")
	must(t, s.SaveConnection(ctx, retailer, abandoning(2*day)))
	same(t, "everything is retried", got(s.RetryEvents(ctx, retailer, store.Retry{}, caller, at(2*day)))(t), 0)
	record(t, s, retailer, at(2*day), revised(sale("revised"), 2))
	same(t, "skipped", got(s.SkipEvents(ctx, retailer, ids("skipped"), false, "", caller, at(2*day)))(t), 1)
	same(t, "put back", got(s.SkipEvents(ctx, retailer, ids("skipped"), true, "", caller, at(2*day)))(t), 1)
	l, list := pending(t, s, 2*day)
	same(t, "to judge", len(list), 2)
	for i := range list {
		lost := list[i].Standing.Lost
		if lost == nil {
			t.Fatalf("%s would be posted", list[i].Event.ID)
		}
		same(t, "problem", lost.Problem(), lostSale(string(list[i].Event.ID)))
		park(t, s, l, at(2*day), store.Parked{Event: list[i].Event.ID, Revision: list[i].Event.Revision, Problem: lost.Problem()})
	}
	for _, id := range []string{"revised", "skipped", "left"} {
		same(t, id, got(s.Event(ctx, retailer, ledger.EventID(id)))(t).Reason, ledger.ReasonOutcomeLost)
	}
	audited(t, s, retailer)
}

func testAbandonVouched(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	sendAndLeave(t, s, "a", "b", "c")
	must(t, s.SaveConnection(ctx, retailer, abandoning(2*day)))
	same(t, "by id", got(s.RetryEvents(ctx, retailer, store.Retry{IDs: ids("a")}, caller, at(2*day)))(t), 1)
	same(t, "by reason", got(s.RetryEvents(ctx, retailer, store.Retry{Reason: ledger.ReasonOutcomeLost}, caller, at(2*day)))(t), 2)
	l, list := pending(t, s, 2*day)
	same(t, "to post", len(list), 3)
	for i := range list {
		same(t, fmt.Sprintf("what stands of %s", list[i].Event.ID), list[i].Standing, ledger.Standing{})
	}
	again := batch("q2", "a", "b", "c")
	again.Realm = "1"
	must(t, s.StoreRequests(ctx, l, at(2*day), []store.NewRequest{again}))
	must(t, s.Settle(ctx, l, at(2*day), store.Settlement{
		RequestID: "q2", Closed: true, Attempt: store.Attempt{At: at(2 * day), Outcome: store.Booked},
		Items: []store.ItemResult{item("a", store.Booked), item("b", store.Booked), item("c", store.Booked)},
	}))
	detail := got(s.Event(ctx, retailer, "a"))(t)
	same(t, "state", detail.State, ledger.StateSynced)
	same(t, "booked in", detail.Realm, "1")
	same(t, "attempts", len(detail.Attempts), 2)
	record(t, s, retailer, at(2*day), revised(sale("a"), 2))
	list = got(s.PendingEvents(ctx, l, at(2*day), 9, true))(t)
	same(t, "a later revision is one of the new company", []any{list[0].Standing.Lost == nil, list[0].Standing.Former == nil}, []any{true, true})
	audited(t, s, retailer)
}

// testAbandonRevises gives up on a revision of what the former company holds for sure.
func testAbandonRevises(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(1))
	postPast(t, s, l, 1, "q1", store.Booked, "a")
	record(t, s, retailer, at(2), revised(sale("a"), 2))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q2", "a")}))
	must(t, s.Disconnect(ctx, retailer, at(3)))
	must(t, s.SaveConnection(ctx, retailer, abandoning(2*day)))
	want := ledger.LostEntry{
		Company: ledger.FormerCompany{Realm: realm, Name: "Acme Shoes"}, DocNumber: "T-a", TxnDate: "2026-11-22", Revises: true,
	}
	same(t, "problem", got(s.Event(ctx, retailer, "a"))(t).Problem, want.Problem())
	same(t, "retried", got(s.RetryEvents(ctx, retailer, store.Retry{IDs: ids("a")}, caller, at(2*day)))(t), 1)
	_, list := pending(t, s, 2*day)
	same(t, "what stands", list[0].Standing.Former, &want.Company)
	audited(t, s, retailer)
}

// testAbandonPast gives up on the last of a backfill, which ends with it.
func testAbandonPast(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	pastSales(t, s, 3)
	record(t, s, retailer, at(1), sale("live"))
	l := claim(t, s, at(1))
	backfill(t, s, l, 1)
	postPast(t, s, l, 2, "q1", store.Booked, "past-0")
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q2", "past-1", "past-2", "live")}))
	must(t, s.Disconnect(ctx, retailer, at(3)))
	must(t, s.SaveConnection(ctx, retailer, abandoning(2*day)))
	progress(t, s, "given up", 1, store.BackfillDone, store.Progress{Booked: 1, Attention: 2})
	same(t, "retried", got(s.RetryEvents(ctx, retailer, store.Retry{Reason: ledger.ReasonOutcomeLost}, caller, at(2*day)))(t), 3)
	progress(t, s, "retried", 1, store.BackfillRunning, store.Progress{Booked: 1, Pending: 2})
}
