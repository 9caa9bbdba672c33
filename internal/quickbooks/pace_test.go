package quickbooks_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks"
)

// counter is the receiving end: it notes when it counted which request, and how many were under way.
type counter struct {
	mu       sync.Mutex
	all      []time.Time
	batches  []time.Time
	underWay int
	most     int
}

func (c *counter) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.underWay++
	c.most = max(c.most, c.underWay)
}

func (c *counter) count(kind quickbooks.RequestKind) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, time.Now())
	if kind == quickbooks.Batch {
		c.batches = append(c.batches, time.Now())
	}
}

func (c *counter) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.underWay--
}

// worst returns the most requests within any closed window of the length, whatever its alignment.
func worst(counted []time.Time, length time.Duration) int {
	counted = slices.SortedFunc(slices.Values(counted), time.Time.Compare)
	most, from := 0, 0
	for i, at := range counted {
		for at.Sub(counted[from]) > length {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// load is what the workers of one run do.
type load struct {
	singles, batches uint8                              // workers of each kind
	latency          func(*rand.Rand) time.Duration     // of a single request
	batchLatency     func(*rand.Rand) time.Duration     // of a batch
	counted          func(r *rand.Rand) (share float64) // where in its life a request is counted, from 0 to 1
	impatient        bool                               // whether waiters give up now and then
}

func between(low, high time.Duration) func(*rand.Rand) time.Duration {
	return func(r *rand.Rand) time.Duration { return low + time.Duration(r.Int64N(int64(high-low))) }
}

// drive runs the load through the pacer for the given time and returns what was counted. It runs inside a bubble.
func drive(t *testing.T, pacer *quickbooks.Pacer, l load, length time.Duration) *counter {
	t.Helper()
	end := time.Now().Add(length)
	c := new(counter)
	var workers sync.WaitGroup
	work := func(kind quickbooks.RequestKind, latency func(*rand.Rand) time.Duration, seed uint8) {
		r := rand.New(rand.NewPCG(uint64(seed), uint64(kind)))
		for time.Now().Before(end) {
			ctx, cancel := t.Context(), context.CancelFunc(func() {})
			if l.impatient && r.IntN(3) == 0 {
				ctx, cancel = context.WithTimeout(ctx, between(0, 300*time.Millisecond)(r))
			}
			release, err := pacer.Wait(ctx, kind)
			cancel()
			if err != nil {
				continue
			}
			c.begin()
			whole, share := latency(r), l.counted(r)
			before := time.Duration(float64(whole) * share)
			time.Sleep(before)
			c.count(kind)
			time.Sleep(whole - before)
			c.end()
			release()
		}
	}
	for i := range l.singles {
		workers.Go(func() { work(quickbooks.Single, l.latency, i) })
	}
	for i := range l.batches {
		workers.Go(func() { work(quickbooks.Batch, l.batchLatency, i) })
	}
	workers.Wait()
	return c
}

// TestPacerKeepsLimits: with Intuit's limits and random latencies no window of any alignment at the receiving end is
// ever exceeded, wherever in its life a request is counted, and at least 95 % of what the limits allow gets through.
func TestPacerKeepsLimits(t *testing.T) {
	t.Parallel()
	anywhere := func(r *rand.Rand) float64 { return r.Float64() }
	extremes := func(r *rand.Rand) float64 { return float64(r.IntN(2)) }
	fast, usual, slow := between(0, 20*time.Millisecond), between(50*time.Millisecond, 250*time.Millisecond),
		between(500*time.Millisecond, 4*time.Second)
	const minutes = 10
	limits := quickbooks.IntuitLimits()
	// What the limits allow, in journal entries: a batch carries 30, and counts as one request of the 500.
	const both, singles, batches = 40*30 + 460, 500, 40 * 30
	for name, tt := range map[string]struct {
		load    load
		ceiling int // entries a minute, of which 95 % must get through
	}{
		"fast":                     {load{8, 3, fast, usual, anywhere, false}, both},
		"usual":                    {load{10, 4, usual, slow, anywhere, false}, both},
		"counted at the edges":     {load{10, 4, usual, slow, extremes, false}, both},
		"single requests alone":    {load{10, 0, usual, nil, extremes, false}, singles},
		"batches alone":            {load{0, 10, nil, slow, extremes, false}, batches},
		"far more workers":         {load{40, 20, fast, fast, extremes, false}, both},
		"waiters that give up":     {load{20, 10, usual, usual, extremes, true}, both},
		"very slow: limits alone":  {load{20, 10, slow, slow, extremes, false}, 0},
		"one worker, never enough": {load{1, 1, slow, slow, extremes, false}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := drive(t, quickbooks.NewPacer(limits), tt.load, minutes*time.Minute)
				for what, got := range map[string][2]int{
					"requests in a minute": {worst(c.all, time.Minute), limits.PerMinute},
					"requests in a second": {worst(c.all, time.Second), limits.PerSecond},
					"batches in a minute":  {worst(c.batches, time.Minute), limits.BatchesPerMinute},
					"requests at a time":   {c.most, limits.Concurrent},
				} {
					if got[0] > got[1] {
						t.Errorf("%d %s, %d are allowed", got[0], what, got[1])
					}
				}
				entries := len(c.all) + 29*len(c.batches)
				share := float64(entries) / float64(minutes*max(tt.ceiling, 1))
				t.Logf("%d requests, %d batches, %d entries", len(c.all), len(c.batches), entries)
				if share < 0.95 {
					t.Errorf("%.1f %% of the ceiling got through", 100*share)
				}
			})
		})
	}
}

