package demo

import (
	"fmt"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// forfeitedDeposit is the fee that the API books forfeited deposits under.
const forfeitedDeposit = "Forfeited deposit"

// Changes are signed changes of accounts in minor units, by fully qualified name: a debit is positive, a credit
// negative. Accounts without a change are left out.
type Changes map[string]int64

// Oracle says what an event must do to the books. It computes from the event as it is sent and from the retailer's
// choice of accounts, and shares no code with the service that posts.
type Oracle struct {
	accounts map[Slot]string
}

// NewOracle returns the oracle of a retailer that has made these choices.
func NewOracle(mapping []Choice) *Oracle {
	accounts := make(map[Slot]string, len(mapping))
	for _, choice := range mapping {
		accounts[choice.Slot] = choice.Account
	}
	return &Oracle{accounts: accounts}
}

// Expect returns what an event must change, account by account; empty when there is nothing to book. It fails when an
// account is missing, when a sale's payments differ from what was sold, and for kinds that it does not know.
func (o *Oracle) Expect(event *financialv1.Event) (Changes, error) {
	t := &tally{oracle: o, location: event.GetLocationId(), changes: Changes{}}
	switch detail := event.GetDetail().(type) {
	case *financialv1.Event_Sale:
		t.sale(detail.Sale)
	case *financialv1.Event_CustomerDeposit:
		t.customerDeposit(detail.CustomerDeposit)
	case *financialv1.Event_PurchaseReceipt:
		t.purchaseReceipt(detail.PurchaseReceipt)
	case *financialv1.Event_CashPaidInOut:
		t.cashPaidInOut(detail.CashPaidInOut)
	case *financialv1.Event_PurchaseReturn:
		t.stock(detail.PurchaseReturn.GetLines(), financialv1.Role_ROLE_INVENTORY, financialv1.Role_ROLE_PURCHASES_RETURNED, "")
	case *financialv1.Event_Transfer:
		t.transfer(detail.Transfer)
	case *financialv1.Event_InventoryAdjustment:
		adjusted := detail.InventoryAdjustment
		t.stock(adjusted.GetLines(), financialv1.Role_ROLE_INVENTORY_ADJUSTMENT, financialv1.Role_ROLE_INVENTORY,
			adjusted.GetReason())
	case *financialv1.Event_GiftCardAdjustment:
		adjusted := detail.GiftCardAdjustment
		t.credit(financialv1.Role_ROLE_GIFT_CARD_LIABILITY, "", adjusted.GetAmount())
		t.debit(financialv1.Role_ROLE_GIFT_CARD_ADJUSTMENT, adjusted.GetReason(), adjusted.GetAmount())
	case *financialv1.Event_TillCount:
		over := detail.TillCount.GetCountedAmount() - detail.TillCount.GetExpectedAmount()
		t.debit(financialv1.Role_ROLE_CASH_DRAWER, "", over)
		t.credit(financialv1.Role_ROLE_TILL_OVER_SHORT, "", over)
	case *financialv1.Event_Payout:
		t.payout(detail.Payout)
	default:
		return nil, fmt.Errorf("event %s: the oracle does not know %T", event.GetEventId(), detail)
	}
	var sum int64
	for account, change := range t.changes {
		if sum += change; change == 0 {
			delete(t.changes, account)
		}
	}
	if len(t.missing) > 0 {
		return nil, fmt.Errorf("event %s: no account for %v", event.GetEventId(), t.missing)
	}
	if sum != 0 {
		return nil, fmt.Errorf("event %s: debits and credits differ by %s", event.GetEventId(), money(sum))
	}
	return t.changes, nil
}

// account finds the account of a slot: with its location, by its key, any key at the location, any key.
func (o *Oracle) account(slot Slot) (string, bool) {
	for _, step := range []Slot{
		slot,
		{Role: slot.Role, Key: slot.Key},
		{Role: slot.Role, Location: slot.Location},
		{Role: slot.Role},
	} {
		if account, ok := o.accounts[step]; ok {
			return account, true
		}
	}
	if slot.Role == financialv1.Role_ROLE_CASH_DRAWER {
		return o.account(Slot{financialv1.Role_ROLE_PAYMENT, cash, slot.Location})
	}
	return "", false
}

// tally adds up what one event changes.
type tally struct {
	oracle   *Oracle
	location string
	changes  Changes
	missing  []Slot
}

// debit adds an amount to the debit side of a slot's account; a negative one lowers it.
func (t *tally) debit(role financialv1.Role, key string, amount int64) {
	if amount == 0 {
		return
	}
	slot := Slot{role, key, t.location}
	account, ok := t.oracle.account(slot)
	if !ok {
		t.missing = append(t.missing, slot)
		return
	}
	t.changes[account] += amount
}

// credit adds an amount to the credit side of a slot's account.
func (t *tally) credit(role financialv1.Role, key string, amount int64) { t.debit(role, key, -amount) }

func (t *tally) sale(sale *financialv1.Sale) {
	for _, tender := range sale.GetTenders() {
		t.debit(financialv1.Role_ROLE_PAYMENT, tender.GetPaymentType(), tender.GetAmount())
	}
	for _, deposit := range sale.GetDepositsApplied() {
		t.debit(financialv1.Role_ROLE_DEPOSIT, deposit.GetPaymentType(), deposit.GetAmount())
	}
	for _, line := range sale.GetLines() {
		t.saleLine(line)
	}
	for _, tax := range sale.GetTaxes() {
		t.credit(financialv1.Role_ROLE_SALES_TAX, tax.GetAuthority(), tax.GetAmount())
	}
	for _, shipping := range sale.GetShipping() {
		t.credit(financialv1.Role_ROLE_SHIPPING, shipping.GetMethod(), shipping.GetAmount())
	}
	for _, fee := range sale.GetFees() {
		t.credit(financialv1.Role_ROLE_FEE, fee.GetName(), fee.GetAmount())
	}
	for _, card := range sale.GetGiftCardsSold() {
		t.credit(financialv1.Role_ROLE_GIFT_CARD_LIABILITY, "", card.GetAmount())
	}
	t.credit(financialv1.Role_ROLE_TIPS, "", sale.GetTipAmount())
	t.credit(financialv1.Role_ROLE_ROUNDING, "", sale.GetRoundingAmount())
}

// saleLine books revenue net of discount, or gross with the discount apart where the retailer chose an account for it.
func (t *tally) saleLine(line *financialv1.SaleLine) {
	class, revenue := line.GetItemClass(), line.GetNetAmount()
	if _, apart := t.oracle.account(Slot{financialv1.Role_ROLE_DISCOUNT, class, t.location}); apart {
		revenue += line.GetDiscountAmount()
		t.debit(financialv1.Role_ROLE_DISCOUNT, class, line.GetDiscountAmount())
	}
	t.credit(financialv1.Role_ROLE_REVENUE, class, revenue)
	t.debit(financialv1.Role_ROLE_COST_OF_GOODS_SOLD, class, line.GetCostAmount())
	t.credit(financialv1.Role_ROLE_INVENTORY, class, line.GetCostAmount())
}

func (t *tally) customerDeposit(deposit *financialv1.CustomerDeposit) {
	for _, line := range deposit.GetLines() {
		paidBy, amount := line.GetPaymentType(), line.GetAmount()
		switch deposit.GetAction() {
		case financialv1.CustomerDeposit_ACTION_COLLECTED:
			t.debit(financialv1.Role_ROLE_PAYMENT, paidBy, amount)
			t.credit(financialv1.Role_ROLE_DEPOSIT, paidBy, amount)
		case financialv1.CustomerDeposit_ACTION_REFUNDED:
			refundedBy := paidBy
			if line.GetRefundPaymentType() != "" {
				refundedBy = line.GetRefundPaymentType()
			}
			t.debit(financialv1.Role_ROLE_DEPOSIT, paidBy, amount)
			t.credit(financialv1.Role_ROLE_PAYMENT, refundedBy, amount)
		case financialv1.CustomerDeposit_ACTION_FORFEITED:
			t.debit(financialv1.Role_ROLE_DEPOSIT, paidBy, amount)
			t.credit(financialv1.Role_ROLE_FEE, forfeitedDeposit, amount)
		case financialv1.CustomerDeposit_ACTION_UNSPECIFIED: // refused when recorded
		}
	}
}

func (t *tally) purchaseReceipt(receipt *financialv1.PurchaseReceipt) {
	for _, line := range receipt.GetLines() {
		t.debit(financialv1.Role_ROLE_INVENTORY, line.GetItemClass(), line.GetCostAmount())
		t.credit(financialv1.Role_ROLE_PURCHASES_RECEIVED, line.GetItemClass(), line.GetCostAmount())
	}
	for _, landed := range receipt.GetLandedCosts() {
		t.debit(financialv1.Role_ROLE_INVENTORY, landed.GetItemClass(), landed.GetAmount())
		t.credit(financialv1.Role_ROLE_FEE, landed.GetName(), landed.GetAmount())
	}
}

func (t *tally) cashPaidInOut(paid *financialv1.CashPaidInOut) {
	out := paid.GetAmount()
	if paid.GetDirection() == financialv1.CashPaidInOut_DIRECTION_PAID_IN {
		out = -out
	}
	t.debit(financialv1.Role_ROLE_CASH_PAID_IN_OUT, paid.GetReason(), out)
	t.credit(financialv1.Role_ROLE_CASH_DRAWER, "", out)
}
