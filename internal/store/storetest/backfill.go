package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func backfillTests() tests {
	return tests{
		"Backfill/Progress":        testBackfillProgress,
		"Backfill/One":             testBackfillOne,
		"Backfill/Pause":           testBackfillPause,
		"Backfill/Cancel":          testBackfillCancel,
		"Backfill/Reopen":          testBackfillReopen,
		"Backfill/Changes":         testBackfillChanges,
		"Backfill/Pace":            testBackfillPace,
		"Backfill/History":         testBackfillHistory,
		"Backfill/InterruptedTwin": testBackfillInterrupted,
		"Concurrency/Backfill":     testBackfillConcurrently,
	}
}

// startBackfill starts a backfill of all dates.
func startBackfill(t testing.TB, s *store.Store, seconds int) store.Backfill {
	t.Helper()
	return got(s.StartBackfill(within(t), retailer, store.Past{}, nil, "", caller, at(seconds)))(t)
}

// backfill starts one of all dates and releases all of it.
func backfill(t testing.TB, s *store.Store, l store.Lease, seconds int) store.Backfill {
	t.Helper()
	b := startBackfill(t, s, seconds)
	same(t, "released", got(s.ReleasePast(within(t), l, at(seconds), 10_000))(t), int(b.Unreleased))
	return got(s.Backfill(within(t), retailer, b.ID))(t)
}

// progress fails the test unless a backfill stands as wanted, and the data agree with themselves.
func progress(t testing.TB, s *store.Store, what string, id int64, state store.BackfillState, want store.Progress) {
	t.Helper()
	b := got(s.Backfill(within(t), retailer, id))(t)
	same(t, what, b.Progress, want)
	same(t, what+": state", b.State, state)
	same(t, what+": ended", b.EndedAt.IsZero(), state == store.BackfillRunning || state == store.BackfillPaused)
	audited(t, s, retailer)
}

// pastSales records sales before sync is started: past-0 on 2026-11-01, past-1 on the day after, and so on.
func pastSales(t testing.TB, s *store.Store, n int) {
	t.Helper()
	events := make([]ledger.Event, 0, n)
	for i := range n {
		events = append(events, on(fmt.Sprintf("past-%d", i), ledger.Date(fmt.Sprintf("2026-11-%02d", 1+i%28))))
	}
	record(t, s, retailer, at(0), events...)
	start(t, s, retailer)
}

// postPast sends events in a request of their own and settles them.
func postPast(t testing.TB, s *store.Store, l store.Lease, seconds int, request string, outcome store.Outcome, list ...string) {
	t.Helper()
	must(t, s.StoreRequests(within(t), l, at(seconds), []store.NewRequest{batch(request, ids(list...)...)}))
	settlement := store.Settlement{RequestID: request, Closed: true}
	for _, id := range list {
		settlement.Items = append(settlement.Items, item(ledger.EventID(id), outcome))
	}
	must(t, s.Settle(within(t), l, at(seconds), settlement))
}

// testBackfillProgress goes through all that can become of past events; they are released oldest business date first.
func testBackfillProgress(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	pastSales(t, s, 7)
	b := startBackfill(t, s, 1)
	same(t, "started", b, store.Backfill{
		ID: 1, State: store.BackfillRunning, StartedAt: at(1), StartedBy: caller, Progress: store.Progress{Unreleased: 7},
		Pace: []store.PaceSpan{},
	})
	same(t, "status", *got(s.Status(ctx, retailer))(t).Backfill, b)
	l := claim(t, s, at(1))
	same(t, "released", got(s.ReleasePast(ctx, l, at(2), 5))(t), 5)
	same(t, "the oldest", state(t, s, retailer, "past-4"), ledger.StatePending)
	same(t, "the next", state(t, s, retailer, "past-5"), ledger.StateNeverSynced)
	progress(t, s, "released", 1, store.BackfillRunning, store.Progress{Unreleased: 2, Pending: 5})
	postPast(t, s, l, 3, "q1", store.Booked, "past-0", "past-1")
	postPast(t, s, l, 3, "q2", store.NotBooked, "past-2")
	park(t, s, l, at(3), store.Parked{Event: "past-2", Problem: unmapped(visa())}, store.Parked{Event: "past-3"})
	postPast(t, s, l, 3, "q3", store.Refused, "past-4")
	progress(t, s, "settled", 1, store.BackfillRunning, store.Progress{Unreleased: 2, Booked: 2, Attention: 2, Skipped: 1})
	same(t, "the rest", got(s.ReleasePast(ctx, l, at(4), 5))(t), 2)
	same(t, "no more", got(s.ReleasePast(ctx, l, at(4), 5))(t), 0)
	got(s.SkipEvents(ctx, retailer, ids("past-5"), false, "", caller, at(4)))(t)
	postPast(t, s, l, 5, "q4", store.Booked, "past-6")
	progress(t, s, "done", 1, store.BackfillDone, store.Progress{Booked: 3, Attention: 2, Skipped: 2})
	same(t, "ended", got(s.Backfill(ctx, retailer, 1))(t).EndedAt, at(5))
	same(t, "status", got(s.Status(ctx, retailer))(t).Backfill, nil)
}

