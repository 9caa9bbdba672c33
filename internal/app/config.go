// Package app puts the service together: configuration, keys, the HTTP server, and the order in which things start and
// stop. It decides nothing about events or entries.
package app

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// Config is the whole configuration of the service; flags and environment variables fill it (TILLPOST_ and the flag's
// name in capitals). Check lists all of its faults at once.
type Config struct {
	Mode      string `default:"development" enum:"development,production" help:"development makes its own keys, prints a token and listens on loopback only; production takes nothing for granted."`
	Listen    string `default:"127.0.0.1:8700" placeholder:"HOST:PORT" help:"Address to serve Connect, gRPC, gRPC-Web and JSON on."`
	PublicURL string `placeholder:"URL" help:"Address that browsers reach this server at; the OAuth callback hangs below it. Default: http://LISTEN."`
	TLSCert   string `name:"tls-cert" type:"path" placeholder:"FILE" help:"TLS certificate (PEM). With none, plain HTTP/1.1 and h2c are served; put a TLS proxy in front."`
	TLSKey    string `name:"tls-key" type:"path" placeholder:"FILE" help:"Private key of the TLS certificate (PEM)."`

	Database string `default:"tillpost.db" placeholder:"URL" help:"postgres://USER:PASSWORD@HOST/NAME?sslmode=... or a SQLite file."`
	KeyFile  string `type:"path" placeholder:"FILE" help:"Development only: where the keys that this server makes for itself are kept. Default: beside the SQLite file."`
	SealKeys Secret `placeholder:"KEYS" help:"Production: keys that seal tokens at rest, base64 of 32 bytes each, separated by commas; the first seals, all open. Make one with 'openssl rand -base64 32'."`

	AuthIssuer   string `placeholder:"URL" help:"Production: issuer (iss) of the bearer tokens."`
	AuthAudience string `default:"tillpost" placeholder:"NAME" help:"Audience (aud) that the bearer tokens must carry."`
	AuthJWKS     string `name:"auth-jwks" placeholder:"URL" help:"Production: address of the issuer's JSON Web Key Set."`
	AuthKeys     string `type:"path" placeholder:"FILE" help:"Production, instead of --auth-jwks: the issuer's public keys (PEM)."`

	QuickBooks             string `name:"quickbooks" default:"simulator" enum:"simulator,sandbox,production" help:"Which QuickBooks to speak to: the simulator (start it with 'simulator'), Intuit's sandbox, or production."`
	SimulatorURL           string `default:"http://127.0.0.1:8701" placeholder:"URL" help:"Where the simulator listens."`
	QuickBooksClientID     string `name:"quickbooks-client-id" placeholder:"ID" help:"Client id of the Intuit app."`
	QuickBooksClientSecret Secret `name:"quickbooks-client-secret" placeholder:"SECRET" help:"Client secret of the Intuit app."`
	Unpaced                bool   `help:"Lift Intuit's limits of 500 requests and 40 batches a minute. Only for the simulator."`

	ReturnURLs     []string      `name:"return-urls" placeholder:"URL,..." help:"Addresses that a browser may be sent back to after connecting; each allows everything below it."`
	AllowedOrigins []string      `placeholder:"URL,..." help:"Web origins, other than this server's own, whose pages may call the API."`
	EmbedOrigins   []string      `placeholder:"URL,..." help:"Web origins of the retail platform: their pages may show the console in a frame and hand it tokens."`
	Workers        int           `default:"16" help:"How many companies are posted for at once."`
	ReplayWindow   time.Duration `default:"10m" help:"How long Intuit is trusted to recognise a repeated request."`
	Lease          time.Duration `default:"10s" help:"How long a company stays with a server that shows no sign of life before another takes it over."`
	Grace          time.Duration `default:"20s" help:"How long calls and requests under way may take to finish when stopping."`
	SkipMigrate    bool          `help:"Do not bring the database schema up to date when starting; use the migrate command."`
	LogLevel       string        `default:"info" enum:"debug,info,warn,error" help:"Least level to log."`
	LogFormat      string        `default:"text" enum:"text,json" help:"Form of the log lines."`
}

