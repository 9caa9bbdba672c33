package posting

import (
	"context"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// pastChunk is how many past events are released at once: what can be under way, and so few that who records events of the
// same retailer meanwhile hardly notices.
const pastChunk = maxInFlight * wire.MaxBatchItems

// pending reads the events to post. Where fewer are pending than could be sent, past events of a running backfill get their
// turn: so they go at the pace of posting, and always after those that come in. Without room for a backlog it is not looked at.
func (c *company) pending(work context.Context, lease store.Lease, now time.Time, room *room) ([]store.PendingEvent, error) {
	limit, backlog := max(room.entries(), 1), room.backlog.entries() > 0
	events, err := c.e.Store.PendingEvents(work, lease, now, limit, backlog)
	if err != nil {
		return nil, fmt.Errorf("read pending events: %w", err)
	}
	if len(events) >= limit || !backlog {
		return events, nil
	}
	released, err := c.e.Store.ReleasePast(work, lease, now, pastChunk)
	if err != nil {
		return nil, fmt.Errorf("release past events: %w", err)
	}
	if released == 0 {
		return events, nil
	}
	if events, err = c.e.Store.PendingEvents(work, lease, now, limit, backlog); err != nil {
		return nil, fmt.Errorf("read released events: %w", err)
	}
	return events, nil
}

// paceKnown is for how long a backfill must have been posting before its pace says anything.
const paceKnown = 30 * time.Second

// TimeLeft estimates how long the rest of a running backfill takes: by the pace of the last minutes, and not less than the
// limits of QuickBooks allow. False while nothing is known.
func (e *Engine) TimeLeft(b *store.Backfill, now time.Time) (time.Duration, bool) {
	if b.State != store.BackfillRunning {
		return 0, false
	}
	var settled int64
	var since time.Time
	for _, span := range b.Pace {
		if now.Sub(span.At) > store.PaceMemory || span.At.After(now) {
			continue
		}
		if since.IsZero() {
			since = span.At
		}
		settled += span.Settled
	}
	over := now.Sub(since)
	if settled == 0 || over < paceKnown {
		return 0, false
	}
	left := float64(b.Remaining()) / float64(settled) * float64(over)
	if limit := e.entriesPerMinute(); limit > 0 {
		left = max(left, float64(b.Remaining())/float64(limit)*float64(time.Minute))
	}
	return time.Duration(min(left, float64(longestLeft))), true
}

// longestLeft is the longest time that is told: a slow start makes more than a time.Duration holds of millions of events.
const longestLeft = 100 * 365 * 24 * time.Hour

// entriesPerMinute is how many entries a company takes in a minute, in batches and one by one: 1,660 by Intuit's published
// limits. 0: no limit.
func (e *Engine) entriesPerMinute() int {
	if e.Limits.PerMinute <= 0 || e.Limits.BatchesPerMinute <= 0 {
		return 0
	}
	batches := min(e.Limits.BatchesPerMinute, e.Limits.PerMinute)
	return batches*wire.MaxBatchItems + e.Limits.PerMinute - batches
}
