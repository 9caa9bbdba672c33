package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/tillpost/tillpost/internal/ledger"
)

// maxSeenSlots bounds the cache; a retailer uses some hundreds to some thousands.
const maxSeenSlots = 200_000

// slotCache remembers which slots are in the table, so that recording events, which use the same slots again and again,
// writes them once. What it forgets is written again and changes nothing.
type slotCache struct {
	mu   sync.Mutex
	seen map[ledger.RetailerID]map[ledger.Slot]struct{}
	n    int
}

// unseen returns the slots of events that may not be in the table yet, in a stable order.
func (c *slotCache) unseen(r ledger.RetailerID, events []NewEvent) []ledger.Slot {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, fresh := c.seen[r], map[ledger.Slot]struct{}{}
	for i := range events {
		for _, slot := range ledger.SlotsOf(&events[i].Event) {
			if _, ok := known[slot]; !ok {
				fresh[slot] = struct{}{}
			}
		}
	}
	return slices.SortedFunc(maps.Keys(fresh), compareSlots)
}

// compareSlots orders slots by role, key and location.
func compareSlots(a, b ledger.Slot) int {
	return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Location, b.Location))
}

// add notes slots that are in the table now.
func (c *slotCache) add(r ledger.RetailerID, slots []ledger.Slot) {
	if len(slots) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil || c.n+len(slots) > maxSeenSlots {
		c.seen, c.n = map[ledger.RetailerID]map[ledger.Slot]struct{}{}, 0
	}
	known := c.seen[r]
	if known == nil {
		known = map[ledger.Slot]struct{}{}
		c.seen[r] = known
	}
	for _, slot := range slots {
		known[slot] = struct{}{}
	}
	c.n += len(slots)
}

// insertSlots notes which slots the retailer's events use. It comes before the work row is locked: two callers who note the
// same slots wait for each other here, in the order of the slots, and never in a circle.
func (t *tx) insertSlots(ctx context.Context, r ledger.RetailerID, slots []ledger.Slot) error {
	values := make([][]any, 0, len(slots))
	for _, slot := range slots {
		values = append(values, []any{r, slot.Role, slot.Key, slot.Location})
	}
	return t.insert(ctx, `INSERT INTO slots (retailer_id, role, map_key, location_id)`, values, `ON CONFLICT DO NOTHING`)
}
