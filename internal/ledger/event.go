package ledger

import "time"

// Event is one financial event of the retail platform. Its JSON form (see Encode) is what is stored and hashed.
type Event struct {
	ID           EventID    `json:"id"`
	Number       string     `json:"number"`
	Revision     int32      `json:"revision"`
	Location     LocationID `json:"location"`
	OccurredAt   time.Time  `json:"occurred_at"` // UTC, whole microseconds
	BusinessDate Date       `json:"business_date"`
	Currency     Currency   `json:"currency"`
	Memo         string     `json:"memo,omitempty"`
	SourceURL    string     `json:"source_url,omitempty"`
	// Voided is true when this revision voids the document: nothing of it counts any more.
	Voided bool `json:"voided,omitempty"`
	// Detail is what happened: one of the ten types of this package that implement it.
	Detail Detail `json:"-"`
}

// Kind names the ten kinds of events. The numbers are stored and sent: never renumber.
type Kind uint8

// The kinds.
const (
	KindSale                Kind = 1
	KindCustomerDeposit     Kind = 2
	KindPurchaseReceipt     Kind = 3
	KindPurchaseReturn      Kind = 4
	KindTransfer            Kind = 5
	KindInventoryAdjustment Kind = 6
	KindGiftCardAdjustment  Kind = 7
	KindCashPaidInOut       Kind = 8
	KindTillCount           Kind = 9
	KindPayout              Kind = 10
)

// String returns the kind's name as the API spells it.
func (k Kind) String() string { return name(kindNames[:], int(k)) }

var kindNames = [...]string{ //nolint:gochecknoglobals // a table that never changes
	"UNSPECIFIED", "SALE", "CUSTOMER_DEPOSIT", "PURCHASE_RECEIPT", "PURCHASE_RETURN", "TRANSFER", "INVENTORY_ADJUSTMENT",
	"GIFT_CARD_ADJUSTMENT", "CASH_PAID_IN_OUT", "TILL_COUNT", "PAYOUT",
}

// Detail is what happened in an event. The set is closed: Sale, CustomerDeposit, PurchaseReceipt, PurchaseReturn,
// Transfer, InventoryAdjustment, GiftCardAdjustment, CashPaidInOut, TillCount and Payout, each as a pointer.
type Detail interface {
	// Kind returns the kind of event that this detail makes.
	Kind() Kind
	// Total returns the document's total for lists: what was paid for a sale, otherwise the sum of its amounts; negative
	// where money or stock went the other way. It does not check for overflow: the bounds of a valid event rule it out.
	Total() Amount
	// amounts calls yield with every amount of the detail, for bounds.
	amounts(yield func(Amount))
	// encode writes the detail's fields as JSON.
	encode(e *encoder)
}

// Keyed is an amount under a mapping key: a payment type, a tax authority, a shipping method, a fee name or an item
// class, as the field that holds it says.
type Keyed struct {
	Key    string `json:"key"`
	Amount Amount `json:"amount"`
}

// Sale is a completed ticket or invoice. Tenders + DepositsApplied = Lines + Taxes + Shipping + Fees + GiftCardsSold +
// Tip + Rounding.
type Sale struct {
	Tenders         []Keyed    `json:"tenders,omitempty"`          // by payment type
	DepositsApplied []Keyed    `json:"deposits_applied,omitempty"` // by payment type
	Lines           []SaleLine `json:"lines,omitempty"`
	Taxes           []Keyed    `json:"taxes,omitempty"`    // by tax authority
	Shipping        []Keyed    `json:"shipping,omitempty"` // by shipping method
	Fees            []Keyed    `json:"fees,omitempty"`     // by fee name
	GiftCardsSold   []Amount   `json:"gift_cards_sold,omitempty"`
	Tip             Amount     `json:"tip,omitempty"`
	Rounding        Amount     `json:"rounding,omitempty"` // positive: the customer paid more than the exact total
}

// SaleLine is merchandise of one item class. Net is without tax and net of Discount; all are negative for a return.
type SaleLine struct {
	ItemClass string `json:"item_class"`
	Net       Amount `json:"net"`
	Discount  Amount `json:"discount,omitempty"`
	Cost      Amount `json:"cost,omitempty"`
}

// DepositAction says which way a customer's deposit went.
type DepositAction uint8

// The deposit actions.
const (
	DepositCollected DepositAction = 1
	DepositRefunded  DepositAction = 2
	DepositForfeited DepositAction = 3
)

// CustomerDeposit is money of a customer for goods not yet delivered.
type CustomerDeposit struct {
	Action DepositAction `json:"action"`
	Lines  []DepositLine `json:"lines"`
}

// DepositLine is a deposit held under one payment type. RefundPaymentType is where a refund was paid out by another one.
type DepositLine struct {
	PaymentType       string `json:"payment_type"`
	Amount            Amount `json:"amount"`
	RefundPaymentType string `json:"refund_payment_type,omitempty"`
}

// PurchaseReceipt is merchandise that a vendor delivered, by item class at cost.
type PurchaseReceipt struct {
	Lines       []Keyed      `json:"lines,omitempty"`
	LandedCosts []LandedCost `json:"landed_costs,omitempty"`
}

// LandedCost raises the stock of ItemClass and credits the fee Name.
type LandedCost struct {
	Name      string `json:"name"`
	ItemClass string `json:"item_class"`
	Amount    Amount `json:"amount"`
}

// PurchaseReturn is merchandise sent back to a vendor, by item class at cost.
type PurchaseReturn struct {
	Lines []Keyed `json:"lines"`
}

// TransferLeg is a part of a transfer that is completed on its own.
type TransferLeg uint8

// The legs.
const (
	TransferShipment TransferLeg = 1
	TransferReceived TransferLeg = 2
	TransferLoss     TransferLeg = 3
)

// Transfer is one leg of moving stock between the event's location and Other, by item class at cost. Reason is set for
// TransferLoss only.
type Transfer struct {
	Leg    TransferLeg `json:"leg"`
	Other  LocationID  `json:"other"`
	Lines  []Keyed     `json:"lines"`
	Reason string      `json:"reason,omitempty"`
}

// InventoryAdjustment is stock found (positive) or lost (negative), by item class at cost.
type InventoryAdjustment struct {
	Reason string  `json:"reason"`
	Lines  []Keyed `json:"lines"`
}

// GiftCardAdjustment is a change of a card's balance outside the point of sale; positive raises what is owed.
type GiftCardAdjustment struct {
	Reason string `json:"reason"`
	Amount Amount `json:"amount"`
}

// CashDirection says which way cash went.
type CashDirection uint8

// The cash directions.
const (
	CashPaidOut CashDirection = 1
	CashPaidIn  CashDirection = 2
)

// CashPaidInOut is cash put into a drawer or taken out of it. Amount is positive.
type CashPaidInOut struct {
	Direction CashDirection `json:"direction"`
	Reason    string        `json:"reason"`
	Amount    Amount        `json:"amount"`
}

// TillCount is a drawer counted against what it should hold.
type TillCount struct {
	Expected Amount `json:"expected"`
	Counted  Amount `json:"counted"`
}

// Payout is money arriving at the bank for tenders taken earlier.
type Payout struct {
	BankAccount string       `json:"bank_account"`
	Parts       []PayoutPart `json:"parts"`
}

// PayoutPart is the part of a payout that stems from one payment type.
type PayoutPart struct {
	PaymentType string `json:"payment_type"`
	Gross       Amount `json:"gross"`
	Fee         Amount `json:"fee,omitempty"`
}
