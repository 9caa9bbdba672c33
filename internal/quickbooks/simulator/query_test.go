package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// ids lists the ids of the rows of an answer.
func ids(r *wire.QueryResponse) string {
	all := make([]string, 0, len(r.JournalEntry)+len(r.Account))
	for _, e := range r.JournalEntry {
		all = append(all, e.ID)
	}
	for _, account := range r.Account {
		all = append(all, account.ID)
	}
	return strings.Join(all, " ")
}

// booked is an app with seven entries: N1 to N6 on the first to the sixth of May, an hour apart, and one without a
// number. The fourth is deleted, and the sixth has the number of the first.
func booked(t *testing.T) *app {
	t.Helper()
	a := newApp(t, simulator.Options{AccessTokenTTL: 1e15})
	for i := 1; i <= 7; i++ {
		head := fmt.Sprintf(`"DocNumber":"N%d","TxnDate":"2026-05-%02d",`, i, i)
		switch i {
		case 6:
			head = `"DocNumber":"n1","TxnDate":"2026-05-06",`
		case 7:
			head = `"TxnDate":"2026-08-31","PrivateNote":"it's 100% \\ odd",`
		}
		a.mustPost(entryJSON(head, a.debit("Rent", "1"), a.credit("Travel", "1")))
		a.sim.AdvanceClock(3600e9)
	}
	if got := a.post("journalentry?operation=delete", `{"Id":"4","SyncToken":"0"}`); got.StatusCode != http.StatusOK {
		t.Fatal(string(got.body))
	}
	return a
}

func TestQueriesOfEntries(t *testing.T) {
	t.Parallel()
	a := booked(t)
	for statement, want := range map[string]string{
		"select * from JournalEntry":                                                                  "1 2 3 5 6 7",
		"SELECT * FROM journalentry ORDERBY Id DESC":                                                  "7 6 5 3 2 1",
		"select * from journalEntry order by TxnDate desc, Id asc maxresults 2":                       "7 6",
		"select * from JournalEntry startposition 2 maxresults 3":                                     "2 3 5",
		"select * from JournalEntry startposition 0 maxresults 1":                                     "1",
		"select * from JournalEntry maxresults 2 startposition 6":                                     "7",
		"select * from JournalEntry startposition 7":                                                  "",
		"select * from JournalEntry orderby Id startposition 5 maxresults 1000":                       "6 7",
		"select * from JournalEntry where DocNumber = 'N1'":                                           "1 6",
		"select * from JournalEntry where docnumber = 'n2' and TxnDate = '2026-05-02'":                "2",
		"select * from JournalEntry where DocNumber = 'N2' and TxnDate > '2026-05-02'":                "",
		"select * from JournalEntry where DocNumber = 'none'":                                         "",
		"select * from JournalEntry where DocNumber in ('n2', 'N3')":                                  "2 3",
		"select * from JournalEntry where DocNumber like 'n%' orderby DocNumber desc, Id":             "5 3 2 1 6",
		"select * from JournalEntry where DocNumber like '%1'":                                        "1 6",
		"select * from JournalEntry where DocNumber = ' '":                                            "7",
		"select * from JournalEntry where id = '3'":                                                   "3",
		"select * from JournalEntry where Id = 3":                                                     "3",
		"select * from JournalEntry where Id = '4'":                                                   "",
		"select * from JournalEntry where Id = 'x'":                                                   "",
		"select * from JournalEntry where Id in ('7','1', 99)":                                        "1 7",
		"select * from JournalEntry where TxnDate >= '2026-05-03' and TxnDate < '2026-06-01'":         "3 5 6",
		"select * from JournalEntry where TxnDate <= '2026-05-01'":                                    "1",
		"select * from JournalEntry where TxnDate = CURRENT_DATE":                                     "7",
		"select * from JournalEntry where MetaData.CreateTime >= '2026-08-31T16:11:06-07:00'":         "5 6 7",
		"select * from JournalEntry where MetaData.LastUpdatedTime < '2026-08-31T20:11:06.5Z'":        "1",
		"select * from JournalEntry where MetaData.CreateTime > '2026-08-31' orderby Id maxresults 1": "1",
		"\n select\t* from JournalEntry\nwhere Id='1' ":                                               "1",
	} {
		if got := ids(a.query(statement)); got != want {
			t.Errorf("%s: %q, want %q", statement, got, want)
		}
	}
}

