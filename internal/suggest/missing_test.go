package suggest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/suggest"
)

// proposed lists new accounts as "full name | type | sub-type | slots".
func proposed(accounts []suggest.NewAccount) []string {
	out := make([]string, 0, len(accounts))
	for _, a := range accounts {
		line := a.FullName() + " | " + a.Type.String() + " | " + a.SubType
		for _, slot := range a.Slots {
			line += " | " + strings.TrimSpace(slot.Role.String()+" "+slot.Key)
		}
		out = append(out, line)
	}
	return out
}

// gaps are charts that lack what some slots need, with what is proposed.
var gaps = map[string]struct {
	chart, needs, want []string
}{
	"cards in an empty chart": {
		needs: []string{"PAYMENT Visa", "PAYMENT Discover"},
		want: []string{
			"Card Clearing | Other Current Asset | OtherCurrentAssets",
			"Card Clearing:Discover | Other Current Asset | OtherCurrentAssets | PAYMENT Discover",
			"Card Clearing:Visa | Other Current Asset | OtherCurrentAssets | PAYMENT Visa",
		},
	},
	"a card below the chart's own clearing account": {
		chart: []string{"CC Clearing | Bank | Checking", "CC Clearing:Visa | Bank | Checking"},
		needs: []string{"PAYMENT Visa", "PAYMENT Discover"},
		want:  []string{"CC Clearing:Discover | Bank | CashOnHand | PAYMENT Discover"},
	},
	"one clearing account for all cards needs nothing": {
		chart: []string{"Card Clearing | Other Current Asset | OtherCurrentAssets"},
		needs: []string{"PAYMENT Visa", "PAYMENT Discover"},
		want:  []string{},
	},
	"cash, the drawer and gift cards": {
		needs: []string{"PAYMENT Cash", "CASH_DRAWER", "PAYMENT Gift Card", "PAYMENT Store Credit", "GIFT_CARD_LIABILITY"},
		want: []string{
			"Cash on Hand | Bank | CashOnHand | PAYMENT Cash | CASH_DRAWER",
			"Gift Card Liability | Other Current Liability | OtherCurrentLiabilities | PAYMENT Gift Card | " +
				"PAYMENT Store Credit | GIFT_CARD_LIABILITY",
		},
	},
	"item classes have one account": {
		needs: []string{"REVENUE Bikes", "REVENUE Books", "INVENTORY Bikes", "REVENUE"},
		want: []string{
			"Sales | Income | SalesOfProductIncome | REVENUE",
			"Inventory | Other Current Asset | Inventory | INVENTORY",
		},
	},
	"item classes beside accounts of their like": {
		chart: []string{"Merchants Row | Income | OtherPrimaryIncome", "Merchants Row:Bikes | Income | SalesOfProductIncome"},
		needs: []string{"REVENUE Bikes", "REVENUE Books"},
		want:  []string{"Merchants Row:Books | Income | SalesOfProductIncome | REVENUE Books"},
	},
	"tax authorities": {
		needs: []string{"SALES_TAX State of Ohio", "SALES_TAX Franklin County", "SALES_TAX"},
		want: []string{
			"Sales Tax Payable | Other Current Liability | SalesTaxPayable | SALES_TAX",
			"Sales Tax Payable:Franklin County | Other Current Liability | SalesTaxPayable | SALES_TAX Franklin County",
			"Sales Tax Payable:State of Ohio | Other Current Liability | SalesTaxPayable | SALES_TAX State of Ohio",
		},
	},
	"keys that mean the same": {
		needs: []string{"PAYMENT VISA", "PAYMENT Visa", "PAYMENT  visa"},
		want: []string{
			"Card Clearing | Other Current Asset | OtherCurrentAssets",
			"Card Clearing:visa | Other Current Asset | OtherCurrentAssets | PAYMENT  visa | PAYMENT VISA | PAYMENT Visa",
		},
	},
	"names that QuickBooks does not take": {
		needs: []string{`PAYMENT 6:30 "Club"`, "BANK_DEPOSIT \u200b\t"},
		want: []string{
			"Payment Clearing | Other Current Asset | OtherCurrentAssets",
			`Payment Clearing:6 30 'Club' | Other Current Asset | OtherCurrentAssets | PAYMENT 6:30 "Club"`,
			"Other | Bank | Checking | BANK_DEPOSIT \u200b",
		},
	},
	"names that are taken": {
		chart: []string{"SALES | Expense | Travel", "tips payable | Other Current Liability | | inactive", "Sales (Retail) | Expense | Travel"},
		needs: []string{"REVENUE Bikes", "TIPS"},
		want: []string{
			"Sales (Retail 2) | Income | SalesOfProductIncome | REVENUE",
			"Tips Payable (Retail) | Other Current Liability | OtherCurrentLiabilities | TIPS",
		},
	},
	"a parent that QuickBooks would not take": {
		chart: []string{"Card Clearing | Other Current Asset | UndepositedFunds", "Card Clearing:Visa | Other Current Asset | OtherCurrentAssets"},
		needs: []string{"PAYMENT Discover"},
		want: []string{
			"Card Clearing (Retail) | Other Current Asset | OtherCurrentAssets",
			"Card Clearing (Retail):Discover | Other Current Asset | OtherCurrentAssets | PAYMENT Discover",
		},
	},
	"keys that the general account is wrong for": {
		chart: []string{"Fee Income | Income | ServiceFeeIncome"},
		needs: []string{"FEE Freight In", "FEE Customs Duty", "FEE Alterations"},
		want:  []string{"Landed Cost Clearing | Other Current Liability | OtherCurrentLiabilities | FEE Customs Duty | FEE Freight In"},
	},
	"two bank accounts are not one": {
		chart: []string{"Checking | Bank | Checking"},
		needs: []string{"BANK_DEPOSIT North", "BANK_DEPOSIT South"},
		want:  []string{"North | Bank | Checking | BANK_DEPOSIT North", "South | Bank | Checking | BANK_DEPOSIT South"},
	},
	"a discount may stay without": {needs: []string{"DISCOUNT Bikes", "DISCOUNT"}, want: []string{}},
	"nothing is needed":           {want: []string{}},
}

