package rpc_test

import (
	"slices"
	"strings"
	"testing"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// reasonCase makes one event wait for a reason, and then takes the way out.
type reasonCase struct {
	reason financialv1.Reason
	// before, where it is not nil, happens before the engine runs, and cause before the event is recorded.
	before, cause func(*world)
	event         func() *financialv1.Event
	// says and remedy are parts of the problem's sentences.
	says, remedy string
	// wayOut is what the remedy says.
	wayOut func(*world)
}

func asUsual() *financialv1.Event { return sale("e1") }

func nothing(*world) {}

func (w *world) company(edit func(*simulator.CompanyOptions)) {
	w.t.Helper()
	check(w.t, w.simulator.ChangeCompany(w.simulator.Realms()[0], edit))
}

func (w *world) settings(settings *integrationv1.Settings) {
	w.t.Helper()
	must(w.ann().integration.UpdateSettings(w.t.Context(), &integrationv1.UpdateSettingsRequest{
		RetailerId: retailer, Settings: settings,
	}))(w.t)
}

func (w *world) retry(reason financialv1.Reason) int64 {
	w.t.Helper()
	return must(w.ann().financial.RetryEvents(w.t.Context(), &financialv1.RetryEventsRequest{
		RetailerId: retailer, Reason: reason,
	}))(w.t).GetRetriedEventCount()
}

func (w *world) accountCalled(name string) string {
	w.t.Helper()
	for _, account := range w.listAccounts(func(r *financialv1.ListAccountsRequest) { r.Search, r.PageSize = name, 1000 }) {
		if account.GetFullyQualifiedName() == name {
			return account.GetAccountId()
		}
	}
	w.t.Fatalf("the chart has no account %q", name)
	return ""
}

// mapTo maps the fallback of a role to an account by its name.
func (w *world) mapTo(role financialv1.Role, name string) *financialv1.MapEventResponse {
	w.t.Helper()
	return must(w.mapEvent(&financialv1.Slot{Role: role}, w.accountCalled(name)))(w.t)
}

const (
	cashAccount  = "Cash in Drawer"
	salesAccount = "Sales"
)

func (w *world) mapSale() {
	w.t.Helper()
	w.mapTo(financialv1.Role_ROLE_PAYMENT, cashAccount)
	w.mapTo(financialv1.Role_ROLE_REVENUE, salesAccount)
}

func mappedSale(w *world) { w.mapSale() }

func reasonCases() []reasonCase {
	return slices.Concat(accountReasons(), eventReasons(), quickBooksReasons(), formerCompanyReasons())
}

func accountReasons() []reasonCase {
	return []reasonCase{
		{
			reason: financialv1.Reason_REASON_UNMAPPED, cause: nothing, event: asUsual,
			says: `No account is mapped for payment type "Cash" and revenue of item class "Footwear" at location "store-1".`,
			remedy: "Map an account for each of them, at this location or at all of them, or set the fallbacks of the roles. Mapping " +
				"releases every event that waits for it.",
			wayOut: mappedSale,
		},
		{
			reason: financialv1.Reason_REASON_ACCOUNT_DELETED, event: asUsual,
			cause: func(w *world) {
				w.mapSale()
				must(w.ann().financial.DeleteAccount(w.t.Context(), &financialv1.DeleteAccountRequest{
					RetailerId: retailer, AccountId: w.accountCalled(salesAccount), Force: true,
				}))(w.t)
			},
			says:   `At location "store-1", revenue of item class "Footwear" is mapped to the account "Sales"`,
			remedy: "Import the accounts again, which brings it back if QuickBooks still has it, or map another account.",
			wayOut: func(w *world) { w.importAccounts() },
		},
		{
			reason: financialv1.Reason_REASON_ACCOUNT_INACTIVE, event: asUsual,
			cause: func(w *world) {
				w.mapSale()
				w.person().changeAccount(salesAccount+":Gifts & Books", map[string]any{"Active": false})
				w.mapTo(financialv1.Role_ROLE_REVENUE, salesAccount+":Gifts & Books") // as it was imported
				_, summary := w.importAccounts()
				if warnings := summary.GetWarnings(); len(warnings) != 1 ||
					warnings[0].GetChange() != integrationv1.AccountWarning_CHANGE_DEACTIVATED {
					w.t.Errorf("the import warns of %v", warnings)
				}
			},
			says:   `which is inactive in QuickBooks`,
			remedy: "Make it active in QuickBooks and import the accounts again, or map another account.",
			wayOut: func(w *world) { w.mapTo(financialv1.Role_ROLE_REVENUE, salesAccount) },
		},
		{
			reason: financialv1.Reason_REASON_ACCOUNT_TYPE_REFUSED, event: asUsual,
			cause: func(w *world) {
				w.mapSale()
				w.mapTo(financialv1.Role_ROLE_REVENUE, "Uncategorized Income")
				w.person().changeAccount("Uncategorized Income", map[string]any{
					"AccountType": "Expense", "AccountSubType": "OtherMiscellaneousServiceCost",
				})
				w.importAccounts()
			},
			says:   `is an account of type Expense, which does not fit the role "revenue".`,
			remedy: "Map it to an account of type Income or Other Income instead.",
			wayOut: func(w *world) { w.mapTo(financialv1.Role_ROLE_REVENUE, salesAccount) },
		},
	}
}

func eventReasons() []reasonCase {
	return []reasonCase{
		{
			reason: financialv1.Reason_REASON_OUT_OF_BALANCE,
			cause: func(w *world) {
				w.mapSale()
				w.mapTo(financialv1.Role_ROLE_ROUNDING, "Cash Rounding")
			},
			event: func() *financialv1.Event {
				event := sale("e1")
				event.GetSale().Tenders[0].Amount = 1002
				return event
			},
			says:   "What was paid, 10.02, is 0.02 too much for what is due, 10.00; the difference is 0.02 and the rounding limit 0.00.",
			remedy: "raise the rounding limit to 0.02 or more",
			wayOut: func(w *world) { w.settings(&integrationv1.Settings{RoundingLimit: 5}) },
		},
		{
			reason: financialv1.Reason_REASON_CURRENCY_MISMATCH, cause: mappedSale,
			event: func() *financialv1.Event {
				event := sale("e1")
				event.CurrencyCode = "CAD"
				return event
			},
			says:   "The event is in CAD, and the company keeps its books in USD with multicurrency off.",
			remedy: "Turn on multicurrency in QuickBooks and import the accounts again",
			wayOut: func(w *world) {
				w.company(func(o *simulator.CompanyOptions) { o.MultiCurrency = true })
				w.importAccounts()
			},
		},
		{
			reason: financialv1.Reason_REASON_PERIOD_CLOSED, event: asUsual,
			cause: func(w *world) {
				w.mapSale()
				w.company(func(o *simulator.CompanyOptions) { o.BookCloseDate = "2026-03-31" })
				w.importAccounts()
			},
			says:   "The business date is 2026-03-14, and the books are closed through 2026-03-31.",
			remedy: "Approve the event to post it on 2026-04-01 with its own date in the memo",
			wayOut: func(w *world) {
				must(w.ann().financial.RetryEvents(w.t.Context(), &financialv1.RetryEventsRequest{
					RetailerId: retailer, EventIds: []string{"e1"}, PostOnFirstOpenDay: true,
				}))(w.t)
			},
		},
	}
}

func quickBooksReasons() []reasonCase {
	return []reasonCase{
		{
			reason: financialv1.Reason_REASON_NUMBER_TAKEN, event: asUsual,
			cause: func(w *world) {
				w.mapSale()
				w.company(func(o *simulator.CompanyOptions) { o.WarnDuplicateJournalNumber = true })
				other := sale("e0")
				other.Number = sale("e1").GetNumber()
				w.record(other)
				w.waitFor("the other sale", func(s *financialv1.SyncStatus) bool {
					return count(s, financialv1.EventState_EVENT_STATE_SYNCED) == 1
				})
			},
			says:   "already has the number T-e1, with other contents.",
			remedy: "Give the other entry a new number in QuickBooks, then retry",
			wayOut: func(w *world) { // the platform sends the document again under another number
				again := sale("e1")
				again.Number, again.Revision = "T-e1b", 2
				w.record(again)
			},
		},
		{
			reason: financialv1.Reason_REASON_REJECTED_BY_QUICKBOOKS, event: asUsual,
			cause: func(w *world) {
				w.mapSale()
				must(w.simulator.AddFault(simulator.FaultRule{Kinds: []simulator.Kind{simulator.KindEntryWrite, simulator.KindBatch}, Fault: "2050"}))(w.t)
			},
			says: "QuickBooks refused the entry (code 2050)",
			wayOut: func(w *world) {
				w.simulator.ClearFaults()
				w.retry(financialv1.Reason_REASON_REJECTED_BY_QUICKBOOKS)
			},
		},
		{
			reason: financialv1.Reason_REASON_SUBSCRIPTION_LAPSED, event: asUsual,
			cause: func(w *world) {
				w.mapSale()
				w.company(func(o *simulator.CompanyOptions) { o.SubscriptionLapsed = true })
			},
			says: "The company's QuickBooks subscription has lapsed, so nothing can be booked.",
			wayOut: func(w *world) {
				w.company(func(o *simulator.CompanyOptions) { o.SubscriptionLapsed = false })
				w.retry(financialv1.Reason_REASON_SUBSCRIPTION_LAPSED)
			},
		},
		{
			reason: financialv1.Reason_REASON_STORED_DIFFERENTLY,
			cause: func(w *world) {
				w.mapSale()
				w.settings(&integrationv1.Settings{RevisionPolicy: integrationv1.Settings_REVISION_POLICY_UPDATE})
				w.record(sale("e1"))
				w.waitFor("the first revision", func(s *financialv1.SyncStatus) bool {
					return count(s, financialv1.EventState_EVENT_STATE_SYNCED) == 1
				})
				p := w.person()
				posted, _ := p.entry(w.event("e1").GetEvent().GetPostedEntry().GetQuickbooksId())
				posted.PrivateNote, posted.Line[0].Description = "changed by hand", "by hand"
				p.call("POST", "/journalentry", posted, &struct{}{})
			},
			event: func() *financialv1.Event { return edited("e1", 2, 1500) },
			says:  "that entry was changed there since Tillpost booked it.",
			remedy: "choose adjusting entries for revisions in the settings and retry: the difference to what Tillpost booked then gets " +
				"an entry of its own.",
			wayOut: func(w *world) {
				w.settings(&integrationv1.Settings{})
				w.retry(financialv1.Reason_REASON_STORED_DIFFERENTLY)
			},
		},
	}
}

// edited is a later revision of a sale, for another amount.
func edited(id string, revision int32, amount int64) *financialv1.Event {
	event := sale(id)
	event.Revision = revision
	event.GetSale().Tenders[0].Amount, event.GetSale().Lines[0].NetAmount = amount, amount
	return event
}

// TestEveryReason makes an event wait for each reason there is, reads its text, takes its way out, and sees it posted.
func TestEveryReason(t *testing.T) {
	t.Parallel()
	seen := map[financialv1.Reason]bool{}
	for _, test := range reasonCases() {
		seen[test.reason] = true
		t.Run(strings.TrimPrefix(test.reason.String(), "REASON_"), func(t *testing.T) {
			t.Parallel()
			w := connected(t)
			w.startSync()
			if test.before != nil {
				test.before(w)
			}
			w.run()
			test.cause(w)
			w.record(test.event())
			w.waitFor("the event to wait", func(s *financialv1.SyncStatus) bool {
				return countReason(s, test.reason) == 1
			})
			problem := w.event("e1").GetEvent().GetProblem()
			if !strings.Contains(problem.GetMessage(), test.says) || !strings.Contains(problem.GetRemedy(), test.remedy) ||
				problem.GetRemedy() == "" {
				t.Errorf("the event says %q\nwant %q\nand what to do: %q\nwant %q", problem.GetMessage(), test.says,
					problem.GetRemedy(), test.remedy)
			}
			test.wayOut(w)
			w.waitFor("the event to be posted", func(s *financialv1.SyncStatus) bool {
				return s.GetTotalCount() == count(s, financialv1.EventState_EVENT_STATE_SYNCED)
			})
			w.audited()
		})
	}
	for number, name := range financialv1.Reason_name {
		reason := financialv1.Reason(number)
		// Nothing that can be recorded is of a kind that is not supported: the reason is for releases that go back.
		if reason != 0 && reason != financialv1.Reason_REASON_KIND_NOT_SUPPORTED && !seen[reason] {
			t.Errorf("%s is produced by no test", name)
		}
	}
}

func countReason(s *financialv1.SyncStatus, reason financialv1.Reason) int64 {
	var n int64
	for _, c := range s.GetCounts() {
		if c.GetReason() == reason {
			n += c.GetCount()
		}
	}
	return n
}

// audited fails the test unless the store agrees with itself.
func (w *world) audited() {
	w.t.Helper()
	if differences := must(w.store.Audit(w.t.Context(), retailer))(w.t); len(differences) > 0 {
		w.t.Errorf("audit: %q", differences)
	}
}
