package simulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// TestModel sends random calls to the simulator and to a model of a few maps. After each, balances and versions must
// agree; repeats of a requestid must give the first answer's bytes and do nothing; and change data capture must tell just
// what changed since a moment.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		m := newTwin(t, rt)
		rt.Repeat(map[string]func(*rapid.T){
			"":                   m.agree,
			"create an entry":    m.createEntry,
			"update an entry":    m.updateEntry,
			"delete an entry":    m.deleteEntry,
			"repeat a write":     m.repeat,
			"send a batch":       m.batch,
			"create an account":  m.createAccount,
			"switch an account":  m.switchAccount,
			"let time pass":      m.letTimePass,
			"ask what changed":   m.askChanges,
			"use an old version": m.useOldVersion,
		})
	})
}

// twin is what the simulator should hold, kept in the simplest way.
type twin struct {
	app      *app
	t        *rapid.T
	now      time.Time
	entries  map[string]*twinEntry
	accounts map[string]*twinAccount
	answers  []twinAnswer
	calls    int
}

// twinEntry is an entry, also after it was deleted. lines are debits less credits in hundredths, by account.
type twinEntry struct {
	version int
	number  string
	lines   map[string]int64
	changed time.Time
	deleted bool
}

type twinAccount struct {
	version int
	name    string
	active  bool
	changed time.Time
}

// twinAnswer is a write that had a requestid, and what it was answered.
type twinAnswer struct{ path, body, answer string }

func newTwin(t *testing.T, rt *rapid.T) *twin {
	t.Helper()
	a := newApp(t, simulator.Options{
		Switches:       map[simulator.Switch]string{simulator.SwitchLimits: "off"},
		AccessTokenTTL: 1000 * time.Hour,
	})
	m := &twin{app: a, t: rt, now: started(), entries: map[string]*twinEntry{}, accounts: map[string]*twinAccount{}}
	for _, row := range a.query("select * from Account where Active in (true,false) maxresults 1000").Account {
		m.accounts[row.ID] = &twinAccount{name: row.Name, active: *row.Active, changed: started()}
	}
	return m
}

// do sends a request and returns its status and body.
func (m *twin) do(method, path, body string) (int, string) {
	request := httptest.NewRequestWithContext(m.app.t.Context(), method, "/v3/company/"+m.app.realm+"/"+path,
		strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+m.app.token)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	m.app.sim.ServeHTTP(recorder, request)
	return recorder.Code, recorder.Body.String()
}

// write posts a body that must be taken, half the time with a requestid.
func (m *twin) write(path, body string) envelope {
	m.calls++
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	repeatable := rapid.Bool().Draw(m.t, "with a requestid")
	if repeatable {
		path += fmt.Sprintf("%srequestid=r%d", separator, m.calls)
	}
	status, answer := m.do(http.MethodPost, path, body)
	if status != http.StatusOK {
		m.t.Fatalf("POST %s %s: %d %s", path, body, status, answer)
	}
	if repeatable {
		m.answers = append(m.answers, twinAnswer{path, body, answer})
	}
	return m.decode(answer)
}

func (m *twin) decode(answer string) envelope {
	var e envelope
	if err := json.Unmarshal([]byte(answer), &e); err != nil {
		m.t.Fatalf("%s: %v", answer, err)
	}
	return e
}

// pick draws the id of one of those that fit, or skips the step if none does.
func pick[T any](t *rapid.T, all map[string]*T, fits func(*T) bool) string {
	ids := slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(id string) bool { return !fits(all[id]) })
	if len(ids) == 0 {
		t.Skip("there is none")
	}
	return rapid.SampledFrom(ids).Draw(t, "id")
}

func alive(e *twinEntry) bool { return !e.deleted }

// postable says whether an entry may use an account without naming a customer or vendor.
func (m *twin) postable(a *twinAccount) bool {
	return a.active && !strings.Contains(a.name, "Receivable") && !strings.Contains(a.name, "Payable")
}

// lines draws the lines of a balanced entry, as JSON and as the model keeps them.
func (m *twin) lines() (string, map[string]int64) {
	pairs := rapid.IntRange(1, 3).Draw(m.t, "pairs")
	var texts []string
	sums := map[string]int64{}
	for range pairs {
		amount := rapid.Int64Range(1, 99_999_999).Draw(m.t, "amount")
		for i, side := range []string{wire.PostingDebit, wire.PostingCredit} {
			account := pick(m.t, m.accounts, m.postable)
			sums[account] += amount * int64(1-2*i)
			texts = append(texts, fmt.Sprintf(`{"Amount":%s,"DetailType":"JournalEntryLineDetail",`+
				`"JournalEntryLineDetail":{"PostingType":%q,"AccountRef":{"value":%q}}}`, wire.Decimal(amount), side, account))
		}
	}
	return `"Line":[` + strings.Join(texts, ",") + `]`, sums
}

