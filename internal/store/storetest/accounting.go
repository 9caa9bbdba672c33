package storetest

import (
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func accountingTests() tests {
	return tests{
		"Mapping/EffectiveDates": testEffectiveDates,
		"Mapping/AllOrNothing":   testMappingsAllOrNothing,
		"Mapping/History":        testMappingHistory,
		"Tracking":               testTracking,
		"Settings":               testSettings,
		"Company/Releases":       testCompanyReleases,
		"Past":                   testPast,
		"Retry/Approve":          testApprove,
		"Import/Warnings":        testImportWarnings,
		"Import/Put":             testPutAccounts,
	}
}

// onDay is a sale of another business date.
func onDay(id string, day ledger.Date) ledger.Event {
	ev := sale(id)
	ev.BusinessDate = day
	return ev
}

// testEffectiveDates holds the rules of when a change applies that says no date.
func testEffectiveDates(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	order := func(slot ledger.Slot, account ledger.AccountID) store.MappingOrder {
		return store.MappingOrder{Slot: slot, Account: account}
	}
	put := func(o store.MappingOrder) (store.Mapping, int64) {
		mappings, released, err := s.PutMappings(ctx, retailer, []store.MappingOrder{o}, caller, at(9))
		must(t, err)
		return mappings[0], released
	}
	key := ledger.Slot{Role: ledger.RolePayment, Key: "Visa"}
	m, _ := put(order(key, "1"))
	same(t, "nothing answered before", m.From, "")
	m, _ = put(order(key, "2"))
	same(t, "nothing is posted yet", m.From, "")
	same(t, "version", m.Version, 2)
	m, _ = put(order(key, "2"))
	same(t, "the same again", m.Version, 2)

	record(t, s, retailer, at(1), onDay("posted", "2026-11-20"), onDay("early", "2026-11-18"), onDay("late", "2026-11-21"))
	l := claim(t, s, at(2))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q", "posted")}))
	m, _ = put(order(key, "1"))
	same(t, "something is posted", m.From, "2026-11-23")
	m, _ = put(order(ledger.Slot{Role: ledger.RoleTips}, "5"))
	same(t, "nothing answers", m.From, "")
	m, _ = put(order(ledger.Slot{Role: ledger.RoleDiscount}, "3"))
	same(t, "optional", m.From, "2026-11-23")

	park(t, s, l, at(3), store.Parked{Event: "early", Problem: unmapped(visa())}, store.Parked{Event: "late", Problem: unmapped(visa())})
	same(t, "would apply", got(s.EffectiveFrom(ctx, retailer, order(key, "4"), at(9)))(t), "2026-11-18")
	dated := order(key, "4")
	dated.From = "2026-11-20"
	_, released := put(dated)
	same(t, "released from the date on", released, 1)
	same(t, "early", state(t, s, retailer, "early"), ledger.StateActionRequired)
	audited(t, s, retailer)
	m, released = put(order(key, "1"))
	same(t, "the earliest that waits", m.From, "2026-11-18")
	same(t, "released", released, 1)
	books := got(s.Books(ctx, retailer))(t)
	for day, account := range map[ledger.Date]ledger.AccountID{"2026-11-17": "2", "2026-11-18": "1", "2026-11-30": "1"} {
		same(t, string(day), books.Mapping.Lookup(visa(), day).Account, account)
	}
	audited(t, s, retailer)
}

func testMappingsAllOrNothing(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	_, _, err := s.PutMappings(ctx, retailer, []store.MappingOrder{
		{Slot: visa(), Account: "1"}, {Slot: shoes(), Account: "99"},
	}, caller, at(1))
	fails(t, "unknown account", err, store.ErrNotFound)
	_, err = s.Mapping(ctx, retailer, visa())
	fails(t, "nothing was mapped", err, store.ErrNotFound)
	put, _, err := s.PutMappings(ctx, retailer, []store.MappingOrder{{Slot: visa(), Account: "1"}, {Slot: shoes(), Account: "3"}}, caller, at(1))
	must(t, err)
	same(t, "in their order", put[1].Slot, shoes())
	same(t, "version", put[1].Version, 2)
}

func testMappingHistory(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	for i, account := range []ledger.AccountID{"1", "2", "4"} {
		_, _, err := s.PutMappings(ctx, retailer, []store.MappingOrder{
			{Slot: visa(), Account: account, From: ledger.Date("2026-11-0" + string(rune('1'+i)))},
		}, caller, at(i+1))
		must(t, err)
	}
	since, found, err := s.DeleteMapping(ctx, retailer, visa(), "", "someone", at(5))
	must(t, err)
	same(t, "from today", since, "2026-11-23")
	same(t, "found", found, true)
	page, next, err := s.ListMappingChanges(ctx, retailer, store.MappingChangeQuery{Limit: 3})
	must(t, err)
	slot := visa()
	rest, last, err := s.ListMappingChanges(ctx, retailer, store.MappingChangeQuery{Limit: 3, After: next, Slot: &slot})
	must(t, err)
	same(t, "last page", last, "")
	page = append(page, rest...)
	same(t, "newest", page[0], store.MappingChange{
		Version: 4, Slot: visa(), Previous: "4", PreviousName: "Inventory:Shoes", From: "2026-11-23", ChangedAt: at(5),
		ChangedBy: "someone",
	})
	same(t, "oldest", page[3], store.MappingChange{
		Version: 1, Slot: visa(), Account: "1", AccountName: "Checking", From: "2026-11-01", ChangedAt: at(1), ChangedBy: caller,
	})
	_, _, err = s.ListMappingChanges(ctx, retailer, store.MappingChangeQuery{Limit: 3, After: "x"})
	fails(t, "foreign cursor", err, store.ErrCursor)
	others, _, err := s.ListMappingChanges(ctx, "another", store.MappingChangeQuery{Limit: 3})
	must(t, err)
	same(t, "another retailer's", len(others), 0)
}

func testTracking(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	value := func(id, name string, active bool) store.TrackedValue {
		return store.TrackedValue{Tracked: ledger.Tracked{ID: id, Name: name}, Active: active}
	}
	fails(t, "never connected", s.ImportTracking(ctx, retailer, realm, store.Locations, nil), store.ErrNotFound)
	connect(t, s, retailer)
	fails(t, "another company", s.ImportTracking(ctx, retailer, "1", store.Locations, nil), store.ErrOtherCompany)
	record(t, s, retailer, at(1), sale("a"), cash("b"))
	values := []store.TrackedValue{value("2", "A", true), value("1", "B", true), value("3", "C", false)}
	must(t, s.ImportTracking(ctx, retailer, realm, store.Locations, values))
	must(t, s.ImportTracking(ctx, retailer, realm, store.Classes, values[:1]))
	must(t, s.MapTracking(ctx, retailer, store.Locations, "store-1", "1", caller, at(2)))
	must(t, s.MapTracking(ctx, retailer, store.Classes, "Shoes", "2", caller, at(2)))
	fails(t, "inactive", s.MapTracking(ctx, retailer, store.Locations, "store-1", "3", caller, at(2)), store.ErrNotFound)
	fails(t, "unknown", s.MapTracking(ctx, retailer, store.Classes, "Shoes", "1", caller, at(2)), store.ErrNotFound)
	tracking := got(s.Tracking(ctx, retailer, store.Locations))(t)
	same(t, "locations", tracking, store.Tracking{
		Values:   values,
		Mappings: []store.TrackedMapping{{Key: "store-1", Value: &values[1], UpdatedAt: at(2), UpdatedBy: caller}},
	})
	same(t, "classes", got(s.Tracking(ctx, retailer, store.Classes))(t).Mappings[0].Key, "Shoes")
	same(t, "not tracked", len(got(s.Books(ctx, retailer))(t).Departments), 0)
	company := store.Company{CompanyName: "Acme Shoes", HomeCurrency: "USD", TracksLocations: true, TracksClasses: true}
	must(t, s.SaveCompany(ctx, retailer, realm, company, at(3)))
	books := got(s.Books(ctx, retailer))(t)
	same(t, "departments", books.Departments, map[ledger.LocationID]ledger.Tracked{"store-1": {ID: "1", Name: "B"}})
	same(t, "classes", books.Classes, map[string]ledger.Tracked{"Shoes": {ID: "2", Name: "A"}})
	must(t, s.ImportTracking(ctx, retailer, realm, store.Locations, values[2:])) // it is gone for a while
	same(t, "gone", len(got(s.Books(ctx, retailer))(t).Departments), 0)
	must(t, s.MapTracking(ctx, retailer, store.Classes, "Shoes", "", caller, at(4)))
	same(t, "unmapped", len(got(s.Books(ctx, retailer))(t).Classes), 0)
}

func testSettings(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	same(t, "defaults", got(s.Settings(ctx, retailer))(t), store.Settings{
		Revisions: ledger.RevisionsAdjust, ClosedBooks: ledger.ClosedBooksHold,
	})
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"), sale("c"))
	l := claim(t, s, at(2))
	problem := func(reason ledger.Reason) *ledger.Problem {
		return &ledger.Problem{Reason: reason, Message: "m", Remedy: "r"}
	}
	park(t, s, l, at(2), store.Parked{Event: "a", Problem: problem(ledger.ReasonOutOfBalance)},
		store.Parked{Event: "b", Problem: problem(ledger.ReasonPeriodClosed)}, store.Parked{Event: "c", Problem: unmapped(visa())})
	version := got(s.BooksVersion(ctx, retailer))(t)
	got(s.UpdateSettings(ctx, retailer, func(*store.Settings) {}, caller, at(3)))(t)
	same(t, "nothing changed", got(s.BooksVersion(ctx, retailer))(t), version)
	want := store.Settings{RoundingLimit: 5, Revisions: ledger.RevisionsUpdate, ClosedBooks: ledger.ClosedBooksFirstOpenDay}
	same(t, "set", got(s.UpdateSettings(ctx, retailer, func(x *store.Settings) { *x = want }, caller, at(3)))(t), want)
	same(t, "stored", got(s.Settings(ctx, retailer))(t), want)
	for id, state := range map[string]ledger.State{
		"a": ledger.StatePending, "b": ledger.StatePending, "c": ledger.StateActionRequired,
	} {
		same(t, id, got(s.Event(ctx, retailer, ledger.EventID(id)))(t).EventRow.State, state)
	}
	same(t, "books", got(s.Books(ctx, retailer))(t).RoundingLimit, 5)
	audited(t, s, retailer)
}

// testCompanyReleases judges events again when the company's closing date moved, and not when it did not.
func testCompanyReleases(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(2))
	closed := &ledger.Problem{Reason: ledger.ReasonPeriodClosed, Message: "m", Remedy: "r"}
	park(t, s, l, at(2), store.Parked{Event: "a", Problem: closed})
	company := connection(at(3)).Company
	must(t, s.SaveCompany(ctx, retailer, realm, company, at(3)))
	same(t, "as it was", state(t, s, retailer, "a"), ledger.StateActionRequired)
	same(t, "read at", got(s.Connection(ctx, retailer))(t).CompanyReadAt, at(3))
	company.BookCloseDate = ""
	must(t, s.SaveCompany(ctx, retailer, realm, company, at(4)))
	same(t, "opened", state(t, s, retailer, "a"), ledger.StatePending)
}

