package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func overviewTests() tests {
	return tests{
		"Overview/Figures":   testOverviewFigures,
		"Overview/Times":     testOverviewTimes,
		"Overview/Revisions": testOverviewRevisions,
		"Overview/Standing":  testStandingEntries,
		"Overview/Clearing":  testClearing,
	}
}

// placed is a sale of a store and a day.
func placed(id, location string, date ledger.Date, amount ledger.Amount) ledger.Event {
	ev := on(id, date)
	ev.Location = ledger.LocationID(location)
	ev.Detail = &ledger.Sale{Tenders: []ledger.Keyed{{Key: "Visa", Amount: amount}}}
	return ev
}

// book books an entry of one debit for each event, under a day.
func book(t testing.TB, s *store.Store, l store.Lease, now time.Time, day ledger.Date, amounts map[ledger.EventID]ledger.Amount) {
	t.Helper()
	id := fmt.Sprintf("q-%d-%s", now.UnixMicro(), day)
	var events []ledger.EventID
	for ev := range amounts {
		events = append(events, ev)
	}
	slices.Sort(events)
	q := batch(id, events...)
	settlement := store.Settlement{RequestID: id, Closed: true, Attempt: store.Attempt{Outcome: store.Booked}}
	for i, ev := range events {
		event := got(s.Event(within(t), retailer, ev))(t).Event
		q.Items[i].Revision, q.Items[i].Location = event.Revision, event.Location
		e := &q.Items[i].Entry
		e.TxnDate = day
		part := ledger.Part{Slot: visa(), Amount: amounts[ev]}
		e.Lines[0].Amount, e.Lines[0].Parts, e.Lines[1].Amount = amounts[ev].Abs(), []ledger.Part{part}, amounts[ev].Abs()
		if amounts[ev] < 0 {
			e.Lines[0].Side, e.Lines[1].Side = ledger.Credit, ledger.Debit
		}
		settlement.Items = append(settlement.Items, store.ItemResult{
			Event: ev, Outcome: store.Booked, QuickBooksID: "qb-" + string(ev) + "-" + string(day), SyncToken: "0",
		})
	}
	must(t, s.StoreRequests(within(t), l, now, []store.NewRequest{q}))
	must(t, s.Settle(within(t), l, now, settlement))
}

func overview(t testing.TB, s *store.Store, from, to ledger.Date, location ledger.LocationID) store.Overview {
	t.Helper()
	return got(s.Overview(within(t), retailer, store.OverviewQuery{From: from, To: to, Location: location}))(t)
}

// figures are of one state and what was posted.
func figures(
	date ledger.Date, location ledger.LocationID, posted store.EntryFigures, states ...store.StateFigures,
) store.Figures {
	return store.Figures{
		FiguresKey: store.FiguresKey{Date: date, Location: location, Currency: "USD"}, States: states, Posted: posted,
	}
}

// untimed leaves out how long it took.
func untimed(list []store.Figures) []store.Figures {
	for i := range list {
		list[i].Booking = store.BookingTime{}
	}
	return list
}

func testOverviewFigures(t *testing.T, s *store.Store) {
	t.Helper()
	same(t, "unknown retailer", overview(t, s, "2026-11-01", "2026-11-30", ""), store.Overview{})
	start(t, s, retailer)
	euro := placed("euro", "store-1", "2026-11-02", 7)
	euro.Currency = "EUR"
	record(t, s, retailer, at(1),
		placed("a", "store-1", "2026-11-01", 100), placed("b", "store-1", "2026-11-01", 20),
		placed("c", "store-2", "2026-11-01", 3), placed("d", "store-1", "2026-11-02", -40), euro,
		placed("before", "store-1", "2026-10-31", 1), placed("after", "store-1", "2026-11-03", 1))
	record(t, s, "other", at(1), placed("a", "store-1", "2026-11-01", 100))
	l := claim(t, s, at(1))
	book(t, s, l, at(2), "2026-11-01", map[ledger.EventID]ledger.Amount{"a": 150, "before": 9})
	book(t, s, l, at(3), "2026-11-02", map[ledger.EventID]ledger.Amount{"c": 4}) // posted on a later day
	park(t, s, l, at(4), store.Parked{Event: "d", Problem: unmapped(visa())})
	pending := func(n int64, amount ledger.Amount) store.StateFigures {
		return store.StateFigures{State: ledger.StatePending, N: n, Amount: amount}
	}
	synced := func(n int64, amount ledger.Amount) store.StateFigures {
		return store.StateFigures{State: ledger.StateSynced, N: n, Amount: amount}
	}
	waiting := store.StateFigures{State: ledger.StateActionRequired, N: 1, Amount: -40}
	inEuro := figures("2026-11-02", "store-1", store.EntryFigures{}, pending(1, 7))
	inEuro.Currency = "EUR"
	first := figures("2026-11-01", "store-1", store.EntryFigures{N: 2, Debits: 159}, pending(1, 20), synced(1, 100))
	have := overview(t, s, "2026-11-01", "2026-11-02", "")
	same(t, "rows", untimed(have.Rows), []store.Figures{
		inEuro, figures("2026-11-02", "store-1", store.EntryFigures{}, waiting),
		figures("2026-11-02", "store-2", store.EntryFigures{N: 1, Debits: 4}),
		first, figures("2026-11-01", "store-2", store.EntryFigures{}, synced(1, 3)),
	})
	dayInEuro, allInEuro := inEuro, inEuro
	dayInEuro.Location, allInEuro.FiguresKey = "", store.FiguresKey{Currency: "EUR"}
	same(t, "days", untimed(have.Days), []store.Figures{
		figures("2026-11-01", "", store.EntryFigures{N: 2, Debits: 159}, pending(1, 20), synced(2, 103)), dayInEuro,
		figures("2026-11-02", "", store.EntryFigures{N: 1, Debits: 4}, waiting),
	})
	same(t, "totals", untimed(have.Totals), []store.Figures{
		allInEuro, figures("", "", store.EntryFigures{N: 3, Debits: 163}, pending(1, 20), synced(2, 103), waiting),
	})
	one := overview(t, s, "2026-11-01", "2026-11-01", "store-1")
	same(t, "one location", untimed(one.Rows), []store.Figures{first})
	same(t, "its total", untimed(one.Totals), []store.Figures{figures("", "", first.Posted, first.States...)})
}

