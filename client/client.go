// Package client is the Go client of Tillpost: the two typed services over one connection, with the caller's token,
// TLS and safe retries in place.
//
// It speaks the Connect protocol, or gRPC with WithGRPC; both reach the same port of the server. It owns the transport
// and nothing else: it keeps no state of a retailer, logs nothing, and never repeats a call that the API does not
// declare repeatable.
package client

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"connectrpc.com/connect/v2"
	"connectrpc.com/connect/v2/connecthttp"

	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	"github.com/tillpost/tillpost/gen/go/tillpost/integration/v1/integrationv1connect"
)

const (
	schemeHTTP  = "http"
	schemeHTTPS = "https"
	// maxResponseBytes bounds one message from the server; a full page of events with long texts stays below it.
	maxResponseBytes = 16 << 20
	// maxIdleConns is how many idle HTTP/1.1 connections are kept; HTTP/2 needs one.
	maxIdleConns = 32
	// idlePing and pingTimeout notice a dead HTTP/2 connection, which otherwise looks like a server that thinks.
	idlePing    = 30 * time.Second
	pingTimeout = 15 * time.Second
)

// Client holds the two services of one Tillpost server. Make it with New; it is safe for use by many goroutines.
type Client struct {
	// Financial has the accounts, mappings, events and their status.
	Financial financialv1connect.FinancialServiceClient
	// Integration has the connection to QuickBooks.
	Integration integrationv1connect.IntegrationServiceClient

	http *http.Client
}

// New returns a client of the server at address: "https://tillpost.internal", or "http://127.0.0.1:8080" without TLS.
// A path is kept as a prefix of every call. New opens no connection; the first call does.
//
// It fails when the address is no http or https address, when options contradict each other, and when a token would
// travel in the clear to another machine (see WithInsecureToken).
func New(address string, opts ...Option) (*Client, error) {
	cfg := config{retries: defaultRetries}
	for _, opt := range opts {
		opt(&cfg)
	}
	base, err := parseAddress(address)
	if err != nil {
		return nil, fmt.Errorf("tillpost client: %w", err)
	}
	if err := cfg.check(base); err != nil {
		return nil, fmt.Errorf("tillpost client: %w", err)
	}
	httpClient := cfg.newHTTPClient(base)
	transportOptions := []connecthttp.Option{connecthttp.WithReadMaxBytes(maxResponseBytes)}
	if cfg.grpc {
		transportOptions = append(transportOptions, connecthttp.WithGRPC())
	}
	rpc := connect.NewClient(
		connecthttp.NewTransport(httpClient, base.String(), transportOptions...),
		retryInterceptor(cfg.retries), // outermost, so that each try asks for a token of its own
		headerInterceptor(cfg.userAgent, cfg.token),
	)
	return &Client{
		Financial:   financialv1connect.NewFinancialServiceClient(rpc),
		Integration: integrationv1connect.NewIntegrationServiceClient(rpc),
		http:        httpClient,
	}, nil
}

// Close closes connections that no call uses at the moment. The client stays usable.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// parseAddress accepts an absolute http or https address without user, query and fragment.
func parseAddress(address string) (*url.URL, error) {
	base, err := url.Parse(address)
	if err != nil {
		// The text of a parse error repeats the address, and an address may hold a password.
		return nil, errors.New(`the address cannot be read: write it as "https://host:port" or "http://127.0.0.1:port"`)
	}
	if base.User != nil {
		return nil, errors.New("the address must not hold a user or password: use WithToken")
	}
	if (base.Scheme != schemeHTTP && base.Scheme != schemeHTTPS) || base.Hostname() == "" {
		return nil, fmt.Errorf(`the address %q needs http:// or https:// and a host, as in "https://tillpost.internal"`,
			address)
	}
	if base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("the address %q must end with the path: no ? and no #", address)
	}
	base.Path = strings.TrimSuffix(base.Path, "/")
	return base, nil
}

// isLoopback reports whether host is this very machine, so that nothing sent to it passes a network.
func isLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// newHTTPClient returns the caller's HTTP client or makes one, and sees to it that no redirect is followed: an API
// does not redirect, and a token must not follow one to another place.
func (cfg *config) newHTTPClient(base *url.URL) *http.Client {
	var own http.Client
	if cfg.httpClient != nil {
		own = *cfg.httpClient
	} else {
		own.Transport = cfg.newTransport(base)
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

func (cfg *config) newTransport(base *url.URL) *http.Transport {
	protocols := new(http.Protocols)
	switch {
	case base.Scheme == schemeHTTPS:
		protocols.SetHTTP1(!cfg.grpc)
		protocols.SetHTTP2(true)
	case cfg.grpc:
		protocols.SetUnencryptedHTTP2(true) // gRPC needs HTTP/2, which is h2c without TLS
	default:
		protocols.SetHTTP1(true)
	}
	tlsConfig := cfg.tls.Clone()
	if tlsConfig == nil {
		tlsConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: idlePing}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, addr)
		},
		TLSClientConfig:     tlsConfig,
		TLSHandshakeTimeout: dialTimeout,
		MaxIdleConns:        maxIdleConns,
		MaxIdleConnsPerHost: maxIdleConns,
		IdleConnTimeout:     idleTimeout,
		Protocols:           protocols,
		HTTP2:               &http.HTTP2Config{SendPingTimeout: idlePing, PingTimeout: pingTimeout},
	}
}
