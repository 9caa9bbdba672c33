package quickbooks_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

func request(t *testing.T, kind quickbooks.RequestKind, id string, body []byte, err error) quickbooks.Request {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return quickbooks.Request{Kind: kind, ID: id, Body: body}
}

// TestLifeOfAnEntry creates, updates and deletes an entry, each twice over, and change data capture tells of it.
func TestLifeOfAnEntry(t *testing.T) {
	t.Parallel()
	sim, company := connectedSimulator(t)
	began := time.Now().Add(-time.Second)
	twice := func(request quickbooks.Request) wire.JournalEntry {
		t.Helper()
		first, _, err := company.PostJournalEntry(t.Context(), request)
		if err != nil {
			t.Fatalf("%s: %v", request.Kind, err)
		}
		again, _, err := company.PostJournalEntry(t.Context(), request)
		if diff := cmp.Diff(first, again); err != nil || diff != "" {
			t.Fatalf("the repeat of %s: %v (-want +got)\n%s", request.Kind, err, diff)
		}
		return first
	}
	changed := func() quickbooks.Changes {
		t.Helper()
		changes, err := company.ChangesSince(t.Context(), began, quickbooks.ObjectJournalEntry, quickbooks.ObjectAccount)
		if err != nil || changes.Truncated || changes.At.Before(began) || time.Until(changes.At) > time.Minute {
			t.Fatalf("changes: %+v, %v", changes, err)
		}
		return changes
	}
	entry := twice(bookable(t))
	if got := changed(); len(got.JournalEntries) != 1 || got.JournalEntries[0].DocNumber != "K-1" || len(got.Deleted) != 0 {
		t.Errorf("changes: %+v", got)
	}
	entry.PrivateNote = "changed"
	body, err := quickbooks.EncodeJournalEntryUpdate(entry) // what was read is sent back as it is
	entry = twice(request(t, quickbooks.EntryUpdate, "life-2", body, err))
	if entry.SyncToken != "1" || entry.PrivateNote != "changed" || len(entry.Line) != 2 {
		t.Errorf("updated: %+v", entry)
	}

	body, err = quickbooks.EncodeJournalEntryDelete(entry.ID, "0")
	_, _, err = company.PostJournalEntry(t.Context(), request(t, quickbooks.EntryDelete, "life-3", body, err))
	wantFailure(t, err, quickbooks.CauseStaleObject, done)
	body, err = quickbooks.EncodeJournalEntryDelete(entry.ID, "1")
	remove := request(t, quickbooks.EntryDelete, "life-4", body, err)
	if gone := twice(remove); gone.ID != entry.ID || gone.Status != "Deleted" {
		t.Errorf("deleted: %+v", gone)
	}
	remove.ID = "life-5"
	_, _, err = company.PostJournalEntry(t.Context(), remove)
	wantFailure(t, err, quickbooks.CauseNotFound, done)

	got := changed()
	if len(got.JournalEntries) != 0 || len(got.Deleted) != 1 || got.Deleted[0].At.Before(began.Truncate(time.Second)) {
		t.Fatalf("changes: %+v", got)
	}
	got.Deleted[0].At = time.Time{}
	want := quickbooks.Change{
		Realm: simulator.DefaultRealm, Object: quickbooks.ObjectJournalEntry, ID: entry.ID, Operation: quickbooks.OperationDeleted,
	}
	if diff := cmp.Diff(want, got.Deleted[0]); diff != "" {
		t.Error(diff)
	}
	if journal, err := sim.Journal(simulator.DefaultRealm); err != nil || len(journal) != 0 {
		t.Errorf("journal: %+v, %v", journal, err)
	}
}

