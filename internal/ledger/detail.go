package ledger

// Kind returns KindSale.
func (*Sale) Kind() Kind { return KindSale }

// Total returns what was paid: the tenders and the deposits applied, negative where the customer got money back.
func (s *Sale) Total() Amount { return sumKeyed(s.Tenders) + sumKeyed(s.DepositsApplied) }

func (s *Sale) amounts(yield func(Amount)) {
	for _, list := range [...][]Keyed{s.Tenders, s.DepositsApplied, s.Taxes, s.Shipping, s.Fees} {
		yieldKeyed(list, yield)
	}
	for i := range s.Lines {
		yield(s.Lines[i].Net)
		yield(s.Lines[i].Discount)
		yield(s.Lines[i].Cost)
	}
	for _, card := range s.GiftCardsSold {
		yield(card)
	}
	yield(s.Tip)
	yield(s.Rounding)
}

// Kind returns KindCustomerDeposit.
func (*CustomerDeposit) Kind() Kind { return KindCustomerDeposit }

// Total returns the sum of the lines, negative for a refund.
func (d *CustomerDeposit) Total() Amount {
	var sum Amount
	for i := range d.Lines {
		sum += d.Lines[i].Amount
	}
	if d.Action == DepositRefunded {
		return -sum
	}
	return sum
}

func (d *CustomerDeposit) amounts(yield func(Amount)) {
	for i := range d.Lines {
		yield(d.Lines[i].Amount)
	}
}

// Kind returns KindPurchaseReceipt.
func (*PurchaseReceipt) Kind() Kind { return KindPurchaseReceipt }

// Total returns the cost of the merchandise and what was landed on it.
func (p *PurchaseReceipt) Total() Amount {
	sum := sumKeyed(p.Lines)
	for i := range p.LandedCosts {
		sum += p.LandedCosts[i].Amount
	}
	return sum
}

func (p *PurchaseReceipt) amounts(yield func(Amount)) {
	yieldKeyed(p.Lines, yield)
	for i := range p.LandedCosts {
		yield(p.LandedCosts[i].Amount)
	}
}

// Kind returns KindPurchaseReturn.
func (*PurchaseReturn) Kind() Kind { return KindPurchaseReturn }

// Total returns the cost of what was sent back.
func (p *PurchaseReturn) Total() Amount { return sumKeyed(p.Lines) }

func (p *PurchaseReturn) amounts(yield func(Amount)) { yieldKeyed(p.Lines, yield) }

// Kind returns KindTransfer.
func (*Transfer) Kind() Kind { return KindTransfer }

// Total returns the cost of what was moved or lost.
func (t *Transfer) Total() Amount { return sumKeyed(t.Lines) }

func (t *Transfer) amounts(yield func(Amount)) { yieldKeyed(t.Lines, yield) }

// Kind returns KindInventoryAdjustment.
func (*InventoryAdjustment) Kind() Kind { return KindInventoryAdjustment }

// Total returns the change of the stock at cost, negative where stock was lost.
func (a *InventoryAdjustment) Total() Amount { return sumKeyed(a.Lines) }

func (a *InventoryAdjustment) amounts(yield func(Amount)) { yieldKeyed(a.Lines, yield) }

// Kind returns KindGiftCardAdjustment.
func (*GiftCardAdjustment) Kind() Kind { return KindGiftCardAdjustment }

// Total returns the change of what is owed to card holders.
func (a *GiftCardAdjustment) Total() Amount { return a.Amount }

func (a *GiftCardAdjustment) amounts(yield func(Amount)) { yield(a.Amount) }

// Kind returns KindCashPaidInOut.
func (*CashPaidInOut) Kind() Kind { return KindCashPaidInOut }

// Total returns the change of the drawer: negative for cash paid out.
func (c *CashPaidInOut) Total() Amount {
	if c.Direction == CashPaidOut {
		return -c.Amount
	}
	return c.Amount
}

func (c *CashPaidInOut) amounts(yield func(Amount)) { yield(c.Amount) }

// Kind returns KindTillCount.
func (*TillCount) Kind() Kind { return KindTillCount }

// Total returns by how much the drawer was over, negative where it was short.
func (t *TillCount) Total() Amount { return t.Counted - t.Expected }

func (t *TillCount) amounts(yield func(Amount)) {
	yield(t.Expected)
	yield(t.Counted)
}

// Kind returns KindPayout.
func (*Payout) Kind() Kind { return KindPayout }

// Total returns what arrived at the bank: the payments less the fees.
func (p *Payout) Total() Amount {
	var sum Amount
	for i := range p.Parts {
		sum += p.Parts[i].Gross - p.Parts[i].Fee
	}
	return sum
}

func (p *Payout) amounts(yield func(Amount)) {
	for i := range p.Parts {
		yield(p.Parts[i].Gross)
		yield(p.Parts[i].Fee)
	}
}

func sumKeyed(list []Keyed) Amount {
	var sum Amount
	for i := range list {
		sum += list[i].Amount
	}
	return sum
}

func yieldKeyed(list []Keyed, yield func(Amount)) {
	for i := range list {
		yield(list[i].Amount)
	}
}

// withinBounds reports whether the absolute amounts of a detail add up to no more than MaxAmount. Where they do, no sum
// or difference of any of them can leave the range of Amount, so that the accounting after this check adds plainly.
func withinBounds(d Detail) bool {
	var gross Amount
	d.amounts(func(a Amount) {
		if gross > MaxAmount || a.Abs() > MaxAmount {
			gross = MaxAmount + 1
			return
		}
		gross += a.Abs()
	})
	return gross <= MaxAmount
}
