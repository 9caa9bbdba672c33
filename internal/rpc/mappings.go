package rpc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/store"
)

// MapEvent gives a slot its account and wakes what waited for it.
func (s financialService) MapEvent(
	ctx context.Context, req *financialv1.MapEventRequest,
) (*financialv1.MapEventResponse, error) {
	mapped := &financialv1.MappedSlot{Slot: req.GetSlot(), AccountId: req.GetAccountId()}
	put, released, err := s.mapSlots(ctx, req.GetRetailerId(), req.GetEffectiveDate(), mapped)
	if err != nil {
		return nil, err
	}
	return &financialv1.MapEventResponse{Mapping: mappingToProto(&put[0]), ReleasedEventCount: released}, nil
}

// MapEvents gives several slots their accounts, all of them or none.
func (s financialService) MapEvents(
	ctx context.Context, req *financialv1.MapEventsRequest,
) (*financialv1.MapEventsResponse, error) {
	seen := map[ledger.Slot]bool{}
	for i, mapped := range req.GetMappings() {
		slot := slotFromProto(mapped.GetSlot())
		if seen[slot] {
			return nil, invalidRequest(violation{
				field: fmt.Sprintf("mappings[%d].slot", i), description: slot.String() + " is named twice",
			})
		}
		seen[slot] = true
	}
	put, released, err := s.mapSlots(ctx, req.GetRetailerId(), req.GetEffectiveDate(), req.GetMappings()...)
	if err != nil {
		return nil, err
	}
	out := &financialv1.MapEventsResponse{ReleasedEventCount: released}
	for i := range put {
		out.Mappings = append(out.Mappings, mappingToProto(&put[i]))
	}
	return out, nil
}

// mapSlots checks that the accounts suit their slots, and maps them.
func (s financialService) mapSlots(
	ctx context.Context, retailerID, effective string, mapped ...*financialv1.MappedSlot,
) ([]store.Mapping, int64, error) {
	retailer := ledger.RetailerID(retailerID)
	from, err := parseDate("effective_date", effective)
	if err != nil {
		return nil, 0, err
	}
	orders := make([]store.MappingOrder, len(mapped))
	for i, m := range mapped {
		order := store.MappingOrder{
			Slot: slotFromProto(m.GetSlot()), Account: ledger.AccountID(m.GetAccountId()), From: from,
		}
		if _, err := s.checkOrder(ctx, retailer, order); err != nil {
			return nil, 0, err
		}
		orders[i] = order
	}
	put, released, err := s.cfg.Store.PutMappings(ctx, retailer, orders, actor(ctx), time.Now())
	if errors.Is(err, store.ErrNotFound) { // deleted since it was read
		return nil, 0, accountNotFound(string(orders[0].Account))
	}
	if err != nil {
		return nil, 0, fmt.Errorf("map %d slots of %s: %w", len(orders), retailer, err)
	}
	s.cfg.Engine.Wake(retailer)
	return put, released, nil
}

// checkOrder refuses an account that does not suit its slot, and returns what to look at with one that does.
func (s financialService) checkOrder(
	ctx context.Context, retailer ledger.RetailerID, order store.MappingOrder,
) ([]string, error) {
	if err := checkSlot(order.Slot); err != nil {
		return nil, err
	}
	account, err := s.cfg.Store.Account(ctx, retailer, order.Account)
	if errors.Is(err, store.ErrNotFound) {
		return nil, accountNotFound(string(order.Account))
	}
	if err != nil {
		return nil, fmt.Errorf("read account %s of %s: %w", order.Account, retailer, err)
	}
	warnings, problem := order.Slot.Role.CheckAccount(account.Account)
	if problem != nil {
		return nil, accountRefused(order.Slot, account.ID, problem)
	}
	return warnings, nil
}

// parseDate reads a business date that may be empty.
func parseDate(field, text string) (ledger.Date, error) {
	if text == "" {
		return "", nil
	}
	date, err := ledger.ParseDate(text)
	if err != nil {
		return "", invalidRequest(violation{field: field, description: err.Error()})
	}
	return date, nil
}

// checkSlot refuses a key for a role that has none: no event would ever look there.
func checkSlot(slot ledger.Slot) error {
	if slot.Key == "" || slot.Role.KeyName() != "" {
		return nil
	}
	return invalidRequest(violation{
		field: "slot.key", description: "the role " + slot.Role.String() + " has no keys: leave the key empty",
	})
}

// accountRefused says why an account cannot stand in a slot, and the way out.
func accountRefused(slot ledger.Slot, id ledger.AccountID, problem *ledger.Problem) *callError {
	return newError(connect.CodeFailedPrecondition, problem.Reason.String(), "%s %s", problem.Message, problem.Remedy).
		with("role", slot.Role.String()).with("account_id", string(id))
}

