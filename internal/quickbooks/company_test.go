package quickbooks_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// TestReads holds the requests of the plain reads and what they return.
func TestReads(t *testing.T) {
	t.Parallel()
	bodies := map[string]string{
		"/v3/company/9341453118812345/companyinfo/9341453118812345": `{"CompanyInfo":{"Id":"1","CompanyName":"Craig's","Country":"US","NameValue":[{"Name":"SubscriptionStatus","Value":"PAID"}],"CompanyAddr":{"Id":"1"}},"time":"2026-10-01T10:00:00.123-07:00"}`,
		"/v3/company/9341453118812345/preferences":                  `{"Preferences":{"Id":"1","AccountingInfoPrefs":{"BookCloseDate":"2026-08-31","ClassTrackingPerTxnLine":true},"CurrencyPrefs":{"HomeCurrency":{"value":"USD"}},"OtherPrefs":{"NameValue":[{"Name":"WarnDuplicateJournalNumber","Value":"true"}]}},"time":"2026"}`,
		"/v3/company/9341453118812345/journalentry/a%2Fb":           `{"JournalEntry":{"Id":"228","SyncToken":"0","DocNumber":"LS-000123","Line":[{"Id":"0","Amount":100.0,"DetailType":"JournalEntryLineDetail","JournalEntryLineDetail":{"PostingType":"Debit","AccountRef":{"value":"39","name":"Truck:Depreciation"}}}],"TxnTaxDetail":{}},"time":"2026"}`,
	}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, ok := bodies[r.URL.EscapedPath()]
		if !ok || r.Method != http.MethodGet || r.URL.RawQuery != "minorversion=75" {
			t.Errorf("got %s %s", r.Method, r.RequestURI)
		}
		if r.Header.Get("Authorization") != "Bearer "+accessToken.Reveal() || r.Header.Get("Accept") != "application/json" ||
			r.Header.Get("Content-Type") != "" {
			t.Errorf("got headers %v", r.Header)
		}
		_, _ = io.WriteString(w, body)
	})
	company := newClient(t, server).Company(realm, accessToken, unpaced)

	info, err := company.Info(t.Context())
	if err != nil || info.CompanyName != "Craig's" || info.NameValue[0].Value != "PAID" {
		t.Errorf("got %+v, %v", info, err)
	}
	prefs, err := company.Preferences(t.Context())
	if err != nil || prefs.AccountingInfoPrefs.BookCloseDate != "2026-08-31" || prefs.CurrencyPrefs.HomeCurrency.Value != "USD" {
		t.Errorf("got %+v, %v", prefs, err)
	}
	entry, err := company.ReadJournalEntry(t.Context(), "a/b")
	if err != nil || entry.Line[0].Amount != 10000 || entry.DocNumber != "LS-000123" {
		t.Errorf("got %+v, %v", entry, err)
	}
	for _, id := range []string{"", ".", ".."} {
		_, err := company.ReadJournalEntry(t.Context(), id)
		wantFailure(t, err, quickbooks.CauseInvalidRequest, quickbooks.OutcomeNotCommitted)
	}
}

// chart is a server with a chart of accounts, which hands out at most so many rows a page.
type chart struct {
	t       *testing.T
	size    int
	most    int
	counted int // what count(*) says
	queries []string
}

func (c *chart) RoundTrip(req *http.Request) (*http.Response, error) {
	statement := req.URL.Query().Get("query")
	c.queries = append(c.queries, statement)
	if strings.HasPrefix(statement, "select count(*)") {
		return respond(200, fmt.Sprintf(`{"QueryResponse":{"totalCount":%d},"time":"x"}`, c.counted)), nil
	}
	pattern := regexp.MustCompile(`^select \* from Account where Active in \(true,false\) orderby Id startposition (\d+) maxresults 1000$`)
	found := pattern.FindStringSubmatch(statement)
	if found == nil {
		c.t.Errorf("unexpected statement %q", statement)
		return respond(400, ""), nil
	}
	start, err := strconv.Atoi(found[1])
	if err != nil {
		return nil, fmt.Errorf("start position: %w", err)
	}
	var rows []wire.Account
	for id := start; id <= c.size && len(rows) < c.most; id++ {
		rows = append(rows, wire.Account{ID: strconv.Itoa(id), Name: "Account " + strconv.Itoa(id)})
	}
	body, err := json.Marshal(map[string]any{"QueryResponse": wire.QueryResponse{
		Account: rows, StartPosition: start, MaxResults: len(rows),
	}})
	return respond(200, string(body)), err
}

