package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// SlotQuery chooses a page of slots.
type SlotQuery struct {
	// Limit is the size of the page, from 1 to 1,000.
	Limit int
	// After is the cursor that the page before returned; empty for the first page.
	After string
	// Role keeps slots of one role; 0: of every role.
	Role ledger.Role
	// MissingOnly keeps slots that no mapping answers.
	MissingOnly bool
}

// SlotUse is a slot that a mapping fills, an event used or an event waits for.
type SlotUse struct {
	Slot ledger.Slot
	// Source says which step of the look-up finds the slot's account today, and Mapping is what it finds: nil for
	// SourceMissing.
	Source  ledger.Source
	Mapping *Mapping
	// Waiting counts the events that wait for this slot.
	Waiting int64
}

// slotRow is a slot in use.
type slotRow struct {
	Role     ledger.Role       `db:"role"`
	Key      string            `db:"map_key"`
	Location ledger.LocationID `db:"location_id"`
	Waiting  int64             `db:"waiting"`
}

func (u *slotRow) slot() ledger.Slot {
	return ledger.Slot{Role: u.Role, Key: u.Key, Location: u.Location}
}

func (u *slotRow) cursor() string {
	return joinCursor(strconv.Itoa(int(u.Role)), u.Key, string(u.Location))
}

// ListSlots returns a page of the slots that a mapping fills, an event used or an event waits for, by role, key and
// location, and the cursor of the next page: empty on the last. now says what today is. ErrCursor.
func (s *Store) ListSlots(
	ctx context.Context, r ledger.RetailerID, q SlotQuery, now time.Time,
) (page []SlotUse, next string, err error) {
	after, err := slotCursor(q.After)
	if err != nil {
		return nil, "", fmt.Errorf("store: list slots: %w", err)
	}
	err = s.inRead(ctx, "list slots", func(t *tx) error {
		page, next = nil, ""
		history, err := t.mappingHistory(ctx, r)
		if err != nil {
			return err
		}
		filled, err := t.mappingsInForce(ctx, r, history, ledger.DateOf(now))
		if err != nil {
			return err
		}
		page, next, err = t.slots(ctx, r, q, after, slotBook{history: history, filled: filled, today: ledger.DateOf(now)})
		return err
	})
	return page, next, err
}

func slotCursor(cursor string) (slotRow, error) {
	if cursor == "" {
		return slotRow{}, nil // no role is 0: before all slots
	}
	parts, err := cutCursor(cursor, 3)
	if err != nil {
		return slotRow{}, err
	}
	role, err := strconv.ParseUint(parts[0], 10, 8)
	if err != nil {
		return slotRow{}, ErrCursor
	}
	return slotRow{Role: ledger.Role(role), Key: parts[1], Location: ledger.LocationID(parts[2])}, nil
}

// slotBook is what slots are looked up in.
type slotBook struct {
	history ledger.Mapping
	filled  map[int64]*Mapping // by version
	today   ledger.Date
}

// slots reads on until the page is full. Which slots are missing is the ledger's to say, so rows may fall away.
func (t *tx) slots(
	ctx context.Context, r ledger.RetailerID, q SlotQuery, after slotRow, book slotBook,
) (page []SlotUse, next string, err error) {
	chunk := q.Limit
	if q.MissingOnly { // most rows fall away
		chunk = max(chunk, missingChunk)
	}
	for {
		rows, err := t.usedSlots(ctx, r, q, after, chunk)
		if err != nil {
			return nil, "", err
		}
		for i := range rows {
			found := book.history.Lookup(rows[i].slot(), book.today)
			if q.MissingOnly && found.Source != ledger.SourceMissing {
				continue
			}
			if len(page) == q.Limit {
				return page, next, nil
			}
			use := SlotUse{Slot: rows[i].slot(), Source: found.Source, Waiting: rows[i].Waiting}
			if found.Source != ledger.SourceMissing {
				use.Mapping = book.filled[found.Version]
			}
			page, next = append(page, use), rows[i].cursor()
		}
		if len(rows) <= chunk {
			return page, "", nil
		}
		after = rows[len(rows)-1]
	}
}

// missingChunk is how many slots are looked through at once for those that are missing.
const missingChunk = 5_000

// usedSlots reads one slot more than the limit.
func (t *tx) usedSlots(
	ctx context.Context, r ledger.RetailerID, q SlotQuery, after slotRow, limit int,
) ([]slotRow, error) {
	p := params{values: []any{r}}
	where := "WHERE retailer_id = $1 AND (role, map_key, location_id) > " + p.list(after.Role, after.Key, after.Location)
	if q.Role != 0 {
		where += " AND role = " + p.add(q.Role)
	}
	var rows []slotRow
	err := t.list(ctx, &rows, `SELECT role, map_key, location_id, CAST(SUM(waiting) AS BIGINT) AS waiting FROM (
			SELECT role, map_key, location_id, 0 AS waiting FROM mappings `+where+`
			UNION ALL SELECT role, map_key, location_id, 0 FROM slots `+where+`
			UNION ALL SELECT role, map_key, location_id, COUNT(*) FROM waits `+where+` GROUP BY role, map_key, location_id
		) AS used GROUP BY role, map_key, location_id ORDER BY role, map_key, location_id LIMIT `+p.add(limit+1),
		p.values...)
	return rows, err
}
