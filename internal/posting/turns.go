package posting

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/store"
)

// Of a company's limits, what servers may use that do not post for it at present: one request in forty of a minute, one in
// ten of a second, one in five of those at a time. It is theirs alone, because who posts does not ask before each request
// who else reads.
const (
	besideOfMinute  = 40
	besideOfSecond  = 10
	besideOfAtATime = 5
)

// shared tells whether there are limits that servers must keep together. A bound on the requests at a time alone is one that
// each server sets itself.
func (e *Engine) shared() bool { return e.Limits.PerMinute > 0 || e.Limits.PerSecond > 0 }

// besideLimits are what all servers together may use that do not post for a company. They never post a batch.
func (e *Engine) besideLimits() store.CallLimits {
	return store.CallLimits{
		PerMinute: shareOf(e.Limits.PerMinute, besideOfMinute), PerSecond: shareOf(e.Limits.PerSecond, besideOfSecond),
		Concurrent: shareOf(e.Limits.Concurrent, besideOfAtATime),
	}
}

// shareOf is one part in so many of a limit: at least one, but for what is no limit.
func shareOf(limit, parts int) int {
	if limit <= 0 {
		return 0
	}
	return max(limit/parts, 1)
}

// postingLimits are what one server may use that posts for a company: what the others leave.
func (e *Engine) postingLimits() quickbooks.Limits {
	limits := e.Limits
	if !e.shared() {
		return limits
	}
	beside := e.besideLimits()
	limits.PerMinute = rest(limits.PerMinute, beside.PerMinute)
	limits.PerSecond = rest(limits.PerSecond, beside.PerSecond)
	limits.Concurrent = rest(limits.Concurrent, beside.Concurrent)
	return limits
}

// rest is a limit less a share of it: at least one, but for what is no limit.
func rest(limit, share int) int {
	if limit <= 0 {
		return limit
	}
	return max(limit-share, 1)
}

// pacer returns the one pacer of a company: its windows outlive leases.
func (e *Engine) pacer(realm ledger.RealmID) *quickbooks.Pacer {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.pacers[realm]
	if p == nil {
		p = quickbooks.NewPacer(e.postingLimits())
		e.pacers[realm] = p
	}
	return p
}

// companyAt returns a handle for calls to a retailer's company, each of which keeps the pace.
func (e *Engine) companyAt(r ledger.RetailerID, realm ledger.RealmID, access quickbooks.Secret) *quickbooks.Company {
	return e.QuickBooks.Company(quickbooks.RealmID(realm), access, e.turns(r, realm).pace)
}

func (e *Engine) turns(r ledger.RetailerID, realm ledger.RealmID) turns {
	return turns{e: e, retailer: r, realm: realm, pacer: e.pacer(realm)}
}

// turns are the turns of a company's calls: each keeps the pace of this server, and those that are no posts are noted in the
// store, so that all servers together keep the company's limits. Posts are noted there as requests.
type turns struct {
	e        *Engine
	retailer ledger.RetailerID
	realm    ledger.RealmID
	pacer    *quickbooks.Pacer
}

// pace is a quickbooks.Pace.
func (t turns) pace(ctx context.Context, kind quickbooks.RequestKind) (func(*quickbooks.Error), error) {
	done, err := t.pacer.Pace(ctx, kind)
	if err != nil {
		return nil, fmt.Errorf("wait for the pace: %w", err)
	}
	call := store.Call{Retailer: t.retailer, Realm: t.realm, ID: uuid.NewString(), Owner: t.e.owner}
	noted := t.e.shared() && (kind == quickbooks.Read || kind == quickbooks.AccountCreate)
	if noted {
		if err := t.begin(ctx, call); err != nil {
			done(nil)
			return nil, err
		}
	}
	return func(failure *quickbooks.Error) {
		done(failure)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
		defer cancel()
		if failure != nil && failure.Cause == quickbooks.CauseThrottled {
			t.tell(ctx, "silence", t.e.Store.Throttle(ctx, t.retailer, time.Now().Add(failure.RetryAfter)))
		}
		if noted {
			t.tell(ctx, "end of a call", t.e.Store.EndCall(ctx, call, time.Now()))
		}
	}, nil
}

// begin notes a call as soon as other servers leave room for it.
func (t turns) begin(ctx context.Context, call store.Call) error {
	limits, beside := t.e.postingLimits(), t.e.besideLimits()
	alone := store.CallLimits{PerMinute: limits.PerMinute, PerSecond: limits.PerSecond, Concurrent: beside.Concurrent}
	for {
		later, err := t.e.Store.BeginCall(ctx, call, time.Now(), alone, beside)
		if err != nil {
			return fmt.Errorf("note a call of %s: %w", t.retailer, err)
		}
		if later.IsZero() {
			return nil
		}
		timer := time.NewTimer(min(time.Until(later), besidePoll))
		select {
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("wait for other servers: %w", ctx.Err())
		case <-timer.C:
		}
	}
}

// besidePoll is how often is asked at least whether others leave room: who posts may have finished.
const besidePoll = time.Second

// tell logs what could not be noted. A call whose end is not noted counts as under way for two minutes.
func (t turns) tell(ctx context.Context, what string, err error) {
	if err != nil {
		t.e.Log.WarnContext(ctx, "a call could not be noted", "what", what, "retailer", string(t.retailer), "error", err)
	}
}

// takeOver tells the pacer what others sent to the company in the last minute, once with each lease and before anything is
// sent. Where one of them was answered 429 the company waits, also when that one is dead.
func (c *company) takeOver(work context.Context) error {
	lease := c.currentLease()
	known, now := c.e.knownFence(lease.Retailer), time.Now()
	if known == lease.Fence || !c.e.shared() {
		return nil
	}
	elsewhere, err := c.e.Store.SentElsewhere(work, lease, c.grant.realm, known, now)
	if err != nil {
		return fmt.Errorf("read what others sent to the company: %w", err)
	}
	for _, sent := range elsewhere.Requests {
		c.pacer.Record(kindOf(sent.Kind), sent.EndedAt)
	}
	for _, ended := range elsewhere.Calls {
		c.pacer.Record(quickbooks.Read, ended)
	}
	c.pacer.Penalize(elsewhere.ThrottledUntil)
	if elsewhere.ThrottledUntil.After(now) && c.pause.Until.Before(elsewhere.ThrottledUntil) {
		c.pause = store.Backoff{
			Until: elsewhere.ThrottledUntil, Failures: max(c.pause.Failures, 1), Problem: quickbooks.CauseThrottled.Facts().Words,
		}
	}
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	c.e.fences[lease.Retailer] = lease.Fence
	return nil
}

// knownFence returns the fence of the retailer's last lease on this server: what was sent until then its pacer knows. It is
// negative when there was none.
func (e *Engine) knownFence(r ledger.RetailerID) int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	if fence, ok := e.fences[r]; ok {
		return fence
	}
	return -1
}