func TestMissing(t *testing.T) {
	t.Parallel()
	for name, test := range gaps {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := suggest.Missing(slots(t, test.needs...), chartOf(t, test.chart...))
			if diff := cmp.Diff(test.want, proposed(got)); diff != "" {
				t.Errorf("new accounts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMissingNamesAreShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Fünfzig ", 20)
	got := suggest.Missing([]ledger.Slot{
		{Role: ledger.RoleBankDeposit, Key: long + "A"},
		{Role: ledger.RoleBankDeposit, Key: long + "B"},
		{Role: ledger.RoleBankDeposit, Key: strings.Repeat("\U0001F381", 80)},
	}, nil)
	if len(got) != 3 {
		t.Fatalf("%d new accounts, want 3: %v", len(got), proposed(got))
	}
	for _, a := range got {
		if n := len([]rune(a.Name)); n > 100 || n < 50 {
			t.Errorf("the name %q has %d characters", a.Name, n)
		}
	}
	if !strings.HasSuffix(got[1].Name, " (Retail)") {
		t.Errorf("the second long name %q does not differ from the first", got[1].Name)
	}
}

// A company may not have accounts without end: so many authorities share one.
func TestManyAuthorities(t *testing.T) {
	t.Parallel()
	var needs []ledger.Slot
	for i := range 300 {
		needs = append(needs, ledger.Slot{Role: ledger.RoleSalesTax, Key: "District " + string(rune('A'+i%26)) + strings.Repeat("x", i/26)})
	}
	want := []string{"Sales Tax Payable | Other Current Liability | SalesTaxPayable | SALES_TAX"}
	if diff := cmp.Diff(want, proposed(suggest.Missing(needs, nil))); diff != "" {
		t.Errorf("new accounts (-want +got):\n%s", diff)
	}
}
