package ledger

import "slices"

// State says where an event stands on its way to QuickBooks. The numbers are stored and sent: never renumber.
type State uint8

// The states of an event.
const (
	// StateNeverSynced: recorded before sync was started.
	StateNeverSynced State = 1
	// StatePending: will be posted.
	StatePending State = 2
	// StateProcessing: sent, or its outcome is being settled.
	StateProcessing State = 3
	// StateSynced: QuickBooks holds it, and its contents were compared with what was meant.
	StateSynced State = 4
	// StateActionRequired: a person must act; the event carries a Problem.
	StateActionRequired State = 5
	// StateNothingToPost: every amount is zero or nets to zero.
	StateNothingToPost State = 6
	// StateSkipped: a person decided that it shall not be posted.
	StateSkipped State = 7
)

// String returns the state's name as the API spells it.
func (s State) String() string { return name(stateNames[:], int(s)) }

var stateNames = [...]string{ //nolint:gochecknoglobals // a table that never changes
	"UNSPECIFIED", "NEVER_SYNCED", "PENDING", "PROCESSING", "SYNCED", "ACTION_REQUIRED", "NOTHING_TO_POST", "SKIPPED",
}

// CanMove reports whether an event may go from this state to another. Staying is no move.
//
//	from             to               when
//	NEVER_SYNCED     PENDING          Start Sync, Sync Past Events
//	NEVER_SYNCED     SKIPPED          a person skips it
//	PENDING          PROCESSING       its request is stored and about to be sent
//	PENDING          ACTION_REQUIRED  it cannot be built
//	PENDING          NOTHING_TO_POST  there is nothing to book
//	PENDING          SYNCED           a later revision changes nothing in the books
//	PENDING          SKIPPED          a person skips it
//	PROCESSING       SYNCED           QuickBooks holds it, compared with what was meant
//	PROCESSING       PENDING          settled as not booked, to be sent again; or booked, and more is to be sent
//	PROCESSING       ACTION_REQUIRED  QuickBooks refused it, or holds something else, or its company was left
//	ACTION_REQUIRED  PENDING          the fix, or Retry
//	ACTION_REQUIRED  SKIPPED          a person skips it
//	SYNCED           PENDING          a later revision is recorded
//	NOTHING_TO_POST  PENDING          a later revision is recorded
//	SKIPPED          PENDING          Unskip
//	SKIPPED          NEVER_SYNCED     Unskip, where sync was never started
//
// NOTHING_TO_POST and SYNCED are left for a later revision only. An event that is PROCESSING cannot be skipped, since it
// may already be booked.
func (s State) CanMove(to State) bool { return slices.Contains(s.next(), to) }

// next returns the states that may follow; see CanMove for when.
func (s State) next() []State {
	switch s {
	case StateNeverSynced:
		return []State{StatePending, StateSkipped}
	case StatePending:
		return []State{StateProcessing, StateActionRequired, StateNothingToPost, StateSynced, StateSkipped}
	case StateProcessing:
		return []State{StateSynced, StatePending, StateActionRequired}
	case StateActionRequired:
		return []State{StatePending, StateSkipped}
	case StateSkipped:
		return []State{StatePending, StateNeverSynced}
	case StateSynced, StateNothingToPost:
		return []State{StatePending}
	default:
		return nil
	}
}

// Reason says why an event is in StateActionRequired. The numbers are stored and sent: never renumber.
type Reason uint8

// The reasons. ReasonNone belongs to every other state.
const (
	ReasonNone                 Reason = 0
	ReasonUnmapped             Reason = 1
	ReasonAccountDeleted       Reason = 2
	ReasonAccountInactive      Reason = 3
	ReasonAccountTypeRefused   Reason = 4
	ReasonOutOfBalance         Reason = 5
	ReasonCurrencyMismatch     Reason = 6
	ReasonPeriodClosed         Reason = 7
	ReasonNumberTaken          Reason = 8
	ReasonRejectedByQuickBooks Reason = 9
	ReasonSubscriptionLapsed   Reason = 10
	ReasonStoredDifferently    Reason = 11
	ReasonKindNotSupported     Reason = 12
	ReasonOutcomeLost          Reason = 13
	ReasonFormerCompany        Reason = 14

	// ReasonLast is the one with the highest number.
	ReasonLast = ReasonFormerCompany
)

// String returns the reason's name as the API spells it; empty for ReasonNone.
func (r Reason) String() string { return name(reasonNames[:], int(r)) }

var reasonNames = [...]string{ //nolint:gochecknoglobals // a table that never changes
	"", "UNMAPPED", "ACCOUNT_DELETED", "ACCOUNT_INACTIVE", "ACCOUNT_TYPE_REFUSED", "OUT_OF_BALANCE", "CURRENCY_MISMATCH",
	"PERIOD_CLOSED", "NUMBER_TAKEN", "REJECTED_BY_QUICKBOOKS", "SUBSCRIPTION_LAPSED", "STORED_DIFFERENTLY",
	"KIND_NOT_SUPPORTED", "OUTCOME_LOST", "FORMER_COMPANY",
}

func name(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return "UNKNOWN"
	}
	return names[i]
}

// Problem is why an event waits for a person, and what that person can do, each in plain sentences. It is the error of
// Build.
type Problem struct { //nolint:errname // people are shown a problem, and the API calls it that
	Reason  Reason `json:"reason"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`
	// Slots are the places to look at, for the reasons about accounts.
	Slots []Slot `json:"slots,omitempty"`
}

// Error returns the problem in words.
func (p *Problem) Error() string { return p.Reason.String() + ": " + p.Message }
