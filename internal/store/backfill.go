package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// BackfillState says where a backfill stands. The numbers are stored and sent: never renumber.
type BackfillState uint8

// The states of backfills.
const (
	// BackfillRunning: past events are posted, after those that come in.
	BackfillRunning BackfillState = 1
	// BackfillPaused: no past event is posted.
	BackfillPaused BackfillState = 2
	// BackfillDone: nothing is left to post.
	BackfillDone BackfillState = 3
	// BackfillCancelled: what was not posted is NEVER_SYNCED again.
	BackfillCancelled BackfillState = 4
)

// Backfill is the posting of past events. They stay NEVER_SYNCED until their turn has come: ReleasePast releases them a few
// at a time, each time in a transaction that is short however many there are, and that keeps the counts below.
type Backfill struct {
	// ID counts the retailer's backfills from 1.
	ID        int64
	State     BackfillState
	Dates     Past
	StartedAt time.Time
	StartedBy string
	// ChangedBy is the caller who last paused, resumed or cancelled it; empty, and a zero ChangedAt, when nobody has.
	ChangedAt time.Time
	ChangedBy string
	// EndedAt is when it became BackfillDone or BackfillCancelled; zero before.
	EndedAt time.Time
	Progress
	// Pace is what was settled lately, oldest first; empty unless it is unfinished.
	Pace []PaceSpan
}

// Progress counts the events of a backfill by how far they have come. Each event is in one of the counts.
type Progress struct {
	// Unreleased are NEVER_SYNCED and wait their turn. Once it is cancelled: those that it left.
	Unreleased int64 `db:"unreleased"`
	// Pending are PENDING or PROCESSING.
	Pending int64 `db:"pending"`
	// Booked are in QuickBooks.
	Booked int64 `db:"booked"`
	// Attention are ACTION_REQUIRED.
	Attention int64 `db:"attention"`
	// Skipped are SKIPPED or NOTHING_TO_POST.
	Skipped int64 `db:"skipped"`
}

// Total is the number of all events.
func (p Progress) Total() int64 {
	return p.Unreleased + p.Pending + p.Booked + p.Attention + p.Skipped
}

// Remaining is the number of events that are still to go.
func (p Progress) Remaining() int64 { return p.Unreleased + p.Pending }

// BackfillUnfinishedError says that another backfill is unfinished: a retailer has one at a time.
type BackfillUnfinishedError struct{ ID int64 }

// Error names the backfill.
func (e *BackfillUnfinishedError) Error() string {
	return fmt.Sprintf("backfill %d is unfinished", e.ID)
}

// backfillRow is a row of the table backfills.
type backfillRow struct {
	Progress

	ID        int64          `db:"backfill_id"`
	State     BackfillState  `db:"state"`
	From      ledger.Date    `db:"from_date"`
	To        ledger.Date    `db:"to_date"`
	StartedAt int64          `db:"started_at"`
	StartedBy string         `db:"started_by"`
	ChangedAt int64          `db:"changed_at"`
	ChangedBy string         `db:"changed_by"`
	EndedAt   int64          `db:"ended_at"`
	NextDate  ledger.Date    `db:"next_date"`
	NextEvent ledger.EventID `db:"next_event"`
}

const selectBackfill = `SELECT backfill_id, state, from_date, to_date, started_at, started_by, changed_at, changed_by, ended_at,
		next_date, next_event, unreleased, pending, booked, attention, skipped
	FROM backfills WHERE retailer_id = $1`

func (b *backfillRow) backfill() Backfill {
	return Backfill{
		ID: b.ID, State: b.State, Dates: b.dates(), StartedAt: fromMicros(b.StartedAt), StartedBy: b.StartedBy,
		ChangedAt: fromMicros(b.ChangedAt), ChangedBy: b.ChangedBy, EndedAt: fromMicros(b.EndedAt), Progress: b.Progress,
	}
}

func (b *backfillRow) dates() Past { return Past{From: b.From, To: b.To} }

func (b *backfillRow) unfinished() bool {
	return b.State == BackfillRunning || b.State == BackfillPaused
}

// Backfill returns one backfill. ErrNotFound.
func (s *Store) Backfill(ctx context.Context, r ledger.RetailerID, id int64) (b Backfill, err error) {
	err = s.inRead(ctx, "read a backfill", func(t *tx) error {
		b, err = t.backfill(ctx, r, id)
		return err
	})
	return b, err
}

