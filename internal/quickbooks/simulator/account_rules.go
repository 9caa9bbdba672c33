package simulator

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// checkAccount holds a draft against the rules and the chart, and fills in what it refers to. a is the account it is
// to become, nil for a new one. The lock is held.
func (c *company) checkAccount(draft *accountDraft, a *account) *wire.Fault {
	var wrong faults
	draft.checkTexts(&wrong)
	of, subType, ok := c.catalog.resolve(draft.typeName, draft.subType)
	if !ok {
		wrong.addf(codeAccountType, "", "%s", detailAccountType)
	}
	draft.of, draft.subType = of, subType
	if draft.subAccount && draft.parentID == "" {
		wrong.addf(codeParentRequired, "ParentRef", "ParentRef is required where SubAccount is true")
	}
	if fault := wrong.fault(); fault != nil {
		return fault
	}
	if fault := c.checkParent(draft, a); fault != nil {
		return fault
	}
	if a != nil {
		if fault := a.checkChildren(draft); fault != nil {
			return fault
		}
	}
	if c.accountNameTaken(draft, a) {
		return oneFault(codeDuplicateName, "Name", detailDuplicateName)
	}
	if c.accountNumberTaken(draft, a) {
		return businessRule(ruleSameAccountNumber)
	}
	return nil
}

// checkTexts holds the texts of a draft against their lengths and the characters they must not have.
func (draft *accountDraft) checkTexts(wrong *faults) {
	name := ownName(draft.name, draft.active)
	if name == "" {
		wrong.missing("Name")
	}
	if n := utf8.RuneCountInString(name); n > maxAccountName {
		wrong.length("Name", 1, maxAccountName, n)
	}
	if strings.ContainsAny(name, `":`) {
		wrong.addf(codeInvalidString, "Name", `Invalid String : an account name must not contain " or :`)
	}
	if n := utf8.RuneCountInString(draft.number); n > maxAccountNumber {
		wrong.length("AcctNum", 0, maxAccountNumber, n)
	}
	if strings.Contains(draft.number, ":") {
		wrong.addf(codeInvalidString, "AcctNum", "Invalid String : an account number must not contain :")
	}
	if n := utf8.RuneCountInString(draft.description); n > maxAccountDescription {
		wrong.length("Description", 0, maxAccountDescription, n)
	}
}

// ownName is a name without what QuickBooks puts behind that of an inactive object.
func ownName(name string, active bool) string {
	if active {
		return name
	}
	return strings.TrimSuffix(name, deletedSuffix)
}

// checkParent finds the parent that a draft names and checks that it may be one.
func (c *company) checkParent(draft *accountDraft, a *account) *wire.Fault {
	if draft.parentID == "" {
		return nil
	}
	parent := c.find(draft.parentID)
	if parent == nil {
		return unknownReference("Accounts", draft.parentID)
	}
	if draft.active && !parent.active {
		return oneFault(codeNotFound, "", detailInactive)
	}
	if standsAlone(draft.subType) || standsAlone(parent.subType) {
		return oneFault(codeParentInvalid, "ParentRef", "Parent Reference Invalid : %s", ruleStandaloneType)
	}
	levels := levelOf(parent) + 1
	if a != nil {
		if isUnder(parent, a) {
			return oneFault(codeParentIsChild, "ParentRef", "Parent cannot be child")
		}
		levels = levelOf(parent) + depthOf(a)
	}
	if parent.of != draft.of {
		return businessRule(ruleParentType)
	}
	if levels > maxAccountLevels {
		return tooDeep()
	}
	draft.parent = parent
	return nil
}

func tooDeep() *wire.Fault {
	return oneFault(codeSubLevel, "ParentRef", "You can only have %d levels of a list", maxAccountLevels)
}

// checkChildren says what the sub-accounts of an account have against its becoming what a draft says.
func (a *account) checkChildren(draft *accountDraft) *wire.Fault {
	if len(a.children) == 0 {
		return nil
	}
	if !draft.active && slices.ContainsFunc(a.children, func(child *account) bool { return child.active }) {
		return businessRule(ruleHasSubAccounts)
	}
	if standsAlone(draft.subType) {
		return oneFault(codeParentInvalid, "AccountSubType", "Parent Reference Invalid : %s", ruleStandaloneType)
	}
	if draft.of != a.of {
		return businessRule(ruleParentType)
	}
	return nil
}

// accountNameTaken says whether the name of a draft is that of another active account: one under the same parent, or
// any, as the switch has it. An account that keeps its name and place keeps them whatever the switch says now.
func (c *company) accountNameTaken(draft *accountDraft, a *account) bool {
	if !draft.active || (a != nil && a.active && a.name == draft.name && a.parent == draft.parent) {
		return false
	}
	if c.switches.is(SwitchAccountNames, perParent) {
		holder := c.names[fold(fullNameOf(draft.name, draft.parent))]
		return holder != nil && holder != a
	}
	return slices.ContainsFunc(c.accounts, func(other *account) bool {
		return other != a && other.active && fold(other.name) == fold(draft.name)
	})
}

// accountNumberTaken says whether the number of a draft is that of another active account, where numbers are to be
// unique.
func (c *company) accountNumberTaken(draft *accountDraft, a *account) bool {
	if !c.switches.is(SwitchAccountNumbers, switchOn) || !draft.active || draft.number == "" {
		return false
	}
	if a != nil && a.active && a.number == draft.number {
		return false
	}
	return slices.ContainsFunc(c.accounts, func(other *account) bool {
		return other != a && other.active && fold(other.number) == fold(draft.number)
	})
}

// unknownReference is the fault for a reference to an object that does not exist. elements is what QuickBooks calls
// such objects in it.
func unknownReference(elements, id string) *wire.Fault {
	return oneFault(codeReference, elementReference, "%s", unknownDetail(elements, id))
}

func unknownAccountDetail(id string) string { return unknownDetail("Accounts", id) }

func unknownDetail(elements, id string) string {
	const longest = 20
	if len(id) > longest {
		id = id[:longest] + "..."
	}
	return "Invalid Reference Id : " + elements + " element id " + id + " not found"
}
