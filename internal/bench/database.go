package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"
	"golang.org/x/sync/errgroup"
)

// database is the service's PostgreSQL, spoken to directly: to compare with it, and to fill it faster than the API could.
type database struct{ *sql.DB }

func openDatabase(dsn string) (*database, error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return &database{db}, nil
}

// recordedColumns are the columns that recording an event fills; the others have their defaults.
func recordedColumns() []string {
	return []string{
		"retailer_id", "recorded_by", "state", "recorded_at", "state_at", "due_at", "event_id", "revision", "number", "kind",
		"location_id", "occurred_at", "business_date", "currency", "amount", "content_hash", "content",
	}
}

// rowsOf reads the rows that a round of recording made, without their retailer.
func (db *database) rowsOf(ctx context.Context, round int) ([][]any, error) {
	columns := recordedColumns()[1:]
	found, err := db.QueryContext(ctx, `SELECT `+strings.Join(columns, ", ")+
		` FROM events WHERE retailer_id LIKE 'shop-%' AND event_id LIKE $1 ORDER BY retailer_id, event_id`, roundPrefix(round)+"-%")
	if err != nil {
		return nil, fmt.Errorf("read the recorded rows: %w", err)
	}
	defer found.Close() //nolint:errcheck // Err below tells
	var rows [][]any
	for found.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := found.Scan(into...); err != nil {
			return nil, fmt.Errorf("read a recorded row: %w", err)
		}
		rows = append(rows, row)
	}
	return rows, errors.Join(found.Err())
}

// copyRound copies rows for retailers that do not exist, and returns how long it took: in transactions of a batch each, by
// several sessions at once, or, for no session, in one statement of one session.
func (db *database) copyRound(ctx context.Context, rows [][]any, retailer string, sessions int) (time.Duration, error) {
	size := batch
	if sessions == 0 {
		sessions, size = 1, len(rows)
	}
	group, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	share := (len(rows) + sessions - 1) / sessions
	part := 0
	for mine := range slices.Chunk(rows, share) {
		name := fmt.Sprintf("%s-%d", retailer, part)
		part++
		group.Go(func() error {
			for some := range slices.Chunk(mine, size) {
				if err := db.copyRows(ctx, name, some); err != nil {
					return fmt.Errorf("copy %d rows: %w", len(some), err)
				}
			}
			return nil
		})
	}
	err := group.Wait()
	return time.Since(began), err
}

func (db *database) copyRows(ctx context.Context, retailer string, rows [][]any) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err //nolint:wrapcheck // wrapped by the caller
	}
	defer tx.Rollback()                                                                 //nolint:errcheck // nothing to do after a commit
	statement, err := tx.PrepareContext(ctx, pq.CopyIn("events", recordedColumns()...)) //nolint:staticcheck // COPY is the measure
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	for _, row := range rows {
		if _, err := statement.ExecContext(ctx, append([]any{retailer}, row...)...); err != nil {
			return err //nolint:wrapcheck // as above
		}
	}
	if _, err := statement.ExecContext(ctx); err != nil {
		return err //nolint:wrapcheck // as above
	}
	if err := statement.Close(); err != nil { //nolint:sqlclosecheck // it ends the COPY
		return err //nolint:wrapcheck // as above
	}
	return tx.Commit() //nolint:wrapcheck // as above
}

// multiply makes times as many events of those that a retailer has, as if its first weeks had gone on for years, and brings
// the counters up to date. What tells them apart are id, number and date; all else is a real event's.
func (db *database) multiply(ctx context.Context, retailer string, times int) error {
	columns, err := db.texts(ctx, `SELECT attname FROM pg_attribute WHERE attrelid = 'events'::regclass AND attnum > 0
		AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`)
	if err != nil {
		return err
	}
	values := make([]string, 0, len(columns))
	for _, column := range columns {
		switch column {
		case "event_id":
			column = `'h' || lpad(g.g::text, 5, '0') || e.event_id`
		case "number":
			column = `'h' || g.g || e.number`
		case "business_date":
			column = `to_char(date '2016-01-01' + (g.g * 3 + substr(e.business_date, 9)::int / 10), 'YYYY-MM-DD')`
		default:
			column = "e." + column
		}
		values = append(values, column)
	}
	insert := `INSERT INTO events (` + strings.Join(columns, ", ") + `) SELECT ` + strings.Join(values, ", ") +
		` FROM (SELECT $1::int AS g) AS g, (SELECT * FROM events WHERE retailer_id = $2 AND event_id < 'h' ORDER BY event_id) AS e`
	indexes, err := db.texts(ctx, `SELECT indexdef FROM pg_indexes WHERE tablename = 'events' AND indexname <> 'events_pkey'`)
	if err != nil {
		return err
	}
	// Without a log and with indexes made at the end it takes a third of the time; reading is the same.
	if err := db.execute(ctx, append(dropped(indexes), `ALTER TABLE events SET UNLOGGED`)...); err != nil {
		return err
	}
	const sessions = 2
	group, inGroup := errgroup.WithContext(ctx)
	group.SetLimit(sessions)
	for g := 1; g < times; g++ {
		group.Go(func() error {
			_, err := db.ExecContext(inGroup, insert, g, retailer)
			return err //nolint:wrapcheck // wrapped below
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("multiply the events: %w", err)
	}
	return db.execute(ctx, append(indexes,
		fmt.Sprintf(`UPDATE counters SET n = n * %d WHERE retailer_id = '%s'`, times, retailer), `ANALYZE events`, `CHECKPOINT`)...)
}

// dropped returns the statements that drop indexes, by the statements that make them.
func dropped(indexes []string) []string {
	statements := make([]string, 0, len(indexes))
	for _, index := range indexes {
		_, name, _ := strings.Cut(index, "INDEX ")
		name, _, _ = strings.Cut(name, " ON ")
		statements = append(statements, "DROP INDEX "+name)
	}
	return statements
}

func (db *database) execute(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// texts reads one column of text.
func (db *database) texts(ctx context.Context, query string) (values []string, err error) {
	found, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	defer found.Close() //nolint:errcheck // Err below tells
	for found.Next() {
		var value string
		if err := found.Scan(&value); err != nil {
			return nil, fmt.Errorf("%s: %w", query, err)
		}
		values = append(values, value)
	}
	return values, errors.Join(found.Err())
}
