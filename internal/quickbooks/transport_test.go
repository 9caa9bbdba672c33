package quickbooks_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks"
)

// post sends the small valid write.
func post(t *testing.T, client *quickbooks.Client) error {
	t.Helper()
	if _, _, err := client.Company(realm, accessToken, unpaced).PostJournalEntry(t.Context(), entryRequest()); err != nil {
		return fmt.Errorf("posting: %w", err)
	}
	return nil
}

// TestConnectionFailsBeforeRequest: what certainly never left is certainly not committed.
func TestConnectionFailsBeforeRequest(t *testing.T) {
	t.Parallel()
	t.Run("refused", func(t *testing.T) {
		t.Parallel()
		server := serve(t, func(http.ResponseWriter, *http.Request) {})
		client := newClient(t, server)
		server.Close()
		wantFailure(t, post(t, client), quickbooks.CauseNetwork, quickbooks.OutcomeNotCommitted)
	})
	t.Run("TLS", func(t *testing.T) {
		t.Parallel()
		var served atomic.Int32
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { served.Add(1) }))
		server.Config.ErrorLog = (&record{}).stdLogger()
		server.StartTLS()
		t.Cleanup(server.Close)
		client := newClient(t, server, func(c *quickbooks.Config) { c.HTTPClient = nil })
		wantFailure(t, post(t, client), quickbooks.CauseNetwork, quickbooks.OutcomeNotCommitted)
		if served.Load() != 0 {
			t.Error("the request was served")
		}
	})
	t.Run("old TLS", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.TLS = &tls.Config{MaxVersion: tls.VersionTLS11}
		server.Config.ErrorLog = (&record{}).stdLogger()
		server.StartTLS()
		t.Cleanup(server.Close)
		client := newClient(t, server, func(c *quickbooks.Config) { c.HTTPClient = nil })
		e := failure(t, post(t, client), quickbooks.CauseNetwork, quickbooks.OutcomeNotCommitted)
		if !strings.Contains(e.Error(), "protocol version") {
			t.Errorf("got %v, want a complaint about the protocol version", e)
		}
	})
	t.Run("canceled", func(t *testing.T) {
		t.Parallel()
		client := fakeClient(t, func(*http.Request) (*http.Response, error) { return nil, errors.New("must not be called") })
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err := client.Company(realm, accessToken, unpaced).PostJournalEntry(ctx, entryRequest())
		wantFailure(t, err, quickbooks.CauseCanceled, quickbooks.OutcomeNotCommitted)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v does not wrap the error of the context", err)
		}
	})
}

// TestConnectionFailsAfterRequest: whatever happens once there was a connection leaves the outcome open.
func TestConnectionFailsAfterRequest(t *testing.T) {
	t.Parallel()
	hijack := func(answer string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}
	for name, tt := range map[string]struct {
		answer  string
		cause   quickbooks.Cause
		outcome quickbooks.Outcome
	}{
		"no answer":         {"", quickbooks.CauseNetwork, unknown},
		"half a header":     {"HTTP/1.1 200 OK\r\nContent-", quickbooks.CauseNetwork, unknown},
		"not HTTP":          {"stream timeout\r\n\r\n", quickbooks.CauseNetwork, unknown},
		"half a body":       {"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + truncated, quickbooks.CauseNetwork, unknown},
		"half a 400":        {"HTTP/1.1 400 Bad\r\nContent-Length: 900\r\n\r\n{", quickbooks.CauseNetwork, unknown},
		"half a 429":        {"HTTP/1.1 429 Slow\r\nContent-Length: 900\r\n\r\n{", quickbooks.CauseThrottled, done},
		"half a 401":        {"HTTP/1.1 401 No\r\nContent-Length: 900\r\n\r\n{", quickbooks.CauseTokenExpired, done},
		"body until closed": {"HTTP/1.1 200 OK\r\n\r\n" + truncated, quickbooks.CauseDecode, unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantFailure(t, post(t, newClient(t, serve(t, hijack(tt.answer)))), tt.cause, tt.outcome)
		})
	}
	t.Run("closed unread", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		server.Config.ConnState = func(conn net.Conn, _ http.ConnState) { _ = conn.Close() }
		server.Start()
		t.Cleanup(server.Close)
		wantFailure(t, post(t, newClient(t, server)), quickbooks.CauseNetwork, quickbooks.OutcomeUnknown)
	})
	t.Run("HTTP/2 stream reset", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.ProtoMajor != 2 {
				t.Errorf("got %s, want HTTP/2", r.Proto)
			}
			panic(http.ErrAbortHandler)
		}))
		server.EnableHTTP2 = true
		server.StartTLS()
		t.Cleanup(server.Close)
		wantFailure(t, post(t, newClient(t, server)), quickbooks.CauseNetwork, quickbooks.OutcomeUnknown)
	})
}

// TestTransportProgress: only a transport that says that it never got a connection is believed.
func TestTransportProgress(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		report  func(*httptrace.ClientTrace)
		outcome quickbooks.Outcome
	}{
		"silent":           {func(*httptrace.ClientTrace) {}, unknown},
		"connecting":       {func(tr *httptrace.ClientTrace) { tr.GetConn("") }, done},
		"connected":        {func(tr *httptrace.ClientTrace) { tr.GetConn(""); tr.GotConn(httptrace.GotConnInfo{}) }, unknown},
		"connecting again": {func(tr *httptrace.ClientTrace) { tr.GetConn(""); tr.GotConn(httptrace.GotConnInfo{}); tr.GetConn("") }, done},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
				tt.report(httptrace.ContextClientTrace(req.Context()))
				return nil, broken
			})
			err := post(t, client)
			wantFailure(t, err, quickbooks.CauseNetwork, tt.outcome)
			if !errors.Is(err, broken) {
				t.Errorf("%v does not wrap what the transport said", err)
			}
		})
	}
}

