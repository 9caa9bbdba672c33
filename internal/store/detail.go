package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tillpost/tillpost/internal/ledger"
)

// historyLimit bounds the attempts and the changes of an event that are returned: the newest.
const historyLimit = 100

// Event returns one event with everything known of it. ErrNotFound.
func (s *Store) Event(ctx context.Context, r ledger.RetailerID, id ledger.EventID) (detail EventDetail, err error) {
	err = s.inRead(ctx, "read an event", func(t *tx) error {
		var row eventRow
		found, err := t.get(ctx, &row, `SELECT `+eventColumns+` FROM events WHERE retailer_id = $1 AND event_id = $2`,
			r, id)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("event %s: %w", id, ErrNotFound)
		}
		if detail.EventRow, err = row.event(true); err != nil {
			return err
		}
		if detail.Entry, err = t.newestEntry(ctx, r, id); err != nil {
			return err
		}
		if detail.Posted, err = t.postedEntries(ctx, r, id, historyLimit); err != nil {
			return err
		}
		if detail.Revisions, err = t.revisions(ctx, r, id); err != nil {
			return err
		}
		if detail.Attempts, err = t.attempts(ctx, r, id); err != nil {
			return err
		}
		detail.Changes, err = t.changes(ctx, r, id)
		return err
	})
	if err != nil {
		return EventDetail{}, err
	}
	return detail, nil
}

func (t *tx) newestEntry(ctx context.Context, r ledger.RetailerID, id ledger.EventID) (*ledger.Entry, error) {
	var stored string
	found, err := t.get(ctx, &stored, `SELECT n.entry FROM entries n
			JOIN requests q ON q.retailer_id = n.retailer_id AND q.request_id = n.request_id
		WHERE n.retailer_id = $1 AND n.event_id = $2 ORDER BY q.created_at DESC, q.request_id DESC LIMIT 1`, r, id)
	if err != nil || !found {
		return nil, err
	}
	entry, err := decodeEntry(stored)
	return &entry, err
}

// postedEntries reads at most limit of the entries that stand in QuickBooks for an event: the newest, oldest first.
func (t *tx) postedEntries(
	ctx context.Context, r ledger.RetailerID, id ledger.EventID, limit int,
) ([]PostedEntry, error) {
	var rows []struct {
		Entry        string         `db:"entry"`
		QuickBooksID string         `db:"quickbooks_id"`
		SyncToken    string         `db:"sync_token"`
		Revision     int32          `db:"revision"`
		SettledAt    int64          `db:"settled_at"`
		Realm        ledger.RealmID `db:"realm_id"`
		Former       bool           `db:"former"`
		Company      string         `db:"company_name"`
	}
	err := t.list(ctx, &rows, `SELECT n.entry, n.quickbooks_id, n.sync_token, n.revision, n.settled_at, n.realm_id,
			c.realm_id IS NOT NULL AND c.realm_id <> n.realm_id AS former, COALESCE(f.company_name, '') AS company_name
		FROM entries n LEFT JOIN connections c ON c.retailer_id = n.retailer_id
			LEFT JOIN former_companies f ON f.retailer_id = n.retailer_id AND f.realm_id = n.realm_id
		WHERE n.retailer_id = $1 AND n.event_id = $2 AND n.quickbooks_id <> '' AND NOT n.replaced
		ORDER BY n.settled_at DESC, n.request_id DESC LIMIT $3`, r, id, limit)
	if err != nil {
		return nil, err
	}
	posted := make([]PostedEntry, len(rows))
	for i, row := range rows {
		entry, err := decodeEntry(row.Entry)
		if err != nil {
			return nil, err
		}
		posted[len(rows)-1-i] = PostedEntry{
			Booked: ledger.Booked{Entry: entry, QuickBooksID: row.QuickBooksID, SyncToken: row.SyncToken},
			Realm:  row.Realm, Revision: row.Revision, PostedAt: fromMicros(row.SettledAt),
		}
		if row.Former {
			posted[len(rows)-1-i].Former = &ledger.FormerCompany{Realm: row.Realm, Name: row.Company}
		}
	}
	return posted, nil
}

func encodeEntry(e *ledger.Entry) (string, error) {
	encoded, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("encode an entry: %w", err)
	}
	return string(encoded), nil
}

func decodeEntry(stored string) (e ledger.Entry, err error) {
	if err := json.Unmarshal([]byte(stored), &e); err != nil {
		return ledger.Entry{}, fmt.Errorf("decode an entry: %w", err)
	}
	return e, nil
}

// attempts reads the tries of the event's requests. Of a batch, the attempt that settled the event's own item says how
// that item ended.
func (t *tx) attempts(ctx context.Context, r ledger.RetailerID, id ledger.EventID) ([]Attempt, error) {
	var rows []struct {
		RequestID  string  `db:"request_id"`
		At         int64   `db:"at"`
		Outcome    Outcome `db:"outcome"`
		HTTPStatus int     `db:"http_status"`
		Code       string  `db:"code"`
		Message    string  `db:"message"`
		IntuitTID  string  `db:"intuit_tid"`
	}
	err := t.list(ctx, &rows, `SELECT a.request_id, a.at, a.http_status, a.intuit_tid,
			CASE WHEN a.seq = n.settled_by THEN n.outcome ELSE a.outcome END AS outcome,
			CASE WHEN a.seq = n.settled_by THEN n.code ELSE a.code END AS code,
			CASE WHEN a.seq = n.settled_by THEN n.message ELSE a.message END AS message
		FROM entries n JOIN attempts a ON a.retailer_id = n.retailer_id AND a.request_id = n.request_id
		WHERE n.retailer_id = $1 AND n.event_id = $2 AND (n.settled_by = 0 OR a.seq <= n.settled_by)
		ORDER BY a.at DESC, a.request_id DESC, a.seq DESC LIMIT $3`, r, id, historyLimit)
	out := make([]Attempt, 0, len(rows))
	for _, row := range slices.Backward(rows) {
		out = append(out, Attempt{
			At: fromMicros(row.At), RequestID: row.RequestID, Outcome: row.Outcome, HTTPStatus: row.HTTPStatus,
			Code: row.Code, Message: row.Message, IntuitTID: row.IntuitTID,
		})
	}
	return out, err
}

func (t *tx) changes(ctx context.Context, r ledger.RetailerID, id ledger.EventID) ([]Change, error) {
	var rows []struct {
		At     int64         `db:"at"`
		From   ledger.State  `db:"from_state"`
		To     ledger.State  `db:"to_state"`
		Reason ledger.Reason `db:"reason"`
		Actor  string        `db:"actor"`
		Note   string        `db:"note"`
	}
	err := t.list(ctx, &rows, `SELECT at, from_state, to_state, reason, actor, note FROM changes
		WHERE retailer_id = $1 AND event_id = $2 ORDER BY seq DESC LIMIT $3`, r, id, historyLimit)
	out := make([]Change, 0, len(rows))
	for _, row := range slices.Backward(rows) {
		out = append(out, Change{
			At: fromMicros(row.At), From: row.From, To: row.To, Reason: row.Reason, Actor: row.Actor, Note: row.Note,
		})
	}
	return out, err
}