// testBackfillOne refuses a second one while the first is unfinished.
func testBackfillOne(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	pastSales(t, s, 3)
	none := got(s.StartBackfill(ctx, retailer, store.Past{From: "2026-12-01"}, nil, "", caller, at(1)))(t)
	same(t, "without events", none, store.Backfill{})
	first := store.Past{To: "2026-11-02"}
	b := got(s.StartBackfill(ctx, retailer, first, nil, "", caller, at(1)))(t)
	same(t, "again", got(s.StartBackfill(ctx, retailer, first, nil, "", "someone", at(2)))(t), b)
	for what, other := range map[string]struct {
		dates store.Past
		skip  []ledger.EventID
	}{"dates": {store.Past{}, nil}, "skips": {first, ids("past-0")}} {
		_, err := s.StartBackfill(ctx, retailer, other.dates, other.skip, "", caller, at(2))
		unfinished, ok := errors.AsType[*store.BackfillUnfinishedError](err)
		if !ok || unfinished.ID != b.ID {
			t.Errorf("other %s: %v", what, err)
		}
	}
	l := claim(t, s, at(2))
	same(t, "released", got(s.ReleasePast(ctx, l, at(2), 9))(t), 2)
	postPast(t, s, l, 3, "q1", store.Booked, "past-0", "past-1")
	same(t, "the next", startBackfill(t, s, 4).ID, b.ID+1)
	progress(t, s, "the next", 2, store.BackfillRunning, store.Progress{Unreleased: 1})
}

// testBackfillPause holds back past events, released or not, and nothing else.
func testBackfillPause(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	pastSales(t, s, 4)
	b := startBackfill(t, s, 1)
	l := claim(t, s, at(1))
	same(t, "released", got(s.ReleasePast(ctx, l, at(1), 3))(t), 3)
	must(t, s.StoreRequests(ctx, l, at(1), []store.NewRequest{batch("q1", "past-0")}))
	park(t, s, l, at(1), store.Parked{Event: "past-1", Problem: unmapped(visa())})
	paused := got(s.PauseBackfill(ctx, retailer, b.ID, "ann", at(2)))(t)
	same(t, "state", paused.State, store.BackfillPaused)
	same(t, "by", paused.ChangedBy, "ann")
	same(t, "again", got(s.PauseBackfill(ctx, retailer, b.ID, "bob", at(3)))(t), paused)
	same(t, "released", got(s.ReleasePast(ctx, l, at(3), 3))(t), 0)
	same(t, "pending", len(got(s.PendingEvents(ctx, l, at(3), 9, true))(t)), 0)
	_, released, err := putMapping(ctx, s, retailer, visa(), "2", caller, at(3))
	must(t, err)
	same(t, "mapped", released, 1)
	must(t, s.Settle(ctx, l, at(4), store.Settlement{
		RequestID: "q1", Closed: true, Items: []store.ItemResult{item("past-0", store.Booked)},
	}))
	must(t, s.Release(ctx, l, at(4), store.Backoff{}))
	none(t, s, at(100_000))
	record(t, s, retailer, at(5), sale("live"))
	l = claim(t, s, at(5))
	same(t, "pending", onlyPending(t, s, l, 5).Event.ID, "live")
	park(t, s, l, at(5), store.Parked{Event: "live"})
	must(t, s.Release(ctx, l, at(5), store.Backoff{}))
	progress(t, s, "paused", b.ID, store.BackfillPaused, store.Progress{Unreleased: 1, Pending: 2, Booked: 1})
	same(t, "resumed", got(s.ResumeBackfill(ctx, retailer, b.ID, "bob", at(6)))(t).ChangedBy, "bob")
	l = claim(t, s, at(6))
	same(t, "pending", len(got(s.PendingEvents(ctx, l, at(6), 9, true))(t)), 2)
	must(t, s.Release(ctx, l, at(6), store.Backoff{}))
	l = claim(t, s, at(6))
	park(t, s, l, at(6), store.Parked{Event: "past-1"}, store.Parked{Event: "past-2"})
	must(t, s.Release(ctx, l, at(6), store.Backoff{}))
	l = claim(t, s, at(6)) // what is not released is work, too
	same(t, "released", got(s.ReleasePast(ctx, l, at(6), 3))(t), 1)
	park(t, s, l, at(7), store.Parked{Event: "past-3"})
	progress(t, s, "done", b.ID, store.BackfillDone, store.Progress{Booked: 1, Skipped: 3})
	_, err = s.PauseBackfill(ctx, retailer, b.ID, caller, at(8))
	fails(t, "pause", err, store.ErrBackfillEnded)
	_, err = s.ResumeBackfill(ctx, retailer, b.ID, caller, at(8))
	fails(t, "resume", err, store.ErrBackfillEnded)
	_, err = s.CancelBackfill(ctx, retailer, b.ID, caller, at(8))
	fails(t, "cancel", err, store.ErrBackfillEnded)
	_, err = s.PauseBackfill(ctx, retailer, 99, caller, at(8))
	fails(t, "unknown", err, store.ErrNotFound)
}

