package rpc_test

import (
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

func (w *world) mapEvent(slot *financialv1.Slot, account string) (*financialv1.MapEventResponse, error) {
	return w.ann().financial.MapEvent(w.t.Context(), &financialv1.MapEventRequest{
		RetailerId: retailer, Slot: slot, AccountId: account,
	})
}

func (w *world) listMappings(change func(*financialv1.ListMappingsRequest)) []*financialv1.SlotUse {
	w.t.Helper()
	var all []*financialv1.SlotUse
	request := &financialv1.ListMappingsRequest{RetailerId: retailer, PageSize: 1}
	change(request)
	for {
		page := must(w.ann().financial.ListMappings(w.t.Context(), request))(w.t)
		all = append(all, page.GetSlots()...)
		request.PageToken = page.GetNextPageToken()
		if request.GetPageToken() == "" {
			return all
		}
	}
}

func TestMapEventReleasesWhatWaits(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapRole(financialv1.Role_ROLE_REVENUE, financialv1.AccountType_ACCOUNT_TYPE_INCOME)
	w.startSync()
	w.run()
	w.record(sale("e1"), sale("e2"))
	status := w.waitFor("the events to wait", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_ACTION_REQUIRED) == 2
	})
	if want := "2 events need attention: 2 have no account mapped."; status.GetSummary() != want {
		t.Errorf("summary %q, want %q", status.GetSummary(), want)
	}
	missing := w.listMappings(func(r *financialv1.ListMappingsRequest) { r.MissingOnly = true })
	if len(missing) != 1 || missing[0].GetWaitingEventCount() != 2 || missing[0].GetSlot().GetKey() != "Cash" ||
		missing[0].GetSource() != financialv1.SlotUse_SOURCE_MISSING || missing[0].GetMapping() != nil {
		t.Fatalf("missing slots = %v", missing)
	}
	answer := must(w.mapEvent(missing[0].GetSlot(), w.account(financialv1.AccountType_ACCOUNT_TYPE_BANK)))(t)
	if answer.GetReleasedEventCount() != 2 || answer.GetMapping().GetUpdatedBy() != "ann" ||
		answer.GetMapping().GetAccountName() == "" || answer.GetMapping().GetUpdateTime() == nil {
		t.Errorf("answer = %v", answer)
	}
	w.waitFor("the events to be posted", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_SYNCED) == 2
	})
}

func TestMapEventRefuses(t *testing.T) {
	t.Parallel()
	w := connected(t)
	bank := w.account(financialv1.AccountType_ACCOUNT_TYPE_BANK)
	tips := &financialv1.Slot{Role: financialv1.Role_ROLE_TIPS, Key: "Cash"}
	_, err := w.mapEvent(tips, bank)
	_, bad := wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "slot.key")
	_, err = w.mapEvent(nil, bank)
	_, bad = wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "slot")
	payment := &financialv1.Slot{Role: financialv1.Role_ROLE_PAYMENT}
	_, err = w.mapEvent(payment, "none")
	wantError(t, err, connect.CodeNotFound, "ACCOUNT_NOT_FOUND")
	_, err = w.mapEvent(&financialv1.Slot{Role: financialv1.Role_ROLE_REVENUE}, bank)
	wantError(t, err, connect.CodeFailedPrecondition, "ACCOUNT_TYPE_REFUSED")
	must(w.ann().financial.DeleteAccount(t.Context(), &financialv1.DeleteAccountRequest{
		RetailerId: retailer, AccountId: bank,
	}))(t)
	_, err = w.mapEvent(payment, bank)
	wantError(t, err, connect.CodeFailedPrecondition, "ACCOUNT_DELETED")
	all := w.listAccounts(func(*financialv1.ListAccountsRequest) {})
	inactive := all[slices.IndexFunc(all, func(a *financialv1.Account) bool { return !a.GetActive() })]
	_, err = w.mapEvent(payment, inactive.GetAccountId())
	wantError(t, err, connect.CodeFailedPrecondition, "ACCOUNT_INACTIVE")
}

func TestMapEventWarns(t *testing.T) {
	t.Parallel()
	w := connected(t)
	expense := w.account(financialv1.AccountType_ACCOUNT_TYPE_EXPENSE)
	answer := must(w.mapEvent(&financialv1.Slot{Role: financialv1.Role_ROLE_PAYMENT, Key: "Staff meal"}, expense))(t)
	if w := answer.GetMapping().GetWarnings(); len(w) != 1 || !strings.Contains(w[0], "Expense") {
		t.Errorf("warnings = %q", w)
	}
}

func TestListMappingsTellsWhereAccountsComeFrom(t *testing.T) {
	t.Parallel()
	w := connected(t)
	bank, income := w.account(financialv1.AccountType_ACCOUNT_TYPE_BANK), w.account(financialv1.AccountType_ACCOUNT_TYPE_INCOME)
	payment := financialv1.Role_ROLE_PAYMENT
	for _, slot := range []*financialv1.Slot{
		{Role: payment},
		{Role: payment, Key: "Cash"},
		{Role: payment, LocationId: "store-1"},
		{Role: payment, Key: "Cash", LocationId: "store-1"},
	} {
		must(w.mapEvent(slot, bank))(t)
	}
	must(w.mapEvent(&financialv1.Slot{Role: financialv1.Role_ROLE_REVENUE}, income))(t)
	var sources []financialv1.SlotUse_Source
	for _, use := range w.listMappings(func(r *financialv1.ListMappingsRequest) { r.Role = payment }) {
		sources = append(sources, use.GetSource())
	}
	want := []financialv1.SlotUse_Source{
		financialv1.SlotUse_SOURCE_FALLBACK, financialv1.SlotUse_SOURCE_FALLBACK_AND_LOCATION,
		financialv1.SlotUse_SOURCE_KEY, financialv1.SlotUse_SOURCE_KEY_AND_LOCATION,
	}
	if !slices.Equal(sources, want) {
		t.Errorf("sources = %v, want %v", sources, want)
	}
	if all := w.listMappings(func(*financialv1.ListMappingsRequest) {}); len(all) != 5 {
		t.Errorf("%d slots in use, want 5", len(all))
	}
}

func TestUnmapEventEmptiesASlot(t *testing.T) {
	t.Parallel()
	w := connected(t)
	slot := &financialv1.Slot{Role: financialv1.Role_ROLE_PAYMENT, Key: "Visa"}
	must(w.mapEvent(slot, w.account(financialv1.AccountType_ACCOUNT_TYPE_BANK)))(t)
	for range 2 { // twice is as good as once
		must(w.ann().financial.UnmapEvent(t.Context(), &financialv1.UnmapEventRequest{RetailerId: retailer, Slot: slot}))(t)
	}
	if all := w.listMappings(func(*financialv1.ListMappingsRequest) {}); len(all) != 0 {
		t.Errorf("slots in use = %v, want none", all)
	}
}
