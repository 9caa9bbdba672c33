package quickbooks

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// MaxWebhookBytes is the largest body of a webhook that is read.
const MaxWebhookBytes = 1 << 20

// SignatureHeader is the header that a webhook's signature comes in.
const SignatureHeader = "Intuit-Signature"

// What can be wrong with a webhook. Neither says more, as the caller is not known.
var (
	ErrWebhookSignature = errors.New("the webhook is not signed with this app's verifier token")
	ErrWebhookBody      = errors.New("the webhook cannot be read")
)

// WebhookChange is a change that Intuit tells of: a hint to read, never the truth itself.
type WebhookChange struct {
	Realm RealmID
	// Object is the kind of the object in lower case, "journalentry"; ID is its Id.
	Object string
	ID     string
	// Operation is what happened in lower case: "created", "updated", "deleted", "merged" or "voided".
	Operation string
	// At is when it happened; EventID is unique for the change, empty in the older form.
	At      time.Time
	EventID string
}

// VerifyWebhook checks the signature of a webhook in constant time and returns the changes that it tells of, in either of
// Intuit's two forms. It fails with ErrWebhookSignature or ErrWebhookBody, before or after which nothing of the body must
// be believed.
func VerifyWebhook(verifier Secret, signature string, body []byte) ([]WebhookChange, error) {
	given, err := base64.StdEncoding.DecodeString(strings.TrimSpace(signature))
	if err != nil || verifier == "" {
		return nil, ErrWebhookSignature
	}
	mac := hmac.New(sha256.New, []byte(verifier.Reveal()))
	mac.Write(body)
	if !hmac.Equal(given, mac.Sum(nil)) {
		return nil, ErrWebhookSignature
	}
	if len(body) > MaxWebhookBytes {
		return nil, fmt.Errorf("%w: %d bytes, %d are read", ErrWebhookBody, len(body), MaxWebhookBytes)
	}
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		return cloudEvents(body)
	}
	return olderNotifications(body)
}

// cloudEvents reads the present form: a list of events, whose type is "qbo.account.created.v1".
func cloudEvents(body []byte) ([]WebhookChange, error) {
	var events []struct {
		ID       string    `json:"id"`
		Type     string    `json:"type"`
		Time     time.Time `json:"time"`
		EntityID string    `json:"intuitentityid"`
		Realm    string    `json:"intuitaccountid"`
	}
	if err := json.Unmarshal(body, &events); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebhookBody, err)
	}
	changes := make([]WebhookChange, 0, len(events))
	for _, e := range events {
		realm, err := ParseRealmID(e.Realm)
		parts := strings.Split(strings.ToLower(e.Type), ".")
		if err != nil || len(parts) != 4 || parts[0] != "qbo" {
			return nil, fmt.Errorf("%w: event of type %q", ErrWebhookBody, clean(e.Type, maxCodeRunes))
		}
		changes = append(changes, WebhookChange{
			Realm: realm, Object: parts[1], ID: e.EntityID, Operation: parts[2], At: e.Time, EventID: e.ID,
		})
	}
	return changes, nil
}

// olderNotifications reads the form from before 2026.
func olderNotifications(body []byte) ([]WebhookChange, error) {
	var older struct {
		Notifications []struct {
			Realm string `json:"realmId"`
			Event struct {
				Entities []struct {
					Name      string    `json:"name"`
					ID        string    `json:"id"`
					Operation string    `json:"operation"`
					Updated   time.Time `json:"lastUpdated"`
				} `json:"entities"`
			} `json:"dataChangeEvent"`
		} `json:"eventNotifications"`
	}
	if err := json.Unmarshal(body, &older); err != nil || older.Notifications == nil {
		return nil, fmt.Errorf("%w: %w", ErrWebhookBody, errors.Join(err, errors.New("no notifications in it")))
	}
	past := map[string]string{
		"create": "created", "update": "updated", "delete": "deleted", "merge": "merged", "void": "voided",
	}
	var changes []WebhookChange
	for _, n := range older.Notifications {
		realm, err := ParseRealmID(n.Realm)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrWebhookBody, err)
		}
		for _, e := range n.Event.Entities {
			changes = append(changes, WebhookChange{
				Realm: realm, Object: strings.ToLower(e.Name), ID: e.ID, Operation: past[strings.ToLower(e.Operation)], At: e.Updated,
			})
		}
	}
	return changes, nil
}
