package storetest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func limitTests() tests {
	return tests{
		"Limits/Keys":      testKeysExact,
		"Limits/Cancelled": testCancelled,
		"Limits/Deadline":  testShortDeadlines,
		"Limits/History":   testHistoryLimit,
	}
}

// testKeysExact holds both databases to comparing keys byte by byte: no folding of case, accents or width, no trimming.
func testKeysExact(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	keys := []string{
		"Visa", "visa", "VISA", "Visa ", " Visa", "Vísa", "Vi\u0301sa", "Vísa\u200b", "straße", "STRASSE", "strasse", "１", "1", "'", `"`, `\`,
		"%", "_", "--", "$1", "NULL", "𝄞", strings.Repeat("長", 100),
	}
	for i, key := range keys {
		account := chart()[i%5].ID
		_, _, err := putMapping(ctx, s, retailer, ledger.Slot{Role: ledger.RolePayment, Key: key}, account, key, at(i))
		must(t, err)
	}
	books := got(s.Books(ctx, retailer))(t)
	same(t, "mappings", len(books.Mapping), len(keys))
	for i, key := range keys {
		slot := ledger.Slot{Role: ledger.RolePayment, Key: key}
		same(t, key, books.Mapping[slot][0].Account, chart()[i%5].ID)
		same(t, key, got(s.Mapping(ctx, retailer, slot))(t).UpdatedBy, key)
	}
	_, err := s.Connection(ctx, "ACME")
	must(t, err)
	same(t, "another case is another retailer", got(s.Connection(ctx, "ACME"))(t).State, store.NotConnected)
}

// testCancelled gives up before it begins, and leaves nothing behind.
func testCancelled(t *testing.T, s *store.Store) {
	t.Helper()
	ctx, cancel := context.WithCancel(within(t))
	cancel()
	_, err := s.RecordEvents(ctx, retailer, caller, encoded(t, sale("a")), at(1))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	same(t, "total", got(s.Status(within(t), retailer))(t).Total, 0)
	must(t, s.Ping(within(t)))
}

// testShortDeadlines lets many callers at it at once, each with a deadline that a store which waits for itself would miss.
func testShortDeadlines(t *testing.T, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			ctx, cancel := context.WithTimeout(within(t), 30*time.Second)
			defer cancel()
			_, err := s.RecordEvents(ctx, retailer, caller, encoded(t, numbered(50)...), at(i))
			_, statusErr := s.Status(ctx, retailer)
			_, _, listErr := s.ListEvents(ctx, retailer, store.EventQuery{Limit: 10})
			if err := errors.Join(err, statusErr, listErr, s.Ping(ctx)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

func testHistoryLimit(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	record(t, s, retailer, at(0), sale("a"))
	for i := range 120 {
		got(s.SkipEvents(ctx, retailer, ids("a"), i%2 == 1, "", caller, at(i)))(t)
	}
	changes := got(s.Event(ctx, retailer, "a"))(t).Changes
	same(t, "changes", len(changes), 100)
	same(t, "oldest", changes[0].At, at(20))
	same(t, "newest", changes[99].At, at(119))
}
