package storetest

import (
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/store"
)

func callTests() tests {
	return tests{
		"Calls/Alone":     testCallsAlone,
		"Calls/Beside":    testCallsBeside,
		"Calls/Throttled": testCallsThrottled,
		"Calls/Elsewhere": testSentElsewhere,
	}
}

// call is a call of one of the servers.
func call(id, owner string) store.Call {
	return store.Call{Retailer: retailer, Realm: realm, ID: id, Owner: owner}
}

// begin begins a call under small limits, and returns how long it must wait.
func begin(t testing.TB, s *store.Store, c store.Call, now time.Time) time.Duration {
	t.Helper()
	alone, beside := store.CallLimits{PerMinute: 5, PerSecond: 3, Concurrent: 2}, store.CallLimits{PerMinute: 2, PerSecond: 1, Concurrent: 2}
	later := got(s.BeginCall(within(t), c, now, alone, beside))(t)
	if later.IsZero() {
		return 0
	}
	return later.Sub(now)
}

const (
	shortSpan = time.Second + 10*time.Millisecond
	longSpan  = time.Minute + 100*time.Millisecond
)

// testCallsAlone has two servers read while nobody posts.
func testCallsAlone(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	for _, c := range []store.Call{call("1", "a"), call("2", "b")} {
		same(t, "free", begin(t, s, c, at(0)), 0)
	}
	same(t, "two are under way", begin(t, s, call("3", "a"), at(0)), shortSpan)
	must(t, s.EndCall(ctx, call("1", "a"), at(1)))
	must(t, s.EndCall(ctx, call("2", "b"), at(1)))
	same(t, "free again", begin(t, s, call("3", "c"), at(1)), 0)
	must(t, s.EndCall(ctx, call("3", "c"), at(1)))
	same(t, "three within a second", begin(t, s, call("4", "a"), at(1)), shortSpan)
	for _, id := range []string{"4", "5"} {
		same(t, "a second later", begin(t, s, call(id, "a"), at(3)), 0)
		must(t, s.EndCall(ctx, call(id, "a"), at(3)))
	}
	same(t, "five within a minute", begin(t, s, call("6", "b"), at(11)), longSpan-10*time.Second)
	same(t, "another company", begin(t, s, store.Call{Retailer: retailer, Realm: "77", ID: "7", Owner: "a"}, at(11)), 0)
	same(t, "a minute later", begin(t, s, call("6", "b"), at(62)), 0)
	same(t, "of who died it does not count for ever", begin(t, s, call("8", "b"), at(62+131)), 0)

	start(t, s, retailer)
	record(t, s, retailer, at(199), sale("x"), sale("y"), sale("z"))
	l := claim(t, s, at(200))
	must(t, s.StoreRequests(ctx, l, at(200), []store.NewRequest{batch("q1", "x"), batch("q2", "y"), batch("q3", "z")}))
	must(t, s.Release(ctx, l, at(200), store.Backoff{}))
	same(t, "what was posted counts", begin(t, s, call("9", "a"), at(201)), shortSpan)
}

// testCallsBeside has two servers read while a third posts.
func testCallsBeside(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(0), sale("x"))
	same(t, "before", begin(t, s, call("0", "a"), at(0)), 0)
	must(t, s.EndCall(ctx, call("0", "a"), at(0)))
	l := claim(t, s, at(1))
	for _, id := range []string{"h1", "h2", "h3", "h4", "h5", "h6"} {
		same(t, "who posts is free", begin(t, s, call(id, worker), at(2)), 0)
	}
	same(t, "beside", begin(t, s, call("1", "a"), at(2)), 0)
	same(t, "another one", begin(t, s, call("2", "b"), at(2)), shortSpan)
	must(t, s.EndCall(ctx, call("1", "a"), at(4)))
	same(t, "within a second", begin(t, s, call("2", "b"), at(4)), shortSpan)
	same(t, "after it", begin(t, s, call("2", "b"), at(6)), 0)
	must(t, s.EndCall(ctx, call("2", "b"), at(6)))
	same(t, "two within a minute", begin(t, s, call("3", "a"), at(14)), longSpan-10*time.Second)

	must(t, s.Release(ctx, l, at(15), store.Backoff{}))
	record(t, s, retailer, at(15), sale("y"))
	l = claim(t, s, at(15))
	elsewhere := got(s.SentElsewhere(ctx, l, realm, l.Fence-1, at(15)))(t)
	same(t, "told with the next lease", elsewhere, store.Elsewhere{Calls: []time.Time{at(4), at(6)}})
	same(t, "and no more beside it", begin(t, s, call("3", "a"), at(15)), 0)
}

