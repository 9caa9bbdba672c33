package simulator_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

const callback = "http://localhost:8400/callback"

// started is the time at which the clocks of tests start: a summer's day in California.
func started() time.Time { return time.Date(2026, 8, 31, 19, 11, 6, 0, time.UTC) }

// closeBooks closes a company's books on a date, or opens them.
func closeBooks(date string) func(*simulator.CompanyOptions) {
	return func(o *simulator.CompanyOptions) { o.BookCloseDate = date }
}

// registered are options with one app that has registered redirect addresses.
func registered(addresses ...string) simulator.Options {
	return simulator.Options{Apps: []simulator.App{{
		ClientID: simulator.DefaultClientID, ClientSecret: simulator.DefaultClientSecret, RedirectURIs: addresses,
	}}}
}

// rotate chooses how refresh tokens rotate.
func rotate(mode string) map[simulator.Switch]string {
	return map[simulator.Switch]string{simulator.SwitchRotation: mode}
}

// app is a simulator and an app that is connected to its first company.
type app struct {
	t     testing.TB
	sim   *simulator.Simulator
	realm string
	token string
	// accounts are the ids of the first chart of accounts by full name.
	accounts map[string]string
}

// newSimulator builds a simulator whose clock stands still until it is advanced.
func newSimulator(tb testing.TB, options simulator.Options) *simulator.Simulator {
	tb.Helper()
	if options.Seed == 0 {
		options.Seed = 7
	}
	if options.Now == nil {
		options.Now = started
	}
	if _, chosen := options.Switches[simulator.SwitchLimits]; !chosen {
		options.Switches = maps.Clone(options.Switches)
		if options.Switches == nil {
			options.Switches = map[simulator.Switch]string{}
		}
		options.Switches[simulator.SwitchLimits] = "off" // the clock stands still, so all requests come in one second
	}
	sim, err := simulator.New(options)
	if err != nil {
		tb.Fatalf("New: %v", err)
	}
	return sim
}

// newApp builds a simulator and connects an app to it through the consent form.
func newApp(tb testing.TB, options simulator.Options) *app {
	tb.Helper()
	a := &app{t: tb, sim: newSimulator(tb, options)}
	a.realm = a.sim.Realms()[0]
	a.token = a.exchange(a.consent(a.realm)).AccessToken
	a.accounts = map[string]string{}
	for _, row := range a.trialBalance().Rows {
		a.accounts[row.Name] = row.AccountID
	}
	return a
}

// with is the same app for another test.
func (a *app) with(tb testing.TB) *app {
	tb.Helper()
	other := *a
	other.t = tb
	return &other
}

// reply is a response with its body read.
type reply struct {
	*http.Response

	body []byte
}

// send sends a request to the simulator without a network.
func send(tb testing.TB, handler http.Handler, request *http.Request) reply {
	tb.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	response := recorder.Result()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatalf("read the body: %v", err)
	}
	return reply{Response: response, body: body}
}

func (r reply) into(tb testing.TB, value any) {
	tb.Helper()
	if err := json.Unmarshal(r.body, value); err != nil {
		tb.Fatalf("body %s: %v", r.body, err)
	}
}

// form makes a POST of a form with the app's credentials.
func form(tb testing.TB, path string, values url.Values) *http.Request {
	tb.Helper()
	request := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, path, strings.NewReader(values.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(simulator.DefaultClientID, simulator.DefaultClientSecret)
	return request
}

func authorizeQuery() url.Values {
	return url.Values{
		"client_id":     {simulator.DefaultClientID},
		"redirect_uri":  {callback},
		"response_type": {"code"},
		"scope":         {"com.intuit.quickbooks.accounting openid"},
		"state":         {"state-1 &?"},
	}
}

// consent presses Authorize for a company and returns the code.
func (a *app) consent(realm string) string {
	a.t.Helper()
	values := authorizeQuery()
	values.Set("decision", "authorize")
	values.Set("realm", realm)
	got := send(a.t, a.sim, form(a.t, "/connect/oauth2", values))
	if got.StatusCode != http.StatusSeeOther {
		a.t.Fatalf("consent: %d %s", got.StatusCode, got.body)
	}
	location, err := url.Parse(got.Header.Get("Location"))
	if err != nil || location.Query().Get("realmId") != realm {
		a.t.Fatalf("consent leads to %v, %v", location, err)
	}
	return location.Query().Get("code")
}

type tokenAnswer struct {
	TokenType      string `json:"token_type"`
	AccessToken    string `json:"access_token"`
	ExpiresIn      int64  `json:"expires_in"`
	RefreshToken   string `json:"refresh_token"`
	RefreshExpires int64  `json:"x_refresh_token_expires_in"`
	HardExpires    int64  `json:"x_refresh_token_hard_expires_in"`
	Error          string `json:"error"`
	Description    string `json:"error_description"`
}

// grant posts to the token endpoint.
func (a *app) grant(values url.Values) (tokenAnswer, int) {
	a.t.Helper()
	got := send(a.t, a.sim, form(a.t, "/oauth2/v1/tokens/bearer", values))
	var answer tokenAnswer
	got.into(a.t, &answer)
	return answer, got.StatusCode
}

func (a *app) exchange(code string) tokenAnswer {
	a.t.Helper()
	answer, status := a.grant(url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback},
	})
	if status != http.StatusOK {
		a.t.Fatalf("exchange: %d %+v", status, answer)
	}
	return answer
}

