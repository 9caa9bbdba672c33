package rpc

import (
	"time"

	"github.com/tillpost/tillpost/internal/store"
)

// Summary is the sentence of a status, for its table of tests: most of its states take a broken world to reach.
func Summary(s *store.Status, now time.Time) string { return summary(s, 0, now) }

// SummaryWithBackfill is the same while a backfill is unfinished that takes so long.
func SummaryWithBackfill(s *store.Status, left time.Duration) string {
	return summary(s, left, time.Time{})
}

// ScopeOf is the scope that a procedure takes.
func ScopeOf(procedure string) (Scope, bool) {
	scope, ok := procedureScopes()[procedure]
	return scope, ok
}
