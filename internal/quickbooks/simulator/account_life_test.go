package simulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// createAccount creates an account that must work.
func (a *app) createAccount(body string) *wire.Account {
	a.t.Helper()
	got := a.post("account", body)
	if got.StatusCode != http.StatusOK {
		a.t.Fatalf("create %s: %s", body, got.body)
	}
	return got.envelope(a.t).Account
}

// accountNames lists the accounts that a condition finds.
func (a *app) accountNames(where string) string {
	a.t.Helper()
	var names []string
	for _, row := range a.query("select * from Account where " + where + " orderby Id maxresults 1000").Account {
		names = append(names, row.FullyQualifiedName)
	}
	return strings.Join(names, ", ")
}

func TestLifeOfAnAccount(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	made := a.createAccount(a.engraving())
	a.sim.AdvanceClock(time.Minute)

	sparse := a.update(made.ID, `"SyncToken":"0","sparse":true,"Description":"per word","ParentRef":{},"AcctNum":""`)
	if sparse.Name != "Engraving" || sparse.Description != "per word" || sparse.AcctNum != "" ||
		sparse.FullyQualifiedName != "Fee Income:Engraving" || sparse.SyncToken != "1" {
		t.Errorf("sparse: %+v", sparse)
	}
	if m := sparse.MetaData; m.CreateTime != "2026-08-31T12:11:06-07:00" || m.LastUpdatedTime != "2026-08-31T12:12:06-07:00" {
		t.Errorf("times: %+v", m)
	}

	full := a.update(made.ID, `"SyncToken":"1","Name":"Engraving","AccountType":"Income","AccountSubType":"ServiceFeeIncome",`+
		`"SubAccount":true,"ParentRef":{"value":"`+a.account("Fee Income")+`"}`)
	if full.Description != "" || full.AccountSubType != "ServiceFeeIncome" || !full.SubAccount || !*full.Active {
		t.Errorf("full: %+v", full)
	}

	a.update(made.ID, `"SyncToken":"2","sparse":true,"Active":false`)
	for where, want := range map[string]string{
		"Name like 'Engraving%'":                            "",
		"Name like 'Engraving%' and Active = true":          "",
		"Name like 'Engraving%' and Active = false":         "Fee Income:Engraving (deleted)",
		"Name like 'Engraving%' and Active IN (true,false)": "Fee Income:Engraving (deleted)",
	} {
		if got := a.accountNames(where); got != want {
			t.Errorf("%s finds %q", where, got)
		}
	}
	if read := a.get("account/" + made.ID).envelope(t).Account; *read.Active || read.SyncToken != "3" {
		t.Errorf("read: %+v", read)
	}
	line := `{"Line":[` + a.credit("Sales:Footwear", "1") + `,{"Amount":1,"DetailType":"JournalEntryLineDetail",` +
		`"JournalEntryLineDetail":{"PostingType":"Debit","AccountRef":{"value":"` + made.ID + `"}}}]}`
	if got := a.post("journalentry", line); got.StatusCode != http.StatusBadRequest {
		t.Errorf("posted to an inactive account: %s", got.body)
	}

	back := a.update(made.ID, `"SyncToken":"3","sparse":true,"Active":true`)
	if back.Name != "Engraving" || back.FullyQualifiedName != "Fee Income:Engraving" || !*back.Active {
		t.Errorf("back: %+v", back)
	}
	if got := a.post("journalentry", line); got.StatusCode != http.StatusOK {
		t.Errorf("active again: %s", got.body)
	}
}

func TestInactiveAccountsShareNames(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for range 2 { // The second time the name with its suffix exists already.
		id := a.createAccount(`{"Name":"Popup","AccountType":"Bank"}`).ID
		gone := a.update(id, `"SyncToken":"0","sparse":true,"Active":false`)
		if gone.Name != "Popup (deleted)" {
			t.Errorf("name %q", gone.Name)
		}
	}
	longest := strings.Repeat("x", 100)
	id := a.createAccount(`{"Name":"` + longest + `","AccountType":"Bank"}`).ID
	if gone := a.update(id, `"SyncToken":"0","sparse":true,"Active":false`); gone.Name != longest+" (deleted)" {
		t.Errorf("name %q", gone.Name)
	}
}

func TestActiveFilterSwitch(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchActiveFilter: "all"}})
	if got := a.accountNames("Name like 'Repair & M%'"); got != "Repair & Maintenance (deleted)" {
		t.Errorf("found %q", got)
	}
	if n := len(a.query("select * from Department").Department); n != 6 {
		t.Errorf("%d departments", n)
	}
}

