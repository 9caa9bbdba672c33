package seal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Key is 32 secret bytes. It shows itself neither in fmt, log/slog nor JSON: only Encode gives it away. One hole remains:
// fmt cannot ask a value in an unexported field to hide itself, so do not print structs that hold a Key in one.
type Key [32]byte

const (
	redacted = "[redacted key]"
	recipe   = "openssl rand -base64 32"
)

// ErrKeys says that a configured list of keys cannot be read; the error around it says which key and why.
var ErrKeys = errors.New("not a list of keys")

// GenerateKey makes a random key from the system's source of randomness.
func GenerateKey() (Key, error) {
	var key Key
	if _, err := rand.Read(key[:]); err != nil {
		return Key{}, fmt.Errorf("make a key: %w", err)
	}
	return key, nil
}

// ParseKeys reads keys separated by commas, each the standard base64 of 32 bytes, which is what
// `openssl rand -base64 32` prints; spaces around a key do not matter. There is at least one key. Its errors are ErrKeys
// and name a key's place in the list and never its text.
func ParseKeys(text string) ([]Key, error) {
	if strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("%w: it is empty; make a key with '%s'", ErrKeys, recipe)
	}
	parts := strings.Split(text, ",")
	keys := make([]Key, 0, len(parts))
	for i, part := range parts {
		key, err := parseKey(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("%w: key %d of %d %w; make one with '%s'", ErrKeys, i+1, len(parts), err, recipe)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// parseKey reads one key. Its errors continue the sentence "key 1 of 2 ...". The decoder's own words stay out: they point
// into the secret.
func parseKey(text string) (Key, error) {
	if text == "" {
		return Key{}, errors.New("is missing (a comma too many?)")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return Key{}, errors.New("is not standard base64")
	}
	if len(raw) != len(Key{}) {
		return Key{}, fmt.Errorf("has %d bytes instead of %d", len(raw), len(Key{}))
	}
	return Key(raw), nil
}

// Encode returns the text form that ParseKeys reads. It is the secret itself.
func (k Key) Encode() string { return base64.StdEncoding.EncodeToString(k[:]) }

// String hides the key.
func (Key) String() string { return redacted }

// GoString hides the key.
func (Key) GoString() string { return redacted }

// Format hides the key whatever the verb.
func (Key) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// LogValue hides the key.
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the key in every format that is made of text, such as XML, YAML and the keys of JSON objects.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON hides the key.
func (Key) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// id follows from the key and tells nothing about it. Zero is no id in the cipher's library.
func (k Key) id() uint32 {
	sum := sha256.Sum256(append([]byte("tillpost key id"), k[:]...))
	return max(binary.BigEndian.Uint32(sum[:]), 1)
}
