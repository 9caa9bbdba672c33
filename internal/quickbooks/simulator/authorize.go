package simulator

import (
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// authorization is a request to the authorization endpoint. code_challenge and its method are taken and ignored, as
// at Intuit: the client secret is always needed.
type authorization struct {
	clientID     string
	redirectURI  string
	responseType string
	scope        string
	state        string
}

func readAuthorization(form url.Values) authorization {
	return authorization{
		clientID: form.Get("client_id"), redirectURI: form.Get("redirect_uri"),
		responseType: form.Get("response_type"), scope: form.Get("scope"), state: form.Get("state"),
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
	if s.app(request.clientID) == nil {
		return refusal{page: "No app has this client_id. Check the client id the app was started with."}, false
	}
	if !s.app(request.clientID).allowsRedirect(request.redirectURI) {
		return refusal{
			page: "The redirect_uri is not registered for this app. It must be the same to the letter: scheme, host, " +
				"port and path.",
		}, false
	}
	if request.responseType != "code" {
		return refusal{code: "unsupported_response_type"}, false
	}
	scopes := strings.Fields(request.scope)
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(scope string) bool { return !knownScope(scope) }) {
		return refusal{code: "invalid_scope"}, false
	}
	return refusal{}, true
}

func knownScope(scope string) bool {
	switch scope {
	case scopeAccounting, "com.intuit.quickbooks.payment", "openid", "profile", "email", "phone", "address":
		return true
	}
	return false
}

// bearsRealm says whether a realm id goes with the code: only accounting and payments are about a company.
func bearsRealm(scopes []string) bool {
	return slices.ContainsFunc(scopes, func(scope string) bool {
		return strings.HasPrefix(scope, "com.intuit.quickbooks.")
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
