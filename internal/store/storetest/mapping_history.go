package storetest

import (
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func mappingHistoryTests() tests {
	return tests{
		"MappingHistory/Newcomer":     testMappingBeforeAnything,
		"MappingHistory/DefaultDates": testMappingDefaultDates,
		"MappingHistory/Waiting":      testMappingDatesOfWaiting,
		"MappingHistory/FromADate":    testMappingFromADate,
		"MappingHistory/Versions":     testMappingVersions,
		"MappingHistory/Together":     testMappingsTogether,
		"MappingHistory/Delete":       testMappingDeleteFrom,
		"MappingHistory/List":         testMappingChangesListed,
		"MappingHistory/Slots":        testSlotsToday,
	}
}

const today = ledger.Date("2026-11-23") // of origin

// on is a sale of a business date.
func on(id string, date ledger.Date) ledger.Event {
	ev := sale(id)
	ev.BusinessDate = date
	return ev
}

// putOrder changes one mapping, after it has held the preview to what comes of it.
func putOrder(t testing.TB, s *store.Store, seconds int, order store.MappingOrder) (store.Mapping, int64) {
	t.Helper()
	from := got(s.EffectiveFrom(within(t), retailer, order, at(seconds)))(t)
	put, released, err := s.PutMappings(within(t), retailer, []store.MappingOrder{order}, caller, at(seconds))
	must(t, err)
	same(t, "as foretold", put[0].From, from)
	return put[0], released
}

// postSomething starts sync and posts one event of no mapping: from then on a change applies from today.
func postSomething(t testing.TB, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	record(t, s, retailer, at(0), cash("posted before"))
	l := claim(t, s, at(0))
	must(t, s.StoreRequests(within(t), l, at(0), []store.NewRequest{batch("before", "posted before")}))
	must(t, s.Settle(within(t), l, at(0), store.Settlement{
		RequestID: "before", Closed: true,
		Items: []store.ItemResult{{Event: "posted before", Outcome: store.Booked, QuickBooksID: "1"}},
	}))
	must(t, s.Release(within(t), l, at(0), store.Backoff{}))
}

// testMappingBeforeAnything applies a change to all dates while nothing is posted: a newcomer maps role by role, key by key,
// and the events of the week before wait for all of it.
func testMappingBeforeAnything(t *testing.T, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	for i, slot := range []ledger.Slot{{Role: ledger.RolePayment}, {Role: ledger.RolePayment, Key: "Visa"}, visa()} {
		m, _ := putOrder(t, s, i+1, store.MappingOrder{Slot: slot, Account: "1"})
		same(t, slot.String(), m.From, "")
	}
}

func testMappingDefaultDates(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	same(t, "unknown retailer", got(s.EffectiveFrom(ctx, retailer, store.MappingOrder{Slot: visa()}, at(0)))(t), "")
	postSomething(t, s)
	slot := func(role ledger.Role, key string, location ledger.LocationID) ledger.Slot {
		return ledger.Slot{Role: role, Key: key, Location: location}
	}
	for i, step := range []struct {
		slot ledger.Slot
		from ledger.Date // asked for
		want ledger.Date
	}{
		{slot(ledger.RolePayment, "Visa", ""), "", ""},
		{slot(ledger.RolePayment, "Visa", ""), "", today},        // it answers itself
		{slot(ledger.RolePayment, "Visa", "store-1"), "", today}, // the one of any location answers
		{slot(ledger.RolePayment, "", ""), "", ""},               // the more general one is not answered
		{slot(ledger.RolePayment, "Amex", ""), "", today},        // the fallback answers
		{slot(ledger.RoleCashDrawer, "", "store-1"), "", today},  // so it does for cash
		{slot(ledger.RoleRevenue, "Shoes", ""), "2027-01-01", "2027-01-01"},
		{slot(ledger.RoleRevenue, "Shoes", ""), "", today}, // it has a past, or a future
		{slot(ledger.RoleRevenue, "Hats", ""), "2026-11-23", today},
		{slot(ledger.RoleRevenue, "Hats", "store-1"), "", today}, // since today
		{slot(ledger.RoleDiscount, "Shoes", ""), "", today},      // optional: what was posted without it stays
		{slot(ledger.RoleDiscount, "", ""), "1970-01-01", "1970-01-01"},
		{slot(ledger.RoleTips, "", "store-1"), "", ""},
		{slot(ledger.RoleTips, "", "store-2"), "", ""},
	} {
		account := ledger.AccountID(fmt.Sprint(1 + i%5))
		m, released := putOrder(t, s, i, store.MappingOrder{Slot: step.slot, Account: account, From: step.from})
		same(t, fmt.Sprintf("step %d: %s", i, step.slot), m.From, step.want)
		same(t, "account", m.Account, account)
		same(t, "version", m.Version, int64(i+1))
		same(t, "released", released, 0)
	}
}

// testMappingDatesOfWaiting dates a change by the earliest event that waits for it.
func testMappingDatesOfWaiting(t *testing.T, s *store.Store) {
	t.Helper()
	postSomething(t, s)
	_, _, err := putMapping(within(t), s, retailer, ledger.Slot{Role: ledger.RolePayment}, "1", caller, at(0))
	must(t, err)
	inactive := unmapped(visa())
	inactive.Reason = ledger.ReasonAccountInactive
	wait := func(seconds int, problem *ledger.Problem, events ...ledger.Event) {
		t.Helper()
		record(t, s, retailer, at(seconds), events...)
		l := claim(t, s, at(seconds))
		for i := range events {
			park(t, s, l, at(seconds), store.Parked{Event: events[i].ID, Problem: problem})
		}
		must(t, s.Release(within(t), l, at(seconds), store.Backoff{}))
	}
	check := func(seconds int, account ledger.AccountID, want ledger.Date, wantReleased int64) {
		t.Helper()
		m, released := putOrder(t, s, seconds, store.MappingOrder{Slot: visa(), Account: account})
		same(t, "from", m.From, want)
		same(t, "released", released, wantReleased)
		audited(t, s, retailer)
	}
	wait(1, inactive, on("a", "2026-11-20"), on("b", "2026-11-18"), on("c", "2026-11-19"))
	check(2, "2", "2026-11-18", 3)
	wait(3, inactive, on("d", "2026-12-01")) // a date to come
	check(4, "1", today, 1)
	wait(5, unmapped(shoes()), on("e", "2026-11-01")) // for another slot
	check(6, "2", today, 0)
	discount := ledger.Slot{Role: ledger.RoleDiscount, Key: "Shoes", Location: "store-1"}
	problem := unmapped(discount)
	problem.Reason = ledger.ReasonAccountDeleted
	wait(7, problem, on("f", "2026-11-10"))
	m, released := putOrder(t, s, 8, store.MappingOrder{Slot: discount, Account: "3"})
	same(t, "of an optional role", m.From, "2026-11-10")
	same(t, "released", released, 1)
	// A more general mapping answers too. Where nothing answers today it applies to all dates all the same.
	m, released = putOrder(t, s, 9, store.MappingOrder{Slot: ledger.Slot{Role: ledger.RoleRevenue}, Account: "3"})
	same(t, "nothing answers", m.From, "")
	same(t, "released", released, 1)
	// Those that wait no more do not count.
	check(10, "1", today, 0)
	audited(t, s, retailer)
}

// testMappingFromADate releases events from the date on and leaves the others waiting.
func testMappingFromADate(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	postSomething(t, s)
	record(t, s, retailer, at(1), on("before", "2026-11-19"), on("first", "2026-11-20"), on("after", "2026-11-21"),
		on("other", "2026-11-21"))
	l := claim(t, s, at(1))
	both := unmapped(visa(), shoes())
	park(t, s, l, at(2), store.Parked{Event: "before", Problem: both}, store.Parked{Event: "first", Problem: both},
		store.Parked{Event: "after", Problem: both}, store.Parked{Event: "other", Problem: unmapped(shoes())})
	order := store.MappingOrder{Slot: visa(), Account: "2", From: "2026-11-20"}
	_, released := putOrder(t, s, 3, order)
	same(t, "released", released, 2)
	waiting := func(want ...int64) {
		t.Helper()
		have := map[ledger.Slot]int64{}
		for _, use := range listSlots(t, s, store.SlotQuery{Limit: 99}) {
			have[use.Slot] = use.Waiting
		}
		same(t, "waiting", []int64{have[visa()], have[shoes()]}, want)
		audited(t, s, retailer)
	}
	waiting(1, 2)
	for id, want := range map[string]ledger.State{
		"before": ledger.StateActionRequired, "first": ledger.StatePending, "after": ledger.StatePending,
		"other": ledger.StateActionRequired,
	} {
		same(t, id, state(t, s, retailer, id), want)
	}
	same(t, "before still waits for both", got(s.Event(ctx, retailer, "before"))(t).Problem.Slots, both.Slots)
	_, released = putOrder(t, s, 4, order)
	same(t, "again", released, 0)
	waiting(1, 2)
	m, released := putOrder(t, s, 5, store.MappingOrder{Slot: visa(), Account: "2"})
	same(t, "from where it waits", m.From, "2026-11-19")
	same(t, "the rest", released, 1)
	waiting(0, 1)
	same(t, "note", got(s.Event(ctx, retailer, "before"))(t).Changes[1], store.Change{
		At: at(5), From: ledger.StateActionRequired, To: ledger.StatePending, Actor: caller,
		Note: `mapped: payment type "Visa" at location "store-1"`,
	})
}

// testMappingVersions changes one slot again and again: a put that changes nothing is no version.
func testMappingVersions(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	for i, step := range []struct {
		account ledger.AccountID
		from    ledger.Date
		version int64
		kept    ledger.Date // the From that is in force
	}{
		{"1", "2026-06-01", 1, "2026-06-01"},
		{"1", "2026-06-01", 1, "2026-06-01"},
		{"1", "2026-07-01", 1, "2026-06-01"}, // so it is already
		{"1", "2026-05-01", 2, "2026-05-01"}, // earlier is another change
		{"2", "2026-07-01", 3, "2026-07-01"},
		{"1", "2026-07-01", 4, "2026-07-01"}, // back again
		{"2", "2027-01-01", 5, "2027-01-01"},
		{"1", "2026-12-01", 6, "2026-12-01"},
	} {
		m, _ := putOrderAs(t, s, i, store.MappingOrder{Slot: visa(), Account: step.account, From: step.from})
		same(t, fmt.Sprintf("step %d", i), []any{m.Version, m.From, m.Account}, []any{step.version, step.kept, step.account})
		same(t, "stored", got(s.Mapping(ctx, retailer, visa()))(t), m)
	}
	same(t, "unchanged keeps its author", got(s.Mapping(ctx, retailer, visa()))(t).UpdatedBy, "person 7")
	mapping := got(s.Books(ctx, retailer))(t).Mapping
	for date, want := range map[ledger.Date]ledger.AccountID{
		"2026-04-30": "", "2026-05-01": "1", "2026-06-30": "1", "2026-07-01": "1", "2026-12-01": "1", "2027-01-01": "1",
	} {
		same(t, string(date), mapping.Lookup(visa(), date).Account, want)
	}
	same(t, "on a date of the past", mapping.Lookup(visa(), "2026-07-01").Version, 4)
	same(t, "to come", mapping.Lookup(visa(), "2027-01-01").Version, 6)
}

// putOrderAs changes a mapping as a person of that time's name.
func putOrderAs(t testing.TB, s *store.Store, seconds int, order store.MappingOrder) (store.Mapping, int64) {
	t.Helper()
	put, released, err := s.PutMappings(within(t), retailer, []store.MappingOrder{order}, fmt.Sprintf("person %d", seconds),
		at(seconds))
	must(t, err)
	return put[0], released
}

// testMappingsTogether changes several mappings in one call: all or none, and with dates as if each were the first.
func testMappingsTogether(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	postSomething(t, s)
	_, _, err := s.DeleteAccount(ctx, retailer, "5", false, at(0))
	must(t, err)
	inactive := unmapped(visa(), shoes())
	inactive.Reason = ledger.ReasonAccountInactive
	record(t, s, retailer, at(1), on("a", "2026-11-20"))
	l := claim(t, s, at(1))
	park(t, s, l, at(1), store.Parked{Event: "a", Problem: inactive})
	version := got(s.BooksVersion(ctx, retailer))(t)
	for _, bad := range []ledger.AccountID{"99", "5"} {
		put, released, err := s.PutMappings(ctx, retailer, []store.MappingOrder{
			{Slot: visa(), Account: "2"}, {Slot: shoes(), Account: bad},
		}, caller, at(2))
		fails(t, "account "+string(bad), err, store.ErrNotFound)
		same(t, "put", len(put), 0)
		same(t, "released", released, 0)
	}
	_, err = s.Mapping(ctx, retailer, visa())
	fails(t, "the good one", err, store.ErrNotFound)
	same(t, "books", got(s.BooksVersion(ctx, retailer))(t), version)
	same(t, "waits", state(t, s, retailer, "a"), ledger.StateActionRequired)
	audited(t, s, retailer)
	// Both are mapped already, so both changes are dated by the event, though the first releases it.
	orders := []store.MappingOrder{{Slot: shoes(), Account: "3"}, {Slot: visa(), Account: "2"}}
	_, _, err = s.PutMappings(ctx, retailer, []store.MappingOrder{
		{Slot: visa(), Account: "1", From: "2026-01-01"}, {Slot: shoes(), Account: "4", From: "2026-01-01"},
	}, caller, at(3))
	must(t, err)
	park(t, s, l, at(4), store.Parked{Event: "a", Problem: inactive})
	put, released, err := s.PutMappings(ctx, retailer, orders, caller, at(5))
	must(t, err)
	same(t, "released once", released, 1)
	for i, m := range put {
		same(t, "put", []any{m.Slot, m.Account, m.From, m.Version},
			[]any{orders[i].Slot, orders[i].Account, ledger.Date("2026-11-20"), int64(i + 3)})
	}
	same(t, "the orders are the caller's", orders[0].From, "")
	audited(t, s, retailer)
	// A fallback and an exception from it, both for the first time.
	tax := ledger.Slot{Role: ledger.RoleSalesTax}
	exact := ledger.Slot{Role: ledger.RoleSalesTax, Key: "WA"}
	put, _, err = s.PutMappings(ctx, retailer, []store.MappingOrder{
		{Slot: tax, Account: "1"}, {Slot: exact, Account: "2"}, {Slot: exact, Account: "3"},
	}, caller, at(6))
	must(t, err)
	same(t, "all dates", []ledger.Date{put[0].From, put[1].From, put[2].From}, []ledger.Date{"", "", ""})
	same(t, "named twice", got(s.Mapping(ctx, retailer, exact))(t).Account, "3")
	none, released, err := s.PutMappings(ctx, retailer, nil, caller, at(7))
	must(t, err)
	same(t, "nothing", []any{len(none), released}, []any{0, int64(0)})
}

func testMappingDeleteFrom(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	_, _, err := putMapping(ctx, s, retailer, visa(), "1", caller, at(1))
	must(t, err)
	version := got(s.BooksVersion(ctx, retailer))(t)
	remove := func(from, want ledger.Date, found bool) {
		t.Helper()
		since, had, err := s.DeleteMapping(ctx, retailer, visa(), from, "someone", at(2))
		must(t, err)
		same(t, "since", since, want)
		same(t, "found", had, found)
	}
	account := func(date ledger.Date) ledger.AccountID {
		t.Helper()
		return got(s.Books(ctx, retailer))(t).Mapping.Lookup(visa(), date).Account
	}
	remove("", today, true)
	same(t, "before", account("2026-11-22"), "1")
	same(t, "today", account(today), "")
	if after := got(s.BooksVersion(ctx, retailer))(t); after <= version {
		t.Errorf("books version %d after %d", after, version)
	}
	_, err = s.Mapping(ctx, retailer, visa())
	fails(t, "what was decided last", err, store.ErrNotFound)
	version = got(s.BooksVersion(ctx, retailer))(t)
	remove("", today, false)
	remove("2027-01-01", "2027-01-01", false)
	same(t, "nothing changed", got(s.BooksVersion(ctx, retailer))(t), version)
	remove("2026-11-01", "2026-11-01", true)
	same(t, "before", account("2026-10-31"), "1")
	same(t, "since", account("2026-11-01"), "")
	putOrder(t, s, 3, store.MappingOrder{Slot: visa(), Account: "2", From: "2026-11-10"})
	same(t, "empty between", account("2026-11-09"), "")
	same(t, "filled again", account("2026-11-10"), "2")
	same(t, "mapping", got(s.Mapping(ctx, retailer, visa()))(t).Version, 4)
	_, found, err := s.DeleteMapping(ctx, retailer, shoes(), "", caller, at(4))
	must(t, err)
	same(t, "never filled", found, false)
	page, _, err := s.ListMappingChanges(ctx, retailer, store.MappingChangeQuery{Limit: 1, Slot: new(visa())})
	must(t, err)
	same(t, "history", page, []store.MappingChange{{
		Version: 4, Slot: visa(), Account: "2", AccountName: "Undeposited Funds", From: "2026-11-10", ChangedAt: at(3),
		ChangedBy: caller,
	}})
}
