package simulator_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

func TestRepeatGetsTheSameBytes(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	first := a.post("journalentry?requestid=r-1&minorversion=75", a.sale("R1", "3.00"))
	a.sim.AdvanceClock(time.Minute)
	for name, body := range map[string]string{"same": a.sale("R1", "3.00"), "other payload": a.sale("R2", "4.00"), "junk": "{"} {
		got := a.post("journalentry?requestid=r-1", body)
		if got.StatusCode != http.StatusOK || string(got.body) != string(first.body) {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
		if got.Header.Get("Intuit_tid") == first.Header.Get("Intuit_tid") {
			t.Errorf("%s: the intuit_tid was repeated", name)
		}
	}
	if got := a.trialBalance().Entries; got != 1 {
		t.Errorf("%d entries", got)
	}
	if got := a.sim.Requests().Replayed; got != 3 {
		t.Errorf("%d replayed", got)
	}
	a.post("journalentry?requestid=R-1", a.sale("R1", "3.00")) // another id
	a.post("journalentry", a.sale("R1", "3.00"))               // none at all
	if got := a.trialBalance().Entries; got != 3 {
		t.Errorf("%d entries", got)
	}
}

func TestRequestIDsBelongToACompany(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{Realm: "1"}, {Realm: "2"}}})
	a.post("journalentry?requestid=same", a.sale("1", "1"))
	a.realm = "2"
	a.token = a.exchange(a.consent("2")).AccessToken
	a.post("journalentry?requestid=same", a.sale("1", "1"))
	if got := a.trialBalance().Entries; got != 1 {
		t.Errorf("%d entries in the second company", got)
	}
}

func TestFaultsAndTheirRepeats(t *testing.T) {
	t.Parallel()
	for _, kept := range []bool{false, true} {
		value := map[bool]string{false: "off", true: "on"}[kept]
		a := newApp(t, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchReplayFaults: value}})
		bad := entryJSON("", a.debit("Rent", "1"))
		if got := a.post("journalentry?requestid=f", bad); codes(got.envelope(t).Fault) != "6000" {
			t.Fatalf("%s", got.body)
		}
		got := a.post("journalentry?requestid=f", a.sale("1", "1"))
		if (got.StatusCode == http.StatusBadRequest) != kept {
			t.Errorf("faults kept %v: %d %s", kept, got.StatusCode, got.body)
		}
	}
}

// A requestid belongs to the company, not to an object or an operation.
func TestRepeatsAreOfAllWrites(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	first := a.post("journalentry?requestid=r", a.sale("1", "1"))
	for path, body := range map[string]string{
		"account?requestid=r":                       `{"Name":"Till Float","AccountType":"Bank"}`,
		"journalentry?operation=delete&requestid=r": `{"Id":"1","SyncToken":"0"}`,
		"journalentry?operation=update&requestid=r": `{"Id":"1","SyncToken":"0","sparse":true}`,
		"journalentry?operation=void&requestid=r":   `{}`,
	} {
		if got := a.post(path, body); string(got.body) != string(first.body) {
			t.Errorf("%s: %d %s", path, got.StatusCode, got.body)
		}
	}
	if n := len(a.query("select * from Account where Name = 'Till Float'").Account); n != 0 || a.trialBalance().Entries != 1 {
		t.Error("a repeat had an effect")
	}
}

