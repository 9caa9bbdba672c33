package storetest

import (
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// elsewhere is a connection to another company, as a person confirmed it.
func elsewhere(now time.Time) store.NewConnection {
	c := connection(now)
	c.Realm, c.CompanyName, c.AllowOther = "1", "Acme Boots", true
	c.Tokens = tokens("2", now)
	return c
}

func testConnectionLeaveCompany(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	_, _, err := putMapping(ctx, s, retailer, visa(), "2", caller, at(1))
	must(t, err)
	must(t, s.ImportTracking(ctx, retailer, realm, store.Locations, []store.TrackedValue{{Tracked: ledger.Tracked{ID: "7", Name: "Main"}}}))
	record(t, s, retailer, at(2), sale("booked"), sale("waiting"))
	l := claim(t, s, at(3))
	must(t, s.StoreRequests(ctx, l, at(3), []store.NewRequest{batch("q1", "booked")}))
	must(t, s.Settle(ctx, l, at(4), store.Settlement{
		RequestID: "q1", Closed: true, Attempt: store.Attempt{At: at(4), Outcome: store.Booked},
		Items: []store.ItemResult{item("booked", store.Booked)},
	}))
	must(t, s.Disconnect(ctx, retailer, at(5)))
	fails(t, "a request of a retailer that is not connected",
		s.StoreRequests(ctx, l, at(5), []store.NewRequest{batch("q2", "waiting")}), store.ErrLeaseLost)
	must(t, s.SaveConnection(ctx, retailer, elsewhere(at(6))))

	c := got(s.Connection(ctx, retailer))(t)
	same(t, "realm", c.Realm, "1")
	same(t, "sync is paused", c.SyncStarted, false)
	same(t, "accounts", c.AccountCount, 0)
	same(t, "never imported", c.AccountsImportedAt, time.Time{})
	books := got(s.Books(ctx, retailer))(t)
	same(t, "mapped", books.Mapping.Lookup(visa(), "2026-11-22").Source, ledger.SourceMissing)
	same(t, "state", state(t, s, retailer, "waiting"), ledger.StatePending)
	booked := got(s.Event(ctx, retailer, "booked"))(t)
	same(t, "booked in", booked.Realm, realm)
	same(t, "of the former company", booked.Posted[0].Former, &ledger.FormerCompany{Realm: realm, Name: "Acme Shoes"})
	day := booked.Posted[0].TxnDate
	former, _, err := s.StandingEntries(ctx, retailer, realm, day, "", 9)
	must(t, err)
	present, _, err := s.StandingEntries(ctx, retailer, "1", day, "", 9)
	must(t, err)
	same(t, "standing in either company", []int{len(former), len(present)}, []int{1, 0})
	same(t, "sent to the new company", got(s.SentEntries(ctx, retailer, "1", ids("booked")))(t)["booked"], nil)
	_, err = s.Extend(ctx, l, at(6), leaseTTL)
	fails(t, "the lease of before", err, store.ErrLeaseLost)
	changes := mappingChanges(t, s, store.MappingChangeQuery{Limit: 9})
	same(t, "changes", len(changes), 2)
	same(t, "name of a former account", changes[0].PreviousName+changes[1].AccountName, "")

	// The new company has an account of the same id, which means another one. A mapping starts from the first date again.
	got(s.ImportAccounts(ctx, retailer, "1", []store.Account{account("2", "Till", ledger.TypeBank)}, at(7)))(t)
	same(t, "still missing", got(s.Books(ctx, retailer))(t).Mapping.Lookup(visa(), "2026-11-22").Source, ledger.SourceMissing)
	put, _, err := s.PutMappings(ctx, retailer, []store.MappingOrder{{Slot: visa(), Account: "2"}}, caller, at(8))
	must(t, err)
	same(t, "from", put[0].From, "")
	same(t, "name", put[0].AccountName, "Till")
	audited(t, s, retailer)
}

func testConnectionLeaveUnsettled(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(2))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q1", "a")}))
	must(t, s.Disconnect(ctx, retailer, at(3)))
	before := got(s.Connection(ctx, retailer))(t)
	fails(t, "leave", s.SaveConnection(ctx, retailer, elsewhere(at(4))), store.ErrEntriesUnsettled)
	same(t, "connection", got(s.Connection(ctx, retailer))(t), before)
	must(t, s.SaveConnection(ctx, retailer, connection(at(5))))
	must(t, s.Settle(ctx, l, at(6), store.Settlement{
		RequestID: "q1", Closed: true, Attempt: store.Attempt{At: at(6), Outcome: store.Booked},
		Items: []store.ItemResult{item("a", store.Booked)},
	}))
	must(t, s.Disconnect(ctx, retailer, at(7)))
	must(t, s.SaveConnection(ctx, retailer, elsewhere(at(8))))
	audited(t, s, retailer)
}

func testConnectionLifetime(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	c := connection(at(0))
	c.Tokens.RefreshHardExpiresAt = time.Time{} // Intuit did not say
	must(t, s.SaveConnection(ctx, retailer, c))
	want := store.Lifetime{UnusedEnd: c.Tokens.RefreshExpiresAt, FinalEnd: at(0).Add(5 * 365 * 24 * time.Hour)}
	same(t, "connection", got(s.Connection(ctx, retailer))(t).Lifetime, want)
	same(t, "status", got(s.Status(ctx, retailer))(t).Lifetime, want)
	must(t, s.Disconnect(ctx, retailer, at(1)))
	same(t, "afterwards", got(s.Status(ctx, retailer))(t).Lifetime, store.Lifetime{})
}