func testOverviewTimes(t *testing.T, s *store.Store) {
	t.Helper()
	record(t, s, retailer, at(0), placed("past", "store-1", "2026-11-01", 5))
	start(t, s, retailer)
	var events []ledger.Event
	for i := range 40 {
		events = append(events, placed(fmt.Sprintf("e-%02d", i), fmt.Sprintf("store-%d", i%2), "2026-11-01", 5))
	}
	record(t, s, retailer, at(0), events...)
	l := claim(t, s, at(0))
	for i := range events {
		book(t, s, l, at(1+i), "2026-11-01", map[ledger.EventID]ledger.Amount{events[i].ID: 5})
	}
	backfill(t, s, l, 50)
	book(t, s, l, at(500), "2026-11-01", map[ledger.EventID]ledger.Amount{"past": 5})
	have := overview(t, s, "2026-11-01", "2026-11-02", "")
	of := func(n int64, median, p95 int) store.BookingTime {
		return store.BookingTime{N: n, Median: time.Duration(median) * time.Second, P95: time.Duration(p95) * time.Second}
	}
	same(t, "total", have.Totals[0].Booking, of(40, 20, 38))
	same(t, "day", have.Days[0].Booking, of(40, 20, 38))
	same(t, "even", have.Rows[0].Booking, of(20, 19, 37)) // 1, 3, ... 39 seconds
	same(t, "odd", have.Rows[1].Booking, of(20, 20, 38))
	// A later revision counts with its own time.
	record(t, s, retailer, at(600), revised(events[39], 2))
	same(t, "revised", overview(t, s, "2026-11-01", "2026-11-01", "store-1").Totals[0].Booking.N, 19)
	book(t, s, l, at(601), "2026-11-02", map[ledger.EventID]ledger.Amount{events[39].ID: 5})
	same(t, "booked", overview(t, s, "2026-11-01", "2026-11-01", "store-1").Rows[0].Booking, of(20, 18, 36))
}

// testOverviewRevisions updates an entry: what it replaced counts no more.
func testOverviewRevisions(t *testing.T, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	record(t, s, retailer, at(1), on("a", "2026-11-22"))
	l := claim(t, s, at(1))
	q := batch("q1", "a")
	must(t, s.StoreRequests(within(t), l, at(2), []store.NewRequest{q}))
	booked := store.ItemResult{Event: "a", Outcome: store.Booked, QuickBooksID: "7", SyncToken: "0"}
	must(t, s.Settle(within(t), l, at(3), store.Settlement{RequestID: "q1", Closed: true, Items: []store.ItemResult{booked}}))
	record(t, s, retailer, at(4), revised(on("a", "2026-11-22"), 2))
	q = batch("q2", "a")
	q.Kind, q.Items[0].Revision, q.Items[0].Replaces = store.Update, 2, "7"
	q.Items[0].Entry.Lines[0].Amount, q.Items[0].Entry.Lines[1].Amount = 500, 500
	must(t, s.StoreRequests(within(t), l, at(5), []store.NewRequest{q}))
	sent := got(s.SentEntries(within(t), retailer, realm, ids("a", "none")))(t)
	same(t, "sent", []int{len(sent), len(sent["a"])}, []int{1, 2})
	same(t, "open", []bool{sent["a"][0].Open, sent["a"][1].Open}, []bool{true, false})
	same(t, "still the first", overview(t, s, "2026-11-22", "2026-11-22", "").Rows[0].Posted, store.EntryFigures{N: 1, Debits: 1090})
	must(t, s.Settle(within(t), l, at(6), store.Settlement{RequestID: "q2", Closed: true, Items: []store.ItemResult{booked}}))
	same(t, "the update", overview(t, s, "2026-11-22", "2026-11-22", "").Rows[0].Posted, store.EntryFigures{N: 1, Debits: 500})
	sent = got(s.SentEntries(within(t), retailer, realm, ids("a")))(t)
	same(t, "replaced", []bool{sent["a"][0].Replaced, sent["a"][1].Replaced}, []bool{true, false})
	same(t, "settled", []time.Time{sent["a"][0].SettledAt, sent["a"][1].SettledAt}, []time.Time{at(3), at(6)})
	same(t, "debits", sent["a"][1].Debits(), 500)
}

