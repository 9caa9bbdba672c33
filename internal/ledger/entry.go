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
}

// Line is one line of an entry. Amount is always positive.
type Line struct {
	Side        Side      `json:"side"`
	Amount      Amount    `json:"amount"`
	Account     AccountID `json:"account"`
	AccountName string    `json:"account_name"`
	Description string    `json:"description"`
	// Slots are the places whose amounts make up this line.
	Slots []Slot `json:"slots"`
}

// Books is what Build knows of a retailer and its company.
type Books struct {
	Retailer      RetailerID
	HomeCurrency  Currency // empty: not known, no check
	Multicurrency bool
	Mapping       Mapping
	Accounts      map[AccountID]Account
	// RoundingLimit is by how much a sale may be out of balance; the difference goes to ROUNDING. 0: not at all.
	RoundingLimit Amount
}

// ErrNothingToPost says that every amount of an event is zero or nets to zero.
var ErrNothingToPost = errors.New("nothing to post: every amount is zero or nets to zero")
