// Package ledger is the accounting of Tillpost: money, the roles that accounts play, the look-up of a role's account,
// and the build of one balanced journal entry from one financial event. It computes and never does anything else: no
// clock, no file, no network, no database.
package ledger

import "time"

// RetailerID names a tenant. 1 to 64 letters, digits, dots, underscores, colons or hyphens.
type RetailerID string

// RealmID is QuickBooks' name for a company: digits.
type RealmID string

// EventID is the retail platform's own id of an event: unique per retailer, never reused, 1 to 64 visible ASCII characters.
type EventID string

// AccountID is QuickBooks' Id of an account, unique within a company.
type AccountID string

// LocationID names a retail location. Empty in a mapping: any location.
type LocationID string

// Bounds of an event, checked by Event.Violations.
const (
	// EarliestDate is the first business date and the first day an event may have occurred on.
	EarliestDate Date = "2000-01-01"
	// LatestOccurrence is how far ahead of the clock an event may have occurred, for clocks that differ.
	LatestOccurrence = 24 * time.Hour
	// LatestBusinessDays is how many days a business date may lie ahead of the UTC date of the clock.
	LatestBusinessDays = 2
)