// draft draws an entry.
func (m *twin) draft() (string, *twinEntry) {
	lines, sums := m.lines()
	number := fmt.Sprintf("N-%d", rapid.IntRange(1, 50).Draw(m.t, "number"))
	return fmt.Sprintf(`"DocNumber":%q,"TxnDate":"2026-08-30",%s`, number, lines),
		&twinEntry{number: number, lines: sums, changed: m.now}
}

func (m *twin) createEntry(t *rapid.T) {
	m.t = t
	body, e := m.draft()
	m.entries[m.write("journalentry", "{"+body+"}").JournalEntry.ID] = e
}

func (m *twin) updateEntry(t *rapid.T) {
	m.t = t
	id := pick(t, m.entries, alive)
	e := m.entries[id]
	head := fmt.Sprintf(`{"Id":%q,"SyncToken":"%d"`, id, e.version)
	if rapid.Bool().Draw(t, "sparse") {
		e.number = "S-" + strconv.Itoa(m.calls)
		m.write("journalentry", head+fmt.Sprintf(`,"sparse":true,"DocNumber":%q}`, e.number))
	} else {
		body, changed := m.draft()
		m.write("journalentry?operation=update", head+","+body+"}")
		e.number, e.lines = changed.number, changed.lines
	}
	e.version++
	e.changed = m.now
}

func (m *twin) deleteEntry(t *rapid.T) {
	m.t = t
	id := pick(t, m.entries, alive)
	e := m.entries[id]
	m.write("journalentry?operation=delete", fmt.Sprintf(`{"Id":%q,"SyncToken":"%d"}`, id, e.version))
	e.deleted, e.changed = true, m.now
}

func (m *twin) repeat(t *rapid.T) {
	m.t = t
	if len(m.answers) == 0 {
		t.Skip("nothing to repeat")
	}
	again := rapid.SampledFrom(m.answers).Draw(t, "which")
	if _, answer := m.do(http.MethodPost, again.path, again.body); answer != again.answer {
		t.Fatalf("a repeat of %s got\n%s, and first\n%s", again.path, answer, again.answer)
	}
}

// batch creates entries, one of which is not balanced: the others must not mind.
func (m *twin) batch(t *rapid.T) {
	m.t = t
	n := rapid.IntRange(1, 4).Draw(t, "items")
	drafts := make([]*twinEntry, n)
	items := make([]string, 0, n+1)
	for i := range drafts {
		var body string
		body, drafts[i] = m.draft()
		items = append(items, fmt.Sprintf(`{"bId":"b%d","operation":"create","JournalEntry":{%s}}`, i, body))
	}
	items = append(items, `{"bId":"bad","operation":"create","JournalEntry":{"Line":[]}}`)
	answers := m.write("batch", `{"BatchItemRequest":[`+strings.Join(items, ",")+`]}`).BatchItemResponse
	if len(answers) != n+1 || answers[n].Fault == nil {
		t.Fatalf("batch: %+v", answers)
	}
	for i, e := range drafts {
		if answers[i].JournalEntry == nil {
			t.Fatalf("item %d: %+v", i, answers[i].Fault)
		}
		m.entries[answers[i].JournalEntry.ID] = e
	}
}

func (m *twin) createAccount(t *rapid.T) {
	m.t = t
	name := fmt.Sprintf("Account %d", m.calls)
	made := m.write("account", fmt.Sprintf(`{"Name":%q,"AccountType":"Bank"}`, name)).Account
	m.accounts[made.ID] = &twinAccount{name: name, active: true, changed: m.now}
}

// switchAccount makes one of the accounts that the model made inactive, or active again.
func (m *twin) switchAccount(t *rapid.T) {
	m.t = t
	id := pick(t, m.accounts, func(a *twinAccount) bool { return strings.HasPrefix(a.name, "Account ") })
	a := m.accounts[id]
	a.active = !a.active
	made := m.write("account?operation=update", fmt.Sprintf(`{"Id":%q,"SyncToken":"%d","sparse":true,"Active":%t}`,
		id, a.version, a.active)).Account
	a.version++
	a.changed = m.now
	if strings.HasSuffix(made.Name, " (deleted)") == a.active || *made.Active != a.active {
		t.Fatalf("account %+v, want active %t", made, a.active)
	}
}

