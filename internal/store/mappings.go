package store

import (
	"context"
	"fmt"
	"slices"
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
	// Version is the number of the change among all of the retailer's, From the first business date it applies to: empty:
	// all.
	Version int64
	From    ledger.Date
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
	Version   int64              `db:"version"`
	From      ledger.Date        `db:"effective_from"`
}

func (m *mappingRow) mapping() Mapping {
	return Mapping{
		Slot: ledger.Slot{Role: m.Role, Key: m.Key, Location: m.Location}, Account: m.Account,
		AccountName: m.FullName, AccountType: m.Type, Active: m.Active, Deleted: m.DeletedAt != 0,
		UpdatedAt: fromMicros(m.UpdatedAt), UpdatedBy: m.UpdatedBy, Version: m.Version, From: m.From,
	}
}

// mappings reads what was decided last for each slot, m, by role, key and location. and is "" or "AND ..." with parameters from $2 on.
func (t *tx) mappings(ctx context.Context, r ledger.RetailerID, and string, args ...any) ([]Mapping, error) {
	var rows []mappingRow
	err := t.list(ctx, &rows, `SELECT m.role, m.map_key, m.location_id, m.account_id, m.updated_at, m.updated_by,
			m.version, m.effective_from, a.full_name, a.type, a.active, a.deleted_at
		FROM mappings m JOIN accounts a ON a.retailer_id = m.retailer_id AND a.account_id = m.account_id
		WHERE m.retailer_id = $1 `+and+` ORDER BY m.role, m.map_key, m.location_id`,
		append([]any{r}, args...)...)
	out := make([]Mapping, 0, len(rows))
	for i := range rows {
		out = append(out, rows[i].mapping())
	}
	return out, err
}

// Mapping returns what was decided last for exactly this slot. ErrNotFound.
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

// MappingOrder asks for a change of a mapping.
type MappingOrder struct {
	Slot    ledger.Slot
	Account ledger.AccountID
	// From is the first business date that the change applies to. Empty: all dates while nothing of the retailer is posted,
	// and for a slot that never had an account, that no other mapping answers for today and that is not optional; otherwise
	// today or, where events wait for the slot, the earliest of their business dates, so that mapping a slot releases all
	// that wait for it.
	From ledger.Date
}

