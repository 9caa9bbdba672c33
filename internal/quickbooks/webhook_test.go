package quickbooks_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks"
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

func TestWebhooks(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]quickbooks.WebhookChange{
		cloudEvent: {{
			Realm: "310687", Object: "journalentry", ID: "1234", Operation: "deleted", EventID: "e-1",
			At: time.Date(2025, 9, 10, 21, 31, 25, 179851517, time.UTC),
		}},
		olderWebhook: {{
			Realm: "310687", Object: "account", ID: "9", Operation: "created", At: time.Date(2025, 9, 8, 20, 52, 31, 657e6, time.UTC),
		}},
	} {
		got, err := quickbooks.VerifyWebhook(verifier, signed(body), []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		for name, signature := range map[string]string{"none": "", "other": signed(body + " "), "no base64": "%"} {
			if _, err := quickbooks.VerifyWebhook(verifier, signature, []byte(body)); !errors.Is(err, quickbooks.ErrWebhookSignature) {
				t.Errorf("signature %s: %v", name, err)
			}
		}
		if _, err := quickbooks.VerifyWebhook("", signed(body), []byte(body)); !errors.Is(err, quickbooks.ErrWebhookSignature) {
			t.Errorf("no verifier token: %v", err)
		}
	}
	for _, body := range []string{"", "{}", "[1]", "null", `[{"type":"x"}]`, `{"eventNotifications":[{"realmId":"x"}]}`} {
		if _, err := quickbooks.VerifyWebhook(verifier, signed(body), []byte(body)); !errors.Is(err, quickbooks.ErrWebhookBody) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func FuzzWebhook(f *testing.F) {
	f.Add(cloudEvent)
	f.Add(olderWebhook)
	f.Fuzz(func(t *testing.T, body string) {
		changes, err := quickbooks.VerifyWebhook(verifier, signed(body), []byte(body))
		if err != nil && (len(changes) > 0 || !errors.Is(err, quickbooks.ErrWebhookBody)) {
			t.Errorf("%+v, %v", changes, err)
		}
	})
}
