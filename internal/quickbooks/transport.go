package quickbooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"
)

// errTooLarge says that an answer was cut off by us.
var errTooLarge = errors.New("the answer is larger than this client takes in")

// answer is what came back of one HTTP exchange, whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) tid() string { return clean(a.header.Get("Intuit_tid"), maxTIDRunes) }

// Receipt tells of a write that was answered, or of what is known of one that was not.
type Receipt struct {
	// HTTPStatus is 0 when there was no answer.
	HTTPStatus int
	// IntuitTID is Intuit's id of the call.
	IntuitTID string
	// Duration is the time from just before sending to the last byte of the answer.
	Duration time.Duration
}

// Progress of one exchange, as far as it bears on whether the server can have seen the request.
const (
	progressNone int32 = iota
	progressConnecting
	progressConnected
)

// roundTrip makes one exchange and reads at most limit bytes of its body. It goes to the transport directly: there is
// no redirect, no cookie and no hidden second request on this path.
//
// sent is false only if it is certain that no byte of the request left: the transport looked for a connection and
// never got one, so name look-up, dialling or the TLS handshake failed. The hook that tells of written headers would
// be no help, because it runs beside the caller: a deadline can end the call after the headers went out and before the
// hook says so. A transport that does not report its progress counts as having sent. When the transport starts over by
// itself, it does so only because nothing of the first attempt was taken, so that one is forgotten.
func (c *Client) roundTrip(req *http.Request, limit int64) (ans answer, sent bool, err error) {
	if ended := req.Context().Err(); ended != nil {
		return answer{}, false, fmt.Errorf("not sent: %w", ended)
	}
	var progress atomic.Int32
	trace := &httptrace.ClientTrace{
		GetConn: func(string) { progress.Store(progressConnecting) },
		GotConn: func(httptrace.GotConnInfo) { progress.Store(progressConnected) },
	}
	res, err := c.transport.RoundTrip(req.WithContext(httptrace.WithClientTrace(req.Context(), trace)))
	if err != nil {
		return answer{}, progress.Load() != progressConnecting, fmt.Errorf("no answer: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	ans = answer{status: res.StatusCode, header: res.Header}
	ans.body, err = io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return ans, true, fmt.Errorf("answer cut off after %d bytes: %w", len(ans.body), err)
	}
	if int64(len(ans.body)) > limit {
		return ans, true, fmt.Errorf("%w (%d bytes)", errTooLarge, limit)
	}
	return ans, true, nil
}

// exchangeError makes an Error of an exchange that did not bring a whole answer.
func exchangeError(cl call, ans answer, sent bool, err error) *Error {
	e := &Error{
		Op: cl.op, Realm: cl.realm, HTTPStatus: ans.status, IntuitTID: ans.tid(),
		Cause: causeOfExchange(err), err: err,
	}
	switch ans.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		// The gateway turned the request away; the rest of its body would not have changed that.
		e.Cause = causeOfStatus(ans.status)
	}
	if !sent || !cl.write || e.Cause.Facts().Outcome == OutcomeNotCommitted {
		e.Outcome = OutcomeNotCommitted
	}
	e.RetryAfter = retryAfter(ans.header, ans.status, e.Cause)
	return e
}

func causeOfExchange(err error) Cause {
	var netErr net.Error
	switch {
	case errors.Is(err, errTooLarge):
		return CauseDecode
	case errors.Is(err, context.Canceled):
		return CauseCanceled
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &netErr) && netErr.Timeout():
		return CauseTimeout
	default:
		return CauseNetwork
	}
}

// call is one request to the Accounting API.
type call struct {
	op     string
	realm  RealmID
	method string
	url    string
	body   []byte
	by     time.Time
	write  bool
	// itself says that a write names one object and points at no other, so that what is not found is that object.
	itself bool
	// check says what a successful answer lacks; "" when it is whole.
	check func(*envelope) string
}

