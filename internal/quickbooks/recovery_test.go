package quickbooks_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// TestPacerRecovers follows the limits through 429s: halved by each, whole again after ten minutes, never nothing.
func TestPacerRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pacer := quickbooks.NewPacer(quickbooks.Limits{PerMinute: 400, PerSecond: 400, BatchesPerMinute: 40, Concurrent: 400})
		throttled := func() {
			pacer.Penalize(time.Now().Add(time.Minute))
			pacer.Penalize(time.Now().Add(time.Minute + time.Millisecond)) // sent before the silence, answered in it
			wantAllowance(t, pacer, 0, 0)
			time.Sleep(time.Minute + time.Millisecond)
		}
		throttled()
		wantAllowance(t, pacer, 200, 20)
		time.Sleep(5 * time.Minute)
		wantAllowance(t, pacer, 300, 30)
		throttled()
		wantAllowance(t, pacer, 150, 15)
		if singles, _ := pacer.BacklogAllowance(time.Now()); singles != 150-4 {
			t.Errorf("a backlog gets %d", singles)
		}
		for range 5 {
			throttled()
		}
		wantAllowance(t, pacer, 50, 5)
		time.Sleep(20 * time.Minute)
		wantAllowance(t, pacer, 400, 40)
		pacer.Penalize(time.Now().Add(-5 * time.Minute)) // what another process met and sat out
		wantAllowance(t, pacer, 300, 30)
		pacer.Penalize(time.Now().Add(-6 * time.Minute)) // the one before is known to be of the past
		wantAllowance(t, pacer, 300, 30)

		least := quickbooks.NewPacer(quickbooks.Limits{PerMinute: 2, PerSecond: 1, BatchesPerMinute: 1, Concurrent: 1})
		for range 5 {
			least.Penalize(time.Now().Add(time.Second))
			time.Sleep(time.Second)
		}
		wantAllowance(t, least, 1, 1)
		if singles, batches := least.BacklogAllowance(time.Now()); singles != 1 || batches != 1 {
			t.Errorf("a backlog gets %d, %d of the least limits", singles, batches)
		}
	})
}

// TestPacerBesideAnotherSender has somebody else send 240 requests a minute to the same company for the same app, of which we
// know nothing, and sends as much as the pacer lets go for ten minutes. Of the 500 a minute 260 are left for us, and of the ten
// a second six. As measured: with the recovery 2 refusals and 1,915 requests; with the silence alone 26 and 97, because each
// time the first second after it is one too many.
func TestPacerBesideAnotherSender(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		refused, sent := besideAnother(t, func(p *quickbooks.Pacer) quickbooks.Pace { return p.Pace })
		refusedWithout, sentWithout := besideAnother(t, silenceAlone)
		t.Logf("with recovery %d refused, %d sent; without %d and %d", refused, sent, refusedWithout, sentWithout)
		if refused > 4 || sent < 1700 {
			t.Errorf("%d requests were refused and %d sent, want at most 4 and at least 1700", refused, sent)
		}
		if refusedWithout < 3*refused || sentWithout > sent/2 {
			t.Errorf("without the recovery %d were refused and %d sent: it is of no use", refusedWithout, sentWithout)
		}
	})
}

// silenceAlone is the pace of a pacer that only falls silent after a 429.
func silenceAlone(p *quickbooks.Pacer) quickbooks.Pace {
	var mu sync.Mutex
	var until time.Time
	return func(ctx context.Context, kind quickbooks.RequestKind) (func(*quickbooks.Error), error) {
		mu.Lock()
		pause := time.Until(until)
		mu.Unlock()
		time.Sleep(max(pause, 0))
		release, err := p.Wait(ctx, kind)
		return func(failure *quickbooks.Error) {
			if failure != nil && failure.Cause == quickbooks.CauseThrottled {
				mu.Lock()
				until = time.Now().Add(failure.RetryAfter)
				mu.Unlock()
			}
			release()
		}, err
	}
}

// besideAnother sends for ten minutes, and returns how many requests were refused as too many, and how many were not.
func besideAnother(t *testing.T, pace func(*quickbooks.Pacer) quickbooks.Pace) (refused, sent int) {
	t.Helper()
	sim, client := simulated(t, func(o *simulator.Options) {
		o.Intercept = func(context.Context, simulator.Stage, simulator.RequestInfo) simulator.Action {
			return simulator.Action{Delay: 50 * time.Millisecond}
		}
	})
	code := consentTo(t, sim)
	token, err := client.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(10 * time.Minute)
	var senders sync.WaitGroup
	defer senders.Wait()
	other := client.Company(simulator.DefaultRealm, token.Access, unpaced)
	senders.Go(func() {
		for ; time.Now().Before(end); time.Sleep(200 * time.Millisecond) { // 240 a minute with the 50 ms of the answer
			_, _ = other.Preferences(t.Context())
		}
	})
	ours := client.Company(simulator.DefaultRealm, token.Access, pace(quickbooks.NewPacer(quickbooks.IntuitLimits())))
	var mu sync.Mutex
	var ourSenders sync.WaitGroup
	for range 8 {
		ourSenders.Go(func() {
			for time.Now().Before(end) {
				_, err := ours.Preferences(t.Context())
				mu.Lock()
				if fault, ok := errors.AsType[*quickbooks.Error](err); ok && fault.Cause == quickbooks.CauseThrottled {
					refused++
				} else {
					sent++
				}
				mu.Unlock()
			}
		})
	}
	ourSenders.Wait()
	return refused, sent
}
