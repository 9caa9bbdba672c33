package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tillpost/tillpost/internal/ledger"
)

// clearingLimit bounds the entries that ClearingBalances walks over: the newest.
const clearingLimit = 250_000

// ClearingBalance is what the entries that stand in QuickBooks leave on an account for one tender.
type ClearingBalance struct {
	Account     ledger.AccountID
	AccountName string             // empty: not in the imported chart
	AccountType ledger.AccountType // 0: not in the imported chart
	Currency    ledger.Currency
	// Tender is the payment type. What goes in and out of drawers is Cash.
	Tender string
	// Balance is what was taken and not paid out, debits positive.
	Balance ledger.Amount
	// Oldest is the TxnDate of the oldest amount that is not paid out, where payouts clear the oldest first; empty unless
	// Balance is positive. LastCleared is that of the newest credit; empty: none.
	Oldest, LastCleared ledger.Date
}

// clearingPart is what of an entry goes into an account where payments wait.
type clearingPart struct {
	Account ledger.AccountID `json:"a"`
	Role    ledger.Role      `json:"r"`
	Tender  string           `json:"t,omitempty"`
	Amount  ledger.Amount    `json:"n"` // debits positive
}

// clearingOf is how an entry's clearing parts are stored: JSON, or nothing.
func clearingOf(e *ledger.Entry) (string, error) {
	var parts []clearingPart
	for i := range e.Lines {
		line := &e.Lines[i]
		for j := range line.Parts {
			part := &line.Parts[j]
			if (part.Role == ledger.RolePayment || part.Role == ledger.RoleCashDrawer) && part.Amount != 0 {
				parts = append(parts, clearingPart{line.Account, part.Role, part.Key, part.Amount})
			}
		}
	}
	if len(parts) == 0 {
		return "", nil
	}
	encoded, err := json.Marshal(parts)
	if err != nil {
		return "", fmt.Errorf("encode the clearing parts of an entry: %w", err)
	}
	return string(encoded), nil
}

// selectClearing walks from the newest day back. What stands in a company that the retailer has left is in other accounts.
const selectClearing = `SELECT txn_date, clearing, currency FROM entries
	WHERE retailer_id = $1 AND quickbooks_id <> '' AND NOT replaced AND clearing <> ''
		AND realm_id = (SELECT realm_id FROM connections WHERE retailer_id = $1)
	ORDER BY txn_date DESC, event_id DESC LIMIT $2`

// ClearingBalances returns what waits to reach the bank, by account and tender, without what is zero, in the company that is
// connected or was last. since is the first TxnDate that was looked at; empty: every entry was, and the balances are exact.
// Accounts that payouts arrive at are left out, and so are accounts of other types than bank, current asset and credit card:
// gift cards do not clear.
func (s *Store) ClearingBalances(
	ctx context.Context, r ledger.RetailerID,
) (balances []ClearingBalance, since ledger.Date, err error) {
	return s.clearingBalances(ctx, r, clearingLimit)
}

