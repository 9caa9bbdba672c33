package ledger_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/ledger"
)

// fitTable is written by hand from the accounting rules, apart from the code: a row per role, and a letter per account
// type in the order of its header: G good, W warned, a dot refused.
//

const fitTable = `
role                  Bank A/R OCA Fixed OtherA A/P Card OCL Long Equity Income OtherI COGS Expense OtherE Other
PAYMENT               G    .   G   .     .      .   G    G   .    .      .      .      .    W       .      .
DEPOSIT               .    .   .   .     .      .   .    G   .    .      .      .      .    .       .      .
REVENUE               .    .   .   .     .      .   .    .   .    .      G      G      .    .       .      .
DISCOUNT              .    .   .   .     .      .   .    .   .    .      G      .      .    G       .      .
COST_OF_GOODS_SOLD    .    .   .   .     .      .   .    .   .    .      .      .      G    G       .      .
INVENTORY             .    .   G   .     .      .   .    .   .    .      .      .      .    .       .      .
INVENTORY_IN_TRANSIT  .    .   G   .     .      .   .    .   .    .      .      .      .    .       .      .
PURCHASES_RECEIVED    .    .   G   .     .      .   .    G   .    .      .      .      .    .       .      .
PURCHASES_RETURNED    .    .   G   .     .      .   .    G   .    .      .      .      .    .       .      .
INVENTORY_ADJUSTMENT  .    .   .   .     .      .   .    .   .    G      G      G      G    G       G      .
GIFT_CARD_LIABILITY   .    .   .   .     .      .   .    G   .    .      .      .      .    .       .      .
GIFT_CARD_ADJUSTMENT  .    .   G   .     .      .   .    G   .    G      G      G      .    G       G      .
CASH_PAID_IN_OUT      G    .   G   G     G      .   G    G   G    G      G      G      G    G       G      .
CASH_DRAWER           G    .   G   .     .      .   .    .   .    .      .      .      .    .       .      .
SALES_TAX             .    .   .   .     .      .   .    G   .    .      .      .      .    .       .      .
SHIPPING              .    .   .   .     .      .   .    .   .    .      G      G      .    .       .      .
FEE                   .    .   .   .     .      .   .    G   .    .      G      G      .    .       .      .
TIPS                  .    .   .   .     .      .   .    G   .    .      G      .      .    .       .      .
ROUNDING              .    .   .   .     .      .   .    .   .    .      G      G      .    G       G      .
TILL_OVER_SHORT       .    .   .   .     .      .   .    .   .    .      G      G      .    G       G      .
BANK_DEPOSIT          G    .   .   .     .      .   .    .   .    .      .      .      .    .       .      .
MERCHANT_FEE          .    .   .   .     .      .   .    .   .    .      .      .      G    G       .      .
`

func TestRoleFits(t *testing.T) {
	t.Parallel()
	rows := strings.Split(strings.TrimSpace(fitTable), "\n")[1:]
	roles := ledger.Roles()
	if len(roles) != 22 || len(rows) != len(roles) {
		t.Fatalf("%d roles and %d rows; want 22 each", len(roles), len(rows))
	}
	meaning := map[string]ledger.Fit{"G": ledger.FitGood, "W": ledger.FitWarned, ".": ledger.FitRefused}
	for i, row := range rows {
		fields := strings.Fields(row)
		if len(fields) != 17 {
			t.Fatalf("row %q has %d fields; want 17", row, len(fields))
		}
		if roles[i].String() != fields[0] {
			t.Errorf("role %d is %s; want %s", i+1, roles[i], fields[0])
		}
		for number, letter := range fields[1:] {
			kind := ledger.AccountType(number + 1)
			if got := roles[i].Fits(kind); got != meaning[letter] {
				t.Errorf("%s fits %s: %d; want %d", roles[i], kind, got, meaning[letter])
			}
		}
	}
}

func TestRoleFitsUnknownNumbers(t *testing.T) {
	t.Parallel()
	for _, role := range []ledger.Role{0, 23, 255} {
		if role.Fits(ledger.TypeBank) != ledger.FitRefused || role.String() != "UNKNOWN" || role.KeyName() != "" {
			t.Errorf("role %d is %s", role, role)
		}
	}
	if ledger.RoleCashPaidInOut.Fits(0) != ledger.FitRefused || ledger.RoleCashPaidInOut.Fits(99) != ledger.FitRefused {
		t.Error("a number that is no account type fits a role")
	}
}

