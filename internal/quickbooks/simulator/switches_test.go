package simulator_test

import (
	"errors"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

func TestSwitchesOfAnswers(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	batch := batchJSON(`{"bId":"1","Query":"select count(*) from Account"}`)
	turn := func(name simulator.Switch, value string) {
		t.Helper()
		if err := a.sim.SetSwitch(name, value); err != nil {
			t.Fatal(err)
		}
	}
	page := func() *int { return a.query("select * from Account maxresults 3").TotalCount }
	if page() != nil {
		t.Error("a page has a total")
	}
	turn(simulator.SwitchPageTotal, "on")
	if total := page(); total == nil || *total < 100 {
		t.Errorf("total %v", total)
	}
	a.fault(simulator.FaultRule{Fault: "5020"})
	if got := a.get("preferences").StatusCode; got != http.StatusBadRequest {
		t.Errorf("5020 with %d", got)
	}
	turn(simulator.SwitchPermissionStatus, "403")
	if got := a.get("preferences").StatusCode; got != http.StatusForbidden {
		t.Errorf("5020 with %d", got)
	}
	a.sim.ClearFaults()
	before := a.sim.Requests().CorePlus
	a.post("batch", batch)
	turn(simulator.SwitchBatchQueries, "off")
	a.post("batch", batch)
	if n := a.sim.Requests().CorePlus - before; n != 1 {
		t.Errorf("%d of two batches' queries are metered, want the first one's", n)
	}
}

func TestSwitchesThatCannotBe(t *testing.T) {
	t.Parallel()
	sim := newSimulator(t, simulator.Options{})
	for name, value := range map[simulator.Switch]string{
		"colour": "red", simulator.SwitchLimits: "perhaps", simulator.SwitchReplayKept: "soon", simulator.SwitchRetryAfter: "-1s",
		simulator.SwitchEntryLines: "many",
	} {
		if err := sim.SetSwitch(name, value); !errors.Is(err, simulator.ErrOptions) {
			t.Errorf("%s=%s: %v", name, value, err)
		}
		if _, err := simulator.New(simulator.Options{Switches: map[simulator.Switch]string{name: value}}); !errors.Is(err, simulator.ErrOptions) {
			t.Errorf("%s=%s at the start: %v", name, value, err)
		}
	}
}

// TestSimulatorPage holds the tables of docs/simulator.md to the code. TILLPOST_UPDATE=1 writes them anew.
func TestSimulatorPage(t *testing.T) {
	t.Parallel()
	const path = "../../../docs/simulator.md"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := string(raw)
	for name, table := range map[string]string{"switches": switchesTable(t), "faults": faultsTable()} {
		section := regexp.MustCompile(`(?s)(<!-- ` + name + ` -->\n).*?(<!-- end -->)`)
		if !section.MatchString(want) {
			t.Fatalf("%s has no section %s", path, name)
		}
		want = section.ReplaceAllStringFunc(want, func(found string) string {
			parts := section.FindStringSubmatch(found)
			return parts[1] + table + parts[2]
		})
	}
	if os.Getenv("TILLPOST_UPDATE") != "" {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Errorf("%s is out of date (-want +got):\n%s", path, diff)
	}
}

func switchesTable(t *testing.T) string {
	t.Helper()
	table := "| switch | values, the default first | what it chooses |\n|---|---|---|\n"
	for _, s := range newSimulator(t, simulator.Options{}).Switches() {
		values := "`" + strings.Join(s.Values, "` `") + "`"
		if len(s.Values) == 0 {
			values = "`" + s.Default + "` or another"
		}
		table += "| `" + string(s.Name) + "` | " + values + " | " + s.Help + " |\n"
	}
	return table
}

func faultsTable() string {
	table := "| fault | status | message |\n|---|--:|---|\n"
	for _, known := range simulator.KnownFaults() {
		note := ""
		if known.Committed {
			note = " (the write is done all the same)"
		}
		table += "| `" + known.Name + "` | " + strconv.Itoa(known.HTTPStatus) + " | " + strings.ReplaceAll(known.Message, "|", "\\|") + note + " |\n"
	}
	return table
}
