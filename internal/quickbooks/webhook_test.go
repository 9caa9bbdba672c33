package quickbooks_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

const verifier = quickbooks.Secret("verifier-1")

func signed(body string) string {
	mac := hmac.New(sha256.New, []byte(verifier.Reveal()))
	mac.Write([]byte(body))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

const cloudEvent = `[{"specversion":"1.0","id":"e-1","source":"intuit.x=","type":"qbo.journalentry.deleted.v1",` +
	`"datacontenttype":"application/json","time":"2025-09-10T21:31:25.179851517Z","intuitentityid":"1234",` +
	`"intuitaccountid":"310687","data":{}}]`

const olderWebhook = `{"eventNotifications":[{"realmId":"310687","dataChangeEvent":{"entities":[{"name":"Account","id":"9",` +
	`"operation":"Create","lastUpdated":"2025-09-08T20:52:31.657Z"}]}}]}`

// TestWebhooks reads both forms, and believes no body that this app's verifier token did not sign.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]quickbooks.Change{
		cloudEvent: {
			Realm: "310687", Object: quickbooks.ObjectJournalEntry, ID: "1234", Operation: quickbooks.OperationDeleted, EventID: "e-1",
			At: time.Date(2025, 9, 10, 21, 31, 25, 179851517, time.UTC),
		},
		olderWebhook: {
			Realm: "310687", Object: quickbooks.ObjectAccount, ID: "9", Operation: quickbooks.OperationCreated,
			At: time.Date(2025, 9, 8, 20, 52, 31, 657e6, time.UTC),
		},
	} {
		got, err := quickbooks.VerifyWebhook(verifier, signed(body), []byte(body))
		if diff := cmp.Diff([]quickbooks.Change{want}, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
		right := signed(body)
		for name, signature := range map[string]string{
			"none": "", "of another body": signed(body + " "), "no base64": "%", "cut short": right[:len(right)-4],
			"too long": right + right, "half": right[:20],
		} {
			if got, err := quickbooks.VerifyWebhook(verifier, signature, []byte(body)); !errors.Is(err, quickbooks.ErrWebhookSignature) || got != nil {
				t.Errorf("signature %s: %v, %v", name, got, err)
			}
		}
		if _, err := quickbooks.VerifyWebhook("another", right, []byte(body)); !errors.Is(err, quickbooks.ErrWebhookSignature) {
			t.Errorf("another app: %v", err)
		}
		mac := hmac.New(sha256.New, nil)
		mac.Write([]byte(body))
		unkeyed := base64.StdEncoding.EncodeToString(mac.Sum(nil))
		if _, err := quickbooks.VerifyWebhook("", unkeyed, []byte(body)); !errors.Is(err, quickbooks.ErrWebhookSignature) {
			t.Errorf("no verifier token: %v", err)
		}
	}
}

// TestWebhookBodies: what is in neither form is refused; what is strange in one of them is taken or left out.
func TestWebhookBodies(t *testing.T) {
	t.Parallel()
	at := time.Date(2015, 10, 5, 21, 42, 19, 0, time.UTC)
	event := func(kind, rest string) string {
		return `{"type":"` + kind + `","intuitaccountid":"1","intuitentityid":"2",` + rest + `"data":{}}`
	}
	for name, tt := range map[string]struct {
		body string
		want []quickbooks.Change
		bad  bool
	}{
		"empty":            {"", nil, true},
		"another object":   {"{}", nil, true},
		"null":             {"null", nil, true},
		"numbers":          {"[1]", nil, true},
		"cut off":          {cloudEvent[:40], nil, true},
		"two values":       {"[][]", nil, true},
		"too large":        {"[" + strings.Repeat(" ", quickbooks.MaxWebhookBytes) + "]", nil, true},
		"largest":          {"[" + strings.Repeat(" ", quickbooks.MaxWebhookBytes-2) + "]", nil, false},
		"no events":        {"[]", nil, false},
		"no notifications": {`{"eventNotifications":[]}`, nil, false},
		"no entities":      {`{"eventNotifications":[{"realmId":"1"}]}`, nil, false},
		"an empty event":   {`[{},null]`, nil, false},
		"another product":  {"[" + event("payments.charge.created.v1", "") + "]", nil, false},
		"no operation":     {"[" + event("qbo.account", "") + "]", nil, false},
		"no object":        {"[" + event("qbo..created.v1", "") + "]", nil, false},
		"no realm":         {`[{"type":"qbo.account.created.v1","intuitentityid":"2"}]`, nil, false},
		"no realm at all":  {`[{"type":"qbo.account.created.v1","intuitentityid":"2","intuitaccountid":"../1"}]`, nil, false},
		"no id":            {`{"eventNotifications":[{"realmId":"1","dataChangeEvent":{"entities":[{"name":"Account","operation":"Create"}]}}]}`, nil, false},
		"an id out of bounds": {`{"eventNotifications":[{"realmId":"1","dataChangeEvent":{"entities":[{"name":"Account","operation":"Create","id":"a\u0000"},` +
			`{"name":"Account","operation":"Create","id":"` + strings.Repeat("9", 41) + `"}]}}]}`, nil, false},
		"unknown names, no time, numbers": {
			`{"eventNotifications":[{"realmId":310687,"dataChangeEvent":{"entities":[{"name":"TaxCode","id":7,"operation":"Emailed","lastUpdated":"soon"}]}}]}`,
			[]quickbooks.Change{{Realm: "310687", Object: "taxcode", ID: "7", Operation: "emailed"}},
			false,
		},
		"every operation, an offset without a colon": {
			`{"eventNotifications":[{"realmId":"1","dataChangeEvent":{"entities":[
				{"name":"Department","id":"2","operation":"Update","lastUpdated":"2015-10-05T14:42:19-0700"},
				{"name":"Class","id":"2","operation":"Merge"},{"name":"JournalEntry","id":"2","operation":"Void"},
				{"name":"customer","id":"2","operation":"Delete"}]}}]}`,
			[]quickbooks.Change{
				{Realm: "1", Object: quickbooks.ObjectDepartment, ID: "2", Operation: quickbooks.OperationUpdated, At: at},
				{Realm: "1", Object: quickbooks.ObjectClass, ID: "2", Operation: quickbooks.OperationMerged},
				{Realm: "1", Object: quickbooks.ObjectJournalEntry, ID: "2", Operation: quickbooks.OperationVoided},
				{Realm: "1", Object: quickbooks.ObjectCustomer, ID: "2", Operation: quickbooks.OperationDeleted},
			},
			false,
		},
		"a newer version, an odd event id": {
			"[" + event("QBO.Vendor.Updated.v2", `"id":"a\nb","time":7,`) + "," + event("qbo.account.created", `"id":"e-2",`) + "]",
			[]quickbooks.Change{
				{Realm: "1", Object: quickbooks.ObjectVendor, ID: "2", Operation: quickbooks.OperationUpdated},
				{Realm: "1", Object: quickbooks.ObjectAccount, ID: "2", Operation: quickbooks.OperationCreated, EventID: "e-2"},
			},
			false,
		},
	} {
		got, err := quickbooks.VerifyWebhook(verifier, signed(tt.body), []byte(tt.body))
		if errors.Is(err, quickbooks.ErrWebhookBody) != tt.bad || (err != nil) != tt.bad {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty(), cmpopts.EquateApproxTime(0)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", name, diff)
		}
	}
}

