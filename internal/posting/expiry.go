package posting

import (
	"time"

	"github.com/tillpost/tillpost/internal/store"
)

// expiryNotice is how long before its end an authorization is warned of. Intuit itself tells customers 30 days ahead.
const expiryNotice = 30 * 24 * time.Hour

// Expiry is the end of an authorization that is near.
type Expiry struct {
	At time.Time
	// Final says that using it does not help: a person has to connect again. Otherwise any use renews it.
	Final bool
}

// ExpiryOf returns the end of an authorization, and whether it is near enough at now for a warning.
func ExpiryOf(life store.Lifetime, now time.Time) (Expiry, bool) {
	near := func(end time.Time) bool { return !end.IsZero() && end.Sub(now) <= expiryNotice }
	switch {
	case near(life.FinalEnd): // first: the end of an unused one is never later
		return Expiry{At: life.FinalEnd, Final: true}, true
	case near(life.UnusedEnd):
		return Expiry{At: life.UnusedEnd}, true
	default:
		return Expiry{}, false
	}
}
