package simulator_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// at makes an InterceptFunc that does something to requests of a kind at a stage, times times.
func at(kind simulator.Kind, stage simulator.Stage, times int, action simulator.Action) simulator.InterceptFunc {
	return func(_ context.Context, now simulator.Stage, r simulator.RequestInfo) simulator.Action {
		if r.Kind != kind || now != stage || times == 0 {
			return simulator.Action{}
		}
		times--
		return action
	}
}

func TestStatusBeforeCommitHasNoEffect(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		401: `"code":"3200"`, 403: `"code":"3100"`, 429: `"code":"3001"`, 500: `"code":"10000"`, 502: "<html>",
		503: "stream timeout", 504: "stream timeout", 418: "teapot",
	} {
		a := newApp(t, simulator.Options{Intercept: at(simulator.KindEntryWrite, simulator.BeforeCommit, 1, simulator.Action{Status: status})})
		got := a.post("journalentry?requestid=x", a.sale("1", "1"))
		if got.StatusCode != status || !strings.Contains(string(got.body), want) {
			t.Errorf("%d: %d %s", status, got.StatusCode, got.body)
		}
		if n := a.trialBalance().Entries; n != 0 {
			t.Errorf("%d: %d entries", status, n)
		}
		if got := a.post("journalentry?requestid=x", a.sale("1", "1")); got.StatusCode != http.StatusOK {
			t.Errorf("%d, repeat: %s", status, got.body)
		}
	}
}

func TestStatusAfterCommitLosesTheAnswerOnly(t *testing.T) {
	t.Parallel()
	action := simulator.Action{Status: http.StatusGatewayTimeout, ContentType: "text/html", Body: []byte("<p>late</p>")}
	a := newApp(t, simulator.Options{Intercept: at(simulator.KindEntryWrite, simulator.AfterCommit, 1, action)})
	got := a.post("journalentry?requestid=x", a.sale("1", "1"))
	if got.StatusCode != http.StatusGatewayTimeout || string(got.body) != "<p>late</p>" || got.Header.Get("Content-Type") != "text/html" {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	if n := a.trialBalance().Entries; n != 1 {
		t.Errorf("%d entries", n)
	}
	if got := a.post("journalentry?requestid=x", a.sale("1", "1")); got.StatusCode != http.StatusOK {
		t.Errorf("repeat: %s", got.body)
	}
	if n := a.trialBalance().Entries; n != 1 {
		t.Errorf("%d entries after the repeat", n)
	}
}

func TestCutConnections(t *testing.T) {
	t.Parallel()
	for stage, entries := range map[simulator.Stage]int{simulator.BeforeCommit: 0, simulator.AfterCommit: 1} {
		a := newApp(t, simulator.Options{Intercept: at(simulator.KindEntryWrite, stage, 1, simulator.Action{Cut: true})})
		server := httptest.NewServer(a.sim)
		t.Cleanup(server.Close)
		address := server.URL + "/v3/company/" + a.realm + "/journalentry?requestid=x"
		request := func() *http.Request {
			body := bytes.NewBufferString(a.sale("1", "1"))
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, body)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+a.token)
			return request
		}
		if response, err := server.Client().Do(request()); err == nil {
			_ = response.Body.Close()
			t.Errorf("stage %d: %s", stage, response.Status)
		}
		if n := a.trialBalance().Entries; n != entries {
			t.Errorf("stage %d: %d entries", stage, n)
		}
		response, err := server.Client().Do(request())
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if n := a.trialBalance().Entries; n != 1 || response.StatusCode != http.StatusOK {
			t.Errorf("stage %d, repeat: %s, %d entries", stage, response.Status, n)
		}
		if got := a.sim.Requests().ByStatus[0]; got != 1 {
			t.Errorf("stage %d: %d cut connections counted", stage, got)
		}
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		action := simulator.Action{Delay: time.Hour}
		a := newApp(t, simulator.Options{Intercept: at(simulator.KindPreferences, simulator.AfterCommit, 2, action)})
		began := time.Now()
		if got := a.get("preferences"); got.StatusCode != http.StatusOK || time.Since(began) != time.Hour {
			t.Errorf("%d after %s", got.StatusCode, time.Since(began))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began = time.Now()
		send(t, a.sim, a.request(http.MethodGet, "preferences", "").WithContext(ctx))
		if time.Since(began) != time.Minute {
			t.Errorf("a client that left was waited for: %s", time.Since(began))
		}
	})
}

func TestTokenEndpointCanBeLostToo(t *testing.T) {
	t.Parallel()
	intercept := func(_ context.Context, stage simulator.Stage, r simulator.RequestInfo) simulator.Action {
		if r.Kind == simulator.KindToken && stage == simulator.AfterCommit && strings.Contains(string(r.Body), "refresh_token") {
			return simulator.Action{Status: http.StatusServiceUnavailable}
		}
		return simulator.Action{}
	}
	a := newApp(t, simulator.Options{Switches: rotate("every-refresh"), Intercept: intercept})
	token := a.exchange(a.consent(a.realm)).RefreshToken
	refresh := form(t, "/oauth2/v1/tokens/bearer", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
	if got := send(t, a.sim, refresh); got.StatusCode != http.StatusServiceUnavailable {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
}

func TestInterceptSeesTheRequest(t *testing.T) {
	t.Parallel()
	var seen []simulator.RequestInfo
	intercept := func(_ context.Context, _ simulator.Stage, r simulator.RequestInfo) simulator.Action {
		if r.Kind == simulator.KindBatch {
			seen = append(seen, r)
		}
		return simulator.Action{}
	}
	a := newApp(t, simulator.Options{Intercept: intercept})
	body := batchJSON(a.createItem("1", "", "1"))
	a.post("batch?requestid=q", body)
	info := simulator.RequestInfo{
		Number: 3, Kind: simulator.KindBatch, Method: "POST", Path: "/v3/company/" + a.realm + "/batch", Realm: a.realm,
		RequestID: "q", Body: []byte(body),
	}
	after := info
	after.Status = 200
	if diff := cmp.Diff([]simulator.RequestInfo{info, after}, seen); diff != "" {
		t.Error(diff)
	}
}
