package demo

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// listedDifferences is how many differences are written out; the others are counted.
const listedDifferences = 20

// Report is what a run found.
type Report struct {
	// Retailer is the retailer that the events were recorded for.
	Retailer string
	// Realm and Company are the QuickBooks company that holds the books.
	Realm   string
	Company string
	// Events is how many events were recorded.
	Events int
	// Counts are the service's own counters at the end, by kind, state and reason.
	Counts []*financialv1.EventCount
	// Entries is how many journal entries QuickBooks holds.
	Entries int
	// Balances are the accounts' balances in QuickBooks: a debit is positive.
	Balances Changes
	// Differences is how many differences there are between what the events say, what the books hold, and what the
	// service reports. Anything but 0 is a failure.
	Differences int
	// Found are the first 20 differences, each in a plain sentence.
	Found []string
	// Duration is how long recording and posting took together.
	Duration time.Duration

	lastDate string            // the last business date of the week
	accounts map[string]string // QuickBooks' ids, by fully qualified name
}

// settle compares the events with the books and the service's counters, and fills in what is found.
func (r *Report) settle(oracle *Oracle, events []*financialv1.Event, books Books) {
	r.Events, r.Entries, r.Balances = len(events), len(books.Entries), books.Balances
	found := append(Compare(oracle, events, books), miscounted(oracle, events, r.Counts)...)
	r.Differences = len(found)
	r.Found = found[:min(len(found), listedDifferences)]
}

// kindState is a cell of the table of counts.
type kindState struct {
	kind  financialv1.EventKind
	state financialv1.EventState
}

func (c kindState) String() string {
	return kindName(c.kind) + " " + strings.ToLower(stateName(c.state))
}

// miscounted compares the service's counters with the states that the events must be in.
func miscounted(oracle *Oracle, events []*financialv1.Event, counts []*financialv1.EventCount) []string {
	want, got := map[kindState]int64{}, map[kindState]int64{}
	for _, event := range events {
		changes, err := oracle.Expect(event)
		if err != nil {
			continue // named by Compare
		}
		state := financialv1.EventState_EVENT_STATE_SYNCED
		if len(changes) == 0 {
			state = financialv1.EventState_EVENT_STATE_NOTHING_TO_POST
		}
		want[kindState{kindOf(event), state}]++
	}
	for _, cell := range counts {
		got[kindState{cell.GetKind(), cell.GetState()}] += cell.GetCount()
	}
	var found []string
	all := maps.Clone(want)
	maps.Copy(all, got)
	for _, cell := range slices.SortedFunc(maps.Keys(all), func(a, b kindState) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.state, b.state))
	}) {
		if want[cell] != got[cell] {
			found = append(found, "the service counts "+count(got[cell])+" events as "+cell.String()+
				" instead of "+count(want[cell]))
		}
	}
	return found
}

// kindOf returns the kind of an event, which is called as its detail is.
func kindOf(event *financialv1.Event) financialv1.EventKind {
	message := event.ProtoReflect()
	detail := message.WhichOneof(message.Descriptor().Oneofs().ByName("detail"))
	if detail == nil {
		return financialv1.EventKind_EVENT_KIND_UNSPECIFIED
	}
	return financialv1.EventKind(financialv1.EventKind_value["EVENT_KIND_"+strings.ToUpper(string(detail.Name()))])
}

func kindName(kind financialv1.EventKind) string { return spoken(kind.String(), "EVENT_KIND_") }

func stateName(state financialv1.EventState) string { return spoken(state.String(), "EVENT_STATE_") }

// spoken makes "Customer deposit" of "EVENT_KIND_CUSTOMER_DEPOSIT".
func spoken(name, prefix string) string {
	name = strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, prefix), "_", " "))
	return strings.ToUpper(name[:1]) + name[1:]
}

// countsTable shows events by kind and state.
func (r *Report) countsTable() *table {
	cells := map[kindState]int64{}
	kinds, states := map[financialv1.EventKind]int64{}, map[financialv1.EventState]int64{}
	var total int64
	for _, cell := range r.Counts {
		cells[kindState{cell.GetKind(), cell.GetState()}] += cell.GetCount()
		kinds[cell.GetKind()] += cell.GetCount()
		states[cell.GetState()] += cell.GetCount()
		total += cell.GetCount()
	}
	columns := slices.Sorted(maps.Keys(states))
	t := &table{head: []string{"Events"}, foot: []string{"Total"}}
	for _, state := range columns {
		t.head = append(t.head, stateName(state))
		t.foot = append(t.foot, count(states[state]))
	}
	t.head, t.foot = append(t.head, "Total"), append(t.foot, count(total))
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		row := make([]string, 0, len(t.head))
		row = append(row, kindName(kind))
		for _, state := range columns {
			row = append(row, count(cells[kindState{kind, state}]))
		}
		t.rows = append(t.rows, append(row, count(kinds[kind])))
	}
	return t
}

// balanceTable shows the trial balance, by account name.
func (r *Report) balanceTable() *table {
	var debits, credits int64
	t := &table{head: []string{"Account", "Debit", "Credit"}}
	for _, name := range slices.Sorted(maps.Keys(r.Balances)) {
		balance := r.Balances[name]
		if balance >= 0 {
			debits += balance
			t.rows = append(t.rows, []string{name, money(balance), ""})
		} else {
			credits -= balance
			t.rows = append(t.rows, []string{name, "", money(-balance)})
		}
	}
	t.foot = []string{"Total", money(debits), money(credits)}
	return t
}

// show writes the final tables.
func (r *Report) show(s *screen) {
	s.heading("What became of the events")
	s.table(r.countsTable())
	s.heading("Trial balance of " + r.Company + " in QuickBooks")
	s.table(r.balanceTable())
	s.heading("The books against the events, computed apart from the service")
	s.sayf("journal entries in QuickBooks: %s", count(int64(r.Entries)))
	verdict := "32"
	if r.Differences > 0 {
		verdict = "1;31"
	}
	s.sayf("%s", s.paint(verdict, "differences: "+count(int64(r.Differences))))
	for _, difference := range r.Found {
		s.sayf("  - %s", difference)
	}
	if more := r.Differences - len(r.Found); more > 0 {
		s.sayf("  and %s more", count(int64(more)))
	}
}
