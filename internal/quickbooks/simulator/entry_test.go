package simulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

func TestCreateAnswersTheEntryAsBooked(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	got := a.post("journalentry?minorversion=75", entryJSON(
		`"DocNumber":"LS-000123","TxnDate":"2026-08-30","PrivateNote":"till 3, shift \"B\" – naïve","CurrencyRef":{},`,
		a.debit("Cash in Drawer:Harbor Street", `100.00`),
		`{"Description":"only text","DetailType":"DescriptionOnly"}`,
		a.line("Credit", "Sales:Gifts & Books", `92.5`, `,"ClassRef":{"value":"7"},"DepartmentRef":{"value":"3","name":"Harbor Street"}`),
		a.credit("Sales Tax Payable:State", `"7.50000"`),
	))
	if got.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	no := false
	ref := func(name string) *wire.Ref { return &wire.Ref{Value: a.account(name), Name: name} }
	posting := func(side, name string) *wire.JournalLineDetail {
		return &wire.JournalLineDetail{PostingType: side, AccountRef: ref(name)}
	}
	sales := posting("Credit", "Sales:Gifts & Books") // without class and location: both features are off
	want := &wire.JournalEntry{
		ID: "1", SyncToken: "0", DocNumber: "LS-000123", TxnDate: "2026-08-30",
		PrivateNote: "till 3, shift \"B\" – naïve", CurrencyRef: &wire.Ref{Value: "USD", Name: "United States Dollar"},
		Adjustment: &no, Sparse: &no, Domain: "QBO", TxnTaxDetail: &struct{}{},
		MetaData: &wire.MetaData{CreateTime: "2026-08-31T12:11:06-07:00", LastUpdatedTime: "2026-08-31T12:11:06-07:00"},
		Line: []wire.JournalLine{
			{ID: "0", Description: "Debit of Cash in Drawer:Harbor Street", Amount: 10000, DetailType: "JournalEntryLineDetail", JournalEntryLineDetail: posting("Debit", "Cash in Drawer:Harbor Street")},
			{ID: "1", Description: "only text", DetailType: "DescriptionOnly"},
			{ID: "2", Description: "Credit of Sales:Gifts & Books", Amount: 9250, DetailType: "JournalEntryLineDetail", JournalEntryLineDetail: sales},
			{ID: "3", Description: "Credit of Sales Tax Payable:State", Amount: 750, DetailType: "JournalEntryLineDetail", JournalEntryLineDetail: posting("Credit", "Sales Tax Payable:State")},
		},
	}
	e := got.envelope(t)
	if diff := cmp.Diff(want, e.JournalEntry); diff != "" {
		t.Error(diff)
	}
	if e.Time != "2026-08-31T12:11:06.000-07:00" {
		t.Errorf("time %q", e.Time)
	}
	if diff := cmp.Diff(want, a.get("journalEntry/1").envelope(t).JournalEntry); diff != "" {
		t.Errorf("read back: %s", diff)
	}
	if got := a.balance("Cash in Drawer:Harbor Street"); got != 10000 {
		t.Errorf("cash %s", got)
	}
	if got := a.balance("Sales Tax Payable:State"); got != -750 {
		t.Errorf("tax %s", got)
	}
	for _, header := range []string{"Intuit_tid", "QBO-Version", "Server", "Expires", "Cache-Control"} {
		if got.Header.Get(header) == "" {
			t.Errorf("no header %s", header)
		}
	}
}

func TestTxnDateDefaultsToPacificToday(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.sim.AdvanceClock(11 * 3600e9) // 06:11 UTC on the 1st is still the 31st on the west coast
	a.token = a.exchange(a.consent(a.realm)).AccessToken
	e := a.mustPost(entryJSON("", a.debit("Rent", "1"), a.credit("Operating Checking", "1")))
	if e.TxnDate != "2026-08-31" || e.DocNumber != "" {
		t.Errorf("date %s, number %q", e.TxnDate, e.DocNumber)
	}
}

// strict is an app whose company takes no number twice and nothing before July, and which has one entry, TAKEN-1.
func strict(t *testing.T) *app {
	t.Helper()
	a := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{
		Realm: "1", WarnDuplicateJournalNumber: true, BookCloseDate: "2026-06-30",
	}}})
	a.mustPost(a.sale("TAKEN-1", "5.00"))
	return a
}

