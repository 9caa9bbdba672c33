package quickbooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// ErrLimit says that something is longer, older or more than QuickBooks takes.
var ErrLimit = errors.New("over a limit of QuickBooks")

// EncodeJournalEntry returns the body of a create, for a request of kind Single. The same entry gives the same bytes. It
// fails with ErrLimit if a text is too long or an amount too large, and for an entry with an Id or a SyncToken, which
// would be an update; whether the entry balances is not its business.
func EncodeJournalEntry(entry wire.JournalEntry) ([]byte, error) {
	if err := checkNew(entry); err != nil {
		return nil, err
	}
	return encode(entry)
}

// EncodeJournalEntryUpdate returns the body of an update, for a request of kind EntryUpdate. It needs the Id and the
// SyncToken that QuickBooks gave last, and fails like EncodeJournalEntry otherwise. Without Sparse the update is a full
// one, which empties what the entry leaves empty; the lines take the place of those that are there in either case.
func EncodeJournalEntryUpdate(entry wire.JournalEntry) ([]byte, error) {
	if err := checkUpdate(entry); err != nil {
		return nil, err
	}
	return encode(entry)
}

// EncodeJournalEntryDelete returns the body of a delete, for a request of kind EntryDelete. It needs the Id and the
// SyncToken that QuickBooks gave last. Deleted entries are gone from QuickBooks for good.
func EncodeJournalEntryDelete(id, syncToken string) ([]byte, error) {
	if err := checkVersion(id, syncToken); err != nil {
		return nil, err
	}
	return encode(struct {
		ID        string `json:"Id"`
		SyncToken string `json:"SyncToken"`
	}{id, syncToken})
}

// NewAccount is what is said of an account that is to be created.
type NewAccount struct {
	// Name is required and has to be unique among its siblings: at most wire.MaxAccountName characters, no colon and no
	// double quote.
	Name string
	// Number may be empty: at most wire.MaxAccountNumber characters, of which companies in most countries take only seven,
	// and no colon.
	Number string
	// Description may be empty: at most wire.MaxAccountDescription characters.
	Description string
	// Type and SubType are spelled as Intuit does, "Other Current Liability". One is enough; QuickBooks finds the other.
	Type, SubType string
	// Parent is the Id of the account that it goes under; empty for none.
	Parent string
}

// EncodeAccount returns the body of a create, for a request of kind AccountCreate. The same account gives the same bytes.
// It fails with ErrLimit if a text is too long, and for an account that lacks what it must have.
func EncodeAccount(account NewAccount) ([]byte, error) {
	if err := account.check(); err != nil {
		return nil, fmt.Errorf("account %.40q: %w", account.Name, err)
	}
	body := struct {
		Name           string    `json:"Name"`
		AcctNum        string    `json:"AcctNum,omitempty"`
		Description    string    `json:"Description,omitempty"`
		AccountType    string    `json:"AccountType,omitempty"`
		AccountSubType string    `json:"AccountSubType,omitempty"`
		ParentRef      *wire.Ref `json:"ParentRef,omitempty"`
	}{
		Name: account.Name, AcctNum: account.Number, Description: account.Description,
		AccountType: account.Type, AccountSubType: account.SubType,
	}
	if account.Parent != "" {
		body.ParentRef = &wire.Ref{Value: account.Parent}
	}
	return encode(body)
}

func (a NewAccount) check() error {
	switch {
	case a.Name == "" || strings.ContainsAny(a.Name, `":`):
		return errors.New("a name is required, without a colon or a double quote in it")
	case strings.Contains(a.Number, ":"):
		return errors.New("its number must not have a colon in it")
	case a.Type == "" && a.SubType == "":
		return errors.New("a type or a sub-type is required")
	}
	return errors.Join(
		atMost("Name", a.Name, wire.MaxAccountName),
		atMost("AcctNum", a.Number, wire.MaxAccountNumber),
		atMost("Description", a.Description, wire.MaxAccountDescription),
	)
}