// TestAccountsPaging walks charts of many sizes, past a server that caps its pages and a count that is wrong.
func TestAccountsPaging(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		size, most, counted int
		pages               []int // the sizes that come
		calls               int
	}{
		"2,500":          {2500, 1000, 2500, []int{1000, 1000, 500}, 4},
		"90":             {90, 1000, 90, []int{90}, 2},
		"none":           {0, 1000, 0, []int{0}, 2},
		"exactly 1,000":  {1000, 1000, 1000, []int{1000}, 3},
		"1,001":          {1001, 1000, 1001, []int{1000, 1}, 3},
		"capped pages":   {250, 100, 250, []int{100, 100, 50}, 4},
		"count too low":  {1500, 1000, 3, []int{1000, 500}, 3},
		"count too high": {90, 1000, 91, []int{90}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &chart{t: t, size: tt.size, most: tt.most, counted: tt.counted}
			client := fakeClient(t, server.RoundTrip)
			var pages []int
			seen := map[string]bool{}
			fetched := 0
			for page, err := range client.Company(realm, accessToken, unpaced).Accounts(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				pages = append(pages, len(page.Rows))
				for _, account := range page.Rows {
					seen[account.ID] = true
				}
				fetched += len(page.Rows)
				if page.Fetched != fetched || page.Total < page.Fetched || page.Total < tt.counted {
					t.Errorf("got fetched %d of %d after %d", page.Fetched, page.Total, fetched)
				}
			}
			if diff := cmp.Diff(tt.pages, pages); diff != "" || len(seen) != tt.size || len(server.queries) != tt.calls {
				t.Errorf("%d accounts by %d calls; pages differ (-want +got):\n%s", len(seen), len(server.queries), diff)
			}
			if want := "select count(*) from Account where Active in (true,false)"; server.queries[0] != want {
				t.Errorf("counted by %q", server.queries[0])
			}
		})
	}
}

// TestAccountsStops: the walk ends when the caller has enough, when a call fails, and when it would never end.
func TestAccountsStops(t *testing.T) {
	t.Parallel()
	server := &chart{t: t, size: 5000, most: 1000, counted: 5000}
	for _, err := range fakeClient(t, server.RoundTrip).Company(realm, accessToken, unpaced).Accounts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if len(server.queries) != 2 {
		t.Errorf("got %d calls after the first page was enough", len(server.queries))
	}

	for failing := 1; failing <= 2; failing++ {
		calls := 0
		server := &chart{t: t, size: 5000, most: 1000, counted: 5000}
		client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
			if calls++; calls == failing {
				return respond(429, xml429), nil
			}
			return server.RoundTrip(req)
		})
		var last error
		for _, err := range client.Company(realm, accessToken, unpaced).Accounts(t.Context()) {
			last = err
		}
		wantFailure(t, last, quickbooks.CauseThrottled, quickbooks.OutcomeNotCommitted)
		if calls != failing {
			t.Errorf("went on after a failure: %d calls", calls)
		}
	}

	endless := &chart{t: t, size: 1 << 30, most: 10, counted: 1 << 30}
	var last error
	for _, err := range fakeClient(t, endless.RoundTrip).Company(realm, accessToken, unpaced).Accounts(t.Context()) {
		last = err
	}
	wantFailure(t, last, quickbooks.CauseDecode, quickbooks.OutcomeNotCommitted)
}