// testBackfillCancel gives back what was not posted; what is under way is settled.
func testBackfillCancel(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	pastSales(t, s, 6)
	b := startBackfill(t, s, 1)
	l := claim(t, s, at(1))
	same(t, "released", got(s.ReleasePast(ctx, l, at(1), 4))(t), 4)
	must(t, s.StoreRequests(ctx, l, at(1), []store.NewRequest{batch("q1", "past-0")}))
	park(t, s, l, at(1), store.Parked{Event: "past-1", Problem: unmapped(visa())})
	cancelled := got(s.CancelBackfill(ctx, retailer, b.ID, "ann", at(2)))(t)
	same(t, "cancelled", cancelled.Progress, store.Progress{Unreleased: 4, Pending: 1, Attention: 1})
	same(t, "again", got(s.CancelBackfill(ctx, retailer, b.ID, "bob", at(3)))(t), cancelled)
	same(t, "given back", state(t, s, retailer, "past-2"), ledger.StateNeverSynced)
	same(t, "not due", got(s.Event(ctx, retailer, "past-2"))(t).DueAt.IsZero(), true)
	same(t, "past", past(t, s, "", "").Counts[0].N, 4)
	same(t, "released", got(s.ReleasePast(ctx, l, at(3), 9))(t), 0)
	must(t, s.Settle(ctx, l, at(4), store.Settlement{
		RequestID: "q1", Closed: true, Items: []store.ItemResult{item("past-0", store.Booked)},
	}))
	next := startBackfill(t, s, 5)
	same(t, "the next", next.Progress, store.Progress{Unreleased: 4})
	_, released, err := putMapping(ctx, s, retailer, visa(), "2", caller, at(6))
	must(t, err)
	same(t, "mapped", released, 1)
	progress(t, s, "cancelled", b.ID, store.BackfillCancelled, store.Progress{Unreleased: 4, Pending: 1, Booked: 1})
	progress(t, s, "the next", next.ID, store.BackfillRunning, store.Progress{Unreleased: 4})
}

// testBackfillReopen maps what a backfill waited for after it was done: it runs again, behind the live events.
func testBackfillReopen(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	pastSales(t, s, 2)
	l := claim(t, s, at(1))
	b := backfill(t, s, l, 1)
	park(t, s, l, at(2), store.Parked{Event: "past-0", Problem: unmapped(visa())}, store.Parked{Event: "past-1"})
	progress(t, s, "done", b.ID, store.BackfillDone, store.Progress{Attention: 1, Skipped: 1})
	record(t, s, retailer, at(3), sale("live"))
	_, _, err := putMapping(ctx, s, retailer, visa(), "2", caller, at(3))
	must(t, err)
	progress(t, s, "again", b.ID, store.BackfillRunning, store.Progress{Pending: 1, Skipped: 1})
	same(t, "first", got(s.PendingEvents(ctx, l, at(4), 9, true))(t)[0].Event.ID, "live")
	got(s.PauseBackfill(ctx, retailer, b.ID, caller, at(4)))(t)
	same(t, "paused", onlyPending(t, s, l, 4).Event.ID, "live")
	got(s.ResumeBackfill(ctx, retailer, b.ID, caller, at(4)))(t)
	postPast(t, s, l, 5, "q1", store.Booked, "past-0")
	progress(t, s, "done again", b.ID, store.BackfillDone, store.Progress{Booked: 1, Skipped: 1})
}

