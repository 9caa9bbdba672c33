package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// TestClearingOfManyEntries: what is beyond the limit is left out by whole days, and it is said from when on.
func TestClearingOfManyEntries(t *testing.T) {
	t.Parallel()
	for name, url := range urls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := url(t)
			s := open(t, address)
			fill(t, s)
			if err := s.SaveConnection(t.Context(), "acme", store.NewConnection{Realm: "1", Now: time.Unix(1, 0)}); err != nil {
				t.Fatal(err)
			}
			execute(t, address, `INSERT INTO requests (retailer_id, request_id, realm_id, kind, body, open, created_at, last_sent_at,
				sends, due_at) VALUES ('acme', 'q', '1', 2, $1, FALSE, 1, 1, 1, 1)`, []byte{})
			execute(t, address, `INSERT INTO entries (retailer_id, event_id, request_id, position, batch_item, entry, open,
					outcome, quickbooks_id, realm_id, txn_date, currency, debits, clearing)
				SELECT retailer_id, event_id, 'q', 1, 'b', '{}', FALSE, 1, event_id, '1', business_date, 'USD', 5,
					'[{"a":"9","r":1,"t":"Visa","n":2},{"a":"9","r":14,"n":-1}]'
				FROM events WHERE business_date >= '2026-11-25'`)
			// What stands in a company that was left, in an account that happens to have the same id, counts for nothing.
			execute(t, address, `INSERT INTO requests SELECT retailer_id, 'f', '2', kind, body, open, created_at, last_sent_at, sends, due_at, fence
				FROM requests`)
			execute(t, address, `INSERT INTO entries (retailer_id, event_id, request_id, position, batch_item, entry, open,
					outcome, quickbooks_id, realm_id, txn_date, currency, debits, clearing)
				SELECT retailer_id, event_id, 'f', 1, 'b', entry, open, outcome, quickbooks_id, '2', txn_date, currency, debits, clearing
				FROM entries`)
			perDay := ledger.Amount(len(lines(t, address, `SELECT event_id FROM events WHERE business_date = '2026-11-26'`)))
			balances := func(days ledger.Amount, oldest ledger.Date) []store.ClearingBalance {
				return []store.ClearingBalance{
					{Account: "9", Currency: "USD", Tender: "Cash", Balance: -days * perDay, LastCleared: "2026-11-28"},
					{Account: "9", Currency: "USD", Tender: "Visa", Balance: 2 * days * perDay, Oldest: oldest},
				}
			}
			for _, test := range []struct {
				limit  int
				since  ledger.Date
				days   ledger.Amount
				oldest ledger.Date
			}{
				{int(3*perDay) - 1, "2026-11-27", 2, "2026-11-27"},
				{int(3 * perDay), "2026-11-26", 3, "2026-11-26"},
				{int(4 * perDay), "", 4, "2026-11-25"},
			} {
				have, since, err := s.ClearingBalancesOf(t.Context(), "acme", test.limit)
				if diff := cmp.Diff(balances(test.days, test.oldest), have); err != nil || since != test.since || diff != "" {
					t.Errorf("limit %d: since %q, want %q, %v (-want +got):\n%s", test.limit, since, test.since, err, diff)
				}
			}
		})
	}
}
