package posting_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/store"
)

// onKind sets what happens to the n-th request of a kind, before it has an effect.
func (r *rig) onKind(kind simulator.Kind, what func(n int) simulator.Action) {
	var mu sync.Mutex
	seen := 0
	r.mu.Lock()
	defer r.mu.Unlock()
	r.intercept = func(_ context.Context, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
		if info.Kind != kind || stage != simulator.BeforeCommit {
			return simulator.Action{}
		}
		mu.Lock()
		seen++
		n := seen
		mu.Unlock()
		return what(n)
	}
}

func (r *rig) useTokens() error {
	r.t.Helper()
	return r.engine.ImportLocations(r.t.Context(), retailer)
}

// TestTokensAreRefreshedEarlyAndStoredBeforeUse uses a token every few minutes of a day: Intuit refuses none, and none is
// used that is not the stored one.
func TestTokensAreRefreshedEarlyAndStoredBeforeUse(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t, func(_ *posting.Config, o *simulator.Options) {
			o.Switches[simulator.SwitchRotation] = "every-refresh"
			o.Switches[simulator.SwitchLostRace] = "kills-grant"
		})
		r.connect()
		first := r.connection().Tokens.Version
		exchanges := r.sim.Requests().ByKind[simulator.KindToken]
		r.onKind(simulator.KindCompanyInfo, func(int) simulator.Action {
			refreshes := r.sim.Requests().ByKind[simulator.KindToken] - exchanges
			if stored := r.connection().Tokens.Version - first; stored != refreshes {
				t.Errorf("after %d refreshes a token is used, and %d are stored", refreshes, stored)
			}
			return simulator.Action{}
		})
		for range 24 * 60 / 7 {
			check(t, r.useTokens())
			time.Sleep(7 * time.Minute)
		}
		seen := r.sim.Requests()
		if n := seen.ByStatus[http.StatusUnauthorized]; n != 0 {
			t.Errorf("%d tokens were used after their end", n)
		}
		if n := seen.ByKind[simulator.KindToken] - exchanges; n < 24 || n > 27 {
			t.Errorf("%d refreshes in a day, want one before the end of each hour", n)
		}
	})
}

// TestARefreshOutlivesItsCaller has a caller go away, and the engine stop, while Intuit refreshes: what it answers is stored.
func TestARefreshOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		time.Sleep(2 * time.Hour)
		r.onKind(simulator.KindToken, func(int) simulator.Action { return simulator.Action{Delay: 10 * time.Second} })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.engine.ImportLocations(ctx, retailer); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the caller that went away: %v", err)
		}
		began := time.Now()
		r.engine.Drain(t.Context())
		if version := r.connection().Tokens.Version; version != 2 || time.Since(began) != 9*time.Second {
			t.Errorf("after %v version %d is stored, want 2", time.Since(began), version)
		}
		r.engine.Drain(t.Context()) // nothing is under way
	})
}

// TestARefusedTokenIsNotUsedAgain has Intuit refuse a token before its end, after so many other failures that the worker gives
// its company back for a while: whoever goes on refreshes the token and does not try the dead one for the rest of its hour.
func TestARefusedTokenIsNotUsedAgain(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.run()
		r.onPosts(func(n int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
			if n > 5 || stage != simulator.BeforeCommit {
				return simulator.Action{}
			}
			if n == 5 {
				r.sim.ExpireAccessTokens("")
			}
			return simulator.Action{Status: http.StatusServiceUnavailable}
		})
		r.record(1, 1)
		r.until("synced", 5*time.Minute, func() bool { return r.count(ledger.StateSynced) == 1 })
		r.expectBooks(1)
	})
}

