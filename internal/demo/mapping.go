package demo

import (
	"slices"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// Slot is a place that an account is chosen for. An empty Key means any key of the role, an empty Location any location.
type Slot struct {
	Role     financialv1.Role
	Key      string
	Location string
}

// Choice is the account that the demo retailer chose for a slot, by its fully qualified name.
type Choice struct {
	Slot

	Account string
}

// Mapping returns the demo retailer's choices, in the order in which a person would make them. They cover every slot
// that its week uses, by all four steps of the look-up: with location, by key, any key of a location, any key.
func Mapping() []Choice {
	choices := slices.Concat(paymentChoices(), merchandiseChoices(), chargeChoices(), cashChoices(), stockChoices(), bankChoices())
	for _, drawer := range drawers() {
		choices = append(choices,
			Choice{Slot{financialv1.Role_ROLE_PAYMENT, cash, drawer.location}, drawer.account},
			Choice{Slot{financialv1.Role_ROLE_CASH_DRAWER, "", drawer.location}, drawer.account})
	}
	return choices
}

func drawers() []struct{ location, account string } {
	return []struct{ location, account string }{
		{harborStreet, "Cash in Drawer:Harbor Street"},
		{pineAvenue, "Cash in Drawer:Pine Avenue"},
		{lakesideOutlet, "Cash in Drawer:Lakeside Outlet"},
	}
}

// of gives keys of one role their accounts: pairs of key and account, the empty key for any key.
func of(role financialv1.Role, pairs ...[2]string) []Choice {
	choices := make([]Choice, len(pairs))
	for i, pair := range pairs {
		choices[i] = Choice{Slot{Role: role, Key: pair[0]}, pair[1]}
	}
	return choices
}

func paymentChoices() []Choice {
	return slices.Concat(
		of(financialv1.Role_ROLE_PAYMENT,
			[2]string{"", "Undeposited Funds"},
			[2]string{cash, "Cash in Drawer"}, // of stores without an account of their own
			[2]string{visa, "Card Clearing:Visa"},
			[2]string{mastercard, "Card Clearing:Mastercard"},
			[2]string{americanExpress, "Card Clearing:American Express"},
			[2]string{discover, "Card Clearing:Discover"},
			[2]string{debitCard, "Card Clearing:Debit Card"},
			[2]string{payPal, "Digital Wallet Clearing:PayPal"},
			[2]string{"Apple Pay", "Digital Wallet Clearing"},
			[2]string{payLater, "Digital Wallet Clearing:Pay Later"},
			[2]string{giftCard, "Gift Card Liability"}), // checks take the fallback
		of(financialv1.Role_ROLE_DEPOSIT,
			[2]string{"", "Customer Deposits:Layaway"},
			[2]string{payPal, "Customer Deposits:Special Orders"}),
		of(financialv1.Role_ROLE_GIFT_CARD_LIABILITY, [2]string{"", "Gift Card Liability"}),
	)
}

// merchandiseChoices gives each item class its line in the chart: the same name below sales, cost and inventory.
func merchandiseChoices() []Choice {
	const apparel, shoes, accessories, outdoor, home = "Apparel", "Footwear", "Accessories", "Outdoor Gear", "Home Goods"
	lines := [][2]string{
		{"", "Other Merchandise"},
		{"Men's Apparel", apparel},
		{"Women's Apparel", apparel},
		{"Children's Apparel", apparel},
		{"Rainwear", apparel},
		{"Fleece", apparel},
		{"Base Layers", apparel},
		{"Socks", apparel},
		{footwear, shoes},
		{hikingBoots, shoes},
		{"Sandals", shoes},
		{"Bags", accessories},
		{"Backpacks", outdoor},
		{"Jewelry", accessories},
		{"Watches", accessories},
		{"Sunglasses", accessories},
		{"Camping", outdoor},
		{"Climbing", outdoor},
		{"Tents", outdoor},
		{"Sleeping Bags", outdoor},
		{"Cycling", outdoor},
		{"Snow Sports", outdoor},
		{"Kitchen", home},
		{"Home Decor", home},
		{"Candles", home},
		{"Blankets", home},
		{classBooks, "Gifts & Books"},
		{"Toys", "Gifts & Books"},
	}
	var choices []Choice
	for _, line := range lines {
		choices = append(choices, slices.Concat(
			of(financialv1.Role_ROLE_REVENUE, [2]string{line[0], "Sales:" + line[1]}),
			of(financialv1.Role_ROLE_COST_OF_GOODS_SOLD, [2]string{line[0], "Cost of Goods Sold:" + line[1]}),
			of(financialv1.Role_ROLE_INVENTORY, [2]string{line[0], "Inventory:" + line[1]}),
		)...)
	}
	return append(choices, slices.Concat(
		// Only the discounts on shoes are shown apart; other revenue is booked net of discount.
		of(financialv1.Role_ROLE_DISCOUNT,
			[2]string{footwear, "Discounts Given:Promotions"}, [2]string{hikingBoots, "Discounts Given:Promotions"}),
		of(financialv1.Role_ROLE_PURCHASES_RECEIVED, [2]string{"", "Accrued Receipts"}),
	)...)
}

func chargeChoices() []Choice {
	const ofState, ofCounty, ofCity = "Sales Tax Payable:State", "Sales Tax Payable:County", "Sales Tax Payable:City"
	return slices.Concat(
		of(financialv1.Role_ROLE_SALES_TAX,
			[2]string{"", "Sales Tax Payable"},
			[2]string{"State of Washington", ofState},
			[2]string{colorado, ofState},
			[2]string{"King County", ofCounty},
			[2]string{"Boulder County", ofCounty},
			[2]string{"Mesa County", ofCounty},
			[2]string{"City of Seattle", ofCity},
			[2]string{"City of Boulder", ofCity}),
		of(financialv1.Role_ROLE_SHIPPING,
			[2]string{"", "Shipping Income"},
			[2]string{"Ground", "Shipping Income:Ground"},
			[2]string{"Express", "Shipping Income:Express"}),
		of(financialv1.Role_ROLE_FEE,
			[2]string{"", "Fee Income"},
			[2]string{bagFee, "Bag Fees Payable"},
			[2]string{"Gift Wrapping", "Fee Income:Gift Wrapping"},
			[2]string{"Alterations", "Fee Income:Alterations"},
			[2]string{forfeitedDeposit, "Fee Income:Forfeited Deposits"},
			[2]string{"Freight In", "Accrued Expenses"},
			[2]string{"Duty", "Accrued Expenses"}),
		// In Washington the store keeps the bag fee, in Colorado it owes it.
		[]Choice{{Slot{financialv1.Role_ROLE_FEE, bagFee, harborStreet}, "Fee Income"}},
		of(financialv1.Role_ROLE_TIPS, [2]string{"", "Tips Payable"}),
		of(financialv1.Role_ROLE_ROUNDING, [2]string{"", "Cash Rounding"}),
	)
}

func cashChoices() []Choice {
	return slices.Concat(
		of(financialv1.Role_ROLE_CASH_PAID_IN_OUT,
			[2]string{"", "Petty Cash Expenses"},
			[2]string{"Postage", "Petty Cash Expenses:Postage"},
			[2]string{officeSupplies, officeSupplies},
			[2]string{"Cleaning", "Petty Cash Expenses:Cleaning"},
			[2]string{"Staff Refreshments", "Petty Cash Expenses:Staff Refreshments"},
			[2]string{"Local Travel", "Petty Cash Expenses:Local Travel"},
			[2]string{"Cash Drop", "Deposits in Transit"},
			[2]string{"Change Order", "Petty Cash"}),
		// What the outlet has no account for goes to the upkeep of its building.
		[]Choice{{Slot{financialv1.Role_ROLE_CASH_PAID_IN_OUT, "", lakesideOutlet}, "Repairs & Upkeep"}},
	)
}

func stockChoices() []Choice {
	return slices.Concat(
		of(financialv1.Role_ROLE_INVENTORY_IN_TRANSIT, [2]string{"", "Inventory in Transit"}),
		of(financialv1.Role_ROLE_PURCHASES_RETURNED, [2]string{"", "Returned to Vendor"}),
		of(financialv1.Role_ROLE_INVENTORY_ADJUSTMENT,
			[2]string{"", "Inventory Adjustments"},
			[2]string{openingStock, "Opening Balance Equity"},
			[2]string{shrink, "Inventory Adjustments:Shrinkage"},
			[2]string{damage, "Inventory Adjustments:Damage"}),
	)
}

func bankChoices() []Choice {
	return slices.Concat(
		of(financialv1.Role_ROLE_GIFT_CARD_ADJUSTMENT,
			[2]string{"", "Gift Card Adjustments"}, [2]string{cardExpired, "Gift Card Breakage"}),
		of(financialv1.Role_ROLE_TILL_OVER_SHORT, [2]string{"", "Till Over and Short"}),
		of(financialv1.Role_ROLE_BANK_DEPOSIT, [2]string{"", "Operating Checking"}),
		of(financialv1.Role_ROLE_MERCHANT_FEE,
			[2]string{"", "Merchant Fees"},
			[2]string{visa, "Merchant Fees:Visa & Mastercard"},
			[2]string{mastercard, "Merchant Fees:Visa & Mastercard"},
			[2]string{americanExpress, "Merchant Fees:American Express"},
			[2]string{discover, "Merchant Fees:Discover"},
			[2]string{payPal, "Merchant Fees:Digital Wallets"}),
	)
}
