package quickbooks

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"
)

// Limits are what one company takes from one app. A zero, or less, means no limit.
type Limits struct {
	// PerMinute bounds all requests within any 60 s, a batch counting as one; PerSecond those within any second.
	PerMinute, PerSecond int
	// BatchesPerMinute bounds the batches among them within any 60 s.
	BatchesPerMinute int
	// Concurrent bounds the requests under way at one time. Intuit's "10" has been published as 10 a second and as 10
	// at a time; both are kept.
	Concurrent int
}

// IntuitLimits returns the limits that Intuit publishes, for production and sandbox alike.
func IntuitLimits() Limits {
	return Limits{PerMinute: 500, BatchesPerMinute: 40, PerSecond: 10, Concurrent: 10}
}

// A slot is held a little longer than the limit says, for clocks that tick at different speeds and for whoever counts
// the ends of a window as inside.
const (
	minuteWindow = time.Minute + 100*time.Millisecond
	secondWindow = time.Second + 10*time.Millisecond
)

// Pacer keeps the requests to one company within its limits, so that Intuit never has a reason to answer 429: such an
// answer costs a minute of silence. Where Intuit answers 429 all the same, it lowers its limits: see recovery. One pacer
// serves one company in one process. It is safe for concurrent use.
//
// Where in a request's life Intuit counts it is not known: when it arrives, when it is worked on, or when it ends. So
// a request takes a slot of every window from the moment it is let go until its end plus the length of the window.
// That makes the promise exact for every such moment and every alignment of windows. Proof: let more than N requests
// be counted in a window (t, t+W], and let j be the one of them that was let go last, at s. It is counted at or after
// s, so s <= t+W. Each of the others was let go before s and counted after t, so it ends after t >= s-W: all of the
// others held a slot at s, at least N of them, and j could not have been let go. The price is that a slot is out of
// use for the duration of its request as well: well below one percent of the minute while answers come within a few
// hundred milliseconds, and a few percent of the whole once batches take seconds.
//
// Waiters are served in the order in which they came, except that a batch which waits for the limit on batches does
// not hold up the single requests behind it.
type Pacer struct {
	mu          sync.Mutex
	limits      Limits
	minute      window
	second      window
	batches     window
	atOnce      int // how many may be under way at present; zero, or less, means no limit
	inFlight    int
	pausedUntil time.Time
	recovery    recovery
	queue       []*waiter
}

// waiter is one caller of Wait. The first in the queue leads: it alone has a timer, for the time at which the next
// waiter, whichever it is, may go. The others sleep until they are poked.
type waiter struct {
	kind    RequestKind
	granted bool
	poked   chan struct{} // has room for one
}

func (w *waiter) poke() {
	select {
	case w.poked <- struct{}{}:
	default:
	}
}

// NewPacer returns a pacer with all slots free. After taking over a company from another process, tell it with Record
// what that process sent in the last minute, and with Penalize what it was answered.
func NewPacer(limits Limits) *Pacer {
	p := &Pacer{
		limits:  limits,
		minute:  window{length: minuteWindow},
		second:  window{length: secondWindow},
		batches: window{length: minuteWindow},
	}
	p.adapt(time.Time{})
	return p
}

// Pace lets a call to a company go: it waits until a call of the kind may be made, and takes its slots. done is called once,
// when the answer is in or given up on, with the failure if there is one.
type Pace func(ctx context.Context, kind RequestKind) (done func(failure *Error), err error)

// Pace is Wait as a Pace: it penalizes by itself when Intuit answers 429.
func (p *Pacer) Pace(ctx context.Context, kind RequestKind) (done func(*Error), err error) {
	release, err := p.Wait(ctx, kind)
	if err != nil {
		return nil, err
	}
	return func(failure *Error) {
		if failure != nil && failure.Cause == CauseThrottled {
			p.Penalize(time.Now().Add(failure.RetryAfter))
		}
		release()
	}, nil
}

// Wait blocks until a request of the kind may be sent, and takes its slots. The caller sends at once, and calls release
// when the answer is in or given up on; until then the slots stay taken. Calling release again does nothing. Wait fails
// when ctx ends first, with its error, and for a kind that does not exist; then release is nil.
func (p *Pacer) Wait(ctx context.Context, kind RequestKind) (release func(), err error) {
	if !kind.known() {
		return nil, fmt.Errorf("pacing: there is no kind %d", kind)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("waiting for a QuickBooks request slot: %w", err)
	}
	w := &waiter{kind: kind, poked: make(chan struct{}, 1)}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, w)
	for {
		next := p.dispatch(time.Now())
		if w.granted {
			return sync.OnceFunc(func() { p.release(kind) }), nil
		}
		if leader := p.queue[0]; leader != w {
			leader.poke() // its timer may have to be set anew for this one
			next = time.Time{}
		}
		p.mu.Unlock()
		err := w.sleep(ctx, next)
		p.mu.Lock()
		if err != nil {
			p.abandon(w)
			return nil, err
		}
	}
}

