package rpc

import (
	"math"
	"time"

	"github.com/tillpost/tillpost/internal/store"
)

// pastEvents says how a backfill stands, as a sentence of its own.
func pastEvents(b *store.Backfill, left time.Duration) string {
	if b.State == store.BackfillPaused {
		return "Posting past events is paused: " + settledOf(b) + " are done."
	}
	return "Posting past events: " + settledOf(b) + howLong(left) + "."
}

// pastEventsToo is the same as a clause after something more urgent.
func pastEventsToo(s *store.Status, left time.Duration) string {
	switch {
	case s.Backfill == nil || !s.SyncStarted:
		return ""
	case s.Backfill.State == store.BackfillPaused:
		return "; posting past events is paused at " + settledOf(s.Backfill)
	default:
		return "; posting past events: " + settledOf(s.Backfill) + howLong(left)
	}
}

// settledOf counts what needs nothing more from this service.
func settledOf(b *store.Backfill) string {
	return number(b.Total()-b.Remaining()) + " of " + number(b.Total())
}

// howLong says a time as people do, never less than it is.
func howLong(left time.Duration) string {
	const day = 24 * time.Hour
	unit, one, many := time.Minute, "minute", "minutes"
	switch {
	case left <= 0:
		return ""
	case left > 2*day:
		unit, one, many = day, "day", "days"
	case left > 2*time.Hour:
		unit, one, many = time.Hour, "hour", "hours"
	}
	n := int64(math.Ceil(float64(left) / float64(unit)))
	return ", about " + number(n) + " " + choose(n, one, many) + " left"
}
