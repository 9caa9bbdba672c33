package rpc

import (
	"fmt"
	"strconv"
	"time"

	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
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

// connectionToProto converts a connection, with its warnings as of now. environment is the server's own, for a
// retailer that was never connected.
func connectionToProto(c *store.Connection, environment string, now time.Time) *integrationv1.Connection {
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

		LocationTrackingEnabled: c.TracksLocations,
		ClassTrackingEnabled:    c.TracksClasses,
		CompanyReadTime:         instant(c.CompanyReadAt),
	}
	out.AuthorizationExpireTime = instant(c.Lifetime.UnusedEnd)
	out.AuthorizationFinalExpireTime = instant(c.Lifetime.FinalEnd)
	if end, near := posting.ExpiryOf(c.Lifetime, now); near {
		out.AuthorizationWarning = expiryToProto(end)
	}
	return out
}

// expiryToProto says that an authorization ends soon, and how to prevent it.
func expiryToProto(end posting.Expiry) *integrationv1.AuthorizationWarning {
	date := end.At.UTC().Format(time.DateOnly)
	if end.Final {
		return &integrationv1.AuthorizationWarning{
			Cause: integrationv1.AuthorizationWarning_CAUSE_FINAL, ExpireTime: instant(end.At),
			Message: "QuickBooks ends the authorization on " + date + ", five years after it was given.",
			Remedy:  "Connect again before that day. Posting goes on meanwhile, and everything stays as it is.",
		}
	}
	return &integrationv1.AuthorizationWarning{
		Cause: integrationv1.AuthorizationWarning_CAUSE_UNUSED, ExpireTime: instant(end.At),
		Message: "Nothing has used the authorization for a long time: QuickBooks ends it on " + date + ".",
		Remedy:  "Import the accounts, or start sync: either renews it.",
	}
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
		Warnings:           convert(s.Warnings, accountWarningToProto),
	}
}

func accountWarningToProto(w store.AccountWarning) *integrationv1.AccountWarning {
	return &integrationv1.AccountWarning{
		Change:      integrationv1.AccountWarning_Change(w.Change),
		AccountId:   string(w.After.ID),
		AccountName: w.After.Name,
		Slots:       convert(w.Slots, slotToProto),
		Message:     accountWarning(&w),
	}
}

// accountWarning says what happened to an account, and what to do about it.
func accountWarning(w *store.AccountWarning) string {
	name := strconv.Quote(w.After.Name)
	switch w.Change {
	case store.AccountDeactivated:
		return "The account " + name + " was made inactive in QuickBooks. Events that need it wait from now on. Map another " +
			"account, or make it active in QuickBooks and import again."
	case store.AccountRenamed:
		return "The account " + strconv.Quote(w.Before.Name) + " is called " + name + " now. Nothing waits for that."
	case store.AccountRetyped:
		message := fmt.Sprintf("The account %s was of type %s and is of type %s now.", name, w.Before.Type, w.After.Type)
		for _, slot := range w.Slots {
			if slot.Role.Fits(w.After.Type) == ledger.FitRefused {
				return message + " That does not fit every role it is mapped to: events of these wait. Map another account."
			}
		}
		return message + " It still fits the roles it is mapped to."
	case store.AccountGone:
		return "QuickBooks does not list the account " + name + " any more: it was deleted, or merged into another. Events that " +
			"need it wait from now on. Map the account that it was merged into, or another one."
	default:
		return "The account " + name + " has changed."
	}
}
