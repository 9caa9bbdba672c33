package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// ImportSummary tells what an import changed.
type ImportSummary struct {
	// Total counts the accounts of the import, Inactive those of them that QuickBooks marks inactive.
	Total, Inactive int
	// New were not known before. Restored had been deleted here, or were missing in an earlier import, and are back.
	// Changed, of the others, have another name, number, type, parent, currency or activity.
	New, Changed, Restored int
	// Missing were not named any more and are deleted now. What was deleted before is in none of these.
	Missing int
	// Released counts the events that waited because of an account and went back to PENDING.
	Released int64
	// Warnings tell what happened to accounts that mappings use, by their names.
	Warnings []AccountWarning
}

// AccountChange says what happened to an account. The numbers are sent: never renumber.
type AccountChange uint8

// The changes of accounts, the gravest last.
const (
	// AccountRenamed: it has another name.
	AccountRenamed AccountChange = 2
	// AccountRetyped: it has another type.
	AccountRetyped AccountChange = 3
	// AccountDeactivated: it was made inactive.
	AccountDeactivated AccountChange = 1
	// AccountGone: QuickBooks does not list it any more: it was deleted, or merged into another.
	AccountGone AccountChange = 4
)

// AccountWarning says that an account which mappings use is not what it was.
type AccountWarning struct {
	Change AccountChange
	// Before and After are the account as it was and as it is; of one that is gone After is as it was last.
	Before, After ledger.Account
	// Slots are mapped to it.
	Slots []ledger.Slot
}

// ImportAccounts replaces the chart of accounts by what QuickBooks named: accounts come, change and come back, and those
// not named are deleted. Events that wait for an account (ACCOUNT_DELETED, ACCOUNT_INACTIVE, ACCOUNT_TYPE_REFUSED) go
// back to PENDING, to be judged again. All of it happens or nothing. An account named twice counts as named last.
// ErrNotFound when the retailer was never connected, ErrOtherCompany when realm is not its company.
func (s *Store) ImportAccounts(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, accounts []Account, now time.Time,
) (summary ImportSummary, err error) {
	err = s.inWrite(ctx, "import accounts", func(t *tx) error {
		summary, err = t.importAccounts(ctx, r, realm, accounts, now)
		return err
	})
	return summary, err
}

func (t *tx) importAccounts(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, accounts []Account, now time.Time,
) (ImportSummary, error) {
	w, _, err := t.lock(ctx, r)
	if err != nil {
		return ImportSummary{}, err
	}
	if err := t.ofCompany(ctx, r, realm); err != nil {
		return ImportSummary{}, err
	}
	summary, err := t.replaceChart(ctx, r, realm, accounts, now)
	if err != nil {
		return ImportSummary{}, err
	}
	_, err = t.exec(ctx, `UPDATE connections SET accounts_imported_at = $2 WHERE retailer_id = $1`, r, micros(now))
	if err != nil {
		return ImportSummary{}, err
	}
	if err := t.bumpBooks(ctx, r); err != nil {
		return ImportSummary{}, err
	}
	summary.Released, err = t.moveEvents(ctx, w, move{
		from: []ledger.State{ledger.StateActionRequired}, to: ledger.StatePending,
		reasons: []ledger.Reason{
			ledger.ReasonAccountDeleted, ledger.ReasonAccountInactive, ledger.ReasonAccountTypeRefused,
		},
		note: "accounts imported", at: now,
	})
	return summary, err
}

// replaceChart writes the accounts that are new or not as they were, and deletes those not named.
func (t *tx) replaceChart(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, accounts []Account, now time.Time,
) (ImportSummary, error) {
	var present []accountRow
	if err := t.list(ctx, &present, selectAccounts, r); err != nil {
		return ImportSummary{}, err
	}
	before := make(map[ledger.AccountID]Account, len(present))
	for i := range present {
		before[present[i].ID] = present[i].account()
	}
	named := accountsByID(accounts)
	uses, err := t.usedSlotsByAccount(ctx, r)
	if err != nil {
		return ImportSummary{}, err
	}
	var summary ImportSummary
	written := make([][]any, 0, len(named))
	for _, id := range slices.Sorted(maps.Keys(named)) {
		a := storable(named[id])
		old, known := before[id]
		summary.note(&a, &old, known)
		if known && !old.Deleted {
			summary.warn(changeOf(&a, &old), old.Account, a.Account, uses[id])
		}
		delete(before, id)
		written = append(written, rowOfAccount(r, realm, a, now))
	}
	if err := t.insert(ctx, insertAccounts, written, updateAccounts); err != nil {
		return ImportSummary{}, err
	}
	for _, old := range before {
		if !old.Deleted {
			summary.warn(AccountGone, old.Account, old.Account, uses[old.ID])
		}
	}
	slices.SortFunc(summary.Warnings, func(a, b AccountWarning) int {
		return cmp.Or(cmp.Compare(a.After.Name, b.After.Name), cmp.Compare(a.After.ID, b.After.ID))
	})
	summary.Missing, err = t.deleteMissing(ctx, r, before, now)
	return summary, err
}

