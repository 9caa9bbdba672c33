package storetest

import (
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func standingTests() tests {
	return tests{
		"Standing/Processing": testRevisionWhileProcessing,
		"Standing/Steps":      testStandingSteps,
		"Standing/Update":     testStandingUpdate,
		"Standing/Park":       testStandingPark,
		"Standing/Requests":   testStandingRequests,
	}
}

// post sends one entry of an event and settles it as booked under an id.
func post(t testing.TB, s *store.Store, l store.Lease, seconds int, i store.Item, quickBooksID, syncToken string) {
	t.Helper()
	id := fmt.Sprintf("q-%d", seconds)
	must(t, s.StoreRequests(within(t), l, at(seconds), []store.NewRequest{
		{ID: id, Realm: realm, Kind: store.Single, Body: []byte(id), Items: []store.Item{i}},
	}))
	must(t, s.Settle(within(t), l, at(seconds), store.Settlement{
		RequestID: id, Closed: true, Attempt: store.Attempt{At: at(seconds), Outcome: store.Booked},
		Items: []store.ItemResult{{Event: i.Event, Outcome: store.Booked, QuickBooksID: quickBooksID, SyncToken: syncToken}},
	}))
}

// numberedEntry is an entry with a number of its own.
func numberedEntry(id ledger.EventID, number string) ledger.Entry {
	e := entry(id)
	e.DocNumber = number
	return e
}

func booked(e ledger.Entry, quickBooksID, syncToken string) ledger.Booked {
	return ledger.Booked{Entry: e, QuickBooksID: quickBooksID, SyncToken: syncToken}
}

// onlyPending is the one event that is pending.
func onlyPending(t testing.TB, s *store.Store, l store.Lease, seconds int) store.PendingEvent {
	t.Helper()
	pending := got(s.PendingEvents(within(t), l, at(seconds), 9, true))(t)
	if len(pending) != 1 {
		t.Fatalf("%d events are pending", len(pending))
	}
	return pending[0]
}

// testRevisionWhileProcessing records a later revision of what is being sent: whatever the outcome, the event goes on.
func testRevisionWhileProcessing(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	const n = 5
	var sent []ledger.EventID
	var settlement []store.ItemResult
	for outcome := store.Booked; outcome <= store.NotFound; outcome++ {
		id := fmt.Sprintf("e-%d", outcome)
		sent = append(sent, ledger.EventID(id))
		record(t, s, retailer, at(1), sale(id))
		result := item(ledger.EventID(id), outcome)
		if outcome == store.Refused {
			result.Problem = unmapped(visa(), shoes())
		}
		if outcome == store.NotBooked {
			result.RetryAt = at(60)
		}
		settlement = append(settlement, result)
	}
	l := claim(t, s, at(1))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q", sent...)}))
	for _, id := range sent {
		same(t, "revised", record(t, s, retailer, at(3), revised(sale(string(id)), 2)), []store.RecordResult{
			{Status: store.Accepted, State: ledger.StateProcessing, RecordedAt: at(1)},
		})
	}
	audited(t, s, retailer)
	same(t, "items", got(s.OpenRequests(ctx, l, 9))(t)[0].Items, batch("q", sent...).Items)
	must(t, s.Settle(ctx, l, at(4), store.Settlement{RequestID: "q", Items: settlement}))
	audited(t, s, retailer)
	for i, id := range sent {
		detail := got(s.Event(ctx, retailer, id))(t)
		want, due, posted, tries := ledger.StatePending, at(4), int32(0), 0
		switch outcome := settlement[i].Outcome; outcome {
		case store.Booked:
			posted = 1
		case store.Unknown:
			want, due = ledger.StateProcessing, detail.DueAt
		case store.NotBooked:
			due, tries = at(60), 1
		case store.Refused, store.NotFound:
			tries = 1
		}
		same(t, string(id), detail.State, want)
		same(t, string(id)+" due", detail.DueAt, due)
		same(t, string(id)+" problem", detail.Problem, nil)
		same(t, string(id)+" reason", detail.Reason, 0)
		same(t, string(id)+" posted", detail.PostedRevision, posted)
		same(t, string(id)+" tries", detail.Tries, tries)
		same(t, string(id)+" changes", len(detail.Changes), 1) // of the revision; it never waited for anyone
		same(t, string(id)+" revision", detail.Event.Revision, 2)
	}
	must(t, s.Settle(ctx, l, at(5), store.Settlement{
		RequestID: "q", Closed: true, Items: []store.ItemResult{item("e-3", store.Booked)},
	}))
	audited(t, s, retailer)
	same(t, "pending", len(got(s.PendingEvents(ctx, l, at(60), 9, true))(t)), n)
	first := got(s.PendingEvents(ctx, l, at(60), 1, true))(t)[0]
	same(t, "standing", first.Standing, ledger.Standing{Booked: []ledger.Booked{booked(entry("e-1"), "qb-e-1", "0")}})
}

// testStandingSteps takes an event through two revisions, the second in two entries.
func testStandingSteps(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(1))
	same(t, "new", onlyPending(t, s, l, 1).Standing, ledger.Standing{})
	first, second, third := numberedEntry("a", "1"), numberedEntry("a", "2"), numberedEntry("a", "3")
	post(t, s, l, 2, store.Item{Event: "a", Entry: first, Revision: 1, Final: true}, "71", "0")
	record(t, s, retailer, at(3), revised(sale("a"), 2))
	standing := ledger.Standing{Booked: []ledger.Booked{booked(first, "71", "0")}}
	same(t, "after one", onlyPending(t, s, l, 3).Standing, standing)
	same(t, "posted", got(s.Event(ctx, retailer, "a"))(t).PostedRevision, 1)
	// One more entry is needed after this one.
	post(t, s, l, 4, store.Item{Event: "a", Entry: second, Revision: 2}, "72", "0")
	detail := got(s.Event(ctx, retailer, "a"))(t)
	same(t, "not final", detail.State, ledger.StatePending)
	same(t, "due", detail.DueAt, at(4))
	same(t, "still posted", detail.PostedRevision, 1)
	same(t, "newest", detail.QuickBooksID, "72")
	standing.Booked = append(standing.Booked, booked(second, "72", "0"))
	same(t, "after two", onlyPending(t, s, l, 4).Standing, standing)
	audited(t, s, retailer)
	// A refusal on the way keeps what stands.
	must(t, s.StoreRequests(ctx, l, at(5), []store.NewRequest{{
		ID: "refused", Realm: realm, Kind: store.Single,
		Items: []store.Item{{Event: "a", Entry: third, Revision: 2, Final: true}},
	}}))
	must(t, s.Settle(ctx, l, at(6), store.Settlement{
		RequestID: "refused", Closed: true, Items: []store.ItemResult{item("a", store.Refused)},
	}))
	detail = got(s.Event(ctx, retailer, "a"))(t)
	same(t, "refused", detail.State, ledger.StateActionRequired)
	same(t, "kept", detail.QuickBooksID, "72")
	same(t, "synced", detail.SyncedAt, at(4))
	same(t, "retried", got(s.RetryEvents(ctx, retailer, store.Retry{}, caller, at(7)))(t), 1)
	same(t, "as before", onlyPending(t, s, l, 7).Standing, standing)
	post(t, s, l, 8, store.Item{Event: "a", Entry: third, Revision: 2, Final: true}, "73", "0")
	detail = got(s.Event(ctx, retailer, "a"))(t)
	same(t, "final", detail.State, ledger.StateSynced)
	same(t, "posted", detail.PostedRevision, 2)
	same(t, "entry", detail.Entry, &third)
	same(t, "stands", detail.Posted, []store.PostedEntry{
		{Booked: booked(first, "71", "0"), Realm: realm, Revision: 1, PostedAt: at(2)},
		{Booked: booked(second, "72", "0"), Realm: realm, Revision: 2, PostedAt: at(4)},
		{Booked: booked(third, "73", "0"), Realm: realm, Revision: 2, PostedAt: at(8)},
	})
	audited(t, s, retailer)
}