// PutMappings gives slots their accounts, all of them or none, and releases every event from their dates on that waits for
// a slot which one of the mappings answers (ledger.Slot.Answers). It returns the mappings in their order and how many
// events went back to PENDING. A slot that has its account already from that date on keeps its version. ErrNotFound when an
// account is not in the chart or is deleted. Whether an account suits its role is the caller's to check.
func (s *Store) PutMappings(
	ctx context.Context, r ledger.RetailerID, orders []MappingOrder, actor string, now time.Time,
) (put []Mapping, released int64, err error) {
	err = s.inWrite(ctx, "put mappings", func(t *tx) error {
		put, released, err = t.putMappings(ctx, r, orders, actor, now)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	return put, released, nil
}

func (t *tx) putMappings(
	ctx context.Context, r ledger.RetailerID, orders []MappingOrder, actor string, now time.Time,
) ([]Mapping, int64, error) {
	w, err := t.lockNew(ctx, r, now)
	if err != nil {
		return nil, 0, err
	}
	book, err := t.mappingBook(ctx, r, actor, now)
	if err != nil {
		return nil, 0, err
	}
	if orders, err = t.dated(ctx, book, orders); err != nil {
		return nil, 0, err
	}
	for _, order := range orders {
		if account, known := book.accounts[order.Account]; !known || account.Deleted {
			return nil, 0, fmt.Errorf("account %s: %w", order.Account, ErrNotFound)
		}
		if !book.stands(order) {
			book.change(order)
		}
	}
	if err := t.saveChanges(ctx, book); err != nil {
		return nil, 0, err
	}
	put, err := t.mappingsOf(ctx, r, orders)
	if err != nil || !book.waiting {
		return put, 0, err
	}
	released, err := t.release(ctx, w, orders, actor, now)
	return put, released, err
}

// dated gives orders their dates, all before the first takes effect: what the first answers would not be there to date the
// second.
func (t *tx) dated(ctx context.Context, book *mappingBook, orders []MappingOrder) ([]MappingOrder, error) {
	out := slices.Clone(orders)
	for i := range out {
		var err error
		if out[i].From, err = t.effectiveFrom(ctx, book, out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// release sends the events back that waited for what the orders have mapped.
func (t *tx) release(ctx context.Context, w work, orders []MappingOrder, actor string, now time.Time) (int64, error) {
	var released int64
	for i := range orders {
		n, err := t.moveEvents(ctx, w, move{
			from: []ledger.State{ledger.StateActionRequired}, answered: &orders[i].Slot, since: orders[i].From,
			to: ledger.StatePending, actor: actor, note: "mapped: " + orders[i].Slot.String(), at: now,
		})
		if err != nil {
			return 0, err
		}
		released += n
	}
	return released, nil
}

// mappingsOf reads what was decided last for the slots of orders, in their order.
func (t *tx) mappingsOf(ctx context.Context, r ledger.RetailerID, orders []MappingOrder) ([]Mapping, error) {
	all, err := t.mappings(ctx, r, "")
	bySlot := make(map[ledger.Slot]Mapping, len(all))
	for _, m := range all {
		bySlot[m.Slot] = m
	}
	put := make([]Mapping, 0, len(orders))
	for _, order := range orders {
		put = append(put, bySlot[order.Slot])
	}
	return put, err
}

// mappingBook is the history of a retailer's mappings, and what changes to it in one transaction have in common.
type mappingBook struct {
	retailer ledger.RetailerID
	history  ledger.Mapping
	accounts map[ledger.AccountID]ledger.Account
	actor    string
	now      time.Time
	version  int64   // the last one
	changes  [][]any // rows to write
	// waiting says that there are events that wait, posted that something is posted or about to be.
	waiting, posted bool
}

func (t *tx) mappingBook(ctx context.Context, r ledger.RetailerID, actor string, now time.Time) (*mappingBook, error) {
	book := &mappingBook{retailer: r, actor: actor, now: now}
	books := ledger.Books{Accounts: map[ledger.AccountID]ledger.Account{}}
	err := t.bookAccounts(ctx, r, &books)
	if err != nil {
		return nil, err
	}
	book.accounts = books.Accounts
	if book.history, err = t.mappingHistory(ctx, r); err != nil {
		return nil, err
	}
	for _, changes := range book.history {
		book.version = max(book.version, changes[0].Version)
	}
	if book.waiting, err = t.get(ctx, new(int64), `SELECT 1 FROM waits WHERE retailer_id = $1 LIMIT 1`, r); err != nil {
		return nil, err
	}
	book.posted, err = t.get(ctx, new(int64), `SELECT 1 FROM counters WHERE retailer_id = $1 AND state IN (3, 4) AND n > 0 LIMIT 1`, r)
	return book, err
}

// change adds a change to the history; an empty account empties the slot.
func (b *mappingBook) change(order MappingOrder) {
	b.version++
	b.history.Change(order.Slot, ledger.MappingChange{Version: b.version, From: order.From, Account: order.Account})
	b.changes = append(b.changes, []any{
		b.retailer, b.version, order.Slot.Role, order.Slot.Key, order.Slot.Location, order.From, order.Account, micros(b.now), b.actor,
	})
}

// saveChanges writes the changes, if there are any.
func (t *tx) saveChanges(ctx context.Context, book *mappingBook) error {
	if len(book.changes) == 0 {
		return nil
	}
	err := t.insert(ctx, `INSERT INTO mapping_changes (retailer_id, version, role, map_key, location_id, effective_from,
			account_id, changed_at, changed_by)`, book.changes, "")
	if err != nil {
		return err
	}
	return t.bumpBooks(ctx, book.retailer)
}

// effectiveFrom is the first business date of a change; see MappingOrder.From.
func (t *tx) effectiveFrom(ctx context.Context, book *mappingBook, order MappingOrder) (ledger.Date, error) {
	if order.From != "" {
		return order.From, nil
	}
	today := ledger.DateOf(book.now)
	never := book.history.Lookup(order.Slot, today).Source == ledger.SourceMissing &&
		(len(book.history[order.Slot]) == 0 || forgotten(book.history[order.Slot]))
	if never && !order.Slot.Role.Optional() {
		return "", nil
	}
	if !book.posted {
		return "", nil
	}
	if !book.waiting {
		return today, nil
	}
	if err := t.expectMany(ctx); err != nil {
		return "", err
	}
	p := params{values: []any{book.retailer}}
	var earliest *ledger.Date
	_, err := t.get(ctx, &earliest, `SELECT MIN(e.business_date) FROM events e
		WHERE e.retailer_id = $1 AND e.state = 5 AND e.event_id IN (
			SELECT event_id FROM waits WHERE retailer_id = $1 AND `+answered(&p, order.Slot)+`)`, p.values...)
	if err != nil || earliest == nil {
		return today, err
	}
	return min(today, *earliest), nil
}

// stands tells whether the newest change of a slot gave it this account already, from this date on or earlier.
func (b *mappingBook) stands(order MappingOrder) bool {
	changes := b.history[order.Slot]
	return len(changes) > 0 && changes[0].Account == order.Account && changes[0].From <= order.From
}

// EffectiveFrom returns the first business date that a change of a mapping would apply to: see MappingOrder.From.
func (s *Store) EffectiveFrom(
	ctx context.Context, r ledger.RetailerID, order MappingOrder, now time.Time,
) (from ledger.Date, err error) {
	err = s.inRead(ctx, "read when a mapping would apply", func(t *tx) error {
		book, err := t.mappingBook(ctx, r, "", now)
		if err != nil {
			return err
		}
		from, err = t.effectiveFrom(ctx, book, order)
		return err
	})
	return from, err
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

// DeleteMapping empties a slot from a business date on, by default from today, and returns that date and whether the slot
// was filled. Events posted or waiting stay as they are.
func (s *Store) DeleteMapping(
	ctx context.Context, r ledger.RetailerID, slot ledger.Slot, from ledger.Date, actor string, now time.Time,
) (since ledger.Date, found bool, err error) {
	if from == "" {
		from = ledger.DateOf(now)
	}
	err = s.inWrite(ctx, "delete a mapping", func(t *tx) error {
		if _, _, err := t.lock(ctx, r); err != nil {
			return err
		}
		book, err := t.mappingBook(ctx, r, actor, now)
		if err != nil {
			return err
		}
		order := MappingOrder{Slot: slot, From: from}
		if found = len(book.history[slot]) > 0 && !book.stands(order); !found {
			return nil
		}
		book.change(order)
		return t.saveChanges(ctx, book)
	})
	return from, found && err == nil, err
}
