package simulator

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"time"
)

const (
	keyBits  = 2048
	keyPower = 65537 // the public exponent
	// idTokenTTL is how long an id token is good.
	idTokenTTL = time.Hour
)

// signer signs id tokens.
type signer struct {
	private *rsa.PrivateKey
	public  publicKey
}

// publicKey is a key as RFC 7517 writes it. A key's id is its thumbprint.
type publicKey struct {
	Type      string `json:"kty"`
	Exponent  string `json:"e"`
	Use       string `json:"use"`
	ID        string `json:"kid"`
	Algorithm string `json:"alg"`
	Modulus   string `json:"n"`
}

// newSigner makes a key, which takes long enough that it is done only when one is needed; with a seed, always the same
// one at once.
func newSigner(seed uint64) (*signer, error) {
	if seed != 0 {
		return signerOf(repeatableKey())
	}
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("make the key for id tokens: %w", err)
	}
	return signerOf(private)
}

// repeatableKey makes the key of every simulator that has a seed. A search for primes would take too long for a
// simulator that a test builds and throws away, so it was done beforehand: what is written down here is how far above
// its seeded bytes each prime is.
func repeatableKey() *rsa.PrivateKey {
	const seed = 1
	source := newRandom(seed, 0)
	one := big.NewInt(1)
	n, totient := big.NewInt(1), big.NewInt(1)
	var primes []*big.Int
	for _, distance := range []int64{1012, 20} {
		b := source.bytes(keyBits / 16)
		b[0] |= 0xC0 // so that the product has all its bits
		b[len(b)-1] |= 1
		prime := new(big.Int).SetBytes(b)
		prime.Add(prime, big.NewInt(distance))
		primes = append(primes, prime)
		n.Mul(n, prime)
		totient.Mul(totient, new(big.Int).Sub(prime, one))
	}
	return &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: n, E: keyPower},
		D:         new(big.Int).ModInverse(big.NewInt(keyPower), totient), Primes: primes,
	}
}

// signerOf checks a key and prepares it.
func signerOf(private *rsa.PrivateKey) (*signer, error) {
	private.Precompute()
	if err := private.Validate(); err != nil {
		return nil, fmt.Errorf("the key for id tokens: %w", err)
	}
	public := publicKey{
		Type: "RSA", Use: "sig", Algorithm: "RS256", Modulus: base64.RawURLEncoding.EncodeToString(private.N.Bytes()),
		Exponent: base64.RawURLEncoding.EncodeToString(big.NewInt(int64(private.E)).Bytes()),
	}
	thumbprint := sha256.Sum256([]byte(`{"e":"` + public.Exponent + `","kty":"RSA","n":"` + public.Modulus + `"}`))
	public.ID = base64.RawURLEncoding.EncodeToString(thumbprint[:])
	return &signer{private: private, public: public}, nil
}

// sign makes a JSON Web Token of claims.
func (k *signer) sign(claims any) (string, error) {
	header, err := encodePart(struct {
		ID        string `json:"kid"`
		Type      string `json:"typ"`
		Algorithm string `json:"alg"`
	}{k.public.ID, "JWT", k.public.Algorithm})
	if err != nil {
		return "", err
	}
	payload, err := encodePart(claims)
	if err != nil {
		return "", err
	}
	signed := header + "." + payload
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.private, crypto.SHA256, digest[:])
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

func encodePart(value any) (string, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("write as JSON: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(encoded), nil
}

// keySet answers the public key that id tokens are checked with.
func (s *Simulator) keySet(_ context.Context, _ *call) answer {
	key, err := s.signer()
	if err != nil {
		return s.noKey(err)
	}
	return s.oauthAnswer(http.StatusOK, struct {
		Keys []publicKey `json:"keys"`
	}{[]publicKey{key.public}})
}
