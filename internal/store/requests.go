package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// RequestKind says how a request is sent. The numbers are stored: never renumber.
type RequestKind uint8

// The kinds of requests.
const (
	// Single creates one entry.
	Single RequestKind = 1
	// Batch creates several.
	Batch RequestKind = 2
	// Update updates one entry.
	Update RequestKind = 3
)

// Item is one entry of a request.
type Item struct {
	Event ledger.EventID
	// Location is that of the event, as of the revision that the entry was made of.
	Location ledger.LocationID
	// BatchItem is the item's bId within a batch; empty in a single request.
	BatchItem string
	Entry     ledger.Entry
	// Revision is that of the event which the entry was made of.
	Revision int32
	// Final says that nothing else is needed to make the books right.
	Final bool
	// Replaces is the QuickBooks id of the entry that this one updates; empty: it is a new one.
	Replaces string
}

// NewRequest is a request to store before it is sent. Body is sent byte for byte, again and again if need be.
type NewRequest struct {
	ID    string
	Realm ledger.RealmID
	Kind  RequestKind
	Body  []byte
	Items []Item
}

// StoredRequest is a request whose outcome is not settled. Items are those of its items that are not settled.
type StoredRequest struct {
	ID                    string
	Realm                 ledger.RealmID
	Kind                  RequestKind
	Body                  []byte
	CreatedAt, LastSentAt time.Time
	// Sends counts how often it was sent, or was about to be.
	Sends int
	// DueAt is when it should be sent again or asked after.
	DueAt time.Time
	Items []Item
}

// requestRow is a row of the table requests.
type requestRow struct {
	ID         string         `db:"request_id"`
	Realm      ledger.RealmID `db:"realm_id"`
	Kind       RequestKind    `db:"kind"`
	Body       []byte         `db:"body"`
	CreatedAt  int64          `db:"created_at"`
	LastSentAt int64          `db:"last_sent_at"`
	Sends      int            `db:"sends"`
	DueAt      int64          `db:"due_at"`
}

func (q *requestRow) request() StoredRequest {
	return StoredRequest{
		ID: q.ID, Realm: q.Realm, Kind: q.Kind, Body: bytesOf(q.Body), CreatedAt: fromMicros(q.CreatedAt),
		LastSentAt: fromMicros(q.LastSentAt), Sends: q.Sends, DueAt: fromMicros(q.DueAt),
	}
}

