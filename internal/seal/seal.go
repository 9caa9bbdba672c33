// Package seal encrypts what must not be read from a copied database: the OAuth tokens. Each sealed value is bound to its
// retailer, company and purpose, so that it cannot be opened in another row's place. It never stores or logs a key.
package seal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/xchacha20poly1305"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/secretdata"
	"github.com/tink-crypto/tink-go/v2/tink"
)

var (
	// ErrUnopenable says that a sealed value cannot be opened. It is the class of ErrKeyUnknown and ErrTampered, for callers
	// that do the same in both cases.
	ErrUnopenable = errors.New("the sealed value cannot be opened")

	// ErrKeyUnknown says that the key that sealed a value is not among the Sealer's keys. Nothing is lost: the value opens
	// once that key is configured again.
	ErrKeyUnknown = fmt.Errorf("%w: the key that sealed it is not configured; add that key to the end of the list of keys, "+
		"or let the retailer connect again", ErrUnopenable)

	// ErrTampered says that a value is not what Seal made for this place: bytes were altered or cut off, or it was sealed
	// for another retailer, company or purpose. Which of these cannot be told.
	ErrTampered = fmt.Errorf("%w: it was altered, or sealed for another retailer, company or purpose; restore it from a "+
		"backup, or let the retailer connect again", ErrUnopenable)
)

// A sealed value starts with Tink's prefix: one byte for the version of the format, then the id of the key. Only the first
// five bytes are read here, to tell an unknown key from an altered value; the cipher authenticates all that follows.
const (
	prefixVersion = 1
	prefixBytes   = 5
)

// Binding is the place that a sealed value belongs to. All of it must agree when the value is opened. It is authenticated
// but not stored in the sealed value, so it costs no space and must be known to open.
type Binding struct {
	// RetailerID is the retailer whose secret it is.
	RetailerID string
	// RealmID is the company at QuickBooks; empty while none is known.
	RealmID string
	// Purpose tells values of one place apart: "access", "refresh".
	Purpose string
}

// Sealer seals and opens. It is safe for concurrent use. Make it with New: the zero value has no keys.
type Sealer struct {
	aead tink.AEAD
	ids  []uint32
}

// New makes a Sealer. The first key seals; every key opens, so a key is replaced by putting a new one in front and
// dropping the old one once everything has been sealed anew. It refuses an empty list, a key given twice, and a key of
// zeros only, which is one that was never set.
func New(keys ...Key) (*Sealer, error) {
	if len(keys) == 0 {
		return nil, errors.New("seal: at least one key is needed")
	}
	manager := keyset.NewManager()
	ids := make([]uint32, 0, len(keys))
	for i, key := range keys {
		id, err := addKey(manager, key)
		if err != nil {
			return nil, fmt.Errorf("seal: key %d: %w", i+1, err)
		}
		ids = append(ids, id)
		if i > 0 {
			continue
		}
		if err := manager.SetPrimary(id); err != nil {
			return nil, fmt.Errorf("seal: key %d: %w", i+1, err)
		}
	}
	handle, err := manager.Handle()
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	return &Sealer{aead: primitive, ids: ids}, nil
}

// addKey gives a key the id that follows from it, so that restarts and servers agree on the ids without keeping them.
func addKey(manager *keyset.Manager, key Key) (uint32, error) {
	if key == (Key{}) {
		return 0, errors.New("the key was never set: all its bytes are zero")
	}
	params, err := xchacha20poly1305.NewParameters(xchacha20poly1305.VariantTink)
	if err != nil {
		return 0, fmt.Errorf("choose the cipher: %w", err)
	}
	material := secretdata.NewBytesFromData(key[:], insecuresecretdataaccess.Token{})
	made, err := xchacha20poly1305.NewKey(material, key.id(), params)
	if err != nil {
		return 0, fmt.Errorf("use the key: %w", err)
	}
	id, err := manager.AddKey(made)
	if err != nil {
		return 0, fmt.Errorf("add the key (is it given twice?): %w", err)
	}
	return id, nil
}

// Seal encrypts plaintext, which may be empty, for its place. The result is 45 bytes longer than the plaintext, and
// different each time: the nonce is random and long enough (24 bytes) never to repeat.
func (s *Sealer) Seal(plaintext []byte, place Binding) ([]byte, error) {
	sealed, err := s.aead.Encrypt(plaintext, place.encode())
	if err != nil {
		return nil, fmt.Errorf("seal for %s: %w", place.Purpose, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for the same place. It fails with ErrKeyUnknown or ErrTampered, both also ErrUnopenable.
func (s *Sealer) Open(sealed []byte, place Binding) ([]byte, error) {
	if len(sealed) < prefixBytes || sealed[0] != prefixVersion {
		return nil, ErrTampered
	}
	if id := binary.BigEndian.Uint32(sealed[1:prefixBytes]); !slices.Contains(s.ids, id) {
		return nil, fmt.Errorf("%w (key id %08x)", ErrKeyUnknown, id)
	}
	plaintext, err := s.aead.Decrypt(sealed, place.encode())
	if err != nil {
		return nil, ErrTampered // the cipher says no more than that it failed
	}
	return plaintext, nil
}

// encode writes the parts with their lengths, so that no two places have the same encoding.
func (b Binding) encode() []byte {
	out := []byte("tillpost/1")
	for _, part := range []string{b.RetailerID, b.RealmID, b.Purpose} {
		out = binary.AppendUvarint(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}
