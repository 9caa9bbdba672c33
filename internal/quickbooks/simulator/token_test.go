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

func TestTokenNumbersAndHeaders(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	request := form(t, "/oauth2/v1/tokens/bearer", url.Values{
		"grant_type": {"authorization_code"}, "code": {a.consent(a.realm)}, "redirect_uri": {callback},
	})
	request.Header.Set("X-Include-Refresh-Token-Hard-Expires-In", "true")
	got := send(t, a.sim, request)
	var answer tokenAnswer
	got.into(t, &answer)
	if answer.TokenType != "bearer" || answer.ExpiresIn != 3600 || answer.RefreshExpires != 8726400 ||
		answer.HardExpires != 157680000 {
		t.Errorf("answer %+v", answer)
	}
	if len(answer.AccessToken) < 600 || len(answer.AccessToken) > 4096 {
		t.Errorf("access token of %d characters", len(answer.AccessToken))
	}
	if got.Header.Get("Content-Type") != "application/json;charset=utf-8" || got.Header.Get("Intuit_tid") == "" ||
		got.Header.Get("X-Spanid") == "" {
		t.Errorf("headers %v", got.Header)
	}
	if plain := a.exchange(a.consent(a.realm)); plain.HardExpires != 0 {
		t.Errorf("hard expiry %d without the opt-in", plain.HardExpires)
	}
}

// refusal bodies as recorded, to the byte.
const (
	bareGrant     = `{"error":"invalid_grant"}`
	deadRefresh   = `{"error":"invalid_grant","error_description":"Incorrect or invalid refresh token"}`
	wrongToken    = `{"error":"invalid_grant","error_description":"Incorrect Token type or clientID"}`
	notInRealm    = `{"error":"invalid_grant","error_description":"Unauthorized Request: User is not a member of the specified Realm","x_error_reason":"user_not_in_realm","x_error_reason_detail":"The user is not in the specified realm"}`
	invalidClient = `{"error":"invalid_client"}`
)

// asSecond makes a request one of the second app.
func asSecond(request *http.Request) *http.Request {
	request.SetBasicAuth("second", "second secret")
	return request
}

// twoApps are options with the usual app and another one.
func twoApps() simulator.Options {
	return simulator.Options{Apps: []simulator.App{
		{ClientID: simulator.DefaultClientID, ClientSecret: simulator.DefaultClientSecret},
		{ClientID: "second", ClientSecret: "second secret"},
	}}
}

func codeForm(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}}
}

func refreshForm(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
}

func TestTokenEndpointRefusals(t *testing.T) {
	t.Parallel()
	a := newApp(t, twoApps())
	good := a.exchange(a.consent(a.realm))
	used := a.consent(a.realm)
	a.exchange(used)
	redirected := codeForm(a.consent(a.realm))
	redirected.Set("redirect_uri", callback+"2")
	request := func(values url.Values) *http.Request { return form(t, "/oauth2/v1/tokens/bearer", values) }
	stranger := request(refreshForm(good.RefreshToken))
	stranger.SetBasicAuth(simulator.DefaultClientID, "wrong")
	unreadable := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/oauth2/v1/tokens/bearer", strings.NewReader("%zz"))
	unreadable.SetBasicAuth(simulator.DefaultClientID, simulator.DefaultClientSecret)
	for name, test := range map[string]struct {
		request *http.Request
		status  int
		body    string
	}{
		"used code":            {request(codeForm(used)), 400, bareGrant},
		"unknown code":         {request(codeForm("AB1")), 400, bareGrant},
		"other redirect":       {request(redirected), 400, bareGrant},
		"another app's code":   {asSecond(request(codeForm(a.consent(a.realm)))), 400, wrongToken},
		"unknown refresh":      {request(refreshForm("RT1")), 400, deadRefresh},
		"access for refresh":   {request(refreshForm(good.AccessToken)), 400, wrongToken},
		"another app's token":  {asSecond(request(refreshForm(good.RefreshToken))), 400, wrongToken},
		"wrong secret":         {stranger, 401, invalidClient},
		"other grant":          {request(url.Values{"grant_type": {"client_credentials"}}), 400, `{"error":"unsupported_grant_type"}`},
		"no grant type":        {request(nil), 400, `{"error":"invalid_request","error_description":"grant_type is missing"}`},
		"no code":              {request(url.Values{"grant_type": {"authorization_code"}}), 400, `{"error":"invalid_request","error_description":"code is missing"}`},
		"no refresh token":     {request(url.Values{"grant_type": {"refresh_token"}}), 400, `{"error":"invalid_request","error_description":"refresh_token is missing"}`},
		"body that is no form": {unreadable, 400, `{"error":"invalid_request","error_description":"the body is not a form"}`},
	} {
		got := send(t, a.sim, test.request)
		if got.StatusCode != test.status || string(got.body) != test.body {
			t.Errorf("%s: %d %s, want %d %s", name, got.StatusCode, got.body, test.status, test.body)
		}
		if got.Header.Get("Content-Type") != "application/json;charset=utf-8" || got.Header.Get("X-Spanid") == "" {
			t.Errorf("%s: headers %v", name, got.Header)
		}
	}
	if len(bareGrant) != 25 {
		t.Errorf("the bare refusal has %d bytes, 25 were recorded", len(bareGrant))
	}
	if _, status := a.refresh(good.RefreshToken); status != http.StatusOK {
		t.Errorf("the app's own token afterwards: %d", status)
	}
}

