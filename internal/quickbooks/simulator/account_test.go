package simulator_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

func TestChart(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	accounts := a.query("select * from Account where Active in (true,false) maxresults 1000").Account
	numbers, names := map[string]bool{}, map[string]bool{}
	subs, inactive := 0, []string{}
	for _, account := range accounts {
		if numbers[account.AcctNum] || account.AcctNum == "" || len(account.AcctNum) > 7 {
			t.Errorf("number %q of %s", account.AcctNum, account.FullyQualifiedName)
		}
		numbers[account.AcctNum], names[account.FullyQualifiedName] = true, true
		if account.SubAccount {
			subs++
			parent := accounts[atoi(t, account.ParentRef.Value)-1]
			if account.FullyQualifiedName != parent.FullyQualifiedName+":"+account.Name || account.AccountType != parent.AccountType {
				t.Errorf("%s under %s", account.FullyQualifiedName, parent.FullyQualifiedName)
			}
		}
		if !*account.Active {
			inactive = append(inactive, account.Name)
		}
	}
	if len(accounts) < 90 || subs < 30 {
		t.Errorf("%d accounts, %d sub-accounts", len(accounts), subs)
	}
	if diff := cmp.Diff([]string{"Repair & Maintenance (deleted)"}, inactive); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{
		"Cash in Drawer", "Undeposited Funds", "Card Clearing:Visa", "Card Clearing:Mastercard",
		"Card Clearing:American Express", "Card Clearing:Discover", "Gift Card Liability", "Customer Deposits",
		"Sales Tax Payable:State", "Sales Tax Payable:County", "Sales Tax Payable:City", "Inventory:Apparel",
		"Inventory in Transit", "Accrued Receipts", "Returned to Vendor", "Sales:Apparel", "Discounts Given",
		"Cost of Goods Sold:Apparel", "Shipping Income", "Fee Income", "Tips Payable", "Cash Rounding",
		"Till Over and Short", "Petty Cash Expenses", "Merchant Fees", "Inventory Adjustments:Shrinkage",
		"Accounts Receivable (A/R)", "Accounts Payable (A/P)", "Operating Checking", "Business Savings",
		"Payroll Expenses:Wages", "Rent", "Utilities", "Retained Earnings", "Opening Balance Equity",
	} {
		if !names[name] {
			t.Errorf("no account %q", name)
		}
	}
	if n := len(a.query("select * from account").Account); n != 100 {
		t.Errorf("a page without MAXRESULTS has %d rows", n)
	}
}

func TestWithoutAccountNumbers(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{WithoutAccountNumbers: true}}})
	for _, account := range a.query("select * from Account maxresults 1000").Account {
		if account.AcctNum != "" {
			t.Fatalf("%s has number %s", account.Name, account.AcctNum)
		}
	}
	if a.get("preferences").envelope(t).Preferences.AccountingInfoPrefs.UseAccountNumbers {
		t.Error("UseAccountNumbers is on")
	}
}

// engraving is a sub-account as a client sends it, with the empty properties that some send.
func (a *app) engraving() string {
	a.t.Helper()
	return fmt.Sprintf(`{"Name":"Engraving","AccountType":"Income","AcctNum":"4304","Description":"per letter",`+
		`"ParentRef":{"value":%q},"CurrencyRef":{},"MetaData":{"CreateTime":"0001-01-01T00:00:00Z"}}`, a.account("Fee Income"))
}

