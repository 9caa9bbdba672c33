package store

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// PendingEvent is an event to post.
type PendingEvent struct {
	Event ledger.Event // with Detail
	Hash  ledger.Hash
	Tries int
	// Backlog tells an event of a backfill, which is in no hurry, from one that came in.
	Backlog bool
	// Standing is what stands in QuickBooks of it, and whether it is approved for the first open day.
	Standing ledger.Standing
}

// Parked is an event that cannot be posted now.
type Parked struct {
	Event ledger.EventID
	// Revision is the one that was judged.
	Revision int32
	// Problem is why; nil when there is nothing to post.
	Problem *ledger.Problem
	// Booked says that there is nothing to post because the books hold it already: the event is SYNCED.
	Booked bool
}

// The first condition is that of the index events_unsynced, in the very words of its definition, which the index by state cannot
// serve: however many events are pending, the first are at hand without sorting. $4 is FALSE while the backlog is paused, or
// not wanted.
const selectPending = `SELECT content, content_hash, tries, approved, quickbooks_id, outcome_lost, backlog FROM events
	WHERE retailer_id = $1 AND (index_state + 0) = 2 AND state = 2 AND due_at <= $2 AND backlog <= $4
	ORDER BY backlog, recorded_at, event_id LIMIT $3`

// pendingRow is a row of selectPending.
type pendingRow struct {
	Content      []byte `db:"content"`
	Hash         []byte `db:"content_hash"`
	Tries        int    `db:"tries"`
	Backlog      bool   `db:"backlog"`
	Approved     bool   `db:"approved"`
	QuickBooksID string `db:"quickbooks_id"`
	OutcomeLost  bool   `db:"outcome_lost"`
}

