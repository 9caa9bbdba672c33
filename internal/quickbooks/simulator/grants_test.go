package simulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

const day = 24 * time.Hour

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

// mustRefresh refreshes with a token that must work.
func (a *app) mustRefresh(token string) tokenAnswer {
	a.t.Helper()
	answer, status := a.refresh(token)
	if status != http.StatusOK {
		a.t.Fatalf("refresh: %d %+v", status, answer)
	}
	return answer
}

func TestLostRace(t *testing.T) {
	t.Parallel()
	for value, survives := range map[string]bool{"refused": true, "kills-grant": false} {
		for _, mode := range []string{"every-refresh", "same-value-24h", "same-value-24h-grace-24h"} {
			t.Run(value+" "+mode, func(t *testing.T) {
				t.Parallel()
				a := newApp(t, simulator.Options{Switches: map[simulator.Switch]string{
					simulator.SwitchRotation: mode, simulator.SwitchLostRace: value,
				}})
				first := a.exchange(a.consent(a.realm))
				a.sim.AdvanceClock(day)
				second := a.mustRefresh(first.RefreshToken)
				if mode == "same-value-24h-grace-24h" {
					a.mustRefresh(first.RefreshToken)
					a.sim.AdvanceClock(day)
				}
				second = a.mustRefresh(second.RefreshToken)
				if got, status := a.refresh(first.RefreshToken); status != 400 || got.Error != "invalid_grant" {
					t.Fatalf("the loser: %d %+v", status, got)
				}
				a.token = second.AccessToken
				if got := a.get("preferences"); (got.StatusCode == http.StatusOK) != survives {
					t.Errorf("a call of the winner: %d %s", got.StatusCode, got.body)
				}
				if got, status := a.refresh(second.RefreshToken); (status == http.StatusOK) != survives {
					t.Errorf("a refresh of the winner: %d %+v", status, got)
				}
				if grants := a.sim.Grants(a.realm); grants[len(grants)-1].Revoked == survives {
					t.Errorf("grant %+v", grants[len(grants)-1])
				}
			})
		}
	}
}

// Another app that tries a token it found must not be able to end the connection with it.
func TestAnotherAppCannotLoseTheRace(t *testing.T) {
	t.Parallel()
	options := twoApps()
	options.Switches = map[simulator.Switch]string{
		simulator.SwitchRotation: "every-refresh", simulator.SwitchLostRace: "kills-grant",
	}
	a := newApp(t, options)
	first := a.exchange(a.consent(a.realm))
	second := a.mustRefresh(first.RefreshToken)
	got := send(t, a.sim, asSecond(form(t, "/oauth2/v1/tokens/bearer", refreshForm(first.RefreshToken))))
	if string(got.body) != wrongToken {
		t.Errorf("another app: %s", got.body)
	}
	a.mustRefresh(second.RefreshToken)
}

func TestRefreshTokenExpires(t *testing.T) {
	t.Parallel()
	for lifetime, seconds := range map[string]int64{"2424h": 8726400, "2400h": 8640000, "4320h": 15552000} {
		t.Run(lifetime, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchRefreshLifetime: lifetime}})
			held := a.exchange(a.consent(a.realm))
			if held.RefreshExpires != seconds {
				t.Errorf("x_refresh_token_expires_in %d, want %d", held.RefreshExpires, seconds)
			}
			a.sim.AdvanceClock(time.Duration(seconds)*time.Second - time.Second)
			fresh := a.mustRefresh(held.RefreshToken)
			if fresh.RefreshExpires != seconds {
				t.Errorf("after a refresh %d, want %d", fresh.RefreshExpires, seconds)
			}
			a.sim.AdvanceClock(time.Duration(seconds) * time.Second)
			if got, status := a.refresh(fresh.RefreshToken); status != http.StatusBadRequest || got.Error != "invalid_grant" {
				t.Errorf("too late: %d %+v", status, got)
			}
		})
	}
}

// However often it is refreshed, a grant dies five years after the consent.
func TestFiveYearsAreTheMost(t *testing.T) {
	t.Parallel()
	const fiveYears = 157_680_000 * time.Second
	a := newApp(t, simulator.Options{})
	token := a.exchange(a.consent(a.realm)).RefreshToken
	left := fiveYears
	for left > 100*day {
		a.sim.AdvanceClock(100 * day)
		left -= 100 * day
		request := form(t, "/oauth2/v1/tokens/bearer", refreshForm(token))
		request.Header.Set("X-Include-Refresh-Token-Hard-Expires-In", "true")
		var got tokenAnswer
		send(t, a.sim, request).into(t, &got)
		want := tokenAnswer{HardExpires: int64(left / time.Second), RefreshExpires: int64(min(left, 101*day) / time.Second)}
		if diff := cmp.Diff(want, tokenAnswer{HardExpires: got.HardExpires, RefreshExpires: got.RefreshExpires}); diff != "" {
			t.Fatalf("%s before the end: %s", left, diff)
		}
		token = got.RefreshToken
	}
	a.sim.AdvanceClock(left)
	if got, status := a.refresh(token); status != http.StatusBadRequest || got.Error != "invalid_grant" {
		t.Errorf("after five years: %d %+v", status, got)
	}
	if got := a.exchange(a.consent(a.realm)); got.RefreshExpires != 8726400 {
		t.Errorf("a new consent gives %d seconds", got.RefreshExpires)
	}
}

