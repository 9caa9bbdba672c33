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

// After any sequence of creates and deletes, the balances are the sums of the lines in the journal, and debits equal
// credits.
func TestBalancesFollowFromTheJournal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		a := newApp(t, simulator.Options{})
		names := slices.Sorted(maps.Keys(a.accounts))
		names = slices.DeleteFunc(names, func(name string) bool {
			return name == "Repair & Maintenance (deleted)" || name == "Accounts Receivable (A/R)" || name == "Accounts Payable (A/P)"
		})
		var live []*wire.JournalEntry
		for step := range rapid.IntRange(1, 25).Draw(r, "steps") {
			if len(live) > 0 && rapid.IntRange(0, 3).Draw(r, "delete") == 0 {
				i := rapid.IntRange(0, len(live)-1).Draw(r, "which")
				body := fmt.Sprintf(`{"Id":%q,"SyncToken":%q}`, live[i].ID, live[i].SyncToken)
				if got := a.post("journalentry?operation=delete", body); got.StatusCode != http.StatusOK {
					r.Fatalf("delete: %s", got.body)
				}
				live = slices.Delete(live, i, i+1)
				continue
			}
			n := rapid.IntRange(1, 6).Draw(r, "lines")
			lines := make([]string, 0, n+1)
			total := wire.Decimal(0)
			for range n {
				amount := wire.Decimal(rapid.Int64Range(1, 99999).Draw(r, "amount"))
				total += amount
				lines = append(lines, a.debit(rapid.SampledFrom(names).Draw(r, "account"), amount.String()))
			}
			lines = append(lines, a.credit(rapid.SampledFrom(names).Draw(r, "against"), total.String()))
			live = append(live, a.mustPost(entryJSON(fmt.Sprintf(`"DocNumber":"N%d",`, step%3), lines...)))
		}
		checkBooks(r, a, len(live))
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
