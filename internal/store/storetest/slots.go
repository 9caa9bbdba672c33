package storetest

import (
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func slotTests() tests {
	return tests{"Slots/Sources": testSlotsSources, "Slots/Pages": testSlotsPages}
}

// listSlots pages through the slots.
func listSlots(t *testing.T, s *store.Store, q store.SlotQuery) []store.SlotUse {
	t.Helper()
	out := []store.SlotUse{}
	for range 100 {
		page, next, err := s.ListSlots(within(t), retailer, q, at(0))
		must(t, err)
		if len(page) > q.Limit || (len(page) == 0 && next != "") {
			t.Fatalf("a page of %d, limit %d, next %q", len(page), q.Limit, next)
		}
		out = append(out, page...)
		if next == "" {
			return out
		}
		q.After = next
	}
	t.Fatal("the pages do not end")
	return nil
}

func testSlotsSources(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	same(t, "none", listSlots(t, s, store.SlotQuery{Limit: 5}), []store.SlotUse{})
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"))
	l := claim(t, s, at(1))
	elsewhere := visa()
	elsewhere.Location = "store-2"
	park(t, s, l, at(1), store.Parked{Event: "a", Problem: unmapped(visa(), shoes(), shoes())},
		store.Parked{Event: "b", Problem: unmapped(elsewhere, visa())})
	key := ledger.Slot{Role: ledger.RolePayment, Key: "Visa"}
	other := ledger.Slot{Role: ledger.RolePayment, Key: "Cash"}
	m, released, err := putMapping(ctx, s, retailer, other, "1", caller, at(2))
	must(t, err)
	same(t, "released", released, 0)
	mapped := func(slot ledger.Slot) *store.Mapping {
		m := m
		if slot != m.Slot {
			m.Slot, m.Version = slot, 2
		}
		return &m
	}
	missing := []store.SlotUse{
		{Slot: visa(), Source: ledger.SourceMissing, Waiting: 2},
		{Slot: elsewhere, Source: ledger.SourceMissing, Waiting: 1},
		{Slot: shoes(), Source: ledger.SourceMissing, Waiting: 1},
	}
	used := usedElsewhere()
	cash := store.SlotUse{Slot: other, Source: ledger.SourceKey, Mapping: mapped(other)}
	same(t, "all", listSlots(t, s, store.SlotQuery{Limit: 9}), append(append([]store.SlotUse{cash}, missing...), used...))
	same(t, "missing", listSlots(t, s, store.SlotQuery{Limit: 9, MissingOnly: true}), append(missing, used...))
	same(t, "role", listSlots(t, s, store.SlotQuery{Limit: 1, Role: ledger.RoleRevenue}), missing[2:])
	// The events go back and are parked again by an engine that is still at work; the mapping is found now.
	_, released, err = putMapping(ctx, s, retailer, key, "1", caller, at(2))
	must(t, err)
	same(t, "released", released, 2)
	park(t, s, l, at(3), store.Parked{Event: "a", Problem: unmapped(visa(), shoes())})
	same(t, "found", listSlots(t, s, store.SlotQuery{Limit: 9}), append([]store.SlotUse{
		cash,
		{Slot: key, Source: ledger.SourceKey, Mapping: mapped(key)},
		{Slot: visa(), Source: ledger.SourceKey, Mapping: mapped(key), Waiting: 1},
		{Slot: shoes(), Source: ledger.SourceMissing, Waiting: 1},
	}, used...))
}

// usedElsewhere are the slots of the sales that nothing waits for.
func usedElsewhere() []store.SlotUse {
	slots := []ledger.Slot{
		{Role: ledger.RoleCostOfGoodsSold, Key: "Shoes", Location: "store-1"},
		{Role: ledger.RoleInventory, Key: "Shoes", Location: "store-1"},
		{Role: ledger.RoleSalesTax, Key: "WA", Location: "store-1"},
	}
	out := make([]store.SlotUse, 0, len(slots))
	for _, slot := range slots {
		out = append(out, store.SlotUse{Slot: slot, Source: ledger.SourceMissing})
	}
	return out
}

func testSlotsPages(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	var slots []ledger.Slot
	for _, role := range []ledger.Role{ledger.RoleRevenue, ledger.RoleInventory} {
		for _, key := range []string{"", "B", "a", "b", "ß"} {
			for _, location := range []ledger.LocationID{"", "1", "A"} {
				slots = append(slots, ledger.Slot{Role: role, Key: key, Location: location})
			}
		}
	}
	for i, slot := range slots {
		if i%2 == 0 {
			_, _, err := putMapping(ctx, s, retailer, slot, "3", caller, at(1))
			must(t, err)
		}
	}
	record(t, s, retailer, at(1), cash("a"))
	l := claim(t, s, at(1))
	park(t, s, l, at(1), store.Parked{Event: "a", Problem: unmapped(slots...)})
	for _, limit := range []int{1, 2, 7, 30, 31} {
		var listed []ledger.Slot
		for _, use := range listSlots(t, s, store.SlotQuery{Limit: limit}) {
			if use.Slot.Role == ledger.RoleCashDrawer || use.Slot.Role == ledger.RoleCashPaidInOut {
				continue // of the event itself
			}
			listed = append(listed, use.Slot)
			same(t, "waiting", use.Waiting, 1)
		}
		same(t, "slots", listed, slots)
	}
	for _, cursor := range []string{"x", "x\x00y\x00z", "300\x00y\x00z"} {
		_, _, err := s.ListSlots(ctx, retailer, store.SlotQuery{Limit: 1, After: cursor}, at(0))
		fails(t, "foreign cursor", err, store.ErrCursor)
	}
}