func TestRoleWords(t *testing.T) {
	t.Parallel()
	keys := map[string]string{}
	for _, role := range ledger.Roles() {
		if role.Label() == "" || role.Label() != strings.ToLower(role.Label()) {
			t.Errorf("%s has the label %q", role, role.Label())
		}
		keys[role.String()] = role.KeyName()
		if optional := role == ledger.RoleDiscount; role.Optional() != optional {
			t.Errorf("%s optional: %t", role, role.Optional())
		}
	}
	want := map[string]string{
		"PAYMENT": "payment type", "DEPOSIT": "payment type", "REVENUE": "item class", "DISCOUNT": "item class",
		"COST_OF_GOODS_SOLD": "item class", "INVENTORY": "item class", "INVENTORY_IN_TRANSIT": "",
		"PURCHASES_RECEIVED": "item class", "PURCHASES_RETURNED": "item class",
		"INVENTORY_ADJUSTMENT": "adjustment reason", "GIFT_CARD_LIABILITY": "", "GIFT_CARD_ADJUSTMENT": "adjustment reason",
		"CASH_PAID_IN_OUT": "reason", "CASH_DRAWER": "", "SALES_TAX": "tax authority", "SHIPPING": "shipping method",
		"FEE": "fee", "TIPS": "", "ROUNDING": "", "TILL_OVER_SHORT": "", "BANK_DEPOSIT": "bank account",
		"MERCHANT_FEE": "payment type",
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("keys differ (-want +got):\n%s", diff)
	}
	if got := ledger.RoleCostOfGoodsSold.Label(); got != "cost of goods sold" {
		t.Errorf("label is %q", got)
	}
}

func TestSlotString(t *testing.T) {
	t.Parallel()
	tests := map[string]ledger.Slot{
		`payment type "Visa" at location "store-2"`: {Role: ledger.RolePayment, Key: visa, Location: store2},
		`revenue of any item class`:                 {Role: ledger.RoleRevenue},
		`any payment type at location "store-2"`:    {Role: ledger.RolePayment, Location: store2},
		`tips`:                                      {Role: ledger.RoleTips},
		`cash drawer at location "store-2"`:         {Role: ledger.RoleCashDrawer, Location: store2},
		`customer deposits by payment type "Cash"`:  {Role: ledger.RoleDeposit, Key: cash},
		`fee "Bag fee"`:                             {Role: ledger.RoleFee, Key: "Bag fee"},
		`unknown role`:                              {Role: 77, Key: "x"},
	}
	for want, slot := range tests {
		if got := slot.String(); got != want {
			t.Errorf("slot is %s; want %s", got, want)
		}
	}
}

type accountCase struct {
	role    ledger.Role
	account ledger.Account
	want    *ledger.Problem
}

func TestCheckAccount(t *testing.T) {
	t.Parallel()
	for _, cases := range []map[string]accountCase{receivableCases(), refusedCases()} {
		for name, test := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				warnings, problem := test.role.CheckAccount(test.account)
				if diff := cmp.Diff(test.want, problem); diff != "" || warnings != nil {
					t.Errorf("warnings %q, problem (-want +got):\n%s", warnings, diff)
				}
			})
		}
	}
}

func account(name string, kind ledger.AccountType) ledger.Account {
	return ledger.Account{ID: "7", Name: name, Type: kind, Active: true}
}

func receivableCases() map[string]accountCase {
	return map[string]accountCase{
		"good": {ledger.RolePayment, account("Cash", ledger.TypeBank), nil},
		"receivable": {
			ledger.RolePayment, account("A/R", ledger.TypeAccountsReceivable),
			&ledger.Problem{
				Reason: ledger.ReasonAccountTypeRefused,
				Message: `"A/R" is an account of type Accounts Receivable: QuickBooks demands a customer's name on every ` +
					`line posted to such an account, and the takings of a store have none.`,
				Remedy: "Map it to a clearing account instead, an account of type Other Current Asset or Other Current " +
					"Liability, and settle that account when the invoice, the bill or the payment is entered in QuickBooks.",
			},
		},
		"payable": {
			ledger.RolePurchasesReceived, account("A/P", ledger.TypeAccountsPayable),
			&ledger.Problem{
				Reason: ledger.ReasonAccountTypeRefused,
				Message: `"A/P" is an account of type Accounts Payable: QuickBooks demands a vendor's name on every line ` +
					`posted to such an account, and the cost of a receipt is not the vendor's bill.`,
				Remedy: "Map it to a clearing account instead, an account of type Other Current Asset or Other Current " +
					"Liability, and settle that account when the invoice, the bill or the payment is entered in QuickBooks.",
			},
		},
		"receivable where no clearing account fits": {
			ledger.RoleRevenue, account("A/R", ledger.TypeAccountsReceivable),
			&ledger.Problem{
				Reason: ledger.ReasonAccountTypeRefused,
				Message: `"A/R" is an account of type Accounts Receivable: QuickBooks demands a customer's name on every ` +
					`line posted to such an account, and the takings of a store have none.`,
				Remedy: "Map it to an account of type Income or Other Income instead.",
			},
		},
		"payable where one clearing type fits": {
			ledger.RoleInventory, account("A/P", ledger.TypeAccountsPayable),
			&ledger.Problem{
				Reason: ledger.ReasonAccountTypeRefused,
				Message: `"A/P" is an account of type Accounts Payable: QuickBooks demands a vendor's name on every line ` +
					`posted to such an account, and the cost of a receipt is not the vendor's bill.`,
				Remedy: "Map it to a clearing account instead, an account of type Other Current Asset, and settle that " +
					"account when the invoice, the bill or the payment is entered in QuickBooks.",
			},
		},
	}
}

