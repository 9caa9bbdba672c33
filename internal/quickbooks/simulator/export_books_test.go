package simulator_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// books makes a simulator and does the same in it every time, at another time of day.
func books(t *testing.T, at time.Time) *app {
	t.Helper()
	a := newApp(t, simulator.Options{
		Now:       func() time.Time { return at },
		Companies: []simulator.CompanyOptions{{Realm: "11", Name: "First"}, {Name: "Second"}},
	})
	first := a.mustPost(a.sale("=1+1", "12.00"))
	a.mustPost(entryJSON(`"TxnDate":"2026-08-30",`, a.debit("Card Clearing:Visa", "1.00"), a.credit("Sales:Footwear", "1.00"),
		`{"DetailType":"DescriptionOnly","Description":"@note, with a comma"}`))
	gone := a.mustPost(a.sale("SALE-3", "3.00"))
	a.post("journalentry?operation=delete", `{"Id":"`+gone.ID+`","SyncToken":"0"}`)
	a.post("account", `{"Name":"Till","AccountType":"Bank"}`)
	if first.ID != "1" {
		t.Fatalf("the first entry has id %s", first.ID)
	}
	return a
}

func TestExportsOfTwoRunsAgree(t *testing.T) {
	t.Parallel()
	a, b := books(t, started()), books(t, started().Add(time.Hour))
	if diff := cmp.Diff(export(t, a.sim, simulator.WithoutTimes()), export(t, b.sim, simulator.WithoutTimes())); diff != "" {
		t.Errorf("two runs (-first +second):\n%s", diff)
	}
	if export(t, a.sim) == export(t, b.sim) {
		t.Error("the times are not in the export")
	}
	if strings.Contains(export(t, a.sim), a.token) {
		t.Error("there is a token in the export")
	}
}

func TestExportHoldsTheBooks(t *testing.T) {
	t.Parallel()
	a := books(t, started())
	got := send(t, a.sim, adminGet(t, "/admin/export?times=off"))
	var document struct {
		Companies []struct {
			Realm        string
			Name         string
			Settings     simulator.CompanyOptions
			TrialBalance simulator.TrialBalance
			Accounts     []wire.Account
			Journal      []wire.JournalEntry
		}
		Requests simulator.RequestCounts
	}
	if err := json.Unmarshal(got.body, &document); err != nil {
		t.Fatalf("%v in %s", err, got.body)
	}
	if len(document.Companies) != 2 || document.Companies[1].Name != "Second" || document.Requests.Total == 0 {
		t.Fatalf("%s", got.body)
	}
	first := document.Companies[0]
	if diff := cmp.Diff(a.trialBalance(), first.TrialBalance); diff != "" {
		t.Errorf("trial balance (-want +got):\n%s", diff)
	}
	if len(first.Journal) != 2 || first.Journal[1].ID != "2" || first.Journal[1].MetaData != nil {
		t.Errorf("journal: %+v", first.Journal)
	}
	if n := len(first.Accounts); n != len(a.accounts)+1 || first.Accounts[n-1].Name != "Till" {
		t.Errorf("%d accounts", n)
	}
	if bad := send(t, a.sim, adminGet(t, "/admin/export?times=never")); bad.StatusCode != http.StatusBadRequest {
		t.Errorf("times=never: %d", bad.StatusCode)
	}
}

// A journal of several pages is whole.
func TestExportOfManyEntries(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for i := range 45 {
		a.post("batch", a.batchOf(string(rune('A'+i)), 30))
	}
	a.post("journalentry?operation=delete", `{"Id":"500","SyncToken":"0"}`)
	if got := strings.Count(export(t, a.sim), `"TxnDate"`); got != 45*30-1 {
		t.Errorf("%d entries, want %d", got, 45*30-1)
	}
}

func TestJournalAsCSV(t *testing.T) {
	t.Parallel()
	a := books(t, started())
	got := send(t, a.sim, adminGet(t, "/admin/companies/11/journal.csv"))
	const want = `Entry,Date,Number,Account,Debit,Credit,Memo,Class,Department
1,2026-08-30,'=1+1,Card Clearing:Visa,12.00,,Debit of Card Clearing:Visa,,
1,2026-08-30,'=1+1,Sales:Footwear,,12.00,Credit of Sales:Footwear,,
2,2026-08-30,,Card Clearing:Visa,1.00,,Debit of Card Clearing:Visa,,
2,2026-08-30,,Sales:Footwear,,1.00,Credit of Sales:Footwear,,
2,2026-08-30,,,,,"'@note, with a comma",,
`
	if diff := cmp.Diff(want, string(got.body)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if disposition := got.Header.Get("Content-Disposition"); disposition != `attachment; filename="journal-11.csv"` {
		t.Errorf("Content-Disposition is %s", disposition)
	}
}

func TestTrialBalanceAsCSV(t *testing.T) {
	t.Parallel()
	a := books(t, started())
	got := send(t, a.sim, adminGet(t, "/admin/companies/11/trial-balance.csv"))
	rows, err := csv.NewReader(strings.NewReader(string(got.body))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := a.trialBalance()
	if last := rows[len(rows)-1]; len(rows) != len(want.Rows)+2 || last[5] != want.TotalDebit.String() || last[6] != last[5] {
		t.Errorf("%d rows, the last is %v", len(rows), last)
	}
	for i, row := range want.Rows {
		if got := rows[i+1]; got[0] != row.AccountID || got[2] != row.Name || got[5] != row.Debit.String() || got[6] != row.Credit.String() {
			t.Errorf("row %d is %v, want %+v", i, got, row)
		}
	}
}

func TestExportsOfNoCompany(t *testing.T) {
	t.Parallel()
	sim := newSimulator(t, simulator.Options{})
	for _, path := range []string{"journal.csv", "trial-balance.csv"} {
		if got := send(t, sim, adminGet(t, "/admin/companies/99/"+path)); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
	if err := errors.Join(sim.ExportJournal(&strings.Builder{}, "99"), sim.ExportTrialBalance(&strings.Builder{}, "99")); !errors.Is(err, simulator.ErrUnknownCompany) {
		t.Errorf("%v, want ErrUnknownCompany", err)
	}
}
