package storetest

import (
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func connectionTests() tests {
	return tests{
		"Connection/UnknownRetailer": testConnectionUnknown,
		"Connection/Lifecycle":       testConnectionLifecycle,
		"Connection/OtherCompany":    testConnectionOtherCompany,
		"Connection/LeaveCompany":    testConnectionLeaveCompany,
		"Connection/LeaveUnsettled":  testConnectionLeaveUnsettled,
		"Connection/Lifetime":        testConnectionLifetime,
		"Connection/Company":         testConnectionCompany,
		"Connection/StartAndPause":   testStartAndPause,
		"Authorization/OneUse":       testAuthorizationOneUse,
		"Authorization/Expiry":       testAuthorizationExpiry,
	}
}

func testConnectionUnknown(t *testing.T, s *store.Store) {
	t.Helper()
	same(t, "connection", got(s.Connection(within(t), retailer))(t), store.Connection{State: store.NotConnected})
	must(t, s.Disconnect(within(t), retailer, origin()))
	must(t, s.PauseSync(within(t), retailer, origin()))
	fails(t, "start", s.StartSync(within(t), retailer, origin()), store.ErrNotConnected)
	same(t, "status", got(s.Status(within(t), retailer))(t), store.Status{State: store.NotConnected, Counts: []store.Count{}})
	books, version, err := s.BooksAt(within(t), retailer)
	must(t, err)
	same(t, "books", books, ledger.Books{
		Retailer: retailer, Mapping: ledger.Mapping{}, Accounts: map[ledger.AccountID]ledger.Account{},
		Revisions: ledger.RevisionsAdjust, ClosedBooks: ledger.ClosedBooksHold,
	})
	same(t, "version", version, 1)
}

func testConnectionLifecycle(t *testing.T, s *store.Store) {
	t.Helper()
	connect(t, s, retailer)
	want := store.Connection{
		State: store.Connected, Environment: "simulator", Realm: realm, CompanyName: "Acme Shoes", HomeCurrency: "USD",
		Multicurrency: true, BookCloseDate: "2025-12-31", ConnectedBy: caller, ConnectedAt: origin(),
		AccountCount: 5, AccountsImportedAt: origin(), CompanyReadAt: origin(), Tokens: tokens("1", origin()),
	}
	want.Tokens.Version = 1
	want.Lifetime = store.Lifetime{UnusedEnd: want.Tokens.RefreshExpiresAt, FinalEnd: want.Tokens.RefreshHardExpiresAt}
	same(t, "connected", got(s.Connection(within(t), retailer))(t), want)
	must(t, s.StartSync(within(t), retailer, at(1)))
	want.SyncStarted, want.FirstStartedAt = true, at(1)
	same(t, "started", got(s.Connection(within(t), retailer))(t), want)

	must(t, s.Disconnect(within(t), retailer, at(2)))
	want.State, want.Tokens, want.Lifetime = store.NotConnected, store.Tokens{Version: 2}, store.Lifetime{}
	same(t, "disconnected", got(s.Connection(within(t), retailer))(t), want)
	if _, ok, err := s.Claim(within(t), worker, at(100), leaseTTL); err != nil || ok {
		t.Errorf("claim of a disconnected retailer: %v, %v", ok, err)
	}
	audited(t, s, retailer)

	again := connection(at(3))
	again.Tokens = tokens("2", at(3))
	must(t, s.SaveConnection(within(t), retailer, again))
	want.State, want.ConnectedAt, want.Tokens = store.Connected, at(3), tokens("2", at(3))
	want.CompanyReadAt = at(3)
	want.Tokens.Version = 3
	want.Lifetime = store.Lifetime{UnusedEnd: want.Tokens.RefreshExpiresAt, FinalEnd: want.Tokens.RefreshHardExpiresAt}
	same(t, "connected again", got(s.Connection(within(t), retailer))(t), want)
	claim(t, s, at(3))
	audited(t, s, retailer)
}

func testConnectionOtherCompany(t *testing.T, s *store.Store) {
	t.Helper()
	connect(t, s, retailer)
	must(t, s.Disconnect(within(t), retailer, at(1)))
	other := connection(at(2))
	other.Realm = "1"
	before := got(s.Connection(within(t), retailer))(t)
	fails(t, "connect to another company", s.SaveConnection(within(t), retailer, other), store.ErrOtherCompany)
	same(t, "connection", got(s.Connection(within(t), retailer))(t), before)
	// Two retailers may share a company: that is theirs to decide.
	must(t, s.SaveConnection(within(t), "second", connection(at(2))))
}

func testConnectionCompany(t *testing.T, s *store.Store) {
	t.Helper()
	company := store.Company{CompanyName: "Renamed \x00 \xff", HomeCurrency: "CAD", BookCloseDate: ""}
	fails(t, "unknown retailer", s.SaveCompany(within(t), retailer, realm, company, at(5)), store.ErrNotFound)
	connect(t, s, retailer)
	fails(t, "another company", s.SaveCompany(within(t), retailer, "1", company, at(5)), store.ErrOtherCompany)
	before := got(s.BooksVersion(within(t), retailer))(t)
	must(t, s.SaveCompany(within(t), retailer, realm, company, at(5)))
	c := got(s.Connection(within(t), retailer))(t)
	same(t, "company", store.Company{
		CompanyName: c.CompanyName, HomeCurrency: c.HomeCurrency, Multicurrency: c.Multicurrency, BookCloseDate: c.BookCloseDate,
	}, store.Company{CompanyName: "Renamed \uFFFD \uFFFD", HomeCurrency: "CAD"})
	if after := got(s.BooksVersion(within(t), retailer))(t); after <= before {
		t.Errorf("books version %d after %d: the company is part of the books", after, before)
	}
}

func testStartAndPause(t *testing.T, s *store.Store) {
	t.Helper()
	connect(t, s, retailer)
	same(t, "before", record(t, s, retailer, at(1), sale("a"))[0].State, ledger.StateNeverSynced)
	must(t, s.StartSync(within(t), retailer, at(2)))
	same(t, "earlier event", state(t, s, retailer, "a"), ledger.StateNeverSynced)
	same(t, "after", record(t, s, retailer, at(3), sale("b"))[0].State, ledger.StatePending)
	must(t, s.PauseSync(within(t), retailer, at(4)))
	same(t, "paused", record(t, s, retailer, at(5), sale("c"))[0].State, ledger.StatePending)
	l := claim(t, s, at(6))
	same(t, "pending while paused", len(got(s.PendingEvents(within(t), l, at(6), 10, true))(t)), 0)
	must(t, s.Release(within(t), l, at(6), store.Backoff{}))
	if _, ok, err := s.NextDue(within(t)); err != nil || ok {
		t.Errorf("work is planned while paused: %v, %v", ok, err)
	}
	must(t, s.StartSync(within(t), retailer, at(7)))
	c := got(s.Connection(within(t), retailer))(t)
	same(t, "first start", c.FirstStartedAt, at(2))
	l = claim(t, s, at(7))
	same(t, "pending again", len(got(s.PendingEvents(within(t), l, at(7), 10, true))(t)), 2)
}

func authorization(hash string, now time.Time) store.Authorization {
	return store.Authorization{
		StateHash: []byte(hash), Caller: caller, ReturnURL: "https://example.com/back", CreatedAt: now,
		ExpiresAt: now.Add(15 * time.Minute),
	}
}

func testAuthorizationOneUse(t *testing.T, s *store.Store) {
	t.Helper()
	a := authorization("\x00\xffhash", origin())
	must(t, s.SaveAuthorization(within(t), retailer, a))
	_, err := s.TakeAuthorization(within(t), "other", a.StateHash, at(1))
	fails(t, "another retailer", err, store.ErrNotFound)
	_, err = s.TakeAuthorization(within(t), retailer, []byte("unknown"), at(1))
	fails(t, "unknown", err, store.ErrNotFound)
	same(t, "authorization", got(s.TakeAuthorization(within(t), retailer, a.StateHash, at(1)))(t), a)
	_, err = s.TakeAuthorization(within(t), retailer, a.StateHash, at(1))
	fails(t, "second use", err, store.ErrNotFound)
}

func testAuthorizationExpiry(t *testing.T, s *store.Store) {
	t.Helper()
	must(t, s.SaveAuthorization(within(t), retailer, authorization("1", origin())))
	_, err := s.TakeAuthorization(within(t), retailer, []byte("1"), origin().Add(15*time.Minute))
	fails(t, "expired", err, store.ErrNotFound)
	// The next one clears it away: its hash may come again.
	must(t, s.SaveAuthorization(within(t), retailer, authorization("2", origin().Add(time.Hour))))
	must(t, s.SaveAuthorization(within(t), retailer, authorization("1", origin().Add(time.Hour))))
}