func TestCreateAccount(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	got := a.post("account?requestid=a-1", a.engraving())
	made := got.envelope(t).Account
	yes, zero := true, wire.Decimal(0)
	meta := &wire.MetaData{CreateTime: "2026-08-31T12:11:06-07:00", LastUpdatedTime: "2026-08-31T12:11:06-07:00"}
	want := &wire.Account{
		ID: made.ID, SyncToken: "0", Name: "Engraving", FullyQualifiedName: "Fee Income:Engraving", AcctNum: "4304",
		Description: "per letter", Active: &yes, SubAccount: true, ParentRef: &wire.Ref{Value: a.account("Fee Income")},
		Classification: "Revenue", AccountType: "Income", AccountSubType: "OtherPrimaryIncome",
		CurrencyRef:    &wire.Ref{Value: "USD", Name: "United States Dollar"},
		CurrentBalance: &zero, CurrentBalanceWithSubAccounts: &zero, Domain: "QBO", MetaData: meta,
	}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Error(diff)
	}
	if again := a.post("account?requestid=a-1", a.engraving()); string(again.body) != string(got.body) {
		t.Errorf("repeat: %s", again.body)
	}
	bySubType := a.post("account", `{"Name":"Fund","AccountSubType":"Savings"}`).envelope(t).Account
	if bySubType.AccountType != "Bank" || bySubType.Classification != "Asset" {
		t.Errorf("by sub-type: %+v", bySubType)
	}
}

// update posts an update of an account that must work.
func (a *app) update(id, rest string) *wire.Account {
	a.t.Helper()
	got := a.post("account?operation=update", fmt.Sprintf(`{"Id":%q,%s}`, id, rest))
	if got.StatusCode != http.StatusOK {
		a.t.Fatalf("update %s: %s", rest, got.body)
	}
	return got.envelope(a.t).Account
}

func TestInactiveAndBack(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	id := a.post("account", a.engraving()).envelope(t).Account.ID
	gone := a.update(id, `"SyncToken":"0","sparse":true,"Active":false`)
	if gone.Name != "Engraving (deleted)" || *gone.Active || gone.SyncToken != "1" || gone.AcctNum != "4304" {
		t.Errorf("inactive: %+v", gone)
	}
	if rows := a.query("select * from Account where Name like 'Engraving%'").Account; len(rows) != 0 {
		t.Errorf("the default query finds %v", rows)
	}
	if rows := a.query("select * from Account where Name like 'Engraving%' and Active = false").Account; len(rows) != 1 {
		t.Errorf("asked for inactive ones: %v", rows)
	}
	a.post("account", a.engraving()) // the name is free
	if got := a.post("account", fmt.Sprintf(`{"Id":%q,"SyncToken":"1","sparse":true,"Active":true}`, id)); codes(got.envelope(t).Fault) != "6240" {
		t.Errorf("back under a name that is taken: %s", got.body)
	}
	back := a.update(id, `"SyncToken":"1","sparse":true,"Active":true,"Name":"Monograms"`)
	if back.Name != "Monograms" || !*back.Active {
		t.Errorf("active again: %+v", back)
	}
}

func TestFullUpdateClearsWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	id := a.post("account", a.engraving()).envelope(t).Account.ID
	got := a.update(id, `"SyncToken":"0","Name":"Monograms","AccountType":"Income"`)
	if got.FullyQualifiedName != "Monograms" || got.SubAccount || got.Description != "" || got.AcctNum != "" {
		t.Errorf("%+v", got)
	}
}

func TestRenameReachesSubAccountsAndLines(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	e := a.mustPost(a.sale("R1", "1"))
	body := fmt.Sprintf(`{"Id":%q,"SyncToken":"0","sparse":true,"Name":"Card Settlement"}`, a.account("Card Clearing"))
	if got := a.post("account", body); got.StatusCode != http.StatusOK {
		t.Fatal(string(got.body))
	}
	read := a.get("journalentry/" + e.ID).envelope(t).JournalEntry
	if name := read.Line[0].JournalEntryLineDetail.AccountRef.Name; name != "Card Settlement:Visa" {
		t.Errorf("the line says %s", name)
	}
	if rows := a.query("select * from Account where FullyQualifiedName = 'card settlement:visa'").Account; len(rows) != 1 {
		t.Errorf("found %v", rows)
	}
}

