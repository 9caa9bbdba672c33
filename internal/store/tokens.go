package store

import (
	"context"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// LeaseRefresh makes owner the one who may refresh the tokens, until the given time. It is a compare-and-swap: false when
// the tokens are not at this version any more, the retailer is not Connected, or another owner's lease is live at now.
func (s *Store) LeaseRefresh(
	ctx context.Context, r ledger.RetailerID, version int64, owner string, now, until time.Time,
) (bool, error) {
	return s.change(ctx, "lease the refresh of tokens",
		`UPDATE connections SET refresh_owner = $3, refresh_lease_until = $4
		WHERE retailer_id = $1 AND token_version = $2 AND state = $6
			AND (refresh_owner IN ('', $3) OR refresh_lease_until <= $5)`,
		r, version, owner, micros(until), micros(now), Connected)
}

// SwapTokens stores refreshed tokens as the next version, ends the lease and clears the connection's problem. False, and
// nothing changed, when the tokens are not at this version any more, the retailer is not Connected, or another owner
// has taken the lease over.
func (s *Store) SwapTokens(
	ctx context.Context, r ledger.RetailerID, version int64, owner string, t Tokens,
) (bool, error) {
	return s.change(ctx, "swap the tokens",
		`UPDATE connections SET access_sealed = $4, access_expires_at = $5, refresh_sealed = $6, refresh_expires_at = $7,
			refresh_hard_expires_at = $8, token_version = token_version + 1, refresh_owner = '', refresh_lease_until = 0,
			problem = '', problem_at = 0
		WHERE retailer_id = $1 AND token_version = $2 AND refresh_owner = $3 AND state = $9`,
		r, version, owner, blob(t.AccessSealed), micros(t.AccessExpiresAt), blob(t.RefreshSealed),
		micros(t.RefreshExpiresAt), micros(t.RefreshHardExpiresAt), Connected)
}

// change runs one statement and tells whether it changed anything.
func (s *Store) change(ctx context.Context, op, query string, args ...any) (changed bool, err error) {
	err = s.inWrite(ctx, op, func(t *tx) error {
		n, err := t.exec(ctx, query, args...)
		changed = n > 0
		return err
	})
	return changed && err == nil, err
}

// EndRefresh gives owner's lease on the refresh of tokens back, so that the next try need not wait for its end. Nothing
// happens when owner has none.
func (s *Store) EndRefresh(ctx context.Context, r ledger.RetailerID, owner string) error {
	_, err := s.change(ctx, "end the refresh of tokens",
		`UPDATE connections SET refresh_owner = '', refresh_lease_until = 0 WHERE retailer_id = $1 AND refresh_owner = $2`,
		r, owner)
	return err
}

// LoseAuthorization makes a Connected retailer ReauthorizationRequired, for the given plain reason, on the word of owner,
// who holds the lease on its refresh. False when the tokens are not at this version any more, the retailer is not
// Connected, or another owner has taken the lease over: that one's tokens count.
func (s *Store) LoseAuthorization(
	ctx context.Context, r ledger.RetailerID, version int64, owner, problem string, now time.Time,
) (lost bool, err error) {
	err = s.inWrite(ctx, "note a lost authorization", func(t *tx) error {
		lost = false
		if _, found, err := t.lock(ctx, r); err != nil || !found {
			return err
		}
		n, err := t.exec(ctx, `UPDATE connections SET state = $3, problem = $4, problem_at = $5, refresh_owner = '',
				refresh_lease_until = 0
			WHERE retailer_id = $1 AND token_version = $2 AND state = $6 AND refresh_owner = $7`,
			r, version, ReauthorizationRequired, foreign(problem), micros(now), Connected, owner)
		if err != nil || n == 0 {
			return err
		}
		lost = true
		_, err = t.exec(ctx, `UPDATE work SET connected = FALSE WHERE retailer_id = $1`, r)
		return err
	})
	return lost && err == nil, err
}
