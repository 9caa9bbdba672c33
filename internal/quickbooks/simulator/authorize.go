package simulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// The ways to make a code_challenge of a code_verifier; none named is plain.
const (
	challengePlain = "plain"
	challengeS256  = "S256"
)

// authorization is a request to the authorization endpoint.
type authorization struct {
	clientID        string
	redirectURI     string
	responseType    string
	scope           string
	state           string
	challenge       string
	challengeMethod string
}

func readAuthorization(form url.Values) authorization {
	return authorization{
		clientID: form.Get("client_id"), redirectURI: form.Get("redirect_uri"),
		responseType: form.Get("response_type"), scope: form.Get("scope"), state: form.Get("state"),
		challenge: form.Get("code_challenge"), challengeMethod: form.Get("code_challenge_method"),
	}
}

// refusal is why an authorization request cannot go on. Without a trusted address to send the browser back to, page
// says it to the person; otherwise code goes back to the app.
type refusal struct {
	page string
	code string
}

// examine checks a request in the order that keeps it safe: who asks and where the answer may go come first.
func (s *Simulator) examine(request authorization) (refusal, bool) {
	app := s.app(request.clientID)
	if app == nil {
		return refusal{page: "No app has this client_id. Check the client id the app was started with."}, false
	}
	if !app.allowsRedirect(request.redirectURI) {
		return refusal{
			page: "The redirect_uri is not registered for this app. It must be the same to the letter: scheme, host, " +
				"port and path.",
		}, false
	}
	if request.responseType != "code" {
		return refusal{code: oauthResponseType}, false
	}
	scopes := strings.Fields(request.scope)
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(scope string) bool { return !knownScope(scope) }) {
		return refusal{code: oauthInvalidScope}, false
	}
	if s.switches.is(SwitchPKCE, checkedValue) && !request.challengeWorks() {
		return refusal{code: oauthInvalidRequest}, false
	}
	return refusal{}, true
}

// challengeWorks says whether the request has no code_challenge, or one that a verifier can answer: RFC 7636 wants 43
// to 128 characters of a small alphabet.
func (r *authorization) challengeWorks() bool {
	if r.challenge == "" {
		return r.challengeMethod == ""
	}
	switch r.challengeMethod {
	case "", challengePlain, challengeS256:
	default:
		return false
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	return len(r.challenge) >= 43 && len(r.challenge) <= 128 && strings.Trim(r.challenge, alphabet) == ""
}

// proven says whether a code_verifier is the one that the code_challenge was made of. A verifier where there was no
// challenge is refused as well: somebody took the challenge out on the way.
func (c *consent) proven(verifier string) bool {
	if c.Challenge == "" {
		return verifier == ""
	}
	made := verifier
	if c.ChallengeMethod == challengeS256 {
		sum := sha256.Sum256([]byte(verifier))
		made = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return subtle.ConstantTimeCompare([]byte(made), []byte(c.Challenge)) == 1
}

func knownScope(scope string) bool {
	switch scope {
	case scopeAccounting, scopePayment, scopeOpenID, scopeProfile, scopeEmail, scopePhone, scopeAddress:
		return true
	}
	return false
}

// bearsRealm says whether a realm id goes with the code: only accounting and payments are about a company.
func bearsRealm(scopes []string) bool {
	return slices.ContainsFunc(scopes, func(scope string) bool {
		return scope == scopeAccounting || scope == scopePayment
	})
}

// allowsRedirect says whether codes may be sent to an address.
func (a *App) allowsRedirect(address string) bool {
	if len(a.RedirectURIs) > 0 {
		return slices.Contains(a.RedirectURIs, address)
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Fragment != "" || u.User != nil {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

// sendBack sends the browser to the app with more query parameters. The address was found allowed before.
func (s *Simulator) sendBack(request authorization, parameters url.Values) answer {
	u, err := url.Parse(request.redirectURI)
	if err != nil {
		return s.consentProblem("The redirect_uri is not an address.")
	}
	query := u.Query()
	maps.Copy(query, parameters)
	if request.state != "" {
		query.Set("state", request.state)
	}
	u.RawQuery = query.Encode()
	return answer{status: http.StatusSeeOther, header: http.Header{"Location": {u.String()}}}
}
