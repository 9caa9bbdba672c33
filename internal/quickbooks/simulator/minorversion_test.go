package simulator_test

import (
	"testing"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

func TestMinorVersions(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for _, policy := range []string{"ignored", "refused"} {
		if err := a.sim.SetSwitch(simulator.SwitchMinorVersion, policy); err != nil {
			t.Fatal(err)
		}
		for version, known := range map[string]bool{"": true, "4": true, "75": true, "76": false, "junk": false, "-1": false} {
			want := "2010"
			if known || policy == "ignored" {
				want = ""
			}
			if got := codes(a.get("preferences?minorversion=" + version).envelope(t).Fault); got != want {
				t.Errorf("%s: minorversion %q: codes %q, want %q", policy, version, got, want)
			}
		}
	}
}
