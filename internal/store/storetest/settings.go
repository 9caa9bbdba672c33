package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func settingsTests() tests {
	return tests{
		"Settings/Stored":   testSettingsStored,
		"Settings/Releases": testSettingsRelease,
		"Settings/Approve":  testApprove,
		"Company/Releases":  testCompanyReleases,
		"Company/Reconnect": testReconnectReleases,
	}
}

func testSettingsStored(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	defaults := store.Settings{Revisions: ledger.RevisionsAdjust, ClosedBooks: ledger.ClosedBooksHold}
	same(t, "defaults", got(s.Settings(ctx, retailer))(t), defaults)
	want := store.Settings{RoundingLimit: 5, Revisions: ledger.RevisionsUpdate, ClosedBooks: ledger.ClosedBooksFirstOpenDay}
	// A retailer may choose before anything else.
	changed := got(s.UpdateSettings(ctx, retailer, func(c *store.Settings) { *c = want }, caller, at(1)))(t)
	same(t, "changed", changed, want)
	same(t, "stored", got(s.Settings(ctx, retailer))(t), want)
	books, version, err := s.BooksAt(ctx, retailer)
	must(t, err)
	same(t, "books", store.Settings{
		RoundingLimit: books.RoundingLimit, Revisions: books.Revisions, ClosedBooks: books.ClosedBooks,
	}, want)
	got(s.UpdateSettings(ctx, retailer, func(*store.Settings) {}, caller, at(2)))(t)
	same(t, "nothing changed", got(s.BooksVersion(ctx, retailer))(t), version)
	want.RoundingLimit = 0
	got(s.UpdateSettings(ctx, retailer, func(c *store.Settings) { c.RoundingLimit = 0 }, caller, at(3)))(t)
	same(t, "one of them", got(s.Settings(ctx, retailer))(t), want)
	if after := got(s.BooksVersion(ctx, retailer))(t); after <= version {
		t.Errorf("books version %d after %d", after, version)
	}
	same(t, "of another retailer", got(s.Settings(ctx, "other"))(t), defaults)
}

// onePerReason parks an event for each reason: its id is the reason.
func onePerReason(t *testing.T, s *store.Store, seconds int) store.Lease {
	t.Helper()
	var parked []store.Parked
	for reason := ledger.ReasonUnmapped; reason <= ledger.ReasonLast; reason++ {
		record(t, s, retailer, at(seconds), sale(reason.String()))
		problem := unmapped(visa())
		problem.Reason = reason
		parked = append(parked, store.Parked{Event: ledger.EventID(reason.String()), Problem: problem})
	}
	l := claim(t, s, at(seconds))
	park(t, s, l, at(seconds), parked...)
	return l
}

// released holds the events of onePerReason to the reasons whose events are PENDING now, with a note.
func released(t *testing.T, s *store.Store, seconds int, actor, note string, reasons ...ledger.Reason) {
	t.Helper()
	want := map[ledger.Reason]bool{}
	for _, reason := range reasons {
		want[reason] = true
	}
	for reason := ledger.ReasonUnmapped; reason <= ledger.ReasonLast; reason++ {
		detail := got(s.Event(within(t), retailer, ledger.EventID(reason.String())))(t)
		same(t, reason.String(), detail.State == ledger.StatePending, want[reason])
		if want[reason] {
			same(t, "change", detail.Changes[len(detail.Changes)-1], store.Change{
				At: at(seconds), From: ledger.StateActionRequired, To: ledger.StatePending, Actor: actor, Note: note,
			})
			same(t, "due", detail.DueAt, at(seconds))
		}
	}
	audited(t, s, retailer)
}

func testSettingsRelease(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	must(t, s.Release(ctx, onePerReason(t, s, 1), at(1), store.Backoff{}))
	got(s.UpdateSettings(ctx, retailer, func(*store.Settings) {}, caller, at(2)))(t)
	released(t, s, 2, "", "")
	got(s.UpdateSettings(ctx, retailer, func(c *store.Settings) { c.RoundingLimit = 3 }, caller, at(3)))(t)
	released(t, s, 3, caller, "settings changed", ledger.ReasonOutOfBalance, ledger.ReasonPeriodClosed)
	claim(t, s, at(3))
}

