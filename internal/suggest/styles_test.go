package suggest_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A retailer's chart, in the style that QuickBooks proposes to new companies, with little of retail in it.
func defaultChart() []string {
	return []string{
		"Checking | Bank | Checking",
		"Savings | Bank | Savings",
		"Accounts Receivable (A/R) | Accounts Receivable | AccountsReceivable",
		"Inventory Asset | Other Current Asset | Inventory",
		"Prepaid Expenses | Other Current Asset | PrepaidExpenses",
		"Uncategorized Asset | Other Current Asset | OtherCurrentAssets",
		"Undeposited Funds | Other Current Asset | UndepositedFunds",
		"Accounts Payable (A/P) | Accounts Payable | AccountsPayable",
		"Mastercard | Credit Card | CreditCard",
		"Visa | Credit Card | CreditCard",
		"Board of Equalization Payable | Other Current Liability | SalesTaxPayable",
		"Loan Payable | Other Current Liability | OtherCurrentLiabilities",
		"Sales Tax Payable | Other Current Liability | SalesTaxPayable",
		"Opening Balance Equity | Equity | OpeningBalanceEquity",
		"Retained Earnings | Equity | RetainedEarnings",
		"Billable Expense Income | Income | ServiceFeeIncome",
		"Discounts given | Income | DiscountsRefundsGiven",
		"Sales of Product Income | Income | SalesOfProductIncome",
		"Services | Income | ServiceFeeIncome",
		"Uncategorized Income | Income | SalesOfProductIncome",
		"Unapplied Cash Payment Income | Income | UnappliedCashPaymentIncome",
		"Cost of Goods Sold | Cost of Goods Sold | SuppliesMaterialsCogs",
		"Freight & delivery - COS | Cost of Goods Sold | ShippingFreightDeliveryCos",
		"Inventory Shrinkage | Cost of Goods Sold | SuppliesMaterialsCogs",
		"Bank Charges & Fees | Expense | BankCharges",
		"Office Supplies & Software | Expense | OfficeGeneralAdministrativeExpenses",
		"Uncategorized Expense | Expense | OtherMiscellaneousServiceCost",
		"Reconciliation Discrepancies | Other Expense | OtherMiscellaneousExpense",
	}
}

