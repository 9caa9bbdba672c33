package posting

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
)

const (
	// openAfter is how many different companies have to go without an answer, with none for anybody in between, until
	// QuickBooks counts as down. Fewer may be broken by themselves.
	openAfter = 3
	// holdSpread is the time over which held companies come back to ask for the turn. A turn that is taken may last as long as
	// a request, so holdLonger is added then.
	holdSpread = 10 * time.Second
	holdLonger = 10 * time.Second
	// DownForAll is what a retailer is told whose events wait for the breaker.
	DownForAll = "QuickBooks does not answer at the moment, for any company. Nothing is lost, and it is tried again by itself."
)

// breaker notices that QuickBooks answers nobody. From then on companies may ask only by turns, of which there are two: one
// for those that have not been let down themselves yet, so that a few broken companies never hold up a sound one, and one,
// in growing pauses, for those that have. The first answer to anybody closes it. Nothing is decided about any event: they wait.
//
// There is one for each server. It says nothing about one company alone, which has a pause of its own: see lesson.
type breaker struct {
	mu sync.Mutex
	// silent are the companies without an answer since the last answer to any.
	silent map[ledger.RetailerID]bool
	// since is when it opened; zero: it is closed.
	since time.Time
	// first and again are who has a turn, of those that have not been let down and of those that have; empty: nobody.
	first, again ledger.RetailerID
	// failures counts the second kind of turns that brought no answer, and next is when there is another.
	failures int
	next     time.Time
	// held are the companies that were told to wait, and whether they have been let down.
	held map[ledger.RetailerID]bool
}

// admit tells how long a company has to wait before it may ask again whether it may send. 0: it may send. letDown says whether
// its own last try brought no answer.
func (b *breaker) admit(r ledger.RetailerID, letDown bool, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	turn, pause := &b.first, time.Duration(0)
	if letDown {
		turn, pause = &b.again, max(b.next.Sub(now), 0)
	}
	switch {
	case b.since.IsZero(), *turn == r:
		return 0
	case *turn == "" && pause == 0:
		*turn = r
		return 0
	case *turn != "":
		pause += holdLonger
	}
	b.held[r] = letDown
	return pause + rand.N(holdSpread) + time.Millisecond //nolint:gosec // jitter is no secret
}

// unanswered notes that a company got no answer, and tells whether that has opened the breaker, and who may ask now.
func (b *breaker) unanswered(r ledger.RetailerID, now time.Time) (opened bool, next []ledger.RetailerID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.silent[r] = true
	if b.since.IsZero() && len(b.silent) >= openAfter {
		b.since, opened = now, true
	}
	if opened || b.again == r {
		b.again = ""
		b.failures++
		b.next = now.Add(backoff(b.failures))
	}
	return opened, b.pass(r)
}

// pass passes the first turn on, if a company has it, to one that waits for it.
func (b *breaker) pass(r ledger.RetailerID) []ledger.RetailerID {
	if b.first != r {
		return nil
	}
	b.first = ""
	for next, letDown := range b.held {
		if !letDown {
			delete(b.held, next)
			return []ledger.RetailerID{next}
		}
	}
	return nil
}

// answered notes that somebody got an answer. When that closes the breaker it tells for how long it was open, and who waits.
func (b *breaker) answered(now time.Time) (lasted time.Duration, held []ledger.RetailerID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.silent)
	if b.since.IsZero() {
		return 0, nil
	}
	lasted, held = now.Sub(b.since), slices.Sorted(maps.Keys(b.held))
	b.since, b.first, b.again, b.failures, b.next = time.Time{}, "", "", 0, time.Time{}
	clear(b.held)
	return max(lasted, 1), held
}

// leave gives a turn back, if a company has one and nothing to ask, and tells who may ask now.
func (b *breaker) leave(r ledger.RetailerID) (next []ledger.RetailerID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.again == r {
		b.again = ""
	}
	return b.pass(r)
}

func (b *breaker) isOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.since.IsZero()
}

// holds tells whether a company is to wait. Who was told so and is not any more went past unseen when everybody was let go.
func (b *breaker) holds(r ledger.RetailerID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, held := b.held[r]
	return held
}

// saysNothing tells whether a call brought no answer of QuickBooks. Refusals are answers, and so is a 429.
func saysNothing(fault *quickbooks.Error) bool {
	switch fault.Cause {
	case quickbooks.CauseServer, quickbooks.CauseTimeout, quickbooks.CauseNetwork, quickbooks.CauseDecode:
		return true
	default:
		return false
	}
}

// reached tells the breaker of an answer, and lets go on who waited for one.
func (e *Engine) reached(ctx context.Context) {
	lasted, held := e.breaker.answered(time.Now())
	if lasted == 0 {
		return
	}
	e.Log.InfoContext(ctx, "QuickBooks answers again; everybody goes on", "lasted", lasted, "companies", len(held))
	e.endPauses(ctx, held...)
}

// missed tells the breaker that a company got no answer.
func (e *Engine) missed(ctx context.Context, r ledger.RetailerID) {
	opened, next := e.breaker.unanswered(r, time.Now())
	if opened {
		e.Log.WarnContext(ctx, "QuickBooks answers no company; one at a time asks until one is answered")
	}
	e.endPauses(ctx, next...)
}

// asksNothing gives a company's turn back, if it has one.
func (e *Engine) asksNothing(ctx context.Context, r ledger.RetailerID) {
	e.endPauses(ctx, e.breaker.leave(r)...)
}

// endPauses lets companies go on at once. What fails here costs time only: every pause ends by itself.
func (e *Engine) endPauses(ctx context.Context, retailers ...ledger.RetailerID) {
	if len(retailers) == 0 || ctx.Err() != nil {
		return
	}
	if err := e.Store.EndPauses(ctx, retailers...); err != nil {
		e.Log.WarnContext(ctx, "pauses could not be ended; they end by themselves", "companies", len(retailers), "error", err)
	}
	nudge(e.wake)
}
