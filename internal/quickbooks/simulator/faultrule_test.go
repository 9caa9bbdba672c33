package simulator_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

func (a *app) fault(rule simulator.FaultRule) string {
	a.t.Helper()
	id, err := a.sim.AddFault(rule)
	if err != nil {
		a.t.Fatal(err)
	}
	return id
}

// TestFaultsAndTheBooks lets each kind of fault happen to a write over a real connection: before, nothing is booked; after
// and during, all is, and only the answer is lost.
func TestFaultsAndTheBooks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rule   simulator.FaultRule
		status int // 0: no answer
		booked int
	}{
		"fault":        {simulator.FaultRule{Fault: "6210"}, 400, 0},
		"saved":        {simulator.FaultRule{Fault: "6000-saved"}, 400, 1},
		"fault after":  {simulator.FaultRule{Fault: "504", Stage: simulator.StageAfter}, 504, 1},
		"status":       {simulator.FaultRule{Status: 418, Body: "short and stout"}, 418, 0},
		"cut before":   {simulator.FaultRule{Cut: true}, 0, 0},
		"cut after":    {simulator.FaultRule{Cut: true, Stage: simulator.StageAfter}, 0, 1},
		"truncated":    {simulator.FaultRule{Truncate: 20}, 0, 1},
		"delayed":      {simulator.FaultRule{Delay: simulator.Duration(time.Millisecond)}, 200, 1},
		"other kind":   {simulator.FaultRule{Cut: true, Kinds: []simulator.Kind{"account.*"}}, 200, 1},
		"pattern":      {simulator.FaultRule{Cut: true, Kinds: []simulator.Kind{"journalentry.*"}}, 0, 0},
		"other realm":  {simulator.FaultRule{Cut: true, Realm: "7"}, 200, 1},
		"other text":   {simulator.FaultRule{Cut: true, Contains: "nothing like it"}, 200, 1},
		"text":         {simulator.FaultRule{Cut: true, Contains: "FAULTY"}, 0, 0},
		"not this one": {simulator.FaultRule{Cut: true, Skip: 1}, 200, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, simulator.Options{})
			server := httptest.NewServer(a.sim)
			t.Cleanup(server.Close)
			a.fault(test.rule)
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v3/company/"+a.realm+"/journalentry",
				strings.NewReader(a.sale("FAULTY", "1")))
			if err != nil {
				t.Fatal(err)
			}
			request.Header = a.request(http.MethodPost, "journalentry", "").Header
			response, err := http.DefaultClient.Do(request)
			status := 0
			if err == nil {
				status = response.StatusCode
				if err := json.NewDecoder(response.Body).Decode(new(any)); err != nil && test.rule.Truncate > 0 {
					status = 0
				}
				_ = response.Body.Close()
			}
			if status != test.status {
				t.Errorf("status %d, want %d: %v", status, test.status, err)
			}
			if n := a.trialBalance().Entries; n != test.booked {
				t.Errorf("%d entries, want %d", n, test.booked)
			}
		})
	}
}

// A rule skips, hits so many times, and counts; a repeat of the requestid then settles what was lost.
func TestRulesCount(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	id := a.fault(simulator.FaultRule{Name: "twice", Kinds: []simulator.Kind{simulator.KindEntryWrite}, Fault: "503", Stage: simulator.StageAfter, Skip: 1, Times: 2})
	var statuses []int
	for range 5 {
		statuses = append(statuses, a.post("journalentry?requestid=same", a.sale("1", "1")).StatusCode)
	}
	if diff := cmp.Diff([]int{200, 503, 503, 200, 200}, statuses); diff != "" {
		t.Error(diff)
	}
	states := a.sim.Faults()
	if len(states) != 1 || states[0].ID != id || states[0].Hits != 2 || states[0].Seen != 3 || a.trialBalance().Entries != 1 {
		t.Errorf("%+v, %d entries", states, a.trialBalance().Entries)
	}
	if !a.sim.RemoveFault(id) || a.sim.RemoveFault(id) || len(a.sim.Faults()) != 0 {
		t.Error("removing it")
	}
}

