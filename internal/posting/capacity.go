package posting

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// room is what may be sent right now: in all, and of a backlog, which leaves a share of the limits to events that come in.
type room struct{ live, backlog capacity }

// capacity is so many requests in all, and of these so many single posts and batches.
type capacity struct{ requests, singles, batches int }

// keptInFlight is how many requests under way a backlog leaves to events that come in.
const keptInFlight = 2

func (c *company) capacity() room {
	now := time.Now()
	free := max(c.mostInFlight()-len(c.flying), 0)
	var r room
	r.live.requests = free
	r.backlog.requests = min(free, max(maxInFlight-keptInFlight-len(c.flying), 0))
	singles, batches := c.line.waiting() // first: who gets a turn meanwhile counts twice rather than not at all
	r.live.singles, r.live.batches = c.pacer.Allowance(now)
	r.backlog.singles, r.backlog.batches = c.pacer.BacklogAllowance(now)
	r.live.leave(singles, batches)
	r.backlog.leave(singles, batches)
	if !c.servesBacklog() {
		r.backlog = capacity{}
	}
	return r
}

// servesBacklog tells whether the turn is for the backlog too, which has its own later where this one is for what came in. Once
// nobody waits it is for all, and the place in line is used up.
func (c *company) servesBacklog() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.e.crowded() {
		c.lease.Place = time.Time{}
	}
	return c.lease.Place.IsZero()
}

// line counts the requests that were let fly and that the pacer does not count yet. Without it the next plan could use their
// room once more.
type line struct{ singles, batches atomic.Int64 }

// join counts a request until leave is called, or called again.
func (l *line) join(kind store.RequestKind) (leave func()) {
	n := &l.singles
	if kind == store.Batch {
		n = &l.batches
	}
	n.Add(1)
	return sync.OnceFunc(func() { n.Add(-1) })
}

func (l *line) waiting() (singles, batches int) { return int(l.singles.Load()), int(l.batches.Load()) }

// mostInFlight is how many requests may be under way: one, to see whether QuickBooks answers, after it did not.
func (c *company) mostInFlight() int {
	if c.pause.Failures > 0 || c.e.breaker.isOpen() {
		return 1
	}
	return maxInFlight
}

// entries returns how many entries fit, at most.
func (r *room) entries() int { return max(r.live.entries(), r.backlog.entries()) }

// take takes a single post or a batch off, and tells whether there was room for it.
func (r *room) take(single, backlog bool) bool {
	if !r.live.has(single) || (backlog && !r.backlog.has(single)) {
		return false
	}
	r.live.spend(single)
	r.backlog.spend(single)
	return true
}

func (c *capacity) entries() int {
	batches := min(c.batches, c.requests)
	return batches*wire.MaxBatchItems + min(c.singles, c.requests-batches)
}

// leave keeps room for what is on its way.
func (c *capacity) leave(singles, batches int) {
	c.singles = max(c.singles-singles-batches, 0)
	c.batches = max(min(c.batches-batches, c.singles), 0)
}

func (c *capacity) has(single bool) bool {
	if single {
		return c.requests > 0 && c.singles > 0
	}
	return c.requests > 0 && c.batches > 0
}

func (c *capacity) spend(single bool) {
	c.requests = max(c.requests-1, 0)
	if single {
		c.singles = max(c.singles-1, 0)
		return
	}
	c.batches = max(c.batches-1, 0)
}
