package demo

import (
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// stock moves the cost of each line from one role to another. Of the two, the roles of item classes take the line's
// class as their key, and an adjustment its reason.
func (t *tally) stock(lines []*financialv1.StockLine, from, to financialv1.Role, reason string) {
	key := func(role financialv1.Role, class string) string {
		switch role {
		case financialv1.Role_ROLE_INVENTORY_ADJUSTMENT:
			return reason
		case financialv1.Role_ROLE_INVENTORY_IN_TRANSIT:
			return ""
		default:
			return class
		}
	}
	for _, line := range lines {
		t.credit(from, key(from, line.GetItemClass()), line.GetCostAmount())
		t.debit(to, key(to, line.GetItemClass()), line.GetCostAmount())
	}
}

func (t *tally) transfer(moved *financialv1.Transfer) {
	const stock, transit = financialv1.Role_ROLE_INVENTORY, financialv1.Role_ROLE_INVENTORY_IN_TRANSIT
	switch moved.GetLeg() {
	case financialv1.Transfer_LEG_SHIPMENT:
		t.stock(moved.GetLines(), stock, transit, "")
	case financialv1.Transfer_LEG_RECEIPT:
		t.stock(moved.GetLines(), transit, stock, "")
	case financialv1.Transfer_LEG_LOSS:
		t.stock(moved.GetLines(), transit, financialv1.Role_ROLE_INVENTORY_ADJUSTMENT, moved.GetReason())
	case financialv1.Transfer_LEG_UNSPECIFIED: // refused when recorded
	}
}

func (t *tally) payout(paid *financialv1.Payout) {
	for _, part := range paid.GetParts() {
		t.credit(financialv1.Role_ROLE_PAYMENT, part.GetPaymentType(), part.GetGrossAmount())
		t.debit(financialv1.Role_ROLE_MERCHANT_FEE, part.GetPaymentType(), part.GetFeeAmount())
		t.debit(financialv1.Role_ROLE_BANK_DEPOSIT, paid.GetBankAccount(), part.GetGrossAmount()-part.GetFeeAmount())
	}
}
