package simulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

func (a *app) page(path string) reply {
	a.t.Helper()
	return send(a.t, a.sim, httptest.NewRequestWithContext(a.t.Context(), http.MethodGet, path, nil))
}

var (
	balanceRow = regexp.MustCompile(`<td class="number">([\d,.]*)</td><td class="number">([\d,.]*)</td></tr>`)
	totalCells = regexp.MustCompile(`id="total-debit">([\d,.]*)</td><td class="number" id="total-credit">([\d,.]*)</td>`)
)

func amount(t *testing.T, text string) wire.Decimal {
	t.Helper()
	if text == "" {
		return 0
	}
	d, err := wire.ParseDecimal(strings.ReplaceAll(text, ",", ""))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTrialBalancePageAddsUp(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.mustPost(a.sale("W1", "1234567.89"))
	a.mustPost(entryJSON("", a.debit("Cost of Goods Sold:Footwear", "500.10"), a.credit("Inventory:Footwear", "500.10")))
	a.mustPost(entryJSON("", a.debit("Utilities:Water", "5"), a.credit("Utilities:Water", "5")))
	for path, rows := range map[string]int{"": 5, "?all": 146} {
		got := a.page("/companies/" + a.realm + "/trial-balance" + path)
		var debits, credits wire.Decimal
		found := balanceRow.FindAllStringSubmatch(string(got.body), -1)
		for _, row := range found {
			debits += amount(t, row[1])
			credits += amount(t, row[2])
		}
		total := totalCells.FindStringSubmatch(string(got.body))
		if len(found) != rows || total == nil {
			t.Fatalf("%q: %d rows, total %v", path, len(found), total)
		}
		if debits != amount(t, total[1]) || credits != amount(t, total[2]) || debits != credits || total[1] != "1,235,067.99" {
			t.Errorf("%q: rows sum to %s and %s, the page says %s and %s", path, debits, credits, total[1], total[2])
		}
	}
}

func TestJournalPages(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for i := 1; i <= 60; i++ {
		a.mustPost(entryJSON(fmt.Sprintf(`"DocNumber":"J%02d","TxnDate":"2026-05-01","PrivateNote":"<b>note</b> %d",`, i, i),
			a.debit("Cash in Drawer", "2.50"), a.credit("Sales:Apparel", "2.50"), `{"DetailType":"DescriptionOnly","Description":"thanks"}`))
	}
	heading := regexp.MustCompile(`<h2>(J\d\d)</h2>`)
	var seen []string
	for page := 1; page <= 3; page++ {
		got := a.page(fmt.Sprintf("/companies/%s/journal?page=%d", a.realm, page))
		for _, match := range heading.FindAllStringSubmatch(string(got.body), -1) {
			seen = append(seen, match[1])
		}
		for _, part := range []string{"&lt;b&gt;note&lt;/b&gt;", "2026-05-01", "Sales:Apparel", "2.50", "thanks", fmt.Sprintf("Page %d of 3", page)} {
			if !strings.Contains(string(got.body), part) {
				t.Errorf("page %d does not contain %q", page, part)
			}
		}
	}
	if len(seen) != 60 || seen[0] != "J60" || seen[59] != "J01" {
		t.Errorf("entries in the order %v", seen)
	}
	for _, page := range []string{"4", "0", "-1", "x", "99999999999"} {
		if got := a.page("/companies/" + a.realm + "/journal?page=" + page); got.StatusCode != http.StatusOK {
			t.Errorf("page %s: %d", page, got.StatusCode)
		}
	}
}

func TestPagesStandAlone(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	outside := regexp.MustCompile(`(src|href|action)="(https?:)?//`)
	for path, part := range map[string]string{
		"/": "Harbor &amp; Pine Trading Co.",
		"/companies/" + a.realm + "/trial-balance":     "Nothing has been booked yet",
		"/companies/" + a.realm + "/journal":           "Nothing has been booked yet",
		"/companies/" + a.realm + "/accounts":          "Repair &amp; Maintenance (deleted)",
		"/connect/oauth2?" + authorizeQuery().Encode(): "Authorize",
		"/connect/oauth2?client_id=x":                  "client_id",
	} {
		got := a.page(path)
		if !strings.Contains(string(got.body), part) || outside.Match(got.body) {
			t.Errorf("%s: %s", path, got.body)
		}
		if got.Header.Get("Content-Type") != "text/html; charset=utf-8" || got.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: headers %v", path, got.Header)
		}
	}
	if got := a.page("/companies/77/journal"); got.StatusCode != http.StatusNotFound {
		t.Errorf("unknown company: %d", got.StatusCode)
	}
	if got := a.page("/assets/style.css"); got.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("stylesheet: %v", got.Header)
	}
}

