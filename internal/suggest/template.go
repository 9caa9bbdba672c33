package suggest

import "github.com/tillpost/tillpost/internal/ledger"

// QuickBooks' sub-types that new accounts get.
const (
	subAsset     = "OtherCurrentAssets"
	subLiability = "OtherCurrentLiabilities"
	subCash      = "CashOnHand"
	subCogs      = "SuppliesMaterialsCogs"
	subService   = "ServiceFeeIncome"
	subMisc      = "OtherMiscellaneousServiceCost"
)

// template is an account that a retailer's chart should have.
type template struct {
	name    string
	kind    ledger.AccountType
	subType string
	reason  string
}

// roleTemplate returns the account that serves a role by itself. A role without one has an account for each key.
func roleTemplate(role ledger.Role) template {
	switch role {
	case ledger.RolePayment:
		return template{"Payment Clearing", asset, subAsset, "Payments wait here until their money reaches the bank."}
	case ledger.RoleDeposit:
		return template{"Customer Deposits", liability, subLiability, "Deposits of customers are owed to them until the sale."}
	case ledger.RoleRevenue:
		return template{"Sales", income, "SalesOfProductIncome", "The chart has no general account for sales of merchandise."}
	case ledger.RoleCostOfGoodsSold:
		return template{"Cost of Goods Sold", cost, subCogs, "The chart has no general account for what sold merchandise cost."}
	case ledger.RoleInventory:
		return template{"Inventory", asset, "Inventory", "The chart has no general account for stock at cost."}
	case ledger.RoleInventoryInTransit:
		return template{"Inventory in Transit", asset, subAsset, "Stock on its way between two stores belongs to neither."}
	case ledger.RolePurchasesReceived:
		return template{"Goods Received Not Billed", liability, subLiability, "The cost of a delivery waits here for the vendor's bill."}
	case ledger.RolePurchasesReturned:
		return template{"Vendor Returns", asset, subAsset, "The cost of goods sent back waits here for the vendor's credit."}
	case ledger.RoleInventoryAdjustment:
		return template{"Inventory Adjustments", cost, subCogs, "Stock that is lost, broken or found changes the cost of goods."}
	case ledger.RoleGiftCardLiability:
		return template{"Gift Card Liability", liability, subLiability, "A gift card is owed to its holder until it is redeemed."}
	case ledger.RoleGiftCardAdjustment:
		return template{"Gift Card Adjustments", expense, subMisc, "Credit that the store gives away is an expense."}
	default:
		return chargeTemplate(role)
	}
}

func chargeTemplate(role ledger.Role) template {
	switch role {
	case ledger.RoleCashPaidInOut:
		return template{
			"Petty Cash Expenses", expense, "OfficeGeneralAdministrativeExpenses", "Takes the small costs that are paid from the drawer.",
		}
	case ledger.RoleCashDrawer:
		return template{"Cash on Hand", bank, subCash, "Holds the cash of the tills until it is banked."}
	case ledger.RoleSalesTax:
		return template{"Sales Tax Payable", liability, "SalesTaxPayable", "Sales tax is owed to the authorities until it is filed."}
	case ledger.RoleShipping:
		return template{"Shipping Income", income, subService, "Shows apart what customers pay for delivery."}
	case ledger.RoleFee:
		return template{"Fee Income", income, subService, "Shows apart what customers pay for services and surcharges."}
	case ledger.RoleTips:
		return template{"Tips Payable", liability, subLiability, "Tips are owed to the staff until they are paid out."}
	case ledger.RoleRounding:
		return template{"Cash Rounding", expense, subMisc, "Takes the cents that are lost or won when cash is rounded."}
	case ledger.RoleTillOverShort:
		return template{"Cash Over and Short", expense, subMisc, "Takes what a till holds beyond or short of what it should."}
	case ledger.RoleBankDeposit:
		return template{"Checking", bank, "Checking", "Takes the money that card processors pay out and that is banked."}
	case ledger.RoleMerchantFee:
		return template{"Merchant Fees", expense, "BankCharges", "Takes what processors keep of card payments."}
	default:
		return template{}
	}
}

// kindTemplate returns the account that serves a kind of key; false where it needs none of its own.
func kindTemplate(kind kind) (template, bool) {
	switch kind {
	case kindGiftCard:
		return roleTemplate(ledger.RoleGiftCardLiability), true
	case kindCash:
		return roleTemplate(ledger.RoleCashDrawer), true
	case kindCheck:
		return template{"Checks on Hand", asset, subAsset, "Checks wait here until they are deposited."}, true
	case kindLandedCost:
		return template{
			"Landed Cost Clearing", liability, subLiability, "The freight and duty of a delivery wait here for their bills.",
		}, true
	case kindOpening:
		return template{"Opening Stock", equity, "OwnersEquity", "Stock that was there before the books began is the owner's."}, true
	case kindDrop:
		return template{"Deposits in Transit", asset, subAsset, "Cash waits here on its way to the bank."}, true
	case kindChange:
		return template{"Change Fund", bank, subCash, "Is the cash that change for the tills comes from."}, true
	default:
		return template{}, false
	}
}

// clearingTemplate returns the account that payment types of a kind lie below.
func clearingTemplate(kind kind) template {
	switch kind {
	case kindCard:
		return template{"Card Clearing", asset, subAsset, "Card payments wait below it until the processor pays them out."}
	case kindWallet:
		return template{"Digital Wallet Clearing", asset, subAsset, "Payments by digital wallet wait below it until they are paid out."}
	default:
		return roleTemplate(ledger.RolePayment)
	}
}

// defaultSubType returns a sub-type that is valid for a type that accounts are created with.
func defaultSubType(kind ledger.AccountType) string {
	switch kind {
	case bank:
		return subCash
	case asset:
		return subAsset
	case liability:
		return subLiability
	case income:
		return "SalesOfProductIncome"
	case otherIncome:
		return "OtherMiscellaneousIncome"
	case cost:
		return subCogs
	default:
		return subMisc
	}
}