func TestDeadTokenIsRefusedBareWhereChosen(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchDeadToken: "bare"}})
	held := a.exchange(a.consent(a.realm))
	for token, want := range map[string]string{"RT1": bareGrant, held.AccessToken: wrongToken} {
		if got := send(t, a.sim, form(t, "/oauth2/v1/tokens/bearer", refreshForm(token))); string(got.body) != want {
			t.Errorf("%.4s: %s", token, got.body)
		}
	}
}

func TestRefreshFailsOnceThePersonHasLeft(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	held := a.exchange(a.consent(a.realm))
	signedIn := a.exchange(a.codeFor("openid"))
	leave := func(left bool) {
		err := a.sim.ChangeCompany(a.realm, func(o *simulator.CompanyOptions) { o.ConnectorRemoved = left })
		if err != nil {
			t.Fatal(err)
		}
	}
	leave(true)
	got := send(t, a.sim, form(t, "/oauth2/v1/tokens/bearer", refreshForm(held.RefreshToken)))
	if got.StatusCode != http.StatusBadRequest || string(got.body) != notInRealm {
		t.Errorf("%d %s", got.StatusCode, got.body)
	}
	if got := send(t, a.sim, form(t, "/oauth2/v1/tokens/bearer", refreshForm("RT1"))); string(got.body) != deadRefresh {
		t.Errorf("a dead token: %s", got.body)
	}
	if _, status := a.refresh(signedIn.RefreshToken); status != http.StatusOK {
		t.Errorf("a connection without a company: %d", status)
	}
	leave(false)
	if _, status := a.refresh(held.RefreshToken); status != http.StatusOK {
		t.Errorf("back again: %d", status)
	}
}

func TestExpiredCodeIsRefused(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	code := a.consent(a.realm)
	a.sim.AdvanceClock(6 * time.Minute)
	got, status := a.grant(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}})
	if status != http.StatusBadRequest || got.Error != "invalid_grant" {
		t.Errorf("%d %+v", status, got)
	}
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	const id, secret = "an app+1", "s%cret/="
	sim := newSimulator(t, simulator.Options{Apps: []simulator.App{{ClientID: id, ClientSecret: secret}}})
	for name, test := range map[string]struct {
		header string
		values url.Values
		status int
	}{
		"basic":         {basic(id, secret), nil, 400},
		"basic encoded": {basic(url.QueryEscape(id), url.QueryEscape(secret)), nil, 400},
		"body":          {"", url.Values{"client_id": {id}, "client_secret": {secret}}, 400},
		"wrong secret":  {basic(id, "x"), nil, 401},
		"wrong id":      {basic("x", secret), nil, 401},
		"wrong body":    {"", url.Values{"client_id": {id}, "client_secret": {"x"}}, 401},
		"none":          {"", nil, 401},
	} {
		for _, path := range []string{"/oauth2/v1/tokens/bearer", "/v2/oauth2/tokens/revoke"} {
			request := form(t, path, test.values)
			request.Header.Del("Authorization")
			if test.header != "" {
				request.Header.Set("Authorization", test.header)
			}
			got := send(t, sim, request)
			if got.StatusCode != test.status {
				t.Errorf("%s %s: %d %s", name, path, got.StatusCode, got.body)
			}
			if test.status == http.StatusUnauthorized && string(got.body) != `{"error":"invalid_client"}` {
				t.Errorf("%s %s: %s", name, path, got.body)
			}
		}
	}
}

func TestAccessTokenLife(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	wantGateway(t, "no token", send(t, a.sim, unauthorizedRequest(t, a, "")), 401, "3200", "Malformed bearer token")
	wantGateway(t, "junk", send(t, a.sim, unauthorizedRequest(t, a, "Bearer x")), 401, "3200", "Malformed bearer token")
	a.sim.AdvanceClock(59 * time.Minute)
	if got := a.get("preferences"); got.StatusCode != http.StatusOK {
		t.Errorf("after 59 minutes: %d", got.StatusCode)
	}
	a.sim.AdvanceClock(2 * time.Minute)
	wantGateway(t, "expired", a.get("preferences"), 401, "3200", "Token expired")
}

