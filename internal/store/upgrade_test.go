package store_test

import (
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// TestUpgrade migrates a database of the first release with a posted event, one under way, mappings and a chart. In both
// databases the first release writes them as below.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	for name, url := range urls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := url(t)
			firstRelease(t, name, address)
			s := openOnly(t, address)
			if have, want, err := s.SchemaVersion(t.Context()); err != nil || have != 1 || want != 9 {
				t.Fatalf("version %d of %d, %v", have, want, err)
			}
			applied, err := s.Migrate(t.Context())
			if diff := cmp.Diff(everyMigration()[1:], applied); err != nil || diff != "" {
				t.Fatalf("migrate: %v\n%s", err, diff)
			}
			upgradedMappings(t, s)
			upgradedEvents(t, s)
			goesOn(t, s)
		})
	}
}

// migrateTo brings a database to an earlier version.
func migrateTo(t *testing.T, dialect, address string, version int64) {
	t.Helper()
	kinds := map[string]goose.Dialect{"sqlite": goose.DialectSQLite3, "postgres": goose.DialectPostgres}
	provider, err := goose.NewProvider(kinds[dialect], raw(t, address), os.DirFS("migrations/"+dialect),
		goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
}

// TestUpgradeBacklog migrates a database with past events that were all released at once, as was done before backfills: they
// become one that runs while something of it is to be posted.
func TestUpgradeBacklog(t *testing.T) {
	t.Parallel()
	for name, url := range urls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := url(t)
			firstRelease(t, name, address)
			migrateTo(t, name, address, 2)
			execute(t, address, `UPDATE events SET backlog = TRUE WHERE event_id <> 'seventh'`)
			execute(t, address, `INSERT INTO retailers (retailer_id, created_at, first_started_at) VALUES ('done', 1, 1)`)
			execute(t, address, `INSERT INTO work (retailer_id, due_at) VALUES ('done', 5)`)
			execute(t, address, `INSERT INTO events (retailer_id, event_id, occurred_at, amount, recorded_at, state_at, due_at,
					revision, kind, state, number, location_id, business_date, currency, recorded_by, content_hash, content, backlog)
				SELECT 'done', event_id, occurred_at, amount, recorded_at, 9, 0, revision, kind, 4, number, location_id,
					business_date, currency, recorded_by, content_hash, content, TRUE FROM events WHERE event_id = 'synced'`)
			execute(t, address, `INSERT INTO counters (retailer_id, kind, state, reason, n) VALUES ('done', 9, 4, 0, 1)`)
			s := openOnly(t, address)
			if _, err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			for retailer, want := range map[ledger.RetailerID]store.Backfill{
				"acme": {
					ID: 1, State: store.BackfillRunning, StartedAt: time.UnixMicro(1).UTC(),
					Progress: store.Progress{Pending: 2, Booked: 1}, Pace: []store.PaceSpan{},
				},
				"done": {
					ID: 1, State: store.BackfillDone, StartedAt: time.UnixMicro(9).UTC(), EndedAt: time.UnixMicro(9).UTC(),
					Progress: store.Progress{Booked: 1},
				},
			} {
				b, err := s.Backfill(t.Context(), retailer, 1)
				if diff := cmp.Diff(want, b); err != nil || diff != "" {
					t.Errorf("%s: %v (-want +got):\n%s", retailer, err, diff)
				}
				if differences, err := s.Audit(t.Context(), retailer); err != nil || len(differences) > 0 {
					t.Errorf("audit of %s: %q, %v", retailer, differences, err)
				}
			}
		})
	}
}