// testStandingUpdate updates an entry: the one before stands no more.
func testStandingUpdate(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"))
	l := claim(t, s, at(1))
	first, second, third := numberedEntry("a", "1"), numberedEntry("a", "2"), numberedEntry("a", "3")
	post(t, s, l, 2, store.Item{Event: "a", Entry: first, Revision: 1, Final: true}, "71", "0")
	post(t, s, l, 3, store.Item{Event: "b", Entry: entry("b"), Revision: 1, Final: true}, "71", "0") // of another event
	record(t, s, retailer, at(4), revised(sale("a"), 2))
	update := store.Item{Event: "a", Entry: second, Revision: 2, Final: true, Replaces: "71"}
	must(t, s.StoreRequests(ctx, l, at(5), []store.NewRequest{
		{ID: "refused", Realm: realm, Kind: store.Update, Items: []store.Item{update}},
	}))
	same(t, "stored", got(s.OpenRequests(ctx, l, 9))(t)[0].Items, []store.Item{update})
	must(t, s.Settle(ctx, l, at(6), store.Settlement{
		RequestID: "refused", Closed: true, Items: []store.ItemResult{item("a", store.NotBooked)},
	}))
	same(t, "not updated", onlyPending(t, s, l, 6).Standing.Booked, []ledger.Booked{booked(first, "71", "0")})
	post(t, s, l, 7, update, "71", "1")
	detail := got(s.Event(ctx, retailer, "a"))(t)
	stands := store.PostedEntry{Booked: booked(second, "71", "1"), Realm: realm, Revision: 2, PostedAt: at(7)}
	same(t, "updated", detail.State, ledger.StateSynced)
	same(t, "token", detail.SyncToken, "1")
	same(t, "stands", detail.Posted, []store.PostedEntry{stands})
	same(t, "of the other event", len(got(s.Event(ctx, retailer, "b"))(t).Posted), 1)
	// And once more, with a further entry beside it.
	record(t, s, retailer, at(8), revised(sale("a"), 3))
	same(t, "to update", onlyPending(t, s, l, 8).Standing.Booked, []ledger.Booked{booked(second, "71", "1")})
	post(t, s, l, 9, store.Item{Event: "a", Entry: third, Revision: 3, Replaces: "71"}, "71", "2")
	post(t, s, l, 10, store.Item{Event: "a", Entry: first, Revision: 3, Final: true}, "74", "0")
	same(t, "both", got(s.Event(ctx, retailer, "a"))(t).Posted, []store.PostedEntry{
		{Booked: booked(third, "71", "2"), Realm: realm, Revision: 3, PostedAt: at(9)},
		{Booked: booked(first, "74", "0"), Realm: realm, Revision: 3, PostedAt: at(10)},
	})
	audited(t, s, retailer)
}

