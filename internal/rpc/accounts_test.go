package rpc_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

func (w *world) listAccounts(change func(*financialv1.ListAccountsRequest)) []*financialv1.Account {
	w.t.Helper()
	var all []*financialv1.Account
	request := &financialv1.ListAccountsRequest{RetailerId: retailer}
	change(request)
	for {
		page := must(w.ann().financial.ListAccounts(w.t.Context(), request))(w.t)
		all = append(all, page.GetAccounts()...)
		request.PageToken = page.GetNextPageToken()
		if request.GetPageToken() == "" {
			return all
		}
	}
}

func TestListAccountsPagesThroughTheChart(t *testing.T) {
	t.Parallel()
	w := connected(t)
	whole := w.listAccounts(func(r *financialv1.ListAccountsRequest) { r.PageSize = 1000 })
	paged := w.listAccounts(func(r *financialv1.ListAccountsRequest) { r.PageSize = 7 })
	byName := func(a, b *financialv1.Account) int {
		return cmp.Compare(a.GetFullyQualifiedName(), b.GetFullyQualifiedName())
	}
	if len(whole) < 90 || len(paged) != len(whole) || !slices.IsSortedFunc(paged, byName) {
		t.Fatalf("%d accounts in one page, %d in pages of 7", len(whole), len(paged))
	}
	for i, account := range paged {
		if account.GetAccountId() != whole[i].GetAccountId() || account.GetType() == 0 || account.GetImportTime() == nil {
			t.Errorf("account %d: %v, want %v", i, account, whole[i])
		}
	}
	if !slices.ContainsFunc(whole, func(a *financialv1.Account) bool { return a.GetParentAccountId() != "" }) ||
		!slices.ContainsFunc(whole, func(a *financialv1.Account) bool { return !a.GetActive() }) {
		t.Error("the chart shows no sub-account or no inactive account")
	}
}

func TestListAccountsFilters(t *testing.T) {
	t.Parallel()
	w := connected(t)
	found := w.listAccounts(func(r *financialv1.ListAccountsRequest) { r.Search = "INVENT" })
	for _, account := range found {
		if !strings.Contains(strings.ToLower(account.GetFullyQualifiedName()), "invent") {
			t.Errorf("the search found %s", account.GetFullyQualifiedName())
		}
	}
	banks := w.listAccounts(func(r *financialv1.ListAccountsRequest) {
		r.Type = financialv1.AccountType_ACCOUNT_TYPE_BANK
	})
	for _, account := range banks {
		if account.GetType() != financialv1.AccountType_ACCOUNT_TYPE_BANK {
			t.Errorf("the filter left %v", account)
		}
	}
	if len(found) == 0 || len(banks) == 0 {
		t.Errorf("%d accounts with the text, %d banks", len(found), len(banks))
	}
}

func TestDeleteAccountHidesUntilTheNextImport(t *testing.T) {
	t.Parallel()
	w := connected(t)
	id, ctx := w.account(financialv1.AccountType_ACCOUNT_TYPE_EQUITY), t.Context()
	listed := func(deleted bool) bool {
		return slices.ContainsFunc(w.listAccounts(func(r *financialv1.ListAccountsRequest) { r.ShowDeleted = deleted }),
			func(a *financialv1.Account) bool { return a.GetAccountId() == id })
	}
	answer := must(w.ann().financial.DeleteAccount(ctx, &financialv1.DeleteAccountRequest{
		RetailerId: retailer, AccountId: id,
	}))(t)
	if answer.GetAccount().GetDeleteTime() == nil || len(answer.GetAffectedMappings()) != 0 {
		t.Errorf("answer = %v", answer)
	}
	if listed(false) || !listed(true) {
		t.Error("a deleted account is listed only with show_deleted")
	}
	_, summary := w.importAccounts()
	if summary.GetRestoredCount() != 1 || !listed(false) {
		t.Errorf("summary of the import: %v, want the account restored", summary)
	}
	_, err := w.ann().financial.DeleteAccount(ctx, &financialv1.DeleteAccountRequest{RetailerId: retailer, AccountId: "none"})
	wantError(t, err, connect.CodeNotFound, "ACCOUNT_NOT_FOUND")
}

func TestDeleteAccountInUse(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSaleRoles()
	w.startSync()
	w.record(sale("e1"))
	id := w.account(financialv1.AccountType_ACCOUNT_TYPE_BANK)
	request := &financialv1.DeleteAccountRequest{RetailerId: retailer, AccountId: id}
	_, err := w.ann().financial.DeleteAccount(t.Context(), request)
	info, _ := wantError(t, err, connect.CodeFailedPrecondition, "ACCOUNT_IN_USE")
	if !strings.Contains(info.GetMetadata()["mappings"], "any payment type") {
		t.Errorf("the mappings are not named: %v", info)
	}
	request.Force = true
	answer := must(w.ann().financial.DeleteAccount(t.Context(), request))(t)
	if len(answer.GetAffectedMappings()) != 1 || len(answer.GetAffectedMappings()[0].GetWarnings()) != 1 {
		t.Errorf("affected mappings = %v, want one with a warning", answer.GetAffectedMappings())
	}
	w.run()
	w.waitFor("the event to be judged", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_ACTION_REQUIRED) == 1
	})
	if got := w.event("e1").GetEvent().GetProblem().GetReason(); got != financialv1.Reason_REASON_ACCOUNT_DELETED {
		t.Errorf("reason = %s, want ACCOUNT_DELETED", got)
	}
	w.importAccounts()
	w.waitFor("the event to be posted", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_SYNCED) == 1
	})
}