// edit puts something else into a line.
func edit(t *testing.T, line, from, to string) string {
	t.Helper()
	if !strings.Contains(line, from) {
		t.Fatalf("%s does not contain %s", line, from)
	}
	return strings.Replace(line, from, to, 1)
}

// refusal is a body that is refused: the codes of the fault's errors in their order, and part of the first Detail.
type refusal struct{ body, codes, detail string }

// wantRefusals posts bodies, each of which must be refused and none of which may leave a trace.
func (a *app) wantRefusals(t *testing.T, refusals map[string]refusal) {
	t.Helper()
	before := a.trialBalance().Entries
	for name, want := range refusals {
		got := a.post("journalentry", want.body)
		fault := got.envelope(t).Fault
		if got.StatusCode != http.StatusBadRequest || codes(fault) != want.codes {
			t.Errorf("%s: %d, codes %q, want %q: %s", name, got.StatusCode, codes(fault), want.codes, got.body)
			continue
		}
		if fault.Type != "ValidationFault" || !strings.Contains(fault.Error[0].Detail, want.detail) {
			t.Errorf("%s: type %s, detail %q", name, fault.Type, fault.Error[0].Detail)
		}
	}
	if after := a.trialBalance().Entries; after != before {
		t.Errorf("%d entries in the books, want %d", after, before)
	}
}

