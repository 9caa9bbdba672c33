package storetest

import (
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func mappingTests() tests {
	return tests{
		"Mapping/PutAndDelete": testMappingPutAndDelete,
		"Mapping/Releases":     testMappingReleases,
		"Mapping/ReleasesMany": testMappingReleasesMany,
		"Mapping/Books":        testBooks,
	}
}

func testMappingPutAndDelete(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	_, _, err := putMapping(ctx, s, retailer, visa(), "1", caller, at(1))
	fails(t, "unknown retailer", err, store.ErrNotFound)
	same(t, "delete of nothing", got(deleteMapping(ctx, s, retailer, visa()))(t), false)
	connect(t, s, retailer)
	_, _, err = putMapping(ctx, s, retailer, visa(), "99", caller, at(1))
	fails(t, "unknown account", err, store.ErrNotFound)
	_, err = s.Mapping(ctx, retailer, visa())
	fails(t, "not mapped", err, store.ErrNotFound)
	want := store.Mapping{
		Slot: visa(), Account: "1", AccountName: "Checking", AccountType: ledger.TypeBank, Active: true, UpdatedAt: at(1),
		UpdatedBy: caller, Version: 1, From: ledger.EarliestDate,
	}
	m, _, err := putMapping(ctx, s, retailer, visa(), "1", caller, at(1))
	must(t, err)
	same(t, "put", m, want)
	same(t, "stored", got(s.Mapping(ctx, retailer, visa()))(t), want)
	m, _, err = putMapping(ctx, s, retailer, visa(), "4", "someone", at(2))
	must(t, err)
	want.Account, want.AccountName, want.AccountType = "4", "Inventory:Shoes", ledger.TypeOtherCurrentAsset
	want.UpdatedAt, want.UpdatedBy, want.Version = at(2), "someone", 2
	same(t, "changed", m, want)
	lower := visa()
	lower.Key = "visa"
	_, err = s.Mapping(ctx, retailer, lower)
	fails(t, "another case is another key", err, store.ErrNotFound)
	same(t, "delete", got(deleteMapping(ctx, s, retailer, visa()))(t), true)
	same(t, "delete again", got(deleteMapping(ctx, s, retailer, visa()))(t), false)
}

// testMappingReleases holds the release to ledger.Mapping.Lookup: an event is released exactly when the new mapping is
// what one of its slots finds.
func testMappingReleases(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	var slots []ledger.Slot
	for _, role := range []ledger.Role{ledger.RolePayment, ledger.RoleRevenue, ledger.RoleCashDrawer, ledger.RoleTips} {
		for _, key := range []string{"", "Visa", "visa", "Cash"} {
			for _, location := range []ledger.LocationID{"", "store-1", "store-2"} {
				if role.KeyName() != "" || key == "" {
					slots = append(slots, ledger.Slot{Role: role, Key: key, Location: location})
				}
			}
		}
	}
	for i, mapped := range slots {
		var events []ledger.Event
		var parked []store.Parked
		for _, wanted := range slots {
			if wanted.Location == "" || (wanted.Key == "" && wanted.Role.KeyName() != "") {
				continue // events have locations and keys
			}
			id := mapped.String() + " for " + wanted.String()
			ev := sale(id)
			ev.ID, ev.Number = ledger.EventID(id), "n"
			events = append(events, ev)
			parked = append(parked, store.Parked{Event: ev.ID, Problem: unmapped(wanted)})
		}
		now := at(10 * (i + 1))
		record(t, s, retailer, now, events...)
		l := claim(t, s, now)
		park(t, s, l, now, parked...)
		must(t, s.Release(ctx, l, now, store.Backoff{}))
		_, released, err := putMapping(ctx, s, retailer, mapped, "2", caller, now)
		must(t, err)
		count := int64(0)
		states := map[ledger.EventID]ledger.State{}
		for _, row := range got2(s.ListEvents(ctx, retailer, store.EventQuery{Limit: 1000}))(t) {
			states[row.Event.ID] = row.State
		}
		for _, p := range parked {
			source := alone(mapped).Lookup(p.Problem.Slots[0], "2026-11-22").Source
			want := ledger.StateActionRequired
			if source != ledger.SourceMissing {
				count, want = count+1, ledger.StatePending
			}
			same(t, string(p.Event), states[p.Event], want)
		}
		same(t, "released by "+mapped.String(), released, count)
		if _, err := s.SkipEvents(ctx, retailer, eventIDs(events), false, "", "", now); err != nil {
			t.Fatal(err)
		}
		same(t, "deleted", got(deleteMapping(ctx, s, retailer, mapped))(t), true)
	}
	audited(t, s, retailer)
}

func eventIDs(events []ledger.Event) []ledger.EventID {
	out := make([]ledger.EventID, 0, len(events))
	for i := range events {
		out = append(out, events[i].ID)
	}
	return out
}

// testMappingReleasesMany releases more events than anyone would want to load, and only the right ones.
func testMappingReleasesMany(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	const n, others = 4000, 100
	events := numbered(n + others)
	for i := 0; i < len(events); i += 5000 {
		record(t, s, retailer, at(1), events[i:min(i+5000, len(events))]...)
	}
	l := claim(t, s, at(2))
	var parked []store.Parked
	for i := range events {
		problem := unmapped(visa(), shoes())
		if i >= n {
			problem = unmapped(shoes())
		}
		parked = append(parked, store.Parked{Event: events[i].ID, Problem: problem})
	}
	park(t, s, l, at(2), parked...)
	must(t, s.Release(ctx, l, at(3), store.Backoff{}))
	_, released, err := putMapping(ctx, s, retailer, ledger.Slot{Role: ledger.RolePayment, Key: "Visa"}, "2", caller, at(4))
	must(t, err)
	same(t, "released", released, n)
	audited(t, s, retailer)
	detail := got(s.Event(ctx, retailer, "e-00007"))(t)
	same(t, "event", detail.EventRow.State, ledger.StatePending)
	same(t, "problem", detail.Problem, nil)
	same(t, "due", detail.DueAt, at(4))
	same(t, "changes", detail.Changes, []store.Change{
		{At: at(2), From: ledger.StatePending, To: ledger.StateActionRequired, Reason: ledger.ReasonUnmapped, Note: "No account is mapped."},
		{At: at(4), From: ledger.StateActionRequired, To: ledger.StatePending, Actor: caller, Note: `mapped: payment type "Visa"`},
	})
	slots, _, err := s.ListSlots(ctx, retailer, store.SlotQuery{Limit: 10}, at(0))
	must(t, err)
	waiting := map[ledger.Slot]int64{}
	for _, use := range slots {
		waiting[use.Slot] = use.Waiting
	}
	same(t, "still waiting", waiting[shoes()], others)
	same(t, "waiting for what is mapped", waiting[visa()], 0)
	l = claim(t, s, at(4))
	same(t, "pending", len(got(s.PendingEvents(ctx, l, at(4), 30, true))(t)), 30)
}

func testBooks(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	_, _, err := putMapping(ctx, s, retailer, visa(), "2", caller, at(1))
	must(t, err)
	whole := ledger.Slot{Role: ledger.RoleRevenue}
	_, _, err = putMapping(ctx, s, retailer, whole, "3", caller, at(1))
	must(t, err)
	books, version, err := s.BooksAt(ctx, retailer)
	must(t, err)
	want := ledger.Books{
		Retailer: retailer, HomeCurrency: "USD", Multicurrency: true,
		Mapping: ledger.Mapping{
			visa(): {{Version: 1, From: ledger.EarliestDate, Account: "2"}},
			whole:  {{Version: 2, From: ledger.EarliestDate, Account: "3"}},
		},
		Accounts: map[ledger.AccountID]ledger.Account{}, ClosedThrough: "2025-12-31",
		Revisions: ledger.RevisionsAdjust, ClosedBooks: ledger.ClosedBooksHold,
	}
	for _, a := range chart() {
		want.Accounts[a.ID] = a.Account
	}
	same(t, "books", books, want)
	same(t, "version", got(s.BooksVersion(ctx, retailer))(t), version)
	got(deleteMapping(ctx, s, retailer, whole))(t)
	if after := got(s.BooksVersion(ctx, retailer))(t); after <= version {
		t.Errorf("books version %d after %d", after, version)
	}
}
