package rpc_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/rpc"
)

func (w *world) status() *financialv1.SyncStatus {
	w.t.Helper()
	return must(w.ann().financial.SyncStatus(w.t.Context(), &financialv1.SyncStatusRequest{
		RetailerId: retailer,
	}))(w.t).GetStatus()
}

func TestSyncStatusOnTheWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, step := range []struct {
		do      func()
		summary string
		health  financialv1.ConnectionHealth
	}{
		{
			func() {}, "QuickBooks is not connected: connect it to post.",
			financialv1.ConnectionHealth_CONNECTION_HEALTH_NOT_CONNECTED,
		},
		{
			func() { w.record(sale("e1"), sale("e2")) }, "QuickBooks is not connected: connect it to post; 2 events are kept.",
			financialv1.ConnectionHealth_CONNECTION_HEALTH_NOT_CONNECTED,
		},
		{
			func() { w.connect("authorize") }, "Sync is not started; 2 events are recorded and not posted.",
			financialv1.ConnectionHealth_CONNECTION_HEALTH_GOOD,
		},
		{
			func() { w.startSync(); w.record(sale("e3")) },
			"1 event is on the way to QuickBooks; 0 of 3 are there.",
			financialv1.ConnectionHealth_CONNECTION_HEALTH_GOOD,
		},
		{
			func() {
				must(w.ann().integration.PauseSync(t.Context(), &integrationv1.PauseSyncRequest{RetailerId: retailer}))(t)
			},
			"Sync is paused; 1 event waits.",
			financialv1.ConnectionHealth_CONNECTION_HEALTH_GOOD,
		},
	} {
		step.do()
		got := w.status()
		if got.GetSummary() != step.summary || got.GetConnectionHealth() != step.health {
			t.Errorf("%s: %q\nwant %s: %q", got.GetConnectionHealth(), got.GetSummary(), step.health, step.summary)
		}
	}
	status := w.status()
	if status.GetTotalCount() != 3 || status.GetOldestUnsyncedTime() == nil || status.GetLastSyncedTime() != nil ||
		count(status, financialv1.EventState_EVENT_STATE_NEVER_SYNCED) != 2 {
		t.Errorf("status = %v", status)
	}
}

func watch(ctx context.Context, t *testing.T, w *world) func() (*financialv1.SyncStatus, error) {
	t.Helper()
	stream := must(w.ann().financial.WatchSyncStatus(ctx, &financialv1.WatchSyncStatusRequest{RetailerId: retailer}))(t)
	t.Cleanup(func() { check(t, stream.Close()) })
	return func() (*financialv1.SyncStatus, error) {
		message, err := stream.Receive()
		return message.GetStatus(), err
	}
}

func TestWatchSyncStatusSendsAtOnceAndOnChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *rpc.Config) { c.WatchInterval = time.Millisecond })
	receive := watch(t.Context(), t, w)
	if first := must(receive())(t); first.GetTotalCount() != 0 {
		t.Errorf("the first status = %v", first)
	}
	for i, id := range []string{"e1", "e2"} {
		w.record(sale(id))
		if next := must(receive())(t); next.GetTotalCount() != int64(i+1) {
			t.Errorf("the status after %d events = %v", i+1, next)
		}
	}
}

func TestWatchSyncStatusKeepsAlive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *rpc.Config) { c.WatchInterval, c.WatchKeepAlive = time.Millisecond, 2*time.Millisecond })
	receive := watch(t.Context(), t, w)
	for range 3 { // nothing changes
		must(receive())(t)
	}
}

func TestWatchSyncStatusEndsWithTheCaller(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	receive := watch(ctx, t, w)
	must(receive())(t)
	cancel()
	if _, err := receive(); !errors.Is(err, context.Canceled) && !errors.Is(err, io.EOF) {
		t.Errorf("a cancelled watch ended with %v", err)
	}
}

func TestWatchSyncStatusEndsWithTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	watching := map[string]financialv1connect.FinancialServiceWatchSyncStatusClientStream{}
	for name, c := range w.protocols(w.token([]string{retailer}, rpc.ScopeRead)) {
		stream := must(c.financial.WatchSyncStatus(t.Context(), &financialv1.WatchSyncStatusRequest{RetailerId: retailer}))(t)
		must(stream.Receive())(t)
		watching[name] = stream
	}
	w.stop()
	for name, stream := range watching {
		_, err := stream.Receive()
		t.Log(name)
		wantError(t, err, connect.CodeUnavailable, "SERVER_STOPPING")
		check(t, stream.Close())
	}
}
