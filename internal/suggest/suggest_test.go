package suggest_test

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/suggest"
)

// simulated is the chart that comes with the simulator: an ordinary retailer's.
func simulated(t *testing.T) []suggest.Account {
	t.Helper()
	file, err := os.Open("../quickbooks/simulator/data/chart.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	chart := make([]suggest.Account, 0, len(rows))
	for i, row := range rows[1:] {
		chart = append(chart, account(strconv.Itoa(i+1), row[1], ledger.ParseAccountType(row[2]), row[3]))
		chart[i].Number, chart[i].Active = row[0], row[4] == "yes"
	}
	return chart
}

func account(id, name string, kind ledger.AccountType, subType string) suggest.Account {
	return suggest.Account{
		Account:   ledger.Account{ID: ledger.AccountID(id), Name: name, Type: kind, Active: true},
		ShortName: name[strings.LastIndexByte(name, ':')+1:], SubType: subType,
	}
}

func need(role ledger.Role, key string) ledger.Slot { return ledger.Slot{Role: role, Key: key} }

// accountFor returns the name of the account that a slot gets when everything is accepted, by the look-up's own order.
func accountFor(t *testing.T, slot ledger.Slot, needs []ledger.Slot, chart []suggest.Account) string {
	t.Helper()
	return accepted(needs, chart)[ledger.Always(choices(needs, chart)).Lookup(slot, "2026-01-01").Account]
}

// choices is the mapping that all suggestions and all missing accounts make.
func choices(needs []ledger.Slot, chart []suggest.Account) map[ledger.Slot]ledger.AccountID {
	out := map[ledger.Slot]ledger.AccountID{}
	for _, s := range suggest.Suggest(needs, chart) {
		out[s.Slot] = s.Account
	}
	for _, m := range suggest.Missing(needs, chart) {
		for _, slot := range m.Slots {
			out[slot] = ledger.AccountID("new " + m.FullName())
		}
	}
	return out
}

func accepted(needs []ledger.Slot, chart []suggest.Account) map[ledger.AccountID]string {
	names := map[ledger.AccountID]string{"": ""}
	for _, a := range chart {
		names[a.ID] = a.Name
	}
	for _, m := range suggest.Missing(needs, chart) {
		names[ledger.AccountID("new "+m.FullName())] = "new " + m.FullName()
	}
	return names
}

// TestOnAnOrdinaryChart says what an accountant would choose.
func TestOnAnOrdinaryChart(t *testing.T) {
	t.Parallel()
	want := map[ledger.Slot]string{
		need(ledger.RolePayment, "Visa"):                          "Card Clearing:Visa",
		need(ledger.RolePayment, "AMEX"):                          "Card Clearing:American Express",
		need(ledger.RolePayment, "MC"):                            "Card Clearing:Mastercard",
		need(ledger.RolePayment, "PayPal"):                        "Digital Wallet Clearing:PayPal",
		need(ledger.RolePayment, "Cash"):                          "Cash in Drawer",
		need(ledger.RolePayment, "Check"):                         "Checks on Hand",
		need(ledger.RolePayment, "Gift Card"):                     "Gift Card Liability",
		need(ledger.RolePayment, "Store Credit"):                  "Gift Card Liability",
		need(ledger.RolePayment, "Apple Pay"):                     "Undeposited Funds",
		need(ledger.RoleDeposit, "Visa"):                          "Customer Deposits",
		need(ledger.RoleRevenue, "Footwear"):                      "Sales:Footwear",
		need(ledger.RoleRevenue, "Books"):                         "Sales:Gifts & Books",
		need(ledger.RoleRevenue, "Bicycles"):                      "Sales",
		need(ledger.RoleDiscount, "Footwear"):                     "Discounts Given",
		need(ledger.RoleCostOfGoodsSold, "Footwear"):              "Cost of Goods Sold:Footwear",
		need(ledger.RoleCostOfGoodsSold, "Bicycles"):              "Cost of Goods Sold",
		need(ledger.RoleInventory, "Home goods"):                  "Inventory:Home Goods",
		need(ledger.RoleInventory, "Bicycles"):                    "Inventory",
		need(ledger.RoleInventoryInTransit, ""):                   "Inventory in Transit",
		need(ledger.RolePurchasesReceived, "Footwear"):            "Accrued Receipts",
		need(ledger.RolePurchasesReturned, "Footwear"):            "Returned to Vendor",
		need(ledger.RoleInventoryAdjustment, "Shrink"):            "Inventory Adjustments:Shrinkage",
		need(ledger.RoleInventoryAdjustment, "Damage"):            "Inventory Adjustments:Damage",
		need(ledger.RoleInventoryAdjustment, "Opening Stock"):     "Opening Balance Equity",
		need(ledger.RoleInventoryAdjustment, "Lost in the store"): "Inventory Adjustments",
		need(ledger.RoleGiftCardLiability, ""):                    "Gift Card Liability",
		need(ledger.RoleGiftCardAdjustment, "Goodwill"):           "Gift Card Adjustments",
		need(ledger.RoleGiftCardAdjustment, "Expired"):            "Gift Card Breakage",
		need(ledger.RoleCashPaidInOut, "Postage"):                 "Petty Cash Expenses:Postage",
		need(ledger.RoleCashPaidInOut, "Office Supplies"):         "Office Supplies",
		need(ledger.RoleCashPaidInOut, "Cash Drop"):               "Deposits in Transit",
		need(ledger.RoleCashPaidInOut, "Window Cleaning Service"): "Petty Cash Expenses",
		need(ledger.RoleCashDrawer, ""):                           "Cash in Drawer",
		need(ledger.RoleSalesTax, "State of Colorado"):            "Sales Tax Payable",
		need(ledger.RoleShipping, "Ground"):                       "Shipping Income:Ground",
		need(ledger.RoleShipping, "Courier"):                      "Shipping Income",
		need(ledger.RoleFee, "Bag Fee"):                           "Bag Fees Payable",
		need(ledger.RoleFee, "Forfeited deposit"):                 "Fee Income:Forfeited Deposits",
		need(ledger.RoleFee, "Engraving"):                         "Fee Income",
		need(ledger.RoleTips, ""):                                 "Tips Payable",
		need(ledger.RoleRounding, ""):                             "Cash Rounding",
		need(ledger.RoleTillOverShort, ""):                        "Till Over and Short",
		need(ledger.RoleBankDeposit, "Operating Checking"):        "Operating Checking",
		need(ledger.RoleMerchantFee, "Discover"):                  "Merchant Fees:Discover",
		need(ledger.RoleMerchantFee, "Apple Pay"):                 "Merchant Fees",
	}
	needs := make([]ledger.Slot, 0, len(want))
	for slot := range want {
		needs = append(needs, slot)
	}
	chart := simulated(t)
	for slot, name := range want {
		if got := accountFor(t, slot, needs, chart); got != name {
			t.Errorf("%s: %q, want %q", slot, got, name)
		}
	}
	if missing := suggest.Missing(needs, chart); len(missing) != 0 {
		t.Errorf("accounts are to be created although the chart has all: %+v", missing)
	}
}

// TestOtherCharts has names that differ from what is usual, and traps.
func TestOtherCharts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		slot  ledger.Slot
		chart []suggest.Account
		want  string
	}{
		"numbers in names": {
			need(ledger.RoleRevenue, "Footwear"),
			[]suggest.Account{account("1", "4010 Sales - Footwear", ledger.TypeIncome, "SalesOfProductIncome")},
			"4010 Sales - Footwear",
		},
		"a typing error": {
			need(ledger.RoleSalesTax, "Colorado"),
			[]suggest.Account{account("1", "Sales Tax Payble", ledger.TypeOtherCurrentLiability, "SalesTaxPayable")},
			"Sales Tax Payble",
		},
		"a company card is no clearing account": {
			need(ledger.RolePayment, "Visa"),
			[]suggest.Account{account("1", "Visa", ledger.TypeCreditCard, "CreditCard")},
			"new Payment Clearing:Visa",
		},
		"stock of another class": {
			need(ledger.RoleInventory, "Bikes"),
			[]suggest.Account{account("1", "Inventory Asset:Footwear", ledger.TypeOtherCurrentAsset, "Inventory")},
			"new Inventory",
		},
		"in transit is not on hand": {
			need(ledger.RoleInventory, "Bikes"),
			[]suggest.Account{account("1", "Inventory in Transit", ledger.TypeOtherCurrentAsset, "Inventory")},
			"new Inventory",
		},
		"stock is not what was sent back": {
			need(ledger.RolePurchasesReturned, "Footwear"),
			[]suggest.Account{account("1", "Inventory:Footwear", ledger.TypeOtherCurrentAsset, "Inventory")},
			"new Vendor Returns",
		},
		"the name is taken by another type": {
			need(ledger.RoleTips, ""),
			[]suggest.Account{account("1", "tips payable", ledger.TypeAccountsPayable, "AccountsPayable")},
			"new Tips Payable (Retail)",
		},
		"an empty chart": {need(ledger.RoleSalesTax, "Denver"), nil, "new Sales Tax Payable:Denver"},
		"the only bank": {
			need(ledger.RoleBankDeposit, "First National"),
			[]suggest.Account{account("1", "Checking", ledger.TypeBank, "Checking"), account("2", "Petty Cash", ledger.TypeBank, "CashOnHand")},
			"Checking",
		},
		"one of two banks": {
			need(ledger.RoleBankDeposit, "First National"),
			[]suggest.Account{account("1", "Checking", ledger.TypeBank, "Checking"), account("2", "Payroll", ledger.TypeBank, "Checking")},
			"new First National",
		},
		"a bank account is called as the events call it": {
			need(ledger.RoleBankDeposit, `First "Bank": Main`), nil, "new First 'Bank'- Main",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := accountFor(t, test.slot, []ledger.Slot{test.slot}, test.chart); got != test.want {
				t.Errorf("%s: %q, want %q", test.slot, got, test.want)
			}
		})
	}
}

