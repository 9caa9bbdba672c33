package rpc_test

import (
	"net/http"
	"time"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// formerCompanyReasons are of what a retailer left behind in another company.
func formerCompanyReasons() []reasonCase {
	return []reasonCase{
		{
			reason: financialv1.Reason_REASON_OUTCOME_LOST,
			before: func(w *world) { w.loseAnswer(time.Now().Add(-25 * time.Hour)) },
			cause:  func(w *world) { w.moveTo(must(w.simulator.AddCompany(otherCompany()))(w.t)) },
			event:  func() *financialv1.Event { return edited("e1", 2, 1500) }, // which is not posted by itself either
			says:   "Entry T-e1 of 2026-03-14 was sent to the former QuickBooks company Harbor & Pine Trading Co. (company id ",
			remedy: "If it is booked there and stays there, skip the event. If it is not, or shall stand in the present company too, retry",
			wayOut: func(w *world) { w.retry(financialv1.Reason_REASON_OUTCOME_LOST) },
		},
		{
			reason: financialv1.Reason_REASON_FORMER_COMPANY,
			cause: func(w *world) {
				w.mapSale()
				w.record(sale("e1"))
				w.waitFor("the first revision", func(s *financialv1.SyncStatus) bool {
					return count(s, financialv1.EventState_EVENT_STATE_SYNCED) == 1
				})
				w.moveTo(must(w.simulator.AddCompany(otherCompany()))(w.t))
			},
			event: func() *financialv1.Event { return edited("e1", 2, 1500) },
			says: "Revision 2 cannot be posted: what was booked of the event before stands in the former QuickBooks company " +
				"Harbor & Pine Trading Co. (company id ",
			remedy: "Correct the entry in that company by hand, and skip the event.",
			wayOut: func(w *world) { // going back is one too
				w.moveTo(w.simulator.Realms()[0])
				w.retry(financialv1.Reason_REASON_FORMER_COMPANY)
			},
		},
	}
}

// loseAnswer records the sale e1 and sends it, as far as the store knows: nothing is heard of it again.
func (w *world) loseAnswer(sent time.Time) {
	w.t.Helper()
	w.record(sale("e1"))
	ctx := w.t.Context()
	lease, claimed, err := w.store.Claim(ctx, "test", time.Now(), time.Minute)
	check(w.t, err)
	if !claimed {
		w.t.Fatal("no work")
	}
	check(w.t, w.store.StoreRequests(ctx, lease, sent, []store.NewRequest{{
		ID: "lost", Realm: ledger.RealmID(w.connection().GetRealmId()), Kind: store.Single, Body: []byte("{}"),
		Items: []store.Item{{
			Event: "e1", Location: "store-1", Revision: 1, Final: true,
			Entry: ledger.Entry{DocNumber: "T-e1", TxnDate: "2026-03-14", Currency: "USD"},
		}},
	}}))
	check(w.t, w.store.Release(ctx, lease, time.Now(), store.Backoff{}))
	must(w.ann().integration.Disconnect(ctx, &integrationv1.DisconnectRequest{RetailerId: retailer}))(w.t)
}

// moveTo goes on in another company, whatever is unsettled, and gets it ready.
func (w *world) moveTo(realm string) {
	w.t.Helper()
	must(w.ann().integration.Disconnect(w.t.Context(), &integrationv1.DisconnectRequest{RetailerId: retailer}))(w.t)
	status, page := w.connectAs(realm, &integrationv1.ConnectRequest{AllowOtherCompany: true, AbandonUnsettled: true})
	if status != http.StatusOK {
		w.t.Fatalf("moving to %s: %d %s", realm, status, page)
	}
	w.importAccounts()
	w.mapSale()
	w.startSync()
}
