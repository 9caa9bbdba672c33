package simulator

import (
	"context"
	"net/http"
	"net/url"
	"strings"
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
	ClientID  string
	ReturnTo  string
	Scopes    []string
	Companies []companySummary
	Realm     string // the one chosen beforehand
	Problem   string
	// Hidden are the parameters of the request; the form sends them along.
	Hidden []hiddenField
}

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
		return s.sendBack(request, url.Values{"error": {"access_denied"}})
	case decisionAuthorize:
		return s.agree(c, request, form.Get(fieldRealm))
	}
	return s.consentForm(http.StatusBadRequest, request, "Press Authorize or Cancel.")
}

// agree sends the browser back to the app with a code.
func (s *Simulator) agree(c *call, request authorization, realm string) answer {
	if realms := s.Realms(); realm == "" && len(realms) == 1 {
		realm = realms[0]
	}
	if _, err := s.company(realm); err != nil {
		return s.consentForm(http.StatusBadRequest, request, "Choose the company to connect.")
	}
	agreed := consent{app: request.clientID, redirectURI: request.redirectURI, scopes: strings.Fields(request.scope), realm: realm}
	parameters := url.Values{"code": {s.authority.issueCode(agreed, c.now)}}
	if bearsRealm(agreed.scopes) {
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
	page := consentPage{
		ClientID: request.clientID, ReturnTo: request.redirectURI, Companies: s.summaries(), Problem: problem,
		Hidden: []hiddenField{
			{"client_id", request.clientID},
			{"redirect_uri", request.redirectURI},
			{"response_type", request.responseType},
			{"scope", request.scope},
			{"state", request.state},
		},
	}
	for scope := range strings.FieldsSeq(request.scope) {
		page.Scopes = append(page.Scopes, describeScope(scope))
	}
	if len(page.Companies) > 0 {
		page.Realm = page.Companies[0].Realm
	}
	return s.page(status, "consent", "Connect to QuickBooks", page)
}

// consentProblem tells the person what is wrong where the app cannot be told.
func (s *Simulator) consentProblem(text string) answer {
	return s.page(http.StatusBadRequest, "problem", "This app cannot be connected", text)
}

func describeScope(scope string) string {
	switch scope {
	case scopeAccounting:
		return "See and change your accounting: accounts, journal entries, company settings"
	case "com.intuit.quickbooks.payment":
		return "See and take payments"
	case "openid":
		return "Know who you are"
	case "profile", "email", "phone", "address":
		return "See your " + scope
	}
	return scope
}
