package simulator

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// person is the bookkeeper of a company, who consents to connections and whom OpenID tells of. Nobody real.
type person struct {
	id         string
	givenName  string
	familyName string
	email      string
	phone      string
	address    postalAddress
}

type postalAddress struct {
	Street     string `json:"streetAddress"`
	Locality   string `json:"locality"`
	Region     string `json:"region"`
	PostalCode string `json:"postalCode"`
	Country    string `json:"country"`
}

// bookkeeper makes up the person of a company; the same realm id always has the same one. Domain and phone number are
// from the ranges that are kept free for made-up ones.
func bookkeeper(realm string) person {
	given := []string{
		"Amara", "Bruno", "Celia", "Dario", "Edith", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Keiko",
		"Lucia", "Marek", "Nadia", "Oscar", "Priya",
	}
	family := []string{
		"Abbott", "Brandt", "Castell", "Draper", "Eklund", "Farrow", "Gallo", "Hollis", "Ivers", "Jessup",
		"Keller", "Lindqvist", "Marlowe", "Novak", "Okafor", "Prescott",
	}
	streets := []string{"Alder Street", "Birch Lane", "Cedar Avenue", "Dock Street"}
	sum := sha256.Sum256([]byte("bookkeeper of " + realm))
	id := hex.EncodeToString(sum[:16])
	p := person{
		id:        strings.Join([]string{id[:8], id[8:12], "4" + id[13:16], "a" + id[17:20], id[20:]}, "-"),
		givenName: given[sum[16]%16], familyName: family[sum[17]%16],
		phone: "+1 415555010" + string('0'+rune(sum[18]%10)),
		address: postalAddress{
			Street: "1" + string('0'+rune(sum[19]%10)) + " " + streets[sum[20]%4], Locality: "Astoria", Region: "OR",
			PostalCode: "97103", Country: "US",
		},
	}
	p.email = strings.ToLower(p.givenName + "." + p.familyName + "@books.example")
	return p
}

func (p *person) name() string { return p.givenName + " " + p.familyName }

// userInfoResponse has of a person what the scopes allow.
type userInfoResponse struct {
	Subject       string         `json:"sub"`
	GivenName     string         `json:"givenName,omitempty"`
	FamilyName    string         `json:"familyName,omitempty"`
	Email         string         `json:"email,omitempty"`
	EmailVerified *bool          `json:"emailVerified,omitempty"`
	Phone         string         `json:"phoneNumber,omitempty"`
	PhoneVerified *bool          `json:"phoneNumberVerified,omitempty"`
	Address       *postalAddress `json:"address,omitempty"`
}

// userInfo tells who connected.
func (s *Simulator) userInfo(_ context.Context, c *call) answer {
	holder, err := s.holder(c)
	if err != nil {
		return s.gatewayFault(unauthenticated(err.Error()))
	}
	if !holder.has(scopeOpenID) {
		return s.gatewayFault(unauthenticated("Token without the scope openid"))
	}
	p := bookkeeper(holder.realm)
	body := userInfoResponse{Subject: p.id}
	if holder.has(scopeProfile) {
		body.GivenName, body.FamilyName = p.givenName, p.familyName
	}
	if holder.has(scopeEmail) {
		body.Email, body.EmailVerified = p.email, new(true)
	}
	if holder.has(scopePhone) {
		body.Phone, body.PhoneVerified = p.phone, new(true)
	}
	if holder.has(scopeAddress) {
		body.Address = &p.address
	}
	return s.oauthAnswer(http.StatusOK, body)
}

// holder says what the access token of a call stands for.
func (s *Simulator) holder(c *call) (bearer, error) {
	scheme, token, _ := strings.Cut(c.request.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return bearer{}, errMalformed
	}
	holder, err := s.authority.check(strings.TrimSpace(token), c.now)
	c.app = holder.app
	return holder, err
}

// idClaims is what an id token says. Clients want the audience as a list; others compare it as a text, which works with
// a list of one.
type idClaims struct {
	Subject  string   `json:"sub"`
	Audience []string `json:"aud"`
	Realm    string   `json:"realmid,omitempty"`
	AuthTime int64    `json:"auth_time"`
	Issuer   string   `json:"iss"`
	Expires  int64    `json:"exp"`
	IssuedAt int64    `json:"iat"`
}

// idToken makes the id token that goes with new tokens.
func (s *Simulator) idToken(holder *bearer, now time.Time) (string, error) {
	key, err := s.signer()
	if err != nil {
		return "", err
	}
	who := bookkeeper(holder.realm)
	claims := idClaims{
		Subject: who.id, Audience: []string{holder.app}, AuthTime: holder.agreed.Unix(), Issuer: issuer,
		Expires: now.Add(idTokenTTL).Unix(), IssuedAt: now.Unix(),
	}
	if bearsRealm(holder.scopes) {
		claims.Realm = holder.realm
	}
	return key.sign(claims)
}

// noKey answers where id tokens cannot be signed, as the machine has no randomness.
func (s *Simulator) noKey(err error) answer {
	s.logger.Error("an id token could not be signed", slog.Any("error", err))
	return answer{status: http.StatusInternalServerError, contentType: plainText, body: []byte("stream timeout")}
}
