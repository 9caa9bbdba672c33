package quickbooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/oauth2"
)

// defaultAccessLife is used when a token answer does not say how long the access token lives.
const defaultAccessLife = time.Hour

// Token is what Intuit grants. The refresh token's value changes about once a day: store the newest before using the
// access token, or the connection is lost.
type Token struct {
	Access, Refresh Secret
	// AccessExpiresAt is counted from before the request, so that it is never later than Intuit's own idea of it.
	AccessExpiresAt time.Time
	// RefreshExpiresAt moves on with every refresh; RefreshHardExpiresAt does not, and means a new consent. Both are
	// zero if Intuit did not say.
	RefreshExpiresAt, RefreshHardExpiresAt time.Time
}

// AuthorizeURL returns the address of Intuit's consent page. state comes back in the callback unchanged: it must be
// unguessable, and is the caller's to check. The realm id is in the callback only, never in a token.
func (c *Client) AuthorizeURL(ctx context.Context, state string) (string, error) {
	if state == "" {
		err := errors.New("the state is empty: the callback could not be told from a forged one")
		return "", refused("make authorization URL", "", CauseInvalidRequest, err)
	}
	known, err := c.endpoints(ctx)
	if err != nil {
		return "", err
	}
	return c.oauthConfig(known).AuthCodeURL(state), nil
}

// Exchange turns the code of a callback into tokens. A code works once, so after OutcomeUnknown the retailer has to
// connect again; so it has after CauseGrantDead.
func (c *Client) Exchange(ctx context.Context, code string) (Token, error) {
	const op = "exchange authorization code"
	if code == "" {
		return Token{}, refused(op, "", CauseGrantDead, errors.New("the code is empty"))
	}
	return c.token(ctx, op, []Secret{Secret(code)},
		func(ctx context.Context, config *oauth2.Config) (*oauth2.Token, error) {
			return config.Exchange(ctx, code)
		})
}

// Refresh gets a new access token, and the refresh token to use from now on: a new one, or the old one if Intuit did
// not replace it. Only causes with Facts.Reconnect mean that the connection is dead. After OutcomeUnknown the same refresh
// token may be tried again. Two refreshes of one connection at a time can end it: the caller keeps them apart.
func (c *Client) Refresh(ctx context.Context, refreshToken Secret) (Token, error) {
	const op = "refresh token"
	if !validToken(refreshToken) {
		return Token{}, refused(op, "", CauseGrantDead, errors.New("the refresh token is empty or not printable"))
	}
	// A token source that is made for one call and thrown away is oauth2's way to the refresh grant. Nothing is cached
	// in it: the caller has the new token before anything can use it.
	return c.token(ctx, op, []Secret{refreshToken},
		func(ctx context.Context, config *oauth2.Config) (*oauth2.Token, error) {
			return config.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken.Reveal()}).Token()
		})
}

// Revoke ends the grant that the token belongs to. CauseGrantDead means that it had ended before.
func (c *Client) Revoke(ctx context.Context, refreshToken Secret) error {
	if !validToken(refreshToken) {
		return refused(opRevoke, "", CauseGrantDead, errors.New("the refresh token is empty or not printable"))
	}
	known, err := c.endpoints(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	started := time.Now()
	ans, failure := c.revoke(ctx, known.Revocation, refreshToken)
	c.logCall(ctx, opRevoke, "", Receipt{ans.status, ans.tid(), time.Since(started)}, failure)
	if failure != nil {
		return failure
	}
	return nil
}

const opRevoke = "revoke token"

func (c *Client) revoke(ctx context.Context, address string, token Secret) (answer, *Error) {
	cl := call{op: opRevoke, write: true}
	body, err := json.Marshal(map[string]string{"token": token.Reveal()})
	if err != nil {
		return answer{}, refused(cl.op, "", CauseInvalidRequest, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return answer{}, refused(cl.op, "", CauseInvalidRequest, err)
	}
	req.SetBasicAuth(c.config.ClientID, c.config.ClientSecret.Reveal())
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.config.UserAgent)
	ans, sent, err := c.roundTrip(req, maxOAuthBytes)
	if err != nil {
		return ans, exchangeError(cl, ans, sent, err)
	}
	if ans.status >= 200 && ans.status <= 299 {
		return ans, nil
	}
	e := oauthError(cl, ans, token, c.config.ClientSecret)
	if ans.status == http.StatusBadRequest && e.Cause != CauseClientRejected {
		// Intuit's answer to a token that it does not know (any more).
		e.Cause, e.Outcome = CauseGrantDead, OutcomeNotCommitted
	}
	return ans, e
}

func (c *Client) oauthConfig(known endpoints) *oauth2.Config {
	return &oauth2.Config{
		ClientID:     c.config.ClientID,
		ClientSecret: c.config.ClientSecret.Reveal(),
		RedirectURL:  c.config.RedirectURL,
		Scopes:       []string{Scope},
		Endpoint: oauth2.Endpoint{
			AuthURL:  known.Authorization,
			TokenURL: known.Token,
			// Left to find out by itself, oauth2 would send a refused code or refresh token a second time.
			AuthStyle: oauth2.AuthStyleInHeader,
		},
	}
}

type grantFunc func(context.Context, *oauth2.Config) (*oauth2.Token, error)

// token runs one grant through oauth2, with an HTTP client that keeps what was answered.
func (c *Client) token(ctx context.Context, op string, secrets []Secret, grant grantFunc) (Token, error) {
	known, err := c.endpoints(ctx)
	if err != nil {
		return Token{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	exchange := &tokenExchange{client: c}
	started := time.Now()
	granted, err := grant(context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport:     exchange,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}), c.oauthConfig(known))
	token, failure := exchange.result(op, granted, err, started, append(secrets, c.config.ClientSecret))
	c.logCall(ctx, op, "", Receipt{exchange.ans.status, exchange.ans.tid(), time.Since(started)}, failure)
	if failure != nil {
		return Token{}, failure
	}
	return token, nil
}

// tokenExchange is the transport under oauth2 for one call. It adds Intuit's header for the hard expiry, and keeps the
// answer, because oauth2's own errors carry whole bodies and the request with its credentials.
type tokenExchange struct {
	client *Client
	ans    answer
	sent   bool
	err    error
}

// RoundTrip sends the request and hands oauth2 the whole answer. The type of the content is set by the shape of the
// body: oauth2 would read JSON that is labelled as text as if it were a form.
func (t *tokenExchange) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", t.client.config.UserAgent)
	req.Header.Set("X-Include-Refresh-Token-Hard-Expires-In", "true")
	t.ans, t.sent, t.err = t.client.roundTrip(req, maxOAuthBytes)
	if t.err != nil {
		return nil, t.err
	}
	return &http.Response{
		Status: strconv.Itoa(t.ans.status), StatusCode: t.ans.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}},
		Body:   io.NopCloser(bytes.NewReader(t.ans.body)),
	}, nil
}

