package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func revisionTests() tests {
	return tests{
		"Revision/EveryState":   testRevisionEveryState,
		"Revision/Standing":     testRevisionStanding,
		"Revision/WhileSending": testRevisionWhileSending,
		"Revision/Update":       testRevisionUpdate,
		"Revision/Stale":        testRevisionStale,
		"Revision/AtOnce":       testRevisionsAtOnce,
	}
}

// revised is a later revision of a sale.
func revised(id string, revision int32) ledger.Event {
	ev := sale(id)
	ev.Revision = revision
	ev.Memo = fmt.Sprintf("revision %d", revision)
	return ev
}

// testRevisionEveryState replaces an event in each state that it may wait in.
func testRevisionEveryState(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	record(t, s, retailer, at(1), sale("never"))
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("pending"), sale("waiting"), sale("nothing"), sale("synced"), sale("skipped"))
	l := claim(t, s, at(2))
	park(t, s, l, at(2), store.Parked{Event: "waiting", Problem: unmapped(visa())}, store.Parked{Event: "nothing"})
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q", "synced")}))
	must(t, s.Settle(ctx, l, at(3), store.Settlement{
		RequestID: "q", Closed: true, Items: []store.ItemResult{{Event: "synced", Outcome: store.Booked, QuickBooksID: "7"}},
	}))
	got(s.SkipEvents(ctx, retailer, ids("skipped"), false, "no", caller, at(3)))(t)
	for id, want := range map[string]ledger.State{
		"never": ledger.StateNeverSynced, "pending": ledger.StatePending, "waiting": ledger.StatePending,
		"nothing": ledger.StatePending, "synced": ledger.StatePending, "skipped": ledger.StateSkipped,
	} {
		result := record(t, s, retailer, at(4), revised(id, 2))[0]
		same(t, id, result.Status, store.Accepted)
		same(t, id, result.State, want)
		detail := got(s.Event(ctx, retailer, ledger.EventID(id)))(t)
		same(t, id, detail.Event.Memo, "revision 2")
		same(t, id, detail.RecordedAt, at(1))
		same(t, id, len(detail.Revisions), 2)
		same(t, id, detail.Revisions[0].Event.Memo, "a memo")
		same(t, id, detail.Revisions[1].RecordedAt, at(4))
		last := detail.Changes[len(detail.Changes)-1]
		same(t, id, last.Note, "revision 2 recorded")
		same(t, id, last.To, want)
		same(t, id+" again", record(t, s, retailer, at(5), revised(id, 2))[0].Status, store.Duplicate)
	}
	for _, use := range listSlots(t, s, store.SlotQuery{Limit: 50}) {
		same(t, "nothing waits", use.Waiting, 0)
	}
	late := sale("pending")
	late.Memo = "of another hand"
	statuses := []store.RecordStatus{}
	for _, result := range record(t, s, retailer, at(6), late, sale("pending"), revised("new", 3), revised("new", 2), revised("new", 2)) {
		statuses = append(statuses, result.Status)
	}
	same(t, "statuses", statuses, []store.RecordStatus{
		store.Conflict, store.Duplicate, store.Accepted, store.Superseded, store.Duplicate,
	})
	other := cash("pending")
	other.Revision = 3
	same(t, "another kind", record(t, s, retailer, at(7), other)[0].Status, store.Accepted)
	audited(t, s, retailer)
}

// testRevisionStanding tells the engine what stands in QuickBooks, and keeps an event on its way until the last step.
func testRevisionStanding(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(2))
	post := func(request, quickbooksID string, revision int32, final bool) {
		q := batch(request, "a")
		q.Items[0].Revision, q.Items[0].Final = revision, final
		q.Items[0].Entry.DocNumber = request
		must(t, s.StoreRequests(ctx, l, at(3), []store.NewRequest{q}))
		must(t, s.Settle(ctx, l, at(3), store.Settlement{
			RequestID: request, Closed: true,
			Items: []store.ItemResult{{Event: "a", Outcome: store.Booked, QuickBooksID: quickbooksID, SyncToken: "0"}},
		}))
	}
	post("q1", "71", 1, true)
	same(t, "posted", got(s.Event(ctx, retailer, "a"))(t).PostedRevision, 1)
	record(t, s, retailer, at(4), revised("a", 2))
	pending := got(s.PendingEvents(ctx, l, at(4), 10))(t)
	same(t, "standing", len(pending[0].Standing.Booked), 1)
	same(t, "standing", pending[0].Standing.Booked[0].QuickBooksID, "71")
	post("q2", "72", 2, false)
	detail := got(s.Event(ctx, retailer, "a"))(t)
	same(t, "after the first step", detail.EventRow.State, ledger.StatePending)
	same(t, "revision in the books", detail.PostedRevision, 1)
	same(t, "newest entry", detail.QuickBooksID, "72")
	pending = got(s.PendingEvents(ctx, l, at(4), 10))(t)
	same(t, "standing", len(pending[0].Standing.Booked), 2)
	post("q3", "73", 2, true)
	detail = got(s.Event(ctx, retailer, "a"))(t)
	same(t, "after the last step", detail.EventRow.State, ledger.StateSynced)
	same(t, "revision in the books", detail.PostedRevision, 2)
	same(t, "entries", len(detail.Posted), 3)
	record(t, s, retailer, at(5), revised("a", 3))
	park(t, s, l, at(5), store.Parked{Event: "a", Revision: 3, Booked: true})
	detail = got(s.Event(ctx, retailer, "a"))(t)
	same(t, "right as it is", detail.EventRow.State, ledger.StateSynced)
	same(t, "revision in the books", detail.PostedRevision, 3)
	audited(t, s, retailer)
}

