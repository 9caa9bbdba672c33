package simulator

import (
	"fmt"
	"net/http"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// The codes of the service's faults that the simulator sends. Clients must go by them: the texts are localized at
// Intuit. The published table has names for 2060 and 2110 in one row with others; their order there is taken for granted.
const (
	codeUnsupported     = "500"
	codeNotFound        = "610"
	codeParentIsChild   = "900"
	codeBatchTooBig     = "1040"
	codeUnknownObject   = "2000"
	codeProperty        = "2010"
	codeRequired        = "2020"
	codeInvalidString   = "2040"
	codeLength          = "2050"
	codeDate            = "2060"
	codeAmount          = "2110"
	codeRequestID       = "2130"
	codeEnumeration     = "2170"
	codePostingType     = "2260"
	codeNegativeAmount  = "2290"
	codeUnbalanced      = "2300"
	codeReference       = "2500"
	codeQueryParse      = "4000"
	codeQueryInvalid    = "4001"
	codeStale           = "5010"
	codePermission      = "5020"
	codeFeature         = "5030"
	codeBusinessRule    = "6000"
	codeAccountType     = "6010"
	codeDuplicateNumber = "6140"
	codeSubLevel        = "6180"
	codePeriodClosed    = "6210"
	codeDuplicateName   = "6240"
	codeInternal        = "10000"
)

const (
	typeValidation = "ValidationFault"
	typeSystem     = "SystemFault"
)

// Details as recorded from Intuit, down to their slips of the pen.
const (
	detailInactive = "Object Not Found : Something you're trying to use has been made inactive. " +
		"Check the fields with accounts, customers, items, vendors or employees."
	detailDeleted      = "Object Not Found : Another user has deleted this transaction."
	detailPeriodClosed = "The account period has closed and the account books cannot be updated through " +
		"through the QBO Services API. Please use the QBO website to make these changes."
	detailDuplicateName = "The name supplied already exists. : Another account is already using this name.  " +
		"Please use a different name."
	detailStale = "Stale Object Error : You and root were working on this at the same time. root finished before " +
		"you did, so your work was not saved."
	detailAccountType = "Either an Account.AccountType or an Account.AccountSubType that goes with it must be specified"
	detailNotUTF8     = "Operation com.sun.org.apache.xerces.internal.impl.io.MalformedByteSequenceException: " +
		"Invalid byte of UTF-8 sequence is not supported."
	detailSameNumber = "Duplicate Document Number Error : You must specify a different number. This number has " +
		"already been used. DocNumber=%s is assigned to TxnType=Journal Entry with TxnId=%d"
)

// Business rules; on the wire "Business Validation Error: " stands before them. The first four are recorded.
const (
	ruleTwoLines       = "Fill out at least two detail lines to continue."
	ruleNoAmount       = "You must set a transaction amount."
	ruleNeedsCustomer  = "When you use Accounts Receivable, you must choose a customer in the Name field."
	ruleNeedsVendor    = "When you use Accounts Payable, you must choose a supplier/vendor in the Name field."
	ruleUnbalanced     = "Please balance debits and credits."
	ruleHasSubAccounts = "You can't make an account inactive that has active sub-accounts."
	ruleParentType     = "A sub-account must be of the same type as its parent account."
	ruleStandaloneType = "An account of this sub-type can be neither a parent nor a sub-account."
	rulePrefix         = "Business Validation Error: "
)

// elementReference is the element of a fault about a reference that leads nowhere.
const elementReference = "Reference Id"

// Names of the objects, as they stand in envelopes, batches and queries.
const (
	objectAccount      = "Account"
	objectCompanyInfo  = "CompanyInfo"
	objectJournalEntry = "JournalEntry"
	objectPreferences  = "Preferences"
	objectQuery        = "Query"
)

// maxFaultErrors bounds how much is said about an entry with thousands of wrong lines.
const maxFaultErrors = 50

// messageOf returns the Message that goes with a code.
func messageOf(code string) string {
	switch code {
	case codeUnsupported:
		return "Unsupported Operation"
	case codeNotFound:
		return "Object Not Found"
	case codeParentIsChild:
		return "Parent cannot be child"
	case codeBatchTooBig:
		return "Batch size exceeds allowed limit"
	case codeUnknownObject:
		return "Invalid or unsupported object name"
	case codeProperty:
		return "Request has invalid or unsupported property"
	case codeRequired:
		return "Required param missing, need to supply the required value for the API"
	case codeInvalidString:
		return "Invalid String"
	case codeLength:
		return "String length is either shorter or longer than supported by specification"
	case codeDate:
		return "Invalid Date"
	case codeAmount:
		return "Invalid Amount"
	case codeRequestID:
		return "Invalid Request Id Format"
	case codeEnumeration:
		return "Invalid Enumeration"
	case codePostingType:
		return "MissingPostingType"
	}
	return entryMessageOf(code)
}

func ruleMessageOf(code string) string {
	switch code {
	case codeNegativeAmount:
		return "NegativeAmount"
	case codeUnbalanced:
		return "Amount on debits not equal to credits"
	case codeReference:
		return "Invalid Reference Id"
	case codeQueryParse:
		return "Error parsing query"
	case codeQueryInvalid:
		return "Invalid query"
	case codeStale:
		return "Stale Object Error"
	case codeFeature:
		return "Feature Not Supported"
	case codeBusinessRule:
		return "A business validation error has occurred while processing your request"
	case codeAccountType:
		return "Invalid Account.AccountType && SubType"
	case codeDuplicateNumber:
		return "Duplicate Document Number Error"
	case codeSubLevel:
		return "Sub level limit (5)"
	case codePeriodClosed:
		return "Account Period Closed, Cannot Update Through Services API"
	case codeDuplicateName:
		return "Duplicate Name Exists Error"
	case codeInternal:
		return "An application error has occurred while processing your request"
	}
	return companyMessageOf(code)
}

// faults collects what is wrong with a request: Intuit reports several errors at once.
type faults []wire.FaultError

func (f *faults) addf(code, element, format string, args ...any) {
	if len(*f) < maxFaultErrors {
		*f = append(*f, faultError(code, element, format, args...))
	}
}

// rule adds a business rule that was broken.
func (f *faults) rule(text string) { f.addf(codeBusinessRule, "", "%s%s", rulePrefix, text) }

// missing adds a required parameter that is absent.
func (f *faults) missing(name string) {
	f.addf(codeRequired, name, "Required parameter %s is missing in the request", name)
}

// length adds a text that is too long, or too short.
func (f *faults) length(element string, least, most, is int) {
	f.addf(codeLength, element, "String length specified does not match the supported length. Min:%d Max:%d supplied:%d",
		least, most, is)
}

// fault returns the Fault, or nil if nothing is wrong.
func (f *faults) fault() *wire.Fault {
	if len(*f) == 0 {
		return nil
	}
	return &wire.Fault{Type: typeValidation, Error: *f}
}

func faultError(code, element, format string, args ...any) wire.FaultError {
	return wire.FaultError{
		Message: messageOf(code), Detail: fmt.Sprintf(format, args...), Code: code, Element: element,
	}
}

// oneFault makes a Fault of one error.
func oneFault(code, element, format string, args ...any) *wire.Fault {
	return &wire.Fault{
		Type: typeValidation, Error: []wire.FaultError{faultError(code, element, format, args...)},
	}
}

func businessRule(text string) *wire.Fault {
	return oneFault(codeBusinessRule, "", "%s%s", rulePrefix, text)
}

func systemFault(detail string) *wire.Fault {
	return &wire.Fault{Type: typeSystem, Error: []wire.FaultError{faultError(codeInternal, "", "%s", detail)}}
}

// unsaved is the fault of a request whose effect could not be made durable.
func unsaved(err error) *wire.Fault {
	return systemFault("System Failure Error: " + err.Error())
}

// serviceFault answers with the service's own envelope.
func (s *Simulator) serviceFault(fault *wire.Fault) answer {
	status := http.StatusBadRequest
	switch fault.Type {
	case typeSystem:
		status = http.StatusInternalServerError
	case typeAuthorization:
		status = http.StatusUnauthorized
	}
	if code := fault.Error[0].Code; (code == codePermission || code == codeFeature) && s.switches.is(SwitchPermissionStatus, statusDenied) {
		status = http.StatusForbidden
	}
	return s.resultAnswer(status, refused(fault))
}
