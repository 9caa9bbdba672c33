package ledger

import "fmt"

// cashPostings books cash paid out of a drawer or into it: rows 8a and 8b.
func cashPostings(c *CashPaidInOut) ([]posting, *Problem) {
	drawer, other := posting{role: RoleCashDrawer}, posting{role: RoleCashPaidInOut, key: c.Reason}
	var pair [2]posting
	switch c.Direction {
	case CashPaidOut:
		pair = transfer(c.Amount, other, drawer)
	case CashPaidIn:
		pair = transfer(c.Amount, drawer, other)
	default:
		return nil, notSupported(fmt.Sprintf("cash paid in or out with the direction %d", c.Direction))
	}
	return pair[:], nil
}

// payoutPostings books money that arrives at the bank for tenders taken earlier: row 10. What the processor kept of it is
// a fee of the payment type it was kept for.
func payoutPostings(p *Payout) []posting {
	const perPart = 3
	out := make([]posting, 0, perPart*len(p.Parts))
	for i := range p.Parts {
		part := &p.Parts[i]
		out = append(out,
			posting{role: RoleBankDeposit, key: p.BankAccount, amount: part.Gross - part.Fee},
			posting{role: RoleMerchantFee, key: part.PaymentType, amount: part.Fee},
			posting{role: RolePayment, key: part.PaymentType, amount: -part.Gross})
	}
	return out
}
