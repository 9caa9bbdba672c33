package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// settlementSheet collects what a call of SettleMany writes, so that each table is written once.
type settlementSheet struct {
	retailer ledger.RetailerID
	work     work
	now      time.Time

	attempts, requests, entries, events, replaced [][]any
	waiting                                       []waitingEvent
	booked                                        bool
}

// take checks a settlement against what is open and adds it to the sheet.
func (s *settlementSheet) take(settlement *Settlement, request *openRequest) error {
	switch {
	case request == nil:
		return ErrNotFound
	case !request.Open:
		return ErrRequestClosed
	}
	attempt, seq := &settlement.Attempt, request.Seq+1
	at := attempt.At
	if at.IsZero() {
		at = s.now
	}
	s.attempts = append(s.attempts, []any{
		s.retailer, request.ID, seq, micros(at), attempt.Outcome, attempt.HTTPStatus, foreign(attempt.Code),
		foreign(attempt.Message), foreign(attempt.IntuitTID),
	})
	for i := range settlement.Items {
		item := &settlement.Items[i]
		meant, open := request.items[item.Event]
		if !open {
			return fmt.Errorf("event %s is no open item of it: %w", item.Event, ErrNotFound)
		}
		if item.Outcome != Unknown {
			delete(request.items, item.Event)
		}
		if err := s.takeItem(item, meant, request, seq); err != nil {
			return err
		}
	}
	open := len(request.items) > 0
	if open && settlement.Closed {
		return fmt.Errorf("%d items: %w", len(request.items), errItemsRemain)
	}
	s.requests = append(s.requests, []any{request.ID, open, micros(settlement.NextDue)})
	return nil
}

func (s *settlementSheet) takeItem(item *ItemResult, meant openItem, request *openRequest, seq int) error {
	open := item.Outcome == Unknown
	settledAt, settledBy := micros(s.now), seq
	if open {
		settledAt, settledBy = 0, 0
	}
	s.entries = append(s.entries, []any{
		item.Event, request.ID, open, item.Outcome, foreign(item.Code), foreign(item.Message), settledAt, settledBy,
		foreign(item.QuickBooksID), foreign(item.SyncToken),
	})
	if open {
		return nil
	}
	next := eventRow{ID: item.Event}
	switch item.Outcome {
	case Booked:
		s.booked = true
		next.State, next.Realm, next.SyncedAt = ledger.StateSynced, request.Realm, micros(s.now)
		next.QuickBooksID, next.SyncToken = foreign(item.QuickBooksID), foreign(item.SyncToken)
		if meant.Replaces != "" {
			s.replaced = append(s.replaced, []any{item.Event, request.ID, foreign(item.QuickBooksID)})
		}
	case Refused:
		var err error
		if next.Problem, err = encodeProblem(item.Problem); err != nil {
			return err
		}
		next.State, next.Reason = ledger.StateActionRequired, item.Problem.Reason
		s.waiting = append(s.waiting, waitingEvent{id: item.Event, problem: item.Problem})
		next.Tries = 1
	case NotBooked, NotFound:
		next.State, next.Tries = ledger.StatePending, 1
		next.DueAt = max(micros(item.RetryAt), micros(s.now))
	case Unknown:
	}
	s.events = append(s.events, []any{
		next.ID, next.State, next.Reason, next.Problem, next.DueAt, next.Tries, next.Realm, next.QuickBooksID,
		next.SyncToken, next.SyncedAt, meant.Revision, meant.Final,
	})
	return nil
}

// write writes the sheet. The caller holds the work row.
func (t *tx) write(ctx context.Context, s *settlementSheet) error {
	err := t.insert(ctx, `INSERT INTO attempts (retailer_id, request_id, seq, at, outcome, http_status, code, message,
		intuit_tid)`, s.attempts, "")
	if err != nil {
		return err
	}
	steps := []func(context.Context, *settlementSheet) error{
		t.writeEntries, t.writeReplaced, t.writeEvents, t.writeRequests, t.writeLastSynced,
	}
	for _, step := range steps {
		if err := step(ctx, s); err != nil {
			return err
		}
	}
	return t.wait(ctx, s.retailer, s.now, ledger.StateProcessing, s.waiting)
}

// writeReplaced marks what was updated: it stands no more.
func (t *tx) writeReplaced(ctx context.Context, s *settlementSheet) error {
	for _, row := range s.replaced { // few: updates go one by one
		_, err := t.exec(ctx, `UPDATE entries SET replaced = TRUE
			WHERE retailer_id = $1 AND event_id = $2 AND request_id <> $3 AND quickbooks_id = $4`,
			append([]any{s.retailer}, row...)...)
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) writeEntries(ctx context.Context, s *settlementSheet) error {
	if len(s.entries) == 0 {
		return nil
	}
	var p params
	with, err := t.with(&p, rows{columns: []column{
		{"id", text},
		{"request", text},
		{"open", boolean},
		{"outcome", number},
		{"code", text},
		{"message", text},
		{"settled_at", number},
		{"settled_by", number},
		{"quickbooks_id", text},
		{"sync_token", text},
	}, values: s.entries})
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, with+`UPDATE entries SET open = v.open, outcome = v.outcome, code = v.code,
			message = v.message, settled_at = v.settled_at, settled_by = v.settled_by,
			quickbooks_id = v.quickbooks_id, sync_token = v.sync_token
		FROM v WHERE entries.retailer_id = `+p.add(s.retailer)+` AND entries.event_id = v.id
			AND entries.request_id = v.request`, p.values...)
	return err
}