// do makes the call and returns the decoded answer. Every error is an *Error.
func (c *Client) do(ctx context.Context, cl call, access Secret) (*envelope, Receipt, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	started := time.Now()
	env, ans, failure := c.attempt(ctx, cl, access)
	receipt := Receipt{HTTPStatus: ans.status, IntuitTID: ans.tid(), Duration: time.Since(started)}
	c.logCall(ctx, cl.op, cl.realm, receipt, failure)
	if failure != nil {
		return nil, receipt, failure
	}
	return env, receipt, nil
}

func (c *Client) attempt(ctx context.Context, cl call, access Secret) (*envelope, answer, *Error) {
	if !validToken(access) {
		err := errors.New("the access token is empty or not printable")
		return nil, answer{}, refused(cl.op, cl.realm, CauseTokenExpired, err)
	}
	req, err := http.NewRequestWithContext(ctx, cl.method, cl.url, bytes.NewReader(cl.body))
	if err != nil {
		return nil, answer{}, refused(cl.op, cl.realm, CauseInvalidRequest, err)
	}
	late := holdToTime(req, cl.body, cl.by)
	req.Header.Set("Authorization", "Bearer "+access.Reveal())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.config.UserAgent)
	if len(cl.body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	ans, sent, err := c.roundTrip(req, maxAnswerBytes)
	if late.Load() {
		return nil, ans, refused(cl.op, cl.realm, CauseCanceled, fmt.Errorf("%w %v", errLate, cl.by))
	}
	if err != nil {
		return nil, ans, exchangeError(cl, ans, sent, err)
	}
	env, failure := decodeAnswer(cl, ans, access)
	return env, ans, failure
}

// decodeAnswer reads a whole answer. Its status alone does not make it a success: a 200 may carry a fault, or a page
// of some machine in between.
func decodeAnswer(cl call, ans answer, secrets ...Secret) (*envelope, *Error) {
	if ans.status < 200 || ans.status > 299 {
		return nil, answerError(cl, ans, decodeFault(ans.body), secrets...)
	}
	env := new(envelope)
	if err := json.Unmarshal(ans.body, env); err != nil {
		if fault := decodeFault(ans.body); fault != nil {
			return nil, answerError(cl, ans, fault, secrets...)
		}
		return nil, unreadable(cl, ans, err)
	}
	if fault := env.fault(); fault != nil {
		return nil, answerError(cl, ans, fault.wire(), secrets...)
	}
	if lack := cl.check(env); lack != "" {
		return nil, unreadable(cl, ans, errors.New(lack))
	}
	return env, nil
}

// unreadable is the error of a successful status without a successful body.
func unreadable(cl call, ans answer, err error) *Error {
	e := &Error{
		Op: cl.op, Realm: cl.realm, HTTPStatus: ans.status, IntuitTID: ans.tid(), Cause: CauseDecode,
		err: fmt.Errorf("answer of %d bytes (%s): %w", len(ans.body), clean(ans.header.Get("Content-Type"), maxCodeRunes), err),
	}
	if !cl.write {
		e.Outcome = OutcomeNotCommitted
	}
	return e
}

func (c *Client) logCall(ctx context.Context, op string, realm RealmID, receipt Receipt, failure *Error) {
	attrs := []slog.Attr{
		slog.String("op", op),
		slog.String("realm", string(realm)),
		slog.Int("status", receipt.HTTPStatus),
		slog.Duration("duration", receipt.Duration),
		slog.String("intuit_tid", receipt.IntuitTID),
	}
	if failure != nil {
		attrs = append(attrs, slog.String("cause", failure.Cause.String()), slog.String("outcome", failure.Outcome.String()))
	}
	c.config.Logger.LogAttrs(ctx, slog.LevelDebug, "quickbooks call", attrs...)
}

// validToken reports whether a token can travel in a header.
func validToken(token Secret) bool {
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return false
		}
	}
	return token != ""
}