// TestUpgradeEntries migrates a database whose entries carry nothing beside themselves: it is worked out from them.
func TestUpgradeEntries(t *testing.T) {
	t.Parallel()
	for name, url := range urls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := url(t)
			firstRelease(t, name, address)
			migrateTo(t, name, address, 3)
			execute(t, address, `UPDATE entries SET entry = $1 WHERE event_id = 'seventh'`, `{"txn_date":"2026-11-01","lines":[
				{"side":1,"amount":500,"account":"9","slots":[{"role":1,"key":"Visa","amount":700},{"role":1,"key":"Amex","amount":-200}]},
				{"side":1,"amount":40,"account":"8","slots":[{"role":14}]},
				{"side":2,"amount":540,"account":"7","slots":[{"role":3,"key":"Shoes","amount":-540}]}]}`)
			execute(t, address, `UPDATE entries SET entry = $1 WHERE event_id = 'sent'`,
				`{"txn_date":"2026-11-02","lines":[{"side":2,"amount":5,"account":"7","slots":null}]}`)
			if _, err := openOnly(t, address).Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			compact := `REPLACE(clearing, ' ', '')`
			have := lines(t, address, `SELECT event_id || ' ' || txn_date || ' ' || location_id || currency || ' ' || debits || ' ' || `+compact+` FROM entries`)
			want := []string{
				`sent 2026-11-02 store-1USD 0`, `seventh 2026-11-01 store-1USD 540 [{"a":"9","r":1,"t":"Visa","n":700},` +
					`{"a":"9","r":1,"t":"Amex","n":-200},{"a":"8","r":14,"t":null,"n":40}]`, `synced  store-1USD 0`, `synced  store-1USD 0`,
			}
			if diff := cmp.Diff(want, have); diff != "" {
				t.Errorf("entries (-want +got):\n%s", diff)
			}
		})
	}
}

// firstRelease makes a database at version 1 and fills it.
func firstRelease(t *testing.T, dialect, address string) {
	t.Helper()
	migrateTo(t, dialect, address, 1)
	execute(t, address, `INSERT INTO retailers (retailer_id, created_at, first_started_at) VALUES ('acme', 1, 1), ('other', 1, 1)`)
	execute(t, address, `INSERT INTO work (retailer_id, connected, sync_started, due_at) VALUES
		('acme', TRUE, TRUE, 5), ('other', FALSE, TRUE, 9223372036854775807)`)
	execute(t, address, `INSERT INTO connections (retailer_id, state, environment, realm_id, company_name, home_currency,
			multicurrency, book_close_date, connected_by, connected_at, access_sealed, access_expires_at, refresh_sealed,
			refresh_expires_at, refresh_hard_expires_at, token_version)
		VALUES ('acme', 2, 'simulator', '1', 'Acme', 'USD', FALSE, '', 'x', 1, $1, 1, $1, 1, 1, 1)`, []byte{})
	for _, retailer := range []string{"acme", "other"} {
		execute(t, address, `INSERT INTO accounts (retailer_id, account_id, realm_id, name, full_name,
				search_name, number, type, sub_type, parent_id, active, currency, deleted_at, imported_at)
			VALUES ($1, '1', '1', 'Checking', 'Checking', 'checking', '', 1, '', '', TRUE, 'USD', 0, 1),
				($1, '2', '1', 'Sales', 'Sales', 'sales', '', 11, '', '', TRUE, 'USD', 0, 1)`, retailer)
	}
	execute(t, address, `INSERT INTO mappings (retailer_id, role, map_key, location_id, account_id, updated_at, updated_by)
		VALUES ('acme', 3, '', '', '2', 30, 'late'), ('acme', 1, 'Visa', 'store-1', '1', 10, 'early'),
			('acme', 1, 'Amex', '', '1', 30, 'late'), ('other', 1, 'Visa', '', '2', 5, 'x')`)
	for _, ev := range []struct {
		id, state, quickBooksID string
		revision                int32
	}{{"synced", "4", "77", 1}, {"seventh", "4", "78", 7}, {"sent", "3", "", 7}, {"pending", "2", "", 1}} {
		addFirstEvent(t, address, ev.id, ev.state, ev.quickBooksID, ev.revision)
	}
	execute(t, address, `INSERT INTO counters (retailer_id, kind, state, reason, n)
		VALUES ('acme', 9, 4, 0, 2), ('acme', 9, 3, 0, 1), ('acme', 9, 2, 0, 1)`)
	execute(t, address, `INSERT INTO requests (retailer_id, request_id, realm_id, kind, body, open, created_at, last_sent_at,
			sends, due_at)
		VALUES ('acme', 'q1', '1', 1, $1, FALSE, 1, 1, 1, 1), ('acme', 'q2', '1', 2, $1, TRUE, 2, 2, 1, 2)`, []byte{})
	execute(t, address, `INSERT INTO entries (retailer_id, event_id, request_id, position, batch_item, entry, open, outcome,
			settled_at, settled_by)
		VALUES ('acme', 'synced', 'q1', 0, '', '{"doc_number":"refused"}', FALSE, 2, 1, 1),
			('acme', 'synced', 'q2', 0, 'a', '{"doc_number":"T-synced"}', FALSE, 1, 2, 1),
			('acme', 'seventh', 'q2', 1, 'b', '{"doc_number":"T-seventh"}', FALSE, 1, 2, 1),
			('acme', 'sent', 'q2', 2, 'c', '{"doc_number":"T-sent"}', TRUE, 3, 0, 0)`)
}

