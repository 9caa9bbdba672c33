package simulator_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

func TestPKCE(t *testing.T) {
	t.Parallel()
	verifier := oauth2.GenerateVerifier()
	hashed := url.Values{"code_challenge": {oauth2.S256ChallengeFromVerifier(verifier)}, "code_challenge_method": {"S256"}}
	const wrong = `{"error":"invalid_grant","error_description":"Incorrect code_verifier"}`
	for name, test := range map[string]struct {
		challenge url.Values
		verifier  string
		refusal   string // where it is checked; ignored, everything goes through
	}{
		"none":                       {nil, "", ""},
		"S256":                       {hashed, verifier, ""},
		"S256 wrong":                 {hashed, verifier[1:] + "x", wrong},
		"S256 missing":               {hashed, "", wrong},
		"challenge in place of it":   {hashed, hashed.Get("code_challenge"), wrong},
		"plain":                      {url.Values{"code_challenge": {verifier}, "code_challenge_method": {"plain"}}, verifier, ""},
		"plain without saying so":    {url.Values{"code_challenge": {verifier}}, verifier, ""},
		"plain wrong":                {url.Values{"code_challenge": {verifier}}, verifier + "x", wrong},
		"verifier without challenge": {nil, verifier, wrong},
	} {
		for _, mode := range []string{"ignored", "checked"} {
			t.Run(name+" "+mode, func(t *testing.T) {
				t.Parallel()
				sim := newSimulator(t, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchPKCE: mode}})
				values := authorizeQuery()
				maps.Copy(values, test.challenge)
				values.Set("decision", "authorize")
				location, err := send(t, sim, form(t, "/connect/oauth2", values)).Location()
				if err != nil {
					t.Fatal(err)
				}
				exchange := codeForm(location.Query().Get("code"))
				if test.verifier != "" {
					exchange.Set("code_verifier", test.verifier)
				}
				got := send(t, sim, form(t, "/oauth2/v1/tokens/bearer", exchange))
				if mode == "ignored" || test.refusal == "" {
					if got.StatusCode != http.StatusOK {
						t.Errorf("%d %s", got.StatusCode, got.body)
					}
					return
				}
				if got.StatusCode != http.StatusBadRequest || string(got.body) != test.refusal {
					t.Errorf("%d %s", got.StatusCode, got.body)
				}
			})
		}
	}
}

func TestPKCERefusesChallengesThatCannotWork(t *testing.T) {
	t.Parallel()
	good := strings.Repeat("a", 43)
	for name, challenge := range map[string]url.Values{
		"method":    {"code_challenge": {good}, "code_challenge_method": {"S512"}},
		"too short": {"code_challenge": {good[1:]}},
		"too long":  {"code_challenge": {strings.Repeat("a", 129)}},
		"alphabet":  {"code_challenge": {good + "="}},
		"middle":    {"code_challenge": {good + "+" + good}},
		"alone":     {"code_challenge_method": {"S256"}},
	} {
		sim := newSimulator(t, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchPKCE: "checked"}})
		values := authorizeQuery()
		maps.Copy(values, challenge)
		values.Set("decision", "authorize")
		location, err := send(t, sim, form(t, "/connect/oauth2", values)).Location()
		if err != nil || location.Query().Get("error") != "invalid_request" || location.Query().Has("code") {
			t.Errorf("%s: %v, %v", name, location, err)
		}
		if err := sim.SetSwitch(simulator.SwitchPKCE, "ignored"); err != nil {
			t.Fatal(err)
		}
		if location, err = send(t, sim, form(t, "/connect/oauth2", values)).Location(); err != nil || !location.Query().Has("code") {
			t.Errorf("%s, ignored: %v, %v", name, location, err)
		}
	}
}
