package simulator

import (
	"context"
	"net/http"
	"time"
)

// Stage says where in the course of a request an InterceptFunc is called.
type Stage int

const (
	// BeforeCommit is when the request has been read and nothing has been checked or done.
	BeforeCommit Stage = iota + 1
	// AfterCommit is when everything has been done, and kept for a repeat of its requestid, but not a byte of the
	// answer has been written: what happens now loses the answer, not the effect.
	AfterCommit
)

// RequestInfo describes a request to an InterceptFunc.
type RequestInfo struct {
	// Number counts the requests that can be intercepted, from 1 in the order of arrival.
	Number int64
	Kind   Kind
	Method string
	Path   string
	// Realm is the realm id in the path; empty outside the Accounting API.
	Realm string
	// RequestID is the requestid of the query string, if any.
	RequestID string
	// Body is the body as received. It must not be changed.
	Body []byte
	// Status is the HTTP status of the answer about to be written. Zero at BeforeCommit.
	Status int
}

// Action is what an InterceptFunc wants done. The zero Action lets the request pass. Delay comes first, then Cut, then
// Status.
type Action struct {
	// Delay holds the request up, at most until its client goes away.
	Delay time.Duration
	// Cut closes the connection without an answer.
	Cut bool
	// Status, if not zero, is answered instead; at BeforeCommit the request then has no effect.
	Status int
	// ContentType and Body are the answer that goes with Status. An empty Body is replaced by what Intuit sends with
	// that status.
	ContentType string
	Body        []byte
}

// InterceptFunc decides what becomes of a request. It is called twice per request from the request's own goroutine, so
// it must be safe for concurrent use; ctx ends when the client goes away.
type InterceptFunc func(ctx context.Context, stage Stage, request RequestInfo) Action

// intercept asks the InterceptFunc, and then the rules for faults, and carries out what they want. It reports whether an
// answer takes the place of the regular one.
func (s *Simulator) intercept(ctx context.Context, c *call, stage Stage, status int) (answer, bool) {
	var action Action
	if s.options.Intercept != nil {
		action = s.options.Intercept(ctx, stage, RequestInfo{
			Number: c.number, Kind: c.kind, Method: c.request.Method, Path: c.request.URL.Path, Realm: c.realm,
			RequestID: c.requestID, Body: c.body, Status: status,
		})
	}
	if action.Delay > 0 {
		wait(ctx, action.Delay)
	}
	if action.Cut {
		s.cutOff(c, status)
	}
	switch {
	case action.Status == 0:
		return s.meetFault(ctx, c, stage, status)
	case len(action.Body) == 0:
		return s.standIn(action.Status), true
	}
	return answer{status: action.Status, contentType: action.ContentType, body: action.Body}, true
}

// meetFault does to a request what the rule for faults that it meets says, if this is the stage for it.
func (s *Simulator) meetFault(ctx context.Context, c *call, stage Stage, status int) (answer, bool) {
	if stage == BeforeCommit {
		if c.fault = s.faults.take(c, false, c.body); c.fault != nil {
			c.metFault = c.fault.ID
		}
	}
	if c.fault == nil || (stage == BeforeCommit) != (c.fault.Rule.Stage == StageBefore) {
		return answer{}, false
	}
	rule := &c.fault.Rule
	pause := time.Duration(rule.Delay)
	if rule.Hang {
		pause = longestRequest
	}
	late := pause >= longestRequest && (rule.Hang || s.switches.is(SwitchLimits, switchOn))
	if pause > 0 {
		wait(ctx, min(pause, longestRequest))
	}
	switch {
	case late:
		return s.standIn(http.StatusGatewayTimeout), true
	case rule.Cut:
		s.cutOff(c, status)
	case c.fault.known != nil:
		return s.answerOf(c.fault.known), true
	case rule.Status != 0:
		contentType := rule.ContentType
		if contentType == "" {
			contentType = plainText
		}
		return answer{status: rule.Status, contentType: contentType, body: []byte(rule.Body)}, true
	case rule.Truncate > 0:
		c.truncate = rule.Truncate
	}
	return answer{}, false
}

// cutOff closes the connection of a request without an answer.
func (s *Simulator) cutOff(c *call, status int) {
	s.meter.count(c, 0, status)
	s.record(c, &answer{}, 0, c.tid, time.Since(c.started))
	cut()
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// cut closes the client's connection: this panic is how net/http lets a handler do so, over HTTP/1 and HTTP/2 alike.
func cut() {
	panic(http.ErrAbortHandler)
}

// standIn returns what Intuit is known to answer with a status that came from an Action without a body.
func (s *Simulator) standIn(status int) answer {
	switch status {
	case http.StatusUnauthorized:
		return s.gatewayFault(unauthenticated("Token expired"))
	case http.StatusForbidden:
		return s.gatewayFault(unauthorized())
	case http.StatusTooManyRequests:
		return s.throttledAnswer()
	case http.StatusInternalServerError:
		return s.serviceFault(systemFault("System Failure Error: internal error"))
	case http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return answer{status: status, contentType: plainText, body: []byte("stream timeout")}
	case http.StatusBadGateway:
		page := "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n"
		return answer{status: status, contentType: htmlPage, body: []byte(page)}
	}
	return answer{status: status, contentType: plainText, body: []byte(http.StatusText(status))}
}
