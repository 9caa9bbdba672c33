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
	wayOut := "that one can be left all the same (abandon_unsettled)"
	if unsettled.AbandonAt.After(now) {
		wayOut += ", from " + unsettled.AbandonAt.UTC().Format("2006-01-02 15:04:05") + " UTC on"
	}
	e := newError(connect.CodeFailedPrecondition, reasonEntriesUnsettled,
		"it is not known whether %s %s %s booked in the former QuickBooks company: connect that one once more, and it is settled "+
			"within minutes; if it can never be reached again, %s",
		number(n), choose(n, "entry", "entries"), choose(n, "was", "were"), wayOut)
	e.cause = unsettled
	return e.with(metadataAbandonTime, unsettled.AbandonAt.UTC().Format(time.RFC3339Nano))
}