// TestWebhooksOfASimulator reads what a real simulator sends, in both forms.
func TestWebhooksOfASimulator(t *testing.T) {
	t.Parallel()
	for _, form := range []string{"cloudevents", "legacy"} {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			type call struct {
				changes []quickbooks.Change
				err     error
			}
			calls := make(chan call, 1)
			_, company := connectedSimulator(t, func(o *simulator.Options) {
				o.Apps = []simulator.App{{
					ClientID: simulator.DefaultClientID, ClientSecret: simulator.DefaultClientSecret,
					WebhookURL: "http://app.test/webhooks", VerifierToken: verifier.Reveal(),
				}}
				o.Switches = map[simulator.Switch]string{simulator.SwitchWebhookFormat: form}
				o.WebhookTransport = roundTripper(func(req *http.Request) (*http.Response, error) {
					body, err := io.ReadAll(req.Body)
					changes, wrong := quickbooks.VerifyWebhook(verifier, req.Header.Get(quickbooks.SignatureHeader), body)
					calls <- call{changes, errors.Join(err, wrong)}
					return respond(http.StatusOK, ""), nil
				})
			})
			entry, _, err := company.PostJournalEntry(t.Context(), bookable(t))
			if err != nil {
				t.Fatal(err)
			}
			got := <-calls
			if got.err != nil || len(got.changes) != 1 {
				t.Fatalf("got %+v, %v", got.changes, got.err)
			}
			change := got.changes[0]
			if change.At.IsZero() || (change.EventID == "") != (form == "legacy") {
				t.Errorf("got %+v", change)
			}
			change.At, change.EventID = time.Time{}, ""
			want := quickbooks.Change{
				Realm: simulator.DefaultRealm, Object: quickbooks.ObjectJournalEntry, ID: entry.ID, Operation: quickbooks.OperationCreated,
			}
			if diff := cmp.Diff(want, change); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzWebhook: whatever is signed gives changes that can be looked up and stored, or one of two errors.
func FuzzWebhook(f *testing.F) {
	f.Add(cloudEvent)
	f.Add(olderWebhook)
	f.Add(`[{"type":"qbo.a.b.v1","intuitaccountid":1,"intuitentityid":"\u0000"}]`)
	f.Fuzz(func(t *testing.T, body string) {
		changes, err := quickbooks.VerifyWebhook(verifier, signed(body), []byte(body))
		if err != nil && (len(changes) > 0 || !errors.Is(err, quickbooks.ErrWebhookBody)) {
			t.Errorf("%+v, %v", changes, err)
		}
		for _, c := range changes {
			if _, err := quickbooks.ParseRealmID(string(c.Realm)); err != nil || c.Object == "" || c.Operation == "" || c.ID == "" {
				t.Errorf("%+v", c)
			}
			for _, text := range []string{string(c.Object), string(c.Operation), c.ID, c.EventID} {
				if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) || utf8.RuneCountInString(text) > 100 {
					t.Errorf("%q is not fit for a log or a database", text)
				}
			}
		}
		if _, err := quickbooks.VerifyWebhook(verifier, signed(body+"x"), []byte(body)); err == nil {
			t.Error("a forged body was taken")
		}
	})
}
