package rpc

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// GetSettings answers the retailer's policies.
func (s integrationService) GetSettings(
	ctx context.Context, req *integrationv1.GetSettingsRequest,
) (*integrationv1.GetSettingsResponse, error) {
	settings, err := s.cfg.Store.Settings(ctx, ledger.RetailerID(req.GetRetailerId()))
	if err != nil {
		return nil, fmt.Errorf("read the settings of %s: %w", req.GetRetailerId(), err)
	}
	return &integrationv1.GetSettingsResponse{Settings: settingsToProto(settings)}, nil
}

// UpdateSettings changes the retailer's policies.
func (s integrationService) UpdateSettings(
	ctx context.Context, req *integrationv1.UpdateSettingsRequest,
) (*integrationv1.UpdateSettingsResponse, error) {
	paths, err := settingsPaths(req.GetUpdateMask())
	if err != nil {
		return nil, err
	}
	retailer := ledger.RetailerID(req.GetRetailerId())
	settings, err := s.cfg.Store.UpdateSettings(ctx, retailer, func(settings *store.Settings) {
		for _, path := range paths {
			setSetting(settings, path, req.GetSettings())
		}
	}, actor(ctx), time.Now())
	if err != nil {
		return nil, fmt.Errorf("update the settings of %s: %w", retailer, err)
	}
	s.cfg.Engine.Wake(retailer)
	return &integrationv1.UpdateSettingsResponse{Settings: settingsToProto(settings)}, nil
}

// The fields of Settings.
const (
	pathRoundingLimit = "rounding_limit"
	pathRevisions     = "revision_policy"
	pathClosedBooks   = "closed_books_policy"
)

// settingsPaths returns the fields to change: all of them where the mask is empty.
func settingsPaths(mask *fieldmaskpb.FieldMask) ([]string, error) {
	all := []string{pathRoundingLimit, pathRevisions, pathClosedBooks}
	if len(mask.GetPaths()) == 0 {
		return all, nil
	}
	for i, path := range mask.GetPaths() {
		if !slices.Contains(all, path) {
			return nil, invalidRequest(violation{
				field:       fmt.Sprintf("update_mask.paths[%d]", i),
				description: fmt.Sprintf("Settings has no field %q", path),
			})
		}
	}
	return mask.GetPaths(), nil
}

// setSetting takes over one field; a policy that is not given is the default.
func setSetting(settings *store.Settings, path string, from *integrationv1.Settings) {
	switch path {
	case pathRoundingLimit:
		settings.RoundingLimit = ledger.Amount(from.GetRoundingLimit())
	case pathRevisions:
		settings.Revisions = max(ledger.RevisionPolicy(from.GetRevisionPolicy()), ledger.RevisionsAdjust)
	case pathClosedBooks:
		settings.ClosedBooks = max(ledger.ClosedBooksPolicy(from.GetClosedBooksPolicy()), ledger.ClosedBooksHold)
	}
}

func settingsToProto(s store.Settings) *integrationv1.Settings {
	return &integrationv1.Settings{
		RoundingLimit:     int64(s.RoundingLimit),
		RevisionPolicy:    integrationv1.Settings_RevisionPolicy(s.Revisions),
		ClosedBooksPolicy: integrationv1.Settings_ClosedBooksPolicy(s.ClosedBooks),
	}
}
