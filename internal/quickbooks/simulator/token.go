package simulator

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// hardExpiryHeader asks the token endpoint for the absolute lifetime of the refresh token.
const hardExpiryHeader = "X-Include-Refresh-Token-Hard-Expires-In"

type tokenResponse struct {
	TokenType      string `json:"token_type"`
	AccessToken    string `json:"access_token"`
	ExpiresIn      int64  `json:"expires_in"`
	RefreshToken   string `json:"refresh_token"`
	RefreshExpires int64  `json:"x_refresh_token_expires_in"`
	HardExpires    int64  `json:"x_refresh_token_hard_expires_in,omitempty"`
}

type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// token is the token endpoint: exchange of a code, and refresh.
func (s *Simulator) token(_ context.Context, c *call) answer {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return s.oauthFault("invalid_request", "the body is not a form")
	}
	app := s.client(c.request, form)
	if app == nil {
		return s.invalidClient()
	}
	c.app = app.ClientID
	var got tokens
	switch form.Get("grant_type") {
	case "authorization_code":
		got, err = s.authority.exchange(form.Get("code"), form.Get("redirect_uri"), c.now)
	case "refresh_token":
		got, err = s.authority.renew(form.Get("refresh_token"), c.now)
	default:
		return s.oauthFault("unsupported_grant_type", "")
	}
	if errors.Is(err, errDeadCode) {
		return s.oauthFault("invalid_grant", "")
	}
	if err != nil {
		return s.oauthFault("invalid_grant", err.Error())
	}
	body := tokenResponse{
		TokenType: "bearer", AccessToken: got.access, ExpiresIn: seconds(got.accessTTL),
		RefreshToken: got.refresh, RefreshExpires: seconds(got.refreshTTL),
	}
	if strings.EqualFold(c.request.Header.Get(hardExpiryHeader), "true") {
		body.HardExpires = seconds(got.hardExpires)
	}
	return s.jsonAnswer(http.StatusOK, body)
}

// revoke is the revocation endpoint. The token comes as JSON or as a form.
func (s *Simulator) revoke(_ context.Context, c *call) answer {
	token, form, ok := revokedToken(c)
	if !ok {
		return s.oauthFault("invalid_request", "the body is neither JSON nor a form")
	}
	app := s.client(c.request, form)
	if app == nil {
		return s.invalidClient()
	}
	c.app = app.ClientID
	if !s.authority.revoke(token) {
		return s.oauthFault("invalid_request", "the token is not known")
	}
	return answer{status: http.StatusOK}
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
	return s.jsonAnswer(http.StatusUnauthorized, oauthError{Error: "invalid_client"})
}

func (s *Simulator) oauthFault(name, description string) answer {
	return s.jsonAnswer(http.StatusBadRequest, oauthError{Error: name, Description: description})
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
