package rpc

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

const (
	keyFetchTimeout = 10 * time.Second
	maxKeySetBytes  = 1 << 20
	// keySetFreshness bounds how often the issuer is asked for its keys, however many tokens name unknown ones.
	keySetFreshness = 15 * time.Second
	minRSABits      = 2048
)

// AuthConfig says whose tokens are taken. Exactly one of JWKSURL and PublicKeyFile is set.
type AuthConfig struct {
	// Issuer and Audience must equal the tokens' iss and be one of their aud.
	Issuer, Audience string
	// JWKSURL is the address of the issuer's JSON Web Key Set: https, or http on this machine.
	JWKSURL string
	// PublicKeyFile is a file of public keys (PEM blocks "PUBLIC KEY"); keys of several issuers' times may stand in it.
	PublicKeyFile string
}

// NewAuthenticator makes the authenticator of a configuration. The keys of a JWKS address are read with the first token.
func NewAuthenticator(ctx context.Context, cfg AuthConfig) (*OIDCAuthenticator, error) {
	if cfg.Issuer == "" || cfg.Audience == "" {
		return nil, errors.New("authentication: issuer and audience are needed")
	}
	if (cfg.JWKSURL == "") == (cfg.PublicKeyFile == "") {
		return nil, errors.New("authentication: give either the address of a key set or a file of public keys")
	}
	var keys oidc.KeySet
	var err error
	if cfg.JWKSURL != "" {
		keys, err = remoteKeys(ctx, cfg.JWKSURL)
	} else {
		keys, err = keysOfFile(cfg.PublicKeyFile)
	}
	if err != nil {
		return nil, err
	}
	return NewOIDCAuthenticator(cfg.Issuer, cfg.Audience, keys), nil
}

func keysOfFile(path string) (oidc.KeySet, error) {
	text, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("authentication: read the public keys: %w", err)
	}
	keys, err := ParsePublicKeys(text)
	if err != nil {
		return nil, fmt.Errorf("authentication: %s: %w", path, err)
	}
	return &oidc.StaticKeySet{PublicKeys: keys}, nil
}

// ParsePublicKeys reads the PEM blocks "PUBLIC KEY" of a text: Ed25519, ECDSA, or RSA of at least 2048 bits.
func ParsePublicKeys(text []byte) ([]crypto.PublicKey, error) {
	var keys []crypto.PublicKey
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "PUBLIC KEY" {
			return nil, fmt.Errorf("block %d is a %s; only PUBLIC KEY is read", len(keys)+1, block.Type)
		}
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("public key %d: %w", len(keys)+1, err)
		}
		if err := checkKey(key); err != nil {
			return nil, fmt.Errorf("public key %d: %w", len(keys)+1, err)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no PEM block PUBLIC KEY")
	}
	return keys, nil
}

func checkKey(key crypto.PublicKey) error {
	switch key := key.(type) {
	case ed25519.PublicKey, *ecdsa.PublicKey:
		return nil
	case *rsa.PublicKey:
		if key.N.BitLen() < minRSABits {
			return fmt.Errorf("an RSA key of %d bits is too weak; make one of %d or more", key.N.BitLen(), minRSABits)
		}
		return nil
	default:
		return fmt.Errorf("keys of type %T are not taken; use Ed25519, ECDSA or RSA", key)
	}
}

// remoteKeys reads keys from the issuer, keeps them, and asks again when a token names one that is not known.
func remoteKeys(ctx context.Context, address string) (oidc.KeySet, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname()))) {
		return nil, fmt.Errorf("authentication: the address of the key set must be https://..., not %q", address)
	}
	client := &http.Client{
		Transport: &keySetTransport{next: &http.Transport{
			Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
			IdleConnTimeout: keySetFreshness,
		}},
		Timeout: keyFetchTimeout,
		// A key set stands where the operator says, nowhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return oidc.NewRemoteKeySet(oidc.ClientContext(ctx, client), address), nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// errKeySet marks the failures to read a key set, which say nothing about the token at hand.
var errKeySet = errors.New("read the key set")

// keySetTransport reads a key set of bounded size, and answers from what it has when it is asked again soon: tokens with
// made-up key ids must not become a stream of requests to the issuer.
type keySetTransport struct {
	next http.RoundTripper

	mu     sync.Mutex
	body   []byte
	err    error
	readAt time.Time
}

// RoundTrip answers with the key set.
func (t *keySetTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.readAt.IsZero() || time.Since(t.readAt) >= keySetFreshness {
		t.body, t.err = t.read(r)
		t.readAt = time.Now()
	}
	if t.err != nil {
		return nil, t.err
	}
	return &http.Response{
		Status: http.StatusText(http.StatusOK), StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(t.body)),
		ContentLength: int64(len(t.body)), Request: r,
	}, nil
}

func (t *keySetTransport) read(r *http.Request) ([]byte, error) {
	response, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKeySet, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: the issuer answered %s", errKeySet, response.Status)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxKeySetBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKeySet, err)
	}
	if len(body) > maxKeySetBytes {
		return nil, fmt.Errorf("%w: it is larger than %d bytes", errKeySet, maxKeySetBytes)
	}
	return body, nil
}

// outageKey is where markedKeys notes that keys could not be read.
type outageKey struct{}

// markedKeys is a key set that notes when it could not be read: the verifier flattens errors to text, and an issuer that
// is away must not look like a bad token.
type markedKeys struct{ keys oidc.KeySet }

// VerifySignature checks a signature.
func (k markedKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	payload, err := k.keys.VerifySignature(ctx, token)
	if outage, ok := ctx.Value(outageKey{}).(*error); ok && errors.Is(err, errKeySet) {
		*outage = err
	}
	return payload, err //nolint:wrapcheck // the verifier adds what there is to say
}
