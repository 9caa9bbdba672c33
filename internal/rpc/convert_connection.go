package rpc

import (
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/store"
)

// The QuickBooks that a server can speak to, as the engine and the store name them.
const (
	environmentSimulator  = "simulator"
	environmentSandbox    = "sandbox"
	environmentProduction = "production"
)

func environmentToProto(environment string) integrationv1.Connection_Environment {
	switch environment {
	case environmentSimulator:
		return integrationv1.Connection_ENVIRONMENT_SIMULATOR
	case environmentSandbox:
		return integrationv1.Connection_ENVIRONMENT_SANDBOX
	case environmentProduction:
		return integrationv1.Connection_ENVIRONMENT_PRODUCTION
	default:
		return integrationv1.Connection_ENVIRONMENT_UNSPECIFIED
	}
}

// connectionToProto converts a connection. environment is the server's own, for a retailer that was never connected.
func connectionToProto(c *store.Connection, environment string) *integrationv1.Connection {
	if c.Environment != "" {
		environment = c.Environment
	}
	out := &integrationv1.Connection{
		State:                integrationv1.Connection_State(c.State),
		Environment:          environmentToProto(environment),
		RealmId:              string(c.Realm),
		CompanyName:          c.CompanyName,
		HomeCurrencyCode:     string(c.HomeCurrency),
		MulticurrencyEnabled: c.Multicurrency,
		BookCloseDate:        string(c.BookCloseDate),
		ConnectedBy:          c.ConnectedBy,
		ConnectTime:          instant(c.ConnectedAt),
		SyncStarted:          c.SyncStarted,
		SyncStartTime:        instant(c.FirstStartedAt),
		AccountsImportTime:   instant(c.AccountsImportedAt),
		AccountCount:         count32(c.AccountCount),
	}
	if c.State == store.Connected {
		out.AuthorizationExpireTime = instant(c.Tokens.RefreshExpiresAt)
	}
	return out
}

func importSummaryToProto(s store.ImportSummary) *integrationv1.ImportSummary {
	return &integrationv1.ImportSummary{
		TotalCount:         count32(s.Total),
		NewCount:           count32(s.New),
		ChangedCount:       count32(s.Changed),
		RestoredCount:      count32(s.Restored),
		InactiveCount:      count32(s.Inactive),
		MissingCount:       count32(s.Missing),
		ReleasedEventCount: s.Released,
	}
}
