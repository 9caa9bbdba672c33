package quickbooks_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks"
)

// TestConfig holds what New refuses, so that a wrong configuration is found at start.
func TestConfig(t *testing.T) {
	t.Parallel()
	production := quickbooks.Config{
		Environment: quickbooks.EnvironmentProduction, ClientID: "id", ClientSecret: "secret",
		RedirectURL: "https://till.example/callback",
	}
	simulator := quickbooks.Config{
		Environment: quickbooks.EnvironmentSimulator, ClientID: "id", ClientSecret: "secret",
		RedirectURL: "http://127.0.0.1/callback", DiscoveryURL: "http://127.0.0.1:1/d", APIBaseURL: "http://127.0.0.1:1/",
	}
	for name, tt := range map[string]struct {
		base   quickbooks.Config
		change func(*quickbooks.Config)
		ok     bool
	}{
		"production":         {production, func(*quickbooks.Config) {}, true},
		"sandbox":            {production, func(c *quickbooks.Config) { c.Environment = quickbooks.EnvironmentSandbox }, true},
		"simulator":          {simulator, func(*quickbooks.Config) {}, true},
		"sandbox, localhost": {production, func(c *quickbooks.Config) { c.Environment, c.RedirectURL = "sandbox", "http://localhost/c" }, true},
		"no environment":     {production, func(c *quickbooks.Config) { c.Environment = "" }, false},
		"unknown":            {production, func(c *quickbooks.Config) { c.Environment = "prod" }, false},
		"no id":              {production, func(c *quickbooks.Config) { c.ClientID = "" }, false},
		"no secret":          {production, func(c *quickbooks.Config) { c.ClientSecret = "" }, false},
		"no redirect":        {production, func(c *quickbooks.Config) { c.RedirectURL = "" }, false},
		"clear redirect":     {production, func(c *quickbooks.Config) { c.RedirectURL = "http://till.example/c" }, false},
		"IP redirect":        {production, func(c *quickbooks.Config) { c.RedirectURL = "https://10.0.0.1/c" }, false},
		"IPv6 redirect":      {production, func(c *quickbooks.Config) { c.RedirectURL = "https://[::1]/c" }, false},
		"fragment":           {simulator, func(c *quickbooks.Config) { c.RedirectURL = "http://localhost/c#x" }, false},
		"clear API":          {production, func(c *quickbooks.Config) { c.APIBaseURL = "http://quickbooks.api.intuit.com" }, false},
		"no simulator":       {simulator, func(c *quickbooks.Config) { c.APIBaseURL = "" }, false},
		"query":              {simulator, func(c *quickbooks.Config) { c.DiscoveryURL += "?a=b" }, false},
		"negative timeout":   {simulator, func(c *quickbooks.Config) { c.Timeout = -time.Second }, false},
	} {
		config := tt.base
		tt.change(&config)
		_, err := quickbooks.New(config)
		if (err == nil) != tt.ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestEndpoints holds Intuit's addresses.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	for env, want := range map[quickbooks.Environment]string{
		"sandbox":    "https://developer.api.intuit.com/.well-known/openid_sandbox_configuration https://sandbox-quickbooks.api.intuit.com",
		"production": "https://developer.api.intuit.com/.well-known/openid_configuration https://quickbooks.api.intuit.com",
		"simulator":  " ",
		"other":      " ",
	} {
		discoveryURL, apiBase := quickbooks.Endpoints(env)
		if got := discoveryURL + " " + apiBase; got != want {
			t.Errorf("%s: got %s", env, got)
		}
	}
}

// TestSecret: a secret gets out by Reveal alone.
func TestSecret(t *testing.T) {
	t.Parallel()
	const plain = "hunter2-hunter2"
	token := quickbooks.Token{Access: plain, Refresh: plain}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		_, _ = fmt.Fprintf(&out, verb+" "+verb+" "+verb+"\n", token.Access, token, &token)
	}
	for _, handler := range []slog.Handler{slog.NewJSONHandler(&out, nil), slog.NewTextHandler(&out, nil)} {
		slog.New(handler).Info("x", "secret", token.Access, "token", token)
	}
	if err := json.NewEncoder(&out).Encode(map[string]any{"a": token.Access, "b": token}); err != nil {
		t.Fatal(err)
	}
	if err := xml.NewEncoder(&out).Encode(token); err != nil {
		t.Fatal(err)
	}
	_, _ = fmt.Fprint(&out, fmt.Errorf("failed with %v", token))
	for _, leak := range []string{plain, fmt.Sprintf("%x", plain), fmt.Sprintf("%X", plain)} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("%q got out:\n%s", leak, &out)
		}
	}
	if token.Access.Reveal() != plain || quickbooks.Secret("").String() != "" || token.Access.GoString() != "[redacted]" {
		t.Error("Reveal or String is wrong")
	}
}

// TestParseRealmID takes 1 to 20 digits and nothing else.
func TestParseRealmID(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"1": true, "9341453118812345": true, "12345678901234567890": true,
		"": false, "123456789012345678901": false, "12a": false, "-1": false, "1 ": false, "１": false, "../1": false,
	} {
		id, err := quickbooks.ParseRealmID(text)
		if (err == nil) != ok || (ok && string(id) != text) || (!ok && !errors.Is(err, quickbooks.ErrRealmID)) {
			t.Errorf("%q: got %q, %v", text, id, err)
		}
	}
}

// TestErrorText: an error tells everything support asks for, in a line and as a group.
func TestErrorText(t *testing.T) {
	t.Parallel()
	e := &quickbooks.Error{
		Op: "create journal entry", Realm: realm, HTTPStatus: 400, Code: "6210", Cause: quickbooks.CausePeriodClosed,
		Outcome: quickbooks.OutcomeNotCommitted, IntuitTID: "1-2", Detail: "Closed.",
	}
	const want = "quickbooks: create journal entry for company 9341453118812345: period_closed, HTTP 400, code 6210: " +
		"Closed. (intuit_tid 1-2)"
	if e.Error() != want || e.Facts().Name != "period_closed" || errors.Unwrap(e) != nil {
		t.Errorf("got %s, %+v", e, e.Facts())
	}
	log := new(record)
	log.logger().Info("x", "error", slog.AnyValue(e))
	for _, part := range []string{`"cause":"period_closed"`, `"outcome":"not_committed"`, `"code":"6210"`, `"intuit_tid":"1-2"`} {
		if !strings.Contains(log.String(), part) {
			t.Errorf("%s is not in %s", part, log)
		}
	}
	for actor, name := range map[quickbooks.Actor]string{
		quickbooks.ActorNobody: "nobody", quickbooks.ActorRetailer: "retailer", quickbooks.ActorOperator: "operator", 9: "nobody",
	} {
		if actor.String() != name {
			t.Errorf("got %s, want %s", actor, name)
		}
	}
}
