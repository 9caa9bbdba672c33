package ledger

import "errors"

// Side is the side of a journal line. The numbers are stored: never renumber.
type Side uint8

// The sides.
const (
	Debit  Side = 1
	Credit Side = 2
)

// String returns "debit" or "credit".
func (s Side) String() string {
	if s == Credit {
		return "credit"
	}
	return "debit"
}

// Entry is a balanced journal entry: its debits add up to its credits.
type Entry struct {
	TxnDate     Date     `json:"txn_date"`
	DocNumber   string   `json:"doc_number"`
	PrivateNote string   `json:"private_note,omitempty"`
	Currency    Currency `json:"currency"`
	Lines       []Line   `json:"lines"`
	// Adjusts is true for an entry that changes what earlier entries of its event booked.
	Adjusts bool `json:"adjusts,omitempty"`
}

// Debits returns the sum of the debits.
func (e Entry) Debits() Amount {
	var sum Amount
	for i := range e.Lines {
		if e.Lines[i].Side == Debit {
			sum += e.Lines[i].Amount
		}
	}
	return sum
}

// Line is one line of an entry. Amount is always positive.
type Line struct {
	Side        Side      `json:"side"`
	Amount      Amount    `json:"amount"`
	Account     AccountID `json:"account"`
	AccountName string    `json:"account_name"`
	Description string    `json:"description"`
	// Department and Class are QuickBooks' location and class of the line; zero: none.
	Department Tracked `json:"department,omitzero"`
	Class      Tracked `json:"class,omitzero"`
	// Parts are the places whose amounts make up this line.
	Parts []Part `json:"slots"`
}

// signed returns the amount with its sign: debits positive.
func (l *Line) signed() Amount {
	if l.Side == Credit {
		return -l.Amount
	}
	return l.Amount
}

// Part is what one slot puts into a line.
type Part struct {
	Slot

	// Amount is signed: debits positive.
	Amount Amount `json:"amount,omitempty"`
	// Source and Version say where the account came from.
	Source  Source `json:"source,omitempty"`
	Version int64  `json:"version,omitempty"`
}

// Tracked is a QuickBooks location or class.
type Tracked struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"` // fully qualified
}

// RevisionPolicy says how a later revision of a posted event reaches QuickBooks. The numbers are stored and sent: never
// renumber.
type RevisionPolicy uint8

// The revision policies.
const (
	// RevisionsAdjust: by an entry for the difference.
	RevisionsAdjust RevisionPolicy = 1
	// RevisionsUpdate: by an update of the entry itself.
	RevisionsUpdate RevisionPolicy = 2
)

// ClosedBooksPolicy says what happens to an event in a closed period. The numbers are stored and sent: never renumber.
type ClosedBooksPolicy uint8

// The policies for closed books.
const (
	// ClosedBooksHold: it waits for a person.
	ClosedBooksHold ClosedBooksPolicy = 1
	// ClosedBooksFirstOpenDay: it is posted on the first day after the closing date.
	ClosedBooksFirstOpenDay ClosedBooksPolicy = 2
)

// Books is what Build knows of a retailer and its company.
type Books struct {
	Retailer      RetailerID
	HomeCurrency  Currency // empty: not known, no check
	Multicurrency bool
	Mapping       Mapping
	Accounts      map[AccountID]Account
	// RoundingLimit is by how much a sale may be out of balance; the difference goes to ROUNDING. 0: not at all.
	RoundingLimit Amount
	// ClosedThrough is the last day of the closed books; empty: they are open.
	ClosedThrough Date
	// ClosedBooks and Revisions are the retailer's policies; 0 is the first of each.
	ClosedBooks ClosedBooksPolicy
	Revisions   RevisionPolicy
	// Departments are the QuickBooks locations of retail locations, Classes the QuickBooks classes of item classes; both
	// empty where the company does not track them.
	Departments map[LocationID]Tracked
	Classes     map[string]Tracked
}

// ErrNothingToPost says that every amount of an event is zero or nets to zero, or that the event is void.
var ErrNothingToPost = errors.New("nothing to post: every amount is zero or nets to zero, or the event is void")