// testBackfillChanges skips and revises past events while they wait their turn, and after it.
func testBackfillChanges(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	pastSales(t, s, 8)
	record(t, s, retailer, at(1), sale("live"))
	b := got(s.StartBackfill(ctx, retailer, store.Past{From: "2026-11-02", To: "2026-11-07"}, nil, "", caller, at(1)))(t)
	same(t, "started", b.Progress, store.Progress{Unreleased: 6}) // past-1 to past-6
	l := claim(t, s, at(1))
	same(t, "released", got(s.ReleasePast(ctx, l, at(1), 2))(t), 2)
	got(s.SkipEvents(ctx, retailer, ids("past-0", "past-3", "live"), false, "", caller, at(2)))(t)
	progress(t, s, "skipped", b.ID, store.BackfillRunning, store.Progress{Unreleased: 3, Pending: 2})
	move := func(id string, date ledger.Date, revision int32) {
		t.Helper()
		record(t, s, retailer, at(int(revision)), revised(on(id, date), revision))
	}
	move("past-7", "2026-11-02", 2) // into the dates, before what was released
	move("past-4", "2026-12-01", 2) // out of them
	move("past-5", "2026-11-07", 2) // within them
	progress(t, s, "moved", b.ID, store.BackfillRunning, store.Progress{Unreleased: 3, Pending: 2})
	postPast(t, s, l, 3, "q1", store.Booked, "past-1")
	move("past-1", "2026-11-02", 4) // booked: stays counted, and its revision is a live event
	move("past-2", "2026-11-03", 4) // not booked: leaves
	progress(t, s, "revised", b.ID, store.BackfillRunning, store.Progress{Unreleased: 3, Booked: 1})
	for _, want := range []int{2, 1, 0} {
		same(t, "released", got(s.ReleasePast(ctx, l, at(5), 2))(t), want)
	}
	progress(t, s, "released", b.ID, store.BackfillRunning, store.Progress{Pending: 3, Booked: 1})
	got(s.PauseBackfill(ctx, retailer, b.ID, caller, at(6)))(t)
	var live []ledger.EventID
	for _, p := range got(s.PendingEvents(ctx, l, at(6), 9, true))(t) {
		live = append(live, p.Event.ID)
	}
	same(t, "live", live, ids("past-1", "past-2"))
	got(s.SkipEvents(ctx, retailer, ids("past-5", "past-6", "past-7"), false, "", caller, at(7)))(t)
	progress(t, s, "done while paused", b.ID, store.BackfillDone, store.Progress{Booked: 1, Skipped: 3})
	got(s.SkipEvents(ctx, retailer, ids("past-5"), true, "", caller, at(8)))(t)
	progress(t, s, "unskipped", b.ID, store.BackfillRunning, store.Progress{Pending: 1, Booked: 1, Skipped: 2})
}

// testBackfillPace remembers what was settled in the last ten minutes, and only since the last pause.
func testBackfillPace(t *testing.T, s *store.Store) {
	t.Helper()
	pastSales(t, s, 9)
	l := claim(t, s, at(1))
	b := backfill(t, s, l, 1)
	pace := func() []store.PaceSpan { return got(s.Backfill(within(t), retailer, b.ID))(t).Pace }
	span := func(seconds, n int) store.PaceSpan {
		return store.PaceSpan{At: at(seconds).Truncate(store.PaceLength), Settled: int64(n)}
	}
	same(t, "at first", pace(), []store.PaceSpan{})
	park(t, s, l, at(2), store.Parked{Event: "past-0"})
	postPast(t, s, l, 3, "q1", store.Booked, "past-1", "past-2")
	postPast(t, s, l, 12, "q2", store.Refused, "past-3")
	record(t, s, retailer, at(12), sale("live"))
	postPast(t, s, l, 13, "q3", store.Booked, "live")
	same(t, "pace", pace(), []store.PaceSpan{span(2, 3), span(12, 1)})
	later := int(store.PaceMemory.Seconds()) + 2
	postPast(t, s, l, later, "q4", store.Booked, "past-4")
	same(t, "later", pace(), []store.PaceSpan{span(12, 1), span(later, 1)})
	must(t, s.PauseSync(within(t), retailer, at(later)))
	must(t, s.StartSync(within(t), retailer, at(later)))
	same(t, "after a pause of sync", pace(), []store.PaceSpan{})
	postPast(t, s, l, later, "q5", store.Booked, "past-5")
	got(s.PauseBackfill(within(t), retailer, b.ID, caller, at(later)))(t)
	got(s.ResumeBackfill(within(t), retailer, b.ID, caller, at(later)))(t)
	same(t, "after a pause", pace(), []store.PaceSpan{})
}

