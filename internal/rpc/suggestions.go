package rpc

import (
	"context"
	"fmt"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/store"
	"github.com/tillpost/tillpost/internal/suggest"
)

// SuggestMappings proposes accounts for the slots that have none.
func (s financialService) SuggestMappings(
	ctx context.Context, req *financialv1.SuggestMappingsRequest,
) (*financialv1.SuggestMappingsResponse, error) {
	suggestions, err := s.suggest(ctx, req.GetRetailerId())
	if err != nil {
		return nil, err
	}
	return &financialv1.SuggestMappingsResponse{
		Suggestions: convert(suggestions.Found, func(f suggest.Suggestion) *financialv1.MappingSuggestion {
			return &financialv1.MappingSuggestion{
				Slot: slotToProto(f.Slot), AccountId: string(f.Account), AccountName: f.AccountName,
				Confidence: f.Confidence, Reason: f.Reason,
			}
		}),
		MissingAccounts: convert(suggestions.Missing, missingToProto),
	}, nil
}

func (s financialService) suggest(ctx context.Context, retailer string) (posting.Suggestions, error) {
	suggestions, err := s.cfg.Engine.Suggest(ctx, ledger.RetailerID(retailer))
	if err != nil {
		return posting.Suggestions{}, fmt.Errorf("suggest mappings for %s: %w", retailer, err)
	}
	return suggestions, nil
}

func missingToProto(m suggest.NewAccount) *financialv1.MissingAccount {
	return &financialv1.MissingAccount{
		Name: m.Name, FullyQualifiedName: m.FullName(), Type: financialv1.AccountType(m.Type), SubType: m.SubType,
		Slots: convert(m.Slots, slotToProto), Reason: m.Reason,
	}
}

// CreateMissingAccounts creates what the chart lacks, and tells how far it has come.
func (s financialService) CreateMissingAccounts(
	ctx context.Context, req *financialv1.CreateMissingAccountsRequest,
	stream financialv1connect.FinancialServiceCreateMissingAccountsServerStream,
) error {
	suggestions, err := s.suggest(ctx, req.GetRetailerId())
	if err != nil {
		return err
	}
	chosen := posting.ChooseMissing(suggestions.Missing, req.GetFullyQualifiedNames())
	if req.GetPreview() {
		return s.sendCreated(stream, posting.CreatedAccounts{Accounts: chosen})
	}
	progress := func(done, total int) error {
		return stream.Send(&financialv1.CreateMissingAccountsResponse{
			Update: &financialv1.CreateMissingAccountsResponse_Progress{
				Progress: &financialv1.CreateAccountsProgress{DoneCount: count32(done), TotalCount: count32(total)},
			},
		})
	}
	created, err := s.cfg.Engine.CreateMissingAccounts(ctx, ledger.RetailerID(req.GetRetailerId()), chosen, actor(ctx),
		progress)
	if err != nil {
		return fmt.Errorf("create the missing accounts of %s: %w", req.GetRetailerId(), err)
	}
	return s.sendCreated(stream, created)
}

func (financialService) sendCreated(
	stream financialv1connect.FinancialServiceCreateMissingAccountsServerStream, created posting.CreatedAccounts,
) error {
	summary := &financialv1.CreateAccountsSummary{
		Accounts: convert(created.Accounts, missingToProto), CreatedCount: count32(created.Created),
		ReleasedEventCount: created.Released,
		Mappings: convert(created.Mappings, func(m store.Mapping) *financialv1.Mapping {
			return mappingToProto(&m)
		}),
	}
	err := stream.Send(&financialv1.CreateMissingAccountsResponse{
		Update: &financialv1.CreateMissingAccountsResponse_Summary{Summary: summary},
	})
	if err != nil {
		return fmt.Errorf("send the summary of created accounts: %w", err)
	}
	return nil
}
