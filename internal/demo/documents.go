package demo

import (
	"slices"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// layaway is goods put aside for a customer, and what the customer has paid for them so far.
type layaway struct {
	name     string
	deposits []*financialv1.DepositLine
}

func (l layaway) total() int64 {
	var sum int64
	for _, line := range l.deposits {
		sum += line.GetAmount()
	}
	return sum
}

// depositCollected opens a layaway with a first payment, sometimes in two ways.
func (g *generator) depositCollected() *financialv1.Event {
	event := g.event("deposits", "-D")
	deposits := []*financialv1.DepositLine{{
		PaymentType: pick(g.rnd, []weighted[string]{
			{visa, 5}, {mastercard, 3}, {cash, 4}, {debitCard, 2}, {payPal, 2},
		}),
		Amount: g.between(20*dollar, 150*dollar, 5*dollar),
	}}
	if g.chance(15) {
		deposits = append(deposits, &financialv1.DepositLine{
			PaymentType: giftCard, Amount: g.between(10*dollar, 50*dollar, 5*dollar),
		})
	}
	g.layaways[g.shop.id] = append(g.layaways[g.shop.id], layaway{name: event.GetNumber(), deposits: deposits})
	return depositEvent(event, financialv1.CustomerDeposit_ACTION_COLLECTED, deposits, "Layaway "+event.GetNumber())
}

// depositRefunded gives a deposit back, four times in ten by another payment type than it came in.
func (g *generator) depositRefunded() *financialv1.Event {
	open, ok := g.takeLayaway()
	if !ok {
		return nil
	}
	lines := make([]*financialv1.DepositLine, len(open.deposits))
	for i, line := range open.deposits {
		lines[i] = &financialv1.DepositLine{PaymentType: line.GetPaymentType(), Amount: line.GetAmount()}
		if g.chance(40) {
			lines[i].RefundPaymentType = pick(g.rnd, []weighted[string]{{cash, 1}, {giftCard, 1}})
		}
	}
	event := g.event("deposits", "-D")
	return depositEvent(event, financialv1.CustomerDeposit_ACTION_REFUNDED, lines, "Layaway "+open.name+" cancelled")
}

// depositForfeited keeps a deposit that the customer has given up.
func (g *generator) depositForfeited() *financialv1.Event {
	open, ok := g.takeLayaway()
	if !ok {
		return nil
	}
	event := g.event("deposits", "-D")
	return depositEvent(event, financialv1.CustomerDeposit_ACTION_FORFEITED, open.deposits, "Layaway "+open.name+" expired")
}

func depositEvent(
	event *financialv1.Event, action financialv1.CustomerDeposit_Action, lines []*financialv1.DepositLine, memo string,
) *financialv1.Event {
	event.Memo = memo
	event.Detail = &financialv1.Event_CustomerDeposit{CustomerDeposit: &financialv1.CustomerDeposit{
		Action: action, Lines: lines,
	}}
	return event
}

// layawaySale hands the goods over: the deposit is used up, and the customer pays the rest.
func (g *generator) layawaySale() *financialv1.Event {
	open, ok := g.takeLayaway()
	if !ok {
		return nil
	}
	sale := &financialv1.Sale{}
	for due(sale) <= open.total() {
		sale.Lines = append(sale.Lines, g.saleLine())
	}
	g.addTaxes(sale)
	for _, line := range open.deposits {
		sale.DepositsApplied = append(sale.DepositsApplied, &financialv1.Tender{
			PaymentType: line.GetPaymentType(), Amount: line.GetAmount(),
		})
	}
	g.pay(sale, due(sale)-open.total())
	return g.saleEvent(sale, "Layaway "+open.name)
}

// takeLayaway takes one of the store's open layaways, if there is one.
func (g *generator) takeLayaway() (layaway, bool) {
	open := g.layaways[g.shop.id]
	if len(open) == 0 {
		return layaway{}, false
	}
	i := g.rnd.IntN(len(open))
	taken := open[i]
	g.layaways[g.shop.id] = slices.Delete(open, i, i+1)
	return taken, true
}

// purchaseReceipt is a delivery of two to seven item classes, often with freight, at times with duty, and now and then
// with a correction of an earlier one. What sells most is delivered most.
func (g *generator) purchaseReceipt() *financialv1.Event {
	receipt := &financialv1.PurchaseReceipt{}
	delivered := map[string]bool{}
	for range 2 + g.rnd.IntN(6) {
		class := g.itemClass()
		if delivered[class.name] {
			continue
		}
		delivered[class.name] = true
		units := g.between(20, 75, 1)
		receipt.Lines = append(receipt.Lines, &financialv1.StockLine{
			ItemClass:  class.name,
			CostAmount: units * g.between(class.low, class.high, 1) * class.costPercent / 100,
		})
	}
	first := receipt.GetLines()[0]
	if g.chance(10) {
		receipt.Lines = append(receipt.Lines, &financialv1.StockLine{
			ItemClass: first.GetItemClass(), CostAmount: -g.between(10*dollar, 90*dollar, 1),
		})
	}
	if g.chance(45) {
		receipt.LandedCosts = append(receipt.LandedCosts, &financialv1.LandedCost{
			Name: "Freight In", ItemClass: first.GetItemClass(), Amount: g.between(25*dollar, 180*dollar, 1),
		})
	}
	if g.chance(20) {
		receipt.LandedCosts = append(receipt.LandedCosts, &financialv1.LandedCost{
			Name: "Duty", ItemClass: first.GetItemClass(), Amount: g.between(15*dollar, 220*dollar, 1),
		})
	}
	event := g.event("receipts", "-R")
	event.Detail = &financialv1.Event_PurchaseReceipt{PurchaseReceipt: receipt}
	return event
}

// cashPaidOut takes cash from the drawer for an expense or a drop at the bank.
func (g *generator) cashPaidOut() *financialv1.Event {
	return g.cashPaid(financialv1.CashPaidInOut_DIRECTION_PAID_OUT, pick(g.rnd, paidOutReasons()))
}

// cashPaidIn puts cash into the drawer.
func (g *generator) cashPaidIn() *financialv1.Event {
	return g.cashPaid(financialv1.CashPaidInOut_DIRECTION_PAID_IN, pick(g.rnd, paidInReasons()))
}

func (g *generator) cashPaid(direction financialv1.CashPaidInOut_Direction, reason amountOf) *financialv1.Event {
	event := g.event("cash", "-P")
	event.Detail = &financialv1.Event_CashPaidInOut{CashPaidInOut: &financialv1.CashPaidInOut{
		Direction: direction, Reason: reason.name, Amount: g.between(3*dollar, reason.amount, 25),
	}}
	return event
}