func (t *tokenExchange) result(
	op string, granted *oauth2.Token, err error, started time.Time, secrets []Secret,
) (Token, *Error) {
	cl := call{op: op, write: true}
	switch {
	case t.err != nil:
		return Token{}, exchangeError(cl, t.ans, t.sent, t.err)
	case err != nil && t.ans.status == 0:
		return Token{}, refused(op, "", CauseInvalidRequest, errors.New("the request could not be made"))
	case err != nil:
		return Token{}, oauthError(cl, t.ans, secrets...)
	}
	token := Token{
		Access: Secret(granted.AccessToken), Refresh: Secret(granted.RefreshToken),
		AccessExpiresAt:      after(started, granted.Extra("expires_in")),
		RefreshExpiresAt:     after(started, granted.Extra("x_refresh_token_expires_in")),
		RefreshHardExpiresAt: after(started, granted.Extra("x_refresh_token_hard_expires_in")),
	}
	if token.AccessExpiresAt.IsZero() {
		token.AccessExpiresAt = started.Add(defaultAccessLife)
	}
	if !validToken(token.Access) || !validToken(token.Refresh) {
		return Token{}, unreadable(cl, t.ans, errors.New("it lacks an access token or a refresh token"))
	}
	return token, nil
}

// after returns the time so many seconds after start, or zero if value is no positive number of seconds.
func after(start time.Time, value any) time.Time {
	const most = 100 * 365 * 24 * 3600
	var seconds float64
	switch v := value.(type) {
	case float64:
		seconds = v
	case string:
		parsed, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return time.Time{}
		}
		seconds = parsed
	}
	if math.IsNaN(seconds) || seconds <= 0 {
		return time.Time{}
	}
	return start.Add(time.Duration(min(seconds, most)) * time.Second)
}

// oauthError makes an Error of an OAuth endpoint's answer: OAuth's own form first, then the gateway's faults.
func oauthError(cl call, ans answer, secrets ...Secret) *Error {
	var body struct {
		Error       text `json:"error"`
		Description text `json:"error_description"`
		Reason      text `json:"x_error_reason"`
	}
	// The gateway's fault has the same form as a JSON object, so a failure to decode only means that it is neither.
	decodes := json.Unmarshal(ans.body, &body) == nil
	if !decodes || body.Error == "" || ans.status >= http.StatusInternalServerError {
		return oauthFault(cl, ans, secrets)
	}
	e := &Error{
		Op: cl.op, HTTPStatus: ans.status, IntuitTID: ans.tid(),
		Code:   clean(string(body.Error), maxCodeRunes, secrets...),
		Detail: clean(string(body.Description), maxDetailRunes, secrets...),
	}
	if body.Reason != "" {
		e.Detail = clean(fmt.Sprintf("%s (%s)", e.Detail, body.Reason), maxDetailRunes, secrets...)
	}
	switch e.Code {
	case "invalid_grant":
		e.Cause = CauseGrantDead
		if body.Reason == "user_not_in_realm" {
			e.Cause = CauseUserRemoved
		}
	case "invalid_client", "unauthorized_client", "access_denied":
		e.Cause = CauseClientRejected
	case "temporarily_unavailable", "server_error":
		e.Cause = CauseServer
	default:
		e.Cause = causeOfStatus(ans.status)
	}
	e.Outcome = e.Cause.Facts().Outcome
	e.RetryAfter = retryAfter(ans.header, ans.status, e.Cause)
	return e
}

func oauthFault(cl call, ans answer, secrets []Secret) *Error {
	if ans.status >= 200 && ans.status <= 299 {
		return unreadable(cl, ans, errors.New("it is not a token"))
	}
	e := answerError(cl, ans, decodeFault(ans.body), secrets...)
	if e.Cause == CauseTokenExpired {
		// No access token was involved: a 401 here is about the app's keys.
		e.Cause = CauseClientRejected
	}
	return e
}
