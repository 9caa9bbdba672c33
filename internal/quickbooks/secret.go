package quickbooks

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Secret is a token or a key. Every usual way of printing, logging or encoding it gives "[redacted]"; only Reveal
// gives the text itself.
type Secret string

const redacted = "[redacted]"

// Reveal returns the text itself: to seal it, or to send it to Intuit.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]", or "" for an empty secret so that a missing one is seen as missing.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString returns what String returns.
func (s Secret) GoString() string { return s.String() }

// Format writes what String returns for every verb, also for those that do not fit a string and would otherwise
// print the text behind a complaint.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, s.String()) }

// LogValue keeps the text out of structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText keeps the text out of JSON and of every other encoding that uses it. A secret is stored sealed, by way
// of Reveal, and never by encoding a value that holds it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// RealmID is Intuit's id of one QuickBooks company: 1 to 20 digits.
type RealmID string

// ErrRealmID says that a text is not a realm id.
var ErrRealmID = errors.New("not a realm id: use the 1 to 20 digits that Intuit returns as realmId")

// ParseRealmID checks s and returns it as a realm id. It fails with ErrRealmID.
func ParseRealmID(s string) (RealmID, error) {
	const most = 20
	if s == "" || len(s) > most {
		return "", ErrRealmID
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return "", ErrRealmID
		}
	}
	return RealmID(s), nil
}