func (a *app) refresh(token string) (tokenAnswer, int) {
	a.t.Helper()
	return a.grant(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
}

// request makes a request to the API of the app's company.
func (a *app) request(method, path, body string) *http.Request {
	a.t.Helper()
	target := "/v3/company/" + a.realm + "/" + path
	request := httptest.NewRequestWithContext(a.t.Context(), method, target, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+a.token)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	return request
}

func (a *app) get(path string) reply {
	a.t.Helper()
	return send(a.t, a.sim, a.request(http.MethodGet, path, ""))
}

func (a *app) post(path, body string) reply {
	a.t.Helper()
	return send(a.t, a.sim, a.request(http.MethodPost, path, body))
}

// envelope is the service's envelope, for decoding.
type envelope struct {
	Account           *wire.Account            `json:"Account"`
	JournalEntry      *wire.JournalEntry       `json:"JournalEntry"`
	CompanyInfo       *wire.CompanyInfo        `json:"CompanyInfo"`
	Preferences       *wire.Preferences        `json:"Preferences"`
	QueryResponse     *wire.QueryResponse      `json:"QueryResponse"`
	BatchItemResponse []wire.BatchItemResponse `json:"BatchItemResponse"`
	Fault             *wire.Fault              `json:"Fault"`
	Time              string                   `json:"time"`
}

func (r reply) envelope(tb testing.TB) envelope {
	tb.Helper()
	var e envelope
	r.into(tb, &e)
	return e
}

// codes lists the codes of a fault.
func codes(fault *wire.Fault) string {
	if fault == nil {
		return ""
	}
	all := make([]string, len(fault.Error))
	for i, e := range fault.Error {
		all[i] = e.Code
	}
	return strings.Join(all, ",")
}

// query runs a statement that must work.
func (a *app) query(statement string) *wire.QueryResponse {
	a.t.Helper()
	got := a.get("query?query=" + url.QueryEscape(statement))
	e := got.envelope(a.t)
	if got.StatusCode != http.StatusOK || e.QueryResponse == nil {
		a.t.Fatalf("%s: %d %s", statement, got.StatusCode, got.body)
	}
	return e.QueryResponse
}

// account returns the id of an account of the first chart.
func (a *app) account(fullName string) string {
	a.t.Helper()
	id, ok := a.accounts[fullName]
	if !ok {
		a.t.Fatalf("no account %q", fullName)
	}
	return id
}

// debit and credit make a line of an entry as JSON.
func (a *app) debit(account, amount string) string  { return a.line("Debit", account, amount, "") }
func (a *app) credit(account, amount string) string { return a.line("Credit", account, amount, "") }

func (a *app) line(side, account, amount, more string) string {
	a.t.Helper()
	return fmt.Sprintf(`{"Amount":%s,"DetailType":"JournalEntryLineDetail","Description":"%s of %s",`+
		`"JournalEntryLineDetail":{"PostingType":%q,"AccountRef":{"value":%q}%s}}`,
		amount, side, account, side, a.account(account), more)
}

// entryJSON makes an entry as JSON; head is more properties, each followed by a comma.
func entryJSON(head string, lines ...string) string {
	return "{" + head + `"Line":[` + strings.Join(lines, ",") + "]}"
}

// sale is a small entry that is right.
func (a *app) sale(number, amount string) string {
	a.t.Helper()
	return entryJSON(fmt.Sprintf(`"DocNumber":%q,"TxnDate":"2026-08-30",`, number),
		a.debit("Card Clearing:Visa", amount), a.credit("Sales:Footwear", amount))
}

// mustPost creates an entry that is right.
func (a *app) mustPost(body string) *wire.JournalEntry {
	a.t.Helper()
	got := a.post("journalentry", body)
	e := got.envelope(a.t)
	if got.StatusCode != http.StatusOK || e.JournalEntry == nil {
		a.t.Fatalf("create: %d %s", got.StatusCode, got.body)
	}
	return e.JournalEntry
}

func (a *app) trialBalance() simulator.TrialBalance {
	a.t.Helper()
	balance, err := a.sim.TrialBalance(a.realm)
	if err != nil {
		a.t.Fatalf("TrialBalance: %v", err)
	}
	return balance
}

// balance returns debits less credits of an account in the trial balance.
func (a *app) balance(account string) wire.Decimal {
	a.t.Helper()
	for _, row := range a.trialBalance().Rows {
		if row.Name == account {
			return row.Debit - row.Credit
		}
	}
	a.t.Fatalf("no account %q in the trial balance", account)
	return 0
}

func basic(id, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}
