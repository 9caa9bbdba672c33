package simulator_test

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

func TestDiscoveryAnswersUnderEverySpelling(t *testing.T) {
	t.Parallel()
	sim := newSimulator(t, simulator.Options{})
	for _, path := range []string{
		"openid_configuration", "openid_configuration/", "openid_sandbox_configuration", "openid_sandbox_configuration/",
		"openid-configuration", "openid-configuration/", "openid-sandbox-configuration", "openid-sandbox-configuration/",
		"OpenID_Configuration", "OPENID-SANDBOX-CONFIGURATION/",
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://box.test:99/.well-known/"+path, nil)
		got := send(t, sim, request)
		var document map[string]any
		got.into(t, &document)
		if document["token_endpoint"] != "http://box.test:99/oauth2/v1/tokens/bearer" {
			t.Errorf("%s: token endpoint %v", path, document["token_endpoint"])
		}
		if document["authorization_endpoint"] != "http://box.test:99/connect/oauth2" {
			t.Errorf("%s: authorization endpoint %v", path, document["authorization_endpoint"])
		}
		if document["issuer"] != "https://oauth.platform.intuit.com/op/v1" {
			t.Errorf("%s: issuer %v", path, document["issuer"])
		}
		if got.Header.Get("Intuit_tid") == "" {
			t.Errorf("%s: no intuit_tid", path)
		}
	}
	for _, path := range []string{"other", "", "x/openid_configuration", "openid_configuration/x"} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/.well-known/"+path, nil)
		if got := send(t, sim, request); got.StatusCode != http.StatusNotFound {
			t.Errorf("%q: %d", path, got.StatusCode)
		}
	}
}

// Behind a host mapping, a client is told what Intuit would tell it.
func TestDiscoveryUnderIntuitsNames(t *testing.T) {
	t.Parallel()
	sim := newSimulator(t, simulator.Options{})
	const rest = `"revocation_endpoint":"https://developer.api.intuit.com/v2/oauth2/tokens/revoke",` +
		`"jwks_uri":"https://oauth.platform.intuit.com/op/v1/jwks","response_types_supported":["code"],` +
		`"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"],` +
		`"scopes_supported":["openid","email","profile","address","phone"],` +
		`"token_endpoint_auth_methods_supported":["client_secret_post","client_secret_basic"],` +
		`"claims_supported":["aud","exp","iat","iss","realmid","sub"]}`
	document := func(accounts string) string {
		return `{"issuer":"https://oauth.platform.intuit.com/op/v1",` +
			`"authorization_endpoint":"https://appcenter.intuit.com/connect/oauth2",` +
			`"token_endpoint":"https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",` +
			`"userinfo_endpoint":"https://` + accounts + `.platform.intuit.com/v1/openid_connect/userinfo",` + rest
	}
	for address, want := range map[string]string{
		"https://developer.api.intuit.com/.well-known/openid_configuration":              document("accounts"),
		"https://developer.api.intuit.com/.well-known/openid_sandbox_configuration":      document("sandbox-accounts"),
		"https://developer.intuit.com/.well-known/openid-sandbox-configuration/":         document("sandbox-accounts"),
		"https://Developer.API.Intuit.com:8443/.well-known/openid_sandbox_configuration": document("sandbox-accounts"),
	} {
		got := send(t, sim, httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil))
		if diff := cmp.Diff(want, string(got.body)); diff != "" {
			t.Errorf("%s: %s", address, diff)
		}
	}
	for _, host := range []string{"http://intuit.com.evil.test", "http://notintuit.com", "http://[::1]:80"} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, host+"/.well-known/openid_configuration", nil)
		if got := send(t, sim, request); !strings.Contains(string(got.body), host+"/oauth2/v1/tokens/bearer") {
			t.Errorf("%s: %s", host, got.body)
		}
	}
}

