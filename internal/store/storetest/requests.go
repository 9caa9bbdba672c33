package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func requestTests() tests {
	return tests{
		"Requests/StoredAsSent":   testRequestsStored,
		"Requests/AllOrNone":      testRequestsAllOrNone,
		"Requests/OneOpenPerItem": testRequestsOneOpen,
		"Requests/Many":           testRequestsMany,
		"Requests/Paused":         testRequestsPaused,
		"Requests/DueFirst":       testRequestsDueFirst,
		"Pending/Order":           testPendingOrder,
		"Park/Standing":           testPark,
		"Park/BooksChanged":       testParkBooksChanged,
	}
}

func testRequestsStored(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"), sale("c"))
	l := claim(t, s, at(1))
	same(t, "none", len(got(s.OpenRequests(ctx, l, 9))(t)), 0)
	body := make([]byte, 256)
	for i := range body {
		body[i] = byte(i)
	}
	// The items stand in an order of their own, which is kept.
	first := batch("q2", "c", "a")
	first.Body = body
	second := store.NewRequest{ID: "q1", Realm: realm, Kind: store.Single, Items: []store.Item{{Event: "b", Entry: entry("b"), Revision: 1, Final: true}}}
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{first}))
	must(t, s.StoreRequests(ctx, l, at(3), []store.NewRequest{second}))
	must(t, s.MarkSent(ctx, l, at(4), "q2"))
	must(t, s.MarkSent(ctx, l, at(5), "q2"))
	fails(t, "unknown request", s.MarkSent(ctx, l, at(5), "q3"), store.ErrRequestClosed)
	want := []store.StoredRequest{
		{
			ID: "q2", Realm: realm, Kind: store.Batch, Body: body, CreatedAt: at(2), LastSentAt: at(5), Sends: 3, DueAt: at(2),
			Items: first.Items,
		},
		{
			ID: "q1", Realm: realm, Kind: store.Single, CreatedAt: at(3), LastSentAt: at(3), Sends: 1, DueAt: at(3),
			Items: second.Items,
		},
	}
	open := got(s.OpenRequests(ctx, l, 9))(t)
	same(t, "open", open, want)
	same(t, "limit", len(got(s.OpenRequests(ctx, l, 1))(t)), 1)
	same(t, "others", got(s.OpenRequests(ctx, l, 1, "q2", "q9"))(t), want[1:])
	same(t, "no others", len(got(s.OpenRequests(ctx, l, 9, "q1", "q2"))(t)), 0)
	e := entry("a")
	detail := got(s.Event(ctx, retailer, "a"))(t)
	same(t, "state", detail.State, ledger.StateProcessing)
	same(t, "entry", detail.Entry, &e)
	same(t, "history", len(detail.Changes), 0)
	audited(t, s, retailer)
}

func testRequestsAllOrNone(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"), sale("skipped"))
	got(s.SkipEvents(ctx, retailer, ids("skipped"), false, "", caller, at(1)))(t)
	l := claim(t, s, at(1))
	for name, requests := range map[string][]store.NewRequest{
		"a skipped event":   {batch("q1", "a"), batch("q2", "b", "skipped")},
		"an unknown event":  {batch("q1", "a", "unknown")},
		"one event twice":   {batch("q1", "a", "b"), batch("q2", "b")},
		"twice in a batch":  {batch("q1", "a", "a")},
		"a request of ours": {batch("q1", "a"), batch("q1", "b")},
	} {
		err := s.StoreRequests(ctx, l, at(2), requests)
		if err == nil {
			t.Errorf("%s: was stored", name)
		}
		if name != "a request of ours" && !errors.Is(err, store.ErrNotPending) {
			t.Errorf("%s: %v, want ErrNotPending", name, err)
		}
		same(t, name, len(got(s.OpenRequests(ctx, l, 9))(t)), 0)
		same(t, name, state(t, s, retailer, "a"), ledger.StatePending)
	}
	audited(t, s, retailer)
}

func testRequestsOneOpen(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(1))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q1", "a")}))
	fails(t, "a second request", s.StoreRequests(ctx, l, at(3), []store.NewRequest{batch("q2", "a")}), store.ErrNotPending)
	must(t, s.Settle(ctx, l, at(4), store.Settlement{
		RequestID: "q1", Closed: true, Items: []store.ItemResult{item("a", store.NotFound)},
	}))
	must(t, s.StoreRequests(ctx, l, at(5), []store.NewRequest{batch("q2", "a")}))
	fails(t, "the closed one", s.MarkSent(ctx, l, at(6), "q1"), store.ErrRequestClosed)
	audited(t, s, retailer)
}

