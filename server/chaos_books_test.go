package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// settle waits until every event is SYNCED, or its patience ends.
func (s *storm) settle(perCompany int) {
	s.t.Helper()
	deadline := time.Now().Add(*chaosPatience)
	for i := range s.companies {
		for !s.synced(storeName(i), perCompany) {
			if time.Now().After(deadline) {
				s.tell(storeName(i))
				return // compare says what is missing
			}
			time.Sleep(100 * time.Millisecond) // real processes
		}
	}
}

// tell logs how a company stands whose events are not all synced when patience ends.
func (s *storm) tell(retailer string) {
	s.t.Helper()
	status, err := s.status(retailer)
	s.t.Logf("%s: %s; next attempt %v, oldest %v, %s (%v)", retailer, status.GetSummary(), status.GetNextAttemptTime().AsTime(),
		status.GetOldestUnsyncedTime().AsTime(), status.GetConnectionProblem(), err)
	api := s.list()[0].api.Financial
	for _, state := range []financialv1.EventState{financialv1.EventState_EVENT_STATE_PENDING, financialv1.EventState_EVENT_STATE_PROCESSING} {
		page, _ := api.ListEvents(s.t.Context(), &financialv1.ListEventsRequest{RetailerId: retailer, State: state, PageSize: 3})
		for _, view := range page.GetEvents() {
			detail, _ := api.GetEvent(s.t.Context(), &financialv1.GetEventRequest{RetailerId: retailer, EventId: view.GetEvent().GetEventId()})
			s.t.Logf("  %s since %v, attempts %v", view.GetEvent().GetEventId(), view.GetStateTime().AsTime(), detail.GetAttempts())
		}
	}
}

func (s *storm) status(retailer string) (*financialv1.SyncStatus, error) {
	servers := s.list()
	answer, err := servers[0].api.Financial.SyncStatus(s.t.Context(), &financialv1.SyncStatusRequest{RetailerId: retailer})
	return answer.GetStatus(), err
}

func (s *storm) synced(retailer string, n int) bool {
	status, err := s.status(retailer)
	return err == nil && stateCount(status, financialv1.EventState_EVENT_STATE_SYNCED) == int64(n)
}

func stateCount(status *financialv1.SyncStatus, state financialv1.EventState) int64 {
	var n int64
	for _, c := range status.GetCounts() {
		if c.GetState() == state {
			n += c.GetCount()
		}
	}
	return n
}

// compare reads the books and the statuses and says what is wrong: entries missing, doubled, differing or foreign, events
// not synced, connections lost.
func (s *storm) compare(all map[string]books, perCompany int) []string {
	s.t.Helper()
	var wrong []string
	for i := range s.companies {
		retailer := storeName(i)
		wrong = append(wrong, compareBooks(retailer, all[retailer], s.journal(all[retailer].realm), chaosSales(i, perCompany))...)
		status, err := s.status(retailer)
		if err != nil || stateCount(status, financialv1.EventState_EVENT_STATE_SYNCED) != int64(perCompany) {
			wrong = append(wrong, fmt.Sprintf("%s: %v %v", retailer, status, err))
		}
		if status.GetConnectionHealth() == financialv1.ConnectionHealth_CONNECTION_HEALTH_REAUTHORIZATION_REQUIRED {
			wrong = append(wrong, retailer+": the connection is lost")
		}
	}
	return wrong
}

// journal reads the books of a company, page by page.
func (s *storm) journal(realm string) []wire.JournalEntry {
	s.t.Helper()
	var all []wire.JournalEntry
	for {
		var page struct {
			Total   int                 `json:"total"`
			Entries []wire.JournalEntry `json:"entries"`
		}
		s.admin(http.MethodGet, fmt.Sprintf("/admin/companies/%s/journal?start=%d&max=500", realm, len(all)+1), nil, &page)
		all = append(all, page.Entries...)
		if len(page.Entries) == 0 || len(all) >= page.Total {
			return all
		}
	}
}

