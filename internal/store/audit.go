package store

import (
	"context"
	"fmt"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Audit compares what is kept twice about a retailer, for speed, with what it is derived from: the counters with the
// events, what events wait for and what is under way with their states, and what the work row repeats of the connection.
// It returns the differences in plain words: none when all is well. It reads every event of the retailer, in one snapshot.
func (s *Store) Audit(ctx context.Context, r ledger.RetailerID) (differences []string, err error) {
	err = s.inRead(ctx, "audit", func(t *tx) error {
		differences = nil
		if differences, err = t.auditCounters(ctx, r); err != nil {
			return err
		}
		for _, check := range auditChecks() {
			var n int64
			if _, err := t.get(ctx, &n, check.count, r); err != nil {
				return err
			}
			if n != 0 {
				differences = append(differences, fmt.Sprintf("%d %s", n, check.what))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return differences, nil
}

// auditCounters compares the counters with the events.
func (t *tx) auditCounters(ctx context.Context, r ledger.RetailerID) (differences []string, err error) {
	var rows []struct {
		tally

		Counted int64 `db:"counted"`
		Present int64 `db:"present"`
	}
	err = t.list(ctx, &rows, `SELECT kind, state, reason, CAST(SUM(counted) AS BIGINT) AS counted,
			CAST(SUM(present) AS BIGINT) AS present FROM (
			SELECT kind, state, reason, n AS counted, 0 AS present FROM counters WHERE retailer_id = $1
			UNION ALL SELECT kind, state, reason, 0, COUNT(*) FROM events WHERE retailer_id = $1
				GROUP BY kind, state, reason
		) AS both_ways GROUP BY kind, state, reason HAVING SUM(counted) <> SUM(present)
		ORDER BY kind, state, reason`, r)
	for _, row := range rows {
		differences = append(differences, fmt.Sprintf("%s %s %s: counted %d events, there are %d",
			row.Kind, row.State, row.Reason, row.Counted, row.Present))
	}
	return differences, err
}

// auditCheck counts what should not be.
type auditCheck struct{ what, count string }

func auditChecks() []auditCheck {
	return []auditCheck{
		{"waits of events that are not in ACTION_REQUIRED", `SELECT COUNT(*) FROM waits w WHERE retailer_id = $1
			AND NOT EXISTS (SELECT 1 FROM events e WHERE e.retailer_id = w.retailer_id AND e.event_id = w.event_id
				AND e.state = 5)`},
		{"events in PROCESSING without an open entry", `SELECT COUNT(*) FROM events e WHERE retailer_id = $1 AND state = 3
			AND NOT EXISTS (SELECT 1 FROM entries n WHERE n.retailer_id = e.retailer_id AND n.event_id = e.event_id
				AND n.open)`},
		{"open entries of events that are not in PROCESSING", `SELECT COUNT(*) FROM entries n WHERE retailer_id = $1 AND open
			AND NOT EXISTS (SELECT 1 FROM events e WHERE e.retailer_id = n.retailer_id AND e.event_id = n.event_id
				AND e.state = 3)`},
		{"requests whose standing is not that of their entries", `SELECT COUNT(*) FROM requests q WHERE retailer_id = $1
			AND open <> EXISTS (SELECT 1 FROM entries n WHERE n.retailer_id = q.retailer_id
				AND n.request_id = q.request_id AND n.open)`},
		{"entries whose request is missing", `SELECT COUNT(*) FROM entries n WHERE retailer_id = $1
			AND NOT EXISTS (SELECT 1 FROM requests q WHERE q.retailer_id = n.retailer_id AND q.request_id = n.request_id)`},
		{"events with a reason outside ACTION_REQUIRED, or without one in it", `SELECT COUNT(*) FROM events
			WHERE retailer_id = $1 AND (state = 5) <> (reason <> 0)`},
		{"events whose outcome is lost without an entry that was given up", `SELECT COUNT(*) FROM events e
			WHERE retailer_id = $1 AND outcome_lost AND NOT EXISTS (SELECT 1 FROM entries n
				WHERE n.retailer_id = e.retailer_id AND n.event_id = e.event_id AND NOT n.open AND n.outcome = 3)`},
		{"unfinished backfills that the work row does not name", `SELECT COUNT(*) FROM backfills b WHERE retailer_id = $1
			AND (state IN (1, 2)) <> EXISTS (SELECT 1 FROM work w WHERE w.retailer_id = b.retailer_id
				AND w.backfill = b.backfill_id AND w.backfill_paused = (b.state = 2))`},
		{"backfills whose counts are not those of their events", `SELECT COUNT(*) FROM backfills b WHERE retailer_id = $1
			AND (pending, booked, attention, skipped) <> (
				SELECT COALESCE(SUM(CASE WHEN backfill > 0 AND e.state IN (2, 3) THEN 1 ELSE 0 END), 0),
					COALESCE(SUM(CASE WHEN backfill < 0 OR e.state = 4 THEN 1 ELSE 0 END), 0),
					COALESCE(SUM(CASE WHEN backfill > 0 AND e.state = 5 THEN 1 ELSE 0 END), 0),
					COALESCE(SUM(CASE WHEN backfill > 0 AND e.state IN (6, 7) THEN 1 ELSE 0 END), 0)
				FROM events e WHERE e.retailer_id = b.retailer_id AND e.backfill IN (b.backfill_id, -b.backfill_id))`},
		{"unfinished backfills that wait for other events than there are", `SELECT COUNT(*) FROM backfills b
			WHERE retailer_id = $1 AND state IN (1, 2) AND unreleased <> (SELECT COUNT(*) FROM events e
				WHERE e.retailer_id = b.retailer_id AND e.state = 1 AND e.business_date >= b.from_date
					AND (b.to_date = '' OR e.business_date <= b.to_date))`},
		{"work rows that differ from the connection", `SELECT COUNT(*) FROM work w WHERE retailer_id = $1
			AND connected <> EXISTS (SELECT 1 FROM connections c WHERE c.retailer_id = w.retailer_id AND c.state = 2)`},
	}
}
