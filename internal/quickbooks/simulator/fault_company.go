package simulator

import "github.com/tillpost/tillpost/internal/quickbooks/wire"

// The codes of faults about a company as a whole and about its lists.
const (
	codeNoAccess       = "120"
	codeParentInvalid  = "700"
	codeOpeningDate    = "6060"
	codeParentRequired = "6150"
	codeLapsed         = "6190"
)

// typeAuthorization is misspelt by Intuit too.
const typeAuthorization = "AuthorizatonFault"

// Details as recorded from Intuit.
const (
	detailNoAccess = "AuthorizationFailure: --11014-You do not have access to use QuickBooks Online Plus."
	detailLapsed   = "Subscription period has ended or canceled or there was a billing problem : You can't add data to " +
		"QuickBooks Online Plus because your trial or subscription period ended."
	detailSameName = "The name supplied already exists. : Id=%d"
)

// Business rules about lists and settings; their texts are the simulator's.
const (
	ruleSameAccountNumber = "You must specify a different account number. This number has already been used."
	ruleNoOpeningBalance  = "An account of this type can't be created with an opening balance."
	ruleOneClassTracking  = "Classes can be tracked for each transaction or for each line, not for both."
	ruleHasSubRows        = "You can't make something inactive that has active rows below it."
)

// companyMessageOf returns the Message that goes with a code about a company or its lists.
func companyMessageOf(code string) string {
	switch code {
	case codeNoAccess:
		return "Authorization Failure"
	case codeParentInvalid:
		return "Parent Reference Invalid"
	case codeOpeningDate:
		return "OpeningBalanceDate missing"
	case codeParentRequired:
		return "ParentRef required"
	case codeLapsed:
		return "Invalid Company Status"
	}
	return "Error " + code
}

// lapsed is the fault that every write gets while the company's subscription is not paid; reads still work.
func (c *company) lapsed() *wire.Fault {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !c.settings.SubscriptionLapsed {
		return nil
	}
	return oneFault(codeLapsed, "", detailLapsed)
}

// forsaken is the fault that every call gets once the person who connected has left the company.
func (c *company) forsaken() *wire.Fault {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !c.settings.ConnectorRemoved {
		return nil
	}
	return &wire.Fault{Type: typeAuthorization, Error: []wire.FaultError{faultError(codeNoAccess, "", detailNoAccess)}}
}
