package storetest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func recordTests() tests {
	return tests{
		"Record/Statuses":  testRecordStatuses,
		"Record/Stored":    testRecordStored,
		"Record/Edges":     testRecordEdges,
		"Record/AllOrNone": testRecordAllOrNone,
		"Record/Counters":  testRecordCounters,
	}
}

// other is the event with other content.
func other(ev ledger.Event) ledger.Event {
	ev.Memo = "another memo"
	return ev
}

func testRecordStatuses(t *testing.T, s *store.Store) {
	t.Helper()
	connect(t, s, retailer)
	same(t, "nothing", record(t, s, retailer, at(0)), []store.RecordResult{})
	result := func(status store.RecordStatus, seconds int) store.RecordResult {
		return store.RecordResult{Status: status, State: ledger.StateNeverSynced, RecordedAt: at(seconds)}
	}
	same(t, "within a call", record(t, s, retailer, at(1), sale("b"), sale("a"), other(sale("a")), sale("b"), sale("a")),
		[]store.RecordResult{
			result(store.Accepted, 1), result(store.Accepted, 1), result(store.Conflict, 1), result(store.Duplicate, 1),
			result(store.Duplicate, 1),
		})
	same(t, "across calls", record(t, s, retailer, at(2), other(sale("b")), sale("c"), sale("a"), other(sale("c"))),
		[]store.RecordResult{
			result(store.Conflict, 1), result(store.Accepted, 2), result(store.Duplicate, 1), result(store.Conflict, 2),
		})
	same(t, "not changed", got(s.Event(within(t), retailer, "b"))(t).Event, sale("b"))
	got(s.SkipEvents(within(t), retailer, ids("a"), false, "", caller, at(3)))(t)
	same(t, "state now", record(t, s, retailer, at(4), sale("a"))[0],
		store.RecordResult{Status: store.Duplicate, State: ledger.StateSkipped, RecordedAt: at(1)})
	same(t, "another case is another event", record(t, s, retailer, at(4), sale("A"))[0].Status, store.Accepted)
	audited(t, s, retailer)
}

func testRecordStored(t *testing.T, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	ev := sale("a")
	record(t, s, retailer, at(1), ev)
	want := store.EventDetail{
		EventRow: store.EventRow{
			Event: ev, Kind: ledger.KindSale, State: ledger.StatePending, Amount: 1090, Hash: encoded(t, ev)[0].Hash,
			RecordedAt: at(1), RecordedBy: caller, StateAt: at(1), DueAt: at(1),
		},
		Attempts: []store.Attempt{}, Changes: []store.Change{}, Posted: []store.PostedEntry{},
		Revisions: []store.Revision{{Event: ev, RecordedAt: at(1), RecordedBy: caller}},
	}
	same(t, "event", got(s.Event(within(t), retailer, "a"))(t), want)
	_, err := s.Event(within(t), retailer, "b")
	fails(t, "unknown event", err, store.ErrNotFound)
	_, err = s.Event(within(t), "unknown", "a")
	fails(t, "unknown retailer", err, store.ErrNotFound)
}

// testRecordEdges stores what is at the edge of what the API lets through.
func testRecordEdges(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	long := sale(strings.Repeat("~", 64))
	long.Number, long.Location = strings.Repeat("𝄞", 21), ledger.LocationID(strings.Repeat("!", 64))
	long.Memo, long.SourceURL = strings.Repeat("ß", 1000), "https://"+strings.Repeat("x", 2040)
	long.BusinessDate, long.Revision = ledger.EarliestDate, 1_000_000
	long.Detail = &ledger.Sale{Lines: []ledger.SaleLine{{ItemClass: strings.Repeat("長", 100), Net: -ledger.MaxAmount}}}
	most := sale("most")
	most.Detail = &ledger.GiftCardAdjustment{Reason: "r", Amount: ledger.MaxAmount}
	least := sale("least")
	least.Detail = &ledger.GiftCardAdjustment{Reason: "r", Amount: -ledger.MaxAmount}
	beyond := sale("beyond")
	beyond.Detail = &ledger.GiftCardAdjustment{Reason: "r", Amount: math.MinInt64}
	quotes := sale(`"\,{}'$1--%`)
	quotes.Number, quotes.Location, quotes.Memo = `N\"'{,}`, `\"'{,}NULL`, "line\nbreak \\x00 \u2028 NULL"
	big := sale("big")
	lines := make([]ledger.SaleLine, 10_000)
	for i := range lines {
		lines[i] = ledger.SaleLine{ItemClass: fmt.Sprintf("class %d", i), Net: ledger.Amount(i)}
	}
	big.Detail = &ledger.Sale{Lines: lines}
	events := []ledger.Event{long, most, least, beyond, quotes, big}
	for i, result := range record(t, s, retailer, at(1), events...) {
		same(t, "status", result.Status, store.Accepted)
		detail := got(s.Event(ctx, retailer, events[i].ID))(t)
		same(t, "event", detail.Event, events[i])
		same(t, "amount", detail.Amount, events[i].Detail.Total())
	}
	record(t, s, retailer, at(2), numbered(1000)...)
	same(t, "all", got(s.Status(ctx, retailer))(t).Total, 1006)
	if _, err := s.RecordEvents(ctx, retailer, caller, make([]store.NewEvent, 10_001), at(1)); err == nil {
		t.Error("10,001 events in one call were taken")
	}
}

// testRecordAllOrNone sends one event that no database can hold, among good ones.
func testRecordAllOrNone(t *testing.T, s *store.Store) {
	t.Helper()
	bad := encoded(t, sale("a"), sale("b"), sale("c"))
	bad[1].Content = nil
	if _, err := s.RecordEvents(within(t), retailer, caller, bad, at(1)); err == nil {
		t.Fatal("an event without content was taken")
	}
	same(t, "nothing stored", got(s.Status(within(t), retailer))(t).Total, 0)
	same(t, "again", record(t, s, retailer, at(1), sale("a"))[0].Status, store.Accepted)
	audited(t, s, retailer)
}

func testRecordCounters(t *testing.T, s *store.Store) {
	t.Helper()
	start(t, s, retailer)
	var events []ledger.Event
	for i, detail := range []ledger.Detail{
		&ledger.Sale{}, &ledger.CustomerDeposit{}, &ledger.PurchaseReceipt{}, &ledger.PurchaseReturn{}, &ledger.Transfer{},
		&ledger.InventoryAdjustment{}, &ledger.GiftCardAdjustment{}, &ledger.CashPaidInOut{}, &ledger.TillCount{},
		&ledger.Payout{},
	} {
		for n := range i + 1 {
			ev := sale(fmt.Sprintf("e-%d-%d", i, n))
			ev.Detail = detail
			events = append(events, ev)
		}
	}
	record(t, s, retailer, at(1), events...)
	record(t, s, retailer, at(2), events...)
	status := got(s.Status(within(t), retailer))(t)
	var want []store.Count
	for kind := ledger.KindSale; kind <= ledger.KindPayout; kind++ {
		want = append(want, store.Count{Kind: kind, State: ledger.StatePending, N: int64(kind)})
	}
	same(t, "counts", status.Counts, want)
	same(t, "total", status.Total, 55)
	same(t, "oldest", status.OldestUnsyncedAt, at(1))
	audited(t, s, retailer)
}
