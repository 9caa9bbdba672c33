package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// OverviewQuery chooses the events and entries of an overview.
type OverviewQuery struct {
	// From and To bound the days, both included.
	From, To ledger.Date
	// Location keeps one; empty: all.
	Location ledger.LocationID
}

// Overview is what events say and what was posted, per day, location and currency, all as of one moment.
type Overview struct {
	// Rows are per day, location and currency, newest day first, then by location and currency.
	Rows []Figures
	// Days are per day and currency, oldest first; Totals per currency.
	Days, Totals []Figures
}

// FiguresKey says what figures are of. Date and Location are empty where they are of all.
type FiguresKey struct {
	Date     ledger.Date       `db:"day"`
	Location ledger.LocationID `db:"location_id"`
	Currency ledger.Currency   `db:"currency"`
}

// Figures are of events by their business date, and of the entries that stand in QuickBooks by their TxnDate.
type Figures struct {
	FiguresKey

	// States has the states that have events, by their numbers.
	States []StateFigures
	// Posted are the entries that stand.
	Posted EntryFigures
	// Booking is how long it took.
	Booking BookingTime
}

// StateFigures are of the events in one state.
type StateFigures struct {
	State ledger.State
	N     int64
	// Amount is the sum of the documents' totals.
	Amount ledger.Amount
}

// EntryFigures are of entries: how many, and the sum of their debits.
type EntryFigures struct {
	N      int64         `db:"n"`
	Debits ledger.Amount `db:"debits"`
}

// BookingTime is how long N events took from being recorded to being booked: half of them no longer than Median, nineteen of
// twenty no longer than P95. Past events that a backfill posted are left out.
type BookingTime struct {
	N           int64
	Median, P95 time.Duration
}

// The statements of Overview. The last parameter is the location, empty for all.
const (
	selectStateFigures = `SELECT business_date AS day, location_id, currency, state, COUNT(*) AS n,
			CAST(SUM(amount) AS BIGINT) AS amount
		FROM events WHERE retailer_id = $1 AND business_date >= $2 AND business_date <= $3 AND ($4 = '' OR location_id = $4)
		GROUP BY business_date, location_id, currency, state`
	selectEntryFigures = `SELECT txn_date AS day, location_id, currency, COUNT(*) AS n, CAST(SUM(debits) AS BIGINT) AS debits
		FROM entries WHERE retailer_id = $1 AND quickbooks_id <> '' AND NOT replaced AND txn_date >= $2 AND txn_date <= $3
			AND ($4 = '' OR location_id = $4)
		GROUP BY txn_date, location_id, currency`
	// Of all, of each day, and of each day and location: exact ranks, since medians cannot be added up.
	selectBookingTimes = `WITH took AS (
			SELECT business_date AS day, location_id, currency,
				synced_at - CASE WHEN revised_at <> 0 THEN revised_at ELSE recorded_at END AS took
			FROM events WHERE retailer_id = $1 AND business_date >= $2 AND business_date <= $3
				AND ($4 = '' OR location_id = $4) AND state = 4 AND backfill <= 0
				AND synced_at >= CASE WHEN revised_at <> 0 THEN revised_at ELSE recorded_at END
		), ranked AS (
			SELECT day, location_id, currency, took,
				ROW_NUMBER() OVER (PARTITION BY day, location_id, currency ORDER BY took) AS place,
				COUNT(*) OVER (PARTITION BY day, location_id, currency) AS n
			FROM took
			UNION ALL SELECT day, '', currency, took, ROW_NUMBER() OVER (PARTITION BY day, currency ORDER BY took),
				COUNT(*) OVER (PARTITION BY day, currency) FROM took
			UNION ALL SELECT '', '', currency, took, ROW_NUMBER() OVER (PARTITION BY currency ORDER BY took),
				COUNT(*) OVER (PARTITION BY currency) FROM took
		)
		SELECT day, location_id, currency, MAX(n) AS n, MIN(CASE WHEN place * 2 >= n THEN took END) AS median,
			MIN(CASE WHEN place * 20 >= n * 19 THEN took END) AS p95
		FROM ranked GROUP BY day, location_id, currency`
)