func TestRefusedForItsForm(t *testing.T) {
	t.Parallel()
	a := strict(t)
	visa, rent := a.debit("Card Clearing:Visa", "10.00"), a.credit("Rent", "10.00")
	a.wantRefusals(t, map[string]refusal{
		"not JSON":           {`{"Line":[`, "2010", "Property Name"},
		"empty body":         {``, "2010", ""},
		"array":              {`[]`, "2010", ""},
		"text behind":        {entryJSON("", visa, rent) + "x", "2010", ""},
		"unknown property":   {entryJSON(`"Colour":"red",`, visa, rent), "2010", "Property Name: Colour"},
		"unknown in line":    {entryJSON("", edit(t, visa, `"Amount"`, `"Size":1,"Amount"`), rent), "2010", "Property Name: Size"},
		"wrong type":         {entryJSON(`"DocNumber":{"a":1},`, visa, rent), "2010", ""},
		"no lines":           {`{"DocNumber":"1"}`, "2020", "Required parameter Line is missing"},
		"null for lines":     {`{"Line":null}`, "2020", "Required parameter Line is missing"},
		"empty lines":        {`{"Line":[]}`, "2250", ""},
		"negative":           {entryJSON("", edit(t, visa, "10.00", "-10.00"), rent), "2290", ""},
		"no amount":          {entryJSON("", edit(t, visa, `"Amount":10.00,`, ``), rent), "2020", "Required parameter Amount"},
		"amount null":        {entryJSON("", edit(t, visa, `10.00`, `null`), rent), "2020", "Amount"},
		"amount words":       {entryJSON("", edit(t, visa, `10.00`, `"ten"`), rent), "2110", "ten"},
		"six decimals":       {entryJSON("", edit(t, visa, `10.00`, `10.000000`), rent), "2110", ""},
		"eleven digits":      {entryJSON("", edit(t, visa, `10.00`, `12345678901`), rent), "2110", ""},
		"exponent":           {entryJSON("", edit(t, visa, `10.00`, `1e1`), rent), "2110", ""},
		"no posting type":    {entryJSON("", edit(t, visa, `"PostingType":"Debit",`, ``), rent), "2260", ""},
		"other posting type": {entryJSON("", edit(t, visa, `"Debit"`, `"Sideways"`), rent), "2170", "Sideways"},
		"no detail type":     {entryJSON("", edit(t, visa, `"DetailType":"JournalEntryLineDetail",`, ``), rent), "2020", "DetailType"},
		"other detail type":  {entryJSON("", edit(t, visa, `"DetailType":"JournalEntryLineDetail"`, `"DetailType":"SalesItemLineDetail"`), rent), "2170", "SalesItemLineDetail"},
		"no account":         {entryJSON("", edit(t, visa, `"value":"`+a.account("Card Clearing:Visa")+`"`, ``), rent), "2020", "Required parameter AccountRef"},
		"no accounts at all": {entryJSON("", `{"Amount":1,"DetailType":"JournalEntryLineDetail"}`, `{"Amount":1,"DetailType":"JournalEntryLineDetail"}`), "2020,2260,2020,2260", ""},
		"entity type":        {entryJSON("", visa, a.line("Credit", "Rent", "10.00", `,"Entity":{"Type":"Planet","EntityRef":{"value":"1"}}`)), "2170", "Planet"},
		"long number":        {entryJSON(`"DocNumber":"1234567890123456789012",`, visa, rent), "2050", "Max:21 supplied:22"},
		"long note":          {entryJSON(`"PrivateNote":"`+strings.Repeat("é", 4001)+`",`, visa, rent), "2050", "Max:4000 supplied:4001"},
		"long description":   {entryJSON("", edit(t, visa, `"Debit of`, `"`+strings.Repeat("x", 4001)), rent), "2050", "Max:4000"},
		"bad date":           {entryJSON(`"TxnDate":"2026-02-30",`, visa, rent), "2060", "2026-02-30"},
		"zero date":          {entryJSON(`"TxnDate":"0001-01-01",`, visa, rent), "2060", "0001-01-01"},
		"far date":           {entryJSON(`"TxnDate":"2200-01-01",`, visa, rent), "2060", ""},
		"date and time":      {entryJSON(`"TxnDate":"2026-08-30T10:00:00Z",`, visa, rent), "2060", ""},
		"no entity type":     {entryJSON("", visa, a.line("Credit", "Rent", "10.00", `,"Entity":{"EntityRef":{"value":"1"}}`)), "2020", "Entity.Type"},
		"tax without amount": {entryJSON("", visa, a.line("Credit", "Rent", "10.00", `,"TaxCodeRef":{"value":"TAX"},"TaxApplicableOn":"Sales"`)), "2280", ""},
		"tax without place":  {entryJSON("", visa, a.line("Credit", "Rent", "10.00", `,"TaxCodeRef":{"value":"TAX"},"TaxAmount":1`)), "2270", ""},
		"tax alone":          {entryJSON("", visa, a.line("Credit", "Rent", "10.00", `,"TaxCodeRef":{"value":"TAX"}`)), "2270,2280", ""},
		"tax on the moon":    {entryJSON("", visa, a.line("Credit", "Rent", "10.00", `,"TaxCodeRef":{"value":"TAX"},"TaxApplicableOn":"Moon","TaxAmount":"x"`)), "2170,2110", "Moon"},
		"negative tax":       {entryJSON("", visa, a.line("Credit", "Rent", "10.00", `,"TaxCodeRef":{"value":"TAX"},"TaxApplicableOn":"Sales","TaxAmount":-1`)), "2290", ""},
		"American date":      {entryJSON(`"TxnDate":"08/30/2026",`, visa, rent), "2060", ""},
		"not UTF-8":          {entryJSON("\"PrivateNote\":\"\xff\",", visa, rent), "500", "MalformedByteSequence"},
	})
}

