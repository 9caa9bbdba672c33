package posting

import (
	"context"
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
	var summary store.ImportSummary
	err := e.withCompany(ctx, r, func(co *quickbooks.Company, realm ledger.RealmID) (err error) {
		summary, err = e.importFrom(ctx, r, co, realm, progress)
		return err
	})
	return summary, err
}

func (e *Engine) importFrom(
	ctx context.Context, r ledger.RetailerID, co *quickbooks.Company, realm ledger.RealmID,
	progress func(read, total int) error,
) (store.ImportSummary, error) {
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
	if err := e.saveCompany(ctx, r, realm, company); err != nil {
		return store.ImportSummary{}, err
	}
	summary, err := e.Store.ImportAccounts(ctx, r, realm, accounts, now)
	if err != nil {
		return store.ImportSummary{}, fmt.Errorf("store the accounts of %s: %w", r, err)
	}
	e.Log.InfoContext(ctx, "accounts imported", "retailer", string(r), "realm", string(realm), "accounts", len(accounts))
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
