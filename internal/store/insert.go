package store

import (
	"context"

	"github.com/lib/pq"

	"github.com/tillpost/tillpost/internal/ledger"
)

// insertEvents inserts the events that are not there yet and returns their ids. The two databases are fed differently,
// because speed counts here: PostgreSQL with one statement whose parameters are arrays, SQLite with a prepared one that is
// run per event.
func (t *tx) insertEvents(ctx context.Context, c recording, events []*NewEvent) (map[ledger.EventID]bool, error) {
	if len(events) == 0 {
		return map[ledger.EventID]bool{}, nil
	}
	if t.name == DialectPostgres {
		return t.insertArrays(ctx, c, events)
	}
	return t.insertPrepared(ctx, c, events)
}

const insertEventsHead = `INSERT INTO events (retailer_id, recorded_by, state, recorded_at, state_at, due_at, event_id, revision,
	number, kind, location_id, occurred_at, business_date, currency, amount, content_hash, content) `

const insertEventsTail = ` ON CONFLICT (retailer_id, event_id) DO NOTHING`

// columnsOf are the events by column.
type columnsOf struct {
	ids, numbers, locations, dates, currencies []string
	revisions, kinds, occurred, amounts        []int64
	hashes, contents                           [][]byte
}

func (t *tx) insertArrays(ctx context.Context, c recording, events []*NewEvent) (map[ledger.EventID]bool, error) {
	var cols columnsOf
	for _, e := range events {
		ev := &e.Event
		cols.ids = append(cols.ids, string(ev.ID))
		cols.numbers = append(cols.numbers, ev.Number)
		cols.locations = append(cols.locations, string(ev.Location))
		cols.dates = append(cols.dates, string(ev.BusinessDate))
		cols.currencies = append(cols.currencies, string(ev.Currency))
		cols.revisions = append(cols.revisions, int64(ev.Revision))
		cols.kinds = append(cols.kinds, int64(ev.Detail.Kind()))
		cols.occurred = append(cols.occurred, micros(ev.OccurredAt))
		cols.amounts = append(cols.amounts, int64(ev.Detail.Total()))
		cols.hashes = append(cols.hashes, e.Hash[:])
		cols.contents = append(cols.contents, e.Content)
	}
	var ids []ledger.EventID
	err := t.list(ctx, &ids, insertEventsHead+`
		SELECT $1, $2, $3, $4, $4, $5, u.event_id, u.revision, u.number, u.kind, u.location_id, u.occurred_at,
			u.business_date, u.currency, u.amount, u.content_hash, u.content
		FROM unnest($6::text[], $7::int[], $8::text[], $9::smallint[], $10::text[], $11::bigint[], $12::text[],
			$13::text[], $14::bigint[], $15::bytea[], $16::bytea[])
			AS u(event_id, revision, number, kind, location_id, occurred_at, business_date, currency, amount,
				content_hash, content)`+insertEventsTail+` RETURNING event_id`,
		c.retailer, c.actor, c.state, c.now, c.due(),
		textArray(cols.ids), pq.Int64Array(cols.revisions), textArray(cols.numbers),
		pq.Int64Array(cols.kinds), textArray(cols.locations), pq.Int64Array(cols.occurred),
		textArray(cols.dates), textArray(cols.currencies), pq.Int64Array(cols.amounts),
		pq.ByteaArray(cols.hashes), pq.ByteaArray(cols.contents))
	accepted := make(map[ledger.EventID]bool, len(ids))
	for _, id := range ids {
		accepted[id] = true
	}
	return accepted, err
}

func (t *tx) insertPrepared(ctx context.Context, c recording, events []*NewEvent) (map[ledger.EventID]bool, error) {
	insert, err := t.PrepareContext(ctx, insertEventsHead+
		`VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`+insertEventsTail)
	if err != nil {
		return nil, err //nolint:wrapcheck // wrapped by inTx with what was done
	}
	defer insert.Close() //nolint:errcheck // the transaction's end frees it anyway
	accepted := make(map[ledger.EventID]bool, len(events))
	for _, e := range events {
		ev := &e.Event
		result, err := insert.ExecContext(ctx, string(c.retailer), c.actor, int64(c.state), c.now, c.due(), string(ev.ID),
			int64(ev.Revision), ev.Number, int64(ev.Detail.Kind()), string(ev.Location), micros(ev.OccurredAt),
			string(ev.BusinessDate), string(ev.Currency), int64(ev.Detail.Total()), e.Hash[:], e.Content)
		if err != nil {
			return nil, err //nolint:wrapcheck // as above
		}
		n, err := result.RowsAffected()
		if err != nil {
			return nil, err //nolint:wrapcheck // as above
		}
		if n > 0 {
			accepted[ev.ID] = true
		}
	}
	return accepted, nil
}

// due is when the events may be posted: at once, unless they are not to be.
func (c recording) due() int64 {
	if c.state == ledger.StatePending {
		return c.now
	}
	return 0
}
