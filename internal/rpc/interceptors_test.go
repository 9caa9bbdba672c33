package rpc_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	"github.com/tillpost/tillpost/internal/rpc"
)

func TestOneLogLinePerCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret := sale("e1")
	secret.Memo = "a memo that is nobody's business"
	token := w.token([]string{retailer}, rpc.AllScopes()...)
	for name, c := range w.protocols(token) {
		_, err := c.financial.RecordEvents(t.Context(), &financialv1.RecordEventsRequest{
			RetailerId: retailer, Events: []*financialv1.Event{secret},
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	lines := w.log.lines(`"msg":"rpc"`, financialv1connect.FinancialServiceRecordEventsProcedure)
	if len(lines) != len(w.transports()) {
		t.Errorf("%d lines for %d calls", len(lines), len(w.transports()))
	}
	protocols := map[string]int{}
	for _, line := range lines {
		var record struct{ Protocol, Retailer, Caller, Code, Reason, Level string }
		check(t, json.Unmarshal([]byte(line), &record))
		protocols[record.Protocol]++
		if record.Retailer != retailer || record.Caller != "ann" || record.Code != "ok" || record.Reason != "" ||
			record.Level != "INFO" || !strings.Contains(line, `"duration":`) {
			t.Errorf("line %s", line)
		}
	}
	if protocols["connect"] != 4 || protocols["grpc"] != 1 || protocols["grpcweb"] != 2 {
		t.Errorf("protocols = %v", protocols)
	}
	if leaked := append(w.log.lines("nobody's business"), w.log.lines(token)...); len(leaked) != 0 {
		t.Errorf("the log holds contents or the token: %s", leaked)
	}
}

func TestLogLineOfAFailedCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.ann().financial.GetEvent(t.Context(), &financialv1.GetEventRequest{RetailerId: retailer, EventId: "none"})
	wantError(t, err, connect.CodeNotFound, "EVENT_NOT_FOUND")
	if n := len(w.log.lines(`"msg":"rpc"`, `"code":"not_found"`, `"reason":"EVENT_NOT_FOUND"`)); n != 1 {
		t.Errorf("%d lines, want 1", n)
	}
}

// What breaks inside is told by an id only, and logged under it.
func TestInternalErrorsAreOpaque(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann := w.ann()
	check(t, w.store.Close())
	for name, call := range map[string]func() error{
		"unary": func() error {
			_, err := ann.financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{RetailerId: retailer})
			return err
		},
		"stream": func() error {
			stream, err := ann.financial.WatchSyncStatus(t.Context(), &financialv1.WatchSyncStatusRequest{RetailerId: retailer})
			check(t, err)
			_, err = stream.Receive()
			return err
		},
	} {
		err := call()
		t.Log(name)
		info, _ := wantError(t, err, connect.CodeInternal, "INTERNAL")
		id := info.GetMetadata()["correlation_id"]
		if id == "" || !strings.Contains(err.Error(), id) || strings.Contains(err.Error(), "sql") {
			t.Errorf("error %q with the id %q", err, id)
		}
		if n := len(w.log.lines(`"msg":"rpc failed"`, id, "closed")); n != 1 {
			t.Errorf("%d lines hold the id and the cause, want 1", n)
		}
	}
}

// panicking is an authenticator with a bug.
type panicking struct{}

func (panicking) Authenticate(context.Context, string) (rpc.Caller, error) { panic("boom") }

func TestPanicsEndOneCallOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *rpc.Config) { c.Authenticator = panicking{} })
	for range 2 {
		_, err := w.ann().financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{RetailerId: retailer})
		info, _ := wantError(t, err, connect.CodeInternal, "INTERNAL")
		if strings.Contains(err.Error(), "boom") || len(w.log.lines(info.GetMetadata()["correlation_id"], "boom")) != 1 {
			t.Errorf("%v: want the panic in the log and not in the error", err)
		}
	}
}

// failing is an authenticator that says what it is told to.
type failing struct{ err error }

func (f failing) Authenticate(context.Context, string) (rpc.Caller, error) {
	return rpc.Caller{}, f.err
}

func TestErrorsOfAnAuthenticator(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err    error
		code   connect.Code
		reason string
	}{
		{rpc.ErrTokenExpired, connect.CodeUnauthenticated, "TOKEN_EXPIRED"},
		{rpc.ErrTokenInvalid, connect.CodeUnauthenticated, "TOKEN_INVALID"},
		{rpc.ErrKeysUnavailable, connect.CodeUnavailable, "KEYS_UNAVAILABLE"},
		{errors.New("something else"), connect.CodeUnauthenticated, "TOKEN_INVALID"},
	} {
		w := newWorld(t, func(c *rpc.Config) { c.Authenticator = failing{test.err} })
		_, err := w.ann().financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{RetailerId: retailer})
		wantError(t, err, test.code, test.reason)
	}
}

func TestAuthorizationHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := w.token([]string{retailer}, rpc.AllScopes()...)
	for name, test := range map[string]struct {
		values []string
		reason string // empty: let through
	}{
		"good":             {[]string{"Bearer " + good}, ""},
		"small letters":    {[]string{"bearer  " + good}, ""},
		"another scheme":   {[]string{"Basic " + good}, "TOKEN_INVALID"},
		"no scheme":        {[]string{good}, "TOKEN_INVALID"},
		"empty":            {[]string{""}, "TOKEN_INVALID"},
		"scheme alone":     {[]string{"Bearer "}, "TOKEN_INVALID"},
		"sent twice":       {[]string{"Bearer " + good, "Bearer " + good}, "TOKEN_INVALID"},
		"two in one value": {[]string{"Bearer " + good + ", Bearer " + good}, "TOKEN_INVALID"},
	} {
		ctx, info := connect.NewClientContext(t.Context())
		info.RequestHeader().SetValues("Authorization", test.values)
		_, err := w.as("").financial.SyncStatus(ctx, &financialv1.SyncStatusRequest{RetailerId: retailer})
		t.Log(name)
		if test.reason == "" {
			check(t, err)
			continue
		}
		wantError(t, err, connect.CodeUnauthenticated, test.reason)
	}
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *rpc.Config) { c.UnaryTimeout = time.Nanosecond })
	_, err := w.ann().financial.SyncStatus(t.Context(), &financialv1.SyncStatusRequest{RetailerId: retailer})
	wantError(t, err, connect.CodeDeadlineExceeded, "DEADLINE_EXCEEDED")

	patient := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = patient.ann().financial.SyncStatus(ctx, &financialv1.SyncStatusRequest{RetailerId: retailer})
	wantError(t, err, connect.CodeCanceled, "CANCELED")
}
