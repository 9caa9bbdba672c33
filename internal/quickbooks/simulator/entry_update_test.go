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

// revise posts a new version of an entry, which must work.
func (a *app) revise(path, body string) *wire.JournalEntry {
	a.t.Helper()
	got := a.post(path, body)
	e := got.envelope(a.t)
	if got.StatusCode != http.StatusOK || e.JournalEntry == nil {
		a.t.Fatalf("update: %d %s", got.StatusCode, got.body)
	}
	return e.JournalEntry
}

// version is the head of an update of an entry.
func version(id string, token int) string { return fmt.Sprintf(`"Id":%q,"SyncToken":"%d",`, id, token) }

// withID puts the Id of a line into its JSON.
func withID(line, id string) string {
	return strings.Replace(line, "{", fmt.Sprintf(`{"Id":%q,`, id), 1)
}

func lineIDs(e *wire.JournalEntry) string {
	all := make([]string, len(e.Line))
	for i, line := range e.Line {
		all[i] = line.ID
	}
	return strings.Join(all, ",")
}

func TestFullUpdateSetsWhatIsNotSentToNothing(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	first := a.mustPost(entryJSON(`"DocNumber":"U1","TxnDate":"2026-08-01","PrivateNote":"note","Adjustment":true,`,
		a.debit("Rent", "10"), a.credit("Operating Checking", "10")))
	a.sim.AdvanceClock(90 * time.Second)
	e := a.revise("journalentry?minorversion=75", entryJSON(version(first.ID, 0), a.debit("Travel", "7"), a.credit("Operating Checking", "7")))
	no := false
	want := &wire.JournalEntry{
		ID: "1", SyncToken: "1", TxnDate: "2026-08-31", CurrencyRef: first.CurrencyRef, Adjustment: &no, Sparse: &no,
		Domain: "QBO", TxnTaxDetail: &struct{}{},
		MetaData: &wire.MetaData{CreateTime: "2026-08-31T12:11:06-07:00", LastUpdatedTime: "2026-08-31T12:12:36-07:00"},
		Line:     e.Line,
	}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Error(diff)
	}
	if lineIDs(e) != "2,3" {
		t.Errorf("line ids %s", lineIDs(e))
	}
	if diff := cmp.Diff(e, a.get("journalentry/1").envelope(t).JournalEntry); diff != "" {
		t.Errorf("read back: %s", diff)
	}
	for account, want := range map[string]wire.Decimal{"Rent": 0, "Travel": 700, "Operating Checking": -700} {
		if got := a.balance(account); got != want {
			t.Errorf("%s stands at %s, want %s", account, got, want)
		}
	}
	if n := len(a.query("select * from JournalEntry where DocNumber = 'U1'").JournalEntry); n != 0 {
		t.Error("the number it had still finds it")
	}
	checkBooks(t, a, 1)
}

func TestSparseUpdateKeepsWhatIsNotSent(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	e := a.mustPost(entryJSON(`"DocNumber":"U1","TxnDate":"2026-08-01","PrivateNote":"note","Adjustment":true,`,
		a.debit("Rent", "10"), `{"DetailType":"DescriptionOnly","Description":"text"}`, a.credit("Operating Checking", "10")))
	steps := []struct {
		path, body string
		change     func(e *wire.JournalEntry)
	}{
		{"journalentry", `"PrivateNote":"other"`, func(e *wire.JournalEntry) { e.PrivateNote = "other" }},
		{"journalentry?operation=update", `"DocNumber":"U2"`, func(e *wire.JournalEntry) { e.DocNumber = "U2" }},
		{"journalentry", `"TxnDate":"2026-08-02"`, func(e *wire.JournalEntry) { e.TxnDate = "2026-08-02" }},
		{"journalentry", `"Adjustment":false`, func(e *wire.JournalEntry) { *e.Adjustment = false }},
		{"journalentry", `"PrivateNote":"","DocNumber":""`, func(e *wire.JournalEntry) { e.PrivateNote, e.DocNumber = "", "" }},
		{"journalentry", `"PrivateNote":null,"TxnDate":null,"Line":null,"CurrencyRef":{},"MetaData":{"CreateTime":"0001-01-01T00:00:00Z"}`, func(*wire.JournalEntry) {}},
	}
	for i, step := range steps {
		step.change(e)
		e.SyncToken = fmt.Sprint(i + 1)
		got := a.revise(step.path, fmt.Sprintf(`{"Id":"1","SyncToken":"%d","sparse":true,%s}`, i, step.body))
		if diff := cmp.Diff(e, got); diff != "" {
			t.Errorf("%s: %s", step.body, diff)
		}
	}
	checkDescriptions := []string{e.Line[0].Description, e.Line[1].Description}
	if diff := cmp.Diff([]string{"Debit of Rent", "text"}, checkDescriptions); diff != "" {
		t.Error(diff)
	}
	if got := a.balance("Rent"); got != 1000 {
		t.Errorf("rent %s", got)
	}
}

