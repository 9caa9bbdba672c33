package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Call is a call to a retailer's company that is no post: a read, or the creation of an account. Any server may make one at
// any time, while posts are the affair of the holder of the lease. It is noted before it is made and when it has ended, so
// that all servers together keep the company's limits.
type Call struct {
	Retailer ledger.RetailerID
	Realm    ledger.RealmID
	// ID is unique, Owner says who makes the call: the same as in the leases of this process.
	ID, Owner string
}

// CallLimits bound calls: those within any minute, within any second, and those under way at one time. Zero, or less, means
// no limit.
type CallLimits struct{ PerMinute, PerSecond, Concurrent int }

const (
	// callLife is how long a call may be under way. One that did not end in this time is of a process that has died.
	callLife = 130 * time.Second
	// minuteSpan and secondSpan are a little longer than they say, for clocks that tick at different speeds.
	minuteSpan = time.Minute + 100*time.Millisecond
	secondSpan = time.Second + 10*time.Millisecond
)

// BeginCall notes a call that is about to be made, or returns the earliest time to ask again, when it may not be made yet;
// then nothing is noted. It is free while its owner holds the lease on the retailer: it counts among what that one sends.
// While another does, all calls of all others together keep within beside, which the holder leaves free. While nobody does,
// all calls, and what was posted before, keep within alone. None is made in the silence after a 429.
func (s *Store) BeginCall(
	ctx context.Context, c Call, now time.Time, alone, beside CallLimits,
) (later time.Time, err error) {
	err = s.inWrite(ctx, "begin a call", func(t *tx) error {
		h, err := t.lockHolder(ctx, c.Retailer, now)
		if err != nil {
			return err
		}
		if later = fromMicros(h.ThrottledUntil); later.After(now) {
			return nil
		}
		later = time.Time{}
		if h.Owner != c.Owner {
			later, err = t.callRoom(ctx, c, h, now, alone, beside)
			if err != nil || !later.IsZero() {
				return err
			}
		}
		return t.noteCall(ctx, c, h, now)
	})
	return later, err
}

