// Package suggest proposes accounts for the places that a retailer's events use: first the accounts that the chart of
// the company has, each with how sure the proposal is and why, then, for what is left, new accounts from a template for
// retailers. It computes and never does anything else. It would rather propose nothing than a wrong account with a good
// face: who reads its proposals is an accountant.
package suggest

import (
	"cmp"
	"slices"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Floor is the least confidence of a suggestion. What would be below it is not suggested.
const Floor = 0.5

// discountFloor is the floor of RoleDiscount: a mapping of it changes how revenue is shown, so a fair guess is no help.
const discountFloor = 0.75

// Account is one account of the chart, as imported.
type Account struct {
	ledger.Account // Name is the fully qualified name, "Cash in Drawer:Harbor Street"

	// ShortName is the account's own name; where it is empty, the last part of Name is.
	ShortName string
	// Number is the account's number, which its name may begin with too; it may be empty.
	Number string
	// SubType is QuickBooks' AccountSubType; any value is allowed, a known one helps.
	SubType string
	// Parent is empty for a top-level account. Names, not ids, tell here what lies below what.
	Parent ledger.AccountID
	// Foreign is true for an account in another currency than the company's own. It is never suggested.
	Foreign bool
}

// Suggestion proposes an account of the chart for a slot.
type Suggestion struct {
	// Slot has the role and the key, and never a location. An empty Key of a role with keys is the role's fallback.
	Slot ledger.Slot
	// Account is the id of the account.
	Account ledger.AccountID
	// AccountName is its fully qualified name.
	AccountName string
	// Confidence is from Floor to 1, in hundredths.
	Confidence float64
	// Reason says in one plain sentence why this account.
	Reason string
}

// NewAccount proposes an account that the chart lacks.
type NewAccount struct {
	// Name is its own name: 1 to 100 characters, no colon, no double quote. The chart has no other of that name below the
	// same parent, in any case.
	Name string
	// Parent is the fully qualified name of its parent, which is in the chart or earlier in the list; empty: top level.
	Parent string
	// Type is the type of the account, and of its parent.
	Type ledger.AccountType
	// SubType is QuickBooks' AccountSubType, valid for Type.
	SubType string
	// Slots are the slots that it would fill, without locations, by role and key. A parent may have none.
	Slots []ledger.Slot
	// Reason says in one plain sentence what it is for.
	Reason string
}

// FullName returns the fully qualified name that the account will have.
func (a NewAccount) FullName() string {
	if a.Parent == "" {
		return a.Name
	}
	return a.Parent + ":" + a.Name
}

// Suggest proposes accounts of the chart for slots that have none. Locations are ignored, duplicates allowed, and roles
// that do not exist left out. No slot is proposed twice, and the order of needs and chart does not matter. An account
// that is deleted, inactive, in another currency or of a type that does not fit the role well is never proposed.
//
// A role's general account is proposed as its fallback, with an empty Key, where keys without a better account are left
// and it suits all of them; where it would be wrong for one of them, it is proposed for the others by key.
//
// The suggestions come best first: by confidence downwards, then role, then key.
func Suggest(needs []ledger.Slot, chart []Account) []Suggestion {
	out := newPlan(needs, chart).suggestions
	slices.SortFunc(out, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), compareSlots(a.Slot, b.Slot))
	})
	return out
}

// Missing proposes new accounts for the needs that no suggestion of Suggest reaches, parents before children and by role.
// Suggestions and new accounts together give every need an account, but for RoleDiscount, which may stay without. A
// fallback is not held to reach a key that it would be wrong for: the freight of a delivery is no fee income.
func Missing(needs []ledger.Slot, chart []Account) []NewAccount {
	p := newPlan(needs, chart)
	b := newBuilder(p)
	for _, role := range ledger.Roles() {
		if keys := p.missing[role]; len(keys) > 0 {
			b.add(role, keys)
		}
	}
	return b.finish()
}

func compareSlots(a, b ledger.Slot) int {
	return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Key, b.Key))
}

// plan is what was decided about all needs.
type plan struct {
	chart       *chart
	profiles    map[ledger.Role]*profile
	suggestions []Suggestion
	filled      map[ledger.Slot]choice
	missing     map[ledger.Role][]key // by key, without what the suggestions reach
	families    map[ledger.Role]*family
}

// newPlan judges the needs role by role, in order, so that the cash drawer finds what cash was given.
func newPlan(needs []ledger.Slot, accounts []Account) *plan {
	byRole := map[ledger.Role]map[string]bool{}
	for _, need := range needs {
		if byRole[need.Role] == nil {
			byRole[need.Role] = map[string]bool{}
		}
		byRole[need.Role][need.Key] = true
	}
	p := &plan{
		chart: readChart(accounts), profiles: readProfiles(), filled: map[ledger.Slot]choice{},
		missing: map[ledger.Role][]key{}, families: map[ledger.Role]*family{},
	}
	keys := map[ledger.Role][]key{}
	for _, role := range ledger.Roles() {
		keys[role] = readKeys(byRole[role])
		p.chart.learn(keys[role])
	}
	for _, role := range ledger.Roles() {
		if len(keys[role]) > 0 {
			p.decide(role, keys[role])
		}
	}
	return p
}

// family returns the accounts that a role may use, read once.
func (p *plan) family(role ledger.Role) *family {
	if p.families[role] == nil {
		p.families[role] = readFamily(p.chart, p.profiles[role])
	}
	return p.families[role]
}

// decide gives each key of a role its best account, leaves the rest to the general one, and notes what stays missing.
func (p *plan) decide(role ledger.Role, keys []key) {
	f := p.family(role)
	var left []key
	for i := range keys {
		best := p.forKey(f, &keys[i])
		if best.entry == nil || best.confidence < f.profile.floor() {
			left = append(left, keys[i])
			continue
		}
		p.suggest(role, keys[i].raw, best)
	}
	if len(left) == 0 {
		return
	}
	general := f.general(left)
	if general.entry == nil || general.confidence < f.profile.floor() {
		p.miss(role, left)
		return
	}
	if role.KeyName() == "" {
		for i := range left {
			p.suggest(role, left[i].raw, general)
		}
		return
	}
	p.fallBack(f, left, general)
}

// fallBack proposes the general account for the keys left, once for all where it suits all.
func (p *plan) fallBack(f *family, left []key, general choice) {
	role := f.profile.role
	var accepted, refused []key
	fallback := false
	for _, k := range left {
		switch {
		case k.raw == "":
			fallback = true
		case f.profile.accepts(&k, left):
			accepted = append(accepted, k)
		default:
			refused = append(refused, k)
		}
	}
	p.miss(role, refused)
	// Another bank account, when one turns up, is not this one.
	if fallback || len(refused) == 0 && role != ledger.RoleBankDeposit {
		p.suggest(role, "", general)
		return
	}
	for _, k := range accepted {
		p.suggest(role, k.raw, general)
	}
}

func (p *plan) suggest(role ledger.Role, raw string, c choice) {
	slot := ledger.Slot{Role: role, Key: raw}
	p.filled[slot] = c
	p.suggestions = append(p.suggestions, Suggestion{
		Slot: slot, Account: c.entry.account.ID, AccountName: c.entry.name, Confidence: c.confidence,
		Reason: c.why(slot, c.entry.name),
	})
}

func (p *plan) miss(role ledger.Role, keys []key) {
	if !role.Optional() {
		p.missing[role] = append(p.missing[role], keys...)
	}
}
