package posting_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/store"
)

// TestAnEventInClosedBooksHoldsUpNobodyWhileReadsAreSlow: the closing date is read anew before an event is held because of
// it, which takes as long as QuickBooks takes.
func TestAnEventInClosedBooksHoldsUpNobodyWhileReadsAreSlow(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		check(t, r.sim.ChangeCompany(r.realm, func(o *simulator.CompanyOptions) { o.BookCloseDate = "2026-11-20" }))
		r.connect()
		time.Sleep(10 * time.Second)
		r.onKind(simulator.KindPreferences, func(int) simulator.Action { return simulator.Action{Delay: 8 * time.Second} })
		open := sale(2)
		open.BusinessDate = "2026-11-21"
		r.record(1, 1)
		must(r.store.RecordEvents(t.Context(), retailer, "pos", []store.NewEvent{newEvent(t, open)}, time.Now()))(t)
		r.run()
		r.until("posted and held", 2*time.Minute, func() bool {
			return r.count(ledger.StateSynced) == 1 && r.count(ledger.StateActionRequired) == 1
		})
		if n := r.sim.Requests().ByKind[simulator.KindPreferences]; n > 3 {
			t.Errorf("the preferences were read %d times, want three times: to connect, to import, and to hold the event", n)
		}
	})
}

// TestANumberThatNoEntryHas: QuickBooks says that a number is taken, and names what cannot be read as a journal entry.
func TestANumberThatNoEntryHas(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		must(r.sim.AddFault(refusal("6140", "DocNumber=T000001 is assigned to TxnType=Invoice with TxnId=987654")))(t)
		r.record(1, 1)
		r.run()
		r.until("judged", time.Minute, func() bool { return r.count(ledger.StateActionRequired) == 1 })
		if event := r.event(1); event.Reason != ledger.ReasonNumberTaken || !strings.Contains(event.Problem.Message, "987654") {
			t.Errorf("the event says %+v, want NUMBER_TAKEN with the id", event.Problem)
		}
	})
}

// TestAnUpdateOfWhatWasDeleted: QuickBooks refuses it with the code of an account that was made inactive. The retailer is told
// that the entry is gone, not that an account is.
func TestAnUpdateOfWhatWasDeleted(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		_, err := r.store.UpdateSettings(t.Context(), retailer, func(s *store.Settings) { s.Revisions = ledger.RevisionsUpdate },
			"ann", time.Now())
		check(t, err)
		r.record(1, 1)
		r.run()
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 1 })
		entry := must(r.sim.Journal(r.realm))(t)[0]
		_, _, err = r.qb.Company(quickbooks.RealmID(r.realm), r.accessToken(), unpaced).PostJournalEntry(t.Context(), quickbooks.Request{
			Kind: quickbooks.EntryDelete, ID: "by-hand", Body: must(quickbooks.EncodeJournalEntryDelete(entry.ID, entry.SyncToken))(t),
		})
		check(t, err)
		r.revise(1, 4321)
		r.until("judged", time.Minute, func() bool { return r.count(ledger.StateActionRequired) == 1 })
		if event := r.event(1); event.Reason != ledger.ReasonStoredDifferently || !strings.Contains(event.Problem.Message, "was deleted there") {
			t.Errorf("the event says %+v, want STORED_DIFFERENTLY, deleted", event.Problem)
		}
	})
}

// TestAnEntryThatBreaksQuickBooksHarmsNoOther: QuickBooks fails at every request that carries one certain entry. The others of
// its batch are posted once it is known that they were not booked, and not in the same batch again.
func TestAnEntryThatBreaksQuickBooksHarmsNoOther(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		bad := []byte(sale(31).Number)
		r.onPosts(func(_ int, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
			if stage == simulator.BeforeCommit && bytes.Contains(info.Body, bad) {
				return simulator.Action{Status: http.StatusInternalServerError}
			}
			return simulator.Action{}
		})
		r.record(31, 31)
		r.record(1, 20)
		r.run()
		r.until("posted", time.Hour, func() bool { return r.count(ledger.StateSynced) == 20 })
		r.expectBooks(20)
	})
}

// TestEventsOfOtherServersAreSeenWhileARequestHangs: an event that was recorded on another server, which cannot wake this one,
// is posted soon although a request of the company is not answered.
func TestEventsOfOtherServersAreSeenWhileARequestHangs(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.onPosts(func(n int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
			if n == 1 && stage == simulator.BeforeCommit {
				return simulator.Action{Delay: 100 * time.Second}
			}
			return simulator.Action{}
		})
		r.record(1, 1)
		r.run()
		r.until("under way", time.Minute, func() bool { return r.count(ledger.StateProcessing) == 1 })
		time.Sleep(time.Second)
		must(r.store.RecordEvents(t.Context(), retailer, "pos", []store.NewEvent{newEvent(t, sale(2))}, time.Now()))(t)
		r.until("synced", 5*time.Second, func() bool { return r.event(2).State == ledger.StateSynced })
	})
}