// firstEvent is an event of the first release.
func firstEvent(id string, revision int32) ledger.Event {
	return ledger.Event{
		ID: ledger.EventID(id), Number: "T-" + id, Revision: revision, Location: "store-1", OccurredAt: time.UnixMicro(1).UTC(),
		BusinessDate: "2026-11-01", Currency: "USD", Detail: &ledger.TillCount{Expected: 5},
	}
}

func addFirstEvent(t *testing.T, address, id, state, quickBooksID string, revision int32) {
	t.Helper()
	ev := firstEvent(id, revision)
	content, err := ledger.Encode(ev)
	if err != nil {
		t.Fatal(err)
	}
	hash := ledger.HashOf(content)
	execute(t, address, `INSERT INTO events (retailer_id, event_id, occurred_at, amount,
			recorded_at, state_at, due_at, synced_at, revision, kind, state, number, location_id, business_date, currency,
			recorded_by, realm_id, quickbooks_id, sync_token, content_hash, content)
		VALUES ('acme', $1, 1, 5, 1, 1, 1, 0, $2, 9, $3, $4, 'store-1', '2026-11-01', 'USD', 'till', '1', $5, $6, $7, $8)`,
		id, revision, state, ev.Number, quickBooksID, quickBooksID[:min(1, len(quickBooksID))], hash[:], content)
}

