package simulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

const verifierToken = "verifier-1"

// listener is where webhooks go in tests: a transport without a network.
type listener struct {
	// answer says what becomes of a call; nil acknowledges it.
	answer func(attempt int, body string) (*http.Response, error)

	mu    sync.Mutex
	calls []received
}

type received struct {
	at     time.Time
	header http.Header
	body   string
}

// RoundTrip takes a call.
func (l *listener) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.calls = append(l.calls, received{at: time.Now(), header: request.Header, body: string(body)})
	attempt := len(l.calls)
	l.mu.Unlock()
	if l.answer == nil {
		return status(http.StatusOK), nil
	}
	return l.answer(attempt, string(body))
}

func (l *listener) received() []received {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]received(nil), l.calls...)
}

func status(code int) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("a body"))}
}

// listening are options with an app that takes webhooks.
func listening(to *listener) simulator.Options {
	return simulator.Options{
		Apps: []simulator.App{{
			ClientID: simulator.DefaultClientID, ClientSecret: simulator.DefaultClientSecret,
			WebhookURL: "http://app.test/webhooks", VerifierToken: verifierToken,
		}},
		WebhookTransport: to,
	}
}

// listeningApp is newApp with webhooks, to be used in a bubble.
func listeningApp(t *testing.T, to *listener, change func(*simulator.Options)) *app {
	t.Helper()
	options := listening(to)
	if change != nil {
		change(&options)
	}
	a := newApp(t, options)
	closing(t, a.sim)
	return a
}

// event is a CloudEvent.
type event struct {
	SpecVersion string          `json:"specversion"`
	ID          string          `json:"id"`
	Source      string          `json:"source"`
	Type        string          `json:"type"`
	ContentType string          `json:"datacontenttype"`
	Time        string          `json:"time"`
	EntityID    string          `json:"intuitentityid"`
	AccountID   string          `json:"intuitaccountid"`
	Data        json.RawMessage `json:"data"`
}

func (r received) events(t *testing.T) []event {
	t.Helper()
	var list []event
	if err := json.Unmarshal([]byte(r.body), &list); err != nil {
		t.Fatalf("%s: %v", r.body, err)
	}
	return list
}

// kinds lists what the events of all calls are about: "journalentry.created 1".
func kinds(t *testing.T, calls []received) []string {
	t.Helper()
	var list []string
	for _, call := range calls {
		for _, e := range call.events(t) {
			list = append(list, strings.TrimSuffix(strings.TrimPrefix(e.Type, "qbo."), ".v1")+" "+e.EntityID)
		}
	}
	return list
}

// slowListener does not answer for company 11 until hung is closed.
type slowListener struct {
	*listener

	hung chan struct{}
}

func (s *slowListener) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := request.GetBody()
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	if strings.Contains(string(content), `"intuitaccountid":"11"`) {
		select {
		case <-s.hung:
		case <-request.Context().Done():
			return nil, request.Context().Err()
		}
	}
	return s.listener.RoundTrip(request)
}
