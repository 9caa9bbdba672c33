package store

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Revision is one version of an event.
type Revision struct {
	Event      ledger.Event // with Detail
	RecordedAt time.Time
	RecordedBy string
}

// presentEvent is the present revision of an event, as far as a new one depends on it.
type presentEvent struct {
	Revision   int32         `db:"revision"`
	State      ledger.State  `db:"state"`
	Kind       ledger.Kind   `db:"kind"`
	Reason     ledger.Reason `db:"reason"`
	Hash       []byte        `db:"content_hash"`
	RecordedAt int64         `db:"recorded_at"`
	// BusinessDate and Backfill tell what the event is to backfills.
	BusinessDate ledger.Date `db:"business_date"`
	Backfill     int64       `db:"backfill"`
}

// revise judges an event whose id is known already: the same again, another content under the same revision, a later
// revision, or an earlier one that comes late. The caller holds the work row w.
func (t *tx) revise(ctx context.Context, w *work, c recording, e *NewEvent) (RecordResult, error) {
	var present presentEvent
	_, err := t.get(ctx, &present, `SELECT revision, state, kind, reason, content_hash, recorded_at, business_date, backfill
		FROM events WHERE retailer_id = $1 AND event_id = $2`, c.retailer, e.Event.ID)
	if err != nil {
		return RecordResult{}, err
	}
	result := RecordResult{Status: Conflict, State: present.State, RecordedAt: fromMicros(present.RecordedAt)}
	switch {
	case e.Event.Revision > present.Revision:
		result.Status = Accepted
		result.State, err = t.replaceEvent(ctx, w, c, e, present)
		return result, err
	case e.Event.Revision < present.Revision:
		result.Status, err = t.keepLateRevision(ctx, c, e)
		return result, err
	case bytes.Equal(present.Hash, e.Hash[:]):
		result.Status = Duplicate
	}
	return result, nil
}

// keepLateRevision keeps a revision that a later one has overtaken.
func (t *tx) keepLateRevision(ctx context.Context, c recording, e *NewEvent) (RecordStatus, error) {
	var hash []byte
	found, err := t.get(ctx, &hash, `SELECT content_hash FROM revisions
		WHERE retailer_id = $1 AND event_id = $2 AND revision = $3`, c.retailer, e.Event.ID, e.Event.Revision)
	switch {
	case err != nil:
		return 0, err
	case found && bytes.Equal(hash, e.Hash[:]):
		return Duplicate, nil
	case found:
		return Conflict, nil
	}
	return Superseded, t.insert(ctx, insertRevision, [][]any{{
		c.retailer, e.Event.ID, e.Event.Revision, c.now, c.actor, e.Hash[:], e.Content,
	}}, "")
}

const insertRevision = `INSERT INTO revisions (retailer_id, event_id, revision, recorded_at, recorded_by, content_hash, content)`

// stateAfterRevision is where an event goes when a later revision replaces it. One that is being sent stays: when its
// outcome is known, it goes back to PENDING. One that a person skipped stays skipped. One that QuickBooks holds, but not as
// it was meant, waits on: the new revision would be booked beside what stands there, and only a person can clear that up.
func (e *presentEvent) stateAfterRevision() ledger.State {
	switch e.State {
	case ledger.StateActionRequired:
		if e.Reason == ledger.ReasonStoredDifferently {
			return e.State
		}
		return ledger.StatePending
	case ledger.StateSynced, ledger.StateNothingToPost:
		return ledger.StatePending
	case ledger.StateNeverSynced, ledger.StatePending, ledger.StateProcessing, ledger.StateSkipped:
	}
	return e.State
}

