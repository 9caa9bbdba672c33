package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Retry chooses events to send back to PENDING.
type Retry struct {
	// IDs chooses events, Reason a reason; both given, both must hold; neither, all are chosen.
	IDs    []ledger.EventID
	Reason ledger.Reason
	// Approve lets events of a closed period be posted on the first open day; events that wait for another reason are then
	// left alone.
	Approve bool
}

// reasons are those whose events are retried; none: all. A person vouches for an event whose outcome is lost, or whose entry
// QuickBooks stored differently, that no entry is in the way, so such an event is retried only where it, or the reason, is
// named.
func (retry *Retry) reasons() []ledger.Reason {
	if retry.Reason != ledger.ReasonNone {
		return []ledger.Reason{retry.Reason}
	}
	if len(retry.IDs) > 0 {
		return nil
	}
	var all []ledger.Reason
	for reason := ledger.ReasonNone + 1; reason <= ledger.ReasonLast; reason++ {
		if reason != ledger.ReasonOutcomeLost && reason != ledger.ReasonStoredDifferently {
			all = append(all, reason)
		}
	}
	return all
}

// RetryEvents sends events in ACTION_REQUIRED back to PENDING, due at once, and returns how many. Events in other states
// are left alone, and so are those that a person has to vouch for where neither they nor their reason are named. Those whose
// outcome is lost are posted from then on as if it were known that they were not booked.
func (s *Store) RetryEvents(
	ctx context.Context, r ledger.RetailerID, retry Retry, actor string, now time.Time,
) (n int64, err error) {
	m := move{
		from: []ledger.State{ledger.StateActionRequired}, ids: retry.IDs, to: ledger.StatePending, actor: actor,
		reasons: retry.reasons(), vouch: true, note: "retried", at: now,
	}
	if retry.Approve {
		if retry.Reason != ledger.ReasonNone && retry.Reason != ledger.ReasonPeriodClosed {
			return 0, nil
		}
		m.reasons, m.approve = []ledger.Reason{ledger.ReasonPeriodClosed}, true
		m.note = "approved for the first open day"
	}
	err = s.inWrite(ctx, "retry events", func(t *tx) error {
		n, err = t.moveKnown(ctx, r, m)
		return err
	})
	return n, err
}

// SkipEvents takes events out of posting: NEVER_SYNCED, PENDING and ACTION_REQUIRED become SKIPPED. With unskip it puts
// SKIPPED ones back: PENDING when sync was ever started, otherwise NEVER_SYNCED. It returns how many changed; events in
// other states are left alone. No ids, no events.
func (s *Store) SkipEvents(
	ctx context.Context, r ledger.RetailerID, ids []ledger.EventID, unskip bool, note, actor string, now time.Time,
) (n int64, err error) {
	if len(ids) == 0 {
		return 0, nil
	}
	m := move{
		from: []ledger.State{ledger.StateNeverSynced, ledger.StatePending, ledger.StateActionRequired},
		ids:  ids, to: ledger.StateSkipped, actor: actor, note: note, at: now,
	}
	err = s.inWrite(ctx, "skip events", func(t *tx) error {
		if unskip {
			m.from = []ledger.State{ledger.StateSkipped}
			if m.to, err = t.firstState(ctx, r); err != nil {
				return err
			}
		}
		n, err = t.moveKnown(ctx, r, m)
		return err
	})
	return n, err
}

// SkipWaiting makes events SKIPPED that wait in ACTION_REQUIRED for a reason, all or those of the ids, and returns how many.
func (s *Store) SkipWaiting(
	ctx context.Context, r ledger.RetailerID, reason ledger.Reason, ids []ledger.EventID, note, actor string, now time.Time,
) (n int64, err error) {
	m := move{
		from: []ledger.State{ledger.StateActionRequired}, reasons: []ledger.Reason{reason}, ids: ids,
		to: ledger.StateSkipped, actor: actor, note: note, at: now,
	}
	err = s.inWrite(ctx, "skip events", func(t *tx) error {
		n, err = t.moveKnown(ctx, r, m)
		return err
	})
	return n, err
}