func TestAdminShowsTheBooks(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for i := range 5 {
		a.mustPost(a.sale(fmt.Sprintf("A%d", i), "1.25"))
	}
	var companies struct {
		Companies []struct {
			Realm, Name       string
			Accounts, Entries int
		}
	}
	a.page("/admin/companies").into(t, &companies)
	if len(companies.Companies) != 1 || companies.Companies[0].Entries != 5 || companies.Companies[0].Accounts != 146 {
		t.Errorf("companies %+v", companies)
	}
	var balance simulator.TrialBalance
	a.page("/admin/companies/"+a.realm+"/trial-balance").into(t, &balance)
	if balance.TotalDebit != 625 || balance.TotalCredit != 625 || balance.Entries != 5 {
		t.Errorf("balance %+v", balance)
	}
	var journal struct {
		Start, Total int
		Entries      []wire.JournalEntry
	}
	a.page("/admin/companies/"+a.realm+"/journal?start=4&max=10").into(t, &journal)
	if journal.Total != 5 || len(journal.Entries) != 2 || journal.Entries[0].DocNumber != "A3" {
		t.Errorf("journal %+v", journal)
	}
}

// A link to an entry leads to the page that it is on, however many came after it.
func TestJournalFindsAnEntry(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for n := range 60 {
		a.mustPost(a.sale(fmt.Sprintf("J-%d", n+1), "1"))
	}
	for _, id := range []string{"1", "10", "35", "36", "60"} {
		if got := a.page("/companies/" + a.realm + "/journal?entry=" + id); !strings.Contains(string(got.body), `id="entry-`+id+`"`) {
			t.Errorf("the page of entry %s is without it", id)
		}
	}
	if got := a.page("/companies/" + a.realm + "/journal?entry=x"); got.StatusCode != http.StatusOK {
		t.Errorf("no entry: %d", got.StatusCode)
	}
}

func TestAdminRefusals(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for path, status := range map[string]int{
		a.realm + "/journal?start=0": 400, a.realm + "/journal?max=0": 400, a.realm + "/journal?max=x": 400,
		a.realm + "/journal?max=10001": 400, a.realm + "/journal?start=99": 200, "7/journal": 404, "7/trial-balance": 404,
	} {
		if got := a.page("/admin/companies/" + path); got.StatusCode != status {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
}

func TestAdminCountsRequests(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{}) // a consent and a token
	a.mustPost(a.sale("A1", "1"))
	a.post("journalentry", "{}")
	a.get("preferences")
	a.get("nothing")
	a.page("/")
	var counts simulator.RequestCounts
	a.page("/admin/requests").into(t, &counts)
	want := simulator.RequestCounts{
		Total: 6, Core: 1, CorePlus: 1,
		ByKind: map[simulator.Kind]int64{
			"authorize": 1, "token": 1, "journalentry.write": 2, "preferences.read": 1, "unknown": 1,
		},
		ByStatus: map[int]int64{303: 1, 200: 3, 400: 1, 404: 1},
	}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Error(diff)
	}
}
