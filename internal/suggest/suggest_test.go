package suggest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/suggest"
)

// found returns where the look-up ends for each of the needs, by the suggestions alone: "" where it ends nowhere.
func found(t *testing.T, chart []suggest.Account, needs []ledger.Slot) map[string]string {
	t.Helper()
	mapping := map[ledger.Slot]ledger.AccountID{}
	names := map[ledger.AccountID]string{}
	for _, s := range suggest.Suggest(needs, chart) {
		mapping[s.Slot] = s.Account
		names[s.Account] = s.AccountName
	}
	out := map[string]string{}
	for _, need := range needs {
		account := ledger.Always(mapping).Lookup(need, "2026-01-01").Account
		out[strings.TrimSpace(need.Role.String()+" "+need.Key)] = names[account]
	}
	return out
}

// What looks right and is wrong, one case at a time: the chart has only this account, and it is not suggested.
func TestTraps(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ slot, account string }{
		{"PAYMENT House Account", "House Account | Accounts Receivable | AccountsReceivable"},
		{"PURCHASES_RECEIVED Bikes", "Goods Received Not Billed | Accounts Payable | AccountsPayable"},
		{"REVENUE Bikes", "Bikes | Income | SalesOfProductIncome | inactive"},
		{"REVENUE Bikes", "Bikes | Income | SalesOfProductIncome | deleted"},
		{"REVENUE Bikes", "Bikes | Income | SalesOfProductIncome | foreign"},
		{"REVENUE Bikes", "Bikes | Expense | SuppliesMaterials"},
		{"REVENUE Bikes", "Sales Discounts | Income | DiscountsRefundsGiven"},
		{"REVENUE Bikes", "Sales of Gift Cards | Income | SalesOfProductIncome"},
		{"REVENUE Bikes", "Income | Income | OtherPrimaryIncome"},
		{"REVENUE Books", "Sales:Boots | Income | SalesOfProductIncome"},
		{"INVENTORY Bikes", "Inventory Asset:Footwear | Other Current Asset | Inventory"},
		{"INVENTORY Bikes", "Footwear Inventory | Other Current Asset | Inventory"},
		{"INVENTORY Bikes", "Footwear | Other Current Asset | Inventory"},
		{"INVENTORY Bikes", "Inventory in Transit | Other Current Asset | Inventory"},
		{"INVENTORY Visa", "Card Clearing:Visa | Other Current Asset | OtherCurrentAssets"},
		{"INVENTORY_IN_TRANSIT", "Deposits in Transit | Other Current Asset | OtherCurrentAssets"},
		{"COST_OF_GOODS_SOLD Bikes", "Cost of Labor | Cost of Goods Sold | CostOfLaborCos"},
		{"COST_OF_GOODS_SOLD Insurance", "Insurance | Expense | Insurance"},
		{"PURCHASES_RECEIVED Bikes", "Inventory:Bikes | Other Current Asset | Inventory"},
		{"PAYMENT Visa", "Visa | Credit Card | CreditCard"},
		{"PAYMENT Visa", "Visa Payable | Other Current Liability | OtherCurrentLiabilities"},
		{"PAYMENT Check", "Checking | Bank | Checking"},
		{"PAYMENT Cash", "Petty Cash | Bank | CashOnHand"},
		{"PAYMENT Cash App", "Cash on Hand | Bank | CashOnHand"},
		{"PAYMENT Gift Card", "Gift Card Clearing | Other Current Asset | OtherCurrentAssets"},
		{"PAYMENT Visa", "Undeposited Funds | Other Current Asset | UndepositedFunds"},
		{"DEPOSIT Cash", "Payroll Direct Deposits | Other Current Liability | DirectDepositPayable"},
		{"GIFT_CARD_ADJUSTMENT Goodwill", "Gift Card Liability | Other Current Liability | OtherCurrentLiabilities"},
		{"SALES_TAX Ohio", "Payroll Tax Payable | Other Current Liability | PayrollTaxPayable"},
		{"SALES_TAX Washington County", "Sales Tax Payable:Washington | Other Current Liability | SalesTaxPayable"},
		{"SALES_TAX City of Colorado Springs", "Sales Tax Payable:Colorado | Other Current Liability | SalesTaxPayable"},
		{"SALES_TAX City of Boulder", "Sales Tax Payable:Boulder County | Other Current Liability | SalesTaxPayable"},
		{"FEE Freight In", "Fee Income | Income | ServiceFeeIncome"},
		{"INVENTORY_ADJUSTMENT Opening Stock", "Inventory Adjustments | Cost of Goods Sold | SuppliesMaterialsCogs"},
		{"CASH_PAID_IN_OUT Cash Drop", "Petty Cash Expenses | Expense | OfficeGeneralAdministrativeExpenses"},
		{"CASH_PAID_IN_OUT Lunch", "Uncategorized Expense | Expense | OtherMiscellaneousServiceCost"},
		{"BANK_DEPOSIT Wells Fargo", "Chase Checking | Bank | Checking"},
		{"BANK_DEPOSIT Main Account", "Payroll Checking | Bank | Checking"},
		{"BANK_DEPOSIT Main Account", "Cash on Hand | Bank | CashOnHand"},
		{"DISCOUNT Bikes", "Purchase Discounts Taken | Income | DiscountsRefundsGiven"},
		{"DISCOUNT Bikes", "Bikes | Income | SalesOfProductIncome"},
		{"TILL_OVER_SHORT", "Cash Rounding | Expense | OtherMiscellaneousServiceCost"},
	} {
		needs := slots(t, test.slot)
		chart := chartOf(t, test.account)
		if got := suggest.Suggest(needs, chart); len(got) > 0 {
			t.Errorf("%s: suggested %q with %.2f: %s", test.slot, got[0].AccountName, got[0].Confidence, got[0].Reason)
		}
		if got := suggest.Missing(needs, chart); len(got) == 0 && needs[0].Role != ledger.RoleDiscount {
			t.Errorf("%s: no new account is proposed either", test.slot)
		}
	}
}

