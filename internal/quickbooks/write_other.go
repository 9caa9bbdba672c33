package quickbooks

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// Bounds of an account that is created.
const (
	maxAccountName        = 100
	maxAccountNumber      = 7 // in the United States, the United Kingdom and India; 20 elsewhere
	maxAccountDescription = 100
)

// EncodeAccount returns the body of a create. An account needs a name, and a type or a sub-type. The same account gives
// the same bytes. It fails with ErrLimit if a text is too long.
func EncodeAccount(account wire.Account) ([]byte, error) {
	switch {
	case account.ID != "" || account.SyncToken != "":
		return nil, errors.New("a new account has no Id and no SyncToken")
	case account.Name == "" || strings.ContainsAny(account.Name, `":`):
		return nil, fmt.Errorf("account %q: a name is required, without a colon or a double quote in it", account.Name)
	case account.AccountType == "" && account.AccountSubType == "":
		return nil, fmt.Errorf("account %q: a type or a sub-type is required", account.Name)
	}
	if err := errors.Join(
		atMost("Name", account.Name, maxAccountName), atMost("AcctNum", account.AcctNum, maxAccountNumber),
		atMost("Description", account.Description, maxAccountDescription),
	); err != nil {
		return nil, fmt.Errorf("account %q: %w", account.Name, err)
	}
	return encode(account)
}

// EncodeJournalEntryUpdate returns the body of a full update: what the entry leaves empty is emptied, and its lines take
// the place of those that are there. It needs the Id and the SyncToken that QuickBooks gave last.
func EncodeJournalEntryUpdate(entry wire.JournalEntry) ([]byte, error) {
	if entry.ID == "" || entry.SyncToken == "" {
		return nil, errors.New("an update needs the Id and the SyncToken of the entry")
	}
	if err := checkEntry(entry); err != nil {
		return nil, err
	}
	return encode(entry)
}

// EncodeJournalEntryDelete returns the body of a delete. Deleted entries are gone from QuickBooks for good.
func EncodeJournalEntryDelete(id, syncToken string) ([]byte, error) {
	if id == "" || syncToken == "" {
		return nil, errors.New("a delete needs the Id and the SyncToken of the entry")
	}
	return encode(struct {
		ID        string `json:"Id"`
		SyncToken string `json:"SyncToken"`
	}{id, syncToken})
}

// PostAccount sends a request of kind Single that creates an account, and returns it as QuickBooks stored it. An account
// of the same name that exists is CauseInvalidRequest with code 6240. If the error's Outcome is OutcomeUnknown, only the
// same request may be sent again.
func (co *Company) PostAccount(ctx context.Context, request Request) (wire.Account, Receipt, error) {
	check := func(env *envelope) string {
		return lacks(env.Account == nil || env.Account.ID == "", "Account with an Id")
	}
	env, receipt, err := co.post(ctx, "create account", "account", nil, Single, request, check)
	if err != nil {
		return wire.Account{}, receipt, err
	}
	return env.Account.account(), receipt, nil
}

// PostJournalEntryDelete sends a request of kind Single that deletes a journal entry. CauseStaleObject means that
// somebody changed it meanwhile.
func (co *Company) PostJournalEntryDelete(ctx context.Context, request Request) (Receipt, error) {
	check := func(env *envelope) string {
		return lacks(env.JournalEntry == nil || env.JournalEntry.Status != statusDeleted, "JournalEntry with the status Deleted")
	}
	_, receipt, err := co.post(ctx, "delete journal entry", "journalentry", url.Values{"operation": {"delete"}}, Single, request, check)
	return receipt, err
}
