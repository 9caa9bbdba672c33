package rpc_test

import (
	"context"
	"fmt"
	"testing"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/rpc"
)

// syncPast starts a backfill of all dates.
func (w *world) syncPast() *financialv1.Backfill {
	w.t.Helper()
	return must(w.ann().integration.SyncPastEvents(w.t.Context(), &integrationv1.SyncPastEventsRequest{
		RetailerId: retailer,
	}))(w.t).GetBackfill()
}

func (w *world) backfill(id string) *financialv1.Backfill {
	w.t.Helper()
	return must(w.ann().integration.GetBackfill(w.t.Context(), &integrationv1.GetBackfillRequest{
		RetailerId: retailer, BackfillId: id,
	}))(w.t).GetBackfill()
}

// recordMany records n sales under ids with a prefix.
func (w *world) recordMany(prefix string, n int) {
	w.t.Helper()
	for first := 0; first < n; first += 500 {
		var events []*financialv1.Event
		for i := first; i < min(first+500, n); i++ {
			events = append(events, sale(fmt.Sprintf("%s-%05d", prefix, i)))
		}
		w.record(events...)
	}
}

// TestBackfill goes from its start over a pause, in which a live event is posted and no past one, and a restart of the
// service in the middle, to its end: every event is in the books once.
func TestBackfill(t *testing.T) {
	t.Parallel()
	const past = 3000
	w := connected(t)
	w.mapSale()
	w.recordMany("past", past)
	w.startSync()
	started := w.syncPast()
	if started.GetBackfillId() != "1" || started.GetState() != financialv1.Backfill_STATE_RUNNING || started.GetTotalCount() != past ||
		started.GetRemainingCount() != past || started.GetStartedBy() != "ann" || started.GetStartTime() == nil {
		t.Fatalf("started %v", started)
	}
	if got, want := w.status().GetSummary(), "Posting past events: 0 of 3,000."; got != want {
		t.Errorf("summary %q, want %q", got, want)
	}
	stop := w.runUntil()
	some := w.waitFor("some progress", func(s *financialv1.SyncStatus) bool { return s.GetBackfill().GetBookedCount() >= 60 })
	if b := some.GetBackfill(); b.GetBookedCount()+b.GetRemainingCount() != past || b.GetTotalCount() != past {
		t.Errorf("progress %v", b)
	}
	paused := must(w.ann().integration.PauseBackfill(t.Context(), &integrationv1.PauseBackfillRequest{
		RetailerId: retailer, BackfillId: "1",
	}))(t).GetBackfill()
	if paused.GetState() != financialv1.Backfill_STATE_PAUSED || paused.GetChangedBy() != "ann" || paused.GetRemainingCount() == 0 {
		t.Fatalf("paused %v", paused)
	}
	still := w.waitFor("what is under way to be settled", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_PROCESSING) == 0
	})
	w.record(sale("live"))
	w.waitFor("the live event", func(*financialv1.SyncStatus) bool {
		return w.event("live").GetEvent().GetState() == financialv1.EventState_EVENT_STATE_SYNCED
	})
	if got := w.status().GetBackfill(); got.GetBookedCount() != still.GetBackfill().GetBookedCount() {
		t.Errorf("past events were posted during the pause: %v, before %v", got, still.GetBackfill())
	}
	must(w.ann().integration.ResumeBackfill(t.Context(), &integrationv1.ResumeBackfillRequest{
		RetailerId: retailer, BackfillId: "1",
	}))(t)
	w.waitFor("more progress", func(s *financialv1.SyncStatus) bool {
		return s.GetBackfill().GetBookedCount() > still.GetBackfill().GetBookedCount()
	})
	stop()
	if w.backfill("1").GetRemainingCount() == 0 {
		t.Error("nothing was left to do after the restart")
	}
	w.run() // as another server would
	w.waitFor("the end", func(s *financialv1.SyncStatus) bool { return s.GetBackfill() == nil })
	done := w.backfill("1")
	if done.GetState() != financialv1.Backfill_STATE_DONE || done.GetBookedCount() != past || done.GetTotalCount() != past ||
		done.GetRemainingCount() != 0 || done.GetEndTime() == nil || done.GetRemainingDuration() != nil {
		t.Errorf("done %v", done)
	}
	if entries := must(w.simulator.Journal(w.simulator.Realms()[0]))(t); len(entries) != past+1 {
		t.Errorf("QuickBooks holds %d entries, want %d", len(entries), past+1)
	}
	w.audited()
}

// TestBackfillWaitsForAPerson ends with events that wait for a mapping, and runs again when they get it.
func TestBackfillWaitsForAPerson(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapTo(financialv1.Role_ROLE_REVENUE, salesAccount)
	w.recordMany("past", 40)
	w.startSync()
	w.syncPast()
	w.run()
	w.waitFor("the end", func(s *financialv1.SyncStatus) bool { return s.GetBackfill() == nil })
	if b := w.backfill("1"); b.GetState() != financialv1.Backfill_STATE_DONE || b.GetActionRequiredCount() != 40 {
		t.Errorf("without a mapping: %v", b)
	}
	w.mapTo(financialv1.Role_ROLE_PAYMENT, cashAccount)
	w.posted(40)
	w.waitFor("the end", func(s *financialv1.SyncStatus) bool { return s.GetBackfill() == nil })
	if b := w.backfill("1"); b.GetState() != financialv1.Backfill_STATE_DONE || b.GetBookedCount() != 40 {
		t.Errorf("with a mapping: %v", b)
	}
	w.audited()
}

