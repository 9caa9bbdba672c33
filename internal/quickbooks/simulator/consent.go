package simulator

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// The field of the consent form that tells what the person pressed, its values, and the field of the company chosen.
const (
	fieldDecision     = "decision"
	fieldRealm        = "realm"
	decisionAuthorize = "authorize"
	decisionCancel    = "cancel"
)

// consentPage is what the consent page shows.
type consentPage struct {
	App      string // its name
	Initial  string // the letter that stands for it
	ReturnTo string // where the browser goes afterwards
	Scopes   []scopeWords
	// SignIn says that the app asks for the person alone and gets no company.
	SignIn    bool
	Companies []consentCompany
	Realm     string // the one chosen beforehand
	Problem   string
	// Hidden are the parameters of the request; the form sends them along.
	Hidden []hiddenField
}

// consentCompany is a company to choose, with the person who consents for it.
type consentCompany struct {
	Realm, Name, Person, Email string
}

// scopeWords is a scope in words that people use.
type scopeWords struct{ Name, Means string }

type hiddenField struct{ Name, Value string }

// showConsent answers the browser that the app sent over: with the page on which to agree.
func (s *Simulator) showConsent(_ context.Context, c *call) answer {
	request := readAuthorization(c.request.URL.Query())
	if refused, ok := s.examine(request); !ok {
		return s.refuse(request, refused)
	}
	return s.consentForm(http.StatusOK, request, "")
}

// decideConsent takes the decision. Any HTTP client can send it: the fields of the request, decision and, where there
// are several companies, realm. The request is checked as if it had not been shown before.
func (s *Simulator) decideConsent(_ context.Context, c *call) answer {
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return s.consentProblem("The form could not be read.")
	}
	for name, values := range c.request.URL.Query() {
		if !form.Has(name) {
			form[name] = values
		}
	}
	request := readAuthorization(form)
	if refused, ok := s.examine(request); !ok {
		return s.refuse(request, refused)
	}
	switch form.Get(fieldDecision) {
	case decisionCancel:
		return s.sendBack(request, url.Values{"error": {oauthAccessDenied}})
	case decisionAuthorize:
		return s.agree(c, request, form.Get(fieldRealm))
	}
	return s.consentForm(http.StatusBadRequest, request, "Press Authorize or Cancel.")
}

// agree sends the browser back to the app with a code.
func (s *Simulator) agree(c *call, request authorization, realm string) answer {
	scopes := strings.Fields(request.scope)
	ofCompany := bearsRealm(scopes)
	if realms := s.Realms(); realm == "" && (len(realms) == 1 || (len(realms) > 0 && !ofCompany)) {
		realm = realms[0]
	}
	if _, err := s.company(realm); err != nil {
		return s.consentForm(http.StatusBadRequest, request, "Choose the company to connect.")
	}
	agreed := consent{
		App: request.clientID, RedirectURI: request.redirectURI, Scopes: scopes, Realm: realm, Challenge: request.challenge,
		ChallengeMethod: request.challengeMethod,
	}
	parameters := url.Values{"code": {s.authority.issueCode(agreed, c.now)}}
	if ofCompany {
		parameters.Set("realmId", realm)
	}
	return s.sendBack(request, parameters)
}

func (s *Simulator) refuse(request authorization, why refusal) answer {
	if why.page != "" {
		return s.consentProblem(why.page)
	}
	return s.sendBack(request, url.Values{"error": {why.code}})
}

func (s *Simulator) consentForm(status int, request authorization, problem string) answer {
	page := consentPage{App: request.clientID, ReturnTo: request.redirectURI, Problem: problem, Hidden: request.hidden()}
	if app := s.app(request.clientID); app != nil && app.Name != "" {
		page.App = app.Name
	}
	initial, _ := utf8.DecodeRuneInString(page.App)
	page.Initial = strings.ToUpper(string(initial))
	if u, err := url.Parse(request.redirectURI); err == nil && u.Host != "" {
		page.ReturnTo = u.Host
	}
	scopes := strings.Fields(request.scope)
	page.SignIn = !bearsRealm(scopes)
	for _, scope := range scopes {
		page.Scopes = append(page.Scopes, describeScope(scope))
	}
	for _, company := range s.summaries() {
		who := bookkeeper(company.Realm)
		page.Companies = append(page.Companies, consentCompany{
			Realm: company.Realm, Name: company.Name, Person: who.name(), Email: who.email,
		})
	}
	if len(page.Companies) > 0 {
		page.Realm = page.Companies[0].Realm
	}
	title := "Connect to QuickBooks"
	if page.SignIn {
		title = "Sign in with Intuit"
	}
	return s.page(status, "consent", title, page)
}

// hidden are the parameters of a request as fields of a form.
func (r *authorization) hidden() []hiddenField {
	fields := []hiddenField{
		{"client_id", r.clientID},
		{"redirect_uri", r.redirectURI},
		{"response_type", r.responseType},
		{"scope", r.scope},
		{"state", r.state},
		{"code_challenge", r.challenge},
		{"code_challenge_method", r.challengeMethod},
	}
	return slices.DeleteFunc(fields, func(f hiddenField) bool { return f.Value == "" })
}

// consentProblem tells the person what is wrong where the app cannot be told.
func (s *Simulator) consentProblem(text string) answer {
	return s.page(http.StatusBadRequest, "problem", "This app cannot be connected", text)
}

func describeScope(scope string) scopeWords {
	switch scope {
	case scopeAccounting:
		return scopeWords{"Accounting", "See, add and change accounts, journal entries and all other books of the company"}
	case scopePayment:
		return scopeWords{"Payments", "See payments and charge cards"}
	case scopeOpenID:
		return scopeWords{"Identity", "Know that it is you"}
	case scopeProfile:
		return scopeWords{"Profile", "See your name"}
	case scopeEmail:
		return scopeWords{"Email", "See your email address"}
	case scopePhone:
		return scopeWords{"Phone", "See your telephone number"}
	case scopeAddress:
		return scopeWords{"Address", "See your postal address"}
	}
	return scopeWords{Name: scope}
}
