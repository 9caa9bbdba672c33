package main

import (
	"context"
	"fmt"
	"time"
)

const (
	fleetCompanies = 500
	fleetEvents    = 1_600 // of each company
	fleetFor       = 2 * time.Minute
	fleetLive      = 100 * time.Millisecond // between live events, all companies together
)

// measureFleet posts for many companies at once, each within Intuit's limits, and sees that none is left behind.
func measureFleet(ctx context.Context, b *bench) (figures []figure, err error) {
	companies := b.scaled(fleetCompanies)
	err = b.on(ctx, set{companies: companies, limits: true}, func(st *stage) error {
		figures, err = st.fleet(ctx, companies)
		return err
	})
	return figures, err
}

func (st *stage) fleet(ctx context.Context, companies int) ([]figure, error) {
	if err := st.connectAll(ctx, companies); err != nil {
		return nil, err
	}
	if err := st.backlog(ctx, companies, fleetEvents); err != nil {
		return nil, err
	}
	if err := st.releaseBacklog(ctx, companies); err != nil {
		return nil, err
	}
	before, err := st.usage()
	if err != nil {
		return nil, err
	}
	already, err := st.synced(ctx, companies) // of those whose backlogs were released first
	if err != nil {
		return nil, err
	}
	began := time.Now()
	live := &liveEvents{st: st, retailers: companies, every: fleetLive}
	if err := live.run(ctx, time.Until(began.Add(fleetFor))); err != nil {
		return nil, err
	}
	counts, err := st.synced(ctx, companies)
	if err != nil {
		return nil, err
	}
	for i := range counts {
		counts[i] -= already[i]
	}
	took := time.Since(began)
	after, err := st.usage()
	if err != nil {
		return nil, err
	}
	lags, err := live.lags(ctx)
	if err != nil {
		return nil, err
	}
	byStatus, err := st.books.counts(ctx)
	if err != nil {
		return nil, err
	}
	title := fmt.Sprintf("%d companies, Intuit's limits, one server", companies)
	return append(fleetShares(title, counts, took), []figure{
		{
			Name: fmt.Sprintf("… live events, accepted to booked, p99 of %d", len(lags)), Target: "(told, not promised)",
			Measured: fmt.Sprintf("%s (median %s, most %s)",
				brief(percentile(lags, 99)), brief(median(lags)), brief(percentile(lags, 100))),
		},
		{Name: "… answers 429", Target: "0", Measured: thousands(byStatus[tooManyHTTP]), Verdict: judge(byStatus[tooManyHTTP] == 0)},
		{Name: "… cores in use", Measured: after.since(before).cores(took)},
	}...), nil
}

// fleetShares tells how much of the work each company got.
func fleetShares(title string, counts []int64, took time.Duration) []figure {
	perMinute := func(p float64) float64 { return float64(percentile(counts, p)) / took.Minutes() }
	middle, least := perMinute(50), perMinute(0)
	const fair = 0.5
	return []figure{{
		Name: title, Target: "the last has ≥ 0.5 of the median",
		Measured: fmt.Sprintf("%s / %s / %s entries/min (least, median, most); %s/s in all",
			thousands(least), thousands(middle), thousands(perMinute(100)), thousands(float64(sum(counts))/took.Seconds())),
		Ratio: fmt.Sprintf("%.2f", least/max(middle, 1)), Verdict: judge(least >= fair*middle && least > 0),
	}}
}
