package ledger

import (
	"slices"
	"strings"
)

// SlotsOf returns the places whose accounts an event needs, each once, in the order of roles and keys. The places of
// discounts are among them though they may stay unmapped. A void needs none; neither does what cannot be booked.
func SlotsOf(ev *Event) []Slot {
	if ev.Voided {
		return nil
	}
	postings, problem := postingsOf(ev, &Books{})
	if problem != nil {
		return nil
	}
	nets := netPostings(postings)
	if sale, ok := ev.Detail.(*Sale); ok {
		for i := range sale.Lines {
			if line := &sale.Lines[i]; line.Discount != 0 { // revenue may net to zero, and not when the discount is apart
				nets = append(nets, net{role: RoleDiscount, key: line.ItemClass}, net{role: RoleRevenue, key: line.ItemClass})
			}
		}
		slices.SortFunc(nets, compareNets)
	}
	slots := make([]Slot, len(nets))
	for i := range nets {
		slots[i] = nets[i].slot(ev.Location)
	}
	return slices.Compact(slots)
}

// SourceAmount is an amount of an event that went into a part of a line.
type SourceAmount struct {
	// Field is its path as the API names it: "sale.tenders[0].amount".
	Field string
	// Amount is signed: debits positive.
	Amount Amount
}

// Sources returns the amounts of an event that make up the parts of its entry, by the slot of the part; amounts of zero are
// left out. Entry is one that Build made of this event.
func Sources(ev *Event, entry *Entry) map[Slot][]SourceAmount {
	apart := Mapping{}
	for i := range entry.Lines {
		for _, part := range entry.Lines[i].Parts {
			if part.Role == RoleDiscount {
				apart.Change(part.Slot, MappingChange{Version: 1, Account: "apart"})
			}
		}
	}
	postings, problem := postingsOf(ev, &Books{Mapping: apart})
	if problem != nil {
		return nil
	}
	sources := map[Slot][]SourceAmount{}
	for i := range postings {
		p := &postings[i]
		if p.amount != 0 {
			slot := Slot{Role: p.role, Key: p.key, Location: ev.Location}
			sources[slot] = append(sources[slot], SourceAmount{Field: p.from.String(), Amount: p.amount})
		}
	}
	return sources
}

// IsOpeningStock tells whether a detail puts a shop's first stock into the books: an inventory adjustment whose reason says
// "opening", "initial", "beginning" or "starting".
func IsOpeningStock(detail Detail) bool {
	adjustment, ok := detail.(*InventoryAdjustment)
	if !ok {
		return false
	}
	reason := strings.ToLower(adjustment.Reason)
	for _, word := range []string{"opening", "initial", "beginning", "starting"} {
		if strings.Contains(reason, word) {
			return true
		}
	}
	return false
}
