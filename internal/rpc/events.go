package rpc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// ListEvents answers a page of the events, newest business date first.
func (s financialService) ListEvents(
	ctx context.Context, req *financialv1.ListEventsRequest,
) (*financialv1.ListEventsResponse, error) {
	limit, after, err := s.pages.page(req)
	if err != nil {
		return nil, err
	}
	query, err := eventQuery(req)
	if err != nil {
		return nil, err
	}
	query.Limit, query.After = limit, after
	rows, cursor, err := s.cfg.Store.ListEvents(ctx, ledger.RetailerID(req.GetRetailerId()), query)
	if err != nil {
		return nil, fmt.Errorf("list the events of %s: %w", req.GetRetailerId(), err)
	}
	next, err := s.pages.next(req, cursor)
	if err != nil {
		return nil, err
	}
	out := &financialv1.ListEventsResponse{NextPageToken: next}
	for i := range rows {
		out.Events = append(out.Events, s.entryURL.viewToProto(&rows[i]))
	}
	return out, nil
}

func eventQuery(req *financialv1.ListEventsRequest) (store.EventQuery, error) {
	var violations []violation
	date := func(field, text string) ledger.Date {
		if text == "" {
			return ""
		}
		day, err := ledger.ParseDate(text)
		if err != nil {
			violations = append(violations, violation{field: field, description: err.Error()})
		}
		return day
	}
	query := store.EventQuery{
		State:    ledger.State(req.GetState()),
		Reason:   ledger.Reason(req.GetReason()),
		Kind:     ledger.Kind(req.GetKind()),
		Location: ledger.LocationID(req.GetLocationId()),
		From:     date("from_business_date", req.GetFromBusinessDate()),
		To:       date("to_business_date", req.GetToBusinessDate()),
		Number:   req.GetNumber(),
		Search:   req.GetSearch(),
		States:   convert(req.GetStates(), func(s financialv1.EventState) ledger.State { return ledger.State(s) }),
	}
	if len(violations) > 0 {
		return store.EventQuery{}, invalidRequest(violations...)
	}
	return query, nil
}

// GetEvent answers everything known of one event.
func (s financialService) GetEvent(
	ctx context.Context, req *financialv1.GetEventRequest,
) (*financialv1.GetEventResponse, error) {
	detail, err := s.event(ctx, req.GetRetailerId(), req.GetEventId())
	if err != nil {
		return nil, err
	}
	return &financialv1.GetEventResponse{
		Event:         s.entryURL.viewToProto(&detail.EventRow),
		Entry:         explainedToProto(detail.Entry, &detail.Event),
		Attempts:      convert(detail.Attempts, attemptToProto),
		History:       convert(detail.Changes, changeToProto),
		PostedEntries: convert(detail.Posted, s.entryURL.postedToProto),
		Revisions: convert(detail.Revisions, func(r store.Revision) *financialv1.EventRevision {
			return &financialv1.EventRevision{
				Event: eventToProto(&r.Event), RecordTime: instant(r.RecordedAt), RecordedBy: r.RecordedBy,
			}
		}),
	}, nil
}

func (s financialService) event(ctx context.Context, retailer, id string) (store.EventDetail, error) {
	detail, err := s.cfg.Store.Event(ctx, ledger.RetailerID(retailer), ledger.EventID(id))
	if errors.Is(err, store.ErrNotFound) {
		return store.EventDetail{}, newError(connect.CodeNotFound, reasonEventNotFound,
			"the retailer has no event %q", id).with("event_id", id)
	}
	if err != nil {
		return store.EventDetail{}, fmt.Errorf("read event %s of %s: %w", id, retailer, err)
	}
	return detail, nil
}

// PreviewEvent builds the entry of an event with today's books and stores nothing.
func (s financialService) PreviewEvent(
	ctx context.Context, req *financialv1.PreviewEventRequest,
) (*financialv1.PreviewEventResponse, error) {
	event, standing, err := s.previewed(ctx, req)
	if err != nil {
		return nil, err
	}
	steps, err := s.cfg.Engine.Preview(ctx, ledger.RetailerID(req.GetRetailerId()), event, standing)
	if problem, ok := errors.AsType[*ledger.Problem](err); ok {
		return &financialv1.PreviewEventResponse{Problem: problemToProto(problem)}, nil
	}
	if errors.Is(err, ledger.ErrNothingToPost) || (err == nil && len(steps) == 0) {
		return &financialv1.PreviewEventResponse{NothingToPost: true}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("preview event %s of %s: %w", event.ID, req.GetRetailerId(), err)
	}
	out := &financialv1.PreviewEventResponse{
		Entry: explainedToProto(&steps[0].Entry, &event), UpdatesPostedEntry: steps[0].Replaces.QuickBooksID != "",
	}
	for i := range steps[1:] {
		out.FurtherEntries = append(out.FurtherEntries, explainedToProto(&steps[1+i].Entry, &event))
	}
	return out, nil
}