func TestRefusedForTheBooks(t *testing.T) {
	t.Parallel()
	a := strict(t)
	visa, rent := a.debit("Card Clearing:Visa", "10.00"), a.credit("Rent", "10.00")
	a.wantRefusals(t, map[string]refusal{
		"one line":             {entryJSON("", visa), "6000", "Fill out at least two detail lines"},
		"one line and text":    {entryJSON("", visa, `{"DetailType":"DescriptionOnly","Description":"x"}`), "6000", "Fill out"},
		"unbalanced":           {entryJSON("", visa, a.credit("Rent", "9.99")), "6000", "balance debits and credits"},
		"two debits":           {entryJSON("", visa, visa), "6000", "balance debits and credits"},
		"all zero":             {entryJSON("", a.debit("Rent", "0"), a.credit("Travel", "0")), "6000", "set a transaction amount"},
		"unknown account":      {entryJSON("", edit(t, visa, `"value":"`+a.account("Card Clearing:Visa")+`"`, `"value":"9437"`), rent), "2500", "Accounts element id 9437 not found"},
		"account by name":      {entryJSON("", edit(t, visa, `"value":"`+a.account("Card Clearing:Visa")+`"`, `"value":"Visa"`), rent), "2500", "id Visa not found"},
		"inactive account":     {entryJSON("", visa, a.credit("Repair & Maintenance (deleted)", "10.00")), "610", "made inactive"},
		"receivable":           {entryJSON("", a.debit("Accounts Receivable (A/R)", "10.00"), rent), "6000", "you must choose a customer"},
		"receivable of a type": {entryJSON("", a.line("Debit", "Accounts Receivable (A/R)", "10.00", `,"Entity":{"Type":"Customer"}`), rent), "6000", "you must choose a customer"},
		"unknown customer":     {entryJSON("", a.line("Debit", "Accounts Receivable (A/R)", "10.00", `,"Entity":{"Type":"Customer","EntityRef":{"value":"9000"}}`), rent), "2500", "Names element id 9000 not found"},
		"unknown employee":     {entryJSON("", a.line("Debit", "Travel", "10.00", `,"Entity":{"Type":"Other","EntityRef":{"value":"9000"}}`), rent), "2500", "Names element id 9000 not found"},
		"payable":              {entryJSON("", visa, a.credit("Accounts Payable (A/P)", "10.00")), "6000", "you must choose a supplier/vendor"},
		"other currency":       {entryJSON(`"CurrencyRef":{"value":"EUR"},`, visa, rent), "5030", "EUR"},
		"number taken":         {entryJSON(`"DocNumber":"taken-1",`, visa, rent), "6140", "DocNumber=taken-1 is assigned to TxnType=Journal Entry with TxnId=1"},
		"closed period":        {entryJSON(`"TxnDate":"2026-06-30",`, visa, rent), "6210", "closed"},
		"number and period":    {entryJSON(`"TxnDate":"2026-06-29","DocNumber":"TAKEN-1",`, visa, rent), "6140,6210", ""},
	})
}

func TestCreateTakesWhatQuickBooksTakes(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	bank, rent := a.credit("Operating Checking", "10.00"), a.debit("Rent", "10.00")
	for name, body := range map[string]string{
		"classes that are off":   entryJSON("", a.line("Debit", "Rent", "10.00", `,"ClassRef":{"value":"9"},"DepartmentRef":{"value":"9"}`), bank),
		"a tax":                  entryJSON("", a.line("Debit", "Rent", "10.00", `,"TaxCodeRef":{"value":"NON"},"TaxApplicableOn":"Purchase","TaxAmount":0`), bank),
		"numbers for ids":        entryJSON("", strings.Replace(rent, `"value":"`+a.account("Rent")+`"`, `"value":`+a.account("Rent"), 1), bank),
		"read-only properties":   entryJSON(`"TotalAmt":0,"HomeTotalAmt":0,"TxnTaxDetail":{},"domain":"QBO","sparse":false,"MetaData":{"CreateTime":"0001-01-01T00:00:00Z"},"ExchangeRate":1,`, rent, bank),
		"empty refs":             entryJSON(`"CurrencyRef":{},`, a.line("Debit", "Rent", "10.00", `,"ClassRef":{},"DepartmentRef":{},"Entity":{},"TaxCodeRef":{}`), bank),
		"home currency":          entryJSON(`"CurrencyRef":{"value":"USD"},`, rent, bank),
		"date with Z":            entryJSON(`"TxnDate":"2026-08-01Z",`, rent, bank),
		"date with offset":       entryJSON(`"TxnDate":"2026-08-01-07:00",`, rent, bank),
		"line ids and numbers":   entryJSON("", strings.Replace(rent, "{", `{"Id":"0","LineNum":1,`, 1), strings.Replace(bank, "{", `{"Id":"1","LineNum":2,`, 1)),
		"a zero line":            entryJSON("", rent, bank, a.debit("Travel", "0.00")),
		"rounds to hundredths":   entryJSON("", a.debit("Rent", "10.00499"), bank),
		"21 characters, accents": entryJSON(`"DocNumber":"ééééééééééééééééééééé",`, rent, bank),
	} {
		if got := a.post("journalentry", body); got.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
	if balance := a.trialBalance(); balance.TotalDebit != balance.TotalCredit {
		t.Errorf("debits %s, credits %s", balance.TotalDebit, balance.TotalCredit)
	}
}

func TestAmountsRoundToHundredths(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for raw, want := range map[string]wire.Decimal{
		"0.005": 1, "0.00499": 0, "1.23456": 123, "1.23500": 124, "9999999999.99": 999999999999, "7": 700, "7.1": 710,
	} {
		e := a.mustPost(entryJSON("", a.debit("Rent", "1"), a.credit("Travel", "1"), a.debit("Utilities", raw), a.credit("Utilities", raw)))
		if e.Line[2].Amount != want {
			t.Errorf("%s is booked as %s, want %s", raw, e.Line[2].Amount, want)
		}
	}
}

func TestUnbalancedFaultByTheTable(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchUnbalanced: "2300"}})
	got := a.post("journalentry", entryJSON("", a.debit("Rent", "1"), a.credit("Travel", "2"))).envelope(t)
	if codes(got.Fault) != "2300" {
		t.Errorf("codes %q", codes(got.Fault))
	}
}

