package ledger

import (
	"fmt"
	"slices"
)

// outOfBalance words a sale whose payments are not what is due.
func outOfBalance(paid, due, limit Amount) *Problem {
	direction := "too much"
	if paid < due {
		direction = "too little"
	}
	difference := (paid - due).Abs()
	return &Problem{
		Reason: ReasonOutOfBalance,
		Message: fmt.Sprintf("What was paid, %s, is %s %s for what is due, %s; the difference is %s and the rounding limit %s.",
			paid, difference, direction, due, paid-due, max(limit, 0)),
		Remedy: fmt.Sprintf("Skip the event and record a corrected one, or raise the rounding limit to %s or more if such "+
			"differences shall be booked as rounding.", difference),
	}
}

// fault is a slot that cannot be posted to, its account where it has one, and why.
type fault struct {
	slot    Slot
	account Account
	reason  Reason
}

// problemWith words the faults of the most pressing reason: what is not mapped at all comes first, then accounts that are
// gone, then those that QuickBooks would refuse, then those that do not fit. There is at least one fault.
func problemWith(faults []fault) *Problem {
	reason := faults[0].reason
	for i := range faults {
		reason = min(reason, faults[i].reason) // the numbers of these reasons stand in that order
	}
	faults = slices.DeleteFunc(faults, func(f fault) bool { return f.reason != reason })
	switch reason {
	case ReasonUnmapped:
		return unmapped(faults)
	case ReasonAccountDeleted:
		return faulty(reason, remedyDeleted, faults)
	case ReasonAccountInactive:
		return faulty(reason, remedyInactive, faults)
	default:
		return misfit(faults)
	}
}

// unmapped words slots without an account.
func unmapped(missing []fault) *Problem {
	names := make([]string, len(missing))
	for i := range missing {
		names[i] = missing[i].slot.place()
	}
	remedy := "Map an account for it, at this location or at all of them, or set the role's fallback."
	if len(missing) > 1 {
		remedy = "Map an account for each of them, at this location or at all of them, or set the fallbacks of the roles."
	}
	message := "No account is mapped for " + sentence(names)
	if where := atLocation(missing[0].slot.Location); where != "" {
		message += " " + where
	}
	return &Problem{
		Reason:  ReasonUnmapped,
		Message: message + ".",
		Remedy:  remedy + " Mapping releases every event that waits for it.",
		Slots:   slotsOf(missing),
	}
}

// faulty words accounts that cannot be posted to in any role.
func faulty(reason Reason, remedy string, faults []fault) *Problem {
	names := make([]string, len(faults))
	for i := range faults {
		names[i] = faults[i].slot.place() + " is mapped to the account " + faults[i].account.label() +
			", which " + faults[i].what()
	}
	return &Problem{Reason: reason, Message: standing(names, faults), Remedy: remedy, Slots: slotsOf(faults)}
}

// what says what stands against the account in any role.
func (f fault) what() string {
	switch {
	case f.account.Deleted:
		return "was deleted here"
	case f.reason == ReasonAccountDeleted:
		return "is not among the imported accounts"
	default:
		return "is inactive in QuickBooks"
	}
}

// misfit words account types that do not suit their roles, each with its own reason; the way out is that of the first.
func misfit(faults []fault) *Problem {
	names := make([]string, len(faults))
	for i := range faults {
		names[i] = faults[i].slot.place() + " is mapped to an account that does not fit: " +
			faults[i].slot.Role.refusal(faults[i].account)
	}
	first := faults[0]
	return &Problem{
		Reason: ReasonAccountTypeRefused, Message: standing(names, faults),
		Remedy: first.slot.Role.wayOut(first.account.Type), Slots: slotsOf(faults),
	}
}

// standing makes a sentence of clauses about slots, all of the same location.
func standing(clauses []string, faults []fault) string {
	if where := atLocation(faults[0].slot.Location); where != "" {
		return title(where) + ", " + sentence(clauses) + "."
	}
	return title(sentence(clauses)) + "."
}

func slotsOf(faults []fault) []Slot {
	slots := make([]Slot, len(faults))
	for i := range faults {
		slots[i] = faults[i].slot
	}
	return slots
}
