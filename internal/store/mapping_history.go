package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// MappingChange is one change of a mapping, with the names of today.
type MappingChange struct {
	Version int64
	Slot    ledger.Slot
	// Account is what the slot got, Previous what it had for the date From before; empty: none of its own.
	Account, Previous         ledger.AccountID
	AccountName, PreviousName string
	// From is the first business date it applies to; empty: all.
	From      ledger.Date
	ChangedAt time.Time
	ChangedBy string
}

// MappingChangeQuery chooses a page of the history.
type MappingChangeQuery struct {
	// Limit is the size of the page, from 1 to 1,000.
	Limit int
	// After is the cursor that the page before returned; empty for the first page.
	After string
	// Slot keeps the changes of exactly one slot; nil: of all.
	Slot *ledger.Slot
}

// ListMappingChanges returns a page of the history of the mappings, newest first, and the cursor of the next page: empty on
// the last. ErrCursor.
func (s *Store) ListMappingChanges(
	ctx context.Context, r ledger.RetailerID, q MappingChangeQuery,
) (page []MappingChange, next string, err error) {
	p := params{values: []any{r}}
	where := ""
	if q.After != "" {
		after, err := cutCursor(q.After, 1)
		if err != nil {
			return nil, "", fmt.Errorf("store: list changes of mappings: %w", err)
		}
		version, err := strconv.ParseInt(after[0], 10, 64)
		if err != nil {
			return nil, "", fmt.Errorf("store: list changes of mappings: %w", ErrCursor)
		}
		where += " AND c.version < " + p.add(version)
	}
	if q.Slot != nil {
		where += " AND (c.role, c.map_key, c.location_id) = " + p.list(q.Slot.Role, q.Slot.Key, q.Slot.Location)
	}
	err = s.inRead(ctx, "list changes of mappings", func(t *tx) error {
		page, err = t.mappingChanges(ctx, r, where+" ORDER BY c.version DESC LIMIT "+p.add(q.Limit+1), p.values)
		if err != nil {
			return err
		}
		return t.namePrevious(ctx, r, page)
	})
	if err != nil {
		return nil, "", err
	}
	if len(page) > q.Limit {
		page = page[:q.Limit]
		next = joinCursor(strconv.FormatInt(page[q.Limit-1].Version, 10))
	}
	return page, next, nil
}

func (t *tx) mappingChanges(ctx context.Context, r ledger.RetailerID, and string, args []any) ([]MappingChange, error) {
	var rows []struct {
		slotRow

		Version   int64            `db:"version"`
		From      ledger.Date      `db:"effective_from"`
		Account   ledger.AccountID `db:"account_id"`
		ChangedAt int64            `db:"changed_at"`
		ChangedBy string           `db:"changed_by"`
	}
	err := t.list(ctx, &rows, `SELECT c.role, c.map_key, c.location_id, c.version, c.effective_from, c.account_id,
			c.changed_at, c.changed_by
		FROM mapping_changes c WHERE c.retailer_id = $1`+and, args...)
	if err != nil {
		return nil, err
	}
	history, err := t.mappingHistory(ctx, r)
	changes := make([]MappingChange, 0, len(rows))
	for i := range rows {
		row := &rows[i]
		change := MappingChange{
			Version: row.Version, Slot: row.slot(), Account: row.Account, From: row.From,
			ChangedAt: fromMicros(row.ChangedAt), ChangedBy: row.ChangedBy,
		}
		for _, earlier := range history[change.Slot] {
			if earlier.Version < change.Version && earlier.From <= change.From {
				change.Previous = earlier.Account
				break
			}
		}
		changes = append(changes, change)
	}
	return changes, err
}

// namePrevious gives the accounts of changes their names of today. Those of a company that was left have none: in the present
// one their ids mean other accounts.
func (t *tx) namePrevious(ctx context.Context, r ledger.RetailerID, changes []MappingChange) error {
	books := ledger.Books{Accounts: map[ledger.AccountID]ledger.Account{}}
	if err := t.bookAccounts(ctx, r, &books); err != nil {
		return err
	}
	var left int64
	_, err := t.get(ctx, &left, `SELECT COALESCE(MAX(version), 0) FROM mapping_changes
		WHERE retailer_id = $1 AND account_id = '' AND effective_from = ''`, r)
	if err != nil {
		return err
	}
	for i := range changes {
		c := &changes[i]
		if c.Version <= left {
			continue
		}
		c.AccountName, c.PreviousName = books.Accounts[c.Account].Name, books.Accounts[c.Previous].Name
	}
	return nil
}

// mappingsInForce returns the mappings of a date by their versions.
func (t *tx) mappingsInForce(
	ctx context.Context, r ledger.RetailerID, history ledger.Mapping, date ledger.Date,
) (map[int64]*Mapping, error) {
	changes, err := t.mappingChanges(ctx, r, "", []any{r})
	if err != nil {
		return nil, err
	}
	books := ledger.Books{Accounts: map[ledger.AccountID]ledger.Account{}}
	if err := t.bookAccounts(ctx, r, &books); err != nil {
		return nil, err
	}
	inForce := make(map[int64]*Mapping, len(history))
	for i := range changes {
		c := &changes[i]
		if now, filled := history.On(c.Slot, date); !filled || now.Version != c.Version {
			continue
		}
		account := books.Accounts[c.Account]
		inForce[c.Version] = &Mapping{
			Slot: c.Slot, Account: c.Account, AccountName: account.Name, AccountType: account.Type,
			Active: account.Active, Deleted: account.Deleted, UpdatedAt: c.ChangedAt, UpdatedBy: c.ChangedBy,
			Version: c.Version, From: c.From,
		}
	}
	return inForce, nil
}