func TestAccountRefusals(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	rent, visa := a.account("Rent"), a.account("Card Clearing:Visa")
	deepest := a.account("Utilities")
	for i := range 4 {
		got := a.post("account", fmt.Sprintf(`{"Name":"Level %d","AccountType":"Expense","ParentRef":{"value":%q}}`, i+2, deepest))
		deepest = got.envelope(t).Account.ID
	}
	card := `{"Id":"` + a.account("Card Clearing") + `","SyncToken":"0","sparse":true,`
	bank := func(rest string) string { return `{"Name":"X","AccountType":"Bank",` + rest + `}` }
	for name, test := range map[string]struct{ body, want string }{
		"no name":                {`{"AccountType":"Bank"}`, "2020 Name"},
		"blank name":             {`{"Name":"  ","AccountType":"Bank"}`, "2020 Name"},
		"null name":              {`{"Name":null,"AccountType":"Bank"}`, "2020 Name"},
		"no type":                {`{"Name":"X"}`, "6010"},
		"unknown type":           {`{"Name":"X","AccountType":"Magic"}`, "6010"},
		"unknown sub-type":       {bank(`"AccountSubType":"Magic"`), "6010"},
		"sub-type of other":      {bank(`"AccountSubType":"Vehicles"`), "6010"},
		"sub-type without home":  {`{"Name":"X","AccountSubType":"DeferredRevenue"}`, "6010"},
		"name taken":             {`{"Name":"rent","AccountType":"Bank"}`, "6240 Name"},
		"colon":                  {`{"Name":"A:B","AccountType":"Bank"}`, "2040 Name"},
		"quote":                  {`{"Name":"A\"B","AccountType":"Bank"}`, "2040 Name"},
		"long name":              {`{"Name":"` + strings.Repeat("x", 101) + `","AccountType":"Bank"}`, "2050 Name"},
		"long number":            {bank(`"AcctNum":"12345678"`), "2050 AcctNum"},
		"number colon":           {bank(`"AcctNum":"1:2"`), "2040 AcctNum"},
		"long description":       {bank(`"Description":"` + strings.Repeat("x", 101) + `"`), "2050 Description"},
		"two faults":             {`{"Name":"A:B"}`, "2040 Name,6010"},
		"unknown parent":         {bank(`"ParentRef":{"value":"999"}`), "2500 Reference Id"},
		"sub without parent":     {bank(`"SubAccount":true,"ParentRef":{}`), "6150 ParentRef"},
		"parent of other":        {bank(`"ParentRef":{"value":"` + rent + `"}`), "6000"},
		"inactive parent":        {`{"Name":"X","AccountType":"Expense","ParentRef":{"value":"` + a.account("Repair & Maintenance (deleted)") + `"}}`, "610"},
		"sixth level":            {`{"Name":"X","AccountType":"Expense","ParentRef":{"value":"` + deepest + `"}}`, "6180 ParentRef"},
		"under undeposited":      {`{"Name":"X","AccountType":"Other Current Asset","ParentRef":{"value":"` + a.account("Undeposited Funds") + `"}}`, "700 ParentRef"},
		"undeposited under":      {`{"Name":"X","AccountSubType":"UndepositedFunds","ParentRef":{"value":"` + a.account("Inventory") + `"}}`, "700 ParentRef"},
		"parent becomes alone":   {card + `"AccountSubType":"UndepositedFunds"}`, "700 AccountSubType"},
		"parent of another type": {card + `"AccountType":"Bank"}`, "6000"},
		"unknown id":             {`{"Id":"999","SyncToken":"0","Name":"X"}`, "610"},
		"no SyncToken":           {`{"Id":"` + rent + `","sparse":true,"Name":"X"}`, "2020 SyncToken"},
		"old SyncToken":          {`{"Id":"` + rent + `","SyncToken":"7","sparse":true,"Name":"X"}`, "5010"},
		"full, no name":          {`{"Id":"` + rent + `","SyncToken":"0","AccountType":"Expense"}`, "2020 Name"},
		"full, no type":          {`{"Id":"` + rent + `","SyncToken":"0","Name":"Rent"}`, "6010"},
		"type emptied":           {`{"Id":"` + rent + `","SyncToken":"0","sparse":true,"AccountType":""}`, "6010"},
		"own child":              {card + `"ParentRef":{"value":"` + visa + `"}}`, "900 ParentRef"},
		"its own parent":         {card + `"ParentRef":{"value":"` + a.account("Card Clearing") + `"}}`, "900 ParentRef"},
		"active children":        {card + `"Active":false}`, "6000"},
		"unknown property":       {`{"Name":"X","Colour":"red"}`, "2010"},
		"opening without date":   {bank(`"OpeningBalance":5`), "6060 OpeningBalanceDate"},
		"opening on no date":     {bank(`"OpeningBalance":5,"OpeningBalanceDate":"June"`), "2060 OpeningBalanceDate"},
		"opening of no amount":   {bank(`"OpeningBalance":"1e3","OpeningBalanceDate":"2026-01-01"`), "2110 OpeningBalance"},
		"opening of an expense":  {`{"Name":"X","AccountType":"Expense","OpeningBalance":5,"OpeningBalanceDate":"2026-01-01"}`, "6000"},
		"opening of receivables": {`{"Name":"X","AccountType":"Accounts Receivable","OpeningBalance":5,"OpeningBalanceDate":"2026-01-01"}`, "6000"},
	} {
		a.refuses(name, "account", test.body, test.want)
	}
	a.refuses("delete", "account?operation=delete", `{"Id":"`+rent+`","SyncToken":"0"}`, "500")
	a.refuses("update of nothing", "account?operation=update", `{"Name":"X","AccountType":"Bank"}`, "2020 Id")
	if n := len(a.trialBalance().Rows); n != len(a.accounts)+4 {
		t.Errorf("%d accounts: a refusal left one behind", n)
	}
}

