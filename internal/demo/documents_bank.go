package demo

import (
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// feeMillionth is what processors keep of a payment, by its type.
func feeMillionth() []struct {
	paymentType string
	millionth   int64
} {
	return []struct {
		paymentType string
		millionth   int64
	}{
		{visa, 24_000}, {mastercard, 24_500}, {americanExpress, 31_000}, {discover, 25_500}, {debitCard, 9_000}, {payPal, 34_900},
	}
}

// take remembers what a ticket was paid with, for the settlements of the day.
func (g *generator) take(sale *financialv1.Sale) {
	for _, tender := range sale.GetTenders() {
		g.taken[tender.GetPaymentType()] += tender.GetAmount()
	}
}

// closeTill counts the drawer, banks most of its cash, and books the settlements of the cards taken in the day. Now and
// then somebody corrects a gift card.
func (g *generator) closeTill() {
	const float = 300 * dollar
	expected := float + max(g.taken[cash], 0)
	off := pick(g.rnd, []weighted[int64]{{0, 12}, {-g.between(1, 900, 1), 5}, {g.between(1, 600, 1), 4}})
	event := g.event("till-counts", "-C")
	event.Detail = &financialv1.Event_TillCount{TillCount: &financialv1.TillCount{
		ExpectedAmount: expected, CountedAmount: expected + off,
	}}
	g.add(event)
	if drop := (g.taken[cash] - 50*dollar) / dollar * dollar; drop > 0 {
		g.add(g.payout("Cash drop", []*financialv1.PayoutPart{{PaymentType: cash, GrossAmount: drop}}))
	}
	var parts []*financialv1.PayoutPart
	for _, fee := range feeMillionth() {
		if gross := g.taken[fee.paymentType]; gross != 0 {
			parts = append(parts, &financialv1.PayoutPart{
				PaymentType: fee.paymentType, GrossAmount: gross, FeeAmount: share(gross, fee.millionth),
			})
		}
	}
	if len(parts) > 0 {
		g.add(g.payout("Card settlement", parts))
	}
	if g.chance(30) {
		g.add(g.giftCardAdjustment())
	}
}

func (g *generator) payout(memo string, parts []*financialv1.PayoutPart) *financialv1.Event {
	event := g.event("payouts", "-B")
	event.Memo = memo
	event.Detail = &financialv1.Event_Payout{Payout: &financialv1.Payout{BankAccount: bankAccount, Parts: parts}}
	return event
}

// giftCardAdjustment gives a customer credit, takes in a card of an older system, or writes off one that has expired.
func (g *generator) giftCardAdjustment() *financialv1.Event {
	reason := pick(g.rnd, []weighted[string]{{"Goodwill", 4}, {"Imported Card", 2}, {cardExpired, 2}})
	amount := g.between(10*dollar, 75*dollar, 5*dollar)
	if reason == cardExpired {
		amount = -amount
	}
	event := g.event("gift-cards", "-G")
	event.Memo = reason
	event.Detail = &financialv1.Event_GiftCardAdjustment{GiftCardAdjustment: &financialv1.GiftCardAdjustment{
		Reason: reason, Amount: amount,
	}}
	return event
}
