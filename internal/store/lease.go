package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Lease is the right to work for one retailer. Fence rises with every lease of the retailer. Every write of the engine
// names its lease and is refused with ErrLeaseLost when owner and fence are not the present ones. A lease that has run
// out and that nobody has taken over is still good: what counts is that there is one holder, not the clock.
type Lease struct {
	Retailer ledger.RetailerID
	Owner    string
	Fence    int64
	Until    time.Time
	// Place is since when the retailer stands in line, where it was let go ahead because events came in for it. With it a
	// release gives the place back, for the backlog. Who has served the backlog sets it to zero.
	Place time.Time
}

// Backoff says when work for a retailer may go on after it failed. The zero value: at once, all is well.
type Backoff struct {
	Until time.Time
	// Failures counts the failures in a row, Problem is the last one in plain words.
	Failures int
	Problem  string
}

// leaseRow is a row of work as far as a lease goes.
type leaseRow struct {
	Retailer   ledger.RetailerID `db:"retailer_id"`
	Owner      string            `db:"owner"`
	Fence      int64             `db:"fence"`
	LeaseUntil int64             `db:"lease_until"`
	PlaceAt    int64             `db:"place_at"`
}

func (l *leaseRow) lease() Lease {
	return Lease{
		Retailer: l.Retailer, Owner: l.Owner, Fence: l.Fence, Until: fromMicros(l.LeaseUntil), Place: fromMicros(l.PlaceAt),
	}
}

// claimable finds the retailer that is due the longest, whose pause is over and that nobody works for.
const claimable = `SELECT retailer_id FROM work WHERE connected AND due_at <= $1 AND retry_at <= $1 AND lease_until <= $1
	ORDER BY due_at LIMIT 1`

// Claim gives owner the lease on a retailer that is connected and has work due at now, the longest due first; one for whom
// an event has come in counts as due for a minute already. False when there is none. The lease ends at now+ttl unless extended.
func (s *Store) Claim(ctx context.Context, owner string, now time.Time, ttl time.Duration) (Lease, bool, error) {
	// Most looks find nothing; on SQLite those must not wait for the one connection that writes.
	var row leaseRow
	var found bool
	err := s.inRead(ctx, "look for work", func(t *tx) (err error) {
		var due ledger.RetailerID
		found, err = t.get(ctx, &due, claimable, micros(now))
		return err
	})
	if err != nil || !found {
		return Lease{}, false, err
	}
	err = s.inWrite(ctx, "claim work", func(t *tx) (err error) {
		found, err = t.get(ctx, &row, `UPDATE work SET owner = $2, lease_until = $3, fence = fence + 1
			WHERE retailer_id = (`+claimable+t.forUpdateSkip+`)
			RETURNING retailer_id, owner, fence, lease_until, place_at`, micros(now), owner, micros(now.Add(ttl)))
		return err
	})
	return row.lease(), found && err == nil, err
}

// NextDue returns when Claim may next find something: the earliest time that work is due or a lease runs out. False when
// nothing is planned.
func (s *Store) NextDue(ctx context.Context) (time.Time, bool, error) {
	var next *int64
	err := s.inRead(ctx, "look for the next work", func(t *tx) error {
		next = nil
		_, err := t.get(ctx, &next, `SELECT MIN(next) FROM (
				SELECT * FROM (SELECT due_at AS next FROM work WHERE connected AND owner = '' AND retry_at <= due_at
					ORDER BY due_at LIMIT 1) AS idle
				UNION ALL SELECT MIN(retry_at) FROM work WHERE connected AND owner = '' AND retry_at > due_at
				UNION ALL SELECT * FROM (SELECT CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END AS next
					FROM work WHERE connected AND owner <> '' ORDER BY lease_until LIMIT 1) AS leased
			) AS planned`)
		return err
	})
	if err != nil || next == nil || *next == never {
		return time.Time{}, false, err
	}
	return fromMicros(*next), true, nil
}

