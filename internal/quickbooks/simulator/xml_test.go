package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// asXML sends a request in XML and wants its answer in XML.
func (a *app) asXML(method, path, body string) reply {
	a.t.Helper()
	request := a.request(method, path, body)
	request.Header.Set("Accept", "application/xml")
	request.Header.Set("Content-Type", "application/xml")
	return send(a.t, a.sim, request)
}

func (a *app) saleInXML(number string) string {
	line := func(side, account string) string {
		return `<Line><Amount>12.50</Amount><DetailType>JournalEntryLineDetail</DetailType><JournalEntryLineDetail>` +
			`<PostingType>` + side + `</PostingType><AccountRef name="any">` + a.account(account) + `</AccountRef>` +
			`</JournalEntryLineDetail></Line>`
	}
	return `<JournalEntry xmlns="http://schema.intuit.com/finance/v3" domain="QBO" sparse="false"><DocNumber>` + number +
		`</DocNumber><TxnDate>2026-08-30</TxnDate><PrivateNote>A &amp; B</PrivateNote>` + line("Debit", "Rent") +
		line("Credit", "Operating Checking") + `</JournalEntry>`
}

func TestXMLAnswers(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.post("account", `{"Name":"Tills & <more>","AccountType":"Bank"}`)
	const head, open = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`,
		`<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="2026-08-31T12:11:06.000-07:00">`
	const created = `<MetaData><CreateTime>2026-08-31T12:11:06-07:00</CreateTime>` +
		`<LastUpdatedTime>2026-08-31T12:11:06-07:00</LastUpdatedTime></MetaData>`
	for path, want := range map[string]string{
		"query?query=select count(*) from Department":              open + `<QueryResponse totalCount="5"></QueryResponse></IntuitResponse>`,
		"query?query=select * from Department where Name = 'none'": open + `<QueryResponse></QueryResponse></IntuitResponse>`,
		"query?query=select * from Department where Id = '1'": open + `<QueryResponse startPosition="1" maxResults="1">` +
			`<Department domain="QBO" sparse="false"><Id>1</Id><SyncToken>0</SyncToken><Name>Harbor Street</Name>` +
			`<FullyQualifiedName>Harbor Street</FullyQualifiedName><SubDepartment>false</SubDepartment>` +
			`<Active>true</Active>` + created + `</Department></QueryResponse></IntuitResponse>`,
		"query?query=select * from": open + `<Fault type="ValidationFault"><Error code="4000">` +
			`<Message>Error parsing query</Message>`,
	} {
		got := a.asXML(http.MethodGet, strings.ReplaceAll(path, " ", "%20"), "")
		if !strings.HasPrefix(string(got.body), head+want) || got.Header.Get("Content-Type") != "application/xml;charset=UTF-8" {
			t.Errorf("%s:\n%s\nwant\n%s", path, got.body, head+want)
		}
	}
	if got := a.asXML(http.MethodGet, "query?query=select%20*%20from%20Account%20where%20Name%20LIKE%20'Tills%25'", ""); !strings.Contains(
		string(got.body), `<Name>Tills &amp; &lt;more&gt;</Name>`) || !strings.Contains(string(got.body),
		`<CurrencyRef name="United States Dollar">USD</CurrencyRef>`) {
		t.Errorf("%s", got.body)
	}
	a.token = "wrong"
	if got := a.asXML(http.MethodGet, "companyinfo/"+a.realm, ""); got.StatusCode != http.StatusUnauthorized ||
		!strings.Contains(string(got.body), `<Fault type="AUTHENTICATION"><Error code="3200"><Message>message=`) {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
}

// JSON has to be asked for: Intuit's default is XML.
func TestWhoGetsXML(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for accept, want := range map[string]string{
		"": "xml", "*/*": "xml", "text/xml": "xml", "application/json": "json", "application/json, text/plain, */*": "json",
	} {
		request := a.request(http.MethodGet, "preferences", "")
		request.Header.Set("Accept", accept)
		if got := send(t, a.sim, request); !strings.Contains(got.Header.Get("Content-Type"), want) {
			t.Errorf("Accept %q: %s", accept, got.Header.Get("Content-Type"))
		}
	}
	request := a.request(http.MethodGet, "preferences?format=json", "")
	request.Header.Set("Accept", "*/*")
	if got := send(t, a.sim, request); !strings.Contains(got.Header.Get("Content-Type"), "json") {
		t.Errorf("format=json: %s", got.Header.Get("Content-Type"))
	}
}

// An entry that comes in XML is the same as one in JSON.
func TestXMLRequests(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	if got := a.asXML(http.MethodPost, "journalentry", a.saleInXML("X-1")); got.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	byJSON := a.mustPost(entryJSON(`"DocNumber":"X-1","TxnDate":"2026-08-30","PrivateNote":"A & B",`,
		a.debit("Rent", "12.50"), a.credit("Operating Checking", "12.50")))
	byXML := a.get("journalentry/1").envelope(t).JournalEntry
	byJSON.ID = byXML.ID
	for i := range byJSON.Line {
		byJSON.Line[i].Description = ""
	}
	if diff := cmp.Diff(byJSON, byXML); diff != "" {
		t.Error(diff)
	}
	sparse := `<Account sparse="true"><Id>1</Id><SyncToken>0</SyncToken><Active>false</Active></Account>`
	if got := a.asXML(http.MethodPost, "account", sparse); !strings.Contains(string(got.body), "(deleted)</Name>") {
		t.Errorf("%s", got.body)
	}
	batch := `<IntuitBatchRequest><BatchItemRequest bId="a" operation="create">` + a.saleInXML("X-2") + `</BatchItemRequest>` +
		`<BatchItemRequest bId="b"><Query>select count(*) from JournalEntry</Query></BatchItemRequest></IntuitBatchRequest>`
	got := a.asXML(http.MethodPost, "batch", batch)
	if text := string(got.body); !strings.Contains(text, `<BatchItemResponse bId="a"><JournalEntry domain="QBO"`) ||
		!strings.Contains(text, `<BatchItemResponse bId="b"><QueryResponse totalCount="3">`) {
		t.Errorf("%s", got.body)
	}
	if balance := a.balance("Rent"); balance != wire.Decimal(3750) {
		t.Errorf("rent %s", balance)
	}
}

func TestXMLRefused(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for name, body := range map[string]string{
		"not XML": "{}", "broken off": "<JournalEntry><Line>", "two": "<Account/><Account/>",
		"document type": `<!DOCTYPE a [<!ENTITY b "c">]><Account><Name>&b;</Name></Account>`, "entity": "<Account><Name>&b;</Name></Account>",
		"deep": strings.Repeat("<a>", 99) + strings.Repeat("</a>", 99), "unknown": "<Account><Colour>red</Colour></Account>",
	} {
		if got := a.asXML(http.MethodPost, "account", body); got.StatusCode != http.StatusBadRequest ||
			!strings.Contains(string(got.body), `code="2010"`) {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
}

// FuzzXML sends anything as XML: it is answered in XML that can be read, never with a failure of the server's, and the
// books balance.
func FuzzXML(f *testing.F) {
	a := newApp(f, simulator.Options{})
	f.Add(a.saleInXML("F"))
	f.Add(`<IntuitBatchRequest><BatchItemRequest bId="1"><Query>x</Query></BatchItemRequest></IntuitBatchRequest>`)
	f.Fuzz(func(t *testing.T, body string) {
		app := a.with(t)
		for _, path := range []string{"journalentry", "account", "batch"} {
			if got := app.asXML(http.MethodPost, path, body); got.StatusCode >= http.StatusInternalServerError ||
				!strings.HasPrefix(string(got.body), "<?xml") {
				t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
			}
		}
		if balance := app.trialBalance(); balance.TotalDebit != balance.TotalCredit {
			t.Errorf("debits %s, credits %s", balance.TotalDebit, balance.TotalCredit)
		}
	})
}

// FuzzJSON does the same with JSON.
func FuzzJSON(f *testing.F) {
	a := newApp(f, simulator.Options{})
	f.Add(a.sale("F", "1"))
	f.Add(`{"BatchItemRequest":[{"bId":"1","operation":"create","Account":{"Name":"x","AccountType":"Bank"}}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		app := a.with(t)
		for _, path := range []string{"journalentry", "account", "batch", "department", "preferences"} {
			if got := app.post(path, body); got.StatusCode >= http.StatusInternalServerError {
				t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
			}
		}
		if balance := app.trialBalance(); balance.TotalDebit != balance.TotalCredit {
			t.Errorf("debits %s, credits %s", balance.TotalDebit, balance.TotalCredit)
		}
	})
}
