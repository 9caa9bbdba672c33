package suggest

import "github.com/tillpost/tillpost/internal/ledger"

// profile is what retail accounting knows of a role: how its accounts are called, which of QuickBooks' detail types they
// have, and which account to create where there is none.
type profile struct {
	// names are what an account that serves the whole role is called, the most telling first.
	names []string
	// subTypes are the detail types that mark an account of the role.
	subTypes []string
	// never are account types that fit the role and are still not proposed for it.
	never []ledger.AccountType
	// create is the account to create; where perKey is true it is the parent of one account per key.
	create template
	perKey bool
}

// template is an account to create.
type template struct {
	name    string
	kind    ledger.AccountType
	subType string
}

// Detail types that several roles share.
const (
	otherAssets      = "OtherCurrentAssets"
	otherLiabilities = "OtherCurrentLiabilities"
	inventory        = "Inventory"
	serviceFees      = "ServiceFeeIncome"
	serviceCost      = "OtherMiscellaneousServiceCost"
	cogs             = "SuppliesMaterialsCogs"
	checking         = "Checking"
)

func profileOf(role ledger.Role) *profile {
	if int(role) >= len(profiles) {
		return &profile{}
	}
	return &profiles[role]
}

var profiles = [...]profile{ //nolint:gochecknoglobals // a table that never changes
	ledger.RolePayment: {
		names: []string{
			"undeposited funds", "payment clearing", "card clearing", "merchant clearing", "credit card clearing", "tender clearing",
		},
		subTypes: []string{"UndepositedFunds"},
		never:    []ledger.AccountType{ledger.TypeCreditCard, ledger.TypeOtherCurrentLiability},
		create:   template{"Payment Clearing", ledger.TypeOtherCurrentAsset, otherAssets}, perKey: true,
	},
	ledger.RoleDeposit: {
		names:  []string{"customer deposits", "customer prepayments", "unearned revenue", "layaway deposits", "special order deposits"},
		create: template{"Customer Deposits", ledger.TypeOtherCurrentLiability, otherLiabilities},
	},
	ledger.RoleRevenue: {
		names:    []string{"sales", "sales of product income", "product sales", "merchandise sales", "retail sales"},
		subTypes: []string{"SalesOfProductIncome", "SalesRetail", "RevenueGeneral"},
		create:   template{"Merchandise Sales", ledger.TypeIncome, "SalesOfProductIncome"},
	},
	ledger.RoleDiscount: {
		names: []string{"discounts given", "sales discounts", "discounts"}, subTypes: []string{"DiscountsRefundsGiven"},
	},
	ledger.RoleCostOfGoodsSold: {
		names: []string{"cost of goods sold", "cost of sales", "product cost"}, subTypes: []string{cogs},
		never:  []ledger.AccountType{ledger.TypeExpense},
		create: template{"Cost of Goods Sold", ledger.TypeCostOfGoodsSold, cogs},
	},
	ledger.RoleInventory: {
		names: []string{"inventory", "inventory asset", "merchandise inventory"}, subTypes: []string{inventory},
		create: template{"Inventory", ledger.TypeOtherCurrentAsset, inventory},
	},
	ledger.RoleInventoryInTransit: {
		names:  []string{"inventory in transit", "goods in transit", "transfers in transit"},
		create: template{"Inventory in Transit", ledger.TypeOtherCurrentAsset, inventory},
	},
	ledger.RolePurchasesReceived: {
		names: []string{
			"goods received not billed", "accrued receipts", "received not invoiced", "inventory received not billed",
			"purchases clearing", "accrued purchases",
		},
		create: template{"Goods Received Not Billed", ledger.TypeOtherCurrentLiability, "AccruedLiabilities"},
	},
	ledger.RolePurchasesReturned: {
		names: []string{
			"vendor returns", "returned to vendor", "purchase returns clearing", "vendor credits receivable", "returns to vendors",
		},
		create: template{"Vendor Returns", ledger.TypeOtherCurrentAsset, otherAssets},
	},
	ledger.RoleInventoryAdjustment: {
		names:  []string{"inventory adjustments", "inventory shrinkage", "inventory variance", "shrinkage"},
		create: template{"Inventory Adjustments", ledger.TypeCostOfGoodsSold, cogs},
	},
	ledger.RoleGiftCardLiability: {
		names:  []string{"gift card liability", "gift cards", "gift cards outstanding", "gift cards store credit"},
		create: template{"Gift Card Liability", ledger.TypeOtherCurrentLiability, otherLiabilities},
	},
	ledger.RoleGiftCardAdjustment: {
		names:  []string{"gift card adjustments", "gift card promotions"},
		never:  []ledger.AccountType{ledger.TypeOtherCurrentLiability, ledger.TypeOtherCurrentAsset},
		create: template{"Gift Card Adjustments", ledger.TypeExpense, serviceCost},
	},
	ledger.RoleCashPaidInOut: {
		names: []string{"petty cash expenses", "store expenses", "paid outs", "miscellaneous expense"},
		never: []ledger.AccountType{
			ledger.TypeIncome, ledger.TypeOtherIncome, ledger.TypeCreditCard, ledger.TypeFixedAsset, ledger.TypeOtherAsset,
			ledger.TypeLongTermLiability, ledger.TypeEquity, ledger.TypeCostOfGoodsSold, ledger.TypeOtherCurrentLiability,
		},
		create: template{"Petty Cash Expenses", ledger.TypeExpense, "OfficeGeneralAdministrativeExpenses"},
	},
	ledger.RoleCashDrawer: {
		names: []string{"cash in drawer", "cash drawer", "register cash", "till cash", "cash on hand"}, subTypes: nil,
		create: template{"Cash in Drawer", ledger.TypeBank, "CashOnHand"},
	},
	ledger.RoleSalesTax: {
		names: []string{"sales tax payable", "sales tax", "tax payable"}, subTypes: []string{"SalesTaxPayable", "GlobalTaxPayable"},
		create: template{"Sales Tax Payable", ledger.TypeOtherCurrentLiability, "SalesTaxPayable"}, perKey: true,
	},
	ledger.RoleShipping: {
		names:  []string{"shipping income", "delivery income", "shipping charged", "freight income"},
		create: template{"Shipping Income", ledger.TypeIncome, serviceFees},
	},
	ledger.RoleFee: {
		names:  []string{"fee income", "service fee income", "customer fees", "surcharges"},
		create: template{"Fee Income", ledger.TypeIncome, serviceFees},
	},
	ledger.RoleTips: {
		names:  []string{"tips payable", "tips", "gratuities payable"},
		create: template{"Tips Payable", ledger.TypeOtherCurrentLiability, otherLiabilities},
	},
	ledger.RoleRounding: {
		names:  []string{"cash rounding", "rounding", "rounding differences"},
		create: template{"Cash Rounding", ledger.TypeExpense, serviceCost},
	},
	ledger.RoleTillOverShort: {
		names:  []string{"cash over and short", "till over and short", "over and short", "cash over short"},
		create: template{"Cash Over and Short", ledger.TypeExpense, serviceCost},
	},
	ledger.RoleBankDeposit: {
		subTypes: []string{checking}, create: template{"", ledger.TypeBank, checking}, perKey: true,
	},
	ledger.RoleMerchantFee: {
		names: []string{"merchant fees", "card processing fees", "credit card fees", "bank service charges", "bank charges"},
		never: []ledger.AccountType{ledger.TypeCostOfGoodsSold}, subTypes: []string{"BankCharges"},
		create: template{"Merchant Fees", ledger.TypeExpense, "BankCharges"},
	},
}

