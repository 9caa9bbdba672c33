package simulator

import (
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	codeTTL              = 5 * time.Minute
	refreshTokenHardTTL  = 157_680_000 * time.Second // five years from the consent, whatever is refreshed
	accessTokenAfterlife = time.Hour                 // how long an expired token is still told from an unknown one
)

// The scopes: what the app may do, and what it may know of the person.
const (
	scopeAccounting = "com.intuit.quickbooks.accounting"
	scopePayment    = "com.intuit.quickbooks.payment"
	scopeOpenID     = "openid"
	scopeProfile    = "profile"
	scopeEmail      = "email"
	scopePhone      = "phone"
	scopeAddress    = "address"
)

// What can be wrong with a token. The texts are those of Intuit's answers; those about codes are made after them.
//
//nolint:staticcheck // capitals are Intuit's
var (
	errDeadToken     = errors.New("Incorrect or invalid refresh token")
	errWrongToken    = errors.New("Incorrect Token type or clientID")
	errNotMember     = errors.New("Unauthorized Request: User is not a member of the specified Realm")
	errDeadCode      = errors.New("Incorrect or invalid authorization code")
	errWrongVerifier = errors.New("Incorrect code_verifier")
	errMalformed     = errors.New("Malformed bearer token: too short or too long")
	errTokenExpired  = errors.New("Token expired")
	errTokenRevoked  = errors.New("Token revoked")
)

// authority is the state of the OAuth2 server: codes, grants and tokens.
type authority struct {
	random    *random
	accessTTL time.Duration
	switches  *switchboard
	// changed, if set, is called after everything that changed the state, before it is answered and without the lock.
	changed func()

	mu      sync.Mutex
	dirty   bool // the state has changed since the lock was taken
	codes   map[string]consent
	grants  []*grant // every one there ever was, in the order of their consents
	refresh map[string]*grant
	access  map[string]accessToken
	minted  []string // access tokens in the order they were made, which is the order they expire in
}

// consent is what a person agreed to on the consent page.
type consent struct {
	App             string    `json:"app"` // its client id
	RedirectURI     string    `json:"redirectUri"`
	Scopes          []string  `json:"scopes"`
	Realm           string    `json:"realm"`
	Challenge       string    `json:"challenge,omitempty"`
	ChallengeMethod string    `json:"challengeMethod,omitempty"`
	Expires         time.Time `json:"expires"`
}

type accessToken struct {
	grant   *grant
	expires time.Time
}

// tokens is the outcome of an exchange or a refresh.
type tokens struct {
	access      string
	refresh     string
	accessTTL   time.Duration
	refreshTTL  time.Duration
	hardExpires time.Duration
	holder      bearer
}

// bearer is what an access token stands for. Its scopes must not be changed.
type bearer struct {
	app    string // the client id
	realm  string
	scopes []string
	agreed time.Time // when the person consented
}

func (b *bearer) has(scope string) bool { return slices.Contains(b.scopes, scope) }

func newAuthority(random *random, accessTTL time.Duration, switches *switchboard) *authority {
	a := &authority{random: random, accessTTL: accessTTL, switches: switches}
	a.load(authorityState{})
	return a
}

// unlock ends what the lock was taken for, and tells of a change.
func (a *authority) unlock() {
	dirty := a.dirty
	a.dirty = false
	a.mu.Unlock()
	if dirty && a.changed != nil {
		a.changed()
	}
}

// issueCode returns the one-time code for a consent.
func (a *authority) issueCode(agreed consent, now time.Time) string {
	a.mu.Lock()
	defer a.unlock()
	for old, c := range a.codes {
		if now.After(c.Expires) {
			delete(a.codes, old)
		}
	}
	code := unused(a.random.code, a.codes)
	agreed.Expires = now.Add(codeTTL)
	a.codes[code] = agreed
	a.dirty = true
	return code
}

// redemption is a request to exchange a code.
type redemption struct{ app, code, redirectURI, verifier string }

// exchange turns a code into the tokens of a new grant. A code works once, in time, for the app and with the redirect
// address it was given for.
func (a *authority) exchange(r redemption, now time.Time) (tokens, error) {
	a.mu.Lock()
	defer a.unlock()
	agreed, ok := a.codes[r.code]
	switch {
	case !ok || now.After(agreed.Expires):
		return tokens{}, errDeadCode
	case agreed.App != r.app:
		return tokens{}, errWrongToken
	case agreed.RedirectURI != r.redirectURI:
		return tokens{}, errDeadCode
	case a.switches.is(SwitchPKCE, checkedValue) && !agreed.proven(r.verifier):
		return tokens{}, errWrongVerifier
	}
	delete(a.codes, r.code)
	g := &grant{
		App: agreed.App, Realm: agreed.Realm, Scopes: agreed.Scopes, Created: now, HardExpires: now.Add(refreshTokenHardTTL),
	}
	a.grants = append(a.grants, g)
	a.extend(g, now)
	a.rotate(g, now)
	return a.mint(g, now), nil
}

// mint makes an access token of a grant and forgets those that expired long ago.
func (a *authority) mint(g *grant, now time.Time) tokens {
	for len(a.minted) > 0 && now.Sub(a.access[a.minted[0]].expires) > accessTokenAfterlife {
		delete(a.access, a.minted[0])
		a.minted = a.minted[1:]
	}
	token := unused(a.random.accessToken, a.access)
	a.access[token] = accessToken{grant: g, expires: now.Add(a.accessTTL)}
	a.minted = append(a.minted, token)
	a.dirty = true
	return tokens{
		access: token, refresh: g.Current, accessTTL: a.accessTTL, refreshTTL: g.Expires.Sub(now),
		hardExpires: g.HardExpires.Sub(now), holder: g.bearer(),
	}
}

// check says what an access token stands for.
func (a *authority) check(token string, now time.Time) (bearer, error) {
	a.mu.Lock()
	defer a.unlock()
	held, ok := a.access[token]
	if !ok {
		return bearer{}, errMalformed
	}
	if held.grant.Revoked {
		return bearer{}, errTokenRevoked
	}
	if !now.Before(held.expires) {
		return bearer{}, errTokenExpired
	}
	return held.grant.bearer(), nil
}

// unused makes values until one is not taken: a simulator that was started again with its seed and its state makes the
// values of its first run once more.
func unused[T any](invent func() string, taken map[string]T) string {
	for {
		value := invent()
		if _, is := taken[value]; !is {
			return value
		}
	}
}
