package rpc

import (
	"fmt"
	"strings"

	"connectrpc.com/connect/v2"
	"connectrpc.com/grpcreflect/v2"

	financial "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	integration "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1/integrationv1connect"
)

// Scope is a kind of call that a token allows. Scopes do not imply each other.
type Scope string

// The scopes.
const (
	// ScopeRead looks and changes nothing.
	ScopeRead Scope = "read"
	// ScopeRecord records events.
	ScopeRecord Scope = "record"
	// ScopeManage connects, imports, maps, starts, pauses, retries and skips.
	ScopeManage Scope = "manage"
)

// AllScopes returns every scope there is.
func AllScopes() []Scope { return []Scope{ScopeRead, ScopeRecord, ScopeManage} }

// procedureScopes says which scope each procedure takes. A procedure that is missing here cannot be called.
func procedureScopes() map[string]Scope { return scopeTable }

var scopeTable = map[string]Scope{ //nolint:gochecknoglobals // a table that never changes
	integration.IntegrationServiceConnectProcedure:         ScopeManage,
	integration.IntegrationServiceGetConnectionProcedure:   ScopeRead,
	integration.IntegrationServiceDisconnectProcedure:      ScopeManage,
	integration.IntegrationServiceImportAccountsProcedure:  ScopeManage,
	integration.IntegrationServiceImportLocationsProcedure: ScopeManage,
	integration.IntegrationServiceStartSyncProcedure:       ScopeManage,
	integration.IntegrationServicePauseSyncProcedure:       ScopeManage,
	integration.IntegrationServiceSyncPastEventsProcedure:  ScopeManage,
	integration.IntegrationServiceGetBackfillProcedure:     ScopeRead,
	integration.IntegrationServiceListBackfillsProcedure:   ScopeRead,
	integration.IntegrationServicePauseBackfillProcedure:   ScopeManage,
	integration.IntegrationServiceResumeBackfillProcedure:  ScopeManage,
	integration.IntegrationServiceCancelBackfillProcedure:  ScopeManage,
	integration.IntegrationServiceGetSettingsProcedure:     ScopeRead,
	integration.IntegrationServiceUpdateSettingsProcedure:  ScopeManage,

	financial.FinancialServiceListAccountsProcedure:          ScopeRead,
	financial.FinancialServiceDeleteAccountProcedure:         ScopeManage,
	financial.FinancialServiceMapEventProcedure:              ScopeManage,
	financial.FinancialServiceMapEventsProcedure:             ScopeManage,
	financial.FinancialServicePreviewMappingProcedure:        ScopeRead,
	financial.FinancialServiceListMappingChangesProcedure:    ScopeRead,
	financial.FinancialServiceCreateMissingAccountsProcedure: ScopeManage,
	financial.FinancialServiceMapItemClassProcedure:          ScopeManage,
	financial.FinancialServiceListLocationsProcedure:         ScopeRead,
	financial.FinancialServiceUnmapEventProcedure:            ScopeManage,
	financial.FinancialServiceListMappingsProcedure:          ScopeRead,
	financial.FinancialServiceSuggestMappingsProcedure:       ScopeRead,
	financial.FinancialServiceMapLocationProcedure:           ScopeManage,
	financial.FinancialServiceRecordEventsProcedure:          ScopeRecord,
	financial.FinancialServiceListEventsProcedure:            ScopeRead,
	financial.FinancialServiceGetEventProcedure:              ScopeRead,
	financial.FinancialServicePreviewEventProcedure:          ScopeRead,
	financial.FinancialServiceRetryEventsProcedure:           ScopeManage,
	financial.FinancialServiceSkipEventsProcedure:            ScopeManage,
	financial.FinancialServiceSyncStatusProcedure:            ScopeRead,
	financial.FinancialServiceWatchSyncStatusProcedure:       ScopeRead,
	financial.FinancialServiceGetOverviewProcedure:           ScopeRead,
	financial.FinancialServiceListClearingAccountsProcedure:  ScopeRead,
	financial.FinancialServiceCompareWithQuickBooksProcedure: ScopeRead,
}

// isOpen tells whether a procedure may be called without a token: only those that describe the API.
func isOpen(procedure string) bool {
	return strings.HasPrefix(procedure, "/"+grpcreflect.ReflectV1ServiceName+"/") ||
		strings.HasPrefix(procedure, "/"+grpcreflect.ReflectV1AlphaServiceName+"/")
}

// checkScopes fails when a served procedure has no scope.
func checkScopes(server *connect.Server) error {
	for spec := range server.Specs() {
		if _, known := procedureScopes()[spec.Procedure]; !known && !isOpen(spec.Procedure) {
			return fmt.Errorf("rpc: %s is served and has no scope; add it to the table", spec.Procedure)
		}
	}
	return nil
}
