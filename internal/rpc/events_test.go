package rpc_test

import (
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

func TestAnEventFromRecordToPosted(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSaleRoles()
	w.startSync()
	w.run()
	w.record(sale("e1"))
	status := w.waitFor("the sale to be posted", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_SYNCED) == 1
	})
	if want := "Things are good: the one event is in QuickBooks."; status.GetSummary() != want ||
		status.GetConnectionHealth() != financialv1.ConnectionHealth_CONNECTION_HEALTH_GOOD {
		t.Errorf("status = %v, want the summary %q", status, want)
	}
	got := w.event("e1")
	posted := got.GetEvent().GetPostedEntry()
	realm := w.simulator.Realms()[0]
	wantURL := w.simURL + "/companies/" + realm + "/journal?entry=" + posted.GetQuickbooksId() + "#entry-" + posted.GetQuickbooksId()
	if posted.GetRealmId() != realm || posted.GetUrl() != wantURL || posted.GetConfirmTime() == nil {
		t.Errorf("posted entry = %v, want the address %s", posted, wantURL)
	}
	entry := got.GetEntry()
	if entry.GetTotalAmount() != 1000 || entry.GetTxnDate() != "2026-03-14" || entry.GetDocNumber() != "T-e1" ||
		len(entry.GetLines()) != 2 || entry.GetLines()[0].GetSide() != financialv1.JournalLine_SIDE_DEBIT ||
		entry.GetLines()[0].GetSlots()[0].GetKey() != "Cash" {
		t.Errorf("entry = %v", entry)
	}
	attempts := got.GetAttempts()
	if len(attempts) != 1 || attempts[0].GetOutcome() != financialv1.Attempt_OUTCOME_BOOKED ||
		attempts[0].GetHttpStatus() != 200 || attempts[0].GetRequestId() == "" {
		t.Errorf("attempts = %v", attempts)
	}
}

func TestListEventsFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	events := fullEvents()
	events[1].BusinessDate, events[2].BusinessDate, events[3].LocationId = "2026-03-13", "2026-03-12", "store-9"
	w.record(events...)
	for name, test := range map[string]struct {
		change func(*financialv1.ListEventsRequest)
		want   []string
	}{
		"number": {func(r *financialv1.ListEventsRequest) { r.Number = "N 5" }, []string{"full-5"}},
		"kind": {
			func(r *financialv1.ListEventsRequest) { r.Kind = financialv1.EventKind_EVENT_KIND_PAYOUT },
			[]string{"full-10"},
		},
		"location": {func(r *financialv1.ListEventsRequest) { r.LocationId = "store-9" }, []string{"full-4"}},
		"dates": {
			func(r *financialv1.ListEventsRequest) {
				r.FromBusinessDate, r.ToBusinessDate = "2026-03-12", "2026-03-13"
			},
			[]string{"full-2", "full-3"},
		},
		"state": {
			func(r *financialv1.ListEventsRequest) { r.State = financialv1.EventState_EVENT_STATE_SYNCED },
			nil,
		},
		"reason": {func(r *financialv1.ListEventsRequest) { r.Reason = financialv1.Reason_REASON_UNMAPPED }, nil},
	} {
		request := &financialv1.ListEventsRequest{RetailerId: retailer}
		test.change(request)
		var ids []string
		for _, view := range must(w.ann().financial.ListEvents(t.Context(), request))(t).GetEvents() {
			ids = append(ids, view.GetEvent().GetEventId())
			if view.GetEvent().GetDetail() != nil || view.GetKind() == 0 || view.GetRecordTime() == nil {
				t.Errorf("%s: the list shows %v", name, view)
			}
		}
		if !slices.Equal(ids, test.want) {
			t.Errorf("%s: %v, want %v", name, ids, test.want)
		}
	}
	_, err := w.ann().financial.ListEvents(t.Context(), &financialv1.ListEventsRequest{
		RetailerId: retailer, FromBusinessDate: "2026-02-30", ToBusinessDate: "2026-13-01",
	})
	_, bad := wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "from_business_date")
	wantField(t, bad, "to_business_date")
}

func TestGetEventUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.ann().financial.GetEvent(t.Context(), &financialv1.GetEventRequest{RetailerId: retailer, EventId: "none"})
	info, _ := wantError(t, err, connect.CodeNotFound, "EVENT_NOT_FOUND")
	if info.GetMetadata()["event_id"] != "none" {
		t.Errorf("metadata = %v", info.GetMetadata())
	}
}

func TestPreviewEvent(t *testing.T) {
	t.Parallel()
	w := connected(t)
	preview := func(event *financialv1.Event) *financialv1.PreviewEventResponse {
		t.Helper()
		return must(w.ann().financial.PreviewEvent(t.Context(), &financialv1.PreviewEventRequest{
			RetailerId: retailer, Source: &financialv1.PreviewEventRequest_Event{Event: event},
		}))(t)
	}
	unmapped := preview(sale("e1"))
	if unmapped.GetProblem().GetReason() != financialv1.Reason_REASON_UNMAPPED || len(unmapped.GetProblem().GetSlots()) != 2 ||
		unmapped.GetEntry() != nil {
		t.Errorf("preview without a mapping = %v", unmapped)
	}
	w.mapSaleRoles()
	if entry := preview(sale("e1")).GetEntry(); entry.GetTotalAmount() != 1000 || len(entry.GetLines()) != 2 {
		t.Errorf("preview = %v", entry)
	}
	nothing := sale("e1")
	nothing.GetSale().Tenders, nothing.GetSale().Lines = nil, nil
	if got := preview(nothing); !got.GetNothingToPost() || got.GetEntry() != nil {
		t.Errorf("preview of nothing = %v", got)
	}
	if n := len(must(w.ann().financial.ListEvents(t.Context(),
		&financialv1.ListEventsRequest{RetailerId: retailer}))(t).GetEvents()); n != 0 {
		t.Errorf("the previews stored %d events", n)
	}
	w.record(sale("e2"))
	recorded := must(w.ann().financial.PreviewEvent(t.Context(), &financialv1.PreviewEventRequest{
		RetailerId: retailer, Source: &financialv1.PreviewEventRequest_EventId{EventId: "e2"},
	}))(t)
	if recorded.GetEntry().GetDocNumber() != "T-e2" {
		t.Errorf("preview of a recorded event = %v", recorded)
	}
}

func TestPreviewEventRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	event := sale("e1")
	event.BusinessDate = "2026-02-30"
	for name, test := range map[string]struct {
		request *financialv1.PreviewEventRequest
		code    connect.Code
		reason  string
		field   string
	}{
		"nothing": {&financialv1.PreviewEventRequest{}, connect.CodeInvalidArgument, "INVALID_REQUEST", "source"},
		"unknown": {
			&financialv1.PreviewEventRequest{Source: &financialv1.PreviewEventRequest_EventId{EventId: "none"}},
			connect.CodeNotFound, "EVENT_NOT_FOUND", "",
		},
		"no such day": {
			&financialv1.PreviewEventRequest{Source: &financialv1.PreviewEventRequest_Event{Event: event}},
			connect.CodeInvalidArgument, "INVALID_REQUEST", "event.business_date",
		},
		"no detail": {
			&financialv1.PreviewEventRequest{Source: &financialv1.PreviewEventRequest_Event{Event: &financialv1.Event{}}},
			connect.CodeInvalidArgument, "INVALID_REQUEST", "event.detail",
		},
	} {
		test.request.RetailerId = retailer
		_, err := w.ann().financial.PreviewEvent(t.Context(), test.request)
		t.Log(name)
		_, bad := wantError(t, err, test.code, test.reason)
		if test.field != "" {
			wantField(t, bad, test.field)
		}
	}
}

// What SyncPastEvents tells callers to do until it is there, works.
func TestSkipAndUnskipPostPastEvents(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSaleRoles()
	w.record(sale("e1"))
	w.startSync()
	w.run()
	if got := w.event("e1").GetEvent().GetState(); got != financialv1.EventState_EVENT_STATE_NEVER_SYNCED {
		t.Fatalf("state %s, want NEVER_SYNCED", got)
	}
	for _, unskip := range []bool{false, true} {
		must(w.ann().financial.SkipEvents(t.Context(), &financialv1.SkipEventsRequest{
			RetailerId: retailer, EventIds: []string{"e1"}, Note: "post it", Unskip: unskip,
		}))(t)
	}
	w.waitFor("the event to be posted", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_SYNCED) == 1
	})
}

func TestRetryAndSkipEvents(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.startSync()
	w.run()
	w.record(sale("e1"), sale("e2"), sale("e3"))
	waiting := func(n int64) func(*financialv1.SyncStatus) bool {
		return func(s *financialv1.SyncStatus) bool {
			return count(s, financialv1.EventState_EVENT_STATE_ACTION_REQUIRED) == n
		}
	}
	w.waitFor("the events to wait", waiting(3))
	c, ctx := w.ann().financial, t.Context()
	other := must(c.RetryEvents(ctx, &financialv1.RetryEventsRequest{
		RetailerId: retailer, Reason: financialv1.Reason_REASON_PERIOD_CLOSED,
	}))(t)
	all := must(c.RetryEvents(ctx, &financialv1.RetryEventsRequest{RetailerId: retailer}))(t)
	if other.GetRetriedEventCount() != 0 || all.GetRetriedEventCount() != 3 {
		t.Errorf("retried %d for another reason and %d for every", other.GetRetriedEventCount(), all.GetRetriedEventCount())
	}
	w.waitFor("the events to wait again", waiting(3))
	skip := &financialv1.SkipEventsRequest{RetailerId: retailer, EventIds: []string{"e1", "e2", "none"}, Note: "booked by hand"}
	if got := must(c.SkipEvents(ctx, skip))(t).GetChangedEventCount(); got != 2 {
		t.Errorf("skipped %d, want 2", got)
	}
	skip.EventIds, skip.Unskip, skip.Note = []string{"e2"}, true, "it was not"
	if got := must(c.SkipEvents(ctx, skip))(t).GetChangedEventCount(); got != 1 {
		t.Errorf("unskipped %d, want 1", got)
	}
	w.waitFor("the unskipped event to wait", waiting(2))
	history := w.event("e1").GetHistory()
	last := history[len(history)-1]
	if last.GetActor() != "ann" || last.GetNote() != "booked by hand" ||
		last.GetToState() != financialv1.EventState_EVENT_STATE_SKIPPED {
		t.Errorf("the last step of the history is %v", last)
	}
	if first := history[0]; first.GetActor() != "tillpost" {
		t.Errorf("the first step of the history is %v, want one by tillpost", first)
	}
	if note := strings.Repeat("n", 501); true {
		_, err := c.SkipEvents(ctx, &financialv1.SkipEventsRequest{RetailerId: retailer, EventIds: []string{"e1"}, Note: note})
		_, bad := wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
		wantField(t, bad, "note")
	}
}