// UnmapEvent empties a slot.
func (s financialService) UnmapEvent(
	ctx context.Context, req *financialv1.UnmapEventRequest,
) (*financialv1.UnmapEventResponse, error) {
	retailer, slot := ledger.RetailerID(req.GetRetailerId()), slotFromProto(req.GetSlot())
	from, err := parseDate("effective_date", req.GetEffectiveDate())
	if err != nil {
		return nil, err
	}
	since, _, err := s.cfg.Store.DeleteMapping(ctx, retailer, slot, from, actor(ctx), time.Now())
	if err != nil {
		return nil, fmt.Errorf("unmap %s of %s: %w", slot, retailer, err)
	}
	return &financialv1.UnmapEventResponse{EffectiveDate: string(since)}, nil
}

// PreviewMapping tells what a change of a mapping would do.
func (s financialService) PreviewMapping(
	ctx context.Context, req *financialv1.PreviewMappingRequest,
) (*financialv1.PreviewMappingResponse, error) {
	retailer := ledger.RetailerID(req.GetRetailerId())
	from, err := parseDate("effective_date", req.GetEffectiveDate())
	if err != nil {
		return nil, err
	}
	order := store.MappingOrder{
		Slot: slotFromProto(req.GetSlot()), Account: ledger.AccountID(req.GetAccountId()), From: from,
	}
	var warnings []string
	if order.Account != "" {
		if warnings, err = s.checkOrder(ctx, retailer, order); err != nil {
			return nil, err
		}
	}
	preview, err := s.cfg.Engine.PreviewMapping(ctx, retailer, order, time.Now())
	if err != nil {
		return nil, fmt.Errorf("preview a mapping of %s: %w", retailer, err)
	}
	return &financialv1.PreviewMappingResponse{
		EffectiveDate: string(preview.From), WaitingEventCount: preview.Waiting,
		StillWaitingEventCount: preview.StillWaiting, PendingEventCount: preview.Pending, PostedEventCount: preview.Posted,
		Truncated: preview.Truncated, Warnings: warnings,
		Shifts: convert(preview.Shifts, func(shift posting.AccountShift) *financialv1.AccountShift {
			return &financialv1.AccountShift{
				AccountId: string(shift.Account.ID), AccountName: shift.Account.Name,
				UnpostedAmount: int64(shift.Unposted), PostedAmount: int64(shift.Posted),
			}
		}),
	}, nil
}

// ListMappingChanges answers a page of the history of the mappings.
func (s financialService) ListMappingChanges(
	ctx context.Context, req *financialv1.ListMappingChangesRequest,
) (*financialv1.ListMappingChangesResponse, error) {
	limit, after, err := s.pages.page(req)
	if err != nil {
		return nil, err
	}
	query := store.MappingChangeQuery{Limit: limit, After: after}
	if req.GetSlot() != nil {
		slot := slotFromProto(req.GetSlot())
		query.Slot = &slot
	}
	changes, cursor, err := s.cfg.Store.ListMappingChanges(ctx, ledger.RetailerID(req.GetRetailerId()), query)
	if err != nil {
		return nil, fmt.Errorf("list the changes of the mappings of %s: %w", req.GetRetailerId(), err)
	}
	next, err := s.pages.next(req, cursor)
	if err != nil {
		return nil, err
	}
	return &financialv1.ListMappingChangesResponse{
		Changes: convert(changes, mappingChangeToProto), NextPageToken: next,
	}, nil
}

// ListMappings answers a page of the slots in use.
func (s financialService) ListMappings(
	ctx context.Context, req *financialv1.ListMappingsRequest,
) (*financialv1.ListMappingsResponse, error) {
	limit, after, err := s.pages.page(req)
	if err != nil {
		return nil, err
	}
	slots, cursor, err := s.cfg.Store.ListSlots(ctx, ledger.RetailerID(req.GetRetailerId()), store.SlotQuery{
		Limit: limit, After: after, MissingOnly: req.GetMissingOnly(),
		Role: ledger.Role(req.GetRole()),
	}, time.Now())
	if err != nil {
		return nil, fmt.Errorf("list the slots of %s: %w", req.GetRetailerId(), err)
	}
	next, err := s.pages.next(req, cursor)
	if err != nil {
		return nil, err
	}
	out := &financialv1.ListMappingsResponse{NextPageToken: next}
	for i := range slots {
		out.Slots = append(out.Slots, slotUseToProto(&slots[i]))
	}
	return out, nil
}
