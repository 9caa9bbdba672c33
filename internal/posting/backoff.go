package posting

import (
	"math/rand/v2"
	"time"
)

// backoff returns the pause after the n-th failure in a row: it doubles from half a second up to a minute, with jitter
// over its upper half so that companies that failed together do not come back together.
func backoff(n int) time.Duration {
	const first, doublings = 500 * time.Millisecond, 7
	top := min(first<<min(max(n-1, 0), doublings), maxBackoff)
	return top/2 + rand.N(top/2+1) //nolint:gosec // jitter is no secret
}