// The same seed has the same luck.
func TestProbabilityIsRepeatable(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) string {
		a := newApp(t, simulator.Options{Seed: seed})
		a.fault(simulator.FaultRule{Fault: "503", Probability: 0.3})
		out := ""
		for range 200 {
			out += fmt.Sprint(a.get("preferences").StatusCode / 100)
		}
		return out
	}
	first := run(3)
	if n := strings.Count(first, "5"); n < 35 || n > 85 || run(3) != first || run(4) == first {
		t.Errorf("%d of 200 hit", n)
	}
}

func TestFaultsOfItems(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.fault(simulator.FaultRule{Items: true, Contains: "BAD", Fault: "6210"})
	a.fault(simulator.FaultRule{Items: true, Contains: "LOST", Fault: "6000-saved"})
	got := a.post("batch", batchJSON(a.createItem("1", "GOOD", "1"), a.createItem("2", "BAD", "2"), a.createItem("3", "LOST", "4")))
	items := got.envelope(t).BatchItemResponse
	if len(items) != 3 || items[0].JournalEntry == nil || codes(items[1].Fault) != "6210" || codes(items[2].Fault) != "6000" {
		t.Errorf("%s", got.body)
	}
	if n := a.trialBalance().Entries; n != 2 {
		t.Errorf("%d entries, want the good one and the lost one", n)
	}
}

func TestRulesThatCannotBe(t *testing.T) {
	t.Parallel()
	sim := newSimulator(t, simulator.Options{})
	for name, rule := range map[string]simulator.FaultRule{
		"nothing": {}, "two things": {Fault: "503", Cut: true}, "unknown fault": {Fault: "9999999"}, "status": {Status: 99},
		"chance": {Cut: true, Probability: 1.5}, "negative": {Cut: true, Skip: -1}, "stage": {Cut: true, Stage: "later"},
		"truncate before": {Truncate: 3, Stage: simulator.StageBefore}, "item cut": {Items: true, Cut: true},
	} {
		if _, err := sim.AddFault(rule); !errors.Is(err, simulator.ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestScenario(t *testing.T) {
	t.Parallel()
	scenario, err := simulator.ParseScenario([]byte(`{
		"seed": 5, "apps": [{"clientId": "simulator-client", "clientSecret": "simulator-secret"}],
		"companies": [{"realm": "42", "name": "Acme", "bookCloseDate": "2026-06-30"}],
		"switches": {"limits": "off"},
		"faults": [{"kinds": ["journalentry.*"], "fault": "503", "times": 1}, {"delay": "1ms"}]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(t, scenario.Options())
	if company, err := a.sim.Company("42"); err != nil || company.Name != "Acme" || company.BookCloseDate != "2026-06-30" {
		t.Errorf("%+v, %v", company, err)
	}
	if got := a.post("journalentry", a.sale("1", "1")); got.StatusCode != http.StatusServiceUnavailable || len(a.sim.Faults()) != 2 {
		t.Errorf("%d, %+v", got.StatusCode, a.sim.Faults())
	}
	for name, raw := range map[string]string{
		"unknown property": "{\n\"colour\": 1}", "switch": `{"switches":{"limits":"maybe"}}`, "duration": `{"faults":[{"delay":"soon"}]}`,
		"fault": `{"faults":[{"fault":"x"}]}`, "behind": `{} {}`, "no JSON": `[`,
	} {
		if _, err := simulator.ParseScenario([]byte(raw)); !errors.Is(err, simulator.ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Tokens and secrets are not in the log of requests; what was asked and answered is.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{RequestLog: 3})
	a.fault(simulator.FaultRule{Fault: "503", Kinds: []simulator.Kind{simulator.KindPreferences}})
	refreshed, _ := a.refresh(a.exchange(a.consent(a.realm)).RefreshToken)
	a.get("preferences")
	log := a.sim.RequestLog()
	if len(log) != 3 || log[0].Kind != simulator.KindPreferences || log[0].Status != 503 || log[0].Fault != "1" ||
		log[1].Kind != simulator.KindToken || log[0].Number != log[2].Number+2 {
		t.Fatalf("%+v", log)
	}
	text := string(log[1].RequestBody) + string(log[1].AnswerBody)
	if strings.Contains(text, refreshed.RefreshToken) || strings.Contains(text, refreshed.AccessToken) ||
		!strings.Contains(text, "grant_type=refresh_token") || !strings.Contains(text, `"expires_in":3600`) {
		t.Errorf("the log holds %s", text)
	}
}
