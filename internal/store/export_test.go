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

// ClearingBalancesOf is ClearingBalances over the newest entries only.
func (s *Store) ClearingBalancesOf(
	ctx context.Context, r ledger.RetailerID, limit int,
) ([]ClearingBalance, ledger.Date, error) {
	return s.clearingBalances(ctx, r, limit)
}

// Statement is a statement that must stay fast however many events there are, with the index that it must use.
type Statement struct {
	Name, Query, Index string
	Args               []any
}

// Statements are those of the engine and of Status.
func Statements() []Statement {
	return []Statement{
		{"pending", selectPending, "events_unsynced", []any{"acme", 2_000_000, 30, true}},
		{"pending without backlog", selectPending, "events_unsynced", []any{"acme", 2_000_000, 30, false}},
		{"due", selectDue, "events_unsynced", []any{"acme", 2_000_000, true}},
		{"later", selectLater, "events_unsynced", []any{"acme", true}},
		{"past", selectPast, "events_by_state", []any{"acme", "2026-11-01", "2026-11-30", "2026-11-02", "e-5", "9999-99-99", "", 500}},
		{"oldest", selectOldest, "events_unsynced", []any{"acme", false}},
		{"states of days", selectStateFigures, "events_by_date", []any{"acme", "2026-11-03", "2026-11-04", ""}},
		{"entries of days", selectEntryFigures, "entries_by_date", []any{"acme", "2026-11-03", "2026-11-04", "store-1"}},
		{"booking times", selectBookingTimes, "events_by_date", []any{"acme", "2026-11-03", "2026-11-04", ""}},
		{"entries of a day", selectStanding, "entries_by_date", []any{"acme", "2026-11-03", "1", "e-5", "q", 100}},
		{"entries of a request", "SELECT event_id" + fromOpenEntries + "request_id = $2", "entries_by_request", []any{"acme", "q"}},
		{"clearing", selectClearing, "entries_by_date", []any{"acme", 10}},
		{"claim", claimable, "work_due", []any{1}},
		{"sent", selectSent, "requests_sent", []any{"acme", "1", 1_900, -1}},
	}
}

// Explain returns how the database answers a statement.
func (s *Store) Explain(ctx context.Context, query string, args ...any) (string, error) {
	return s.explain(ctx, query, args...)
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

// TextArray is a parameter of type text[].
type TextArray = textArray
