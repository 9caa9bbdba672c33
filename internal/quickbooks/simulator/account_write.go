package simulator

import (
	"strconv"
	"strings"

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
	SubAccount     *bool     `json:"SubAccount"`
	ParentRef      *refInput `json:"ParentRef"`
	AccountType    *text     `json:"AccountType"`
	AccountSubType *text     `json:"AccountSubType"`
	// The opening balance counts when the account is created, and is never answered.
	OpeningBalance     *text `json:"OpeningBalance"`
	OpeningBalanceDate *text `json:"OpeningBalanceDate"`

	FullyQualifiedName   ignored `json:"FullyQualifiedName"`
	Classification       ignored `json:"Classification"`
	CurrencyRef          ignored `json:"CurrencyRef"`
	CurrentBalance       ignored `json:"CurrentBalance"`
	CurrentBalanceAll    ignored `json:"CurrentBalanceWithSubAccounts"`
	Domain               ignored `json:"domain"`
	Status               ignored `json:"status"`
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

// accountDraft is what an account is to become. The first half is what was asked for, the second what the check of it
// against the chart found.
type accountDraft struct {
	name, number, description string
	active                    bool
	typeName, subType         string
	parentID                  string
	// subAccount says that the request calls it a sub-account.
	subAccount bool

	of     *accountType
	parent *account
}

// writeAccount creates an account, or updates the one whose Id is given. The answer is rendered before the lock is let
// go, so that it is what this write made.
func (c *company) writeAccount(in *accountInput, w *writing) (*wire.Account, *wire.Fault) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, fault := c.accountToUpdate(in, w.operation)
	if fault != nil {
		return nil, fault
	}
	draft := draftAccount(in, a)
	if fault := c.checkAccount(&draft, a); fault != nil {
		return nil, fault
	}
	if a != nil {
		a.syncToken++
		a.updated = c.clock.now().Unix()
		a.take(&draft)
		c.place(a, draft.name, draft.parent)
		onWire := c.accountOnWire(a)
		c.changed(w.changes, objectAccount, a.id, opUpdated, onWire)
		return onWire, nil
	}
	opened, fault := c.checkOpening(in, &draft)
	if fault != nil {
		return nil, fault
	}
	a = &account{name: draft.name, parent: draft.parent, fullName: fullNameOf(draft.name, draft.parent)}
	a.take(&draft)
	c.insert(a)
	entry := c.postOpening(a, opened)
	onWire := c.accountOnWire(a)
	c.changed(w.changes, objectAccount, a.id, opCreated, onWire)
	if entry != nil {
		c.changed(w.changes, objectJournalEntry, entry.id, opCreated, c.entryOnWire(entry))
	}
	return onWire, nil
}

// take gives an account what a checked draft says, but for its name and place.
func (a *account) take(draft *accountDraft) {
	a.number, a.description, a.active = draft.number, draft.description, draft.active
	a.of, a.subType = draft.of, draft.subType
}

// accountToUpdate finds the account that an update is for; nil without a fault means a create. The lock is held.
func (c *company) accountToUpdate(in *accountInput, operation string) (*account, *wire.Fault) {
	if in.ID.value() == "" {
		return nil, needsID(operation)
	}
	a := c.find(in.ID.value())
	if a == nil {
		return nil, oneFault(codeNotFound, "", detailInactive)
	}
	return a, checkSyncToken(in.SyncToken, a.syncToken)
}

// needsID is the fault of an update that does not say what it updates; nil for a create.
func needsID(operation string) *wire.Fault {
	if operation != operationUpdate {
		return nil
	}
	var wrong faults
	wrong.missing("Id")
	return wrong.fault()
}

// checkSyncToken says what is wrong with the SyncToken of an update.
func checkSyncToken(sent *text, present int) *wire.Fault {
	switch sent.value() {
	case strconv.Itoa(present):
		return nil
	case "":
		return oneFault(codeRequired, "SyncToken", "Required parameter SyncToken is missing in the request")
	}
	return stale()
}

func stale() *wire.Fault {
	return oneFault(codeStale, "", detailStale)
}

// draftAccount joins a request with the account it updates: a sparse update keeps what it does not name, a full one
// and a create start from nothing.
func draftAccount(in *accountInput, a *account) accountDraft {
	draft := accountDraft{active: true, subAccount: in.SubAccount != nil && *in.SubAccount}
	if a != nil && in.Sparse {
		draft.name, draft.number, draft.description, draft.active = a.name, a.number, a.description, a.active
		draft.typeName, draft.subType = a.of.name, a.subType
		if a.parent != nil {
			draft.parentID = wireID(a.parent.id)
		}
	}
	set(&draft.name, in.Name)
	set(&draft.number, in.AcctNum)
	set(&draft.description, in.Description)
	draft.setType(in)
	if in.Active != nil {
		draft.active = *in.Active
	}
	if id := in.ParentRef.id(); id != "" {
		draft.parentID = id
	}
	draft.name = nameByState(draft.name, draft.active, a == nil || a.active)
	return draft
}

// setType takes the type and sub-type that a request names. A new type alone brings its default sub-type with it, and
// where a request must name everything, a sub-type alone its type.
func (draft *accountDraft) setType(in *accountInput) {
	if in.AccountType != nil {
		if fold(draft.typeName) != fold(string(*in.AccountType)) {
			draft.subType = ""
		}
		draft.typeName = string(*in.AccountType)
	}
	set(&draft.subType, in.AccountSubType)
}

// nameByState adds the suffix of a deleted object to a name, or takes it away when the object comes back.
func nameByState(name string, active, wasActive bool) string {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return ""
	case active && !wasActive:
		return strings.TrimSuffix(name, deletedSuffix)
	case !active && !strings.HasSuffix(name, deletedSuffix):
		return name + deletedSuffix
	}
	return name
}

func set(to *string, from *text) {
	if from != nil {
		*to = string(*from)
	}
}
