package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// steps sums what a transaction does to the progress of backfills, by their ids.
type steps map[int64]Progress

// add adds to the counts of a backfill. What belongs to none, or has left it, is nothing to it.
func (s steps) add(backfill int64, change Progress) {
	if backfill <= 0 {
		return
	}
	sum := s[backfill]
	sum.Unreleased += change.Unreleased
	sum.Pending += change.Pending
	sum.Booked += change.Booked
	sum.Attention += change.Attention
	sum.Skipped += change.Skipped
	s[backfill] = sum
}

// move notes that n events of a backfill left a state for another.
func (s steps) move(backfill int64, from, to ledger.State, n int64) {
	s.add(backfill, progressOf(from, -n))
	s.add(backfill, progressOf(to, n))
}

// progressOf counts n events in a state.
func progressOf(state ledger.State, n int64) Progress {
	switch state {
	case ledger.StateNeverSynced:
		return Progress{Unreleased: n}
	case ledger.StatePending, ledger.StateProcessing:
		return Progress{Pending: n}
	case ledger.StateSynced:
		return Progress{Booked: n}
	case ledger.StateActionRequired:
		return Progress{Attention: n}
	case ledger.StateNothingToPost, ledger.StateSkipped:
		return Progress{Skipped: n}
	}
	return Progress{}
}

// advance brings backfills up to date, in the transaction that changes their events. One without anything left to post is
// done; one that was done and has something to post again runs again, unless another is unfinished. The caller holds the
// work row w, which is kept up to date too.
func (t *tx) advance(ctx context.Context, w *work, changes steps, now time.Time) error {
	for _, id := range slices.Sorted(maps.Keys(changes)) {
		change := changes[id]
		if change == (Progress{}) {
			continue
		}
		var row backfillRow
		_, err := t.get(ctx, &row, `UPDATE backfills SET unreleased = unreleased + $3, pending = pending + $4,
				booked = booked + $5, attention = attention + $6, skipped = skipped + $7
			WHERE retailer_id = $1 AND backfill_id = $2 RETURNING backfill_id, state, unreleased, pending`,
			w.Retailer, id, change.Unreleased, change.Pending, change.Booked, change.Attention, change.Skipped)
		if err != nil {
			return err
		}
		switch {
		case row.unfinished() && row.Remaining() == 0:
			err = t.endBackfill(ctx, w, BackfillDone, now)
		case row.State == BackfillDone && change.Pending > 0:
			err = t.reopen(ctx, w, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// settle is advance for what the engine has settled, which tells the pace.
func (t *tx) settle(ctx context.Context, w *work, changes steps, now time.Time) error {
	if n := -changes[w.Backfill].Pending; n > 0 {
		if err := t.notePace(ctx, w.Retailer, n, now); err != nil {
			return err
		}
	}
	return t.advance(ctx, w, changes, now)
}

// endBackfill ends the unfinished one.
func (t *tx) endBackfill(ctx context.Context, w *work, state BackfillState, now time.Time) error {
	_, err := t.exec(ctx, `UPDATE backfills SET state = $3, ended_at = $4 WHERE retailer_id = $1 AND backfill_id = $2`,
		w.Retailer, w.Backfill, state, micros(now))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `UPDATE work SET backfill = 0, backfill_paused = FALSE WHERE retailer_id = $1`, w.Retailer)
	if err != nil {
		return err
	}
	w.Backfill, w.BackfillPaused = 0, false
	return t.forgetPace(ctx, w.Retailer)
}

// reopen lets one that was done run again. The work row says whether another is unfinished: w may have been read before
// this transaction reopened one.
func (t *tx) reopen(ctx context.Context, w *work, id int64) error {
	n, err := t.exec(ctx, `UPDATE work SET backfill = $2 WHERE retailer_id = $1 AND backfill = 0`, w.Retailer, id)
	if err != nil || n == 0 {
		return err
	}
	w.Backfill = id
	_, err = t.exec(ctx, `UPDATE backfills SET state = $3, ended_at = 0 WHERE retailer_id = $1 AND backfill_id = $2`,
		w.Retailer, id, BackfillRunning)
	if err != nil {
		return err
	}
	return t.forgetPace(ctx, w.Retailer)
}

// contains tells whether a business date is one of these.
func (past Past) contains(date ledger.Date) bool {
	return date >= past.From && (past.To == "" || date <= past.To)
}

// choose keeps the number of past events that wait their turn where such events come, go or change their dates: change is
// asked for the dates of the unfinished backfill, and says how many more they are.
func (t *tx) choose(ctx context.Context, w *work, now time.Time, change func(Past) (int64, error)) error {
	if w.Backfill == 0 {
		return nil
	}
	row, err := t.backfillRow(ctx, w.Retailer, w.Backfill)
	if err != nil {
		return err
	}
	n, err := change(row.dates())
	if err != nil {
		return err
	}
	return t.advance(ctx, w, steps{row.ID: {Unreleased: n}}, now)
}

// chooseNew counts events that were recorded as NEVER_SYNCED although sync was started meanwhile, and a backfill too.
func (t *tx) chooseNew(
	ctx context.Context, w *work, fresh []*NewEvent, accepted map[ledger.EventID]bool, now time.Time,
) error {
	return t.choose(ctx, w, now, func(dates Past) (n int64, err error) {
		for _, e := range fresh {
			if accepted[e.Event.ID] && dates.contains(e.Event.BusinessDate) {
				n++
			}
		}
		return n, nil
	})
}

// chooseMoved counts events in NEVER_SYNCED that m is about to move, and which wait their turn no more.
func (t *tx) chooseMoved(ctx context.Context, w *work, m move) error {
	if !slices.Contains(m.from, ledger.StateNeverSynced) {
		return nil
	}
	return t.choose(ctx, w, m.at, func(dates Past) (n int64, err error) {
		m.from, m.since, m.until = []ledger.State{ledger.StateNeverSynced}, dates.From, dates.To
		var p params
		chosen, err := m.chosen(t, &p, w.Retailer)
		if err != nil {
			return 0, err
		}
		_, err = t.get(ctx, &n, `SELECT COUNT(*) FROM events WHERE `+chosen, p.values...)
		return -n, err
	})
}

// chooseRevised counts what a later revision of an event means to backfills: see leave.
func (t *tx) chooseRevised(ctx context.Context, w *work, present presentEvent, next ledger.Date, now time.Time) error {
	if present.State == ledger.StateNeverSynced {
		return t.choose(ctx, w, now, func(dates Past) (n int64, err error) {
			if dates.contains(present.BusinessDate) {
				n--
			}
			if dates.contains(next) {
				n++
			}
			return n, nil
		})
	}
	if present.leave() != 0 {
		return nil // it was booked, which stays true
	}
	changes := steps{}
	changes.add(present.Backfill, progressOf(present.State, -1))
	return t.advance(ctx, w, changes, now)
}

// leave is what an event's column backfill becomes when a later revision makes the event a live one.
func (e *presentEvent) leave() int64 {
	switch {
	case e.Backfill > 0 && e.State == ledger.StateSynced:
		return -e.Backfill
	case e.Backfill < 0:
		return e.Backfill
	default:
		return 0
	}
}