func (t *tx) writeEvents(ctx context.Context, s *settlementSheet) error {
	if len(s.events) == 0 {
		return nil
	}
	var p params
	with, err := t.with(&p, rows{columns: []column{
		{"id", text},
		{"state", number},
		{"reason", number},
		{"problem", text},
		{"due_at", number},
		{"tries", number},
		{"realm_id", text},
		{"quickbooks_id", text},
		{"sync_token", text},
		{"synced_at", number},
		{"revision", number},
		{"final", boolean},
	}, values: s.events})
	if err != nil {
		return err
	}
	at, retailer := p.add(micros(s.now)), p.add(s.retailer)
	// Whatever became of an entry, its event goes on when a later revision was recorded meanwhile, unless QuickBooks holds
	// the entry otherwise than it was meant: see stateAfterRevision. It goes on after an entry that another must follow, too.
	// What was booked earlier stays known.
	more := `((events.revision > v.revision AND v.reason <> ` + numbers([]ledger.Reason{ledger.ReasonStoredDifferently}) +
		`) OR (v.quickbooks_id <> '' AND NOT v.final))`
	const booked = ` CASE WHEN v.quickbooks_id <> '' THEN `
	var moved []movedEvent
	err = t.list(ctx, &moved, with+`UPDATE events SET state = CASE WHEN `+more+` THEN 2 ELSE v.state END,
			reason = CASE WHEN `+more+` THEN 0 ELSE v.reason END,
			problem = CASE WHEN `+more+` THEN '' ELSE v.problem END,
			due_at = CASE WHEN `+more+` AND v.due_at = 0 THEN `+at+` ELSE v.due_at END,
			state_at = `+at+`, tries = events.tries + v.tries,
			realm_id =`+booked+`v.realm_id ELSE events.realm_id END,
			quickbooks_id =`+booked+`v.quickbooks_id ELSE events.quickbooks_id END,
			sync_token =`+booked+`v.sync_token ELSE events.sync_token END,
			synced_at =`+booked+`v.synced_at ELSE events.synced_at END,
			posted_revision = CASE WHEN v.quickbooks_id <> '' AND v.final THEN v.revision ELSE events.posted_revision END
		FROM v WHERE events.retailer_id = `+retailer+` AND events.event_id = v.id AND events.state = 3
		RETURNING event_id, kind, backfill, events.state, events.reason`, p.values...)
	if err != nil {
		return err
	}
	if len(moved) != len(s.events) {
		return fmt.Errorf("%d of %d events: %w", len(s.events)-len(moved), len(s.events), errNotProcessing)
	}
	changes, progress := tallies{}, steps{}
	waits := make(map[ledger.EventID]bool, len(s.waiting))
	for _, m := range moved {
		changes.move(tally{Kind: m.Kind, State: ledger.StateProcessing}, m.tally, 1)
		progress.move(m.Backfill, ledger.StateProcessing, m.State, 1)
		waits[m.ID] = m.State == ledger.StateActionRequired
	}
	s.waiting = slices.DeleteFunc(s.waiting, func(e waitingEvent) bool { return !waits[e.id] })
	if err := t.count(ctx, s.retailer, changes); err != nil {
		return err
	}
	return t.settle(ctx, &s.work, progress, s.now)
}

// errNotProcessing would be a fault of the store itself: an open item holds its event in PROCESSING.
var errNotProcessing = errors.New("not in processing although their items are open")

func (t *tx) writeRequests(ctx context.Context, s *settlementSheet) error {
	if len(s.requests) == 0 {
		return nil
	}
	var p params
	with, err := t.with(&p, rows{
		columns: []column{{"id", text}, {"open", boolean}, {"due_at", number}}, values: s.requests,
	})
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, with+`UPDATE requests SET open = v.open, due_at = v.due_at
		FROM v WHERE requests.retailer_id = `+p.add(s.retailer)+` AND requests.request_id = v.id`, p.values...)
	return err
}

func (t *tx) writeLastSynced(ctx context.Context, s *settlementSheet) error {
	if !s.booked {
		return nil
	}
	_, err := t.exec(ctx, `UPDATE work SET last_synced_at = $2 WHERE retailer_id = $1`, s.retailer, micros(s.now))
	return err
}
