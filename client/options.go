package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	defaultRetries = 3
	maxRetries     = 10
	maxUserAgent   = 200
	dialTimeout    = 10 * time.Second
	idleTimeout    = 90 * time.Second
)

// TokenSource returns the bearer token for one try of a call. It is called for every try, from many goroutines, so it
// keeps a token that it fetched until shortly before it expires. Its error ends the call.
type TokenSource func(ctx context.Context) (string, error)

// Option changes how New makes a client. Where two options set the same thing, the later one wins.
type Option func(*config)

// config is what the options collect.
type config struct {
	token         TokenSource
	fixedToken    *string // what WithToken was given, for a check before the first call
	insecureToken bool
	tls           *tls.Config
	httpClient    *http.Client
	grpc          bool
	retries       int
	userAgent     string
}

// WithToken sends token as the bearer token of every call. It is never logged and never part of an error.
func WithToken(token string) Option {
	return func(cfg *config) {
		cfg.fixedToken = &token
		cfg.token = func(context.Context) (string, error) { return token, nil }
	}
}

// WithTokenSource asks source for the bearer token of every call, for tokens that expire.
func WithTokenSource(source TokenSource) Option {
	return func(cfg *config) {
		cfg.fixedToken = nil
		cfg.token = source
	}
}

// WithInsecureToken allows a token to travel in the clear, over http:// to another machine: only where something else
// protects the way, a service mesh for instance. Without it New refuses.
func WithInsecureToken() Option {
	return func(cfg *config) { cfg.insecureToken = true }
}

// WithTLS sets the TLS configuration of https:// addresses: the certificates to trust, a client certificate. The
// default trusts the system's certificates. It cannot be joined with WithHTTPClient.
func WithTLS(tlsConfig *tls.Config) Option {
	return func(cfg *config) { cfg.tls = tlsConfig }
}

// WithHTTPClient uses the caller's HTTP client: its transport, timeout and cookies. It must speak HTTP/2 for gRPC.
// Redirects are not followed whatever it says. It cannot be joined with WithTLS.
func WithHTTPClient(httpClient *http.Client) Option {
	return func(cfg *config) { cfg.httpClient = httpClient }
}

// WithGRPC speaks the gRPC protocol instead of Connect, over HTTP/2 with TLS, or without for http:// addresses.
func WithGRPC() Option {
	return func(cfg *config) { cfg.grpc = true }
}

// WithRetries repeats a failed call up to n more times, from 0 (never) to 10; 3 without this option.
//
// Only calls that the API declares free of side effects or idempotent are repeated, and only after UNAVAILABLE, ABORTED,
// RESOURCE_EXHAUSTED that names when to come back, or a broken connection. A stream is repeated only before its first
// message. Each wait is a random part of 100 ms, doubled from try to try up to 5 s, and not shorter than the server
// asks for. The call's context ends it all; a wait that would outlast its deadline is not begun.
func WithRetries(n int) Option {
	return func(cfg *config) { cfg.retries = n }
}

// WithUserAgent names the caller, "order-sync/1.4" for instance, in front of this package's own name. It is 1 to 200
// visible ASCII characters and blanks.
func WithUserAgent(name string) Option {
	return func(cfg *config) { cfg.userAgent = name }
}

// check refuses options that contradict each other or would put a token at risk.
func (cfg *config) check(base *url.URL) error {
	if err := cfg.checkTransport(base); err != nil {
		return err
	}
	if cfg.fixedToken != nil {
		if err := checkToken(*cfg.fixedToken); err != nil {
			return err
		}
	}
	if cfg.token != nil && base.Scheme == schemeHTTP && !isLoopback(base.Hostname()) && !cfg.insecureToken {
		return fmt.Errorf("refusing to send a token in the clear to %s: use https, or WithInsecureToken where "+
			"something else protects the way", base.Host)
	}
	return nil
}

func (cfg *config) checkTransport(base *url.URL) error {
	if cfg.retries < 0 || cfg.retries > maxRetries {
		return fmt.Errorf("WithRetries takes 0 to %d, not %d", maxRetries, cfg.retries)
	}
	if cfg.tls != nil && cfg.httpClient != nil {
		return errors.New("WithTLS and WithHTTPClient exclude each other: set TLS in the HTTP client's transport")
	}
	if cfg.tls != nil && base.Scheme != schemeHTTPS {
		return fmt.Errorf("WithTLS needs an https:// address, not %s", base)
	}
	if len(cfg.userAgent) > maxUserAgent || !isPrintable(cfg.userAgent) {
		return fmt.Errorf("WithUserAgent takes 1 to %d visible ASCII characters and blanks", maxUserAgent)
	}
	return nil
}

// checkToken refuses what cannot be a bearer token. Its errors never repeat the token.
func checkToken(token string) error {
	if token == "" {
		return errors.New("the token is empty")
	}
	if !isPrintable(token) || strings.Contains(token, " ") {
		return errors.New("the token has blanks or characters that are not visible ASCII: was it copied whole, " +
			"without a line end?")
	}
	return nil
}

func isPrintable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
