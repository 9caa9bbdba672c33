package quickbooks_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// Bodies as they were recorded.
const (
	gateway401 = `{"warnings":null,"intuitObject":null,"fault":{"error":[{"message":"message=AuthenticationFailed; errorCode=003200; statusCode=401","detail":"Token expired: AB01172","code":"3200","element":null}],"type":"AUTHENTICATION"},"report":null,"queryResponse":null,"batchItemResponse":[],"attachableResponse":[],"syncErrorResponse":null,"requestId":null,"time":1730024394085,"status":null,"cdcresponse":[]}`
	gateway403 = `{"warnings":null,"fault":{"error":[{"message":"message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403","detail":null,"code":"3100","element":null}],"type":"SERVICE"},"time":1730024394085}`
	xml429     = `<IntuitResponse time="2026-01-05T00:00:00.000-08:00"><Fault type="SERVICE"><Error code="3001"><Message>message=ThrottleExceeded; errorCode=003001; statusCode=429</Message><Detail>The request limit was reached.  Try again later</Detail></Error></Fault></IntuitResponse>`
	several    = `{"Fault":{"Error":[{"Message":"Required param missing, need to supply the required value for the API","Detail":"Required parameter AccountRef is missing in the request","code":"2020","element":"AccountRef"},{"Message":"Duplicate Document Number Error","Detail":"Duplicate Document Number Error : ... is assigned to TxnType=Journal Entry with TxnId=3632","code":"6140","element":""},{"Message":"Required param missing","Detail":"Required parameter Line is missing in the request","code":"2020","element":"Line"}],"type":"ValidationFault"},"time":"2026-03-12T07:19:05.137-07:00"}`
	htmlPage   = `<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><Fault type="x"><Error code="2300"/></Fault></body></html>`
	frenchRule = `{"Fault":{"Error":[{"Message":"Une erreur de validation métier s’est produite","Detail":"Remplissez au moins deux lignes de détail.","code":"6000","element":""}],"type":"ValidationFault"}}`
	admin120   = `{"Fault":{"Error":[{"Message":"Authorization Failure","Detail":"AuthorizationFailure: --11014-You do not have access to use QuickBooks Online Plus.","code":"120"}],"type":"AuthorizatonFault"}}`
	numberCode = `{"Fault":{"Error":[{"Message":null,"Detail":7,"code":6210,"element":{"odd":true}}],"type":null},"time":{}}`
	emptyFault = `{"Fault":{"Error":[],"type":"SystemFault"}}`
	noErrors   = `{"Fault":{"type":"AuthenticationFault"}}`
	truncated  = `{"JournalEntry":{"Id":"228","Line":[{"Amount":10`
	noEntry    = `{"time":"2026-10-01T12:45:32.183-07:00"}`
	badAmount  = `{"JournalEntry":{"Id":"228","Line":[{"Amount":10.001,"DetailType":"JournalEntryLineDetail"}]}}`
)

// answerCase is one whole answer to a write, and what must be made of it.
type answerCase struct {
	status  int
	body    string
	cause   quickbooks.Cause
	outcome quickbooks.Outcome
	code    string
	detail  string
}

