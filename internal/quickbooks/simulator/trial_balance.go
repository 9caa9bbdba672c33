package simulator

import (
	"cmp"
	"slices"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// TrialBalance lists the balances of all accounts of a company. TotalDebit and TotalCredit are always equal.
type TrialBalance struct {
	Realm       string            `json:"realm"`
	Company     string            `json:"company"`
	Currency    string            `json:"currency"`
	Entries     int               `json:"entries"`
	Rows        []TrialBalanceRow `json:"rows"`
	TotalDebit  wire.Decimal      `json:"totalDebit"`
	TotalCredit wire.Decimal      `json:"totalCredit"`
}

// TrialBalanceRow is the balance of one account alone, without its sub-accounts. Debit or Credit is zero.
type TrialBalanceRow struct {
	AccountID      string       `json:"accountId"`
	Number         string       `json:"number,omitempty"`
	Name           string       `json:"name"` // FullyQualifiedName
	Type           string       `json:"type"`
	Classification string       `json:"classification"`
	Active         bool         `json:"active"`
	Lines          int          `json:"lines"` // lines of entries on this account
	Debit          wire.Decimal `json:"debit"`
	Credit         wire.Decimal `json:"credit"`
}

// trialBalance computes the trial balance: assets, liabilities, equity, revenue, expenses; by type and name in each.
func (c *company) trialBalance() TrialBalance {
	c.mu.RLock()
	defer c.mu.RUnlock()
	balance := TrialBalance{
		Realm: c.realm, Company: c.settings.Name, Currency: homeCurrency, Entries: c.live,
		Rows: make([]TrialBalanceRow, 0, len(c.accounts)),
	}
	for _, a := range c.inOrder() {
		row := TrialBalanceRow{
			AccountID: wireID(a.id), Number: a.number, Name: a.fullName, Type: a.of.name,
			Classification: a.of.classification, Active: a.active, Lines: a.lines,
		}
		if a.balance >= 0 {
			row.Debit = wire.Decimal(a.balance)
		} else {
			row.Credit = wire.Decimal(-a.balance)
		}
		balance.TotalDebit += row.Debit
		balance.TotalCredit += row.Credit
		balance.Rows = append(balance.Rows, row)
	}
	return balance
}

// inOrder returns the accounts as statements list them. The lock is held.
func (c *company) inOrder() []*account {
	accounts := slices.Clone(c.accounts)
	slices.SortFunc(accounts, func(a, b *account) int {
		return cmp.Or(
			cmp.Compare(classRank(a.of.classification), classRank(b.of.classification)),
			cmp.Compare(a.of.rank, b.of.rank),
			compareNumbers(a, b),
			cmp.Compare(fold(a.fullName), fold(b.fullName)),
		)
	})
	return accounts
}

// compareNumbers orders by account number where both accounts have one.
func compareNumbers(a, b *account) int {
	if a.number == "" || b.number == "" {
		return 0
	}
	return cmp.Compare(a.number, b.number)
}

func classRank(classification string) int {
	return slices.Index([]string{classAsset, classLiability, classEquity, classRevenue, classExpense}, classification)
}
