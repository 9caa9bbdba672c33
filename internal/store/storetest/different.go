package storetest

import (
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// testRevisionOfWhatIsDifferent has QuickBooks hold entries otherwise than they were meant. Later revisions, whether they
// come before the answer or after it, and a retry of everything leave their events waiting: the new entry would stand beside
// the one that is there. Only a retry that names them, or the reason, lets them go.
func testRevisionOfWhatIsDifferent(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	record(t, s, retailer, at(1), sale("after"), sale("before"), sale("refused"))
	l := claim(t, s, at(1))
	must(t, s.StoreRequests(ctx, l, at(2), []store.NewRequest{batch("q", "after", "before", "refused")}))
	record(t, s, retailer, at(3), revised(sale("before"), 2), revised(sale("refused"), 2))
	differs := &ledger.Problem{Reason: ledger.ReasonStoredDifferently, Message: "It differs.", Remedy: "Look."}
	refused := &ledger.Problem{Reason: ledger.ReasonRejectedByQuickBooks, Message: "No.", Remedy: "Look."}
	must(t, s.Settle(ctx, l, at(4), store.Settlement{
		RequestID: "q", Closed: true, Attempt: store.Attempt{Outcome: store.Refused},
		Items: []store.ItemResult{
			{Event: "after", Outcome: store.Refused, Problem: differs},
			{Event: "before", Outcome: store.Refused, Problem: differs},
			{Event: "refused", Outcome: store.Refused, Problem: refused},
		},
	}))
	result := record(t, s, retailer, at(5), revised(sale("after"), 2))[0]
	same(t, "recorded", result, store.RecordResult{
		Status: store.Accepted, State: ledger.StateActionRequired, RecordedAt: at(1),
	})
	same(t, "retried all", got(s.RetryEvents(ctx, retailer, store.Retry{}, caller, at(6)))(t), 0)
	for _, id := range ids("after", "before") {
		detail := got(s.Event(ctx, retailer, id))(t)
		same(t, string(id), detail.State, ledger.StateActionRequired)
		same(t, string(id)+": problem", detail.Problem, differs)
		same(t, string(id)+": revision", detail.Event.Revision, 2)
	}
	same(t, "refused", state(t, s, retailer, "refused"), ledger.StatePending)
	audited(t, s, retailer)
	reason := store.Retry{Reason: ledger.ReasonStoredDifferently, IDs: ids("after")}
	same(t, "named", got(s.RetryEvents(ctx, retailer, reason, caller, at(7)))(t), 1)
	same(t, "by id", got(s.RetryEvents(ctx, retailer, store.Retry{IDs: ids("before")}, caller, at(7)))(t), 1)
	for _, p := range got(s.PendingEvents(ctx, l, at(8), 9, true))(t) {
		same(t, string(p.Event.ID)+": to post", p.Event.Revision, 2)
	}
	same(t, "to post", len(got(s.PendingEvents(ctx, l, at(8), 9, true))(t)), 3)
	audited(t, s, retailer)
}