// testRequestsMany stores and settles much at once.
func testRequestsMany(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	const n, size = 40, 30
	events := numbered(n * size)
	record(t, s, retailer, at(1), events...)
	l := claim(t, s, at(1))
	var requests []store.NewRequest
	var settlements []store.Settlement
	for i := range n {
		part := eventIDs(events[i*size : (i+1)*size])
		q := batch(fmt.Sprintf("q-%03d", i), part...)
		requests = append(requests, q)
		settlement := store.Settlement{RequestID: q.ID, Closed: true, Attempt: store.Attempt{At: at(3), Outcome: store.Booked}}
		for _, ev := range part {
			settlement.Items = append(settlement.Items, item(ev, store.Booked))
		}
		settlements = append(settlements, settlement)
	}
	must(t, s.StoreRequests(ctx, l, at(2), requests))
	same(t, "open", len(got(s.OpenRequests(ctx, l, 1000))(t)), n)
	must(t, s.SettleMany(ctx, l, at(3), settlements))
	same(t, "open", len(got(s.OpenRequests(ctx, l, 1000))(t)), 0)
	same(t, "counts", got(s.Status(ctx, retailer))(t).Counts, []store.Count{
		{Kind: ledger.KindSale, State: ledger.StateSynced, N: n * size},
	})
	audited(t, s, retailer)
}

func testPendingOrder(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(3), sale("b"), sale("a"))
	record(t, s, retailer, at(2), sale("c"))
	record(t, s, retailer, at(9), sale("0"))
	l := claim(t, s, at(9))
	order := func(seconds, limit int) []ledger.EventID {
		var out []ledger.EventID
		for _, p := range got(s.PendingEvents(ctx, l, at(seconds), limit, true))(t) {
			out = append(out, p.Event.ID)
		}
		return out
	}
	same(t, "all", order(9, 9), ids("c", "a", "b", "0"))
	same(t, "due", order(8, 9), ids("c", "a", "b"))
	same(t, "limit", order(9, 2), ids("c", "a"))
	must(t, s.StoreRequests(ctx, l, at(10), []store.NewRequest{batch("q", "c")}))
	must(t, s.Settle(ctx, l, at(11), store.Settlement{
		RequestID: "q", Closed: true, Items: []store.ItemResult{{Event: "c", Outcome: store.NotBooked, RetryAt: at(20)}},
	}))
	same(t, "turned away", order(19, 9), ids("a", "b", "0"))
	same(t, "due again", order(20, 1), ids("c"))
	pending := got(s.PendingEvents(ctx, l, at(20), 1, true))(t)
	want := []store.PendingEvent{{Event: sale("c"), Hash: encoded(t, sale("c"))[0].Hash, Tries: 1}}
	same(t, "pending", pending, want)
}

func testPark(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"), sale("c"))
	l := claim(t, s, at(1))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q", "c")}))
	park(t, s, l, at(3))
	problem := unmapped(visa(), shoes(), visa())
	problem.Message = "odd \x00 text \xff"
	park(t, s, l, at(3), store.Parked{Event: "a", Problem: problem}, store.Parked{Event: "b"}, store.Parked{Event: "c"},
		store.Parked{Event: "unknown", Problem: problem})
	detail := got(s.Event(ctx, retailer, "a"))(t)
	same(t, "a", detail.State, ledger.StateActionRequired)
	same(t, "reason", detail.Reason, ledger.ReasonUnmapped)
	same(t, "slots", detail.Problem.Slots, problem.Slots)
	same(t, "not due", detail.DueAt.IsZero(), true)
	same(t, "since", detail.StateAt, at(3))
	same(t, "b", state(t, s, retailer, "b"), ledger.StateNothingToPost)
	same(t, "b has no history", len(got(s.Event(ctx, retailer, "b"))(t).Changes), 0)
	same(t, "c", state(t, s, retailer, "c"), ledger.StateProcessing)
	audited(t, s, retailer)
}

// testParkBooksChanged is the race that would leave an event waiting for a slot that is mapped.
func testParkBooksChanged(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(1))
	version := got(s.BooksVersion(ctx, retailer))(t)
	_, released, err := putMapping(ctx, s, retailer, visa(), "2", caller, at(2))
	must(t, err)
	same(t, "released", released, 0)
	parked := []store.Parked{{Event: "a", Revision: 1, Problem: unmapped(visa())}}
	fails(t, "park", s.Park(ctx, l, at(3), version, parked), store.ErrBooksChanged)
	same(t, "a", state(t, s, retailer, "a"), ledger.StatePending)
	park(t, s, l, at(3), parked...)
	same(t, "a", state(t, s, retailer, "a"), ledger.StateActionRequired)
}
