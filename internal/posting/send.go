package posting

import (
	"context"
	"errors"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// result is what one try to settle a request brought.
type result struct {
	request store.StoredRequest
	// verdicts has one entry per item of the request that was still open.
	verdicts []store.ItemResult
	attempt  store.Attempt
	// fault is the failure of the whole call; nil when it was answered.
	fault *quickbooks.Error
	// turned is how an item of a batch was turned away at the gate, where the batch was answered; nil: none was.
	turned       *quickbooks.Error
	tokenVersion int64
	// began is when the try began.
	began time.Time
}

// fly runs a try in its own goroutine; its result always comes back to the loop.
func (c *company) fly(work context.Context, request store.StoredRequest, try func(context.Context, flight) result) {
	f := flight{request: request, grant: c.grant, began: time.Now(), leave: c.line.join(request.Kind)}
	c.flying[request.ID] = f.began
	c.serve(len(request.Items))
	go func() {
		defer f.leave()
		c.results <- try(work, f) // results has room for all, so this never blocks
	}()
}

// flight is what a try takes with it, so that it shares nothing with the loop.
type flight struct {
	request store.StoredRequest
	grant   grant
	began   time.Time
	// leave takes it out of the line.
	leave func()
}

// books returns a handle for the calls of a flight. With its turn it is out of the line: then the pacer counts it.
func (c *company) books(f flight) *quickbooks.Company {
	turns := c.e.turns(c.currentLease().Retailer, f.request.Realm)
	pace := func(ctx context.Context, kind quickbooks.RequestKind) (func(*quickbooks.Error), error) {
		defer f.leave()
		return turns.pace(ctx, kind)
	}
	return c.e.QuickBooks.Company(quickbooks.RealmID(f.request.Realm), f.grant.access, pace)
}

// send sends the stored bytes and judges the answer. It is used for the first time and for every repeat alike.
func (c *company) send(work context.Context, f flight) result {
	request := quickbooks.Request{
		Kind: kindOf(f.request.Kind), ID: f.request.ID, Body: f.request.Body, By: f.request.LastSentAt.Add(sendWithin),
	}
	if f.request.Kind == store.Batch {
		answers, receipt, err := c.books(f).PostBatch(work, request)
		if err != nil {
			return c.failed(work, f, receipt, err)
		}
		verdicts, turned := c.judgeBatch(work, f, answers)
		r := c.finish(work, f, receipt, nil, verdicts)
		r.turned = turned
		return r
	}
	booked, receipt, err := c.books(f).PostJournalEntry(work, request)
	if err != nil {
		return c.failed(work, f, receipt, err)
	}
	return c.finish(work, f, receipt, nil, []store.ItemResult{judgeBooked(f.request.Items[0], booked)})
}

func kindOf(kind store.RequestKind) quickbooks.RequestKind {
	switch kind {
	case store.Batch:
		return quickbooks.Batch
	case store.Update:
		return quickbooks.EntryUpdate
	case store.Single:
	}
	return quickbooks.Single
}

// wordOf names an outcome for the log.
func wordOf(o store.Outcome) string {
	switch o {
	case store.Booked:
		return "booked"
	case store.Refused:
		return "refused"
	case store.NotBooked:
		return "not booked"
	case store.NotFound:
		return "not found"
	case store.Unknown:
		return "unknown"
	default:
		return "unknown"
	}
}

// failed judges a call that brought no entries.
func (c *company) failed(work context.Context, f flight, receipt quickbooks.Receipt, err error) result {
	fault := asFault("post", err)
	if f.request.Kind != store.Batch && !atTheGate(fault) {
		verdict := c.judgeFault(work, f, f.request.Items[0], fault)
		return c.finish(work, f, receipt, fault, []store.ItemResult{verdict})
	}
	if fault.Outcome == quickbooks.OutcomeUnknown || f.request.Sends > 1 {
		// A repeat that was turned away says nothing about the first send.
		return c.finish(work, f, receipt, fault, unknownAll(f.request, fault.Facts().Words))
	}
	return c.finish(work, f, receipt, fault, deferAll(f.request, fault))
}

// atTheGate tells whether a call was turned away, or not even made, before QuickBooks looked at the entry: that is
// nothing the event is to blame for.
func atTheGate(fault *quickbooks.Error) bool {
	switch fault.Cause {
	case quickbooks.CauseThrottled, quickbooks.CauseTokenExpired, quickbooks.CauseForbidden, quickbooks.CauseGrantDead,
		quickbooks.CauseClientRejected, quickbooks.CauseUserNotAdmin, quickbooks.CauseUserRemoved,
		quickbooks.CauseCompanyUnavailable, quickbooks.CauseNetwork, quickbooks.CauseTimeout, quickbooks.CauseCanceled:
		return true
	default: // every other cause is about the entry, or leaves the outcome open
		return false
	}
}

// aboutTheCompany tells whether a refusal is about the company or the connection as a whole. A repeat that is refused so says
// nothing about the first send: it may not have come as far as to where QuickBooks recognises it.
func aboutTheCompany(fault *quickbooks.Error) bool {
	return atTheGate(fault) || fault.Cause == quickbooks.CauseSubscriptionLapsed || fault.Cause == quickbooks.CausePermission
}

// aboutTheEntry tells whether the refusal of an update may be about the entry that it updates: QuickBooks has one code for
// an entry that was deleted and for an account that was made inactive.
func aboutTheEntry(fault *quickbooks.Error) bool {
	switch fault.Cause {
	case quickbooks.CauseStaleObject, quickbooks.CauseNotFound, quickbooks.CauseAccountInactive:
		return true
	default:
		return false
	}
}

// judgeBatch judges each item of a batch's answer on its own, and tells how one was turned away at the gate, if one was.
func (c *company) judgeBatch(
	work context.Context, f flight, answers []wire.BatchItemResponse,
) (verdicts []store.ItemResult, turned *quickbooks.Error) {
	byItem := make(map[string]wire.BatchItemResponse, len(answers))
	for _, answer := range answers {
		byItem[answer.BID] = answer
	}
	verdicts = make([]store.ItemResult, len(f.request.Items))
	for i, item := range f.request.Items {
		answer := byItem[item.BatchItem]
		switch {
		case answer.JournalEntry != nil:
			verdicts[i] = judgeBooked(item, *answer.JournalEntry)
		case answer.Fault != nil:
			fault := quickbooks.FaultError("create journal entry", answer.Fault)
			if atTheGate(fault) {
				turned = fault
			}
			verdicts[i] = c.judgeFault(work, f, item, fault)
		default:
			verdicts[i] = unknown(item, "QuickBooks' answer to the batch leaves this entry out.")
		}
	}
	return verdicts, turned
}

// judgeBooked compares what QuickBooks says it booked with what was meant.
func judgeBooked(item store.Item, booked wire.JournalEntry) store.ItemResult {
	if booked.ID == "" {
		return unknown(item, "QuickBooks' answer has no id for the entry.")
	}
	if diff := item.Entry.Diff(fromWire(booked)); diff != "" {
		return refused(item, storedDifferently(booked.ID, diff))
	}
	return store.ItemResult{
		Event: item.Event, Outcome: store.Booked, QuickBooksID: booked.ID, SyncToken: booked.SyncToken,
	}
}

// judgeFault judges the refusal of one entry.
func (c *company) judgeFault(work context.Context, f flight, item store.Item, fault *quickbooks.Error) store.ItemResult {
	if fault.Outcome == quickbooks.OutcomeUnknown || (f.request.Sends > 1 && aboutTheCompany(fault)) {
		return unknown(item, fault.Facts().Words)
	}
	if fault.Cause == quickbooks.CauseDuplicateDocNumber {
		return c.judgeNumberTaken(work, f, item, fault)
	}
	if item.Replaces != "" && aboutTheEntry(fault) {
		return c.judgeUpdate(work, f, item, fault)
	}
	if fault.Facts().Transient {
		return deferred(item, fault, nextTry(fault))
	}
	if fault.Code == savedAllTheSame && item.Replaces == "" {
		if verdict, settled := c.judgeDoubtful(work, f, item); settled {
			return verdict
		}
	}
	verdict := refused(item, problemOf(item, fault))
	verdict.Code = fault.Code
	return verdict
}

// savedAllTheSame is the code of QuickBooks' unspecific refusals. It has been seen to come although the entry was saved.
const savedAllTheSame = "6000"

// judgeDoubtful looks whether an entry that was refused is in the books all the same. It is not settled when it is not.
func (c *company) judgeDoubtful(work context.Context, f flight, item store.Item) (store.ItemResult, bool) {
	holders, err := c.books(f).FindJournalEntries(work, item.Entry.DocNumber)
	if err != nil {
		return unknown(item, asFault("look for an entry that was refused", err).Facts().Words), true
	}
	return judgeHolders(item, holders)
}

// judgeNumberTaken reads the entry that has the number and compares: it may be ours, from a send whose answer was lost.
func (c *company) judgeNumberTaken(
	work context.Context, f flight, item store.Item, fault *quickbooks.Error,
) store.ItemResult {
	holders, err := c.holdersOf(work, f, item.Entry.DocNumber, fault.ExistingID)
	if err != nil {
		return unknown(item, asFault("read the entry that has the number", err).Facts().Words)
	}
	if verdict, found := judgeHolders(item, holders); found {
		return verdict
	}
	return refused(item, numberTaken(item, fault.ExistingID))
}

// holdersOf returns the entries that have a number: the one with the id that QuickBooks has named, or those that a query
// finds where it has named none, or none that is a journal entry or still there.
func (c *company) holdersOf(work context.Context, f flight, number, id string) ([]wire.JournalEntry, error) {
	if id != "" {
		holder, err := c.books(f).ReadJournalEntry(work, id)
		if err == nil {
			return []wire.JournalEntry{holder}, nil
		}
		if asFault("read the entry that has the number", err).Cause != quickbooks.CauseNotFound {
			return nil, err
		}
	}
	return c.books(f).FindJournalEntries(work, number)
}

// settleByQuery asks QuickBooks for the entries by their numbers, when it is too late to repeat the request. An entry
// that is not there was never booked, and its event may be posted anew.
func (c *company) settleByQuery(work context.Context, f flight) result {
	verdicts := make([]store.ItemResult, 0, len(f.request.Items))
	var failure *quickbooks.Error
	for _, item := range f.request.Items {
		if failure != nil {
			verdicts = append(verdicts, unknown(item, failure.Facts().Words))
			continue
		}
		verdict, fault := c.lookFor(work, f, item)
		verdicts, failure = append(verdicts, verdict), fault
	}
	return c.finish(work, f, quickbooks.Receipt{}, failure, verdicts)
}

func (c *company) lookFor(work context.Context, f flight, item store.Item) (store.ItemResult, *quickbooks.Error) {
	if item.Replaces != "" {
		verdict, _, fault := c.lookAtUpdated(work, f, item)
		return verdict, fault
	}
	holders, err := c.books(f).FindJournalEntries(work, item.Entry.DocNumber)
	if err != nil {
		fault := asFault("find an entry by its number", err)
		return unknown(item, fault.Facts().Words), fault
	}
	if verdict, found := judgeHolders(item, holders); found {
		return verdict, nil
	}
	if len(holders) > 0 {
		return refused(item, numberTaken(item, holders[0].ID)), nil
	}
	return store.ItemResult{
		Event: item.Event, Outcome: store.NotFound, RetryAt: time.Now(),
		Message: "QuickBooks has no entry with this number: it was not booked, and is posted anew.",
	}, nil
}

// judgeUpdate judges an update that was refused for what may be the entry itself: it may be our own update, from a send whose
// answer was lost; otherwise somebody changed or deleted the entry in QuickBooks, or it is not the entry after all.
func (c *company) judgeUpdate(
	work context.Context, f flight, item store.Item, fault *quickbooks.Error,
) store.ItemResult {
	verdict, gone, failed := c.lookAtUpdated(work, f, item)
	if failed != nil || verdict.Outcome != store.NotFound {
		return verdict
	}
	problem := changedByOthers(item, gone)
	if !gone && fault.Cause == quickbooks.CauseAccountInactive {
		problem = problemOf(item, fault)
	}
	verdict = refused(item, problem)
	verdict.Code = fault.Code
	return verdict
}

// lookAtUpdated reads the entry that an update replaces and tells whether the update has reached it, and whether it is gone.
func (c *company) lookAtUpdated(
	work context.Context, f flight, item store.Item,
) (verdict store.ItemResult, gone bool, failed *quickbooks.Error) {
	holder, err := c.books(f).ReadJournalEntry(work, item.Replaces)
	if err != nil {
		if fault := asFault("read the entry that is updated", err); fault.Cause != quickbooks.CauseNotFound {
			return unknown(item, fault.Facts().Words), false, fault
		}
		gone = true
	} else if verdict, found := judgeHolders(item, []wire.JournalEntry{holder}); found {
		return verdict, false, nil
	}
	return store.ItemResult{
		Event: item.Event, Outcome: store.NotFound, RetryAt: time.Now(),
		Message: "QuickBooks holds the entry without the update: it was not made, and is made anew.",
	}, gone, nil
}

// judgeHolders looks for our entry among those that have its number.
func judgeHolders(item store.Item, holders []wire.JournalEntry) (store.ItemResult, bool) {
	for _, holder := range holders {
		booked := fromWire(holder)
		if item.Entry.Diff(booked) == "" {
			return judgeBooked(item, holder), true
		}
		if item.Entry.HasMarker(booked.PrivateNote) {
			return judgeBooked(item, holder), true // ours, and stored differently
		}
	}
	return store.ItemResult{}, false
}

// finish puts a result together.
func (c *company) finish(
	work context.Context, f flight, receipt quickbooks.Receipt, fault *quickbooks.Error, verdicts []store.ItemResult,
) result {
	attempt := store.Attempt{
		At: time.Now(), RequestID: f.request.ID, HTTPStatus: receipt.HTTPStatus, IntuitTID: receipt.IntuitTID,
		Outcome: summarize(verdicts),
	}
	if fault != nil {
		attempt.Code, attempt.Message = fault.Code, fault.Facts().Words
		attempt.HTTPStatus, attempt.IntuitTID = fault.HTTPStatus, fault.IntuitTID
	}
	c.log.InfoContext(work, "posting attempt", "request", f.request.ID, "kind", kindOf(f.request.Kind).String(),
		"entries", len(f.request.Items), "send", f.request.Sends, "outcome", wordOf(attempt.Outcome),
		"status", attempt.HTTPStatus, "code", attempt.Code, "intuit_tid", attempt.IntuitTID,
		"duration", receipt.Duration)
	return result{
		request: f.request, verdicts: verdicts, attempt: attempt, fault: fault, tokenVersion: f.grant.version, began: f.began,
	}
}

// summarize gives a whole attempt the least certain outcome among its entries.
func summarize(verdicts []store.ItemResult) store.Outcome {
	worst := store.Booked
	for _, verdict := range verdicts {
		if verdict.Outcome == store.Unknown {
			return store.Unknown
		}
		if verdict.Outcome != store.Booked {
			worst = verdict.Outcome
		}
	}
	return worst
}

// settlement is what the store is told of a result.
func (c *company) settlement(r result) store.Settlement {
	s := store.Settlement{RequestID: r.request.ID, Attempt: r.attempt, Closed: true, Items: r.verdicts}
	if r.attempt.Outcome == store.Unknown {
		s.Closed = false
		s.NextDue = time.Now().Add(backoff(r.request.Sends))
	}
	return s
}

func asFault(op string, err error) *quickbooks.Error {
	if fault, ok := errors.AsType[*quickbooks.Error](err); ok {
		return fault
	}
	return &quickbooks.Error{Op: op, Cause: quickbooks.CauseCanceled, Detail: err.Error()} // outcome unknown: the careful one
}

func unknown(item store.Item, why string) store.ItemResult {
	return store.ItemResult{Event: item.Event, Outcome: store.Unknown, Message: why}
}

func refused(item store.Item, problem *ledger.Problem) store.ItemResult {
	return store.ItemResult{Event: item.Event, Outcome: store.Refused, Problem: problem, Message: problem.Message}
}

// deferred sends an event back to wait.
func deferred(item store.Item, fault *quickbooks.Error, until time.Time) store.ItemResult {
	return store.ItemResult{
		Event: item.Event, Outcome: store.NotBooked, RetryAt: until, Code: fault.Code, Message: fault.Facts().Words,
	}
}

// nextTry is when what was turned away may be tried again. A token that ended, or a request that never left, is no reason to
// wait.
func nextTry(fault *quickbooks.Error) time.Time {
	if fault.Cause == quickbooks.CauseTokenExpired || fault.Cause == quickbooks.CauseCanceled {
		return time.Now()
	}
	return time.Now().Add(max(fault.RetryAfter, backoff(1)))
}

func unknownAll(request store.StoredRequest, why string) []store.ItemResult {
	verdicts := make([]store.ItemResult, len(request.Items))
	for i, item := range request.Items {
		verdicts[i] = unknown(item, why)
	}
	return verdicts
}

func deferAll(request store.StoredRequest, fault *quickbooks.Error) []store.ItemResult {
	verdicts, until := make([]store.ItemResult, len(request.Items)), nextTry(fault)
	for i, item := range request.Items {
		verdicts[i] = deferred(item, fault, until)
	}
	return verdicts
}
