package posting_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
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

// TestAnEntryThatQuickBooksAlwaysFailsAt: a person is asked about it once it is sure that QuickBooks books others meanwhile, and
// when they retry after QuickBooks has mended what was wrong, it is posted.
func TestAnEntryThatQuickBooksAlwaysFailsAt(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t, func(cfg *posting.Config, _ *simulator.Options) { cfg.ReplayWindow = time.Minute })
		r.connect()
		var mended atomic.Bool
		bad := []byte(sale(1).Number)
		r.onPosts(func(_ int, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
			if stage == simulator.BeforeCommit && bytes.Contains(info.Body, bad) && !mended.Load() {
				return simulator.Action{Status: http.StatusInternalServerError}
			}
			return simulator.Action{}
		})
		r.run()
		r.record(1, 1)
		time.Sleep(20 * time.Minute)
		if waits := r.count(ledger.StateActionRequired); waits != 0 {
			t.Fatal("a person is asked although nothing tells whether QuickBooks books others")
		}
		others := 1
		for ; r.count(ledger.StateActionRequired) == 0 && others < 30; others++ {
			r.record(others+1, others+1)
			time.Sleep(time.Minute)
		}
		event := r.event(1)
		if event.Reason != ledger.ReasonRejectedByQuickBooks || !strings.Contains(event.Problem.Message, "has booked others meanwhile") {
			t.Fatalf("after %d others the event says %+v", others-1, event.Problem)
		}
		mended.Store(true)
		must(r.store.RetryEvents(t.Context(), retailer, store.Retry{IDs: []ledger.EventID{sale(1).ID}}, "ann", time.Now()))(t)
		r.until("posted", time.Hour, func() bool { return r.count(ledger.StateSynced) == int64(others) })
		r.expectBooks(others)
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

// TestLargeEntriesDoNotFitInOneBatch: thirty entries may be more than one request takes. They are posted all the same.
func TestLargeEntriesDoNotFitInOneBatch(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		accounts, _, err := r.store.ListAccounts(t.Context(), retailer, store.AccountQuery{Limit: 14, Type: ledger.TypeIncome})
		check(t, err)
		var lines []ledger.SaleLine
		var orders []store.MappingOrder
		for a, account := range accounts {
			for n := range 60 {
				class := fmt.Sprintf("%02d-%02d %s", a, n, strings.Repeat("品", 90))
				lines = append(lines, ledger.SaleLine{ItemClass: class, Net: 100})
				orders = append(orders, store.MappingOrder{Slot: ledger.Slot{Role: ledger.RoleRevenue, Key: class}, Account: account.ID})
			}
		}
		_, _, err = r.store.PutMappings(t.Context(), retailer, orders, "ann", time.Now())
		check(t, err)
		const most = 30
		var events []store.NewEvent
		for n := 1; n <= most; n++ {
			ev := sale(n)
			ev.Detail = &ledger.Sale{
				Tenders: []ledger.Keyed{{Key: "Cash", Amount: ledger.Amount(100 * len(lines))}}, Lines: lines,
			}
			events = append(events, newEvent(t, ev))
		}
		must(r.store.RecordEvents(t.Context(), retailer, "pos", events, time.Now()))(t)
		r.run()
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == most })
		r.expectEntries(r.realm, most)
	})
}

// TestAnEntryThatCannotBeSentHoldsUpNobody: an event whose entry does not fit into any request asks for a person, and the
// others are posted.
func TestAnEntryThatCannotBeSentHoldsUpNobody(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		long := sale(4)
		long.Number = strings.Repeat("9", 30) // as no release lets it in
		r.record(1, 3)
		must(r.store.RecordEvents(t.Context(), retailer, "pos", []store.NewEvent{newEvent(t, long)}, time.Now()))(t)
		r.record(5, 6)
		r.run()
		r.until("judged", time.Minute, func() bool {
			return r.count(ledger.StateSynced) == 5 && r.count(ledger.StateActionRequired) == 1
		})
		if event := r.event(4); event.Problem.Remedy == "" || !strings.Contains(event.Problem.Message, "cannot be sent") {
			t.Errorf("the event says %+v", event.Problem)
		}
	})
}

// TestSkippingWhatIsJustPlannedIsNoFailure: an event that is skipped between being read and being stored as a request is
// nothing that the retailer is told of as a problem.
func TestSkippingWhatIsJustPlannedIsNoFailure(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.connect()
	r.run()
	const most = 60
	for n := 1; n <= most; n++ {
		r.record(n, n)
		for range n % 12 { // the engine is a little further each time
			r.status()
		}
		must(r.store.SkipEvents(t.Context(), retailer, []ledger.EventID{sale(n).ID}, false, "no", "ann", time.Now()))(t)
		if status := r.status(); status.Problem != "" {
			t.Fatalf("after skipping sale %d the status tells of a problem: %s", n, status.Problem)
		}
	}
}

