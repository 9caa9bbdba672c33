package demo

import (
	"time"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// shipment is stock on its way to a store.
type shipment struct {
	number, from string
	date         time.Time // the business date it left on
	lines        []*financialv1.StockLine
}

// openingStock is what a store has on its shelves when the books begin: more of everything than a week can sell.
func (g *generator) openingStock() *financialv1.Event {
	lines := make([]*financialv1.StockLine, 0, len(g.classes))
	for _, class := range g.classes {
		if class.costPercent == 0 {
			continue // a service
		}
		units := int64(12*class.weight*g.shop.share) + g.between(40, 120, 1)
		lines = append(lines, &financialv1.StockLine{
			ItemClass: class.name, CostAmount: units * (class.low + class.high) / 2 * class.costPercent / 100,
		})
	}
	return g.adjustment(openingStock, lines)
}

func (g *generator) adjustment(reason string, lines []*financialv1.StockLine) *financialv1.Event {
	event := g.event("adjustments", "-A")
	event.Memo = reason
	event.Detail = &financialv1.Event_InventoryAdjustment{InventoryAdjustment: &financialv1.InventoryAdjustment{
		Reason: reason, Lines: lines,
	}}
	return event
}

// someStock is the cost of a few units of one to most item classes, none of them twice.
func (g *generator) someStock(most int) []*financialv1.StockLine {
	var lines []*financialv1.StockLine
	chosen := map[string]bool{}
	for range 1 + g.rnd.IntN(most) {
		class := g.itemClass()
		if chosen[class.name] || class.costPercent == 0 {
			continue
		}
		chosen[class.name] = true
		lines = append(lines, &financialv1.StockLine{
			ItemClass: class.name, CostAmount: g.between(1, 6, 1) * g.between(class.low, class.high, 1) * class.costPercent / 100,
		})
	}
	return lines
}

// closeStockRoom is what the stock room does after closing: it ships to another store, sends goods back to a vendor, and
// writes off what is broken or gone. Now and then it finds something.
func (g *generator) closeStockRoom() {
	if g.chance(55) {
		g.ship()
	}
	if lines := g.someStock(3); g.chance(20) && len(lines) > 0 {
		event := g.event("vendor-returns", "-V")
		event.Detail = &financialv1.Event_PurchaseReturn{PurchaseReturn: &financialv1.PurchaseReturn{Lines: lines}}
		g.add(event)
	}
	if lines := g.someStock(2); g.chance(35) && len(lines) > 0 {
		reason := pick(g.rnd, []weighted[string]{{shrink, 5}, {damage, 4}, {"Count Surplus", 2}})
		if reason != "Count Surplus" { // what is found stays positive
			for _, line := range lines {
				line.CostAmount = -line.GetCostAmount()
			}
		}
		g.add(g.adjustment(reason, lines))
	}
}

// ship sends stock to one of the other stores, where it arrives on a later day.
func (g *generator) ship() {
	lines := g.someStock(4)
	others := stores()
	to := others[g.rnd.IntN(len(others))].id
	if to == g.shop.id || len(lines) == 0 {
		return
	}
	event := g.transfer(financialv1.Transfer_LEG_SHIPMENT, to, "", lines)
	g.shipped[to] = append(g.shipped[to], shipment{
		number: event.GetNumber(), from: g.shop.id, date: g.date, lines: lines,
	})
	g.add(event)
}

// receiveTransfers takes in what was shipped to the store before today. One line in twelve never arrives.
func (g *generator) receiveTransfers() {
	var later []shipment
	for _, sent := range g.shipped[g.shop.id] {
		if !sent.date.Before(g.date) {
			later = append(later, sent)
			continue
		}
		var arrived, lost []*financialv1.StockLine
		for _, line := range sent.lines {
			if g.rnd.IntN(12) == 0 {
				lost = append(lost, line)
			} else {
				arrived = append(arrived, line)
			}
		}
		g.addTransfer(financialv1.Transfer_LEG_RECEIPT, &sent, "", arrived)
		g.addTransfer(financialv1.Transfer_LEG_LOSS, &sent, "Lost in Transit", lost)
	}
	g.shipped[g.shop.id] = later
}

func (g *generator) addTransfer(
	leg financialv1.Transfer_Leg, sent *shipment, reason string, lines []*financialv1.StockLine,
) {
	if len(lines) == 0 {
		return
	}
	event := g.transfer(leg, sent.from, reason, lines)
	event.Memo = "Shipment " + sent.number
	g.add(event)
}

func (g *generator) transfer(
	leg financialv1.Transfer_Leg, other, reason string, lines []*financialv1.StockLine,
) *financialv1.Event {
	event := g.event("transfers", "-T")
	event.Detail = &financialv1.Event_Transfer{Transfer: &financialv1.Transfer{
		Leg: leg, OtherLocationId: other, Lines: lines, Reason: reason,
	}}
	return event
}
