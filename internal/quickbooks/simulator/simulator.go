// Package simulator is a QuickBooks Online company in a box: an http.Handler that stands in for Intuit's OAuth2 server
// and Accounting API, keeps real books and shows them in the browser.
//
// It owns the behaviour of the other side: tokens, the consent page, the chart of accounts, journal entries and their
// balances, the query language, batches, the replay of requestids, the faults and the webhooks. It never talks to
// Intuit and shares nothing with the client but the wire types. Nothing in it is a secret, and the pages and the /admin/
// endpoints ask for no credentials: serve it on a loopback address.
//
// All state is in memory and safe for concurrent use. Each company has its own lock, held for the few microseconds it
// takes to check and post an entry; reading and writing JSON happens outside of it. With Options.File all of it is in a
// file as well, before anybody is told of it, and memory is what was read from there.
package simulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// ErrUnknownCompany says that no company has the given realm id.
var ErrUnknownCompany = errors.New("no company has this realm id")

// Simulator is an http.Handler with one or more QuickBooks companies behind it. Build it with New.
type Simulator struct {
	options   Options
	logger    *slog.Logger
	clock     *clock
	random    *random
	catalog   *catalog
	authority *authority
	signer    func() (*signer, error)
	meter     *meter
	limiter   *limiter
	faults    *faultRules
	log       *requestLog
	switches  *switchboard
	objects   []*object
	pages     *pages
	mux       *http.ServeMux // what is Intuit's
	own       *http.ServeMux // the simulator's pages and the admin API
	file      *file          // nil where the state is in memory only
	webhooks  *webhookSender // nil where no app takes any

	closing sync.Once
	closed  error // what Close returned

	mu        sync.RWMutex
	companies map[string]*company
	realms    []string // in the order the companies were added
}

// New builds a Simulator. It fails with ErrOptions if the options cannot work, and with ErrFile if its file cannot be
// used. One with a file or webhooks must be closed when it is not needed any more.
func New(options Options) (*Simulator, error) {
	options, err := options.withDefaults()
	if err != nil {
		return nil, err
	}
	clock, err := newClock(options.Now)
	if err != nil {
		return nil, err
	}
	catalog, err := loadCatalog()
	if err != nil {
		return nil, err
	}
	pages, err := loadPages()
	if err != nil {
		return nil, err
	}
	switches, err := newSwitchboard(options.Switches)
	if err != nil {
		return nil, err
	}
	s := &Simulator{
		options: options, logger: options.Logger, clock: clock, catalog: catalog,
		signer: sync.OnceValues(func() (*signer, error) { return newSigner(options.Seed) }),
		meter:  newMeter(switches), limiter: newLimiter(switches), faults: newFaultRules(options.Seed),
		log: &requestLog{limit: options.RequestLog}, switches: switches, objects: objects(), pages: pages,
		mux: http.NewServeMux(), own: http.NewServeMux(),
		companies: map[string]*company{},
	}
	for i, rule := range options.Faults {
		if _, err := s.AddFault(rule); err != nil {
			return nil, fmt.Errorf("fault %d: %w", i+1, err)
		}
	}
	if err := s.start(context.Background()); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// start brings the state to life: what the file holds first, then what the options add.
func (s *Simulator) start(ctx context.Context) error {
	generation, err := s.openFile(ctx)
	if err != nil {
		return err
	}
	s.random = newRandom(s.options.Seed, generation)
	s.authority = newAuthority(s.random, s.options.AccessTokenTTL, s.switches)
	if err := s.restore(ctx); err != nil {
		return err
	}
	if err := s.addCompanies(); err != nil {
		return err
	}
	s.webhooks = s.newWebhooks()
	s.routes()
	return nil
}

// routes says which path goes where. What is Intuit's runs through serve, so that it is counted and can be
// intercepted; the simulator's own pages and admin endpoints do not.
func (s *Simulator) routes() {
	s.mux.HandleFunc("GET "+discoveryPath, s.endpoint(KindDiscovery, s.discovery))
	s.mux.HandleFunc("GET "+authorizePath, s.endpoint(KindAuthorize, s.showConsent))
	s.mux.HandleFunc("POST "+authorizePath, s.endpoint(KindAuthorize, s.saved(s.decideConsent)))
	s.mux.HandleFunc("POST "+tokenPath, s.endpoint(KindToken, s.saved(s.token)))
	s.mux.HandleFunc("POST "+revokePath, s.endpoint(KindRevoke, s.saved(s.revoke)))
	s.mux.HandleFunc("GET "+userInfoPath, s.endpoint(KindUserInfo, s.userInfo))
	s.mux.HandleFunc("GET "+keysPath, s.endpoint(KindKeys, s.keySet))
	s.mux.HandleFunc("/v3/company/", s.serveAPI)
	// A page of somebody else's in the same browser must not change anything here: there is no password to know.
	s.mux.Handle("/", http.NewCrossOriginProtection().Handler(s.own))
	s.adminRoutes()
	s.exportRoutes()
	s.webRoutes()
}

// ServeHTTP answers one request. Where an InterceptFunc cuts the connection it panics with http.ErrAbortHandler, which
// net/http's server takes for just that.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// AddCompany adds a company with the retail chart of accounts and returns its realm id. It fails with ErrOptions if
// the realm id is taken or not made of digits, or if the closing date is not a date.
func (s *Simulator) AddCompany(options CompanyOptions) (string, error) {
	if options.Realm == "" {
		options.Realm = s.random.realm()
	}
	c, err := newCompany(s, options)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.companies[c.realm] != nil {
		return "", fmt.Errorf("%w: a company with realm %s exists; choose another", ErrOptions, c.realm)
	}
	c.number = int64(len(s.realms)) + 1
	if err := s.saveNewCompany(c); err != nil {
		return "", err
	}
	s.companies[c.realm] = c
	s.realms = append(s.realms, c.realm)
	return c.realm, nil
}

// Apps returns the client ids of the registered apps, in the order of the options.
func (s *Simulator) Apps() []string {
	ids := make([]string, len(s.options.Apps))
	for i := range s.options.Apps {
		ids[i] = s.options.Apps[i].ClientID
	}
	return ids
}

// Realms returns the realm ids of all companies, in the order they were added.
func (s *Simulator) Realms() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.realms)
}

