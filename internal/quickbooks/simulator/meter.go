package simulator

import (
	"maps"
	"net/http"
	"sync"
)

// RequestCounts says how many requests the simulator received, and how Intuit would meter them.
type RequestCounts struct {
	// Total is all requests to Intuit's endpoints; the simulator's pages and admin endpoints are not counted.
	Total int64 `json:"total"`
	// ByKind and ByStatus break Total down. Status 0 stands for a connection cut without an answer.
	ByKind   map[Kind]int64 `json:"byKind"`
	ByStatus map[int]int64  `json:"byStatus"`
	// Core is the writes that succeeded, CorePlus the reads; a batch is one Core call for its writes and one CorePlus
	// call for each of its queries. Intuit charges for CorePlus only.
	Core     int64 `json:"core"`
	CorePlus int64 `json:"corePlus"`
	// Replayed is the writes answered from memory because their requestid had been seen.
	Replayed int64 `json:"replayed"`
}

// meter counts requests.
type meter struct {
	switches *switchboard

	mu     sync.Mutex
	number int64
	tally  RequestCounts
}

func newMeter(switches *switchboard) *meter {
	return &meter{switches: switches, tally: RequestCounts{ByKind: map[Kind]int64{}, ByStatus: map[int]int64{}}}
}

// next returns the number of the request that has just come in.
func (m *meter) next() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.number++
	return m.number
}

// count books a request under the status that was sent, and meters it by the status that its handler gave: Intuit
// counts what it did, not what arrived. Zero means not sent, or not handled.
func (m *meter) count(c *call, sent, handled int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.tally.Total++
	m.tally.ByKind[c.kind]++
	m.tally.ByStatus[sent]++
	if c.replayed {
		m.tally.Replayed++
	}
	if handled != http.StatusOK {
		return
	}
	if c.kind.writes() || c.batchWrites > 0 {
		m.tally.Core++
	}
	if c.kind.reads() {
		m.tally.CorePlus++
	}
	if m.switches.is(SwitchBatchQueries, switchOn) {
		m.tally.CorePlus += int64(c.batchReads)
	}
}

func (m *meter) counts() RequestCounts {
	m.mu.Lock()
	defer m.mu.Unlock()
	counts := m.tally
	counts.ByKind = maps.Clone(counts.ByKind)
	counts.ByStatus = maps.Clone(counts.ByStatus)
	return counts
}
