package posting

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// withCompany calls a function with the retailer's company at QuickBooks, once more with a fresh token where QuickBooks
// refused the first. It fails with ErrNotConnected, ErrReauthorizationRequired or ErrQuickBooksUnavailable.
func (e *Engine) withCompany(
	ctx context.Context, r ledger.RetailerID, do func(*quickbooks.Company, ledger.RealmID) error,
) error {
	var again bool
	for {
		g, err := e.tokens.use(ctx, r)
		if err != nil {
			return err
		}
		err = do(e.companyAt(r, g.realm, g.access), g.realm)
		var fault *quickbooks.Error
		if !errors.As(err, &fault) {
			return err
		}
		if fault.Cause == quickbooks.CauseTokenExpired && !again {
			e.tokens.refuse(r, g.version)
			again = true
			continue
		}
		return fmt.Errorf("%w: %w", ErrQuickBooksUnavailable, err)
	}
}

// ImportLocations reads the company's locations and classes, and whether it tracks them, and stores them. It fails with
// ErrNotConnected, ErrReauthorizationRequired or ErrQuickBooksUnavailable.
func (e *Engine) ImportLocations(ctx context.Context, r ledger.RetailerID) error {
	err := e.withCompany(ctx, r, func(co *quickbooks.Company, realm ledger.RealmID) error {
		company, err := readCompany(ctx, co)
		if err != nil {
			return err
		}
		if err := e.saveCompany(ctx, r, realm, company); err != nil {
			return err
		}
		if err := e.importTracking(ctx, r, realm, store.Locations, co.Departments(ctx)); err != nil {
			return err
		}
		return e.importTracking(ctx, r, realm, store.Classes, co.Classes(ctx))
	})
	if err == nil {
		e.Log.InfoContext(ctx, "locations imported", "retailer", string(r))
		e.Wake(r)
	}
	return err
}

func (e *Engine) importTracking(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, d store.Dimension,
	pages iter.Seq2[quickbooks.Page[wire.NameRow], error],
) error {
	var values []store.TrackedValue
	for page, err := range pages {
		if err != nil {
			return fmt.Errorf("read locations or classes: %w", err)
		}
		for i := range page.Rows {
			row := &page.Rows[i]
			name := row.FullyQualifiedName
			if name == "" {
				name = row.Name
			}
			values = append(values, store.TrackedValue{
				Tracked: ledger.Tracked{ID: row.ID, Name: name}, Active: row.Active == nil || *row.Active,
			})
		}
	}
	if err := e.Store.ImportTracking(ctx, r, realm, d, values); err != nil {
		return fmt.Errorf("store the locations or classes of %s: %w", r, err)
	}
	return nil
}

// InventoryBalance reads what the company's inventory accounts hold in QuickBooks: those that the retailer's mapping uses
// for INVENTORY, and those of QuickBooks' own detail type for inventory. It fails like ImportLocations.
func (e *Engine) InventoryBalance(ctx context.Context, r ledger.RetailerID) (ledger.Amount, error) {
	books, _, err := e.booksAt(ctx, r)
	if err != nil {
		return 0, err
	}
	mapped := inventoryAccounts(books.Mapping)
	var total ledger.Amount
	err = e.withCompany(ctx, r, func(co *quickbooks.Company, _ ledger.RealmID) error {
		total = 0
		for page, err := range co.Accounts(ctx) {
			if err != nil {
				return fmt.Errorf("read the chart of accounts: %w", err)
			}
			for i := range page.Rows {
				a := &page.Rows[i]
				if a.CurrentBalance != nil && (mapped[ledger.AccountID(a.ID)] || a.AccountSubType == inventorySubType) {
					total += ledger.Amount(*a.CurrentBalance)
				}
			}
		}
		return nil
	})
	return total, err
}

// inventoryAccounts returns every account that the mapping has ever used for stock.
func inventoryAccounts(mapping ledger.Mapping) map[ledger.AccountID]bool {
	accounts := map[ledger.AccountID]bool{}
	for slot, changes := range mapping {
		for _, change := range changes {
			accounts[change.Account] = accounts[change.Account] || slot.Role == ledger.RoleInventory
		}
	}
	return accounts
}

// inventorySubType is QuickBooks' detail type of accounts that hold stock.
const inventorySubType = "Inventory"
