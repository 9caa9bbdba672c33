package simulator

import "time"

// maxSuperseded bounds how many dead refresh tokens of a grant are still known for what they were.
const maxSuperseded = 32

// grant is one connection between an app and a company. Its tokens live and die with it.
type grant struct {
	App         string    `json:"app"` // the client id of the app that holds it
	Realm       string    `json:"realm"`
	Scopes      []string  `json:"scopes"`
	Created     time.Time `json:"created"`
	Revoked     bool      `json:"revoked,omitempty"`
	Refreshes   int       `json:"refreshes,omitempty"`
	HardExpires time.Time `json:"hardExpires"`

	Current       string    `json:"current"` // the refresh token handed out last
	CurrentSince  time.Time `json:"currentSince"`
	Expires       time.Time `json:"expires"`
	Previous      string    `json:"previous,omitempty"` // the one before it, where it is allowed a grace
	PreviousUntil time.Time `json:"previousUntil,omitzero"`
	Superseded    []string  `json:"superseded,omitempty"` // those before, the oldest first: dead
}

func (g *grant) bearer() bearer {
	return bearer{app: g.App, realm: g.Realm, scopes: g.Scopes, agreed: g.Created}
}

// alive says whether a grant can be refreshed.
func (g *grant) alive(now time.Time) bool { return !g.Revoked && now.Before(g.Expires) }

// accepts says whether a refresh token of the grant still works.
func (g *grant) accepts(token string, now time.Time) bool {
	return token == g.Current || (token == g.Previous && now.Before(g.PreviousUntil))
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

// renewal is a request to refresh. member says whether the person who connected is still in the company.
type renewal struct {
	app, token string
	member     bool
}

// renew makes a new access token by a refresh token, and a new refresh token when the rotation says so.
func (a *authority) renew(r renewal, now time.Time) (tokens, error) {
	a.mu.Lock()
	defer a.unlock()
	g := a.refresh[r.token]
	if g == nil {
		if _, isAccess := a.access[r.token]; isAccess {
			return tokens{}, errWrongToken
		}
		return tokens{}, errDeadToken
	}
	if g.App != r.app {
		return tokens{}, errWrongToken
	}
	if !g.alive(now) {
		return tokens{}, errDeadToken
	}
	if !g.accepts(r.token, now) {
		if a.switches.is(SwitchLostRace, raceKills) {
			a.kill(g)
		}
		return tokens{}, errDeadToken
	}
	if !r.member {
		return tokens{}, errNotMember
	}
	g.Refreshes++
	a.extend(g, now)
	if r.token == g.Current && now.Sub(g.CurrentSince) >= a.rotation().hold {
		a.rotate(g, now)
	}
	return a.mint(g, now), nil
}

// extend starts the rolling lifetime of a grant anew; it never outlasts the absolute one.
func (a *authority) extend(g *grant, now time.Time) {
	g.Expires = now.Add(a.switches.duration(SwitchRefreshLifetime))
	if g.Expires.After(g.HardExpires) {
		g.Expires = g.HardExpires
	}
}

// rotate gives a grant a new refresh token and retires the one it has.
func (a *authority) rotate(g *grant, now time.Time) {
	a.supersede(g, g.Previous)
	g.Previous, g.PreviousUntil = "", time.Time{}
	if grace := a.rotation().grace; grace > 0 && g.Current != "" {
		g.Previous, g.PreviousUntil = g.Current, now.Add(grace)
	} else {
		a.supersede(g, g.Current)
	}
	g.Current = unused(func() string { return a.random.refreshToken(g.Expires) }, a.refresh)
	g.CurrentSince = now
	a.refresh[g.Current] = g
}

// supersede remembers a refresh token as one that its grant has left behind.
func (a *authority) supersede(g *grant, token string) {
	if token == "" {
		return
	}
	g.Superseded = append(g.Superseded, token)
	if over := len(g.Superseded) - maxSuperseded; over > 0 {
		for _, oldest := range g.Superseded[:over] {
			delete(a.refresh, oldest)
		}
		g.Superseded = g.Superseded[over:]
	}
}

// kill ends a grant with all its tokens.
func (a *authority) kill(g *grant) {
	g.Revoked = true
	a.dirty = true
}

// revoke ends the grant that a token of an app, of either type, belongs to. It reports false where the token does not
// work any more, or is not the app's.
func (a *authority) revoke(app, token string, now time.Time) bool {
	a.mu.Lock()
	defer a.unlock()
	g := a.workingFor(token, now)
	if g == nil || g.App != app {
		return false
	}
	a.kill(g)
	return true
}

// workingFor returns the grant of a token that works, or nil.
func (a *authority) workingFor(token string, now time.Time) *grant {
	if g := a.refresh[token]; g != nil && g.alive(now) && g.accepts(token, now) {
		return g
	}
	if held, ok := a.access[token]; ok && !held.grant.Revoked && now.Before(held.expires) {
		return held.grant
	}
	return nil
}

// realmOf returns the realm id that a refresh token is for, and false where the token is unknown or its scopes are not
// about a company.
func (a *authority) realmOf(token string) (string, bool) {
	a.mu.Lock()
	defer a.unlock()
	g := a.refresh[token]
	if g == nil || !bearsRealm(g.Scopes) {
		return "", false
	}
	return g.Realm, true
}
