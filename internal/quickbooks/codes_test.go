package quickbooks_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// codeCase is one code of Intuit's table, as it comes on a write, and what must be made of it.
type codeCase struct {
	code    string
	status  int
	message string
	detail  string
	cause   quickbooks.Cause
	outcome quickbooks.Outcome
}

const (
	done    = quickbooks.OutcomeNotCommitted // nothing was written
	unknown = quickbooks.OutcomeUnknown
)

// codeCases has every code of the reference, with the recorded texts where one is known.
func codeCases() []codeCase {
	invalid := func(code, message string) codeCase {
		return codeCase{code, 400, message, "", quickbooks.CauseInvalidRequest, done}
	}
	rule := func(detail string) codeCase {
		const message = "A business validation error has occurred while processing your request"
		return codeCase{"6000", 400, message, "Business Validation Error: " + detail, quickbooks.CauseBusinessRule, done}
	}
	cases := []codeCase{
		{"120", 401, "Authorization Failure", "AuthorizationFailure: --11014-You do not have access to use QuickBooks Online Plus.", quickbooks.CauseUserNotAdmin, done},
		{"130", 400, "Accessing Wrong Cluster", "", quickbooks.CauseCompanyUnavailable, done},
		{"140", 400, "Company Locked Out", "", quickbooks.CauseCompanyUnavailable, done},
		{"150", 400, "Company Under Maintenance", "", quickbooks.CauseCompanyUnavailable, done},
		{"600", 400, "Duplicate Request ID", "", quickbooks.CauseDuplicateRequestID, unknown},
		{"610", 400, "Object Not Found", "Object Not Found : Something you're trying to use has been made inactive. Check the fields with accounts, customers, items, vendors or employees.", quickbooks.CauseAccountInactive, done},
		{"610", 400, "Object Not Found", "Object Not Found : Another user has deleted this transaction.", quickbooks.CauseAccountInactive, done},
		{"2300", 400, "Amount on debits not equal to credits", "", quickbooks.CauseUnbalanced, done},
		{"2500", 400, "Invalid Reference Id", "Invalid Reference Id : Accounts element id 437 not found", quickbooks.CauseAccountNotFound, done},
		{"2500", 400, "Invalid Reference Id", "Invalid Reference Id : Klasses element id 9 not found", quickbooks.CauseAccountNotFound, done},
		{"003001", 429, "message=ThrottleExceeded; errorCode=003001; statusCode=429", "The request limit was reached.  Try again later", quickbooks.CauseThrottled, done},
		{"3001", 403, "message=ThrottleExceeded; errorCode=003001; statusCode=403", "", quickbooks.CauseThrottled, done},
		{"3100", 403, "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403", "", quickbooks.CauseForbidden, done},
		{"3200", 401, "message=AuthenticationFailed; errorCode=003200; statusCode=401", "Token revoked", quickbooks.CauseTokenExpired, done},
		{"003201", 403, "message=AuthorizationFailure; errorCode=003201; statusCode=403", "", quickbooks.CauseForbidden, done},
		{"3202", 401, "EmptyField", "", quickbooks.CauseTokenExpired, done},
		{"5010", 400, "Stale Object Error", "Stale Object Error : You and root were working on this at the same time.", quickbooks.CauseStaleObject, done},
		{"5020", 400, "Permission Denied", "", quickbooks.CausePermission, done},
		{"5020", 403, "Permission Denied", "", quickbooks.CausePermission, done},
		{"5030", 400, "Feature Not Supported", "", quickbooks.CausePermission, done},
		rule("Fill out at least two detail lines to continue."),
		rule("When you use Accounts Receivable, you must choose a customer in the Name field."),
		rule("When you use Accounts Payable, you must choose a supplier/vendor in the Name field."),
		rule("You must set a transaction amount."),
		{"6000", 400, "A business validation error has occurred while processing your request", "Business Validation Error: An unexpected error occurred while accessing or saving your data. Please wait a few minutes and try again. If the problem persists, contact customer support.", quickbooks.CauseSavedAllTheSame, unknown},
		{"6140", 400, "Duplicate Document Number Error", "Duplicate Document Number Error : You must specify a different number. This number has already been used. DocNumber=AA_2025-07_7676ce is assigned to TxnType=Journal Entry with TxnId=3632", quickbooks.CauseDuplicateDocNumber, done},
		{"6190", 400, "Invalid Company Status", "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks Online Plus because your trial or subscription period ended.", quickbooks.CauseSubscriptionLapsed, done},
		{"6200", 400, "Account Period Closed Error", "", quickbooks.CausePeriodClosed, done},
		{"6210", 400, "Account Period Closed, Cannot Update Through Services API", "The account period has closed and the account books cannot be updated through through the QBO Services API. Please use the QBO website to make these changes.", quickbooks.CausePeriodClosed, done},
		{"6430", 400, "Invalid account type used", "", quickbooks.CauseBusinessRule, done},
		{"6540", 400, "Deposited Transaction cannot be changed", "", quickbooks.CauseBusinessRule, done},
		{"10000", 500, "An application error has occurred while processing your request", "System Failure Error: java.lang.NullPointerException", quickbooks.CauseServer, unknown},
		{"10000", 200, "An application error has occurred while processing your request", "", quickbooks.CauseServer, unknown},
		{"10100", 400, "Result Set Big", "", quickbooks.CauseServer, unknown},
		{"10200", 400, "Company Reset", "", quickbooks.CauseServer, unknown},
		// A code that says that nothing was written is not believed when the server failed.
		{"6140", 500, "Duplicate Document Number Error", "", quickbooks.CauseDuplicateDocNumber, unknown},
		{"2300", 200, "Amount on debits not equal to credits", "", quickbooks.CauseUnbalanced, done},
		// Codes that nobody has seen.
		{"77777", 400, "New", "", quickbooks.CauseInvalidRequest, done},
		{"77777", 503, "New", "", quickbooks.CauseServer, unknown},
		{"", 429, "New", "", quickbooks.CauseThrottled, done},
	}
	for code, message := range invalidCodes() {
		cases = append(cases, invalid(code, message))
	}
	return cases
}

