package ledger

import "fmt"

// FormerCompany is a QuickBooks company that the retailer has left.
type FormerCompany struct {
	Realm RealmID
	// Name is empty where it is not known any more.
	Name string
}

// String names the company for people.
func (c FormerCompany) String() string {
	if c.Name == "" {
		return fmt.Sprintf("the QuickBooks company that the retailer was connected to earlier (company id %s)", c.Realm)
	}
	return fmt.Sprintf("the former QuickBooks company %s (company id %s)", c.Name, c.Realm)
}

// LostEntry is an entry that was sent to a company which was left before its answer was learnt.
type LostEntry struct {
	Company   FormerCompany
	DocNumber string
	TxnDate   Date
	// Revises says that the company holds an entry of an earlier revision for sure.
	Revises bool
}

// Problem is why an event with such an entry waits: it may be booked, and only a person can look.
func (l LostEntry) Problem() *Problem {
	problem := &Problem{
		Reason: ReasonOutcomeLost,
		Message: fmt.Sprintf("Entry %s of %s was sent to %s, which was left before its answer was learnt: it may be booked there.",
			l.DocNumber, l.TxnDate, l.Company),
		Remedy: "Look for the entry in that company first. If it is booked there and stays there, skip the event. If it is not, or " +
			"shall stand in the present company too, retry: the event is then posted to the present company.",
	}
	if l.Revises {
		problem.Remedy = "Look for the entry in that company: an earlier revision of the event is booked there. Make it right there " +
			"by hand, and skip the event."
	}
	return problem
}

// formerCompany is why a later revision waits of what is booked in a company that was left.
func formerCompany(ev *Event, company FormerCompany) *Problem {
	return &Problem{
		Reason: ReasonFormerCompany,
		Message: fmt.Sprintf("Revision %d cannot be posted: what was booked of the event before stands in %s.",
			ev.Revision, company),
		Remedy: "Correct the entry in that company by hand, and skip the event.",
	}
}