func (m *twin) letTimePass(t *rapid.T) {
	by := time.Duration(rapid.IntRange(1, 600).Draw(t, "seconds")) * time.Second
	m.app.sim.AdvanceClock(by)
	m.now = m.now.Add(by)
}

// useOldVersion updates with a SyncToken that has been used up, which must change nothing.
func (m *twin) useOldVersion(t *rapid.T) {
	id := pick(t, m.entries, func(e *twinEntry) bool { return !e.deleted && e.version > 0 })
	body := fmt.Sprintf(`{"Id":%q,"SyncToken":"%d","sparse":true,"DocNumber":"old"}`, id, m.entries[id].version-1)
	if status, answer := m.do(http.MethodPost, "journalentry", body); status != http.StatusBadRequest ||
		codes(m.decode(answer).Fault) != "5010" {
		t.Fatalf("an old SyncToken: %d %s", status, answer)
	}
}

// askChanges compares change data capture since a moment with what the model knows to have changed from then on.
func (m *twin) askChanges(t *rapid.T) {
	m.t = t
	since := m.now.Add(-time.Duration(rapid.IntRange(0, 3600).Draw(t, "seconds ago")) * time.Second)
	if !since.After(started()) {
		since = started().Add(time.Second) // The first chart alone is not what this is about.
	}
	want := map[string]string{}
	for id, e := range m.entries {
		if !e.changed.Before(since) {
			want["JournalEntry "+id] = map[bool]string{true: "Deleted", false: strconv.Itoa(e.version)}[e.deleted]
		}
	}
	for id, a := range m.accounts {
		if !a.changed.Before(since) {
			want["Account "+id] = strconv.Itoa(a.version)
		}
	}
	status, answer := m.do(http.MethodGet, "cdc?entities=Account,JournalEntry&changedSince="+
		strings.ReplaceAll(since.Format(time.RFC3339), "+", "%2B"), "")
	if status != http.StatusOK {
		t.Fatalf("cdc: %d %s", status, answer)
	}
	if diff := cmp.Diff(want, changesIn(m.t, answer)); diff != "" {
		t.Fatalf("changed since %s (want, got):\n%s", since, diff)
	}
}

// changesIn reads an answer of change data capture: the version of each row, or Deleted.
func changesIn(t *rapid.T, answer string) map[string]string {
	var body struct{ CDCResponse []wire.CDCResponse }
	if err := json.Unmarshal([]byte(answer), &body); err != nil || len(body.CDCResponse) != 1 {
		t.Fatalf("cdc: %v %s", err, answer)
	}
	got := map[string]string{}
	for _, page := range body.CDCResponse[0].QueryResponse {
		for _, a := range page.Account {
			got["Account "+a.ID] = a.SyncToken
		}
		for _, e := range page.JournalEntry {
			got["JournalEntry "+e.ID] = e.Status + e.SyncToken
		}
	}
	return got
}

// agree compares all balances, and the versions of all entries.
func (m *twin) agree(t *rapid.T) {
	want := map[string]wire.Decimal{}
	for _, e := range m.entries {
		for account, sum := range e.lines {
			if !e.deleted {
				want[account] += wire.Decimal(sum)
			}
		}
	}
	maps.DeleteFunc(want, func(_ string, sum wire.Decimal) bool { return sum == 0 })
	got := map[string]wire.Decimal{}
	for _, row := range m.app.trialBalance().Rows {
		if sum := row.Debit - row.Credit; sum != 0 {
			got[row.AccountID] = sum
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("balances (want, got):\n%s", diff)
	}
	m.agreeOnEntries(t)
}

func (m *twin) agreeOnEntries(t *rapid.T) {
	type version struct{ SyncToken, DocNumber string }
	want, got := map[string]version{}, map[string]version{}
	for id, e := range m.entries {
		if !e.deleted {
			want[id] = version{strconv.Itoa(e.version), e.number}
		}
	}
	journal, err := m.app.sim.Journal(m.app.realm)
	if err != nil {
		t.Fatal(err)
	}
	for i := range journal {
		got[journal[i].ID] = version{journal[i].SyncToken, journal[i].DocNumber}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("entries (want, got):\n%s", diff)
	}
}
