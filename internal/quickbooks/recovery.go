package quickbooks

import "time"

// A 429 at our limits says that somebody else uses a part of them: another server or app of ours, or Intuit counts
// otherwise than it writes. To go on as before would be to meet the next one as soon as the silence is over, and each costs
// a minute. So a 429 halves the limits, and from the end of the silence they grow back, the same step each minute. Whoever
// shares a limit in this way ends up close below what is left for him. All limits go down together: an answer does not
// tell which of them it was.
const (
	// leastShare of the limits is always left, so that work goes on and finds out when there is more.
	leastShare = 1.0 / 8
	// regrowth is how long limits take to grow from nothing to the whole: half of that after one 429.
	regrowth = 20 * time.Minute
)

// recovery is what the limits are lowered to: a share of them at a time, growing from then on. The zero value: the whole.
type recovery struct {
	from time.Time
	less float64 // what the share lacked of the whole at that time
}

// share returns what share of the limits may be used at the time now.
func (r recovery) share(now time.Time) float64 {
	grown := max(now.Sub(r.from), 0).Seconds() / regrowth.Seconds()
	return min(1-r.less+grown, 1)
}

// lowered returns the recovery after a 429 at the time now whose silence ends at until.
func (r recovery) lowered(now, until time.Time) recovery {
	return recovery{from: until, less: 1 - max(r.share(now)/2, leastShare)} //nolint:mnd // by half
}

// Penalize stops everything until a time, after a 429, and lowers the limits from then on. Requests that are under way are
// not touched: what is answered 429 while everything stands still was sent before, and lowers nothing again. A time that
// has passed tells of a 429 that another process met; one that is not later than the last one tells nothing new.
func (p *Pacer) Penalize(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !until.After(p.pausedUntil) {
		return
	}
	if now := time.Now(); now.Before(p.pausedUntil) {
		p.recovery.from = until
	} else {
		p.recovery = p.recovery.lowered(now, until)
	}
	p.pausedUntil = until
	p.look()
}

// adapt sets the limits to what may be used at the time now.
func (p *Pacer) adapt(now time.Time) {
	share := p.recovery.share(now)
	p.minute.limit = part(p.limits.PerMinute, share)
	p.second.limit = part(p.limits.PerSecond, share)
	p.batches.limit = part(p.limits.BatchesPerMinute, share)
	p.atOnce = part(p.limits.Concurrent, share)
}

// part is a share of a limit: at least one, but for what is no limit.
func part(limit int, share float64) int {
	if limit <= 0 {
		return limit
	}
	return max(int(float64(limit)*share), 1)
}