func refusedCases() map[string]accountCase {
	deleted, inactive := account("Old", ledger.TypeBank), account("Old", ledger.TypeBank)
	deleted.Deleted, inactive.Active = true, false
	return map[string]accountCase{
		"other type": {
			ledger.RoleBankDeposit, account("Sales", ledger.TypeIncome),
			&ledger.Problem{
				Reason:  ledger.ReasonAccountTypeRefused,
				Message: `"Sales" is an account of type Income, which does not fit the role "bank deposit".`,
				Remedy:  "Map it to an account of type Bank instead.",
			},
		},
		"unknown type": {
			ledger.RolePayment, account("Odd", ledger.TypeOther),
			&ledger.Problem{
				Reason:  ledger.ReasonAccountTypeRefused,
				Message: `"Odd" is of a type that this release does not know.`,
				Remedy: "Map it to an account of type Bank, Other Current Asset, Other Current Liability or Credit Card " +
					"instead.",
			},
		},
		"deleted": {
			ledger.RolePayment, deleted,
			&ledger.Problem{
				Reason: ledger.ReasonAccountDeleted, Message: `The account "Old" was deleted here.`,
				Remedy: "Import the accounts again, which brings it back if QuickBooks still has it, or map another account.",
			},
		},
		"inactive": {
			ledger.RolePayment, inactive,
			&ledger.Problem{
				Reason: ledger.ReasonAccountInactive, Message: `The account "Old" is inactive in QuickBooks.`,
				Remedy: "Make it active in QuickBooks and import the accounts again, or map another account.",
			},
		},
	}
}

func TestCheckAccountWarns(t *testing.T) {
	t.Parallel()
	warnings, problem := ledger.RolePayment.CheckAccount(
		ledger.Account{ID: "7", Name: "Promotions", Type: ledger.TypeExpense, Active: true},
	)
	want := []string{
		`"Promotions" is an account of type Expense: amounts of the role "payment" booked to it count as spent at once and ` +
			`leave no balance to settle. If that is not meant, map an account of type Bank, Other Current Asset, Other ` +
			`Current Liability or Credit Card.`,
	}
	if diff := cmp.Diff(want, warnings); diff != "" || problem != nil {
		t.Errorf("problem %v, warnings (-want +got):\n%s", problem, diff)
	}
}

// CheckAccount and Fits never disagree.
func TestCheckAccountAgreesWithFits(t *testing.T) {
	t.Parallel()
	for _, role := range ledger.Roles() {
		for kind := ledger.TypeBank; kind <= ledger.TypeOther; kind++ {
			warnings, problem := role.CheckAccount(ledger.Account{Name: "x", Type: kind, Active: true})
			fit := role.Fits(kind)
			if (problem != nil) != (fit == ledger.FitRefused) || (warnings != nil) != (fit == ledger.FitWarned) {
				t.Errorf("%s and %s: fit %d, warnings %q, problem %v", role, kind, fit, warnings, problem)
			}
			if problem != nil && (problem.Remedy == "" || len(problem.Slots) != 0) {
				t.Errorf("%s and %s: problem %+v", role, kind, problem)
			}
		}
	}
}

func TestAccountTypeNames(t *testing.T) {
	t.Parallel()
	names := []string{
		"Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset", "Accounts Payable",
		"Credit Card", "Other Current Liability", "Long Term Liability", "Equity", "Income", "Other Income",
		"Cost of Goods Sold", "Expense", "Other Expense",
	}
	for i, name := range names {
		kind := ledger.AccountType(i + 1)
		if kind.String() != name || ledger.ParseAccountType(name) != kind {
			t.Errorf("type %d is %q and %q reads as %d", kind, kind, name, ledger.ParseAccountType(name))
		}
	}
	for _, unknown := range []string{"", "Other", "Non-Posting", "bank", "Bank "} {
		if got := ledger.ParseAccountType(unknown); got != ledger.TypeOther {
			t.Errorf("%q reads as %d", unknown, got)
		}
	}
	for _, kind := range []ledger.AccountType{0, ledger.TypeOther, 17, 255} {
		if kind.String() != "Other" {
			t.Errorf("type %d is %q", kind, kind)
		}
	}
}
