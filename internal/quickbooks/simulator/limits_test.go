package simulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// limited is an app at a simulator that keeps to Intuit's limits. Its clock stands still until it is moved.
func limited(t *testing.T, switches map[simulator.Switch]string) *app {
	t.Helper()
	if switches == nil {
		switches = map[simulator.Switch]string{}
	}
	switches[simulator.SwitchLimits] = "on"
	return newApp(t, simulator.Options{Switches: switches, AccessTokenTTL: 100 * time.Hour})
}

// served counts how many of some requests are let in.
func (a *app) served(n int, send func() reply) int {
	served := 0
	for range n {
		if send().StatusCode != http.StatusTooManyRequests {
			served++
		}
	}
	return served
}

func TestTenASecond(t *testing.T) {
	t.Parallel()
	a := limited(t, nil)
	read := func() reply { return a.get("preferences") }
	if n := a.served(15, read); n != 10 {
		t.Errorf("%d requests in a second, want 10", n)
	}
	a.sim.AdvanceClock(999 * time.Millisecond)
	if n := a.served(1, read); n != 0 {
		t.Error("one more within the second")
	}
	a.sim.AdvanceClock(time.Millisecond)
	if n := a.served(15, read); n != 10 {
		t.Errorf("%d requests in the next second, want 10", n)
	}
	if n := a.sim.Requests().ByStatus[http.StatusTooManyRequests]; n != 11 {
		t.Errorf("%d are counted as refused, want 11", n)
	}
	if err := a.sim.SetSwitch(simulator.SwitchLimits, "off"); err != nil {
		t.Fatal(err)
	}
	if n := a.served(50, read); n != 50 {
		t.Errorf("%d of 50 without limits", n)
	}
}

func TestFiveHundredAMinute(t *testing.T) {
	t.Parallel()
	a := limited(t, nil)
	served := 0
	for range 59 {
		served += a.served(10, func() reply { return a.get("preferences") })
		a.sim.AdvanceClock(time.Second)
	}
	if served != 500 {
		t.Errorf("%d requests in 59 seconds, want 500", served)
	}
	a.sim.AdvanceClock(time.Second) // the first ten are a minute ago
	if n := a.served(11, func() reply { return a.get("preferences") }); n != 10 {
		t.Errorf("%d afterwards, want 10", n)
	}
}

// Batches have a limit for each app and one for all of a company's; another company has its own.
func TestFortyBatchesAMinute(t *testing.T) {
	t.Parallel()
	apps := []simulator.App{
		{ClientID: simulator.DefaultClientID, ClientSecret: simulator.DefaultClientSecret},
	}
	a := newApp(t, simulator.Options{
		Apps: apps, AccessTokenTTL: 100 * time.Hour, Switches: map[simulator.Switch]string{simulator.SwitchLimits: "on"},
		Companies: []simulator.CompanyOptions{{Realm: "1"}, {Realm: "2"}},
	})
	other := *a
	other.realm = "2"
	other.token = a.exchange(a.consent("2")).AccessToken
	batch := func(a *app) func() reply {
		return func() reply {
			a.sim.AdvanceClock(150 * time.Millisecond)
			return a.post("batch", batchJSON(`{"bId":"1","Query":"select count(*) from Account"}`))
		}
	}
	if n := a.served(50, batch(a)); n != 40 {
		t.Errorf("%d batches, want 40", n)
	}
	if n := a.served(10, func() reply { a.sim.AdvanceClock(150 * time.Millisecond); return a.get("preferences") }); n != 10 {
		t.Errorf("%d single requests beside them, want 10", n)
	}
	if n := other.served(5, batch(&other)); n != 5 {
		t.Errorf("%d batches of the other company, want 5", n)
	}
}

func TestBodiesOfA429(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		"gateway-json": `"fault":{"error":[{"message":"message=ThrottleExceeded; errorCode=003001; statusCode=429"`,
		"service-json": `"Fault":{"Error":[{"Message":"message=ThrottleExceeded; errorCode=003001; statusCode=429"`,
		"xml":          `<Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded;`,
	} {
		a := limited(t, map[simulator.Switch]string{simulator.SwitchThrottleBody: form, simulator.SwitchRetryAfter: "30s"})
		a.served(10, func() reply { return a.get("preferences") })
		got := a.get("preferences")
		if got.StatusCode != http.StatusTooManyRequests || !strings.Contains(string(got.body), want) || got.Header.Get("Retry-After") != "30" {
			t.Errorf("%s: %d %s %v", form, got.StatusCode, got.body, got.Header)
		}
	}
}
