package posting

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// ImportAccounts reads the whole chart of accounts, inactive accounts included, and stores it in one transaction: a
// chart that could not be read to its end changes nothing. progress hears of every page; its error ends the import. It
// fails with ErrNotConnected, ErrReauthorizationRequired or ErrQuickBooksUnavailable.
func (e *Engine) ImportAccounts(
	ctx context.Context, r ledger.RetailerID, progress func(read, total int) error,
) (store.ImportSummary, error) {
	var dead int64
	for {
		g, err := e.tokens.use(ctx, r, dead)
		if err != nil {
			return store.ImportSummary{}, err
		}
		summary, err := e.importWith(ctx, r, g, progress)
		var fault *quickbooks.Error
		if errors.As(err, &fault) && fault.Cause == quickbooks.CauseTokenExpired && dead == 0 {
			dead = g.version // once more, with a fresh token
			continue
		}
		if errors.As(err, &fault) {
			err = fmt.Errorf("%w: %w", ErrQuickBooksUnavailable, err)
		}
		return summary, err
	}
}

func (e *Engine) importWith(
	ctx context.Context, r ledger.RetailerID, g grant, progress func(read, total int) error,
) (store.ImportSummary, error) {
	co := e.QuickBooks.Company(quickbooks.RealmID(g.realm), g.access)
	company, err := readCompany(ctx, co)
	if err != nil {
		return store.ImportSummary{}, err
	}
	now := time.Now()
	var accounts []store.Account
	for page, err := range co.Accounts(ctx) {
		if err != nil {
			return store.ImportSummary{}, fmt.Errorf("read the chart of accounts: %w", err)
		}
		for _, account := range page.Rows {
			accounts = append(accounts, accountFromWire(account, now))
		}
		if err := progress(len(accounts), max(page.Total, len(accounts))); err != nil {
			return store.ImportSummary{}, err
		}
	}
	if err := e.Store.SaveCompany(ctx, r, g.realm, company); err != nil {
		return store.ImportSummary{}, fmt.Errorf("store the company of %s: %w", r, err)
	}
	summary, err := e.Store.ImportAccounts(ctx, r, g.realm, accounts, now)
	if err != nil {
		return store.ImportSummary{}, fmt.Errorf("store the accounts of %s: %w", r, err)
	}
	e.Log.InfoContext(ctx, "accounts imported", "retailer", string(r), "realm", string(g.realm), "accounts", len(accounts))
	e.Wake(r)
	return summary, nil
}

func accountFromWire(a wire.Account, now time.Time) store.Account {
	account := store.Account{
		Account: ledger.Account{
			ID: ledger.AccountID(a.ID), Name: a.FullyQualifiedName, Type: ledger.ParseAccountType(a.AccountType),
			Active: a.Active == nil || *a.Active,
		},
		ShortName: a.Name, Number: a.AcctNum, SubType: a.AccountSubType, ImportedAt: now,
	}
	if a.ParentRef != nil {
		account.Parent = ledger.AccountID(a.ParentRef.Value)
	}
	if a.CurrencyRef != nil {
		account.Currency = ledger.Currency(a.CurrencyRef.Value)
	}
	return account
}
