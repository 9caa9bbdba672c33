package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func wakeTests() tests {
	return tests{
		"Wake/ReleaseSeesWork": testReleaseSeesWork,
		"Wake/Backoff":         testBackoff,
		"Wake/EndPauses":       testEndPauses,
		"Wake/NeverLost":       testWakeNeverLost,
		"Wake/StartNeverLost":  testStartNeverLost,
	}
}

// testReleaseSeesWork releases with work of every sort left over.
func testReleaseSeesWork(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	release := func(l store.Lease, seconds int) {
		t.Helper()
		must(t, s.Release(ctx, l, at(seconds), store.Backoff{}))
	}
	record(t, s, retailer, at(1), sale("a"), sale("b"))
	release(claim(t, s, at(2)), 2)
	l := claim(t, s, at(2)) // pending events are due at once
	must(t, s.StoreRequests(ctx, l, at(3), []store.NewRequest{batch("q1", "a"), batch("q2", "b")}))
	release(l, 4)
	l = claim(t, s, at(4)) // requests just sent are due at once
	must(t, s.SettleMany(ctx, l, at(5), []store.Settlement{
		{RequestID: "q1", NextDue: at(50), Items: []store.ItemResult{item("a", store.Unknown)}},
		{RequestID: "q2", Closed: true, Items: []store.ItemResult{{Event: "b", Outcome: store.NotBooked, RetryAt: at(40)}}},
	}))
	release(l, 5)
	none(t, s, at(39))
	l = claim(t, s, at(40)) // the event that was turned away
	same(t, "pending", len(got(s.PendingEvents(ctx, l, at(40), 9, true))(t)), 1)
	park(t, s, l, at(40), store.Parked{Event: "b"})
	release(l, 40)
	none(t, s, at(49))
	must(t, s.PauseSync(ctx, retailer, at(49)))
	l = claim(t, s, at(50)) // the request, although sync is paused
	same(t, "open", len(got(s.OpenRequests(ctx, l, 9))(t)), 1)
	must(t, s.Settle(ctx, l, at(51), store.Settlement{
		RequestID: "q1", Closed: true, Items: []store.ItemResult{item("a", store.Booked)},
	}))
	release(l, 51)
	none(t, s, at(100_000))
}

func testBackoff(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(1))
	must(t, s.Release(ctx, l, at(2), store.Backoff{Until: at(60), Failures: 3, Problem: "no \x00answer\xff"}))
	status := got(s.Status(ctx, retailer))(t)
	same(t, "failures", status.Failures, 3)
	same(t, "problem", status.Problem, "no \uFFFDanswer\uFFFD")
	same(t, "retry", status.RetryAt, at(60))
	none(t, s, at(59))
	record(t, s, retailer, at(3), sale("b")) // new work does not end the backoff
	none(t, s, at(59))
	l = claim(t, s, at(60))
	same(t, "still known", got(s.Status(ctx, retailer))(t).Failures, 3)
	must(t, s.Release(ctx, l, at(61), store.Backoff{}))
	status = got(s.Status(ctx, retailer))(t)
	same(t, "failures", status.Failures, 0)
	same(t, "problem", status.Problem, "")
	same(t, "retry", status.RetryAt.IsZero(), true)
	// With nothing to do, nothing is planned, and what comes later waits for the end of the backoff.
	l = claim(t, s, at(61))
	park(t, s, l, at(61), store.Parked{Event: "a"}, store.Parked{Event: "b"})
	must(t, s.Release(ctx, l, at(62), store.Backoff{Until: at(120), Failures: 1, Problem: "no answer"}))
	none(t, s, at(1000))
	record(t, s, retailer, at(63), sale("c"))
	none(t, s, at(119))
	l = claim(t, s, at(120))
	must(t, s.Release(ctx, l, at(121), store.Backoff{Until: at(500), Failures: 2, Problem: "no answer"}))
	must(t, s.StartSync(ctx, retailer, at(122))) // a person says: now
	l = claim(t, s, at(122))
	must(t, s.Release(ctx, l, at(123), store.Backoff{Until: at(500), Failures: 2, Problem: "no answer"}))
	must(t, s.SaveConnection(ctx, retailer, connection(at(124)))) // connected again
	claim(t, s, at(124))
}