func TestLinesKeepTheirIDs(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	e := a.mustPost(entryJSON("", withID(a.debit("Rent", "10"), "17"), a.credit("Operating Checking", "10")))
	if lineIDs(e) != "0,1" {
		t.Fatalf("a new entry's line ids are %s", lineIDs(e))
	}
	text := `{"DetailType":"DescriptionOnly","Description":"text"}`
	for i, step := range []struct {
		lines []string
		ids   string
	}{
		{[]string{withID(a.credit("Operating Checking", "12"), "1"), withID(a.debit("Rent", "12"), "0")}, "1,0"}, // changes places
		{[]string{withID(a.debit("Rent", "5"), "0"), a.debit("Travel", "7"), withID(a.credit("Operating Checking", "12"), "1")}, "0,2,1"},
		{[]string{withID(a.debit("Travel", "3"), "2"), withID(a.credit("Operating Checking", "3"), "1")}, "2,1"}, // 0 is gone
		{[]string{withID(a.debit("Travel", "3"), "0"), withID(a.credit("Operating Checking", "3"), "1")}, "3,1"}, // and stays so
		{[]string{withID(text, "3"), withID(a.debit("Rent", "1"), "1"), withID(a.credit("Rent", "1"), "1")}, "3,1,4"},
	} {
		got := a.revise("journalentry", entryJSON(version("1", i)+`"sparse":true,`, step.lines...))
		if lineIDs(got) != step.ids {
			t.Errorf("step %d: line ids %s, want %s", i, lineIDs(got), step.ids)
		}
	}
	if a.balance("Rent") != 0 || a.balance("Travel") != 0 || a.balance("Operating Checking") != 0 {
		t.Error("lines that are gone are still on the balances")
	}
}