// testRevisionWhileSending records a revision while the one before is under way, however that ends.
func testRevisionWhileSending(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("booked"), sale("refused"), sale("turned away"))
	l := claim(t, s, at(2))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q", "booked", "refused", "turned away")}))
	for _, id := range []string{"booked", "refused", "turned away"} {
		same(t, id, record(t, s, retailer, at(3), revised(id, 2))[0].State, ledger.StateProcessing)
	}
	must(t, s.Settle(ctx, l, at(4), store.Settlement{RequestID: "q", Closed: true, Items: []store.ItemResult{
		{Event: "booked", Outcome: store.Booked, QuickBooksID: "7"},
		{Event: "refused", Outcome: store.Refused, Problem: unmapped(visa())},
		{Event: "turned away", Outcome: store.NotBooked, RetryAt: at(9)},
	}}))
	for id, want := range map[string]int{"booked": 1, "refused": 0, "turned away": 0} {
		detail := got(s.Event(ctx, retailer, ledger.EventID(id)))(t)
		same(t, id, detail.EventRow.State, ledger.StatePending)
		same(t, id, detail.Problem, nil)
		same(t, id, len(detail.Posted), want)
	}
	same(t, "due", len(got(s.PendingEvents(ctx, l, at(4), 10))(t)), 2)
	audited(t, s, retailer)
}

// testRevisionUpdate forgets what an update has taken the place of.
func testRevisionUpdate(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(2))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q1", "a")}))
	must(t, s.Settle(ctx, l, at(2), store.Settlement{
		RequestID: "q1", Closed: true, Items: []store.ItemResult{{Event: "a", Outcome: store.Booked, QuickBooksID: "7", SyncToken: "0"}},
	}))
	record(t, s, retailer, at(3), revised("a", 2))
	update := batch("q2", "a")
	update.Kind, update.Items[0].Revision, update.Items[0].Replaces = store.Update, 2, "7"
	must(t, s.StoreRequests(ctx, l, at(3), []store.NewRequest{update}))
	open := got(s.OpenRequests(ctx, l, 10))(t)
	same(t, "open", open[0].Items[0], update.Items[0])
	same(t, "kind", open[0].Kind, store.Update)
	must(t, s.Settle(ctx, l, at(4), store.Settlement{
		RequestID: "q2", Closed: true, Items: []store.ItemResult{{Event: "a", Outcome: store.Booked, QuickBooksID: "7", SyncToken: "1"}},
	}))
	detail := got(s.Event(ctx, retailer, "a"))(t)
	same(t, "state", detail.EventRow.State, ledger.StateSynced)
	same(t, "entries", len(detail.Posted), 1)
	same(t, "token", detail.Posted[0].SyncToken, "1")
	same(t, "revision", detail.Posted[0].Revision, 2)
}

// testRevisionStale leaves an event alone that was judged in an earlier revision.
func testRevisionStale(t *testing.T, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(2))
	record(t, s, retailer, at(2), revised("a", 2))
	park(t, s, l, at(3), store.Parked{Event: "a", Revision: 1, Problem: unmapped(visa())})
	same(t, "state", state(t, s, retailer, "a"), ledger.StatePending)
	audited(t, s, retailer)
}

// testRevisionsAtOnce has several callers record revisions of the same events: the highest wins, and nobody waits for
// another in a circle.
func testRevisionsAtOnce(t *testing.T, s *store.Store) {
	t.Helper()
	const callers, events = 4, 20
	start(t, s, retailer)
	var group sync.WaitGroup
	for c := range callers {
		group.Go(func() {
			batch := make([]ledger.Event, 0, events)
			for i := range events {
				batch = append(batch, revised(fmt.Sprintf("e-%02d", (i*(c+1))%events), int32(c+1)))
			}
			if _, err := s.RecordEvents(within(t), retailer, caller, encoded(t, batch...), at(c+1)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, row := range got2(s.ListEvents(within(t), retailer, store.EventQuery{Limit: 100}))(t) {
		if row.Event.ID[2:] != "00" && row.Event.Revision < 3 {
			same(t, string(row.Event.ID), row.Event.Revision, 3)
		}
	}
	audited(t, s, retailer)
}
