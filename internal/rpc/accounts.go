package rpc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/store"
)

// maxNamedMappings is how many mappings an ACCOUNT_IN_USE error names.
const maxNamedMappings = 10

// ListAccounts answers a page of the chart of accounts.
func (s financialService) ListAccounts(
	ctx context.Context, req *financialv1.ListAccountsRequest,
) (*financialv1.ListAccountsResponse, error) {
	limit, after, err := s.pages.page(req)
	if err != nil {
		return nil, err
	}
	accounts, cursor, err := s.cfg.Store.ListAccounts(ctx, ledger.RetailerID(req.GetRetailerId()), store.AccountQuery{
		Limit: limit, After: after, Search: req.GetSearch(), ShowDeleted: req.GetShowDeleted(),
		Type: ledger.AccountType(req.GetType()),
	})
	if err != nil {
		return nil, fmt.Errorf("list the accounts of %s: %w", req.GetRetailerId(), err)
	}
	next, err := s.pages.next(req, cursor)
	if err != nil {
		return nil, err
	}
	out := &financialv1.ListAccountsResponse{NextPageToken: next}
	for i := range accounts {
		out.Accounts = append(out.Accounts, accountToProto(&accounts[i]))
	}
	return out, nil
}

// DeleteAccount hides an account until the next import.
func (s financialService) DeleteAccount(
	ctx context.Context, req *financialv1.DeleteAccountRequest,
) (*financialv1.DeleteAccountResponse, error) {
	account, mappings, err := s.cfg.Store.DeleteAccount(ctx, ledger.RetailerID(req.GetRetailerId()),
		ledger.AccountID(req.GetAccountId()), req.GetForce(), time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return nil, accountNotFound(req.GetAccountId())
	}
	if err != nil {
		return nil, fmt.Errorf("delete account %s of %s: %w", req.GetAccountId(), req.GetRetailerId(), err)
	}
	out := &financialv1.DeleteAccountResponse{Account: accountToProto(&account)}
	for i := range mappings {
		out.AffectedMappings = append(out.AffectedMappings, mappingToProto(&mappings[i]))
	}
	return out, nil
}

func accountNotFound(id string) *callError {
	return newError(connect.CodeNotFound, reasonAccountNotFound,
		"there is no account %q in the imported chart: import the accounts, or look at ListAccounts", id).
		with("account_id", id)
}

// accountInUse names the mappings that keep an account from being deleted.
func accountInUse(err *store.AccountInUseError) *callError {
	names := make([]string, 0, maxNamedMappings)
	for i := range err.Mappings[:min(len(err.Mappings), maxNamedMappings)] {
		names = append(names, err.Mappings[i].Slot.String())
	}
	list := strings.Join(names, "; ")
	if more := len(err.Mappings) - len(names); more > 0 {
		list += fmt.Sprintf("; and %d more", more)
	}
	return newError(connect.CodeFailedPrecondition, reasonAccountInUse,
		"the account %s is mapped to: %s; map these to other accounts first, or set force", err.Account, list).
		with("account_id", string(err.Account)).with("mappings", list)
}

// accountNotCreated says which account QuickBooks refused, in its own words.
func accountNotCreated(err error) *callError {
	_, what, _ := strings.Cut(err.Error(), posting.ErrAccountNotCreated.Error()+": ")
	e := newError(connect.CodeFailedPrecondition, reasonAccountNotCreated,
		"QuickBooks refused to create an account: %s. What was created before stays and is mapped; create this one in QuickBooks, "+
			"import the accounts and map it", strings.TrimSuffix(what, "."))
	e.cause = err
	return e
}