func testCallsThrottled(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	must(t, s.Throttle(ctx, retailer, at(60)))
	must(t, s.Throttle(ctx, retailer, at(50)))
	same(t, "silence", begin(t, s, call("1", "a"), at(10)), 50*time.Second)
	same(t, "its end", begin(t, s, call("1", "a"), at(60)), 0)
	record(t, s, retailer, at(0), sale("x"))
	l := claim(t, s, at(70))
	same(t, "told with the lease", got(s.SentElsewhere(ctx, l, realm, 0, at(70)))(t).ThrottledUntil, at(60))
}

// testSentElsewhere follows requests through the hands of several servers.
func testSentElsewhere(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(0), sale("x"), sale("y"), sale("z"))
	first := claim(t, s, at(1))
	same(t, "nothing", got(s.SentElsewhere(ctx, first, realm, -1, at(1)))(t), store.Elsewhere{})
	single := batch("single", "z")
	single.Kind = store.Single
	must(t, s.StoreRequests(ctx, first, at(2), []store.NewRequest{batch("lost", "x"), batch("done", "y"), single}))
	booked := func(q string, seconds int) store.Settlement {
		return store.Settlement{RequestID: q, Closed: true, Attempt: store.Attempt{At: at(seconds), Outcome: store.Booked}}
	}
	done := booked("done", 5)
	done.Items = []store.ItemResult{{Event: "y", Outcome: store.Booked, QuickBooksID: "1"}}
	unknown := store.Settlement{RequestID: "single", NextDue: at(9), Attempt: store.Attempt{At: at(6), Outcome: store.Unknown}}
	must(t, s.SettleMany(ctx, first, at(6), []store.Settlement{done, unknown}))

	second := claim(t, s, at(100).Add(-30*time.Second)) // the first died
	want := store.Elsewhere{Requests: []store.Sent{
		{Kind: store.Batch, EndedAt: at(5)},  // done
		{Kind: store.Batch, EndedAt: at(62)}, // nobody knows
		{Kind: store.Single, EndedAt: at(6)}, // answered with nothing; it is not under way
	}}
	same(t, "after a death", got(s.SentElsewhere(ctx, second, realm, -1, at(62)))(t), want)
	same(t, "who sent it itself knows", got(s.SentElsewhere(ctx, second, realm, first.Fence, at(62)))(t), store.Elsewhere{})
	same(t, "a minute later", got(s.SentElsewhere(ctx, second, realm, -1, at(100)))(t),
		store.Elsewhere{Requests: []store.Sent{{Kind: store.Batch, EndedAt: at(100)}}})
	same(t, "of another company", got(s.SentElsewhere(ctx, second, "77", -1, at(62)))(t), store.Elsewhere{})
	_, err := s.SentElsewhere(ctx, first, realm, -1, at(62))
	fails(t, "the first", err, store.ErrLeaseLost)

	must(t, s.MarkSent(ctx, second, at(101), "lost"))
	lost := booked("lost", 102)
	lost.Items = []store.ItemResult{{Event: "x", Outcome: store.Booked, QuickBooksID: "2"}}
	must(t, s.SettleMany(ctx, second, at(102), []store.Settlement{lost}))
	must(t, s.Release(ctx, second, at(103), store.Backoff{}))
	record(t, s, retailer, at(103), sale("a"))
	third := claim(t, s, at(104))
	want = store.Elsewhere{Requests: []store.Sent{
		{Kind: store.Batch, EndedAt: at(102)}, {Kind: store.Batch, EndedAt: at(101)}, // sent twice, and once nobody saw its end
	}}
	same(t, "both sends", got(s.SentElsewhere(ctx, third, realm, first.Fence, at(104)))(t), want)
}
