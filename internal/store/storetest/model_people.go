package storetest

import (
	"maps"
	"slices"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// What people do in the random steps.

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
