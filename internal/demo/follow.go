package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

const (
	// recordBatch is how many events go in one call; the API takes up to 1,000.
	recordBatch = 500
	// recorders is how many calls are under way at once.
	recorders = 2
	// standstill is how long nothing may happen before the run gives up.
	standstill = 3 * time.Minute
	// watchAgain is the pause before a broken watch is opened anew.
	watchAgain = 250 * time.Millisecond
)

var (
	// errStandstill ends a run that waits in vain.
	errStandstill = errors.New("no event has moved for " + standstill.String())
	// errUnsettled says that events are still under way.
	errUnsettled = errors.New("events are under way")
)

// record sends the events, in batches that several goroutines send at once.
func (r *run) record(ctx context.Context) error {
	r.began = time.Now()
	progress := r.screen.newBar("events", int64(len(r.events)), r.began)
	var mu sync.Mutex
	var done int64
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(recorders)
	for batch := range slices.Chunk(r.events, recordBatch) {
		group.Go(func() error {
			if err := r.recordBatch(ctx, batch); err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			done += int64(len(batch))
			progress.set(done)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		progress.abandon()
		return fmt.Errorf("record events: %w", err)
	}
	progress.finish()
	return nil
}

// recordBatch sends one batch. Events that the service has already are as good as accepted.
func (r *run) recordBatch(ctx context.Context, batch []*financialv1.Event) error {
	res, err := r.Client.Financial.RecordEvents(ctx, &financialv1.RecordEventsRequest{
		RetailerId: r.Retailer, Events: batch,
	})
	if err != nil {
		return fmt.Errorf("record %d events: %w", len(batch), err)
	}
	if got := len(res.GetResults()); got != len(batch) {
		return fmt.Errorf("%d results for %d events", got, len(batch))
	}
	for _, result := range res.GetResults() {
		switch result.GetStatus() {
		case financialv1.RecordEventResult_STATUS_ACCEPTED, financialv1.RecordEventResult_STATUS_DUPLICATE:
		case financialv1.RecordEventResult_STATUS_UNSPECIFIED, financialv1.RecordEventResult_STATUS_CONFLICT,
			financialv1.RecordEventResult_STATUS_INVALID, financialv1.RecordEventResult_STATUS_SUPERSEDED:
			return fmt.Errorf("event %s was not accepted: %s: %s %v", result.GetEventId(), result.GetStatus(),
				result.GetMessage(), result.GetViolations())
		}
	}
	return nil
}

// follow watches the status until no event is under way any more.
func (r *run) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(standstill, func() { cancel(errStandstill) })
	defer watchdog.Stop()

	f := &follower{
		run: r, want: int64(len(r.events)), moved: func() { watchdog.Reset(standstill) },
		bar: r.screen.newBar("events", int64(len(r.events)), r.began),
	}
	for {
		err := f.watch(ctx)
		if err != nil && ctx.Err() == nil {
			err = f.ask(ctx) // a watch may break, as long as the status can be asked for
		}
		switch {
		case err == nil:
			f.bar.finish()
			r.report.Counts, r.report.Duration = f.last.GetCounts(), time.Since(r.began)
			return nil
		case ctx.Err() != nil:
			f.bar.abandon()
			return fmt.Errorf("wait until all is posted: %w; the service says: %s %s", context.Cause(ctx),
				f.last.GetSummary(), f.last.GetConnectionProblem())
		case !errors.Is(err, errUnsettled):
			f.bar.abandon()
			return fmt.Errorf("read the sync status: %w", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(watchAgain):
		}
	}
}

// follower follows the status of a retailer.
type follower struct {
	run   *run
	want  int64 // events that must have arrived
	bar   *bar
	moved func() // called whenever something has happened
	last  *financialv1.SyncStatus
	shown int64
}

// watch reads the stream of changes until all is settled; an end before that is an error.
func (f *follower) watch(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := f.run.Client.Financial.WatchSyncStatus(ctx, &financialv1.WatchSyncStatusRequest{
		RetailerId: f.run.Retailer,
	})
	if err != nil {
		return fmt.Errorf("watch the status: %w", err)
	}
	defer func() { _ = stream.Close() }()
	for {
		msg, err := stream.Receive()
		if err != nil {
			return fmt.Errorf("watch the status: %w", err)
		}
		if f.settled(msg.GetStatus()) {
			return nil
		}
	}
}

// ask reads the status once. It fails with errUnsettled while events are under way.
func (f *follower) ask(ctx context.Context) error {
	res, err := f.run.Client.Financial.SyncStatus(ctx, &financialv1.SyncStatusRequest{RetailerId: f.run.Retailer})
	if err != nil {
		return fmt.Errorf("ask for the status: %w", err)
	}
	if !f.settled(res.GetStatus()) {
		return errUnsettled
	}
	return nil
}

// settled takes a new status and reports whether every event has come to its end.
func (f *follower) settled(status *financialv1.SyncStatus) bool {
	var open int64
	for _, cell := range status.GetCounts() {
		switch cell.GetState() {
		case financialv1.EventState_EVENT_STATE_PENDING, financialv1.EventState_EVENT_STATE_PROCESSING:
			open += cell.GetCount()
		case financialv1.EventState_EVENT_STATE_UNSPECIFIED, financialv1.EventState_EVENT_STATE_NEVER_SYNCED,
			financialv1.EventState_EVENT_STATE_SYNCED, financialv1.EventState_EVENT_STATE_ACTION_REQUIRED,
			financialv1.EventState_EVENT_STATE_NOTHING_TO_POST, financialv1.EventState_EVENT_STATE_SKIPPED:
		}
	}
	f.last = status
	if done := min(status.GetTotalCount()-open, f.want); done != f.shown {
		f.shown = done
		f.bar.set(done)
		f.moved()
	}
	return status.GetTotalCount() >= f.want && open == 0
}