func TestRepeatsOfSomethingElseCanBeRefused(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchReplayMismatch: "600"}})
	one, two := a.createItem("1", "A", "1"), a.createItem("2", "B", "2")
	entry, batch := a.sale("1", "1"), batchJSON(one, two)
	first, firstBatch := a.post("journalentry?requestid=r", entry), a.post("batch?requestid=b", batch)
	for name, test := range map[string]struct {
		path, body, want string
	}{
		"same":              {"journalentry?requestid=r&minorversion=75", entry, string(first.body)},
		"another path case": {"journalEntry?requestid=r", entry, string(first.body)},
		"other body":        {"journalentry?requestid=r", a.sale("1", "2"), ""},
		"other object":      {"account?requestid=r", entry, ""},
		"other operation":   {"journalentry?operation=delete&requestid=r", entry, ""},
		"same batch":        {"batch?requestid=b", batch, string(firstBatch.body)},
		"batch turned":      {"batch?requestid=b", batchJSON(two, one), string(firstBatch.body)},
		"other item":        {"batch?requestid=b", batchJSON(one, a.createItem("2", "B", "3")), ""},
	} {
		got := a.post(test.path, test.body)
		if test.want != "" && string(got.body) != test.want {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
		if test.want == "" && (got.StatusCode != http.StatusBadRequest || codes(got.envelope(t).Fault) != "600") {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
	if got := a.trialBalance().Entries; got != 3 {
		t.Errorf("%d entries", got)
	}
	if got := a.sim.Requests().Replayed; got != 4 {
		t.Errorf("%d replayed", got)
	}
}

func TestShorterTimesForRepeats(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{AccessTokenTTL: 24 * time.Hour})
	post := func(id string) { a.post("journalentry?requestid="+id, a.sale("", "1")) }
	post("long")
	for _, kept := range []string{"0s", "10m"} {
		if err := a.sim.SetSwitch(simulator.SwitchReplayKept, kept); err != nil {
			t.Fatal(err)
		}
		post(kept)
		post(kept)
	}
	if got := a.trialBalance().Entries; got != 4 { // 0s keeps nothing
		t.Fatalf("%d entries", got)
	}
	a.sim.AdvanceClock(11 * time.Minute)
	post("10m") // too late
	post("10m")
	post("long") // in time: it was kept before
	if got := a.trialBalance().Entries; got != 5 {
		t.Errorf("%d entries", got)
	}
}

// inFlight runs two requests with one requestid, the second while the first is at work. It returns both answers.
func inFlight(t *testing.T, policy string) (first, second reply) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var armed atomic.Bool
		release := make(chan struct{})
		a := newApp(t, simulator.Options{
			Switches: map[simulator.Switch]string{simulator.SwitchReplayInFlight: policy},
			Now: func() time.Time {
				if strings.Contains(stack(), ".saveEntry") && armed.CompareAndSwap(true, false) {
					<-release // The time of an entry is taken when its requestid has been claimed.
				}
				return started()
			},
		})
		armed.Store(true)
		body := a.sale("1", "1")
		answers := [2]chan reply{make(chan reply, 1), make(chan reply, 1)}
		for _, answer := range answers {
			go func() { answer <- a.post("journalentry?requestid=r", body) }()
			synctest.Wait()
		}
		if n := len(answers[1]); (n == 1) != (policy == "600") {
			t.Errorf("policy %s: %d answers to the repeat while the first is at work", policy, n)
		}
		close(release)
		first, second = <-answers[0], <-answers[1]
		if got := a.trialBalance().Entries; got != 1 {
			t.Errorf("policy %s: %d entries", policy, got)
		}
	})
	return first, second
}

func stack() string {
	text := make([]byte, 8<<10)
	return string(text[:runtime.Stack(text, false)])
}

func TestRepeatsInFlight(t *testing.T) {
	t.Parallel()
	first, second := inFlight(t, "wait")
	if second.StatusCode != http.StatusOK || string(first.body) != string(second.body) {
		t.Errorf("wait: %d %s", second.StatusCode, second.body)
	}
	first, second = inFlight(t, "600")
	if first.StatusCode != http.StatusOK || codes(second.envelope(t).Fault) != "600" {
		t.Errorf("600: %d, then %s", first.StatusCode, second.body)
	}
}

func TestDeleteIsRepeatable(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	e := a.mustPost(a.sale("1", "1"))
	body := fmt.Sprintf(`{"Id":%q,"SyncToken":"0"}`, e.ID)
	first := a.post("journalentry?operation=delete&requestid=d", body)
	second := a.post("journalentry?operation=delete&requestid=d", body)
	if second.StatusCode != http.StatusOK || string(first.body) != string(second.body) {
		t.Errorf("%d %s", second.StatusCode, second.body)
	}
}

