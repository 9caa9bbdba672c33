package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
)

const (
	financialService   = "tillpost.financial.v1.FinancialService"
	integrationService = "tillpost.integration.v1.IntegrationService"
)

// Places say where a demonstration stays up after its run.
type Places struct {
	// API is the address of the service: "http://127.0.0.1:8700".
	API string
	// Simulator is the address of the QuickBooks simulator.
	Simulator string
	// Console is the address of the retailer's console, empty where the program was built without it.
	Console string
	// Token is a bearer token that may manage, record and read for the report's retailer. It is written out, so that the
	// commands work when pasted: only ever a token of a demonstration.
	Token string
}

// Hints writes where to look and what to try next: the pages of the books, and curl and grpcurl commands that can be
// pasted into a shell as they are.
func (r *Report) Hints(out io.Writer, at Places) error {
	api, simulator := strings.TrimSuffix(at.API, "/"), strings.TrimSuffix(at.Simulator, "/")
	company := simulator + "/companies/" + url.PathEscape(r.Realm)
	s := &screen{out: out}
	if at.Console != "" {
		s.heading("Open the retailer's console")
		s.sayf("%s/%s", strings.TrimSuffix(at.Console, "/"), url.PathEscape(r.Retailer))
	}
	s.heading("Look at the books")
	s.sayf("%s/trial-balance", company)
	s.sayf("%s/journal", company)
	s.heading("Call the API: gRPC, gRPC-Web, Connect and JSON at " + api)
	s.printf("TOKEN=%s\n", quoted(at.Token))
	s.heading("# With curl")
	for _, call := range r.calls() {
		s.printf("# %s\n%s\n", call.what, call.curl(api))
	}
	s.heading("# With grpcurl (go install github.com/fullstorydev/grpcurl/cmd/grpcurl@latest)")
	for _, name := range []string{"list", "describe " + financialService, "describe " + integrationService} {
		s.printf("%s %s\n", grpcurl(api, ""), name)
	}
	for _, call := range r.calls() {
		s.printf("# %s\n%s %s/%s\n", call.what, grpcurl(api, call.json()), financialService, call.method)
	}
	if s.err != nil {
		return fmt.Errorf("write the hints: %w", s.err)
	}
	return nil
}

// call is one example of a call to FinancialService.
type call struct {
	what    string
	method  string
	request map[string]any
}

// calls returns the examples, which all work on the retailer of the report.
func (r *Report) calls() []call {
	slot := map[string]any{"role": "ROLE_PAYMENT", "key": check}
	sale := map[string]any{
		"eventId": "pasted-1", "number": "PASTED-1", "revision": 1, "locationId": pineAvenue,
		"occurTime": r.lastDate + "T20:15:00Z", "businessDate": r.lastDate, "currencyCode": currency,
		"sale": map[string]any{
			"tenders": []any{map[string]any{"paymentType": check, "amount": 2700}},
			"lines":   []any{map[string]any{"itemClass": classBooks, "netAmount": 2500, "costAmount": 1140}},
			"taxes":   []any{map[string]any{"authority": colorado, "amount": 200}},
		},
	}
	calls := []call{
		{"How far is everything?", "SyncStatus", map[string]any{}},
		{"Which accounts are there?", "ListAccounts", map[string]any{"search": "cash", "pageSize": 10}},
		{
			"Give a payment type another account", "MapEvent",
			map[string]any{"slot": slot, "accountId": r.accounts["Checks on Hand"]},
		},
		{"Record a sale: 25.00 and 2.00 tax, paid by check", "RecordEvents", map[string]any{"events": []any{sale}}},
		{
			"See what became of it", "GetEvent",
			map[string]any{"eventId": "pasted-1"},
		},
	}
	for _, c := range calls {
		c.request["retailerId"] = r.Retailer
	}
	return calls
}

// json returns the request on one line.
func (c call) json() string {
	body, err := json.Marshal(c.request)
	if err != nil {
		return "{}" // maps of texts and numbers always encode
	}
	return string(body)
}

func (c call) curl(api string) string {
	return fmt.Sprintf(`curl -sS %s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d %s`,
		quoted(api+"/"+financialService+"/"+c.method), quoted(c.json()))
}

// grpcurl returns a command up to and with the server's name; what to do there follows.
func grpcurl(api, request string) string {
	command := "grpcurl"
	host, plain := strings.CutPrefix(api, "http://")
	if plain {
		command += " -plaintext"
	} else {
		host = strings.TrimPrefix(api, "https://")
	}
	command += ` -H "Authorization: Bearer $TOKEN"`
	if request != "" {
		command += " -d " + quoted(request)
	}
	return command + " " + quoted(host)
}

// quoted makes one word of a POSIX shell.
func quoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
