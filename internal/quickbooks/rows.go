package quickbooks

import (
	"encoding/json"
	"fmt"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// queryRows is the part of the answer to a query, or of one object's group in change data capture, that this client
// asks for. Its rows are tolerant: one odd row must not hide the others, because their owner could do nothing about it.
type queryRows struct {
	Fault        *jsonFault   `json:"Fault"`
	Account      []accountRow `json:"Account"`
	JournalEntry []entryRow   `json:"JournalEntry"`
	Department   []nameRow    `json:"Department"`
	Class        []nameRow    `json:"Class"`
	Customer     []nameRow    `json:"Customer"`
	Vendor       []nameRow    `json:"Vendor"`
	TotalCount   *int         `json:"totalCount"`
}

func (q *queryRows) count() int {
	return len(q.Account) + len(q.JournalEntry) + len(q.Department) + len(q.Class) + len(q.Customer) + len(q.Vendor)
}

// accountRow is an account whose balances do not count if they are no whole hundredths: such a balance, of an
// inventory account for example, must not keep the whole chart from being read.
type accountRow struct {
	wire.Account

	CurrentBalance                balance `json:"CurrentBalance"`
	CurrentBalanceWithSubAccounts balance `json:"CurrentBalanceWithSubAccounts"`
}

func (r accountRow) account() wire.Account {
	account := r.Account
	account.CurrentBalance = r.CurrentBalance.amount
	account.CurrentBalanceWithSubAccounts = r.CurrentBalanceWithSubAccounts.amount
	return account
}

func accountsOf(rows []accountRow) []wire.Account {
	accounts := make([]wire.Account, len(rows))
	for i := range rows {
		accounts[i] = rows[i].account()
	}
	return accounts
}

// nameRow is a row of a name list, whose balance may be odd in the same way.
type nameRow struct {
	wire.NameRow

	Balance balance `json:"Balance"`
}

func namesOf(rows []nameRow) []wire.NameRow {
	names := make([]wire.NameRow, len(rows))
	for i := range rows {
		names[i] = rows[i].NameRow
		names[i].Balance = rows[i].Balance.amount
	}
	return names
}

// entryRow is a journal entry that somebody else may have made. One that cannot be read exactly, with an amount of five
// decimals for example, keeps what names it and loses its lines; so it can never be taken for an entry of ours.
type entryRow struct {
	wire.JournalEntry

	inexact bool // it could not be read exactly
}

// UnmarshalJSON fails only if not even the names of the entry can be read.
func (r *entryRow) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &r.JournalEntry) == nil {
		return nil
	}
	var bare struct {
		ID        string         `json:"Id"`
		SyncToken string         `json:"SyncToken"`
		DocNumber string         `json:"DocNumber"`
		MetaData  *wire.MetaData `json:"MetaData"`
		Status    string         `json:"status"`
	}
	if err := json.Unmarshal(data, &bare); err != nil {
		return fmt.Errorf("journal entry: %w", err)
	}
	r.inexact = true
	r.JournalEntry = wire.JournalEntry{
		ID: bare.ID, SyncToken: bare.SyncToken, DocNumber: bare.DocNumber, MetaData: bare.MetaData, Status: bare.Status,
	}
	return nil
}

func entriesOf(rows []entryRow) []wire.JournalEntry {
	entries := make([]wire.JournalEntry, len(rows))
	for i := range rows {
		entries[i] = rows[i].JournalEntry
	}
	return entries
}

// balance is an amount that may be absent, and is absent if it is no amount.
type balance struct{ amount *wire.Decimal }

// UnmarshalJSON never fails: what is no amount counts as absent.
func (b *balance) UnmarshalJSON(data []byte) error {
	var amount *wire.Decimal
	if json.Unmarshal(data, &amount) == nil {
		b.amount = amount
	}
	return nil
}