// special is a key that retail accounting knows by its words, and where it belongs whatever the accounts are called.
type special struct {
	role ledger.Role
	// words must all be in the key.
	words []string
	// names are what the account is called.
	names  []string
	create template
	reason string
}

var specials = []special{ //nolint:gochecknoglobals // a table that never changes
	{
		role: ledger.RolePayment, words: []string{"gift"},
		names:  []string{"gift card liability", "gift cards", "gift cards outstanding", "gift cards store credit"},
		create: template{"Gift Card Liability", ledger.TypeOtherCurrentLiability, otherLiabilities},
		reason: "a gift card that is used lowers what is owed to card holders",
	},
	{
		role: ledger.RolePayment, words: []string{"store", "credit"},
		names:  []string{"store credit", "store credit liability", "gift card liability", "gift cards store credit"},
		create: template{"Gift Card Liability", ledger.TypeOtherCurrentLiability, otherLiabilities},
		reason: "store credit that is used lowers what is owed to customers",
	},
	{
		role: ledger.RolePayment, words: []string{"cash"},
		names:  []string{"cash in drawer", "cash drawer", "register cash", "till cash", "cash on hand", "undeposited funds"},
		create: template{"Cash in Drawer", ledger.TypeBank, "CashOnHand"},
		reason: "cash stays in the drawer until it is taken to the bank",
	},
	{
		role: ledger.RolePayment, words: []string{"check"},
		names:  []string{"checks on hand", "undeposited funds"},
		create: template{"Checks on Hand", ledger.TypeOtherCurrentAsset, otherAssets},
		reason: "checks wait there until they are taken to the bank",
	},
	{
		role: ledger.RoleInventoryAdjustment, words: []string{"opening"},
		names:  []string{"opening balance equity"},
		create: template{"Opening Balance Equity", ledger.TypeEquity, "OpeningBalanceEquity"},
		reason: "opening stock belongs to the owners, not to this year's cost",
	},
	{
		role: ledger.RoleGiftCardAdjustment, words: []string{"expired"},
		names:  []string{"gift card breakage", "breakage income"},
		create: template{"Gift Card Breakage", ledger.TypeOtherIncome, "OtherMiscellaneousIncome"},
		reason: "what is not owed any more is income",
	},
	{
		role: ledger.RoleCashPaidInOut, words: []string{"drop"},
		names:  []string{"deposits in transit", "undeposited funds", "cash in transit"},
		create: template{"Deposits in Transit", ledger.TypeOtherCurrentAsset, otherAssets},
		reason: "a cash drop is on its way to the bank and nothing is spent",
	},
	{
		role: ledger.RoleCashPaidInOut, words: []string{"change", "order"},
		names:  []string{"petty cash", "change fund", "safe", "cash on hand"},
		create: template{"Change Fund", ledger.TypeBank, "CashOnHand"},
		reason: "change comes from the office's cash and nothing is earned",
	},
}
