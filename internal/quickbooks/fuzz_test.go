package quickbooks_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// FuzzAnswer gives any status and body to a write. Whatever comes, the result is an entry with an Id or a whole Error,
// and only an answer that can be read may say that nothing was written.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		gateway401, gateway403, xml429, several, htmlPage, frenchRule, admin120, numberCode, emptyFault, noErrors, truncated,
		noEntry, badAmount, `{"JournalEntry":{"Id":"1"}}`, "", "null", "stream timeout", "\ufeff{}", `{"Fault":{}}`,
		`<IntuitResponse><Fault><Error code="6140"><Detail>TxnId=</Detail></Error></Fault></IntuitResponse>`,
	} {
		for _, status := range []int{200, 302, 400, 401, 429, 500} {
			f.Add(status, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		status = 200 + (status%400+400)%400
		client := fakeClient(t, func(*http.Request) (*http.Response, error) { return respond(status, string(body)), nil })
		company := client.Company(realm, accessToken, unpaced)
		stored, receipt, err := company.PostJournalEntry(t.Context(), entryRequest())
		if receipt.HTTPStatus != status {
			t.Errorf("got receipt %+v", receipt)
		}
		if err == nil {
			if status > 299 || stored.ID == "" {
				t.Errorf("HTTP %d with %+v is a success", status, stored)
			}
			return
		}
		e := checkError(t, err)
		if status >= 500 && e.Outcome != quickbooks.OutcomeUnknown {
			t.Errorf("HTTP %d says that nothing was written: %v", status, e)
		}
		if status <= 299 && len(e.Errors) == 0 && e.Outcome != quickbooks.OutcomeUnknown &&
			!strings.Contains(strings.ToLower(string(body)), "fault") {
			t.Errorf("an answer without a fault says that nothing was written: %v", e)
		}
		if read, err := company.ReadJournalEntry(t.Context(), "1"); err == nil {
			if len(read.Line) > 0 { // what cannot be read exactly comes without lines
				t.Error("a read takes what a write does not")
			}
		} else if e := checkError(t, err); e.Outcome != quickbooks.OutcomeNotCommitted {
			t.Errorf("a read may have written: %v", e)
		}
	})
}

// FuzzFaultError classifies any fault of a batch item.
func FuzzFaultError(f *testing.F) {
	for _, c := range codeCases() {
		f.Add(c.code, c.message, c.detail, c.faultType)
	}
	f.Add("0", "\xff", "\x00", "SystemFault")
	f.Fuzz(func(t *testing.T, code, message, detail, faultType string) {
		e := checkError(t, quickbooks.FaultError("create journal entry", &wire.Fault{
			Type: faultType, Error: []wire.FaultError{{Code: code, Message: message, Detail: detail}},
		}))
		system := strings.EqualFold(strings.TrimSpace(faultType), "SystemFault")
		if want := e.Cause.Facts().Outcome; e.Outcome != want && !system || system && e.Outcome != quickbooks.OutcomeUnknown {
			t.Errorf("got %s for %s of type %q", e.Outcome, e.Cause, faultType)
		}
	})
}

// checkError holds what is true of every Error.
func checkError(t *testing.T, err error) *quickbooks.Error {
	t.Helper()
	e, ok := errors.AsType[*quickbooks.Error](err)
	if !ok {
		t.Fatalf("got %v, want an *Error", err)
	}
	if e.Cause > lastCause || e.Op == "" || e.RetryAfter < 0 || len(e.Errors) > 40 {
		t.Errorf("got %+v", e)
	}
	texts := []string{e.Error(), e.Detail, e.Code, e.ExistingID}
	for _, item := range e.Errors {
		texts = append(texts, item.Message, item.Detail, item.Code, item.Element)
	}
	for i, text := range texts {
		control := strings.ContainsFunc(text, unicode.IsControl)
		if !utf8.ValidString(text) || control || (i > 0 && utf8.RuneCountInString(text) > 503) || len(text) > 8000 {
			t.Errorf("text %q is not fit for a log or a database", text)
		}
	}
	return e
}