// TestBatchOfEveryOperation updates and deletes in a batch too, where each item has its own outcome.
func TestBatchOfEveryOperation(t *testing.T) {
	t.Parallel()
	_, company := connectedSimulator(t)
	first, _, err := company.PostJournalEntry(t.Context(), bookable(t))
	if err != nil {
		t.Fatal(err)
	}
	line := func(side, account string) wire.JournalLine {
		return wire.JournalLine{Amount: 500, DetailType: wire.DetailTypeJournal, JournalEntryLineDetail: &wire.JournalLineDetail{
			PostingType: side, AccountRef: &wire.Ref{Value: account},
		}}
	}
	fresh := wire.JournalEntry{
		DocNumber: "K-2", TxnDate: "2026-08-30", Line: []wire.JournalLine{line(wire.PostingDebit, "1"), line(wire.PostingCredit, "2")},
	}
	stale := wire.JournalEntry{ID: first.ID, SyncToken: "7"}
	body, err := quickbooks.EncodeBatch([]wire.BatchItemRequest{
		{BID: "1", Operation: wire.OperationCreate, JournalEntry: &fresh},
		{BID: "2", Operation: wire.OperationUpdate, JournalEntry: &first},
		{BID: "3", Operation: wire.OperationDelete, JournalEntry: &stale},
	})
	answers, _, err := company.PostBatch(t.Context(), request(t, quickbooks.Batch, "every", body, err))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(answers, func(a, b wire.BatchItemResponse) int { return int(a.BID[0]) - int(b.BID[0]) })
	if answers[0].JournalEntry == nil || answers[1].JournalEntry == nil || answers[1].JournalEntry.SyncToken != "1" {
		t.Errorf("got %+v", answers)
	}
	fault := quickbooks.FaultError("delete journal entry", answers[2].Fault)
	if fault == nil || fault.Cause != quickbooks.CauseStaleObject {
		t.Errorf("got %v", fault)
	}
}

// TestListsOfARealCompany reads every list of the simulator's company, inactive rows included.
func TestListsOfARealCompany(t *testing.T) {
	t.Parallel()
	_, company := connectedSimulator(t)
	read := func(name string, least int, first string) []wire.NameRow {
		t.Helper()
		lists := map[string]func() (rows []wire.NameRow, err error){
			"departments": func() ([]wire.NameRow, error) { return rowsOf(company.Departments(t.Context())) },
			"classes":     func() ([]wire.NameRow, error) { return rowsOf(company.Classes(t.Context())) },
			"customers":   func() ([]wire.NameRow, error) { return rowsOf(company.Customers(t.Context())) },
			"vendors":     func() ([]wire.NameRow, error) { return rowsOf(company.Vendors(t.Context())) },
		}
		rows, err := lists[name]()
		if err != nil || len(rows) < least || (first != "" && rows[0].Name != first) {
			t.Errorf("%s: %+v, %v", name, rows, err)
		}
		return rows
	}
	departments := read("departments", 5, "Harbor Street")
	if !slices.ContainsFunc(departments, func(row wire.NameRow) bool { return row.Active != nil && !*row.Active }) {
		t.Error("no inactive department is among them")
	}
	read("classes", 3, "")
	read("customers", 1, "")
	read("vendors", 1, "")
}

// TestCreateAccount creates an account once, however often it is sent, and tells of a name that is taken.
func TestCreateAccount(t *testing.T) {
	t.Parallel()
	_, company := connectedSimulator(t)
	body, err := quickbooks.EncodeAccount(quickbooks.NewAccount{
		Name: "Gift cards sold", Number: "2150", Description: "Not yet redeemed", Type: "Other Current Liability",
	})
	create := request(t, quickbooks.AccountCreate, "account-1", body, err)
	made, _, err := company.PostAccount(t.Context(), create)
	if err != nil || made.ID == "" || made.Classification != "Liability" || made.AccountSubType == "" || made.AcctNum != "2150" {
		t.Fatalf("%+v, %v", made, err)
	}
	if again, _, err := company.PostAccount(t.Context(), create); err != nil || again.ID != made.ID {
		t.Errorf("the repeat: %+v, %v", again, err)
	}
	create.ID = "account-2"
	_, _, err = company.PostAccount(t.Context(), create)
	if e := failure(t, err, quickbooks.CauseDuplicateName, done); e.Code != "6240" {
		t.Errorf("the same name: %v", err)
	}
	body, err = quickbooks.EncodeAccount(quickbooks.NewAccount{Name: "Gift cards sold", Type: "Other Current Liability", Parent: made.ID})
	under, _, err := company.PostAccount(t.Context(), request(t, quickbooks.AccountCreate, "account-3", body, err))
	if err != nil || under.FullyQualifiedName != "Gift cards sold:Gift cards sold" || under.ParentRef == nil {
		t.Errorf("the same name under it: %+v, %v", under, err)
	}
	changes, err := company.ChangesSince(t.Context(), time.Now().Add(-time.Minute), quickbooks.ObjectAccount)
	last := changes.Accounts[max(len(changes.Accounts)-2, 0):]
	if err != nil || len(last) != 2 || last[0].ID != made.ID || last[1].ID != under.ID {
		t.Errorf("the last accounts that changed: %+v, %v", last, err)
	}
}
