package store

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// PaceSpan is how many events of a backfill were settled in PaceLength from At on.
type PaceSpan struct {
	At      time.Time
	Settled int64
}

// The pace is remembered for PaceMemory, in spans of PaceLength.
const (
	PaceLength = 10 * time.Second
	PaceMemory = 10 * time.Minute

	pacePlaces = int64(PaceMemory / PaceLength)
)

// notePace notes that n events of the unfinished backfill were settled at now. It stands in the database, so that it outlives
// servers and is the same on all of them.
func (t *tx) notePace(ctx context.Context, r ledger.RetailerID, n int64, now time.Time) error {
	span := micros(now) / PaceLength.Microseconds()
	_, err := t.exec(ctx, `INSERT INTO backfill_pace (retailer_id, place, span, n) VALUES ($1, $2, $3, $4)
		ON CONFLICT (retailer_id, place) DO UPDATE SET span = excluded.span,
			n = excluded.n + CASE WHEN backfill_pace.span = excluded.span THEN backfill_pace.n ELSE 0 END`,
		r, span%pacePlaces, span, n)
	return err
}

func (t *tx) pace(ctx context.Context, r ledger.RetailerID) ([]PaceSpan, error) {
	var rows []struct {
		Span int64 `db:"span"`
		N    int64 `db:"n"`
	}
	err := t.list(ctx, &rows, `SELECT span, n FROM backfill_pace WHERE retailer_id = $1 ORDER BY span`, r)
	out := make([]PaceSpan, 0, len(rows))
	for _, row := range rows {
		out = append(out, PaceSpan{At: fromMicros(row.Span * PaceLength.Microseconds()), Settled: row.N})
	}
	return out, err
}

// forgetPace lets the pace be measured anew: what came before a pause says nothing about what follows it.
func (t *tx) forgetPace(ctx context.Context, r ledger.RetailerID) error {
	_, err := t.exec(ctx, `DELETE FROM backfill_pace WHERE retailer_id = $1`, r)
	return err
}