// FuzzQuote checks that no DocNumber can leave its quotes: read back by the rules of the query language it is the same.
func FuzzQuote(f *testing.F) {
	for _, doc := range []string{"LS-1", `O'Brien`, `\`, `\'`, `' or DocNumber = '`, "ü'\\"} {
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc string) {
		if doc == "" || !utf8.ValidString(doc) {
			return
		}
		var statement string
		client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
			statement = req.URL.Query().Get("query")
			return respond(200, `{"QueryResponse":{}}`), nil
		})
		if _, err := client.Company(realm, accessToken, unpaced).FindJournalEntries(t.Context(), doc); err != nil {
			t.Fatal(err)
		}
		rest, ok := strings.CutPrefix(statement, "select * from JournalEntry where DocNumber = '")
		var got strings.Builder
		for ok && rest != "" && rest[0] != '\'' {
			if rest[0] == '\\' {
				rest = rest[1:]
			}
			got.WriteByte(rest[0])
			rest = rest[1:]
		}
		if got.String() != doc || rest != "' orderby Id startposition 1 maxresults 1000" {
			t.Errorf("%q travelled as %q", doc, statement)
		}
	})
}

// FuzzEncode checks that an entry's texts and amounts come back from its encoding unchanged.
func FuzzEncode(f *testing.F) {
	f.Add("LS-1", "note <&> \u2028", int64(12345))
	f.Add("", "\x00", int64(-1))
	f.Fuzz(func(t *testing.T, doc, note string, amount int64) {
		e := wire.JournalEntry{DocNumber: doc, PrivateNote: note, Line: []wire.JournalLine{{Amount: wire.Decimal(amount)}}}
		body, err := quickbooks.EncodeJournalEntry(e)
		if err != nil {
			return
		}
		var got wire.JournalEntry
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatal(err)
		}
		if got.DocNumber != doc || got.PrivateNote != note || got.Line[0].Amount != wire.Decimal(amount) {
			t.Errorf("got %+v", got)
		}
	})
}

// FuzzGrant gives any status and body to a refresh. Whatever comes, the result is a whole token or a whole Error without
// a secret in it, and only an answer that says so ends the connection.
func FuzzGrant(f *testing.F) {
	for _, body := range []string{
		granted, `{"error":"invalid_grant"}`, `{"error":"invalid_grant","x_error_reason":"user_not_in_realm"}`, gateway401, xml429,
		htmlPage, `{"access_token":"a","expires_in":"x"}`, `{"error":{},"access_token":7}`, "", "null", "[]", "RT1-old",
	} {
		for _, status := range []int{200, 302, 400, 401, 500} {
			f.Add(status, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		status = 200 + (status%400+400)%400
		client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
			if req.Method == http.MethodGet {
				return respond(200, document), nil
			}
			return respond(status, string(body)), nil
		})
		token, err := client.Refresh(t.Context(), "RT1-old-and-secret")
		if err == nil {
			if status > 299 || token.Access == "" || token.Refresh == "" || token.AccessExpiresAt.IsZero() {
				t.Errorf("HTTP %d with %+v is a success", status, token)
			}
			return
		}
		e := checkError(t, err)
		if e.Facts().Reconnect && (e.Code != "invalid_grant" || status >= 500) {
			t.Errorf("HTTP %d with %q ends the connection: %v", status, body, e)
		}
		if strings.Contains(e.Error(), "RT1-old-and-secret") || strings.Contains(e.Error(), appSecret.Reveal()) {
			t.Errorf("a secret got out: %v", e)
		}
	})
}

// FuzzChanges gives any body to change data capture.
func FuzzChanges(f *testing.F) {
	f.Add([]byte(`{"CDCResponse":[{"QueryResponse":[{"Account":[{"Id":"1","CurrentBalance":1.001}],"totalCount":2},{}]}],"time":"x"}`))
	f.Add([]byte(`{"CDCResponse":[{"QueryResponse":[{"JournalEntry":[{"Id":"7","status":"Deleted","MetaData":{"LastUpdatedTime":"x"}}]}]}]}`))
	f.Add([]byte(`{"CDCResponse":[{"Fault":{}}],"time":7}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := changes(t, 200, string(body), quickbooks.ObjectAccount, quickbooks.ObjectJournalEntry)
		if err != nil {
			checkError(t, err)
			return
		}
		for _, gone := range got.Deleted {
			if gone.Realm != realm || gone.Object != quickbooks.ObjectJournalEntry || gone.Operation != quickbooks.OperationDeleted {
				t.Errorf("got %+v", gone)
			}
		}
	})
}
