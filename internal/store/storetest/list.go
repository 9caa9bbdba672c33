package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func listTests() tests {
	return tests{"List/Filters": testListFilters, "List/Rows": testListRows}
}

// listed is an event as the test knows it.
type listed struct {
	ledger.Event

	state  ledger.State
	reason ledger.Reason
}

func (e *listed) matches(q *store.EventQuery) bool {
	return (q.State == 0 || q.State == e.state) && (q.Reason == 0 || q.Reason == e.reason) &&
		(q.Kind == 0 || q.Kind == e.Detail.Kind()) && (q.Location == "" || q.Location == e.Location) &&
		(q.From == "" || e.BusinessDate >= q.From) && (q.To == "" || e.BusinessDate <= q.To) &&
		(q.Number == "" || q.Number == e.Number) && (len(q.States) == 0 || slices.Contains(q.States, e.state)) &&
		(strings.HasPrefix(e.Number, q.Search) || strings.HasPrefix(string(e.ID), q.Search))
}

// scatter makes events that stand everywhere.
func scatter(t *testing.T, s *store.Store) []listed {
	t.Helper()
	start(t, s, retailer)
	random := rand.New(rand.NewPCG(1, 2))
	var all []listed
	var events []ledger.Event
	for i := range 150 {
		ev := sale(fmt.Sprintf("%c-%03d", "aZ_"[i%3], i))
		if i%4 == 0 {
			ev = cash(string(ev.ID))
		}
		ev.Location = ledger.LocationID(fmt.Sprintf("store-%d", random.IntN(3)))
		ev.BusinessDate = ledger.Date(fmt.Sprintf("2026-11-%02d", 1+random.IntN(9)))
		ev.Number = fmt.Sprintf("N-%d", random.IntN(25))
		events = append(events, ev)
		all = append(all, listed{Event: ev, state: ledger.StatePending})
	}
	record(t, s, retailer, at(1), events...)
	l := claim(t, s, at(1))
	var parked []store.Parked
	var skipped, posted []ledger.EventID
	for i := range all {
		e := &all[i]
		switch i % 5 {
		case 0:
			e.state, e.reason = ledger.StateActionRequired, ledger.Reason(1+random.IntN(12))
			problem := unmapped(visa())
			problem.Reason = e.reason
			parked = append(parked, store.Parked{Event: e.ID, Revision: 1, Problem: problem})
		case 1:
			e.state = ledger.StateSkipped
			skipped = append(skipped, e.ID)
		case 2:
			e.state = ledger.StateProcessing
			posted = append(posted, e.ID)
		}
	}
	park(t, s, l, at(2), parked...)
	got(s.SkipEvents(within(t), retailer, skipped, false, "", caller, at(2)))(t)
	must(t, s.StoreRequests(within(t), l, at(2), []store.NewRequest{batch("q", posted...)}))
	slices.SortFunc(all, func(a, b listed) int {
		return cmp.Or(cmp.Compare(b.BusinessDate, a.BusinessDate), cmp.Compare(b.ID, a.ID))
	})
	return all
}

// testListFilters holds every combination of filters to a plain loop over the same events.
func testListFilters(t *testing.T, s *store.Store) {
	t.Helper()
	all := scatter(t, s)
	for _, state := range []ledger.State{
		0, ledger.StatePending, ledger.StateProcessing, ledger.StateSynced, ledger.StateActionRequired, ledger.StateSkipped,
	} {
		for _, reason := range []ledger.Reason{0, ledger.ReasonUnmapped} {
			for _, kind := range []ledger.Kind{0, ledger.KindCashPaidInOut} {
				for _, location := range []ledger.LocationID{"", "store-1"} {
					for _, dates := range [][2]ledger.Date{{}, {"2026-11-03", "2026-11-05"}, {"", "2026-11-04"}} {
						for _, number := range []string{"", "N-7"} {
							compareList(t, s, all, store.EventQuery{
								State: state, Reason: reason, Kind: kind, Location: location, From: dates[0], To: dates[1],
								Number: number,
							})
						}
					}
				}
			}
		}
	}
	for _, search := range []string{"N-2", "N-7", "a-", "Z-00", "_-044", "N-77", "'%_"} {
		for _, states := range [][]ledger.State{nil, {ledger.StateActionRequired, ledger.StateSkipped}} {
			compareList(t, s, all, store.EventQuery{Search: search, States: states})
			compareList(t, s, all, store.EventQuery{Search: search, States: states, To: "2026-11-05", Location: "store-2"})
		}
	}
	compareList(t, s, all, store.EventQuery{States: []ledger.State{ledger.StateSkipped, ledger.StateSkipped}})
	compareList(t, s, all, store.EventQuery{
		States: []ledger.State{ledger.StateActionRequired, ledger.StatePending}, Reason: ledger.ReasonUnmapped,
	})
	_, _, err := s.ListEvents(within(t), retailer, store.EventQuery{Limit: 1, After: "2026-11-01"})
	fails(t, "foreign cursor", err, store.ErrCursor)
}

func compareList(t *testing.T, s *store.Store, all []listed, q store.EventQuery) {
	t.Helper()
	var want []ledger.EventID
	for i := range all {
		if all[i].matches(&q) {
			want = append(want, all[i].ID)
		}
	}
	q.Limit = 1 + 2*len(want)/3
	var have []ledger.EventID
	for {
		page, next, err := s.ListEvents(within(t), retailer, q)
		must(t, err)
		for i := range page {
			have = append(have, page[i].Event.ID)
		}
		if next == "" {
			break
		}
		if len(page) != q.Limit || len(have) > len(want) {
			t.Fatalf("%+v: a page of %d, and %d events of %d so far", q, len(page), len(have), len(want))
		}
		q.After = next
	}
	same(t, fmt.Sprintf("%+v", q), have, want)
}

func testListRows(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	start(t, s, retailer)
	same(t, "none", len(got2(s.ListEvents(ctx, retailer, store.EventQuery{Limit: 10}))(t)), 0)
	record(t, s, retailer, at(1), sale("a"))
	l := claim(t, s, at(1))
	problem := unmapped(visa())
	park(t, s, l, at(2), store.Parked{Event: "a", Problem: problem})
	want := store.EventRow{
		Event: sale("a"), Kind: ledger.KindSale, State: ledger.StateActionRequired, Reason: ledger.ReasonUnmapped,
		Problem: problem, Amount: 1090, Hash: encoded(t, sale("a"))[0].Hash, RecordedAt: at(1), RecordedBy: caller,
		StateAt: at(2),
	}
	rows := got2(s.ListEvents(ctx, retailer, store.EventQuery{Limit: 10, Detail: true}))(t)
	same(t, "with detail", rows, []store.EventRow{want})
	want.Event.Detail = nil
	rows = got2(s.ListEvents(ctx, retailer, store.EventQuery{Limit: 10}))(t)
	same(t, "without detail", rows, []store.EventRow{want})
}

// got2 is got for a page and a cursor that nobody looks at.
func got2[T any](value T, _ string, err error) func(testing.TB) T { return got(value, err) }