// Extend moves the end of a lease to now+ttl. ErrLeaseLost.
func (s *Store) Extend(ctx context.Context, l Lease, now time.Time, ttl time.Duration) (Lease, error) {
	l.Until = fromMicros(micros(now.Add(ttl)))
	held, err := s.change(ctx, "extend a lease",
		`UPDATE work SET lease_until = $4 WHERE retailer_id = $1 AND (owner = $2 AND fence = $3 OR $5)`,
		l.Retailer, l.Owner, l.Fence, micros(l.Until), unfenced)
	if err == nil && !held {
		err = fmt.Errorf("store: extend a lease: %w", ErrLeaseLost)
	}
	if err != nil {
		return Lease{}, err
	}
	return l, nil
}

// Release gives a lease back. The retailer is due again when its next pending event (while sync is started) or open
// request is, but not before b.Until, and takes its place in line again where the lease has kept it. An event recorded meanwhile
// is never overlooked. ErrLeaseLost.
func (s *Store) Release(ctx context.Context, l Lease, now time.Time, b Backoff) error {
	return s.inWrite(ctx, "release a lease", func(t *tx) error {
		w, err := t.lockLease(ctx, l)
		if err != nil {
			return err
		}
		// Only now, with the row locked: whoever recorded an event has either had the row before, and the event is seen
		// here, or gets it after, and makes the retailer due again.
		due, live, err := t.nextDue(ctx, w, now)
		if err != nil {
			return err
		}
		var place int64
		if due <= micros(now) && !l.Place.IsZero() {
			due = min(due, micros(l.Place))
		}
		if live { // it came in when the turn was over
			due, place = micros(now.Add(-headStart)), max(due, 1)
		}
		_, err = t.exec(ctx, `UPDATE work SET owner = '', lease_until = 0, due_at = $2, place_at = $3, retry_at = $4, failures = $5,
			problem = $6 WHERE retailer_id = $1`,
			l.Retailer, due, place, micros(b.Until), b.Failures, foreign(b.Problem))
		return err
	})
}

// EndPauses ends the pauses of retailers, whose reason is gone: whoever has work may go on, and nothing is said of a problem any
// more. Who has no pause is left as it is.
func (s *Store) EndPauses(ctx context.Context, retailers ...ledger.RetailerID) error {
	retailers = slices.Sorted(slices.Values(retailers)) // the order in which rows are locked
	return s.inWrite(ctx, "end pauses", func(t *tx) error {
		for _, r := range retailers {
			_, err := t.exec(ctx, `UPDATE work SET retry_at = 0, failures = 0, problem = '' WHERE retailer_id = $1 AND retry_at > 0`, r)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Both walk the index events_unsynced: see selectPending.
const (
	selectDue = `SELECT backlog FROM events WHERE retailer_id = $1 AND (index_state + 0) = 2 AND state = 2 AND due_at <= $2
		AND backlog <= $3 ORDER BY backlog, recorded_at LIMIT 1`
	selectLater = `SELECT MIN(due_at) FROM events WHERE retailer_id = $1 AND (index_state + 0) = 2 AND state = 2
		AND backlog <= $2`
)

// nextDue finds out when there is something to do for a retailer, and whether an event that came in is due already. What is due
// needs no exact time: then it is now.
func (t *tx) nextDue(ctx context.Context, w work, now time.Time) (due int64, live bool, err error) {
	var request *int64
	_, err = t.get(ctx, &request, `SELECT MIN(due_at) FROM requests WHERE retailer_id = $1 AND open`, w.Retailer)
	if err != nil {
		return 0, false, err
	}
	due = never
	if request != nil {
		due = *request
	}
	if !w.SyncStarted {
		return due, false, nil
	}
	var backlog bool
	present, err := t.get(ctx, &backlog, selectDue, w.Retailer, micros(now), !w.BackfillPaused)
	live = present && !backlog
	if err == nil && !present {
		present, err = t.pastWaits(ctx, w)
	}
	if err != nil {
		return 0, false, err
	}
	if present {
		return min(due, micros(now)), live, nil
	}
	var later *int64 // few: those that were turned away a moment ago
	_, err = t.get(ctx, &later, selectLater, w.Retailer, !w.BackfillPaused)
	if later != nil {
		due = min(due, *later)
	}
	return due, false, err
}
