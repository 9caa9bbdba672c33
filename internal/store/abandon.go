package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// abandonAfter is how old the last send of a request must be before a person may give up on its answer. A company that is
// only away for an evening comes back before, and settles it.
const abandonAfter = 24 * time.Hour

// EntriesUnsettledError is ErrEntriesUnsettled with what is needed for the way out.
type EntriesUnsettledError struct {
	// Entries counts those of which it is not known whether they were booked.
	Entries int
	// AbandonAt is when the last of them may be given up.
	AbandonAt time.Time
}

// Error says what hinders, and from when on it may be given up.
func (e *EntriesUnsettledError) Error() string {
	return fmt.Sprintf("%v (%d entries, to be given up from %s on)", ErrEntriesUnsettled, e.Entries,
		e.AbandonAt.UTC().Format(time.RFC3339))
}

// Unwrap returns ErrEntriesUnsettled.
func (*EntriesUnsettledError) Unwrap() error { return ErrEntriesUnsettled }

// settleFormer makes sure that nothing is open in the company that is left: an EntriesUnsettledError, unless a person gave
// up on what is open and all of it is old enough.
func (t *tx) settleFormer(ctx context.Context, w *work, c *NewConnection) error {
	open, err := t.openRequests(ctx, "", w.Retailer)
	if err != nil || len(open) == 0 {
		return err
	}
	unsettled := &EntriesUnsettledError{}
	for i := range open {
		unsettled.Entries += len(open[i].Items)
		if at := open[i].LastSentAt.Add(abandonAfter); at.After(unsettled.AbandonAt) {
			unsettled.AbandonAt = at
		}
	}
	if !c.AbandonUnsettled || unsettled.AbandonAt.After(c.Now) {
		return unsettled
	}
	if err := t.closeRequests(ctx, w.Retailer, c.Now); err != nil {
		return err
	}
	for i := range open {
		if err := t.loseOutcome(ctx, w, open[i].Items, c); err != nil {
			return fmt.Errorf("give up request %s: %w", open[i].ID, err)
		}
	}
	return nil
}

// closeRequests closes everything that is open, and notes it as the last attempt.
func (t *tx) closeRequests(ctx context.Context, r ledger.RetailerID, now time.Time) error {
	const message = "The company was left before an answer was learnt: a person gave up on it."
	for _, statement := range []string{
		`INSERT INTO attempts (retailer_id, request_id, seq, at, outcome, http_status, code, message, intuit_tid)
			SELECT retailer_id, request_id, 1 + (SELECT COALESCE(MAX(a.seq), 0) FROM attempts a
					WHERE a.retailer_id = q.retailer_id AND a.request_id = q.request_id),
				CAST($2 AS BIGINT), 3, 0, '', CAST($3 AS TEXT), ''
			FROM requests q WHERE retailer_id = $1 AND open`,
		`UPDATE entries SET open = FALSE, outcome = 3, code = '', message = $3, settled_at = $2,
				settled_by = (SELECT MAX(a.seq) FROM attempts a
					WHERE a.retailer_id = entries.retailer_id AND a.request_id = entries.request_id)
			WHERE retailer_id = $1 AND open`,
	} {
		if _, err := t.exec(ctx, statement, r, micros(now), message); err != nil {
			return err
		}
	}
	_, err := t.exec(ctx, `UPDATE requests SET open = FALSE, due_at = 0 WHERE retailer_id = $1 AND open`, r)
	return err
}

// loseOutcome has the events of a request that was given up wait for a person, whatever revision has come meanwhile.
func (t *tx) loseOutcome(ctx context.Context, w *work, items []Item, c *NewConnection) error {
	values, notes := make([][]any, 0, len(items)), make([][]any, 0, len(items))
	for i := range items {
		lost, err := t.lostEntry(ctx, w.Retailer, items[i].Event)
		if err != nil {
			return err
		}
		problem := lost.Problem()
		encoded, err := encodeProblem(problem)
		if err != nil {
			return err
		}
		values = append(values, []any{items[i].Event, encoded})
		notes = append(notes, []any{items[i].Event, problem.Reason, foreign(problem.Message)})
	}
	moved, err := t.setLost(ctx, w.Retailer, c.Now, values)
	if err != nil {
		return err
	}
	if len(moved) != len(items) {
		return fmt.Errorf("%d of %d events: %w", len(items)-len(moved), len(items), errNotProcessing)
	}
	changes, progress := tallies{}, steps{}
	for _, m := range moved {
		changes.move(tally{Kind: m.Kind, State: ledger.StateProcessing}, m.tally, 1)
		progress.move(m.Backfill, ledger.StateProcessing, m.State, 1)
	}
	if err := t.noteWaiting(ctx, w.Retailer, c.Now, ledger.StateProcessing, c.ConnectedBy, notes); err != nil {
		return err
	}
	if err := t.count(ctx, w.Retailer, changes); err != nil {
		return err
	}
	return t.advance(ctx, w, progress, c.Now)
}

func (t *tx) setLost(ctx context.Context, r ledger.RetailerID, now time.Time, values [][]any) ([]movedEvent, error) {
	var p params
	with, err := t.with(&p, rows{columns: []column{{"id", text}, {"problem", text}}, values: values})
	if err != nil {
		return nil, err
	}
	retailer, at := p.add(r), p.add(micros(now))
	reason := p.add(ledger.ReasonOutcomeLost)
	var moved []movedEvent
	err = t.list(ctx, &moved, with+`UPDATE events SET state = 5, reason = `+reason+`, problem = v.problem, state_at = `+at+`,
			due_at = 0, outcome_lost = TRUE
		FROM v WHERE events.retailer_id = `+retailer+` AND events.event_id = v.id AND events.state = 3
		RETURNING event_id, kind, backfill, events.state, events.reason`, p.values...)
	return moved, err
}

// lostEntry reads the newest entry of an event that was given up: it is closed, and its outcome unknown.
func (t *tx) lostEntry(ctx context.Context, r ledger.RetailerID, id ledger.EventID) (ledger.LostEntry, error) {
	var row struct {
		Entry   string         `db:"entry"`
		Realm   ledger.RealmID `db:"realm_id"`
		Company string         `db:"company_name"`
		Revises bool           `db:"revises"`
	}
	_, err := t.get(ctx, &row, `SELECT n.entry, n.realm_id, COALESCE(f.company_name, '') AS company_name,
			EXISTS (SELECT 1 FROM entries e WHERE e.retailer_id = n.retailer_id AND e.event_id = n.event_id
				AND e.realm_id = n.realm_id AND e.quickbooks_id <> '' AND NOT e.replaced) AS revises
		FROM entries n LEFT JOIN former_companies f ON f.retailer_id = n.retailer_id AND f.realm_id = n.realm_id
		WHERE n.retailer_id = $1 AND n.event_id = $2 AND NOT n.open AND n.outcome = 3
		ORDER BY n.settled_at DESC, n.request_id DESC LIMIT 1`, r, id)
	if err != nil {
		return ledger.LostEntry{}, err
	}
	entry, err := decodeEntry(row.Entry)
	return ledger.LostEntry{
		Company:   ledger.FormerCompany{Realm: row.Realm, Name: row.Company},
		DocNumber: entry.DocNumber, TxnDate: entry.TxnDate, Revises: row.Revises,
	}, err
}