// replaceEvent makes a later revision the present one, and keeps the one before.
func (t *tx) replaceEvent(
	ctx context.Context, w *work, c recording, e *NewEvent, present presentEvent,
) (ledger.State, error) {
	_, err := t.exec(ctx, `INSERT INTO revisions (retailer_id, event_id, revision, recorded_at, recorded_by, content_hash,
			content)
		SELECT retailer_id, event_id, revision, CASE WHEN revised_at <> 0 THEN revised_at ELSE recorded_at END, recorded_by,
			content_hash, content
		FROM events WHERE retailer_id = $1 AND event_id = $2`, c.retailer, e.Event.ID)
	if err != nil {
		return 0, err
	}
	state, due, reason := present.stateAfterRevision(), int64(0), ledger.ReasonNone
	switch state {
	case ledger.StatePending:
		due = c.now
	case ledger.StateActionRequired:
		reason = present.Reason
	default: // it is not due, and waits for nobody
	}
	ev := &e.Event
	_, err = t.exec(ctx, `UPDATE events SET revision = $3, number = $4, kind = $5, location_id = $6, occurred_at = $7,
			business_date = $8, currency = $9, amount = $10, content_hash = $11, content = $12, revised_at = $13,
			recorded_by = $14, state = $15, due_at = $16, reason = $18, problem = CASE WHEN state = $15 THEN problem ELSE '' END,
			tries = 0, approved = FALSE, backlog = FALSE, backfill = $17, state_at = CASE WHEN state = $15 THEN state_at ELSE $13 END
		WHERE retailer_id = $1 AND event_id = $2`,
		c.retailer, ev.ID, ev.Revision, ev.Number, ev.Detail.Kind(), ev.Location, micros(ev.OccurredAt), ev.BusinessDate,
		ev.Currency, ev.Detail.Total(), e.Hash[:], e.Content, c.now, c.actor, state, due, present.leave(), reason)
	if err != nil {
		return 0, err
	}
	_, err = t.exec(ctx, `DELETE FROM waits WHERE retailer_id = $1 AND event_id = $2`, c.retailer, ev.ID)
	if err != nil {
		return 0, err
	}
	if err := t.noteRevision(ctx, c, ev, present.State, state, reason); err != nil {
		return 0, err
	}
	changes := tallies{}
	changes.move(tally{Kind: present.Kind, State: present.State, Reason: present.Reason},
		tally{Kind: ev.Detail.Kind(), State: state, Reason: reason}, 1)
	if err := t.count(ctx, c.retailer, changes); err != nil {
		return 0, err
	}
	if err := t.chooseRevised(ctx, w, present, ev.BusinessDate, fromMicros(c.now)); err != nil {
		return 0, err
	}
	if state != ledger.StatePending {
		return state, nil
	}
	return state, t.wake(ctx, *w, fromMicros(c.now))
}

func (t *tx) noteRevision(
	ctx context.Context, c recording, ev *ledger.Event, from, to ledger.State, reason ledger.Reason,
) error {
	note := fmt.Sprintf("revision %d recorded", ev.Revision)
	if ev.Voided {
		note = fmt.Sprintf("revision %d voids the document", ev.Revision)
	}
	_, err := t.exec(ctx, `INSERT INTO changes (retailer_id, event_id, seq, at, from_state, to_state, reason, actor, note)
		SELECT $1, $2, 1 + COALESCE(MAX(seq), 0), CAST($3 AS BIGINT), CAST($4 AS SMALLINT), CAST($5 AS SMALLINT),
			CAST($8 AS SMALLINT), CAST($6 AS TEXT), CAST($7 AS TEXT)
		FROM changes WHERE retailer_id = $1 AND event_id = $2`, c.retailer, ev.ID, c.now, from, to, c.actor, note, reason)
	return err
}

// revisions reads the newest revisions of an event, the present one last.
func (t *tx) revisions(ctx context.Context, r ledger.RetailerID, id ledger.EventID) ([]Revision, error) {
	var rows []struct {
		RecordedAt int64  `db:"recorded_at"`
		RecordedBy string `db:"recorded_by"`
		Content    []byte `db:"content"`
	}
	err := t.list(ctx, &rows, `SELECT recorded_at, recorded_by, content FROM (
			SELECT revision, recorded_at, recorded_by, content FROM revisions WHERE retailer_id = $1 AND event_id = $2
			UNION ALL SELECT revision, CASE WHEN revised_at <> 0 THEN revised_at ELSE recorded_at END, recorded_by, content
				FROM events WHERE retailer_id = $1 AND event_id = $2
		) AS every ORDER BY revision DESC LIMIT $3`, r, id, historyLimit)
	if err != nil {
		return nil, err
	}
	out := make([]Revision, len(rows))
	for i, row := range rows {
		ev, err := ledger.Decode(row.Content)
		if err != nil {
			return nil, fmt.Errorf("a revision of event %s as stored: %w", id, err)
		}
		out[len(rows)-1-i] = Revision{Event: ev, RecordedAt: fromMicros(row.RecordedAt), RecordedBy: row.RecordedBy}
	}
	return out, nil
}
