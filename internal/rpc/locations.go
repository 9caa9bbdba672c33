package rpc

import (
	"context"
	"errors"
	"fmt"
	"time"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// ImportLocations reads the company's locations and classes.
func (s integrationService) ImportLocations(
	ctx context.Context, req *integrationv1.ImportLocationsRequest,
) (*integrationv1.ImportLocationsResponse, error) {
	retailer := ledger.RetailerID(req.GetRetailerId())
	if err := s.cfg.Engine.ImportLocations(ctx, retailer); err != nil {
		return nil, fmt.Errorf("import the locations of %s: %w", retailer, err)
	}
	locations, classes, err := s.tracking(ctx, retailer)
	if err != nil {
		return nil, err
	}
	return &integrationv1.ImportLocationsResponse{
		Locations: convert(locations.Values, func(v store.TrackedValue) *integrationv1.QuickBooksLocation {
			return &integrationv1.QuickBooksLocation{QuickbooksLocationId: v.ID, Name: v.Name, Active: v.Active}
		}),
		Classes:                 convert(classes.Values, classToProto),
		LocationTrackingEnabled: locations.Enabled,
		ClassTrackingEnabled:    classes.Enabled,
	}, nil
}

// tracking reads both dimensions.
func (s *Service) tracking(
	ctx context.Context, retailer ledger.RetailerID,
) (locations, classes store.Tracking, err error) {
	if locations, err = s.cfg.Store.Tracking(ctx, retailer, store.Locations); err == nil {
		classes, err = s.cfg.Store.Tracking(ctx, retailer, store.Classes)
	}
	if err != nil {
		return locations, classes, fmt.Errorf("read the locations and classes of %s: %w", retailer, err)
	}
	return locations, classes, nil
}

func locationToProto(v store.TrackedValue) *financialv1.QuickBooksLocation {
	return &financialv1.QuickBooksLocation{QuickbooksLocationId: v.ID, Name: v.Name, Active: v.Active}
}

func classToProto(v store.TrackedValue) *financialv1.QuickBooksClass {
	return &financialv1.QuickBooksClass{QuickbooksClassId: v.ID, Name: v.Name, Active: v.Active}
}

// ListLocations answers what there is to map.
func (s financialService) ListLocations(
	ctx context.Context, req *financialv1.ListLocationsRequest,
) (*financialv1.ListLocationsResponse, error) {
	locations, classes, err := s.tracking(ctx, ledger.RetailerID(req.GetRetailerId()))
	if err != nil {
		return nil, err
	}
	return &financialv1.ListLocationsResponse{
		Locations: convert(locations.Mappings, func(m store.TrackedMapping) *financialv1.RetailLocation {
			out := &financialv1.RetailLocation{
				LocationId: m.Key, UpdatedBy: m.UpdatedBy, UpdateTime: instant(m.UpdatedAt),
			}
			if m.Value != nil {
				out.QuickbooksLocation = locationToProto(*m.Value)
			}
			return out
		}),
		ItemClasses: convert(classes.Mappings, func(m store.TrackedMapping) *financialv1.ItemClass {
			out := &financialv1.ItemClass{ItemClass: m.Key, UpdatedBy: m.UpdatedBy, UpdateTime: instant(m.UpdatedAt)}
			if m.Value != nil {
				out.QuickbooksClass = classToProto(*m.Value)
			}
			return out
		}),
		QuickbooksLocations:     convert(locations.Values, locationToProto),
		QuickbooksClasses:       convert(classes.Values, classToProto),
		LocationTrackingEnabled: locations.Enabled,
		ClassTrackingEnabled:    classes.Enabled,
	}, nil
}

// MapLocation gives a retail location its QuickBooks location.
func (s financialService) MapLocation(
	ctx context.Context, req *financialv1.MapLocationRequest,
) (*financialv1.MapLocationResponse, error) {
	err := s.mapTracking(ctx, req.GetRetailerId(), store.Locations, req.GetLocationId(), req.GetQuickbooksLocationId())
	if errors.Is(err, store.ErrNotFound) {
		return nil, newError(connect.CodeNotFound, reasonLocationNotFound,
			"the company has no active location %q: import the locations, or look at ListLocations",
			req.GetQuickbooksLocationId()).with("quickbooks_location_id", req.GetQuickbooksLocationId())
	}
	if err != nil {
		return nil, err
	}
	return &financialv1.MapLocationResponse{}, nil
}

// MapItemClass gives an item class its QuickBooks class.
func (s financialService) MapItemClass(
	ctx context.Context, req *financialv1.MapItemClassRequest,
) (*financialv1.MapItemClassResponse, error) {
	err := s.mapTracking(ctx, req.GetRetailerId(), store.Classes, req.GetItemClass(), req.GetQuickbooksClassId())
	if errors.Is(err, store.ErrNotFound) {
		return nil, newError(connect.CodeNotFound, reasonClassNotFound,
			"the company has no active class %q: import the locations and classes, or look at ListLocations",
			req.GetQuickbooksClassId()).with("quickbooks_class_id", req.GetQuickbooksClassId())
	}
	if err != nil {
		return nil, err
	}
	return &financialv1.MapItemClassResponse{}, nil
}

func (s financialService) mapTracking(ctx context.Context, retailer string, d store.Dimension, key, id string) error {
	err := s.cfg.Store.MapTracking(ctx, ledger.RetailerID(retailer), d, key, id, actor(ctx), time.Now())
	if err != nil {
		return fmt.Errorf("map %q of %s: %w", key, retailer, err)
	}
	return nil
}
