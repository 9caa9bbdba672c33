package simulator

import (
	"maps"
	"slices"
	"time"
)

// authorityState is everything that the OAuth2 server knows, in a form that can be written down as JSON. It holds every
// token as it is.
type authorityState struct {
	Codes  map[string]consent `json:"codes,omitempty"`
	Grants []grantState       `json:"grants,omitempty"`
}

// grantState is a grant with its access tokens.
type grantState struct {
	Grant  grant         `json:"grant"`
	Access []accessState `json:"access,omitempty"`
}

type accessState struct {
	Token   string    `json:"token"`
	Expires time.Time `json:"expires"`
}

// save returns the present state. It shares nothing with the authority that will change.
func (a *authority) save() authorityState {
	a.mu.Lock()
	defer a.unlock()
	held := map[*grant][]accessState{}
	for _, token := range a.minted {
		t := a.access[token]
		held[t.grant] = append(held[t.grant], accessState{Token: token, Expires: t.expires})
	}
	state := authorityState{Codes: maps.Clone(a.codes), Grants: make([]grantState, len(a.grants))}
	for i, g := range a.grants {
		state.Grants[i] = grantState{Grant: *g, Access: held[g]}
		state.Grants[i].Grant.Superseded = slices.Clone(g.Superseded)
	}
	return state
}

// load replaces the state. It does not count as a change.
func (a *authority) load(state authorityState) {
	a.mu.Lock()
	defer a.unlock()
	a.codes, a.grants, a.minted = map[string]consent{}, nil, nil
	a.refresh, a.access = map[string]*grant{}, map[string]accessToken{}
	maps.Copy(a.codes, state.Codes)
	for _, saved := range state.Grants {
		g := &saved.Grant
		a.grants = append(a.grants, g)
		for _, token := range slices.Concat(g.Superseded, []string{g.Previous, g.Current}) {
			if token != "" {
				a.refresh[token] = g
			}
		}
		for _, t := range saved.Access {
			a.access[t.Token] = accessToken{grant: g, expires: t.Expires}
			a.minted = append(a.minted, t.Token)
		}
	}
	slices.SortStableFunc(a.minted, func(x, y string) int { return a.access[x].expires.Compare(a.access[y].expires) })
}
