package storetest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

func modelTests() tests { return tests{"Model/RandomSteps": testModel} }

// testModel takes random steps with a store and with a model of it that is as simple as can be, and compares the two after
// each. Every run has a retailer of its own in the same store.
func testModel(t *testing.T, s *store.Store) {
	t.Helper()
	var runs atomic.Int64
	rapid.Check(t, func(r *rapid.T) {
		m := &model{
			t: t, r: r, s: s, retailer: ledger.RetailerID(fmt.Sprintf("r-%d", runs.Add(1))),
			events: map[ledger.EventID]*modelEvent{}, mapped: map[ledger.Slot]bool{},
		}
		r.Repeat(map[string]func(*rapid.T){
			"": m.compare, "record": m.record, "connect": m.connect, "start": m.start, "pause": m.pause,
			"park": m.park, "send": m.send, "settle": m.settle, "map": m.put, "unmap": m.remove, "import": m.imports,
			"retry": m.retry, "skip": m.skip, "unskip": m.unskip, "release": m.release,
		})
		m.compareAll()
		m.check(s.Disconnect(within(t), m.retailer, m.now())) // out of the way of the next run
	})
}

// model is what the store should hold.
type model struct {
	t        *testing.T
	r        *rapid.T
	s        *store.Store
	retailer ledger.RetailerID
	clock    int

	connected, started, everStarted bool
	lease                           *store.Lease
	events                          map[ledger.EventID]*modelEvent
	requests                        [][]ledger.EventID // open; the request's id is its number
	sent                            int
	mapped                          map[ledger.Slot]bool
}

type modelEvent struct {
	ev      ledger.Event
	state   ledger.State
	reason  ledger.Reason
	slots   []ledger.Slot
	request int // while PROCESSING
	changes int
}

func (m *model) now() time.Time { return at(m.clock) }

func (m *model) check(err error) {
	if err != nil {
		m.r.Fatalf("%v", err)
	}
}

func (m *model) equal(what string, have, want any) {
	if fmt.Sprint(have) != fmt.Sprint(want) {
		m.r.Fatalf("%s: have %v, want %v", what, have, want)
	}
}

// move changes an event as a person does.
func (m *model) move(e *modelEvent, to ledger.State) {
	e.state, e.reason, e.slots = to, 0, nil
	e.changes++
}

func (m *model) in(states ...ledger.State) []ledger.EventID {
	var out []ledger.EventID
	for _, id := range slices.Sorted(maps.Keys(m.events)) {
		if slices.Contains(states, m.events[id].state) {
			out = append(out, id)
		}
	}
	return out
}

func (m *model) some(of []ledger.EventID) []ledger.EventID {
	if len(of) == 0 {
		return nil
	}
	return slices.Sorted(slices.Values(rapid.SliceOfNDistinct(rapid.SampledFrom(of), 1, len(of), rapid.ID[ledger.EventID]).Draw(m.r, "some")))
}

func (m *model) first() ledger.State {
	if m.everStarted {
		return ledger.StatePending
	}
	return ledger.StateNeverSynced
}

func (m *model) record(r *rapid.T) {
	m.r = r
	m.clock++
	var events []ledger.Event
	for _, n := range rapid.SliceOfN(rapid.IntRange(0, 11), 1, 6).Draw(r, "events") {
		ev := sale(fmt.Sprintf("e-%02d", n))
		if n%3 == 0 {
			ev = cash(string(ev.ID))
		}
		if rapid.IntRange(0, 9).Draw(r, "other content") == 0 {
			ev = other(ev)
		}
		events = append(events, ev)
	}
	results, err := m.s.RecordEvents(within(m.t), m.retailer, caller, encoded(m.t, events...), m.now())
	m.check(err)
	for i, ev := range events {
		known, want := m.events[ev.ID], store.Accepted
		switch {
		case known == nil:
			known = &modelEvent{ev: ev, state: m.first()}
			m.events[ev.ID] = known
		case known.ev.Memo == ev.Memo:
			want = store.Duplicate
		default:
			want = store.Conflict
		}
		m.equal("status", results[i].Status, want)
		m.equal("state", results[i].State, known.state)
	}
}

func (m *model) connect(r *rapid.T) {
	m.r = r
	m.clock++
	m.check(m.s.SaveConnection(within(m.t), m.retailer, connection(m.now())))
	m.connected = true
	m.imports(r)
}

func (m *model) imports(r *rapid.T) {
	m.r = r
	if !m.connected {
		return
	}
	m.clock++
	summary, err := m.s.ImportAccounts(within(m.t), m.retailer, realm, chart(), m.now())
	m.check(err)
	released := 0
	for _, id := range m.in(ledger.StateActionRequired) {
		if m.events[id].reason == ledger.ReasonAccountDeleted {
			m.move(m.events[id], ledger.StatePending)
			released++
		}
	}
	m.equal("released", summary.Released, released)
}