// TestPacerUnlimited: without limits nothing waits and nothing is kept.
func TestPacerUnlimited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pacer := quickbooks.NewPacer(quickbooks.Limits{})
		started := time.Now()
		for range 10_000 {
			if _, err := pacer.Wait(t.Context(), quickbooks.Batch); err != nil {
				t.Fatal(err)
			}
		}
		if time.Since(started) != 0 {
			t.Errorf("waited %v", time.Since(started))
		}
		if singles, batches := pacer.Allowance(time.Now()); singles != math.MaxInt || batches != math.MaxInt {
			t.Errorf("got %d, %d", singles, batches)
		}
	})
}

// hold takes n slots of a kind and returns their releases.
func hold(t *testing.T, pacer *quickbooks.Pacer, kind quickbooks.RequestKind, n int) []func() {
	t.Helper()
	releases := make([]func(), 0, n)
	for range n {
		release, err := pacer.Wait(t.Context(), kind)
		if err != nil {
			t.Fatal(err)
		}
		releases = append(releases, release)
	}
	return releases
}

func wantAllowance(t *testing.T, pacer *quickbooks.Pacer, singles, batches int) {
	t.Helper()
	if s, b := pacer.Allowance(time.Now()); s != singles || b != batches {
		t.Errorf("got allowance %d, %d; want %d, %d", s, b, singles, batches)
	}
}

// TestPacerSlots follows slots through their life: taken, under way, ended, free again.
func TestPacerSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pacer := quickbooks.NewPacer(quickbooks.Limits{PerMinute: 5, BatchesPerMinute: 2})
		wantAllowance(t, pacer, 5, 2)
		releases := append(hold(t, pacer, quickbooks.Batch, 2), hold(t, pacer, quickbooks.Single, 1)...)
		wantAllowance(t, pacer, 2, 0)
		time.Sleep(10 * time.Minute)
		wantAllowance(t, pacer, 2, 0) // what is under way may still be counted
		for _, release := range releases {
			release()
			release() // once is enough
		}
		wantAllowance(t, pacer, 2, 0)
		time.Sleep(time.Minute)
		wantAllowance(t, pacer, 2, 0)
		soon := time.Now().Add(time.Second)
		if s, b := pacer.Allowance(soon); s != 5 || b != 2 {
			t.Errorf("got allowance %d, %d a second later", s, b)
		}
		time.Sleep(time.Second)
		wantAllowance(t, pacer, 5, 2)
	})
}

// TestPacerOrder: first come, first served; but a batch that waits for the limit on batches holds nobody up.
func TestPacerOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pacer := quickbooks.NewPacer(quickbooks.Limits{BatchesPerMinute: 1, Concurrent: 1})
		var mu sync.Mutex
		var order []string
		var waiters sync.WaitGroup
		queue := func(name string, kind quickbooks.RequestKind) {
			waiters.Go(func() {
				release, err := pacer.Wait(t.Context(), kind)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				order = append(order, name)
				mu.Unlock()
				time.Sleep(time.Second)
				release()
			})
			synctest.Wait()
		}
		queue("batch 1", quickbooks.Batch)
		queue("single 1", quickbooks.Single)
		queue("batch 2", quickbooks.Batch) // not before a minute has passed
		queue("single 2", quickbooks.Single)
		queue("batch 3", quickbooks.Batch)
		queue("single 3", quickbooks.Single)
		waiters.Wait()
		want := []string{"batch 1", "single 1", "single 2", "single 3", "batch 2", "batch 3"}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Errorf("order differs (-want +got):\n%s", diff)
		}
	})
}