func answerCases() map[string]answerCase {
	return map[string]answerCase{
		"gateway 401":              {401, gateway401, quickbooks.CauseTokenExpired, done, "3200", "Token expired"},
		"gateway 403":              {403, gateway403, quickbooks.CauseForbidden, done, "3100", "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"},
		"throttled, XML":           {429, xml429, quickbooks.CauseThrottled, done, "3001", "The request limit was reached.  Try again later"},
		"several errors":           {400, several, quickbooks.CauseDuplicateDocNumber, done, "6140", "Duplicate Document Number Error : ... is assigned to TxnType=Journal Entry with TxnId=3632"},
		"localized rule":           {400, frenchRule, quickbooks.CauseBusinessRule, done, "6000", "Remplissez au moins deux lignes de détail."},
		"not an admin":             {401, admin120, quickbooks.CauseUserNotAdmin, done, "120", "AuthorizationFailure: --11014-You do not have access to use QuickBooks Online Plus."},
		"odd types":                {400, numberCode, quickbooks.CausePeriodClosed, done, "6210", "7"},
		"fault in a 200":           {200, several, quickbooks.CauseDuplicateDocNumber, done, "6140", "Duplicate Document Number Error : ... is assigned to TxnType=Journal Entry with TxnId=3632"},
		"XML fault in a 200":       {200, xml429, quickbooks.CauseThrottled, done, "3001", "The request limit was reached.  Try again later"},
		"no errors, system":        {400, emptyFault, quickbooks.CauseServer, unknown, "", ""},
		"no errors, 200":           {200, noErrors, quickbooks.CauseTokenExpired, done, "", ""},
		"byte order mark":          {400, "\ufeff" + frenchRule, quickbooks.CauseBusinessRule, done, "6000", "Remplissez au moins deux lignes de détail."},
		"HTML 502":                 {502, htmlPage, quickbooks.CauseServer, unknown, "", ""},
		"HTML 504":                 {504, htmlPage, quickbooks.CauseServer, unknown, "", ""},
		"HTML 200":                 {200, htmlPage, quickbooks.CauseDecode, unknown, "", ""},
		"HTML 400":                 {400, htmlPage, quickbooks.CauseDecode, unknown, "", ""},
		"HTML 404":                 {404, htmlPage, quickbooks.CauseNotFound, done, "", ""},
		"HTML 429":                 {429, htmlPage, quickbooks.CauseThrottled, done, "", ""},
		"HTML 401":                 {401, htmlPage, quickbooks.CauseTokenExpired, done, "", ""},
		"HTML 403":                 {403, htmlPage, quickbooks.CauseForbidden, done, "", ""},
		"plain stream timeout":     {504, "stream timeout", quickbooks.CauseServer, unknown, "", ""},
		"plain 200 stream timeout": {200, "stream timeout", quickbooks.CauseDecode, unknown, "", ""},
		"request timeout":          {408, "", quickbooks.CauseTimeout, unknown, "", ""},
		"too large for them":       {413, "", quickbooks.CauseInvalidRequest, done, "", ""},
		"unavailable":              {503, "", quickbooks.CauseServer, unknown, "", ""},
		"empty 200":                {200, "", quickbooks.CauseDecode, unknown, "", ""},
		"truncated 200":            {200, truncated, quickbooks.CauseDecode, unknown, "", ""},
		"truncated 400":            {400, several[:len(several)-9], quickbooks.CauseDecode, unknown, "", ""},
		"two values":               {200, `{"JournalEntry":{"Id":"1"}}{}`, quickbooks.CauseDecode, unknown, "", ""},
		"no entry":                 {200, noEntry, quickbooks.CauseDecode, unknown, "", ""},
		"entry without id":         {200, `{"JournalEntry":{}}`, quickbooks.CauseDecode, unknown, "", ""},
		"amount not in cents":      {200, badAmount, quickbooks.CauseDecode, unknown, "", ""},
		"array":                    {200, `[]`, quickbooks.CauseDecode, unknown, "", ""},
		"null":                     {200, `null`, quickbooks.CauseDecode, unknown, "", ""},
		"unknown fault in a 200":   {200, `{"Fault":{"Error":[{"code":"1"}],"type":"New"}}`, quickbooks.CauseUnrecognized, unknown, "1", ""},
	}
}

// TestAnswersToWrite holds what is made of whole answers of every kind.
func TestAnswersToWrite(t *testing.T) {
	t.Parallel()
	for name, tt := range answerCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			})
			_, _, err := newClient(t, server).Company(realm, accessToken, unpaced).PostJournalEntry(t.Context(), entryRequest())
			e := failure(t, err, tt.cause, tt.outcome)
			if e.Code != tt.code || e.Detail != tt.detail || e.HTTPStatus != tt.status {
				t.Errorf("got code %q, detail %q, status %d", e.Code, e.Detail, e.HTTPStatus)
			}
			if strings.Contains(err.Error(), "AB01172") || strings.Contains(err.Error(), "<html") {
				t.Errorf("the error repeats what it must not: %v", err)
			}
		})
	}
}

