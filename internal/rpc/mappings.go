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

// MapEvent gives a slot its account and wakes what waited for it.
func (s financialService) MapEvent(
	ctx context.Context, req *financialv1.MapEventRequest,
) (*financialv1.MapEventResponse, error) {
	retailer, slot := ledger.RetailerID(req.GetRetailerId()), slotFromProto(req.GetSlot())
	if err := checkSlot(slot); err != nil {
		return nil, err
	}
	account, err := s.cfg.Store.Account(ctx, retailer, ledger.AccountID(req.GetAccountId()))
	if errors.Is(err, store.ErrNotFound) {
		return nil, accountNotFound(req.GetAccountId())
	}
	if err != nil {
		return nil, fmt.Errorf("read account %s of %s: %w", req.GetAccountId(), retailer, err)
	}
	if _, problem := slot.Role.CheckAccount(account.Account); problem != nil {
		return nil, accountRefused(slot, account.ID, problem)
	}
	mapping, released, err := s.cfg.Store.PutMapping(ctx, retailer, slot, account.ID, actor(ctx), time.Now())
	if errors.Is(err, store.ErrNotFound) { // deleted since it was read
		return nil, accountNotFound(req.GetAccountId())
	}
	if err != nil {
		return nil, fmt.Errorf("map %s of %s: %w", slot, retailer, err)
	}
	s.cfg.Engine.Wake(retailer)
	return &financialv1.MapEventResponse{Mapping: mappingToProto(&mapping), ReleasedEventCount: released}, nil
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
	if _, err := s.cfg.Store.DeleteMapping(ctx, retailer, slot); err != nil {
		return nil, fmt.Errorf("unmap %s of %s: %w", slot, retailer, err)
	}
	return &financialv1.UnmapEventResponse{}, nil
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
	})
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
