package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
)

// EventRow is an event and how far it has come.
type EventRow struct {
	// Event has its Detail only where the method says so.
	Event  ledger.Event
	Kind   ledger.Kind
	State  ledger.State
	Reason ledger.Reason
	// Problem is set in ACTION_REQUIRED only.
	Problem *ledger.Problem
	// Amount is the document's total, as Detail.Total gives it.
	Amount ledger.Amount
	Hash   ledger.Hash
	// RecordedAt is when it was stored, StateAt when its state last changed.
	RecordedAt, StateAt time.Time
	RecordedBy          string
	// DueAt is when it may be posted; set in PENDING only. Tries counts the sends that ended without an entry.
	DueAt time.Time
	Tries int
	// Realm, QuickBooksID, SyncToken and SyncedAt name the newest entry in QuickBooks; empty while there is none.
	Realm                   ledger.RealmID
	QuickBooksID, SyncToken string
	SyncedAt                time.Time
	// PostedRevision is the newest revision that QuickBooks holds; 0: none.
	PostedRevision int32
	// Approved says that a person let it be posted on the first open day.
	Approved bool
}

// EventQuery chooses a page of events. Filters are joined by "and"; a zero filter keeps everything.
type EventQuery struct {
	// Limit is the size of the page, from 1 to 1,000.
	Limit int
	// After is the cursor that the page before returned; empty for the first page.
	After string
	// State keeps one state, States several; both given, all of them.
	State    ledger.State
	States   []ledger.State
	Reason   ledger.Reason
	Kind     ledger.Kind
	Location ledger.LocationID
	// From and To bound the business date, both included.
	From, To ledger.Date
	Number   string
	// Search keeps events whose number or id begins with it. Of the numbers that do, the first searchLimit in their order
	// are looked at, and so of the ids.
	Search string
	// Detail asks for the events' details too.
	Detail bool
}

// Attempt is one try to bring a request to QuickBooks.
type Attempt struct {
	At        time.Time
	RequestID string
	Outcome   Outcome
	// HTTPStatus is 0 when there was no answer.
	HTTPStatus int
	// Code is Intuit's error code, Message says in plain words what happened, IntuitTID is Intuit's id of the exchange.
	Code, Message, IntuitTID string
}

// Change is a step of an event's history that a person made or should know of.
type Change struct {
	At       time.Time
	From, To ledger.State
	Reason   ledger.Reason
	// Actor is the caller who made the change; empty for the service itself.
	Actor, Note string
}

// EventDetail is everything known of an event.
type EventDetail struct {
	EventRow // with Detail
	// Entry is the entry of its newest request; nil before the first.
	Entry *ledger.Entry
	// Posted are the entries that stand in QuickBooks, and Revisions the versions of the event, the present one last; the
	// newest 100 of each, oldest first.
	Posted    []PostedEntry
	Revisions []Revision
	// Attempts and Changes are the newest 100 of each, oldest first. In an attempt that settled the event, Outcome, Code
	// and Message are those of the event's own item.
	Attempts []Attempt
	Changes  []Change
}

// PostedEntry is an entry that stands in QuickBooks for an event.
type PostedEntry struct {
	ledger.Booked

	Realm    ledger.RealmID
	Revision int32
	PostedAt time.Time
	// Former is the company where it is not the one that the retailer is connected to, or was last.
	Former *ledger.FormerCompany
}

// eventRow is a row of the table events.
type eventRow struct {
	ID           ledger.EventID `db:"event_id"`
	Kind         ledger.Kind    `db:"kind"`
	State        ledger.State   `db:"state"`
	Reason       ledger.Reason  `db:"reason"`
	BusinessDate ledger.Date    `db:"business_date"`
	Problem      string         `db:"problem"`
	Amount       ledger.Amount  `db:"amount"`
	Hash         []byte         `db:"content_hash"`
	Content      []byte         `db:"content"`
	RecordedAt   int64          `db:"recorded_at"`
	RecordedBy   string         `db:"recorded_by"`
	StateAt      int64          `db:"state_at"`
	DueAt        int64          `db:"due_at"`
	Tries        int            `db:"tries"`
	Realm        ledger.RealmID `db:"realm_id"`
	QuickBooksID string         `db:"quickbooks_id"`
	SyncToken    string         `db:"sync_token"`
	SyncedAt     int64          `db:"synced_at"`
	Posted       int32          `db:"posted_revision"`
	Approved     bool           `db:"approved"`
}

const eventColumns = `event_id, kind, state, reason, business_date, problem, amount, content_hash, content, recorded_at,
	recorded_by, state_at, due_at, tries, realm_id, quickbooks_id, sync_token, synced_at, posted_revision, approved`

// event makes what callers see, with or without the event's detail.
func (e *eventRow) event(detail bool) (EventRow, error) {
	ev, err := ledger.Decode(e.Content)
	if err != nil {
		return EventRow{}, fmt.Errorf("event %s as stored: %w", e.ID, err)
	}
	if !detail {
		ev.Detail = nil
	}
	problem, err := decodeProblem(e.Problem)
	if err != nil {
		return EventRow{}, fmt.Errorf("problem of event %s as stored: %w", e.ID, err)
	}
	return EventRow{
		Event: ev, Kind: e.Kind, State: e.State, Reason: e.Reason, Problem: problem, Amount: e.Amount,
		Hash: hashOf(e.Hash), RecordedAt: fromMicros(e.RecordedAt), RecordedBy: e.RecordedBy,
		StateAt: fromMicros(e.StateAt), DueAt: fromMicros(e.DueAt), Tries: e.Tries, Realm: e.Realm,
		QuickBooksID: e.QuickBooksID, SyncToken: e.SyncToken, SyncedAt: fromMicros(e.SyncedAt),
		PostedRevision: e.Posted, Approved: e.Approved,
	}, nil
}

// hashOf takes a hash as stored.
func hashOf(stored []byte) (h ledger.Hash) {
	copy(h[:], stored)
	return h
}

// encodeProblem is how a problem is stored: JSON, or nothing.
func encodeProblem(p *ledger.Problem) (string, error) {
	if p == nil {
		return "", nil
	}
	encoded, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encode a problem: %w", err)
	}
	return string(encoded), nil
}

func decodeProblem(stored string) (*ledger.Problem, error) {
	if stored == "" {
		return nil, nil //nolint:nilnil // no problem is no failure
	}
	var p ledger.Problem
	if err := json.Unmarshal([]byte(stored), &p); err != nil {
		return nil, fmt.Errorf("decode a problem: %w", err)
	}
	return &p, nil
}
