package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lib/pq"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/store"
)

const benchBatch = 500

// BenchmarkRecordEvents stores batches of 500 events; the metric events/s is what counts. Bare is PostgreSQL's COPY of the
// same rows into the same table with the same indexes, nothing else: the ceiling.
func BenchmarkRecordEvents(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkRecord(b, open(b, sqlitePath(b)), 1) })
	for _, callers := range []int{1, 2, 4} {
		b.Run(fmt.Sprintf("postgres/callers=%d", callers), func(b *testing.B) {
			benchmarkRecord(b, open(b, postgrestest.DSN(b)), callers)
		})
	}
	b.Run("postgres/bare", func(b *testing.B) {
		dsn := postgrestest.DSN(b)
		open(b, dsn)
		benchmarkCopy(b, dsn)
	})
}

func benchmarkRecord(b *testing.B, s *store.Store, callers int) {
	b.Helper()
	startSync(b, s)
	batches := make(chan []store.NewEvent, 2*callers)
	done := make(chan error, callers)
	now := time.Now()
	for range callers {
		go func() {
			for batch := range batches {
				if _, err := s.RecordEvents(b.Context(), "acme", "bench", batch, now); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	b.ResetTimer()
	n := 0
	for b.Loop() {
		b.StopTimer()
		batch := benchEvents(b, n)
		b.StartTimer()
		batches <- batch
		n += len(batch)
	}
	close(batches)
	for range callers {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

// benchEvents makes a batch as a retailer's week makes it: ids and dates go up.
func benchEvents(b *testing.B, next int) []store.NewEvent {
	b.Helper()
	out := make([]store.NewEvent, 0, benchBatch)
	for range benchBatch {
		next++
		id := fmt.Sprintf("ticket-%09d", next)
		ev := ledger.Event{
			ID: ledger.EventID(id), Number: fmt.Sprintf("T-%d", next), Revision: 1,
			Location: ledger.LocationID(fmt.Sprintf("store-%d", rand.IntN(5))), OccurredAt: time.Now().UTC(),
			BusinessDate: ledger.Date(fmt.Sprintf("2026-%02d-%02d", 1+next/100_000, 1+next/5000%20)), Currency: "USD",
			Detail: &ledger.Sale{
				Tenders: []ledger.Keyed{{Key: "Visa", Amount: 10890}, {Key: "Cash", Amount: 2000}},
				Lines: []ledger.SaleLine{
					{ItemClass: "Footwear", Net: 8000, Discount: 1000, Cost: 4000},
					{ItemClass: "Apparel", Net: 3000, Cost: 900},
					{ItemClass: "Accessories", Net: 900, Cost: 100},
				},
				Taxes: []ledger.Keyed{{Key: "State of Washington", Amount: 790}, {Key: "City of Seattle", Amount: 200}},
			},
		}
		content, err := ledger.Encode(ev)
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, store.NewEvent{Event: ev, Content: content, Hash: ledger.HashOf(content)})
	}
	return out
}

func benchmarkCopy(b *testing.B, dsn string) {
	b.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	now := time.Now().UnixMicro()
	n := 0
	for b.Loop() {
		b.StopTimer()
		batch := benchEvents(b, n)
		b.StartTimer()
		copyEvents(b, db, batch, now)
		n += len(batch)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

func copyEvents(b *testing.B, db *sql.DB, batch []store.NewEvent, now int64) {
	b.Helper()
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	stmt, err := tx.Prepare(pq.CopyIn("events", "retailer_id", "recorded_by", "state", "recorded_at", "state_at", "due_at", //nolint:staticcheck // COPY is the measure, by whatever builder
		"event_id", "revision", "number", "kind", "location_id", "occurred_at", "business_date", "currency", "amount",
		"content_hash", "content"))
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range batch {
		_, err := stmt.Exec("acme", "bench", 2, now, now, now, string(e.Event.ID), int64(e.Event.Revision), e.Event.Number,
			int64(e.Event.Detail.Kind()), string(e.Event.Location), e.Event.OccurredAt.UnixMicro(),
			string(e.Event.BusinessDate), string(e.Event.Currency), int64(e.Event.Detail.Total()), e.Hash[:], e.Content)
		if err != nil {
			b.Fatal(err)
		}
	}
	if _, err := stmt.Exec(); err != nil {
		b.Fatal(err)
	}
	if err := stmt.Close(); err != nil {
		b.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// startSync makes the retailer's events PENDING, as COPY makes them.
func startSync(b *testing.B, s *store.Store) {
	b.Helper()
	err := s.SaveConnection(b.Context(), "acme", store.NewConnection{Realm: "1", Now: time.Now()})
	if err = errors.Join(err, s.StartSync(b.Context(), "acme", time.Now())); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPosting takes events from PENDING to SYNCED, 10 requests of 30 events at a time.
func BenchmarkPosting(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkPosting(b, open(b, sqlitePath(b))) })
	b.Run("postgres", func(b *testing.B) { benchmarkPosting(b, open(b, postgrestest.DSN(b))) })
}

func benchmarkPosting(b *testing.B, s *store.Store) {
	b.Helper()
	startSync(b, s)
	const requests, items = 10, 30
	posted, recorded := 0, 0
	now := time.Now()
	lease, ok, err := s.Claim(b.Context(), "worker", now, time.Hour)
	if err != nil || !ok {
		b.Fatal(ok, err)
	}
	for b.Loop() {
		if recorded < posted+requests*items {
			b.StopTimer()
			for range 10 {
				if _, err := s.RecordEvents(b.Context(), "acme", "bench", benchEvents(b, recorded), now); err != nil {
					b.Fatal(err)
				}
				recorded += benchBatch
			}
			b.StartTimer()
		}
		post(b, s, lease, requests, items)
		posted += requests * items
	}
	b.ReportMetric(float64(posted)/b.Elapsed().Seconds(), "events/s")
}

func post(b *testing.B, s *store.Store, lease store.Lease, requests, items int) {
	b.Helper()
	now := time.Now()
	pending, err := s.PendingEvents(b.Context(), lease, now, requests*items, true)
	if err != nil || len(pending) != requests*items {
		b.Fatal(len(pending), err)
	}
	var out []store.NewRequest
	var settlements []store.Settlement
	for part := range slices.Chunk(pending, items) {
		q := store.NewRequest{ID: "q-" + string(part[0].Event.ID), Realm: "1", Kind: store.Batch, Body: make([]byte, 60_000)}
		settlement := store.Settlement{RequestID: q.ID, Closed: true, Attempt: store.Attempt{Outcome: store.Booked}}
		for i := range part {
			id := part[i].Event.ID
			q.Items = append(q.Items, store.Item{Event: id, BatchItem: fmt.Sprint(i), Revision: 1, Final: true, Entry: ledger.Entry{
				TxnDate: "2026-11-23", DocNumber: part[i].Event.Number, Currency: "USD", Lines: make([]ledger.Line, 8),
			}})
			settlement.Items = append(settlement.Items, store.ItemResult{
				Event: id, Outcome: store.Booked, QuickBooksID: "1", SyncToken: "0",
			})
		}
		out, settlements = append(out, q), append(settlements, settlement)
	}
	err = s.StoreRequests(b.Context(), lease, now, out)
	if err = errors.Join(err, s.SettleMany(b.Context(), lease, now, settlements)); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkReads reads a retailer's status and the first page of its events, with few events and with many: it should cost
// the same.
func BenchmarkReads(b *testing.B) {
	for _, size := range []int{10_000, 200_000} {
		for name, url := range map[string]string{"sqlite": sqlitePath(b), "postgres": postgrestest.DSN(b)} {
			s := open(b, url)
			startSync(b, s)
			for n := 0; n < size; n += benchBatch {
				if _, err := s.RecordEvents(b.Context(), "acme", "bench", benchEvents(b, n), time.Now()); err != nil {
					b.Fatal(err)
				}
			}
			b.Run(fmt.Sprintf("%s/status/events=%d", name, size), func(b *testing.B) {
				for b.Loop() {
					if _, err := s.Status(b.Context(), "acme"); err != nil {
						b.Fatal(err)
					}
				}
			})
			for filter, q := range map[string]store.EventQuery{
				"all": {}, "pending": {State: ledger.StatePending}, "kind": {Kind: ledger.KindSale}, "action": {State: 5},
			} {
				q.Limit = 100
				b.Run(fmt.Sprintf("%s/list=%s/events=%d", name, filter, size), func(b *testing.B) {
					for b.Loop() {
						if _, _, err := s.ListEvents(b.Context(), "acme", q); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