func TestBatchRepeats(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	one, two := a.createItem("1", "A", "1"), a.createItem("2", "B", "2")
	first := a.post("batch?requestid=b", batchJSON(one, two, `{"bId":"3","operation":"create","JournalEntry":{}}`))
	for name, body := range map[string]string{
		"same":        batchJSON(one, two, `{"bId":"3","operation":"create","JournalEntry":{}}`),
		"other order": batchJSON(two, `{"bId":"3","operation":"create","JournalEntry":{}}`, one),
	} {
		if got := a.post("batch?requestid=b", body); string(got.body) != string(first.body) {
			t.Errorf("%s: %s", name, got.body)
		}
	}
	if got := a.trialBalance().Entries; got != 2 {
		t.Fatalf("%d entries", got)
	}
	a.post("batch?requestid=b", batchJSON(one, two)) // other bIds make it another request
	if got := a.trialBalance().Entries; got != 4 {
		t.Errorf("%d entries", got)
	}
	a.post("journalentry?requestid=b", a.sale("C", "1")) // nor is a single write the same request
	if got := a.trialBalance().Entries; got != 5 {
		t.Errorf("%d entries", got)
	}
}

func TestRequestIDLengths(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	long := func(n int) string { return strings.Repeat("x", n) }
	item := a.createItem("1234567890", "", "1")
	for name, test := range map[string]struct{ path, body, codes string }{
		"50":         {"journalentry?requestid=" + long(50), a.sale("", "1"), ""},
		"51":         {"journalentry?requestid=" + long(51), a.sale("", "1"), "2130"},
		"batch 36":   {"batch?requestid=" + long(36), batchJSON(item), ""},
		"batch 37":   {"batch?requestid=" + long(37), batchJSON(item), "2130"},
		"bId 11":     {"batch?requestid=short", batchJSON(a.createItem("12345678901", "", "1")), "2130"},
		"batch 1040": {"batch?requestid=many", batchJSON(strings.Split(strings.Repeat(item+"\n", 31), "\n")[:31]...), "1040"},
	} {
		if got := a.post(test.path, test.body); codes(got.envelope(t).Fault) != test.codes {
			t.Errorf("%s: %s", name, got.body)
		}
	}
}

func TestAnswersAreForgotten(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchReplayKept: "1h"}, ReplayLimit: 2, AccessTokenTTL: 24 * time.Hour})
	post := func(id string) { a.post("journalentry?requestid="+id, a.sale("", "1")) }
	post("1")
	a.sim.AdvanceClock(59 * time.Minute)
	post("1")
	if got := a.trialBalance().Entries; got != 1 {
		t.Fatalf("in time: %d entries", got)
	}
	a.sim.AdvanceClock(2 * time.Minute)
	post("1")
	if got := a.trialBalance().Entries; got != 2 {
		t.Fatalf("too late: %d entries", got)
	}
	post("2")
	post("3") // pushes the first one out
	post("3")
	post("2")
	if got := a.trialBalance().Entries; got != 4 {
		t.Fatalf("within the limit: %d entries", got)
	}
	post("1")
	if got := a.trialBalance().Entries; got != 5 {
		t.Errorf("beyond the limit: %d entries", got)
	}
}

// Repeats that come while the first request is still at work, or whose answer is not on its way yet, wait for it or
// get it: whatever the timing, there is one entry and one answer.
func TestConcurrentRepeats(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"journalentry", "batch"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			const callers = 16
			var together sync.WaitGroup
			together.Add(callers)
			a := newApp(t, simulator.Options{Intercept: func(_ context.Context, stage simulator.Stage, r simulator.RequestInfo) simulator.Action {
				if stage == simulator.BeforeCommit && r.RequestID != "" {
					together.Done()
					together.Wait()
				}
				return simulator.Action{}
			}})
			body := a.sale("C1", "9.99")
			if path == "batch" {
				body = batchJSON(a.createItem("1", "C1", "9.99"))
			}
			answers := make(chan string, callers)
			for range callers {
				go func() { answers <- string(a.post(path+"?requestid=c", body).body) }()
			}
			first := <-answers
			for range callers - 1 {
				if got := <-answers; got != first {
					t.Errorf("two answers:\n%s\n%s", first, got)
				}
			}
			if got := a.trialBalance().Entries; got != 1 {
				t.Errorf("%d entries", got)
			}
			if got := a.sim.Requests().Replayed; got != callers-1 {
				t.Errorf("%d replayed", got)
			}
		})
	}
}
