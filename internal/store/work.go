package store

import (
	"context"
	"math"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// never is the due time of a retailer without work.
const never = math.MaxInt64

// work is a retailer's row in the table work. Whoever holds its lock may change the retailer's other rows.
type work struct {
	Retailer     ledger.RetailerID `db:"retailer_id"`
	Connected    bool              `db:"connected"`
	SyncStarted  bool              `db:"sync_started"`
	DueAt        int64             `db:"due_at"`
	RetryAt      int64             `db:"retry_at"`
	BooksVersion int64             `db:"books_version"`
	Fence        int64             `db:"fence"`
	// Backfill is the one that is unfinished; 0: none.
	Backfill       int64 `db:"backfill"`
	BackfillPaused bool  `db:"backfill_paused"`
}

const workColumns = `retailer_id, connected, sync_started, due_at, retry_at, books_version, fence, backfill, backfill_paused`

// register makes sure that the retailer has its rows: it exists from its first call.
func (t *tx) register(ctx context.Context, r ledger.RetailerID, now time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO retailers (retailer_id, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
		r, micros(now))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO work (retailer_id, due_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, r, int64(never))
	return err
}

// lock takes the retailer's work row. found is false for a retailer that was never heard of.
func (t *tx) lock(ctx context.Context, r ledger.RetailerID) (w work, found bool, err error) {
	found, err = t.get(ctx, &w, `SELECT `+workColumns+` FROM work WHERE retailer_id = $1`+t.forUpdate, r)
	return w, found, err
}

// lockNew is lock for a retailer that may be heard of for the first time.
func (t *tx) lockNew(ctx context.Context, r ledger.RetailerID, now time.Time) (work, error) {
	w, found, err := t.lock(ctx, r)
	if err != nil || found {
		return w, err
	}
	if err := t.register(ctx, r, now); err != nil {
		return w, err
	}
	w, _, err = t.lock(ctx, r)
	return w, err
}

// lockLease takes the work row for the holder of a lease. ErrLeaseLost when it is not the holder any more.
func (t *tx) lockLease(ctx context.Context, l Lease) (work, error) {
	return t.leased(ctx, l, t.forUpdate)
}

// leased reads the work row for the holder of a lease, with lock or without.
func (t *tx) leased(ctx context.Context, l Lease, lock string) (w work, err error) {
	found, err := t.get(ctx, &w,
		`SELECT `+workColumns+` FROM work WHERE retailer_id = $1 AND (owner = $2 AND fence = $3 OR $4)`+lock,
		l.Retailer, l.Owner, l.Fence, unfenced)
	if err == nil && !found {
		err = ErrLeaseLost
	}
	return w, err
}

// wake makes the retailer due at now, unless sync is paused: then pending events are no work.
func (t *tx) wake(ctx context.Context, w work, now time.Time) error {
	due := micros(now)
	if !w.SyncStarted || w.DueAt <= due {
		return nil
	}
	_, err := t.exec(ctx, `UPDATE work SET due_at = $2 WHERE retailer_id = $1`, w.Retailer, due)
	return err
}

// bumpBooks raises the version of the books.
func (t *tx) bumpBooks(ctx context.Context, r ledger.RetailerID) error {
	_, err := t.exec(ctx, `UPDATE work SET books_version = books_version + 1 WHERE retailer_id = $1`, r)
	return err
}