func (s *Store) clearingBalances(
	ctx context.Context, r ledger.RetailerID, limit int,
) (balances []ClearingBalance, since ledger.Date, err error) {
	err = s.inRead(ctx, "read the clearing balances", func(t *tx) error {
		accounts, err := t.clearingAccounts(ctx, r)
		if err != nil {
			return err
		}
		sheet := clearingSheet{}
		if since, err = t.walkClearing(ctx, r, limit, sheet); err != nil {
			return err
		}
		balances = sheet.balances(accounts)
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return balances, since, nil
}

// clearingAccount is what is known of an account.
type clearingAccount struct {
	ID   ledger.AccountID   `db:"account_id"`
	Name string             `db:"full_name"`
	Type ledger.AccountType `db:"type"`
	Bank bool               `db:"bank"` // payouts arrive here
}

// clears tells whether payments wait there.
func (a *clearingAccount) clears() bool {
	switch a.Type {
	case 0, ledger.TypeBank, ledger.TypeOtherCurrentAsset, ledger.TypeCreditCard:
		return !a.Bank
	default:
		return false
	}
}

func (t *tx) clearingAccounts(ctx context.Context, r ledger.RetailerID) (map[ledger.AccountID]clearingAccount, error) {
	var rows []clearingAccount
	err := t.list(ctx, &rows, `SELECT account_id, full_name, type, account_id IN (
			SELECT account_id FROM mapping_changes WHERE retailer_id = $1 AND role = $2) AS bank
		FROM accounts WHERE retailer_id = $1`, r, ledger.RoleBankDeposit)
	accounts := make(map[ledger.AccountID]clearingAccount, len(rows))
	for _, row := range rows {
		accounts[row.ID] = row
	}
	return accounts, err
}

// walkClearing adds up entries, newest first. Where they are more than the limit, the day at which it was reached does not
// count, and the day after it is returned.
func (t *tx) walkClearing(ctx context.Context, r ledger.RetailerID, limit int, sheet clearingSheet) (ledger.Date, error) {
	rows, err := t.QueryContext(ctx, selectClearing, r, limit+1)
	if err != nil {
		return "", err //nolint:wrapcheck // wrapped by inTx with what was done
	}
	defer rows.Close() //nolint:errcheck // read to its end, or failed already
	var date, since, after ledger.Date
	day, n := clearingSheet{}, 0
	for ; rows.Next() && n <= limit; n++ {
		var next ledger.Date
		var encoded string
		var currency ledger.Currency
		if err := rows.Scan(&next, &encoded, &currency); err != nil {
			return "", err //nolint:wrapcheck // as above
		}
		if next != date {
			sheet.addDay(date, day)
			after, date, day = date, next, clearingSheet{}
		}
		if err := day.add(encoded, currency); err != nil {
			return "", err
		}
	}
	if n > limit {
		since = after
	} else {
		sheet.addDay(date, day)
	}
	return since, rows.Err() //nolint:wrapcheck // as above
}

// clearingKey names a balance, clearingSum is what is added up for it.
type clearingKey struct {
	account  ledger.AccountID
	currency ledger.Currency
	tender   string
}

type clearingSum struct {
	debits, credits ledger.Amount
	lastCleared     ledger.Date
	// days are those with debits, newest first.
	days []clearingDay
}

type clearingDay struct {
	date   ledger.Date
	debits ledger.Amount
}

// clearingSheet adds up by account and tender.
type clearingSheet map[clearingKey]*clearingSum

func (s clearingSheet) at(key clearingKey) *clearingSum {
	sum := s[key]
	if sum == nil {
		sum = &clearingSum{}
		s[key] = sum
	}
	return sum
}

// add adds the parts of an entry.
func (s clearingSheet) add(encoded string, currency ledger.Currency) error {
	var parts []clearingPart
	if err := json.Unmarshal([]byte(encoded), &parts); err != nil {
		return fmt.Errorf("decode the clearing parts of an entry: %w", err)
	}
	for _, part := range parts {
		if part.Role == ledger.RoleCashDrawer {
			part.Tender = ledger.CashPaymentType
		}
		sum := s.at(clearingKey{part.Account, currency, part.Tender})
		if part.Amount > 0 {
			sum.debits += part.Amount
		} else {
			sum.credits -= part.Amount
		}
	}
	return nil
}

// addDay adds a day that is older than all before.
func (s clearingSheet) addDay(date ledger.Date, day clearingSheet) {
	for key, of := range day {
		sum := s.at(key)
		sum.debits += of.debits
		sum.credits += of.credits
		if of.credits > 0 && sum.lastCleared == "" {
			sum.lastCleared = date
		}
		if of.debits > 0 {
			sum.days = append(sum.days, clearingDay{date, of.debits})
		}
	}
}

// balances lists what is not zero on accounts that clear, by the names of accounts and tenders.
func (s clearingSheet) balances(accounts map[ledger.AccountID]clearingAccount) []ClearingBalance {
	var out []ClearingBalance
	for key, sum := range s {
		account := accounts[key.account]
		if !account.clears() || sum.debits == sum.credits {
			continue
		}
		out = append(out, ClearingBalance{
			Account: key.account, AccountName: account.Name, AccountType: account.Type, Currency: key.currency,
			Tender: key.tender, Balance: sum.debits - sum.credits, Oldest: sum.oldest(), LastCleared: sum.lastCleared,
		})
	}
	slices.SortFunc(out, func(a, b ClearingBalance) int {
		return cmp.Or(cmp.Compare(a.AccountName, b.AccountName), cmp.Compare(a.Account, b.Account),
			cmp.Compare(a.Tender, b.Tender), cmp.Compare(a.Currency, b.Currency))
	})
	return out
}

// oldest is the day of the oldest amount that is left when credits clear the oldest first: the newest debits that make up
// the balance are what is left.
func (s *clearingSum) oldest() ledger.Date {
	left := s.debits - s.credits
	for _, day := range s.days {
		if left <= 0 {
			return ""
		}
		if left -= day.debits; left <= 0 {
			return day.date
		}
	}
	return ""
}