// Inactive and deleted accounts are never proposed.
func TestUnusableAccounts(t *testing.T) {
	t.Parallel()
	inactive, deleted := account("1", "Tips Payable", ledger.TypeOtherCurrentLiability, ""), account("2", "Tips", ledger.TypeIncome, "")
	inactive.Active, deleted.Deleted = false, true
	if found := suggest.Suggest([]ledger.Slot{need(ledger.RoleTips, "")}, []suggest.Account{inactive, deleted}); len(found) != 0 {
		t.Errorf("proposed: %+v", found)
	}
}

// Whatever the chart and the slots: what is proposed fits, everything is served, names are valid and none comes twice.
func TestPropertyCoverage(t *testing.T) {
	t.Parallel()
	keys := rapid.OneOf(
		rapid.SampledFrom([]string{"Visa", "Cash", "Gift Card", "Footwear", "Opening", "Change order", "MC"}),
		rapid.StringN(1, 100, -1),
	)
	rapid.Check(t, func(t *rapid.T) {
		needs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ledger.Slot {
			slot := ledger.Slot{Role: rapid.SampledFrom(ledger.Roles()).Draw(t, "role"), Location: "store-1"}
			if slot.Role.KeyName() != "" {
				slot.Key = keys.Draw(t, "key")
			}
			return slot
		}), 0, 12).Draw(t, "needs")
		var chart []suggest.Account
		for i, name := range rapid.SliceOfN(rapid.SampledFrom([]string{
			"Sales", "Sales:Footwear", "Inventory", "Card Clearing", "Card Clearing:Visa", "Payment Clearing", "Tips", "Cash", "Gift Cards",
			"Sales Tax Payable", "Checking", "Merchant Fees", "cost of goods sold",
		}), 0, 10).Draw(t, "chart") {
			kind := ledger.AccountType(rapid.IntRange(1, 16).Draw(t, "type"))
			chart = append(chart, account(strconv.Itoa(i), name, kind, ""))
		}
		types := map[ledger.AccountID]ledger.AccountType{}
		for _, a := range chart {
			types[a.ID] = a.Type
		}
		for _, s := range suggest.Suggest(needs, chart) {
			if s.Slot.Role.Fits(types[s.Account]) != ledger.FitGood || s.Confidence < 0.6 || s.Confidence > 1 || s.Reason == "" {
				t.Fatalf("a bad suggestion: %+v", s)
			}
		}
		checkMissing(t, suggest.Missing(needs, chart), chart)
		mapping := ledger.Always(choices(needs, chart))
		for _, slot := range needs {
			if mapping.Lookup(slot, "2026-01-01").Source == ledger.SourceMissing && !slot.Role.Optional() {
				t.Fatalf("%s is not served", slot)
			}
		}
	})
}

