package posting_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// alterPosts changes what QuickBooks answers to single posts.
func (r *rig) alterPosts(from, to string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.alter = func(path string, _ int, body []byte) []byte {
		if strings.HasSuffix(path, "/journalentry") {
			return bytes.Replace(body, []byte(from), []byte(to), 1)
		}
		return body
	}
}

// TestARevisionOfWhatIsStoredDifferentlyWaits: the entry stands in QuickBooks, though not as it was meant. A later revision
// must not be booked beside it before a person has looked.
func TestARevisionOfWhatIsStoredDifferentlyWaits(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.alterPosts("10.01", "10.10")
		r.record(1, 1)
		r.run()
		r.until("judged", time.Minute, func() bool { return r.count(ledger.StateActionRequired) == 1 })
		r.revise(1, 4321)
		time.Sleep(time.Minute)
		r.expectEntries(r.realm, 1)
		if event := r.event(1); event.State != ledger.StateActionRequired || event.Reason != ledger.ReasonStoredDifferently {
			t.Errorf("after the revision the event is %s %s, want STORED_DIFFERENTLY still", event.State, event.Reason)
		}
		must(r.store.RetryEvents(t.Context(), retailer, store.Retry{}, "ann", time.Now()))(t) // everything that waits
		r.engine.Wake(retailer)
		time.Sleep(time.Minute)
		r.expectEntries(r.realm, 1)
	})
}

// TestARevisionDuringASendThatIsStoredDifferentlyWaits is the same for a revision that comes while the answer is awaited.
func TestARevisionDuringASendThatIsStoredDifferentlyWaits(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.alterPosts("10.01", "10.10")
		r.onPosts(func(_ int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
			if stage == simulator.AfterCommit {
				return simulator.Action{Delay: 5 * time.Second}
			}
			return simulator.Action{}
		})
		r.record(1, 1)
		r.run()
		r.until("under way", time.Minute, func() bool { return r.count(ledger.StateProcessing) == 1 })
		r.revise(1, 4321)
		time.Sleep(time.Minute)
		r.expectEntries(r.realm, 1)
		if event := r.event(1); event.State != ledger.StateActionRequired || event.Reason != ledger.ReasonStoredDifferently {
			t.Errorf("the event is %s %s, want STORED_DIFFERENTLY", event.State, event.Reason)
		}
	})
}

// refusal is a rule by which QuickBooks refuses posts with a code, as a whole.
func refusal(code, detail string) simulator.FaultRule {
	return simulator.FaultRule{
		Kinds: []simulator.Kind{simulator.KindEntryWrite}, Status: http.StatusBadRequest, ContentType: "application/json",
		Body: `{"Fault":{"Error":[{"Message":"refused","Detail":"` + detail + `","code":"` + code + `"}],"type":"ValidationFault"}}`,
	}
}

// TestARepeatThatIsTurnedAwayLeavesTheFirstSendUnknown: what is refused because of the company as a whole, and not because of
// the entry, says nothing about whether the first send was booked.
func TestARepeatThatIsTurnedAwayLeavesTheFirstSendUnknown(t *testing.T) {
	t.Parallel()
	for code, name := range map[string]string{"6190": "subscription", "5020": "permission", "150": "maintenance"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *testing.T) {
				r := newRig(t)
				r.connect()
				rule := refusal(code, "the company is not available")
				rule.Skip, rule.Times = 1, 3
				must(r.sim.AddFault(rule))(t)
				r.onPosts(lose(simulator.AfterCommit, 1))
				r.record(1, 1)
				r.run()
				r.until("judged", time.Hour, func() bool {
					return r.count(ledger.StateSynced) == 1 || r.count(ledger.StateActionRequired) == 1
				})
				r.expectBooks(1)
			})
		})
	}
}

// TestManyRevisions: however many entries stand for an event, the next one is the difference to all of them.
func TestManyRevisions(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.record(1, 1)
		r.run()
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 1 })
		const revisions = 104
		for revision := int32(2); revision <= revisions; revision++ {
			ev := sale(1)
			amount := ledger.Amount(5000 + 7*revision)
			ev.Revision = revision
			ev.Detail = &ledger.Sale{
				Tenders: []ledger.Keyed{{Key: "Cash", Amount: amount}},
				Lines:   []ledger.SaleLine{{ItemClass: "Footwear", Net: amount}},
			}
			must(r.store.RecordEvents(t.Context(), retailer, "pos", []store.NewEvent{newEvent(t, ev)}, time.Now()))(t)
			r.engine.Wake(retailer)
			r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 1 })
		}
		cash := must(r.store.Mapping(t.Context(), retailer, ledger.Slot{Role: ledger.RolePayment}))(t).Account
		var sum wire.Decimal
		for _, entry := range must(r.sim.Journal(r.realm))(t) {
			for _, line := range entry.Line {
				switch detail := line.JournalEntryLineDetail; {
				case detail.AccountRef.Value != string(cash):
				case detail.PostingType == wire.PostingDebit:
					sum += line.Amount
				default:
					sum -= line.Amount
				}
			}
		}
		if want := wire.Decimal(5000 + 7*revisions); sum != want {
			t.Errorf("the books hold %v in cash, want %v", sum, want)
		}
	})
}
