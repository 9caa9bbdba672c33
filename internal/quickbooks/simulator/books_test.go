package simulator_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// modelEntry is what an entry should do to the books.
type modelEntry struct {
	id, token string
	effect    map[string]wire.Decimal // by account, debits less credits
	lines     []string                // the ids of its lines
}

// model is the books as they should be.
type model struct {
	names   []string // of accounts that take lines without more ado
	entries []*modelEntry
}

func newModel(a *app) *model {
	names := slices.Sorted(maps.Keys(a.accounts))
	return &model{names: slices.DeleteFunc(names, func(name string) bool {
		return name == "Repair & Maintenance (deleted)" || name == "Accounts Receivable (A/R)" || name == "Accounts Payable (A/P)"
	})}
}

// draw makes up lines that balance, some of which may go by the ids of an entry's lines, and their effect.
func (m *model) draw(r *rapid.T, a *app, ids []string) (lines []string, effect map[string]wire.Decimal) {
	effect = map[string]wire.Decimal{}
	total := wire.Decimal(0)
	for range rapid.IntRange(1, 6).Draw(r, "lines") {
		amount := wire.Decimal(rapid.Int64Range(1, 99999).Draw(r, "amount"))
		account := rapid.SampledFrom(m.names).Draw(r, "account")
		line := a.debit(account, amount.String())
		if len(ids) > 0 && rapid.Bool().Draw(r, "keeps") {
			line = withID(line, rapid.SampledFrom(ids).Draw(r, "line"))
		}
		lines = append(lines, line)
		effect[account] += amount
		total += amount
	}
	against := rapid.SampledFrom(m.names).Draw(r, "against")
	effect[against] -= total
	return append(lines, a.credit(against, total.String())), effect
}

// note brings the model up to date with what an answer says of an entry.
func (e *modelEntry) note(answer *wire.JournalEntry, effect map[string]wire.Decimal) {
	e.id, e.token, e.effect = answer.ID, answer.SyncToken, effect
	e.lines = e.lines[:0]
	for _, line := range answer.Line {
		e.lines = append(e.lines, line.ID)
	}
}

func (m *model) create(r *rapid.T, a *app) {
	lines, effect := m.draw(r, a, nil)
	e := &modelEntry{}
	e.note(a.mustPost(entryJSON(fmt.Sprintf(`"DocNumber":"N%d",`, len(m.entries)%3), lines...)), effect)
	m.entries = append(m.entries, e)
}

func (m *model) update(r *rapid.T, a *app) {
	e := rapid.SampledFrom(m.entries).Draw(r, "entry")
	head := fmt.Sprintf(`"Id":%q,"SyncToken":%q,"DocNumber":"N%d",`, e.id, e.token, rapid.IntRange(0, 2).Draw(r, "number"))
	if rapid.Bool().Draw(r, "sparse") {
		head += `"sparse":true,`
		if rapid.Bool().Draw(r, "head only") {
			e.note(a.revise("journalentry", "{"+head+`"PrivateNote":"x"}`), e.effect)
			return
		}
	}
	lines, effect := m.draw(r, a, e.lines)
	e.note(a.revise("journalentry?operation=update", entryJSON(head, lines...)), effect)
	if distinct := slices.Compact(slices.Sorted(slices.Values(e.lines))); len(distinct) != len(e.lines) {
		r.Fatalf("two lines share an id: %v", e.lines)
	}
}

func (m *model) remove(r *rapid.T, a *app) {
	i := rapid.IntRange(0, len(m.entries)-1).Draw(r, "which")
	body := fmt.Sprintf(`{"Id":%q,"SyncToken":%q}`, m.entries[i].id, m.entries[i].token)
	if got := a.post("journalentry?operation=delete", body); got.StatusCode != http.StatusOK {
		r.Fatalf("delete: %s", got.body)
	}
	m.entries = slices.Delete(m.entries, i, i+1)
}

// check compares the trial balance with the model.
func (m *model) check(r *rapid.T, a *app) {
	want := map[string]wire.Decimal{}
	for _, e := range m.entries {
		for account, amount := range e.effect {
			want[account] += amount
		}
	}
	for _, row := range a.trialBalance().Rows {
		if row.Debit-row.Credit != want[row.Name] {
			r.Fatalf("%s stands at %s, want %s", row.Name, row.Debit-row.Credit, want[row.Name])
		}
	}
}

// After any sequence of creates, updates and deletes the trial balance is that of a simple model, the balances are the
// sums of the lines in the journal, and debits equal credits.
func TestBalancesFollowFromTheJournal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		a := newApp(t, simulator.Options{})
		m := newModel(a)
		for range rapid.IntRange(1, 25).Draw(r, "steps") {
			step := rapid.IntRange(0, 5).Draw(r, "step")
			switch {
			case len(m.entries) == 0 || step < 2:
				m.create(r, a)
			case step < 5:
				m.update(r, a)
			default:
				m.remove(r, a)
			}
			m.check(r, a)
		}
		checkBooks(r, a, len(m.entries))
		for n := range 3 { // the index of numbers agrees with the journal
			number := fmt.Sprintf("N%d", n)
			byNumber := a.query("select * from JournalEntry where DocNumber = '" + number + "'")
			byScan := a.query("select * from JournalEntry where DocNumber in ('" + number + "')")
			if ids(byNumber) != ids(byScan) {
				r.Fatalf("%s: %s by index, %s by looking", number, ids(byNumber), ids(byScan))
			}
		}
	})
}