// TestSeveralErrors keeps all errors of a fault, cleaned.
func TestSeveralErrors(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", 600)
	fault := &wire.Fault{Error: []wire.FaultError{
		{Code: "2020", Detail: "a\x00b\nc\xff"}, {Code: "6140", Detail: long + "TxnId=1"}, {Code: "10000"},
	}}
	for range 100 {
		fault.Error = append(fault.Error, wire.FaultError{Code: "2010"})
	}
	e := quickbooks.FaultError("create journal entry", fault)
	if e.Cause != quickbooks.CauseServer || e.Outcome != quickbooks.OutcomeUnknown {
		t.Errorf("got %s, %s: what leaves the outcome open must win", e.Cause, e.Outcome)
	}
	want := []wire.FaultError{
		{Code: "2020", Detail: "a b c\uFFFD"}, {Code: "6140", Detail: strings.Repeat("ä", 500) + "..."}, {Code: "10000"},
	}
	if diff := cmp.Diff(want, e.Errors[:3]); diff != "" || len(e.Errors) != 40 {
		t.Errorf("%d errors differ (-want +got):\n%s", len(e.Errors), diff)
	}
}

// TestReadFaults: a read never commits anything, and a missing object is not an inactive account.
func TestReadFaults(t *testing.T) {
	t.Parallel()
	const missing = `{"Fault":{"Error":[{"Message":"Object Not Found","Detail":"","code":"610"}],"type":"ValidationFault"}}`
	for name, tt := range map[string]struct {
		status int
		body   string
		cause  quickbooks.Cause
	}{
		"deleted":   {400, missing, quickbooks.CauseNotFound},
		"no page":   {404, htmlPage, quickbooks.CauseNotFound},
		"broken":    {500, "", quickbooks.CauseServer},
		"truncated": {200, truncated, quickbooks.CauseDecode},
		"no entry":  {200, noEntry, quickbooks.CauseDecode},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := fakeClient(t, func(*http.Request) (*http.Response, error) { return respond(tt.status, tt.body), nil })
			_, err := client.Company(realm, accessToken, unpaced).ReadJournalEntry(t.Context(), "228")
			wantFailure(t, err, tt.cause, quickbooks.OutcomeNotCommitted)
		})
	}
}

// TestRetryAfter honours the header within ten minutes, and waits the published minute without one.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		header string
		want   time.Duration
	}{
		"none, throttled":     {429, "", time.Minute},
		"seconds":             {429, "17", 17 * time.Second},
		"date":                {429, "Sat, 01 Jan 2000 00:00:30 GMT", 30 * time.Second},
		"date gone by":        {429, "Fri, 31 Dec 1999 23:00:00 GMT", time.Minute},
		"ten minutes":         {429, "600", 10 * time.Minute},
		"too long":            {429, "999999", 10 * time.Minute},
		"far too long":        {429, "99999999999999999999", time.Minute},
		"date too far":        {429, "Sun, 02 Jan 2000 00:00:00 GMT", 10 * time.Minute},
		"zero":                {429, "0", time.Minute},
		"junk":                {429, "soon", time.Minute},
		"negative":            {429, "-5", time.Minute},
		"unavailable":         {503, "5", 5 * time.Second},
		"unavailable, silent": {503, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { // the clock stands at 2000-01-01 00:00 UTC
				client := fakeClient(t, func(*http.Request) (*http.Response, error) {
					res := respond(tt.status, "")
					res.Header.Set("Retry-After", tt.header)
					return res, nil
				})
				_, _, err := client.Company(realm, accessToken, unpaced).PostJournalEntry(t.Context(), entryRequest())
				if e := asError(t, err); e.RetryAfter != tt.want {
					t.Errorf("got %v, want %v", e.RetryAfter, tt.want)
				}
			})
		})
	}
}
