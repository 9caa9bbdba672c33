package rpc_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// The API's enums are converted by a cast, so every value must have the number, and where there is one the name, of its
// counterpart, and none may be missing on either side.
func TestEnumsHaveTheSameNumbers(t *testing.T) {
	t.Parallel()
	for _, enum := range []struct {
		descriptor protoreflect.EnumDescriptor
		prefix     string
		values     map[string]int
	}{
		{financialv1.EventKind(0).Descriptor(), "EVENT_KIND_", named(ledger.Kind.String)},
		{financialv1.EventState(0).Descriptor(), "EVENT_STATE_", named(ledger.State.String)},
		{financialv1.Reason(0).Descriptor(), "REASON_", named(ledger.Reason.String)},
		{financialv1.Role(0).Descriptor(), "ROLE_", named(ledger.Role.String)},
		{financialv1.AccountType(0).Descriptor(), "ACCOUNT_TYPE_", accountTypes()},
		{financialv1.SlotUse_Source(0).Descriptor(), "SOURCE_", map[string]int{
			"MISSING": int(ledger.SourceMissing), "KEY_AND_LOCATION": int(ledger.SourceKeyAndLocation),
			"KEY": int(ledger.SourceKey), "FALLBACK_AND_LOCATION": int(ledger.SourceFallbackAndLocation),
			"FALLBACK": int(ledger.SourceFallback),
		}},
		{financialv1.JournalLine_Side(0).Descriptor(), "SIDE_", map[string]int{
			"DEBIT": int(ledger.Debit), "CREDIT": int(ledger.Credit),
		}},
		{financialv1.CustomerDeposit_Action(0).Descriptor(), "ACTION_", map[string]int{
			"COLLECTED": int(ledger.DepositCollected), "REFUNDED": int(ledger.DepositRefunded),
			"FORFEITED": int(ledger.DepositForfeited),
		}},
		{financialv1.Transfer_Leg(0).Descriptor(), "LEG_", map[string]int{
			"SHIPMENT": int(ledger.TransferShipment), "RECEIPT": int(ledger.TransferReceived), "LOSS": int(ledger.TransferLoss),
		}},
		{financialv1.CashPaidInOut_Direction(0).Descriptor(), "DIRECTION_", map[string]int{
			"PAID_OUT": int(ledger.CashPaidOut), "PAID_IN": int(ledger.CashPaidIn),
		}},
		{financialv1.RecordEventResult_Status(0).Descriptor(), "STATUS_", map[string]int{
			"ACCEPTED": int(store.Accepted), "DUPLICATE": int(store.Duplicate), "CONFLICT": int(store.Conflict),
			"INVALID":    int(store.Conflict) + 1, // the API's own: it never reaches the store
			"SUPERSEDED": int(store.Superseded),
		}},
		{financialv1.Attempt_Outcome(0).Descriptor(), "OUTCOME_", map[string]int{
			"BOOKED": int(store.Booked), "REFUSED": int(store.Refused), "UNKNOWN": int(store.Unknown),
			"DEFERRED": int(store.NotBooked), "NOT_FOUND": int(store.NotFound),
		}},
		{integrationv1.Settings_RevisionPolicy(0).Descriptor(), "REVISION_POLICY_", map[string]int{
			"ADJUST": int(ledger.RevisionsAdjust), "UPDATE": int(ledger.RevisionsUpdate),
		}},
		{integrationv1.Settings_ClosedBooksPolicy(0).Descriptor(), "CLOSED_BOOKS_POLICY_", map[string]int{
			"HOLD": int(ledger.ClosedBooksHold), "FIRST_OPEN_DAY": int(ledger.ClosedBooksFirstOpenDay),
		}},
		{integrationv1.AccountWarning_Change(0).Descriptor(), "CHANGE_", map[string]int{
			"DEACTIVATED": int(store.AccountDeactivated), "RENAMED": int(store.AccountRenamed),
			"TYPE_CHANGED": int(store.AccountRetyped), "GONE": int(store.AccountGone),
		}},
		{financialv1.Backfill_State(0).Descriptor(), "STATE_", map[string]int{
			"RUNNING": int(store.BackfillRunning), "PAUSED": int(store.BackfillPaused), "DONE": int(store.BackfillDone),
			"CANCELLED": int(store.BackfillCancelled),
		}},
		{integrationv1.Connection_State(0).Descriptor(), "STATE_", map[string]int{
			"NOT_CONNECTED": int(store.NotConnected), "CONNECTED": int(store.Connected),
			"REAUTHORIZATION_REQUIRED": int(store.ReauthorizationRequired),
		}},
	} {
		values := enum.descriptor.Values()
		if got, want := values.Len()-1, len(enum.values); got != want {
			t.Errorf("%s has %d values, its counterpart %d", enum.descriptor.FullName(), got, want)
		}
		for name, number := range enum.values {
			value := values.ByName(protoreflect.Name(enum.prefix + name))
			if value == nil || int(value.Number()) != number {
				t.Errorf("%s has no value %s%s with the number %d", enum.descriptor.FullName(), enum.prefix, name, number)
			}
		}
	}
}

// named lists the values of an enum from 1 on, by the names it gives itself.
func named[T ~uint8](name func(T) string) map[string]int {
	out := map[string]int{}
	for i := 1; name(T(i)) != "UNKNOWN"; i++ {
		out[name(T(i))] = i
	}
	return out
}

// accountTypes lists the account types by QuickBooks' names, spelt as the API spells them.
func accountTypes() map[string]int {
	out := map[string]int{}
	for i := 1; i <= int(ledger.TypeOther); i++ {
		name := ledger.AccountType(i).String()
		out[strings.ToUpper(strings.ReplaceAll(name, " ", "_"))] = i
	}
	return out
}
