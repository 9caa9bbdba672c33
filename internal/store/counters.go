package store

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/tillpost/tillpost/internal/ledger"
)

// tally names a counter.
type tally struct {
	Kind   ledger.Kind   `db:"kind"`
	State  ledger.State  `db:"state"`
	Reason ledger.Reason `db:"reason"`
}

// tallies sums what a transaction does to the counters.
type tallies map[tally]int64

// move notes that n events left a state for another.
func (d tallies) move(from, to tally, n int64) {
	d[from] -= n
	d[to] += n
}

// count brings the retailer's counters up to date. The caller holds the work row.
func (t *tx) count(ctx context.Context, r ledger.RetailerID, changes tallies) error {
	maps.DeleteFunc(changes, func(_ tally, n int64) bool { return n == 0 })
	keys := slices.SortedFunc(maps.Keys(changes), func(a, b tally) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.State, b.State), cmp.Compare(a.Reason, b.Reason))
	})
	rows := make([][]any, 0, len(keys))
	for _, k := range keys {
		rows = append(rows, []any{r, k.Kind, k.State, k.Reason, changes[k]})
	}
	return t.insert(ctx, `INSERT INTO counters (retailer_id, kind, state, reason, n)`, rows,
		`ON CONFLICT (retailer_id, kind, state, reason) DO UPDATE SET n = counters.n + excluded.n`)
}
