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
	for reason := ledger.ReasonUnmapped; reason <= ledger.ReasonKindNotSupported; reason++ {
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
	for reason := ledger.ReasonUnmapped; reason <= ledger.ReasonKindNotSupported; reason++ {
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