func TestRefusedUpdates(t *testing.T) {
	t.Parallel()
	a := strict(t)
	a.mustPost(a.sale("OTHER", "1"))
	visa, rent := a.debit("Card Clearing:Visa", "10.00"), a.credit("Rent", "10.00")
	whole := a.get("journalentry/1").body
	sparse := func(more string) string { return `{"Id":"1","SyncToken":"0","sparse":true,` + more + `}` }
	a.wantRefusals(t, map[string]refusal{
		"no token":        {entryJSON(`"Id":"1",`, visa, rent), "2020", "Required parameter SyncToken"},
		"old token":       {entryJSON(version("1", 7), visa, rent), "5010", "Stale Object Error : You and root were working on this at the same time."},
		"no such entry":   {entryJSON(version("99", 0), visa, rent), "610", "made inactive"},
		"id of letters":   {entryJSON(version("abc", 0), visa, rent), "2030", "abc"},
		"without lines":   {`{"Id":"1","SyncToken":"0"}`, "2020", "Required parameter Line"},
		"empty lines":     {sparse(`"Line":[]`), "2250", ""},
		"unbalanced":      {sparse(`"Line":[` + visa + `]`), "6000", "two detail lines"},
		"unknown account": {sparse(`"Line":[` + visa + `,` + strings.Replace(rent, `"value":"`, `"value":"9`, 1) + `]`), "2500", "Accounts element id 9"},
		"into the past":   {sparse(`"TxnDate":"2026-06-30"`), "6210", "The account period has closed and the account books cannot be updated through through"},
		"number taken":    {sparse(`"DocNumber":"other"`), "6140", "DocNumber=other is assigned to TxnType=Journal Entry with TxnId=2"},
		"long note":       {sparse(`"PrivateNote":"` + strings.Repeat("x", 4001) + `"`), "2050", "Max:4000"},
		"bad date":        {sparse(`"TxnDate":"soon"`), "2060", "soon"},
	})
	for path, want := range map[string]string{"journalentry?operation=update": "2020", "journalentry?operation=void": "500"} {
		body := entryJSON(`"SyncToken":"0",`, visa, rent)
		if got := a.post(path, body); codes(got.envelope(t).Fault) != want {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	if diff := cmp.Diff(string(whole), string(a.get("journalentry/1").body)); diff != "" {
		t.Errorf("a refused update left a trace: %s", diff)
	}
	a.post("journalentry?operation=delete", `{"Id":"1","SyncToken":"0"}`)
	got := a.post("journalentry", entryJSON(version("1", 0), visa, rent)).envelope(t)
	if codes(got.Fault) != "610" || !strings.Contains(got.Fault.Error[0].Detail, "deleted this transaction") {
		t.Errorf("deleted: %+v", got.Fault)
	}
	checkBooks(t, a, 1)
}

func TestClosedBooksHoldEntriesWhereTheyAre(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.mustPost(a.sale("C1", "1")) // of 2026-08-30
	if err := a.sim.ChangeCompany(a.realm, closeBooks("2026-08-30")); err != nil {
		t.Fatal(err)
	}
	for _, change := range []string{`"TxnDate":"2026-08-31"`, `"PrivateNote":"x"`} {
		got := a.post("journalentry", `{"Id":"1","SyncToken":"0","sparse":true,`+change+`}`)
		if codes(got.envelope(t).Fault) != "6210" {
			t.Errorf("%s: %s", change, got.body)
		}
	}
	if err := a.sim.ChangeCompany(a.realm, closeBooks("2026-08-29")); err != nil {
		t.Fatal(err)
	}
	a.revise("journalentry", `{"Id":"1","SyncToken":"0","sparse":true,"TxnDate":"2026-08-31"}`)
}

func TestNumbersOfUpdates(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{WarnDuplicateJournalNumber: true}}})
	for _, number := range []string{"N1", "N2", "N3"} {
		a.mustPost(a.sale(number, "1"))
	}
	sparse := func(id string, token int, more string) string {
		return fmt.Sprintf(`{%s"sparse":true,%s}`, version(id, token), more)
	}
	a.revise("journalentry", sparse("1", 0, `"DocNumber":"n1"`)) // its own
	if got := a.post("journalentry", sparse("3", 0, `"DocNumber":"N1"`)); codes(got.envelope(t).Fault) != "6140" {
		t.Errorf("%s", got.body)
	}
	for _, id := range []string{"3", "2"} {
		a.revise("journalentry?include=allowduplicatedocnum", sparse(id, 0, `"DocNumber":"N1"`))
	}
	found := func(number, want string) {
		t.Helper()
		if got := ids(a.query("select * from JournalEntry where DocNumber = '" + number + "'")); got != want {
			t.Errorf("%s finds %q, want %q", number, got, want)
		}
	}
	found("N1", "1 2 3")
	found("N2", "")
	a.revise("journalentry", sparse("2", 1, `"PrivateNote":"it keeps the number that it shares"`))
	a.revise("journalentry", sparse("2", 2, `"DocNumber":"N2"`))
	found("N1", "1 3")
	a.revise("journalentry?include=allowautodocnum", entryJSON(version("3", 1), a.debit("Rent", "1"), a.credit("Travel", "1")))
	found("N1", "1")
	found("1", "3")
	a.mustPost(a.sale("N3", "1"))
}

func TestUpdatesAndDeletesByOthersShow(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.mustPost(a.sale("X", "1"))
	a.sim.AdvanceClock(time.Hour - time.Minute)
	a.revise("journalentry", `{"Id":"1","SyncToken":"0","sparse":true,"PrivateNote":"x"}`)
	rows := a.query("select * from JournalEntry where MetaData.LastUpdatedTime > '2026-08-31T13:00:00-07:00'").JournalEntry
	if len(rows) != 1 || rows[0].SyncToken != "1" || rows[0].MetaData.CreateTime != "2026-08-31T12:11:06-07:00" {
		t.Errorf("%+v", rows)
	}
}

func TestRenamedAccountsShowInOldEntries(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.mustPost(entryJSON("", strings.Replace(a.debit("Rent", "1"), `"value"`, `"name":"as the client calls it","value"`, 1), a.credit("Travel", "1")))
	rent := a.get("account/" + a.account("Rent")).envelope(t).Account
	body := fmt.Sprintf(`{"Id":%q,"SyncToken":%q,"sparse":true,"Name":"Rent of Shops"}`, rent.ID, rent.SyncToken)
	if got := a.post("account", body); got.StatusCode != http.StatusOK {
		t.Fatal(string(got.body))
	}
	line := a.get("journalentry/1").envelope(t).JournalEntry.Line[0]
	if got := line.JournalEntryLineDetail.AccountRef.Name; got != "Rent of Shops" {
		t.Errorf("the line says %q", got)
	}
}
