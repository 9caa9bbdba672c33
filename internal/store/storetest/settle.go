package storetest

import (
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func settleTests() tests {
	return tests{
		"Settle/Outcomes":  testSettleOutcomes,
		"Settle/Piecemeal": testSettlePiecemeal,
		"Settle/Refused":   testSettleRefused,
		"Settle/Mistakes":  testSettleMistakes,
	}
}

func testSettleOutcomes(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"), sale("c"), cash("d"))
	l := claim(t, s, at(1))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q", "a", "b", "c", "d")}))
	problem := &ledger.Problem{Reason: ledger.ReasonNumberTaken, Message: "Taken.", Remedy: "Rename."}
	must(t, s.Settle(ctx, l, at(4), store.Settlement{
		RequestID: "q", Closed: true,
		Attempt: store.Attempt{At: at(3), RequestID: "ignored", Outcome: store.Booked, HTTPStatus: 200, IntuitTID: "tid\x00"},
		Items: []store.ItemResult{
			{Event: "a", Outcome: store.Booked, QuickBooksID: "77", SyncToken: "0"},
			{Event: "b", Outcome: store.Refused, Problem: problem, Code: "6140", Message: "Duplicate \xff"},
			{Event: "c", Outcome: store.NotBooked, RetryAt: at(60), Code: "429", Message: "Slow down"},
			{Event: "d", Outcome: store.NotFound},
		},
	}))
	attempt := store.Attempt{At: at(3), RequestID: "q", HTTPStatus: 200, IntuitTID: "tid\uFFFD"}
	with := func(outcome store.Outcome, code, message string) []store.Attempt {
		a := attempt
		a.Outcome, a.Code, a.Message = outcome, code, message
		return []store.Attempt{a}
	}
	a := got(s.Event(ctx, retailer, "a"))(t)
	same(t, "a", a.State, ledger.StateSynced)
	same(t, "a entry", []string{string(a.Realm), a.QuickBooksID, a.SyncToken}, []string{string(realm), "77", "0"})
	same(t, "a synced", a.SyncedAt, at(4))
	same(t, "a attempts", a.Attempts, with(store.Booked, "", ""))
	same(t, "a changes", a.Changes, []store.Change{})
	b := got(s.Event(ctx, retailer, "b"))(t)
	same(t, "b", b.State, ledger.StateActionRequired)
	same(t, "b problem", b.Problem, problem)
	same(t, "b attempts", b.Attempts, with(store.Refused, "6140", "Duplicate \uFFFD"))
	same(t, "b changes", b.Changes, []store.Change{{
		At: at(4), From: ledger.StateProcessing, To: ledger.StateActionRequired, Reason: ledger.ReasonNumberTaken, Note: "Taken.",
	}})
	c := got(s.Event(ctx, retailer, "c"))(t)
	same(t, "c", c.State, ledger.StatePending)
	same(t, "c due", c.DueAt, at(60))
	same(t, "c tries", c.Tries, 1)
	same(t, "c attempts", c.Attempts, with(store.NotBooked, "429", "Slow down"))
	d := got(s.Event(ctx, retailer, "d"))(t)
	same(t, "d", d.State, ledger.StatePending)
	same(t, "d due", d.DueAt, at(4))
	same(t, "last synced", got(s.Status(ctx, retailer))(t).LastSyncedAt, at(4))
	audited(t, s, retailer)
}

// testSettlePiecemeal settles a request over several attempts, as a lost connection makes it.
func testSettlePiecemeal(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"), sale("c"))
	l := claim(t, s, at(1))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q", "a", "b", "c")}))
	settle := func(seconds int, closed bool, outcome store.Outcome, items ...store.ItemResult) {
		t.Helper()
		must(t, s.Settle(ctx, l, at(seconds), store.Settlement{
			RequestID: "q", Closed: closed, NextDue: at(seconds + 10), Items: items,
			Attempt: store.Attempt{At: at(seconds), Outcome: outcome},
		}))
	}
	open := func(want ...ledger.EventID) {
		t.Helper()
		var have []ledger.EventID
		for _, q := range got(s.OpenRequests(ctx, l, 9))(t) {
			for _, i := range q.Items {
				have = append(have, i.Event)
			}
		}
		same(t, "open items", have, want)
	}
	settle(3, false, store.Unknown)
	open("a", "b", "c")
	same(t, "due", got(s.OpenRequests(ctx, l, 9))(t)[0].DueAt, at(13))
	settle(4, false, store.Unknown, item("a", store.Booked), item("b", store.Unknown))
	open("b", "c")
	same(t, "a", state(t, s, retailer, "a"), ledger.StateSynced)
	same(t, "b", state(t, s, retailer, "b"), ledger.StateProcessing)
	audited(t, s, retailer)
	settle(5, false, store.Unknown, item("b", store.NotFound))
	settle(6, false, store.Booked, item("c", store.Booked)) // the last one closes it
	open()
	audited(t, s, retailer)
	outcomes := func(id ledger.EventID) []store.Outcome {
		var out []store.Outcome
		for _, a := range got(s.Event(ctx, retailer, id))(t).Attempts {
			out = append(out, a.Outcome)
		}
		return out
	}
	same(t, "attempts of a", outcomes("a"), []store.Outcome{store.Unknown, store.Booked})
	same(t, "attempts of b", outcomes("b"), []store.Outcome{store.Unknown, store.Unknown, store.NotFound})
	same(t, "attempts of c", outcomes("c"), []store.Outcome{store.Unknown, store.Unknown, store.Unknown, store.Booked})
	// b goes on in a request of its own, and its attempts go on with it.
	must(t, s.StoreRequests(ctx, l, at(7), []store.NewRequest{batch("r", "b")}))
	must(t, s.Settle(ctx, l, at(8), store.Settlement{
		RequestID: "r", Closed: true, Items: []store.ItemResult{item("b", store.Booked)},
	}))
	detail := got(s.Event(ctx, retailer, "b"))(t)
	same(t, "attempts of b", len(detail.Attempts), 4)
	same(t, "the last", detail.Attempts[3], store.Attempt{At: at(8), RequestID: "r", Outcome: store.Booked})
	same(t, "tries", detail.Tries, 1)
}

// testSettleRefused takes the way from a refusal over a mapping back to PENDING.
func testSettleRefused(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(1))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q", "a")}))
	problem := &ledger.Problem{
		Reason: ledger.ReasonAccountInactive, Message: "Inactive.", Remedy: "Map another.", Slots: []ledger.Slot{visa()},
	}
	must(t, s.Settle(ctx, l, at(3), store.Settlement{
		RequestID: "q", Closed: true, Items: []store.ItemResult{{Event: "a", Outcome: store.Refused, Problem: problem}},
	}))
	slots := listSlots(t, s, store.SlotQuery{Limit: 9, Role: ledger.RolePayment})
	same(t, "slots", slots, []store.SlotUse{{Slot: visa(), Source: ledger.SourceMissing, Waiting: 1}})
	_, released, err := putMapping(ctx, s, retailer, visa(), "1", caller, at(4))
	must(t, err)
	same(t, "released", released, 1)
	audited(t, s, retailer)
}