// Backfills returns a page of the retailer's backfills, newest first, and the cursor of the next page: empty on the last.
// ErrCursor.
func (s *Store) Backfills(
	ctx context.Context, r ledger.RetailerID, limit int, after string,
) (page []Backfill, next string, err error) {
	before := int64(never)
	if after != "" {
		if before, err = strconv.ParseInt(after, 10, 64); err != nil {
			return nil, "", fmt.Errorf("store: list backfills: %w", ErrCursor)
		}
	}
	err = s.inRead(ctx, "list backfills", func(t *tx) error {
		page, next = nil, ""
		var rows []backfillRow
		err := t.list(ctx, &rows, selectBackfill+` AND backfill_id < $2 ORDER BY backfill_id DESC LIMIT $3`, r, before, limit+1)
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			next = strconv.FormatInt(rows[limit-1].ID, 10)
		}
		for i := range rows {
			b, err := t.withPace(ctx, r, &rows[i])
			if err != nil {
				return err
			}
			page = append(page, b)
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	return page, next, nil
}

// backfill reads one with its pace. ErrNotFound.
func (t *tx) backfill(ctx context.Context, r ledger.RetailerID, id int64) (Backfill, error) {
	row, err := t.backfillRow(ctx, r, id)
	if err != nil {
		return Backfill{}, err
	}
	return t.withPace(ctx, r, &row)
}

func (t *tx) backfillRow(ctx context.Context, r ledger.RetailerID, id int64) (row backfillRow, err error) {
	found, err := t.get(ctx, &row, selectBackfill+` AND backfill_id = $2`, r, id)
	if err == nil && !found {
		err = fmt.Errorf("backfill %d: %w", id, ErrNotFound)
	}
	return row, err
}

// unfinishedBackfill reads the one that is not finished; nil when none is.
func (t *tx) unfinishedBackfill(ctx context.Context, r ledger.RetailerID) (*Backfill, error) {
	var row backfillRow
	found, err := t.get(ctx, &row, selectBackfill+` AND backfill_id = (SELECT backfill FROM work WHERE retailer_id = $1)`, r)
	if err != nil || !found {
		return nil, err
	}
	b, err := t.withPace(ctx, r, &row)
	return &b, err
}

func (t *tx) withPace(ctx context.Context, r ledger.RetailerID, row *backfillRow) (b Backfill, err error) {
	b = row.backfill()
	if row.unfinished() {
		b.Pace, err = t.pace(ctx, r)
	}
	return b, err
}

// StartBackfill begins a backfill of the events in NEVER_SYNCED of these dates, and sends those of skip to SKIPPED, with the
// note why. The same dates again, with nothing to skip, return the one that is unfinished. One without events is not kept:
// its ID is 0. ErrSyncNotStarted before the first StartSync, *BackfillUnfinishedError.
func (s *Store) StartBackfill(
	ctx context.Context, r ledger.RetailerID, past Past, skip []ledger.EventID, why, actor string, now time.Time,
) (b Backfill, err error) {
	err = s.inWrite(ctx, "start a backfill", func(t *tx) error {
		b = Backfill{}
		w, _, err := t.lock(ctx, r)
		if err != nil {
			return err
		}
		state, err := t.firstState(ctx, r)
		if err != nil {
			return err
		}
		if state == ledger.StateNeverSynced {
			return ErrSyncNotStarted
		}
		if w.Backfill != 0 {
			b, err = t.sameBackfill(ctx, w, past, len(skip) > 0)
			return err
		}
		if len(skip) > 0 {
			_, err := t.moveEvents(ctx, w, move{
				from: []ledger.State{ledger.StateNeverSynced}, since: past.From, until: past.To, ids: skip,
				to: ledger.StateSkipped, actor: actor, note: why, at: now,
			})
			if err != nil {
				return err
			}
		}
		b, err = t.beginBackfill(ctx, w, past, actor, now)
		return err
	})
	return b, err
}

// sameBackfill answers a repeated call with the backfill that it started.
func (t *tx) sameBackfill(ctx context.Context, w work, past Past, skips bool) (Backfill, error) {
	b, err := t.backfill(ctx, w.Retailer, w.Backfill)
	if err == nil && (skips || b.Dates != past) {
		err = &BackfillUnfinishedError{ID: w.Backfill}
	}
	return b, err
}

func (t *tx) beginBackfill(ctx context.Context, w work, past Past, actor string, now time.Time) (Backfill, error) {
	p := params{values: []any{w.Retailer}}
	var n, id int64
	if _, err := t.get(ctx, &n, `SELECT COUNT(*) FROM events`+past.filter(&p), p.values...); err != nil || n == 0 {
		return Backfill{}, err
	}
	_, err := t.get(ctx, &id, `SELECT 1 + COALESCE(MAX(backfill_id), 0) FROM backfills WHERE retailer_id = $1`, w.Retailer)
	if err != nil {
		return Backfill{}, err
	}
	_, err = t.exec(ctx, `INSERT INTO backfills (retailer_id, backfill_id, state, from_date, to_date, started_at, started_by,
			unreleased) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		w.Retailer, id, BackfillRunning, past.From, past.To, micros(now), actor, n)
	if err != nil {
		return Backfill{}, err
	}
	_, err = t.exec(ctx, `UPDATE work SET backfill = $2, backfill_paused = FALSE WHERE retailer_id = $1`, w.Retailer, id)
	if err != nil {
		return Backfill{}, err
	}
	if err := t.forgetPace(ctx, w.Retailer); err != nil {
		return Backfill{}, err
	}
	if err := t.wake(ctx, w, now); err != nil {
		return Backfill{}, err
	}
	return t.backfill(ctx, w.Retailer, id)
}
