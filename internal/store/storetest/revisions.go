package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func revisionTests() tests {
	return tests{
		"Revisions/Judged":     testRevisionsJudged,
		"Revisions/OneCall":    testRevisionsInOneCall,
		"Revisions/States":     testRevisionStates,
		"Revisions/NotStarted": testRevisionsBeforeStart,
		"Revisions/Replaced":   testRevisionReplaced,
		"Revisions/Kind":       testRevisionKind,
		"Revisions/History":    testRevisionHistory,
		"Revisions/Wake":       testRevisionWakes,
		"Revisions/Different":  testRevisionOfWhatIsDifferent,
	}
}

// revised is the event with a later number and other content.
func revised(ev ledger.Event, revision int32) ledger.Event {
	ev.Revision = revision
	ev.Memo = fmt.Sprintf("revision %d", revision)
	return ev
}

func statuses(results []store.RecordResult) []store.RecordStatus {
	out := make([]store.RecordStatus, 0, len(results))
	for _, result := range results {
		out = append(out, result.Status)
	}
	return out
}

// recordedRevisions are the numbers of the revisions of an event that are kept.
func recordedRevisions(t testing.TB, s *store.Store, id ledger.EventID) []int32 {
	t.Helper()
	out := []int32{}
	for _, r := range got(s.Event(within(t), retailer, id))(t).Revisions {
		out = append(out, r.Event.Revision)
	}
	return out
}

// testRevisionsJudged records what comes again, changed, late and ahead, each in a call of its own.
func testRevisionsJudged(t *testing.T, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	for i, step := range []struct {
		event ledger.Event
		want  store.RecordStatus
		kept  []int32
	}{
		{revised(sale("a"), 3), store.Accepted, []int32{3}}, // the first one seen
		{revised(sale("a"), 3), store.Duplicate, []int32{3}},
		{other(revised(sale("a"), 3)), store.Conflict, []int32{3}},
		{revised(sale("a"), 1), store.Superseded, []int32{1, 3}},
		{revised(sale("a"), 1), store.Duplicate, []int32{1, 3}},
		{other(revised(sale("a"), 1)), store.Conflict, []int32{1, 3}},
		{revised(sale("a"), 1_000_000), store.Accepted, []int32{1, 3, 1_000_000}},
		{revised(sale("a"), 3), store.Duplicate, []int32{1, 3, 1_000_000}},
		{other(revised(sale("a"), 3)), store.Conflict, []int32{1, 3, 1_000_000}},
		{revised(sale("a"), 2), store.Superseded, []int32{1, 2, 3, 1_000_000}},
		{revised(sale("a"), 1_000_000), store.Duplicate, []int32{1, 2, 3, 1_000_000}},
	} {
		same(t, fmt.Sprintf("step %d", i), record(t, s, retailer, at(1+i), step.event), []store.RecordResult{
			{Status: step.want, State: ledger.StatePending, RecordedAt: at(1)},
		})
		same(t, fmt.Sprintf("step %d: kept", i), recordedRevisions(t, s, "a"), step.kept)
	}
	same(t, "kept as recorded", got(s.Event(within(t), retailer, "a"))(t).Revisions, []store.Revision{
		{Event: revised(sale("a"), 1), RecordedAt: at(4), RecordedBy: caller},
		{Event: revised(sale("a"), 2), RecordedAt: at(10), RecordedBy: caller},
		{Event: revised(sale("a"), 3), RecordedAt: at(1), RecordedBy: caller},
		{Event: revised(sale("a"), 1_000_000), RecordedAt: at(7), RecordedBy: caller},
	})
	audited(t, s, retailer)
}

