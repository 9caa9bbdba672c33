// Package quickbooks speaks to QuickBooks Online: Intuit's OAuth 2.0 endpoints and the Accounting API, with every
// failure turned into one of a closed set of causes and a plain statement of whether a write may have been committed.
//
// It owns requests, answers, fault decoding, the reading of webhooks, and pacing. It never stores a token or an entry,
// never retries a call on its own, never refreshes a token behind its caller's back, and knows nothing of retailers,
// events or mappings: its callers put a request and a token on disk first, and then hand over exactly those bytes.
package quickbooks

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Environment says which QuickBooks is spoken to.
type Environment string

// The environments. EnvironmentSimulator has no addresses of its own and may be spoken to in clear text; the other
// two are Intuit's and always need TLS.
const (
	EnvironmentSimulator  Environment = "simulator"
	EnvironmentSandbox    Environment = "sandbox"
	EnvironmentProduction Environment = "production"
)

// Scope is the only scope asked for: reading and writing of the Accounting API.
const Scope = "com.intuit.quickbooks.accounting"

// DefaultTimeout bounds one call from its start to the last byte of its answer. Intuit gives up after 120 s; waiting
// a little longer means that its own answer is heard rather than guessed.
const DefaultTimeout = 125 * time.Second

// Bounds of what is sent and taken in, in bytes.
const (
	// MaxRequestBytes is the largest body of a write.
	MaxRequestBytes = 4 << 20
	maxAnswerBytes  = 8 << 20
	maxOAuthBytes   = 1 << 20
	maxHeaderBytes  = 256 << 10
)

const (
	minorVersion     = "75"
	defaultUserAgent = "tillpost"
)

// Config says which QuickBooks to speak to, and as which app.
type Config struct {
	// Environment is required. For the sandbox and production DiscoveryURL and APIBaseURL may stay empty: Endpoints has
	// them. For the simulator both are required.
	Environment Environment
	// DiscoveryURL is the address of the OpenID discovery document that names the OAuth endpoints.
	DiscoveryURL string
	// APIBaseURL is the address in front of "/v3/company/...".
	APIBaseURL string
	// ClientID and ClientSecret are the app's keys, both required.
	ClientID     string
	ClientSecret Secret
	// RedirectURL is where Intuit sends the browser back to. It must be registered with the app, letter for letter. In
	// production it must be https and must not name an IP address.
	RedirectURL string
	// HTTPClient lends its Transport, and nothing else. nil means a transport of our own, with TLS 1.2 or newer.
	HTTPClient *http.Client
	// Timeout bounds one call; 0 means DefaultTimeout.
	Timeout time.Duration
	// Logger gets one debug line per call, never a token and never a body. nil means no log.
	Logger *slog.Logger
	// UserAgent is sent with every call; empty means "tillpost".
	UserAgent string
}

// Client speaks to one QuickBooks environment as one app. It is safe for concurrent use and holds no tokens.
type Client struct {
	config    Config
	apiBase   string
	transport http.RoundTripper
	discovery discovery
}

// Endpoints returns Intuit's own addresses of the discovery document and of the Accounting API. Both are empty for
// the simulator and for an environment that does not exist.
func Endpoints(env Environment) (discoveryURL, apiBase string) {
	switch env {
	case EnvironmentSandbox:
		return "https://developer.api.intuit.com/.well-known/openid_sandbox_configuration",
			"https://sandbox-quickbooks.api.intuit.com"
	case EnvironmentProduction:
		return "https://developer.api.intuit.com/.well-known/openid_configuration",
			"https://quickbooks.api.intuit.com"
	case EnvironmentSimulator:
		return "", ""
	default:
		return "", ""
	}
}

// New checks config and returns a client. It makes no call: the discovery document is fetched when it is first needed.
func New(config Config) (*Client, error) {
	discoveryURL, apiBase := Endpoints(config.Environment)
	if config.DiscoveryURL == "" {
		config.DiscoveryURL = discoveryURL
	}
	if config.APIBaseURL == "" {
		config.APIBaseURL = apiBase
	}
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("quickbooks configuration: %w", err)
	}
	if config.Timeout == 0 {
		config.Timeout = DefaultTimeout
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.UserAgent == "" {
		config.UserAgent = defaultUserAgent
	}
	c := &Client{
		config:    config,
		apiBase:   strings.TrimRight(config.APIBaseURL, "/"),
		transport: newTransport(),
		discovery: newDiscovery(),
	}
	if config.HTTPClient != nil && config.HTTPClient.Transport != nil {
		c.transport = config.HTTPClient.Transport
	}
	return c, nil
}

func (c Config) check() error {
	switch c.Environment {
	case EnvironmentSimulator, EnvironmentSandbox, EnvironmentProduction:
	default:
		return fmt.Errorf("environment %q: use simulator, sandbox or production", c.Environment)
	}
	if c.ClientID == "" || c.ClientSecret == "" {
		return errors.New("the client id and the client secret of the Intuit app are both required")
	}
	if c.Timeout < 0 {
		return fmt.Errorf("timeout %v is negative", c.Timeout)
	}
	if err := c.checkURL("discovery URL", c.DiscoveryURL); err != nil {
		return err
	}
	if err := c.checkURL("API base URL", c.APIBaseURL); err != nil {
		return err
	}
	return c.checkRedirect()
}

// checkURL refuses addresses that tokens must not be sent to.
func (c Config) checkURL(name, address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%s %q: use an absolute address without user, query or fragment", name, address)
	}
	if u.Scheme == "https" || (u.Scheme == "http" && c.Environment == EnvironmentSimulator) {
		return nil
	}
	return fmt.Errorf("%s %q: environment %s needs https", name, address, c.Environment)
}

// checkRedirect applies Intuit's rules for redirect addresses, so that a wrong one is found at start and not by the
// first retailer who connects.
func (c Config) checkRedirect() error {
	u, err := url.Parse(c.RedirectURL)
	if err != nil || u.Host == "" || u.Fragment != "" || (u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("redirect URL %q: use an absolute http or https address without fragment", c.RedirectURL)
	}
	if c.Environment != EnvironmentProduction {
		return nil
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Scheme != "https" {
		return fmt.Errorf("redirect URL %q: Intuit takes only https and a host name in production", c.RedirectURL)
	}
	return nil
}

// newTransport returns a transport for a handful of hosts that are called often. Nothing here bounds a whole call:
// every call has a deadline.
func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        60 * time.Second,
		TLSHandshakeTimeout:    15 * time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}
