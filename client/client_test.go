package client_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"connectrpc.com/connect/v2"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/tillpost/tillpost/client"
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

const secret = "tp_do-not-print-me"

func TestClient_Protocols(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		opts []client.Option
		tls  bool
		want string
	}{
		"Connect without TLS": {want: "connect"},
		"gRPC without TLS":    {opts: []client.Option{client.WithGRPC()}, want: "grpc"},
		"Connect with TLS":    {tls: true, want: "connect"},
		"gRPC with TLS":       {tls: true, opts: []client.Option{client.WithGRPC()}, want: "grpc"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := &fakeServer{watchMessages: 2}
			srv := startServer(t, fake, tc.tls)
			all := append(opts(client.WithToken(secret), client.WithUserAgent("order-sync/1.4")), tc.opts...)
			if tc.tls {
				all = append(all, client.WithTLS(trust(srv)))
			}
			c, err := client.New(srv.URL, all...)
			if err != nil {
				t.Fatalf("New: %v", err)
			}
			defer c.Close()
			status, err := c.Financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{RetailerId: "r"})
			if err != nil || status.GetStatus().GetTotalCount() != 2 {
				t.Fatalf("SyncStatus = %v, %v; want 2 events", status, err)
			}
			header := fake.lastHeader()
			got := []string{header.Get("X-Test-Protocol"), header.Get("Authorization")}
			if diff := cmp.Diff([]string{tc.want, "Bearer " + secret}, got); diff != "" {
				t.Errorf("what the server saw differs (-want +got):\n%s", diff)
			}
			if agent := header.Get("User-Agent"); !strings.HasPrefix(agent, "order-sync/1.4 tillpost-go ") {
				t.Errorf("User-Agent = %q; want the caller's name first", agent)
			}
			if n := watch(t, c); n != 2 {
				t.Errorf("WatchSyncStatus sent %d messages; want 2", n)
			}
		})
	}
}

func startServer(t *testing.T, fake *fakeServer, useTLS bool) *httptest.Server {
	t.Helper()
	if !useTLS {
		srv := startH2C(fake.handler())
		t.Cleanup(srv.Close)
		return srv
	}
	srv := httptest.NewUnstartedServer(fake.handler())
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv
}

func trust(srv *httptest.Server) *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(srv.Certificate())
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

// watch reads WatchSyncStatus to its clean end and returns the number of messages.
func watch(t *testing.T, c *client.Client) int {
	t.Helper()
	stream, err := c.Financial.WatchSyncStatus(t.Context(), &financialv1.WatchSyncStatusRequest{RetailerId: "r"})
	if err != nil {
		t.Fatalf("WatchSyncStatus: %v", err)
	}
	defer func() { _ = stream.Close() }()
	for n := 0; ; n++ {
		_, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			return n
		}
		if err != nil {
			t.Fatalf("Receive %d: %v", n, err)
		}
	}
}

func TestNew_Refuses(t *testing.T) {
	t.Parallel()
	noSource := client.WithTokenSource(func(context.Context) (string, error) { return secret, nil })
	cases := map[string]struct {
		address string
		opts    []client.Option
		want    string
	}{
		"no scheme":          {address: "tillpost:8080", want: "needs http:// or https://"},
		"no host":            {address: "http:///x", want: "needs http:// or https://"},
		"other scheme":       {address: "ftp://tillpost", want: "needs http:// or https://"},
		"password":           {address: "https://u:" + secret + "@tillpost", want: "must not hold a user or password"},
		"unreadable":         {address: "https://u:" + secret + "@tillpost:x", want: "cannot be read"},
		"query":              {address: "https://tillpost?x=1", want: "no ? and no #"},
		"empty token":        {address: "https://tillpost", opts: opts(client.WithToken("")), want: "token is empty"},
		"token with newline": {address: "https://tillpost", opts: opts(client.WithToken(secret + "\n")), want: "line end"},
		"token in the clear": {
			address: "http://tillpost:8080", opts: opts(client.WithToken(secret)), want: "in the clear to tillpost:8080",
		},
		"token source in the clear": {address: "http://10.0.0.1", opts: opts(noSource), want: "in the clear"},
		"looks like loopback": {
			address: "http://localhost.example.com", opts: opts(client.WithToken(secret)), want: "in the clear",
		},
		"TLS without https": {
			address: "http://localhost", opts: opts(client.WithTLS(&tls.Config{MinVersion: tls.VersionTLS13})),
			want: "needs an https:// address",
		},
		"TLS twice": {
			address: "https://tillpost",
			opts:    opts(client.WithTLS(&tls.Config{MinVersion: tls.VersionTLS13}), client.WithHTTPClient(http.DefaultClient)),
			want:    "exclude each other",
		},
		"negative retries":  {address: "https://tillpost", opts: opts(client.WithRetries(-1)), want: "0 to 10, not -1"},
		"too many retries":  {address: "https://tillpost", opts: opts(client.WithRetries(11)), want: "0 to 10, not 11"},
		"header in a name":  {address: "https://tillpost", opts: opts(client.WithUserAgent("a\r\nb: c")), want: "WithUserAgent"},
		"name that is long": {address: "https://tillpost", opts: opts(client.WithUserAgent(strings.Repeat("a", 201))), want: "200"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := client.New(tc.address, tc.opts...)
			if err == nil {
				t.Fatalf("New(%q) succeeded; want an error with %q", tc.address, tc.want)
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("New(%q) = %v; want an error with %q", tc.address, err, tc.want)
			}
			if strings.Contains(err.Error(), "do-not-print-me") {
				t.Errorf("the error repeats the secret: %v", err)
			}
		})
	}
}