func checkMissing(t *rapid.T, missing []suggest.NewAccount, chart []suggest.Account) {
	t.Helper()
	names := map[string]bool{}
	for _, a := range chart {
		names[strings.ToLower(a.Name)] = true
	}
	for _, m := range missing {
		if m.Name == "" || len([]rune(m.Name)) > 100 || strings.ContainsAny(m.Name, `:"`) || m.SubType == "" || m.Reason == "" {
			t.Fatalf("a bad account: %+v", m)
		}
		if m.Parent != "" && !names[strings.ToLower(m.Parent)] {
			t.Fatalf("%q comes before its parent", m.FullName())
		}
		if names[strings.ToLower(m.FullName())] {
			t.Fatalf("%q is there already", m.FullName())
		}
		names[strings.ToLower(m.FullName())] = true
		for _, slot := range m.Slots {
			if slot.Role.Fits(m.Type) != ledger.FitGood {
				t.Fatalf("%s does not fit %s", m.Type, slot)
			}
		}
	}
}

// BenchmarkSuggest is a large retailer with a long chart.
func BenchmarkSuggest(b *testing.B) {
	var needs []ledger.Slot
	var chart []suggest.Account
	for i := range 300 {
		key := "Item class " + strconv.Itoa(i) + " of many"
		needs = append(needs, need(ledger.RoleRevenue, key), need(ledger.RoleCostOfGoodsSold, key), need(ledger.RoleInventory, key))
		chart = append(chart, account("r"+strconv.Itoa(i), "Sales:"+key, ledger.TypeIncome, ""),
			account("c"+strconv.Itoa(i), "Cost of Goods Sold:"+key, ledger.TypeCostOfGoodsSold, ""),
			account("i"+strconv.Itoa(i), "Inventory:"+key, ledger.TypeOtherCurrentAsset, "Inventory"))
	}
	for b.Loop() {
		if found := suggest.Suggest(needs, chart); len(found) == 0 {
			b.Fatal("nothing is proposed")
		}
	}
}

// TestSuggestedChart holds the page for accountants to what an empty chart gets.
func TestSuggestedChart(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/accounting.md")
	if err != nil {
		t.Fatal(err)
	}
	var needs []ledger.Slot
	for _, role := range ledger.Roles() {
		if role.KeyName() == "" {
			needs = append(needs, need(role, ""))
			continue
		}
		for _, key := range []string{"Visa", "Cash", "Check", "Gift Card", "Opening stock", "Expired", "Cash drop", "Change order"} {
			needs = append(needs, need(role, key))
		}
	}
	for _, m := range suggest.Missing(needs, nil) {
		name, _, _ := strings.Cut(m.FullName(), ":")
		if m.Type == ledger.TypeBank && len(m.Slots) == 1 && m.Slots[0].Role == ledger.RoleBankDeposit {
			continue // called as the events call it
		}
		if !strings.Contains(string(page), "| "+name) || !strings.Contains(string(page), "| "+m.Type.String()+" |") {
			t.Errorf("the page does not name %q of type %s", name, m.Type)
		}
	}
}