func compareBooks(retailer string, where books, journal []wire.JournalEntry, events []*financialv1.Event) []string {
	var wrong []string
	byNumber := map[string][]wire.JournalEntry{}
	for _, entry := range journal {
		byNumber[entry.DocNumber] = append(byNumber[entry.DocNumber], entry)
	}
	for _, event := range events {
		booked := byNumber[event.GetNumber()]
		delete(byNumber, event.GetNumber())
		if len(booked) != 1 {
			wrong = append(wrong, fmt.Sprintf("%s: event %s has %d entries in the books", retailer, event.GetNumber(), len(booked)))
			continue
		}
		amount := wire.Decimal(event.GetSale().GetTenders()[0].GetAmount())
		want := []string{
			event.GetBusinessDate(), fmt.Sprint(wire.PostingDebit, where.payment, amount), fmt.Sprint(wire.PostingCredit, where.revenue, amount),
		}
		if diff := cmp.Diff(want, saidBy(&booked[0])); diff != "" {
			wrong = append(wrong, fmt.Sprintf("%s: event %s is booked otherwise (-want +got):\n%s", retailer, event.GetNumber(), diff))
		}
	}
	for _, number := range slices.Sorted(maps.Keys(byNumber)) {
		wrong = append(wrong, fmt.Sprintf("%s: entry %s is of nobody", retailer, number))
	}
	return wrong
}

// saidBy is what an entry says: its date, then the side, the account and the amount of each line, debits first.
func saidBy(entry *wire.JournalEntry) []string {
	var lines []string
	for _, line := range entry.Line {
		detail := line.JournalEntryLineDetail
		lines = append(lines, fmt.Sprint(detail.PostingType, detail.AccountRef.Value, line.Amount))
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(b, a) }) // "Debit" after "Credit"
	return append([]string{entry.TxnDate}, lines...)
}

// admin asks the simulator's control panel.
func (s *storm) admin(method, path string, body, into any) {
	s.t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		s.t.Error(err)
		return
	}
	request, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), method, s.simulator+path, bytes.NewReader(encoded))
	if err != nil {
		s.t.Error(err)
		return
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := s.http.Do(request)
	if err != nil {
		s.t.Errorf("%s %s: %v", method, path, err)
		return
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s: %s", answer.Status, raw)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		s.t.Errorf("%s %s: %v", method, path, err)
	}
}

// connectAs takes one retailer from nothing to a started sync, into a company of its own.
func (s *served) connectAs(t *testing.T, name, realm string) books {
	t.Helper()
	ctx := t.Context()
	answer, err := s.api.Integration.Connect(ctx, &integrationv1.ConnectRequest{RetailerId: name})
	if err != nil {
		t.Fatal(err)
	}
	consentFor(ctx, t, answer.GetAuthorizationUrl(), realm)
	stream, err := s.api.Integration.ImportAccounts(ctx, &integrationv1.ImportAccountsRequest{RetailerId: name})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = stream.Receive()
	}
	made := books{realm: realm}
	for _, slot := range []struct {
		role    financialv1.Role
		kind    financialv1.AccountType
		account *string
	}{
		{financialv1.Role_ROLE_PAYMENT, financialv1.AccountType_ACCOUNT_TYPE_BANK, &made.payment},
		{financialv1.Role_ROLE_REVENUE, financialv1.AccountType_ACCOUNT_TYPE_INCOME, &made.revenue},
	} {
		page, err := s.api.Financial.ListAccounts(ctx, &financialv1.ListAccountsRequest{RetailerId: name, Type: slot.kind, PageSize: 1})
		if err != nil || len(page.GetAccounts()) == 0 {
			t.Fatalf("accounts of %s: %v", name, err)
		}
		*slot.account = page.GetAccounts()[0].GetAccountId()
		_, err = s.api.Financial.MapEvent(ctx, &financialv1.MapEventRequest{
			RetailerId: name, Slot: &financialv1.Slot{Role: slot.role}, AccountId: *slot.account,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.api.Integration.StartSync(ctx, &integrationv1.StartSyncRequest{RetailerId: name}); err != nil {
		t.Fatal(err)
	}
	return made
}