func TestQueriesOfAccounts(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.mustPost(entryJSON("", a.debit("Card Clearing:Visa", "20.00"), a.credit("Sales:Apparel", "20.00")))
	id := a.account
	for statement, want := range map[string]string{
		"select * from account where Name = 'visa'":                                                                                    id("Card Clearing:Visa"),
		`select * from Account where Name = 'Owner\'s Draws'`:                                                                          id("Owner's Draws"),
		`select * from Account where Name LIKE 'Owner\'s %' and Active IN (true,false)`:                                                id("Owner's Loan") + " " + id("Owner's Contributions") + " " + id("Owner's Draws"),
		"select * from Account where Name like '%maintenance%'":                                                                        "",
		"select * from Account where Name like '%maintenance%' and Active in (true,false)":                                             id("Repair & Maintenance (deleted)"),
		"select * from Account where Active = false":                                                                                   id("Repair & Maintenance (deleted)"),
		"select * from Account where AccountType = 'credit card'":                                                                      id("Business Credit Card"),
		"select * from Account where AccountSubType in ('UndepositedFunds','LineOfCredit')":                                            id("Undeposited Funds") + " " + id("Line of Credit"),
		"select * from Account where Classification = 'Equity' orderby Name desc":                                                      id("Retained Earnings") + " " + id("Owner's Draws") + " " + id("Owner's Contributions") + " " + id("Opening Balance Equity"),
		"select * from Account where FullyQualifiedName = 'Sales Tax Payable:City'":                                                    id("Sales Tax Payable:City"),
		"select * from Account where ParentRef = '" + id("Sales Tax Payable") + "' and SubAccount = true orderby Id desc maxresults 1": id("Sales Tax Payable:City"),
		"select * from Account where CurrentBalance > '0' orderby CurrentBalance, Id":                                                  id("Card Clearing:Visa") + " " + id("Sales:Apparel"),
		"select * from Account where CurrentBalanceWithSubAccounts = 20.00 orderby Id":                                                 strings.Join([]string{id("Card Clearing"), id("Card Clearing:Visa"), id("Sales"), id("Sales:Apparel")}, " "),
		"select * from Account where Description like '%overs'":                                                                        "",
	} {
		if got := ids(a.query(statement)); got != want {
			t.Errorf("%s: %q, want %q", statement, got, want)
		}
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	a := booked(t)
	for statement, want := range map[string]int{
		"select count(*) from JournalEntry":                                         6,
		"select count(*) from JournalEntry where DocNumber = 'N1'":                  2,
		"select COUNT ( * ) from JournalEntry startposition 1 maxresults 1000":      6,
		"select count(*) from Account where Active = false":                         1,
		"select count(*) from Account":                                              145,
		"select count(*) from Account where Active in (true,false)":                 146,
		"select count(*) from CompanyInfo":                                          1,
		"select count(*) from JournalEntry where TxnDate > '2030-01-01' orderby Id": 0,
	} {
		got := a.query(statement)
		if got.TotalCount == nil || *got.TotalCount != want || got.MaxResults != 0 {
			t.Errorf("%s: %+v, want %d", statement, got, want)
		}
	}
}

func TestQueriesOfSingleObjects(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	if got := a.query("select * from companyinfo"); len(got.CompanyInfo) != 1 || got.MaxResults != 1 {
		t.Errorf("%+v", got)
	}
	if got := a.query("select * from CompanyInfo where Id = '2'"); len(got.CompanyInfo) != 0 {
		t.Errorf("%+v", got)
	}
	if got := a.query("select * from Preferences"); len(got.Preferences) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestPagingWalksEveryRowOnce(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	want := ids(a.query("select * from Account orderby Id maxresults 1000"))
	for _, size := range []int{1, 7, 99, 145, 1000} {
		var seen []string
		for start := 1; ; start += size {
			page := a.query(fmt.Sprintf("select * from Account orderby Id startposition %d maxresults %d", start, size))
			if len(page.Account) == 0 {
				break
			}
			if page.StartPosition != start || page.MaxResults != len(page.Account) {
				t.Fatalf("page at %d says %d, %d", start, page.StartPosition, page.MaxResults)
			}
			seen = append(seen, ids(page))
		}
		if got := strings.Join(seen, " "); got != want {
			t.Errorf("pages of %d: %s", size, cmp.Diff(want, got))
		}
	}
	if got := a.get("query?query=" + url.QueryEscape("select * from Account startposition 999")); !strings.HasPrefix(string(got.body), `{"QueryResponse":{},"time":"`) {
		t.Errorf("an empty page is %s", got.body)
	}
}

func TestQueryRefusals(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for statement, want := range map[string]string{
		"":                               `4000 QueryParserError: Encountered "<EOF>" at line 1, column 1.`,
		"select":                         `4000 QueryParserError: Encountered "<EOF>" at line 1, column 7.`,
		"delete * from Account":          `4000 QueryParserError: Encountered " "delete "" at line 1, column 1.`,
		"select Id, Name from Account":   `4000 QueryParserError: Encountered " "Id "" at line 1, column 8.`,
		"select * from Account;":         `4000 QueryParserError: Encountered " "; "" at line 1, column 22.`,
		"select * from Account where":    `4000 QueryParserError: Encountered "<EOF>" at line 1, column 28.`,
		"select * from Account where Id": `4000 QueryParserError: Encountered "<EOF>" at line 1, column 31.`,
		"select * from Account where Name = 'Bob''s'":               `4000 QueryParserError: Encountered " <STRING> "'s' "" at line 1, column 41.`,
		"select * from Account where Name = 'open":                  `4000 QueryParserError: Encountered " "'open "" at line 1, column 36.`,
		`select * from Account where Name = 'open\'`:                `4000 QueryParserError: Encountered " "'open\' "" at line 1, column 36.`,
		"select * from Account\nwhere Active = true or Id = '1'":    `4000 QueryParserError: Encountered " "or "" at line 2, column 21.`,
		"select * from Account where Active != true":                `4000 QueryParserError: Encountered " "! "" at line 1, column 36.`,
		"select * from Account where Name like 5":                   `4000 QueryParserError: Encountered " <NUMBER> "5 "" at line 1, column 39.`,
		"select * from Account where Id in ()":                      `4000 QueryParserError: Encountered " ") "" at line 1, column 36.`,
		"select * from Account where Id in ('1' '2')":               `4000 QueryParserError: Encountered " <STRING> "'2' "" at line 1, column 40.`,
		"select * from Account orderby":                             `4000 QueryParserError: Encountered "<EOF>" at line 1, column 30.`,
		"select * from Account order Id":                            `4000 QueryParserError: Encountered " "order "" at line 1, column 23.`,
		"select * from Account maxresults x":                        `4000 QueryParserError: Encountered " "x "" at line 1, column 34.`,
		"select * from Account maxresults 1.5":                      `4000 QueryParserError: Encountered " <NUMBER> "1.5 "" at line 1, column 34.`,
		"select * from Account maxresults 99999999999999999999":     `4000 QueryParserError: Encountered " <NUMBER> "99999999999999999999 "" at line 1, column 34.`,
		"select * from Account maxresults 5 maxresults 6 orderby":   `4000 QueryParserError: Encountered " "orderby "" at line 1, column 49.`,
		"select count(*) Account":                                   `4000 QueryParserError: Encountered " "Account "" at line 1, column 17.`,
		"select count(Id) from Account":                             `4000 QueryParserError: Encountered " "Id "" at line 1, column 14.`,
		"select * from Account maxresults 1500":                     `4001 QueryValidationError: value 1500 is too large. Max allowed value is 1000`,
		"select * from Account maxresults 0":                        `4001 QueryValidationError: value 0 is too small. Min allowed value is 1`,
		"select * from Widget":                                      `4001 QueryValidationError: Metadata not found for Entity: Widget`,
		"select * from Account where Colour = 'red'":                `4001 QueryValidationError: Property Colour not found for Entity Account`,
		"select * from Account where acctnum = '1000'":              `4001 QueryValidationError: property 'AcctNum' is not queryable`,
		"select * from JournalEntry where PrivateNote = 'x'":        `4001 QueryValidationError: property 'PrivateNote' is not queryable`,
		"select * from Account orderby Active":                      `4001 QueryValidationError: property 'Active' is not sortable`,
		"select * from Account where Id > '5'":                      `4001 QueryValidationError: operator > is not supported for property 'Id'`,
		"select * from JournalEntry where Id like '1%'":             `4001 QueryValidationError: operator LIKE is not supported for property 'Id'`,
		"select * from Account where Active = 'maybe'":              `4001 QueryValidationError: value 'maybe' is not valid for property 'Active'`,
		"select * from Account where CurrentBalance > 'much'":       `4001 QueryValidationError: value 'much' is not valid for property 'CurrentBalance'`,
		"select * from JournalEntry where TxnDate > '31.12.2026'":   `4001 QueryValidationError: value '31.12.2026' is not valid for property 'TxnDate'`,
		"select * from JournalEntry where MetaData.CreateTime > ''": `4001 QueryValidationError: value '' is not valid for property 'MetaData.CreateTime'`,
		"select * from CompanyInfo where CompanyName = 'x'":         `4001 QueryValidationError: Property CompanyName not found for Entity CompanyInfo`,
		"select * from CompanyInfo orderby CompanyName":             `4001 QueryValidationError: Property CompanyName not found for Entity CompanyInfo`,
	} {
		got := a.get("query?query=" + url.QueryEscape(statement))
		fault := got.envelope(t).Fault
		if got.StatusCode != http.StatusBadRequest || fault == nil {
			t.Errorf("%s: %d %s", statement, got.StatusCode, got.body)
			continue
		}
		if said := fault.Error[0].Code + " " + fault.Error[0].Detail; said != want {
			t.Errorf("%s:\n%s, want\n%s", statement, said, want)
		}
	}
}

func TestQueryByPost(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for contentType, want := range map[string]int{"application/text": 200, "application/text; charset=utf-8": 200, "application/json": 400, "": 400} {
		request := a.request(http.MethodPost, "query?minorversion=75", "select * from Account where Name = 'Rent'")
		request.Header.Set("Content-Type", contentType)
		got := send(t, a.sim, request)
		if got.StatusCode != want {
			t.Errorf("%q: %d %s", contentType, got.StatusCode, got.body)
		}
		if want == 400 && got.envelope(t).Fault.Error[0].Detail != "QueryParserError: null" {
			t.Errorf("%q: %s", contentType, got.body)
		}
	}
}

// Spaces come as %20 and as plus, brackets and commas unencoded.
func TestQueryEncodings(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for _, query := range []string{
		"select%20*%20from%20account%20where%20Name%20=%20%27Travel%27%20and%20Active%20IN%20(true,false)&minorversion=75&format=json",
		"select+*+from+Account+where+Name='Travel'",
	} {
		if got := a.get("query?query=" + query).envelope(t); got.QueryResponse == nil || len(got.QueryResponse.Account) != 1 {
			t.Errorf("%s: %+v", query, got)
		}
	}
}

// Whatever is asked, the answer is rows, a count or a fault of the query language, never anything else.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"select * from Account", "select count(*) from JournalEntry where Id in ('1',2)", `select * from Account where Name = 'a\'b'`,
		"select * from JournalEntry where TxnDate >= CURRENT_DATE order by TxnDate desc, Id startposition 2 maxresults 5",
		"select * from Account where Name like '%a%b%' and Active = true", "select '", `\`, "select * from Account where CurrentBalance > -1.50",
		"select * from Account maxresults 1000 startposition 1 maxresults", "\x00", "select * from Account where a.b = ''",
	} {
		f.Add(seed)
	}
	connected := newApp(f, simulator.Options{AccessTokenTTL: 1e17})
	connected.mustPost(connected.sale("F1", "1.00"))
	f.Fuzz(func(t *testing.T, statement string) {
		a := connected.with(t)
		request := a.request(http.MethodPost, "query", statement)
		request.Header.Set("Content-Type", "application/text")
		got := send(t, a.sim, request)
		e := got.envelope(t)
		switch {
		case got.StatusCode == http.StatusOK && e.QueryResponse != nil:
			if n := len(e.QueryResponse.Account) + len(e.QueryResponse.JournalEntry); n > wire.MaxPageRows {
				t.Errorf("%d rows", n)
			}
		case got.StatusCode == http.StatusBadRequest && !utf8.ValidString(statement):
		case got.StatusCode == http.StatusBadRequest && (codes(e.Fault) == "4000" || codes(e.Fault) == "4001"):
		default:
			t.Errorf("%q: %d %s", statement, got.StatusCode, got.body)
		}
	})
}

// A string that is escaped as clients do comes back as it was.
func FuzzQueryStrings(f *testing.F) {
	f.Add("Bob's")
	f.Add(`back\slash`)
	f.Add(`\'`)
	connected := newApp(f, simulator.Options{AccessTokenTTL: 1e17})
	f.Fuzz(func(t *testing.T, name string) {
		a := connected.with(t)
		if !utf8.ValidString(name) || strings.ContainsAny(name, `":`) || strings.TrimSpace(name) != name || name == "" ||
			utf8.RuneCountInString(name) > 100 || strings.ToLower(name) != name {
			return
		}
		body, err := json.Marshal(map[string]string{"Name": name, "AccountType": "Bank"})
		if err != nil {
			t.Fatal(err)
		}
		made := a.post("account", string(body))
		if made.StatusCode != http.StatusOK {
			return // used before
		}
		escaped := strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(name)
		rows := a.query("select * from Account where Name = '" + escaped + "'").Account
		if len(rows) != 1 || rows[0].Name != name {
			t.Errorf("%q finds %v", name, rows)
		}
	})
}