func TestDuplicateNumbers(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.mustPost(a.sale("N1", "1"))
	a.mustPost(a.sale("N1", "1")) // allowed unless the preference is on
	strict := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{WarnDuplicateJournalNumber: true}}})
	first := strict.mustPost(strict.sale("N1", "1"))
	if got := strict.post("journalentry", strict.sale("n1", "1")); codes(got.envelope(t).Fault) != "6140" {
		t.Errorf("second: %s", got.body)
	}
	got := strict.post("journalentry?include=allowduplicatedocnum", strict.sale("N1", "1"))
	if got.StatusCode != http.StatusOK {
		t.Errorf("include=allowduplicatedocnum: %s", got.body)
	}
	for _, id := range []string{first.ID, got.envelope(t).JournalEntry.ID} {
		body := fmt.Sprintf(`{"Id":%q,"SyncToken":"0"}`, id)
		if got := strict.post("journalentry?operation=delete", body); got.StatusCode != http.StatusOK {
			t.Fatalf("delete: %s", got.body)
		}
	}
	strict.mustPost(strict.sale("N1", "1")) // free again
}

func TestDelete(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	e := a.mustPost(a.sale("D1", "12.34"))
	for body, want := range map[string]string{
		`{}`:                           "2020,2020",
		`{"SyncToken":"0"}`:            "2020",
		`{"Id":"1"}`:                   "2020",
		`{"Id":"1","SyncToken":"1"}`:   "5010",
		`{"Id":"99","SyncToken":"0"}`:  "610",
		`{"Id":"abc","SyncToken":"0"}`: "2030",
	} {
		if got := a.post("journalentry?operation=delete", body); codes(got.envelope(t).Fault) != want {
			t.Errorf("%s: %s", body, got.body)
		}
	}
	if err := a.sim.ChangeCompany(a.realm, closeBooks("2026-08-30")); err != nil {
		t.Fatal(err)
	}
	whole := string(a.get("journalentry/" + e.ID).body)
	whole = whole[len(`{"JournalEntry":`):strings.LastIndex(whole, `,"time"`)] // as node clients send it
	if got := a.post("journalentry?operation=delete", whole); codes(got.envelope(t).Fault) != "6210" {
		t.Errorf("closed: %s", got.body)
	}
	if err := a.sim.ChangeCompany(a.realm, closeBooks("")); err != nil {
		t.Fatal(err)
	}
	got := a.post("journalentry?operation=delete", whole)
	if text := string(got.body); !strings.HasPrefix(text, `{"JournalEntry":{"Id":"1","domain":"QBO","status":"Deleted"},"time":`) {
		t.Errorf("delete: %s", text)
	}
	want := &wire.JournalEntry{ID: e.ID, Domain: "QBO", Status: "Deleted"}
	if diff := cmp.Diff(want, got.envelope(t).JournalEntry); diff != "" {
		t.Errorf("delete: %s", diff)
	}
	if got := a.get("journalentry/" + e.ID); codes(got.envelope(t).Fault) != "610" {
		t.Errorf("read: %s", got.body)
	}
	got = a.post("journalentry?operation=delete", whole)
	if fault := got.envelope(t).Fault; codes(fault) != "610" || !strings.Contains(fault.Error[0].Detail, "deleted this transaction") {
		t.Errorf("again: %s", got.body)
	}
	if got := a.balance("Card Clearing:Visa"); got != 0 {
		t.Errorf("balance %s", got)
	}
	if next := a.mustPost(a.sale("D2", "1")); next.ID == e.ID {
		t.Error("an id was used again")
	}
}

