package ledger

import (
	"fmt"
	"strconv"
)

// ForfeitedDepositFee is the key of RoleFee that a customer's forfeited deposit is booked under.
const ForfeitedDepositFee = "Forfeited deposit"

// posting is one signed amount for a role and a key: a debit is positive, a credit negative.
type posting struct {
	role   Role
	key    string
	amount Amount
	note   string // why it is there, where that is not plain; shown in the line's description
	from   field
}

// field is where in an event an amount stands, as the API names it: "sale.tenders[3].amount". It becomes text only when
// someone asks.
type field struct {
	list  string // "sale.tenders"; empty where name says it all
	index int
	name  string
}

func (f field) String() string {
	if f.list == "" {
		return f.name
	}
	return f.list + "[" + strconv.Itoa(f.index) + "]." + f.name
}

// cents is the name of the field of most amounts in a list.
const cents = "amount"

// transfer returns the two postings that take an amount from one place to another: a debit of to, a credit of from.
func transfer(amount Amount, where field, to, from posting) [2]posting {
	to.amount, from.amount = amount, -amount
	to.from, from.from = where, where
	return [2]posting{to, from}
}

// postingsOf returns the postings of an event. Each kind is a function that knows its own roles and nothing of accounts,
// sides or lines. What it cannot book is a problem, so that the event waits and is never dropped.
func postingsOf(ev *Event, books *Books) ([]posting, *Problem) {
	if ev.Detail != nil && !withinBounds(ev.Detail) {
		return nil, &Problem{
			Reason: ReasonOutOfBalance,
			Message: fmt.Sprintf("The absolute amounts of the event add up to more than %s, the most that QuickBooks holds "+
				"in a line.", MaxAmount),
			Remedy: "Skip the event and record it in smaller parts.",
		}
	}
	switch detail := ev.Detail.(type) {
	case *Sale:
		return salePostings(detail, func(class string) bool {
			return books.Mapping.has(Slot{Role: RoleDiscount, Key: class, Location: ev.Location}, ev.BusinessDate)
		}), nil
	case *CustomerDeposit:
		return depositPostings(detail)
	case *PurchaseReceipt:
		return receiptPostings(detail), nil
	case *PurchaseReturn:
		return appendMoves(nil, detail.Lines, "purchase_return.lines", RolePurchasesReturned, RoleInventory), nil
	case *Transfer:
		return transferPostings(detail)
	case *InventoryAdjustment:
		return adjustmentPostings(detail), nil
	case *GiftCardAdjustment:
		pair := transfer(detail.Amount, field{name: "gift_card_adjustment.amount"},
			posting{role: RoleGiftCardAdjustment, key: detail.Reason}, posting{role: RoleGiftCardLiability})
		return pair[:], nil
	case *CashPaidInOut:
		return cashPostings(detail)
	case *TillCount:
		return countPostings(detail), nil
	case *Payout:
		return payoutPostings(detail), nil
	default:
		return nil, notSupported("an event without a detail")
	}
}

func notSupported(what string) *Problem {
	return &Problem{
		Reason:  ReasonKindNotSupported,
		Message: "This release does not book " + what + " yet; nothing is lost, the event waits.",
		Remedy:  "Retry it after the release that books it is installed, or skip it and book it by hand.",
	}
}

// salePostings books a ticket or invoice, returns included: rows 1a to 1g. Revenue is net of discount, except where
// discounts of a class stand apart, because an account is mapped for them: there it is gross.
func salePostings(s *Sale, apart func(class string) bool) []posting {
	const perLine, single = 5, 2
	count := len(s.Tenders) + len(s.DepositsApplied) + perLine*len(s.Lines) + len(s.Taxes) + len(s.Shipping) +
		len(s.Fees) + len(s.GiftCardsSold) + single + 1
	out := make([]posting, 0, count)
	out = appendKeyed(out, RolePayment, s.Tenders, "sale.tenders", 1)
	out = appendKeyed(out, RoleDeposit, s.DepositsApplied, "sale.deposits_applied", 1)
	for i := range s.Lines {
		line := &s.Lines[i]
		at := field{list: "sale.lines", index: i, name: "net_amount"}
		out = append(out, posting{role: RoleRevenue, key: line.ItemClass, amount: -line.Net, from: at})
		if line.Discount != 0 && apart(line.ItemClass) {
			at.name = "discount_amount"
			discount := transfer(line.Discount, at,
				posting{role: RoleDiscount, key: line.ItemClass}, posting{role: RoleRevenue, key: line.ItemClass})
			out = append(out, discount[:]...)
		}
		if line.Cost != 0 {
			at.name = costAmount
			cost := transfer(line.Cost, at,
				posting{role: RoleCostOfGoodsSold, key: line.ItemClass}, posting{role: RoleInventory, key: line.ItemClass})
			out = append(out, cost[:]...)
		}
	}
	out = appendKeyed(out, RoleSalesTax, s.Taxes, "sale.taxes", -1)
	out = appendKeyed(out, RoleShipping, s.Shipping, "sale.shipping", -1)
	out = appendKeyed(out, RoleFee, s.Fees, "sale.fees", -1)
	for i, card := range s.GiftCardsSold {
		out = append(out, posting{
			role: RoleGiftCardLiability, amount: -card, from: field{list: "sale.gift_cards_sold", index: i, name: cents},
		})
	}
	return append(out,
		posting{role: RoleTips, amount: -s.Tip, from: field{name: "sale.tip_amount"}},
		posting{
			role: RoleRounding, amount: -s.Rounding, note: "cash rounding", from: field{name: "sale.rounding_amount"},
		})
}

// depositPostings books a customer's deposit: rows 2a to 2c.
func depositPostings(d *CustomerDeposit) ([]posting, *Problem) {
	out := make([]posting, 0, 2*len(d.Lines)) //nolint:mnd // a debit and a credit each
	for i := range d.Lines {
		line := &d.Lines[i]
		held := posting{role: RoleDeposit, key: line.PaymentType}
		at := field{list: "customer_deposit.lines", index: i, name: cents}
		var pair [2]posting
		switch d.Action {
		case DepositCollected:
			pair = transfer(line.Amount, at, posting{role: RolePayment, key: line.PaymentType}, held)
		case DepositRefunded:
			refunded := line.PaymentType
			if line.RefundPaymentType != "" {
				refunded = line.RefundPaymentType
			}
			pair = transfer(line.Amount, at, held, posting{role: RolePayment, key: refunded})
		case DepositForfeited:
			pair = transfer(line.Amount, at, held, posting{role: RoleFee, key: ForfeitedDepositFee})
		default:
			return nil, notSupported(fmt.Sprintf("customer deposits with the action %d", d.Action))
		}
		out = append(out, pair[:]...)
	}
	return out, nil
}

// appendKeyed adds a list of amounts under one role; sign is 1 for debits and -1 for credits.
func appendKeyed(out []posting, role Role, list []Keyed, path string, sign Amount) []posting {
	for i := range list {
		out = append(out, posting{
			role: role, key: list[i].Key, amount: sign * list[i].Amount, from: field{list: path, index: i, name: cents},
		})
	}
	return out
}
