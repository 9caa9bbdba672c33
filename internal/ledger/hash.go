package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

var errHashLength = errors.New("a hash has 64 hexadecimal digits")

// Hash is the SHA-256 of an event's encoding. Two events with the same hash are the same event.
type Hash [sha256.Size]byte

// HashOf returns the hash of what Encode returned.
func HashOf(encoded []byte) Hash { return sha256.Sum256(encoded) }

// String returns the hash as 64 hexadecimal digits in small letters.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads what String returns. It fails on any other length and on anything that is no hexadecimal digit.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != hex.EncodedLen(len(h)) {
		return Hash{}, fmt.Errorf("%w, not %d characters", errHashLength, len(s))
	}
	if _, err := hex.Decode(h[:], []byte(s)); err != nil {
		return Hash{}, fmt.Errorf("read a hash: %w", err)
	}
	return h, nil
}
