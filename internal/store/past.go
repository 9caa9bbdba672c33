package store

import (
	"context"
	"fmt"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Past bounds the business dates of events that were recorded before sync was started, both included; empty: not bounded.
type Past struct{ From, To ledger.Date }

// PastCount counts past events of one kind.
type PastCount struct {
	Kind  ledger.Kind
	N     int64
	Total ledger.Amount
	// First and Last are the earliest and the latest business date.
	First, Last ledger.Date
}

// OpeningStock is the opening stock among past events: see ledger.IsOpeningStock.
type OpeningStock struct {
	Events []ledger.EventID
	Total  ledger.Amount
}

// PastEvents counts the events in NEVER_SYNCED of these dates, by kind, and finds the opening stock among them.
func (s *Store) PastEvents(
	ctx context.Context, r ledger.RetailerID, past Past,
) (counts []PastCount, stock OpeningStock, err error) {
	err = s.inRead(ctx, "count the past events", func(t *tx) error {
		if counts, err = t.countPast(ctx, r, past); err != nil {
			return err
		}
		stock, err = t.openingStock(ctx, r, past)
		return err
	})
	return counts, stock, err
}

// pastFilter is the condition that an event in NEVER_SYNCED lies in the dates.
func (past Past) filter(p *params) string {
	where := " WHERE retailer_id = $1 AND index_state = 1 AND reason = 0"
	if past.From != "" {
		where += " AND business_date >= " + p.add(past.From)
	}
	if past.To != "" {
		where += " AND business_date <= " + p.add(past.To)
	}
	return where
}

func (t *tx) countPast(ctx context.Context, r ledger.RetailerID, past Past) ([]PastCount, error) {
	p := params{values: []any{r}}
	var rows []struct {
		Kind  ledger.Kind   `db:"kind"`
		N     int64         `db:"n"`
		Total ledger.Amount `db:"total"`
		First ledger.Date   `db:"first_date"`
		Last  ledger.Date   `db:"last_date"`
	}
	err := t.list(ctx, &rows, `SELECT kind, COUNT(*) AS n, CAST(SUM(amount) AS BIGINT) AS total,
			MIN(business_date) AS first_date, MAX(business_date) AS last_date
		FROM events`+past.filter(&p)+` GROUP BY kind ORDER BY kind`, p.values...)
	counts := make([]PastCount, 0, len(rows))
	for _, row := range rows {
		counts = append(counts, PastCount(row))
	}
	return counts, err
}

// openingStock looks into every adjustment of stock, which are few beside the sales.
func (t *tx) openingStock(ctx context.Context, r ledger.RetailerID, past Past) (OpeningStock, error) {
	p := params{values: []any{r}}
	where := past.filter(&p) + " AND kind = " + p.add(ledger.KindInventoryAdjustment)
	var contents [][]byte
	if err := t.list(ctx, &contents, `SELECT content FROM events`+where+` ORDER BY event_id`, p.values...); err != nil {
		return OpeningStock{}, err
	}
	var stock OpeningStock
	for _, content := range contents {
		ev, err := ledger.Decode(content)
		if err != nil {
			return OpeningStock{}, fmt.Errorf("an event as stored: %w", err)
		}
		if !ev.Voided && ledger.IsOpeningStock(ev.Detail) {
			stock.Events, stock.Total = append(stock.Events, ev.ID), stock.Total+ev.Detail.Total()
		}
	}
	return stock, nil
}