// refuses posts what must be refused with codes and elements: "2020 Name,6010".
func (a *app) refuses(name, path, body, want string) {
	a.t.Helper()
	got := a.post(path, body)
	fault := got.envelope(a.t).Fault
	if fault == nil {
		a.t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		return
	}
	errors := make([]string, len(fault.Error))
	for i, e := range fault.Error {
		errors[i] = strings.TrimSpace(e.Code + " " + e.Element)
	}
	if is := strings.Join(errors, ","); got.StatusCode != http.StatusBadRequest || is != want {
		a.t.Errorf("%s: %d %s, not %s: %s", name, got.StatusCode, is, want, got.body)
	}
}

func TestCompanyInfoAndPreferences(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{
		Realm: "123", Name: "Two & Co.", WarnDuplicateJournalNumber: true, BookCloseDate: "2025-12-31",
	}}})
	info := a.get("companyInfo/123?minorversion=4").envelope(t).CompanyInfo
	if info.ID != "1" || info.CompanyName != "Two & Co." || info.Country != "US" {
		t.Errorf("company info %+v", info)
	}
	if got := a.get("companyinfo/124"); codes(got.envelope(t).Fault) != "610" {
		t.Errorf("other id: %s", got.body)
	}
	preferences := a.get("preferences").envelope(t).Preferences
	if p := preferences.AccountingInfoPrefs; p.BookCloseDate != "2025-12-31" || !p.UseAccountNumbers {
		t.Errorf("preferences %+v", preferences)
	}
	if p := preferences.OtherPrefs.NameValue[0]; p.Name != "WarnDuplicateJournalNumber" || p.Value != "true" {
		t.Errorf("other preferences %+v", preferences.OtherPrefs)
	}
	if preferences.CurrencyPrefs.HomeCurrency.Value != "USD" {
		t.Errorf("currency %+v", preferences.CurrencyPrefs)
	}
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
