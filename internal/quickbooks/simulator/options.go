package simulator

import (
	"errors"
	"fmt"
	"log/slog"
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
	defaultReplayTTL      = 24 * time.Hour
	defaultReplayLimit    = 50_000
)

// ErrOptions says that the simulator cannot be built from the given Options or CompanyOptions; the text says why.
var ErrOptions = errors.New("simulator options")

// Options says how a Simulator behaves. The zero value is a working simulator with one company. Where Intuit's
// behaviour is unknown or its texts contradict each other, there is an option that picks the reading.
type Options struct {
	// ClientID and ClientSecret are the app's credentials. Empty: DefaultClientID and DefaultClientSecret.
	ClientID     string
	ClientSecret string
	// RedirectURIs are the registered redirect addresses; a request must name one of them exactly. Empty: any http
	// address on a loopback host is taken.
	RedirectURIs []string
	// Companies are the companies that exist from the start. Empty: one, with DefaultRealm.
	Companies []CompanyOptions
	// Logger gets one debug record per request, without tokens or bodies. Nil: nothing is logged.
	Logger *slog.Logger
	// Seed, if not zero, makes tokens, codes and ids repeatable. Zero: they are random.
	Seed uint64
	// Now is the clock. Nil: time.Now. AdvanceClock moves it on.
	Now func() time.Time
	// AccessTokenTTL is how long an access token works. Zero: an hour, as at Intuit.
	AccessTokenTTL time.Duration
	// RotateMode says when a refresh hands out a new refresh token. Zero: RotateDaily.
	RotateMode RotateMode
	// ReplayTTL is how long the answer to a write with a requestid is kept for a repeat. Zero: 24 hours. Intuit
	// publishes no number.
	ReplayTTL time.Duration
	// ReplayLimit is the most answers kept for repeats, per company; the oldest go first. Zero: 50,000.
	ReplayLimit int
	// ReplayFaults makes a repeat of a write that was refused get the same refusal. Off, the repeat is tried afresh,
	// since nothing was made. Intuit does not say which.
	ReplayFaults bool
	// UnbalancedFault is the code for debits that differ from credits. Zero: UnbalancedBusinessRule.
	UnbalancedFault UnbalancedFault
	// BalanceSign says how CurrentBalance of credit accounts is signed. Zero: BalanceNatural.
	BalanceSign BalanceSign
	// Intercept, if set, sees every OAuth2 and API request before and after it takes effect and can delay it, cut its
	// connection or answer in its place.
	Intercept InterceptFunc
}

// CompanyOptions says what a company is like.
type CompanyOptions struct {
	// Realm is the realm id, digits only. Empty: one is made up.
	Realm string
	// Name is the company's name. Empty: "Harbor & Pine Trading Co.".
	Name string
	// WithoutAccountNumbers leaves AcctNum out of the chart and turns the preference UseAccountNumbers off.
	WithoutAccountNumbers bool
	// WarnDuplicateJournalNumber refuses a DocNumber that another entry has, with code 6140.
	WarnDuplicateJournalNumber bool
	// BookCloseDate, as YYYY-MM-DD, refuses entries dated on or before it with code 6210. Empty: the books are open.
	BookCloseDate string
}

// RotateMode says when a refresh hands out a new refresh token and what becomes of the one before it. Intuit's texts
// contradict each other, so each reading is a mode.
type RotateMode int

const (
	// RotateDaily keeps the value for 24 hours; the first refresh after that gives a new one and the old is dead.
	RotateDaily RotateMode = iota
	// RotateDailyWithGrace is RotateDaily, but the old value works for 24 hours more.
	RotateDailyWithGrace
	// RotateEveryRefresh gives a new value every time; the old one is dead at once, so of two refreshes at the same
	// time one fails.
	RotateEveryRefresh
)

// String returns the mode's name as flags and pages spell it.
func (m RotateMode) String() string {
	switch m {
	case RotateDaily:
		return "same-value-24h"
	case RotateDailyWithGrace:
		return "same-value-24h-grace-24h"
	case RotateEveryRefresh:
		return "every-refresh"
	}
	return fmt.Sprintf("RotateMode(%d)", int(m))
}

// rotation is what a RotateMode comes down to.
type rotation struct {
	hold  time.Duration // how long a value stays the same
	grace time.Duration // how long the value before it still works
}

func (m RotateMode) rotation() rotation {
	const day = 24 * time.Hour
	switch m {
	case RotateDaily:
		return rotation{hold: day}
	case RotateDailyWithGrace:
		return rotation{hold: day, grace: day}
	case RotateEveryRefresh:
		return rotation{}
	}
	return rotation{hold: day}
}

// UnbalancedFault says which fault an entry gets whose debits differ from its credits; no recording of the real one is
// known.
type UnbalancedFault int

const (
	// UnbalancedBusinessRule answers 6000, as the service does for most rules of a journal entry.
	UnbalancedBusinessRule UnbalancedFault = iota
	// UnbalancedTable answers 2300, as the published table of codes has it.
	UnbalancedTable
)

// BalanceSign says how CurrentBalance is signed for accounts whose balance is normally a credit.
type BalanceSign int

const (
	// BalanceNatural shows a balance on its normal side as positive: debits on assets and expenses, credits on the
	// rest.
	BalanceNatural BalanceSign = iota
	// BalanceDebit shows every balance as debits less credits, so that a payable that is owed is negative, as
	// Accounts Payable is in recordings of Intuit's sandbox company.
	BalanceDebit
)

// withDefaults fills in what the caller left open and refuses what cannot work.
func (o Options) withDefaults() (Options, error) {
	if o.ClientID == "" {
		o.ClientID = DefaultClientID
	}
	if o.ClientSecret == "" {
		o.ClientSecret = DefaultClientSecret
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
	if o.ReplayTTL == 0 {
		o.ReplayTTL = defaultReplayTTL
	}
	if o.ReplayLimit == 0 {
		o.ReplayLimit = defaultReplayLimit
	}
	if len(o.Companies) == 0 {
		o.Companies = []CompanyOptions{{Realm: DefaultRealm}}
	}
	if o.AccessTokenTTL < 0 || o.ReplayTTL < 0 || o.ReplayLimit < 0 {
		return o, fmt.Errorf("%w: a lifetime or limit is negative; leave it zero for the default", ErrOptions)
	}
	return o, nil
}
