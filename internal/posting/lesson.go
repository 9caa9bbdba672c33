package posting

import (
	"context"
	"net/http"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// lesson is what the answers so far have taught about a company. It outlives a lease as long as it matters.
type lesson struct {
	// pause is the backoff after failures; nothing new is sent before its Until.
	pause store.Backoff
	// pausedAt is when the last failure was counted. What was sent before it and fails too is of the same outage.
	pausedAt time.Time
	// deaths counts the tokens that were refused since the last answer. One is the ordinary end of a token.
	deaths int
	// alone holds events whose batch was refused as a whole, or was found to have booked nothing: each goes by itself next, to
	// get a verdict of its own. The number is how often that was in vain although others were booked meanwhile.
	alone map[ledger.EventID]int
	// bookedAt is when an entry was booked last.
	bookedAt time.Time
	// small is how many entries a batch may have after batches timed out; 0: as many as Intuit takes.
	small int
}

// matters tells whether a lesson is to be kept when its company has nothing to do.
func (l *lesson) matters() bool {
	return l.pause.Failures > 0 || l.deaths > 0 || len(l.alone) > 0 || l.small > 0
}

// learn adjusts the backoff: an answer about entries ends it, silence and refusals at the gate lengthen it.
func (c *company) learn(work context.Context, r result) {
	c.tell(work, r.fault)
	fault := r.fault
	if fault == nil {
		fault = r.turned
	}
	if fault == nil {
		c.answered()
		c.enlarge(r.request)
		return
	}
	if !atTheGate(fault) && !saysNothing(fault) && fault.Outcome == quickbooks.OutcomeNotCommitted {
		c.answered()
		c.separate(r.request)
		return
	}
	switch fault.Cause {
	case quickbooks.CauseCanceled: // by ourselves: it says nothing about QuickBooks
		return
	case quickbooks.CauseTokenExpired:
		if !c.bury(r.tokenVersion) || c.deaths == 1 { // the ordinary end of a token: refresh, no pause
			return
		}
	case quickbooks.CauseForbidden, quickbooks.CauseUserNotAdmin:
		c.bury(r.tokenVersion) // a refresh tells whether the authorization still stands
	case quickbooks.CauseTimeout:
		c.shrink(r.request)
	case quickbooks.CauseServer:
		if fault.HTTPStatus == http.StatusGatewayTimeout { // QuickBooks gives up before this client does
			c.shrink(r.request)
		}
	default: // the other causes need nothing but the pause
	}
	if r.began.Before(c.pausedAt) {
		c.pause.Until = later(c.pause.Until, time.Now().Add(fault.RetryAfter))
		return
	}
	c.back(fault.Facts().Words, fault.RetryAfter)
}

// tell tells the breaker whether QuickBooks has answered.
func (c *company) tell(work context.Context, fault *quickbooks.Error) {
	switch {
	case fault == nil:
		c.e.reached(work)
	case fault.Cause == quickbooks.CauseCanceled: // by ourselves
	case saysNothing(fault):
		c.e.missed(work, c.currentLease().Retailer)
	default:
		c.e.reached(work)
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// answered ends every pause: QuickBooks has looked at an entry.
func (c *company) answered() {
	c.pause, c.pausedAt, c.deaths = store.Backoff{}, time.Time{}, 0
}

// bury notes that a token was refused, and tells whether that is news.
func (c *company) bury(version int64) bool {
	news := c.e.tokens.refuse(c.currentLease().Retailer, version)
	if news {
		c.deaths++
	}
	return news
}

// Batches that QuickBooks does not finish in time are made smaller, down to smallBatch; each that it does finish lets the
// next be a little larger.
const (
	smallBatch = 4
	batchStep  = 2
)

func (c *company) shrink(request store.StoredRequest) {
	if request.Kind == store.Batch {
		c.small = max(min(c.batchSize(), len(request.Items))/2, smallBatch) //nolint:mnd // by halves
	}
}

func (c *company) enlarge(request store.StoredRequest) {
	if request.Kind != store.Batch || c.small == 0 || len(request.Items) < c.small {
		return
	}
	if c.small += batchStep; c.small >= wire.MaxBatchItems {
		c.small = 0
	}
}

// batchSize is how many entries a batch may have.
func (c *company) batchSize() int {
	if c.small == 0 {
		return wire.MaxBatchItems
	}
	return c.small
}

// separate remembers the events of a batch that was refused as a whole. One of its entries is to blame, and only sending
// them one by one tells which.
func (c *company) separate(request store.StoredRequest) {
	if request.Kind != store.Batch {
		return
	}
	for _, item := range request.Items {
		c.alone[item.Event] = 0
	}
}

// mostInVain is how often an event is posted by itself in vain, about ten minutes each time, before a person is asked.
const mostInVain = 3

// remember notes what a verdict says of its event. One that QuickBooks has failed at by itself again and again, although it books
// others, waits for a person from now on. While QuickBooks books none, that says nothing of the event.
func (c *company) remember(request store.StoredRequest, item store.Item, verdict *store.ItemResult) {
	if verdict.Outcome == store.Unknown {
		return
	}
	vain := c.alone[item.Event]
	delete(c.alone, item.Event)
	switch {
	case verdict.Outcome == store.Booked:
		c.bookedAt = time.Now()
	case verdict.Outcome == store.NotFound:
		if request.Kind != store.Batch && c.bookedAt.After(request.CreatedAt) {
			vain++
		}
		if vain < mostInVain {
			c.alone[item.Event] = vain
			return
		}
		*verdict = refused(item, failsAt(item))
	case verdict.Problem != nil && verdict.Problem.Reason == ledger.ReasonPeriodClosed:
		c.companyReadAt = time.Unix(0, 0) // the closing date is not what it was
	}
}

// back lengthens the pause.
func (c *company) back(problem string, atLeast time.Duration) {
	if c.e.breaker.isOpen() {
		problem = DownForAll
	}
	now := time.Now()
	c.pausedAt = now
	c.pause.Failures++
	c.pause.Problem = problem
	c.pause.Until = now.Add(max(atLeast, backoff(c.pause.Failures)))
}
