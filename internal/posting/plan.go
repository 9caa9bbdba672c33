package posting

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// plan starts everything that may be sent now: open requests whose outcome is unknown first, then new ones for events
// that are due. It tells whether it did anything, and in how long known work becomes due (0: none is known).
func (c *company) plan(work context.Context) (bool, time.Duration, error) {
	if wait := time.Until(c.pause.Until); wait > 0 {
		return false, wait, nil
	}
	if wait := c.ask(); wait > 0 {
		return false, wait, nil
	}
	if err := c.authorize(work); err != nil {
		return false, 0, err
	}
	if wait := time.Until(c.pause.Until); wait > 0 { // another server was told to wait
		return false, wait, nil
	}
	repeated, again, err := c.planOpen(work)
	if err != nil {
		return false, 0, err
	}
	started, err := c.planNew(work)
	if errors.Is(err, store.ErrBooksChanged) || errors.Is(err, store.ErrNotPending) {
		// The mapping changed while we built, or a person skipped or paused what we built: build again with what is now.
		return true, again, nil
	}
	if err != nil {
		return false, 0, err
	}
	if started == waitForPace {
		return repeated, soonest(again, pacePoll), nil
	}
	return repeated || started == didWork, again, nil
}

// ask asks the breaker for leave to send, and returns how long to wait until it is asked again. 0: there is leave.
func (c *company) ask() time.Duration {
	now := time.Now()
	wait := c.e.breaker.admit(c.currentLease().Retailer, c.pause.Failures > 0, now)
	c.held = time.Time{}
	if wait > 0 {
		c.held = now.Add(wait)
	}
	return wait
}

// pacePoll is how often the pacer is asked again when it allows nothing at present.
const pacePoll = 50 * time.Millisecond

func soonest(a, b time.Duration) time.Duration {
	if a == 0 || (b > 0 && b < a) {
		return b
	}
	return a
}

// authorize makes sure that the loop has a token for its company.
func (c *company) authorize(work context.Context) error {
	retailer := c.currentLease().Retailer
	if !c.e.tokens.isRefused(retailer, c.grant.version) && time.Until(c.grant.expires) > refreshEarly {
		return nil
	}
	g, err := c.e.tokens.use(work, retailer)
	if err != nil {
		return err
	}
	c.grant, c.pacer = g, c.e.pacer(g.realm)
	return c.takeOver(work)
}

// planOpen deals with requests that were sent, or may have been, and have no outcome yet.
func (c *company) planOpen(work context.Context) (did bool, again time.Duration, err error) {
	underWay := slices.Collect(maps.Keys(c.flying))
	open, err := c.e.Store.OpenRequests(work, c.currentLease(), maxInFlight, underWay...)
	if err != nil {
		return false, 0, fmt.Errorf("read open requests: %w", err)
	}
	now := time.Now()
	for _, request := range open {
		if wait := request.DueAt.Sub(now); wait > 0 {
			again = soonest(again, wait)
			continue
		}
		if len(c.flying) >= c.mostInFlight() {
			return did, again, nil
		}
		if err := c.resume(work, request, now); err != nil {
			return did, again, err
		}
		did = true
	}
	return did, again, nil
}

// resume sends a stored request once more, byte for byte, while Intuit is sure to recognise it; later it asks for the
// entries by their numbers instead.
func (c *company) resume(work context.Context, request store.StoredRequest, now time.Time) error {
	if freshSend {
		return c.forget(work, request, now)
	}
	if now.After(request.CreatedAt.Add(c.e.ReplayWindow - replayMargin)) {
		if quiet := request.LastSentAt.Add(settleAfter).Sub(now); quiet > 0 {
			return c.postpone(work, request, quiet)
		}
		c.fly(work, request, c.settleByQuery)
		return nil
	}
	if err := c.e.Store.MarkSent(work, c.currentLease(), now, request.ID); err != nil {
		return fmt.Errorf("note that request %s is sent again: %w", request.ID, err)
	}
	request.Sends++
	request.LastSentAt = now
	c.fly(work, request, c.send)
	return nil
}

// forget is the planted bug: see freshSend.
func (c *company) forget(work context.Context, request store.StoredRequest, now time.Time) error {
	settlement := store.Settlement{RequestID: request.ID, Closed: true, Attempt: store.Attempt{At: now, Outcome: store.NotBooked}}
	for _, item := range request.Items {
		settlement.Items = append(settlement.Items, store.ItemResult{Event: item.Event, Outcome: store.NotBooked})
	}
	if err := c.e.Store.Settle(work, c.currentLease(), now, settlement); err != nil {
		return fmt.Errorf("forget request %s: %w", request.ID, err)
	}
	return nil
}