func (m *model) start(r *rapid.T) {
	m.r = r
	m.clock++
	err := m.s.StartSync(within(m.t), m.retailer, m.now())
	if !m.connected {
		m.equal("refused", err != nil, true)
		return
	}
	m.check(err)
	m.started, m.everStarted = true, true
}

func (m *model) pause(r *rapid.T) {
	m.r = r
	m.check(m.s.PauseSync(within(m.t), m.retailer, m.now()))
	m.started = false
}

// hold takes the lease unless it is held, and tells whether it is.
func (m *model) hold() bool {
	if m.lease != nil {
		return true
	}
	l, ok, err := m.s.Claim(within(m.t), worker, m.now(), 1000*time.Hour)
	m.check(err)
	if ok {
		m.lease = &l
		return true
	}
	// Nothing to claim: then nothing may be left that could be done.
	if m.connected && (len(m.requests) > 0 || m.started && len(m.in(ledger.StatePending)) > 0) {
		m.r.Fatalf("work is left and not planned: %d requests, %v", len(m.requests), m.in(ledger.StatePending))
	}
	return false
}

func (m *model) release(r *rapid.T) {
	m.r = r
	if !m.hold() {
		return
	}
	m.check(m.s.Release(within(m.t), *m.lease, m.now(), store.Backoff{}))
	m.lease = nil
}

// pending reads what the engine sees and compares it.
func (m *model) pending() []ledger.EventID {
	pending, err := m.s.PendingEvents(within(m.t), *m.lease, m.now(), 100)
	m.check(err)
	have := make([]ledger.EventID, 0, len(pending))
	for _, p := range pending {
		have = append(have, p.Event.ID)
	}
	slices.Sort(have)
	var want []ledger.EventID
	if m.started {
		want = m.in(ledger.StatePending)
	}
	m.equal("pending", have, want)
	return have
}

func (m *model) park(r *rapid.T) {
	m.r = r
	m.clock++
	if !m.hold() {
		return
	}
	var parked []store.Parked
	for _, id := range m.some(m.pending()) {
		problem := unmapped(visa(), shoes())
		switch rapid.IntRange(0, 3).Draw(r, "why") {
		case 0:
			problem = nil
		case 1:
			problem = unmapped(visa())
			problem.Reason = ledger.ReasonAccountDeleted
		case 2:
			problem = unmapped(shoes())
		}
		parked = append(parked, store.Parked{Event: id, Revision: 1, Problem: problem})
	}
	version, err := m.s.BooksVersion(within(m.t), m.retailer)
	m.check(err)
	m.check(m.s.Park(within(m.t), *m.lease, m.now(), version, parked))
	for _, p := range parked {
		m.refuse(p.Event, p.Problem)
	}
}

// refuse changes an event as a problem, or the lack of one, does.
func (m *model) refuse(id ledger.EventID, problem *ledger.Problem) {
	e := m.events[id]
	if problem == nil {
		e.state = ledger.StateNothingToPost
		return
	}
	m.move(e, ledger.StateActionRequired)
	e.reason, e.slots = problem.Reason, problem.Slots
}

func (m *model) send(r *rapid.T) {
	m.r = r
	m.clock++
	if !m.hold() {
		return
	}
	events := m.some(m.pending())
	if len(events) == 0 {
		return
	}
	m.sent++
	q := batch(fmt.Sprintf("q-%d", m.sent), events...)
	m.check(m.s.StoreRequests(within(m.t), *m.lease, m.now(), []store.NewRequest{q}))
	for _, id := range events {
		m.events[id].state, m.events[id].request = ledger.StateProcessing, m.sent
	}
	m.requests = append(m.requests, events)
}

func (m *model) settle(r *rapid.T) {
	m.r = r
	m.clock++
	if len(m.requests) == 0 || !m.hold() {
		return
	}
	n := rapid.IntRange(0, len(m.requests)-1).Draw(r, "request")
	events := m.requests[n]
	settlement := store.Settlement{
		RequestID: fmt.Sprintf("q-%d", m.events[events[0]].request), Attempt: store.Attempt{Outcome: store.Unknown},
		NextDue: m.now(),
	}
	var open []ledger.EventID
	for _, id := range events {
		result := item(id, store.Outcome(rapid.IntRange(1, 5).Draw(r, "outcome")))
		settlement.Items = append(settlement.Items, result)
		if result.Outcome == store.Unknown {
			open = append(open, id)
		}
	}
	settlement.Closed = len(open) == 0
	m.check(m.s.Settle(within(m.t), *m.lease, m.now(), settlement))
	for _, result := range settlement.Items {
		switch e := m.events[result.Event]; result.Outcome {
		case store.Booked:
			e.state = ledger.StateSynced
		case store.Refused:
			m.refuse(result.Event, result.Problem)
		case store.NotBooked, store.NotFound:
			e.state = ledger.StatePending
		case store.Unknown:
		}
	}
	m.requests[n] = open
	if len(open) == 0 {
		m.requests = slices.Delete(m.requests, n, n+1)
	}
}

