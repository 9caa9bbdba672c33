package posting_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// TestLiveEventsPassTheBacklogsOfAll: where every company has a backlog, and they wait for each other, what comes in at one
// goes ahead. Its own backlog is served neither more nor less for that.
func TestLiveEventsPassTheBacklogsOfAll(t *testing.T) {
	t.Parallel()
	const companies, backlog, lives = 10, 1600, 10
	virtually(t, func(t *testing.T) {
		r, shops := newRigOfMany(t, companies, underIntuitsLimits,
			func(cfg *posting.Config, _ *simulator.Options) { cfg.Workers = 2 })
		r.slowly()
		for _, s := range shops {
			r.at(s).past(backlog)
		}
		r.run()
		time.Sleep(15 * time.Second) // everybody has had a turn
		live := r.at(shops[companies-1])
		for n := 1; n <= lives; n++ {
			began := time.Now()
			live.record(backlog+n, backlog+n)
			live.until("booked", time.Minute, func() bool { return live.event(backlog+n).State == ledger.StateSynced })
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("live event %d took %v, want 3 s at most", n, took)
			}
			time.Sleep(time.Second)
		}
		var booked []int64
		for _, s := range shops {
			booked = append(booked, r.at(s).count(ledger.StateSynced))
		}
		booked[companies-1] -= lives
		t.Logf("booked of the backlogs, last of the one with live events: %v", booked)
		const turn = 6 * 30 // what a backlog may have under way at once
		if slices.Max(booked)-slices.Min(booked) > turn {
			t.Errorf("backlogs are served unevenly: %v, want them within a turn of %d entries", booked, turn)
		}
	})
}
