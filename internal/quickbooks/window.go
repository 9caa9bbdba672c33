package quickbooks

import (
	"math"
	"slices"
	"time"
)

// window is one sliding window: at most limit requests that are under way or ended less than length ago. A limit of
// zero or less counts nothing and never binds.
type window struct {
	limit    int
	length   time.Duration
	inFlight int
	ends     []time.Time // in order; those that no longer count are dropped when a new one comes
}

// live returns the ends that still count at the time now.
func (w *window) live(now time.Time) []time.Time {
	from, _ := slices.BinarySearchFunc(w.ends, now, func(end, now time.Time) int {
		if end.Add(w.length).After(now) {
			return 1
		}
		return -1
	})
	return w.ends[from:]
}

// room returns how many requests may start at the time now.
func (w *window) room(now time.Time) int {
	if w.limit <= 0 {
		return math.MaxInt
	}
	return max(w.limit-w.inFlight-len(w.live(now)), 0)
}

// free returns when the next request may start, now at the earliest. known is false if only the end of a request under
// way can tell.
func (w *window) free(now time.Time) (at time.Time, known bool) {
	if w.room(now) > 0 {
		return now, true
	}
	live := w.live(now)
	mustExpire := w.inFlight + len(live) - w.limit + 1
	if mustExpire > len(live) {
		return time.Time{}, false
	}
	return live[mustExpire-1].Add(w.length), true
}

// add counts a request that ended at the time at, and forgets those that no longer count at the time now.
func (w *window) add(at, now time.Time) {
	if w.limit <= 0 {
		return
	}
	w.ends = slices.Delete(w.ends, 0, len(w.ends)-len(w.live(now)))
	place, _ := slices.BinarySearchFunc(w.ends, at, time.Time.Compare)
	w.ends = slices.Insert(w.ends, place, at)
}