func testStandingEntries(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), numbered(25)...)
	l := claim(t, s, at(1))
	amounts, other := map[ledger.EventID]ledger.Amount{}, map[ledger.EventID]ledger.Amount{"e-00024": 1}
	var want []string
	for i := range 23 {
		id := fmt.Sprintf("e-%05d", i)
		amounts[ledger.EventID(id)] = ledger.Amount(i + 1)
		want = append(want, fmt.Sprintf("%s store-1 USD qb-%s-2026-11-05 %d", id, id, i+1))
	}
	book(t, s, l, at(2), "2026-11-05", amounts)
	book(t, s, l, at(3), "2026-11-06", other)
	var have []string
	for after := ""; ; {
		page, next, err := s.StandingEntries(ctx, retailer, realm, "2026-11-05", after, 10)
		must(t, err)
		for _, e := range page {
			have = append(have, fmt.Sprintf("%s %s %s %s %d", e.Event, e.Location, e.Currency, e.QuickBooksID, e.Debits))
			same(t, "settled", e.SettledAt, at(2))
		}
		if next == "" {
			break
		}
		after = next
	}
	same(t, "standing", have, want)
	_, _, err := s.StandingEntries(ctx, retailer, realm, "2026-11-05", "x", 10)
	fails(t, "foreign cursor", err, store.ErrCursor)
	nothing := got(s.SentEntries(ctx, retailer, realm, ids("e-00023", "none")))(t)
	same(t, "nothing sent", nothing, map[ledger.EventID][]store.SentEntry{"e-00023": nil})
}

func testClearing(t *testing.T, s *store.Store) {
	t.Helper()
	balances := func() []store.ClearingBalance {
		t.Helper()
		list, since, err := s.ClearingBalances(within(t), retailer)
		must(t, err)
		same(t, "since", since, "")
		return list
	}
	same(t, "unknown retailer", balances(), nil)
	start(t, s, retailer)
	record(t, s, retailer, at(1), numbered(9)...)
	l := claim(t, s, at(1))
	event := func(i int, amount ledger.Amount) map[ledger.EventID]ledger.Amount {
		return map[ledger.EventID]ledger.Amount{ledger.EventID(fmt.Sprintf("e-%05d", i)): amount}
	}
	want := store.ClearingBalance{
		Account: "2", AccountName: "Undeposited Funds", AccountType: ledger.TypeOtherCurrentAsset, Currency: "USD", Tender: "Visa",
	}
	for i, step := range []struct {
		day             ledger.Date
		amount, balance ledger.Amount
		oldest, cleared ledger.Date
	}{
		{"2026-11-01", 100, 100, "2026-11-01", ""},
		{"2026-11-02", 50, 150, "2026-11-01", ""},
		{"2026-11-03", -100, 50, "2026-11-02", "2026-11-03"}, // the first day is paid out
		{"2026-11-03", 30, 80, "2026-11-02", "2026-11-03"},
		{"2026-11-04", -60, 20, "2026-11-03", "2026-11-04"}, // and some of the third
		{"2026-11-05", -25, -5, "", "2026-11-05"},           // more than was taken
		{"2026-11-05", 5, 0, "", ""},
		{"2026-11-02", 8, 8, "2026-11-03", "2026-11-05"}, // comes late: five of the fifth and three of the third are the newest taken
	} {
		book(t, s, l, at(2+i), step.day, event(i, step.amount))
		if step.balance == 0 {
			same(t, "nothing", balances(), nil)
			continue
		}
		want.Balance, want.Oldest, want.LastCleared = step.balance, step.oldest, step.cleared
		same(t, fmt.Sprintf("step %d", i), balances(), []store.ClearingBalance{want})
	}
	// Where payouts arrive nothing waits, and a payment that is booked straight to the bank has arrived.
	mapTo2(t, s, ledger.Slot{Role: ledger.RoleBankDeposit, Key: "Main"})
	same(t, "a bank account", balances(), nil)
}

// mapTo2 maps a slot to the account of the tests.
func mapTo2(t testing.TB, s *store.Store, slot ledger.Slot) {
	t.Helper()
	if _, _, err := putMapping(within(t), s, retailer, slot, "2", caller, at(50)); err != nil {
		t.Fatal(err)
	}
}
