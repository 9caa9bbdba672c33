package main

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tillpost/tillpost/client"
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

const (
	// recorders is how many clients record at once, each for a retailer of its own, as a platform's workers do.
	recorders = 4
	rounds    = 5
	// perRound is how many events all recorders record in a round.
	perRound = 40_000
)

// measureRecording records events over gRPC and copies the very same rows into the same table, in turns.
func measureRecording(ctx context.Context, b *bench) (figures []figure, err error) {
	err = b.on(ctx, set{companies: recorders}, func(st *stage) error {
		figures, err = st.compareWithCopy(ctx, b.scaled(perRound)/recorders)
		return err
	})
	return figures, err
}

func (st *stage) compareWithCopy(ctx context.Context, each int) ([]figure, error) {
	if err := st.waitingRetailers(ctx, recorders); err != nil {
		return nil, err
	}
	db, err := openDatabase(st.postgres.DSN())
	if err != nil {
		return nil, err
	}
	defer db.Close()
	clients := make([]*client.Client, recorders)
	for i := range clients {
		if clients[i], err = st.newClient(); err != nil {
			return nil, err
		}
	}
	var ours, copies, bulks, ratios []float64
	for round := range rounds + 1 {
		took, err := recordRound(ctx, clients, round, each)
		if err != nil {
			return nil, err
		}
		rows, err := db.rowsOf(ctx, round)
		if err != nil {
			return nil, err
		}
		copied, err := db.copyRound(ctx, rows, fmt.Sprintf("copy-%04d", round), recorders)
		if err != nil {
			return nil, err
		}
		bulk, err := db.copyRound(ctx, rows, fmt.Sprintf("bulk-%04d", round), 0)
		if err != nil {
			return nil, err
		}
		if round == 0 { // caches and connections warm up
			continue
		}
		n := float64(len(rows))
		ours, copies = append(ours, n/took.Seconds()), append(copies, n/copied.Seconds())
		bulks, ratios = append(bulks, n/bulk.Seconds()), append(ratios, copied.Seconds()/took.Seconds())
	}
	const least = 0.25
	ratio := median(ratios)
	return []figure{
		{
			Name:     fmt.Sprintf("RecordEvents over gRPC, batches of %d, %d clients", batch, recorders),
			Target:   "≥ 0.25 of COPY (dream 0.5)",
			Measured: thousands(median(ours)) + " rows/s", Ratio: fmt.Sprintf("%.2f", ratio), Verdict: judge(ratio >= least),
		},
		{
			Name:     fmt.Sprintf("COPY of the same rows, batches of %d, %d sessions", batch, recorders),
			Measured: thousands(median(copies)) + " rows/s", Ratio: "1",
		},
		{
			Name: "COPY of the same rows, one statement, one session", Measured: thousands(median(bulks)) + " rows/s",
			Ratio: fmt.Sprintf("%.2f", median(bulks)/median(copies)),
		},
	}, nil
}

// waitingRetailers are connected, and their events are PENDING, but nothing is sent.
func (st *stage) waitingRetailers(ctx context.Context, n int) error {
	if err := st.connectAll(ctx, n); err != nil {
		return err
	}
	if err := st.startSync(ctx, n); err != nil {
		return err
	}
	return st.pauseSync(ctx, n)
}

// recordRound records events with every client at once and returns how long all of them took. The calls are made before.
func recordRound(ctx context.Context, clients []*client.Client, round, each int) (time.Duration, error) {
	events := make([][]*financialv1.Event, len(clients))
	for i := range clients {
		events[i] = tickets(roundPrefix(round), i*each, each)
	}
	group, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for i, api := range clients {
		group.Go(func() error { return record(ctx, api, retailerName(i), events[i]) })
	}
	err := group.Wait()
	return time.Since(began), err
}

func roundPrefix(round int) string { return fmt.Sprintf("r%02d", round) }
