package rpc

import (
	"context"
	"fmt"
	"time"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

const (
	messageInvalidEvent  = "The event is malformed and was not stored. Correct what the violations name and send it again."
	messageConflictEvent = "An event with this id and revision was stored before with other content; nothing was changed. Send " +
		"the first content again, record the change under a higher revision, or the other document under an id of its own."
	messageSupersededEvent = "A later revision of the event is known already: this one was kept in its history and changes " +
		"nothing else."
)

// RecordEvents stores the well-formed events of a call, all in one transaction, and tells of each event what became of
// it.
func (s financialService) RecordEvents(
	ctx context.Context, req *financialv1.RecordEventsRequest,
) (*financialv1.RecordEventsResponse, error) {
	retailer, now := ledger.RetailerID(req.GetRetailerId()), time.Now()
	results := make([]*financialv1.RecordEventResult, len(req.GetEvents()))
	var events []store.NewEvent
	var places []int // of events, in results
	for i, event := range req.GetEvents() {
		prepared, violations, err := s.checker.prepare(event, now)
		if err != nil {
			return nil, err
		}
		results[i] = &financialv1.RecordEventResult{EventId: event.GetEventId()}
		if len(violations) > 0 {
			invalid(results[i], violations)
			continue
		}
		events, places = append(events, prepared), append(places, i)
	}
	if len(events) == 0 {
		return &financialv1.RecordEventsResponse{Results: results}, nil
	}
	recorded, err := s.cfg.Store.RecordEvents(ctx, retailer, actor(ctx), events, now)
	if err != nil {
		return nil, fmt.Errorf("record %d events of %s: %w", len(events), retailer, err)
	}
	s.cfg.Engine.Wake(retailer)
	for i, result := range recorded {
		stored(results[places[i]], result)
	}
	return &financialv1.RecordEventsResponse{Results: results}, nil
}

func invalid(result *financialv1.RecordEventResult, violations []violation) {
	result.Status, result.Message = financialv1.RecordEventResult_STATUS_INVALID, messageInvalidEvent
	for _, v := range violations[:min(len(violations), maxEventViolations)] {
		result.Violations = append(result.Violations, &financialv1.Violation{Field: v.field, Description: v.description})
	}
	if more := len(violations) - maxEventViolations; more > 0 {
		result.Violations = append(result.Violations, &financialv1.Violation{
			Description: fmt.Sprintf("and %d more", more),
		})
	}
}

func stored(result *financialv1.RecordEventResult, r store.RecordResult) {
	result.Status = financialv1.RecordEventResult_Status(r.Status)
	result.RecordTime = instant(r.RecordedAt)
	switch r.Status {
	case store.Conflict:
		result.Message = messageConflictEvent
		return
	case store.Superseded:
		result.Message = messageSupersededEvent
	case store.Accepted, store.Duplicate:
	}
	result.State = financialv1.EventState(r.State)
}

// prepare checks an event by all rules there are and makes it ready to be stored. Violations name fields of the event.
func (c *checker) prepare(event *financialv1.Event, now time.Time) (store.NewEvent, []violation, error) {
	if event == nil {
		return store.NewEvent{}, []violation{{description: "the event is missing"}}, nil
	}
	violations, err := c.violations(event)
	if err != nil || len(violations) > 0 {
		return store.NewEvent{}, violations, err
	}
	ev, violations := judge(event, now)
	if len(violations) > 0 {
		return store.NewEvent{}, violations, nil
	}
	content, err := ledger.Encode(ev)
	if err != nil {
		return store.NewEvent{}, nil, fmt.Errorf("encode an event: %w", err)
	}
	return store.NewEvent{Event: ev, Content: content, Hash: ledger.HashOf(content)}, nil, nil
}

// judge converts an event that the proto files have nothing against, and asks the accounting.
func judge(event *financialv1.Event, now time.Time) (ledger.Event, []violation) {
	if !event.GetOccurTime().IsValid() {
		return ledger.Event{}, []violation{{field: "occur_time", description: "is not a time"}}
	}
	ev := eventFromProto(event)
	var violations []violation
	for _, v := range ev.Violations(now) {
		violations = append(violations, violation{field: v.Field, description: v.Description})
	}
	return ev, violations
}
