package client_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"connectrpc.com/connect/v2"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tillpost/tillpost/client"
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
)

func failure(code connect.Code) *connect.Error { return connect.NewError(code, "scripted") }

func comeBackIn(code connect.Code, delay time.Duration) *connect.Error {
	return withDetail(failure(code), &errdetails.RetryInfo{RetryDelay: durationpb.New(delay)})
}

// newInProcess returns a client of the fake that works in virtual time.
func newInProcess(t *testing.T, fake *fakeServer, extra ...client.Option) *client.Client {
	t.Helper()
	httpClient := &http.Client{Transport: inProcess{fake.handler()}}
	c, err := client.New("http://localhost", append(extra, client.WithHTTPClient(httpClient))...)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

func TestRetry_Unary(t *testing.T) {
	t.Parallel()
	unavailable := failure(connect.CodeUnavailable)
	status := func(ctx context.Context, c *client.Client) error {
		_, err := c.Financial.SyncStatus(ctx, &financialv1.SyncStatusRequest{})
		return err
	}
	record := func(ctx context.Context, c *client.Client) error {
		_, err := c.Financial.RecordEvents(ctx, &financialv1.RecordEventsRequest{})
		return err
	}
	authorize := func(ctx context.Context, c *client.Client) error {
		_, err := c.Integration.Connect(ctx, &integrationv1.ConnectRequest{})
		return err
	}
	cases := map[string]retryCase{
		"success at once":      {call: status, calls: 1},
		"no side effects":      {call: status, script: []error{unavailable, unavailable}, calls: 3, max: 300 * time.Millisecond},
		"idempotent":           {call: record, script: []error{failure(connect.CodeAborted)}, calls: 2, max: 100 * time.Millisecond},
		"neither":              {call: authorize, script: []error{unavailable}, wantCode: connect.CodeUnavailable, calls: 1},
		"the server's verdict": {call: status, script: []error{failure(connect.CodeInternal)}, wantCode: connect.CodeInternal, calls: 1},
		"quota, no date": {
			call: status, script: []error{failure(connect.CodeResourceExhausted)},
			wantCode: connect.CodeResourceExhausted, calls: 1,
		},
		"quota with a date": {
			call: status, script: []error{comeBackIn(connect.CodeResourceExhausted, 7*time.Second)}, calls: 2,
			min: 7 * time.Second, max: 7100 * time.Millisecond,
		},
		"a date too far": {
			call: status, script: []error{comeBackIn(connect.CodeUnavailable, time.Minute)},
			wantCode: connect.CodeUnavailable, calls: 1,
		},
		"a date beyond the deadline": {
			call: status, script: []error{comeBackIn(connect.CodeUnavailable, 5*time.Second)}, timeout: 2 * time.Second,
			wantCode: connect.CodeUnavailable, calls: 1,
		},
		"used up": {
			call: status, script: []error{unavailable, unavailable, unavailable, unavailable, unavailable},
			wantCode: connect.CodeUnavailable, calls: 4, max: 700 * time.Millisecond,
		},
		"switched off": {
			call: status, opts: opts(client.WithRetries(0)), script: []error{unavailable},
			wantCode: connect.CodeUnavailable, calls: 1,
		},
		"the wait is capped": {
			call: status, opts: opts(client.WithRetries(10)),
			script: []error{
				unavailable, unavailable, unavailable, unavailable, unavailable, unavailable, unavailable, unavailable,
				unavailable, unavailable,
			},
			calls: 11, max: 26300 * time.Millisecond,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, tc.check)
		})
	}
}

// retryCase is a call, what the server answers to its tries, and what must come of it.
type retryCase struct {
	call     func(context.Context, *client.Client) error
	opts     []client.Option
	script   []error
	timeout  time.Duration
	wantCode connect.Code // 0: success
	calls    int
	min, max time.Duration
}

func (tc retryCase) check(t *testing.T) {
	fake := &fakeServer{script: tc.script}
	c := newInProcess(t, fake, tc.opts...)
	ctx := t.Context()
	if tc.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, tc.timeout)
		defer cancel()
	}
	start := time.Now()
	err := tc.call(ctx, c)
	if tc.wantCode == 0 && err != nil || tc.wantCode != 0 && connect.CodeOf(err) != tc.wantCode {
		t.Errorf("err = %v; want code %v", err, tc.wantCode)
	}
	if n := fake.callCount(); n != tc.calls {
		t.Errorf("the server got %d calls; want %d", n, tc.calls)
	}
	if took := time.Since(start); took < tc.min || took > tc.max+time.Microsecond {
		t.Errorf("it took %v; want %v to %v", took, tc.min, tc.max)
	}
}

