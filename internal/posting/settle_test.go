package posting_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// TestPastTheReplayWindowABatchIsSettledOneByOne: each entry of a batch without an outcome is looked up by its number. The
// one that QuickBooks holds is SYNCED, those that it does not are posted anew, and the one whose number a person has used is
// told.
func TestPastTheReplayWindowABatchIsSettledOneByOne(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		lost := r.loseABatch(4)
		r.postByHand(sale(2).Number)
		r.post(*lost[2].JournalEntry)
		time.Sleep(20 * time.Minute)
		r.run()
		r.until("settled", time.Hour, func() bool {
			return r.count(ledger.StateSynced) == 3 && r.count(ledger.StateActionRequired) == 1
		})
		if taken := r.event(2); taken.Reason != ledger.ReasonNumberTaken {
			t.Errorf("the event whose number a person used says %s, want NUMBER_TAKEN", taken.Reason)
		}
		numbers := map[string]int{}
		for _, entry := range must(r.sim.Journal(r.realm))(t) {
			numbers[entry.DocNumber]++
		}
		for n := 1; n <= 4; n++ {
			if numbers[sale(n).Number] != 1 {
				t.Errorf("sale %d has %d entries, want 1", n, numbers[sale(n).Number])
			}
		}
	})
}

// loseABatch records sales, lets them be sent once without reaching QuickBooks' books, stops the engine, and returns what was
// sent.
func (r *rig) loseABatch(n int) []wire.BatchItemRequest {
	r.t.Helper()
	var mu sync.Mutex
	var body []byte
	r.onPosts(func(_ int, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
		mu.Lock()
		defer mu.Unlock()
		body = info.Body
		return simulator.Action{Cut: stage == simulator.BeforeCommit}
	})
	r.record(1, n)
	stop := r.run()
	r.until("sent", time.Minute, func() bool { return r.count(ledger.StateProcessing) == int64(n) })
	stop()
	r.onPosts(func(int, simulator.Stage, simulator.RequestInfo) simulator.Action { return simulator.Action{} })
	mu.Lock()
	defer mu.Unlock()
	var batch struct {
		Items []wire.BatchItemRequest `json:"BatchItemRequest"`
	}
	check(r.t, json.Unmarshal(body, &batch))
	if len(batch.Items) != n {
		r.t.Fatalf("a batch of %d was sent, want %d", len(batch.Items), n)
	}
	return batch.Items
}

// TestPastTheReplayWindowAnUpdateIsSettled: an update without an outcome is settled by reading the entry: it is made once,
// whether it had reached the books or not.
func TestPastTheReplayWindowAnUpdateIsSettled(t *testing.T) {
	t.Parallel()
	for name, stage := range map[string]simulator.Stage{"made": simulator.AfterCommit, "not made": simulator.BeforeCommit} {
		t.Run(name, func(t *testing.T) {
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
				r.onPosts(dark(t, stage, time.Now().Add(20*time.Minute)))
				r.revise(1, 4321)
				r.until("sent", time.Minute, func() bool { return r.count(ledger.StateProcessing) == 1 })
				r.until("synced again", time.Hour, func() bool { return r.count(ledger.StateSynced) == 1 })
				entries := must(r.sim.Journal(r.realm))(t)
				amounts := make([]wire.Decimal, 0, len(entries))
				for _, entry := range entries {
					amounts = append(amounts, entry.Line[0].Amount)
				}
				if !slices.Equal(amounts, []wire.Decimal{4321}) || entries[0].SyncToken != "1" {
					t.Errorf("the books hold %v at version %s, want one entry of 4321 that was changed once", amounts, entries[0].SyncToken)
				}
			})
		})
	}
}

// revise records the next revision of a sale, with another amount.
func (r *rig) revise(n int, amount ledger.Amount) {
	r.t.Helper()
	ev := sale(n)
	ev.Revision = 2
	ev.Detail = &ledger.Sale{
		Tenders: []ledger.Keyed{{Key: "Cash", Amount: amount}},
		Lines:   []ledger.SaleLine{{ItemClass: "Footwear", Net: amount}},
	}
	results := must(r.store.RecordEvents(r.t.Context(), retailer, "pos", []store.NewEvent{newEvent(r.t, ev)}, time.Now()))(r.t)
	if results[0].Status != store.Accepted {
		r.t.Fatalf("recording the revision: %+v", results[0])
	}
	r.engine.Wake(retailer)
}

// TestAnUpdateOfWhatCannotBeReadExactlyComesToAnEnd: somebody gave the entry an amount of five decimals, which QuickBooks
// takes. An update without an answer is settled all the same.
func TestAnUpdateOfWhatCannotBeReadExactlyComesToAnEnd(t *testing.T) {
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
		r.onPosts(func(_ int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
			if stage != simulator.BeforeCommit {
				return simulator.Action{}
			}
			fault := `{"Fault":{"Error":[{"Message":"stale","code":"5010"}],"type":"ValidationFault"}}`
			return simulator.Action{Status: http.StatusBadRequest, ContentType: "application/json", Body: []byte(fault)}
		})
		r.mu.Lock()
		r.alter = func(path string, _ int, body []byte) []byte {
			if strings.Contains(path, "/journalentry/") {
				return bytes.ReplaceAll(body, []byte(`"Amount":10.01`), []byte(`"Amount":10.00999`))
			}
			return body
		}
		r.mu.Unlock()
		r.revise(1, 4321)
		r.until("judged", time.Minute, func() bool { return r.count(ledger.StateActionRequired) == 1 })
		if event := r.event(1); event.Reason != ledger.ReasonStoredDifferently {
			t.Errorf("the event says %+v, want STORED_DIFFERENTLY", event.Problem)
		}
	})
}