// testRevisionsInOneCall records three revisions in every order, among events that have one.
func testRevisionsInOneCall(t *testing.T, s *store.Store) {
	t.Helper()
	connect(t, s, retailer)
	var events []ledger.Event
	var want []store.RecordStatus
	orders := [][]int32{{1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}}
	for n := range 3 {
		for i, order := range orders {
			events = append(events, revised(sale(fmt.Sprintf("e-%d", i)), order[n]))
			status := store.Accepted
			if n > 0 && order[n] < slices.Max(order[:n]) {
				status = store.Superseded
			}
			want = append(want, status)
		}
		events = append(events, sale(fmt.Sprintf("single-%d", n)))
		want = append(want, store.Accepted)
	}
	same(t, "statuses", statuses(record(t, s, retailer, at(1), events...)), want)
	for i := range orders {
		id := ledger.EventID(fmt.Sprintf("e-%d", i))
		same(t, "present", got(s.Event(within(t), retailer, id))(t).Event, revised(sale(string(id)), 3))
		same(t, "kept", recordedRevisions(t, s, id), []int32{1, 2, 3})
	}
	for i := range want {
		want[i] = store.Duplicate
	}
	same(t, "all again", statuses(record(t, s, retailer, at(2), events...)), want)
	same(t, "within one call", statuses(record(t, s, retailer, at(3),
		revised(sale("x"), 2), other(revised(sale("x"), 2)), revised(sale("x"), 1), revised(sale("x"), 1),
		other(revised(sale("x"), 1)), revised(sale("x"), 3), revised(sale("x"), 3), revised(sale("x"), 2),
	)), []store.RecordStatus{
		store.Accepted, store.Conflict, store.Superseded, store.Duplicate, store.Conflict, store.Accepted, store.Duplicate,
		store.Duplicate,
	})
	same(t, "total", got(s.Status(within(t), retailer))(t).Total, 10)
	audited(t, s, retailer)
}

// everyState records an event per state before at(10): its id is the name of the state. Those that wait do so for visa and
// shoes. The request of the one in PROCESSING is q1.
func everyState(t *testing.T, s *store.Store) store.Lease {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	record(t, s, retailer, at(1), sale("NEVER_SYNCED"))
	must(t, s.StartSync(ctx, retailer, at(2)))
	record(t, s, retailer, at(3), sale("PENDING"), sale("PROCESSING"), sale("SYNCED"), sale("ACTION_REQUIRED"),
		sale("NOTHING_TO_POST"), sale("SKIPPED"))
	l := claim(t, s, at(3))
	park(t, s, l, at(4), store.Parked{Event: "ACTION_REQUIRED", Problem: unmapped(visa(), shoes())},
		store.Parked{Event: "NOTHING_TO_POST"})
	must(t, s.StoreRequests(ctx, l, at(4), []store.NewRequest{batch("q1", "PROCESSING"), batch("q2", "SYNCED")}))
	must(t, s.Settle(ctx, l, at(4), store.Settlement{
		RequestID: "q2", Closed: true, Items: []store.ItemResult{item("SYNCED", store.Booked)},
	}))
	got(s.SkipEvents(ctx, retailer, ids("SKIPPED"), false, "", caller, at(4)))(t)
	for state := ledger.StateNeverSynced; state <= ledger.StateSkipped; state++ {
		detail := got(s.Event(ctx, retailer, ledger.EventID(state.String())))(t)
		same(t, "furnished", detail.State, state)
	}
	return l
}

// afterRevision is where a revision sends an event, as CanMove of the ledger has it.
func afterRevision(state ledger.State) ledger.State {
	switch state {
	case ledger.StateActionRequired, ledger.StateSynced, ledger.StateNothingToPost:
		return ledger.StatePending
	case ledger.StateNeverSynced, ledger.StatePending, ledger.StateProcessing, ledger.StateSkipped:
	}
	return state
}