func TestRetry_EndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeServer{script: []error{comeBackIn(connect.CodeUnavailable, 20*time.Second)}}
		c := newInProcess(t, fake)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		start := time.Now()
		_, err := c.Financial.SyncStatus(ctx, &financialv1.SyncStatusRequest{})
		if connect.CodeOf(err) != connect.CodeUnavailable {
			t.Errorf("err = %v; want the failure that was waited for", err)
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("the wait ended after %v; want 3s, when the context did", took)
		}
	})
}

func TestRetry_Stream(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		fake     *fakeServer
		messages int
		wantEnd  connect.Code // 0: a clean end
		calls    int
	}{
		"before the first message": {
			fake:     &fakeServer{script: []error{failure(connect.CodeUnavailable)}, watchMessages: 2},
			messages: 2, calls: 2,
		},
		"after the first message": {
			fake:     &fakeServer{watchMessages: 1, watchErr: failure(connect.CodeUnavailable)},
			messages: 1, wantEnd: connect.CodeUnavailable, calls: 1,
		},
		"a clean end without messages": {fake: &fakeServer{}, calls: 1},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n, err := watchChanged(t, newInProcess(t, tc.fake))
				if clean := errors.Is(err, io.EOF); clean != (tc.wantEnd == 0) ||
					!clean && connect.CodeOf(err) != tc.wantEnd {
					t.Errorf("the stream ended with %v; want code %v", err, tc.wantEnd)
				}
				if calls := tc.fake.callCount(); n != tc.messages || calls != tc.calls {
					t.Errorf("%d messages in %d calls; want %d in %d", n, calls, tc.messages, tc.calls)
				}
			})
		})
	}
}

// watchChanged watches with a request that changes afterwards, which is the caller's right. It returns the number of
// messages, which must answer the request as it was, and how the stream ended.
func watchChanged(t *testing.T, c *client.Client) (int, error) {
	t.Helper()
	req := &financialv1.WatchSyncStatusRequest{RetailerId: "before"}
	stream, err := c.Financial.WatchSyncStatus(t.Context(), req)
	if err != nil {
		t.Fatalf("WatchSyncStatus: %v", err)
	}
	defer func() {
		if err := stream.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}()
	req.RetailerId = "after"
	for n := 0; ; n++ {
		msg, err := stream.Receive()
		if err != nil {
			return n, err
		}
		if got := msg.GetStatus().GetSummary(); got != "before" {
			t.Errorf("the repeated request said %q; want what was asked first", got)
		}
	}
}

func TestRetry_CloseEndsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fake := &fakeServer{script: []error{comeBackIn(connect.CodeUnavailable, 20*time.Second)}, watchMessages: 1}
		c := newInProcess(t, fake)
		stream, err := c.Financial.WatchSyncStatus(t.Context(), &financialv1.WatchSyncStatusRequest{})
		if err != nil {
			t.Fatalf("WatchSyncStatus: %v", err)
		}
		received := make(chan error, 1)
		go func() {
			_, err := stream.Receive()
			received <- err
		}()
		synctest.Wait() // Receive waits for its next try
		start := time.Now()
		_ = stream.Close()
		if err := <-received; err == nil {
			t.Error("Receive succeeded after Close")
		}
		if took := time.Since(start); took != 0 || fake.callCount() != 1 {
			t.Errorf("Close took %v and %d calls were made; want it at once and 1 call", took, fake.callCount())
		}
	})
}

// TestRetry_BrokenConnection breaks real connections, at once and in the middle of an answer.
func TestRetry_BrokenConnection(t *testing.T) {
	t.Parallel()
	breakers := map[string]http.HandlerFunc{
		"before the answer": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"within the answer": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte{10, 100})
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"a gateway's answer": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "bad gateway", http.StatusBadGateway)
		},
	}
	for name, breakIt := range breakers {
		for protocol, extra := range map[string][]client.Option{"Connect": nil, "gRPC": opts(client.WithGRPC())} {
			t.Run(name+"/"+protocol, func(t *testing.T) {
				t.Parallel()
				fake := &fakeServer{}
				inner := fake.handler()
				var broken atomic.Bool
				srv := startH2C(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if broken.CompareAndSwap(false, true) {
						breakIt(w, r)
						return
					}
					inner.ServeHTTP(w, r)
				}))
				t.Cleanup(srv.Close)
				c, err := client.New(srv.URL, extra...)
				if err != nil {
					t.Fatalf("New: %v", err)
				}
				defer c.Close()
				if _, err := c.Financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{}); err != nil {
					t.Errorf("SyncStatus after a broken connection: %v", err)
				}
				if n := fake.callCount(); n != 1 {
					t.Errorf("the server got %d whole calls; want 1", n)
				}
			})
		}
	}
}