// TestOneBackfillAtATime refuses another one with its reason, cancels, and lists the history page by page.
func TestOneBackfillAtATime(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSale()
	w.recordMany("past", 3)
	w.startSync()
	integration := w.ann().integration
	first := w.syncPast()
	again := w.syncPast()
	if again.GetBackfillId() != first.GetBackfillId() {
		t.Errorf("the same call started %v", again)
	}
	_, err := integration.SyncPastEvents(t.Context(), &integrationv1.SyncPastEventsRequest{
		RetailerId: retailer, FromBusinessDate: "2026-03-01",
	})
	info, _ := wantError(t, err, connect.CodeFailedPrecondition, "BACKFILL_UNFINISHED")
	if info.GetMetadata()["backfill_id"] != first.GetBackfillId() {
		t.Errorf("metadata %v", info.GetMetadata())
	}
	cancel := &integrationv1.CancelBackfillRequest{RetailerId: retailer, BackfillId: first.GetBackfillId()}
	for range 2 { // twice is as good as once
		got := must(integration.CancelBackfill(t.Context(), cancel))(t).GetBackfill()
		if got.GetState() != financialv1.Backfill_STATE_CANCELLED || got.GetRemainingCount() != 3 || got.GetEndTime() == nil {
			t.Errorf("cancelled %v", got)
		}
	}
	if n := count(w.status(), financialv1.EventState_EVENT_STATE_NEVER_SYNCED); n != 3 {
		t.Errorf("%d events are NEVER_SYNCED, want 3", n)
	}
	_, err = integration.PauseBackfill(t.Context(), &integrationv1.PauseBackfillRequest{RetailerId: retailer, BackfillId: "1"})
	wantError(t, err, connect.CodeFailedPrecondition, "BACKFILL_ENDED")
	_, err = integration.ResumeBackfill(t.Context(), &integrationv1.ResumeBackfillRequest{RetailerId: retailer, BackfillId: "9"})
	wantError(t, err, connect.CodeNotFound, "BACKFILL_NOT_FOUND")
	_, err = integration.GetBackfill(t.Context(), &integrationv1.GetBackfillRequest{RetailerId: retailer, BackfillId: "01"})
	_, bad := wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "backfill_id")
	reader := w.as(w.token([]string{retailer}, rpc.ScopeRead)).integration
	_, err = reader.CancelBackfill(t.Context(), cancel)
	wantError(t, err, connect.CodePermissionDenied, "SCOPE_MISSING")
	w.syncPast()
	var ids []string
	list := &integrationv1.ListBackfillsRequest{RetailerId: retailer, PageSize: 1}
	for {
		page := must(reader.ListBackfills(t.Context(), list))(t)
		for _, b := range page.GetBackfills() {
			ids = append(ids, b.GetBackfillId())
		}
		if list.PageToken = page.GetNextPageToken(); list.GetPageToken() == "" {
			break
		}
	}
	if fmt.Sprint(ids) != "[2 1]" {
		t.Errorf("the history is %v, want [2 1]", ids)
	}
}

// TestBackfillOfNothing starts none.
func TestBackfillOfNothing(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.startSync()
	if b := w.syncPast(); b != nil {
		t.Errorf("started %v", b)
	}
}

// TestBackfillWhilePaused tells no time that is left, and says what holds the past events back.
func TestBackfillWhilePaused(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSale()
	w.recordMany("past", 2)
	w.startSync()
	w.syncPast()
	must(w.ann().integration.PauseSync(t.Context(), &integrationv1.PauseSyncRequest{RetailerId: retailer}))(t)
	want := "Sync is paused, and the posting of past events with it: 0 of 2 are done."
	if got := w.status(); got.GetSummary() != want || got.GetBackfill().GetState() != financialv1.Backfill_STATE_RUNNING {
		t.Errorf("summary %q, want %q", got.GetSummary(), want)
	}
	w.startSync()
	must(w.ann().integration.PauseBackfill(t.Context(), &integrationv1.PauseBackfillRequest{RetailerId: retailer, BackfillId: "1"}))(t)
	want = "Posting past events is paused: 0 of 2 are done."
	if got := w.status(); got.GetSummary() != want || got.GetBackfill().GetRemainingDuration() != nil {
		t.Errorf("summary %q, want %q", got.GetSummary(), want)
	}
}

// runUntil posts until the function that it returns is called.
func (w *world) runUntil() (stop func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan error, 1)
	go func() { done <- w.engine.Run(ctx) }()
	return func() {
		cancel()
		check(w.t, <-done)
	}
}