func testRevisionStates(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	l := everyState(t, s)
	for state := ledger.StateNeverSynced; state <= ledger.StateSkipped; state++ {
		before := got(s.Event(ctx, retailer, ledger.EventID(state.String())))(t)
		next := revised(before.Event, 2)
		to := afterRevision(state)
		same(t, state.String(), record(t, s, retailer, at(10), next), []store.RecordResult{
			{Status: store.Accepted, State: to, RecordedAt: before.RecordedAt},
		})
		after := got(s.Event(ctx, retailer, next.ID))(t)
		want := before
		want.Event, want.State, want.Reason, want.Problem, want.Hash = next, to, 0, nil, encoded(t, next)[0].Hash
		if to != state {
			want.StateAt = at(10)
		}
		want.DueAt = before.DueAt
		if to == ledger.StatePending {
			want.DueAt = at(10)
		}
		want.Revisions = append(want.Revisions, store.Revision{Event: next, RecordedAt: at(10), RecordedBy: caller})
		want.Changes = append(want.Changes, store.Change{
			At: at(10), From: state, To: to, Actor: caller, Note: "revision 2 recorded",
		})
		same(t, state.String(), after, want)
		audited(t, s, retailer)
	}
	for _, use := range listSlots(t, s, store.SlotQuery{Limit: 99}) {
		same(t, "waiting for "+use.Slot.String(), use.Waiting, 0)
	}
	var pending []ledger.EventID
	for _, p := range got(s.PendingEvents(ctx, l, at(10), 99, true))(t) {
		pending = append(pending, p.Event.ID)
		same(t, "revision", p.Event.Revision, 2)
	}
	same(t, "pending", pending, ids("ACTION_REQUIRED", "NOTHING_TO_POST", "PENDING", "SYNCED"))
	// What was skipped or never synced goes on as its latest revision.
	got(s.SkipEvents(ctx, retailer, ids("SKIPPED"), true, "", caller, at(11)))(t)
	same(t, "past", backfill(t, s, l, 11).Total(), 1)
	same(t, "all", len(got(s.PendingEvents(ctx, l, at(11), 99, true))(t)), 6)
	audited(t, s, retailer)
}

// testRevisionsBeforeStart keeps revised events where they are until sync starts.
func testRevisionsBeforeStart(t *testing.T, s *store.Store) {
	t.Helper()
	record(t, s, retailer, at(1), sale("a")) // of a retailer who has no connection yet
	same(t, "revised", record(t, s, retailer, at(2), revised(sale("a"), 2))[0].State, ledger.StateNeverSynced)
	same(t, "not due", got(s.Event(within(t), retailer, "a"))(t).DueAt.IsZero(), true)
	start(t, s, retailer)
	same(t, "still", record(t, s, retailer, at(3), revised(sale("a"), 3))[0].State, ledger.StateNeverSynced)
	audited(t, s, retailer)
}

// testRevisionReplaced changes everything of an event that lists show or filter by.
func testRevisionReplaced(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	next := revised(sale("a"), 2)
	next.Number, next.Location, next.BusinessDate, next.Currency = "other", "store-9", "2026-10-01", "EUR"
	next.OccurredAt, next.SourceURL = at(-999), "https://example.com/other"
	next.Detail = &ledger.Sale{Tenders: []ledger.Keyed{{Key: "Amex", Amount: 7}}, Lines: []ledger.SaleLine{{ItemClass: "Hats", Net: 7}}}
	got(s.RecordEvents(ctx, retailer, "someone", encoded(t, next), at(2)))(t)
	for name, q := range map[string]store.EventQuery{
		"number":   {Number: "other"},
		"location": {Location: "store-9"},
		"date":     {From: "2026-10-01", To: "2026-10-01"},
		"all":      {},
	} {
		q.Limit, q.Detail = 9, true
		rows := got2(s.ListEvents(ctx, retailer, q))(t)
		if len(rows) != 1 {
			t.Fatalf("%s: %d rows", name, len(rows))
		}
		same(t, name, rows[0], store.EventRow{
			Event: next, Kind: ledger.KindSale, State: ledger.StatePending, Amount: 7, Hash: encoded(t, next)[0].Hash,
			RecordedAt: at(1), RecordedBy: "someone", StateAt: at(1), DueAt: at(2),
		})
	}
	same(t, "by the old number", len(got2(s.ListEvents(ctx, retailer, store.EventQuery{Limit: 9, Number: "T-a"}))(t)), 0)
	by := []string{}
	for _, r := range got(s.Event(ctx, retailer, "a"))(t).Revisions {
		by = append(by, r.RecordedBy)
	}
	same(t, "by", by, []string{caller, "someone"})
	slots := map[ledger.Slot]bool{}
	for _, use := range listSlots(t, s, store.SlotQuery{Limit: 99}) {
		slots[use.Slot] = true
	}
	same(t, "slot of the new revision", slots[ledger.Slot{Role: ledger.RolePayment, Key: "Amex", Location: "store-9"}], true)
	same(t, "slot of the old one", slots[visa()], true)
}