func testApprove(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	l := onePerReason(t, s, 1)
	closed := ledger.EventID(ledger.ReasonPeriodClosed.String())
	unmappedEvent := ledger.EventID(ledger.ReasonUnmapped.String())
	retry := func(seconds int, r store.Retry) int64 {
		t.Helper()
		return got(s.RetryEvents(ctx, retailer, r, caller, at(seconds)))(t)
	}
	same(t, "another reason", retry(2, store.Retry{Approve: true, Reason: ledger.ReasonUnmapped}), 0)
	same(t, "another event", retry(2, store.Retry{Approve: true, IDs: []ledger.EventID{unmappedEvent, "x"}}), 0)
	same(t, "not approved", got(s.Event(ctx, retailer, closed))(t).Approved, false)
	same(t, "retried without", retry(3, store.Retry{IDs: []ledger.EventID{closed}}), 1)
	same(t, "not approved", got(s.Event(ctx, retailer, closed))(t).Approved, false)
	problem := unmapped()
	problem.Reason = ledger.ReasonPeriodClosed
	park(t, s, l, at(4), store.Parked{Event: closed, Problem: problem})
	same(t, "all that may be", retry(5, store.Retry{Approve: true}), 1)
	released(t, s, 5, caller, "approved for the first open day", ledger.ReasonPeriodClosed)
	detail := got(s.Event(ctx, retailer, closed))(t)
	same(t, "approved", detail.Approved, true)
	for _, row := range got2(s.ListEvents(ctx, retailer, store.EventQuery{Limit: 99}))(t) {
		same(t, string(row.Event.ID), row.Approved, row.Event.ID == closed)
	}
	same(t, "standing", onlyPending(t, s, l, 5).Standing, ledger.Standing{Approved: true})
	// It stays approved when it waits again, for whatever reason, and is not when it has another content.
	park(t, s, l, at(6), store.Parked{Event: closed, Problem: unmapped(shoes())})
	same(t, "retried", retry(7, store.Retry{IDs: []ledger.EventID{closed}}), 1)
	same(t, "still", onlyPending(t, s, l, 7).Standing.Approved, true)
	record(t, s, retailer, at(8), revised(sale(string(closed)), 2))
	same(t, "revised", onlyPending(t, s, l, 8).Standing.Approved, false)
	park(t, s, l, at(9), store.Parked{Event: closed, Revision: 2, Problem: problem})
	same(t, "by reason", retry(10, store.Retry{Approve: true, Reason: ledger.ReasonPeriodClosed, IDs: []ledger.EventID{closed}}), 1)
	same(t, "approved", onlyPending(t, s, l, 10).Standing.Approved, true)
	audited(t, s, retailer)
}

// testCompanyReleases reads the company again: what waits because of it goes back, where something of it changed.
func testCompanyReleases(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	l := onePerReason(t, s, 1)
	company := connection(origin()).Company
	version := got(s.BooksVersion(ctx, retailer))(t)
	company.CompanyName = "Renamed"
	must(t, s.SaveCompany(ctx, retailer, realm, company, at(2)))
	same(t, "a name is no part of the books", got(s.BooksVersion(ctx, retailer))(t), version)
	released(t, s, 2, "", "")
	same(t, "read", got(s.Connection(ctx, retailer))(t).CompanyReadAt, at(2))
	const note = "the company was read from QuickBooks"
	for i, change := range []func(){
		func() { company.BookCloseDate = "" },
		func() { company.HomeCurrency = "CAD" },
		func() { company.Multicurrency = !company.Multicurrency },
		func() { company.TracksLocations = true },
		func() { company.TracksClasses = true },
	} {
		seconds := 10 * (i + 1)
		change()
		must(t, s.SaveCompany(ctx, retailer, realm, company, at(seconds)))
		released(t, s, seconds, "", note, ledger.ReasonCurrencyMismatch, ledger.ReasonPeriodClosed)
		if after := got(s.BooksVersion(ctx, retailer))(t); after <= version {
			t.Errorf("change %d: books version %d after %d", i, after, version)
		}
		version = got(s.BooksVersion(ctx, retailer))(t)
		for _, reason := range []ledger.Reason{ledger.ReasonCurrencyMismatch, ledger.ReasonPeriodClosed} {
			problem := unmapped()
			problem.Reason = reason
			park(t, s, l, at(seconds+1), store.Parked{Event: ledger.EventID(reason.String()), Problem: problem})
		}
		must(t, s.SaveCompany(ctx, retailer, realm, company, at(seconds+2)))
		released(t, s, seconds, "", fmt.Sprintf("change %d again", i))
	}
	c := got(s.Connection(ctx, retailer))(t)
	same(t, "tracks", []bool{c.TracksLocations, c.TracksClasses}, []bool{true, true})
}

// testReconnectReleases connects anew out of a backoff, with nothing but events that wait because of the company.
func testReconnectReleases(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	l := onePerReason(t, s, 1)
	must(t, s.Release(ctx, l, at(2), store.Backoff{Until: at(2).Add(time.Hour), Failures: 3, Problem: "refused"}))
	must(t, s.SaveConnection(ctx, retailer, connection(at(5))))
	released(t, s, 5, "", "the company was read from QuickBooks", ledger.ReasonCurrencyMismatch, ledger.ReasonPeriodClosed)
	l = claim(t, s, at(5))
	same(t, "pending", len(got(s.PendingEvents(ctx, l, at(5), 9, true))(t)), 2)
}
