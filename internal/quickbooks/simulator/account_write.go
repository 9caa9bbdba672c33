package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// accountInput is an account as clients send it. What QuickBooks computes itself is taken and ignored.
type accountInput struct {
	ID             *text     `json:"Id"`
	SyncToken      *text     `json:"SyncToken"`
	Sparse         bool      `json:"sparse"`
	Name           *text     `json:"Name"`
	AcctNum        *text     `json:"AcctNum"`
	Description    *text     `json:"Description"`
	Active         *bool     `json:"Active"`
	ParentRef      *refInput `json:"ParentRef"`
	AccountType    *text     `json:"AccountType"`
	AccountSubType *text     `json:"AccountSubType"`

	FullyQualifiedName   ignored `json:"FullyQualifiedName"`
	SubAccount           ignored `json:"SubAccount"`
	Classification       ignored `json:"Classification"`
	CurrencyRef          ignored `json:"CurrencyRef"`
	CurrentBalance       ignored `json:"CurrentBalance"`
	CurrentBalanceAll    ignored `json:"CurrentBalanceWithSubAccounts"`
	Domain               ignored `json:"domain"`
	MetaData             ignored `json:"MetaData"`
	TaxCodeRef           ignored `json:"TaxCodeRef"`
	TxnLocationType      ignored `json:"TxnLocationType"`
	AccountAlias         ignored `json:"AccountAlias"`
	JournalCodeRef       ignored `json:"JournalCodeRef"`
	OnlineBankingEnabled ignored `json:"OnlineBankingEnabled"`
	FIName               ignored `json:"FIName"`
	BankNum              ignored `json:"BankNum"`
	AcctNumExtn          ignored `json:"AcctNumExtn"`
	AccountPurposes      ignored `json:"AccountPurposes"`
	TaxAccount           ignored `json:"TaxAccount"`
	Attributes           ignored `json:"attributes"`
}

// accountDraft is what an account is to become, before it is checked against the chart.
type accountDraft struct {
	name, number, description string
	active                    bool
	typeName, subType         string
	parentID                  string
}

// writeAccount creates an account, or updates the one whose Id is given.
func (c *company) writeAccount(in accountInput, made *changes) (*wire.Account, *wire.Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, fault := c.target(in)
	if fault != nil {
		return nil, fault
	}
	draft := draftAccount(in, a)
	of, subType, parent, fault := c.checkAccount(draft, a)
	if fault != nil {
		return nil, fault
	}
	operation := opUpdated
	if a == nil {
		operation = opCreated
		a = &account{name: draft.name, parent: parent, fullName: fullNameOf(draft.name, parent)}
		c.insert(a)
	} else {
		a.syncToken++
		a.updated = c.clock.now().Unix()
		c.place(a, draft.name, parent)
	}
	a.number, a.description, a.active, a.of, a.subType = draft.number, draft.description, draft.active, of, subType
	onWire := c.accountOnWire(a)
	c.changed(made, objectAccount, a.id, operation, onWire)
	return onWire, nil
}

// target finds the account that an update is for; nil without a fault means a create.
func (c *company) target(in accountInput) (*account, *wire.Fault) {
	if in.ID.value() == "" {
		return nil, nil
	}
	a := c.find(in.ID.value())
	if a == nil {
		return nil, oneFault(codeNotFound, "", detailInactive)
	}
	if in.SyncToken.value() == "" {
		return nil, oneFault(codeRequired, "SyncToken", "Required parameter SyncToken is missing in the request")
	}
	if in.SyncToken.value() != strconv.Itoa(a.syncToken) {
		return nil, stale()
	}
	return a, nil
}

func stale() *wire.Fault {
	return oneFault(codeStale, "", detailStale)
}

