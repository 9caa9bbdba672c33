package rpc

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"connectrpc.com/connect/v2"
	"google.golang.org/protobuf/types/known/durationpb"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// GetBackfill answers how far a backfill has come.
func (s integrationService) GetBackfill(
	ctx context.Context, req *integrationv1.GetBackfillRequest,
) (*integrationv1.GetBackfillResponse, error) {
	backfill, err := s.backfill(ctx, "read", req, s.cfg.Store.Backfill)
	return &integrationv1.GetBackfillResponse{Backfill: backfill}, err
}

// ListBackfills answers a page of the retailer's backfills.
func (s integrationService) ListBackfills(
	ctx context.Context, req *integrationv1.ListBackfillsRequest,
) (*integrationv1.ListBackfillsResponse, error) {
	limit, after, err := s.pages.page(req)
	if err != nil {
		return nil, err
	}
	retailer := ledger.RetailerID(req.GetRetailerId())
	page, cursor, err := s.cfg.Store.Backfills(ctx, retailer, limit, after)
	if err != nil {
		return nil, fmt.Errorf("list the backfills of %s: %w", retailer, err)
	}
	out := &integrationv1.ListBackfillsResponse{}
	if out.NextPageToken, err = s.pages.next(req, cursor); err != nil {
		return nil, err
	}
	now := time.Now()
	for i := range page {
		backfill, err := s.backfillOf(ctx, retailer, &page[i], now)
		if err != nil {
			return nil, err
		}
		out.Backfills = append(out.Backfills, backfill)
	}
	return out, nil
}

// PauseBackfill stops the posting of past events.
func (s integrationService) PauseBackfill(
	ctx context.Context, req *integrationv1.PauseBackfillRequest,
) (*integrationv1.PauseBackfillResponse, error) {
	backfill, err := s.backfill(ctx, "pause", req, changed(s.cfg.Store.PauseBackfill))
	return &integrationv1.PauseBackfillResponse{Backfill: backfill}, err
}

// ResumeBackfill goes on with the posting of past events.
func (s integrationService) ResumeBackfill(
	ctx context.Context, req *integrationv1.ResumeBackfillRequest,
) (*integrationv1.ResumeBackfillResponse, error) {
	backfill, err := s.backfill(ctx, "resume", req, changed(s.cfg.Store.ResumeBackfill))
	s.cfg.Engine.Wake(ledger.RetailerID(req.GetRetailerId()))
	return &integrationv1.ResumeBackfillResponse{Backfill: backfill}, err
}

// CancelBackfill ends the posting of past events for good.
func (s integrationService) CancelBackfill(
	ctx context.Context, req *integrationv1.CancelBackfillRequest,
) (*integrationv1.CancelBackfillResponse, error) {
	backfill, err := s.backfill(ctx, "cancel", req, changed(s.cfg.Store.CancelBackfill))
	return &integrationv1.CancelBackfillResponse{Backfill: backfill}, err
}

// backfillCall is a method of the store on one backfill.
type backfillCall func(context.Context, ledger.RetailerID, int64) (store.Backfill, error)

// changed makes a call of a method that changes a backfill: the caller does it, now.
func changed(
	change func(context.Context, ledger.RetailerID, int64, string, time.Time) (store.Backfill, error),
) backfillCall {
	return func(ctx context.Context, r ledger.RetailerID, id int64) (store.Backfill, error) {
		return change(ctx, r, id, actor(ctx), time.Now())
	}
}

// backfill calls the store for the backfill that a request names.
func (s integrationService) backfill(
	ctx context.Context, what string, req interface {
		tenanted
		GetBackfillId() string
	}, call backfillCall,
) (*financialv1.Backfill, error) {
	retailer := ledger.RetailerID(req.GetRetailerId())
	id, err := strconv.ParseInt(req.GetBackfillId(), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("read the number of a backfill: %w", err) // the proto's rules allow none such
	}
	b, err := call(ctx, retailer, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, newError(connect.CodeNotFound, reasonBackfillNotFound,
			"there is no backfill %d: ListBackfills tells those that are", id).with("backfill_id", req.GetBackfillId())
	}
	if err != nil {
		return nil, fmt.Errorf("%s backfill %d of %s: %w", what, id, retailer, err)
	}
	return s.backfillOf(ctx, retailer, &b, time.Now())
}

func backfillUnfinished(err *store.BackfillUnfinishedError) *callError {
	id := strconv.FormatInt(err.ID, 10)
	e := newError(connect.CodeFailedPrecondition, reasonBackfillUnfinished,
		"backfill %s, of other dates or another decision on opening stock, is unfinished: wait until it is done, or cancel it", id)
	e.cause = err
	return e.with("backfill_id", id)
}

// backfillOf converts a backfill, with the time that is left where the status of the retailer lets it go on.
func (s *Service) backfillOf(
	ctx context.Context, r ledger.RetailerID, b *store.Backfill, now time.Time,
) (*financialv1.Backfill, error) {
	if b.State != store.BackfillRunning {
		return backfillToProto(b, 0), nil
	}
	status, err := s.cfg.Store.Status(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("read the status of %s: %w", r, err)
	}
	return backfillToProto(b, s.timeLeft(&status, b, now)), nil
}

// timeLeft estimates how long the rest of a backfill takes, in whole minutes; 0: it is not known.
func (s *Service) timeLeft(status *store.Status, b *store.Backfill, now time.Time) time.Duration {
	if b == nil || status.State != store.Connected || !status.SyncStarted || status.Problem != "" {
		return 0
	}
	left, known := s.cfg.Engine.TimeLeft(b, now)
	if !known {
		return 0
	}
	return max((left + time.Minute - 1).Truncate(time.Minute), time.Minute)
}

// backfillToProto converts a backfill; left is 0 where it is not known.
func backfillToProto(b *store.Backfill, left time.Duration) *financialv1.Backfill {
	out := &financialv1.Backfill{
		BackfillId:          strconv.FormatInt(b.ID, 10),
		State:               financialv1.Backfill_State(b.State),
		FromBusinessDate:    string(b.Dates.From),
		ToBusinessDate:      string(b.Dates.To),
		StartedBy:           b.StartedBy,
		StartTime:           instant(b.StartedAt),
		ChangedBy:           b.ChangedBy,
		ChangeTime:          instant(b.ChangedAt),
		EndTime:             instant(b.EndedAt),
		TotalCount:          b.Total(),
		BookedCount:         b.Booked,
		ActionRequiredCount: b.Attention,
		SkippedCount:        b.Skipped,
		RemainingCount:      b.Remaining(),
	}
	if left > 0 {
		out.RemainingDuration = durationpb.New(left)
	}
	return out
}
