package main_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// killer kills a server when QuickBooks is about to do, or has just done, what it was asked for.
type killer struct {
	mu     sync.Mutex
	victim *process
	at     simulator.Stage
	after  int
	killed chan struct{}
}

// aim says whom to kill: at a stage of the n-th request that creates entries from now on.
func (k *killer) aim(victim *process, at simulator.Stage, n int) <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.victim, k.at, k.after, k.killed = victim, at, n, make(chan struct{})
	return k.killed
}

func (k *killer) intercept(_ context.Context, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
	if info.Kind != simulator.KindBatch && info.Kind != simulator.KindEntryWrite {
		return simulator.Action{}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.victim == nil || stage != k.at {
		return simulator.Action{}
	}
	if k.after--; k.after > 0 {
		return simulator.Action{}
	}
	k.victim.kill()
	k.victim = nil
	close(k.killed)
	return simulator.Action{Cut: true}
}

// TestKilledInTheMiddleOfPosting kills the server with SIGKILL while entries are under way, before QuickBooks books them
// and after it has, and starts it again: at the end every event is in the books exactly once.
func TestKilledInTheMiddleOfPosting(t *testing.T) {
	t.Parallel()
	databases := map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { t.Helper(); return filepath.Join(t.TempDir(), "tillpost.db") },
		"PostgreSQL": func(t *testing.T) string { t.Helper(); return postgrestest.DSN(t) },
	}
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			killSeveralTimes(t, database(t))
		})
	}
}

func killSeveralTimes(t *testing.T, database string) {
	t.Helper()
	const events = 1200
	ctx := t.Context()
	k := &killer{}
	sim, quickBooksURL := quickBooks(t, simulator.Options{Intercept: k.intercept})
	args := []string{
		"--database", database, "--simulator-url", quickBooksURL, "--unpaced", "--log-level", "warn",
		"--key-file", filepath.Join(t.TempDir(), "keys"),
	}
	server := serve(t, args...)
	server.connect(ctx, t)
	for _, stage := range []simulator.Stage{simulator.AfterCommit, simulator.BeforeCommit, simulator.AfterCommit} {
		dead := k.aim(server.process, stage, 3)
		server.recordUntilDead(ctx, sales(1, events)) // what was accepted before is a duplicate now
		<-dead
		server = serve(t, args...)
	}
	server.recordUntilDead(ctx, sales(1, events))
	server.waitSynced(ctx, t, events)

	entries, err := sim.Journal(simulator.DefaultRealm)
	if err != nil {
		t.Fatal(err)
	}
	expectOnce(t, entries, sales(1, events))
}

// TestKilledInTheMiddleOfABackfill records events before sync is started, starts a backfill of them, and kills the server
// several times while it runs: it goes on by itself with each start, and at the end every event is in the books exactly once.
func TestKilledInTheMiddleOfABackfill(t *testing.T) {
	t.Parallel()
	const events = 1200
	ctx := t.Context()
	k := &killer{}
	sim, quickBooksURL := quickBooks(t, simulator.Options{Intercept: k.intercept})
	args := []string{
		"--database", postgrestest.DSN(t), "--simulator-url", quickBooksURL, "--unpaced", "--log-level", "warn",
		"--key-file", filepath.Join(t.TempDir(), "keys"),
	}
	server := serve(t, args...)
	server.recordUntilDead(ctx, sales(1, events))
	server.connect(ctx, t)
	request := &integrationv1.SyncPastEventsRequest{RetailerId: retailer}
	stages := []simulator.Stage{simulator.BeforeCommit, simulator.AfterCommit, simulator.BeforeCommit}
	for _, stage := range stages {
		dead := k.aim(server.process, stage, 7)
		// The first call starts it; the others find it, wherever the server was killed. Its answer may be lost with the server.
		_, _ = server.api.Integration.SyncPastEvents(ctx, request)
		<-dead
		server = serve(t, args...)
	}
	server.waitSynced(ctx, t, events)
	answer, err := server.api.Integration.ListBackfills(ctx, &integrationv1.ListBackfillsRequest{RetailerId: retailer})
	if err != nil || len(answer.GetBackfills()) != 1 || answer.GetBackfills()[0].GetBookedCount() != events ||
		answer.GetBackfills()[0].GetState() != financialv1.Backfill_STATE_DONE {
		t.Errorf("backfills %v, %v", answer, err)
	}
	entries, err := sim.Journal(simulator.DefaultRealm)
	if err != nil {
		t.Fatal(err)
	}
	expectOnce(t, entries, sales(1, events))
}

// expectOnce checks that the books hold exactly one entry for each sale, of its date and amount, and nothing else.
func expectOnce(t *testing.T, entries []wire.JournalEntry, events []*financialv1.Event) {
	t.Helper()
	byNumber := map[string][]wire.JournalEntry{}
	for _, entry := range entries {
		byNumber[entry.DocNumber] = append(byNumber[entry.DocNumber], entry)
	}
	for _, event := range events {
		booked := byNumber[event.GetNumber()]
		if len(booked) != 1 {
			t.Errorf("event %s has %d entries in the books, want 1", event.GetNumber(), len(booked))
			continue
		}
		amount := wire.Decimal(event.GetSale().GetTenders()[0].GetAmount())
		lines := booked[0].Line
		if booked[0].TxnDate != event.GetBusinessDate() || len(lines) != 2 || lines[0].Amount != amount || lines[1].Amount != amount {
			t.Errorf("event %s is booked as %+v, want %v on both sides", event.GetNumber(), booked[0], amount)
		}
	}
	if len(entries) != len(events) {
		t.Errorf("the books hold %d entries, want %d", len(entries), len(events))
	}
}
