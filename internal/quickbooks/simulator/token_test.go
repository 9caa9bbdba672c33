package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
	if got.Header.Get("Content-Type") != "application/json;charset=UTF-8" || got.Header.Get("Intuit_tid") == "" {
		t.Errorf("headers %v", got.Header)
	}
	if plain := a.exchange(a.consent(a.realm)); plain.HardExpires != 0 {
		t.Errorf("hard expiry %d without the opt-in", plain.HardExpires)
	}
}

func TestTokenEndpointRefusals(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	good := a.exchange(a.consent(a.realm))
	used := a.consent(a.realm)
	a.exchange(used)
	for name, test := range map[string]struct {
		values url.Values
		want   tokenAnswer
	}{
		"used code":          {url.Values{"grant_type": {"authorization_code"}, "code": {used}, "redirect_uri": {callback}}, tokenAnswer{Error: "invalid_grant"}},
		"unknown code":       {url.Values{"grant_type": {"authorization_code"}, "code": {"AB1"}, "redirect_uri": {callback}}, tokenAnswer{Error: "invalid_grant"}},
		"other redirect":     {url.Values{"grant_type": {"authorization_code"}, "code": {a.consent(a.realm)}, "redirect_uri": {callback + "2"}}, tokenAnswer{Error: "invalid_grant"}},
		"unknown refresh":    {url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"RT1"}}, tokenAnswer{Error: "invalid_grant", Description: "Incorrect or invalid refresh token"}},
		"access for refresh": {url.Values{"grant_type": {"refresh_token"}, "refresh_token": {good.AccessToken}}, tokenAnswer{Error: "invalid_grant", Description: "Incorrect Token type or clientID"}},
		"other grant":        {url.Values{"grant_type": {"client_credentials"}}, tokenAnswer{Error: "unsupported_grant_type"}},
	} {
		got, status := a.grant(test.values)
		if status != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, status)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
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

func TestRefreshRotation(t *testing.T) {
	t.Parallel()
	const hour = time.Hour
	for mode, test := range map[string]struct {
		sameWithinADay, oldWorksAfter, oldWorksLater bool
	}{
		"same-value-24h":           {sameWithinADay: true},
		"same-value-24h-grace-24h": {sameWithinADay: true, oldWorksAfter: true},
		"every-refresh":            {},
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, simulator.Options{Switches: rotate(mode)})
			first := a.exchange(a.consent(a.realm)).RefreshToken
			a.sim.AdvanceClock(23 * hour)
			second, status := a.refresh(first)
			if status != http.StatusOK || (second.RefreshToken == first) != test.sameWithinADay {
				t.Fatalf("within a day: %d, same value %v", status, second.RefreshToken == first)
			}
			a.sim.AdvanceClock(2 * hour)
			third, status := a.refresh(second.RefreshToken)
			if status != http.StatusOK || third.RefreshToken == second.RefreshToken {
				t.Fatalf("the next day: %d, same value %v", status, third.RefreshToken == second.RefreshToken)
			}
			late, status := a.refresh(second.RefreshToken)
			if (status == http.StatusOK) != test.oldWorksAfter {
				t.Errorf("the old value: %d %+v", status, late)
			}
			if test.oldWorksAfter && late.RefreshToken != third.RefreshToken {
				t.Error("the old value does not lead to the present one")
			}
			a.sim.AdvanceClock(25 * hour)
			if _, status := a.refresh(second.RefreshToken); (status == http.StatusOK) != test.oldWorksLater {
				t.Errorf("the old value a day later: %d", status)
			}
			if _, status := a.refresh(third.RefreshToken); status != http.StatusOK {
				t.Errorf("the present value: %d", status)
			}
		})
	}
}

func TestRefreshTokenExpires(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	token := a.exchange(a.consent(a.realm)).RefreshToken
	a.sim.AdvanceClock(100 * 24 * time.Hour)
	fresh, status := a.refresh(token)
	if status != http.StatusOK {
		t.Fatalf("after 100 days: %d", status)
	}
	a.sim.AdvanceClock(102 * 24 * time.Hour)
	if got, status := a.refresh(fresh.RefreshToken); status != http.StatusBadRequest || got.Error != "invalid_grant" {
		t.Errorf("102 days later: %d %+v", status, got)
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
					return send(t, a.sim, form(t, "/v2/oauth2/tokens/revoke", url.Values{"token": {token}}))
				}
				request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v2/oauth2/tokens/revoke",
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
