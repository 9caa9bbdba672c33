package rpc

import (
	"context"
	"fmt"
	"time"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// noteOpeningStock is why opening stock was skipped, for the history.
const noteOpeningStock = "opening stock: the company's inventory balance holds it already"

// SyncPastEvents starts a backfill of events that were recorded before sync was started, or counts them.
func (s integrationService) SyncPastEvents(
	ctx context.Context, req *integrationv1.SyncPastEventsRequest,
) (*integrationv1.SyncPastEventsResponse, error) {
	retailer := ledger.RetailerID(req.GetRetailerId())
	past, err := pastOf(req)
	if err != nil {
		return nil, err
	}
	counts, stock, err := s.cfg.Store.PastEvents(ctx, retailer, past)
	if err != nil {
		return nil, fmt.Errorf("count the past events of %s: %w", retailer, err)
	}
	out := &integrationv1.SyncPastEventsResponse{
		OpeningStockEventCount: int64(len(stock.Events)), OpeningStockAmount: int64(stock.Total),
	}
	for _, c := range counts {
		out.EventCount += c.N
		out.Kinds = append(out.Kinds, &integrationv1.PastEvents{
			Kind: financialv1.EventKind(c.Kind), EventCount: c.N, TotalAmount: int64(c.Total),
			FirstBusinessDate: string(c.First), LastBusinessDate: string(c.Last),
		})
	}
	if err := s.guardOpeningStock(ctx, retailer, req, out); err != nil {
		return nil, err
	}
	var skip []ledger.EventID
	if req.GetOpeningStock() == integrationv1.SyncPastEventsRequest_OPENING_STOCK_SKIP {
		skip = stock.Events
		out.EventCount -= int64(len(skip))
	}
	if req.GetPreview() {
		return out, nil
	}
	now := time.Now()
	backfill, err := s.cfg.Store.StartBackfill(ctx, retailer, past, skip, noteOpeningStock, actor(ctx), now)
	if err != nil {
		return nil, fmt.Errorf("sync the past events of %s: %w", retailer, err)
	}
	s.cfg.Engine.Wake(retailer)
	out.EventCount = backfill.Total()
	if backfill.ID != 0 {
		out.Backfill, err = s.backfillOf(ctx, retailer, &backfill, now)
	}
	return out, err
}

func pastOf(req *integrationv1.SyncPastEventsRequest) (store.Past, error) {
	from, err := parseDate("from_business_date", req.GetFromBusinessDate())
	if err != nil {
		return store.Past{}, err
	}
	to, err := parseDate("to_business_date", req.GetToBusinessDate())
	if err != nil {
		return store.Past{}, err
	}
	if from != "" && to != "" && from > to {
		return store.Past{}, invalidRequest(violation{
			field: "to_business_date", description: fmt.Sprintf("%s is before from_business_date, %s", to, from),
		})
	}
	return store.Past{From: from, To: to}, nil
}

// guardOpeningStock asks what to do with opening stock that the company may carry already: booked twice, it would double
// the inventory.
func (s integrationService) guardOpeningStock(
	ctx context.Context, retailer ledger.RetailerID, req *integrationv1.SyncPastEventsRequest,
	out *integrationv1.SyncPastEventsResponse,
) error {
	if out.GetOpeningStockEventCount() == 0 {
		return nil
	}
	balance, err := s.cfg.Engine.InventoryBalance(ctx, retailer)
	if err != nil {
		return fmt.Errorf("read the inventory balance of %s: %w", retailer, err)
	}
	out.InventoryBalance = int64(balance)
	undecided := req.GetOpeningStock() == integrationv1.SyncPastEventsRequest_OPENING_STOCK_UNSPECIFIED
	out.OpeningStockUndecided = undecided && balance != 0
	if !out.GetOpeningStockUndecided() || req.GetPreview() {
		return nil
	}
	return newError(connect.CodeFailedPrecondition, reasonOpeningStockUndecided,
		"%d of the events are opening stock of %s, and the company's inventory accounts carry %s already: set opening_stock to "+
			"OPENING_STOCK_SKIP if that balance holds it, or to OPENING_STOCK_POST if it does not",
		out.GetOpeningStockEventCount(), ledger.Amount(out.GetOpeningStockAmount()), balance).
		with("opening_stock_amount", ledger.Amount(out.GetOpeningStockAmount()).String()).
		with("inventory_balance", balance.String())
}
