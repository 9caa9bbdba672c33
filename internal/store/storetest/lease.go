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
		"Lease/HeadStart":       testHeadStart,
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

// testHeadStart: a retailer for whom an event comes in goes before those that wait with a backlog, but not before one that has
// waited for ten minutes. Its own backlog keeps its place meanwhile, unless it was served too.
func testHeadStart(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	const ahead, other = "ahead", "other"
	for i, r := range []ledger.RetailerID{other, ahead} {
		must(t, s.SaveConnection(ctx, r, connection(at(i))))
		record(t, s, r, at(5), sale("old"))
		must(t, s.StartSync(ctx, r, at(9+i)))
		got(s.StartBackfill(ctx, r, store.Past{}, nil, "", caller, at(10*(i+1))))(t)
	}
	for _, r := range []ledger.RetailerID{other, ahead} {
		l := claim(t, s, at(20))
		same(t, "whose turn it is", l.Retailer, r)
		must(t, s.Release(ctx, l, at(21), store.Backoff{}))
	}
	// An event is booked before the next in line is served, and the backlog of its retailer keeps its place.
	record(t, s, ahead, at(30), sale("a"))
	l := claim(t, s, at(30))
	same(t, "who goes ahead", l.Retailer, ahead)
	same(t, "its place", l.Place, at(21))
	park(t, s, l, at(30), store.Parked{Event: "a"})
	must(t, s.Release(ctx, l, at(31), store.Backoff{}))
	none(t, s, at(20))
	next := claim(t, s, at(31))
	l = claim(t, s, at(31))
	same(t, "places", next.Place.IsZero() && l.Place.IsZero(), true)
	must(t, s.Release(ctx, next, at(32), store.Backoff{}))
	must(t, s.Release(ctx, l, at(33), store.Backoff{}))
	none(t, s, at(31))
	// Who has served the backlog too stands at the end of the line.
	record(t, s, ahead, at(40), sale("b"))
	l = claim(t, s, at(40))
	same(t, "its place", l.Place.IsZero(), false)
	park(t, s, l, at(40), store.Parked{Event: "b"})
	l.Place = time.Time{}
	must(t, s.Release(ctx, l, at(52), store.Backoff{}))
	same(t, "who is left in line", claim(t, s, at(51)).Retailer, other)
	none(t, s, at(51))
	// What comes in while a turn ends goes ahead in the next.
	l = claim(t, s, at(52))
	record(t, s, ahead, at(53), sale("c"))
	must(t, s.Release(ctx, l, at(54), store.Backoff{}))
	l = claim(t, s, at(54))
	same(t, "its place", l.Place, at(54))
	same(t, "who goes ahead", l.Retailer, ahead)
	park(t, s, l, at(54), store.Parked{Event: "c"})
	must(t, s.Release(ctx, l, at(55), store.Backoff{}))
	// One that has waited for more than ten minutes is not passed: here because its lease has run out.
	record(t, s, ahead, at(750), sale("d"))
	same(t, "who is first", claim(t, s, at(750)).Retailer, other)
	same(t, "who is next", claim(t, s, at(750)).Retailer, ahead)
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