// PendingEvents returns up to limit events that are PENDING and due at now, in the order they were recorded, a backlog after
// all others; none while sync is paused, and none of the backlog while the backfill is, or if it is not wanted. ErrLeaseLost.
func (s *Store) PendingEvents(
	ctx context.Context, l Lease, now time.Time, limit int, backlog bool,
) (pending []PendingEvent, err error) {
	var rows []pendingRow
	err = s.inRead(ctx, "read the pending events", func(t *tx) error {
		rows = nil
		w, err := t.leased(ctx, l, "")
		if err != nil || !w.SyncStarted {
			return err
		}
		if err := t.list(ctx, &rows, selectPending, l.Retailer, micros(now), limit, backlog && !w.BackfillPaused); err != nil {
			return err
		}
		pending = make([]PendingEvent, 0, len(rows))
		for i := range rows {
			next, err := t.pendingEvent(ctx, l.Retailer, &rows[i])
			if err != nil {
				return err
			}
			pending = append(pending, next)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return pending, nil
}

// pendingEvent adds to an event what is already in QuickBooks of it, or may be.
func (t *tx) pendingEvent(ctx context.Context, r ledger.RetailerID, row *pendingRow) (PendingEvent, error) {
	ev, err := ledger.Decode(row.Content)
	if err != nil {
		return PendingEvent{}, fmt.Errorf("an event as stored: %w", err)
	}
	next := PendingEvent{Event: ev, Hash: hashOf(row.Hash), Tries: row.Tries, Backlog: row.Backlog}
	next.Standing.Approved = row.Approved
	if row.QuickBooksID != "" { // few: later revisions of what is posted
		if err := t.stands(ctx, r, ev.ID, &next.Standing); err != nil {
			return PendingEvent{}, err
		}
	}
	if row.OutcomeLost { // fewer still
		lost, err := t.lostEntry(ctx, r, ev.ID)
		if err != nil {
			return PendingEvent{}, err
		}
		next.Standing.Lost = &lost
	}
	return next, nil
}

// stands reads what stands in QuickBooks of an event: all of it, because a revision is the difference to all of it.
func (t *tx) stands(ctx context.Context, r ledger.RetailerID, id ledger.EventID, standing *ledger.Standing) error {
	posted, err := t.postedEntries(ctx, r, id, math.MaxInt32)
	for i := range posted {
		standing.Booked = append(standing.Booked, posted[i].Booked)
		if posted[i].Former != nil {
			standing.Former = posted[i].Former
		}
	}
	return err
}

// Park moves PENDING events to ACTION_REQUIRED, where they wait for their problem's slots, to NOTHING_TO_POST, or to SYNCED.
// booksVersion is the version of the books they were judged with (BooksAt): when the books have changed since, it fails
// with ErrBooksChanged and parks nothing, because a mapping put meanwhile would never release them. Events that are not
// PENDING any more, or have another revision, are left alone. ErrLeaseLost.
func (s *Store) Park(ctx context.Context, l Lease, now time.Time, booksVersion int64, parked []Parked) error {
	problems, err := problemsOf(parked)
	if err != nil {
		return fmt.Errorf("store: park events: %w", err)
	}
	return s.inWrite(ctx, "park events", func(t *tx) error {
		w, err := t.lockLease(ctx, l)
		if err != nil {
			return err
		}
		if w.BooksVersion != booksVersion {
			return fmt.Errorf("%w: version %d, judged with %d", ErrBooksChanged, w.BooksVersion, booksVersion)
		}
		return t.park(ctx, &w, now, parked, problems)
	})
}

// problemsOf encodes the problems of parked events.
func problemsOf(parked []Parked) ([]string, error) {
	out := make([]string, 0, len(parked))
	for _, p := range parked {
		encoded, err := encodeProblem(p.Problem)
		if err != nil {
			return nil, fmt.Errorf("event %s: %w", p.Event, err)
		}
		out = append(out, encoded)
	}
	return out, nil
}

func (t *tx) park(
	ctx context.Context, w *work, now time.Time, parked []Parked, problems []string,
) error {
	values := make([][]any, 0, len(parked))
	byID := make(map[ledger.EventID]*ledger.Problem, len(parked))
	for i, p := range parked {
		state, reason := p.standing()
		values = append(values, []any{p.Event, p.Revision, state, reason, problems[i]})
		byID[p.Event] = p.Problem
	}
	moved, err := t.setParked(ctx, w.Retailer, now, values)
	if err != nil {
		return err
	}
	changes, progress := tallies{}, steps{}
	var waiting []waitingEvent
	for _, m := range moved {
		changes.move(tally{Kind: m.Kind, State: ledger.StatePending}, m.tally, 1)
		progress.move(m.Backfill, ledger.StatePending, m.State, 1)
		if problem := byID[m.ID]; problem != nil {
			waiting = append(waiting, waitingEvent{id: m.ID, problem: problem})
		}
	}
	if err := t.wait(ctx, w.Retailer, now, ledger.StatePending, waiting); err != nil {
		return err
	}
	if err := t.count(ctx, w.Retailer, changes); err != nil {
		return err
	}
	return t.settle(ctx, w, progress, now)
}

// standing is where a parked event stands.
func (p *Parked) standing() (ledger.State, ledger.Reason) {
	switch {
	case p.Problem != nil:
		return ledger.StateActionRequired, p.Problem.Reason
	case p.Booked:
		return ledger.StateSynced, ledger.ReasonNone
	default:
		return ledger.StateNothingToPost, ledger.ReasonNone
	}
}

// movedEvent is an event that changed its state, as it is now.
type movedEvent struct {
	tally

	ID       ledger.EventID `db:"event_id"`
	Backfill int64          `db:"backfill"`
}

func (t *tx) setParked(ctx context.Context, r ledger.RetailerID, now time.Time, values [][]any) ([]movedEvent, error) {
	var p params
	with, err := t.with(&p, rows{
		columns: []column{
			{"id", text}, {"revision", number}, {"state", number}, {"reason", number}, {"problem", text},
		}, values: values,
	})
	if err != nil {
		return nil, err
	}
	retailer, at := p.add(r), p.add(micros(now))
	var moved []movedEvent
	err = t.list(ctx, &moved, with+`UPDATE events SET state = v.state, reason = v.reason, problem = v.problem,
			state_at = `+at+`, due_at = 0,
			posted_revision = CASE WHEN v.state = 4 THEN events.revision ELSE events.posted_revision END
		FROM v WHERE events.retailer_id = `+retailer+` AND events.event_id = v.id AND events.state = 2
			AND events.revision = v.revision
		RETURNING event_id, kind, backfill, events.state, events.reason`, p.values...)
	return moved, err
}

// waitingEvent is an event that has just come to ACTION_REQUIRED.
type waitingEvent struct {
	id      ledger.EventID
	problem *ledger.Problem
}

// wait writes what events wait for, and their history.
func (t *tx) wait(
	ctx context.Context, r ledger.RetailerID, now time.Time, from ledger.State, events []waitingEvent,
) error {
	slots, notes := make([][]any, 0, len(events)), make([][]any, 0, len(events))
	for _, e := range events {
		for _, slot := range e.problem.Slots {
			slots = append(slots, []any{r, slot.Role, slot.Key, slot.Location, e.id})
		}
		notes = append(notes, []any{e.id, e.problem.Reason, foreign(e.problem.Message)})
	}
	err := t.insert(ctx, `INSERT INTO waits (retailer_id, role, map_key, location_id, event_id)`, slots,
		`ON CONFLICT DO NOTHING`)
	if err != nil {
		return err
	}
	return t.noteWaiting(ctx, r, now, from, "", notes)
}

func (t *tx) noteWaiting(
	ctx context.Context, r ledger.RetailerID, now time.Time, from ledger.State, actor string, notes [][]any,
) error {
	if len(notes) == 0 {
		return nil
	}
	var p params
	with, err := t.with(&p, rows{columns: []column{{"id", text}, {"reason", number}, {"note", text}}, values: notes})
	if err != nil {
		return err
	}
	retailer := "CAST(" + p.add(r) + " AS TEXT)"
	_, err = t.exec(ctx, with+`INSERT INTO changes (retailer_id, event_id, seq, at, from_state, to_state, reason, actor, note)
		SELECT `+retailer+`, v.id, 1 + (SELECT COALESCE(MAX(c.seq), 0) FROM changes c
				WHERE c.retailer_id = `+retailer+` AND c.event_id = v.id),
			CAST(`+p.add(micros(now))+` AS BIGINT), CAST(`+p.add(from)+` AS BIGINT), CAST(`+
		p.add(ledger.StateActionRequired)+` AS BIGINT), v.reason, CAST(`+p.add(actor)+` AS TEXT), v.note FROM v`, p.values...)
	return err
}
