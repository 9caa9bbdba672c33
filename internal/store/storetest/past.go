package storetest

import (
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func pastTests() tests {
	return tests{
		"Past/Counts":       testPastCounts,
		"Past/AfterLive":    testPastAfterLive,
		"Past/OpeningStock": testPastOpeningStock,
		"Past/Sync":         testPastSync,
		"Past/Skip":         testPastSkip,
	}
}

// pastEvents is what PastEvents returns.
type pastEvents struct {
	Counts []store.PastCount
	Stock  store.OpeningStock
}

func past(t testing.TB, s *store.Store, from, to ledger.Date) pastEvents {
	t.Helper()
	counts, stock, err := s.PastEvents(within(t), retailer, store.Past{From: from, To: to})
	must(t, err)
	return pastEvents{counts, stock}
}

// adjustment makes an adjustment of stock.
func adjustment(id, reason string, date ledger.Date, amount ledger.Amount) ledger.Event {
	ev := on(id, date)
	ev.Detail = &ledger.InventoryAdjustment{Reason: reason, Lines: []ledger.Keyed{{Key: "Shoes", Amount: amount}}}
	return ev
}

func testPastCounts(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	none := pastEvents{Counts: []store.PastCount{}}
	same(t, "unknown retailer", past(t, s, "", ""), none)
	connect(t, s, retailer)
	refund := on("refund", "2026-11-03")
	refund.Detail = &ledger.Sale{Tenders: []ledger.Keyed{{Key: "Visa", Amount: -2000}}}
	paid := cash("cash")
	paid.BusinessDate = "2026-11-02"
	record(t, s, retailer, at(1), on("a", "2026-11-01"), on("b", "2026-11-02"), refund, on("skipped", "2026-10-01"), paid)
	got(s.SkipEvents(ctx, retailer, ids("skipped"), false, "", caller, at(2)))(t)
	must(t, s.StartSync(ctx, retailer, at(3)))
	record(t, s, retailer, at(4), on("new", "2026-11-01"))
	count := func(kind ledger.Kind, n int64, total ledger.Amount, first, last ledger.Date) store.PastCount {
		return store.PastCount{Kind: kind, N: n, Total: total, First: first, Last: last}
	}
	ofCash := count(ledger.KindCashPaidInOut, 1, 500, "2026-11-02", "2026-11-02")
	if ofCash.Total != paid.Detail.Total() {
		ofCash.Total = paid.Detail.Total()
	}
	for _, test := range []struct {
		from, to ledger.Date
		want     []store.PastCount
	}{
		{"", "", []store.PastCount{count(ledger.KindSale, 3, 180, "2026-11-01", "2026-11-03"), ofCash}},
		{"2026-11-01", "2026-11-03", []store.PastCount{count(ledger.KindSale, 3, 180, "2026-11-01", "2026-11-03"), ofCash}},
		{"2026-11-02", "", []store.PastCount{count(ledger.KindSale, 2, -910, "2026-11-02", "2026-11-03"), ofCash}},
		{"", "2026-11-01", []store.PastCount{count(ledger.KindSale, 1, 1090, "2026-11-01", "2026-11-01")}},
		{"2026-11-02", "2026-11-02", []store.PastCount{count(ledger.KindSale, 1, 1090, "2026-11-02", "2026-11-02"), ofCash}},
		{"2026-11-04", "", []store.PastCount{}},
		{"2026-11-03", "2026-11-01", []store.PastCount{}},
	} {
		same(t, string(test.from+" to "+test.to), past(t, s, test.from, test.to), pastEvents{Counts: test.want})
	}
	// The latest revision counts.
	record(t, s, retailer, at(5), revised(on("b", "2026-09-30"), 2))
	same(t, "revised", past(t, s, "", "2026-10-31"), pastEvents{Counts: []store.PastCount{
		count(ledger.KindSale, 1, 1090, "2026-09-30", "2026-09-30"),
	}})
}

func testPastOpeningStock(t *testing.T, s *store.Store) {
	t.Helper()
	connect(t, s, retailer)
	void := adjustment("void", "Opening stock", "2026-11-01", 1)
	void.Voided = true
	record(t, s, retailer, at(1),
		adjustment("d", "Opening stock", "2026-11-01", 10_000), adjustment("c", "INITIAL count", "2026-11-02", 2_000),
		adjustment("b", "beginning balance", "2026-11-03", 300), adjustment("a", "the starting point", "2026-11-04", -40),
		adjustment("theft", "Theft", "2026-11-01", 5), void, on("sale", "2026-11-01"))
	stock := func(from, to ledger.Date) store.OpeningStock {
		t.Helper()
		return past(t, s, from, to).Stock
	}
	same(t, "all", stock("", ""), store.OpeningStock{Events: ids("a", "b", "c", "d"), Total: 12_260})
	same(t, "dates", stock("2026-11-02", "2026-11-03"), store.OpeningStock{Events: ids("b", "c"), Total: 2_300})
	same(t, "none", stock("2026-11-05", ""), store.OpeningStock{})
	same(t, "counted", past(t, s, "", "").Counts[1].N, 6)
	record(t, s, retailer, at(2), revised(adjustment("d", "Found", "2026-11-01", 10_000), 2))
	same(t, "revised", stock("", "2026-11-02"), store.OpeningStock{Events: ids("c"), Total: 2_000})
}

func testPastSync(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	sync := func(seconds int, from, to ledger.Date) (int64, error) {
		b, err := s.StartBackfill(ctx, retailer, store.Past{From: from, To: to}, nil, "", caller, at(seconds))
		return b.Total(), err
	}
	_, err := sync(0, "", "")
	fails(t, "unknown retailer", err, store.ErrSyncNotStarted)
	connect(t, s, retailer)
	record(t, s, retailer, at(1), on("a", "2026-11-01"), on("b", "2026-11-02"), on("c", "2026-11-03"), on("d", "2026-11-04"))
	got(s.SkipEvents(ctx, retailer, ids("d"), false, "", caller, at(1)))(t)
	_, err = sync(1, "", "")
	fails(t, "not started", err, store.ErrSyncNotStarted)
	same(t, "a", state(t, s, retailer, "a"), ledger.StateNeverSynced)
	must(t, s.StartSync(ctx, retailer, at(2)))
	must(t, s.Release(ctx, claim(t, s, at(2)), at(2), store.Backoff{}))
	same(t, "none of these dates", got(sync(3, "2026-11-03", "2026-11-02"))(t), 0)
	same(t, "one", got(sync(4, "2026-11-02", "2026-11-02"))(t), 1)
	same(t, "b waits its turn", state(t, s, retailer, "b"), ledger.StateNeverSynced)
	l := claim(t, s, at(4))
	same(t, "released", got(s.ReleasePast(ctx, l, at(4), 9))(t), 1)
	detail := got(s.Event(ctx, retailer, "b"))(t)
	same(t, "b", detail.State, ledger.StatePending)
	same(t, "due", detail.DueAt, at(4))
	same(t, "changes", detail.Changes, []store.Change{
		{At: at(4), From: ledger.StateNeverSynced, To: ledger.StatePending, Actor: caller, Note: "past events synced"},
	})
	same(t, "pending", onlyPending(t, s, l, 4).Event.ID, "b")
	park(t, s, l, at(5), store.Parked{Event: "b"})
	same(t, "left", past(t, s, "", "").Counts[0].N, 2)
	same(t, "again", got(sync(5, "2026-11-02", "2026-11-02"))(t), 0)
	same(t, "the rest", got(sync(6, "", ""))(t), 2)
	same(t, "skipped", state(t, s, retailer, "d"), ledger.StateSkipped)
	// While sync is paused they wait for it.
	must(t, s.PauseSync(ctx, retailer, at(7)))
	same(t, "again", got(sync(8, "", ""))(t), 2)
	same(t, "paused", got(s.ReleasePast(ctx, l, at(8), 9))(t), 0)
	must(t, s.StartSync(ctx, retailer, at(9)))
	same(t, "released", got(s.ReleasePast(ctx, l, at(9), 9))(t), 2)
	same(t, "nothing left", past(t, s, "", ""), pastEvents{Counts: []store.PastCount{}})
	audited(t, s, retailer)
}

// testPastSkip syncs all but the opening stock.
func testPastSkip(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	record(t, s, retailer, at(1), adjustment("stock", "Opening stock", "2026-11-01", 5),
		adjustment("later", "Opening stock", "2026-11-09", 5), on("sale", "2026-11-01"), on("skipped", "2026-11-01"))
	got(s.SkipEvents(ctx, retailer, ids("skipped"), false, "", caller, at(1)))(t)
	must(t, s.StartSync(ctx, retailer, at(2)))
	record(t, s, retailer, at(3), on("new", "2026-11-01"))
	dates := store.Past{From: "2026-11-01", To: "2026-11-08"}
	const why = "opening stock is in the books already"
	// Events that are not past ones of these dates are not skipped, whoever names them.
	skip := ids("stock", "later", "new", "unknown", "skipped")
	same(t, "synced", got(s.StartBackfill(ctx, retailer, dates, skip, why, caller, at(4)))(t).Unreleased, 1)
	same(t, "released", got(s.ReleasePast(ctx, claim(t, s, at(4)), at(4), 9))(t), 1)
	for id, want := range map[string]ledger.State{
		"stock": ledger.StateSkipped, "later": ledger.StateNeverSynced, "sale": ledger.StatePending,
		"skipped": ledger.StateSkipped, "new": ledger.StatePending,
	} {
		same(t, id, state(t, s, retailer, id), want)
	}
	same(t, "changes", got(s.Event(ctx, retailer, "stock"))(t).Changes, []store.Change{
		{At: at(4), From: ledger.StateNeverSynced, To: ledger.StateSkipped, Actor: caller, Note: why},
	})
	same(t, "left", past(t, s, "", ""), pastEvents{
		Counts: []store.PastCount{
			{Kind: ledger.KindInventoryAdjustment, N: 1, Total: 5, First: "2026-11-09", Last: "2026-11-09"},
		},
		Stock: store.OpeningStock{Events: ids("later"), Total: 5},
	})
	audited(t, s, retailer)
}

// testPastAfterLive has events that come in go before a backlog, and the oldest of both tell how old the oldest is.
func testPastAfterLive(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	record(t, s, retailer, at(1), sale("past"))
	start(t, s, retailer)
	l := claim(t, s, at(2))
	backfill(t, s, l, 2)
	record(t, s, retailer, at(3), sale("live"))
	pending := got(s.PendingEvents(ctx, l, at(4), 10, true))(t)
	same(t, "pending", len(pending), 2)
	same(t, "first", pending[0].Event.ID, "live")
	same(t, "oldest", got(s.Status(ctx, retailer))(t).OldestUnsyncedAt, at(1))
}
