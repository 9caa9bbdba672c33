package simulator_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// closing closes a simulator at the end of a test.
func closing(tb testing.TB, sim *simulator.Simulator) {
	tb.Helper()
	tb.Cleanup(func() {
		if err := sim.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
}

// newFileApp is newApp with a file.
func newFileApp(tb testing.TB, options simulator.Options) *app {
	tb.Helper()
	if options.File == "" {
		options.File = filepath.Join(tb.TempDir(), "books.db")
	}
	a := newApp(tb, options)
	closing(tb, a.sim)
	return a
}

// crash copies a file as it is on the disk while its simulator runs, which is what the end of the process would leave, and
// opens the copy.
func crash(tb testing.TB, a *app, options simulator.Options, from string) *app {
	tb.Helper()
	options.File = filepath.Join(tb.TempDir(), "copy.db")
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(from + suffix)
		if err == nil {
			err = os.WriteFile(options.File+suffix, content, 0o600)
		}
		if err != nil {
			tb.Fatalf("copy the file: %v", err)
		}
	}
	again := a.with(tb)
	again.sim = newSimulator(tb, options)
	closing(tb, again.sim)
	return again
}

// export is the state without the counts of requests, which are those of the process.
func export(tb testing.TB, sim *simulator.Simulator, options ...simulator.ExportOption) string {
	tb.Helper()
	var b bytes.Buffer
	if err := sim.Export(&b, options...); err != nil {
		tb.Fatalf("Export: %v", err)
	}
	if !json.Valid(b.Bytes()) {
		tb.Fatalf("the export is not JSON:\n%s", b.Bytes())
	}
	books, _, found := strings.Cut(b.String(), "\n"+`"requests":`)
	if !found {
		tb.Fatalf("the export has no requests:\n%s", b.Bytes())
	}
	return books
}

func TestFileBringsEverythingBack(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "books.db")
	a := newFileApp(t, simulator.Options{File: file})
	refreshable := a.exchange(a.consent(a.realm))
	code := a.consent(a.realm)

	first := a.mustPost(a.sale("SALE-1", "12.00"))
	a.mustPost(a.sale("SALE-2", "30.00"))
	last := a.mustPost(a.sale("SALE-3", "7.77"))
	kept := a.post("journalentry?requestid=r-1", a.sale("SALE-4", "1.23"))
	deleted := a.post("journalentry?operation=delete", fmt.Sprintf(`{"Id":%q,"SyncToken":"0"}`, first.ID))
	batch := batchJSON(`{"bId":"a","operation":"create","JournalEntry":` + a.sale("SALE-5", "2.00") + `}`)
	keptBatch := a.post("batch?requestid=r-2", batch)
	parent := a.post("account", `{"Name":"Till","AccountType":"Bank","AcctNum":"1999"}`).envelope(t).Account
	// An account whose parent has a higher id, under a name that the file holds in its old form.
	child := a.post("account", `{"Name":"Drawer","AccountType":"Bank"}`).envelope(t).Account
	a.post("account", fmt.Sprintf(`{"Id":%q,"SyncToken":"0","sparse":true,"Name":"Tills","ParentRef":{"value":%q}}`, parent.ID, child.ID))
	if deleted.StatusCode != http.StatusOK || kept.StatusCode != http.StatusOK || keptBatch.StatusCode != http.StatusOK {
		t.Fatalf("%s %s %s", deleted.body, kept.body, keptBatch.body)
	}
	if err := a.sim.ChangeCompany(a.realm, closeBooks("2026-01-31")); err != nil {
		t.Fatal(err)
	}
	if err := a.sim.SetSwitch(simulator.SwitchUnbalanced, "2300"); err != nil {
		t.Fatal(err)
	}
	second, err := a.sim.AddCompany(simulator.CompanyOptions{Name: "Second"})
	if err != nil {
		t.Fatal(err)
	}
	a.sim.AdvanceClock(10 * time.Minute)
	stale := a.consent(second)
	a.sim.AdvanceClock(10 * time.Minute) // The codes are dead by now.
	fresh := a.consent(second)

	b := crash(t, a, simulator.Options{}, file)
	if diff := cmp.Diff(export(t, a.sim), export(t, b.sim)); diff != "" {
		t.Fatalf("the state after reopening (-before +after):\n%s", diff)
	}
	if got, want := b.sim.Now(), a.sim.Now(); !got.Equal(want) {
		t.Errorf("the clock is at %v, want %v", got, want)
	}
	if diff := cmp.Diff(a.sim.Switches(), b.sim.Switches()); diff != "" {
		t.Errorf("switches:\n%s", diff)
	}
	b.repeats("journalentry?requestid=r-1", a.sale("SALE-4", "1.23"), kept)
	b.repeats("batch?requestid=r-2", batch, keptBatch)
	if _, status := b.refresh(refreshable.RefreshToken); status != http.StatusOK {
		t.Errorf("the refresh token: %d", status)
	}
	b.exchange(fresh)
	for _, dead := range []string{code, stale} {
		if _, status := b.grant(map[string][]string{
			"grant_type": {"authorization_code"}, "code": {dead}, "redirect_uri": {callback},
		}); status != http.StatusBadRequest {
			t.Errorf("a code that expired: %d", status)
		}
	}
	if got := codes(b.post("journalentry?operation=delete", `{"Id":"1","SyncToken":"0"}`).envelope(t).Fault); got != "610" {
		t.Errorf("deleting a deleted entry: %s", got)
	}
	if preferences := b.get("preferences").envelope(t).Preferences; preferences.SyncToken != "1" {
		t.Errorf("the SyncToken of the preferences is %s", preferences.SyncToken)
	}
	if got := len(b.query("select * from JournalEntry where DocNumber = 'SALE-3'").JournalEntry); got != 1 {
		t.Errorf("%d entries by number", got)
	}
	if next := b.mustPost(b.sale("SALE-6", "5.00")); next.ID != "6" || last.ID != "3" {
		t.Errorf("the next entry has id %s, want 6", next.ID)
	}
	checkBooks(t, b, 5)
}

