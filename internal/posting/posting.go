// Package posting is the engine: it brings recorded events into QuickBooks as journal entries, each exactly once, and
// keeps the connection that this takes: authorization, tokens, the import of the chart of accounts.
//
// It owns the order of things. A request is stored before it is sent; only the same stored request is ever sent again
// while its outcome is unknown; when Intuit may have forgotten it, a query by DocNumber settles what happened. The
// accounting itself is package ledger's, every table is package store's, every word spoken to Intuit is package
// quickbooks'. This package never holds a database transaction over a network call.
package posting

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/seal"
	"github.com/tillpost/tillpost/internal/store"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrNotConnected: the retailer has no QuickBooks connection.
	ErrNotConnected = errors.New("the retailer is not connected to QuickBooks")
	// ErrReauthorizationRequired: Intuit has ended the authorization; the retailer must connect again.
	ErrReauthorizationRequired = errors.New("QuickBooks has ended the authorization")
	// ErrQuickBooksUnavailable: Intuit gave no usable answer; trying again later is right.
	ErrQuickBooksUnavailable = errors.New("QuickBooks does not answer")
	// ErrAlreadyConnected: there is a working connection; disconnect first.
	ErrAlreadyConnected = errors.New("the retailer is connected to QuickBooks already")
	// ErrOtherCompany: the retailer's books are in another QuickBooks company than the one just authorized.
	ErrOtherCompany = store.ErrOtherCompany
	// ErrEntriesUnsettled: the retailer cannot leave its company while it is not known whether an entry was booked there.
	ErrEntriesUnsettled = store.ErrEntriesUnsettled
	// ErrAuthorizationUnknown: the state of a callback is unknown, used or expired.
	ErrAuthorizationUnknown = errors.New("this authorization is unknown, used already or expired")
	// ErrAuthorizationRefused: the person did not authorize the connection.
	ErrAuthorizationRefused = errors.New("the authorization was refused")
)

// Defaults of Config.
const (
	defaultWorkers      = 16
	defaultLeaseTTL     = 10 * time.Second
	defaultPoll         = time.Second
	defaultReplayWindow = 10 * time.Minute
	defaultGrace        = 20 * time.Second
	defaultCompanyAge   = 5 * time.Minute
)

// Config is what an Engine is made of. Zero durations and counts take the defaults.
type Config struct {
	Store      *store.Store
	QuickBooks *quickbooks.Client
	Sealer     *seal.Sealer
	Log        *slog.Logger
	// Environment names the QuickBooks that is spoken to, as stored with each connection.
	Environment string
	// Limits are Intuit's limits per company; the zero value lifts them.
	Limits quickbooks.Limits
	// Workers is how many companies are served at once.
	Workers int
	// LeaseTTL is how long a company stays with a worker that shows no sign of life.
	LeaseTTL time.Duration
	// Poll is how often work of other servers is looked for.
	Poll time.Duration
	// ReplayWindow is how long Intuit is trusted to recognise a repeated request; afterwards a query settles.
	ReplayWindow time.Duration
	// CompanyAge is how old what is known of a company, its closing date above all, may be when its events are posted.
	CompanyAge time.Duration
	// Grace is how long requests under way may take to finish when the engine stops.
	Grace time.Duration
}

// Engine posts the events of all retailers. Make it with New, start it with Run.
type Engine struct {
	Config

	owner  string
	tokens *tokenKeeper
	cache  booksCache
	wake   chan struct{}
	// breaker knows whether QuickBooks answers anybody.
	breaker breaker
	// queue tells whether companies may be waiting for a worker.
	queue atomic.Bool

	mu     sync.Mutex
	active map[ledger.RetailerID]*company
	// lessons remembers what was learned of a company between leases, as long as it matters.
	lessons map[ledger.RetailerID]lesson
	pacers  map[ledger.RealmID]*quickbooks.Pacer
	// fences are those of the last leases on retailers.
	fences map[ledger.RetailerID]int64
}

// New checks the configuration and makes an engine. It starts nothing.
func New(cfg Config) (*Engine, error) {
	if cfg.Store == nil || cfg.QuickBooks == nil || cfg.Sealer == nil || cfg.Log == nil {
		return nil, errors.New("posting: Store, QuickBooks, Sealer and Log are needed")
	}
	cfg.Workers = orDefault(cfg.Workers, defaultWorkers)
	cfg.LeaseTTL = orDefault(cfg.LeaseTTL, defaultLeaseTTL)
	cfg.Poll = orDefault(cfg.Poll, defaultPoll)
	cfg.ReplayWindow = orDefault(cfg.ReplayWindow, defaultReplayWindow)
	cfg.Grace = orDefault(cfg.Grace, defaultGrace)
	cfg.CompanyAge = orDefault(cfg.CompanyAge, defaultCompanyAge)
	e := &Engine{
		Config:  cfg,
		owner:   uuid.NewString(),
		wake:    make(chan struct{}, 1),
		active:  map[ledger.RetailerID]*company{},
		lessons: map[ledger.RetailerID]lesson{},
		pacers:  map[ledger.RealmID]*quickbooks.Pacer{},
		fences:  map[ledger.RetailerID]int64{},
		breaker: breaker{silent: map[ledger.RetailerID]bool{}, held: map[ledger.RetailerID]bool{}},
	}
	e.tokens = newTokenKeeper(cfg)
	return e, nil
}

func orDefault[T int | time.Duration](v, fallback T) T {
	if v > 0 {
		return v
	}
	return fallback
}

// Wake says that work of a retailer may be due: an event was recorded, a slot mapped, sync started. It never blocks.
func (e *Engine) Wake(r ledger.RetailerID) {
	e.mu.Lock()
	c := e.active[r]
	e.mu.Unlock()
	if c != nil {
		nudge(c.wake)
	}
	nudge(e.wake)
}

// nudge leaves a sign in a channel of one place; a second sign before the first was seen says nothing new.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Preview returns the steps that would bring an event to the books with today's mapping, exactly as they would be sent. It
// fails like ledger.Plan: with a *ledger.Problem or ledger.ErrNothingToPost.
func (e *Engine) Preview(
	ctx context.Context, r ledger.RetailerID, ev ledger.Event, standing ledger.Standing,
) ([]ledger.Step, error) {
	books, _, err := e.booksAt(ctx, r)
	if err != nil {
		return nil, err
	}
	return ledger.Plan(ev, &books, standing)
}
