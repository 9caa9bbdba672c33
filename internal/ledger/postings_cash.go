package ledger

import "fmt"

// cashPostings books cash paid out of a drawer or into it: rows 8a and 8b.
func cashPostings(c *CashPaidInOut) ([]posting, *Problem) {
	drawer, other := posting{role: RoleCashDrawer}, posting{role: RoleCashPaidInOut, key: c.Reason}
	at := field{name: "cash_paid_in_out.amount"}
	var pair [2]posting
	switch c.Direction {
	case CashPaidOut:
		pair = transfer(c.Amount, at, other, drawer)
	case CashPaidIn:
		pair = transfer(c.Amount, at, drawer, other)
	default:
		return nil, notSupported(fmt.Sprintf("cash paid in or out with the direction %d", c.Direction))
	}
	return pair[:], nil
}

// payoutPostings books money that arrives at the bank for tenders taken earlier: row 10. What the processor kept of it is
// a fee of the payment type it was kept for.
func payoutPostings(p *Payout) []posting {
	const perPart = 4
	out := make([]posting, 0, perPart*len(p.Parts))
	for i := range p.Parts {
		part := &p.Parts[i]
		at := field{list: "payout.parts", index: i, name: "gross_amount"}
		bank := posting{role: RoleBankDeposit, key: p.BankAccount}
		gross := transfer(part.Gross, at, bank, posting{role: RolePayment, key: part.PaymentType})
		at.name = "fee_amount"
		fee := transfer(part.Fee, at, posting{role: RoleMerchantFee, key: part.PaymentType}, bank)
		out = append(append(out, gross[:]...), fee[:]...)
	}
	return out
}

// countPostings books what a drawer holds over or short: row 9.
func countPostings(t *TillCount) []posting {
	drawer, over := posting{role: RoleCashDrawer}, posting{role: RoleTillOverShort}
	counted := transfer(t.Counted, field{name: "till_count.counted_amount"}, drawer, over)
	expected := transfer(-t.Expected, field{name: "till_count.expected_amount"}, drawer, over)
	return append(counted[:], expected[:]...)
}
