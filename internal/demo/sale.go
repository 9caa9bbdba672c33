package demo

import (
	"slices"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// plainSale is a ticket of one to six lines, now and then with delivery, fees, a tip or a gift card on top.
func (g *generator) plainSale() *financialv1.Event {
	sale := &financialv1.Sale{}
	lines := pick(g.rnd, []weighted[int]{{1, 40}, {2, 27}, {3, 15}, {4, 9}, {5, 5}, {6, 4}})
	for range lines {
		sale.Lines = append(sale.Lines, g.saleLine())
	}
	if g.chance(1) { // a free gift: cost, and no revenue
		gift := g.saleLine()
		gift.DiscountAmount += gift.GetNetAmount()
		gift.NetAmount = 0
		sale.Lines = append(sale.Lines, gift)
	}
	g.addExtras(sale)
	g.addTaxes(sale)
	g.pay(sale, due(sale))
	return g.saleEvent(sale, "")
}

// addExtras adds what rides along with merchandise.
func (g *generator) addExtras(sale *financialv1.Sale) {
	if g.chance(4) {
		choice := pick(g.rnd, shippingPrices())
		sale.Shipping = append(sale.Shipping, &financialv1.Shipping{Method: choice.name, Amount: choice.amount})
	}
	if g.chance(22) {
		bags := g.between(1, 3, 1)
		sale.Fees = append(sale.Fees, &financialv1.Fee{Name: bagFee, Amount: bags * g.shop.bagFee})
	}
	if g.chance(3) {
		sale.Fees = append(sale.Fees, &financialv1.Fee{Name: "Gift Wrapping", Amount: 4_50})
	}
	if g.chance(3) {
		sale.Fees = append(sale.Fees, &financialv1.Fee{Name: "Alterations", Amount: g.between(12_00, 35_00, 50)})
		if g.chance(50) {
			sale.TipAmount = g.between(2_00, 8_00, 1_00)
		}
	}
	if g.chance(2) {
		sale.GiftCardsSold = append(sale.GiftCardsSold, &financialv1.GiftCard{Amount: g.between(25_00, 100_00, 25_00)})
	}
}

// giftCardSale sells or reloads one or two gift cards, and nothing else.
func (g *generator) giftCardSale() *financialv1.Event {
	sale := &financialv1.Sale{}
	for range 1 + g.rnd.IntN(2) {
		sale.GiftCardsSold = append(sale.GiftCardsSold, &financialv1.GiftCard{Amount: g.between(20_00, 150_00, 5_00)})
	}
	g.payBy(sale, pick(g.rnd, cardTypes()), due(sale)) // a card is not bought with a card of the same kind
	return g.saleEvent(sale, "Gift card")
}

// returnTicket takes back one or two items. One in five cannot be sold again and does not go back to stock.
func (g *generator) returnTicket() *financialv1.Event {
	sale := &financialv1.Sale{}
	for range 1 + g.rnd.IntN(2) {
		sale.Lines = append(sale.Lines, g.returnedLine())
	}
	g.addTaxes(sale)
	g.pay(sale, due(sale))
	return g.saleEvent(sale, "Return")
}

// exchange takes one item back and sells one or two others on the same ticket; either side may be the dearer.
func (g *generator) exchange() *financialv1.Event {
	sale := &financialv1.Sale{Lines: []*financialv1.SaleLine{g.returnedLine()}}
	for range 1 + g.rnd.IntN(2) {
		sale.Lines = append(sale.Lines, g.saleLine())
	}
	g.addTaxes(sale)
	g.pay(sale, due(sale))
	return g.saleEvent(sale, "Exchange")
}

// evenExchange swaps an item for the same one in another size: all amounts cancel out, and nothing is to be booked.
func (g *generator) evenExchange() *financialv1.Event {
	bought := g.saleLine()
	sale := &financialv1.Sale{Lines: []*financialv1.SaleLine{bought, negated(bought)}}
	for _, line := range sale.GetLines() {
		g.addTaxesOn(sale, g.taxable(line))
	}
	return g.saleEvent(sale, "Even exchange")
}

// freeReplacement hands out a replacement that the vendor bears: a ticket without any amount.
func (g *generator) freeReplacement() *financialv1.Event {
	class := g.classes[g.rnd.IntN(len(g.classes))]
	sale := &financialv1.Sale{Lines: []*financialv1.SaleLine{{ItemClass: class.name}}}
	return g.saleEvent(sale, "Replacement under warranty")
}

func (g *generator) saleEvent(sale *financialv1.Sale, memo string) *financialv1.Event {
	event := g.event("tickets", "")
	event.Memo = memo
	event.Detail = &financialv1.Event_Sale{Sale: sale}
	return event
}

// itemClass is one of the classes, as often as it is bought.
func (g *generator) itemClass() itemClass {
	choices := make([]weighted[itemClass], len(g.classes))
	for i, class := range g.classes {
		choices[i] = weighted[itemClass]{class, class.weight}
	}
	return pick(g.rnd, choices)
}

// saleLine is some of one item, a quarter of the time at a discount.
func (g *generator) saleLine() *financialv1.SaleLine {
	class := g.itemClass()
	price := g.between(class.low, class.high, 1_00) - g.between(1, 5, 4) // ends in 95 or 99 cents
	quantity := pick(g.rnd, []weighted[int64]{{1, 88}, {2, 9}, {3, 3}})
	gross := price * quantity
	var discount int64
	if g.chance(25) {
		discount = gross * g.between(10, 50, 5) / 100
	}
	return &financialv1.SaleLine{
		ItemClass:      class.name,
		NetAmount:      gross - discount,
		DiscountAmount: discount,
		CostAmount:     gross * (class.costPercent + g.between(-3, 3, 1)) / 100,
	}
}

func (g *generator) returnedLine() *financialv1.SaleLine {
	line := negated(g.saleLine())
	if g.chance(20) {
		line.CostAmount = 0
	}
	return line
}

func negated(line *financialv1.SaleLine) *financialv1.SaleLine {
	return &financialv1.SaleLine{
		ItemClass:      line.GetItemClass(),
		NetAmount:      -line.GetNetAmount(),
		DiscountAmount: -line.GetDiscountAmount(),
		CostAmount:     -line.GetCostAmount(),
	}
}

// addTaxes adds the tax of the whole ticket, one amount an authority, as tills do: it is computed once, not by line.
func (g *generator) addTaxes(sale *financialv1.Sale) {
	var base int64
	for _, line := range sale.GetLines() {
		base += g.taxable(line)
	}
	if g.shop.taxesShipping {
		for _, shipping := range sale.GetShipping() {
			base += shipping.GetAmount()
		}
	}
	g.addTaxesOn(sale, base)
}

func (g *generator) addTaxesOn(sale *financialv1.Sale, base int64) {
	for _, rate := range g.shop.taxes {
		if amount := share(base, rate.millionth); amount != 0 {
			sale.Taxes = append(sale.Taxes, &financialv1.Tax{Authority: rate.authority, Amount: amount})
		}
	}
}

func (g *generator) taxable(line *financialv1.SaleLine) int64 {
	if slices.ContainsFunc(g.classes, func(c itemClass) bool { return c.untaxed && c.name == line.GetItemClass() }) {
		return 0
	}
	return line.GetNetAmount()
}

// share returns millionths of amount, rounded half away from zero, so that a return mirrors its sale.
func share(amount, millionth int64) int64 {
	const whole = 1_000_000
	if amount < 0 {
		return -share(-amount, millionth)
	}
	return (amount*millionth + whole/2) / whole
}

// due returns what the customer owes for the ticket; negative when the store owes.
func due(sale *financialv1.Sale) int64 {
	sum := sale.GetTipAmount()
	for _, line := range sale.GetLines() {
		sum += line.GetNetAmount()
	}
	for _, tax := range sale.GetTaxes() {
		sum += tax.GetAmount()
	}
	for _, shipping := range sale.GetShipping() {
		sum += shipping.GetAmount()
	}
	for _, fee := range sale.GetFees() {
		sum += fee.GetAmount()
	}
	for _, card := range sale.GetGiftCardsSold() {
		sum += card.GetAmount()
	}
	return sum
}
