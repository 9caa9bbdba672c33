package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Account is one account of a retailer's chart.
type Account struct {
	ledger.Account
	// ShortName is the account's own name; Name is the fully qualified one.
	ShortName, Number, SubType string
	// Parent is empty for a top-level account.
	Parent   ledger.AccountID
	Currency ledger.Currency
	// MappingCount counts the mappings that use the account. ImportAccounts ignores it.
	MappingCount int
	// DeletedAt is zero for an account that is not deleted here. ImportAccounts ignores it.
	DeletedAt time.Time
	// ImportedAt is when the account was last read from QuickBooks. ImportAccounts sets it.
	ImportedAt time.Time
}

// AccountQuery chooses a page of accounts.
type AccountQuery struct {
	// Limit is the size of the page, from 1 to 1,000.
	Limit int
	// After is the cursor that the page before returned; empty for the first page.
	After string
	// Search keeps accounts whose fully qualified name or number contains it, in any case.
	Search string
	// Type keeps accounts of one type; 0: of every type.
	Type        ledger.AccountType
	ShowDeleted bool
}

// AccountInUseError says that mappings use an account that should be deleted.
type AccountInUseError struct {
	Account  ledger.AccountID
	Mappings []Mapping
}

// Error returns the refusal in words.
func (e *AccountInUseError) Error() string {
	return fmt.Sprintf("account %s is used by %d mappings: map them to another account first, or force", e.Account,
		len(e.Mappings))
}

// accountRow is a row of the table accounts.
type accountRow struct {
	ID           ledger.AccountID   `db:"account_id"`
	Name         string             `db:"name"`
	FullName     string             `db:"full_name"`
	Number       string             `db:"number"`
	Type         ledger.AccountType `db:"type"`
	SubType      string             `db:"sub_type"`
	Parent       ledger.AccountID   `db:"parent_id"`
	Active       bool               `db:"active"`
	Currency     ledger.Currency    `db:"currency"`
	DeletedAt    int64              `db:"deleted_at"`
	ImportedAt   int64              `db:"imported_at"`
	MappingCount int                `db:"mapping_count"`
}

// selectAccounts begins a query for accounts a; a condition follows.
const selectAccounts = `SELECT a.account_id, name, full_name, number, type, sub_type, parent_id, active, currency, deleted_at,
	imported_at, COALESCE(u.n, 0) AS mapping_count
	FROM accounts a LEFT JOIN (SELECT account_id, COUNT(*) AS n FROM mappings WHERE retailer_id = $1 GROUP BY account_id) AS u
		ON u.account_id = a.account_id
	WHERE a.retailer_id = $1 `

func (a *accountRow) account() Account {
	return Account{
		Account: ledger.Account{
			ID: a.ID, Name: a.FullName, Type: a.Type, Active: a.Active, Deleted: a.DeletedAt != 0,
		},
		ShortName: a.Name, Number: a.Number, SubType: a.SubType, Parent: a.Parent, Currency: a.Currency,
		MappingCount: a.MappingCount, DeletedAt: fromMicros(a.DeletedAt), ImportedAt: fromMicros(a.ImportedAt),
	}
}

// searchName is what Search looks into.
func searchName(fullName, number string) string { return strings.ToLower(fullName + "\n" + number) }

// ListAccounts returns a page of the chart by fully qualified name, compared byte by byte, and the cursor of the next page:
// empty on the last. ErrCursor.
func (s *Store) ListAccounts(
	ctx context.Context, r ledger.RetailerID, q AccountQuery,
) (page []Account, next string, err error) {
	p := params{values: []any{r}}
	var query strings.Builder
	query.WriteString(selectAccounts)
	if q.After != "" {
		after, err := cutCursor(q.After, 2)
		if err != nil {
			return nil, "", fmt.Errorf("store: list accounts: %w", err)
		}
		query.WriteString("AND (full_name, a.account_id) > " + p.list(after[0], after[1]) + " ")
	}
	if !q.ShowDeleted {
		query.WriteString("AND deleted_at = 0 ")
	}
	if q.Type != 0 {
		query.WriteString("AND type = " + p.add(q.Type) + " ")
	}
	if q.Search != "" {
		query.WriteString("AND search_name LIKE " + p.add(likePattern(strings.ToLower(q.Search))) + ` ESCAPE '!' `)
	}
	query.WriteString("ORDER BY full_name, a.account_id LIMIT " + p.add(q.Limit+1))
	var rows []accountRow
	err = s.inRead(ctx, "list accounts", func(t *tx) error { return t.list(ctx, &rows, query.String(), p.values...) })
	if err != nil {
		return nil, "", err
	}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		last := rows[len(rows)-1]
		next = joinCursor(last.FullName, string(last.ID))
	}
	for i := range rows {
		page = append(page, rows[i].account())
	}
	return page, next, nil
}

// likePattern finds a text anywhere. The characters that LIKE gives a meaning lose it.
func likePattern(s string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) + "%"
}

// Account returns one account, deleted or not. ErrNotFound.
func (s *Store) Account(ctx context.Context, r ledger.RetailerID, id ledger.AccountID) (a Account, err error) {
	err = s.inRead(ctx, "read an account", func(t *tx) error {
		a, err = t.account(ctx, r, id)
		return err
	})
	return a, err
}

func (t *tx) account(ctx context.Context, r ledger.RetailerID, id ledger.AccountID) (Account, error) {
	var row accountRow
	found, err := t.get(ctx, &row, selectAccounts+`AND a.account_id = $2`, r, id)
	if err != nil {
		return Account{}, err
	}
	if !found {
		return Account{}, fmt.Errorf("account %s: %w", id, ErrNotFound)
	}
	return row.account(), nil
}

// DeleteAccount hides an account until the next import and returns it with the mappings that still point at it. One that
// mappings use is refused with *AccountInUseError unless forced. Deleting twice changes nothing. ErrNotFound. Events are
// left alone: those that would be booked to the account are found out when their entries are built.
func (s *Store) DeleteAccount(
	ctx context.Context, r ledger.RetailerID, id ledger.AccountID, force bool, now time.Time,
) (a Account, affected []Mapping, err error) {
	err = s.inWrite(ctx, "delete an account", func(t *tx) error {
		a, affected, err = t.deleteAccount(ctx, r, id, force, now)
		return err
	})
	if err != nil {
		return Account{}, nil, err
	}
	return a, affected, nil
}

func (t *tx) deleteAccount(
	ctx context.Context, r ledger.RetailerID, id ledger.AccountID, force bool, now time.Time,
) (Account, []Mapping, error) {
	if _, _, err := t.lock(ctx, r); err != nil {
		return Account{}, nil, err
	}
	a, err := t.account(ctx, r, id)
	if err != nil {
		return Account{}, nil, err
	}
	uses, err := t.mappings(ctx, r, `AND m.account_id = $2`, id)
	if err != nil {
		return Account{}, nil, err
	}
	if len(uses) > 0 && !force {
		return Account{}, nil, &AccountInUseError{Account: id, Mappings: uses}
	}
	if a.Deleted {
		return a, uses, nil
	}
	_, err = t.exec(ctx, `UPDATE accounts SET deleted_at = $3 WHERE retailer_id = $1 AND account_id = $2`,
		r, id, micros(now))
	if err != nil {
		return Account{}, nil, err
	}
	if err := t.bumpBooks(ctx, r); err != nil {
		return Account{}, nil, err
	}
	a.Deleted, a.DeletedAt = true, fromMicros(micros(now))
	for i := range uses {
		uses[i].Deleted = true
	}
	return a, uses, nil
}
