package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// StandingEntry names an entry that stands in QuickBooks, without its lines.
type StandingEntry struct {
	Event        ledger.EventID
	Location     ledger.LocationID // of the event, as of the revision that the entry was made of
	Currency     ledger.Currency
	QuickBooksID string
	Debits       ledger.Amount
	SettledAt    time.Time
}

// SentEntry is an entry that was sent to QuickBooks for an event, whatever became of it.
type SentEntry struct {
	ledger.Entry

	Event    ledger.EventID
	Location ledger.LocationID // as of StandingEntry
	// QuickBooksID is empty where it was not booked as meant. Replaced: it stands no more, because a later one updated it.
	QuickBooksID string
	Replaced     bool
	// Open says that its outcome is not known yet. SettledAt is when it became known; zero: it is not.
	Open      bool
	SettledAt time.Time
}

// selectStanding is a page of the entries that stand in a company under a day.
const selectStanding = `SELECT event_id, request_id, location_id, currency, quickbooks_id, debits, settled_at FROM entries
	WHERE retailer_id = $1 AND txn_date = $2 AND realm_id = $3 AND quickbooks_id <> '' AND NOT replaced
		AND (event_id, request_id) > ($4, $5)
	ORDER BY event_id, request_id LIMIT $6`

// StandingEntries returns a page of at most limit entries that stand in a company under a TxnDate, in the order of their
// events, and the cursor of the next page: empty on the last. ErrCursor.
func (s *Store) StandingEntries(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, day ledger.Date, after string, limit int,
) (page []StandingEntry, next string, err error) {
	from := []string{"", ""}
	if after != "" {
		if from, err = cutCursor(after, len(from)); err != nil {
			return nil, "", fmt.Errorf("store: read the entries of a day: %w", err)
		}
	}
	var rows []struct {
		Event        ledger.EventID    `db:"event_id"`
		Request      string            `db:"request_id"`
		Location     ledger.LocationID `db:"location_id"`
		Currency     ledger.Currency   `db:"currency"`
		QuickBooksID string            `db:"quickbooks_id"`
		Debits       ledger.Amount     `db:"debits"`
		SettledAt    int64             `db:"settled_at"`
	}
	err = s.inRead(ctx, "read the entries of a day", func(t *tx) error {
		return t.list(ctx, &rows, selectStanding, r, day, realm, from[0], from[1], limit+1)
	})
	if err != nil {
		return nil, "", err
	}
	if len(rows) > limit {
		rows = rows[:limit]
		next = joinCursor(string(rows[limit-1].Event), rows[limit-1].Request)
	}
	for _, row := range rows {
		page = append(page, StandingEntry{
			Event: row.Event, Location: row.Location, Currency: row.Currency, QuickBooksID: row.QuickBooksID,
			Debits: row.Debits, SettledAt: fromMicros(row.SettledAt),
		})
	}
	return page, next, nil
}

// SentEntries returns every entry that was sent to a company for these events, by event. Events that are not known are left
// out; one of which nothing was sent there has an empty list.
func (s *Store) SentEntries(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, events []ledger.EventID,
) (sent map[ledger.EventID][]SentEntry, err error) {
	err = s.inRead(ctx, "read what was sent for events", func(t *tx) error {
		sent, err = t.sentEntries(ctx, r, realm, events)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sent, nil
}

func (t *tx) sentEntries(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, events []ledger.EventID,
) (map[ledger.EventID][]SentEntry, error) {
	p := params{values: []any{r, realm}}
	which, err := oneOf(t, &p, "e.event_id", events)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Event        ledger.EventID    `db:"event_id"`
		Location     ledger.LocationID `db:"location_id"`
		Entry        string            `db:"entry"`
		QuickBooksID string            `db:"quickbooks_id"`
		Replaced     bool              `db:"replaced"`
		Open         bool              `db:"open"`
		SettledAt    int64             `db:"settled_at"`
	}
	err = t.list(ctx, &rows, `SELECT e.event_id, COALESCE(n.location_id, '') AS location_id, COALESCE(n.entry, '') AS entry,
			COALESCE(n.quickbooks_id, '') AS quickbooks_id, COALESCE(n.replaced, FALSE) AS replaced,
			COALESCE(n.open, FALSE) AS open, COALESCE(n.settled_at, 0) AS settled_at
		FROM events e LEFT JOIN entries n ON n.retailer_id = e.retailer_id AND n.event_id = e.event_id AND n.realm_id = $2
		WHERE e.retailer_id = $1 AND `+which+` ORDER BY e.event_id, n.settled_at, n.request_id`, p.values...)
	if err != nil {
		return nil, err
	}
	sent := make(map[ledger.EventID][]SentEntry, len(events))
	for _, row := range rows {
		if row.Entry == "" {
			sent[row.Event] = nil
			continue
		}
		entry, err := decodeEntry(row.Entry)
		if err != nil {
			return nil, fmt.Errorf("event %s: %w", row.Event, err)
		}
		sent[row.Event] = append(sent[row.Event], SentEntry{
			Entry: entry, Event: row.Event, Location: row.Location, QuickBooksID: row.QuickBooksID, Replaced: row.Replaced,
			Open: row.Open, SettledAt: fromMicros(row.SettledAt),
		})
	}
	return sent, nil
}
