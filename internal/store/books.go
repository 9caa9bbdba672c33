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
	books := ledger.Books{Retailer: r, Mapping: ledger.Mapping{}, Accounts: map[ledger.AccountID]ledger.Account{}}
	var company struct {
		HomeCurrency  ledger.Currency `db:"home_currency"`
		Multicurrency bool            `db:"multicurrency"`
	}
	_, err := t.get(ctx, &company, `SELECT home_currency, multicurrency FROM connections WHERE retailer_id = $1`, r)
	if err != nil {
		return ledger.Books{}, err
	}
	books.HomeCurrency, books.Multicurrency = company.HomeCurrency, company.Multicurrency
	var accounts []struct {
		ID        ledger.AccountID   `db:"account_id"`
		FullName  string             `db:"full_name"`
		Type      ledger.AccountType `db:"type"`
		Active    bool               `db:"active"`
		DeletedAt int64              `db:"deleted_at"`
	}
	err = t.list(ctx, &accounts,
		`SELECT account_id, full_name, type, active, deleted_at FROM accounts WHERE retailer_id = $1`, r)
	if err != nil {
		return ledger.Books{}, err
	}
	for _, a := range accounts {
		books.Accounts[a.ID] = ledger.Account{
			ID: a.ID, Name: a.FullName, Type: a.Type, Active: a.Active, Deleted: a.DeletedAt != 0,
		}
	}
	var mapped []struct {
		slotRow

		Account ledger.AccountID `db:"account_id"`
	}
	err = t.list(ctx, &mapped,
		`SELECT role, map_key, location_id, account_id FROM mappings WHERE retailer_id = $1`, r)
	for i := range mapped {
		books.Mapping[mapped[i].slot()] = mapped[i].Account
	}
	return books, err
}
