package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// ReleasePast makes up to limit events of the running backfill PENDING, oldest business date first, and returns how many:
// none while the backfill or sync is paused. It keeps others of the retailer waiting only as long as limit events take.
// ErrLeaseLost.
func (s *Store) ReleasePast(ctx context.Context, l Lease, now time.Time, limit int) (n int, err error) {
	var waiting bool
	err = s.inRead(ctx, "look for past events", func(t *tx) error { // nearly always none: then nothing is locked
		w, err := t.leased(ctx, l, "")
		if err == nil {
			waiting, err = t.pastWaits(ctx, w)
		}
		return err
	})
	if err != nil || !waiting {
		return 0, err
	}
	err = s.inWrite(ctx, "release past events", func(t *tx) error {
		n = 0
		w, err := t.lockLease(ctx, l)
		if err != nil {
			return err
		}
		if waiting, err = t.pastWaits(ctx, w); err != nil || !waiting {
			return err
		}
		n, err = t.releasePast(ctx, w, now, limit)
		return err
	})
	return n, err
}

// pastWaits tells whether there are past events to release.
func (t *tx) pastWaits(ctx context.Context, w work) (bool, error) {
	if w.Backfill == 0 || w.BackfillPaused || !w.SyncStarted {
		return false, nil
	}
	return t.get(ctx, new(int64), `SELECT unreleased FROM backfills
		WHERE retailer_id = $1 AND backfill_id = $2 AND unreleased > 0`, w.Retailer, w.Backfill)
}

func (t *tx) releasePast(ctx context.Context, w work, now time.Time, limit int) (int, error) {
	row, err := t.backfillRow(ctx, w.Retailer, w.Backfill)
	if err != nil {
		return 0, err
	}
	next, err := t.nextPast(ctx, w.Retailer, &row, limit)
	if err == nil && len(next) == 0 && row.NextEvent != "" {
		// A later revision may have given an event an earlier business date: look once more from the start.
		row.NextDate, row.NextEvent = "", ""
		next, err = t.nextPast(ctx, w.Retailer, &row, limit)
	}
	if err != nil {
		return 0, err
	}
	changes := steps{}
	if len(next) == 0 { // what was counted is not there; it must not be waited for
		changes.add(row.ID, Progress{Unreleased: -row.Unreleased})
		return 0, t.advance(ctx, &w, changes, now)
	}
	last := next[len(next)-1]
	_, err = t.exec(ctx, `UPDATE backfills SET next_date = $3, next_event = $4 WHERE retailer_id = $1 AND backfill_id = $2`,
		w.Retailer, row.ID, last.Date, last.ID)
	if err != nil {
		return 0, err
	}
	if err := t.setReleased(ctx, w.Retailer, &row, now, next); err != nil {
		return 0, err
	}
	n := int64(len(next))
	changes.add(row.ID, Progress{Unreleased: -n, Pending: n})
	return len(next), t.advance(ctx, &w, changes, now)
}

// pastEvent is an event to release.
type pastEvent struct {
	ID   ledger.EventID `db:"event_id"`
	Date ledger.Date    `db:"business_date"`
	Kind ledger.Kind    `db:"kind"`
}

// pastRange is the condition that an event waits its turn, after $4 and $5 and up to $6 and $7. The index events_by_state has
// these events side by side, so the planners need no statistics to find it; and since the range begins after the last event
// that was released, nobody steps over the traces of those before, however many they are.
const pastRange = ` WHERE retailer_id = $1 AND index_state = 1 AND reason = 0 AND business_date >= $2 AND business_date <= $3
	AND (business_date, event_id) > ($4, $5) AND (business_date, event_id) <= ($6, $7)`

const selectPast = `SELECT event_id, business_date, kind FROM events` + pastRange + ` ORDER BY business_date, event_id LIMIT $8`

// latestDate is after every business date.
const latestDate ledger.Date = "9999-99-99"

// rangeOf are the parameters of pastRange, up to an event.
func (b *backfillRow) rangeOf(r ledger.RetailerID, last pastEvent) []any {
	to := b.To
	if to == "" {
		to = latestDate
	}
	return []any{r, b.From, to, b.NextDate, b.NextEvent, last.Date, last.ID}
}

func (t *tx) nextPast(ctx context.Context, r ledger.RetailerID, b *backfillRow, limit int) (next []pastEvent, err error) {
	err = t.list(ctx, &next, selectPast, append(b.rangeOf(r, pastEvent{Date: latestDate}), limit)...)
	return next, err
}

// setReleased makes events, which nextPast has found, PENDING, with their history and the counters. None can have joined them:
// who records events commits only with the lock on the work row.
func (t *tx) setReleased(
	ctx context.Context, r ledger.RetailerID, b *backfillRow, now time.Time, events []pastEvent,
) error {
	counts := tallies{}
	for _, e := range events {
		counts.move(tally{Kind: e.Kind, State: ledger.StateNeverSynced}, tally{Kind: e.Kind, State: ledger.StatePending}, 1)
	}
	chosen := b.rangeOf(r, events[len(events)-1])
	_, err := t.exec(ctx, `INSERT INTO changes (retailer_id, event_id, seq, at, from_state, to_state, reason, actor, note)
		SELECT retailer_id, event_id, 1 + (SELECT COALESCE(MAX(c.seq), 0) FROM changes c
				WHERE c.retailer_id = e.retailer_id AND c.event_id = e.event_id),
			CAST($8 AS BIGINT), 1, 2, 0, CAST($9 AS TEXT), 'past events synced'
		FROM events e`+pastRange, append(chosen, micros(now), b.StartedBy)...)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, `UPDATE events SET state = 2, state_at = $8, due_at = $8, backlog = TRUE, backfill = $9`+pastRange,
		append(chosen, micros(now), b.ID)...)
	if err == nil && n != int64(len(events)) {
		err = fmt.Errorf("%d of %d events: %w", int64(len(events))-n, len(events), errNotNeverSynced)
	}
	if err != nil {
		return err
	}
	return t.count(ctx, r, counts)
}

// errNotNeverSynced would be a fault of the store itself: the lock on the work row holds events where they are.
var errNotNeverSynced = errors.New("not in NEVER_SYNCED any more")
