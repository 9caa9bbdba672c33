package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Mapping gives a slot its account.
type Mapping struct {
	Slot    ledger.Slot
	Account ledger.AccountID
	// AccountName (fully qualified), AccountType, Active and Deleted are the account's.
	AccountName     string
	AccountType     ledger.AccountType
	Active, Deleted bool
	UpdatedAt       time.Time
	// UpdatedBy is the caller who made or last changed the mapping.
	UpdatedBy string
}

// mappingRow is a row of mappings with its account.
type mappingRow struct {
	Role      ledger.Role        `db:"role"`
	Key       string             `db:"map_key"`
	Location  ledger.LocationID  `db:"location_id"`
	Account   ledger.AccountID   `db:"account_id"`
	UpdatedAt int64              `db:"updated_at"`
	UpdatedBy string             `db:"updated_by"`
	FullName  string             `db:"full_name"`
	Type      ledger.AccountType `db:"type"`
	Active    bool               `db:"active"`
	DeletedAt int64              `db:"deleted_at"`
}

func (m *mappingRow) mapping() Mapping {
	return Mapping{
		Slot: ledger.Slot{Role: m.Role, Key: m.Key, Location: m.Location}, Account: m.Account,
		AccountName: m.FullName, AccountType: m.Type, Active: m.Active, Deleted: m.DeletedAt != 0,
		UpdatedAt: fromMicros(m.UpdatedAt), UpdatedBy: m.UpdatedBy,
	}
}

// mappings reads mappings m, by role, key and location. and is "" or "AND ..." with parameters from $2 on.
func (t *tx) mappings(ctx context.Context, r ledger.RetailerID, and string, args ...any) ([]Mapping, error) {
	var rows []mappingRow
	err := t.list(ctx, &rows, `SELECT m.role, m.map_key, m.location_id, m.account_id, m.updated_at, m.updated_by,
			a.full_name, a.type, a.active, a.deleted_at
		FROM mappings m JOIN accounts a ON a.retailer_id = m.retailer_id AND a.account_id = m.account_id
		WHERE m.retailer_id = $1 `+and+` ORDER BY m.role, m.map_key, m.location_id`,
		append([]any{r}, args...)...)
	out := make([]Mapping, 0, len(rows))
	for i := range rows {
		out = append(out, rows[i].mapping())
	}
	return out, err
}

// Mapping returns the mapping of exactly this slot. ErrNotFound.
func (s *Store) Mapping(ctx context.Context, r ledger.RetailerID, slot ledger.Slot) (m Mapping, err error) {
	err = s.inRead(ctx, "read a mapping", func(t *tx) error {
		m, err = t.mapping(ctx, r, slot)
		return err
	})
	return m, err
}

func (t *tx) mapping(ctx context.Context, r ledger.RetailerID, slot ledger.Slot) (Mapping, error) {
	found, err := t.mappings(ctx, r, `AND m.role = $2 AND m.map_key = $3 AND m.location_id = $4`,
		slot.Role, slot.Key, slot.Location)
	if err != nil {
		return Mapping{}, err
	}
	if len(found) == 0 {
		return Mapping{}, fmt.Errorf("mapping of %s: %w", slot, ErrNotFound)
	}
	return found[0], nil
}

// PutMapping gives a slot its account and releases every event that waits for a slot which this mapping answers: of the
// same role, of the same key or any when the mapping's is empty, of the same location or any when the mapping's is
// empty; a mapping that answers for cash as a payment type answers for the cash drawer too. It returns the mapping and
// how many events went back to PENDING. ErrNotFound when the account is not in the chart or is deleted. Whether the
// account suits the role is the caller's to check.
func (s *Store) PutMapping(
	ctx context.Context, r ledger.RetailerID, slot ledger.Slot, account ledger.AccountID, actor string, now time.Time,
) (m Mapping, released int64, err error) {
	err = s.inWrite(ctx, "put a mapping", func(t *tx) error {
		w, _, err := t.lock(ctx, r)
		if err != nil {
			return err
		}
		a, err := t.account(ctx, r, account)
		if err != nil {
			return err
		}
		if a.Deleted {
			return fmt.Errorf("account %s is deleted: %w", account, ErrNotFound)
		}
		err = t.insert(ctx, `INSERT INTO mappings (retailer_id, role, map_key, location_id, account_id, updated_at,
				updated_by)`,
			[][]any{{r, slot.Role, slot.Key, slot.Location, account, micros(now), actor}},
			`ON CONFLICT (retailer_id, role, map_key, location_id) DO UPDATE SET account_id = excluded.account_id,
				updated_at = excluded.updated_at, updated_by = excluded.updated_by`)
		if err != nil {
			return err
		}
		if err := t.bumpBooks(ctx, r); err != nil {
			return err
		}
		if m, err = t.mapping(ctx, r, slot); err != nil {
			return err
		}
		released, err = t.moveEvents(ctx, w, move{
			from: []ledger.State{ledger.StateActionRequired}, answered: &slot, to: ledger.StatePending,
			actor: actor, note: "mapped: " + slot.String(), at: now,
		})
		return err
	})
	if err != nil {
		return Mapping{}, 0, err
	}
	return m, released, nil
}

// answered is the condition that a mapping of slot answers a row of waits, in the terms of ledger.Mapping.Lookup.
func answered(p *params, slot ledger.Slot) string {
	condition := "role = " + p.add(slot.Role)
	if slot.Key != "" {
		condition += " AND map_key = " + p.add(slot.Key)
	}
	if slot.Role == ledger.RolePayment && (slot.Key == "" || slot.Key == ledger.CashPaymentType) {
		condition = "((" + condition + ") OR role = " + p.add(ledger.RoleCashDrawer) + ")"
	}
	if slot.Location != "" {
		condition += " AND location_id = " + p.add(slot.Location)
	}
	return condition
}

// DeleteMapping empties a slot and tells whether it was filled. Events posted or waiting stay as they are.
func (s *Store) DeleteMapping(ctx context.Context, r ledger.RetailerID, slot ledger.Slot) (found bool, err error) {
	err = s.inWrite(ctx, "delete a mapping", func(t *tx) error {
		if _, _, err := t.lock(ctx, r); err != nil {
			return err
		}
		n, err := t.exec(ctx, `DELETE FROM mappings
			WHERE retailer_id = $1 AND role = $2 AND map_key = $3 AND location_id = $4`,
			r, slot.Role, slot.Key, slot.Location)
		found = n > 0
		if err != nil || !found {
			return err
		}
		return t.bumpBooks(ctx, r)
	})
	return found && err == nil, err
}
