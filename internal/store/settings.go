package store

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Settings are a retailer's posting policies.
type Settings struct {
	// RoundingLimit is by how much a sale may be out of balance.
	RoundingLimit ledger.Amount
	Revisions     ledger.RevisionPolicy
	ClosedBooks   ledger.ClosedBooksPolicy
}

// Settings returns a retailer's policies: the defaults where it has chosen none.
func (s *Store) Settings(ctx context.Context, r ledger.RetailerID) (settings Settings, err error) {
	err = s.inRead(ctx, "read the settings", func(t *tx) error {
		settings, err = t.settings(ctx, r)
		return err
	})
	return settings, err
}

func (t *tx) settings(ctx context.Context, r ledger.RetailerID) (Settings, error) {
	row := struct {
		RoundingLimit ledger.Amount            `db:"rounding_limit"`
		Revisions     ledger.RevisionPolicy    `db:"revision_policy"`
		ClosedBooks   ledger.ClosedBooksPolicy `db:"closed_books_policy"`
	}{Revisions: ledger.RevisionsAdjust, ClosedBooks: ledger.ClosedBooksHold}
	_, err := t.get(ctx, &row, `SELECT rounding_limit, revision_policy, closed_books_policy FROM retailers
		WHERE retailer_id = $1`, r)
	return Settings(row), err
}

// UpdateSettings changes a retailer's policies and sends the events that waited because of one (OUT_OF_BALANCE,
// PERIOD_CLOSED) back to PENDING, to be judged again. It returns the policies as stored. Settings that are as they were
// change nothing.
func (s *Store) UpdateSettings(
	ctx context.Context, r ledger.RetailerID, change func(*Settings), actor string, now time.Time,
) (settings Settings, err error) {
	err = s.inWrite(ctx, "update the settings", func(t *tx) error {
		w, err := t.lockNew(ctx, r, now)
		if err != nil {
			return err
		}
		before, err := t.settings(ctx, r)
		if err != nil {
			return err
		}
		settings = before
		if change(&settings); settings == before {
			return nil
		}
		_, err = t.exec(ctx, `UPDATE retailers SET rounding_limit = $2, revision_policy = $3, closed_books_policy = $4
			WHERE retailer_id = $1`, r, settings.RoundingLimit, settings.Revisions, settings.ClosedBooks)
		if err != nil {
			return err
		}
		if err := t.bumpBooks(ctx, r); err != nil {
			return err
		}
		_, err = t.moveEvents(ctx, w, move{
			from: []ledger.State{ledger.StateActionRequired}, to: ledger.StatePending,
			reasons: []ledger.Reason{ledger.ReasonOutOfBalance, ledger.ReasonPeriodClosed},
			actor:   actor, note: "settings changed", at: now,
		})
		return err
	})
	return settings, err
}
