package store

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Authorization is an authorization that a person was asked for and has not yet given.
type Authorization struct {
	// StateHash is the hash of OAuth's state parameter; the state itself is not stored.
	StateHash            []byte
	Caller, ReturnURL    string
	CreatedAt, ExpiresAt time.Time
}

// SaveAuthorization remembers that an authorization was asked for, and forgets those of the retailer that have expired
// at a.CreatedAt.
func (s *Store) SaveAuthorization(ctx context.Context, r ledger.RetailerID, a Authorization) error {
	return s.inWrite(ctx, "save an authorization", func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM authorizations WHERE retailer_id = $1 AND expires_at <= $2`,
			r, micros(a.CreatedAt))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `INSERT INTO authorizations (retailer_id, state_hash, caller, return_url, created_at,
			expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			r, blob(a.StateHash), a.Caller, a.ReturnURL, micros(a.CreatedAt), micros(a.ExpiresAt))
		return err
	})
}

// TakeAuthorization returns the authorization with this hash and forgets it, so that it works once. ErrNotFound when it
// is unknown, used or expired.
func (s *Store) TakeAuthorization(
	ctx context.Context, r ledger.RetailerID, stateHash []byte, now time.Time,
) (Authorization, error) {
	var row struct {
		Caller    string `db:"caller"`
		ReturnURL string `db:"return_url"`
		CreatedAt int64  `db:"created_at"`
		ExpiresAt int64  `db:"expires_at"`
	}
	err := s.inWrite(ctx, "take an authorization", func(t *tx) error {
		found, err := t.get(ctx, &row, `DELETE FROM authorizations
			WHERE retailer_id = $1 AND state_hash = $2 AND expires_at > $3
			RETURNING caller, return_url, created_at, expires_at`, r, blob(stateHash), micros(now))
		if err == nil && !found {
			err = ErrNotFound
		}
		return err
	})
	if err != nil {
		return Authorization{}, err
	}
	return Authorization{
		StateHash: stateHash, Caller: row.Caller, ReturnURL: row.ReturnURL,
		CreatedAt: fromMicros(row.CreatedAt), ExpiresAt: fromMicros(row.ExpiresAt),
	}, nil
}