// repeats checks that a repeat gets the bytes of the first answer.
func (a *app) repeats(path, body string, want reply) {
	a.t.Helper()
	got := a.post(path, body)
	if !bytes.Equal(got.body, want.body) || got.Header.Get("Content-Type") != want.Header.Get("Content-Type") {
		a.t.Errorf("the repeat of %s: %s, want %s", path, got.body, want.body)
	}
}

// The id of an entry that was the last and is deleted is not given out again after a restart.
func TestFileKeepsIDsOfDeletedEntries(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "books.db")
	a := newFileApp(t, simulator.Options{File: file})
	a.mustPost(a.sale("SALE-1", "12.00"))
	second := a.mustPost(a.sale("SALE-2", "12.00"))
	a.post("journalentry?operation=delete", fmt.Sprintf(`{"Id":%q,"SyncToken":"0"}`, second.ID))
	b := crash(t, a, simulator.Options{}, file)
	if next := b.mustPost(b.sale("SALE-3", "5.00")); next.ID != "3" {
		t.Errorf("the next entry has id %s, want 3", next.ID)
	}
}

// Whatever was done, a simulator that is built anew on the file knows the same.
func TestFileAfterAnyHistory(t *testing.T) {
	t.Parallel()
	histories := rapid.SliceOfN(rapid.IntRange(0, 1<<30), 5, 60)
	for seed := range 12 {
		options := simulator.Options{File: filepath.Join(t.TempDir(), "books.db")}
		a := newApp(t, options)
		for _, step := range histories.Example(seed) {
			a.anything(step)
			if step%11 == 0 {
				a.reopen(options)
			}
		}
		a.reopen(options)
		closing(t, a.sim)
	}
}

// anything does what a number says.
func (a *app) anything(step int) {
	a.t.Helper()
	kind, n := step%4, step/4
	switch kind {
	case 0, 1:
		a.post("journalentry", a.sale([]string{"A", "a", "B", ""}[n%4], "1.00"))
	case 2:
		a.post("journalentry?operation=delete", fmt.Sprintf(`{"Id":"%d","SyncToken":"0"}`, n%20+1))
	case 3:
		a.post("account", fmt.Sprintf(`{"Id":"%d","SyncToken":"%d","sparse":true,"Name":"N%d","Active":%t}`,
			n%len(a.accounts)+1, n%2, n%5, n%3 > 0))
	}
}