// twoCompanies connects an app to two companies.
func twoCompanies(t *testing.T) (one, two *app) {
	t.Helper()
	one = newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{Realm: "11"}, {Realm: "22", Name: "Two"}}})
	two = one.with(t)
	two.realm = "22"
	two.token = two.exchange(two.consent("22")).AccessToken
	return one, two
}

func TestExpireAccessTokens(t *testing.T) {
	t.Parallel()
	one, two := twoCompanies(t)
	held := one.exchange(one.consent("11"))
	if hit := one.sim.ExpireAccessTokens("11"); hit != 2 {
		t.Errorf("hit %d tokens, want 2", hit)
	}
	wantGateway(t, "expired", one.get("preferences"), 401, "3200", "Token expired")
	if got := two.get("preferences"); got.StatusCode != http.StatusOK {
		t.Errorf("the other company: %d", got.StatusCode)
	}
	one.token = one.mustRefresh(held.RefreshToken).AccessToken
	if got := one.get("preferences"); got.StatusCode != http.StatusOK {
		t.Errorf("after a refresh: %d", got.StatusCode)
	}
	if hit := one.sim.ExpireAccessTokens(""); hit != 2 {
		t.Errorf("all companies: hit %d tokens, want 2", hit)
	}
	if hit := one.sim.ExpireAccessTokens(""); hit != 0 {
		t.Errorf("once more: hit %d tokens", hit)
	}
}

func TestExpireRefreshTokens(t *testing.T) {
	t.Parallel()
	one, two := twoCompanies(t)
	held, other := one.exchange(one.consent("11")), two.exchange(two.consent("22"))
	if hit := one.sim.ExpireRefreshTokens("11"); hit != 2 {
		t.Errorf("hit %d grants, want 2", hit)
	}
	if got := send(t, one.sim, form(t, "/oauth2/v1/tokens/bearer", refreshForm(held.RefreshToken))); string(got.body) != deadRefresh {
		t.Errorf("refresh: %s", got.body)
	}
	if got := one.get("preferences"); got.StatusCode != http.StatusOK {
		t.Errorf("the access token: %d", got.StatusCode)
	}
	two.mustRefresh(other.RefreshToken)
	if hit := one.sim.ExpireRefreshTokens(""); hit != 2 {
		t.Errorf("all companies: hit %d grants, want 2", hit)
	}
}

func TestRevokeGrants(t *testing.T) {
	t.Parallel()
	one, two := twoCompanies(t)
	held := one.exchange(one.consent("11"))
	one.sim.ExpireRefreshTokens("11") // what cannot be refreshed still has access tokens
	if hit := one.sim.RevokeGrants("11"); hit != 2 {
		t.Errorf("hit %d grants, want 2", hit)
	}
	wantGateway(t, "disconnected", one.get("preferences"), 401, "3200", "Token revoked")
	if got, status := one.refresh(held.RefreshToken); status != 400 || got.Error != "invalid_grant" {
		t.Errorf("refresh: %d %+v", status, got)
	}
	if got := two.get("preferences"); got.StatusCode != http.StatusOK {
		t.Errorf("the other company: %d", got.StatusCode)
	}
	if hit := one.sim.RevokeGrants(""); hit != 1 {
		t.Errorf("all companies: hit %d grants, want 1", hit)
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	one, two := twoCompanies(t)
	two.sim.AdvanceClock(time.Hour)
	two.mustRefresh(two.exchange(two.consent("22")).RefreshToken)
	one.sim.RevokeGrants("11")
	scopes := []string{"com.intuit.quickbooks.accounting", "openid"}
	info := func(realm string, made time.Time) simulator.GrantInfo {
		return simulator.GrantInfo{
			App: simulator.DefaultClientID, Realm: realm, Scopes: scopes, Created: made, RefreshExpires: made.Add(101 * day),
			HardExpires: made.Add(5 * 365 * day),
		}
	}
	revoked, refreshed := info("11", started()), info("22", started().Add(time.Hour))
	revoked.Revoked, refreshed.Refreshes = true, 1
	want := []simulator.GrantInfo{revoked, info("22", started()), refreshed}
	if diff := cmp.Diff(want, one.sim.Grants("")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[1:], one.sim.Grants("22")); diff != "" {
		t.Error(diff)
	}
	if got := one.sim.Grants("33"); len(got) != 0 {
		t.Errorf("no such company: %+v", got)
	}
}