func TestAccountTypes(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for i, test := range []struct{ given, wantType, wantSubType, wantClass string }{
		{`"AccountType":"Bank"`, "Bank", "CashOnHand", "Asset"},
		{`"AccountType":"bank"`, "Bank", "CashOnHand", "Asset"},
		{`"AccountType":"Accounts Payable"`, "Accounts Payable", "AccountsPayable", "Liability"},
		{`"AccountType":"Other Current Asset"`, "Other Current Asset", "EmployeeCashAdvances", "Asset"},
		{`"AccountType":"Other Asset"`, "Other Asset", "Licenses", "Asset"},
		{`"AccountType":"Long Term Liability"`, "Long Term Liability", "NotesPayable", "Liability"},
		{`"AccountType":"Equity"`, "Equity", "OpeningBalanceEquity", "Equity"},
		{`"AccountType":"Other Income"`, "Other Income", "OtherInvestmentIncome", "Revenue"},
		{`"AccountType":"Cost of Goods Sold"`, "Cost of Goods Sold", "CostOfLaborCos", "Expense"},
		{`"AccountType":"Other Expense"`, "Other Expense", "Depreciation", "Expense"},
		{`"AccountSubType":"AccruedLongLermLiabilities"`, "Long Term Liability", "AccruedLongLermLiabilities", "Liability"},
		{`"AccountType":"Other Expense","AccountSubType":"Utilities"`, "Other Expense", "Utilities", "Expense"},
		{`"AccountType":"Other Current Liability","AccountSubType":"DeferredRevenue"`, "Other Current Liability", "DeferredRevenue", "Liability"},
	} {
		got := a.createAccount(fmt.Sprintf(`{"Name":"Type %d",%s}`, i, test.given))
		if got.AccountType != test.wantType || got.AccountSubType != test.wantSubType || got.Classification != test.wantClass {
			t.Errorf("%s: %+v", test.given, got)
		}
	}
	id := a.createAccount(`{"Name":"Moves","AccountSubType":"Savings"}`).ID
	if got := a.update(id, `"SyncToken":"0","sparse":true,"AccountType":"Expense"`); got.AccountSubType != "Travel" {
		t.Errorf("a new type has sub-type %s", got.AccountSubType)
	}
}

func TestAccountNamesAndNumbersSwitches(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	body := `{"Name":"Gift Wrapping","AccountType":"Expense","AcctNum":"4301"}`
	first := a.createAccount(body) // another parent has one of this name, and one has the number
	for name, value := range map[simulator.Switch]string{
		simulator.SwitchAccountNames: "whole-list", simulator.SwitchAccountNumbers: "on",
	} {
		if err := a.sim.SetSwitch(name, value); err != nil {
			t.Fatal(err)
		}
	}
	a.refuses("name", "account", `{"Name":"gift wrapping","AccountType":"Bank"}`, "6240 Name")
	a.refuses("number", "account", `{"Name":"Other","AccountType":"Bank","AcctNum":"4301"}`, "6000")
	kept := a.update(first.ID, `"SyncToken":"0","sparse":true,"Description":"paper"`)
	if kept.Description != "paper" {
		t.Errorf("what was there before the switch: %+v", kept)
	}
	a.createAccount(`{"Name":"Other","AccountType":"Bank","AcctNum":"9999"}`)
}

func TestOpeningBalance(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{BookCloseDate: "2025-12-31"}}})
	bank := a.createAccount(`{"Name":"Float","AccountType":"Bank","OpeningBalance":250.5,"OpeningBalanceDate":"2026-01-01"}`)
	if bank.CurrentBalance.String() != "250.50" {
		t.Errorf("balance %s", bank.CurrentBalance)
	}
	a.createAccount(`{"Name":"Loan","AccountType":"Long Term Liability","OpeningBalance":"100","OpeningBalanceDate":"2026-01-02"}`)
	a.createAccount(`{"Name":"Overdraft","AccountType":"Bank","OpeningBalance":-40,"OpeningBalanceDate":"2026-01-03"}`)
	a.createAccount(`{"Name":"Empty","AccountType":"Bank","OpeningBalance":0}`)
	a.createAccount(`{"Name":"Dated","AccountType":"Bank","OpeningBalanceDate":"2026-01-03"}`)
	balances := map[string]string{}
	for _, name := range []string{"Float", "Loan", "Overdraft", "Opening Balance Equity"} {
		balances[name] = a.balance(name).String()
	}
	want := map[string]string{"Float": "250.50", "Loan": "-100.00", "Overdraft": "-40.00", "Opening Balance Equity": "-110.50"}
	if diff := cmp.Diff(want, balances); diff != "" {
		t.Error(diff)
	}
	entries, err := a.sim.Journal(a.realm)
	if err != nil || len(entries) != 3 || entries[0].TxnDate != "2026-01-01" || entries[0].PrivateNote != "Opening Balance" {
		t.Errorf("journal: %v %v", entries, err)
	}
	a.refuses("closed", "account", `{"Name":"Late","AccountType":"Bank","OpeningBalance":1,"OpeningBalanceDate":"2025-12-31"}`, "6210")
	a.update(bank.ID, `"SyncToken":"0","sparse":true,"OpeningBalance":7,"OpeningBalanceDate":"2026-01-01"`)
	if a.balance("Float").String() != "250.50" {
		t.Error("an update booked an opening balance")
	}
	if body := string(a.get("account/" + bank.ID).body); strings.Contains(body, "Opening") {
		t.Errorf("answered: %s", body)
	}
}