const (
	// replayMargin is taken off the replay window, because a request reaches Intuit later than it is sent.
	replayMargin = 30 * time.Second
	// sendWithin is how long after it was noted a send may leave. Later it must not: by then another server may have the
	// company, may have found by a query that the entry is not there, and may have posted it anew.
	sendWithin = 25 * time.Second
	// settleAfter is how long after the last send was noted a query may settle an outcome: until none can still leave, and
	// then the 120 seconds after which Intuit gives a request up, so that none is still being worked on.
	settleAfter = 150 * time.Second
)

// postpone leaves an open request alone until a query can settle it.
func (c *company) postpone(work context.Context, request store.StoredRequest, quiet time.Duration) error {
	now := time.Now()
	err := c.e.Store.Settle(work, c.currentLease(), now, store.Settlement{
		RequestID: request.ID, NextDue: now.Add(quiet),
		Attempt: store.Attempt{
			At: now, RequestID: request.ID, Outcome: store.NotBooked,
			Message: "Waiting until QuickBooks is sure to have finished with the last send; then a query settles it.",
		},
	})
	if err != nil {
		return fmt.Errorf("postpone request %s: %w", request.ID, err)
	}
	return nil
}

type planned uint8

const (
	didNothing planned = iota
	didWork
	waitForPace
)

// planNew builds entries for due events, stores the requests that carry them, and only then lets them fly.
func (c *company) planNew(work context.Context) (planned, error) {
	room := c.capacity()
	c.refreshCompany(work)
	lease, now := c.currentLease(), time.Now()
	events, err := c.pending(work, lease, now, &room)
	if err != nil {
		return didNothing, err
	}
	if len(events) == 0 || room.entries() == 0 {
		return c.nothingNew(&room, len(events)), nil
	}
	books, version, err := c.e.booksAt(work, lease.Retailer)
	if err != nil {
		return didNothing, err
	}
	drafts, parked := buildAll(events, &books)
	if c.closedByHearsay(parked) {
		c.companyReadAt = time.Unix(0, 0)
		return didWork, nil // look again with the closing date of today
	}
	requests, unfit := c.pack(drafts, &room)
	if parked = append(parked, unfit...); len(parked) > 0 {
		if err := c.e.Store.Park(work, lease, now, version, parked); err != nil {
			return didNothing, fmt.Errorf("park %d events: %w", len(parked), err)
		}
	}
	if err := c.launch(work, requests); err != nil {
		return didNothing, err
	}
	if len(requests) == 0 && len(parked) == 0 {
		return waitForPace, nil
	}
	return didWork, nil
}

// nothingNew tells whether time brings room: for what is pending, or for a backlog that was not looked at. Where requests
// under way are in the way, their answers bring it.
func (c *company) nothingNew(room *room, pending int) planned {
	full := len(c.flying) >= c.mostInFlight()
	nothing := pending == 0 && (room.backlog.requests == 0 || room.backlog.entries() > 0)
	if full || nothing {
		return didNothing
	}
	return waitForPace
}

// draft is the item of a request that is not written yet.
type draft struct {
	store.Item

	// syncToken is that of the entry which an update replaces.
	syncToken string
	// backlog marks an event of a backfill.
	backlog bool
}

// buildAll turns events into the items of requests: for each the first step that is needed. What cannot be built, or needs
// nothing, is parked with its reason.
func buildAll(events []store.PendingEvent, books *ledger.Books) ([]draft, []store.Parked) {
	drafts := make([]draft, 0, len(events))
	var parked []store.Parked
	for i := range events {
		ev := &events[i].Event
		steps, err := ledger.Plan(*ev, books, events[i].Standing)
		var problem *ledger.Problem
		switch {
		case err == nil && len(steps) > 0:
			drafts = append(drafts, draft{
				Item: store.Item{
					Event: ev.ID, Location: ev.Location, Entry: steps[0].Entry, Revision: ev.Revision, Final: len(steps) == 1,
					Replaces: steps[0].Replaces.QuickBooksID,
				},
				syncToken: steps[0].Replaces.SyncToken,
				backlog:   events[i].Backlog,
			})
		case err == nil:
			parked = append(parked, store.Parked{Event: ev.ID, Revision: ev.Revision, Booked: true})
		case errors.As(err, &problem):
			parked = append(parked, store.Parked{Event: ev.ID, Revision: ev.Revision, Problem: problem})
		default:
			parked = append(parked, store.Parked{Event: ev.ID, Revision: ev.Revision}) // ledger.ErrNothingToPost
		}
	}
	return drafts, parked
}

