package posting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

const (
	// linger is how long an idle worker keeps its company, so that the next event goes out at once.
	linger = time.Second
	// quantum is how long a worker serves one company before others get their turn.
	quantum = 20 * time.Second
	// Where others wait, share is how many entries are a turn: what a backlog may have under way at once, so that one look at it
	// fills the turn, and a turn brings every company the same, however slow the machine is. shortTurn ends the turn of one that
	// cannot send as much.
	share     = (maxInFlight - keptInFlight) * wire.MaxBatchItems
	shortTurn = time.Second
	// hanging is how long after a turn requests of it may take to end before others are sent meanwhile.
	hanging = 5 * time.Second
	// paceRest is how long a company is left alone at least when its limits allow nothing and others wait.
	paceRest = 250 * time.Millisecond
	// maxInFlight is how many requests of one company are under way at once; Intuit allows ten.
	maxInFlight = 8
	// maxBackoff bounds the pause after failures.
	maxBackoff = time.Minute
)

// company serves one company under one lease: a single loop plans requests, a goroutine each sends them, and the loop
// records what came back. Everything that decides is in the loop, so nothing here needs a lock but the lease.
type company struct {
	e       *Engine
	log     *slog.Logger
	wake    chan struct{}
	results chan result
	// flying holds when each request under way was let fly, by their ids.
	flying map[string]time.Time
	pacer  *quickbooks.Pacer
	// sent counts the entries of the turn, up to share; then served is when they had all been let fly.
	sent   int
	served time.Time
	// line is of the requests under way that have not got their turn yet.
	line  line
	grant grant
	// companyReadAt is when the company's preferences were last read; zero: not known.
	companyReadAt time.Time
	// rest is how long the company is left alone because its limits allow nothing.
	rest time.Duration
	// held is until when the company waits because QuickBooks answers nobody; zero: it does not.
	held time.Time
	lesson

	mu    sync.Mutex
	lease store.Lease
}

func newCompany(e *Engine, lease store.Lease, log *slog.Logger) *company {
	return &company{
		e: e, log: log, lease: lease,
		wake: make(chan struct{}, 1), results: make(chan result, maxInFlight), flying: map[string]time.Time{},
	}
}

func (c *company) currentLease() store.Lease {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lease
}

// run serves the company until nothing is due, its time is up, it fails, or ctx ends. Requests under way are always
// waited for, within the engine's grace once ctx has ended.
func (c *company) run(ctx context.Context) (store.Backoff, error) {
	work, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	release := context.AfterFunc(ctx, func() { time.AfterFunc(c.e.Grace, func() { stop(context.Cause(ctx)) }) })
	defer release()
	var beat sync.WaitGroup
	beat.Go(func() { c.heartbeat(work, stop) })
	defer beat.Wait()
	defer stop(nil)

	err := c.loop(ctx, work)
	for len(c.flying) > 0 { // only after an error: record what still comes back, as far as it can be recorded
		r := <-c.results
		delete(c.flying, r.request.ID)
		if e := c.e.Store.Settle(work, c.currentLease(), time.Now(), c.settlement(r)); e != nil {
			c.log.WarnContext(ctx, "an outcome could not be recorded; its request stays open", "request", r.request.ID, "error", e)
		}
	}
	if cause := context.Cause(work); err == nil && errors.Is(cause, store.ErrLeaseLost) {
		err = cause
	}
	if c.rest > 0 && err == nil {
		c.pause.Until = later(c.pause.Until, time.Now().Add(c.rest))
	}
	return c.backoff(), err
}

// backoff is what the store is told when the company is given back.
func (c *company) backoff() store.Backoff {
	b := c.pause
	if c.held.After(b.Until) {
		b.Until, b.Problem = c.held, DownForAll
	}
	return b
}

// loop alternates planning, waiting and recording. ctx asks to stop; work is good until requests under way are done.
func (c *company) loop(ctx, work context.Context) error {
	began := time.Now()
	for {
		var planned bool
		var again time.Duration
		over := ctx.Err() != nil || c.turnIsOver(began)
		if !over && work.Err() == nil {
			var err error
			planned, again, err = c.plan(work)
			if err != nil {
				return c.fail(work, err)
			}
		}
		if len(c.flying) > 0 {
			if err := c.collect(work, again); err != nil {
				return err
			}
			continue
		}
		if planned {
			continue // something was decided without a request; look again
		}
		c.e.asksNothing(work, c.currentLease().Retailer)
		if over || c.paused() || c.yield(again) || !c.idle(ctx, again) {
			return nil
		}
	}
}

// turnIsOver tells whether others get their turn.
func (c *company) turnIsOver(began time.Time) bool {
	end := began.Add(quantum)
	if c.e.crowded() {
		end = began.Add(shortTurn)
		if !c.served.IsZero() && c.served.Before(end) {
			end = c.served
		}
	}
	return time.Now().After(end) && !c.hangs(end)
}