// previewed returns the event to preview, a recorded one or the one that came along, and what stands of it already.
func (s financialService) previewed(
	ctx context.Context, req *financialv1.PreviewEventRequest,
) (ledger.Event, ledger.Standing, error) {
	if req.GetEvent() == nil {
		detail, err := s.event(ctx, req.GetRetailerId(), req.GetEventId())
		if err != nil {
			return ledger.Event{}, ledger.Standing{}, err
		}
		return detail.Event, standingOf(&detail, detail.Event.Revision), nil
	}
	event, violations := judge(req.GetEvent(), time.Now())
	if len(violations) > 0 {
		for i := range violations {
			violations[i].field = "event." + violations[i].field
		}
		return ledger.Event{}, ledger.Standing{}, invalidRequest(violations...)
	}
	detail, err := s.cfg.Store.Event(ctx, ledger.RetailerID(req.GetRetailerId()), event.ID)
	if errors.Is(err, store.ErrNotFound) {
		return event, ledger.Standing{}, nil
	}
	if err != nil {
		return ledger.Event{}, ledger.Standing{}, fmt.Errorf("read event %s of %s: %w", event.ID, req.GetRetailerId(), err)
	}
	return event, standingOf(&detail, event.Revision), nil // a later revision of a known event
}

// standingOf is what stands of earlier revisions than the one to preview. That one counts as not booked, so that the preview
// of a posted event is the entry that was posted.
func standingOf(detail *store.EventDetail, revision int32) ledger.Standing {
	standing := ledger.Standing{Approved: detail.Approved}
	for i := range detail.Posted {
		if detail.Posted[i].Revision < revision {
			standing.Booked = append(standing.Booked, detail.Posted[i].Booked)
			if former := detail.Posted[i].Former; former != nil {
				standing.Former = former
			}
		}
	}
	return standing
}

// RetryEvents sends events that wait for a person back to PENDING.
func (s financialService) RetryEvents(
	ctx context.Context, req *financialv1.RetryEventsRequest,
) (*financialv1.RetryEventsResponse, error) {
	retailer := ledger.RetailerID(req.GetRetailerId())
	retry := store.Retry{
		IDs: eventIDs(req.GetEventIds()), Reason: ledger.Reason(req.GetReason()), Approve: req.GetPostOnFirstOpenDay(),
	}
	n, err := s.cfg.Store.RetryEvents(ctx, retailer, retry, actor(ctx), time.Now())
	if err != nil {
		return nil, fmt.Errorf("retry events of %s: %w", retailer, err)
	}
	s.cfg.Engine.Wake(retailer)
	return &financialv1.RetryEventsResponse{RetriedEventCount: n}, nil
}

// SkipEvents takes events out of posting, or puts them back.
func (s financialService) SkipEvents(
	ctx context.Context, req *financialv1.SkipEventsRequest,
) (*financialv1.SkipEventsResponse, error) {
	retailer := ledger.RetailerID(req.GetRetailerId())
	ids, now := eventIDs(req.GetEventIds()), time.Now()
	var n int64
	var err error
	if reason := ledger.Reason(req.GetReason()); reason != ledger.ReasonNone {
		n, err = s.cfg.Store.SkipWaiting(ctx, retailer, reason, ids, req.GetNote(), actor(ctx), now)
	} else {
		n, err = s.cfg.Store.SkipEvents(ctx, retailer, ids, req.GetUnskip(), req.GetNote(), actor(ctx), now)
	}
	if err != nil {
		return nil, fmt.Errorf("skip events of %s: %w", retailer, err)
	}
	s.cfg.Engine.Wake(retailer)
	return &financialv1.SkipEventsResponse{ChangedEventCount: n}, nil
}

func eventIDs(ids []string) []ledger.EventID {
	return convert(ids, func(id string) ledger.EventID { return ledger.EventID(id) })
}
