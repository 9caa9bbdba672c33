package simulator_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// changedEntries lists the ids that change data capture knows of since a time, deleted ones with a minus.
func (a *app) changedEntries(since string) string {
	a.t.Helper()
	got := a.get("cdc?entities=JournalEntry&changedSince=" + url.QueryEscape(since))
	var answer struct {
		CDCResponse []struct {
			QueryResponse []struct {
				JournalEntry []wire.JournalEntry
			}
		}
	}
	got.into(a.t, &answer)
	if got.StatusCode != http.StatusOK || len(answer.CDCResponse) != 1 || len(answer.CDCResponse[0].QueryResponse) != 1 {
		a.t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	var all []string
	for _, e := range answer.CDCResponse[0].QueryResponse[0].JournalEntry {
		if e.Status == "Deleted" {
			e.ID = "-" + e.ID
		}
		all = append(all, e.ID)
	}
	return strings.Join(all, " ")
}

func TestChangedEntriesComeInTheOrderOfTheirChanges(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	since := func(minutes int) string {
		return started().Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339)
	}
	touch := func(id string, token int) {
		a.revise("journalentry", fmt.Sprintf(`{%s"sparse":true,"PrivateNote":"x"}`, version(id, token)))
	}
	for range 4 { // minute 0: 1 to 4
		a.mustPost(a.sale("", "1"))
	}
	a.sim.AdvanceClock(time.Minute) // minute 1: 5, then 1 again, in the same second
	a.mustPost(a.sale("", "1"))
	touch("1", 0)
	a.sim.AdvanceClock(time.Minute) // minute 2: 3 goes, 2 changes
	a.post("journalentry?operation=delete", `{"Id":"3","SyncToken":"0"}`)
	touch("2", 0)
	for minutes, want := range []string{"4 1 5 2 -3", "1 5 2 -3", "2 -3", ""} {
		if got := a.changedEntries(since(minutes)); got != want {
			t.Errorf("since minute %d: %q, want %q", minutes, got, want)
		}
	}
	a.sim.AdvanceClock(-90 * time.Second) // a clock that is put back
	a.mustPost(a.sale("", "1"))
	if got := a.changedEntries(since(0)); got != "4 6 1 5 2 -3" {
		t.Errorf("with the clock put back: %q", got)
	}
}
