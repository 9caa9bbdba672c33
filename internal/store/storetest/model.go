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
			"backfill": m.backfill, "release past": m.releasePast, "pause backfill": m.pauseBackfill,
			"cancel backfill": m.cancelBackfill,
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
	past                            pastModel
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
	sent    store.Item
	changes int
	kept    map[int32]string // the content of every revision
	posted  int32
	stands  int // entries that stand in QuickBooks

	backfill int64 // as in the table
	backlog  bool
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
		revision := rapid.Int32Range(1, 4).Draw(r, "revision")
		if (n+int(revision))%3 == 0 {
			ev = cash(string(ev.ID))
		}
		ev = revised(ev, revision)
		if rapid.IntRange(0, 9).Draw(r, "other content") == 0 {
			ev = other(ev)
		}
		events = append(events, ev)
	}
	results, err := m.s.RecordEvents(within(m.t), m.retailer, caller, encoded(m.t, events...), m.now())
	m.check(err)
	for i, ev := range events {
		m.equal("status", results[i].Status, m.judge(ev))
		m.equal("state", results[i].State, m.events[ev.ID].state)
	}
}

// judge records an event in the model.
func (m *model) judge(ev ledger.Event) store.RecordStatus {
	known := m.events[ev.ID]
	if known == nil {
		m.events[ev.ID] = &modelEvent{ev: ev, state: m.first(), kept: map[int32]string{ev.Revision: ev.Memo}}
		return store.Accepted
	}
	content, kept := known.kept[ev.Revision]
	switch {
	case kept && content == ev.Memo:
		return store.Duplicate
	case kept:
		return store.Conflict
	}
	known.kept[ev.Revision] = ev.Memo
	if ev.Revision < known.ev.Revision {
		return store.Superseded
	}
	known.ev = ev
	known.backlog = false
	if known.state != ledger.StateSynced || known.backfill < 0 {
		known.backfill = min(known.backfill, 0)
	} else {
		known.backfill = -known.backfill
	}
	m.move(known, afterRevision(known.state))
	return store.Accepted
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
	if m.connected && (len(m.requests) > 0 || m.started && len(m.sendable())+m.releasable() > 0) {
		m.r.Fatalf("work is left and not planned: %d requests, %v", len(m.requests), m.sendable())
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
	pending, err := m.s.PendingEvents(within(m.t), *m.lease, m.now(), 100, true)
	m.check(err)
	have := make([]ledger.EventID, 0, len(pending))
	for _, p := range pending {
		have = append(have, p.Event.ID)
		e := m.events[p.Event.ID]
		m.equal(string(p.Event.ID), []int{int(p.Event.Revision), len(p.Standing.Booked)}, []int{int(e.ev.Revision), e.stands})
	}
	slices.Sort(have)
	var want []ledger.EventID
	if m.started {
		want = m.sendable()
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
		why := rapid.IntRange(0, 5).Draw(r, "why")
		switch why {
		case 0, 4:
			problem = nil
		case 1:
			problem = unmapped(visa())
			problem.Reason = ledger.ReasonAccountDeleted
		case 2:
			problem = unmapped(shoes())
		}
		revision := m.events[id].ev.Revision
		if why == 5 {
			revision-- // judged before the present one came
		}
		parked = append(parked, store.Parked{Event: id, Revision: revision, Problem: problem, Booked: why == 4})
	}
	version, err := m.s.BooksVersion(within(m.t), m.retailer)
	m.check(err)
	m.check(m.s.Park(within(m.t), *m.lease, m.now(), version, parked))
	for _, p := range parked {
		switch e := m.events[p.Event]; {
		case p.Revision != e.ev.Revision:
		case p.Booked:
			e.state, e.posted = ledger.StateSynced, p.Revision
		default:
			m.refuse(p.Event, p.Problem)
		}
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
	for i := range q.Items {
		q.Items[i].Revision = m.events[q.Items[i].Event].ev.Revision
		q.Items[i].Final = rapid.Bool().Draw(r, "final")
		m.events[q.Items[i].Event].sent = q.Items[i]
	}
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
		m.settled(result)
	}
	m.requests[n] = open
	if len(open) == 0 {
		m.requests = slices.Delete(m.requests, n, n+1)
	}
}

// settled changes an event as the outcome of its item does.
func (m *model) settled(result store.ItemResult) {
	e := m.events[result.Event]
	overtaken := e.ev.Revision > e.sent.Revision
	if result.Outcome == store.Booked {
		e.stands++
		if e.sent.Final {
			e.posted = e.sent.Revision
		}
	}
	switch {
	case result.Outcome == store.Unknown:
	case overtaken, result.Outcome == store.NotBooked, result.Outcome == store.NotFound:
		e.state = ledger.StatePending
	case result.Outcome == store.Refused:
		m.refuse(result.Event, result.Problem)
	case e.sent.Final:
		e.state = ledger.StateSynced
	default:
		e.state = ledger.StatePending
	}
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
	m.comparePast(&status)
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
		m.equal(string(id)+" revisions", len(detail.Revisions), len(e.kept))
		m.equal(string(id)+" posted", []int{len(detail.Posted), int(detail.PostedRevision)}, []int{e.stands, int(e.posted)})
	}
}
