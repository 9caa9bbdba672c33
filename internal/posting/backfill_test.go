package posting_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/store"
)

// underIntuitsLimits has both sides keep Intuit's published limits.
func underIntuitsLimits(cfg *posting.Config, sim *simulator.Options) {
	cfg.Limits = quickbooks.IntuitLimits()
	sim.Switches = nil
}

// past records the sales 1..n before sync is started, and starts a backfill of them.
func (r *rig) past(n int) store.Backfill {
	r.t.Helper()
	must(r.authorize("authorize"))(r.t)
	r.importAccounts()
	r.mapSlots(ledger.RolePayment, ledger.RoleRevenue)
	for from := 1; from <= n; from += 1000 {
		r.record(from, min(from+999, n))
	}
	began := time.Now() // what QuickBooks was asked for until now counts for a minute
	r.until("a minute later", time.Hour, func() bool { return time.Since(began) > time.Minute })
	check(r.t, r.store.StartSync(r.t.Context(), r.retailer, time.Now()))
	return must(r.store.StartBackfill(r.t.Context(), r.retailer, store.Past{}, nil, "", "ann", time.Now()))(r.t)
}

func (r *rig) backfill(id int64) store.Backfill {
	r.t.Helper()
	return must(r.store.Backfill(r.t.Context(), r.retailer, id))(r.t)
}

// TestTimeLeftOfABackfill posts past events at the pace that Intuit allows: the estimate comes true, also on another server.
func TestTimeLeftOfABackfill(t *testing.T) {
	t.Parallel()
	const n = 2200
	virtually(t, func(t *testing.T) {
		r := newRig(t, underIntuitsLimits)
		b := r.past(n)
		if left, known := r.engine.TimeLeft(&b, time.Now()); known {
			t.Errorf("before anything was posted: %v left", left)
		}
		stop := r.run()
		began := time.Now()
		r.until("on its way", time.Hour, func() bool { return time.Since(began) > 45*time.Second })
		b = r.backfill(b.ID)
		now := time.Now()
		left, known := r.engine.TimeLeft(&b, now)
		least := time.Duration(b.Remaining()) * time.Minute / 1660
		if !known || left < least || left > 2*least {
			t.Errorf("%v left of %+v, want from %v on", left, b.Progress, least)
		}
		stop()
		other := must(posting.New(r.engine.Config))(t)
		if again, known := other.TimeLeft(&b, now); !known || again != left {
			t.Errorf("another server says %v, %v; the first said %v", again, known, left)
		}
		r.engine = other
		r.run()
		r.until("done", time.Hour, func() bool { return r.backfill(b.ID).State == store.BackfillDone })
		if took := time.Since(now); took > left+time.Minute || took < left/2 {
			t.Errorf("it took %v, and %v were left", took, left)
		}
		if entries := must(r.sim.Journal(r.realm))(t); len(entries) != n {
			t.Errorf("QuickBooks holds %d entries, want %d", len(entries), n)
		}
	})
}