// testStandingPark parks by the revision that was judged, and as booked already.
func testStandingPark(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"))
	l := claim(t, s, at(1))
	post(t, s, l, 2, store.Item{Event: "b", Entry: entry("b"), Revision: 1, Final: true}, "71", "0")
	record(t, s, retailer, at(3), revised(sale("a"), 2), revised(sale("b"), 2))
	before := got(s.Event(ctx, retailer, "a"))(t)
	for _, stale := range []store.Parked{
		{Event: "a", Revision: 1, Problem: unmapped(visa())},
		{Event: "a", Revision: 1},
		{Event: "a", Revision: 1, Booked: true},
		{Event: "a", Revision: 3, Problem: unmapped(visa())},
	} {
		park(t, s, l, at(4), stale)
		same(t, "stale", got(s.Event(ctx, retailer, "a"))(t), before)
		audited(t, s, retailer)
	}
	park(t, s, l, at(5), store.Parked{Event: "a", Revision: 2, Problem: unmapped(visa())},
		store.Parked{Event: "b", Revision: 2, Booked: true})
	same(t, "a", state(t, s, retailer, "a"), ledger.StateActionRequired)
	detail := got(s.Event(ctx, retailer, "b"))(t)
	same(t, "b", detail.State, ledger.StateSynced)
	same(t, "posted", detail.PostedRevision, 2)
	same(t, "stands", len(detail.Posted), 1)
	same(t, "id", detail.QuickBooksID, "71")
	same(t, "not due", detail.DueAt.IsZero(), true)
	same(t, "changes", len(detail.Changes), 1)
	audited(t, s, retailer)
	// A person may leave it at the earlier revision.
	record(t, s, retailer, at(6), revised(sale("b"), 3))
	same(t, "skipped", got(s.SkipEvents(ctx, retailer, ids("b"), false, "", caller, at(7)))(t), 1)
	detail = got(s.Event(ctx, retailer, "b"))(t)
	same(t, "posted", detail.PostedRevision, 2)
	same(t, "still skipped", record(t, s, retailer, at(8), revised(sale("b"), 4))[0].State, ledger.StateSkipped)
	same(t, "unskipped", got(s.SkipEvents(ctx, retailer, ids("b"), true, "", caller, at(9)))(t), 1)
	same(t, "standing", len(onlyPending(t, s, l, 9).Standing.Booked), 1)
	audited(t, s, retailer)
}

// testStandingRequests sends a revision that was overtaken between reading and storing: it goes out, and the event goes on.
func testStandingRequests(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(1))
	same(t, "read", onlyPending(t, s, l, 1).Event.Revision, 1)
	record(t, s, retailer, at(2), revised(sale("a"), 2))
	post(t, s, l, 3, store.Item{Event: "a", Entry: entry("a"), Revision: 1, Final: true}, "71", "0")
	detail := got(s.Event(ctx, retailer, "a"))(t)
	same(t, "goes on", detail.State, ledger.StatePending)
	same(t, "posted", detail.PostedRevision, 1)
	same(t, "last synced", got(s.Status(ctx, retailer))(t).LastSyncedAt, at(3))
	same(t, "standing", len(onlyPending(t, s, l, 3).Standing.Booked), 1)
	must(t, s.Release(ctx, l, at(3), store.Backoff{}))
	claim(t, s, at(3))
}