// upgradedMappings: every mapping applies to all dates, in the order in which they were made.
func upgradedMappings(t *testing.T, s *store.Store) {
	t.Helper()
	changes, _, err := s.ListMappingChanges(t.Context(), "acme", store.MappingChangeQuery{Limit: 9})
	if err != nil {
		t.Fatal(err)
	}
	change := func(version int64, slot ledger.Slot, account ledger.AccountID, name string, at int64, by string) store.MappingChange {
		return store.MappingChange{
			Version: version, Slot: slot, Account: account, AccountName: name, ChangedAt: time.UnixMicro(at).UTC(), ChangedBy: by,
		}
	}
	want := []store.MappingChange{
		change(3, ledger.Slot{Role: ledger.RoleRevenue}, "2", "Sales", 30, "late"),
		change(2, ledger.Slot{Role: ledger.RolePayment, Key: "Amex"}, "1", "Checking", 30, "late"),
		change(1, ledger.Slot{Role: ledger.RolePayment, Key: "Visa", Location: "store-1"}, "1", "Checking", 10, "early"),
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	m, err := s.Mapping(t.Context(), "other", ledger.Slot{Role: ledger.RolePayment, Key: "Visa"})
	if err != nil || m.Version != 1 || m.Account != "2" || m.From != "" {
		t.Errorf("mapping of another retailer: %+v, %v", m, err)
	}
	settings, err := s.Settings(t.Context(), "acme")
	defaults := store.Settings{Revisions: ledger.RevisionsAdjust, ClosedBooks: ledger.ClosedBooksHold}
	if err != nil || settings != defaults {
		t.Errorf("settings %+v, %v", settings, err)
	}
}

// upgradedEvents: what was posted stands under its id, as the revision that was posted.
func upgradedEvents(t *testing.T, s *store.Store) {
	t.Helper()
	for id, want := range map[ledger.EventID]struct {
		posted       int32
		quickBooksID string
	}{"synced": {1, "77"}, "seventh": {7, "78"}, "sent": {}, "pending": {}} {
		detail, err := s.Event(t.Context(), "acme", id)
		if err != nil {
			t.Fatal(err)
		}
		if detail.PostedRevision != want.posted || detail.QuickBooksID != want.quickBooksID || len(detail.Revisions) != 1 {
			t.Errorf("event %s: %+v", id, detail)
		}
		var posted []store.PostedEntry
		if want.posted != 0 {
			posted = []store.PostedEntry{{
				Booked: ledger.Booked{
					Entry: ledger.Entry{DocNumber: "T-" + string(id)}, QuickBooksID: want.quickBooksID, SyncToken: "7",
				},
				Realm: "1", Revision: want.posted, PostedAt: time.UnixMicro(2).UTC(),
			}}
		}
		if diff := cmp.Diff(posted, detail.Posted); diff != "" && len(posted)+len(detail.Posted) > 0 {
			t.Errorf("posted for %s (-want +got):\n%s", id, diff)
		}
	}
	if differences, err := s.Audit(t.Context(), "acme"); err != nil || len(differences) > 0 {
		t.Errorf("audit: %q, %v", differences, err)
	}
}

// goesOn settles what was under way when the release changed, and revises what was posted.
func goesOn(t *testing.T, s *store.Store) {
	t.Helper()
	ctx, now := t.Context(), time.UnixMicro(100).UTC()
	l, ok, err := s.Claim(ctx, "worker", now, time.Minute)
	if err != nil || !ok {
		t.Fatalf("claim: %v, %v", ok, err)
	}
	open, err := s.OpenRequests(ctx, l, 9)
	if err != nil || len(open) != 1 || len(open[0].Items) != 1 {
		t.Fatalf("open requests %+v, %v", open, err)
	}
	if i := open[0].Items[0]; i.Revision != 7 || !i.Final || i.Replaces != "" {
		t.Errorf("item %+v", i)
	}
	err = s.Settle(ctx, l, now, store.Settlement{RequestID: "q2", Closed: true, Items: []store.ItemResult{
		{Event: "sent", Outcome: store.Booked, QuickBooksID: "79", SyncToken: "0"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	sent, err := s.Event(ctx, "acme", "sent")
	if err != nil || sent.State != ledger.StateSynced || sent.PostedRevision != 7 {
		t.Errorf("sent: %+v, %v", sent.EventRow, err)
	}
	next := firstEvent("seventh", 8)
	content, err := ledger.Encode(next)
	if err != nil {
		t.Fatal(err)
	}
	results, err := s.RecordEvents(ctx, "acme", "till",
		[]store.NewEvent{{Event: next, Content: content, Hash: ledger.HashOf(content)}}, now)
	if err != nil || results[0].Status != store.Accepted || results[0].State != ledger.StatePending {
		t.Fatalf("revised: %+v, %v", results, err)
	}
	pending, err := s.PendingEvents(ctx, l, now, 9, true)
	if err != nil || len(pending) != 2 {
		t.Fatalf("pending: %+v, %v", pending, err)
	}
	for _, p := range pending {
		if p.Event.ID == "seventh" && (len(p.Standing.Booked) != 1 || p.Standing.Booked[0].QuickBooksID != "78") {
			t.Errorf("standing %+v", p.Standing)
		}
	}
}
