package store

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// PauseBackfill stops the posting of past events, and returns the backfill as left. What is under way is still settled. One
// that is paused stays so. ErrNotFound, ErrBackfillEnded.
func (s *Store) PauseBackfill(
	ctx context.Context, r ledger.RetailerID, id int64, actor string, now time.Time,
) (Backfill, error) {
	return s.changeBackfill(ctx, "pause a backfill", backfillChange{r, id, BackfillPaused, actor, now},
		func(t *tx, w work) error {
			_, err := t.exec(ctx, `UPDATE work SET backfill_paused = TRUE WHERE retailer_id = $1`, w.Retailer)
			return err
		})
}

// ResumeBackfill goes on with one that was paused, and returns it as left. One that runs stays so. ErrNotFound,
// ErrBackfillEnded.
func (s *Store) ResumeBackfill(
	ctx context.Context, r ledger.RetailerID, id int64, actor string, now time.Time,
) (Backfill, error) {
	return s.changeBackfill(ctx, "resume a backfill", backfillChange{r, id, BackfillRunning, actor, now},
		func(t *tx, w work) error {
			_, err := t.exec(ctx, `UPDATE work SET backfill_paused = FALSE WHERE retailer_id = $1`, w.Retailer)
			if err != nil {
				return err
			}
			if err := t.forgetPace(ctx, w.Retailer); err != nil {
				return err
			}
			return t.wake(ctx, w, now)
		})
}

// CancelBackfill ends one for good, and returns it as left: its events that are PENDING and of which QuickBooks holds nothing
// are NEVER_SYNCED again. What is under way is still settled. One that is cancelled stays so. ErrNotFound,
// ErrBackfillEnded for one that is done.
func (s *Store) CancelBackfill(
	ctx context.Context, r ledger.RetailerID, id int64, actor string, now time.Time,
) (Backfill, error) {
	return s.changeBackfill(ctx, "cancel a backfill", backfillChange{r, id, BackfillCancelled, actor, now},
		func(t *tx, w work) error {
			_, err := t.moveEvents(ctx, w, move{
				from: []ledger.State{ledger.StatePending}, to: ledger.StateNeverSynced, backlogOf: id,
				actor: actor, note: "backfill cancelled", at: now,
			})
			if err != nil {
				return err
			}
			return t.endBackfill(ctx, &w, BackfillCancelled, now)
		})
}

// backfillChange is what a person wants of a backfill.
type backfillChange struct {
	retailer ledger.RetailerID
	id       int64
	to       BackfillState
	actor    string
	at       time.Time
}

// changeBackfill brings an unfinished backfill into another state. rest does what else belongs to that.
func (s *Store) changeBackfill(
	ctx context.Context, op string, c backfillChange, rest func(*tx, work) error,
) (b Backfill, err error) {
	err = s.inWrite(ctx, op, func(t *tx) error {
		w, _, err := t.lock(ctx, c.retailer)
		if err != nil {
			return err
		}
		if b, err = t.backfill(ctx, c.retailer, c.id); err != nil || b.State == c.to {
			return err
		}
		if b.State != BackfillRunning && b.State != BackfillPaused {
			return ErrBackfillEnded
		}
		_, err = t.exec(ctx, `UPDATE backfills SET state = $3, changed_at = $4, changed_by = $5
			WHERE retailer_id = $1 AND backfill_id = $2`, c.retailer, c.id, c.to, micros(c.at), c.actor)
		if err != nil {
			return err
		}
		if err := rest(t, w); err != nil {
			return err
		}
		b, err = t.backfill(ctx, c.retailer, c.id)
		return err
	})
	return b, err
}
