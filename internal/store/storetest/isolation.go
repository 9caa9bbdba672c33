package storetest

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func isolationTests() tests {
	return tests{"Isolation/Tenants": testIsolation}
}

// view is all that the methods which read tell of a retailer.
func view(t *testing.T, s *store.Store, r ledger.RetailerID) string {
	t.Helper()
	ctx := within(t)
	books, version, err := s.BooksAt(ctx, r)
	must(t, err)
	all := []any{
		got(s.Connection(ctx, r))(t), got(s.Status(ctx, r))(t), books.Accounts, books.HomeCurrency,
		fmt.Sprint(books.Mapping), version,
		got2(s.ListAccounts(ctx, r, store.AccountQuery{Limit: 100, ShowDeleted: true}))(t),
		got2(s.ListSlots(ctx, r, store.SlotQuery{Limit: 100}, at(0)))(t),
		got2(s.ListMappingChanges(ctx, r, store.MappingChangeQuery{Limit: 100}))(t), got(s.Settings(ctx, r))(t),
		got(s.Tracking(ctx, r, store.Locations))(t), got(s.Tracking(ctx, r, store.Classes))(t),
		fmt.Sprint(books.Departments, books.Classes), got(s.EffectiveFrom(ctx, r, store.MappingOrder{Slot: visa()}, at(0)))(t),
	}
	counts, stock, err := s.PastEvents(ctx, r, store.Past{})
	must(t, err)
	all = append(all, counts, stock, got2(s.Backfills(ctx, r, 9, ""))(t),
		got(s.Overview(ctx, r, store.OverviewQuery{From: "2026-01-01", To: "2026-12-31"}))(t),
		got2(s.StandingEntries(ctx, r, realm, "2026-11-22", "", 100))(t), got(s.SentEntries(ctx, r, realm, ids("synced", "sent")))(t))
	balances, since, err := s.ClearingBalances(ctx, r)
	must(t, err)
	all = append(all, balances, since)
	for _, row := range got2(s.ListEvents(ctx, r, store.EventQuery{Limit: 100}))(t) {
		all = append(all, got(s.Event(ctx, r, row.Event.ID))(t))
	}
	out, err := json.MarshalIndent(all, "", " ")
	must(t, err)
	return string(out)
}

// furnish gives a retailer one of everything, with the same ids as every other.
func furnish(t *testing.T, s *store.Store, r ledger.RetailerID) store.Lease {
	t.Helper()
	ctx := within(t)
	connect(t, s, r)
	record(t, s, r, at(0), adjustment("past", "Opening stock", "2026-11-01", 5), sale("past sale"))
	must(t, s.StartSync(ctx, r, origin()))
	must(t, s.SaveAuthorization(ctx, r, authorization("state", origin())))
	company := connection(origin()).Company
	company.TracksLocations, company.TracksClasses = true, true
	must(t, s.SaveCompany(ctx, r, realm, company, at(0)))
	for _, d := range []store.Dimension{store.Locations, store.Classes} {
		must(t, s.ImportTracking(ctx, r, realm, d, []store.TrackedValue{tracked("1", "One", true)}))
	}
	must(t, s.MapTracking(ctx, r, store.Locations, "store-1", "1", caller, at(0)))
	must(t, s.MapTracking(ctx, r, store.Classes, "Shoes", "1", caller, at(0)))
	got(s.UpdateSettings(ctx, r, func(c *store.Settings) { c.RoundingLimit = 1 }, caller, at(0)))(t)
	record(t, s, r, at(1), sale("pending"), sale("parked"), sale("sent"), sale("synced"), sale("skipped"))
	l := claim(t, s, at(1))
	same(t, "claimed", l.Retailer, r)
	_, _, err := putMapping(ctx, s, r, shoes(), "3", caller, at(1))
	must(t, err)
	park(t, s, l, at(2), store.Parked{Event: "parked", Problem: unmapped(visa())})
	got(s.SkipEvents(ctx, r, ids("skipped"), false, "", caller, at(2)))(t)
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("open", "sent"), batch("closed", "synced")}))
	must(t, s.Settle(ctx, l, at(3), store.Settlement{
		RequestID: "closed", Closed: true, Items: []store.ItemResult{item("synced", store.Booked)},
	}))
	record(t, s, r, at(3), revised(sale("skipped"), 3), revised(sale("skipped"), 2))
	return l
}

