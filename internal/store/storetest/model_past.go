package storetest

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// pastModel is what the store should hold of backfills: the state of each, and which one is unfinished.
type pastModel struct {
	states []store.BackfillState // of those with the ids 1, 2, ...
	active int64
}

// unreleased are the events that wait their turn. All events of the model are of one business date.
func (m *model) unreleased() []ledger.EventID { return m.in(ledger.StateNeverSynced) }

func (m *model) backfillPaused() bool {
	return m.past.active != 0 && m.past.states[m.past.active-1] == store.BackfillPaused
}

// sendable are the events that the engine may send while sync is started.
func (m *model) sendable() []ledger.EventID {
	return slices.DeleteFunc(m.in(ledger.StatePending), func(id ledger.EventID) bool {
		return m.backfillPaused() && m.events[id].backlog
	})
}

// releasable is how many events ReleasePast may release while sync is started.
func (m *model) releasable() int {
	if m.past.active == 0 || m.backfillPaused() {
		return 0
	}
	return len(m.unreleased())
}

// progressOf counts the events of a backfill.
func (m *model) progressOf(id int64) store.Progress {
	var p store.Progress
	for _, e := range m.events {
		switch {
		case e.backfill == -id, e.backfill == id && e.state == ledger.StateSynced:
			p.Booked++
		case e.backfill != id:
		case e.state == ledger.StatePending, e.state == ledger.StateProcessing:
			p.Pending++
		case e.state == ledger.StateActionRequired:
			p.Attention++
		default:
			p.Skipped++
		}
	}
	if id == m.past.active {
		p.Unreleased = int64(len(m.unreleased()))
	}
	return p
}

// comparePast works out which backfills have ended or run again, and compares them with the store.
func (m *model) comparePast(status *store.Status) {
	if id := m.past.active; id != 0 {
		if p := m.progressOf(id); p.Remaining() == 0 {
			m.past.states[id-1], m.past.active = store.BackfillDone, 0
		}
	}
	if m.past.active == 0 && status.Backfill != nil {
		// Where several could run again, the store chooses; it must be one that has something to post.
		id := status.Backfill.ID
		p := m.progressOf(id)
		m.equal("may run again", p.Pending > 0 && m.past.states[id-1] == store.BackfillDone, true)
		m.past.states[id-1], m.past.active = store.BackfillRunning, id
	}
	var active int64
	if status.Backfill != nil {
		active = status.Backfill.ID
	}
	m.equal("unfinished backfill", active, m.past.active)
	page, _, err := m.s.Backfills(within(m.t), m.retailer, 1000, "")
	m.check(err)
	m.equal("backfills", len(page), len(m.past.states))
	for _, b := range page {
		want := m.progressOf(b.ID)
		if b.State == store.BackfillCancelled {
			want.Unreleased = b.Unreleased // what it left
		}
		m.equal("backfill", []any{b.State, b.Progress}, []any{m.past.states[b.ID-1], want})
	}
}

func (m *model) backfill(r *rapid.T) {
	m.r = r
	m.clock++
	b, err := m.s.StartBackfill(within(m.t), m.retailer, store.Past{}, nil, "", caller, m.now())
	if !m.everStarted {
		m.equal("refused", err != nil, true)
		return
	}
	m.check(err)
	switch {
	case m.past.active != 0:
		m.equal("the same", b.ID, m.past.active)
	case len(m.unreleased()) == 0:
		m.equal("none", b.ID, 0)
	default:
		m.past.states = append(m.past.states, store.BackfillRunning)
		m.past.active = int64(len(m.past.states))
		m.equal("a new one", b.ID, m.past.active)
	}
}

func (m *model) releasePast(r *rapid.T) {
	m.r = r
	m.clock++
	if !m.hold() {
		return
	}
	limit := rapid.IntRange(1, 4).Draw(r, "limit")
	before := m.unreleased()
	n, err := m.s.ReleasePast(within(m.t), *m.lease, m.now(), limit)
	m.check(err)
	if !m.started {
		m.equal("released", n, 0)
		return
	}
	m.equal("released", n, min(limit, m.releasable()))
	for _, id := range before {
		row, err := m.s.Event(within(m.t), m.retailer, id)
		m.check(err)
		if row.State == ledger.StatePending {
			e := m.events[id]
			m.move(e, ledger.StatePending)
			e.backfill, e.backlog = m.past.active, true
			n--
		}
	}
	m.equal("others released", n, 0)
}

func (m *model) pauseBackfill(r *rapid.T) {
	m.r = r
	m.clock++
	if m.past.active == 0 {
		return
	}
	change, to := m.s.PauseBackfill, store.BackfillPaused
	if rapid.Bool().Draw(r, "resume") {
		change, to = m.s.ResumeBackfill, store.BackfillRunning
	}
	_, err := change(within(m.t), m.retailer, m.past.active, caller, m.now())
	m.check(err)
	m.past.states[m.past.active-1] = to
}

func (m *model) cancelBackfill(r *rapid.T) {
	m.r = r
	m.clock++
	if m.past.active == 0 || rapid.IntRange(0, 3).Draw(r, "cancel") > 0 { // seldom: much goes on while one is unfinished
		return
	}
	_, err := m.s.CancelBackfill(within(m.t), m.retailer, m.past.active, caller, m.now())
	m.check(err)
	for _, id := range m.in(ledger.StatePending) {
		if e := m.events[id]; e.backfill == m.past.active && e.backlog && e.stands == 0 {
			m.move(e, ledger.StateNeverSynced)
			e.backfill, e.backlog = 0, false
		}
	}
	m.past.states[m.past.active-1], m.past.active = store.BackfillCancelled, 0
}