// accountsByID returns accounts by their ids; of those with one id, the last.
func accountsByID(accounts []Account) map[ledger.AccountID]Account {
	named := make(map[ledger.AccountID]Account, len(accounts))
	for _, a := range accounts {
		named[a.ID] = a
	}
	return named
}

// usedSlotsByAccount returns the slots that are mapped to each account.
func (t *tx) usedSlotsByAccount(ctx context.Context, r ledger.RetailerID) (map[ledger.AccountID][]ledger.Slot, error) {
	mappings, err := t.mappings(ctx, r, "")
	uses := make(map[ledger.AccountID][]ledger.Slot, len(mappings))
	for i := range mappings {
		uses[mappings[i].Account] = append(uses[mappings[i].Account], mappings[i].Slot)
	}
	return uses, err
}

// changeOf tells the gravest change of an account; 0: none that mappings care about.
func changeOf(a, old *Account) AccountChange {
	switch {
	case old.Active && !a.Active:
		return AccountDeactivated
	case a.Type != old.Type:
		return AccountRetyped
	case a.Name != old.Name:
		return AccountRenamed
	default:
		return 0
	}
}

// warn notes a change of an account that mappings use.
func (s *ImportSummary) warn(change AccountChange, before, after ledger.Account, slots []ledger.Slot) {
	if change != 0 && len(slots) > 0 {
		s.Warnings = append(s.Warnings, AccountWarning{Change: change, Before: before, After: after, Slots: slots})
	}
}

// PutAccounts adds accounts that were just created in QuickBooks, or updates them; no other account is touched. An account
// named twice counts as named last. ErrNotFound when the retailer was never connected, ErrOtherCompany when realm is not its
// company.
func (s *Store) PutAccounts(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, accounts []Account, now time.Time,
) error {
	return s.inWrite(ctx, "put accounts", func(t *tx) error {
		if _, _, err := t.lock(ctx, r); err != nil {
			return err
		}
		if err := t.ofCompany(ctx, r, realm); err != nil {
			return err
		}
		named := accountsByID(accounts)
		written := make([][]any, 0, len(named))
		for _, id := range slices.Sorted(maps.Keys(named)) {
			written = append(written, rowOfAccount(r, realm, storable(named[id]), now))
		}
		if err := t.insert(ctx, insertAccounts, written, updateAccounts); err != nil {
			return err
		}
		return t.bumpBooks(ctx, r)
	})
}

func rowOfAccount(r ledger.RetailerID, realm ledger.RealmID, a Account, now time.Time) []any {
	return []any{
		r, a.ID, realm, a.ShortName, a.Name, searchName(a.Name, a.Number), a.Number, a.Type, a.SubType, a.Parent,
		a.Active, a.Currency, 0, micros(now),
	}
}

const (
	insertAccounts = `INSERT INTO accounts (retailer_id, account_id, realm_id, name, full_name, search_name, number, type,
		sub_type, parent_id, active, currency, deleted_at, imported_at)`
	updateAccounts = `ON CONFLICT (retailer_id, account_id) DO UPDATE SET realm_id = excluded.realm_id,
		name = excluded.name, full_name = excluded.full_name, search_name = excluded.search_name,
		number = excluded.number, type = excluded.type, sub_type = excluded.sub_type, parent_id = excluded.parent_id,
		active = excluded.active, currency = excluded.currency, deleted_at = excluded.deleted_at,
		imported_at = excluded.imported_at`
)

// storable makes the texts of an account storable.
func storable(a Account) Account {
	a.ShortName, a.Name, a.Number, a.SubType = foreign(a.ShortName), foreign(a.Name), foreign(a.Number), foreign(a.SubType)
	return a
}

// note counts one account of an import.
func (s *ImportSummary) note(a, old *Account, known bool) {
	s.Total++
	if !a.Active {
		s.Inactive++
	}
	switch {
	case !known:
		s.New++
	case old.Deleted:
		s.Restored++
	case a.Name != old.Name || a.ShortName != old.ShortName || a.Number != old.Number || a.Type != old.Type ||
		a.SubType != old.SubType || a.Parent != old.Parent || a.Currency != old.Currency || a.Active != old.Active:
		s.Changed++
	}
}

// deleteMissing deletes the accounts that an import did not name, and counts those that were not deleted before.
func (t *tx) deleteMissing(
	ctx context.Context, r ledger.RetailerID, missing map[ledger.AccountID]Account, now time.Time,
) (int, error) {
	maps.DeleteFunc(missing, func(_ ledger.AccountID, a Account) bool { return a.Deleted })
	p := params{values: []any{r, micros(now)}}
	which, err := oneOf(t, &p, "account_id", slices.Sorted(maps.Keys(missing)))
	if err != nil {
		return 0, err
	}
	_, err = t.exec(ctx, `UPDATE accounts SET deleted_at = $2 WHERE retailer_id = $1 AND `+which, p.values...)
	if err != nil {
		return 0, err
	}
	return len(missing), nil
}
