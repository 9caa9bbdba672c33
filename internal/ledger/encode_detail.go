package ledger

// The methods here write the fields of a detail in the order of its struct, under the names of its JSON tags, and leave
// out those with omitempty that are empty.

func (s *Sale) encode(e *encoder) {
	e.optionalKeyed("tenders", s.Tenders)
	e.optionalKeyed("deposits_applied", s.DepositsApplied)
	e.optionalList("lines", len(s.Lines), func(i int) {
		e.text("item_class", s.Lines[i].ItemClass)
		e.amount("net", s.Lines[i].Net)
		e.optionalAmount("discount", s.Lines[i].Discount)
		e.optionalAmount("cost", s.Lines[i].Cost)
	})
	e.optionalKeyed("taxes", s.Taxes)
	e.optionalKeyed("shipping", s.Shipping)
	e.optionalKeyed("fees", s.Fees)
	if len(s.GiftCardsSold) > 0 {
		e.amounts("gift_cards_sold", s.GiftCardsSold)
	}
	e.optionalAmount("tip", s.Tip)
	e.optionalAmount("rounding", s.Rounding)
}

func (d *CustomerDeposit) encode(e *encoder) {
	e.number("action", int64(d.Action))
	e.list("lines", len(d.Lines), func(i int) {
		e.text("payment_type", d.Lines[i].PaymentType)
		e.amount("amount", d.Lines[i].Amount)
		e.optionalText("refund_payment_type", d.Lines[i].RefundPaymentType)
	})
}

func (p *PurchaseReceipt) encode(e *encoder) {
	e.optionalKeyed("lines", p.Lines)
	e.optionalList("landed_costs", len(p.LandedCosts), func(i int) {
		e.text("name", p.LandedCosts[i].Name)
		e.text("item_class", p.LandedCosts[i].ItemClass)
		e.amount("amount", p.LandedCosts[i].Amount)
	})
}

func (p *PurchaseReturn) encode(e *encoder) { e.keyed("lines", p.Lines) }

func (t *Transfer) encode(e *encoder) {
	e.number("leg", int64(t.Leg))
	e.text("other", string(t.Other))
	e.keyed("lines", t.Lines)
	e.optionalText("reason", t.Reason)
}

func (a *InventoryAdjustment) encode(e *encoder) {
	e.text("reason", a.Reason)
	e.keyed("lines", a.Lines)
}

func (a *GiftCardAdjustment) encode(e *encoder) {
	e.text("reason", a.Reason)
	e.amount("amount", a.Amount)
}

func (c *CashPaidInOut) encode(e *encoder) {
	e.number("direction", int64(c.Direction))
	e.text("reason", c.Reason)
	e.amount("amount", c.Amount)
}

func (t *TillCount) encode(e *encoder) {
	e.amount("expected", t.Expected)
	e.amount("counted", t.Counted)
}

func (p *Payout) encode(e *encoder) {
	e.text("bank_account", p.BankAccount)
	e.list("parts", len(p.Parts), func(i int) {
		e.text("payment_type", p.Parts[i].PaymentType)
		e.amount("gross", p.Parts[i].Gross)
		e.optionalAmount("fee", p.Parts[i].Fee)
	})
}