// checkBooks compares the trial balance and the accounts of the API with the journal.
func checkBooks(t rapid.TB, a *app, entries int) {
	t.Helper()
	journal, err := a.sim.Journal(a.realm)
	if err != nil || len(journal) != entries {
		t.Fatalf("%d entries in the journal, want %d; %v", len(journal), entries, err)
	}
	sums := map[string]wire.Decimal{}
	for _, e := range journal {
		for _, line := range e.Line {
			detail := line.JournalEntryLineDetail
			if detail.PostingType == wire.PostingDebit {
				sums[detail.AccountRef.Value] += line.Amount
			} else {
				sums[detail.AccountRef.Value] -= line.Amount
			}
		}
	}
	balance := a.trialBalance()
	if balance.TotalDebit != balance.TotalCredit {
		t.Fatalf("debits %s, credits %s", balance.TotalDebit, balance.TotalCredit)
	}
	natural := map[string]wire.Decimal{}
	for _, row := range balance.Rows {
		if row.Debit-row.Credit != sums[row.AccountID] {
			t.Fatalf("%s stands at %s, its lines sum to %s", row.Name, row.Debit-row.Credit, sums[row.AccountID])
		}
		natural[row.AccountID] = sums[row.AccountID]
		if row.Classification != "Asset" && row.Classification != "Expense" {
			natural[row.AccountID] = -natural[row.AccountID]
		}
	}
	rows := a.query("select * from Account where Active in (true, false) maxresults 1000").Account
	rolled := map[string]wire.Decimal{}
	for _, account := range slices.Backward(rows) { // children come after their parents
		if *account.CurrentBalance != natural[account.ID] {
			t.Fatalf("%s answers %s, want %s", account.Name, account.CurrentBalance, natural[account.ID])
		}
		rolled[account.ID] += natural[account.ID]
		if *account.CurrentBalanceWithSubAccounts != rolled[account.ID] {
			t.Fatalf("%s with sub-accounts answers %s, want %s", account.Name, account.CurrentBalanceWithSubAccounts, rolled[account.ID])
		}
		if account.ParentRef != nil {
			rolled[account.ParentRef.Value] += rolled[account.ID]
		}
	}
}

func TestBalanceSigns(t *testing.T) {
	t.Parallel()
	for sign, want := range map[string]wire.Decimal{
		"natural": 750, "debit": -750,
	} {
		a := newApp(t, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchBalanceSign: sign}})
		a.mustPost(entryJSON("", a.debit("Operating Checking", "7.50"), a.credit("Gift Card Liability", "7.50")))
		for name, want := range map[string]wire.Decimal{"Operating Checking": 750, "Gift Card Liability": want} {
			got := a.get("account/" + a.account(name)).envelope(t).Account
			if *got.CurrentBalance != want {
				t.Errorf("sign %s: %s stands at %s, want %s", sign, name, got.CurrentBalance, want)
			}
		}
	}
}

func TestConcurrentPosting(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	const workers, each = 8, 50
	refused := make(chan string, workers*each)
	var done sync.WaitGroup
	for worker := range workers {
		done.Go(func() {
			for i := range each {
				body := a.sale(fmt.Sprintf("W%d-%d", worker, i), wire.Decimal(1+worker*each+i).String())
				if got := a.post("journalentry", body); got.StatusCode != http.StatusOK {
					refused <- string(got.body)
				}
				a.query("select * from JournalEntry orderby Id desc maxresults 5")
			}
		})
	}
	done.Wait()
	close(refused)
	for body := range refused {
		t.Errorf("create: %s", body)
	}
	checkBooks(t, a, workers*each)
}

func TestHooksOfUnknownCompanies(t *testing.T) {
	t.Parallel()
	sim := newSimulator(t, simulator.Options{})
	if _, err := sim.Journal("7"); err == nil {
		t.Error("Journal: no error")
	}
	if _, err := sim.TrialBalance("7"); err == nil {
		t.Error("TrialBalance: no error")
	}
	if err := sim.ChangeCompany("7", closeBooks("")); err == nil {
		t.Error("ChangeCompany: no error")
	}
	if err := sim.ChangeCompany(simulator.DefaultRealm, closeBooks("today")); err == nil {
		t.Error("ChangeCompany with a bad date: no error")
	}
	realm, err := sim.AddCompany(simulator.CompanyOptions{Name: "Second"})
	if err != nil || len(realm) != 16 || len(sim.Realms()) != 2 {
		t.Errorf("AddCompany: %q, %v, %v", realm, err, sim.Realms())
	}
}
