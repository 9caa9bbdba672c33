package app_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/app"
)

func TestDevelopmentTokenIsForThisMachine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		peer, host string
		header     map[string]string
		ok         bool
	}{
		"this machine":          {"127.0.0.1:1", "127.0.0.1:8700", nil, true},
		"by name":               {"127.0.0.1:1", "localhost:8700", nil, true},
		"over IPv6":             {"[::1]:1", "[::1]:8700", nil, true},
		"the console":           {"127.0.0.1:1", "localhost:8700", map[string]string{"Sec-Fetch-Site": "same-origin"}, true},
		"its own origin":        {"127.0.0.1:1", "localhost:8700", map[string]string{"Origin": "http://localhost:8700"}, true},
		"another machine":       {"192.0.2.1:1", "127.0.0.1:8700", nil, false},
		"a rebound name":        {"127.0.0.1:1", "evil.example:8700", nil, false},
		"no host":               {"127.0.0.1:1", "", nil, false},
		"another site's page":   {"127.0.0.1:1", "localhost:8700", map[string]string{"Sec-Fetch-Site": "cross-site"}, false},
		"another port's page":   {"127.0.0.1:1", "localhost:8700", map[string]string{"Origin": "http://localhost:3000"}, false},
		"a page without origin": {"127.0.0.1:1", "localhost:8700", map[string]string{"Origin": "null"}, false},
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/console/session", nil)
		request.RemoteAddr, request.Host = test.peer, test.host
		for key, value := range test.header {
			request.Header.Set(key, value)
		}
		if err := app.FromThisMachine(request); (err == nil) != test.ok {
			t.Errorf("%s: allowed is %v (%v)", name, err == nil, err)
		}
	}
}

// The session answers a token that works, the root leads to the console, and the list of retailers grows with the calls.
func TestConsoleSession(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	service, err := app.New(t.Context(), app.Config{
		Mode: "development", Listen: "127.0.0.1:0", Database: filepath.Join(dir, "tillpost.db"), QuickBooks: "simulator",
		SimulatorURL: "http://127.0.0.1:1", AuthAudience: "tillpost", KeyFile: filepath.Join(dir, "tillpost.keys"), Workers: 1,
	}, slog.New(slog.DiscardHandler), "test")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- service.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	root := answer(t, client, http.MethodGet, service.URL()+"/", "", "")
	if root.StatusCode != http.StatusFound || root.Header.Get("Location") != "/console/" {
		t.Errorf("the root answers %s to %q", root.Status, root.Header.Get("Location"))
	}
	token := session(t, client, service.URL(), nil)
	call := answer(t, client, http.MethodPost, service.URL()+"/tillpost.integration.v1.IntegrationService/PauseSync", token,
		`{"retailerId": "my-shop"}`)
	if call.StatusCode != http.StatusOK && call.StatusCode != http.StatusBadRequest {
		t.Fatalf("the token is answered with %s", call.Status)
	}
	record := answer(t, client, http.MethodPost, service.URL()+"/tillpost.financial.v1.FinancialService/RecordEvents", token,
		`{"retailerId": "my-shop", "events": [{"eventId": "1", "number": "1", "revision": 1, "locationId": "a",
		"occurTime": "2026-01-02T03:04:05Z", "businessDate": "2026-01-02", "currencyCode": "USD",
		"tillCount": {"expectedAmount": "100", "countedAmount": "90"}}]}`)
	if record.StatusCode != http.StatusOK {
		t.Fatalf("recording is answered with %s", record.Status)
	}
	session(t, client, service.URL(), []string{"my-shop"})
}

// session asks for the session, compares its retailers unless they are nil, and returns the token.
func session(t *testing.T, client *http.Client, url string, retailers []string) string {
	t.Helper()
	response := answer(t, client, http.MethodGet, url+"/console/session", "", "")
	var got struct {
		Mode, Token string
		Retailers   []string
	}
	if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Mode != "development" || got.Token == "" || response.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the session is %+v, headers %v", got, response.Header)
	}
	if retailers != nil && strings.Join(got.Retailers, " ") != strings.Join(retailers, " ") {
		t.Errorf("retailers are %q, want %q", got.Retailers, retailers)
	}
	return got.Token
}

func answer(t *testing.T, client *http.Client, method, url, token, body string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func TestEmbedOriginsAreOrigins(t *testing.T) {
	t.Parallel()
	for origin, ok := range map[string]bool{
		"https://shop.example": true, "https://shop.example:8443": true, "https://shop.example/": false,
		"shop.example": false, "https://shop.example; script-src *": false, "*": false,
	} {
		cfg := app.Config{
			Mode: "development", Listen: "127.0.0.1:0", Database: "tillpost.db", QuickBooks: "simulator",
			EmbedOrigins: []string{origin},
		}
		if err := cfg.Check(); (err == nil) != ok {
			t.Errorf("%s: taken is %v (%v)", origin, err == nil, err)
		}
	}
}
