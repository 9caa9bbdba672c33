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
)

// MaxWebhookBytes is the largest body of a webhook that is taken.
const MaxWebhookBytes = 1 << 20

// SignatureHeader is the header that a webhook's signature comes in.
const SignatureHeader = "Intuit-Signature"

// maxEventRunes bounds the ids that a webhook brings.
const maxEventRunes = 100

// What can be wrong with a webhook. Neither says more, as the caller is not known.
var (
	ErrWebhookSignature = errors.New("the webhook is not signed with this app's verifier token")
	ErrWebhookBody      = errors.New("the webhook cannot be read")
)

// VerifyWebhook checks the signature of a webhook in constant time and returns the changes that it tells of, in either of
// Intuit's two forms. It fails with ErrWebhookBody for a body that is too large or in neither form, and with
// ErrWebhookSignature; an empty verifier token fits no signature.
//
// A webhook is a hint, never the truth itself: what it tells may come late, twice, or not at all. So a single event that
// names no company, no object or no id is left out, and one of an unknown object or operation is not: answering it with
// an error would only make Intuit send the same body for days and hold back those behind it.
func VerifyWebhook(verifierToken Secret, signature string, body []byte) ([]Change, error) {
	if len(body) > MaxWebhookBytes {
		return nil, fmt.Errorf("%w: %d bytes, %d are taken", ErrWebhookBody, len(body), MaxWebhookBytes)
	}
	given, err := base64.StdEncoding.DecodeString(strings.TrimSpace(signature))
	if err != nil || verifierToken == "" {
		return nil, ErrWebhookSignature
	}
	mac := hmac.New(sha256.New, []byte(verifierToken.Reveal()))
	mac.Write(body)
	if !hmac.Equal(given, mac.Sum(nil)) {
		return nil, ErrWebhookSignature
	}
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		return cloudEvents(body)
	}
	return olderNotifications(body)
}

// cloudEvents reads the present form: a list of events, whose type is "qbo.account.created.v1".
func cloudEvents(body []byte) ([]Change, error) {
	var events []struct {
		ID     text `json:"id"`
		Type   text `json:"type"`
		Time   text `json:"time"`
		Entity text `json:"intuitentityid"`
		Realm  text `json:"intuitaccountid"`
	}
	if err := json.Unmarshal(body, &events); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebhookBody, err)
	}
	changes := make([]Change, 0, len(events))
	for _, e := range events {
		source, rest, _ := strings.Cut(string(e.Type), ".")
		object, rest, _ := strings.Cut(rest, ".")
		operation, _, _ := strings.Cut(rest, ".")
		if !strings.EqualFold(source, "qbo") {
			continue // of another of Intuit's products
		}
		changes = appendChange(changes, Change{
			Realm: RealmID(e.Realm), Object: objectNamed(object), ID: string(e.Entity),
			Operation: Operation(strings.ToLower(operation)), At: momentOf(string(e.Time)), EventID: string(e.ID),
		})
	}
	return changes, nil
}

// olderNotifications reads the form from before 2026.
func olderNotifications(body []byte) ([]Change, error) {
	var older struct {
		Notifications []struct {
			Realm text `json:"realmId"`
			Event struct {
				Entities []struct {
					Name      text `json:"name"`
					ID        text `json:"id"`
					Operation text `json:"operation"`
					Updated   text `json:"lastUpdated"`
				} `json:"entities"`
			} `json:"dataChangeEvent"`
		} `json:"eventNotifications"`
	}
	if err := json.Unmarshal(body, &older); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWebhookBody, err)
	}
	if older.Notifications == nil {
		return nil, fmt.Errorf("%w: there are no notifications in it", ErrWebhookBody)
	}
	var changes []Change
	for _, n := range older.Notifications {
		for _, e := range n.Event.Entities {
			changes = appendChange(changes, Change{
				Realm: RealmID(n.Realm), Object: objectNamed(string(e.Name)), ID: string(e.ID),
				Operation: pastOperation(string(e.Operation)), At: momentOf(string(e.Updated)),
			})
		}
	}
	return changes, nil
}

// pastOperation turns the older form's word for an operation, "Create", into that of the present one.
func pastOperation(word string) Operation {
	switch word = strings.ToLower(word); word {
	case "create":
		return OperationCreated
	case "update":
		return OperationUpdated
	case "delete":
		return OperationDeleted
	case "merge":
		return OperationMerged
	case "void":
		return OperationVoided
	default:
		return Operation(word)
	}
}

// appendChange takes a change that can be looked up and stored: all of its names are there, short and printable. An
// EventID that is not is dropped alone.
func appendChange(changes []Change, c Change) []Change {
	if _, err := ParseRealmID(string(c.Realm)); err != nil {
		return changes
	}
	for _, name := range [...]string{string(c.Object), string(c.Operation), c.ID} {
		if name == "" || clean(name, maxCodeRunes) != name {
			return changes
		}
	}
	if clean(c.EventID, maxEventRunes) != c.EventID {
		c.EventID = ""
	}
	return append(changes, c)
}