// Overview adds up the events and entries of some days. It walks over those days only, whatever else there is.
func (s *Store) Overview(ctx context.Context, r ledger.RetailerID, q OverviewQuery) (Overview, error) {
	sheet := overviewSheet{}
	err := s.inRead(ctx, "read the overview", func(t *tx) error {
		sheet = overviewSheet{}
		args := []any{r, q.From, q.To, q.Location}
		if err := t.stateFigures(ctx, sheet, args); err != nil {
			return err
		}
		if err := t.entryFigures(ctx, sheet, args); err != nil {
			return err
		}
		return t.bookingTimes(ctx, sheet, args)
	})
	if err != nil {
		return Overview{}, err
	}
	return sheet.overview(), nil
}

// overviewSheet collects figures by what they are of.
type overviewSheet map[FiguresKey]*Figures

func (s overviewSheet) at(key FiguresKey) *Figures {
	figures := s[key]
	if figures == nil {
		figures = &Figures{FiguresKey: key}
		s[key] = figures
	}
	return figures
}

// each calls a function with the figures that a row counts in: its own, its day's and the total.
func (s overviewSheet) each(key FiguresKey, add func(*Figures)) {
	add(s.at(key))
	add(s.at(FiguresKey{Date: key.Date, Currency: key.Currency}))
	add(s.at(FiguresKey{Currency: key.Currency}))
}

func (t *tx) stateFigures(ctx context.Context, sheet overviewSheet, args []any) error {
	var rows []struct {
		FiguresKey

		State  ledger.State  `db:"state"`
		N      int64         `db:"n"`
		Amount ledger.Amount `db:"amount"`
	}
	if err := t.list(ctx, &rows, selectStateFigures, args...); err != nil {
		return err
	}
	for _, row := range rows {
		sheet.each(row.FiguresKey, func(f *Figures) {
			at := slices.IndexFunc(f.States, func(s StateFigures) bool { return s.State == row.State })
			if at < 0 {
				at = len(f.States)
				f.States = append(f.States, StateFigures{State: row.State})
			}
			f.States[at].N += row.N
			f.States[at].Amount += row.Amount
		})
	}
	return nil
}

func (t *tx) entryFigures(ctx context.Context, sheet overviewSheet, args []any) error {
	var rows []struct {
		FiguresKey
		EntryFigures
	}
	if err := t.list(ctx, &rows, selectEntryFigures, args...); err != nil {
		return err
	}
	for _, row := range rows {
		sheet.each(row.FiguresKey, func(f *Figures) {
			f.Posted.N += row.N
			f.Posted.Debits += row.Debits
		})
	}
	return nil
}

func (t *tx) bookingTimes(ctx context.Context, sheet overviewSheet, args []any) error {
	var rows []struct {
		FiguresKey

		N      int64 `db:"n"`
		Median int64 `db:"median"`
		P95    int64 `db:"p95"`
	}
	if err := t.list(ctx, &rows, selectBookingTimes, args...); err != nil {
		return err
	}
	for _, row := range rows {
		sheet.at(row.FiguresKey).Booking = BookingTime{
			N: row.N, Median: time.Duration(row.Median) * time.Microsecond, P95: time.Duration(row.P95) * time.Microsecond,
		}
	}
	return nil
}

// overview puts the figures in order.
func (s overviewSheet) overview() Overview {
	var out Overview
	for key, figures := range s {
		slices.SortFunc(figures.States, func(a, b StateFigures) int { return cmp.Compare(a.State, b.State) })
		switch {
		case key.Location != "":
			out.Rows = append(out.Rows, *figures)
		case key.Date != "":
			out.Days = append(out.Days, *figures)
		default:
			out.Totals = append(out.Totals, *figures)
		}
	}
	slices.SortFunc(out.Rows, func(a, b Figures) int {
		return cmp.Or(cmp.Compare(b.Date, a.Date), cmp.Compare(a.Location, b.Location), cmp.Compare(a.Currency, b.Currency))
	})
	byDay := func(a, b Figures) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Currency, b.Currency))
	}
	slices.SortFunc(out.Days, byDay)
	slices.SortFunc(out.Totals, byDay)
	return out
}