// charts are charts in different styles, with where the look-up of slots ends by the suggestions alone.
var charts = map[string]struct {
	chart []string
	want  map[string]string
}{
	"the chart of a new company": {defaultChart(), map[string]string{
		"PAYMENT Cash":                  "Undeposited Funds",
		"PAYMENT Cheque":                "Undeposited Funds",
		"PAYMENT Visa":                  "", // not the company's own card
		"PAYMENT MC":                    "",
		"PAYMENT Credit Card":           "",
		"PAYMENT Gift Card":             "",
		"PAYMENT House Account":         "",
		"CASH_DRAWER":                   "Undeposited Funds",
		"REVENUE Bikes":                 "Sales of Product Income",
		"REVENUE Helmets":               "Sales of Product Income",
		"DISCOUNT Bikes":                "Discounts given",
		"COST_OF_GOODS_SOLD Bikes":      "Cost of Goods Sold",
		"INVENTORY Bikes":               "Inventory Asset",
		"INVENTORY_IN_TRANSIT":          "",
		"PURCHASES_RECEIVED Bikes":      "",
		"PURCHASES_RETURNED Bikes":      "",
		"INVENTORY_ADJUSTMENT Shrink":   "Inventory Shrinkage",
		"INVENTORY_ADJUSTMENT Opening":  "Opening Balance Equity",
		"GIFT_CARD_LIABILITY":           "",
		"GIFT_CARD_ADJUSTMENT Goodwill": "",
		"CASH_PAID_IN_OUT Lunch":        "",
		"SALES_TAX State of California": "Sales Tax Payable",
		"SHIPPING Ground":               "",
		"FEE Bag Fee":                   "",
		"FEE Freight":                   "",
		"TIPS":                          "",
		"ROUNDING":                      "",
		"TILL_OVER_SHORT":               "",
		"BANK_DEPOSIT Main Account":     "Checking",
		"MERCHANT_FEE Visa":             "Bank Charges & Fees",
		"DEPOSIT Visa":                  "",
	}},
	"a numbered chart": {[]string{
		"1000 Cash Drawer | Bank | CashOnHand",
		"1010 First National Bank - Checking | Bank | Checking",
		"1020 First National Bank - Savings | Bank | Savings",
		"1105 Visa/MC Clearing | Other Current Asset | OtherCurrentAssets",
		"1106 AMEX Clearing | Other Current Asset | OtherCurrentAssets",
		"1300 Inventory - Footwear | Other Current Asset | Inventory",
		"1310 Inventory - Bikes & Parts | Other Current Asset | Inventory",
		"2300 Gift Certificates Outstanding | Other Current Liability | OtherCurrentLiabilities",
		"2310 Colorado Department of Revenue Payable | Other Current Liability | SalesTaxPayable",
		"4010 Sales - Footwear | Income | SalesOfProductIncome",
		"4020 Sales - Bikes & Parts | Income | SalesOfProductIncome",
		"4090 Sales - Other | Income | SalesOfProductIncome",
		"5010 COGS - Footwear | Cost of Goods Sold | SuppliesMaterialsCogs",
		"5090 COGS - Misc. | Cost of Goods Sold | SuppliesMaterialsCogs",
		"6100 Cash Over/Short | Expense | OtherMiscellaneousServiceCost",
		"6200 Credit Card Processing Fees | Expense | BankCharges",
	}, map[string]string{
		"PAYMENT Cash":                  "1000 Cash Drawer",
		"CASH_DRAWER":                   "1000 Cash Drawer",
		"PAYMENT Visa":                  "1105 Visa/MC Clearing",
		"PAYMENT Mastercard":            "1105 Visa/MC Clearing",
		"PAYMENT American Express":      "1106 AMEX Clearing",
		"PAYMENT Discover":              "",
		"PAYMENT Store Credit":          "2300 Gift Certificates Outstanding",
		"GIFT_CARD_LIABILITY":           "2300 Gift Certificates Outstanding",
		"BANK_DEPOSIT First National":   "1010 First National Bank - Checking",
		"BANK_DEPOSIT Credit Union":     "",
		"REVENUE Shoes":                 "4010 Sales - Footwear",
		"REVENUE Bike":                  "4020 Sales - Bikes & Parts",
		"REVENUE Tents":                 "4090 Sales - Other",
		"COST_OF_GOODS_SOLD Footwear":   "5010 COGS - Footwear",
		"COST_OF_GOODS_SOLD Tents":      "5090 COGS - Misc.",
		"INVENTORY Footwear":            "1300 Inventory - Footwear",
		"INVENTORY Tents":               "", // not that of another class
		"SALES_TAX State of Colorado":   "2310 Colorado Department of Revenue Payable",
		"SALES_TAX City of Boulder":     "",
		"TILL_OVER_SHORT":               "6100 Cash Over/Short",
		"MERCHANT_FEE Visa":             "6200 Credit Card Processing Fees",
		"INVENTORY_ADJUSTMENT Write-up": "",
	}},
	"typing errors": {[]string{
		"Card Claering | Other Current Asset | OtherCurrentAssets",
		"Invetory Asset | Other Current Asset | Inventory",
		"Gift Card Liabilty | Other Current Liability | OtherCurrentLiabilities",
		"Sales Tax Payble | Other Current Liability | SalesTaxPayable",
		"Slaes:Footware | Income | SalesOfProductIncome",
		"Slaes:Aparel | Income | SalesOfProductIncome",
		"Slaes:Boots | Income | SalesOfProductIncome",
		"Slaes:Skirts | Income | SalesOfProductIncome",
		"Cost of Godos Sold | Cost of Goods Sold | SuppliesMaterialsCogs",
		"Cash Over and Shrot | Expense | OtherMiscellaneousServiceCost",
		"Merchnat Fees | Expense | BankCharges",
	}, map[string]string{
		"PAYMENT Visa":               "Card Claering",
		"PAYMENT Gift Card":          "Gift Card Liabilty",
		"INVENTORY Bikes":            "Invetory Asset",
		"SALES_TAX Ohio":             "Sales Tax Payble",
		"REVENUE Footwear":           "Slaes:Footware",
		"REVENUE Apparel":            "Slaes:Aparel",
		"REVENUE Books":              "", // no typing error for boots
		"REVENUE Shirts":             "",
		"COST_OF_GOODS_SOLD Apparel": "Cost of Godos Sold",
		"TILL_OVER_SHORT":            "Cash Over and Shrot",
		"MERCHANT_FEE Visa":          "Merchnat Fees",
	}},
	"a foreign chart": {[]string{
		"Banque | Bank | Checking",
		"Warenlager | Other Current Asset | Inventory",
		"Warenlager:Schuhe | Other Current Asset | Inventory",
		"Warenlager:Fahrräder | Other Current Asset | Inventory",
		"Umsatzerlöse | Income | SalesOfProductIncome",
		"Einkauf | Cost of Goods Sold | SuppliesMaterialsCogs",
		"Einkauf:Schuhe | Cost of Goods Sold | SuppliesMaterialsCogs",
		"Einkauf:Fahrräder | Cost of Goods Sold | SuppliesMaterialsCogs",
		"TVQ à payer | Other Current Liability | GlobalTaxPayable",
		"TVA en attente | Other Current Liability | GlobalTaxSuspense",
		"売上高 | Income | ServiceFeeIncome",
	}, map[string]string{
		"REVENUE Schuhe":               "Umsatzerlöse",
		"INVENTORY FAHRRÄDER":          "Warenlager:Fahrräder",
		"INVENTORY Helme":              "Warenlager",
		"COST_OF_GOODS_SOLD Schuhe":    "Einkauf:Schuhe",
		"COST_OF_GOODS_SOLD Helme":     "Einkauf",
		"SALES_TAX Québec":             "TVQ à payer",
		"CASH_PAID_IN_OUT 売上高":         "売上高",
		"CASH_PAID_IN_OUT \U0001F381":  "",
		"BANK_DEPOSIT Caisse centrale": "",
	}},
	"departments first": {[]string{
		"Footwear:Sales | Income | SalesOfProductIncome",
		"Footwear:COGS | Cost of Goods Sold | SuppliesMaterialsCogs",
		"Footwear:Inventory | Other Current Asset | Inventory",
		"Bikes:Sales | Income | SalesOfProductIncome",
	}, map[string]string{
		"REVENUE Footwear":          "Footwear:Sales",
		"REVENUE Bikes":             "Bikes:Sales",
		"REVENUE Tents":             "",
		"INVENTORY Bikes":           "",
		"INVENTORY Footwear":        "Footwear:Inventory",
		"COST_OF_GOODS_SOLD Shoes":  "Footwear:COGS",
		"COST_OF_GOODS_SOLD Gloves": "",
	}},
	"an empty chart": {nil, map[string]string{"REVENUE Bikes": "", "CASH_DRAWER": "", "PAYMENT Cash": "", "TIPS": ""}},
}

func TestSuggestByChart(t *testing.T) {
	t.Parallel()
	for name, test := range charts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs := slots(t, slices.Sorted(maps.Keys(test.want))...)
			if diff := cmp.Diff(test.want, found(t, chartOf(t, test.chart...), needs)); diff != "" {
				t.Errorf("suggested accounts (-want +got):\n%s", diff)
			}
		})
	}
}
