package ledger

import "slices"

// Source says which step of the look-up found an account. The numbers are sent: never renumber.
type Source uint8

// The steps, from the most exact to the most general; SourceMissing: none found anything.
const (
	SourceMissing             Source = 1
	SourceKeyAndLocation      Source = 2
	SourceKey                 Source = 3
	SourceFallbackAndLocation Source = 4
	SourceFallback            Source = 5
)

// MappingChange is one change of a slot.
type MappingChange struct {
	// Version is the number of the change among all changes of the retailer's mapping, from 1 on.
	Version int64
	// From is the first business date that it applies to; empty: all dates.
	From Date
	// Account is what the slot got; empty: it was emptied.
	Account AccountID
}

// Mapping gives slots their accounts, with the history of each: the highest version first. Of the changes of a slot whose
// From is on or before a date, the one with the highest version counts on that date.
type Mapping map[Slot][]MappingChange

// Always returns a mapping that never changed: each slot has its account on all dates, as version 1.
func Always(accounts map[Slot]AccountID) Mapping {
	m := make(Mapping, len(accounts))
	for slot, account := range accounts {
		m.Change(slot, MappingChange{Version: 1, Account: account})
	}
	return m
}

// Change adds a change of a slot to the history.
func (m Mapping) Change(slot Slot, change MappingChange) {
	history := m[slot]
	at, _ := slices.BinarySearchFunc(history, change, func(a, b MappingChange) int { return int(b.Version - a.Version) })
	m[slot] = slices.Insert(slices.Clone(history), at, change)
}

// On returns the change of exactly this slot that counts on a date. It is false where the slot has no account then.
func (m Mapping) On(slot Slot, date Date) (MappingChange, bool) {
	for _, change := range m[slot] {
		if change.From <= date {
			return change, change.Account != ""
		}
	}
	return MappingChange{}, false
}

// CashPaymentType is the payment type whose account serves as the cash drawer where RoleCashDrawer is not mapped.
const CashPaymentType = "Cash"

// Found is what a look-up found.
type Found struct {
	Account AccountID
	// Slot is the one that held the account.
	Slot   Slot
	Source Source
	// Version is that of the change which gave the slot its account.
	Version int64
}

// Lookup finds the account of a place for a business date. It asks, in this order, for
//
//	(role, key, location), (role, key), (role, any key, location), (role, any key)
//
// and leaves out the steps that the place has no key or no location for. A role without keys has no fallback of its own:
// its steps are (role, location) and (role), and count as exact. The cash drawer, when nothing is found, is looked up
// again as the payment type CashPaymentType.
//
// Where nothing is found the account is empty, the slot is s and the source is SourceMissing.
func (m Mapping) Lookup(s Slot, date Date) Found {
	found := m.search(s, date)
	if found.Source == SourceMissing && s.Role == RoleCashDrawer {
		found = m.search(Slot{Role: RolePayment, Key: CashPaymentType, Location: s.Location}, date)
	}
	if found.Source == SourceMissing {
		return Found{Slot: s, Source: SourceMissing}
	}
	return found
}

func (m Mapping) search(s Slot, date Date) Found {
	keyed := s.Role.KeyName() != ""
	if s.Key != "" || !keyed {
		if s.Location != "" {
			if change, ok := m.On(s, date); ok {
				return Found{change.Account, s, SourceKeyAndLocation, change.Version}
			}
		}
		step := Slot{Role: s.Role, Key: s.Key}
		if change, ok := m.On(step, date); ok {
			return Found{change.Account, step, SourceKey, change.Version}
		}
	}
	if !keyed {
		return Found{Source: SourceMissing}
	}
	if s.Location != "" {
		step := Slot{Role: s.Role, Location: s.Location}
		if change, ok := m.On(step, date); ok {
			return Found{change.Account, step, SourceFallbackAndLocation, change.Version}
		}
	}
	step := Slot{Role: s.Role}
	if change, ok := m.On(step, date); ok {
		return Found{change.Account, step, SourceFallback, change.Version}
	}
	return Found{Source: SourceMissing}
}

// has reports whether a place has an account on a date.
func (m Mapping) has(s Slot, date Date) bool { return m.Lookup(s, date).Source != SourceMissing }

// Answers reports whether a mapping of this slot answers a look-up of the place asked, if no more exact one does.
func (s Slot) Answers(asked Slot) bool {
	if asked.Role == RoleCashDrawer && s.Role == RolePayment {
		asked = Slot{Role: RolePayment, Key: CashPaymentType, Location: asked.Location}
	}
	return s.Role == asked.Role && (s.Key == "" || s.Key == asked.Key) && (s.Location == "" || s.Location == asked.Location)
}
