package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// NewEvent is an event to store.
type NewEvent struct {
	// Event must be valid; its Detail gives the kind and the total.
	Event ledger.Event
	// Content is ledger.Encode of Event, and Hash its hash: same hash, same event.
	Content []byte
	Hash    ledger.Hash
}

// RecordStatus tells what became of an event.
type RecordStatus uint8

// The statuses.
const (
	// Accepted: stored now, as a new event or as a later revision of a known one.
	Accepted RecordStatus = 1
	// Duplicate: stored before, with the same content.
	Duplicate RecordStatus = 2
	// Conflict: this id and revision was stored before with other content; nothing was changed.
	Conflict RecordStatus = 3
	// Superseded: a later revision was stored before; this one is kept in the history only.
	Superseded RecordStatus = 5
)

// RecordResult tells what became of one event.
type RecordResult struct {
	Status RecordStatus
	// State is the event's present state, and RecordedAt when it was first stored, also for Duplicate and Conflict.
	State      ledger.State
	RecordedAt time.Time
}

// maxRecord bounds the events of one RecordEvents, so that a transaction stays short.
const maxRecord = 10_000

// RecordEvents stores events, all in one transaction, and returns one result per event in their order. actor is the caller
// who records them. Events are PENDING when sync was ever started, otherwise NEVER_SYNCED. A later revision of a known event
// takes its place and makes it PENDING again, unless it is NEVER_SYNCED or SKIPPED; one that comes twice in one call, in
// several revisions or not, is judged in the order of the call. What it returns as Accepted is on disk. At most 10,000
// events a call.
func (s *Store) RecordEvents(
	ctx context.Context, r ledger.RetailerID, actor string, events []NewEvent, now time.Time,
) (results []RecordResult, err error) {
	if err := recordable(events); err != nil {
		return nil, fmt.Errorf("store: record events: %w", err)
	}
	call := recordCall{events: events, fresh: firstOfEach(events), slots: s.slots.unseen(r, events)}
	err = s.inWrite(ctx, "record events", func(t *tx) error {
		results, err = t.record(ctx, r, actor, call, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.slots.add(r, call.slots)
	return results, nil
}

// recordCall is what a call records: all its events, the first of each id, and the slots that may be new.
type recordCall struct {
	events []NewEvent
	fresh  []*NewEvent
	slots  []ledger.Slot
}

// Errors of calls that are mistakes.
var (
	errTooMany   = fmt.Errorf("%d events are the most in one call", maxRecord)
	errNoContent = errors.New("it has no detail or no encoded content")
)

func recordable(events []NewEvent) error {
	if len(events) > maxRecord {
		return fmt.Errorf("%d events: %w", len(events), errTooMany)
	}
	for i := range events {
		if events[i].Event.Detail == nil || len(events[i].Content) == 0 {
			return fmt.Errorf("event %s: %w", events[i].Event.ID, errNoContent)
		}
	}
	return nil
}

// firstOfEach returns the events without those whose id came before, sorted by id: callers who record the same events at
// once meet in the same order, so none waits for another in a circle.
func firstOfEach(events []NewEvent) []*NewEvent {
	seen := make(map[ledger.EventID]bool, len(events))
	out := make([]*NewEvent, 0, len(events))
	for i := range events {
		if id := events[i].Event.ID; !seen[id] {
			seen[id] = true
			out = append(out, &events[i])
		}
	}
	slices.SortFunc(out, func(a, b *NewEvent) int { return strings.Compare(string(a.Event.ID), string(b.Event.ID)) })
	return out
}

// record inserts what is new before it takes the work row, so that callers insert side by side and only the end of their
// transactions is one after another. The wake-up is not lost: it changes the work row after the events are there, and
// whoever gives the retailer up looks for events after it has locked that row.
func (t *tx) record(
	ctx context.Context, r ledger.RetailerID, actor string, call recordCall, now time.Time,
) ([]RecordResult, error) {
	fresh := call.fresh
	state, err := t.recordingState(ctx, r, now)
	if err != nil {
		return nil, err
	}
	common := recording{retailer: r, actor: actor, state: state, now: micros(now)}
	accepted, err := t.insertEvents(ctx, common, fresh)
	if err != nil {
		return nil, err
	}
	if err := t.insertSlots(ctx, r, call.slots); err != nil {
		return nil, err
	}
	known, err := t.knownEvents(ctx, r, fresh, accepted)
	if err != nil {
		return nil, err
	}
	if len(accepted) > 0 {
		if err := t.announce(ctx, common, fresh, accepted, now); err != nil {
			return nil, err
		}
	}
	return t.judge(ctx, common, call.events, fresh, accepted, known)
}

// announce takes the work row, wakes the retailer for the accepted events and counts them.
func (t *tx) announce(
	ctx context.Context, c recording, fresh []*NewEvent, accepted map[ledger.EventID]bool, now time.Time,
) error {
	backfill, err := t.wakeForNew(ctx, c.retailer, now)
	if err != nil {
		return err
	}
	if c.state == ledger.StateNeverSynced {
		w := work{Retailer: c.retailer, Backfill: backfill}
		if err := t.chooseNew(ctx, &w, fresh, accepted, now); err != nil {
			return err
		}
	}
	return t.count(ctx, c.retailer, countNew(fresh, accepted, c.state))
}

// recordingState makes sure that the retailer exists and returns the state of its new events.
func (t *tx) recordingState(ctx context.Context, r ledger.RetailerID, now time.Time) (ledger.State, error) {
	var started int64
	found, err := t.get(ctx, &started, `SELECT first_started_at FROM retailers WHERE retailer_id = $1`, r)
	switch {
	case err != nil:
		return 0, err
	case !found:
		return ledger.StateNeverSynced, t.register(ctx, r, now)
	case started == 0:
		return ledger.StateNeverSynced, nil
	default:
		return ledger.StatePending, nil
	}
}

// recording is what the events of one call have in common.
type recording struct {
	retailer ledger.RetailerID
	actor    string
	state    ledger.State
	now      int64
}

// storedEvent is what is known of an event that was stored before.
type storedEvent struct {
	ID         ledger.EventID `db:"event_id"`
	Revision   int32          `db:"revision"`
	Hash       []byte         `db:"content_hash"`
	State      ledger.State   `db:"state"`
	RecordedAt int64          `db:"recorded_at"`
}

// knownEvents reads those events that were there already.
func (t *tx) knownEvents(
	ctx context.Context, r ledger.RetailerID, fresh []*NewEvent, accepted map[ledger.EventID]bool,
) (map[ledger.EventID]storedEvent, error) {
	ids := make([]ledger.EventID, 0, len(fresh)-len(accepted))
	for _, e := range fresh {
		if !accepted[e.Event.ID] {
			ids = append(ids, e.Event.ID)
		}
	}
	known := make(map[ledger.EventID]storedEvent, len(fresh))
	if len(ids) == 0 {
		return known, nil
	}
	p := params{values: []any{r}}
	which, err := oneOf(t, &p, "event_id", ids)
	if err != nil {
		return nil, err
	}
	var rows []storedEvent
	err = t.list(ctx, &rows, `SELECT event_id, revision, content_hash, state, recorded_at FROM events
		WHERE retailer_id = $1 AND `+which, p.values...)
	for _, row := range rows {
		known[row.ID] = row
	}
	return known, err
}

// headStart is how long a retailer counts as having waited already when events come in: those with nothing but a backlog, which
// may wait minutes for each other where there are hundreds, let it go ahead, and none of them waits longer than that for it.
const headStart = 10 * time.Minute

// wakeForNew locks the work row, and makes the retailer due at once, unless sync is paused. It returns the backfill that is
// unfinished.
func (t *tx) wakeForNew(ctx context.Context, r ledger.RetailerID, now time.Time) (backfill int64, err error) {
	_, err = t.get(ctx, &backfill, `UPDATE work SET
			place_at = CASE WHEN sync_started AND due_at > $3 AND due_at <= $2 THEN due_at ELSE place_at END,
			due_at = CASE WHEN sync_started AND due_at > $3 THEN $3 ELSE due_at END
		WHERE retailer_id = $1 RETURNING backfill`, r, micros(now), micros(now.Add(-headStart)))
	return backfill, err
}

// countNew sums the accepted events for the counters.
func countNew(fresh []*NewEvent, accepted map[ledger.EventID]bool, state ledger.State) tallies {
	changes := tallies{}
	for _, e := range fresh {
		if accepted[e.Event.ID] {
			changes[tally{Kind: e.Event.Detail.Kind(), State: state}]++
		}
	}
	return changes
}

// judge gives each event of the call its result, in their order. Repetitions, which are many, are told from what is known;
// what has another revision is looked at one by one.
func (t *tx) judge(
	ctx context.Context, common recording, events []NewEvent, fresh []*NewEvent, accepted map[ledger.EventID]bool,
	known map[ledger.EventID]storedEvent,
) ([]RecordResult, error) {
	for _, e := range fresh {
		if accepted[e.Event.ID] {
			known[e.Event.ID] = storedEvent{
				Revision: e.Event.Revision, Hash: e.Hash[:], State: common.state, RecordedAt: common.now,
			}
		}
	}
	var w work
	results := make([]RecordResult, len(events))
	for i := range events {
		e := &events[i]
		stored := known[e.Event.ID]
		results[i] = RecordResult{Status: Conflict, State: stored.State, RecordedAt: fromMicros(stored.RecordedAt)}
		switch {
		case accepted[e.Event.ID]:
			results[i].Status = Accepted
			accepted[e.Event.ID] = false // what comes later with this id is not accepted as new again
		case stored.Revision == e.Event.Revision && bytes.Equal(stored.Hash, e.Hash[:]):
			results[i].Status = Duplicate
		case stored.Revision != e.Event.Revision:
			var err error
			if w.Retailer == "" {
				if w, _, err = t.lock(ctx, common.retailer); err != nil {
					return nil, err
				}
			}
			if results[i], err = t.revise(ctx, &w, common, e); err != nil {
				return nil, fmt.Errorf("event %s: %w", e.Event.ID, err)
			}
			if results[i].Status == Accepted {
				known[e.Event.ID] = storedEvent{
					Revision: e.Event.Revision, Hash: e.Hash[:], State: results[i].State, RecordedAt: stored.RecordedAt,
				}
			}
		}
	}
	return results, nil
}
