package simulator

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// oauthJSON is the content type of the OAuth2 server; the API writes UTF-8 in capitals.
const oauthJSON = "application/json;charset=utf-8"

// hardExpiryHeader asks the token endpoint for the absolute lifetime of the refresh token.
const hardExpiryHeader = "X-Include-Refresh-Token-Hard-Expires-In"

// The errors of the token and authorization endpoints.
const (
	oauthInvalidRequest = "invalid_request"
	oauthInvalidGrant   = "invalid_grant"
	oauthInvalidClient  = "invalid_client"
	oauthInvalidScope   = "invalid_scope"
	oauthAccessDenied   = "access_denied"
	oauthGrantType      = "unsupported_grant_type"
	oauthResponseType   = "unsupported_response_type"
)

type tokenResponse struct {
	TokenType      string `json:"token_type"`
	AccessToken    string `json:"access_token"`
	ExpiresIn      int64  `json:"expires_in"`
	RefreshToken   string `json:"refresh_token"`
	RefreshExpires int64  `json:"x_refresh_token_expires_in"`
	HardExpires    *int64 `json:"x_refresh_token_hard_expires_in,omitempty"`
	IDToken        string `json:"id_token,omitempty"`
}

type oauthError struct {
	Error        string `json:"error"`
	Description  string `json:"error_description,omitempty"`
	Reason       string `json:"x_error_reason,omitempty"`
	ReasonDetail string `json:"x_error_reason_detail,omitempty"`
}

// token is the token endpoint: exchange of a code, and refresh.
func (s *Simulator) token(_ context.Context, c *call) answer {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return s.oauthFault(oauthInvalidRequest, "the body is not a form")
	}
	app := s.client(c.request, form)
	if app == nil {
		return s.invalidClient()
	}
	c.app = app.ClientID
	switch form.Get("grant_type") {
	case "":
		return s.oauthFault(oauthInvalidRequest, "grant_type is missing")
	case "authorization_code":
		return s.exchange(c, form)
	case "refresh_token":
		return s.renew(c, form)
	}
	return s.oauthFault(oauthGrantType, "")
}

func (s *Simulator) exchange(c *call, form url.Values) answer {
	if form.Get("code") == "" {
		return s.oauthFault(oauthInvalidRequest, "code is missing")
	}
	got, err := s.authority.exchange(redemption{
		app: c.app, code: form.Get("code"), redirectURI: form.Get("redirect_uri"), verifier: form.Get("code_verifier"),
	}, c.now)
	if err != nil {
		return s.grantFault(err)
	}
	return s.tokenAnswer(c, &got)
}

func (s *Simulator) renew(c *call, form url.Values) answer {
	token := form.Get("refresh_token")
	if token == "" {
		return s.oauthFault(oauthInvalidRequest, "refresh_token is missing")
	}
	realm, ofCompany := s.authority.realmOf(token)
	member := !ofCompany || s.connectorStays(realm)
	got, err := s.authority.renew(renewal{app: c.app, token: token, member: member}, c.now)
	if err != nil {
		return s.grantFault(err)
	}
	return s.tokenAnswer(c, &got)
}

// connectorStays says whether the person who connected is still in the company.
func (s *Simulator) connectorStays(realm string) bool {
	settings, err := s.Company(realm)
	return err == nil && !settings.ConnectorRemoved
}

func (s *Simulator) tokenAnswer(c *call, got *tokens) answer {
	body := tokenResponse{
		TokenType: "bearer", AccessToken: got.access, ExpiresIn: seconds(got.accessTTL),
		RefreshToken: got.refresh, RefreshExpires: seconds(got.refreshTTL),
	}
	if strings.EqualFold(c.request.Header.Get(hardExpiryHeader), "true") {
		body.HardExpires = new(seconds(got.hardExpires))
	}
	if got.holder.has(scopeOpenID) {
		signed, err := s.idToken(&got.holder, c.now)
		if err != nil {
			return s.noKey(err)
		}
		body.IDToken = signed
	}
	return s.oauthAnswer(http.StatusOK, body)
}