// serve counts what the turn has brought the company.
func (c *company) serve(entries int) {
	c.sent += entries
	if c.served.IsZero() && c.sent >= share {
		c.served = time.Now()
	}
}

// hangs tells whether a request from before the end of the turn is still not answered some time after it. The worker cannot
// leave without the answer, so it helps nobody to send nothing meanwhile.
func (c *company) hangs(end time.Time) bool {
	if time.Since(end) < hanging {
		return false
	}
	for _, began := range c.flying {
		if !began.After(end) {
			return true
		}
	}
	return false
}

// yield tells whether a worker that can do nothing for its company at present goes to another: it waits here only while
// other workers are free.
func (c *company) yield(again time.Duration) bool {
	if !c.e.crowded() {
		return false
	}
	if again > 0 && again <= paceRest { // a request that is due later needs no rest: its time is stored
		c.rest = paceRest
	}
	return true
}

// paused tells whether there is a pause that is longer than an idle worker lingers.
func (c *company) paused() bool { return time.Until(later(c.pause.Until, c.held)) > linger }

// idle waits a moment for more work and tells whether there may be some. again is when known work becomes due; 0 means
// none is known.
func (c *company) idle(ctx context.Context, again time.Duration) bool {
	wait := linger
	if again > 0 {
		wait = min(again, linger)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-c.wake:
		return true
	case <-timer.C:
		return again > 0 && again <= linger
	}
}

// collect waits for a result, takes all that have come, and records them in one transaction. A wake-up or the moment
// when known work becomes due ends the wait too, if there is room for more requests; so does a look for what was recorded on
// other servers, which cannot wake this one.
func (c *company) collect(work context.Context, again time.Duration) error {
	var timer <-chan time.Time
	wake := c.wake
	if len(c.flying) >= c.mostInFlight() {
		wake = nil
	} else {
		t := time.NewTimer(soonest(again, c.e.Poll))
		defer t.Stop()
		timer = t.C
	}
	var done []result
	select {
	case r := <-c.results:
		done = append(done, r)
	case <-wake:
	case <-timer:
	}
	for len(c.results) > 0 {
		done = append(done, <-c.results)
	}
	if len(done) == 0 {
		return nil
	}
	return c.record(work, done)
}

// record writes outcomes down and learns from them for the pace of what follows.
func (c *company) record(work context.Context, done []result) error {
	troubled := c.pause.Failures > 0
	settlements := make([]store.Settlement, 0, len(done))
	for _, r := range done {
		delete(c.flying, r.request.ID)
		for i := range r.verdicts {
			c.remember(r.request, r.request.Items[i], &r.verdicts[i])
		}
		settlements = append(settlements, c.settlement(r))
		c.learn(work, r)
	}
	if err := c.e.Store.SettleMany(work, c.currentLease(), time.Now(), settlements); err != nil {
		return fmt.Errorf("record %d outcomes: %w", len(done), err)
	}
	if troubled && c.pause.Failures == 0 {
		c.e.endPauses(work, c.currentLease().Retailer) // or the status would tell of the problem until the turn is over
	}
	return nil
}

// fail turns an error of planning into a pause where that is what it means.
func (c *company) fail(work context.Context, err error) error {
	switch {
	case errors.Is(err, ErrQuickBooksUnavailable):
		c.e.missed(work, c.currentLease().Retailer)
		c.back("QuickBooks does not answer.", 0)
		return err
	case errors.Is(err, ErrReauthorizationRequired), errors.Is(err, ErrNotConnected):
		return nil // the connection's state says so; connecting again wakes the work
	case errors.Is(err, store.ErrLeaseLost):
		return err
	default:
		c.back("Tillpost could not plan the next postings; it tries again by itself.", 0)
		return err
	}
}

// heartbeat keeps the lease alive. When the lease is lost the work is stopped: another worker has the company.
func (c *company) heartbeat(work context.Context, stop context.CancelCauseFunc) {
	ticker := time.NewTicker(c.e.LeaseTTL / 3) //nolint:mnd // three chances within a lease
	defer ticker.Stop()
	for {
		select {
		case <-work.Done():
			return
		case <-ticker.C:
		}
		lease, err := c.e.Store.Extend(work, c.currentLease(), time.Now(), c.e.LeaseTTL)
		if errors.Is(err, store.ErrLeaseLost) {
			stop(err)
			return
		}
		if work.Err() != nil {
			return // the turn was over before the database had answered
		}
		if err != nil {
			c.log.WarnContext(work, "a lease could not be extended; trying again", "error", err)
			continue
		}
		c.mu.Lock()
		c.lease.Until = lease.Until // its place may have been used up meanwhile
		c.mu.Unlock()
	}
}