// TestAccountBalances: a balance of more than two decimals must not hide its account.
func TestAccountBalances(t *testing.T) {
	t.Parallel()
	client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
		if strings.Contains(req.URL.Query().Get("query"), "count(") {
			return respond(200, `{"QueryResponse":{}}`), nil
		}
		return respond(200, `{"QueryResponse":{"Account":[
			{"Id":"1","Name":"Cash","CurrentBalance":-12.5,"CurrentBalanceWithSubAccounts":1E3,"Active":false},
			{"Id":"2","Name":"Stock","CurrentBalance":0.12345,"CurrentBalanceWithSubAccounts":7},
			{"Id":"3","Name":"Sales","AccountSubType":"NeverSeenBefore"}]}}`), nil
	})
	minus, thousand, seven, no := wire.Decimal(-1250), wire.Decimal(100000), wire.Decimal(700), false
	want := []wire.Account{
		{ID: "1", Name: "Cash", CurrentBalance: &minus, CurrentBalanceWithSubAccounts: &thousand, Active: &no},
		{ID: "2", Name: "Stock", CurrentBalanceWithSubAccounts: &seven},
		{ID: "3", Name: "Sales", AccountSubType: "NeverSeenBefore"},
	}
	for page, err := range client.Company(realm, accessToken, unpaced).Accounts(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, page.Rows); diff != "" || page.Total != 3 {
			t.Errorf("of %d accounts differ (-want +got):\n%s", page.Total, diff)
		}
	}
}

// TestFindJournalEntries holds the escape of values and the walk over pages.
func TestFindJournalEntries(t *testing.T) {
	t.Parallel()
	for doc, literal := range map[string]string{
		"LS-000123":  `'LS-000123'`,
		`O'Brien`:    `'O\'Brien'`,
		`a\b`:        `'a\\b'`,
		`\' or '1`:   `'\\\' or \'1'`,
		"a&b+c#d%/?": `'a&b+c#d%/?'`,
		"ümlaut 1":   `'ümlaut 1'`,
	} {
		t.Run(doc, func(t *testing.T) {
			t.Parallel()
			calls := 0
			client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
				values := req.URL.Query()
				want := fmt.Sprintf("select * from JournalEntry where DocNumber = %s orderby Id startposition %d maxresults 1000",
					literal, calls*1000+1)
				if got := values.Get("query"); got != want || len(values) != 2 || values.Get("minorversion") != "75" {
					t.Errorf("got %q (%v), want %q", got, values, want)
				}
				calls++
				rows := wire.QueryResponse{JournalEntry: slices.Repeat([]wire.JournalEntry{{ID: "1"}}, 1000)}
				if calls == 2 {
					rows.JournalEntry = rows.JournalEntry[:1]
				}
				body, err := json.Marshal(map[string]any{"QueryResponse": rows})
				return respond(200, string(body)), err
			})
			found, err := client.Company(realm, accessToken, unpaced).FindJournalEntries(t.Context(), doc)
			if err != nil || len(found) != 1001 || calls != 2 {
				t.Errorf("got %d entries by %d calls, %v", len(found), calls, err)
			}
		})
	}
}

// TestFindNothing: no rows is an answer; an empty DocNumber is not a question.
func TestFindNothing(t *testing.T) {
	t.Parallel()
	client := fakeClient(t, func(*http.Request) (*http.Response, error) {
		return respond(200, `{"QueryResponse":{},"time":"2026"}`), nil
	})
	company := client.Company(realm, accessToken, unpaced)
	found, err := company.FindJournalEntries(t.Context(), "LS-1")
	if err != nil || len(found) != 0 {
		t.Errorf("got %v, %v", found, err)
	}
	_, err = company.FindJournalEntries(t.Context(), "")
	wantFailure(t, err, quickbooks.CauseInvalidRequest, quickbooks.OutcomeNotCommitted)

	broken := fakeClient(t, func(*http.Request) (*http.Response, error) { return nil, errors.New("broken") })
	_, err = broken.Company(realm, accessToken, unpaced).FindJournalEntries(t.Context(), "LS-1")
	wantFailure(t, err, quickbooks.CauseNetwork, quickbooks.OutcomeNotCommitted)
}
