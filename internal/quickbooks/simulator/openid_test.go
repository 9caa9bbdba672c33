package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

const intuitIssuer = "https://oauth.platform.intuit.com/op/v1"

// codeFor agrees to scopes and returns the code.
func (a *app) codeFor(scopes string) string {
	a.t.Helper()
	values := authorizeQuery()
	values.Set("scope", scopes)
	values.Set("decision", "authorize")
	values.Set("realm", a.realm)
	location, err := send(a.t, a.sim, form(a.t, "/connect/oauth2", values)).Location()
	if err != nil {
		a.t.Fatalf("consent: %v", err)
	}
	return location.Query().Get("code")
}

// idTokenOf posts to the token endpoint and returns the id token of the answer, and its access and refresh tokens.
func (a *app) idTokenOf(values url.Values) (idToken string, answer tokenAnswer) {
	a.t.Helper()
	got := send(a.t, a.sim, form(a.t, "/oauth2/v1/tokens/bearer", values))
	got.into(a.t, &answer)
	var more struct {
		IDToken string `json:"id_token"`
	}
	got.into(a.t, &more)
	return more.IDToken, answer
}

// A library that nobody here wrote checks the id token with the keys that the simulator serves.
func TestIDToken(t *testing.T) {
	t.Parallel()
	for name, seed := range map[string]uint64{"repeatable key": 7, "random key": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, err := simulator.New(simulator.Options{Seed: seed, Now: started})
			if err != nil {
				t.Fatal(err)
			}
			a := &app{t: t, sim: sim, realm: simulator.DefaultRealm}
			server := httptest.NewServer(sim)
			t.Cleanup(server.Close)
			first, held := a.idTokenOf(codeForm(a.codeFor("openid com.intuit.quickbooks.accounting")))
			sim.AdvanceClock(10 * time.Minute)
			second, _ := a.idTokenOf(refreshForm(held.RefreshToken))
			verifier := oidc.NewVerifier(intuitIssuer, oidc.NewRemoteKeySet(t.Context(), server.URL+"/op/v1/jwks"),
				&oidc.Config{ClientID: simulator.DefaultClientID, Now: started})
			for i, raw := range []string{first, second} {
				verified, err := verifier.Verify(t.Context(), raw)
				if err != nil {
					t.Fatalf("id token %d: %v", i, err)
				}
				var claims map[string]any
				if err := verified.Claims(&claims); err != nil {
					t.Fatal(err)
				}
				issued := started().Add(time.Duration(i) * 10 * time.Minute)
				want := map[string]any{
					"sub": a.userInfo(held.AccessToken)["sub"], "aud": []any{simulator.DefaultClientID}, "iss": intuitIssuer,
					"realmid": a.realm, "iat": float64(issued.Unix()), "exp": float64(issued.Add(time.Hour).Unix()),
					"auth_time": float64(started().Unix()),
				}
				if diff := cmp.Diff(want, claims); diff != "" {
					t.Errorf("claims of id token %d: %s", i, diff)
				}
			}
		})
	}
}

func TestIDTokenGoesWithItsScopes(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	if raw, _ := a.idTokenOf(codeForm(a.codeFor("com.intuit.quickbooks.accounting"))); raw != "" {
		t.Errorf("without the scope openid: %s", raw)
	}
	raw, _ := a.idTokenOf(codeForm(a.codeFor("openid")))
	parsed, err := oidc.NewVerifier(intuitIssuer, nil, &oidc.Config{
		ClientID: simulator.DefaultClientID, Now: started, InsecureSkipSignatureCheck: true,
	}).Verify(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := parsed.Claims(&claims); err != nil || claims["realmid"] != nil {
		t.Errorf("claims without a company: %v, %v", claims, err)
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	keys := func(seed uint64) map[string]string {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/op/v1/jwks", nil)
		var set struct {
			Keys []map[string]string `json:"keys"`
		}
		send(t, newSimulator(t, simulator.Options{Seed: seed}), request).into(t, &set)
		if len(set.Keys) != 1 {
			t.Fatalf("keys %v", set.Keys)
		}
		return set.Keys[0]
	}
	first := keys(1)
	if diff := cmp.Diff(first, keys(1)); diff != "" {
		t.Errorf("another key with the same seed: %s", diff)
	}
	if first["kty"] != "RSA" || first["use"] != "sig" || first["alg"] != "RS256" || first["e"] != "AQAB" ||
		first["kid"] == "" || len(first["n"]) != 342 {
		t.Errorf("key %v", first)
	}
}

// userInfo asks who connected, with a token that must work.
func (a *app) userInfo(token string) map[string]any {
	a.t.Helper()
	got := a.askUserInfo("Bearer " + token)
	var info map[string]any
	got.into(a.t, &info)
	if got.StatusCode != http.StatusOK {
		a.t.Fatalf("userinfo: %d %s", got.StatusCode, got.body)
	}
	return info
}

func (a *app) askUserInfo(authorization string) reply {
	a.t.Helper()
	request := httptest.NewRequestWithContext(a.t.Context(), http.MethodGet,
		"/v1/openid_connect/userinfo?minorversion=75&format=json", nil)
	request.Header.Set("Authorization", authorization)
	return send(a.t, a.sim, request)
}

func TestUserInfoByScope(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for scopes, want := range map[string][]string{
		"openid":         {"sub"},
		"openid profile": {"sub", "givenName", "familyName"},
		"openid email com.intuit.quickbooks.accounting": {"sub", "email", "emailVerified"},
		"openid phone":   {"sub", "phoneNumber", "phoneNumberVerified"},
		"openid address": {"sub", "address"},
		"openid profile email phone address": {
			"sub", "givenName", "familyName", "email", "emailVerified", "phoneNumber", "phoneNumberVerified", "address",
		},
	} {
		info := a.userInfo(a.exchange(a.codeFor(scopes)).AccessToken)
		for _, field := range want {
			if value := info[field]; value == nil || value == "" || value == false {
				t.Errorf("%s: %s is %v", scopes, field, value)
			}
		}
		if len(info) != len(want) {
			t.Errorf("%s: %v", scopes, info)
		}
	}
	address, isObject := a.userInfo(a.exchange(a.codeFor("openid address")).AccessToken)["address"].(map[string]any)
	if !isObject || len(address) != 5 || address["country"] != "US" {
		t.Errorf("address %v", address)
	}
}

func TestUserInfoRefusals(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	books := a.exchange(a.codeFor("com.intuit.quickbooks.accounting email")).AccessToken
	wantGateway(t, "no openid", a.askUserInfo("Bearer "+books), 401, "3200", "Token without")
	wantGateway(t, "no token", a.askUserInfo(""), 401, "3200", "Malformed bearer token")
	a.sim.AdvanceClock(time.Hour)
	wantGateway(t, "expired", a.askUserInfo("Bearer "+a.token), 401, "3200", "Token expired")
	a.sim.RevokeGrants("")
	wantGateway(t, "revoked", a.askUserInfo("Bearer "+a.token), 401, "3200", "Token revoked")
}

// Every company has a bookkeeper of its own, who stays the same.
func TestPersons(t *testing.T) {
	t.Parallel()
	one, two := twoCompanies(t)
	if one.userInfo(one.token)["sub"] == two.userInfo(two.token)["sub"] {
		t.Error("two companies have the same person")
	}
	again, _ := twoCompanies(t)
	if diff := cmp.Diff(one.userInfo(one.token), again.userInfo(again.token)); diff != "" {
		t.Errorf("another person in another run: %s", diff)
	}
}