// A client that nobody here wrote goes through the whole life of a connection over a real connection.
func TestOAuth2LibraryDrivesTheWholeLife(t *testing.T) {
	t.Parallel()
	options := registered(callback)
	options.Switches = map[simulator.Switch]string{simulator.SwitchPKCE: "checked"}
	sim := newSimulator(t, options)
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	config := oauth2.Config{
		ClientID: simulator.DefaultClientID, ClientSecret: simulator.DefaultClientSecret, RedirectURL: callback,
		Scopes: []string{"com.intuit.quickbooks.accounting"},
		Endpoint: oauth2.Endpoint{
			AuthURL: server.URL + "/connect/oauth2", TokenURL: server.URL + "/oauth2/v1/tokens/bearer",
			AuthStyle: oauth2.AuthStyleInHeader,
		},
	}
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	verifier := oauth2.GenerateVerifier()
	page := fetch(t, browser, config.AuthCodeURL("the state", oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier)))
	back := submit(t, browser, server.URL, page, "authorize")
	if back.Query().Get("state") != "the state" || back.Query().Get("realmId") != simulator.DefaultRealm {
		t.Fatalf("sent back to %v", back)
	}
	code := back.Query().Get("code")
	first, err := config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	if err != nil || code == "" || len(code) > 512 {
		t.Fatalf("exchange of %q: %v", code, err)
	}
	_, err = config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
	wantInvalidGrant(t, "the code again", err)

	expire := func(token *oauth2.Token) *oauth2.Token {
		token.Expiry = time.Now().Add(-time.Minute)
		return token
	}
	second, err := config.TokenSource(t.Context(), expire(first)).Token()
	if err != nil || second.AccessToken == first.AccessToken || second.RefreshToken != first.RefreshToken {
		t.Fatalf("refresh on the same day: %v, same token %v", err, second)
	}
	sim.AdvanceClock(25 * time.Hour)
	third, err := config.TokenSource(t.Context(), expire(second)).Token()
	if err != nil || third.RefreshToken == first.RefreshToken {
		t.Fatalf("refresh on the next day: %v, token %v", err, third)
	}
	_, err = config.TokenSource(t.Context(), expire(first)).Token()
	wantInvalidGrant(t, "the old value", err)

	address := server.URL + "/v3/company/" + simulator.DefaultRealm + "/companyinfo/" + simulator.DefaultRealm
	if status := statusOf(t, config.Client(t.Context(), third), address); status != http.StatusOK {
		t.Errorf("company info: %d", status)
	}
	revoke := form(t, "/v2/oauth2/tokens/revoke", url.Values{"token": {third.RefreshToken}})
	if got := send(t, sim, revoke); got.StatusCode != http.StatusOK {
		t.Fatalf("revoke: %d", got.StatusCode)
	}
	if status := statusOf(t, config.Client(t.Context(), third), address); status != http.StatusUnauthorized {
		t.Errorf("company info after the revocation: %d", status)
	}
	_, err = config.TokenSource(t.Context(), expire(third)).Token()
	wantInvalidGrant(t, "the revoked token", err)
}

func wantInvalidGrant(t *testing.T, name string, err error) {
	t.Helper()
	var refused *oauth2.RetrieveError
	if !errors.As(err, &refused) || refused.ErrorCode != "invalid_grant" {
		t.Errorf("%s: %v", name, err)
	}
}

func statusOf(t *testing.T, client *http.Client, address string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	defer func() { _ = response.Body.Close() }()
	return response.StatusCode
}