func testPast(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	stock := sale("stock")
	stock.Detail = &ledger.InventoryAdjustment{Reason: "Opening stock", Lines: []ledger.Keyed{{Key: "Shoes", Amount: 700}}}
	shrink := sale("shrink")
	shrink.Detail = &ledger.InventoryAdjustment{Reason: "Shrink", Lines: []ledger.Keyed{{Key: "Shoes", Amount: -5}}}
	record(t, s, retailer, at(1), onDay("a", "2026-11-01"), onDay("b", "2026-11-02"), onDay("c", "2026-11-03"), stock, shrink)
	counts, opening, err := s.PastEvents(ctx, retailer, store.Past{From: "2026-11-02"})
	must(t, err)
	same(t, "counts", counts, []store.PastCount{
		{Kind: ledger.KindSale, N: 2, Total: 2180, First: "2026-11-02", Last: "2026-11-03"},
		{Kind: ledger.KindInventoryAdjustment, N: 2, Total: 695, First: "2026-11-22", Last: "2026-11-22"},
	})
	same(t, "opening stock", opening, store.OpeningStock{Events: ids("stock"), Total: 700})
	_, err = s.SyncPast(ctx, retailer, store.Past{}, nil, "", caller, at(2))
	fails(t, "not started", err, store.ErrSyncNotStarted)
	start(t, s, retailer)
	past := store.Past{From: "2026-11-02", To: "2026-11-22"}
	same(t, "synced", got(s.SyncPast(ctx, retailer, past, opening.Events, "in the books", caller, at(3)))(t), 3)
	for id, want := range map[string]ledger.State{
		"a": ledger.StateNeverSynced, "b": ledger.StatePending, "c": ledger.StatePending, "stock": ledger.StateSkipped,
		"shrink": ledger.StatePending,
	} {
		same(t, id, state(t, s, retailer, id), want)
	}
	same(t, "why", got(s.Event(ctx, retailer, "stock"))(t).Changes[0].Note, "in the books")
	claim(t, s, at(3))
	audited(t, s, retailer)
}