// draftAccount joins a request with the account it updates: a sparse update keeps what it does not name, a full one
// and a create start from nothing.
func draftAccount(in accountInput, a *account) accountDraft {
	draft := accountDraft{active: true}
	if a != nil {
		draft.typeName, draft.subType = a.of.name, a.subType
		if in.Sparse {
			draft.name, draft.number, draft.description, draft.active = a.name, a.number, a.description, a.active
			if a.parent != nil {
				draft.parentID = strconv.Itoa(a.parent.id)
			}
		}
	}
	set(&draft.name, in.Name)
	set(&draft.number, in.AcctNum)
	set(&draft.description, in.Description)
	if in.AccountType.value() != "" {
		draft.typeName, draft.subType = in.AccountType.value(), ""
		if a != nil && fold(a.of.name) == fold(draft.typeName) {
			draft.subType = a.subType
		}
	}
	if in.AccountSubType.value() != "" {
		draft.subType = in.AccountSubType.value()
	}
	if in.Active != nil {
		draft.active = *in.Active
	}
	if in.ParentRef != nil && in.ParentRef.Value != "" {
		draft.parentID = string(in.ParentRef.Value)
	}
	draft.name = nameByState(strings.TrimSpace(draft.name), draft.active, a)
	return draft
}

// nameByState adds the suffix of a deleted account to the name, or takes it away when the account comes back.
func nameByState(name string, active bool, a *account) string {
	wasActive := a == nil || a.active
	if wasActive && !active && a != nil && !strings.HasSuffix(name, deletedSuffix) {
		return name + deletedSuffix
	}
	if !wasActive && active {
		return strings.TrimSuffix(name, deletedSuffix)
	}
	return name
}

func set(to *string, from *text) {
	if from != nil {
		*to = string(*from)
	}
}

// checkAccount holds a draft against the rules and the chart. The lock is held.
func (c *company) checkAccount(draft accountDraft, a *account) (*accountType, string, *account, *wire.Fault) {
	var wrong faults
	checkAccountTexts(&wrong, draft)
	of, subType, ok := c.catalog.resolve(draft.typeName, draft.subType)
	if !ok {
		wrong.addf(codeAccountType, "", "%s", detailAccountType)
	}
	if fault := wrong.fault(); fault != nil {
		return nil, "", nil, fault
	}
	parent, fault := c.checkParent(draft, of, subType, a)
	if fault != nil {
		return nil, "", nil, fault
	}
	if holder := c.names[fold(fullNameOf(draft.name, parent))]; holder != nil && holder != a {
		return nil, "", nil, oneFault(codeDuplicateName, "Name", detailDuplicateName)
	}
	if !draft.active && a != nil && a.active {
		for _, child := range a.children {
			if child.active {
				return nil, "", nil, businessRule(ruleHasSubAccounts)
			}
		}
	}
	return of, subType, parent, nil
}

func checkAccountTexts(wrong *faults, draft accountDraft) {
	if draft.name == "" {
		wrong.missing("Name")
	}
	most := maxAccountName
	if !draft.active {
		most += len(deletedSuffix)
	}
	if n := utf8.RuneCountInString(draft.name); n > most {
		wrong.length("Name", 1, maxAccountName, n)
	}
	if strings.ContainsAny(draft.name, `":`) {
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

// checkParent finds the parent that a draft names and checks that it may be one.
func (c *company) checkParent(draft accountDraft, of *accountType, subType string, a *account) (*account, *wire.Fault) {
	if draft.parentID == "" {
		return nil, nil
	}
	parent := c.find(draft.parentID)
	if parent == nil {
		return nil, unknownAccount(draft.parentID)
	}
	if standsAlone(subType) || standsAlone(parent.subType) {
		return nil, businessRule(ruleStandaloneType)
	}
	if parent.of != of {
		return nil, businessRule(ruleParentType)
	}
	levels := parent.level() + 1
	if a != nil {
		if parent.isUnder(a) {
			return nil, oneFault(codeParentIsChild, "ParentRef", "Parent cannot be child")
		}
		levels = parent.level() + a.depth()
	}
	if levels > maxAccountLevels {
		return nil, oneFault(codeSubLevel, "ParentRef", "You can only have %d levels of sub-accounts", maxAccountLevels)
	}
	return parent, nil
}

// unknownAccount is the fault for a reference to an account that does not exist.
func unknownAccount(id string) *wire.Fault {
	return oneFault(codeReference, elementReference, "%s", unknownAccountDetail(id))
}

func unknownAccountDetail(id string) string {
	const longest = 20
	if len(id) > longest {
		id = id[:longest] + "..."
	}
	return fmt.Sprintf("Invalid Reference Id : Accounts element id %s not found", id)
}
