package rpc_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect/v2"
	"google.golang.org/protobuf/proto"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/rpc"
)

func TestBadInputNoToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range w.protocols("") {
		_, err := c.financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{RetailerId: retailer})
		t.Log(name)
		wantError(t, err, connect.CodeUnauthenticated, "TOKEN_MISSING")
	}
}

func TestBadInputInvalidToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, token := range []string{"abc", strings.Repeat("x", 9<<10), "a.b.c"} {
		_, err := w.as(token).financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{RetailerId: retailer})
		wantError(t, err, connect.CodeUnauthenticated, "TOKEN_INVALID")
	}
}

func TestBadInputExpiredToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := must(w.auth.Issue("ann", []string{retailer}, rpc.AllScopes(), -1))(t)
	_, err := w.as(token).financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{RetailerId: retailer})
	wantError(t, err, connect.CodeUnauthenticated, "TOKEN_EXPIRED")
}

func TestBadInputWrongRetailer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.as(w.token([]string{"other", retailer + "-2"}, rpc.AllScopes()...))
	_, err := c.financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{RetailerId: retailer})
	info, _ := wantError(t, err, connect.CodePermissionDenied, "RETAILER_NOT_ALLOWED")
	if got := info.GetMetadata()["retailer_id"]; got != retailer {
		t.Errorf("metadata retailer_id = %q", got)
	}
	stream := must(c.financial.WatchSyncStatus(t.Context(), &financialv1.WatchSyncStatusRequest{RetailerId: retailer}))(t)
	_, err = stream.Receive()
	wantError(t, err, connect.CodePermissionDenied, "RETAILER_NOT_ALLOWED")
}

func TestBadInputMissingScope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.as(w.token([]string{rpc.AnyRetailer}, rpc.ScopeRead))
	_, err := c.financial.RecordEvents(t.Context(), &financialv1.RecordEventsRequest{
		RetailerId: retailer, Events: []*financialv1.Event{sale("e1")},
	})
	info, _ := wantError(t, err, connect.CodePermissionDenied, "SCOPE_MISSING")
	if got := info.GetMetadata()["scope"]; got != "record" {
		t.Errorf("metadata scope = %q, want record", got)
	}
	_, err = c.integration.StartSync(t.Context(), &integrationv1.StartSyncRequest{RetailerId: retailer})
	info, _ = wantError(t, err, connect.CodePermissionDenied, "SCOPE_MISSING")
	if got := info.GetMetadata()["scope"]; got != "manage" {
		t.Errorf("metadata scope = %q, want manage", got)
	}
}

func TestBadInputTooManyEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := &financialv1.RecordEventsRequest{RetailerId: retailer}
	for i := range 1001 {
		request.Events = append(request.Events, sale(fmt.Sprint(i)))
	}
	_, err := w.ann().financial.RecordEvents(t.Context(), request)
	_, bad := wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "events")
	request.Events = nil
	_, err = w.ann().financial.RecordEvents(t.Context(), request)
	_, bad = wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "events")
}

func TestBadInputUnbalancedSaleIsStoredAndWaits(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSaleRoles()
	w.startSync()
	unbalanced := sale("e1")
	unbalanced.GetSale().Tenders[0].Amount = 999
	if got := w.record(unbalanced)[0].GetStatus(); got != financialv1.RecordEventResult_STATUS_ACCEPTED {
		t.Fatalf("status = %s, want ACCEPTED", got)
	}
	w.run()
	w.waitFor("the sale to be judged", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_ACTION_REQUIRED) == 1
	})
	view := w.event("e1").GetEvent()
	if got := view.GetProblem().GetReason(); got != financialv1.Reason_REASON_OUT_OF_BALANCE {
		t.Errorf("reason = %s, want OUT_OF_BALANCE", got)
	}
	if view.GetProblem().GetMessage() == "" || view.GetProblem().GetRemedy() == "" {
		t.Errorf("problem = %v, want a message and a remedy", view.GetProblem())
	}
}

func TestBadInputUnknownEnum(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, ctx := w.ann(), t.Context()
	_, err := c.financial.ListEvents(ctx, &financialv1.ListEventsRequest{RetailerId: retailer, State: 99})
	_, bad := wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "state")
	_, err = c.financial.MapEvent(ctx, &financialv1.MapEventRequest{
		RetailerId: retailer, AccountId: "1", Slot: &financialv1.Slot{Role: 77},
	})
	_, bad = wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "slot.role")

	event := sale("e1")
	event.Detail = &financialv1.Event_CashPaidInOut{CashPaidInOut: &financialv1.CashPaidInOut{
		Direction: 9, Reason: "Postage", Amount: 5,
	}}
	result := w.record(event)[0]
	if result.GetStatus() != financialv1.RecordEventResult_STATUS_INVALID ||
		result.GetViolations()[0].GetField() != "cash_paid_in_out.direction" {
		t.Errorf("result = %v, want INVALID for cash_paid_in_out.direction", result)
	}
}

func TestBadInputUnknownNamesInJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, body := range map[string]string{
		"an enum":     `{"retailerId":"harbor-pine","reason":"REASON_TYPO"}`,
		"a field":     `{"retailerId":"harbor-pine","raeson":"REASON_UNMAPPED"}`,
		"not JSON":    `{"retailerId"`,
		"wrong type":  `{"retailerId":7}`,
		"not an enum": `{"retailerId":"harbor-pine","reason":"99"}`,
	} {
		status, text := w.post("/tillpost.financial.v1.FinancialService/RetryEvents", body)
		if status != http.StatusBadRequest || !strings.Contains(text, "INVALID_REQUEST") {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
}

func TestBadInputFiveMiBBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := &financialv1.RecordEventsRequest{RetailerId: retailer}
	for size := 0; size < 5<<20; size = proto.Size(request) {
		for range 200 {
			event := sale(fmt.Sprint(len(request.GetEvents())))
			event.Memo = strings.Repeat("m", 1000)
			event.SourceUrl = "https://pos.example/" + strings.Repeat("p", 2000)
			for range 50 {
				event.GetSale().Lines = append(event.GetSale().Lines, &financialv1.SaleLine{
					ItemClass: strings.Repeat("c", 100), NetAmount: 1,
				})
			}
			request.Events = append(request.Events, event)
		}
	}
	for name, c := range w.protocols(w.token([]string{retailer}, rpc.AllScopes()...)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 {
				_, err := c.financial.RecordEvents(t.Context(), request)
				wantError(t, err, connect.CodeResourceExhausted, "REQUEST_TOO_LARGE")
			}
		})
	}
	t.Run("without a token", func(t *testing.T) {
		t.Parallel()
		for _, c := range w.protocols("") {
			_, err := c.financial.RecordEvents(t.Context(), request)
			wantError(t, err, connect.CodeUnauthenticated, "TOKEN_MISSING")
		}
	})
}

func TestBadInputControlCharacters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, ctx := w.ann(), t.Context()
	_, err := c.financial.ListAccounts(ctx, &financialv1.ListAccountsRequest{RetailerId: retailer, Search: "a\x00b"})
	_, bad := wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "search")
	_, err = c.financial.SkipEvents(ctx, &financialv1.SkipEventsRequest{
		RetailerId: retailer, EventIds: []string{"ok", "not\x00ok"}, Note: "bell\a",
	})
	_, bad = wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "event_ids[1]")
	wantField(t, bad, "note")
	status, text := w.post("/tillpost.financial.v1.FinancialService/ListAccounts",
		`{"retailerId":"harbor-pine","search":"a\u0000b"}`)
	if status != http.StatusBadRequest || !strings.Contains(text, "INVALID_REQUEST") {
		t.Errorf("JSON: %d %s", status, text)
	}
	preview := sale("e1")
	preview.Memo = "nul \x00"
	_, err = c.financial.PreviewEvent(ctx, &financialv1.PreviewEventRequest{
		RetailerId: retailer, Source: &financialv1.PreviewEventRequest_Event{Event: preview},
	})
	_, bad = wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "event.memo")
}

func TestBadInputControlCharactersInAnEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nul, class, lines := sale("e1"), sale("e2"), sale("e3")
	nul.Memo = "a\x00b"
	class.GetSale().Lines[0].ItemClass = "Foot\x01wear"
	lines.Memo = "first line\n\tsecond line"
	results := w.record(nul, class, lines)
	for i, want := range []struct {
		status financialv1.RecordEventResult_Status
		field  string
	}{
		{financialv1.RecordEventResult_STATUS_INVALID, "memo"},
		{financialv1.RecordEventResult_STATUS_INVALID, "sale.lines[0].item_class"},
		{financialv1.RecordEventResult_STATUS_ACCEPTED, ""},
	} {
		result := results[i]
		if result.GetStatus() != want.status {
			t.Errorf("event %d: status %s, want %s", i, result.GetStatus(), want.status)
		}
		if want.field != "" && result.GetViolations()[0].GetField() != want.field {
			t.Errorf("event %d: violations %v, want one of %s", i, result.GetViolations(), want.field)
		}
	}
}

