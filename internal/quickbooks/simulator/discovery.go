package simulator

import (
	"context"
	"net/http"
	"path"
	"strings"
)

// Paths of the OAuth2 endpoints; they are Intuit's, on one host instead of several.
const (
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

// discovery answers the discovery document under every spelling that clients use.
func (s *Simulator) discovery(_ context.Context, c *call) answer {
	switch path.Base(strings.ToLower(c.request.URL.Path)) {
	case "openid_configuration", "openid_sandbox_configuration", "openid-configuration", "openid-sandbox-configuration":
	default:
		return s.gatewayFault(noResource())
	}
	base := baseURL(c.request)
	return s.jsonAnswer(http.StatusOK, discoveryDocument{
		Issuer:                issuer,
		AuthorizationEndpoint: base + authorizePath,
		TokenEndpoint:         base + tokenPath,
		UserInfoEndpoint:      base + userInfoPath,
		RevocationEndpoint:    base + revokePath,
		KeysURI:               base + keysPath,
		ResponseTypes:         []string{"code"},
		SubjectTypes:          []string{"public"},
		IDTokenSigning:        []string{"RS256"},
		Scopes:                []string{"openid", "email", "profile", "address", "phone"},
		TokenEndpointAuth:     []string{"client_secret_post", "client_secret_basic"},
		Claims:                []string{"aud", "exp", "iat", "iss", "realmid", "sub"},
	})
}

// baseURL is the address by which the client reached the simulator.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
