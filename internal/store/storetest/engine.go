package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// work is a small engine: it claims, posts, parks and settles until it is told to stop.
func work(t *testing.T, s *store.Store, running <-chan struct{}) {
	t.Helper()
	for i := 0; ; i++ {
		select {
		case <-running:
			return
		default:
		}
		l, ok, err := s.Claim(within(t), worker, at(1000+i), leaseTTL)
		if err != nil {
			t.Error(err)
			return
		}
		if !ok {
			continue
		}
		if err := errors.Join(workOnce(t, s, l, i), s.Release(within(t), l, at(1000+i), store.Backoff{})); err != nil {
			t.Error(err)
			return
		}
	}
}

// workOnce posts what is pending, with outcomes that go round.
func workOnce(t *testing.T, s *store.Store, l store.Lease, round int) error {
	t.Helper()
	ctx, now := within(t), at(1000+round)
	version, err := s.BooksVersion(ctx, l.Retailer)
	if err != nil {
		return err
	}
	pending, err := s.PendingEvents(ctx, l, now, 15, true)
	if err != nil || len(pending) == 0 {
		return err
	}
	if round%3 == 0 {
		parked := make([]store.Parked, 0, len(pending))
		for _, p := range pending {
			parked = append(parked, store.Parked{Event: p.Event.ID, Revision: p.Event.Revision, Problem: unmapped(visa())})
		}
		err := s.Park(ctx, l, now, version, parked)
		if errors.Is(err, store.ErrBooksChanged) {
			return nil
		}
		return err
	}
	var events []ledger.EventID
	for _, p := range pending {
		events = append(events, p.Event.ID)
	}
	q := batch(fmt.Sprintf("q-%d", round), events...)
	for i := range pending {
		q.Items[i].Revision, q.Items[i].Final = pending[i].Event.Revision, round%2 == 0
	}
	err = s.StoreRequests(ctx, l, now, []store.NewRequest{q})
	if errors.Is(err, store.ErrNotPending) {
		return nil
	}
	if err != nil {
		return err
	}
	settlement := store.Settlement{RequestID: q.ID, Closed: true, Attempt: store.Attempt{At: now, Outcome: store.Booked}}
	for i, ev := range events {
		outcomes := []store.Outcome{store.Booked, store.Refused, store.NotBooked, store.NotFound}
		settlement.Items = append(settlement.Items, item(ev, outcomes[i%len(outcomes)]))
	}
	return s.Settle(ctx, l, now, settlement)
}

// item is the result of an item with what its outcome needs.
func item(ev ledger.EventID, outcome store.Outcome) store.ItemResult {
	out := store.ItemResult{Event: ev, Outcome: outcome}
	switch outcome {
	case store.Booked:
		out.QuickBooksID, out.SyncToken = "qb-"+string(ev), "0"
	case store.Refused:
		out.Problem = &ledger.Problem{Reason: ledger.ReasonRejectedByQuickBooks, Message: "Refused.", Remedy: "Look."}
	case store.Unknown, store.NotBooked, store.NotFound:
	}
	return out
}
