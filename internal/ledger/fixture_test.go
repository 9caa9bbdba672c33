package ledger_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The payment types, classes and places of the fixture.
const (
	cash       = "Cash"
	visa       = "Visa"
	mastercard = "Mastercard"
	giftCard   = "Gift Card"
	apparel    = "Apparel"
	shoes      = "Shoes"
	state      = "State of Colorado"
	city       = "City of Denver"
	store2     = ledger.LocationID("store-2")
)

func chart() map[ledger.AccountID]ledger.Account {
	accounts := map[ledger.AccountID]ledger.Account{}
	add := func(id ledger.AccountID, name string, kind ledger.AccountType) {
		accounts[id] = ledger.Account{ID: id, Name: name, Type: kind, Active: true}
	}
	add("1", "Checking", ledger.TypeBank)
	add("10", "Cash on hand", ledger.TypeBank)
	add("11", "Card clearing", ledger.TypeOtherCurrentAsset)
	add("12", "Inventory asset", ledger.TypeOtherCurrentAsset)
	add("13", "Accounts Receivable (A/R)", ledger.TypeAccountsReceivable)
	add("14", "Accounts Payable (A/P)", ledger.TypeAccountsPayable)
	add("15", "Inventory in transit", ledger.TypeOtherCurrentAsset)
	add("20", "Gift cards", ledger.TypeOtherCurrentLiability)
	add("21", "Customer deposits", ledger.TypeOtherCurrentLiability)
	add("22", "Goods received, not billed", ledger.TypeOtherCurrentLiability)
	add("23", "Sales tax payable", ledger.TypeOtherCurrentLiability)
	add("24", "Landed cost clearing", ledger.TypeOtherCurrentLiability)
	add("25", "Tips payable", ledger.TypeOtherCurrentLiability)
	add("30", "Opening balance equity", ledger.TypeEquity)
	add("40", "Sales:Apparel", ledger.TypeIncome)
	add("41", "Sales:Shoes", ledger.TypeIncome)
	add("42", "Sales:Other", ledger.TypeIncome)
	add("43", "Shipping income", ledger.TypeIncome)
	add("44", "Fees", ledger.TypeOtherIncome)
	add("45", "Discounts given", ledger.TypeIncome)
	add("46", "Gift card breakage", ledger.TypeOtherIncome)
	add("50", "Cost of goods sold", ledger.TypeCostOfGoodsSold)
	add("60", "Rounding", ledger.TypeExpense)
	add("61", "Postage", ledger.TypeExpense)
	add("62", "Shrinkage", ledger.TypeCostOfGoodsSold)
	add("63", "Promotions", ledger.TypeExpense)
	add("64", "Cash over and short", ledger.TypeExpense)
	add("65", "Card processing fees", ledger.TypeExpense)
	return accounts
}

// accounts are the accounts of slots.
type accounts = map[ledger.Slot]ledger.AccountID

