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
	// Accepted: stored now.
	Accepted RecordStatus = 1
	// Duplicate: stored before, with the same content.
	Duplicate RecordStatus = 2
	// Conflict: this id was stored before with other content; nothing was changed.
	Conflict RecordStatus = 3
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
// who records them. An id that comes twice in one call is stored once; the second is a Duplicate or a Conflict. Events
// are PENDING when sync was ever started, otherwise NEVER_SYNCED. What it returns as Accepted is on disk. At most
// 10,000 events a call.
func (s *Store) RecordEvents(
	ctx context.Context, r ledger.RetailerID, actor string, events []NewEvent, now time.Time,
) (results []RecordResult, err error) {
	if err := recordable(events); err != nil {
		return nil, fmt.Errorf("store: record events: %w", err)
	}
	fresh := firstOfEach(events)
	err = s.inWrite(ctx, "record events", func(t *tx) error {
		results, err = t.record(ctx, r, actor, events, fresh, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	return results, nil
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
	ctx context.Context, r ledger.RetailerID, actor string, events []NewEvent, fresh []*NewEvent, now time.Time,
) ([]RecordResult, error) {
	state, err := t.recordingState(ctx, r, now)
	if err != nil {
		return nil, err
	}
	common := recording{retailer: r, actor: actor, state: state, now: micros(now)}
	accepted, err := t.insertEvents(ctx, common, fresh)
	if err != nil {
		return nil, err
	}
	known, err := t.knownEvents(ctx, r, fresh, accepted)
	if err != nil {
		return nil, err
	}
	if len(accepted) > 0 {
		if err := t.wakeForNew(ctx, r, now); err != nil {
			return nil, err
		}
		if err := t.count(ctx, r, countNew(fresh, accepted, state)); err != nil {
			return nil, err
		}
	}
	return judge(events, fresh, common, accepted, known), nil
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
	err = t.list(ctx, &rows, `SELECT event_id, content_hash, state, recorded_at FROM events
		WHERE retailer_id = $1 AND `+which, p.values...)
	for _, row := range rows {
		known[row.ID] = row
	}
	return known, err
}

// wakeForNew locks the work row, and makes the retailer due at now or when its backoff ends, unless sync is paused.
func (t *tx) wakeForNew(ctx context.Context, r ledger.RetailerID, now time.Time) error {
	_, err := t.exec(ctx, `UPDATE work SET due_at = CASE
			WHEN NOT sync_started OR (due_at <= $2 OR due_at <= retry_at) THEN due_at
			WHEN retry_at > $2 THEN retry_at
			ELSE $2 END
		WHERE retailer_id = $1`, r, micros(now))
	return err
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

// judge gives each event of the call its result, in their order.
func judge(
	events []NewEvent, fresh []*NewEvent, common recording, accepted map[ledger.EventID]bool,
	known map[ledger.EventID]storedEvent,
) []RecordResult {
	for _, e := range fresh {
		if accepted[e.Event.ID] {
			known[e.Event.ID] = storedEvent{Hash: e.Hash[:], State: common.state, RecordedAt: common.now}
		}
	}
	results := make([]RecordResult, len(events))
	for i := range events {
		id := events[i].Event.ID
		stored := known[id]
		results[i] = RecordResult{Status: Conflict, State: stored.State, RecordedAt: fromMicros(stored.RecordedAt)}
		switch {
		case accepted[id]:
			results[i].Status = Accepted
			accepted[id] = false // what comes later with this id is not accepted again
		case bytes.Equal(stored.Hash, events[i].Hash[:]):
			results[i].Status = Duplicate
		}
	}
	return results
}