// TestTimeLeftIsKnown looks at paces that say something, and at those that do not.
func TestTimeLeftIsKnown(t *testing.T) {
	t.Parallel()
	r := newRig(t, underIntuitsLimits)
	free := newRig(t)
	now := time.Now()
	span := func(ago time.Duration, n int64) store.PaceSpan { return store.PaceSpan{At: now.Add(-ago), Settled: n} }
	for name, test := range map[string]struct {
		state store.BackfillState
		pace  []store.PaceSpan
		want  time.Duration // 0: not known
		free  time.Duration
	}{
		"nothing":  {store.BackfillRunning, nil, 0, 0},
		"too soon": {store.BackfillRunning, []store.PaceSpan{span(20*time.Second, 500)}, 0, 0},
		"slow":     {store.BackfillRunning, []store.PaceSpan{span(2*time.Minute, 100), span(10*time.Second, 100)}, 166 * time.Minute / 10, 166 * time.Minute / 10},
		"fast":     {store.BackfillRunning, []store.PaceSpan{span(time.Minute, 166_000)}, time.Minute, 600 * time.Millisecond},
		"old":      {store.BackfillRunning, []store.PaceSpan{span(11*time.Minute, 9000), span(time.Minute, 830)}, 2 * time.Minute, 2 * time.Minute},
		"paused":   {store.BackfillPaused, []store.PaceSpan{span(time.Minute, 830)}, 0, 0},
		"done":     {store.BackfillDone, []store.PaceSpan{span(time.Minute, 830)}, 0, 0},
	} {
		b := store.Backfill{State: test.state, Pace: test.pace, Progress: store.Progress{Unreleased: 1000, Pending: 660, Booked: 77}}
		for engine, want := range map[*posting.Engine]time.Duration{r.engine: test.want, free.engine: test.free} {
			left, known := engine.TimeLeft(&b, now)
			if known != (want > 0) || left.Round(time.Millisecond) != want {
				t.Errorf("%s: %v, %v; want %v", name, left, known, want)
			}
		}
	}
}

// TestTimeLeftOfVeryMany: a slow start of very many events is no negative time.
func TestTimeLeftOfVeryMany(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := store.Backfill{
		State: store.BackfillRunning, Pace: []store.PaceSpan{{At: now.Add(-9 * time.Minute), Settled: 1}},
		Progress: store.Progress{Unreleased: 50_000_000},
	}
	if left, known := newRig(t).engine.TimeLeft(&b, now); !known || left < 365*24*time.Hour {
		t.Errorf("%v, %v; want years", left, known)
	}
}

// TestLiveEventsOvertakeABackfill records a live event in the middle of a long backfill: it does not wait for it.
func TestLiveEventsOvertakeABackfill(t *testing.T) {
	t.Parallel()
	const n = 1500
	virtually(t, func(t *testing.T) {
		r := newRig(t, underIntuitsLimits)
		b := r.past(n)
		r.run()
		r.until("on its way", time.Hour, func() bool { return r.backfill(b.ID).Booked > 100 })
		r.record(n+1, n+1)
		r.until("posted", 2*time.Minute, func() bool { return r.event(n+1).State == ledger.StateSynced })
		if left := r.backfill(b.ID).Remaining(); left == 0 {
			t.Error("the past events went first")
		}
	})
}

// TestLiveEventsDoNotWaitForABacklog records an event a second while a backlog uses up Intuit's limits, for the whole of a
// minute: also when its requests are spent, each event is booked within two seconds, the backlog loses next to nothing, and
// QuickBooks never has to refuse.
func TestLiveEventsDoNotWaitForABacklog(t *testing.T) {
	t.Parallel()
	const past, live = 1900, 58
	virtually(t, func(t *testing.T) {
		r := newRig(t, underIntuitsLimits)
		b := r.past(past)
		r.run()
		began := time.Now()
		for n := past + 1; n <= past+live; n++ {
			time.Sleep(time.Until(began.Add(time.Duration(n-past) * time.Second))) // virtual
			r.record(n, n)
			recorded := time.Now()
			r.until("posted", time.Minute, func() bool { return r.event(n).State == ledger.StateSynced })
			if lag := time.Since(recorded); lag > 2*time.Second {
				t.Errorf("event %d took %v to its entry", n, lag)
			}
		}
		if left := r.backfill(b.ID).Remaining(); left == 0 {
			t.Error("there was no backlog left to wait for")
		}
		r.until("posted", 2*time.Minute, func() bool { return r.backfill(b.ID).Remaining() == 0 })
		if took := time.Since(began); took > 80*time.Second {
			t.Errorf("%d events took %v at Intuit's limits, want about 65 s", past+live, took)
		}
		if n := r.sim.Requests().ByStatus[http.StatusTooManyRequests]; n > 0 {
			t.Errorf("%d requests were refused as too many", n)
		}
	})
}