// reopen closes a simulator and builds it anew on its file: the state must be the same.
func (a *app) reopen(options simulator.Options) {
	a.t.Helper()
	if err := a.sim.Close(); err != nil {
		a.t.Fatalf("Close: %v", err)
	}
	before := export(a.t, a.sim)
	a.sim = newSimulator(a.t, options)
	if diff := cmp.Diff(before, export(a.t, a.sim)); diff != "" {
		a.t.Fatalf("after reopening (-before +after):\n%s", diff)
	}
}

// A seed does not give the same tokens again after a restart.
func TestFileNeverGivesATokenTwice(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "books.db")
	a := newFileApp(t, simulator.Options{File: file})
	b := crash(t, a, simulator.Options{}, file)
	if again := b.exchange(b.consent(b.realm)); again.AccessToken == a.token {
		t.Error("the first token of the second run is that of the first run")
	}
}

func TestFileKnowsItsCompanies(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "books.db")
	first := newSimulator(t, simulator.Options{File: file, Companies: []simulator.CompanyOptions{{Realm: "11", Name: "First"}}})
	if err := errors.Join(first.Close(), first.Close()); err != nil {
		t.Fatal(err)
	}
	none := newSimulator(t, simulator.Options{File: file})
	if got := none.Realms(); !cmp.Equal(got, []string{"11"}) {
		t.Errorf("without companies in the options: %v", got)
	}
	if err := none.Close(); err != nil {
		t.Fatal(err)
	}
	more := newSimulator(t, simulator.Options{File: file, Companies: []simulator.CompanyOptions{
		{Realm: "11", Name: "Other"}, {Realm: "12"}, {Name: "Nameless"},
	}})
	closing(t, more)
	company, err := more.Company("11")
	if got := more.Realms(); !cmp.Equal(got, []string{"11", "12"}) || company.Name != "First" || err != nil {
		t.Errorf("%v, %q, %v", got, company.Name, err)
	}
}

// A switch that the options name is as they say, whatever the file says.
func TestOptionsTurnSwitchesOfAFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "books.db")
	first := newSimulator(t, simulator.Options{File: file})
	if err := errors.Join(first.SetSwitch(simulator.SwitchReplayKept, "1h"),
		first.SetSwitch(simulator.SwitchRetryAfter, "9s"), first.Close()); err != nil {
		t.Fatal(err)
	}
	again := newSimulator(t, simulator.Options{
		File: file, Switches: map[simulator.Switch]string{simulator.SwitchReplayKept: "2h"},
	})
	closing(t, again)
	got := map[simulator.Switch]string{}
	for _, state := range again.Switches() {
		got[state.Name] = state.Value
	}
	if got[simulator.SwitchReplayKept] != "2h" || got[simulator.SwitchRetryAfter] != "9s" {
		t.Errorf("%s and %s", got[simulator.SwitchReplayKept], got[simulator.SwitchRetryAfter])
	}
}

func TestFileForgetsOldReplays(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "books.db")
	a := newFileApp(t, simulator.Options{File: file, ReplayLimit: 5})
	for i := range 1100 {
		a.post(fmt.Sprintf("journalentry?requestid=r-%d", i), a.sale("", "1.00"))
	}
	b := crash(t, a, simulator.Options{ReplayLimit: 5}, file)
	for id, entries := range map[string]int{"r-1099": 1100, "r-1095": 1100, "r-1094": 1101} {
		b := crash(t, b, simulator.Options{ReplayLimit: 5}, file)
		b.post("journalentry?requestid="+id, b.sale("", "1.00"))
		if got := b.trialBalance().Entries; got != entries {
			t.Errorf("after a repeat of %s: %d entries, want %d", id, got, entries)
		}
	}
	if size := fileSize(t, file); size > 16<<20 {
		t.Errorf("the file has %d bytes", size)
	}
}

func fileSize(tb testing.TB, name string) int64 {
	tb.Helper()
	info, err := os.Stat(name)
	if err != nil {
		tb.Fatal(err)
	}
	return info.Size()
}