// testEndPauses: whose pause is ended is due at once, unless nothing waits for its end; nobody else is.
func testEndPauses(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	const waits, idle, other = "waits", "idle", "other"
	pause := store.Backoff{Until: at(500), Failures: 2, Problem: "no answer"}
	for _, r := range []ledger.RetailerID{waits, idle, other} {
		start(t, s, r)
		record(t, s, r, at(1), sale("a"))
		l := claim(t, s, at(1))
		same(t, "claimed", l.Retailer, r)
		if r == idle {
			park(t, s, l, at(1), store.Parked{Event: "a"})
		}
		must(t, s.Release(ctx, l, at(2), pause))
	}
	none(t, s, at(499))
	must(t, s.EndPauses(ctx, waits, idle, "unknown"))
	l := claim(t, s, at(3))
	same(t, "who goes on", l.Retailer, waits)
	same(t, "problem", got(s.Status(ctx, waits))(t).Problem, "")
	same(t, "problem of another", got(s.Status(ctx, other))(t).Problem, "no answer")
	none(t, s, at(4))
	record(t, s, idle, at(4), sale("b"))
	same(t, "whose pause does not hold up what comes later", claim(t, s, at(4)).Retailer, idle)
	none(t, s, at(5))
	must(t, s.EndPauses(ctx, waits)) // who has a lease and no pause: nothing changes
	must(t, s.Release(ctx, l, at(5), store.Backoff{}))
	same(t, "due", claim(t, s, at(5)).Retailer, waits)
	audited(t, s, waits)
}

// testWakeNeverLost records while an engine works and gives up: when all is quiet, no event is pending without work being
// planned for it.
func testWakeNeverLost(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	for round := range 30 {
		now := at(round)
		var group sync.WaitGroup
		for till := range 2 {
			group.Go(func() {
				events := encoded(t, sale(fmt.Sprintf("e-%d-%d", round, till)))
				if _, err := s.RecordEvents(ctx, retailer, caller, events, now); err != nil {
					t.Error(err)
				}
			})
		}
		group.Go(func() {
			for range 3 {
				l, ok, err := s.Claim(ctx, worker, now, leaseTTL)
				if err != nil {
					t.Error(err)
				}
				if ok {
					drain(t, s, l, round)
				}
			}
		})
		group.Wait()
		for {
			l, ok, err := s.Claim(ctx, worker, now, leaseTTL)
			must(t, err)
			if !ok {
				break
			}
			drain(t, s, l, round)
		}
		status := got(s.Status(ctx, retailer))(t)
		if !status.OldestUnsyncedAt.IsZero() {
			t.Fatalf("round %d: %+v are left, and no work is planned", round, status.Counts)
		}
	}
}

// drain parks all that is pending and releases the lease.
func drain(t *testing.T, s *store.Store, l store.Lease, round int) {
	t.Helper()
	ctx, now := within(t), at(round)
	pending, err := s.PendingEvents(ctx, l, now, 100, true)
	must(t, err)
	var parked []store.Parked
	for _, p := range pending {
		parked = append(parked, store.Parked{Event: p.Event.ID, Revision: 1})
	}
	park(t, s, l, now, parked...)
	must(t, s.Release(ctx, l, now, store.Backoff{}))
}

// testStartNeverLost starts sync while events are recorded: what is PENDING afterwards is planned.
func testStartNeverLost(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	for round := range 20 {
		r := ledger.RetailerID(fmt.Sprintf("r-%d", round))
		must(t, s.SaveConnection(ctx, r, connection(at(0))))
		l := claim(t, s, at(0))
		must(t, s.Release(ctx, l, at(0), store.Backoff{}))
		var group sync.WaitGroup
		group.Go(func() {
			for i := range 5 {
				if _, err := s.RecordEvents(ctx, r, caller, encoded(t, sale(fmt.Sprint(i))), at(1)); err != nil {
					t.Error(err)
				}
			}
		})
		group.Go(func() {
			if err := s.StartSync(ctx, r, at(1)); err != nil {
				t.Error(err)
			}
			if l, ok, err := s.Claim(ctx, worker, at(1), leaseTTL); err != nil {
				t.Error(err)
			} else if ok {
				drain(t, s, l, 1)
			}
		})
		group.Wait()
		if status := got(s.Status(ctx, r))(t); !status.OldestUnsyncedAt.IsZero() {
			drain(t, s, claim(t, s, at(1)), 1)
		}
		same(t, "left", got(s.Status(ctx, r))(t).OldestUnsyncedAt.IsZero(), true)
		must(t, s.Disconnect(ctx, r, at(2)))
	}
}
