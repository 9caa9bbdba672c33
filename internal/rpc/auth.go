package rpc

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"connectrpc.com/connect/v2"
	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/tillpost/tillpost/internal/ledger"
)

// AnyRetailer in a token's tillpost_retailers stands for all of them.
const AnyRetailer = "*"

const (
	maxTokenBytes   = 8 << 10
	maxSubjectBytes = 255
	// clockLeeway is by how much the clocks of the issuer and of this server may differ.
	clockLeeway = 5 * time.Minute
)

// Errors of an Authenticator, told apart with errors.Is. Any other error of one is as bad as ErrTokenInvalid.
var (
	// ErrTokenInvalid: the token is not one of ours, or not for us.
	ErrTokenInvalid = errors.New("the token is not valid")
	// ErrTokenExpired: the token was good once.
	ErrTokenExpired = errors.New("the token has expired")
	// ErrKeysUnavailable: the issuer's keys cannot be read at present, so nothing is known about the token.
	ErrKeysUnavailable = errors.New("the issuer's keys cannot be read")
)

// Caller is who calls, what for, and whom for.
type Caller struct {
	// Subject names the caller in the records: 1 to 255 bytes without control characters.
	Subject string
	// Retailers are the retailers that the caller may act for; AnyRetailer stands for all.
	Retailers []string
	Scopes    []Scope
}

// Has tells whether the caller has a scope.
func (c Caller) Has(scope Scope) bool { return slices.Contains(c.Scopes, scope) }

// MayActFor tells whether the caller may act for a retailer.
func (c Caller) MayActFor(r ledger.RetailerID) bool {
	return slices.Contains(c.Retailers, AnyRetailer) || slices.Contains(c.Retailers, string(r))
}

// Authenticator tells who stands behind a bearer token.
type Authenticator interface {
	// Authenticate checks a token and returns its caller. It fails with ErrTokenInvalid, ErrTokenExpired or
	// ErrKeysUnavailable, and never with an error that holds the token.
	Authenticate(ctx context.Context, token string) (Caller, error)
}

// bearerToken takes the token from the headers of a call.
func bearerToken(ctx context.Context) (string, error) {
	info, ok := connect.CallInfoForServerContext(ctx)
	if !ok || !info.RequestHeader().Has("Authorization") {
		return "", newError(connect.CodeUnauthenticated, reasonTokenMissing,
			"this call takes a token: send the header 'Authorization: Bearer TOKEN'")
	}
	values := info.RequestHeader().Values("Authorization")
	scheme, token, _ := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	if len(values) != 1 || !strings.EqualFold(scheme, "Bearer") || token == "" {
		return "", newError(connect.CodeUnauthenticated, reasonTokenInvalid,
			"the Authorization header must be sent once, as 'Bearer TOKEN'")
	}
	return token, nil
}

// authError says why a token was not taken, and nothing that would help to make one.
func authError(err error) *callError {
	var e *callError
	switch {
	case errors.Is(err, ErrTokenExpired):
		e = newError(connect.CodeUnauthenticated, reasonTokenExpired, "the token has expired: get a new one")
	case errors.Is(err, ErrKeysUnavailable):
		e = newError(connect.CodeUnavailable, reasonKeysUnavailable,
			"the token cannot be checked because its issuer does not answer: try again in a while")
	default:
		e = newError(connect.CodeUnauthenticated, reasonTokenInvalid,
			"the token is not valid here: it is damaged, or from another issuer, or for another audience")
	}
	e.cause = err
	return e
}

// OIDCAuthenticator takes JSON Web Tokens (RFC 7519) that an issuer signed with EdDSA, ES256, RS256 or PS256 and that
// carry sub, iss, aud and exp, scope (words separated by blanks), and tillpost_retailers (a list of retailer ids, or
// "*"). Make it with NewOIDCAuthenticator.
type OIDCAuthenticator struct {
	verifier *oidc.IDTokenVerifier
}

// NewOIDCAuthenticator checks tokens of one issuer for one audience against a set of keys.
func NewOIDCAuthenticator(issuer, audience string, keys oidc.KeySet) *OIDCAuthenticator {
	return &OIDCAuthenticator{
		verifier: oidc.NewVerifier(issuer, markedKeys{keys}, &oidc.Config{
			ClientID:             audience,
			SupportedSigningAlgs: []string{oidc.EdDSA, oidc.ES256, oidc.RS256, oidc.PS256},
		}),
	}
}

// claims are those of a token that the verifier does not read itself.
type claims struct {
	Scope     string   `json:"scope"`
	Retailers []string `json:"tillpost_retailers"`
}

// Authenticate checks signature, issuer, audience and times of a token, then its claims.
func (a *OIDCAuthenticator) Authenticate(ctx context.Context, token string) (Caller, error) {
	if len(token) > maxTokenBytes {
		return Caller{}, fmt.Errorf("%w: it is longer than %d bytes", ErrTokenInvalid, maxTokenBytes)
	}
	var outage error
	verified, err := a.verifier.Verify(context.WithValue(ctx, outageKey{}, &outage), token)
	if err != nil {
		return Caller{}, verifyError(err, outage)
	}
	if verified.IssuedAt.After(time.Now().Add(clockLeeway)) {
		return Caller{}, fmt.Errorf("%w: it was issued in the future", ErrTokenInvalid)
	}
	var c claims
	if err := verified.Claims(&c); err != nil {
		return Caller{}, fmt.Errorf("%w: its claims cannot be read", ErrTokenInvalid)
	}
	return callerFrom(verified.Subject, c)
}

func verifyError(err, outage error) error {
	if _, expired := errors.AsType[*oidc.TokenExpiredError](err); expired {
		return ErrTokenExpired
	}
	if outage != nil {
		return fmt.Errorf("%w: %w", ErrKeysUnavailable, outage)
	}
	return fmt.Errorf("%w: %w", ErrTokenInvalid, err)
}

// retailerPattern is the pattern of retailer ids in the proto files.
var retailerPattern = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)

func callerFrom(subject string, c claims) (Caller, error) {
	if subject == "" || len(subject) > maxSubjectBytes || strings.ContainsFunc(subject, unicode.IsControl) {
		return Caller{}, fmt.Errorf("%w: sub must have 1 to %d bytes and no control characters", ErrTokenInvalid,
			maxSubjectBytes)
	}
	for _, r := range c.Retailers {
		if r != AnyRetailer && !retailerPattern.MatchString(r) {
			return Caller{}, fmt.Errorf("%w: tillpost_retailers holds something that is no retailer id", ErrTokenInvalid)
		}
	}
	caller := Caller{Subject: subject, Retailers: c.Retailers}
	for word := range strings.FieldsSeq(c.Scope) {
		// Scopes of other services in the same token are theirs.
		if scope := Scope(word); slices.Contains(AllScopes(), scope) {
			caller.Scopes = append(caller.Scopes, scope)
		}
	}
	return caller, nil
}
