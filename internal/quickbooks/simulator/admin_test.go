package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// admin sends a request to the admin API, which asks for no token.
func (a *app) admin(method, path, body string) reply {
	a.t.Helper()
	return send(a.t, a.sim, httptest.NewRequestWithContext(a.t.Context(), method, "/admin/"+path, strings.NewReader(body)))
}

func TestAdminTurnsEverything(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	before := a.sim.Now()
	for _, test := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "companies", `{"realm":"77","name":"Second"}`, 200, `"realm":"77"`},
		{"POST", "companies", `{"realm":"77"}`, 400, "exists"},
		{"PATCH", "companies/77", `{"bookCloseDate":"2026-01-31","trackDepartments":true}`, 200, `"name":"Second"`},
		{"PATCH", "companies/77", `{"bookCloseDate":"soon"}`, 400, "closing date"},
		{"PATCH", "companies/77", `{"realm":"78"}`, 400, "cannot be changed"},
		{"PATCH", "companies/78", `{}`, 404, "no company"},
		{"GET", "switches", "", 200, `"name":"unbalanced-fault","value":"6000"`},
		{"PATCH", "switches", `{"unbalanced-fault":"2300"}`, 200, `"name":"unbalanced-fault","value":"2300"`},
		{"PATCH", "switches", `{"unbalanced-fault":"6000","limits":"perhaps"}`, 400, "cannot be"},
		{"GET", "known-faults", "", 200, `"name":"6000-saved"`},
		{"POST", "faults", `{"fault":"503","times":1}`, 200, `"id":"1"`},
		{"POST", "faults", `{"colour":"red"}`, 400, "colour"},
		{"GET", "faults", "", 200, `"fault":"503"`},
		{"DELETE", "faults/1", "", 200, "{}"},
		{"DELETE", "faults/1", "", 404, "no fault"},
		{"POST", "clock", `{"advance":"1h"}`, 200, `"now"`},
		{"POST", "clock", `{"advance":"-1h"}`, 400, "duration"},
		{"POST", "tokens/expire-access", `{"realm":""}`, 200, `"hit":0`}, // an hour has just passed
		{"POST", "tokens/revoke", `{"realm":"5"}`, 404, "no company"},
		{"POST", "tokens/burn", `{}`, 400, "burn"},
		{"POST", "tokens/revoke", "", 200, `"hit":1`},
		{"GET", "log?limit=1", "", 200, `"requests":[{`},
		{"GET", "log?limit=x", "", 400, "whole number"},
		{"DELETE", "faults", "", 200, "{}"},
	} {
		got := a.admin(test.method, test.path, test.body)
		if got.StatusCode != test.status || !strings.Contains(string(got.body), test.want) {
			t.Errorf("%s %s %s: %d %s", test.method, test.path, test.body, got.StatusCode, got.body)
		}
	}
	if got := a.sim.Now().Sub(before); got != time.Hour {
		t.Errorf("the clock moved by %v", got)
	}
	for _, state := range a.sim.Switches() {
		if state.Name == simulator.SwitchUnbalanced && state.Value != "2300" {
			t.Errorf("a refused change left %s at %s", state.Name, state.Value)
		}
	}
}

// The page of somebody else in the same browser cannot turn anything.
func TestOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for _, path := range []string{"/admin/faults", "/faults", "/switches"} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(`{"fault":"503"}`))
		request.Header.Set("Sec-Fetch-Site", "cross-site")
		if got := send(t, a.sim, request); got.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
}

// The pages show what the methods tell, and their forms do what the methods do.
func TestControlPages(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.mustPost(a.sale("SEEN", "1"))
	press := func(path string, values url.Values) {
		t.Helper()
		got := send(t, a.sim, form(t, path, values))
		if got.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
	press("/switches", url.Values{"name": {"page-total"}, "value": {"on"}})
	press("/faults", url.Values{"what": {"cut-after"}, "kind": {"batch"}, "times": {"2"}, "skip": {"0"}, "probability": {"1"}})
	press("/faults/now", url.Values{"do": {"day"}})
	press("/companies/"+a.realm+"/settings", url.Values{"name": {"Renamed & Co."}, "trackDepartments": {"on"}, "classTracking": {"per-line"}})
	number := a.sim.RequestLog()[0].Number
	for path, want := range map[string]string{
		"/requests": "journalentry.write", "/requests?answered=refused": "No request fits",
		"/requests/" + string(rune('0'+number)): "SEEN", "/requests/99": "No such request", "/switches": `by default off`,
		"/faults": "cut after it is done", "/companies/" + a.realm + "/settings?done=Saved.": "Renamed &amp; Co.", "/": "Renamed",
	} {
		if got := a.page(path); !strings.Contains(string(got.body), want) {
			t.Errorf("%s has no %q: %d %s", path, want, got.StatusCode, got.body)
		}
	}
	company, err := a.sim.Company(a.realm)
	if err != nil || !company.TrackDepartments || company.ClassTracking != simulator.ClassesPerLine {
		t.Errorf("%+v, %v", company, err)
	}
	press("/faults/remove", url.Values{"id": {a.sim.Faults()[0].ID}})
	if len(a.sim.Faults()) != 0 {
		t.Error("the fault is still there")
	}
	for path, values := range map[string]url.Values{
		"/switches": {"name": {"page-total"}, "value": {"maybe"}}, "/faults": {"what": {"cut-before"}, "times": {"x"}},
		"/companies/" + a.realm + "/settings": {"bookCloseDate": {"x"}},
	} {
		if got := send(t, a.sim, form(t, path, values)); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
}
