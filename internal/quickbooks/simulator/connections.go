package simulator

import (
	"slices"
	"time"
)

// GrantInfo is one connection between an app and a company, without its tokens.
type GrantInfo struct {
	// App is the client id.
	App string `json:"app"`
	// Realm is the company; where the scopes are about the person alone, the company whose person signed in.
	Realm  string   `json:"realm"`
	Scopes []string `json:"scopes"`
	// Created is when the code was exchanged.
	Created time.Time `json:"created"`
	// RefreshExpires is when the refresh token dies unless it is used before; HardExpires is when it dies whatever is
	// done.
	RefreshExpires time.Time `json:"refreshExpires"`
	HardExpires    time.Time `json:"hardExpires"`
	// Revoked says that the app or the customer ended the connection, or a lost race did.
	Revoked bool `json:"revoked"`
	// Refreshes counts the refreshes that worked.
	Refreshes int `json:"refreshes"`
}

// Grants returns the connections to a company, ended ones too, in the order they were made. An empty realm means all
// companies.
func (s *Simulator) Grants(realm string) []GrantInfo {
	a := s.authority
	a.mu.Lock()
	defer a.unlock()
	infos := []GrantInfo{}
	for _, g := range a.grants {
		if realm != "" && g.Realm != realm {
			continue
		}
		infos = append(infos, GrantInfo{
			App: g.App, Realm: g.Realm, Scopes: slices.Clone(g.Scopes), Created: g.Created, RefreshExpires: g.Expires,
			HardExpires: g.HardExpires, Revoked: g.Revoked, Refreshes: g.Refreshes,
		})
	}
	return infos
}

// ExpireAccessTokens makes the access tokens of a company expire now, as they do by themselves after an hour, and
// returns how many that were. Refresh tokens go on working. An empty realm means all companies.
func (s *Simulator) ExpireAccessTokens(realm string) int {
	a, now := s.authority, s.clock.now()
	a.mu.Lock()
	defer a.unlock()
	hit := 0
	for token, held := range a.access {
		if (realm != "" && held.grant.Realm != realm) || held.grant.Revoked || !now.Before(held.expires) {
			continue
		}
		held.expires = now
		a.access[token] = held
		hit++
	}
	a.dirty = hit > 0
	return hit
}

// ExpireRefreshTokens makes the refresh tokens of a company expire now, as they do when nobody uses them, and returns
// how many grants that were. Access tokens go on working to their end. An empty realm means all companies.
func (s *Simulator) ExpireRefreshTokens(realm string) int {
	now := s.clock.now()
	return s.authority.strike(realm, func(g *grant) bool {
		if !g.alive(now) {
			return false
		}
		g.Expires = now
		return true
	})
}

// RevokeGrants ends the connections to a company as if its people had pressed Disconnect in QuickBooks, and returns how
// many that were: calls are refused with "Token revoked" and refreshes with invalid_grant. An empty realm means all
// companies.
func (s *Simulator) RevokeGrants(realm string) int {
	return s.authority.strike(realm, func(g *grant) bool {
		hit := !g.Revoked
		g.Revoked = true
		return hit
	})
}

// strike does something to every grant of a company and counts those it hit.
func (a *authority) strike(realm string, blow func(*grant) bool) int {
	a.mu.Lock()
	defer a.unlock()
	hits := 0
	for _, g := range a.grants {
		if (realm == "" || g.Realm == realm) && blow(g) {
			hits++
		}
	}
	a.dirty = hits > 0
	return hits
}

// connected says whether an app holds a live grant for a company.
func (a *authority) connected(app, realm string, now time.Time) bool {
	a.mu.Lock()
	defer a.unlock()
	for _, g := range a.grants {
		if g.App == app && g.Realm == realm && g.alive(now) {
			return true
		}
	}
	return false
}
