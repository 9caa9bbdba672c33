package simulator

import (
	"errors"
	"sync"
	"time"
)

const (
	codeTTL              = 5 * time.Minute
	refreshTokenTTL      = 8_726_400 * time.Second   // rolling: every refresh starts it anew
	refreshTokenHardTTL  = 157_680_000 * time.Second // five years from the consent, whatever is refreshed
	accessTokenAfterlife = time.Hour                 // how long an expired token is still told from an unknown one
)

const scopeAccounting = "com.intuit.quickbooks.accounting"

// What can be wrong with a token. The texts are those of Intuit's answers.
var (
	errDeadToken    = errors.New("Incorrect or invalid refresh token")            //nolint:staticcheck // Intuit's words
	errWrongToken   = errors.New("Incorrect Token type or clientID")              //nolint:staticcheck // Intuit's words
	errDeadCode     = errors.New("Incorrect or invalid authorization code")       //nolint:staticcheck // after Intuit's words
	errMalformed    = errors.New("Malformed bearer token: too short or too long") //nolint:staticcheck // Intuit's words
	errTokenExpired = errors.New("Token expired")                                 //nolint:staticcheck // Intuit's words
	errTokenRevoked = errors.New("Token revoked")                                 //nolint:staticcheck // Intuit's words
)

// authority is the state of the OAuth2 server: codes, grants and tokens.
type authority struct {
	random    *random
	accessTTL time.Duration
	switches  *switchboard

	mu      sync.Mutex
	codes   map[string]consent
	access  map[string]accessToken
	minted  []string // access tokens in the order they were made, which is the order they expire in
	refresh map[string]*grant
}

// consent is what a person agreed to on the consent page.
type consent struct {
	app         string // its client id
	redirectURI string
	scopes      []string
	realm       string
	expires     time.Time
}

// grant is one connection between the app and a company. Its tokens live and die with it.
type grant struct {
	app         string // the client id of the app that holds it
	realm       string
	scopes      []string
	revoked     bool
	hardExpires time.Time

	current       string // the refresh token handed out last
	currentSince  time.Time
	expires       time.Time
	previous      string // the one before it, while it still works
	previousUntil time.Time
}

type accessToken struct {
	grant   *grant
	expires time.Time
}

// rotation is what SwitchRotation comes down to.
type rotation struct {
	hold  time.Duration // how long a value stays the same
	grace time.Duration // how long the value before it still works
}

func (a *authority) rotation() rotation {
	const day = 24 * time.Hour
	switch a.switches.value(SwitchRotation) {
	case dailyGrace:
		return rotation{hold: day, grace: day}
	case everyTime:
		return rotation{}
	}
	return rotation{hold: day}
}

// tokens is the outcome of an exchange or a refresh.
type tokens struct {
	access      string
	refresh     string
	scopes      []string
	accessTTL   time.Duration
	refreshTTL  time.Duration
	hardExpires time.Duration
}

func newAuthority(random *random, accessTTL time.Duration, switches *switchboard) *authority {
	return &authority{
		random: random, accessTTL: accessTTL, switches: switches,
		codes: map[string]consent{}, access: map[string]accessToken{}, refresh: map[string]*grant{},
	}
}

// issueCode returns the one-time code for a consent.
func (a *authority) issueCode(agreed consent, now time.Time) string {
	code := a.random.code()
	a.mu.Lock()
	defer a.mu.Unlock()
	for old, c := range a.codes {
		if now.After(c.expires) {
			delete(a.codes, old)
		}
	}
	agreed.expires = now.Add(codeTTL)
	a.codes[code] = agreed
	return code
}

// exchange turns a code into the tokens of a new grant. A code works once, in time, and with the redirect address it
// was given for.
func (a *authority) exchange(code, redirectURI string, now time.Time) (tokens, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	agreed, ok := a.codes[code]
	if !ok || redirectURI != agreed.redirectURI || now.After(agreed.expires) {
		return tokens{}, errDeadCode
	}
	delete(a.codes, code)
	g := &grant{app: agreed.app, realm: agreed.realm, scopes: agreed.scopes, hardExpires: now.Add(refreshTokenHardTTL)}
	a.rotate(g, now)
	return a.mint(g, now), nil
}

// renew makes a new access token by a refresh token, and a new refresh token when the rotation says so.
func (a *authority) renew(token string, now time.Time) (tokens, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.refresh[token]
	if g == nil {
		if _, isAccess := a.access[token]; isAccess {
			return tokens{}, errWrongToken
		}
		return tokens{}, errDeadToken
	}
	if g.revoked || now.After(g.expires) {
		return tokens{}, errDeadToken
	}
	if token == g.previous {
		if now.After(g.previousUntil) {
			return tokens{}, errDeadToken
		}
		return a.mint(g, now), nil
	}
	if now.Sub(g.currentSince) >= a.rotation().hold {
		a.rotate(g, now)
	}
	g.extend(now)
	return a.mint(g, now), nil
}

// extend starts the rolling lifetime of a grant anew; it never outlasts the absolute one.
func (g *grant) extend(now time.Time) {
	g.expires = now.Add(refreshTokenTTL)
	if g.expires.After(g.hardExpires) {
		g.expires = g.hardExpires
	}
}

// rotate gives a grant a new refresh token and retires the one it has.
func (a *authority) rotate(g *grant, now time.Time) {
	delete(a.refresh, g.previous)
	g.previous = ""
	if grace := a.rotation().grace; grace > 0 {
		g.previous, g.previousUntil = g.current, now.Add(grace)
	} else {
		delete(a.refresh, g.current)
	}
	g.extend(now)
	g.current, g.currentSince = a.random.refreshToken(g.expires), now
	a.refresh[g.current] = g
}

// mint makes an access token of a grant and forgets those that expired long ago.
func (a *authority) mint(g *grant, now time.Time) tokens {
	for len(a.minted) > 0 && now.Sub(a.access[a.minted[0]].expires) > accessTokenAfterlife {
		delete(a.access, a.minted[0])
		a.minted = a.minted[1:]
	}
	token := a.random.accessToken()
	a.access[token] = accessToken{grant: g, expires: now.Add(a.accessTTL)}
	a.minted = append(a.minted, token)
	return tokens{
		access: token, refresh: g.current, scopes: g.scopes,
		accessTTL: a.accessTTL, refreshTTL: g.expires.Sub(now), hardExpires: g.hardExpires.Sub(now),
	}
}

// revoke ends the grant that a token, of either type, belongs to. It reports whether there was one.
func (a *authority) revoke(token string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.refresh[token]
	if g == nil {
		g = a.access[token].grant
	}
	if g == nil || g.revoked {
		return false
	}
	g.revoked = true
	delete(a.refresh, g.current)
	delete(a.refresh, g.previous)
	return true
}

// bearer is what an access token stands for. Its scopes must not be changed.
type bearer struct {
	app    string // the client id
	realm  string
	scopes []string
}

// check says what an access token stands for.
func (a *authority) check(token string, now time.Time) (bearer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	held, ok := a.access[token]
	if !ok {
		return bearer{}, errMalformed
	}
	if held.grant.revoked {
		return bearer{}, errTokenRevoked
	}
	if !now.Before(held.expires) {
		return bearer{}, errTokenExpired
	}
	g := held.grant
	return bearer{app: g.app, realm: g.realm, scopes: g.scopes}, nil
}
