package rpc

import (
	"time"

	"connectrpc.com/connect/v2"

	"github.com/tillpost/tillpost/internal/store"
)

const metadataAbandonTime = "abandon_time"

// entriesUnsettled tells why the former company cannot be left, and the way out for whoever can never reach it again.
func entriesUnsettled(unsettled *store.EntriesUnsettledError, now time.Time) *callError {
	n := int64(unsettled.Entries)
	from := unsettled.AbandonAt.UTC().Add(time.Second - 1).Truncate(time.Second) // never too early
	wayOut := "that one can be left all the same (abandon_unsettled)"
	if unsettled.AbandonAt.After(now) {
		wayOut += ", from " + from.Format(time.DateTime) + " UTC on"
	}
	e := newError(connect.CodeFailedPrecondition, reasonEntriesUnsettled,
		"it is not known whether %s %s %s booked in the former QuickBooks company: connect that one once more, and it is settled "+
			"within minutes; if it can never be reached again, %s",
		number(n), choose(n, "entry", "entries"), choose(n, "was", "were"), wayOut)
	e.cause = unsettled
	return e.with(metadataAbandonTime, from.Format(time.RFC3339))
}