// grantFault answers why a code or a refresh token was refused. A dead code is refused without a word; for a dead
// refresh token both forms have been recorded.
func (s *Simulator) grantFault(err error) answer {
	switch {
	case errors.Is(err, errDeadCode), errors.Is(err, errDeadToken) && s.switches.is(SwitchDeadToken, tokenBare):
		return s.oauthFault(oauthInvalidGrant, "")
	case errors.Is(err, errNotMember):
		return s.oauthAnswer(http.StatusBadRequest, oauthError{
			Error: oauthInvalidGrant, Description: err.Error(), Reason: "user_not_in_realm",
			ReasonDetail: "The user is not in the specified realm",
		})
	}
	return s.oauthFault(oauthInvalidGrant, err.Error())
}

// revoke is the revocation endpoint. The token comes as JSON or as a form.
func (s *Simulator) revoke(_ context.Context, c *call) answer {
	token, form, ok := revokedToken(c)
	if !ok {
		return s.oauthFault(oauthInvalidRequest, "the body is neither JSON nor a form")
	}
	app := s.client(c.request, form)
	if app == nil {
		return s.invalidClient()
	}
	c.app = app.ClientID
	if !s.authority.revoke(c.app, token, c.now) {
		return s.oauthFault(oauthInvalidRequest, "the token is not known")
	}
	return answer{status: http.StatusOK, header: s.oauthHeader()}
}

func revokedToken(c *call) (token string, form url.Values, ok bool) {
	media, _, _ := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	if media == "application/json" {
		var body struct {
			Token string `json:"token"`
		}
		err := json.Unmarshal(c.body, &body)
		return body.Token, nil, err == nil
	}
	form, err := url.ParseQuery(string(c.body))
	return form.Get("token"), form, err == nil
}

// client returns the app whose credentials a request has: HTTP Basic, or client_id and client_secret in the form. Nil if
// they are no app's.
func (s *Simulator) client(r *http.Request, form url.Values) *App {
	id, secret, ok := r.BasicAuth()
	if !ok {
		return s.appWith(form.Get("client_id"), form.Get("client_secret"))
	}
	if app := s.appWith(id, secret); app != nil {
		return app
	}
	// RFC 6749 has both parts form-encoded before they are joined, and some clients do so.
	id, errID := url.QueryUnescape(id)
	secret, errSecret := url.QueryUnescape(secret)
	if errID != nil || errSecret != nil {
		return nil
	}
	return s.appWith(id, secret)
}

func (s *Simulator) appWith(id, secret string) *App {
	app := s.app(id)
	if app == nil {
		return nil
	}
	given, known := sha256.Sum256([]byte(secret)), sha256.Sum256([]byte(app.ClientSecret))
	if subtle.ConstantTimeCompare(given[:], known[:]) != 1 {
		return nil
	}
	return app
}

// app returns the app with a client id, or nil.
func (s *Simulator) app(clientID string) *App {
	for i := range s.options.Apps {
		if s.options.Apps[i].ClientID == clientID {
			return &s.options.Apps[i]
		}
	}
	return nil
}

func (s *Simulator) invalidClient() answer {
	return s.oauthAnswer(http.StatusUnauthorized, oauthError{Error: oauthInvalidClient})
}

func (s *Simulator) oauthFault(name, description string) answer {
	return s.oauthAnswer(http.StatusBadRequest, oauthError{Error: name, Description: description})
}

// oauthAnswer makes an answer of the OAuth2 server.
func (s *Simulator) oauthAnswer(status int, value any) answer {
	a := s.jsonAnswer(status, value)
	if a.contentType == jsonUTF8 {
		a.contentType = oauthJSON
	}
	a.header = s.oauthHeader()
	return a
}

func (s *Simulator) oauthHeader() http.Header {
	return http.Header{"X-Spanid": {hex.EncodeToString(s.random.bytes(8))}}
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
