package quickbooks_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

func single(t *testing.T, id string, body []byte, err error) quickbooks.Request {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return quickbooks.Request{Kind: quickbooks.Single, ID: id, Body: body}
}

// TestLifeOfAnEntry creates, updates and deletes an entry, and change data capture tells of it.
func TestLifeOfAnEntry(t *testing.T) {
	t.Parallel()
	sim, company := connectedSimulator(t)
	began := time.Now().Add(-time.Second)
	entry, _, err := company.PostJournalEntry(t.Context(), bookable(t))
	if err != nil {
		t.Fatal(err)
	}
	entry.PrivateNote, entry.Adjustment, entry.TxnTaxDetail = "changed", nil, nil
	body, err := quickbooks.EncodeJournalEntryUpdate(entry)
	update := single(t, "life-2", body, err)
	changed, _, err := company.PostJournalEntry(t.Context(), update)
	if err != nil || changed.SyncToken != "1" || changed.PrivateNote != "changed" {
		t.Fatalf("update: %+v, %v", changed, err)
	}
	changes, err := company.ChangesSince(t.Context(), began, true)
	if err != nil || len(changes.JournalEntries) != 1 || len(changes.DeletedEntries) != 0 || changes.Truncated {
		t.Fatalf("changes: %+v, %v", changes, err)
	}
	body, err = quickbooks.EncodeJournalEntryDelete(entry.ID, "0")
	if _, err := company.PostJournalEntryDelete(t.Context(), single(t, "life-3", body, err)); asError(t, err).Cause != quickbooks.CauseStaleObject {
		t.Errorf("an old SyncToken: %v", err)
	}
	body, err = quickbooks.EncodeJournalEntryDelete(entry.ID, "1")
	if _, err := company.PostJournalEntryDelete(t.Context(), single(t, "life-4", body, err)); err != nil {
		t.Fatal(err)
	}
	if changes, err = company.ChangesSince(t.Context(), began, true); err != nil || !slices.Equal(changes.DeletedEntries, []string{entry.ID}) {
		t.Errorf("changes: %+v, %v", changes, err)
	}
	if journal, err := sim.Journal(simulator.DefaultRealm); err != nil || len(journal) != 0 {
		t.Errorf("journal: %+v, %v", journal, err)
	}
	if _, err := company.ChangesSince(t.Context(), time.Now().AddDate(0, 0, -31), false); asError(t, err).Cause != quickbooks.CauseInvalidRequest {
		t.Errorf("31 days: %v", err)
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	_, company := connectedSimulator(t)
	departments, err := company.Departments(t.Context())
	if err != nil || len(departments) < 5 || departments[0].Name != "Harbor Street" {
		t.Errorf("departments: %+v, %v", departments, err)
	}
	inactive := func(row wire.NameRow) bool { return row.Active != nil && !*row.Active }
	if !slices.ContainsFunc(departments, inactive) {
		t.Error("no inactive department is among them")
	}
	if classes, err := company.Classes(t.Context()); err != nil || len(classes) < 3 {
		t.Errorf("classes: %+v, %v", classes, err)
	}
}

func TestCreateAccount(t *testing.T) {
	t.Parallel()
	_, company := connectedSimulator(t)
	body, err := quickbooks.EncodeAccount(wire.Account{Name: "Gift cards sold", AccountType: "Other Current Liability"})
	request := single(t, "account-1", body, err)
	made, _, err := company.PostAccount(t.Context(), request)
	if err != nil || made.ID == "" || made.Classification != "Liability" {
		t.Fatalf("%+v, %v", made, err)
	}
	if again, _, err := company.PostAccount(t.Context(), request); err != nil || again.ID != made.ID {
		t.Errorf("the repeat: %+v, %v", again, err)
	}
	request.ID = "account-2"
	if _, _, err := company.PostAccount(t.Context(), request); asError(t, err).Code != "6240" {
		t.Errorf("the same name: %v", err)
	}
	for name, account := range map[string]wire.Account{
		"no name": {AccountType: "Bank"}, "colon": {Name: "a:b", AccountType: "Bank"}, "no type": {Name: "a"},
		"id": {ID: "1", Name: "a", AccountType: "Bank"}, "long": {Name: strings.Repeat("x", 101), AccountType: "Bank"},
	} {
		if _, err := quickbooks.EncodeAccount(account); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	_, errUpdate := quickbooks.EncodeJournalEntryUpdate(wire.JournalEntry{})
	_, errDelete := quickbooks.EncodeJournalEntryDelete("1", "")
	if errUpdate == nil || errDelete == nil || errors.Is(errUpdate, quickbooks.ErrLimit) {
		t.Errorf("%v, %v", errUpdate, errDelete)
	}
}