func testSettleMistakes(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"), sale("c"))
	l := claim(t, s, at(1))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q", "a", "b"), batch("r", "c")}))
	must(t, s.Settle(ctx, l, at(3), store.Settlement{
		RequestID: "r", Closed: true, Items: []store.ItemResult{item("c", store.Booked)},
	}))
	both := []store.ItemResult{item("a", store.Booked), item("b", store.Booked)}
	before := got(s.Event(ctx, retailer, "a"))(t)
	for name, test := range map[string]struct {
		settlements []store.Settlement
		want        error
	}{
		"unknown request":  {[]store.Settlement{{RequestID: "x", Closed: true}}, store.ErrNotFound},
		"closed request":   {[]store.Settlement{{RequestID: "r", Closed: true}}, store.ErrRequestClosed},
		"item of another":  {[]store.Settlement{{RequestID: "q", Items: []store.ItemResult{item("c", store.Booked)}}}, store.ErrNotFound},
		"unknown item":     {[]store.Settlement{{RequestID: "q", Items: []store.ItemResult{item("x", store.Booked)}}}, store.ErrNotFound},
		"item twice":       {[]store.Settlement{{RequestID: "q", Items: append(both, both[0])}}, store.ErrNotFound},
		"items remain":     {[]store.Settlement{{RequestID: "q", Closed: true, Items: both[:1]}}, nil},
		"unknown remains":  {[]store.Settlement{{RequestID: "q", Closed: true, Items: []store.ItemResult{both[0], item("b", store.Unknown)}}}, nil},
		"named twice":      {[]store.Settlement{{RequestID: "q", Items: both[:1]}, {RequestID: "q", Items: both[1:]}}, nil},
		"no problem":       {[]store.Settlement{{RequestID: "q", Items: []store.ItemResult{{Event: "a", Outcome: store.Refused}}}}, nil},
		"no quickbooks id": {[]store.Settlement{{RequestID: "q", Items: []store.ItemResult{{Event: "a", Outcome: store.Booked}}}}, nil},
		"no outcome":       {[]store.Settlement{{RequestID: "q", Items: []store.ItemResult{{Event: "a"}}}}, nil},
		"one of two":       {[]store.Settlement{{RequestID: "q", Closed: true, Items: both}, {RequestID: "r", Closed: true}}, store.ErrRequestClosed},
	} {
		err := s.SettleMany(ctx, l, at(4), test.settlements)
		if err == nil {
			t.Errorf("%s: was taken", name)
		}
		if test.want != nil {
			fails(t, name, err, test.want)
		}
	}
	same(t, "nothing changed", got(s.Event(ctx, retailer, "a"))(t), before)
	same(t, "nothing to settle", s.SettleMany(ctx, l, at(4), nil), nil)
	audited(t, s, retailer)
}