// TestALostRaceReadsAgain has Intuit refuse a refresh because another server was faster: its tokens are used, and nothing is lost.
func TestALostRaceReadsAgain(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		time.Sleep(58 * time.Minute) // by our clock it is time to refresh
		r.onKind(simulator.KindToken, func(int) simulator.Action {
			// The lease has run out by the other server's clock, and it stores what it got; here that is the token as it is.
			conn, later := r.connection(), time.Now().Add(time.Minute)
			won := must(r.store.LeaseRefresh(t.Context(), retailer, conn.Tokens.Version, "other", later, later))(t)
			conn.Tokens.AccessExpiresAt = time.Now().Add(time.Hour)
			swapped := must(r.store.SwapTokens(t.Context(), retailer, conn.Tokens.Version, "other", conn.Tokens))(t)
			if !won || !swapped {
				t.Errorf("the other server: %v, %v", won, swapped)
			}
			return refusedGrant()
		})
		check(t, r.useTokens())
		if c := r.connection(); c.State != store.Connected || c.Tokens.Version != 2 {
			t.Errorf("after a lost race: %+v", c)
		}
	})
}

func refusedGrant() simulator.Action {
	return simulator.Action{
		Status: http.StatusBadRequest, ContentType: "application/json", Body: []byte(`{"error":"invalid_grant"}`),
	}
}

// TestOnlyADeadGrantEndsAConnection has a refresh fail in every other way first: the connection stays, and the next try need
// not wait for a lease.
func TestOnlyADeadGrantEndsAConnection(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		time.Sleep(2 * time.Hour)
		failures := []simulator.Action{
			{Cut: true},
			{Status: http.StatusServiceUnavailable, Body: []byte("busy")},
			{Status: http.StatusUnauthorized, Body: []byte(`{"error":"invalid_client"}`)},
			{Status: http.StatusTooManyRequests, Body: []byte("{}")},
			refusedGrant(),
		}
		for i, failure := range failures {
			r.onKind(simulator.KindToken, func(int) simulator.Action { return failure })
			began := time.Now()
			err := r.useTokens()
			want := store.Connected
			if i == len(failures)-1 {
				want = store.ReauthorizationRequired
			}
			if state := r.connection().State; err == nil || state != want || time.Since(began) > time.Second {
				t.Errorf("%+v: %v after %v, the connection is %v, want %v", failure, err, time.Since(began), state, want)
			}
		}
	})
}

// TestBothEndsAreWarnedOf lets an authorization lie unused, and live its five years: each is warned of, and what the warning
// says to do is enough.
func TestBothEndsAreWarnedOf(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		const day = 24 * time.Hour
		r := newRig(t)
		r.connect()
		warned := func() (posting.Expiry, bool) { return posting.ExpiryOf(r.connection().Lifetime, time.Now()) }
		if end, near := warned(); near {
			t.Errorf("warned of a new authorization: %+v", end)
		}
		time.Sleep(75 * day)
		if end, near := warned(); !near || end.Final || end.At.Before(time.Now().Add(20*day)) {
			t.Errorf("after 75 days without use: %+v, %v", end, near)
		}
		check(t, r.useTokens())
		if end, near := warned(); near {
			t.Errorf("warned after use: %+v", end)
		}
		for time.Until(r.connection().Lifetime.FinalEnd) > 30*day {
			time.Sleep(10 * day)
			check(t, r.useTokens())
		}
		if end, near := warned(); !near || !end.Final {
			t.Errorf("a month before the five years are over: %+v, %v", end, near)
		}
		r.run()
		r.record(1, 1)
		must(r.authorize("authorize"))(t) // while it is connected: nothing has to stop for it
		if end, near := warned(); near {
			t.Errorf("warned after connecting again: %+v", end)
		}
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 1 })
		r.expectBooks(1)
	})
}

// TestARenewalThatFailsEndsNothing: Intuit may take the end of the new grant for the end of the one that works.
func TestARenewalThatFailsEndsNothing(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		time.Sleep(75 * 24 * time.Hour) // so long without use that connecting again is offered
		r.onKind(simulator.KindPreferences, func(n int) simulator.Action {
			if n > 1 {
				return simulator.Action{}
			}
			return simulator.Action{Status: http.StatusServiceUnavailable}
		})
		if _, err := r.authorize("authorize"); !errors.Is(err, posting.ErrQuickBooksUnavailable) {
			t.Errorf("a renewal while QuickBooks is away: %v, want ErrQuickBooksUnavailable", err)
		}
		if n := r.sim.Requests().ByKind[simulator.KindRevoke]; n != 0 {
			t.Errorf("%d grants revoked", n)
		}
		check(t, r.useTokens())
	})
}