func TestBadInputReusedEventID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := sale("e1")
	other.Memo = "something else"
	first := w.record(sale("e1"), sale("e1"), other)
	again := w.record(sale("e1"), other)
	for i, want := range []financialv1.RecordEventResult_Status{
		financialv1.RecordEventResult_STATUS_ACCEPTED, financialv1.RecordEventResult_STATUS_DUPLICATE,
		financialv1.RecordEventResult_STATUS_CONFLICT, financialv1.RecordEventResult_STATUS_DUPLICATE,
		financialv1.RecordEventResult_STATUS_CONFLICT,
	} {
		result := append(first, again...)[i]
		if result.GetStatus() != want || !result.GetRecordTime().AsTime().Equal(first[0].GetRecordTime().AsTime()) {
			t.Errorf("result %d = %v, want %s with the first record_time", i, result, want)
		}
		conflict := want == financialv1.RecordEventResult_STATUS_CONFLICT
		if conflict != (result.GetMessage() != "") || conflict != (result.GetState() == 0) {
			t.Errorf("result %d = %v: a message and no state belong to CONFLICT", i, result)
		}
	}
}

func TestBadInputPageTokenOfAnotherCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.record(sale("e1"), sale("e2"), sale("e3"))
	c, ctx := w.as(w.token([]string{rpc.AnyRetailer}, rpc.AllScopes()...)), t.Context()
	list := func(change func(*financialv1.ListEventsRequest)) (*financialv1.ListEventsResponse, error) {
		request := &financialv1.ListEventsRequest{RetailerId: retailer, PageSize: 2, LocationId: "store-1"}
		change(request)
		return c.financial.ListEvents(ctx, request)
	}
	first := must(list(func(*financialv1.ListEventsRequest) {}))(t)
	token := first.GetNextPageToken()
	if len(first.GetEvents()) != 2 || token == "" {
		t.Fatalf("the first page has %d events and the token %q", len(first.GetEvents()), token)
	}
	second := must(list(func(r *financialv1.ListEventsRequest) { r.PageToken, r.PageSize = token, 10 }))(t)
	if len(second.GetEvents()) != 1 || second.GetNextPageToken() != "" {
		t.Errorf("the second page has %d events and the token %q", len(second.GetEvents()), second.GetNextPageToken())
	}
	flipped := "A" + token[1:]
	if flipped == token {
		flipped = "B" + token[1:]
	}
	for name, change := range map[string]func(*financialv1.ListEventsRequest){
		"other filter":     func(r *financialv1.ListEventsRequest) { r.PageToken, r.Number = token, "T-e1" },
		"fewer filters":    func(r *financialv1.ListEventsRequest) { r.PageToken, r.LocationId = token, "" },
		"other retailer":   func(r *financialv1.ListEventsRequest) { r.PageToken, r.RetailerId = token, "other" },
		"changed":          func(r *financialv1.ListEventsRequest) { r.PageToken = flipped },
		"cut off":          func(r *financialv1.ListEventsRequest) { r.PageToken = token[:len(token)-2] },
		"not a token":      func(r *financialv1.ListEventsRequest) { r.PageToken = "%%%" },
		"another encoding": func(r *financialv1.ListEventsRequest) { r.PageToken = token + "==" },
	} {
		_, err := list(change)
		t.Log(name)
		_, bad := wantError(t, err, connect.CodeInvalidArgument, "PAGE_TOKEN_INVALID")
		wantField(t, bad, "page_token")
	}
	_, err := c.financial.ListAccounts(ctx, &financialv1.ListAccountsRequest{RetailerId: retailer, PageToken: token})
	wantError(t, err, connect.CodeInvalidArgument, "PAGE_TOKEN_INVALID")
}

func TestBadInputMappingToAccountsReceivable(t *testing.T) {
	t.Parallel()
	w := connected(t)
	for _, accountType := range []financialv1.AccountType{
		financialv1.AccountType_ACCOUNT_TYPE_ACCOUNTS_RECEIVABLE, financialv1.AccountType_ACCOUNT_TYPE_ACCOUNTS_PAYABLE,
	} {
		_, err := w.ann().financial.MapEvent(t.Context(), &financialv1.MapEventRequest{
			RetailerId: retailer, AccountId: w.account(accountType),
			Slot: &financialv1.Slot{Role: financialv1.Role_ROLE_PAYMENT, Key: "Visa"},
		})
		wantError(t, err, connect.CodeFailedPrecondition, "ACCOUNT_TYPE_REFUSED")
		for _, words := range []string{"name on every line", "clearing account"} { // why, and the way out
			if !strings.Contains(err.Error(), words) {
				t.Errorf("%q does not say %q", err, words)
			}
		}
	}
}