// firstState is the state of an event that was just recorded.
func (t *tx) firstState(ctx context.Context, r ledger.RetailerID) (ledger.State, error) {
	var started int64
	_, err := t.get(ctx, &started, `SELECT first_started_at FROM retailers WHERE retailer_id = $1`, r)
	if err == nil && started > 0 {
		return ledger.StatePending, nil
	}
	return ledger.StateNeverSynced, err
}

// move is a change of state of a set of events, which the database works out by itself, however many they are.
type move struct {
	// from, and where they are not empty reasons and ids, choose the events.
	from    []ledger.State
	reasons []ledger.Reason
	ids     []ledger.EventID
	// answered, where it is not nil, keeps events that wait for a slot which a mapping of this one answers.
	answered *ledger.Slot
	// since and until, where they are not empty, bound the business date, both included.
	since, until ledger.Date
	// backlogOf, where it is not 0, keeps events of this backfill of which QuickBooks holds nothing. They leave it.
	backlogOf int64
	// approve lets the events be posted on the first open day.
	approve bool
	// vouch says that a person vouches for events that wait because their outcome is lost.
	vouch bool
	to    ledger.State
	// actor, note and at go into the events' history.
	actor, note string
	at          time.Time
}

// chosen is the condition that a move chooses an event. States and reasons are written out, since there are few and the
// planners know them best so.
func (m *move) chosen(t *tx, p *params, r ledger.RetailerID) (string, error) {
	from := " IN (" + numbers(m.from) + ")"
	condition := "retailer_id = " + p.add(r) + " AND index_state" + from + " AND state" + from
	if len(m.reasons) > 0 {
		condition += " AND reason IN (" + numbers(m.reasons) + ")"
	}
	if len(m.ids) > 0 {
		which, err := oneOf(t, p, "event_id", m.ids)
		if err != nil {
			return "", err
		}
		condition += " AND " + which
	}
	if m.answered != nil {
		condition += " AND event_id IN (" + m.waiting(p, r) + ")"
	}
	if m.since != "" {
		condition += " AND business_date >= " + p.add(m.since)
	}
	if m.until != "" {
		condition += " AND business_date <= " + p.add(m.until)
	}
	if m.backlogOf != 0 {
		condition += " AND backlog AND quickbooks_id = '' AND backfill = " + p.add(m.backlogOf)
	}
	return condition, nil
}

// waiting selects the events that wait for a slot which m.answered answers.
func (m *move) waiting(p *params, r ledger.RetailerID) string {
	return "SELECT event_id FROM waits WHERE retailer_id = " + p.add(r) + " AND " + answered(p, *m.answered)
}

// numbers writes states or reasons as a list.
func numbers[T ~uint8](list []T) string {
	out := make([]string, 0, len(list))
	for _, v := range list {
		out = append(out, strconv.Itoa(int(v)))
	}
	return strings.Join(out, ", ")
}

// moveKnown is moveEvents for a retailer that may never have been heard of.
func (t *tx) moveKnown(ctx context.Context, r ledger.RetailerID, m move) (int64, error) {
	w, found, err := t.lock(ctx, r)
	if err != nil || !found {
		return 0, err
	}
	return t.moveEvents(ctx, w, m)
}

// moveEvents moves the events that m chooses, with counters and history, clears what they waited for, and wakes the work
// when they are PENDING now. The caller holds the work row w, so nothing changes between the statements.
func (t *tx) moveEvents(ctx context.Context, w work, m move) (int64, error) {
	if err := t.expectMany(ctx); err != nil {
		return 0, err
	}
	if err := t.chooseMoved(ctx, &w, m); err != nil {
		return 0, err
	}
	total, err := t.countMoved(ctx, &w, m)
	if err != nil || total == 0 {
		return 0, err
	}
	if err := t.noteMoved(ctx, w.Retailer, m); err != nil {
		return 0, err
	}
	// The waits and the states are what the events are chosen by: what the choice looks at changes last.
	steps := []func(context.Context, ledger.RetailerID, move) error{t.clearWaits, t.setMoved}
	if m.answered != nil {
		slices.Reverse(steps)
	}
	for _, step := range steps {
		if err := step(ctx, w.Retailer, m); err != nil {
			return 0, err
		}
	}
	if m.to != ledger.StatePending {
		return total, nil
	}
	return total, t.wake(ctx, w, m.at)
}

