package rpc

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	"github.com/tillpost/tillpost/internal/ledger"
)

// SyncStatus answers the retailer's state at a glance.
func (s financialService) SyncStatus(
	ctx context.Context, req *financialv1.SyncStatusRequest,
) (*financialv1.SyncStatusResponse, error) {
	status, err := s.status(ctx, req.GetRetailerId())
	if err != nil {
		return nil, err
	}
	return &financialv1.SyncStatusResponse{Status: status}, nil
}

func (s financialService) status(ctx context.Context, retailer string) (*financialv1.SyncStatus, error) {
	status, err := s.cfg.Store.Status(ctx, ledger.RetailerID(retailer))
	if err != nil {
		return nil, fmt.Errorf("read the status of %s: %w", retailer, err)
	}
	now := time.Now()
	return statusToProto(&status, s.timeLeft(&status, status.Backfill, now), now), nil
}

// WatchSyncStatus sends the status at once, whenever it has changed, and now and then unchanged, so that a dead
// connection is noticed. It ends with the caller's context, and with the server.
func (s financialService) WatchSyncStatus(
	ctx context.Context, req *financialv1.WatchSyncStatusRequest,
	stream financialv1connect.FinancialServiceWatchSyncStatusServerStream,
) error {
	ticker := time.NewTicker(s.cfg.WatchInterval)
	defer ticker.Stop()
	var sent *financialv1.SyncStatus
	var sentAt time.Time
	for {
		status, err := s.status(ctx, req.GetRetailerId())
		if ctx.Err() != nil {
			return nil // the caller has seen enough
		}
		if err != nil {
			return err
		}
		if sent == nil || time.Since(sentAt) >= s.cfg.WatchKeepAlive || !proto.Equal(sent, status) {
			if err := stream.Send(&financialv1.WatchSyncStatusResponse{Status: status}); err != nil {
				return fmt.Errorf("send the status of %s: %w", req.GetRetailerId(), err)
			}
			sent, sentAt = status, time.Now()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.cfg.Stopping:
			return serverStopping()
		case <-ticker.C:
		}
	}
}
