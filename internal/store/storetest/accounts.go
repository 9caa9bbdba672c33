package storetest

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func accountTests() tests {
	return tests{
		"Accounts/Order":      testAccountsOrder,
		"Accounts/Search":     testAccountsSearch,
		"Accounts/Delete":     testAccountsDelete,
		"Accounts/DeleteUsed": testAccountsDeleteUsed,
	}
}

// names pages through the accounts and returns their names.
func names(t *testing.T, s *store.Store, q store.AccountQuery) []string {
	t.Helper()
	out := []string{}
	for pages := 0; ; pages++ {
		page, next, err := s.ListAccounts(within(t), retailer, q)
		must(t, err)
		if len(page) > q.Limit {
			t.Fatalf("a page of %d, limit %d", len(page), q.Limit)
		}
		for _, a := range page {
			out = append(out, a.Name)
		}
		if next == "" {
			return out
		}
		if pages > 100 {
			t.Fatal("the pages do not end")
		}
		q.After = next
	}
}

// testAccountsOrder also holds the two databases to one order: bytes, whatever the language.
func testAccountsOrder(t *testing.T, s *store.Store) {
	t.Helper()
	must(t, s.SaveConnection(within(t), retailer, connection(origin())))
	chart := []store.Account{
		account("10", "apple", ledger.TypeBank), account("9", "Zebra", ledger.TypeBank), account("8", "_under", ledger.TypeBank),
		account("7", "Äpfel", ledger.TypeBank), account("6", "Apple", ledger.TypeIncome), account("5", "a b", ledger.TypeBank),
		account("4", "a-b", ledger.TypeBank), account("3", "Same", ledger.TypeBank), account("2", "Same", ledger.TypeBank),
		account("1", "𝄞 clef", ledger.TypeBank), account("0", "￼ mark", ledger.TypeBank),
	}
	got(s.ImportAccounts(within(t), retailer, realm, chart, at(1)))(t)
	want := []string{
		"Apple", "Same", "Same", "Zebra", "_under", "a b", "a-b", "apple", "Äpfel", "￼ mark", "𝄞 clef",
	}
	for _, limit := range []int{1, 2, 3, 11, 100} {
		same(t, "order", names(t, s, store.AccountQuery{Limit: limit}), want)
	}
	same(t, "type", names(t, s, store.AccountQuery{Limit: 2, Type: ledger.TypeIncome}), []string{"Apple"})
	_, _, err := s.ListAccounts(within(t), retailer, store.AccountQuery{Limit: 1, After: "nonsense"})
	fails(t, "foreign cursor", err, store.ErrCursor)
}

func testAccountsSearch(t *testing.T, s *store.Store) {
	t.Helper()
	must(t, s.SaveConnection(within(t), retailer, connection(origin())))
	chart := []store.Account{
		account("1", "100% Wool!", ledger.TypeIncome), account("2", "100 Wool", ledger.TypeIncome),
		account("3", "under_score", ledger.TypeIncome), account("4", "ÄPFEL", ledger.TypeIncome),
		account("5", `back\slash`, ledger.TypeIncome),
	}
	got(s.ImportAccounts(within(t), retailer, realm, chart, at(1)))(t)
	for search, want := range map[string][]string{
		"wool": {"100 Wool", "100% Wool!"}, "WOOL": {"100 Wool", "100% Wool!"}, "0%": {"100% Wool!"}, "r_s": {"under_score"},
		"_": {"under_score"}, "!": {"100% Wool!"}, "äp": {"ÄPFEL"}, "103": {"under_score"}, `\`: {`back\slash`}, "l10": {}, "x": {},
		"e10": {},
	} {
		same(t, "search "+search, names(t, s, store.AccountQuery{Limit: 10, Search: search}), want)
	}
}

func testAccountsDelete(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	_, _, err := s.DeleteAccount(ctx, retailer, "1", false, at(1))
	fails(t, "unknown retailer", err, store.ErrNotFound)
	connect(t, s, retailer)
	_, _, err = s.DeleteAccount(ctx, retailer, "99", true, at(1))
	fails(t, "unknown account", err, store.ErrNotFound)
	a, mappings, err := s.DeleteAccount(ctx, retailer, "1", false, at(1))
	must(t, err)
	want := account("1", "Checking", ledger.TypeBank)
	want.Deleted, want.DeletedAt, want.ImportedAt = true, at(1), origin()
	same(t, "deleted", a, want)
	same(t, "mappings", len(mappings), 0)
	same(t, "stored", got(s.Account(ctx, retailer, "1"))(t), want)
	a, _, err = s.DeleteAccount(ctx, retailer, "1", false, at(2))
	must(t, err)
	same(t, "deleted twice", a, want)
	same(t, "list", names(t, s, store.AccountQuery{Limit: 9}), []string{
		"Inventory:Shoes", "Sales", "Undeposited Funds", "sales tax",
	})
	same(t, "with deleted", len(names(t, s, store.AccountQuery{Limit: 9, ShowDeleted: true})), 5)
	same(t, "count", got(s.Connection(ctx, retailer))(t).AccountCount, 4)
	same(t, "books", got(s.Books(ctx, retailer))(t).Accounts["1"].Deleted, true)
	_, _, err = putMapping(ctx, s, retailer, visa(), "1", caller, at(2))
	fails(t, "mapping to it", err, store.ErrNotFound)
	summary := got(s.ImportAccounts(ctx, retailer, realm, chart(), at(3)))(t)
	same(t, "import", summary, store.ImportSummary{Total: 5, Restored: 1})
	same(t, "list", len(names(t, s, store.AccountQuery{Limit: 9})), 5)
}

func testAccountsDeleteUsed(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	m, _, err := putMapping(ctx, s, retailer, visa(), "2", caller, at(1))
	must(t, err)
	same(t, "count", got(s.Account(ctx, retailer, "2"))(t).MappingCount, 1)
	_, _, err = s.DeleteAccount(ctx, retailer, "2", false, at(2))
	var inUse *store.AccountInUseError
	if !errors.As(err, &inUse) {
		t.Fatalf("error %v, want *AccountInUseError", err)
	}
	same(t, "refusal", *inUse, store.AccountInUseError{Account: "2", Mappings: []store.Mapping{m}})
	if !strings.Contains(inUse.Error(), "account 2 is used by 1 mappings") {
		t.Errorf("the refusal says: %v", inUse)
	}
	same(t, "not deleted", got(s.Account(ctx, retailer, "2"))(t).Deleted, false)
	a, affected, err := s.DeleteAccount(ctx, retailer, "2", true, at(2))
	must(t, err)
	m.Deleted = true
	same(t, "affected", affected, []store.Mapping{m})
	same(t, "deleted", a.Deleted, true)
	same(t, "mapping", got(s.Mapping(ctx, retailer, visa()))(t), m)
}
