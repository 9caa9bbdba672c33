package rpc

import (
	"context"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
)

// notAvailableYet answers a call whose wire form is settled and which this release does not serve: what it will do, and
// what to do until then.
func notAvailableYet(method, will, until string) error {
	return newError(connect.CodeUnimplemented, reasonNotAvailableYet,
		"%s is not available in this release. It will %s. Until then: %s", method, will, until).with("method", method)
}

const untilLocations = "give a location its own accounts with MapEvent and slot.location_id."

// ImportLocations is not available yet.
func (integrationService) ImportLocations(
	context.Context, *integrationv1.ImportLocationsRequest,
) (*integrationv1.ImportLocationsResponse, error) {
	return nil, notAvailableYet("ImportLocations",
		"read the company's locations from QuickBooks, so that lines of entries can carry them", untilLocations)
}

// SyncPastEvents is not available yet.
func (integrationService) SyncPastEvents(
	context.Context, *integrationv1.SyncPastEventsRequest,
) (*integrationv1.SyncPastEventsResponse, error) {
	return nil, notAvailableYet("SyncPastEvents", "post the events that were recorded before sync was started",
		"start sync, then skip those events with SkipEvents and put them back with unskip: they come back as PENDING.")
}

// UpdateSettings is not available yet.
func (integrationService) UpdateSettings(
	context.Context, *integrationv1.UpdateSettingsRequest,
) (*integrationv1.UpdateSettingsResponse, error) {
	return nil, notAvailableYet("UpdateSettings", "set by how much a sale may be out of balance",
		"the limit is 0. A sale that is out of balance waits; skip it and record a corrected one under an id of its own.")
}

// SuggestMappings is not available yet.
func (financialService) SuggestMappings(
	context.Context, *financialv1.SuggestMappingsRequest,
) (*financialv1.SuggestMappingsResponse, error) {
	return nil, notAvailableYet("SuggestMappings", "propose an account for every slot that has none",
		"ListMappings with missing_only shows these slots, ListAccounts the accounts; fill them with MapEvent.")
}

// MapLocation is not available yet.
func (financialService) MapLocation(
	context.Context, *financialv1.MapLocationRequest,
) (*financialv1.MapLocationResponse, error) {
	return nil, notAvailableYet("MapLocation", "put a QuickBooks location on the lines of a retail location's entries",
		untilLocations)
}