func TestOperationsThatAreNotOffered(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for _, path := range []string{"journalentry?operation=void", "journalentry?operation=revert", "account?operation=delete"} {
		got := a.post(path, "{}").envelope(t)
		if _, name, _ := strings.Cut(path, "="); codes(got.Fault) != "500" || got.Fault.Error[0].Detail != "Operation "+name+" is not supported." {
			t.Errorf("%s: %+v", path, got.Fault)
		}
	}
	for _, path := range []string{"invoice/1", "account", "preferences/2", "", "companyinfo"} {
		if got := a.get(path); got.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, got.StatusCode)
		}
	}
}

func TestReadNeedsANumber(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for id, want := range map[string]string{"abc": "2030", "-1": "2030", "1": "610", "99999999999999999999": "610"} {
		if got := a.get("journalentry/" + id); codes(got.envelope(t).Fault) != want {
			t.Errorf("%s: %s", id, got.body)
		}
	}
}

func TestLimitOfLines(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchEntryLines: "3"}})
	line := a.debit("Rent", "1")
	a.mustPost(entryJSON("", line, line, a.credit("Travel", "2")))
	a.wantRefusals(t, map[string]refusal{
		"four lines": {entryJSON("", line, line, line, a.credit("Travel", "3")), "6000", "at most 3 lines"},
	})
}

func TestTaxOfALineIsKept(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	e := a.mustPost(entryJSON("", a.line("Debit", "Rent", "10.00", `,"TaxCodeRef":{"value":"TAX","name":"x"},"TaxApplicableOn":"Sales","TaxAmount":1.5`),
		a.credit("Travel", "10")))
	amount := wire.Decimal(150)
	want := &wire.JournalLineDetail{
		PostingType: "Debit", AccountRef: &wire.Ref{Value: a.account("Rent"), Name: "Rent"},
		TaxCodeRef: &wire.Ref{Value: "TAX"}, TaxApplicableOn: "Sales", TaxAmount: &amount,
	}
	if diff := cmp.Diff(want, e.Line[0].JournalEntryLineDetail); diff != "" {
		t.Error(diff)
	}
	if got := a.balance("Rent"); got != 1000 {
		t.Errorf("rent %s", got)
	}
}

func TestAutomaticNumbers(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{WarnDuplicateJournalNumber: true}}})
	auto := func(head string) string {
		t.Helper()
		got := a.post("journalentry?include=allowautodocnum", entryJSON(head, a.debit("Rent", "1"), a.credit("Travel", "1")))
		if got.StatusCode != http.StatusOK {
			t.Fatalf("%s", got.body)
		}
		return got.envelope(t).JournalEntry.DocNumber
	}
	for _, step := range []struct{ head, want string }{
		{"", "1"},
		{`"DocNumber":null,`, "2"},
		{`"DocNumber":"LS-900",`, "LS-900"},
		{"", "3"},
		{`"DocNumber":"0041",`, "0041"},
		{`"DocNumber":"",`, "42"},
		{`"DocNumber":"999999999999999999999",`, "999999999999999999999"},
		{"", "43"},
	} {
		if got := auto(step.head); got != step.want {
			t.Errorf("%q gets %q, want %q", step.head, got, step.want)
		}
	}
	if e := a.mustPost(entryJSON(`"DocNumber":null,`, a.debit("Rent", "1"), a.credit("Travel", "1"))); e.DocNumber != "" {
		t.Errorf("without include: %q", e.DocNumber)
	}
}

func TestManyLinesAndLongBodies(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	const pairs = 6000
	lines := make([]string, 0, 2*pairs)
	for range pairs {
		lines = append(lines, a.debit("Rent", "0.01"), a.credit("Travel", "0.01"))
	}
	e := a.mustPost(entryJSON("", lines...))
	if len(e.Line) != 2*pairs || a.balance("Rent") != pairs {
		t.Errorf("%d lines, rent %s", len(e.Line), a.balance("Rent"))
	}
	got := a.post("journalentry", entryJSON(`"PrivateNote":"`+strings.Repeat("x", 4<<20)+`",`))
	if got.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("5 MiB: %d", got.StatusCode)
	}
}
