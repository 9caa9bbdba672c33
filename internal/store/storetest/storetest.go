// Package storetest is the suite that every database of package store must pass. It speaks to a store only through its
// methods. Only tests import it.
package storetest

import (
	"maps"
	"testing"

	"github.com/tillpost/tillpost/internal/store"
)

// Open makes a migrated store with an empty database of its own, which lives as long as the test.
type Open func(t *testing.T) *store.Store

// tests are tests by name, each for a store of its own.
type tests map[string]func(*testing.T, *store.Store)

// Run runs the suite.
func Run(t *testing.T, open Open) {
	t.Helper()
	all := tests{}
	for _, group := range []tests{
		connectionTests(), tokenTests(), accountTests(), importTests(), mappingTests(), slotTests(), recordTests(),
		concurrencyTests(), listTests(), moveTests(), leaseTests(), wakeTests(), requestTests(), settleTests(),
		isolationTests(), limitTests(), modelTests(), revisionTests(), standingTests(), concurrentRevisionTests(), mappingHistoryTests(),
		settingsTests(), trackingTests(), pastTests(), backfillTests(), overviewTests(), callTests(), abandonTests(),
	} {
		maps.Copy(all, group)
	}
	for name, test := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}
