package simulator

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"
)

// DefaultClientID and DefaultClientSecret are the app's credentials when Options names none.
const (
	DefaultClientID     = "simulator-client"
	DefaultClientSecret = "simulator-secret"
)

// DefaultRealm is the realm id of the company that New makes when Options names none.
const DefaultRealm = "9341450000000001"

const (
	defaultAccessTokenTTL = time.Hour
	defaultReplayLimit    = 50_000
	defaultRequestLog     = 500
)

// ErrOptions says that the simulator cannot be built from the given Options or CompanyOptions; the text says why.
var ErrOptions = errors.New("simulator options")

// Options says how a Simulator behaves. The zero value is a working simulator with one company. Where Intuit's
// behaviour is unknown or its texts contradict each other, there is an option that picks the reading.
type Options struct {
	// Apps are the apps that are registered at the simulated Intuit. Empty: one with DefaultClientID.
	Apps []App
	// Companies are the companies that exist from the start, unless File knows them already. Empty: those of File, or
	// else one, with DefaultRealm.
	Companies []CompanyOptions
	// Logger gets one debug record per request, without tokens or bodies. Nil: nothing is logged.
	Logger *slog.Logger
	// Seed, if not zero, makes tokens, codes and ids repeatable. Zero: they are random.
	Seed uint64
	// Now is the clock. Nil: time.Now. AdvanceClock moves it on.
	Now func() time.Time
	// AccessTokenTTL is how long an access token works. Zero: an hour, as at Intuit.
	AccessTokenTTL time.Duration
	// Faults are in force from the start.
	Faults []FaultRule
	// RequestLog is how many of the latest requests are kept to look at. Zero: 500. Negative: none.
	RequestLog int
	// Switches chooses behaviours; those that are not named have their defaults.
	Switches map[Switch]string
	// File is the path of an SQLite file that the state is kept in: what was answered is in it, and is there again when a
	// simulator is built with the same File. It is made where there is none, and belongs to one simulator at a time. In it
	// are tokens in clear. Companies and switches in it take precedence over Companies; Switches over those in it.
	// Empty: the state is in memory only.
	File string
	// WebhookDelay is how long changes are collected before an app with a WebhookURL is told of them. Zero: not at all,
	// as in Intuit's sandbox; production takes minutes.
	WebhookDelay time.Duration
	// WebhookTransport sends the webhooks. Nil: a transport of the simulator's own.
	WebhookTransport http.RoundTripper
	// ReplayLimit is the most answers kept for repeats, per company; the oldest go first. Zero: 50,000.
	ReplayLimit int
	// Intercept, if set, sees every OAuth2 and API request before and after it takes effect and can delay it, cut its
	// connection or answer in its place.
	Intercept InterceptFunc
}

// App is an app that is registered at the simulated Intuit. Its limits, tokens and calls are its own.
type App struct {
	// Name is what the consent page calls it. Empty: its ClientID.
	Name string `json:"name,omitempty"`
	// ClientID and ClientSecret are its credentials; both are required.
	ClientID     string `json:"clientId"`
	ClientSecret string `json:"clientSecret"`
	// RedirectURIs are its registered redirect addresses; a request must name one of them exactly. Empty: any http
	// address on a loopback host is taken.
	RedirectURIs []string `json:"redirectUris,omitempty"`
	// WebhookURL gets the webhooks, signed with VerifierToken. Without an address none are sent.
	WebhookURL    string `json:"webhookUrl,omitempty"`
	VerifierToken string `json:"verifierToken,omitempty"`
}

// CompanyOptions says what a company is like. All of it but Realm can be changed later with ChangeCompany.
type CompanyOptions struct {
	// Realm is the realm id, digits only. Empty: one is made up.
	Realm string `json:"realm"`
	// Name is the company's name. Empty: "Harbor & Pine Trading Co.".
	Name string `json:"name"`
	// WithoutAccountNumbers leaves AcctNum out of the chart and turns the preference UseAccountNumbers off.
	WithoutAccountNumbers bool `json:"withoutAccountNumbers,omitempty"`
	// WarnDuplicateJournalNumber refuses a DocNumber that another entry has, with code 6140.
	WarnDuplicateJournalNumber bool `json:"warnDuplicateJournalNumber,omitempty"`
	// BookCloseDate, as YYYY-MM-DD, refuses entries dated on or before it with code 6210. Empty: the books are open.
	BookCloseDate string `json:"bookCloseDate,omitempty"`
	// ClassTracking says whether entries may carry classes. Empty: ClassesOff.
	ClassTracking ClassTracking `json:"classTracking,omitempty"`
	// TrackDepartments turns locations on, so that lines may carry a DepartmentRef.
	TrackDepartments bool `json:"trackDepartments,omitempty"`
	// MultiCurrency turns other currencies on: an entry then needs a CurrencyRef.
	MultiCurrency bool `json:"multiCurrency,omitempty"`
	// SubscriptionLapsed refuses every write with code 6190; reads still work.
	SubscriptionLapsed bool `json:"subscriptionLapsed,omitempty"`
	// ConnectorRemoved is as if the person who connected were no longer in the company: calls are refused with code 120
	// and refreshes with user_not_in_realm.
	ConnectorRemoved bool `json:"connectorRemoved,omitempty"`
}

// ClassTracking says where a company tracks classes; at most one of its two preferences is true.
type ClassTracking string

// The ways to track classes.
const (
	ClassesOff     ClassTracking = ""
	ClassesPerTxn  ClassTracking = "per-transaction"
	ClassesPerLine ClassTracking = "per-line"
)

// withDefaults fills in what the caller left open and refuses what cannot work.
func (o Options) withDefaults() (Options, error) {
	if len(o.Apps) == 0 {
		o.Apps = []App{{ClientID: DefaultClientID, ClientSecret: DefaultClientSecret}}
	}
	for i, app := range o.Apps {
		sameID := func(other App) bool { return other.ClientID == app.ClientID }
		if app.ClientID == "" || app.ClientSecret == "" || slices.ContainsFunc(o.Apps[:i], sameID) {
			return o, fmt.Errorf("%w: app %d (%q) needs a client id of its own and a secret", ErrOptions, i+1, app.ClientID)
		}
		if wrong := app.badWebhookURL(); wrong != "" {
			return o, fmt.Errorf("%w: app %d (%q): %s", ErrOptions, i+1, app.ClientID, wrong)
		}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.AccessTokenTTL == 0 {
		o.AccessTokenTTL = defaultAccessTokenTTL
	}
	if o.RequestLog == 0 {
		o.RequestLog = defaultRequestLog
	}
	if o.ReplayLimit == 0 {
		o.ReplayLimit = defaultReplayLimit
	}
	if o.AccessTokenTTL < 0 || o.ReplayLimit < 0 || o.WebhookDelay < 0 {
		return o, fmt.Errorf("%w: a lifetime or limit is negative; leave it zero for the default", ErrOptions)
	}
	return o, nil
}
