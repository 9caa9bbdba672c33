package quickbooks_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

const (
	done    = quickbooks.OutcomeNotCommitted // nothing was written
	unknown = quickbooks.OutcomeUnknown
)

// codeCase is one code as it comes on a write, and what must be made of it.
type codeCase struct {
	name       string
	code       string
	status     int
	faultType  string
	message    string
	detail     string
	cause      quickbooks.Cause
	outcome    quickbooks.Outcome
	existingID string
}

// codeCases has every known fault that carries a code, and codes in places where they were not recorded.
func codeCases() []codeCase {
	cases := oddCodes()
	want := meanings()
	for _, known := range simulator.KnownFaults() {
		meant, ok := want[known.Name]
		if !ok || known.Envelope == simulator.EnvelopeRaw {
			continue
		}
		cases = append(cases, codeCase{
			known.Name, known.Code, known.HTTPStatus, known.Type, known.Message, known.Detail, meant.Cause, meant.Outcome,
			meant.ExistingID,
		})
	}
	return cases
}

// savedDetail is the one recorded text that comes although the entry may have been saved; savedInFrench is how it might
// come to a company in France.
const (
	savedDetail = "Business Validation Error: An unexpected error occurred while accessing or saving your data. Please wait a " +
		"few minutes and try again. If the problem persists, contact customer support."
	savedInFrench = "Erreur de validation : Une erreur inattendue s’est produite. Veuillez patienter quelques minutes."
)

func oddCodes() []codeCase {
	const (
		validation, system = "ValidationFault", "SystemFault"
		service            = "SERVICE"
		taken              = "Duplicate Document Number Error : ... is assigned to TxnType=Journal Entry with TxnId=3632"
	)
	return []codeCase{
		{"leading zeros", "003001", 429, service, "ThrottleExceeded", "", quickbooks.CauseThrottled, done, ""},
		{"before 2016", "3001", 403, service, "ThrottleExceeded", "", quickbooks.CauseThrottled, done, ""},
		{"in a 200", "3001", 200, service, "ThrottleExceeded", "", quickbooks.CauseThrottled, done, ""},
		{"3201", "003201", 403, service, "AuthorizationFailure", "", quickbooks.CauseForbidden, done, ""},
		{"5020 as 403", "5020", 403, validation, "Permission Denied", "", quickbooks.CausePermission, done, ""},
		{"5030 as 403", "5030", 403, validation, "Feature Not Supported", "", quickbooks.CausePermission, done, ""},
		{"made inactive", "2500", 400, validation, "Invalid Reference Id", "Invalid Reference Id : Something you're trying to use has been made inactive.", quickbooks.CauseAccountNotFound, done, ""},
		{"10000 as 200", "10000", 200, system, "An application error", "", quickbooks.CauseServer, unknown, ""},
		{"2300 as 200", "2300", 200, validation, "Amount on debits", "", quickbooks.CauseUnbalanced, done, ""},
		// A 6000 is told from a rule by its English text, in either field, or by a type that leaves no doubt.
		{"saved", "6000", 400, validation, "A business validation error", savedDetail, quickbooks.CauseSavedAllTheSame, unknown, ""},
		{"saved, shouted", "6000", 400, validation, strings.ToUpper(savedDetail), "", quickbooks.CauseSavedAllTheSame, unknown, ""},
		{"6000 of the system", "6000", 400, system, "", "Erreur", quickbooks.CauseSavedAllTheSame, unknown, ""},
		{"saved, in French", "6000", 400, validation, "", savedInFrench, quickbooks.CauseBusinessRule, done, ""},
		// A code that says that nothing was written is not believed when the server failed.
		{"6140 as 500", "6140", 500, validation, "Duplicate", taken, quickbooks.CauseDuplicateDocNumber, unknown, "3632"},
		{"6140 of the system", "6140", 400, "systemfault", "Duplicate", taken, quickbooks.CauseDuplicateDocNumber, unknown, "3632"},
		// An Id is read from no other code than its own.
		{"an Id of nothing", "6000", 400, validation, "", "TxnId=3632 Id=1209", quickbooks.CauseBusinessRule, done, ""},
		{"an owner unnamed", "6240", 400, validation, "", "Another account is already using this name.", quickbooks.CauseDuplicateName, done, ""},
		// Codes that nobody has seen.
		{"new", "77777", 400, validation, "New", "", quickbooks.CauseInvalidRequest, done, ""},
		{"new as 503", "77777", 503, validation, "New", "", quickbooks.CauseServer, unknown, ""},
		{"new of the system", "77777", 400, system, "New", "", quickbooks.CauseServer, unknown, ""},
		{"none", "", 429, service, "New", "", quickbooks.CauseThrottled, done, ""},
	}
}

// envelopes writes a fault in every shape that Intuit sends.
func envelopes(t *testing.T, c codeCase) map[string]string {
	t.Helper()
	fault := wire.Fault{Type: c.faultType, Error: []wire.FaultError{{
		Message: c.message, Detail: c.detail, Code: c.code, Element: "",
	}}}
	service, err := json.Marshal(map[string]any{"Fault": fault, "time": "2026-03-12T07:19:05.137-07:00"})
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := json.Marshal(map[string]any{
		"warnings": nil, "intuitObject": nil, "queryResponse": nil, "batchItemResponse": []any{}, "time": 1730024394085,
		"fault": map[string]any{"type": c.faultType, "error": []any{map[string]any{
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
	inner := fmt.Sprintf(`<Fault type="%s"><Error code="%s" element=""><Message>%s</Message><Detail>%s</Detail>`+
		`</Error></Fault>`, c.faultType, c.code, message.String(), detail.String())
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
			t.Run(c.name+"/"+shape, func(t *testing.T) {
				t.Parallel()
				client := fakeClient(t, func(*http.Request) (*http.Response, error) {
					res := respond(c.status, body)
					res.Header.Set("Content-Type", "text/html")
					return res, nil
				})
				_, receipt, err := client.Company(realm, accessToken, unpaced).PostJournalEntry(t.Context(), entryRequest())
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
	if c.cause == quickbooks.CauseTokenExpired {
		wantDetail, _, _ = strings.Cut(c.detail, ":") // what follows is the head of a token
	}
	if wantDetail == "" {
		wantDetail = c.message
	}
	if e.Detail != wantDetail {
		t.Errorf("got detail %q, want %q", e.Detail, wantDetail)
	}
	if e.ExistingID != c.existingID {
		t.Errorf("got existing id %q, want %q", e.ExistingID, c.existingID)
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
		if c.status != http.StatusBadRequest {
			continue // A batch is answered with 200 and its items carry no status of their own.
		}
		e := quickbooks.FaultError("create journal entry", &wire.Fault{
			Type: c.faultType, Error: []wire.FaultError{{Message: c.message, Detail: c.detail, Code: c.code}},
		})
		if e.Cause != c.cause || e.Outcome != c.outcome || e.HTTPStatus != http.StatusOK {
			t.Errorf("%s: got %s, %s, status %d", c.name, e.Cause, e.Outcome, e.HTTPStatus)
		}
		checkTexts(t, c, e)
	}
	if e := quickbooks.FaultError("create journal entry", nil); e != nil {
		t.Errorf("got %v for no fault", e)
	}
}
