package rpc_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// booksByDay sums the company's journal: cents per day and account, debits positive, zeros left out.
func (w *world) booksByDay() map[string]map[string]int64 {
	w.t.Helper()
	out := map[string]map[string]int64{}
	for _, entry := range must(w.simulator.Journal(w.simulator.Realms()[0]))(w.t) {
		if out[entry.TxnDate] == nil {
			out[entry.TxnDate] = map[string]int64{}
		}
		for _, line := range entry.Line {
			amount := int64(line.Amount)
			if line.JournalEntryLineDetail.PostingType == wire.PostingCredit {
				amount = -amount
			}
			day, name := out[entry.TxnDate], line.JournalEntryLineDetail.AccountRef.Name
			if day[name] += amount; day[name] == 0 {
				delete(day, name)
			}
		}
		if len(out[entry.TxnDate]) == 0 {
			delete(out, entry.TxnDate)
		}
	}
	return out
}

// posted waits until so many events are in QuickBooks, and nothing is under way.
func (w *world) posted(n int64) {
	w.t.Helper()
	w.waitFor("events to be posted", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_SYNCED) == n && s.GetOldestUnsyncedTime() == nil
	})
}

// TestRevisionsOfPostedEvents edits, voids and re-dates a posted sale under both policies: the books are right after each,
// and the history is whole.
func TestRevisionsOfPostedEvents(t *testing.T) {
	t.Parallel()
	day := func(amount int64) map[string]int64 {
		return map[string]int64{cashAccount: amount, salesAccount: -amount}
	}
	redated := sale("e1")
	redated.Revision, redated.BusinessDate = 2, "2026-03-12"
	voided := sale("e1")
	voided.Revision, voided.Voided = 2, true
	tests := map[string]struct {
		change           *financialv1.Event
		books            map[string]map[string]int64
		adjusted, update int // entries that stand afterwards, by policy
		note             string
	}{
		"edit":        {edited("e1", 2, 1500), map[string]map[string]int64{"2026-03-14": day(1500)}, 2, 1, "revision 2 recorded"},
		"void":        {voided, map[string]map[string]int64{}, 2, 2, "revision 2 voids the document"},
		"late change": {redated, map[string]map[string]int64{"2026-03-12": day(1000)}, 3, 1, "revision 2 recorded"},
	}
	for name, test := range tests {
		for policy, entries := range map[integrationv1.Settings_RevisionPolicy]int{
			integrationv1.Settings_REVISION_POLICY_ADJUST: test.adjusted,
			integrationv1.Settings_REVISION_POLICY_UPDATE: test.update,
		} {
			t.Run(name+" "+policy.String(), func(t *testing.T) {
				t.Parallel()
				w := connected(t)
				w.mapSale()
				w.settings(&integrationv1.Settings{RevisionPolicy: policy})
				w.startSync()
				w.run()
				w.record(sale("e1"))
				w.posted(1)
				preview := must(w.ann().financial.PreviewEvent(t.Context(), &financialv1.PreviewEventRequest{
					RetailerId: retailer, Source: &financialv1.PreviewEventRequest_Event{Event: test.change},
				}))(t)
				w.record(test.change)
				w.waitFor("the revision to be posted", func(*financialv1.SyncStatus) bool {
					return w.event("e1").GetEvent().GetPostedRevision() == 2
				})
				if diff := cmp.Diff(test.books, w.booksByDay()); diff != "" {
					t.Errorf("books (-want +got):\n%s", diff)
				}
				w.checkHistory(test.note, entries)
				if update := entries == 1; preview.GetUpdatesPostedEntry() != update ||
					len(preview.GetFurtherEntries()) != max(entries-2, 0) {
					t.Errorf("the preview says %v", preview)
				}
			})
		}
	}
}

