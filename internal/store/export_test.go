package store

import (
	"context"
	"strings"

	"github.com/tillpost/tillpost/internal/ledger"
)

// ExplainList returns how the database answers ListEvents, with scans of whole tables forbidden where it would prefer one
// only because a test has few rows.
func (s *Store) ExplainList(ctx context.Context, r ledger.RetailerID, q EventQuery) (string, error) {
	query, args, err := listQuery(r, q)
	if err != nil {
		return "", err
	}
	return s.explain(ctx, query, args...)
}

// Statements are the statements that must stay fast however many events there are, by name.
func Statements() map[string]string {
	return map[string]string{
		"pending": `SELECT content FROM events WHERE retailer_id = $1 AND state IN (2, 3) AND state = 2 AND due_at <= $2
			ORDER BY recorded_at, event_id LIMIT 30`,
		"oldest": `SELECT recorded_at FROM events WHERE retailer_id = $1 AND state IN (2, 3) AND recorded_at < $2
			ORDER BY recorded_at LIMIT 1`,
		"event": `SELECT content FROM events WHERE retailer_id = $1 AND event_id > $2 AND event_id = '1'`,
	}
}

// Explain returns how the database answers a statement with a retailer and a number.
func (s *Store) Explain(ctx context.Context, query string, r ledger.RetailerID, n int) (string, error) {
	return s.explain(ctx, query, r, n)
}

func (s *Store) explain(ctx context.Context, query string, args ...any) (string, error) {
	var out strings.Builder
	err := s.inRead(ctx, "explain", func(t *tx) error {
		explain := "EXPLAIN QUERY PLAN "
		if t.name == DialectPostgres {
			explain = "EXPLAIN "
			if _, err := t.exec(ctx, `SET LOCAL enable_seqscan = off`); err != nil {
				return err
			}
		}
		rows, err := t.QueryxContext(ctx, explain+query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			line, err := rows.SliceScan()
			if err != nil {
				return err
			}
			switch text := line[len(line)-1].(type) {
			case string:
				out.WriteString(text + "\n")
			case []byte:
				out.WriteString(string(text) + "\n")
			}
		}
		return rows.Err()
	})
	return out.String(), err
}
