package quickbooks_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks"
)

const document = `{"authorization_endpoint":"https://appcenter.intuit.com/connect/oauth2",` +
	`"token_endpoint":"https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",` +
	`"revocation_endpoint":"https://developer.api.intuit.com/v2/oauth2/tokens/revoke"}`

// TestDiscoveryCached: one fetch serves everybody, for a day.
func TestDiscoveryCached(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
			if want := "https://developer.api.intuit.com/.well-known/openid_sandbox_configuration"; req.URL.String() != want {
				t.Errorf("got %s", req.URL)
			}
			calls.Add(1)
			time.Sleep(time.Second)
			return respond(200, document), nil
		})
		var callers sync.WaitGroup
		for range 20 {
			callers.Go(func() {
				address, err := client.AuthorizeURL(t.Context(), "state")
				if err != nil || !strings.HasPrefix(address, "https://appcenter.intuit.com/connect/oauth2?") {
					t.Errorf("got %s, %v", address, err)
				}
			})
		}
		callers.Wait()
		time.Sleep(23 * time.Hour)
		if _, err := client.AuthorizeURL(t.Context(), "state"); err != nil || calls.Load() != 1 {
			t.Errorf("got %d fetches, %v", calls.Load(), err)
		}
		time.Sleep(2 * time.Hour)
		if _, err := client.AuthorizeURL(t.Context(), "state"); err != nil || calls.Load() != 2 {
			t.Errorf("got %d fetches after a day, %v", calls.Load(), err)
		}
	})
}

// TestDiscoveryFailure: a failure is told and not remembered; an old document is better than none.
func TestDiscoveryFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		calls, broken := 0, true
		client := fakeClient(t, func(*http.Request) (*http.Response, error) {
			calls++
			if broken {
				return respond(503, htmlPage), nil
			}
			return respond(200, document), nil
		})
		for range 2 {
			_, err := client.AuthorizeURL(t.Context(), "state")
			e := failure(t, err, quickbooks.CauseServer, quickbooks.OutcomeNotCommitted)
			if e.Op != "fetch discovery document" {
				t.Errorf("got %v", e)
			}
		}
		broken = false
		if _, err := client.AuthorizeURL(t.Context(), "state"); err != nil || calls != 3 {
			t.Errorf("got %v after %d calls", err, calls)
		}
		broken = true
		time.Sleep(25 * time.Hour)
		for range 3 {
			if _, err := client.AuthorizeURL(t.Context(), "state"); err != nil || calls != 4 {
				t.Errorf("got %v after %d calls: the old document must serve, and the server be left alone", err, calls)
			}
		}
		broken = false
		time.Sleep(6 * time.Minute)
		if _, err := client.AuthorizeURL(t.Context(), "state"); err != nil || calls != 5 {
			t.Errorf("got %v after %d calls", err, calls)
		}
	})
}

// TestDiscoveryWaits: whoever waits for another caller's fetch waits only as long as its own context allows.
func TestDiscoveryWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
		go func() { _, _ = client.AuthorizeURL(t.Context(), "state") }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := client.AuthorizeURL(ctx, "state")
		wantFailure(t, err, quickbooks.CauseTimeout, quickbooks.OutcomeNotCommitted)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		time.Sleep(quickbooks.DefaultTimeout)
	})
}

// TestDiscoveryRefused: addresses that keys must not be sent to are not taken from a document.
func TestDiscoveryRefused(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"empty":       `{}`,
		"not JSON":    htmlPage,
		"clear text":  strings.Replace(document, "https://oauth", "http://oauth", 1),
		"relative":    strings.Replace(document, "https://oauth.platform.intuit.com", "", 1),
		"with a user": strings.Replace(document, "https://oauth", "https://u:p@oauth", 1),
		"no revoke":   strings.Replace(document, "revocation_endpoint", "x", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := fakeClient(t, func(*http.Request) (*http.Response, error) { return respond(200, body), nil })
			_, err := client.Refresh(t.Context(), "RT1-old")
			wantFailure(t, err, quickbooks.CauseDecode, quickbooks.OutcomeNotCommitted)
		})
	}
}