func mapping() accounts {
	return accounts{
		{Role: ledger.RolePayment, Key: cash}:                        "10",
		{Role: ledger.RolePayment, Key: visa}:                        "11",
		{Role: ledger.RolePayment, Key: mastercard}:                  "11",
		{Role: ledger.RolePayment, Key: giftCard}:                    "20",
		{Role: ledger.RoleDeposit}:                                   "21",
		{Role: ledger.RoleRevenue, Key: apparel}:                     "40",
		{Role: ledger.RoleRevenue, Key: shoes}:                       "41",
		{Role: ledger.RoleRevenue}:                                   "42",
		{Role: ledger.RoleCostOfGoodsSold}:                           "50",
		{Role: ledger.RoleInventory}:                                 "12",
		{Role: ledger.RolePurchasesReceived}:                         "22",
		{Role: ledger.RolePurchasesReturned}:                         "22",
		{Role: ledger.RoleInventoryInTransit}:                        "15",
		{Role: ledger.RoleInventoryAdjustment}:                       "62",
		{Role: ledger.RoleInventoryAdjustment, Key: "Opening stock"}: "30",
		{Role: ledger.RoleGiftCardLiability}:                         "20",
		{Role: ledger.RoleGiftCardAdjustment}:                        "63",
		{Role: ledger.RoleGiftCardAdjustment, Key: "Expired"}:        "46",
		{Role: ledger.RoleTillOverShort}:                             "64",
		{Role: ledger.RoleBankDeposit}:                               "1",
		{Role: ledger.RoleMerchantFee}:                               "65",
		{Role: ledger.RoleSalesTax}:                                  "23",
		{Role: ledger.RoleShipping}:                                  "43",
		{Role: ledger.RoleFee}:                                       "44",
		{Role: ledger.RoleFee, Key: "Freight in"}:                    "24",
		{Role: ledger.RoleTips}:                                      "25",
		{Role: ledger.RoleRounding}:                                  "60",
		{Role: ledger.RoleCashPaidInOut, Key: "Postage"}:             "61",
		{Role: ledger.RoleCashPaidInOut, Key: "Change fund"}:         "1",
	}
}

func books() *ledger.Books {
	return &ledger.Books{Retailer: "acme", HomeCurrency: "USD", Mapping: ledger.Always(mapping()), Accounts: chart()}
}

// with returns the fixture's books with more slots mapped.
func with(more accounts) *ledger.Books {
	all := mapping()
	maps.Copy(all, more)
	b := books()
	b.Mapping = ledger.Always(all)
	return b
}

// put maps a slot of the books anew.
func put(b *ledger.Books, slot ledger.Slot, account ledger.AccountID) {
	b.Mapping[slot] = []ledger.MappingChange{{Version: 1, Account: account}}
}

func event(detail ledger.Detail) ledger.Event {
	return ledger.Event{
		ID: "evt-10023", Number: "1-10023", Revision: 1, Location: store2,
		OccurredAt:   time.Date(2026, 10, 3, 23, 15, 4, 123456000, time.UTC),
		BusinessDate: "2026-10-03", Currency: "USD", Detail: detail,
	}
}

func keyed(key string, amount ledger.Amount) ledger.Keyed {
	return ledger.Keyed{Key: key, Amount: amount}
}

// brief writes lines the short way: "debit 10 107.00".
func brief(lines []ledger.Line) []string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = fmt.Sprintf("%s %s %s", line.Side, line.Account, line.Amount)
	}
	return out
}

// readable writes an entry the way a person checks it.
func readable(e ledger.Entry) string {
	var out strings.Builder
	fmt.Fprintf(&out, "TxnDate   %s\nDocNumber %s\nCurrency  %s\n", e.TxnDate, e.DocNumber, e.Currency)
	for line := range strings.SplitSeq(e.PrivateNote, "\n") {
		fmt.Fprintf(&out, "Note      %s\n", line)
	}
	for _, line := range e.Lines {
		fmt.Fprintf(&out, "\n%-6s %12s  %s %s\n       %s\n", line.Side, line.Amount, line.Account, line.AccountName,
			line.Description)
		for _, slot := range line.Parts {
			fmt.Fprintf(&out, "       = %s %q %q\n", slot.Role, slot.Key, slot.Location)
		}
	}
	return out.String()
}

// golden compares text with a file under testdata; with -update it writes the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

func mustBuild(t *testing.T, ev ledger.Event, b *ledger.Books) ledger.Entry {
	t.Helper()
	entry, err := ledger.Build(ev, b)
	if err != nil {
		t.Fatalf("Build: %v", err)
	}
	return entry
}

// problemOf builds an event that must fail with a problem.
func problemOf(t *testing.T, ev ledger.Event, b *ledger.Books) *ledger.Problem {
	t.Helper()
	entry, err := ledger.Build(ev, b)
	var problem *ledger.Problem
	if !errors.As(err, &problem) {
		t.Fatalf("Build gave %+v, %v; want a problem", entry, err)
	}
	return problem
}