// testRevisionKind changes the kind of an event in every state: the counters go by kind.
func testRevisionKind(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	l := everyState(t, s)
	for state := ledger.StateNeverSynced; state <= ledger.StateSkipped; state++ {
		next := revised(sale(state.String()), 2)
		next.Detail = &ledger.GiftCardAdjustment{Reason: "Promotion", Amount: 5}
		record(t, s, retailer, at(10), next)
		audited(t, s, retailer)
		same(t, "kind", got(s.Event(ctx, retailer, next.ID))(t).Kind, ledger.KindGiftCardAdjustment)
	}
	count := func(state ledger.State, n int64) store.Count {
		return store.Count{Kind: ledger.KindGiftCardAdjustment, State: state, N: n}
	}
	same(t, "counts", got(s.Status(ctx, retailer))(t).Counts, []store.Count{
		count(ledger.StateNeverSynced, 1), count(ledger.StatePending, 4), count(ledger.StateProcessing, 1),
		count(ledger.StateSkipped, 1),
	})
	must(t, s.Settle(ctx, l, at(11), store.Settlement{
		RequestID: "q1", Closed: true, Items: []store.ItemResult{item("PROCESSING", store.Refused)},
	}))
	same(t, "counts", got(s.Status(ctx, retailer))(t).Counts, []store.Count{
		count(ledger.StateNeverSynced, 1), count(ledger.StatePending, 5), count(ledger.StateSkipped, 1),
	})
	audited(t, s, retailer)
}

func testRevisionHistory(t *testing.T, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	void := revised(sale("a"), 3)
	void.Voided = true
	record(t, s, retailer, at(1), sale("a"))
	got(s.RecordEvents(within(t), retailer, "someone", encoded(t, revised(sale("a"), 2)), at(2)))(t)
	record(t, s, retailer, at(3), void)
	detail := got(s.Event(within(t), retailer, "a"))(t)
	same(t, "changes", detail.Changes, []store.Change{
		{At: at(2), From: ledger.StatePending, To: ledger.StatePending, Actor: "someone", Note: "revision 2 recorded"},
		{At: at(3), From: ledger.StatePending, To: ledger.StatePending, Actor: caller, Note: "revision 3 voids the document"},
	})
	same(t, "void", detail.Event, void)
	// A later revision brings the document back. Of very many revisions the newest are shown.
	const most = 100
	for n := range int32(most + 5) {
		record(t, s, retailer, at(10), revised(sale("a"), 4+n))
	}
	shown := recordedRevisions(t, s, "a")
	same(t, "shown", len(shown), most)
	same(t, "the last", shown[most-1], 108)
	same(t, "the first", shown[0], 9)
	same(t, "one event", got(s.Status(within(t), retailer))(t).Total, 1)
	audited(t, s, retailer)
}

// testRevisionWakes makes an idle retailer due by a revision, where there is something to post and sync goes on.
func testRevisionWakes(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"), sale("b"))
	l := claim(t, s, at(1))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q", "a")}))
	must(t, s.Settle(ctx, l, at(3), store.Settlement{
		RequestID: "q", Closed: true, Items: []store.ItemResult{item("a", store.Booked)},
	}))
	got(s.SkipEvents(ctx, retailer, ids("b"), false, "", caller, at(3)))(t)
	must(t, s.Release(ctx, l, at(3), store.Backoff{}))
	idle := func(what string) {
		t.Helper()
		_, ok, err := s.Claim(ctx, worker, at(999), leaseTTL)
		must(t, err)
		same(t, what, ok, false)
	}
	idle("posted and skipped")
	record(t, s, retailer, at(4), revised(sale("b"), 2), sale("a"), revised(sale("a"), 1))
	idle("a skipped one, and nothing new")
	record(t, s, retailer, at(5), revised(sale("a"), 2))
	l = claim(t, s, at(5))
	same(t, "pending", got(s.PendingEvents(ctx, l, at(5), 9, true))(t)[0].Event.Revision, 2)
	park(t, s, l, at(6), store.Parked{Event: "a", Revision: 2, Booked: true})
	must(t, s.PauseSync(ctx, retailer, at(6)))
	must(t, s.Release(ctx, l, at(6), store.Backoff{}))
	record(t, s, retailer, at(7), revised(sale("a"), 3))
	idle("paused")
	must(t, s.StartSync(ctx, retailer, at(8)))
	claim(t, s, at(8))
}