// testBackfillHistory lists them, newest first.
func testBackfillHistory(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	pastSales(t, s, 5)
	for i := range 5 {
		day := ledger.Date(fmt.Sprintf("2026-11-%02d", 1+i))
		b := got(s.StartBackfill(ctx, retailer, store.Past{From: day, To: day}, nil, "", caller, at(i)))(t)
		if i < 4 {
			got(s.CancelBackfill(ctx, retailer, b.ID, caller, at(i)))(t)
		}
	}
	var have []int64
	cursor := ""
	for {
		page, next, err := s.Backfills(ctx, retailer, 2, cursor)
		must(t, err)
		for _, b := range page {
			have = append(have, b.ID)
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	same(t, "all", have, []int64{5, 4, 3, 2, 1})
	same(t, "of another", len(got2(s.Backfills(ctx, "other", 9, ""))(t)), 0)
	_, _, err := s.Backfills(ctx, retailer, 2, "x")
	fails(t, "cursor", err, store.ErrCursor)
	_, err = s.Backfill(ctx, "other", 1)
	fails(t, "of another", err, store.ErrNotFound)
}

// testBackfillInterrupted takes the lease away from a worker between any two chunks, as when its process is killed, and lets
// the next go on: every event is released once, none is lost, and the old worker can release nothing.
func testBackfillInterrupted(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	const n, chunk = 120, 9
	pastSales(t, s, n)
	b := startBackfill(t, s, 1)
	seen := map[ledger.EventID]int{}
	released := 0
	for round := 0; released < n; round++ {
		l := claim(t, s, at(2+round*3600))
		released += got(s.ReleasePast(ctx, l, at(2+round*3600), chunk))(t)
		progress(t, s, "between chunks", b.ID, store.BackfillRunning,
			store.Progress{Unreleased: int64(n - released), Pending: int64(released)})
		heir, ok, err := s.Claim(ctx, "heir", at(2+round*3600).Add(2*leaseTTL), leaseTTL)
		must(t, err)
		same(t, "taken over", ok, true)
		_, err = s.ReleasePast(ctx, l, at(2+round*3600).Add(2*leaseTTL), chunk)
		fails(t, "the old worker", err, store.ErrLeaseLost)
		must(t, s.Release(ctx, heir, at(2+round*3600).Add(2*leaseTTL), store.Backoff{}))
	}
	l := claim(t, s, at(1_000_000))
	for _, p := range got(s.PendingEvents(ctx, l, at(1_000_000), 2*n, true))(t) {
		seen[p.Event.ID]++
		same(t, "history", len(got(s.Event(ctx, retailer, p.Event.ID))(t).Changes), 1)
	}
	same(t, "pending", len(seen), n)
}

// testBackfillConcurrently releases, records, skips, pauses and posts at once.
func testBackfillConcurrently(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	const n = 300
	pastSales(t, s, n)
	b := startBackfill(t, s, 1)
	l, _, err := s.Claim(ctx, worker, at(1), 1000*time.Hour)
	must(t, err)
	together(t,
		func(i int) error {
			_, err := s.RecordEvents(ctx, retailer, caller, encoded(t, sale(fmt.Sprintf("live-%d", i)),
				revised(on(fmt.Sprintf("past-%d", i*7), "2026-11-01"), 2)), at(2))
			return err
		},
		func(i int) error {
			_, err := s.SkipEvents(ctx, retailer, ids(fmt.Sprintf("past-%d", n-1-i*5)), false, "", caller, at(2))
			return err
		},
		func(i int) error {
			if i%2 == 0 {
				_, err := s.PauseBackfill(ctx, retailer, b.ID, caller, at(2))
				return err
			}
			_, err := s.ResumeBackfill(ctx, retailer, b.ID, caller, at(2))
			return err
		},
		func(int) error {
			_, err := s.ReleasePast(ctx, l, at(2), 20)
			return err
		},
		func(i int) error { return workOnce(t, s, l, i) },
	)
	audited(t, s, retailer)
	got(s.ResumeBackfill(ctx, retailer, b.ID, caller, at(3)))(t)
	for got(s.ReleasePast(ctx, l, at(3), 50))(t) > 0 {
		audited(t, s, retailer)
	}
	same(t, "unreleased", got(s.Backfill(ctx, retailer, b.ID))(t).Unreleased, 0)
	same(t, "never synced", past(t, s, "", ""), pastEvents{Counts: []store.PastCount{}})
	audited(t, s, retailer)
}

// together takes twenty steps of each kind, the kinds side by side.
func together(t *testing.T, kinds ...func(int) error) {
	t.Helper()
	var group sync.WaitGroup
	for _, step := range kinds {
		group.Go(func() {
			for i := range 20 {
				if err := step(i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}
