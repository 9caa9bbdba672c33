package storetest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func concurrentRevisionTests() tests {
	return tests{
		"Concurrency/Revisions": testConcurrentRevisions,
		"Concurrency/Slots":     testConcurrentSlots,
	}
}

// testConcurrentRevisions lets callers record revisions of the same events at once, each its own and in an order of its own,
// while an engine posts them: the newest is the present one, every one is kept, and nobody waits for ever.
func testConcurrentRevisions(t *testing.T, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	const callers, rounds, events = 6, 4, 30
	var group, others sync.WaitGroup
	running := make(chan struct{})
	others.Go(func() { work(t, s, running) })
	for c := range callers {
		group.Go(func() {
			for round := range rounds {
				var batch []ledger.Event
				for _, i := range rand.Perm(events) {
					batch = append(batch, revised(sale(fmt.Sprintf("e-%05d", i)), int32(1+c+callers*round)))
				}
				results, err := s.RecordEvents(within(t), retailer, caller, encoded(t, batch...), at(round))
				if err != nil {
					t.Error(err)
					return
				}
				for _, result := range results {
					if result.Status != store.Accepted && result.Status != store.Superseded {
						t.Errorf("status %d", result.Status)
					}
				}
			}
		})
	}
	group.Wait()
	close(running)
	others.Wait()
	var want []int32
	for n := range int32(callers * rounds) {
		want = append(want, n+1)
	}
	for i := range events {
		id := ledger.EventID(fmt.Sprintf("e-%05d", i))
		same(t, "present", got(s.Event(within(t), retailer, id))(t).Event.Revision, callers*rounds)
		same(t, "kept", recordedRevisions(t, s, id), want)
	}
	audited(t, s, retailer)
}

// testConcurrentSlots lets callers record events whose slots are all new and mostly the same, in different orders.
func testConcurrentSlots(t *testing.T, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	const callers, classes = 8, 60
	var group sync.WaitGroup
	for c := range callers {
		group.Go(func() {
			var batch []ledger.Event
			for _, i := range rand.Perm(classes) {
				ev := sale(fmt.Sprintf("e-%d-%d", c, i))
				ev.Detail = &ledger.Sale{Lines: []ledger.SaleLine{
					{ItemClass: fmt.Sprintf("class %02d", i), Net: 10},
					{ItemClass: fmt.Sprintf("own %d", c), Net: 10},
				}}
				batch = append(batch, ev)
			}
			for _, half := range [][]ledger.Event{batch[:classes/2], batch[classes/2:]} {
				if _, err := s.RecordEvents(within(t), retailer, caller, encoded(t, half...), at(1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	same(t, "slots", len(listSlots(t, s, store.SlotQuery{Limit: 1000, Role: ledger.RoleRevenue})), classes+callers)
	same(t, "total", got(s.Status(within(t), retailer))(t).Total, callers*classes)
	audited(t, s, retailer)
}
