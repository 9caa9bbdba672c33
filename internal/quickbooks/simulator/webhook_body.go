package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The times of the two forms, always in UTC.
const (
	cloudEventTime   = "2006-01-02T15:04:05.000000000Z"
	notificationTime = "2006-01-02T15:04:05.000Z"
)

// cloudEvent is a change in the form of CloudEvents 1.0, with Intuit's two extensions.
type cloudEvent struct {
	SpecVersion     string   `json:"specversion"`
	ID              string   `json:"id"`
	Source          string   `json:"source"`
	Type            string   `json:"type"`
	DataContentType string   `json:"datacontenttype"`
	Time            string   `json:"time"`
	EntityID        string   `json:"intuitentityid"`
	AccountID       string   `json:"intuitaccountid"` // the realm id
	Data            struct{} `json:"data"`
}

// The older form.
type notifications struct {
	EventNotifications []notification `json:"eventNotifications"`
}

type notification struct {
	RealmID         string          `json:"realmId"`
	DataChangeEvent dataChangeEvent `json:"dataChangeEvent"`
}

type dataChangeEvent struct {
	Entities []changedEntity `json:"entities"`
}

type changedEntity struct {
	Name        string `json:"name"`
	ID          string `json:"id"`
	Operation   string `json:"operation"`
	LastUpdated string `json:"lastUpdated"`
}

// webhookBody makes the body of a call about one company.
func webhookBody(clientID, realm string, notices []notice, older bool) ([]byte, error) {
	var value any = cloudEventsOf(clientID, realm, notices)
	if older {
		value = notificationsOf(realm, notices)
	}
	body, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("write a webhook as JSON: %w", err)
	}
	return body, nil
}

func cloudEventsOf(clientID, realm string, notices []notice) []cloudEvent {
	hash := sha256.Sum256([]byte(clientID))
	source := "intuit." + base64.StdEncoding.EncodeToString(hash[:])
	events := make([]cloudEvent, len(notices))
	for i, n := range notices {
		events[i] = cloudEvent{
			SpecVersion: "1.0", ID: n.id, Source: source,
			Type:            "qbo." + fold(n.change.object) + "." + pastOf(n.change.operation) + ".v1",
			DataContentType: "application/json", Time: inUTC(n.change.at, cloudEventTime),
			EntityID: strconv.Itoa(n.change.id), AccountID: realm,
		}
	}
	return events
}

func notificationsOf(realm string, notices []notice) notifications {
	entities := make([]changedEntity, len(notices))
	for i, n := range notices {
		entities[i] = changedEntity{
			Name: n.change.object, ID: strconv.Itoa(n.change.id), Operation: string(n.change.operation),
			LastUpdated: inUTC(n.change.at, notificationTime),
		}
	}
	return notifications{[]notification{{RealmID: realm, DataChangeEvent: dataChangeEvent{entities}}}}
}

// pastOf returns the word for an operation in the type of a CloudEvent: "created", "voided".
func pastOf(operation changeOperation) string {
	word := strings.ToLower(string(operation))
	return strings.TrimSuffix(word, "e") + "ed"
}

func inUTC(t time.Time, layout string) string { return t.UTC().Format(layout) }

// webhookSignature signs a body as Intuit does.
func webhookSignature(verifierToken string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(verifierToken))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// uuid returns a random UUID.
func (r *random) uuid() string {
	b := r.bytes(16)
	b[6] = b[6]&0x0f | 0x40 // version 4
	b[8] = b[8]&0x3f | 0x80
	digits := hex.EncodeToString(b)
	return strings.Join([]string{digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]}, "-")
}
