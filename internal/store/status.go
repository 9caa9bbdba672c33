package store

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Count counts the events of one kind, state and reason.
type Count struct {
	Kind   ledger.Kind
	State  ledger.State
	Reason ledger.Reason
	N      int64
}

// Status is a retailer's whole state at a glance.
type Status struct {
	State       ConnState
	Environment string
	Realm       ledger.RealmID
	CompanyName string
	SyncStarted bool
	// ConnectionProblem is why the authorization was lost; empty when it was not.
	ConnectionProblem string
	// Counts has the combinations that have events, by kind, state and reason. Total is their sum.
	Counts []Count
	Total  int64
	// OldestUnsyncedAt is when the oldest event that is PENDING or PROCESSING was recorded; zero when none is.
	OldestUnsyncedAt time.Time
	// LastSyncedAt is when an event last became SYNCED; zero when none has.
	LastSyncedAt time.Time
	// Failures counts the failures in a row of work for the retailer, Problem is the last of them in plain words, and
	// RetryAt when it is tried again; all zero when work goes well.
	Failures int
	Problem  string
	RetryAt  time.Time
	// Lifetime says when the authorization ends; zero unless Connected.
	Lifetime Lifetime
	// Backfill is the one that is unfinished; nil when none is.
	Backfill *Backfill
}

// See selectPending.
const selectOldest = `SELECT recorded_at FROM events WHERE retailer_id = $1 AND (index_state + 0) = 2 AND backlog = $2
	ORDER BY recorded_at LIMIT 1`

// Status returns the retailer's state in one snapshot. Its cost does not depend on the number of events.
func (s *Store) Status(ctx context.Context, r ledger.RetailerID) (status Status, err error) {
	err = s.inRead(ctx, "read the status", func(t *tx) error {
		if status, err = t.workStatus(ctx, r); err != nil {
			return err
		}
		if status.Counts, err = t.counts(ctx, r); err != nil {
			return err
		}
		for _, c := range status.Counts {
			status.Total += c.N
		}
		if status.Backfill, err = t.unfinishedBackfill(ctx, r); err != nil {
			return err
		}
		for _, backlog := range []bool{false, true} {
			var oldest int64
			found, err := t.get(ctx, &oldest, selectOldest, r, backlog)
			if err != nil {
				return err
			}
			if at := fromMicros(oldest); found && (status.OldestUnsyncedAt.IsZero() || at.Before(status.OldestUnsyncedAt)) {
				status.OldestUnsyncedAt = at
			}
		}
		return nil
	})
	if err != nil {
		return Status{}, err
	}
	return status, nil
}

func (t *tx) workStatus(ctx context.Context, r ledger.RetailerID) (Status, error) {
	row := struct {
		State             ConnState      `db:"state"`
		Environment       string         `db:"environment"`
		Realm             ledger.RealmID `db:"realm_id"`
		CompanyName       string         `db:"company_name"`
		ConnectionProblem string         `db:"connection_problem"`
		SyncStarted       bool           `db:"sync_started"`
		LastSyncedAt      int64          `db:"last_synced_at"`
		Failures          int            `db:"failures"`
		Problem           string         `db:"problem"`
		RetryAt           int64          `db:"retry_at"`

		ConnectedAt          int64 `db:"connected_at"`
		RefreshExpiresAt     int64 `db:"refresh_expires_at"`
		RefreshHardExpiresAt int64 `db:"refresh_hard_expires_at"`
	}{State: NotConnected}
	_, err := t.get(ctx, &row, `SELECT COALESCE(c.state, $2) AS state, COALESCE(c.environment, '') AS environment,
			COALESCE(c.realm_id, '') AS realm_id, COALESCE(c.company_name, '') AS company_name,
			COALESCE(c.problem, '') AS connection_problem, w.sync_started, w.last_synced_at, w.failures, w.problem,
			w.retry_at, COALESCE(c.connected_at, 0) AS connected_at, COALESCE(c.refresh_expires_at, 0) AS refresh_expires_at,
			COALESCE(c.refresh_hard_expires_at, 0) AS refresh_hard_expires_at
		FROM work w LEFT JOIN connections c ON c.retailer_id = w.retailer_id WHERE w.retailer_id = $1`, r, NotConnected)
	return Status{
		State: row.State, Environment: row.Environment, Realm: row.Realm, CompanyName: row.CompanyName,
		ConnectionProblem: row.ConnectionProblem, SyncStarted: row.SyncStarted,
		LastSyncedAt: fromMicros(row.LastSyncedAt), Failures: row.Failures, Problem: row.Problem,
		RetryAt:  fromMicros(row.RetryAt),
		Lifetime: lifetimeOf(row.State, row.ConnectedAt, row.RefreshExpiresAt, row.RefreshHardExpiresAt),
	}, err
}

func (t *tx) counts(ctx context.Context, r ledger.RetailerID) ([]Count, error) {
	var rows []struct {
		tally

		N int64 `db:"n"`
	}
	err := t.list(ctx, &rows, `SELECT kind, state, reason, n FROM counters WHERE retailer_id = $1 AND n <> 0
		ORDER BY kind, state, reason`, r)
	out := make([]Count, 0, len(rows))
	for _, row := range rows {
		out = append(out, Count{Kind: row.Kind, State: row.State, Reason: row.Reason, N: row.N})
	}
	return out, err
}
