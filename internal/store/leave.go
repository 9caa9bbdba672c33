package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// leaveCompany puts away what belongs to the company of a retailer, because its books go on in another: the chart of accounts,
// the locations and classes, and what is mapped to them, all of which are known by ids that mean something else there. What
// was booked keeps its entries, by the company's own id. Sync is paused: a person starts it once the new company is mapped.
// ErrEntriesUnsettled while an entry may or may not be booked: only the company itself can tell, and it could be booked in
// both. A person may give up on what has long been open.
func (t *tx) leaveCompany(ctx context.Context, w *work, c *NewConnection) error {
	_, err := t.exec(ctx, `INSERT INTO former_companies (retailer_id, realm_id, company_name, left_at, left_by)
			SELECT retailer_id, realm_id, company_name, CAST($2 AS BIGINT), CAST($3 AS TEXT) FROM connections WHERE retailer_id = $1
		ON CONFLICT (retailer_id, realm_id) DO UPDATE SET company_name = excluded.company_name, left_at = excluded.left_at,
			left_by = excluded.left_by`, w.Retailer, micros(c.Now), c.ConnectedBy)
	if err != nil {
		return err
	}
	if err := t.settleFormer(ctx, w, c); err != nil {
		return err
	}
	if err := t.emptyMappings(ctx, w.Retailer, c.ConnectedBy, c.Now); err != nil {
		return err
	}
	for _, table := range []string{"accounts", "tracked", "tracked_mappings"} {
		if _, err := t.exec(ctx, `DELETE FROM `+table+` WHERE retailer_id = $1`, w.Retailer); err != nil {
			return fmt.Errorf("forget the %s of the former company: %w", table, err)
		}
	}
	_, err = t.exec(ctx, `UPDATE connections SET accounts_imported_at = 0 WHERE retailer_id = $1`, w.Retailer)
	if err != nil {
		return err
	}
	// A worker that still holds a token of the former company has lost its lease with this.
	_, err = t.exec(ctx, `UPDATE work SET sync_started = FALSE, owner = '', lease_until = 0, fence = fence + 1
		WHERE retailer_id = $1`, w.Retailer)
	w.SyncStarted = false
	w.Fence++
	return err
}

// emptyMappings empties every slot for all dates. The history of the mappings stays.
func (t *tx) emptyMappings(ctx context.Context, r ledger.RetailerID, actor string, now time.Time) error {
	book, err := t.mappingBook(ctx, r, actor, now)
	if err != nil {
		return err
	}
	for _, slot := range slices.SortedFunc(maps.Keys(book.history), compareSlots) {
		if !forgotten(book.history[slot]) {
			book.change(MappingOrder{Slot: slot})
		}
	}
	return t.saveChanges(ctx, book)
}

// forgotten tells whether a slot was emptied for all dates: when a company was left. It is as if it had never been mapped.
func forgotten(changes []ledger.MappingChange) bool {
	return len(changes) > 0 && changes[0].Account == "" && changes[0].From == ""
}
