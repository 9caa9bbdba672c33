package store

import (
	"context"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Retailers returns the retailers that have called, by name, at most limit of them. It is for the console in development;
// in production a caller's token says which retailers it may see.
func (s *Store) Retailers(ctx context.Context, limit int) (retailers []ledger.RetailerID, err error) {
	err = s.inRead(ctx, "list retailers", func(t *tx) error {
		return t.list(ctx, &retailers, `SELECT retailer_id FROM retailers ORDER BY retailer_id LIMIT $1`, limit)
	})
	if err != nil {
		return nil, err
	}
	return retailers, nil
}
