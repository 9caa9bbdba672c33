package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// TestPlansUseIndexes asks both databases how they answer what is asked all the time: from an index each time, and the
// lists without sorting anything but a page.
func TestPlansUseIndexes(t *testing.T) {
	t.Parallel()
	for name, url := range urls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := url(t)
			s := open(t, address)
			fill(t, s)
			execute(t, address, `UPDATE events SET state = 1 + CAST(SUBSTR(event_id, 3) AS INTEGER) % 7`)
			execute(t, address, `UPDATE events SET reason = 1 + CAST(SUBSTR(event_id, 3) AS INTEGER) % 12 WHERE state = 5`)
			execute(t, address, `INSERT INTO requests (retailer_id, request_id, realm_id, kind, body, open, created_at, last_sent_at,
				sends, due_at) VALUES ('acme', 'q', '1', 2, $1, FALSE, 1, 1, 1, 1)`, []byte{})
			execute(t, address, `INSERT INTO requests (retailer_id, request_id, realm_id, kind, body, open, created_at, last_sent_at,
					sends, due_at)
				SELECT retailer_id, event_id, '1', 1, $1, FALSE, 1, CAST(SUBSTR(event_id, 3) AS INTEGER), 1, 1 FROM events`, []byte{})
			execute(t, address, `INSERT INTO attempts (retailer_id, request_id, seq, at, outcome, http_status, code, message, intuit_tid)
				SELECT retailer_id, request_id, 1, last_sent_at, 1, 200, '', '', '' FROM requests`)
			execute(t, address, `INSERT INTO entries (retailer_id, event_id, request_id, position, batch_item, entry, open,
					outcome, quickbooks_id, realm_id, txn_date, debits, clearing)
				SELECT retailer_id, event_id, 'q', 1, 'b', '{}', FALSE, 1, event_id, '1', business_date, 5, '[]' FROM events`)
			if s.Dialect() == store.DialectPostgres {
				execute(t, address, `ANALYZE`) // as the server does by itself; SQLite has been told what to expect
			}
			for _, statement := range store.Statements() {
				plan, err := s.Explain(t.Context(), statement.Query, statement.Args...)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(plan, statement.Index) || wholeTable(plan) {
					t.Errorf("%s does not use %s:\n%s", statement.Name, statement.Index, plan)
				}
			}
			for index, queries := range listQueries() {
				for _, q := range queries {
					plan, err := s.ExplainList(t.Context(), "acme", q)
					if err != nil {
						t.Fatal(err)
					}
					if !strings.Contains(plan, index) || wholeTable(plan) {
						t.Errorf("%+v does not use %s:\n%s", q, index, plan)
					}
				}
			}
		})
	}
}

// listQueries are queries for ListEvents by the index that must serve them.
func listQueries() map[string][]store.EventQuery {
	const after = "2026-11-20\x00e"
	return map[string][]store.EventQuery{
		"events_by_date": {
			{Limit: 10},
			{Limit: 10, After: after},
			{Limit: 10, From: "2026-11-01", To: "2026-11-30"},
			{Limit: 10, Kind: ledger.KindPayout, After: after},
			{Limit: 10, Location: "store-9", From: "2026-11-01"},
		},
		"events_by_state": {
			{Limit: 10, State: ledger.StateSynced},
			{Limit: 10, State: ledger.StatePending, After: after},
			{Limit: 10, State: ledger.StateActionRequired},
			{Limit: 10, Reason: ledger.ReasonUnmapped},
			{Limit: 10, State: ledger.StateActionRequired, Kind: ledger.KindSale, After: after},
			{Limit: 10, States: []ledger.State{ledger.StateSynced, ledger.StateActionRequired}, After: after},
			{Limit: 10, State: ledger.StateSkipped, Location: "store-9", To: "2026-11-30"},
		},
		"entries_": { // one of the two that have the open ones only
			{Limit: 10, State: ledger.StateProcessing},
			{Limit: 10, State: ledger.StateProcessing, Location: "store-9", After: after},
		},
		"events_by_number": {{Limit: 10, Number: "T-1"}, {Limit: 10, Number: "T-1", State: ledger.StateSynced, After: after}, {Limit: 10, Search: "T-1"}},
	}
}

// wholeTable tells whether a plan reads all of a table that grows.
func wholeTable(plan string) bool {
	return slices.ContainsFunc([]string{"events", "work", "requests", "attempts"}, func(table string) bool {
		return strings.Contains(plan, "SCAN "+table+"\n") || strings.Contains(plan, "SCAN "+table+" ") ||
			strings.Contains(plan, "Seq Scan on "+table)
	})
}

// fill records events on several days.
func fill(t *testing.T, s *store.Store) {
	t.Helper()
	var events []store.NewEvent
	for i := range 2000 {
		ev := ledger.Event{
			ID: ledger.EventID(fmt.Sprintf("e-%d", i)), Number: fmt.Sprintf("T-%d", i), Revision: 1, Location: "store-1",
			OccurredAt: time.Unix(0, 0).UTC(), BusinessDate: ledger.Date(fmt.Sprintf("2026-11-%02d", 1+i%28)), Currency: "USD",
			Detail: &ledger.TillCount{},
		}
		content, err := ledger.Encode(ev)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, store.NewEvent{Event: ev, Content: content, Hash: ledger.HashOf(content)})
	}
	if _, err := s.RecordEvents(t.Context(), "acme", "test", events, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
}
