package storetest

import (
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func importTests() tests {
	return tests{
		"Import/Summary":      testImportSummary,
		"Import/OtherCompany": testImportOtherCompany,
		"Import/Releases":     testImportReleases,
		"Import/Large":        testImportLarge,
		"Import/Warnings":     testImportWarnings,
		"Import/PutAccounts":  testPutAccounts,
	}
}

func testImportSummary(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	must(t, s.SaveConnection(ctx, retailer, connection(origin())))
	version := got(s.BooksVersion(ctx, retailer))(t)
	same(t, "first", got(s.ImportAccounts(ctx, retailer, realm, chart(), at(1)))(t), store.ImportSummary{Total: 5, New: 5})
	if after := got(s.BooksVersion(ctx, retailer))(t); after <= version {
		t.Errorf("books version %d after %d", after, version)
	}
	same(t, "again", got(s.ImportAccounts(ctx, retailer, realm, chart(), at(2)))(t), store.ImportSummary{Total: 5})
	_, _, err := s.DeleteAccount(ctx, retailer, "5", false, at(3))
	must(t, err)
	next := chart()
	next[1].Active = false                                                  // changed, inactive
	next[2].Name = "Sales of merchandise"                                   // changed
	next = append(next[1:], account("6", "New \x00\xff", ledger.TypeOther)) // 1 is missing, 6 is new, 5 is back
	next = append(next, next[1])                                            // named twice
	want := store.ImportSummary{Total: 5, Inactive: 1, New: 1, Changed: 2, Restored: 1, Missing: 1}
	same(t, "changed", got(s.ImportAccounts(ctx, retailer, realm, next, at(4)))(t), want)
	missing := got(s.Account(ctx, retailer, "1"))(t)
	same(t, "missing", missing.DeletedAt, at(4))
	same(t, "imported", missing.ImportedAt, at(2))
	same(t, "foreign text", got(s.Account(ctx, retailer, "6"))(t).Name, "New \uFFFD\uFFFD")
	same(t, "when", got(s.Connection(ctx, retailer))(t).AccountsImportedAt, at(4))
	want = store.ImportSummary{Total: 5, Inactive: 1}
	same(t, "still missing", got(s.ImportAccounts(ctx, retailer, realm, next, at(5)))(t), want)
	want = store.ImportSummary{Total: 5, Changed: 2, Restored: 1, Missing: 1}
	same(t, "as before", got(s.ImportAccounts(ctx, retailer, realm, chart(), at(6)))(t), want)
}

func testImportOtherCompany(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	_, err := s.ImportAccounts(ctx, retailer, realm, chart(), origin())
	fails(t, "never connected", err, store.ErrNotFound)
	connect(t, s, retailer)
	_, err = s.ImportAccounts(ctx, retailer, "1", nil, at(1))
	fails(t, "other company", err, store.ErrOtherCompany)
	same(t, "accounts", len(names(t, s, store.AccountQuery{Limit: 9})), 5)
}

func testImportReleases(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	var parked []store.Parked
	for reason := ledger.ReasonUnmapped; reason <= ledger.ReasonLast; reason++ {
		id := fmt.Sprintf("e-%02d", reason)
		record(t, s, retailer, at(1), sale(id))
		problem := unmapped(visa())
		problem.Reason = reason
		parked = append(parked, store.Parked{Event: ledger.EventID(id), Revision: 1, Problem: problem})
	}
	l := claim(t, s, at(2))
	park(t, s, l, at(2), parked...)
	must(t, s.Release(ctx, l, at(3), store.Backoff{}))
	summary := got(s.ImportAccounts(ctx, retailer, realm, chart(), at(4)))(t)
	same(t, "summary", summary, store.ImportSummary{Total: 5, Released: 3})
	for reason := ledger.ReasonUnmapped; reason <= ledger.ReasonLast; reason++ {
		want := ledger.StateActionRequired
		switch reason {
		case ledger.ReasonAccountDeleted, ledger.ReasonAccountInactive, ledger.ReasonAccountTypeRefused:
			want = ledger.StatePending
		}
		same(t, reason.String(), state(t, s, retailer, fmt.Sprintf("e-%02d", reason)), want)
	}
	audited(t, s, retailer)
	claim(t, s, at(4))
}

// testImportLarge needs several statements on PostgreSQL.
func testImportLarge(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	must(t, s.SaveConnection(ctx, retailer, connection(origin())))
	const n = 2000
	var chart []store.Account
	for i := range n {
		chart = append(chart, account(fmt.Sprintf("%05d", i), fmt.Sprintf("Account %05d", i), ledger.TypeExpense))
	}
	same(t, "new", got(s.ImportAccounts(ctx, retailer, realm, chart, at(1)))(t), store.ImportSummary{Total: n, New: n})
	same(t, "missing", got(s.ImportAccounts(ctx, retailer, realm, nil, at(2)))(t), store.ImportSummary{Missing: n})
}

// testImportWarnings changes accounts in every way: only those that mappings use are worth a warning.
func testImportWarnings(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	must(t, s.SaveConnection(ctx, retailer, connection(origin())))
	const income = ledger.TypeIncome
	charted := func(change func(prefix string) []store.Account) []store.Account {
		return append(change("used"), change("unused")...)
	}
	before := charted(func(p string) []store.Account {
		idle := account(p+"7", p+" idle", income)
		idle.Active = false
		return []store.Account{
			account(p+"1", p+" renamed", income), account(p+"2", p+" retyped", income), account(p+"3", p+" deactivated", income),
			account(p+"4", p+" gone", income), account(p+"5", p+" all of it", income), account(p+"6", p+" same", income), idle,
		}
	})
	got(s.ImportAccounts(ctx, retailer, realm, before, at(1)))(t)
	slot := func(key string) ledger.Slot { return ledger.Slot{Role: ledger.RoleRevenue, Key: key} }
	for _, id := range []string{"1", "2", "3", "4", "5", "6", "7"} {
		putOrder(t, s, 2, store.MappingOrder{Slot: slot(id), Account: ledger.AccountID("used" + id)})
	}
	putOrder(t, s, 2, store.MappingOrder{Slot: slot("3b"), Account: "used3"})
	// A mapping of the past is none.
	putOrder(t, s, 2, store.MappingOrder{Slot: slot("old"), Account: "unused4"})
	putOrder(t, s, 2, store.MappingOrder{Slot: slot("old"), Account: "used6"})
	after := charted(func(p string) []store.Account {
		renamed, retyped := account(p+"1", p+" by another name", income), account(p+"2", p+" retyped", ledger.TypeEquity)
		inactive := account(p+"3", p+" deactivated", income)
		all := account(p+"5", p+" all of it, renamed", ledger.TypeEquity)
		inactive.Active, all.Active = false, false
		other := account(p+"6", p+" same", income)
		other.Number, other.SubType = "another number", "another subtype"
		return []store.Account{renamed, retyped, inactive, all, other, account(p+"7", p+" idle", income)}
	})
	old, now := map[ledger.AccountID]ledger.Account{}, map[ledger.AccountID]ledger.Account{}
	for i := range before {
		old[before[i].ID] = before[i].Account
	}
	now["used4"] = old["used4"]
	for i := range after {
		now[after[i].ID] = after[i].Account
	}
	warning := func(change store.AccountChange, id ledger.AccountID, slots ...ledger.Slot) store.AccountWarning {
		return store.AccountWarning{Change: change, Before: old[id], After: now[id], Slots: slots}
	}
	summary := got(s.ImportAccounts(ctx, retailer, realm, after, at(3)))(t)
	same(t, "warnings", summary.Warnings, []store.AccountWarning{ // by the name of today
		warning(store.AccountDeactivated, "used5", slot("5")),
		warning(store.AccountRenamed, "used1", slot("1")),
		warning(store.AccountDeactivated, "used3", slot("3"), slot("3b")),
		warning(store.AccountGone, "used4", slot("4")),
		warning(store.AccountRetyped, "used2", slot("2")),
	})
	same(t, "again", len(got(s.ImportAccounts(ctx, retailer, realm, after, at(4)))(t).Warnings), 0)
	same(t, "as before", len(got(s.ImportAccounts(ctx, retailer, realm, before, at(5)))(t).Warnings), 4) // and 7 idle again
}

func testPutAccounts(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	put := func(realm ledger.RealmID, seconds int, accounts ...store.Account) error {
		return s.PutAccounts(ctx, retailer, realm, accounts, at(seconds))
	}
	fails(t, "never connected", put(realm, 1, account("9", "New", ledger.TypeBank)), store.ErrNotFound)
	connect(t, s, retailer)
	fails(t, "another company", put("1", 1, account("9", "New", ledger.TypeBank)), store.ErrOtherCompany)
	_, _, err := s.DeleteAccount(ctx, retailer, "5", false, at(2))
	must(t, err)
	imported := got(s.Connection(ctx, retailer))(t).AccountsImportedAt
	version := got(s.BooksVersion(ctx, retailer))(t)
	others := []store.Account{got(s.Account(ctx, retailer, "2"))(t), got(s.Account(ctx, retailer, "3"))(t), got(s.Account(ctx, retailer, "4"))(t)}
	must(t, put(realm, 3, account("9", "overtaken", ledger.TypeBank), account("1", "Renamed", ledger.TypeBank),
		account("5", "back", ledger.TypeOtherCurrentLiability), account("9", "New \x00", ledger.TypeBank)))
	if after := got(s.BooksVersion(ctx, retailer))(t); after <= version {
		t.Errorf("books version %d after %d", after, version)
	}
	want := account("9", "New \uFFFD", ledger.TypeBank)
	want.ImportedAt = at(3)
	same(t, "new", got(s.Account(ctx, retailer, "9"))(t), want)
	same(t, "renamed", got(s.Account(ctx, retailer, "1"))(t).Name, "Renamed")
	same(t, "back", got(s.Account(ctx, retailer, "5"))(t).Deleted, false)
	for i := range others {
		same(t, "another", got(s.Account(ctx, retailer, others[i].ID))(t), others[i])
	}
	same(t, "no import", got(s.Connection(ctx, retailer))(t).AccountsImportedAt, imported)
	m, _ := putOrder(t, s, 4, store.MappingOrder{Slot: visa(), Account: "9"})
	same(t, "can be mapped", m.AccountName, "New \uFFFD")
	must(t, put(realm, 5))
}