func TestConsentPageInPlainWords(t *testing.T) {
	t.Parallel()
	options := registered(callback)
	options.Apps[0].Name = "Till & Sons"
	options.Companies = []simulator.CompanyOptions{{Realm: "11", Name: "One"}, {Realm: "22", Name: "Two"}}
	sim := newSimulator(t, options)
	show := func(scopes string) string {
		values := authorizeQuery()
		values.Set("scope", scopes)
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/connect/oauth2?"+values.Encode(), nil)
		return string(send(t, sim, request).body)
	}
	page := show("com.intuit.quickbooks.accounting openid email")
	for _, want := range []string{
		"Connect to QuickBooks", "Till &amp; Sons", "journal entries", "Know that it is you", "See your email address", "One",
		"Two", `value="22"`, "localhost:8400",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if signIn := show("openid"); !strings.Contains(signIn, "Sign in as") || strings.Contains(signIn, "Company to connect") {
		t.Errorf("the page of a sign-in: %s", signIn)
	}
}

// fetch gets a page as a browser does.
func fetch(t *testing.T, browser *http.Client, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

var (
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)
	radioInput  = regexp.MustCompile(`<input type="radio" name="realm" value="(\d+)" checked>`)
)

// submit fills in the form of the consent page, presses a button and returns where that leads.
func submit(t *testing.T, browser *http.Client, base, page, decision string) *url.URL {
	t.Helper()
	values := url.Values{"decision": {decision}}
	unescape := strings.NewReplacer("&amp;", "&", "&#43;", "+", "&#39;", "'", "&#34;", `"`)
	for _, field := range hiddenInput.FindAllStringSubmatch(page, -1) {
		values.Set(field[1], unescape.Replace(field[2]))
	}
	if radio := radioInput.FindStringSubmatch(page); radio != nil {
		values.Set("realm", radio[1])
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/connect/oauth2", strings.NewReader(values.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	back, err := response.Location()
	if err != nil {
		t.Fatalf("%s: %v", response.Status, err)
	}
	return back
}

func TestConsentRefusals(t *testing.T) {
	t.Parallel()
	sim := newSimulator(t, registered(callback, "https://books.example/back?x=1"))
	for name, test := range map[string]struct {
		change   url.Values
		status   int
		location string // what the browser is sent back to, empty for a page
	}{
		"unknown app":       {url.Values{"client_id": {"nobody"}}, 400, ""},
		"other redirect":    {url.Values{"redirect_uri": {callback + "/"}}, 400, ""},
		"no redirect":       {url.Values{"redirect_uri": {""}}, 400, ""},
		"response type":     {url.Values{"response_type": {"token"}}, 303, callback + "?error=unsupported_response_type&state=s"},
		"unknown scope":     {url.Values{"scope": {"everything"}}, 303, callback + "?error=invalid_scope&state=s"},
		"no scope":          {url.Values{"scope": {""}}, 303, callback + "?error=invalid_scope&state=s"},
		"cancel":            {url.Values{"decision": {"cancel"}}, 303, callback + "?error=access_denied&state=s"},
		"no decision":       {url.Values{"decision": {""}}, 400, ""},
		"unknown company":   {url.Values{"realm": {"1"}}, 400, ""},
		"query is kept":     {url.Values{"redirect_uri": {"https://books.example/back?x=1"}, "decision": {"cancel"}}, 303, "https://books.example/back?error=access_denied&state=s&x=1"},
		"only sign-in":      {url.Values{"scope": {"openid email"}}, 303, "no realm"},
		"sign-in of nobody": {url.Values{"scope": {"openid"}, "realm": {""}}, 303, "no realm"},
		"sign-in elsewhere": {url.Values{"scope": {"openid"}, "realm": {"1"}}, 400, ""},
		"payments":          {url.Values{"scope": {"com.intuit.quickbooks.payment"}}, 303, "realm"},
		"one company alone": {url.Values{"realm": {""}}, 303, "realm"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := authorizeQuery()
			values.Set("state", "s")
			values.Set("decision", "authorize")
			values.Set("realm", simulator.DefaultRealm)
			maps.Copy(values, test.change)
			got := send(t, sim, form(t, "/connect/oauth2", values))
			location := got.Header.Get("Location")
			if got.StatusCode != test.status {
				t.Fatalf("status %d, want %d: %s", got.StatusCode, test.status, got.body)
			}
			switch test.location {
			case "no realm":
				if strings.Contains(location, "realmId") || !strings.Contains(location, "code=") {
					t.Errorf("location %s", location)
				}
			case "realm":
				if !strings.Contains(location, "realmId="+simulator.DefaultRealm) {
					t.Errorf("location %s", location)
				}
			default:
				if location != test.location {
					t.Errorf("location %q, want %q", location, test.location)
				}
			}
		})
	}
}

func TestLoopbackRedirectsAreTakenWithoutRegistration(t *testing.T) {
	t.Parallel()
	sim := newSimulator(t, simulator.Options{})
	for address, allowed := range map[string]bool{
		"http://localhost:1/x":      true,
		"http://127.0.0.1/back":     true,
		"http://127.8.8.8:80/back":  true,
		"http://[::1]:8080/back":    true,
		"https://localhost/x":       false,
		"http://example.com/x":      false,
		"http://localhost.evil/x":   false,
		"http://a@localhost/x":      false,
		"http://localhost/x#a":      false,
		"javascript:alert(1)":       false,
		"http://127.0.0.1.nip.io/x": false,
		"":                          false,
	} {
		values := authorizeQuery()
		values.Set("redirect_uri", address)
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/connect/oauth2?"+values.Encode(), nil)
		got := send(t, sim, request)
		if (got.StatusCode == http.StatusOK) != allowed {
			t.Errorf("%q: %d", address, got.StatusCode)
		}
	}
}

func TestOptionsThatCannotWork(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]simulator.Options{
		"realm twice":   {Companies: []simulator.CompanyOptions{{Realm: "1"}, {Realm: "1"}}},
		"realm letters": {Companies: []simulator.CompanyOptions{{Realm: "abc"}}},
		"closing date":  {Companies: []simulator.CompanyOptions{{Realm: "1", BookCloseDate: "31.12.2026"}}},
		"negative":      {ReplayLimit: -1},
	} {
		if _, err := simulator.New(options); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