// EndCall notes that a call has ended at now.
func (s *Store) EndCall(ctx context.Context, c Call, now time.Time) error {
	return s.inWrite(ctx, "end a call", func(t *tx) error {
		h, err := t.lockHolder(ctx, c.Retailer, now)
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE calls SET ended_at = $3, fence = $4 WHERE retailer_id = $1 AND call_id = $2`,
			c.Retailer, c.ID, micros(now), h.Fence)
		return err
	})
}

// Throttle notes that Intuit has answered 429 and wants nothing to be sent to the retailer's company until a time. It outlives
// whoever met it.
func (s *Store) Throttle(ctx context.Context, r ledger.RetailerID, until time.Time) error {
	_, err := s.change(ctx, "note a throttling",
		`UPDATE work SET throttled_until = $2 WHERE retailer_id = $1 AND throttled_until < $2`, r, micros(until))
	return err
}

// holder is who holds the lease on a retailer; an empty owner: nobody.
type holder struct {
	Owner          string `db:"owner"`
	Fence          int64  `db:"fence"`
	ThrottledUntil int64  `db:"throttled_until"`
}

// lockHolder takes the retailer's work row, so that no lease is given meanwhile. A lease that has run out counts until it is
// given anew: its holder may not know.
func (t *tx) lockHolder(ctx context.Context, r ledger.RetailerID, now time.Time) (h holder, err error) {
	if _, err := t.lockNew(ctx, r, now); err != nil {
		return h, err
	}
	_, err = t.get(ctx, &h, `SELECT owner, fence, throttled_until FROM work WHERE retailer_id = $1`, r)
	return h, err
}

func (t *tx) noteCall(ctx context.Context, c Call, h holder, now time.Time) error {
	_, err := t.exec(ctx, `DELETE FROM calls WHERE retailer_id = $1 AND began_at < $2`,
		c.Retailer, micros(now.Add(-callLife-minuteSpan)))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `INSERT INTO calls (retailer_id, call_id, realm_id, owner, fence, began_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, c.Retailer, c.ID, c.Realm, c.Owner, h.Fence, micros(now))
	return err
}

// callRow is a call that may count.
type callRow struct {
	Owner   string `db:"owner"`
	Fence   int64  `db:"fence"`
	BeganAt int64  `db:"began_at"`
	EndedAt int64  `db:"ended_at"`
}

func (c *callRow) underWay(now time.Time) bool {
	return c.EndedAt == 0 && c.BeganAt > micros(now.Add(-callLife))
}

const selectCalls = `SELECT owner, fence, began_at, ended_at FROM calls WHERE retailer_id = $1 AND realm_id = $2`

// callRoom returns when a call may be made beside what others do; zero: now.
func (t *tx) callRoom(
	ctx context.Context, c Call, h holder, now time.Time, alone, beside CallLimits,
) (time.Time, error) {
	var calls []callRow
	if err := t.list(ctx, &calls, selectCalls, c.Retailer, c.Realm); err != nil {
		return time.Time{}, err
	}
	limits := beside
	var minute, second []time.Time // when what counts within each ended
	underWay := 0
	for i := range calls {
		call := &calls[i]
		if h.Owner != "" && call.Owner == h.Owner {
			continue // counted by the holder
		}
		ended := fromMicros(call.EndedAt)
		if call.underWay(now) {
			ended = now
			underWay++
		}
		second = append(second, ended)
		if h.Owner == "" || call.Fence == h.Fence || call.underWay(now) { // others were told to the holder with its lease
			minute = append(minute, ended)
		}
	}
	if h.Owner == "" {
		limits = alone
		requests, err := t.sent(ctx, c.Retailer, c.Realm, nothingKnown, now)
		if err != nil {
			return time.Time{}, err
		}
		for _, request := range requests {
			minute, second = append(minute, request.EndedAt), append(second, request.EndedAt)
		}
	}
	later := latest(room(minute, minuteSpan, limits.PerMinute, now), room(second, secondSpan, limits.PerSecond, now))
	if limits.Concurrent > 0 && underWay >= limits.Concurrent {
		later = latest(later, now.Add(secondSpan))
	}
	return later, nil
}

// room returns when one more fits in where at most limit may end within any span; zero: now.
func room(ends []time.Time, span time.Duration, limit int, now time.Time) time.Time {
	if limit <= 0 || len(ends) < limit {
		return time.Time{}
	}
	slices.SortFunc(ends, func(a, b time.Time) int { return b.Compare(a) })
	if free := ends[limit-1].Add(span); free.After(now) {
		return free
	}
	return time.Time{}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Sent is a request to a company that counts against its limits: when it ended, or now when that is not known.
type Sent struct {
	Kind    RequestKind
	EndedAt time.Time
}

// Elsewhere is what others sent to a company in the last minute.
type Elsewhere struct {
	Requests []Sent
	// Calls are when their calls ended, or now for those under way.
	Calls []time.Time
	// ThrottledUntil is when the silence after the last 429 ends, or ended; zero: there was none.
	ThrottledUntil time.Time
}

// nothingKnown is the fence of a process that has not held a lease yet.
const nothingKnown = -1

// SentElsewhere returns what others sent to the company in the minute before the lease, as far as it is news for a process
// that held the lease of the fence known before: negative if it held none. ErrLeaseLost.
func (s *Store) SentElsewhere(
	ctx context.Context, l Lease, realm ledger.RealmID, known int64, now time.Time,
) (out Elsewhere, err error) {
	err = s.inRead(ctx, "read what others sent", func(t *tx) error {
		out = Elsewhere{}
		var h holder
		found, err := t.get(ctx, &h, `SELECT owner, fence, throttled_until FROM work
			WHERE retailer_id = $1 AND owner = $2 AND fence = $3`, l.Retailer, l.Owner, l.Fence)
		if err == nil && !found {
			err = ErrLeaseLost
		}
		if err != nil {
			return err
		}
		out.ThrottledUntil = fromMicros(h.ThrottledUntil)
		var calls []callRow
		if err := t.list(ctx, &calls, selectCalls, l.Retailer, realm); err != nil {
			return err
		}
		for i := range calls {
			call := &calls[i]
			if call.Owner == l.Owner || call.Fence < known || call.Fence >= l.Fence {
				continue
			}
			switch {
			case call.EndedAt > 0:
				out.Calls = append(out.Calls, fromMicros(call.EndedAt))
			case call.underWay(now):
				out.Calls = append(out.Calls, now)
			}
		}
		if l.Fence == known+1 {
			return nil // nobody had a lease in between
		}
		out.Requests, err = t.sent(ctx, l.Retailer, realm, known, now)
		return err
	})
	if err != nil {
		return Elsewhere{}, err
	}
	return out, nil
}

// selectSent finds the requests of the last minutes with what was noted at the end of each send. A request that is sent once
// more while the outcome is unknown was noted before as well.
const selectSent = `SELECT q.request_id AS request_id, q.kind AS kind, q.sends AS sends, q.open AS open,
		q.last_sent_at AS last_sent_at, COALESCE(a.at, 0) AS at
	FROM requests q LEFT JOIN attempts a ON a.retailer_id = q.retailer_id AND a.request_id = q.request_id
	WHERE q.retailer_id = $1 AND q.realm_id = $2 AND q.last_sent_at > $3 AND q.fence > $4
	ORDER BY q.request_id, a.seq`

// sentRow is a send of a request whose end was noted at At, or a request of which no end was noted: then At is 0.
type sentRow struct {
	Request    string      `db:"request_id"`
	Kind       RequestKind `db:"kind"`
	Sends      int         `db:"sends"`
	Open       bool        `db:"open"`
	LastSentAt int64       `db:"last_sent_at"`
	At         int64       `db:"at"`
}

// sent returns what was posted in the last minute under leases later than a fence.
func (t *tx) sent(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, known int64, now time.Time,
) ([]Sent, error) {
	var rows []sentRow
	err := t.list(ctx, &rows, selectSent, r, realm, micros(now.Add(-callLife-minuteSpan)), known)
	if err != nil {
		return nil, fmt.Errorf("read what was sent: %w", err)
	}
	var sent []Sent
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Request == rows[0].Request {
			n++
		}
		sent = append(sent, sendsOf(rows[:n], now)...)
		rows = rows[n:]
	}
	return sent, nil
}

// sendsOf returns the sends of one request in the last minute. Of those whose end was not noted the last may be under way, and
// counts as of now; the others were of processes that died before it was sent again.
func sendsOf(rows []sentRow, now time.Time) (sent []Sent) {
	last := rows[0]
	unknown := last.Sends
	count := func(ended time.Time) {
		if ended.Add(minuteSpan).After(now) {
			sent = append(sent, Sent{Kind: last.Kind, EndedAt: ended})
		}
	}
	for _, row := range rows {
		if row.At > 0 {
			count(fromMicros(row.At))
			unknown--
		}
	}
	for i := range unknown {
		if i == 0 && last.Open {
			count(now)
			continue
		}
		count(fromMicros(last.LastSentAt))
	}
	return sent
}