// EncodeBatch returns the body of a batch, for a request of kind Batch. The same items give the same bytes. It fails with
// ErrLimit for no item or more than wire.MaxBatchItems and for a bId of more than wire.MaxBID characters; for a bId that
// is missing or used twice; and for a journal entry as the encoder of its operation does.
func EncodeBatch(items []wire.BatchItemRequest) ([]byte, error) {
	if len(items) == 0 || len(items) > wire.MaxBatchItems {
		return nil, fmt.Errorf("batch: %w: %d items, between 1 and %d are allowed", ErrLimit, len(items), wire.MaxBatchItems)
	}
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		if item.BID == "" || seen[item.BID] {
			return nil, fmt.Errorf("batch: bId %q is empty or used twice", item.BID)
		}
		seen[item.BID] = true
		if err := atMost("bId", item.BID, wire.MaxBID); err != nil {
			return nil, err
		}
		if err := checkItem(item); err != nil {
			return nil, fmt.Errorf("batch item %s: %w", item.BID, err)
		}
	}
	return encode(wire.BatchRequest{Items: items})
}

func checkItem(item wire.BatchItemRequest) error {
	if item.JournalEntry == nil {
		return nil
	}
	switch item.Operation {
	case wire.OperationCreate:
		return checkNew(*item.JournalEntry)
	case wire.OperationUpdate:
		return checkUpdate(*item.JournalEntry)
	case wire.OperationDelete:
		return checkVersion(item.JournalEntry.ID, item.JournalEntry.SyncToken)
	default:
		return fmt.Errorf("operation %q is none of create, update and delete", item.Operation)
	}
}

func checkNew(entry wire.JournalEntry) error {
	if entry.ID != "" || entry.SyncToken != "" {
		return errors.New("a new entry has no Id and no SyncToken")
	}
	return checkEntry(entry)
}

func checkUpdate(entry wire.JournalEntry) error {
	if err := checkVersion(entry.ID, entry.SyncToken); err != nil {
		return err
	}
	return checkEntry(entry)
}

func checkVersion(id, syncToken string) error {
	if id == "" || syncToken == "" {
		return errors.New("the Id and the SyncToken of the entry are both needed")
	}
	return nil
}

func checkEntry(entry wire.JournalEntry) error {
	if err := atMost("DocNumber", entry.DocNumber, wire.MaxDocNumber); err != nil {
		return err
	}
	if err := atMost("PrivateNote", entry.PrivateNote, wire.MaxPrivateNote); err != nil {
		return err
	}
	for i, line := range entry.Line {
		if err := atMost("Description", line.Description, wire.MaxLineDescription); err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
		if line.Amount < 0 || line.Amount > wire.MaxAmount {
			return fmt.Errorf("line %d: %w: amount %s, between 0 and %s are allowed", i+1, ErrLimit, line.Amount, wire.MaxAmount)
		}
	}
	return nil
}

// atMost counts in UTF-16 units, the strictest reading of Intuit's "characters". It refuses text that is not UTF-8,
// because encoding would silently change it.
func atMost(name, value string, most int) error {
	if !utf8.ValidString(value) {
		return fmt.Errorf("%s is not valid UTF-8", name)
	}
	if len(value) <= most {
		return nil
	}
	units := 0
	for _, r := range value {
		units += utf16.RuneLen(r)
	}
	if units > most {
		return fmt.Errorf("%s: %w: %d characters, %d are allowed", name, ErrLimit, units, most)
	}
	return nil
}

func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, fmt.Errorf("encoding a request: %w", err)
	}
	body := bytes.TrimRight(out.Bytes(), "\n")
	if len(body) > MaxRequestBytes {
		return nil, fmt.Errorf("request: %w: %d bytes, %d are allowed", ErrLimit, len(body), MaxRequestBytes)
	}
	return body, nil
}