// TestPacerPenalize: after a 429 everything stands still, also what waits already; a shorter stop changes nothing.
func TestPacerPenalize(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pacer := quickbooks.NewPacer(quickbooks.Limits{PerSecond: 1})
		hold(t, pacer, quickbooks.Single, 1)[0]()
		started := time.Now()
		pacer.Penalize(time.Now().Add(time.Minute))
		pacer.Penalize(time.Now().Add(time.Second))
		pacer.Penalize(time.Now().Add(-time.Second))
		wantAllowance(t, pacer, 0, 0)
		hold(t, pacer, quickbooks.Batch, 1)[0]()
		if waited := time.Since(started); waited != time.Minute {
			t.Errorf("waited %v", waited)
		}

		go func() {
			time.Sleep(500 * time.Millisecond)
			pacer.Penalize(time.Now().Add(5 * time.Second))
		}()
		started = time.Now()
		hold(t, pacer, quickbooks.Single, 1)
		if waited := time.Since(started); waited != 5500*time.Millisecond {
			t.Errorf("waited %v although stopped meanwhile", waited)
		}
	})
}

// TestPacerGivesUp: a waiter that gives up takes nothing with it, and those behind it move up.
func TestPacerGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pacer := quickbooks.NewPacer(quickbooks.Limits{Concurrent: 1, PerMinute: 100})
		release := hold(t, pacer, quickbooks.Single, 1)[0]
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := pacer.Wait(ctx, quickbooks.Single); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if _, err := pacer.Wait(ctx, quickbooks.Single); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v from a context that had ended", err)
		}
		if none, err := pacer.Wait(t.Context(), 7); err == nil || none != nil {
			t.Error("took a kind that does not exist")
		}
		wantAllowance(t, pacer, 0, 0)
		release()
		wantAllowance(t, pacer, 1, 1)
		hold(t, pacer, quickbooks.Batch, 1)[0]()
		time.Sleep(2 * time.Minute)
		wantAllowance(t, pacer, 1, 1)
	})
}

// TestPacerRecord: what a predecessor sent counts from when it ended, in whatever order it is told.
func TestPacerRecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pacer := quickbooks.NewPacer(quickbooks.Limits{PerMinute: 4, BatchesPerMinute: 2})
		now := time.Now()
		pacer.Record(quickbooks.Single, now.Add(-10*time.Second))
		pacer.Record(quickbooks.Batch, now.Add(-50*time.Second))
		pacer.Record(quickbooks.Batch, now.Add(-2*time.Minute))
		pacer.Record(quickbooks.Single, now.Add(time.Hour)) // a clock that is ahead
		wantAllowance(t, pacer, 1, 1)
		time.Sleep(11 * time.Second)
		wantAllowance(t, pacer, 2, 2)
		time.Sleep(50 * time.Second)
		wantAllowance(t, pacer, 4, 2)
		for range 10 { // more than allowed
			pacer.Record(quickbooks.Batch, time.Now())
		}
		wantAllowance(t, pacer, 0, 0)
		started := time.Now()
		hold(t, pacer, quickbooks.Single, 1)
		if waited := time.Since(started); waited < time.Minute || waited > time.Minute+time.Second {
			t.Errorf("waited %v", waited)
		}
	})
}

// TestPacerGivesBack: a slot that is granted at the very moment its waiter gives up is free again, and uncounted.
func TestPacerGivesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for range 200 {
			pacer := quickbooks.NewPacer(quickbooks.Limits{Concurrent: 1, PerMinute: 2, BatchesPerMinute: 2})
			release := hold(t, pacer, quickbooks.Single, 1)[0]
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() {
				next, err := pacer.Wait(ctx, quickbooks.Batch)
				if err == nil {
					next()
				}
				ended <- err
			}()
			synctest.Wait()
			cancel()
			release() // grants the slot to the waiter, unless it has left the queue already
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			wantAllowance(t, pacer, 1, 1) // of the two in the minute, only ours is used
		}
	})
}
