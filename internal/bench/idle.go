package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"sync"
	"time"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

const (
	idleCompanies = 10
	idleEvents    = 30 // of each company
	idleTarget    = 50 * time.Millisecond
)

// measureIdle records single events now and then, and looks when each reaches QuickBooks.
func measureIdle(ctx context.Context, b *bench) (figures []figure, err error) {
	err = b.on(ctx, set{companies: idleCompanies, limits: true}, func(st *stage) error {
		if err := st.connectAll(ctx, idleCompanies); err != nil {
			return err
		}
		if err := st.startSync(ctx, idleCompanies); err != nil {
			return err
		}
		accepted, err := st.recordNowAndThen(ctx, b.scaled(idleEvents))
		if err != nil {
			return err
		}
		const settle = 5 * time.Second
		if err := pause(ctx, settle); err != nil {
			return err
		}
		latencies, err := st.latencies(ctx, accepted)
		if err != nil {
			return err
		}
		p99 := percentile(latencies, 99)
		figures = []figure{{
			Name: fmt.Sprintf("accepted to sent when idle, p99 of %d", len(latencies)), Target: "under 50 ms",
			Measured: fmt.Sprintf("%s (median %s)", brief(p99), brief(median(latencies))),
			Ratio:    fmt.Sprintf("%.2f", float64(p99)/float64(idleTarget)), Verdict: judge(p99 < idleTarget),
		}}
		b.idle, _, err = st.service.memory()
		return err
	})
	return figures, err
}

// recordNowAndThen records events of several companies, each by itself, after pauses of up to three seconds: some find the
// company's worker still there, others not. It returns when each was accepted, by its number.
func (st *stage) recordNowAndThen(ctx context.Context, perCompany int) (map[string]time.Time, error) {
	const longest = 3 * time.Second
	var mu sync.Mutex
	accepted := map[string]time.Time{}
	err := each(ctx, idleCompanies, idleCompanies, func(ctx context.Context, i int, retailer string) error {
		mine := map[string]time.Time{}
		for n := range perCompany {
			if err := pause(ctx, rand.N(longest)); err != nil { //nolint:gosec // no secret
				return err
			}
			event := ticket(fmt.Sprintf("i%d", i), n)
			if err := record(ctx, st.api, retailer, []*financialv1.Event{event}); err != nil {
				return err
			}
			mine[event.GetNumber()] = time.Now()
		}
		mu.Lock()
		defer mu.Unlock()
		maps.Copy(accepted, mine)
		return nil
	})
	return accepted, err
}

var docNumber = regexp.MustCompile(`"DocNumber":"([^"]+)"`)

// latencies finds the accepted events in what the simulator received. One that came before its acceptance was heard of took
// no time at all.
func (st *stage) latencies(ctx context.Context, accepted map[string]time.Time) ([]time.Duration, error) {
	requests, err := st.books.log(ctx)
	if err != nil {
		return nil, err
	}
	latencies := make([]time.Duration, 0, len(accepted))
	for _, request := range requests {
		for _, found := range docNumber.FindAllStringSubmatch(request.Request, -1) {
			if at, ok := accepted[found[1]]; ok {
				latencies = append(latencies, max(request.Time.Sub(at), 0))
			}
		}
	}
	if len(latencies) != len(accepted) {
		return nil, fmt.Errorf("of %d events the simulator's log has %d", len(accepted), len(latencies))
	}
	return latencies, nil
}