// invalidCodes has the codes of requests that cannot be right.
func invalidCodes() map[string]string {
	return map[string]string{
		"500": "Unsupported Operation", "620": "Txn ID Cannot Be Linked", "630": "Duplicate Object",
		"700": "Parent Reference Invalid", "800": "Cannot delete object", "900": "Parent cannot be child",
		"1040": "Batch size exceeds allowed limit", "2000": "Invalid or unsupported object name",
		"2010": "Request has invalid or unsupported property", "2020": "Required param missing", "2030": "Invalid ID",
		"2040": "Invalid String", "2050": "String length", "2060": "date", "2070": "number", "2090": "decimal",
		"2110": "amount", "2130": "Invalid Request Id Format", "2140": "amount", "2170": "Invalid Enumeration",
		"2250": "Missing lines", "2260": "MissingPostingType", "2270": "MissingTaxApplicableOn", "2280": "MissingTaxAmount",
		"2290": "NegativeAmount", "4000": "Error parsing query", "4001": "invalid query", "4002": "not processed",
		"6010": "Invalid Account.AccountType", "6060": "OpeningBalanceDate missing", "6150": "ParentRef required",
		"6180": "Sub level limit", "6240": "Duplicate Name Exists Error",
	}
}

// envelopes writes a fault in every shape that Intuit sends.
func envelopes(t *testing.T, c codeCase) map[string]string {
	t.Helper()
	fault := wire.Fault{Type: "ValidationFault", Error: []wire.FaultError{{
		Message: c.message, Detail: c.detail, Code: c.code, Element: "",
	}}}
	service, err := json.Marshal(map[string]any{"Fault": fault, "time": "2026-03-12T07:19:05.137-07:00"})
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := json.Marshal(map[string]any{
		"warnings": nil, "intuitObject": nil, "queryResponse": nil, "batchItemResponse": []any{}, "time": 1730024394085,
		"fault": map[string]any{"type": "SERVICE", "error": []any{map[string]any{
			"message": c.message, "detail": c.detail, "code": c.code, "element": nil,
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var message, detail strings.Builder
	if err := xml.EscapeText(&message, []byte(c.message)); err != nil {
		t.Fatal(err)
	}
	if err := xml.EscapeText(&detail, []byte(c.detail)); err != nil {
		t.Fatal(err)
	}
	inner := fmt.Sprintf(`<Fault type="ValidationFault"><Error code="%s" element=""><Message>%s</Message><Detail>%s</Detail>`+
		`</Error></Fault>`, c.code, message.String(), detail.String())
	return map[string]string{
		"service": string(service),
		"gateway": string(gateway),
		"xml":     `<IntuitResponse time="2026-03-12T07:19:05.137-07:00">` + inner + `</IntuitResponse>`,
		"xmlns": `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
			`<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="2026">` + inner + `</IntuitResponse>`,
	}
}

// TestCodes gives the client every code in every envelope, under a content type that is wrong half of the time.
func TestCodes(t *testing.T) {
	t.Parallel()
	for _, c := range codeCases() {
		for shape, body := range envelopes(t, c) {
			t.Run(fmt.Sprintf("%s/%d/%s", c.code, c.status, shape), func(t *testing.T) {
				t.Parallel()
				client := fakeClient(t, func(*http.Request) (*http.Response, error) {
					res := respond(c.status, body)
					res.Header.Set("Content-Type", "text/html")
					return res, nil
				})
				_, receipt, err := client.Company(realm, accessToken).PostJournalEntry(t.Context(), entryRequest())
				e := failure(t, err, c.cause, c.outcome)
				wantCode := strings.TrimLeft(c.code, "0")
				if e.Code != wantCode || e.HTTPStatus != c.status || e.IntuitTID != "1-628f0be4" || e.Realm != realm {
					t.Errorf("got code %q, status %d, tid %q, realm %s", e.Code, e.HTTPStatus, e.IntuitTID, e.Realm)
				}
				if receipt.HTTPStatus != c.status || receipt.IntuitTID != e.IntuitTID {
					t.Errorf("got receipt %+v", receipt)
				}
				checkTexts(t, c, e)
			})
		}
	}
}

func checkTexts(t *testing.T, c codeCase, e *quickbooks.Error) {
	t.Helper()
	wantDetail := c.detail
	if wantDetail == "" {
		wantDetail = c.message
	}
	if e.Detail != wantDetail {
		t.Errorf("got detail %q, want %q", e.Detail, wantDetail)
	}
	wantID := ""
	if strings.Contains(c.detail, "TxnId=3632") {
		wantID = "3632"
	}
	if e.ExistingID != wantID {
		t.Errorf("got existing id %q, want %q", e.ExistingID, wantID)
	}
	if (e.Cause == quickbooks.CauseThrottled) != (e.RetryAfter > 0) {
		t.Errorf("got RetryAfter %v for %s", e.RetryAfter, e.Cause)
	}
	if len(e.Errors) != 1 || e.Errors[0].Code != e.Code {
		t.Errorf("got errors %+v", e.Errors)
	}
}

// TestFaultErrorCodes gives the same codes to the classification of batch items.
func TestFaultErrorCodes(t *testing.T) {
	t.Parallel()
	for _, c := range codeCases() {
		if c.status != http.StatusBadRequest || c.code == "77777" {
			continue // A batch is answered with 200 and its items carry no status of their own.
		}
		e := quickbooks.FaultError("create journal entry", &wire.Fault{
			Type: "ValidationFault", Error: []wire.FaultError{{Message: c.message, Detail: c.detail, Code: c.code}},
		})
		if e.Cause != c.cause || e.Outcome != c.outcome || e.HTTPStatus != http.StatusOK {
			t.Errorf("%s: got %s, %s, status %d", c.code, e.Cause, e.Outcome, e.HTTPStatus)
		}
		checkTexts(t, c, e)
	}
	if e := quickbooks.FaultError("create journal entry", nil); e != nil {
		t.Errorf("got %v for no fault", e)
	}
}
