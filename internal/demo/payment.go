package demo

import (
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

const (
	smallestCoin = 5 // where cash is rounded
	dollar       = 100
	// splitFrom is the smallest ticket that is paid in two ways.
	splitFrom = 40 * dollar
	// giftCardUpTo is the largest ticket that one gift card pays.
	giftCardUpTo = 150 * dollar
	// cashUpTo is the most that people carry.
	cashUpTo = 250 * dollar
	// payLaterFrom is the smallest ticket that is paid by instalments.
	payLaterFrom = 35 * dollar
)

// pay settles what is owed, either way, in one of the ways that customers do. A ticket that comes out even needs none.
func (g *generator) pay(sale *financialv1.Sale, owed int64) {
	switch {
	case owed < 0:
		g.refund(sale, -owed)
	case owed >= splitFrom && g.chance(8):
		g.paySplit(sale, owed)
	case owed > 0:
		g.payBy(sale, g.paymentType(sale, owed), owed)
	}
}

func (g *generator) paymentType(sale *financialv1.Sale, owed int64) string {
	chosen := pick(g.rnd, paymentTypes())
	unlikely := chosen == giftCard && (owed > giftCardUpTo || len(sale.GetGiftCardsSold()) > 0) ||
		chosen == cash && owed > cashUpTo ||
		chosen == payLater && owed < payLaterFrom
	if unlikely {
		return visa
	}
	return chosen
}

// refund gives money back: one time in four as store credit, which is a gift card.
func (g *generator) refund(sale *financialv1.Sale, amount int64) {
	by := pick(g.rnd, []weighted[string]{{giftCard, 1}, {cash, 1}, {"", 2}})
	if by == "" {
		by = pick(g.rnd, cardTypes())
	}
	g.payBy(sale, by, -amount)
}

// paySplit pays the larger part by card, and the rest by another card, a gift card or whole dollars in cash.
func (g *generator) paySplit(sale *financialv1.Sale, owed int64) {
	rest := g.between(10*dollar, owed/2, dollar)
	others := []weighted[string]{{giftCard, 5}, {cash, 3}, {debitCard, 1}}
	if len(sale.GetGiftCardsSold()) > 0 {
		others = others[1:]
	}
	addTender(sale, pick(g.rnd, others), rest)
	addTender(sale, pick(g.rnd, cardTypes()), owed-rest)
}

// payBy settles all that is owed with one payment type. Cash is rounded where there are no cents, and handed over in
// notes, with change given back as a tender of its own.
func (g *generator) payBy(sale *financialv1.Sale, paymentType string, owed int64) {
	if paymentType != cash {
		addTender(sale, paymentType, owed)
		return
	}
	pays := owed
	if g.shop.roundsCash {
		pays = rounded(owed)
		sale.RoundingAmount = pays - owed
	}
	if pays <= 0 {
		addTender(sale, cash, pays)
		return
	}
	note := pick(g.rnd, []weighted[int64]{{20 * dollar, 5}, {10 * dollar, 3}, {5 * dollar, 2}, {dollar, 1}})
	handed := (pays + note - 1) / note * note
	addTender(sale, cash, handed)
	if change := handed - pays; change > 0 {
		addTender(sale, cash, -change)
	}
}

// rounded returns the amount in coins that exist, the nearest one; halves cannot occur with five of them.
func rounded(amount int64) int64 {
	if amount < 0 {
		return -rounded(-amount)
	}
	return (amount + smallestCoin/2) / smallestCoin * smallestCoin
}

func addTender(sale *financialv1.Sale, paymentType string, amount int64) {
	if amount == 0 {
		return
	}
	sale.Tenders = append(sale.Tenders, &financialv1.Tender{PaymentType: paymentType, Amount: amount})
}
