package rpc_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/rpc"
)

// intuit is a person at work in QuickBooks itself: another app's connection to the same company.
type intuit struct {
	w     *world
	realm string
	token string
}

// person signs in to the company that the retailer is connected to.
func (w *world) person() *intuit {
	w.t.Helper()
	realm := w.simulator.Realms()[0]
	form := url.Values{
		"client_id": {simulator.DefaultClientID}, "redirect_uri": {w.url + rpc.CallbackPath}, "response_type": {"code"},
		"scope": {"com.intuit.quickbooks.accounting"}, "state": {"elsewhere"}, "decision": {"authorize"},
	}
	answer := w.postForm("/connect/oauth2?"+form.Encode(), form, false)
	back := must(url.Parse(answer.Header.Get("Location")))(w.t)
	exchange := url.Values{
		"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "redirect_uri": form["redirect_uri"],
	}
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	w.decode(w.postForm("/oauth2/v1/tokens/bearer", exchange, true), &tokens)
	return &intuit{w: w, realm: realm, token: tokens.AccessToken}
}

func (w *world) postForm(path string, form url.Values, basic bool) *http.Response {
	w.t.Helper()
	request := must(http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.simURL+path,
		strings.NewReader(form.Encode())))(w.t)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	if basic {
		request.SetBasicAuth(simulator.DefaultClientID, simulator.DefaultClientSecret)
	}
	quiet := &http.Client{
		Transport: w.browser.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response := must(quiet.Do(request))(w.t)
	w.t.Cleanup(func() { check(w.t, response.Body.Close()) })
	return response
}

func (w *world) decode(response *http.Response, into any) {
	w.t.Helper()
	raw := must(io.ReadAll(response.Body))(w.t)
	if response.StatusCode != http.StatusOK {
		w.t.Fatalf("the simulator answers %s: %s", response.Status, raw)
	}
	check(w.t, json.Unmarshal(raw, into))
}

// call sends JSON to the company and decodes the answer.
func (p *intuit) call(method, path string, body, into any) {
	p.w.t.Helper()
	encoded := must(json.Marshal(body))(p.w.t)
	request := must(http.NewRequestWithContext(p.w.t.Context(), method, p.w.simURL+"/v3/company/"+p.realm+path,
		strings.NewReader(string(encoded))))(p.w.t)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+p.token)
	response := must(p.w.browser.Do(request))(p.w.t)
	defer func() { check(p.w.t, response.Body.Close()) }()
	p.w.decode(response, into)
}

// changeAccount changes fields of an account, by its fully qualified name.
func (p *intuit) changeAccount(name string, fields map[string]any) {
	p.w.t.Helper()
	var found struct {
		QueryResponse struct {
			Account []wire.Account
		}
	}
	query := "select * from Account where FullyQualifiedName = '" + name + "'"
	p.call(http.MethodGet, "/query?query="+url.QueryEscape(query), nil, &found)
	if len(found.QueryResponse.Account) != 1 {
		p.w.t.Fatalf("%d accounts are called %q", len(found.QueryResponse.Account), name)
	}
	account := found.QueryResponse.Account[0]
	body := map[string]any{
		"Id": account.ID, "SyncToken": account.SyncToken, "sparse": true, "Name": account.Name,
	}
	maps.Copy(body, fields)
	p.call(http.MethodPost, "/account", body, &struct{}{})
}

// create makes an object and returns its id: "department", "class".
func (p *intuit) create(object, name string) string {
	p.w.t.Helper()
	var answer map[string]json.RawMessage
	p.call(http.MethodPost, "/"+object, map[string]any{"Name": name}, &answer)
	var row wire.NameRow
	check(p.w.t, json.Unmarshal(answer[strings.ToUpper(object[:1])+object[1:]], &row))
	return row.ID
}

// entry reads a journal entry; false when it is gone.
func (p *intuit) entry(id string) (wire.JournalEntry, bool) {
	p.w.t.Helper()
	for _, entry := range must(p.w.simulator.Journal(p.realm))(p.w.t) {
		if entry.ID == id {
			return entry, true
		}
	}
	return wire.JournalEntry{}, false
}