// sleep returns when the waiter is poked, when next has come (never, if it is zero), or with the error of ctx.
func (w *waiter) sleep(ctx context.Context, next time.Time) error {
	var due <-chan time.Time
	if !next.IsZero() {
		timer := time.NewTimer(time.Until(next))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-w.poked:
		return nil
	case <-due:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for a QuickBooks request slot: %w", ctx.Err())
	}
}

// Allowance returns how many single requests, or else how many batches, could be sent at once at the time now: the room
// left for each kind if the other gets none of it. Without limits both are math.MaxInt.
func (p *Pacer) Allowance(now time.Time) (singles, batches int) { return p.allow(now, false) }

// minuteShare says what a backlog leaves free for events that come in meanwhile: one request in forty of a minute. Of a second
// it leaves nothing: a slot is free again within about a second, and goes to what came in. Batches need no share either: what
// comes in goes first in the next one, or by itself.
const minuteShare = 40

// BacklogAllowance is Allowance for what is in no hurry: less the share of the limits that is kept for what is.
func (p *Pacer) BacklogAllowance(now time.Time) (singles, batches int) {
	return p.allow(now, true)
}

// allow is the room left, for a backlog less what is kept of each minute and second.
func (p *Pacer) allow(now time.Time, backlog bool) (singles, batches int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.pausedUntil) {
		return 0, 0
	}
	p.adapt(now)
	minute := p.minute.room(now)
	if backlog {
		minute -= kept(p.minute.limit, minuteShare)
	}
	singles = max(min(minute, p.second.room(now), p.concurrentRoom()), 0)
	return singles, min(singles, p.batches.room(now))
}

// kept is the share of a limit, rounded up: but never all of it, so that a backlog always goes on.
func kept(limit, share int) int { return max(min((limit+share-1)/share, limit-1), 0) }

// Record counts a request that another process sent to the company and that ended at the time at. Times in the future
// count as now.
func (p *Pacer) Record(kind RequestKind, at time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if at.After(now) {
		at = now
	}
	for _, w := range p.windows(kind) {
		w.add(at, now)
	}
	p.look()
}

func (p *Pacer) release(kind RequestKind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.inFlight--
	for _, w := range p.windows(kind) {
		w.inFlight--
		w.add(now, now)
	}
	p.look()
}

// abandon takes a waiter out of the queue, or gives back what it was granted at the very moment it gave up: nothing
// was sent, so nothing counts.
func (p *Pacer) abandon(w *waiter) {
	if w.granted {
		p.inFlight--
		for _, win := range p.windows(w.kind) {
			win.inFlight--
		}
	}
	p.queue = slices.DeleteFunc(p.queue, func(other *waiter) bool { return other == w })
	p.look()
}

// look lets go of whoever may go after something changed, and has the leader set its timer anew.
func (p *Pacer) look() {
	p.dispatch(time.Now())
	if len(p.queue) > 0 {
		p.queue[0].poke()
	}
}

// dispatch lets go of every waiter that may go, and returns when the next one may: zero if that depends on the end of a
// request under way, or if nobody waits.
func (p *Pacer) dispatch(now time.Time) (next time.Time) {
	if len(p.queue) == 0 {
		return time.Time{}
	}
	p.adapt(now)
	leader := p.queue[0]
	waiting := p.queue[:0]
	batchesBlocked := false
	for i, w := range p.queue {
		if w.kind == Batch && batchesBlocked {
			waiting = append(waiting, w)
			continue
		}
		v := p.judge(w.kind, now)
		if v.known && !v.at.After(now) {
			p.take(w)
			continue
		}
		if v.known && (next.IsZero() || v.at.Before(next)) {
			next = v.at
		}
		if v.shared {
			waiting = append(waiting, p.queue[i:]...)
			break
		}
		batchesBlocked = true
		waiting = append(waiting, w)
	}
	clear(p.queue[len(waiting):])
	p.queue = waiting
	if len(waiting) > 0 && waiting[0] != leader {
		waiting[0].poke()
	}
	return next
}

func (p *Pacer) take(w *waiter) {
	w.granted = true
	w.poke()
	p.inFlight++
	for _, win := range p.windows(w.kind) {
		win.inFlight++
	}
}

// verdict says when a request may go. If it is not known, only the end of a request under way can tell. shared reports
// whether what holds it up holds up the other kind as well.
type verdict struct {
	at            time.Time
	known, shared bool
}

func (p *Pacer) judge(kind RequestKind, now time.Time) verdict {
	v := verdict{at: now, known: p.concurrentRoom() > 0, shared: true}
	if p.pausedUntil.After(now) {
		v.at = p.pausedUntil
	}
	for _, w := range p.windows(Single) {
		at, known := w.free(now)
		v.known = v.known && known
		if at.After(v.at) {
			v.at = at
		}
	}
	if kind != Batch || !v.known || v.at.After(now) {
		return v
	}
	at, known := p.batches.free(now)
	return verdict{at: at, known: known, shared: false}
}

func (p *Pacer) windows(kind RequestKind) []*window {
	if kind == Batch {
		return []*window{&p.minute, &p.second, &p.batches}
	}
	return []*window{&p.minute, &p.second}
}

func (p *Pacer) concurrentRoom() int {
	if p.atOnce <= 0 {
		return math.MaxInt
	}
	return max(p.atOnce-p.inFlight, 0)
}
