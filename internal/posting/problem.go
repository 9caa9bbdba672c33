package posting

import (
	"fmt"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/store"
)

// problemOf says what a refusal means for an event, in the retailer's words.
func problemOf(item store.Item, fault *quickbooks.Error) *ledger.Problem {
	problem := &ledger.Problem{
		Reason:  ledger.ReasonRejectedByQuickBooks,
		Message: fmt.Sprintf("QuickBooks refused the entry (code %s): %s", orNone(fault.Code), orNone(fault.Detail)),
		Remedy:  fault.Facts().Words,
	}
	switch fault.Cause {
	case quickbooks.CausePeriodClosed:
		problem.Reason = ledger.ReasonPeriodClosed
		problem.Message = fmt.Sprintf("The books are closed at %s.", item.Entry.TxnDate)
	case quickbooks.CauseSubscriptionLapsed:
		problem.Reason = ledger.ReasonSubscriptionLapsed
		problem.Message = "The company's QuickBooks subscription has lapsed, so nothing can be booked."
	case quickbooks.CauseAccountInactive, quickbooks.CauseAccountNotFound:
		problem.Reason = ledger.ReasonAccountInactive
		problem.Message = "QuickBooks does not accept one of the entry's accounts: it was made inactive or deleted there."
		problem.Remedy = "Import the accounts, map the ones marked inactive to others, then retry."
	default: // REJECTED_BY_QUICKBOOKS
	}
	return problem
}

// unsendable words an entry that cannot be put into a request, which only one of a strange shape or size cannot.
func unsendable(item store.Item, err error) *ledger.Problem {
	return &ledger.Problem{
		Reason:  ledger.ReasonRejectedByQuickBooks,
		Message: fmt.Sprintf("The entry %s cannot be sent to QuickBooks: %v.", item.Entry.DocNumber, err),
		Remedy:  "Book the document by hand in QuickBooks and skip the event, or record a revision that has fewer or shorter details.",
	}
}

// failsAt words an entry that QuickBooks gives no answer to, while it books others.
func failsAt(item store.Item) *ledger.Problem {
	return &ledger.Problem{
		Reason: ledger.ReasonRejectedByQuickBooks,
		Message: fmt.Sprintf("QuickBooks fails whenever the entry %s is sent, and has booked others meanwhile. Each time it was "+
			"looked up, and had not been booked.", item.Entry.DocNumber),
		Remedy: "Retry later. If QuickBooks still fails, book the document by hand there and skip the event.",
	}
}

func storedDifferently(id, diff string) *ledger.Problem {
	return &ledger.Problem{
		Reason:  ledger.ReasonStoredDifferently,
		Message: fmt.Sprintf("QuickBooks holds the entry (id %s) and it differs from what was meant: %s.", id, diff),
		Remedy: "Look at the entry in QuickBooks. If it is right as it stands, skip the event; " +
			"if not, delete the entry there and retry.",
	}
}

// changedByOthers words an update that would overwrite what somebody changed in QuickBooks.
func changedByOthers(item store.Item, gone bool) *ledger.Problem {
	what := "was changed there since Tillpost booked it"
	if gone {
		what = "was deleted there"
	}
	return &ledger.Problem{
		Reason: ledger.ReasonStoredDifferently,
		Message: fmt.Sprintf("A later revision of the document should update the entry in QuickBooks (id %s), and that entry %s.",
			item.Replaces, what),
		Remedy: "Look at the entry in QuickBooks. If the books are right as they stand, skip the event; if not, choose adjusting " +
			"entries for revisions in the settings and retry: the difference to what Tillpost booked then gets an entry of its own.",
	}
}

func numberTaken(item store.Item, id string) *ledger.Problem {
	return &ledger.Problem{
		Reason: ledger.ReasonNumberTaken,
		Message: fmt.Sprintf("Another entry in QuickBooks (id %s) already has the number %s, with other contents.",
			orNone(id), item.Entry.DocNumber),
		Remedy: "Give the other entry a new number in QuickBooks, then retry; or skip the event if that entry books it already.",
	}
}

func orNone(s string) string {
	if s == "" {
		return "not given"
	}
	return s
}
