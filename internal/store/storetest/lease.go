package storetest

import (
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func leaseTests() tests {
	return tests{
		"Lease/ClaimAndRelease": testLease,
		"Lease/Order":           testLeaseOrder,
		"Lease/Expiry":          testLeaseExpiry,
		"Lease/Fencing":         testLeaseFencing,
		"Lease/Unclaimable":     testLeaseUnclaimable,
		"Lease/NextDue":         testNextDue,
	}
}

// none fails the test when there is something to claim.
func none(t testing.TB, s *store.Store, now time.Time) {
	t.Helper()
	if l, ok, err := s.Claim(within(t), "someone", now, leaseTTL); err != nil || ok {
		t.Errorf("claimed %+v, %v, %v", l, ok, err)
	}
}

func testLease(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	none(t, s, at(1))
	start(t, s, retailer)
	l := claim(t, s, at(1))
	same(t, "lease", l, store.Lease{Retailer: retailer, Owner: worker, Fence: 1, Until: at(1).Add(leaseTTL)})
	none(t, s, at(2))
	l = got(s.Extend(ctx, l, at(30), leaseTTL))(t)
	same(t, "extended", l.Until, at(30).Add(leaseTTL))
	none(t, s, at(89))
	must(t, s.Release(ctx, l, at(31), store.Backoff{}))
	none(t, s, at(1000))
	fails(t, "released twice", s.Release(ctx, l, at(31), store.Backoff{}), store.ErrLeaseLost)
	record(t, s, retailer, at(40), sale("a"))
	l = claim(t, s, at(40))
	same(t, "fence", l.Fence, 2)
}

func testLeaseOrder(t *testing.T, s *store.Store) {
	t.Helper()
	for i, r := range []ledger.RetailerID{"second", "first", "third"} {
		c := connection(at(i))
		must(t, s.SaveConnection(within(t), r, c))
		must(t, s.StartSync(within(t), r, at([]int{20, 10, 30}[i])))
	}
	none(t, s, at(9))
	for _, want := range []ledger.RetailerID{"first", "second", "third"} {
		same(t, "claimed", claim(t, s, at(30)).Retailer, want)
	}
	none(t, s, at(30))
}

func testLeaseExpiry(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	old := claim(t, s, at(1))
	// Nobody has taken it over: a late holder is still the only one.
	late := at(1).Add(2 * leaseTTL)
	must(t, s.StoreRequests(ctx, old, late, []store.NewRequest{batch("q", "a")}))
	next := claim(t, s, late)
	same(t, "fence", next.Fence, old.Fence+1)
	same(t, "the request is handed over", len(got(s.OpenRequests(ctx, next, 9))(t)), 1)
	_, err := s.Extend(ctx, old, late, leaseTTL)
	fails(t, "extend", err, store.ErrLeaseLost)
}

// testLeaseFencing lets the holder of a lost lease try everything.
func testLeaseFencing(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"))
	lost := claim(t, s, at(1))
	must(t, s.StoreRequests(ctx, lost, at(2), []store.NewRequest{batch("q", "a")}))
	present := claim(t, s, at(1).Add(leaseTTL))
	thief := present
	thief.Owner = "thief"
	before := got(s.Status(ctx, retailer))(t)
	version := got(s.BooksVersion(ctx, retailer))(t)
	for _, l := range []store.Lease{lost, thief, {Retailer: "unknown", Owner: worker, Fence: 1}, {}} {
		_, err := s.OpenRequests(ctx, l, 9)
		fails(t, "open requests", err, store.ErrLeaseLost)
		_, err = s.PendingEvents(ctx, l, at(3), 9, true)
		fails(t, "pending events", err, store.ErrLeaseLost)
		_, err = s.Extend(ctx, l, at(3), leaseTTL)
		fails(t, "extend", err, store.ErrLeaseLost)
		fails(t, "release", s.Release(ctx, l, at(3), store.Backoff{}), store.ErrLeaseLost)
		fails(t, "mark sent", s.MarkSent(ctx, l, at(3), "q"), store.ErrLeaseLost)
		fails(t, "park", s.Park(ctx, l, at(3), version, []store.Parked{{Event: "b"}}), store.ErrLeaseLost)
		fails(t, "store", s.StoreRequests(ctx, l, at(3), []store.NewRequest{batch("r", "b")}), store.ErrLeaseLost)
		fails(t, "settle", s.Settle(ctx, l, at(3), store.Settlement{
			RequestID: "q", Closed: true, Items: []store.ItemResult{item("a", store.Booked)},
		}), store.ErrLeaseLost)
	}
	same(t, "status", got(s.Status(ctx, retailer))(t), before)
	open := got(s.OpenRequests(ctx, present, 9))(t)
	same(t, "sends", open[0].Sends, 1)
	audited(t, s, retailer)
}

// testLeaseUnclaimable keeps retailers that cannot be worked for out of the way of those that can.
func testLeaseUnclaimable(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	record(t, s, "never connected", at(1), sale("a"))
	connect(t, s, "never started")
	l := claim(t, s, at(1))
	must(t, s.Release(ctx, l, at(1), store.Backoff{}))
	record(t, s, "never started", at(1), sale("a"))
	for _, r := range []ledger.RetailerID{"paused", "disconnected", "lost"} {
		start(t, s, r)
		must(t, s.Release(ctx, claim(t, s, at(1)), at(1), store.Backoff{}))
	}
	must(t, s.PauseSync(ctx, "paused", at(2)))
	must(t, s.Disconnect(ctx, "disconnected", at(2)))
	same(t, "lost", got(s.LoseAuthorization(ctx, "lost", 1, "", "revoked", at(2)))(t), true)
	for _, r := range []ledger.RetailerID{"paused", "disconnected", "lost"} {
		record(t, s, r, at(3), sale("a"))
	}
	none(t, s, at(1000))
	if due, ok, err := s.NextDue(ctx); err != nil || ok {
		t.Errorf("planned at %v, %v, %v", due, ok, err)
	}
	start(t, s, "good")
	same(t, "claimed", claim(t, s, at(4)).Retailer, "good")
	none(t, s, at(4))
	must(t, s.StartSync(ctx, "paused", at(5)))
	same(t, "claimed", claim(t, s, at(5)).Retailer, "paused")
	must(t, s.SaveConnection(ctx, "lost", connection(at(5))))
	same(t, "claimed", claim(t, s, at(5)).Retailer, "lost")
}

func testNextDue(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	next := func() time.Time {
		due, _, err := s.NextDue(ctx)
		must(t, err)
		return due
	}
	same(t, "nothing", next().IsZero(), true)
	start(t, s, "a")
	must(t, s.SaveConnection(ctx, "b", connection(at(10))))
	must(t, s.StartSync(ctx, "b", at(10)))
	same(t, "earliest", next(), origin())
	l := claim(t, s, at(0))
	same(t, "the other", next(), at(10))
	claim(t, s, at(20))
	same(t, "the first lease to end", next(), at(0).Add(leaseTTL))
	must(t, s.Release(ctx, l, at(20), store.Backoff{}))
	same(t, "the second lease to end", next(), at(20).Add(leaseTTL))
}