func (w *world) checkHistory(note string, entries int) {
	w.t.Helper()
	got := w.event("e1")
	if len(got.GetPostedEntries()) != entries {
		w.t.Errorf("%d entries stand, want %d: %v", len(got.GetPostedEntries()), entries, got.GetPostedEntries())
	}
	p := w.person()
	for i, posted := range got.GetPostedEntries() {
		entry, found := p.entry(posted.GetQuickbooksId())
		if !found || entry.DocNumber != posted.GetDocNumber() || entry.TxnDate != posted.GetTxnDate() ||
			posted.GetAdjusts() != (i > 0) || !strings.Contains(posted.GetUrl(), posted.GetQuickbooksId()) {
			w.t.Errorf("entry %v is %+v in QuickBooks", posted, entry)
		}
	}
	revisions := got.GetRevisions()
	if len(revisions) != 2 || revisions[0].GetEvent().GetRevision() != 1 || revisions[1].GetEvent().GetRevision() != 2 ||
		revisions[0].GetRecordedBy() != "ann" || revisions[1].GetRecordTime() == nil {
		w.t.Errorf("revisions: %v", revisions)
	}
	if !slices.ContainsFunc(got.GetHistory(), func(c *financialv1.StateChange) bool {
		return c.GetNote() == note && c.GetActor() == "ann"
	}) {
		w.t.Errorf("the history does not say %q: %v", note, got.GetHistory())
	}
	w.audited()
}

// TestRevisionsBeforePosting replaces an event that is not posted yet, whatever it waits for.
func TestRevisionsBeforePosting(t *testing.T) {
	t.Parallel()
	w := connected(t)
	statuses := func(events ...*financialv1.Event) []string {
		var out []string
		for _, result := range w.record(events...) {
			out = append(out, strings.TrimPrefix(result.GetStatus().String(), "STATUS_"))
		}
		return out
	}
	otherwise := edited("e1", 2, 7000)
	// Two revisions in one call, an early one that comes late, the same again, and another content under one revision.
	got := statuses(edited("e1", 3, 3000), edited("e1", 2, 2000), edited("e1", 2, 2000), otherwise, sale("e1"),
		edited("e1", 3, 3000), edited("e1", 4, 4000))
	want := []string{"ACCEPTED", "SUPERSEDED", "DUPLICATE", "CONFLICT", "SUPERSEDED", "DUPLICATE", "ACCEPTED"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("statuses (-want +got):\n%s", diff)
	}
	w.startSync()
	w.run()
	must(w.ann().integration.SyncPastEvents(t.Context(), &integrationv1.SyncPastEventsRequest{RetailerId: retailer}))(t)
	w.waitFor("it to wait for accounts", func(s *financialv1.SyncStatus) bool {
		return countReason(s, financialv1.Reason_REASON_UNMAPPED) == 1
	})
	w.mapSale()
	w.posted(1)
	if diff := cmp.Diff(map[string]int64{cashAccount: 4000, salesAccount: -4000}, w.booksByDay()["2026-03-14"]); diff != "" {
		t.Errorf("books (-want +got):\n%s", diff)
	}
	if revisions := w.event("e1").GetRevisions(); len(revisions) != 4 {
		t.Errorf("%d revisions: %v", len(revisions), revisions)
	}
	void := edited("e2", 1, 100)
	void.Voided = true
	w.record(void)
	w.waitFor("a void of nothing", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_NOTHING_TO_POST) == 1
	})
	w.audited()
}

// TestClosedBooksPolicy posts what falls into closed books on the first open day, with the true date in the memo; a later
// void follows it there.
func TestClosedBooksPolicy(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSale()
	w.settings(&integrationv1.Settings{ClosedBooksPolicy: integrationv1.Settings_CLOSED_BOOKS_POLICY_FIRST_OPEN_DAY})
	w.company(func(o *simulator.CompanyOptions) { o.BookCloseDate = "2026-03-31" })
	w.startSync()
	w.run()
	w.record(sale("e1")) // the closing date is not known here yet: QuickBooks refuses, and it is read again
	w.posted(1)
	entry := w.event("e1").GetEntry()
	if entry.GetTxnDate() != "2026-04-01" || !strings.HasPrefix(entry.GetPrivateNote(), "Business date 2026-03-14; ") {
		t.Errorf("entry = %v", entry)
	}
	void := sale("e1")
	void.Revision, void.Voided = 2, true
	w.record(void)
	w.waitFor("the void", func(*financialv1.SyncStatus) bool { return w.event("e1").GetEvent().GetPostedRevision() == 2 })
	if books := w.booksByDay(); len(books) != 0 {
		t.Errorf("books after the void: %v", books)
	}
}
