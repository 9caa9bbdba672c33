package posting_test

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/store"
)

// ceiling is how many entries Intuit's limits allow in a minute: 40 batches of 30, and 460 by themselves.
const ceiling = 1660

// bothTens reads Intuit's limit of ten as ten a second and ten at a time.
func bothTens(_ *posting.Config, sim *simulator.Options) {
	sim.Switches = map[simulator.Switch]string{simulator.SwitchTen: "both"}
}

// slowly has QuickBooks take as long for a request as it does.
func (r *rig) slowly() {
	r.onPosts(func(_ int, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
		switch {
		case stage != simulator.BeforeCommit:
			return simulator.Action{}
		case info.Kind == simulator.KindBatch:
			return simulator.Action{Delay: 800 * time.Millisecond}
		default:
			return simulator.Action{Delay: 150 * time.Millisecond}
		}
	})
}

// wantNone429 checks that QuickBooks never had to refuse.
func (r *rig) wantNone429() {
	r.t.Helper()
	if n := r.sim.Requests().ByStatus[http.StatusTooManyRequests]; n > 0 {
		r.t.Errorf("%d requests were refused as too many", n)
	}
}

// TestServersInTurnKeepTheLimits has two servers take turns at a company with a backlog. Each goes on where the other has
// stopped, in the middle of Intuit's minutes: together they keep the limits, and use at least 95 % of them.
func TestServersInTurnKeepTheLimits(t *testing.T) {
	t.Parallel()
	const minutes = 3
	virtually(t, func(t *testing.T) {
		r := newRig(t, underIntuitsLimits, bothTens)
		r.slowly()
		r.past(minutes*ceiling + 300)
		engines := []*posting.Engine{r.engine, must(posting.New(r.engine.Config))(t)}
		began := time.Now()
		for turn := 0; time.Since(began) < minutes*time.Minute; turn++ {
			stop := r.runs(engines[turn%2])
			time.Sleep(min(7*time.Second+time.Duration(turn)*1100*time.Millisecond, minutes*time.Minute-time.Since(began)))
			stop()
		}
		took := time.Since(began)
		share := float64(r.count(ledger.StateSynced)) / ceiling / took.Minutes()
		t.Logf("%d entries in %v: %.1f %% of the ceiling", r.count(ledger.StateSynced), took, 100*share)
		if share < 0.95 {
			t.Errorf("%.1f %% of the ceiling were used, want 95", 100*share)
		}
		r.wantNone429()
	})
}

// mortal is a server that can be killed: a process with a store, a line to QuickBooks and an engine of its own.
type mortal struct {
	engine *posting.Engine
	store  *store.Store
	dead   atomic.Bool
	r      *rig
	// kill ends it as SIGKILL does: nothing is finished, noted or given back.
	kill func()
}

// RoundTrip carries a request to QuickBooks. Who was killed sends nothing, and hears no answer.
func (m *mortal) RoundTrip(request *http.Request) (*http.Response, error) {
	if m.dead.Load() {
		return nil, errKilled
	}
	response, err := m.r.RoundTrip(request)
	if m.dead.Load() {
		return nil, errKilled
	}
	return response, err
}

var errKilled = errors.New("the process was killed")

// born starts a server.
func (r *rig) born() *mortal {
	r.t.Helper()
	m := &mortal{r: r}
	cfg := r.engine.Config
	m.store = must(store.Open(r.t.Context(), r.path, cfg.Log))(r.t)
	cfg.Store, cfg.QuickBooks = m.store, r.client(m)
	m.engine = must(posting.New(cfg))(r.t)
	stop := r.runs(m.engine)
	m.kill = sync.OnceFunc(func() {
		m.dead.Store(true)
		check(r.t, m.store.Close())
		stop()
	})
	r.t.Cleanup(m.kill)
	return m
}

// TestKilledServersKeepTheLimits kills the server that posts, again and again: whoever goes on knows from the store what was
// sent in the last minute.
func TestKilledServersKeepTheLimits(t *testing.T) {
	t.Parallel()
	const events, kills = 1600, 3
	virtually(t, func(t *testing.T) {
		r := newRig(t, underIntuitsLimits, bothTens)
		r.slowly()
		b := r.past(events)
		m := r.born()
		for range kills {
			booked := r.backfill(b.ID).Booked
			r.until("on its way", 2*time.Minute, func() bool { return r.backfill(b.ID).Booked > booked+200 })
			m.kill()
			m = r.born()
		}
		r.until("done", 10*time.Minute, func() bool { return r.backfill(b.ID).State == store.BackfillDone })
		r.wantNone429()
		r.expectBooks(events)
	})
}

// TestReadingDuringABacklog imports accounts and locations all the time while a backlog uses up the limits: on the server that
// posts, on another, and on a third at once.
func TestReadingDuringABacklog(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t, underIntuitsLimits, bothTens)
		r.slowly()
		b := r.past(1900)
		r.run()
		began := time.Now()
		var readers sync.WaitGroup
		defer readers.Wait()
		for i, engine := range []*posting.Engine{r.engine, must(posting.New(r.engine.Config))(t), must(posting.New(r.engine.Config))(t)} {
			readers.Go(func() {
				for n := 0; time.Since(began) < 65*time.Second; n++ {
					since := time.Now()
					must(engine.ImportAccounts(t.Context(), retailer, func(int, int) error { return nil }))(t)
					check(t, engine.ImportLocations(t.Context(), retailer))
					t.Logf("server %d: import %d took %v", i, n, time.Since(since))
					time.Sleep(5 * time.Second)
				}
			})
		}
		r.until("posted", 3*time.Minute, func() bool { return r.backfill(b.ID).Remaining() == 0 })
		t.Logf("posted in %v", time.Since(began))
		r.wantNone429()
	})
}

// TestSilenceOutlivesTheServer kills a server right after a 429: the next one is silent for the rest of the minute.
func TestSilenceOutlivesTheServer(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t, underIntuitsLimits, bothTens)
		r.past(1)
		var mu sync.Mutex
		var sent []time.Time
		r.onPosts(func(n int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
			if stage != simulator.BeforeCommit {
				return simulator.Action{}
			}
			mu.Lock()
			defer mu.Unlock()
			if sent = append(sent, time.Now()); n == 1 {
				return simulator.Action{Status: http.StatusTooManyRequests}
			}
			return simulator.Action{}
		})
		m := r.born()
		r.until("sent", time.Minute, func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(sent) == 1
		})
		m.kill()
		r.born()
		r.until("posted", 3*time.Minute, func() bool { return r.count(ledger.StateSynced) == 1 })
		if silence := sent[1].Sub(sent[0]); silence < time.Minute || silence > 75*time.Second {
			t.Errorf("after a 429 the next request was sent after %v", silence)
		}
	})
}
