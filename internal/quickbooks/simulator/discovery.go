package simulator

import (
	"context"
	"net/http"
	"strings"
)

// Paths of the OAuth2 endpoints; they are Intuit's, on one host instead of several.
const (
	discoveryPath = "/.well-known/"
	authorizePath = "/connect/oauth2"
	tokenPath     = "/oauth2/v1/tokens/bearer" //nolint:gosec // a path, not a token
	revokePath    = "/v2/oauth2/tokens/revoke"
	userInfoPath  = "/v1/openid_connect/userinfo"
	keysPath      = "/op/v1/jwks"
)

// issuer is Intuit's, which clients compare with a constant of theirs.
const issuer = "https://oauth.platform.intuit.com/op/v1"

type discoveryDocument struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	UserInfoEndpoint      string   `json:"userinfo_endpoint"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	KeysURI               string   `json:"jwks_uri"`
	ResponseTypes         []string `json:"response_types_supported"`
	SubjectTypes          []string `json:"subject_types_supported"`
	IDTokenSigning        []string `json:"id_token_signing_alg_values_supported"`
	Scopes                []string `json:"scopes_supported"`
	TokenEndpointAuth     []string `json:"token_endpoint_auth_methods_supported"`
	Claims                []string `json:"claims_supported"`
}

// Intuit's own addresses.
const (
	intuitDomain      = ".intuit.com"
	intuitAuthorize   = "https://appcenter.intuit.com"
	intuitPlatform    = "https://oauth.platform.intuit.com"
	intuitRevocation  = "https://developer.api.intuit.com"
	intuitAccounts    = "https://accounts.platform.intuit.com"
	intuitTryAccounts = "https://sandbox-accounts.platform.intuit.com"
)

// discovery answers the discovery document under every spelling that clients use. Who came by one of Intuit's own host
// names is told Intuit's own addresses: its other names lead to the simulator as well.
func (s *Simulator) discovery(_ context.Context, c *call) answer {
	name := strings.TrimSuffix(strings.TrimPrefix(c.request.URL.Path, discoveryPath), "/")
	accounts := intuitAccounts
	switch strings.ReplaceAll(strings.ToLower(name), "-", "_") {
	case "openid_configuration":
	case "openid_sandbox_configuration":
		accounts = intuitTryAccounts
	default:
		return s.gatewayFault(noResource())
	}
	if isIntuit(c.request.Host) {
		return s.oauthAnswer(http.StatusOK, document(intuitAuthorize, intuitPlatform, accounts, intuitRevocation))
	}
	base := baseURL(c.request)
	return s.oauthAnswer(http.StatusOK, document(base, base, base, base))
}

// document makes a discovery document of the addresses under which the endpoints are.
func document(authorize, platform, accounts, revocation string) discoveryDocument {
	return discoveryDocument{
		Issuer:                issuer,
		AuthorizationEndpoint: authorize + authorizePath,
		TokenEndpoint:         platform + tokenPath,
		UserInfoEndpoint:      accounts + userInfoPath,
		RevocationEndpoint:    revocation + revokePath,
		KeysURI:               platform + keysPath,
		ResponseTypes:         []string{"code"},
		SubjectTypes:          []string{"public"},
		IDTokenSigning:        []string{"RS256"},
		Scopes:                []string{scopeOpenID, scopeEmail, scopeProfile, scopeAddress, scopePhone},
		TokenEndpointAuth:     []string{"client_secret_post", "client_secret_basic"},
		Claims:                []string{"aud", "exp", "iat", "iss", "realmid", "sub"},
	}
}

// isIntuit says whether a request's Host, with or without a port, is one of Intuit's.
func isIntuit(host string) bool {
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	return strings.HasSuffix(name, intuitDomain)
}

// baseURL is the address by which the client reached the simulator.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
