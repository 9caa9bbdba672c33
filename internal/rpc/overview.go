package rpc

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/types/known/durationpb"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// Bounds of an overview.
const (
	maxOverviewDays = 92
	maxOverviewRows = 5_000
)

// GetOverview answers what events say and what was posted, per day and location.
func (s financialService) GetOverview(
	ctx context.Context, req *financialv1.GetOverviewRequest,
) (*financialv1.GetOverviewResponse, error) {
	from, to, err := dayRange("business_date", req.GetFromBusinessDate(), req.GetToBusinessDate())
	if err != nil {
		return nil, err
	}
	overview, err := s.cfg.Store.Overview(ctx, ledger.RetailerID(req.GetRetailerId()), store.OverviewQuery{
		From: from, To: to, Location: ledger.LocationID(req.GetLocationId()),
	})
	if err != nil {
		return nil, fmt.Errorf("read the overview of %s: %w", req.GetRetailerId(), err)
	}
	rows := overview.Rows[:min(len(overview.Rows), maxOverviewRows)]
	return &financialv1.GetOverviewResponse{
		Rows: convert(rows, figuresToProto), Truncated: len(rows) < len(overview.Rows),
		Days: convert(overview.Days, figuresToProto), Totals: convert(overview.Totals, figuresToProto),
	}, nil
}

// dayRange reads a range of days, of at most maxOverviewDays. Its fields are from_ and to_ before the name.
func dayRange(name, from, to string) (first, last ledger.Date, err error) {
	if first, err = parseDate("from_"+name, from); err != nil {
		return "", "", err
	}
	if last, err = parseDate("to_"+name, to); err != nil {
		return "", "", err
	}
	days := 1 + first.DaysTo(last)
	if days > 0 && days <= maxOverviewDays {
		return first, last, nil
	}
	wrong := fmt.Sprintf("%s is before from_%s, %s", last, name, first)
	if days > maxOverviewDays {
		wrong = fmt.Sprintf("%s to %s are %d days: ask for at most %d", first, last, days, maxOverviewDays)
	}
	return "", "", invalidRequest(violation{field: "to_" + name, description: wrong})
}

func figuresToProto(f store.Figures) *financialv1.OverviewFigures {
	out := &financialv1.OverviewFigures{
		BusinessDate: string(f.Date), LocationId: string(f.Location), CurrencyCode: string(f.Currency),
		States: convert(f.States, func(s store.StateFigures) *financialv1.OverviewState {
			return &financialv1.OverviewState{
				State: financialv1.EventState(s.State), EventCount: s.N, Amount: int64(s.Amount),
			}
		}),
		PostedEntryCount: f.Posted.N, PostedAmount: int64(f.Posted.Debits),
	}
	if f.Booking.N > 0 {
		out.TimeToQuickbooks = &financialv1.TimeToQuickBooks{
			EventCount: f.Booking.N, Median: durationpb.New(f.Booking.Median), Percentile_95: durationpb.New(f.Booking.P95),
		}
	}
	return out
}

// ListClearingAccounts answers what waits to reach the bank.
func (s financialService) ListClearingAccounts(
	ctx context.Context, req *financialv1.ListClearingAccountsRequest,
) (*financialv1.ListClearingAccountsResponse, error) {
	balances, since, err := s.cfg.Store.ClearingBalances(ctx, ledger.RetailerID(req.GetRetailerId()))
	if err != nil {
		return nil, fmt.Errorf("read the clearing accounts of %s: %w", req.GetRetailerId(), err)
	}
	out := &financialv1.ListClearingAccountsResponse{FromTxnDate: string(since)}
	var account *financialv1.ClearingAccount
	for i := range balances {
		b := &balances[i]
		if account.GetAccountId() != string(b.Account) {
			account = &financialv1.ClearingAccount{
				AccountId: string(b.Account), AccountName: b.AccountName,
				AccountType: financialv1.AccountType(b.AccountType),
			}
			out.Accounts = append(out.Accounts, account)
		}
		account.ExpectedBalance += int64(b.Balance)
		account.Tenders = append(account.Tenders, &financialv1.ClearingTender{
			PaymentType: b.Tender, CurrencyCode: string(b.Currency), ExpectedBalance: int64(b.Balance),
			OldestTxnDate: string(b.Oldest), LastClearedTxnDate: string(b.LastCleared),
		})
	}
	return out, nil
}
