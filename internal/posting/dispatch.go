package posting

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// Run posts until ctx ends, then lets requests under way finish, within the grace, and returns. What it could not
// finish is stored and goes on with the next start, here or on another server. It returns an error only when it cannot
// work at all; a database that is away is waited for.
func (e *Engine) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	defer workers.Wait()
	slots := make(chan struct{}, e.Workers)
	poll := time.NewTimer(0)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-e.wake:
		case <-poll.C:
		}
		next, err := e.dispatch(ctx, slots, &workers)
		if err != nil && ctx.Err() == nil {
			e.Log.ErrorContext(ctx, "looking for work failed; trying again", "error", err)
		}
		poll.Reset(next)
	}
}

// dispatch claims companies that are due until none is or every worker is busy, and returns when to look again.
func (e *Engine) dispatch(ctx context.Context, slots chan struct{}, workers *sync.WaitGroup) (time.Duration, error) {
	for {
		select {
		case slots <- struct{}{}:
		default:
			e.queue.Store(true) // until nobody is found
			return e.Poll, nil  // a worker that ends wakes the dispatcher
		}
		lease, ok, err := e.Store.Claim(ctx, e.owner, time.Now(), e.LeaseTTL)
		if err != nil || !ok {
			<-slots
			e.queue.Store(err != nil && e.crowded()) // an error says nothing of who waits
			return e.untilDue(ctx), err
		}
		workers.Go(func() {
			defer nudge(e.wake)
			defer func() { <-slots }()
			e.serve(ctx, lease)
		})
	}
}

// crowded tells whether a company may be waiting for a worker: since every worker had a company, nobody was looked for in vain.
// That workers are free at present says nothing: where hundreds wait some always are, until the dispatcher has come to them.
func (e *Engine) crowded() bool { return e.queue.Load() }

// untilDue returns how long the dispatcher may sleep: until the next work that is known of, at most the poll interval.
func (e *Engine) untilDue(ctx context.Context) time.Duration {
	due, ok, err := e.Store.NextDue(ctx)
	if err != nil || !ok {
		return e.Poll
	}
	return min(max(time.Until(due), time.Millisecond), e.Poll)
}

// serve works for one company until nothing is due, then gives the lease back.
func (e *Engine) serve(ctx context.Context, lease store.Lease) {
	log := e.Log.With("retailer", string(lease.Retailer), "fence", lease.Fence)
	c := newCompany(e, lease, log)
	e.enter(c)
	pause, err := c.run(ctx)
	e.leave(c)
	e.asksNothing(ctx, lease.Retailer)
	if err != nil {
		log.WarnContext(ctx, "posting for a company was interrupted", "error", err)
	}
	if err := e.release(ctx, c.currentLease(), pause); err != nil {
		log.WarnContext(ctx, "giving a lease back failed; it runs out by itself", "error", err)
	}
	if !c.held.IsZero() && !e.breaker.holds(lease.Retailer) { // let go before its pause was stored
		e.endPauses(ctx, lease.Retailer)
	}
}

// enter makes a company known to Wake, and reminds it of what was learned before.
func (e *Engine) enter(c *company) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.active[c.lease.Retailer] = c
	c.lesson = e.lessons[c.lease.Retailer]
	if c.alone == nil {
		c.alone = map[ledger.EventID]int{}
	}
}

func (e *Engine) leave(c *company) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.active, c.lease.Retailer)
	delete(e.lessons, c.lease.Retailer)
	if c.matters() {
		e.lessons[c.lease.Retailer] = c.lesson
	}
}

// release gives a lease back, also while the engine stops.
func (e *Engine) release(ctx context.Context, lease store.Lease, pause store.Backoff) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	if err := e.Store.Release(ctx, lease, time.Now(), pause); err != nil {
		return fmt.Errorf("release the lease of %s: %w", lease.Retailer, err)
	}
	return nil
}

const releaseTimeout = 5 * time.Second