func testApprove(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"))
	l := claim(t, s, at(2))
	closed := &ledger.Problem{Reason: ledger.ReasonPeriodClosed, Message: "m", Remedy: "r"}
	park(t, s, l, at(2), store.Parked{Event: "a", Problem: closed}, store.Parked{Event: "b", Problem: unmapped(visa())})
	none := store.Retry{Approve: true, Reason: ledger.ReasonUnmapped}
	same(t, "only closed periods", got(s.RetryEvents(ctx, retailer, none, caller, at(3)))(t), 0)
	same(t, "approved", got(s.RetryEvents(ctx, retailer, store.Retry{Approve: true}, caller, at(3)))(t), 1)
	pending := got(s.PendingEvents(ctx, l, at(3), 10))(t)
	same(t, "approved", pending[0].Standing.Approved, true)
	same(t, "note", got(s.Event(ctx, retailer, "a"))(t).Changes[1].Note, "approved for the first open day")
	record(t, s, retailer, at(4), revised("a", 2))
	same(t, "a revision is another matter", got(s.Event(ctx, retailer, "a"))(t).Approved, false)
}

func testImportWarnings(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	for i, account := range []ledger.AccountID{"1", "2", "3", "4"} {
		_, _, err := putMapping(ctx, s, retailer, ledger.Slot{Role: ledger.RolePayment, Key: string(account)}, account, caller, at(i))
		must(t, err)
	}
	changed := chart()
	changed[0].Active = false
	changed[1].Name = "Undeposited"
	changed[2].Type = ledger.TypeExpense
	changed[4].Active = false // no mapping uses it
	summary := got(s.ImportAccounts(ctx, retailer, realm, append(changed[:3:3], changed[4]), at(5)))(t)
	var warned []string
	for _, w := range summary.Warnings {
		warned = append(warned, w.After.Name+" "+string(rune('0'+w.Change)))
		same(t, "slots", len(w.Slots), 1)
	}
	same(t, "warnings", warned, []string{"Checking 1", "Inventory:Shoes 4", "Sales 3", "Undeposited 2"})
	same(t, "once", len(got(s.ImportAccounts(ctx, retailer, realm, append(changed[:3:3], changed[4]), at(6)))(t).Warnings), 0)
}

func testPutAccounts(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	added := account("9", "Payment Clearing", ledger.TypeOtherCurrentAsset)
	fails(t, "never connected", s.PutAccounts(ctx, retailer, realm, []store.Account{added}, at(1)), store.ErrNotFound)
	connect(t, s, retailer)
	fails(t, "another company", s.PutAccounts(ctx, retailer, "1", []store.Account{added}, at(1)), store.ErrOtherCompany)
	must(t, s.PutAccounts(ctx, retailer, realm, []store.Account{added}, at(1)))
	same(t, "added", got(s.Account(ctx, retailer, "9"))(t).Name, "Payment Clearing")
	same(t, "the others stay", got(s.Account(ctx, retailer, "1"))(t).Deleted, false)
}