// TestTimeout: without an answer a call ends after 125 s, or when its caller's patience does.
func TestTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hang := func(req *http.Request) (*http.Response, error) {
			connected(req)
			<-req.Context().Done()
			return nil, req.Context().Err()
		}
		client := fakeClient(t, hang)
		started := time.Now()
		wantFailure(t, post(t, client), quickbooks.CauseTimeout, quickbooks.OutcomeUnknown)
		if took := time.Since(started); took != 125*time.Second {
			t.Errorf("took %v", took)
		}

		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, receipt, err := client.Company(realm, accessToken, unpaced).PostJournalEntry(ctx, entryRequest())
		wantFailure(t, err, quickbooks.CauseCanceled, quickbooks.OutcomeUnknown)
		if receipt.Duration != time.Second || receipt.HTTPStatus != 0 {
			t.Errorf("got receipt %+v", receipt)
		}
	})
}

// TestRedirectRefused: the token never follows a redirect, on this host or to another.
func TestRedirectRefused(t *testing.T) {
	t.Parallel()
	var reached atomic.Int32
	other := serve(t, func(http.ResponseWriter, *http.Request) { reached.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/elsewhere") {
				reached.Add(1)
			}
			w.Header().Set("Location", other.URL+"/stolen")
			if r.Method == http.MethodGet {
				w.Header().Set("Location", "/elsewhere")
			}
			w.WriteHeader(status)
		})
		client := newClient(t, server)
		wantFailure(t, post(t, client), quickbooks.CauseRedirected, quickbooks.OutcomeUnknown)
		_, err := client.Company(realm, accessToken, unpaced).Info(t.Context())
		wantFailure(t, err, quickbooks.CauseRedirected, quickbooks.OutcomeNotCommitted)
		_, err = client.Refresh(t.Context(), "RT1-old") // stops at the discovery document
		wantFailure(t, err, quickbooks.CauseRedirected, quickbooks.OutcomeNotCommitted)
	}
	if n := reached.Load(); n != 0 {
		t.Errorf("%d redirects were followed", n)
	}
}

// TestOversizedAnswer: an answer is read up to 8 MiB, also after it was unpacked.
func TestOversizedAnswer(t *testing.T) {
	t.Parallel()
	var written atomic.Int64
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat(" ", 1<<20))
		for range 64 {
			n, err := w.Write(chunk)
			written.Add(int64(n))
			if err != nil {
				return
			}
		}
	})
	e := failure(t, post(t, newClient(t, server)), quickbooks.CauseDecode, quickbooks.OutcomeUnknown)
	if !strings.Contains(e.Error(), "larger") {
		t.Errorf("got %v", e)
	}

	fits := `{"JournalEntry":{"Id":"1"}}` + strings.Repeat(" ", 8<<20-27)
	client := fakeClient(t, func(*http.Request) (*http.Response, error) { return respond(200, fits), nil })
	if err := post(t, client); err != nil {
		t.Errorf("an answer of exactly the limit: %v", err)
	}
}

// TestBadToken: a token that cannot be right is not sent.
func TestBadToken(t *testing.T) {
	t.Parallel()
	client := fakeClient(t, func(*http.Request) (*http.Response, error) { return nil, errors.New("must not be called") })
	for _, token := range []quickbooks.Secret{"", "a b", "a\r\nX: y", "ä"} {
		_, err := client.Company(realm, token, unpaced).Info(t.Context())
		e := failure(t, err, quickbooks.CauseTokenExpired, quickbooks.OutcomeNotCommitted)
		if strings.Contains(e.Error(), "must not be called") {
			t.Error(e)
		}
	}
	for _, bad := range []quickbooks.RealmID{"", "12a", "1/../2", "123456789012345678901"} {
		_, err := client.Company(bad, accessToken, unpaced).Info(t.Context())
		wantFailure(t, err, quickbooks.CauseInvalidRequest, quickbooks.OutcomeNotCommitted)
		if !errors.Is(err, quickbooks.ErrRealmID) {
			t.Errorf("realm %q: %v", bad, err)
		}
	}
}

// TestLog: one debug line a call, with what support asks for and without what must stay secret.
func TestLog(t *testing.T) {
	t.Parallel()
	log := new(record)
	status := 200
	client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
		if got := req.Header.Get("User-Agent"); got != "tillpost-test/1" {
			t.Errorf("got User-Agent %q", got)
		}
		return respond(status, `{"JournalEntry":{"Id":"228","PrivateNote":"body text"},"Fault":null}`), nil
	}, func(c *quickbooks.Config) { c.Logger, c.UserAgent = log.logger(), "tillpost-test/1" })
	if err := post(t, client); err != nil {
		t.Fatal(err)
	}
	status = 503
	if err := post(t, client); err == nil {
		t.Fatal("got no error")
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("got %d lines:\n%s", len(lines), log)
	}
	for _, want := range []string{
		`"level":"DEBUG"`, `"op":"create journal entry"`, `"realm":"` + string(realm) + `"`, `"duration":`,
		`"intuit_tid":"1-628f0be4"`,
	} {
		for _, line := range lines {
			if !strings.Contains(line, want) {
				t.Errorf("%s is not in %s", want, line)
			}
		}
	}
	if !strings.Contains(lines[1], `"status":503,`) || !strings.Contains(lines[1], `"cause":"server","outcome":"unknown"`) {
		t.Errorf("the failure is not told: %s", lines[1])
	}
	for _, secret := range []string{accessToken.Reveal(), appSecret.Reveal(), "body text", "0198-request-1"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}
