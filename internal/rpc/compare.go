package rpc

import (
	"context"
	"fmt"
	"time"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
)

// CompareWithQuickBooks compares what was posted with the books, and tells how far it has come.
func (s financialService) CompareWithQuickBooks(
	ctx context.Context, req *financialv1.CompareWithQuickBooksRequest,
	stream financialv1connect.FinancialServiceCompareWithQuickBooksServerStream,
) error {
	from, to, err := dayRange("txn_date", req.GetFromTxnDate(), req.GetToTxnDate())
	if err != nil {
		return err
	}
	sink := comparisonStream{send: stream.Send, urls: s.entryURL}
	found, err := s.cfg.Engine.Compare(ctx, ledger.RetailerID(req.GetRetailerId()), from, to, sink)
	if err != nil {
		return fmt.Errorf("compare %s with QuickBooks: %w", req.GetRetailerId(), err)
	}
	err = stream.Send(&financialv1.CompareWithQuickBooksResponse{
		Update: &financialv1.CompareWithQuickBooksResponse_Summary{Summary: &financialv1.ComparisonSummary{
			StartTime: instant(found.StartedAt), EndTime: instant(time.Now()), AgreeingEntryCount: found.Agreeing,
			MissingEntryCount: found.Missing, ChangedEntryCount: found.Changed, UnknownEntryCount: found.Unknown,
			UnderwayEntryCount: found.Underway, ReadEntryCount: found.Read,
		}},
	})
	if err != nil {
		return fmt.Errorf("send the summary of a comparison of %s: %w", req.GetRetailerId(), err)
	}
	return nil
}

// comparisonStream sends what a comparison tells.
type comparisonStream struct {
	send func(*financialv1.CompareWithQuickBooksResponse) error
	urls entryURLs
}

// Progress sends how far it has come.
func (c comparisonStream) Progress(so posting.Comparison) error {
	return c.send(&financialv1.CompareWithQuickBooksResponse{
		Update: &financialv1.CompareWithQuickBooksResponse_Progress{Progress: &financialv1.ComparisonProgress{
			ComparedDayCount: count32(so.Days), TotalDayCount: count32(so.DaysTotal), ReadEntryCount: so.Read,
		}},
	})
}

// Day sends a day.
func (c comparisonStream) Day(day posting.ComparedDay) error {
	return c.send(&financialv1.CompareWithQuickBooksResponse{
		Update: &financialv1.CompareWithQuickBooksResponse_Day{Day: &financialv1.ComparedDay{
			TxnDate: string(day.Date), Figures: convert(day.Figures, comparedToProto),
			Findings: convert(day.Findings, c.findingToProto),
		}},
	})
}

func comparedToProto(f posting.ComparedFigures) *financialv1.ComparedFigures {
	return &financialv1.ComparedFigures{
		LocationId: string(f.Location), CurrencyCode: string(f.Currency), TillpostEntryCount: f.Tillpost.N,
		TillpostAmount: int64(f.Tillpost.Debits), QuickbooksEntryCount: f.QuickBooks.N,
		QuickbooksAmount: int64(f.QuickBooks.Debits), AgreeingEntryCount: f.Agreeing, UnderwayEntryCount: f.Underway,
	}
}

func (c comparisonStream) findingToProto(f posting.Finding) *financialv1.ComparisonFinding {
	out := &financialv1.ComparisonFinding{
		Kind: financialv1.ComparisonFinding_Kind(f.Kind), DocNumber: f.DocNumber, TxnDate: string(f.TxnDate),
		Difference: f.Difference, EventId: string(f.Event), LocationId: string(f.Location), QuickbooksId: f.QuickBooksID,
		TillpostAmount: int64(f.Tillpost), QuickbooksAmount: int64(f.QuickBooks), CurrencyCode: string(f.Currency),
	}
	if f.Kind != posting.FindingMissing {
		out.Url = c.urls.of(f.Realm, f.QuickBooksID)
	}
	return out
}