func opts(o ...client.Option) []client.Option { return o }

func TestNew_TokenNearby(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"http://localhost:1", "http://tillpost.localhost", "http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:1",
		"https://tillpost.internal/prefix/",
	} {
		if _, err := client.New(address, client.WithToken(secret)); err != nil {
			t.Errorf("New(%q) = %v; want none", address, err)
		}
	}
	if _, err := client.New("http://mesh:1", client.WithToken(secret), client.WithInsecureToken()); err != nil {
		t.Errorf("New with WithInsecureToken = %v; want none", err)
	}
}

func TestClient_PathPrefix(t *testing.T) {
	t.Parallel()
	fake := &fakeServer{}
	srv := startH2C(http.StripPrefix("/books", fake.handler()))
	t.Cleanup(srv.Close)
	c, err := client.New(srv.URL + "/books/")
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	if _, err := c.Financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{}); err != nil {
		t.Errorf("SyncStatus under a prefix: %v", err)
	}
}

func TestClient_FollowsNoRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := &fakeServer{}
	target := startH2C(elsewhere.handler())
	t.Cleanup(target.Close)
	srv := startH2C(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, target.URL+r.URL.Path, http.StatusPermanentRedirect)
	}))
	t.Cleanup(srv.Close)
	for name, extra := range map[string][]client.Option{
		"own transport": nil, "caller's client": opts(client.WithHTTPClient(&http.Client{})),
	} {
		c, err := client.New(srv.URL, append(extra, client.WithToken(secret))...)
		if err != nil {
			t.Fatalf("New: %v", err)
		}
		if _, err := c.Financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{}); err == nil {
			t.Errorf("%s: the call followed a redirect", name)
		}
	}
	if n := elsewhere.callCount(); n != 0 {
		t.Errorf("the redirect's target got %d calls, with the token; want none", n)
	}
}

func TestClient_TokenSource(t *testing.T) {
	t.Parallel()
	broken := errors.New("vault is sealed")
	fake := &fakeServer{}
	srv := startServer(t, fake, false)
	token, tokenErr := "first", error(nil)
	c, err := client.New(srv.URL, client.WithTokenSource(func(context.Context) (string, error) {
		return token, tokenErr
	}))
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	call := func() error {
		_, err := c.Financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{})
		return err
	}
	for _, token = range []string{"first", "second"} {
		if err := call(); err != nil {
			t.Fatalf("SyncStatus: %v", err)
		}
		if got := fake.lastHeader().Get("Authorization"); got != "Bearer "+token {
			t.Errorf("Authorization = %q; want the token %q", got, token)
		}
	}
	tokenErr = broken
	if err := call(); !errors.Is(err, broken) {
		t.Errorf("SyncStatus = %v; want the token source's error", err)
	}
	token, tokenErr = secret+"\r\nX-Evil: 1", nil
	if err := call(); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("SyncStatus with a broken token = %v; want an error without the token", err)
	}
	if n := fake.callCount(); n != 2 {
		t.Errorf("the server got %d calls; want 2", n)
	}
}

func TestReasonAndViolations(t *testing.T) {
	t.Parallel()
	refused := withDetail(withDetail(withDetail(
		connect.NewError(connect.CodeInvalidArgument, "two fields are wrong"),
		&errdetails.ErrorInfo{Domain: "proxy.example", Reason: "SOMETHING"}),
		&errdetails.ErrorInfo{Domain: "tillpost", Reason: "INVALID_REQUEST"}),
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: "retailer_id", Description: "has a blank"}, {Field: "slot.role", Description: "is not set"},
		}})
	for name, extra := range map[string][]client.Option{"Connect": nil, "gRPC": opts(client.WithGRPC())} {
		fake := &fakeServer{script: []error{refused}}
		c, err := client.New(startServer(t, fake, false).URL, extra...)
		if err != nil {
			t.Fatalf("New: %v", err)
		}
		_, err = c.Financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{})
		if got := client.Reason(err); got != "INVALID_REQUEST" {
			t.Errorf("%s: Reason = %q; want INVALID_REQUEST", name, got)
		}
		want := []client.Violation{
			{Field: "retailer_id", Description: "has a blank"}, {Field: "slot.role", Description: "is not set"},
		}
		if diff := cmp.Diff(want, client.Violations(err)); diff != "" {
			t.Errorf("%s: Violations differ (-want +got):\n%s", name, diff)
		}
	}
	for _, other := range []error{nil, io.EOF, connect.NewError(connect.CodeNotFound, "x")} {
		if reason, violations := client.Reason(other), client.Violations(other); reason != "" || violations != nil {
			t.Errorf("of %v: Reason = %q, Violations = %v; want none", other, reason, violations)
		}
	}
}
