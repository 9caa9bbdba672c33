package quickbooks_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"

	"github.com/tillpost/tillpost/internal/quickbooks"
)

const (
	realm       = quickbooks.RealmID("9341453118812345")
	accessToken = quickbooks.Secret("eyJhbGciOiJkaXIi.access-token-value")
	appSecret   = quickbooks.Secret("app-secret-value-0123456789")
	discovery   = "/.well-known/openid_configuration"
)

// newClient returns a client of the server, for the simulator environment.
func newClient(t *testing.T, server *httptest.Server, change ...func(*quickbooks.Config)) *quickbooks.Client {
	t.Helper()
	config := quickbooks.Config{
		Environment:  quickbooks.EnvironmentSimulator,
		DiscoveryURL: server.URL + discovery,
		APIBaseURL:   server.URL,
		ClientID:     "app-id",
		ClientSecret: appSecret,
		RedirectURL:  "http://localhost:8080/callback",
		HTTPClient:   server.Client(),
	}
	for _, f := range change {
		f(&config)
	}
	client, err := quickbooks.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// serve starts a server that answers every request with handler.
func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// roundTripper is a transport that is a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// fakeClient returns a client that reaches nothing but the function.
func fakeClient(tb testing.TB, f roundTripper, change ...func(*quickbooks.Config)) *quickbooks.Client {
	tb.Helper()
	config := quickbooks.Config{
		Environment: quickbooks.EnvironmentSandbox, ClientID: "app-id", ClientSecret: appSecret,
		RedirectURL: "http://localhost:8080/callback", HTTPClient: &http.Client{Transport: f},
	}
	for _, f := range change {
		f(&config)
	}
	client, err := quickbooks.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	return client
}

// connected tells a client that a connection was got, as a real transport does.
func connected(req *http.Request) {
	trace := httptrace.ContextClientTrace(req.Context())
	trace.GetConn(req.URL.Host)
	trace.GotConn(httptrace.GotConnInfo{})
}

func respond(status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Intuit_tid": {"1-628f0be4"}},
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

// asError returns the *Error in err and fails the test if there is none.
func asError(t *testing.T, err error) *quickbooks.Error {
	t.Helper()
	e, ok := errors.AsType[*quickbooks.Error](err)
	if !ok {
		t.Fatalf("got error %v, want an *Error", err)
	}
	return e
}

// failure is wantFailure for those who look closer.
func failure(t *testing.T, err error, cause quickbooks.Cause, outcome quickbooks.Outcome) *quickbooks.Error {
	t.Helper()
	e := asError(t, err)
	if e.Cause != cause || e.Outcome != outcome {
		t.Errorf("got cause %s, outcome %s; want %s, %s (%v)", e.Cause, e.Outcome, cause, outcome, e)
	}
	return e
}

func wantFailure(t *testing.T, err error, cause quickbooks.Cause, outcome quickbooks.Outcome) {
	t.Helper()
	_ = failure(t, err, cause, outcome)
}

// entryRequest is a small valid write.
func entryRequest() quickbooks.Request {
	return quickbooks.Request{Kind: quickbooks.Single, ID: "0198-request-1", Body: []byte(`{"Line":[]}`)}
}

// record is a log that tests can read, safe for concurrent use.
type record struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.buf.Write(p)
	return len(p), nil
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.String()
}

// stdLogger takes in what servers say about broken connections.
func (r *record) stdLogger() *log.Logger { return log.New(r, "", 0) }

func (r *record) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(r, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// unpaced lets every call go at once.
func unpaced(context.Context, quickbooks.RequestKind) (func(*quickbooks.Error), error) {
	return func(*quickbooks.Error) {}, nil
}
