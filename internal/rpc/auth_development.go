package rpc

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// Issuer and audience of development tokens.
const (
	developmentIssuer   = "tillpost-development"
	developmentAudience = "tillpost"
)

// DevelopmentAuthenticator takes the tokens that it issued itself. It is for a server that makes its own key: in
// production tokens come from an issuer of the operator's.
type DevelopmentAuthenticator struct {
	*OIDCAuthenticator

	key ed25519.PrivateKey
}

// NewDevelopmentAuthenticator makes an authenticator whose Ed25519 key follows from a seed of 32 secret bytes: the same
// seed takes the tokens of an earlier run.
func NewDevelopmentAuthenticator(seed []byte) (*DevelopmentAuthenticator, error) {
	if len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("the seed of the development key has %d bytes and must have %d", len(seed), ed25519.SeedSize)
	}
	key := ed25519.NewKeyFromSeed(seed)
	keys := &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{key.Public()}}
	return &DevelopmentAuthenticator{
		OIDCAuthenticator: NewOIDCAuthenticator(developmentIssuer, developmentAudience, keys), key: key,
	}, nil
}

// Issue makes a token that names a caller, good for ttl. retailers may hold AnyRetailer.
func (a *DevelopmentAuthenticator) Issue(
	subject string, retailers []string, scopes []Scope, ttl time.Duration,
) (string, error) {
	words := make([]string, 0, len(scopes))
	for _, scope := range scopes {
		words = append(words, string(scope))
	}
	now := time.Now()
	payload, err := json.Marshal(map[string]any{
		"iss": developmentIssuer, "aud": developmentAudience, "sub": subject,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(ttl).Unix(),
		"scope": strings.Join(words, " "), "tillpost_retailers": retailers,
	})
	if err != nil {
		return "", fmt.Errorf("write the claims of a development token: %w", err)
	}
	return a.sign(payload), nil
}

// sign makes a compact JSON Web Signature (RFC 7515) with EdDSA (RFC 8037).
func (a *DevelopmentAuthenticator) sign(payload []byte) string {
	b64 := base64.RawURLEncoding
	signed := b64.EncodeToString([]byte(`{"alg":"EdDSA","typ":"JWT"}`)) + "." + b64.EncodeToString(payload)
	return signed + "." + b64.EncodeToString(ed25519.Sign(a.key, []byte(signed)))
}
