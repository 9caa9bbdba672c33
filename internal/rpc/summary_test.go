package rpc_test

import (
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/rpc"
	"github.com/tillpost/tillpost/internal/store"
)

// summaryTest is a status and its sentence at 9:55 of 2026-03-14.
type summaryTest struct {
	status store.Status
	counts []store.Count
	want   string
}

func TestSummary(t *testing.T) {
	t.Parallel()
	for _, test := range append(summariesOfConnected(), summariesOfOthers()...) {
		status := test.status
		status.Counts = test.counts
		for _, c := range test.counts {
			status.Total += c.N
		}
		if got := rpc.Summary(&status, time.Date(2026, 3, 14, 9, 55, 0, 0, time.UTC)); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
}

func counts(list ...store.Count) []store.Count { return list }

// ending is a connected retailer whose authorization ends.
func ending(life store.Lifetime) store.Status {
	return store.Status{State: store.Connected, SyncStarted: true, Lifetime: life}
}

func summariesOfConnected() []summaryTest {
	const (
		never, pending, processing = ledger.StateNeverSynced, ledger.StatePending, ledger.StateProcessing
		synced, action             = ledger.StateSynced, ledger.StateActionRequired
	)
	good := store.Status{State: store.Connected, SyncStarted: true}
	paused := store.Status{State: store.Connected}
	return []summaryTest{
		{good, nil, "Things are good: no events have been recorded yet."},
		{good, counts(store.Count{State: synced, N: 1}), "Things are good: the one event is in QuickBooks."},
		{
			ending(store.Lifetime{UnusedEnd: time.Date(2026, 4, 13, 9, 55, 0, 0, time.UTC)}), nil,
			"Things are good: no events have been recorded yet; the authorization at QuickBooks ends on 2026-04-13 unless it is " +
				"used before.",
		},
		{
			ending(store.Lifetime{UnusedEnd: time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC), FinalEnd: time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC)}),
			counts(store.Count{State: pending, N: 1}),
			"1 event is on the way to QuickBooks; 0 of 1 are there; the authorization at QuickBooks ends on 2026-03-20: " +
				"connect again before.",
		},
		{
			ending(store.Lifetime{UnusedEnd: time.Date(2026, 4, 14, 0, 0, 0, 0, time.UTC), FinalEnd: time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)}),
			nil, "Things are good: no events have been recorded yet.",
		},
		{good, counts(store.Count{State: synced, N: 2031}), "Things are good: all 2,031 events are in QuickBooks."},
		{
			good, counts(store.Count{State: synced, N: 1_234_567}, store.Count{State: ledger.StateNothingToPost, N: 3},
				store.Count{State: ledger.StateSkipped, N: 1}, store.Count{State: never, N: 1000}),
			"Things are good: 1,234,567 events are in QuickBooks; beside them 1,000 from before the start of sync, " +
				"3 with nothing to post, 1 skipped.",
		},
		{
			good, counts(store.Count{State: pending, N: 30}, store.Count{State: processing, N: 10}, store.Count{State: synced, N: 60}),
			"40 events are on the way to QuickBooks; 60 of 100 are there.",
		},
		{
			good, counts(store.Count{Kind: 1, State: action, Reason: ledger.ReasonUnmapped, N: 5},
				store.Count{Kind: 2, State: action, Reason: ledger.ReasonUnmapped, N: 4},
				store.Count{Kind: 1, State: action, Reason: ledger.ReasonPeriodClosed, N: 2},
				store.Count{Kind: 1, State: action, Reason: ledger.ReasonOutOfBalance, N: 1}),
			"12 events need attention: 9 have no account mapped, 2 fall into closed books, 1 is out of balance.",
		},
		{paused, counts(store.Count{State: pending, N: 40}), "Sync is paused; 40 events wait."},
		{paused, counts(store.Count{State: pending, N: 1}), "Sync is paused; 1 event waits."},
		{paused, counts(store.Count{State: synced, N: 4}), "Sync is paused; no events wait."},
		{paused, nil, "Sync is not started: start it to post the events that are recorded from then on."},
		{paused, counts(store.Count{State: never, N: 1}), "Sync is not started; 1 event is recorded and not posted."},
		{
			paused, counts(store.Count{State: action, Reason: ledger.ReasonUnmapped, N: 1}, store.Count{State: pending, N: 7}),
			"1 event needs attention: 1 has no account mapped; sync is paused and 7 more wait.",
		},
	}
}