// launch stores requests, and then lets them fly.
func (c *company) launch(work context.Context, requests []store.NewRequest) error {
	if len(requests) == 0 {
		return nil
	}
	now := time.Now()
	if err := c.e.Store.StoreRequests(work, c.currentLease(), now, requests); err != nil {
		return fmt.Errorf("store %d requests: %w", len(requests), err)
	}
	for _, r := range requests {
		c.fly(work, store.StoredRequest{
			ID: r.ID, Realm: r.Realm, Kind: r.Kind, Body: r.Body, Items: r.Items, CreatedAt: now, LastSentAt: now, Sends: 1,
		}, c.send)
	}
	return nil
}

// pack puts drafts into requests: one alone goes as a single post, more go as batches of up to thirty, and each kind
// serves where there is no room for the other. An update goes by itself. What finds no room stays pending, and what can never
// be sent is returned apart: it must not keep the others from being sent.
func (c *company) pack(drafts []draft, room *room) (requests []store.NewRequest, unfit []store.Parked) {
	for len(drafts) > 0 {
		size, backlog := c.together(drafts), drafts[0].backlog
		switch {
		case size == 1 && room.take(true, backlog):
		case drafts[0].Replaces != "":
			return requests, unfit
		case room.take(false, backlog):
		case room.take(true, backlog):
			size = 1
		default:
			return requests, unfit
		}
		request, err := c.fitting(drafts[:size:size])
		if err != nil {
			unfit = append(unfit, store.Parked{
				Event: drafts[0].Event, Revision: drafts[0].Revision, Problem: unsendable(drafts[0].Item, err),
			})
			drafts = drafts[1:]
			continue
		}
		requests = append(requests, request)
		drafts = drafts[len(request.Items):]
	}
	return requests, unfit
}

// fitting encodes a request of as many of the drafts, from the first on, as fit into one. It fails when not even the first
// does by itself.
func (c *company) fitting(drafts []draft) (request store.NewRequest, err error) {
	for n := len(drafts); n > 0; n /= 2 {
		if request, err = newRequest(drafts[:n:n], c.grant.realm); err == nil {
			break
		}
	}
	return request, err
}

// together returns how many of the drafts, from the first on, may share a request. One that came in by itself does not wait
// for thirty of a backlog to be booked with it; more take as many of the backlog along as there is room for.
func (c *company) together(drafts []draft) int {
	if len(drafts) > 1 && !drafts[0].backlog && drafts[1].backlog {
		return 1
	}
	most := min(len(drafts), c.batchSize())
	for i := range most {
		if _, alone := c.alone[drafts[i].Event]; alone || drafts[i].Replaces != "" {
			return max(i, 1)
		}
	}
	return most
}

// newRequest encodes the exact bytes of a request.
func newRequest(drafts []draft, realm ledger.RealmID) (store.NewRequest, error) {
	request := store.NewRequest{ID: uuid.NewString(), Realm: realm, Kind: store.Single}
	for i := range drafts {
		request.Items = append(request.Items, drafts[i].Item)
	}
	var err error
	switch {
	case drafts[0].Replaces != "":
		request.Kind = store.Update
		entry := toWire(drafts[0].Entry)
		entry.ID, entry.SyncToken = drafts[0].Replaces, drafts[0].syncToken
		request.Body, err = quickbooks.EncodeJournalEntryUpdate(entry)
	case len(drafts) == 1:
		request.Body, err = quickbooks.EncodeJournalEntry(toWire(drafts[0].Entry))
	default:
		request.Kind = store.Batch
		batch := make([]wire.BatchItemRequest, len(drafts))
		for i := range request.Items {
			item := &request.Items[i]
			item.BatchItem = strconv.Itoa(i + 1)
			entry := toWire(item.Entry)
			batch[i] = wire.BatchItemRequest{BID: item.BatchItem, Operation: "create", JournalEntry: &entry}
		}
		request.Body, err = quickbooks.EncodeBatch(batch)
	}
	if err != nil {
		return store.NewRequest{}, fmt.Errorf("encode a request of %d entries: %w", len(drafts), err)
	}
	return request, nil
}
