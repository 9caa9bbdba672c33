package rpc_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/rpc"
)

const (
	testIssuer   = "https://issuer.test"
	testAudience = "tillpost"
)

// goodClaims are those of a token that is taken.
func goodClaims() map[string]any {
	now := time.Now()
	return map[string]any{
		"iss": testIssuer, "aud": []string{"other", testAudience}, "sub": "service:stores", "iat": now.Unix(),
		"nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(), "scope": "openid read record",
		"tillpost_retailers": []string{"harbor-pine", "r2"},
	}
}

// jws signs claims as a compact JSON Web Signature.
func jws(t *testing.T, header, claims map[string]any, sign func(signed []byte) []byte) string {
	t.Helper()
	b64 := base64.RawURLEncoding
	signed := b64.EncodeToString(mustJSON(t, header)) + "." + b64.EncodeToString(mustJSON(t, claims))
	return signed + "." + b64.EncodeToString(sign([]byte(signed)))
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// signers are one key per algorithm that is taken, with how to sign by it.
type signers struct {
	ed  ed25519.PrivateKey
	ec  *ecdsa.PrivateKey
	rsa *rsa.PrivateKey
}

func newSigners(t *testing.T) signers {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return signers{ed, ec, rsaKey}
}

func (s signers) sign(t *testing.T, algorithm string) func([]byte) []byte {
	t.Helper()
	return func(signed []byte) []byte {
		digest := sha256.Sum256(signed)
		var signature []byte
		var err error
		switch algorithm {
		case "EdDSA":
			signature = ed25519.Sign(s.ed, signed)
		case "ES256":
			r, v, signErr := ecdsa.Sign(rand.Reader, s.ec, digest[:])
			signature, err = make([]byte, 64), signErr
			r.FillBytes(signature[:32])
			v.FillBytes(signature[32:])
		case "RS256":
			signature, err = rsa.SignPKCS1v15(rand.Reader, s.rsa, crypto.SHA256, digest[:])
		case "PS256":
			signature, err = rsa.SignPSS(rand.Reader, s.rsa, crypto.SHA256, digest[:],
				&rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		default:
			t.Fatalf("no signer for %s", algorithm)
		}
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
}

// pem writes the public keys as a file of PEM blocks.
func (s signers) pem(t *testing.T) string {
	t.Helper()
	var text bytes.Buffer
	for _, key := range []crypto.PublicKey{s.ed.Public(), s.ec.Public(), s.rsa.Public()} {
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if err := pem.Encode(&text, &pem.Block{Type: "PUBLIC KEY", Bytes: der}); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "keys.pem")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func newFileAuthenticator(t *testing.T, s signers) rpc.Authenticator {
	t.Helper()
	authenticator, err := rpc.NewAuthenticator(t.Context(), rpc.AuthConfig{
		Issuer: testIssuer, Audience: testAudience, PublicKeyFile: s.pem(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	return authenticator
}

func TestAuthenticatorTakesEveryAllowedAlgorithm(t *testing.T) {
	t.Parallel()
	s := newSigners(t)
	authenticator := newFileAuthenticator(t, s)
	for _, algorithm := range []string{"EdDSA", "ES256", "RS256", "PS256"} {
		token := jws(t, map[string]any{"alg": algorithm}, goodClaims(), s.sign(t, algorithm))
		caller, err := authenticator.Authenticate(t.Context(), token)
		if err != nil {
			t.Errorf("%s: %v", algorithm, err)
			continue
		}
		want := rpc.Caller{
			Subject: "service:stores", Retailers: []string{"harbor-pine", "r2"},
			Scopes: []rpc.Scope{rpc.ScopeRead, rpc.ScopeRecord},
		}
		if diff := cmp.Diff(want, caller); diff != "" {
			t.Errorf("%s: caller (-want +got):\n%s", algorithm, diff)
		}
	}
}

func TestAuthenticatorRefuses(t *testing.T) {
	t.Parallel()
	s := newSigners(t)
	authenticator := newFileAuthenticator(t, s)
	with := func(name string, value any) map[string]any {
		claims := goodClaims()
		claims[name] = value
		maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
		return claims
	}
	past, future := time.Now().Add(-time.Minute).Unix(), time.Now().Add(time.Hour).Unix()
	for name, test := range map[string]struct {
		claims map[string]any
		want   error
	}{
		"another issuer":              {with("iss", "https://elsewhere.test"), rpc.ErrTokenInvalid},
		"another audience":            {with("aud", "billing"), rpc.ErrTokenInvalid},
		"no audience":                 {with("aud", nil), rpc.ErrTokenInvalid},
		"expired":                     {with("exp", past), rpc.ErrTokenExpired},
		"no expiry":                   {with("exp", nil), rpc.ErrTokenExpired},
		"not yet valid":               {with("nbf", future), rpc.ErrTokenInvalid},
		"issued in the future":        {with("iat", future), rpc.ErrTokenInvalid},
		"no subject":                  {with("sub", nil), rpc.ErrTokenInvalid},
		"control character in sub":    {with("sub", "a\nb"), rpc.ErrTokenInvalid},
		"endless subject":             {with("sub", strings.Repeat("s", 256)), rpc.ErrTokenInvalid},
		"retailers of a wrong type":   {with("tillpost_retailers", "harbor-pine"), rpc.ErrTokenInvalid},
		"a retailer that is no id":    {with("tillpost_retailers", []string{"a b"}), rpc.ErrTokenInvalid},
		"a pattern instead of an id":  {with("tillpost_retailers", []string{"harbor-*"}), rpc.ErrTokenInvalid},
		"larger than a token may be":  {with("padding", strings.Repeat("x", 8<<10)), rpc.ErrTokenInvalid},
		"scope of a wrong type":       {with("scope", []string{"read"}), rpc.ErrTokenInvalid},
		"expiry that is not a number": {with("exp", "tomorrow"), rpc.ErrTokenInvalid},
	} {
		_, err := authenticator.Authenticate(t.Context(),
			jws(t, map[string]any{"alg": "EdDSA"}, test.claims, s.sign(t, "EdDSA")))
		if !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

func TestAuthenticatorRefusesForgedTokens(t *testing.T) {
	t.Parallel()
	s, stranger := newSigners(t), newSigners(t)
	authenticator := newFileAuthenticator(t, s)
	nobody := func([]byte) []byte { return nil }
	good := jws(t, map[string]any{"alg": "EdDSA"}, goodClaims(), s.sign(t, "EdDSA"))
	for name, token := range map[string]string{
		"empty":             "",
		"not a token":       "abc",
		"unsigned":          jws(t, map[string]any{"alg": "none"}, goodClaims(), nobody),
		"symmetric":         jws(t, map[string]any{"alg": "HS256"}, goodClaims(), s.sign(t, "EdDSA")),
		"forbidden RS512":   jws(t, map[string]any{"alg": "RS512"}, goodClaims(), s.sign(t, "RS256")),
		"a stranger's key":  jws(t, map[string]any{"alg": "EdDSA"}, goodClaims(), stranger.sign(t, "EdDSA")),
		"cut off":           good[:len(good)-4],
		"changed by a byte": strings.Replace(good, ".", ".e30", 1),
	} {
		if _, err := authenticator.Authenticate(t.Context(), token); !errors.Is(err, rpc.ErrTokenInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, rpc.ErrTokenInvalid)
		}
	}
}

// keyServer serves a key set and counts how often it was asked.
func keyServer(t *testing.T, s signers) (address string, asked *atomic.Int64, down *atomic.Bool) {
	t.Helper()
	asked, down = &atomic.Int64{}, &atomic.Bool{}
	public, ok := s.ed.Public().(ed25519.PublicKey)
	if !ok {
		t.Fatal("not an Ed25519 key")
	}
	set := map[string]any{"keys": []any{map[string]any{
		"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "k1",
		"x": base64.RawURLEncoding.EncodeToString(public),
	}}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		if down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write(mustJSON(t, set))
	}))
	t.Cleanup(server.Close)
	return server.URL, asked, down
}

func TestAuthenticatorReadsKeySetOnceForUnknownKeys(t *testing.T) {
	t.Parallel()
	s := newSigners(t)
	address, asked, _ := keyServer(t, s)
	authenticator, err := rpc.NewAuthenticator(t.Context(), rpc.AuthConfig{
		Issuer: testIssuer, Audience: testAudience, JWKSURL: address,
	})
	if err != nil {
		t.Fatal(err)
	}
	token := jws(t, map[string]any{"alg": "EdDSA", "kid": "k1"}, goodClaims(), s.sign(t, "EdDSA"))
	if _, err := authenticator.Authenticate(t.Context(), token); err != nil {
		t.Fatalf("a good token: %v", err)
	}
	for range 20 {
		made := jws(t, map[string]any{"alg": "EdDSA", "kid": "made-up"}, goodClaims(), s.sign(t, "EdDSA"))
		if _, err := authenticator.Authenticate(t.Context(), made); !errors.Is(err, rpc.ErrTokenInvalid) {
			t.Fatalf("a made-up key id: %v", err)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("the issuer was asked %d times, want once", n)
	}
}

func TestAuthenticatorTellsOutageFromBadToken(t *testing.T) {
	t.Parallel()
	s := newSigners(t)
	address, _, down := keyServer(t, s)
	down.Store(true)
	authenticator, err := rpc.NewAuthenticator(t.Context(), rpc.AuthConfig{
		Issuer: testIssuer, Audience: testAudience, JWKSURL: address,
	})
	if err != nil {
		t.Fatal(err)
	}
	token := jws(t, map[string]any{"alg": "EdDSA", "kid": "k1"}, goodClaims(), s.sign(t, "EdDSA"))
	if _, err := authenticator.Authenticate(t.Context(), token); !errors.Is(err, rpc.ErrKeysUnavailable) {
		t.Errorf("got %v, want %v", err, rpc.ErrKeysUnavailable)
	}
}

func TestNewAuthenticatorRefusesBadConfiguration(t *testing.T) {
	t.Parallel()
	weak, err := rsa.GenerateKey(rand.Reader, 1024) // weak on purpose
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(weak.Public())
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	weakFile := write("weak.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
	for name, cfg := range map[string]rpc.AuthConfig{
		"no issuer":     {Audience: "a", JWKSURL: "https://i.test/keys"},
		"no audience":   {Issuer: "i", JWKSURL: "https://i.test/keys"},
		"no keys":       {Issuer: "i", Audience: "a"},
		"two sorts":     {Issuer: "i", Audience: "a", JWKSURL: "https://i.test/keys", PublicKeyFile: weakFile},
		"plain http":    {Issuer: "i", Audience: "a", JWKSURL: "http://i.test/keys"},
		"no file":       {Issuer: "i", Audience: "a", PublicKeyFile: filepath.Join(t.TempDir(), "none")},
		"an empty file": {Issuer: "i", Audience: "a", PublicKeyFile: write("empty.pem", "")},
		"a private key": {Issuer: "i", Audience: "a", PublicKeyFile: write("p.pem", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n")},
		"a weak key":    {Issuer: "i", Audience: "a", PublicKeyFile: weakFile},
		"a damaged key": {Issuer: "i", Audience: "a", PublicKeyFile: write("d.pem", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")},
	} {
		if _, err := rpc.NewAuthenticator(t.Context(), cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestDevelopmentTokens(t *testing.T) {
	t.Parallel()
	seed := bytes.Repeat([]byte{7}, 32)
	first, err := rpc.NewDevelopmentAuthenticator(seed)
	if err != nil {
		t.Fatal(err)
	}
	token, err := first.Issue("ann", []string{rpc.AnyRetailer}, rpc.AllScopes(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	again, err := rpc.NewDevelopmentAuthenticator(seed)
	if err != nil {
		t.Fatal(err)
	}
	caller, err := again.Authenticate(t.Context(), token)
	if err != nil {
		t.Fatalf("a token of an earlier run: %v", err)
	}
	if !caller.MayActFor("anyone") || !caller.Has(rpc.ScopeManage) || caller.Subject != "ann" {
		t.Errorf("caller = %+v", caller)
	}
	other, err := rpc.NewDevelopmentAuthenticator(bytes.Repeat([]byte{8}, 32))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Authenticate(t.Context(), token); !errors.Is(err, rpc.ErrTokenInvalid) {
		t.Errorf("a token of another key: %v", err)
	}
	if _, err := rpc.NewDevelopmentAuthenticator(seed[:31]); err == nil {
		t.Error("a short seed was taken")
	}
}