func TestConfidenceAndReason(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		slot, account string
		from, to      float64
		reason        string
	}{
		{
			"PAYMENT Visa", "Card Clearing:Visa | Other Current Asset | OtherCurrentAssets", 0.95, 1,
			`The account "Card Clearing:Visa" has the name of the payment type "Visa".`,
		},
		{
			"REVENUE Apparel", "Sales:Clothing | Income | SalesOfProductIncome", 0.93, 0.97,
			`The account "Sales:Clothing" says the same as the item class "Apparel".`,
		},
		{
			"REVENUE Footwear", "Sales:Footware | Income | SalesOfProductIncome", 0.8, 0.94,
			`The account "Sales:Footware" has, but for the spelling, the name of the item class "Footwear".`,
		},
		{
			"REVENUE Men's Apparel", "Sales:Apparel | Income | SalesOfProductIncome", 0.65, 0.8,
			`The account "Sales:Apparel" is, by its name, for a wider group with the item class "Men's Apparel".`,
		},
		{
			"REVENUE Apparel > Men's", "Sales:Apparel | Income | SalesOfProductIncome", 0.65, 0.8,
			`The account "Sales:Apparel" is, by its name, for a wider group with the item class "Apparel > Men's".`,
		},
		{
			"MERCHANT_FEE Visa", "Fees:Visa and Mastercard | Expense | BankCharges", 0.7, 0.9,
			`The account "Fees:Visa and Mastercard" names several, and one of them is the payment type "Visa".`,
		},
		{
			"SALES_TAX King County", "Sales Tax Payable:County | Other Current Liability | SalesTaxPayable", 0.7, 0.8,
			`The account "Sales Tax Payable:County" is for authorities of the level of the tax authority "King County".`,
		},
		{
			"INVENTORY Bikes", "Inventory Asset | Other Current Asset | Inventory", 0.6, 0.75,
			`The account "Inventory Asset" is by its name the general one for the role "inventory".`,
		},
		{
			"PAYMENT Cash", "Undeposited Funds | Other Current Asset | UndepositedFunds", 0.7, 0.8,
			`The account "Undeposited Funds" is where QuickBooks keeps payments until they are deposited.`,
		},
		{
			"TIPS", "Tips Payable | Other Current Liability | OtherCurrentLiabilities", 0.9, 1,
			`The account "Tips Payable" is by its name the general one for the role "tips".`,
		},
		{
			"BANK_DEPOSIT Main", "Checking | Bank | Checking", 0.6, 0.7,
			`The account "Checking" is by its name the general one for the role "bank deposit".`,
		},
		{
			"BANK_DEPOSIT Main", "Banque | Bank | Checking", 0, 0, "",
		},
	} {
		got := suggest.Suggest(slots(t, test.slot), chartOf(t, test.account))
		if test.reason == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 {
			t.Errorf("%s: %d suggestions, want one", test.slot, len(got))
			continue
		}
		if s := got[0]; s.Reason != test.reason || s.Confidence < test.from || s.Confidence > test.to {
			t.Errorf("%s: %.2f: %s\nwant %.2f to %.2f: %s", test.slot, s.Confidence, s.Reason, test.from, test.to, test.reason)
		}
	}
}

// The cash drawer follows the payment type "Cash", and is as sure.
func TestCashDrawerFollowsCash(t *testing.T) {
	t.Parallel()
	got := suggest.Suggest(slots(t, "CASH_DRAWER", "PAYMENT Cash"), chartOf(t, "Undeposited Funds | Other Current Asset | UndepositedFunds"))
	if len(got) != 2 || got[0].Account != got[1].Account || got[0].Confidence != got[1].Confidence {
		t.Errorf("suggested %+v, want one account for both, as sure", got)
	}
	if got := suggest.Missing(slots(t, "CASH_DRAWER"), nil); len(got) != 1 || got[0].Name != "Cash on Hand" {
		t.Errorf("new accounts %+v, want one for the drawer", got)
	}
}

