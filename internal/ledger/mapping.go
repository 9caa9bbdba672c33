package ledger

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

// Mapping gives slots their accounts.
type Mapping map[Slot]AccountID

// CashPaymentType is the payment type whose account serves as the cash drawer where RoleCashDrawer is not mapped.
const CashPaymentType = "Cash"

// Lookup finds the account of a place. It asks, in this order, for
//
//	(role, key, location), (role, key), (role, any key, location), (role, any key)
//
// and leaves out the steps that the place has no key or no location for. A role without keys has no fallback of its own:
// its steps are (role, location) and (role), and count as exact. The cash drawer, when nothing is found, is looked up
// again as the payment type CashPaymentType.
//
// It returns the account, the slot of the mapping that held it, and the step. Where nothing is found the account is
// empty, the slot is s and the step is SourceMissing.
func (m Mapping) Lookup(s Slot) (AccountID, Slot, Source) {
	account, found, source := m.search(s)
	if source == SourceMissing && s.Role == RoleCashDrawer {
		account, found, source = m.search(Slot{Role: RolePayment, Key: CashPaymentType, Location: s.Location})
	}
	if source == SourceMissing {
		return "", s, SourceMissing
	}
	return account, found, source
}

func (m Mapping) search(s Slot) (AccountID, Slot, Source) {
	keyed := s.Role.KeyName() != ""
	if s.Key != "" || !keyed {
		if s.Location != "" {
			if account, ok := m[s]; ok {
				return account, s, SourceKeyAndLocation
			}
		}
		step := Slot{Role: s.Role, Key: s.Key}
		if account, ok := m[step]; ok {
			return account, step, SourceKey
		}
	}
	if !keyed {
		return "", s, SourceMissing
	}
	if s.Location != "" {
		step := Slot{Role: s.Role, Location: s.Location}
		if account, ok := m[step]; ok {
			return account, step, SourceFallbackAndLocation
		}
	}
	step := Slot{Role: s.Role}
	if account, ok := m[step]; ok {
		return account, step, SourceFallback
	}
	return "", s, SourceMissing
}

// has reports whether a place has an account.
func (m Mapping) has(s Slot) bool {
	_, _, source := m.Lookup(s)
	return source != SourceMissing
}
