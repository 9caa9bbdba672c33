package simulator

import (
	"net/http"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// Envelope says in what form a fault is sent.
type Envelope string

// The envelopes.
const (
	EnvelopeService Envelope = "service" // {"Fault":{"Error":[...]}}
	EnvelopeGateway Envelope = "gateway" // {"fault":{"error":[...]}}
	EnvelopeXML     Envelope = "xml"     // XML, whatever was asked for
	EnvelopeOAuth   Envelope = "oauth"   // {"error":"..."}
	EnvelopeRaw     Envelope = "raw"     // plain text or HTML
)

// KnownFault is something that Intuit answers when things go wrong, as documented or recorded.
type KnownFault struct {
	// Name is what a FaultRule calls it: its code, with a word behind it where one code comes in several forms.
	Name string `json:"name"`
	// Code is the code in the body; empty where there is none.
	Code string `json:"code,omitempty"`
	// HTTPStatus is the status it comes with. Where none is published it is 400 for the service's own faults.
	HTTPStatus int `json:"httpStatus"`
	// Type is the type of the fault: ValidationFault, SystemFault, AUTHENTICATION, SERVICE ...
	Type string `json:"type,omitempty"`
	// Envelope is its form.
	Envelope Envelope `json:"envelope"`
	// Message and Detail are its texts; of a raw one Detail is the body. Clients must go by Code: texts are localized.
	Message string `json:"message,omitempty"`
	Detail  string `json:"detail,omitempty"`
	// Committed says that it comes although the write was done.
	Committed bool `json:"committed,omitempty"`
}

// KnownFaults returns every fault that can be made to happen by its name, in the order of the codes.
func KnownFaults() []KnownFault {
	var all []KnownFault
	for _, f := range serviceFaults() {
		known := KnownFault{
			Name: f.name, Code: f.code, HTTPStatus: http.StatusBadRequest, Type: typeValidation, Envelope: EnvelopeService,
			Message: f.message, Detail: f.detail,
		}
		switch f.code {
		case codeNoAccess:
			known.HTTPStatus, known.Type = http.StatusUnauthorized, typeAuthorization
		case codeInternal:
			known.HTTPStatus, known.Type = http.StatusInternalServerError, typeSystem
		}
		known.Committed = f.name == "6000-saved"
		all = append(all, known)
	}
	return append(append(all, gatewayFaults()...), otherFaults()...)
}

type serviceFaultRow struct{ name, code, message, detail string }

// serviceFaults are the rows of the published table of codes, with the texts recorded for them.
func serviceFaults() []serviceFaultRow {
	const validation = "A business validation error has occurred while processing your request"
	row := func(code, message, detail string) serviceFaultRow {
		return serviceFaultRow{code, code, message, detail}
	}
	return []serviceFaultRow{
		row("120", "Authorization Failure", detailNoAccess),
		row("130", "Accessing Wrong Cluster", ""),
		row("140", "Company Locked Out", ""),
		row("150", "Company Under Maintenance", ""),
		row("500", "Unsupported Operation", "Operation void is not supported."),
		row("600", "Duplicate Request ID", ""),
		row("610", "Object Not Found", detailInactive),
		{"610-deleted", "610", "Object Not Found", detailDeleted},
		row("620", "Txn ID Cannot Be Linked", ""),
		row("630", "Duplicate Object", ""),
		row("700", "Parent Reference Invalid", ""),
		row("800", "Cannot delete object", ""),
		row("900", "Parent cannot be child", ""),
		row("1040", "Batch size exceeds allowed limit", ""),
		row("2000", "Invalid or unsupported object name", ""),
		row("2010", "Request has invalid or unsupported property", "Property Name: Colour"),
		row("2020", "Required param missing, need to supply the required value for the API",
			"Required parameter AccountRef is missing in the request"),
		row("2030", "Invalid ID", ""),
		row("2040", "Invalid String", ""),
		row("2050", "String length is either shorter or longer than supported by specification",
			"String length specified does not match the supported length. Min:0 Max:21 supplied:22"),
		row("2060", "Invalid Date", ""),
		row("2070", "Invalid Number", ""),
		row("2090", "Invalid Decimal", ""),
		row("2110", "Invalid Amount", ""),
		row("2130", "Invalid Request Id Format", ""),
		row("2140", "Invalid Amount", ""),
		row("2170", "Invalid Enumeration", "Invalid Enumeration : HAS_BEEN_BILLED"),
		row("2250", "Missing lines", ""),
		row("2260", "MissingPostingType", ""),
		row("2270", "MissingTaxApplicableOn", ""),
		row("2280", "MissingTaxAmount", ""),
		row("2290", "NegativeAmount", ""),
		row("2300", "Amount on debits not equal to credits", ""),
		row("2500", "Invalid Reference Id", "Invalid Reference Id : Accounts element id 437 not found"),
		{"2500-class", "2500", "Invalid Reference Id", "Invalid Reference Id : Klasses element id 437 not found"},
		{"2500-department", "2500", "Invalid Reference Id", "Invalid Reference Id : Depts element id 437 not found"},
		{"2500-name", "2500", "Invalid Reference Id", "Invalid Reference Id : Names element id 437 not found"},
		row("4000", "Error parsing query", `QueryParserError: Encountered " <STRING> "x" at line 1, column 48`),
		row("4001", "Invalid query", "QueryValidationError: property 'Colour' is not queryable"),
		row("4002", "Query not processed", ""),
		row("5010", "Stale Object Error", detailStale),
		row("5020", "Permission Denied", ""),
		row("5030", "Feature Not Supported", ""),
		{"6000-lines", "6000", validation, rulePrefix + ruleTwoLines},
		{"6000-customer", "6000", validation, rulePrefix + ruleNeedsCustomer},
		{"6000-vendor", "6000", validation, rulePrefix + ruleNeedsVendor},
		{"6000-amount", "6000", validation, rulePrefix + ruleNoAmount},
		{"6000-unbalanced", "6000", validation, rulePrefix + ruleUnbalanced},
		{"6000-saved", "6000", validation, rulePrefix + "An unexpected error occurred while accessing or saving your " +
			"data. Please wait a few minutes and try again. If the problem persists, contact customer support."},
		row("6010", "Invalid Account.AccountType && SubType", detailAccountType),
		row("6060", "OpeningBalanceDate missing", ""),
		row("6140", "Duplicate Document Number Error", "Duplicate Document Number Error : You must specify a different "+
			"number. This number has already been used. DocNumber=AA_2025-07_7676ce is assigned to TxnType=Journal Entry "+
			"with TxnId=3632"),
		row("6150", "ParentRef required", ""),
		row("6180", "Sub level limit (5)", ""),
		row("6190", "Invalid Company Status", detailLapsed),
		row("6200", "Account Period Closed Error", ""),
		row("6210", "Account Period Closed, Cannot Update Through Services API", detailPeriodClosed),
		row("6240", "Duplicate Name Exists Error", detailDuplicateName),
		{"6240-id", "6240", "Duplicate Name Exists Error", "The name supplied already exists. : Id=1209"},
		row("6430", "Invalid account type used", ""),
		row("6540", "Deposited Transaction cannot be changed", ""),
		row("10000", "An application error has occurred while processing your request", "System Failure Error: internal error"),
		row("10100", "Result Set Big", ""),
		row("10200", "Company Reset", ""),
	}
}

// gatewayFaults are what Intuit's gateway answers before the service is reached.
func gatewayFaults() []KnownFault {
	known := func(name string, e gatewayError, envelope Envelope) KnownFault {
		return KnownFault{
			Name: name, Code: e.code, HTTPStatus: e.status, Type: e.kind, Envelope: envelope, Message: e.message,
			Detail: e.detail,
		}
	}
	missing := unauthenticated("")
	missing.code, missing.message = "3202", gatewayMessage("EmptyField", "003202", http.StatusUnauthorized)
	return []KnownFault{
		known("3001", throttled(), EnvelopeGateway),
		known("3001-service", throttled(), EnvelopeService),
		known("3001-xml", throttled(), EnvelopeXML),
		known("3100", unauthorized(), EnvelopeGateway),
		known("3200", unauthenticated("Token expired: AB01"), EnvelopeGateway),
		known("3200-revoked", unauthenticated("Token revoked"), EnvelopeGateway),
		known("3200-malformed", unauthenticated("Malformed bearer token: too short or too long"), EnvelopeGateway),
		known("3202", missing, EnvelopeGateway),
	}
}

// otherFaults are those without a code: what machines between Intuit and the client send, and the errors of OAuth2.
func otherFaults() []KnownFault {
	const page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
	raw := func(name string, status int, body string) KnownFault {
		return KnownFault{Name: name, HTTPStatus: status, Envelope: EnvelopeRaw, Message: http.StatusText(status), Detail: body}
	}
	oauth := func(name, code, description string, status int) KnownFault {
		return KnownFault{Name: name, Code: code, HTTPStatus: status, Envelope: EnvelopeOAuth, Message: code, Detail: description}
	}
	return []KnownFault{
		raw("200-html", http.StatusOK, "<html><body>Please sign in</body></html>\n"),
		raw("404", http.StatusNotFound, ""),
		raw("500-empty", http.StatusInternalServerError, ""),
		raw("502-html", http.StatusBadGateway, page),
		raw("503", http.StatusServiceUnavailable, "stream timeout"),
		raw("504", http.StatusGatewayTimeout, "stream timeout"),
		oauth("invalid_grant", "invalid_grant", "", http.StatusBadRequest),
		oauth("invalid_grant-dead", "invalid_grant", errDeadToken.Error(), http.StatusBadRequest),
		oauth("invalid_grant-type", "invalid_grant", errWrongToken.Error(), http.StatusBadRequest),
		oauth("invalid_client", "invalid_client", "", http.StatusUnauthorized),
	}
}

// asFault is a gateway's error as the service would send it.
func (e gatewayError) asFault() *wire.Fault {
	return &wire.Fault{Type: e.kind, Error: []wire.FaultError{{Message: e.message, Detail: e.detail, Code: e.code}}}
}

// answerOf makes the answer of a known fault.
func (s *Simulator) answerOf(f *KnownFault) answer {
	switch f.Envelope {
	case EnvelopeService:
		if f.HTTPStatus == http.StatusBadRequest {
			return s.serviceFault(f.asFault()) // whose status may be a matter of switches
		}
		return s.resultAnswer(f.HTTPStatus, refused(f.asFault()))
	case EnvelopeGateway:
		if f.Code == throttled().code {
			return s.throttledIn(gatewayJSON)
		}
		return s.gatewayFault(gatewayError{
			status: f.HTTPStatus, kind: f.Type, code: f.Code, message: f.Message, detail: f.Detail,
		})
	case EnvelopeXML:
		return s.throttledIn(anXML)
	case EnvelopeOAuth:
		return s.jsonAnswer(f.HTTPStatus, oauthError{Error: f.Code, Description: f.Detail})
	case EnvelopeRaw:
	}
	contentType := plainText
	if strings.HasPrefix(f.Detail, "<") {
		contentType = htmlPage
	}
	return answer{status: f.HTTPStatus, contentType: contentType, body: []byte(f.Detail)}
}

func (f *KnownFault) asFault() *wire.Fault {
	return &wire.Fault{Type: f.Type, Error: []wire.FaultError{{Message: f.Message, Detail: f.Detail, Code: f.Code}}}
}