func TestRivalLowersConfidence(t *testing.T) {
	t.Parallel()
	got := suggest.Suggest(slots(t, "REVENUE Bikes"), chartOf(t,
		"Sales:Bikes | Income | SalesOfProductIncome", "Web Sales:Bikes | Income | SalesOfProductIncome"))
	want := `The account "Sales:Bikes" has the name of the item class "Bikes", though "Web Sales:Bikes" would do as well.`
	if len(got) != 1 || got[0].Reason != want || got[0].Confidence > 0.9 {
		t.Errorf("suggested %+v, want one below 0.9 with the reason %s", got, want)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	got := suggest.Suggest(demoWeek(), simulatorChart(t))
	sorted := slices.IsSortedFunc(got, func(a, b suggest.Suggestion) int {
		switch {
		case a.Confidence != b.Confidence:
			return int(1000 * (b.Confidence - a.Confidence))
		case a.Slot.Role != b.Slot.Role:
			return int(a.Slot.Role) - int(b.Slot.Role)
		default:
			return strings.Compare(a.Slot.Key, b.Slot.Key)
		}
	})
	if !sorted {
		t.Errorf("the suggestions are not in order: %+v", got)
	}
}

// The demo's retailer chose its accounts by hand. Where a suggestion is for one of its keys, it is the same account.
func TestDemoWeek(t *testing.T) {
	t.Parallel()
	chart, needs := simulatorChart(t), demoWeek()
	got := found(t, chart, needs)
	for slot, want := range map[string]string{
		"PAYMENT Cash":                         "Cash in Drawer",
		"PAYMENT American Express":             "Card Clearing:American Express",
		"PAYMENT PayPal":                       "Digital Wallet Clearing:PayPal",
		"PAYMENT Pay Later":                    "Digital Wallet Clearing:Pay Later",
		"PAYMENT Gift Card":                    "Gift Card Liability",
		"PAYMENT Check":                        "Checks on Hand",
		"PAYMENT Apple Pay":                    "",
		"CASH_DRAWER":                          "Cash in Drawer",
		"DEPOSIT Visa":                         "Customer Deposits",
		"REVENUE Men's Apparel":                "Sales:Apparel",
		"REVENUE Books":                        "Sales:Gifts & Books",
		"REVENUE Tents":                        "Sales:Other Merchandise",
		"INVENTORY Footwear":                   "Inventory:Footwear",
		"INVENTORY Tents":                      "Inventory:Other Merchandise",
		"COST_OF_GOODS_SOLD Women's Apparel":   "Cost of Goods Sold:Apparel",
		"PURCHASES_RECEIVED Footwear":          "Accrued Receipts",
		"PURCHASES_RETURNED Footwear":          "Returned to Vendor",
		"INVENTORY_IN_TRANSIT":                 "Inventory in Transit",
		"INVENTORY_ADJUSTMENT Opening Stock":   "Opening Balance Equity",
		"INVENTORY_ADJUSTMENT Lost in Transit": "Inventory Adjustments:Shrinkage",
		"GIFT_CARD_ADJUSTMENT Goodwill":        "Gift Card Adjustments",
		"GIFT_CARD_ADJUSTMENT Expired":         "Gift Card Breakage",
		"CASH_PAID_IN_OUT Cash Drop":           "Deposits in Transit",
		"CASH_PAID_IN_OUT Change Order":        "Petty Cash",
		"CASH_PAID_IN_OUT Office Supplies":     "Office Supplies",
		"CASH_PAID_IN_OUT Found Cash":          "Petty Cash Expenses",
		"SALES_TAX City of Seattle":            "Sales Tax Payable:City",
		"SHIPPING Courier":                     "Shipping Income",
		"FEE Bag Fee":                          "Bag Fees Payable",
		"FEE Forfeited Deposit":                "Fee Income:Forfeited Deposits",
		"FEE Duty":                             "Accrued Expenses",
		"BANK_DEPOSIT Operating Checking":      "Operating Checking",
		"MERCHANT_FEE Mastercard":              "Merchant Fees:Visa & Mastercard",
		"MERCHANT_FEE PayPal":                  "Merchant Fees:Digital Wallets",
		"MERCHANT_FEE Debit Card":              "Merchant Fees",
		"TIPS":                                 "Tips Payable",
	} {
		if got[slot] != want {
			t.Errorf("%s goes to %q, want %q", slot, got[slot], want)
		}
	}
	missing := suggest.Missing(needs, chart)
	want := []suggest.NewAccount{{
		Name: "Apple Pay", Parent: "Digital Wallet Clearing", Type: ledger.TypeOtherCurrentAsset, SubType: "OtherCurrentAssets",
		Slots: slots(t, "PAYMENT Apple Pay"), Reason: `No account of the chart is for the payment type "Apple Pay".`,
	}}
	if diff := cmp.Diff(want, missing); diff != "" {
		t.Errorf("new accounts (-want +got):\n%s", diff)
	}
}
