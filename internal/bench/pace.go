package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
)

const (
	// ceiling is what Intuit's limits let through in a minute: 40 batches of 30, and 460 single entries.
	ceiling     = 40*30 + 460
	paceMinutes = 3
	tooManyHTTP = 429
)

// measurePace posts the backlog of one company within Intuit's limits, while live events come in.
func measurePace(ctx context.Context, b *bench) (figures []figure, err error) {
	err = b.on(ctx, set{companies: 1, limits: true}, func(st *stage) error {
		figures, err = st.paceOne(ctx)
		return err
	})
	return figures, err
}

func (st *stage) paceOne(ctx context.Context) ([]figure, error) {
	if err := st.connectAll(ctx, 1); err != nil {
		return nil, err
	}
	if err := st.backlog(ctx, 1, (paceMinutes+1)*ceiling); err != nil {
		return nil, err
	}
	// What connecting has asked for counts in the first minute too.
	if err := pause(ctx, time.Minute); err != nil {
		return nil, err
	}
	began := time.Now()
	if err := st.releaseBacklog(ctx, 1); err != nil {
		return nil, err
	}
	live := &liveEvents{st: st, retailers: 1, every: time.Second}
	if err := live.run(ctx, time.Until(began.Add(paceMinutes*time.Minute))); err != nil {
		return nil, err
	}
	counts, err := st.synced(ctx, 1)
	if err != nil {
		return nil, err
	}
	lags, err := live.lags(ctx)
	if err != nil {
		return nil, err
	}
	refused, err := st.books.counts(ctx)
	if err != nil {
		return nil, err
	}
	perMinute := float64(counts[0]) / paceMinutes
	p99 := percentile(lags, 99)
	const target, most = 0.95, 2 * time.Second
	return []figure{
		{
			Name: fmt.Sprintf("posting, one company, Intuit's limits, %d minutes", paceMinutes), Target: "≥ 0.95 of 1,660 a minute",
			Measured: thousands(perMinute) + " entries/min", Ratio: fmt.Sprintf("%.3f", perMinute/ceiling),
			Verdict: judge(perMinute >= target*ceiling),
		},
		{Name: "… answers 429", Target: "0", Measured: thousands(refused[tooManyHTTP]), Verdict: judge(refused[tooManyHTTP] == 0)},
		{
			Name: fmt.Sprintf("… live events meanwhile, accepted to booked, p99 of %d", len(lags)), Target: "under 2 s",
			Measured: brief(p99), Ratio: fmt.Sprintf("%.2f", p99.Seconds()/most.Seconds()), Verdict: judge(p99 < most),
		},
	}, nil
}

// backlog records events for retailers that were never synced.
func (st *stage) backlog(ctx context.Context, retailers, n int) error {
	const atOnce = 4
	return each(ctx, retailers, atOnce, func(ctx context.Context, i int, retailer string) error {
		return record(ctx, st.api, retailer, tickets(fmt.Sprintf("b%04d", i), 0, n))
	})
}

// releaseBacklog starts the sync of retailers, past events included. None begins before all may.
func (st *stage) releaseBacklog(ctx context.Context, retailers int) error {
	if err := st.startSync(ctx, retailers); err != nil {
		return err
	}
	if err := st.pauseSync(ctx, retailers); err != nil {
		return err
	}
	const atOnce = 4
	if err := each(ctx, retailers, atOnce, func(ctx context.Context, _ int, retailer string) error {
		if _, err := st.api.Integration.SyncPastEvents(ctx, &integrationv1.SyncPastEventsRequest{RetailerId: retailer}); err != nil {
			return fmt.Errorf("sync the past of %s: %w", retailer, err)
		}
		return nil
	}); err != nil {
		return err
	}
	return st.startSync(ctx, retailers)
}

// liveEvents come in while something else happens.
type liveEvents struct {
	st        *stage
	retailers int
	every     time.Duration
	recorded  []liveEvent
}

type liveEvent struct{ retailer, id string }

// run records an event at every tick, for retailers by chance, until the time is over. One that takes long holds up no other.
func (l *liveEvents) run(ctx context.Context, d time.Duration) error {
	end := time.NewTimer(d)
	defer end.Stop()
	ticker := time.NewTicker(l.every)
	defer ticker.Stop()
	group, ctx := errgroup.WithContext(ctx)
	for {
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), group.Wait())
		case <-end.C:
			return group.Wait() //nolint:wrapcheck // worded by record
		case <-ticker.C:
		}
		event := ticket("live", len(l.recorded))
		retailer := retailerName(rand.IntN(l.retailers)) //nolint:gosec // no secret
		l.recorded = append(l.recorded, liveEvent{retailer, event.GetEventId()})
		group.Go(func() error { return record(ctx, l.st.api, retailer, []*financialv1.Event{event}) })
	}
}

// lags waits until the live events are booked, but not for ever, and returns how long each took from its acceptance. One
// that is not booked counts as if it were booked now.
func (l *liveEvents) lags(ctx context.Context) ([]time.Duration, error) {
	const atOnce, grace = 8, 3 * time.Second
	if err := pause(ctx, grace); err != nil {
		return nil, err
	}
	var mu sync.Mutex
	lags := make([]time.Duration, 0, len(l.recorded))
	err := each(ctx, len(l.recorded), atOnce, func(ctx context.Context, i int, _ string) error {
		one := l.recorded[i]
		answer, err := l.st.api.Financial.GetEvent(ctx, &financialv1.GetEventRequest{RetailerId: one.retailer, EventId: one.id})
		if err != nil {
			return fmt.Errorf("read a live event: %w", err)
		}
		event, booked := answer.GetEvent(), time.Now()
		if event.GetState() == financialv1.EventState_EVENT_STATE_SYNCED {
			booked = event.GetStateTime().AsTime()
		}
		mu.Lock()
		defer mu.Unlock()
		lags = append(lags, booked.Sub(event.GetRecordTime().AsTime()))
		return nil
	})
	return lags, err
}