func (m *model) slot() ledger.Slot {
	return rapid.SampledFrom([]ledger.Slot{
		visa(), shoes(),
		{Role: ledger.RolePayment},
		{Role: ledger.RoleRevenue, Location: "store-1"},
		{Role: ledger.RolePayment, Location: "store-2"},
	}).Draw(m.r, "slot")
}

func (m *model) put(r *rapid.T) {
	m.r = r
	m.clock++
	slot := m.slot()
	_, released, err := putMapping(within(m.t), m.s, m.retailer, slot, "2", caller, m.now())
	if !m.connected {
		m.equal("refused", err != nil, true)
		return
	}
	m.check(err)
	m.mapped[slot] = true
	want := 0
	for _, id := range m.in(ledger.StateActionRequired) {
		if slices.ContainsFunc(m.events[id].slots, func(waiting ledger.Slot) bool {
			source := alone(slot).Lookup(waiting, "2026-11-22").Source
			return source != ledger.SourceMissing
		}) {
			m.move(m.events[id], ledger.StatePending)
			want++
		}
	}
	m.equal("released", released, want)
}

func (m *model) remove(r *rapid.T) {
	m.r = r
	slot := m.slot()
	found, err := deleteMapping(within(m.t), m.s, m.retailer, slot)
	m.check(err)
	m.equal("found", found, m.mapped[slot])
	delete(m.mapped, slot)
}

func (m *model) retry(r *rapid.T) {
	m.r = r
	m.clock++
	reason := rapid.SampledFrom([]ledger.Reason{0, ledger.ReasonUnmapped, ledger.ReasonRejectedByQuickBooks}).Draw(r, "reason")
	var chosen []ledger.EventID
	if rapid.Bool().Draw(r, "by id") {
		chosen = m.some(slices.Sorted(maps.Keys(m.events)))
	}
	n, err := m.s.RetryEvents(within(m.t), m.retailer, store.Retry{IDs: chosen, Reason: reason}, caller, m.now())
	m.check(err)
	want := 0
	for _, id := range m.in(ledger.StateActionRequired) {
		e := m.events[id]
		if (reason == 0 || e.reason == reason) && (len(chosen) == 0 || slices.Contains(chosen, id)) {
			m.move(e, ledger.StatePending)
			want++
		}
	}
	m.equal("retried", n, want)
}

func (m *model) skip(r *rapid.T) {
	m.skipOrBack(r, false, func(*modelEvent) ledger.State { return ledger.StateSkipped },
		ledger.StateNeverSynced, ledger.StatePending, ledger.StateActionRequired)
}

func (m *model) unskip(r *rapid.T) {
	m.skipOrBack(r, true, func(*modelEvent) ledger.State { return m.first() }, ledger.StateSkipped)
}

func (m *model) skipOrBack(r *rapid.T, unskip bool, to func(*modelEvent) ledger.State, from ...ledger.State) {
	m.r = r
	m.clock++
	chosen := m.some(slices.Sorted(maps.Keys(m.events)))
	n, err := m.s.SkipEvents(within(m.t), m.retailer, chosen, unskip, "", caller, m.now())
	m.check(err)
	want := 0
	for _, id := range m.in(from...) {
		if slices.Contains(chosen, id) {
			m.move(m.events[id], to(m.events[id]))
			want++
		}
	}
	m.equal("skipped", n, want)
}

// compare holds the store to the model.
func (m *model) compare(r *rapid.T) {
	m.r = r
	ctx := within(m.t)
	counts := map[store.Count]int64{}
	rows, _, err := m.s.ListEvents(ctx, m.retailer, store.EventQuery{Limit: 100})
	m.check(err)
	m.equal("events", len(rows), len(m.events))
	for i := range rows {
		e := m.events[rows[i].Event.ID]
		m.equal(string(e.ev.ID), []any{rows[i].State, rows[i].Reason}, []any{e.state, e.reason})
	}
	for _, e := range m.events {
		counts[store.Count{Kind: e.ev.Detail.Kind(), State: e.state, Reason: e.reason}]++
	}
	want := []store.Count{}
	for c, n := range counts {
		c.N = n
		want = append(want, c)
	}
	slices.SortFunc(want, func(a, b store.Count) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.State, b.State), cmp.Compare(a.Reason, b.Reason))
	})
	status, err := m.s.Status(ctx, m.retailer)
	m.check(err)
	m.equal("counts", status.Counts, want)
}

// compareAll is what is compared at the end only.
func (m *model) compareAll() {
	differences, err := m.s.Audit(within(m.t), m.retailer)
	m.check(err)
	m.equal("audit", differences, []string{})
	for id, e := range m.events {
		detail, err := m.s.Event(within(m.t), m.retailer, id)
		m.check(err)
		m.equal(string(id)+" history", len(detail.Changes), e.changes)
	}
}