func summariesOfOthers() []summaryTest {
	const never, pending, action = ledger.StateNeverSynced, ledger.StatePending, ledger.StateActionRequired
	silent := store.Status{
		State: store.Connected, SyncStarted: true, Failures: 3, Problem: "QuickBooks does not answer.",
		RetryAt: time.Date(2026, 3, 14, 10, 5, 0, 0, time.UTC),
	}
	tomorrow := silent
	tomorrow.RetryAt = tomorrow.RetryAt.AddDate(0, 0, 1)
	tomorrow.Problem = "QuickBooks asks us to go slower. Posting goes on by itself in a minute."
	return []summaryTest{
		{
			silent, counts(store.Count{State: pending, N: 5}),
			"QuickBooks does not answer; posting goes on by itself (next try 10:05 UTC).",
		},
		{
			tomorrow, counts(store.Count{State: action, Reason: ledger.ReasonNumberTaken, N: 2}),
			"QuickBooks asks us to go slower; posting goes on by itself (next try 2026-03-15 10:05 UTC); " +
				"2 events need attention too.",
		},
		{
			store.Status{State: store.ReauthorizationRequired},
			counts(store.Count{State: pending, N: 2}),
			"QuickBooks has ended the authorization: connect again; 2 events wait meanwhile and are posted by themselves " +
				"afterwards.",
		},
		{
			store.Status{State: store.ReauthorizationRequired},
			nil,
			"QuickBooks has ended the authorization: connect again.",
		},
		{store.Status{}, nil, "QuickBooks is not connected: connect it to post."},
		{
			store.Status{State: store.NotConnected},
			counts(store.Count{State: never, N: 1}),
			"QuickBooks is not connected: connect it to post; 1 event is kept.",
		},
	}
}

// Every reason has its own words, so that no attention is asked for without saying why.
func TestSummaryNamesEveryReason(t *testing.T) {
	t.Parallel()
	seen := map[string]ledger.Reason{}
	for r := ledger.ReasonUnmapped; r <= ledger.ReasonLast; r++ {
		text := rpc.Summary(&store.Status{
			State: store.Connected, SyncStarted: true, Total: 2,
			Counts: []store.Count{{Kind: 1, State: ledger.StateActionRequired, Reason: r, N: 2}},
		}, time.Now())
		if other, twice := seen[text]; twice || text == "2 events need attention: 2 need a look." {
			t.Errorf("%s says %q, as does %s", r, text, other)
		}
		seen[text] = r
	}
}

// TestSummaryOfBackfills says how far past events have come, and how long the rest takes.
func TestSummaryOfBackfills(t *testing.T) {
	t.Parallel()
	good := store.Status{State: store.Connected, SyncStarted: true}
	asked := good
	asked.Counts = counts(store.Count{State: ledger.StateActionRequired, Reason: ledger.ReasonUnmapped, N: 3})
	running := store.Backfill{
		State: store.BackfillRunning, Progress: store.Progress{Booked: 12_000, Attention: 300, Skipped: 100, Unreleased: 67_100, Pending: 500},
	}
	paused := running
	paused.State = store.BackfillPaused
	for _, test := range []struct {
		status   store.Status
		backfill store.Backfill
		left     time.Duration
		want     string
	}{
		{good, running, 0, "Posting past events: 12,400 of 80,000."},
		{good, running, time.Minute, "Posting past events: 12,400 of 80,000, about 1 minute left."},
		{good, running, 40 * time.Minute, "Posting past events: 12,400 of 80,000, about 40 minutes left."},
		{good, running, 121 * time.Minute, "Posting past events: 12,400 of 80,000, about 3 hours left."},
		{good, running, 49 * time.Hour, "Posting past events: 12,400 of 80,000, about 3 days left."},
		{good, paused, 0, "Posting past events is paused: 12,400 of 80,000 are done."},
		{
			asked, running, 40 * time.Minute,
			"3 events need attention: 3 have no account mapped; posting past events: 12,400 of 80,000, about 40 minutes left.",
		},
		{asked, paused, 0, "3 events need attention: 3 have no account mapped; posting past events is paused at 12,400 of 80,000."},
		{
			store.Status{State: store.Connected},
			running, 0,
			"Sync is paused, and the posting of past events with it: 12,400 of 80,000 are done.",
		},
		{store.Status{State: store.ReauthorizationRequired}, running, 0, "QuickBooks has ended the authorization: connect again."},
	} {
		test.status.Backfill = &test.backfill
		if got := rpc.SummaryWithBackfill(&test.status, test.left); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
}