// OpenRequests returns up to limit requests that are not settled, those that are due first, without those whose ids are in
// except: the caller has them at hand, and to read their bodies and entries again would cost more than to have stored them.
// Not the oldest first: those that QuickBooks cannot be brought to settle would keep the others from being looked at.
// ErrLeaseLost.
func (s *Store) OpenRequests(ctx context.Context, l Lease, limit int, except ...string) (open []StoredRequest, err error) {
	err = s.inRead(ctx, "read the open requests", func(t *tx) error {
		if _, err := t.leased(ctx, l, ""); err != nil {
			return err
		}
		p, rest := params{values: []any{l.Retailer, limit}}, " ORDER BY due_at, created_at, request_id LIMIT $2"
		if len(except) > 0 {
			named, err := oneOf(t, &p, "request_id", except)
			if err != nil {
				return err
			}
			rest = " AND NOT (" + named + ")" + rest
		}
		var err error
		open, err = t.openRequests(ctx, rest, l.Retailer, p.values[1:]...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return open, nil
}

// openRequests reads the requests of a retailer that are not settled, with their items; rest goes on the statement.
func (t *tx) openRequests(ctx context.Context, rest string, r ledger.RetailerID, values ...any) ([]StoredRequest, error) {
	var rows []requestRow
	err := t.list(ctx, &rows, `SELECT request_id, realm_id, kind, body, created_at, last_sent_at, sends, due_at
		FROM requests WHERE retailer_id = $1 AND open`+rest, append([]any{r}, values...)...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	open := make([]StoredRequest, 0, len(rows))
	for i := range rows {
		open = append(open, rows[i].request())
	}
	return open, t.openItems(ctx, r, open)
}

// fromOpenEntries goes before a condition on request_id: the index entries_by_request has the open ones only.
const fromOpenEntries = ` FROM entries WHERE retailer_id = $1 AND open AND `

// openItems reads the items of requests that are not settled.
func (t *tx) openItems(ctx context.Context, r ledger.RetailerID, requests []StoredRequest) error {
	byID := make(map[string]*StoredRequest, len(requests))
	ids := make([]string, 0, len(requests))
	for i := range requests {
		byID[requests[i].ID] = &requests[i]
		ids = append(ids, requests[i].ID)
	}
	p := params{values: []any{r}}
	which, err := oneOf(t, &p, "request_id", ids)
	if err != nil {
		return err
	}
	var rows []struct {
		Request   string            `db:"request_id"`
		Event     ledger.EventID    `db:"event_id"`
		Location  ledger.LocationID `db:"location_id"`
		BatchItem string            `db:"batch_item"`
		Entry     string            `db:"entry"`
		Revision  int32             `db:"revision"`
		Final     bool              `db:"final"`
		Replaces  string            `db:"replaces"`
	}
	err = t.list(ctx, &rows, `SELECT request_id, event_id, location_id, batch_item, entry, revision, final, replaces`+
		fromOpenEntries+which+` ORDER BY request_id, position`, p.values...)
	if err != nil {
		return err
	}
	for _, row := range rows {
		entry, err := decodeEntry(row.Entry)
		if err != nil {
			return fmt.Errorf("event %s in request %s: %w", row.Event, row.Request, err)
		}
		request := byID[row.Request]
		request.Items = append(request.Items, Item{
			Event: row.Event, Location: row.Location, BatchItem: row.BatchItem, Entry: entry, Revision: row.Revision, Final: row.Final,
			Replaces: row.Replaces,
		})
	}
	return nil
}

// StoreRequests stores requests about to be sent for the first time, with their entries, and moves their events from PENDING
// to PROCESSING. All or nothing: ErrNotPending when one of the events is not PENDING any more, or may not be posted because
// sync, or the backfill that it belongs to, was paused meanwhile. ErrLeaseLost, also when the retailer is not connected any
// more: then nothing new may be sent, whatever token the worker still holds.
func (s *Store) StoreRequests(ctx context.Context, l Lease, now time.Time, requests []NewRequest) error {
	rows, err := rowsOf(l, requests, now)
	if err != nil {
		return fmt.Errorf("store: store requests: %w", err)
	}
	return s.inWrite(ctx, "store requests", func(t *tx) error {
		w, err := t.lockLease(ctx, l)
		if err != nil {
			return err
		}
		if !w.Connected {
			return fmt.Errorf("the retailer is not connected any more: %w", ErrLeaseLost)
		}
		if err := t.beginProcessing(ctx, &w, rows.events, now); err != nil {
			return err
		}
		err = t.insert(ctx, `INSERT INTO requests (retailer_id, request_id, realm_id, kind, body, open, created_at,
			last_sent_at, sends, due_at, fence)`, rows.requests, "")
		if err != nil {
			return err
		}
		return t.insertEntries(ctx, l.Retailer, rows.entries)
	})
}

// insertEntries is on the way of every event, so it is one statement however many entries there are.
func (t *tx) insertEntries(ctx context.Context, r ledger.RetailerID, entries [][]any) error {
	if len(entries) == 0 {
		return nil
	}
	var p params
	with, err := t.with(&p, rows{columns: []column{
		{"event_id", text},
		{"request_id", text},
		{"position", number},
		{"batch_item", text},
		{"entry", text},
		{"revision", number},
		{"final", boolean},
		{"replaces", text},
		{"realm_id", text},
		{"txn_date", text},
		{"location_id", text},
		{"currency", text},
		{"debits", number},
		{"clearing", text},
	}, values: entries})
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, with+`INSERT INTO entries (retailer_id, event_id, request_id, position, batch_item, entry, revision,
			final, replaces, realm_id, txn_date, location_id, currency, debits, clearing, open)
		SELECT CAST(`+p.add(r)+` AS TEXT), event_id, request_id, position, batch_item, entry, revision, final, replaces,
			realm_id, txn_date, location_id, currency, debits, clearing, TRUE
		FROM v`, p.values...)
	return err
}

// requestRows are requests as rows of the tables.
type requestRows struct {
	events            []ledger.EventID
	requests, entries [][]any
}

func rowsOf(l Lease, requests []NewRequest, now time.Time) (requestRows, error) {
	var out requestRows
	at := micros(now)
	for _, q := range requests {
		out.requests = append(out.requests, []any{
			l.Retailer, q.ID, q.Realm, q.Kind, blob(q.Body), len(q.Items) > 0, at, at, 1, at, l.Fence,
		})
		for position := range q.Items {
			item := &q.Items[position]
			entry, err := encodeEntry(&item.Entry)
			if err != nil {
				return requestRows{}, fmt.Errorf("event %s: %w", item.Event, err)
			}
			clearing, err := clearingOf(&item.Entry)
			if err != nil {
				return requestRows{}, fmt.Errorf("event %s: %w", item.Event, err)
			}
			out.events = append(out.events, item.Event)
			out.entries = append(out.entries, []any{
				item.Event, q.ID, position, item.BatchItem, entry, item.Revision, item.Final, item.Replaces,
				q.Realm, item.Entry.TxnDate, item.Location, item.Entry.Currency, item.Entry.Debits(), clearing,
			})
		}
	}
	return out, nil
}

// beginProcessing moves exactly these events from PENDING to PROCESSING. Whoever paused them has been answered that no more
// are posted, and the caller may have read them before. No column that is in an index changes: that is what index_state is for.
func (t *tx) beginProcessing(ctx context.Context, w *work, events []ledger.EventID, now time.Time) error {
	if len(events) > 0 && !w.SyncStarted {
		return fmt.Errorf("sync is paused: %w", ErrNotPending)
	}
	p := params{values: []any{w.Retailer, micros(now), !w.BackfillPaused}}
	which, err := oneOf(t, &p, "event_id", events)
	if err != nil {
		return err
	}
	var kinds []ledger.Kind
	err = t.list(ctx, &kinds, `UPDATE events SET state = 3, state_at = $2, due_at = 0
		WHERE retailer_id = $1 AND state = 2 AND backlog <= $3 AND `+which+` RETURNING kind`, p.values...)
	if err != nil {
		return err
	}
	if len(kinds) != len(events) {
		return fmt.Errorf("%d of %d events: %w", len(events)-len(kinds), len(events), ErrNotPending)
	}
	changes := tallies{}
	for _, kind := range kinds {
		changes.move(tally{Kind: kind, State: ledger.StatePending}, tally{Kind: kind, State: ledger.StateProcessing}, 1)
	}
	return t.count(ctx, w.Retailer, changes)
}

// MarkSent notes that an open request is about to be sent once more. ErrRequestClosed, ErrLeaseLost.
func (s *Store) MarkSent(ctx context.Context, l Lease, now time.Time, requestID string) error {
	return s.inWrite(ctx, "mark a request as sent", func(t *tx) error {
		if _, err := t.lockLease(ctx, l); err != nil {
			return err
		}
		n, err := t.exec(ctx, `UPDATE requests SET sends = sends + 1, last_sent_at = $3, fence = $4
			WHERE retailer_id = $1 AND request_id = $2 AND open`, l.Retailer, requestID, micros(now), l.Fence)
		if err == nil && n == 0 {
			err = fmt.Errorf("request %s: %w", requestID, ErrRequestClosed)
		}
		return err
	})
}
