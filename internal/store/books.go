package store

import (
	"context"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Books returns what ledger.Build needs to know of a retailer. A retailer that was never heard of has empty books.
func (s *Store) Books(ctx context.Context, r ledger.RetailerID) (ledger.Books, error) {
	books, _, err := s.BooksAt(ctx, r)
	return books, err
}

// BooksAt is Books with the version that the books are at: read in one snapshot, always above 0, and raised by every
// change of a mapping, an account or the company. Park wants the version that its judgement was made with.
func (s *Store) BooksAt(ctx context.Context, r ledger.RetailerID) (books ledger.Books, version int64, err error) {
	err = s.inRead(ctx, "read the books", func(t *tx) error {
		if version, err = t.booksVersion(ctx, r); err != nil {
			return err
		}
		books, err = t.books(ctx, r)
		return err
	})
	return books, version, err
}

// BooksVersion returns the present version of the books, to find out cheaply whether books read earlier still hold.
func (s *Store) BooksVersion(ctx context.Context, r ledger.RetailerID) (version int64, err error) {
	err = s.inRead(ctx, "read the version of the books", func(t *tx) error {
		version, err = t.booksVersion(ctx, r)
		return err
	})
	return version, err
}

func (t *tx) booksVersion(ctx context.Context, r ledger.RetailerID) (int64, error) {
	version := int64(1)
	_, err := t.get(ctx, &version, `SELECT books_version FROM work WHERE retailer_id = $1`, r)
	return version, err
}

func (t *tx) books(ctx context.Context, r ledger.RetailerID) (ledger.Books, error) {
	books := ledger.Books{Retailer: r, Accounts: map[ledger.AccountID]ledger.Account{}}
	company, err := t.bookCompany(ctx, r)
	if err != nil {
		return ledger.Books{}, err
	}
	books.HomeCurrency, books.Multicurrency = company.HomeCurrency, company.Multicurrency
	books.ClosedThrough = company.BookCloseDate
	settings, err := t.settings(ctx, r)
	if err != nil {
		return ledger.Books{}, err
	}
	books.RoundingLimit, books.Revisions = settings.RoundingLimit, settings.Revisions
	books.ClosedBooks = settings.ClosedBooks
	if err := t.bookAccounts(ctx, r, &books); err != nil {
		return ledger.Books{}, err
	}
	if books.Mapping, err = t.mappingHistory(ctx, r); err != nil {
		return ledger.Books{}, err
	}
	if err := t.bookTracking(ctx, r, company, &books); err != nil {
		return ledger.Books{}, err
	}
	return books, nil
}

// companyRow is what the books depend on of a company.
type companyRow struct {
	HomeCurrency    ledger.Currency `db:"home_currency"`
	Multicurrency   bool            `db:"multicurrency"`
	BookCloseDate   ledger.Date     `db:"book_close_date"`
	TracksLocations bool            `db:"tracks_locations"`
	TracksClasses   bool            `db:"tracks_classes"`
}

func (t *tx) bookCompany(ctx context.Context, r ledger.RetailerID) (company companyRow, err error) {
	_, err = t.get(ctx, &company, `SELECT home_currency, multicurrency, book_close_date, tracks_locations, tracks_classes
		FROM connections WHERE retailer_id = $1`, r)
	return company, err
}

func (t *tx) bookAccounts(ctx context.Context, r ledger.RetailerID, books *ledger.Books) error {
	var accounts []struct {
		ID        ledger.AccountID   `db:"account_id"`
		FullName  string             `db:"full_name"`
		Type      ledger.AccountType `db:"type"`
		Active    bool               `db:"active"`
		DeletedAt int64              `db:"deleted_at"`
	}
	err := t.list(ctx, &accounts,
		`SELECT account_id, full_name, type, active, deleted_at FROM accounts WHERE retailer_id = $1`, r)
	for _, a := range accounts {
		books.Accounts[a.ID] = ledger.Account{
			ID: a.ID, Name: a.FullName, Type: a.Type, Active: a.Active, Deleted: a.DeletedAt != 0,
		}
	}
	return err
}

// mappingHistory reads every change of the retailer's mapping.
func (t *tx) mappingHistory(ctx context.Context, r ledger.RetailerID) (ledger.Mapping, error) {
	var changes []struct {
		slotRow

		Version int64            `db:"version"`
		From    ledger.Date      `db:"effective_from"`
		Account ledger.AccountID `db:"account_id"`
	}
	// By version upwards: each change then goes to the front of its slot's history.
	err := t.list(ctx, &changes, `SELECT role, map_key, location_id, version, effective_from, account_id
		FROM mapping_changes WHERE retailer_id = $1 ORDER BY version`, r)
	mapping := make(ledger.Mapping, len(changes))
	for i := range changes {
		c := &changes[i]
		mapping.Change(c.slot(), ledger.MappingChange{Version: c.Version, From: c.From, Account: c.Account})
	}
	return mapping, err
}