// TestBatchesThatQuickBooksGivesUpGetSmaller: after 120 seconds QuickBooks ends a request itself, before this client does.
func TestBatchesThatQuickBooksGivesUpGetSmaller(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		const bears = 16
		var mu sync.Mutex
		sizes, given := map[string]int{}, time.Time{}
		r.onPosts(func(_ int, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
			n := bytes.Count(info.Body, []byte(`"bId"`))
			if stage != simulator.BeforeCommit {
				return simulator.Action{}
			}
			mu.Lock()
			defer mu.Unlock()
			if _, again := sizes[info.RequestID]; !again {
				sizes[info.RequestID] = n
				if !given.IsZero() && time.Now().After(given.Add(2*time.Minute)) && n > bears {
					t.Errorf("after QuickBooks has given up a batch another of %d entries was sent", n)
				}
			}
			if n <= bears {
				return simulator.Action{}
			}
			if given.IsZero() {
				given = time.Now()
			}
			return simulator.Action{Delay: 2 * time.Minute, Status: http.StatusGatewayTimeout}
		})
		r.record(1, 30)
		r.run()
		r.until("given up", 4*time.Minute, func() bool { return r.status().Failures > 0 })
		r.record(31, 60)
		r.until("synced", time.Hour, func() bool { return r.count(ledger.StateSynced) == 60 })
		r.expectBooks(60)
	})
}

// TestARequestThatHangsHoldsUpNoOther: events that come in while one request is not answered for two minutes are posted at
// once, also when the worker's turn is over meanwhile: it cannot leave before that answer.
func TestARequestThatHangsHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 16} {
		t.Run(fmt.Sprintf("%d workers", workers), func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *testing.T) {
				r := newRig(t, func(c *posting.Config, _ *simulator.Options) { c.Workers = workers })
				r.connect()
				r.onPosts(func(n int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
					if n == 1 && stage == simulator.BeforeCommit {
						return simulator.Action{Delay: 110 * time.Second}
					}
					return simulator.Action{}
				})
				r.record(1, 1)
				r.run()
				r.until("under way", time.Minute, func() bool { return r.count(ledger.StateProcessing) == 1 })
				for n := 2; n <= 11; n++ {
					time.Sleep(9 * time.Second)
					r.record(n, n)
					r.until(fmt.Sprintf("sale %d is synced", n), 8*time.Second, func() bool { return r.event(n).State == ledger.StateSynced })
				}
				r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 11 })
				r.expectBooks(11)
			})
		})
	}
}

// TestItemsThatAreTurnedAwayAreNotSentAgainAtOnce: a batch may be answered while each of its items is turned away, for a
// reason that lasts. Nothing is gained by sending them as fast as the limits allow.
func TestItemsThatAreTurnedAwayAreNotSentAgainAtOnce(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"150", "3001"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *testing.T) {
				r := newRig(t)
				r.connect()
				dawn := time.Now().Add(10 * time.Minute)
				var mu sync.Mutex
				posts := 0
				r.onPosts(func(_ int, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
					if stage != simulator.BeforeCommit || time.Now().After(dawn) {
						return simulator.Action{}
					}
					mu.Lock()
					posts++
					mu.Unlock()
					one := `"Fault":{"type":"SystemFault-like","Error":[{"Message":"no","code":"` + fault + `"}]}`
					if info.Kind != simulator.KindBatch {
						return simulator.Action{Status: http.StatusOK, ContentType: "application/json", Body: []byte("{" + one + "}")}
					}
					var batch wire.BatchRequest
					check(t, json.Unmarshal(info.Body, &batch))
					var items []string
					for _, item := range batch.Items {
						items = append(items, fmt.Sprintf(`{"bId":%q,%s}`, item.BID, one))
					}
					body := `{"BatchItemResponse":[` + strings.Join(items, ",") + `]}`
					return simulator.Action{Status: http.StatusOK, ContentType: "application/json", Body: []byte(body)}
				})
				r.record(1, 30)
				r.run()
				r.until("synced", time.Hour, func() bool { return r.count(ledger.StateSynced) == 30 })
				r.expectBooks(30)
				if posts > 40 {
					t.Errorf("%d posts were sent in ten minutes in which all were turned away", posts)
				}
			})
		})
	}
}
