package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func concurrencyTests() tests {
	return tests{
		"Concurrency/Record":     testConcurrentRecord,
		"Concurrency/Claim":      testConcurrentClaim,
		"Concurrency/Everything": testConcurrentEverything,
	}
}

// testConcurrentRecord lets many callers record the same events at once, each in an order of its own: every id is accepted
// exactly once, and nobody fails.
func testConcurrentRecord(t *testing.T, s *store.Store) {
	t.Helper()
	const callers, events = 32, 200
	all := encoded(t, numbered(events)...)
	accepted := make([]atomic.Int64, events)
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			order := rand.Perm(events)
			for part := range slices.Chunk(order, 50) {
				batch := make([]store.NewEvent, 0, len(part))
				for _, i := range part {
					batch = append(batch, all[i])
				}
				results, err := s.RecordEvents(within(t), retailer, caller, batch, at(1))
				if err != nil {
					t.Error(err)
					return
				}
				for n, result := range results {
					switch result.Status {
					case store.Accepted:
						accepted[part[n]].Add(1)
					case store.Duplicate:
					case store.Conflict:
						t.Errorf("event %d: conflict", part[n])
					}
				}
			}
		})
	}
	group.Wait()
	for i := range accepted {
		same(t, fmt.Sprintf("event %d accepted", i), accepted[i].Load(), 1)
	}
	same(t, "total", got(s.Status(within(t), retailer))(t).Total, events)
	audited(t, s, retailer)
}

// testConcurrentClaim lets workers claim, look and release for a while: there is one holder at a time, and its fence is
// above all before.
func testConcurrentClaim(t *testing.T, s *store.Store) {
	t.Helper()
	const retailers, workers, rounds = 3, 8, 25
	type holding struct {
		sync.Mutex

		holder string
		fence  int64
	}
	held := map[ledger.RetailerID]*holding{}
	for i := range retailers {
		r := ledger.RetailerID(fmt.Sprintf("r-%d", i))
		held[r] = &holding{}
		start(t, s, r)
		record(t, s, r, at(1), sale("a"))
	}
	var claims atomic.Int64
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			owner := fmt.Sprintf("worker-%d", w)
			for range rounds {
				l, ok, err := s.Claim(within(t), owner, at(2), time.Hour)
				if err != nil {
					t.Error(err)
					return
				}
				if !ok {
					continue
				}
				claims.Add(1)
				h := held[l.Retailer]
				h.Lock()
				if h.holder != "" || l.Fence <= h.fence || l.Owner != owner {
					t.Errorf("%s has %+v, held by %q with fence %d", owner, l, h.holder, h.fence)
				}
				h.holder, h.fence = owner, l.Fence
				h.Unlock()
				if _, err := s.Extend(within(t), l, at(2), time.Hour); err != nil {
					t.Error(err)
				}
				h.Lock()
				h.holder = ""
				h.Unlock()
				if err := s.Release(within(t), l, at(2), store.Backoff{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if claims.Load() < retailers {
		t.Errorf("%d claims by %d workers", claims.Load(), workers)
	}
}

// testConcurrentEverything lets an engine, people and tills work on one retailer at once. Whatever happens, the data agree
// with themselves, every event is accounted for, and nobody waits for ever.
func testConcurrentEverything(t *testing.T, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	const tills, calls, size = 4, 8, 20
	var group sync.WaitGroup
	running := make(chan struct{})
	for till := range tills {
		group.Go(func() {
			for call := range calls {
				var events []ledger.Event
				for i := range size {
					events = append(events, sale(fmt.Sprintf("till-%d-%d-%d", till, call, i)))
				}
				if _, err := s.RecordEvents(within(t), retailer, caller, encoded(t, events...), at(call)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var others sync.WaitGroup
	for person := range 2 {
		others.Go(func() { meddle(t, s, person, running) })
	}
	others.Go(func() { work(t, s, running) })
	group.Wait()
	close(running)
	others.Wait()
	same(t, "total", got(s.Status(within(t), retailer))(t).Total, tills*calls*size)
	audited(t, s, retailer)
}

// meddle is a person who changes things all the time.
func meddle(t *testing.T, s *store.Store, person int, running <-chan struct{}) {
	t.Helper()
	ctx := within(t)
	for i := 0; ; i++ {
		select {
		case <-running:
			return
		default:
		}
		var err error
		switch (i + person) % 6 {
		case 0:
			_, _, err = putMapping(ctx, s, retailer, visa(), "2", caller, at(i))
		case 1:
			_, err = s.RetryEvents(ctx, retailer, store.Retry{Reason: ledger.ReasonNone}, caller, at(i))
		case 2:
			_, err = s.SkipEvents(ctx, retailer, ids("till-0-0-1", "till-1-0-1"), i%4 == 0, "", caller, at(i))
		case 3:
			_, err = deleteMapping(ctx, s, retailer, visa())
		case 4:
			_, err = s.ImportAccounts(ctx, retailer, realm, chart(), at(i))
		case 5:
			_, err = s.Status(ctx, retailer)
		}
		if err != nil {
			t.Errorf("step %d: %v", i, err)
			return
		}
	}
}