// Secret is a configuration value that never shows itself.
type Secret string

// String hides the value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[redacted]"
}

// GoString hides the value.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the value from logs and JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the value.
func (s *Secret) UnmarshalText(text []byte) error {
	*s = Secret(text)
	return nil
}

func (c *Config) development() bool { return c.Mode == "development" }

// Check fills in what follows from other settings and reports every fault, joined.
func (c *Config) Check() error {
	c.fillDefaults()
	faults := []error{c.checkNetwork(), c.checkKeys(), c.checkQuickBooks()}
	for _, address := range slices.Concat(c.ReturnURLs, c.AllowedOrigins) {
		if u, err := url.Parse(address); err != nil || u.Host == "" {
			faults = append(faults, fmt.Errorf("%q is not an absolute address; write https://host/path", address))
		}
	}
	for _, origin := range c.EmbedOrigins {
		u, err := url.Parse(origin)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Scheme+"://"+u.Host != origin {
			faults = append(faults, fmt.Errorf("--embed-origins %q is not an origin; write https://host, without a path", origin))
		}
	}
	return errors.Join(faults...)
}

func (c *Config) fillDefaults() {
	if c.QuickBooks == string(quickbooks.EnvironmentSimulator) && c.QuickBooksClientID == "" {
		c.QuickBooksClientID, c.QuickBooksClientSecret = simulator.DefaultClientID, simulator.DefaultClientSecret
	}
	if c.KeyFile == "" {
		c.KeyFile = keyFileBeside(c.Database)
	}
}

func keyFileBeside(database string) string {
	if strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://") {
		return "tillpost.keys"
	}
	return strings.TrimSuffix(strings.TrimPrefix(database, "sqlite:"), ".db") + ".keys"
}

func (c *Config) checkNetwork() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen %q: write HOST:PORT", c.Listen)
	}
	if c.development() && !isLoopback(host) {
		return fmt.Errorf("--listen %s: development mode listens on loopback only; use 127.0.0.1, or --mode production", c.Listen)
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return errors.New("--tls-cert and --tls-key go together")
	}
	if !c.development() && c.PublicURL == "" {
		return errors.New("--public-url is needed in production: Intuit sends browsers back to it")
	}
	return nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func (c *Config) checkKeys() error {
	if c.development() {
		return nil
	}
	var faults []error
	if c.SealKeys == "" {
		faults = append(faults, errors.New("--seal-keys is needed in production: make one with 'openssl rand -base64 32'"))
	}
	if c.AuthIssuer == "" {
		faults = append(faults, errors.New("--auth-issuer is needed in production: who issues the bearer tokens"))
	}
	if (c.AuthJWKS == "") == (c.AuthKeys == "") {
		faults = append(faults, errors.New("one of --auth-jwks and --auth-keys is needed in production"))
	}
	if c.AuthKeys != "" {
		if _, err := os.Stat(c.AuthKeys); err != nil {
			faults = append(faults, fmt.Errorf("--auth-keys: %w", err))
		}
	}
	return errors.Join(faults...)
}

func (c *Config) checkQuickBooks() error {
	simulated := c.QuickBooks == string(quickbooks.EnvironmentSimulator)
	if c.Unpaced && !simulated {
		return errors.New("--unpaced is for the simulator: Intuit would block the app")
	}
	if c.QuickBooksClientID == "" || c.QuickBooksClientSecret == "" {
		return fmt.Errorf("--quickbooks-client-id and --quickbooks-client-secret are needed for %s: "+
			"find them in Intuit's developer portal", c.QuickBooks)
	}
	if simulated && !c.development() {
		return errors.New("--quickbooks simulator books nothing real; production mode needs sandbox or production")
	}
	return nil
}
