package rpc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
)

// connectTo goes to another company than the first, with or without a person's confirmation, and returns the popup's page.
func (w *world) connectTo(realm string, allow bool) (status int, page string) {
	w.t.Helper()
	return w.connectAs(realm, &integrationv1.ConnectRequest{AllowOtherCompany: allow})
}

// connectAs is connectTo with whatever a person has confirmed.
func (w *world) connectAs(realm string, request *integrationv1.ConnectRequest) (status int, page string) {
	w.t.Helper()
	request.RetailerId = retailer
	answer := must(w.ann().integration.Connect(w.t.Context(), request))(w.t)
	address := must(url.Parse(answer.GetAuthorizationUrl()))(w.t)
	query := address.Query()
	query.Set("realm", realm)
	address.RawQuery = query.Encode()
	response := w.decide(address.String(), "authorize")
	return response.StatusCode, body(w.t, response)
}

func TestAnotherCompanyIsConfirmedByConnect(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSaleRoles()
	w.startSync()
	other := must(w.simulator.AddCompany(otherCompany()))(t)
	must(w.ann().integration.Disconnect(t.Context(), &integrationv1.DisconnectRequest{RetailerId: retailer}))(t)
	if status, page := w.connectTo(other, false); status != http.StatusConflict || !strings.Contains(page, "OTHER_COMPANY") {
		t.Errorf("not confirmed: %d %s", status, page)
	}
	if status, page := w.connectTo(other, true); status != http.StatusOK || strings.Contains(page, "OTHER_COMPANY") {
		t.Fatalf("confirmed: %d %s", status, page)
	}
	c := w.connection()
	if c.GetRealmId() != other || c.GetState() != integrationv1.Connection_STATE_CONNECTED || c.GetSyncStarted() ||
		c.GetAccountCount() != 0 || c.GetAccountsImportTime() != nil {
		t.Errorf("connection = %v", c)
	}
	if n := len(w.listMappings(func(r *financialv1.ListMappingsRequest) { r.RetailerId = retailer })); n != 0 {
		t.Errorf("%d mappings of the former company are in use", n)
	}
}

// TestTheWayOutOfUnsettledEntriesIsTold reads what the popup says while the former company cannot be left.
func TestTheWayOutOfUnsettledEntriesIsTold(t *testing.T) {
	t.Parallel()
	for says, test := range map[string]struct {
		sent    time.Time
		abandon bool
	}{
		"(abandon_unsettled), from " + time.Now().Add(24*time.Hour).UTC().Format("2006"): {time.Now(), true},
		"(abandon_unsettled), from 2": {time.Now().Add(-23 * time.Hour), false},
		"(abandon_unsettled).":        {time.Now().Add(-25 * time.Hour), false},
	} {
		w := connected(t)
		w.startSync()
		w.loseAnswer(test.sent)
		other := must(w.simulator.AddCompany(otherCompany()))(t)
		status, page := w.connectAs(other, &integrationv1.ConnectRequest{AllowOtherCompany: true, AbandonUnsettled: test.abandon})
		if status != http.StatusConflict || !strings.Contains(page, "ENTRIES_UNSETTLED") ||
			!strings.Contains(page, "whether 1 entry was booked in the former QuickBooks company") || !strings.Contains(page, says) ||
			!strings.Contains(page, `metadata: {"abandon_time":"2`) {
			t.Errorf("sent at %s, %t: %d %s", test.sent, test.abandon, status, page)
		}
		if state := w.event("e1").GetEvent().GetState(); state != financialv1.EventState_EVENT_STATE_PROCESSING {
			t.Errorf("the event is %s", state)
		}
	}
}

func TestTheEndOfAnAuthorizationIsWarnedOf(t *testing.T) {
	t.Parallel()
	w := connected(t)
	if c := w.connection(); c.GetAuthorizationWarning() != nil || c.GetAuthorizationFinalExpireTime() == nil {
		t.Errorf("a new connection: %v", c)
	}
	soon, late := time.Now().Add(20*24*time.Hour), time.Now().Add(100*24*time.Hour)
	w.endAt(soon, late)
	warning := w.connection().GetAuthorizationWarning()
	if warning.GetCause() != integrationv1.AuthorizationWarning_CAUSE_UNUSED || warning.GetMessage() == "" ||
		!strings.Contains(warning.GetRemedy(), "Import") || !warning.GetExpireTime().AsTime().Equal(soon.Truncate(time.Microsecond)) {
		t.Errorf("unused: %v", warning)
	}
	w.endAt(soon, soon)
	warning = w.connection().GetAuthorizationWarning()
	if warning.GetCause() != integrationv1.AuthorizationWarning_CAUSE_FINAL || !strings.Contains(warning.GetRemedy(), "Connect again") {
		t.Errorf("final: %v", warning)
	}
	status := must(w.ann().financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{RetailerId: retailer}))(t)
	if sentence := status.GetStatus().GetSummary(); !strings.Contains(sentence, "connect again before") {
		t.Errorf("the status does not say it: %q", sentence)
	}
	w.connect("authorize") // while it is connected
	if c := w.connection(); c.GetAuthorizationWarning() != nil || c.GetState() != integrationv1.Connection_STATE_CONNECTED {
		t.Errorf("after connecting again: %v", c)
	}
}

// endAt has Intuit say when the authorization ends: unless it is used, and however much it is.
func (w *world) endAt(unused, final time.Time) {
	w.t.Helper()
	conn := must(w.store.Connection(w.t.Context(), retailer))(w.t)
	now := time.Now()
	won := must(w.store.LeaseRefresh(w.t.Context(), retailer, conn.Tokens.Version, "test", now, now.Add(time.Minute)))(w.t)
	conn.Tokens.RefreshExpiresAt, conn.Tokens.RefreshHardExpiresAt = unused, final
	if swapped := must(w.store.SwapTokens(w.t.Context(), retailer, conn.Tokens.Version, "test", conn.Tokens))(w.t); !won || !swapped {
		w.t.Fatalf("the tokens were not swapped: %v, %v", won, swapped)
	}
}