// Company returns the present settings of a company.
func (s *Simulator) Company(realm string) (CompanyOptions, error) {
	c, err := s.company(realm)
	if err != nil {
		return CompanyOptions{}, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.settings, nil
}

// ChangeCompany changes the settings of a company, as its people do in QuickBooks: closes its books, turns classes on,
// lets its subscription lapse. edit gets the present settings and must not keep the pointer. It fails with ErrOptions,
// and changes nothing, if the outcome cannot be.
func (s *Simulator) ChangeCompany(realm string, edit func(*CompanyOptions)) error {
	c, err := s.company(realm)
	if err != nil {
		return err
	}
	return s.changeCompany(c, edit)
}

// Journal returns every journal entry of a company in the order of their ids, as the API would answer them.
func (s *Simulator) Journal(realm string) ([]wire.JournalEntry, error) {
	c, err := s.company(realm)
	if err != nil {
		return nil, err
	}
	entries, _ := c.journal(0, -1)
	return entries, nil
}

// TrialBalance returns the balances of all accounts of a company.
func (s *Simulator) TrialBalance(realm string) (TrialBalance, error) {
	c, err := s.company(realm)
	if err != nil {
		return TrialBalance{}, err
	}
	return c.trialBalance(), nil
}

// Requests returns how many requests were received so far, by kind and as Intuit meters them.
func (s *Simulator) Requests() RequestCounts { return s.meter.counts() }

// AdvanceClock moves the simulator's clock on, so that tokens expire and replays are forgotten. It has no effect on
// the clock of anybody else.
func (s *Simulator) AdvanceClock(by time.Duration) { s.advance(by) }

// Now returns the simulator's time.
func (s *Simulator) Now() time.Time { return s.clock.now() }

func (s *Simulator) company(realm string) (*company, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if c := s.companies[realm]; c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("%w: %q", ErrUnknownCompany, realm)
}
