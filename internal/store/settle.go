package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Outcome says how an attempt ended. The numbers are stored: never renumber.
type Outcome uint8

// The outcomes.
const (
	// Booked: QuickBooks holds the entry as meant.
	Booked Outcome = 1
	// Refused: QuickBooks refused; nothing was booked, and a person must act.
	Refused Outcome = 2
	// Unknown: no clear answer; the same request is sent again, or a query settles it.
	Unknown Outcome = 3
	// NotBooked: not sent, or turned away before it was looked at; the event is posted by a new request later.
	NotBooked Outcome = 4
	// NotFound: a query found that nothing was booked; as NotBooked.
	NotFound Outcome = 5
)

// Settlement is what an attempt brought to light about a request.
type Settlement struct {
	RequestID string
	// Attempt is always noted. Its RequestID is ignored; a zero At means now.
	Attempt Attempt
	// Closed says that Items settle every item that was open. Otherwise the request stays open, due at NextDue, until no
	// open item is left.
	Closed  bool
	NextDue time.Time
	// Items are the items that the attempt says something about; those of Unknown stay open.
	Items []ItemResult
}

// ItemResult is the outcome of one item.
type ItemResult struct {
	Event   ledger.EventID
	Outcome Outcome
	// QuickBooksID and SyncToken name the entry, for Booked.
	QuickBooksID, SyncToken string
	// Problem is why the event must wait, for Refused.
	Problem *ledger.Problem
	// RetryAt is when the event may be posted again, for NotBooked and NotFound; zero: at once.
	RetryAt time.Time
	// Code is Intuit's error code, Message says what happened.
	Code, Message string
}

// Settle notes an attempt and settles items: see SettleMany.
func (s *Store) Settle(ctx context.Context, l Lease, now time.Time, settlement Settlement) error {
	return s.SettleMany(ctx, l, now, []Settlement{settlement})
}

// SettleMany notes attempts and settles items, all in one transaction. A Booked event becomes SYNCED, a Refused one waits as
// ACTION_REQUIRED, a NotBooked one is PENDING again. So is one that was booked and needs more: another entry, or one for a
// revision that was recorded meanwhile. ErrRequestClosed when a request is not open, ErrNotFound when there is
// no such request or an item is not one of its open ones, ErrLeaseLost.
func (s *Store) SettleMany(ctx context.Context, l Lease, now time.Time, settlements []Settlement) error {
	if err := settlable(settlements); err != nil {
		return fmt.Errorf("store: settle requests: %w", err)
	}
	return s.inWrite(ctx, "settle requests", func(t *tx) error {
		w, err := t.lockLease(ctx, l)
		if err != nil {
			return err
		}
		open, err := t.settling(ctx, l.Retailer, settlements)
		if err != nil {
			return err
		}
		sheet := settlementSheet{retailer: l.Retailer, work: w, now: now}
		for i := range settlements {
			if err := sheet.take(&settlements[i], open[settlements[i].RequestID]); err != nil {
				return fmt.Errorf("request %s: %w", settlements[i].RequestID, err)
			}
		}
		return t.write(ctx, &sheet)
	})
}

// Errors of settlements that contradict themselves: mistakes of the caller.
var (
	errNamedTwice  = errors.New("the request is named twice in one call")
	errNoProblem   = errors.New("a refused item needs a problem")
	errNoID        = errors.New("a booked item needs the entry's id in QuickBooks")
	errNoOutcome   = errors.New("an item has no outcome that is known")
	errItemsRemain = errors.New("closed, but some of its items are not settled")
)

// settlable checks settlements by themselves.
func settlable(settlements []Settlement) error {
	seen := make(map[string]bool, len(settlements))
	for _, s := range settlements {
		if seen[s.RequestID] {
			return fmt.Errorf("request %s: %w", s.RequestID, errNamedTwice)
		}
		seen[s.RequestID] = true
		for i := range s.Items {
			if err := s.Items[i].check(); err != nil {
				return fmt.Errorf("request %s, event %s: %w", s.RequestID, s.Items[i].Event, err)
			}
		}
	}
	return nil
}

func (i *ItemResult) check() error {
	switch i.Outcome {
	case Booked:
		if i.QuickBooksID == "" {
			return errNoID
		}
	case Refused:
		if i.Problem == nil {
			return errNoProblem
		}
	case Unknown, NotBooked, NotFound:
	default:
		return errNoOutcome
	}
	return nil
}

// openRequest is a request about to be settled.
type openRequest struct {
	ID    string         `db:"request_id"`
	Realm ledger.RealmID `db:"realm_id"`
	Open  bool           `db:"open"`
	// Seq is the number of its last attempt.
	Seq int `db:"seq"`
	// items are its items that are open, by their events.
	items map[ledger.EventID]openItem
}

// openItem is an item about to be settled.
type openItem struct {
	Request  string         `db:"request_id"`
	Event    ledger.EventID `db:"event_id"`
	Revision int32          `db:"revision"`
	Final    bool           `db:"final"`
	Replaces string         `db:"replaces"`
}

// settling reads the requests of settlements.
func (t *tx) settling(
	ctx context.Context, r ledger.RetailerID, settlements []Settlement,
) (map[string]*openRequest, error) {
	ids := make([]string, 0, len(settlements))
	for i := range settlements {
		ids = append(ids, settlements[i].RequestID)
	}
	p := params{values: []any{r}}
	which, err := oneOf(t, &p, "request_id", ids)
	if err != nil {
		return nil, err
	}
	var requests []openRequest
	err = t.list(ctx, &requests, `SELECT request_id, realm_id, open, (SELECT COALESCE(MAX(a.seq), 0) FROM attempts a
			WHERE a.retailer_id = q.retailer_id AND a.request_id = q.request_id) AS seq
		FROM requests q WHERE retailer_id = $1 AND `+which, p.values...)
	if err != nil {
		return nil, err
	}
	found := make(map[string]*openRequest, len(requests))
	for i := range requests {
		requests[i].items = map[ledger.EventID]openItem{}
		found[requests[i].ID] = &requests[i]
	}
	var items []openItem
	err = t.list(ctx, &items, `SELECT request_id, event_id, revision, final, replaces`+fromOpenEntries+which, p.values...)
	for _, item := range items {
		found[item.Request].items[item.Event] = item
	}
	return found, err
}
