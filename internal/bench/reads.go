package main

import (
	"context"
	"fmt"
	"time"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

const (
	fewEvents  = 10_000
	manyTimes  = 1_000 // as many events has the large retailer: 10 million
	readRounds = 300
)

// measureReads compares the same calls on two databases, one with few events and one with very many, in turns.
func measureReads(ctx context.Context, b *bench) (figures []figure, err error) {
	times := b.scaled(manyTimes)
	err = b.on(ctx, set{companies: 1}, func(few *stage) error {
		return b.on(ctx, set{companies: 1}, func(many *stage) error {
			if err := few.history(ctx, 1); err != nil {
				return err
			}
			if err := many.history(ctx, times); err != nil {
				return err
			}
			figures, err = compareReads(ctx, few, many, times)
			return err
		})
	})
	return figures, err
}

// history makes a retailer with events that were posted, and multiplies them.
func (st *stage) history(ctx context.Context, times int) error {
	if err := st.connectAll(ctx, 1); err != nil {
		return err
	}
	if err := st.startSync(ctx, 1); err != nil {
		return err
	}
	if err := st.backlog(ctx, 1, fewEvents); err != nil {
		return err
	}
	const every, patience = 250 * time.Millisecond, 2 * time.Minute
	if err := until(ctx, every, patience, "the history is booked", func() (bool, error) {
		counts, err := st.synced(ctx, 1)
		return sum(counts) == fewEvents, err
	}); err != nil {
		return err
	}
	db, err := openDatabase(st.postgres.DSN())
	if err != nil {
		return err
	}
	defer db.Close()
	return db.multiply(ctx, retailerName(0), times)
}

// reading is a call whose time must not depend on how many events there are.
type reading struct {
	name string
	call func(ctx context.Context, st *stage) error
}

func readings() []reading {
	list := func(state financialv1.EventState) func(context.Context, *stage) error {
		return func(ctx context.Context, st *stage) error {
			page, err := st.api.Financial.ListEvents(ctx, &financialv1.ListEventsRequest{
				RetailerId: retailerName(0), PageSize: 100, State: state,
			})
			if err == nil && len(page.GetEvents()) != 100 {
				return fmt.Errorf("a page has %d events", len(page.GetEvents()))
			}
			return err
		}
	}
	return []reading{
		{"SyncStatus", func(ctx context.Context, st *stage) error {
			_, err := st.inState(ctx, retailerName(0), financialv1.EventState_EVENT_STATE_SYNCED)
			return err
		}},
		{"ListEvents, first page of 100", list(financialv1.EventState_EVENT_STATE_UNSPECIFIED)},
		{"ListEvents, first page of one state", list(financialv1.EventState_EVENT_STATE_SYNCED)},
	}
}

func compareReads(ctx context.Context, few, many *stage, times int) ([]figure, error) {
	var figures []figure
	for _, r := range readings() {
		var small, large []time.Duration
		for range readRounds {
			for _, side := range []struct {
				st    *stage
				times *[]time.Duration
			}{{few, &small}, {many, &large}} {
				began := time.Now()
				if err := r.call(ctx, side.st); err != nil {
					return nil, fmt.Errorf("%s: %w", r.name, err)
				}
				*side.times = append(*side.times, time.Since(began))
			}
		}
		const most = 1.5
		ratio := float64(median(large)) / float64(median(small))
		figures = append(figures, figure{
			Name: fmt.Sprintf("%s, %s events", r.name, thousands(fewEvents*times)), Target: "≤ 1.5 of 10,000 events",
			Measured: fmt.Sprintf("%s (of 10,000: %s)", brief(median(large)), brief(median(small))),
			Ratio:    fmt.Sprintf("%.2f", ratio), Verdict: judge(ratio <= most),
		})
	}
	return figures, nil
}