func unauthorizedRequest(t *testing.T, a *app, header string) *http.Request {
	t.Helper()
	request := a.request(http.MethodGet, "preferences", "")
	request.Header.Del("Authorization")
	if header != "" {
		request.Header.Set("Authorization", header)
	}
	return request
}

// wantGateway checks an answer of the gateway: its envelope is not that of the service.
func wantGateway(t *testing.T, name string, got reply, status int, code, detail string) {
	t.Helper()
	var body struct {
		Fault struct {
			Error []struct {
				Message, Detail, Code string
			} `json:"error"`
			Type string `json:"type"`
		} `json:"fault"`
		Time int64 `json:"time"`
	}
	got.into(t, &body)
	if got.StatusCode != status || len(body.Fault.Error) != 1 || body.Fault.Error[0].Code != code ||
		!strings.HasPrefix(body.Fault.Error[0].Detail, detail) || body.Time == 0 {
		t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
	}
	if challenged := got.Header.Get("WWW-Authenticate") != ""; challenged != (status == http.StatusUnauthorized) {
		t.Errorf("%s: WWW-Authenticate %q", name, got.Header.Get("WWW-Authenticate"))
	}
}

func TestWrongRealmAndScope(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{Realm: "11"}, {Realm: "22", Name: "Two"}}})
	for _, realm := range []string{"22", "33"} {
		other := a.with(t)
		other.realm = realm
		wantGateway(t, realm, other.get("preferences"), 403, "3100", "")
	}
	values := authorizeQuery()
	values.Set("scope", "openid")
	values.Set("decision", "authorize")
	values.Set("realm", "11")
	location, _ := send(t, a.sim, form(t, "/connect/oauth2", values)).Location()
	a.token = a.exchange(location.Query().Get("code")).AccessToken
	wantGateway(t, "openid only", a.get("preferences"), 403, "3100", "")
}

func TestRevokeEndsTheGrant(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		byRefresh, asJSON bool
	}{
		"refresh token, JSON": {true, true}, "refresh token, form": {true, false},
		"access token, JSON": {false, true}, "access token, form": {false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, simulator.Options{})
			held := a.exchange(a.consent(a.realm))
			a.token = held.AccessToken
			token := held.AccessToken
			if test.byRefresh {
				token = held.RefreshToken
			}
			revoke := func() reply {
				if !test.asJSON {
					return send(t, a.sim, form(t, "/v2/oauth2/tokens/revoke?realmId="+a.realm, url.Values{"token": {token}}))
				}
				request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v2/oauth2/tokens/revoke?minorversion=75",
					strings.NewReader(`{"token":"`+token+`"}`))
				request.Header.Set("Content-Type", "application/json; charset=UTF-8")
				request.SetBasicAuth(simulator.DefaultClientID, simulator.DefaultClientSecret)
				return send(t, a.sim, request)
			}
			if got := revoke(); got.StatusCode != http.StatusOK || len(got.body) != 0 {
				t.Fatalf("revoke: %d %s", got.StatusCode, got.body)
			}
			wantGateway(t, "call", a.get("preferences"), 401, "3200", "Token revoked")
			if got, status := a.refresh(held.RefreshToken); status != 400 || got.Error != "invalid_grant" {
				t.Errorf("refresh: %d %+v", status, got)
			}
			if got := revoke(); got.StatusCode != http.StatusBadRequest {
				t.Errorf("revoke again: %d", got.StatusCode)
			}
		})
	}
}

func TestRevokeRefusesTokensThatDoNotWork(t *testing.T) {
	t.Parallel()
	a := newApp(t, twoApps())
	a.sim.AdvanceClock(2 * time.Hour)
	held := a.exchange(a.consent(a.realm))
	revoke := func(token string) *http.Request {
		return form(t, "/v2/oauth2/tokens/revoke", url.Values{"token": {token}})
	}
	noJSON := revoke("x")
	noJSON.Header.Set("Content-Type", "application/json")
	for name, request := range map[string]*http.Request{
		"unknown":               revoke("RT1"),
		"none":                  revoke(""),
		"expired":               revoke(a.token),
		"another app's refresh": asSecond(revoke(held.RefreshToken)),
		"another app's access":  asSecond(revoke(held.AccessToken)),
		"not JSON":              noJSON,
	} {
		if got := send(t, a.sim, request); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
	if _, status := a.refresh(held.RefreshToken); status != http.StatusOK {
		t.Errorf("refresh afterwards: %d", status)
	}
}

func TestSeedMakesTokensRepeatable(t *testing.T) {
	t.Parallel()
	token := func(seed uint64) string { return newApp(t, simulator.Options{Seed: seed}).token }
	first := token(5)
	if token(5) != first {
		t.Error("the same seed gives other tokens")
	}
	if token(6) == first {
		t.Error("another seed gives the same token")
	}
}