// changePolicies changes, for one retailer, what furnish gave it beside events.
func changePolicies(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	record(t, s, retailer, at(6), revised(sale("skipped"), 4), revised(cash("past sale"), 2))
	b := got(s.StartBackfill(ctx, retailer, store.Past{}, ids("past"), "", caller, at(6)))(t)
	got(s.PauseBackfill(ctx, retailer, b.ID, caller, at(6)))(t)
	got(s.ResumeBackfill(ctx, retailer, b.ID, caller, at(6)))(t)
	got(s.SkipEvents(ctx, retailer, ids("past sale"), false, "", caller, at(6)))(t)
	got(s.UpdateSettings(ctx, retailer, func(c *store.Settings) { c.RoundingLimit = 9 }, caller, at(6)))(t)
	must(t, s.PutAccounts(ctx, retailer, realm, []store.Account{account("1", "Other", ledger.TypeBank)}, at(6)))
	must(t, s.ImportTracking(ctx, retailer, realm, store.Locations, nil))
	must(t, s.MapTracking(ctx, retailer, store.Classes, "Shoes", "", caller, at(6)))
}

// testIsolation does everything for one retailer, and looks at another one that has the same ids: not a byte may change.
func testIsolation(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	untouched := furnish(t, s, "untouched")
	before := view(t, s, "untouched")
	l := furnish(t, s, retailer)
	same(t, "open", len(got(s.OpenRequests(ctx, l, 9))(t)), 1)
	same(t, "pending", len(got(s.PendingEvents(ctx, l, at(9), 9, true))(t)), 1)
	must(t, s.MarkSent(ctx, l, at(4), "open"))
	must(t, s.Settle(ctx, l, at(5), store.Settlement{
		RequestID: "open", Closed: true, Items: []store.ItemResult{item("sent", store.Refused)},
	}))
	record(t, s, retailer, at(6), other(sale("pending")), sale("new"))
	changePolicies(t, s)
	_, released, err := putMapping(ctx, s, retailer, ledger.Slot{Role: ledger.RolePayment}, "2", caller, at(7))
	must(t, err)
	same(t, "released", released, 1)
	same(t, "retried", got(s.RetryEvents(ctx, retailer, store.Retry{Reason: 0}, caller, at(8)))(t), 1)
	all := ids("pending", "parked", "sent", "synced", "skipped", "new")
	same(t, "skipped", got(s.SkipEvents(ctx, retailer, all, false, "", caller, at(9)))(t), 4)
	same(t, "unskipped", got(s.SkipEvents(ctx, retailer, all, true, "", caller, at(9)))(t), 5)
	same(t, "unmapped", got(deleteMapping(ctx, s, retailer, shoes()))(t), true)
	_, _, err = s.DeleteAccount(ctx, retailer, "2", true, at(10))
	must(t, err)
	got(s.ImportAccounts(ctx, retailer, realm, chart()[:1], at(11)))(t)
	must(t, s.SaveCompany(ctx, retailer, realm, store.Company{CompanyName: "Other", HomeCurrency: "EUR"}, at(5)))
	must(t, s.SaveAuthorization(ctx, retailer, authorization("later", at(10_000))))
	same(t, "lease", got(s.LeaseRefresh(ctx, retailer, 1, refresher, at(11), at(60)))(t), true)
	same(t, "swap", got(s.SwapTokens(ctx, retailer, 1, refresher, tokens("9", at(12))))(t), true)
	got(s.Extend(ctx, l, at(12), leaseTTL))(t)
	must(t, s.Release(ctx, l, at(12), store.Backoff{Until: at(20), Failures: 1, Problem: "x"}))
	must(t, s.EndPauses(ctx, retailer))
	same(t, "lost", got(s.LoseAuthorization(ctx, retailer, 2, "", "x", at(13)))(t), true)
	must(t, s.PauseSync(ctx, retailer, at(14)))
	must(t, s.Disconnect(ctx, retailer, at(14)))
	same(t, "the other retailer", view(t, s, "untouched"), before)
	audited(t, s, retailer)
	audited(t, s, "untouched")
	// Its lease and its authorization are good, too.
	got(s.Extend(ctx, untouched, at(15), leaseTTL))(t)
	got(s.TakeAuthorization(ctx, "untouched", []byte("state"), at(15)))(t)
	same(t, "open", len(got(s.OpenRequests(ctx, untouched, 9))(t)), 1)
	_, err = s.Event(ctx, "untouched", "new")
	fails(t, "an event of the other", err, store.ErrNotFound)
}