// expectMany keeps PostgreSQL from joining by nested loops for the rest of the transaction: before its first statistics of a
// new database it would take any number of waiting events for one, and look all of them up for each.
func (t *tx) expectMany(ctx context.Context) error {
	if t.name != DialectPostgres {
		return nil
	}
	_, err := t.exec(ctx, `SET LOCAL enable_nestloop = off`)
	return err
}

// countMoved brings the counters up to date, before the events move.
func (t *tx) countMoved(ctx context.Context, w *work, m move) (int64, error) {
	var p params
	var counts []struct {
		tally

		Backfill int64 `db:"backfill"`
		N        int64 `db:"n"`
	}
	chosen, err := m.chosen(t, &p, w.Retailer)
	if err != nil {
		return 0, err
	}
	err = t.list(ctx, &counts, `SELECT kind, state, reason, backfill, COUNT(*) AS n FROM events WHERE `+chosen+
		` GROUP BY kind, state, reason, backfill`, p.values...)
	if err != nil || len(counts) == 0 {
		return 0, err
	}
	total, changes, progress := int64(0), tallies{}, steps{}
	for _, c := range counts {
		total += c.N
		progress.move(c.Backfill, c.State, m.to, c.N)
		changes.move(c.tally, tally{Kind: c.Kind, State: m.to}, c.N)
	}
	if err := t.count(ctx, w.Retailer, changes); err != nil {
		return 0, err
	}
	return total, t.advance(ctx, w, progress, m.at)
}

// noteMoved writes the events' history, before they move.
func (t *tx) noteMoved(ctx context.Context, r ledger.RetailerID, m move) error {
	var p params
	at, to, actor, note := p.add(micros(m.at)), p.add(m.to), p.add(m.actor), p.add(m.note)
	chosen, err := m.chosen(t, &p, r)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO changes (retailer_id, event_id, seq, at, from_state, to_state, reason, actor, note)
		SELECT retailer_id, event_id, 1 + (SELECT COALESCE(MAX(c.seq), 0) FROM changes c
				WHERE c.retailer_id = e.retailer_id AND c.event_id = e.event_id),
			CAST(`+at+` AS BIGINT), state, CAST(`+to+` AS SMALLINT), 0, CAST(`+actor+` AS TEXT), CAST(`+note+` AS TEXT)
		FROM events e WHERE `+chosen, p.values...)
	return err
}

// clearWaits forgets what the events waited for.
func (t *tx) clearWaits(ctx context.Context, r ledger.RetailerID, m move) error {
	var p params
	retailer := p.add(r)
	var which string
	if m.answered != nil {
		which = m.waiting(&p, r)
		if m.since != "" { // those of earlier dates wait on
			which += " AND NOT EXISTS (SELECT 1 FROM events e WHERE e.retailer_id = " + p.add(r) +
				" AND e.event_id = waits.event_id AND e.state = 5)"
		}
	} else {
		chosen, err := m.chosen(t, &p, r)
		if err != nil {
			return err
		}
		which = "SELECT event_id FROM events WHERE " + chosen
	}
	_, err := t.exec(ctx, "DELETE FROM waits WHERE retailer_id = "+retailer+" AND event_id IN ("+which+")", p.values...)
	return err
}

// setMoved changes the events.
func (t *tx) setMoved(ctx context.Context, r ledger.RetailerID, m move) error {
	var p params
	to, at, due := p.add(m.to), p.add(micros(m.at)), p.add(dueAt(m.to, m.at))
	chosen, err := m.chosen(t, &p, r)
	if err != nil {
		return err
	}
	more := ""
	if m.approve {
		more = ", approved = TRUE"
	}
	if m.vouch {
		more += ", outcome_lost = outcome_lost AND reason <> " + p.add(ledger.ReasonOutcomeLost)
	}
	if m.backlogOf != 0 {
		more += ", backlog = FALSE, backfill = 0"
	}
	_, err = t.exec(ctx, `UPDATE events SET state = `+to+`, reason = 0, problem = '', state_at = `+at+`, due_at = `+due+
		more+` WHERE `+chosen, p.values...)
	return err
}

// dueAt is when an event that goes into a state now is due: at once in PENDING, otherwise never.
func dueAt(state ledger.State, now time.Time) int64 {
	if state == ledger.StatePending {
		return micros(now)
	}
	return 0
}
