package posting_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/seal"
	"github.com/tillpost/tillpost/internal/store"
)

const (
	retailer = ledger.RetailerID("harbor-pine")
	callback = "http://127.0.0.1:8700/oauth/quickbooks/callback"
	service  = "http://quickbooks.test"
)

// rig is an engine with a real store on SQLite and a simulated QuickBooks that is reached without a network, so that
// time may be virtual.
type rig struct {
	t      *testing.T
	path   string // of the database
	store  *store.Store
	engine *posting.Engine
	sim    *simulator.Simulator
	qb     *quickbooks.Client
	// retailer and realm are whose company the methods are about.
	retailer ledger.RetailerID
	realm    string
	// allowOther says whether the person who connects has confirmed another company, abandon whether they gave up on answers.
	allowOther, abandon bool

	mu        sync.Mutex
	intercept simulator.InterceptFunc
	alter     func(path string, status int, body []byte) []byte
	// hold keeps a request on its way; nil: not at all.
	hold func(*http.Request)
}

type option func(*posting.Config, *simulator.Options)

// newRig opens everything; nothing is connected yet and the engine does not run.
func newRig(t *testing.T, options ...option) *rig {
	t.Helper()
	r := &rig{t: t, retailer: retailer, realm: simulator.DefaultRealm}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	cfg := posting.Config{Log: log, Environment: "simulator", Limits: quickbooks.Limits{Concurrent: 10}}
	simOptions := simulator.Options{
		Seed: 7, Intercept: r.onRequest, Switches: map[simulator.Switch]string{simulator.SwitchLimits: "off"},
	}
	for _, o := range options {
		o(&cfg, &simOptions)
	}
	r.sim = must(simulator.New(simOptions))(t)
	r.qb = r.client(r)
	r.path = filepath.Join(t.TempDir(), "tillpost.db")
	r.store = must(store.Open(t.Context(), r.path, log))(t)
	t.Cleanup(func() { check(t, r.store.Close()) })
	must(r.store.Migrate(t.Context()))(t)
	cfg.Store, cfg.QuickBooks = r.store, r.qb
	cfg.Sealer = must(seal.New(must(seal.GenerateKey())(t)))(t)
	r.engine = must(posting.New(cfg))(t)
	return r
}

// client is a client that reaches the simulator through a transport.
func (r *rig) client(transport http.RoundTripper) *quickbooks.Client {
	r.t.Helper()
	return must(quickbooks.New(quickbooks.Config{
		Environment: quickbooks.EnvironmentSimulator, DiscoveryURL: service + "/.well-known/openid_configuration",
		APIBaseURL: service, ClientID: simulator.DefaultClientID, ClientSecret: simulator.DefaultClientSecret,
		RedirectURL: callback, HTTPClient: &http.Client{Transport: transport}, Logger: slog.New(slog.NewTextHandler(r.t.Output(), nil)),
	}))(r.t)
}

// must returns a function that takes a test, so that a call and its error stand in one expression.
func must[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		check(t, err)
		return value
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// RoundTrip carries a request to the simulator without a network. A cut connection is an error, as on a wire.
func (r *rig) RoundTrip(request *http.Request) (*http.Response, error) {
	done := make(chan *httptest.ResponseRecorder, 1)
	cut := make(chan any, 1)
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				cut <- cause
			}
		}()
		r.mu.Lock()
		hold := r.hold
		r.mu.Unlock()
		if hold != nil {
			hold(request)
		}
		recorder := httptest.NewRecorder()
		r.sim.ServeHTTP(recorder, request)
		done <- recorder
	}()
	select {
	case recorder := <-done:
		return r.result(request, recorder), nil
	case <-cut:
		return nil, fmt.Errorf("connection cut: %w", io.ErrUnexpectedEOF)
	case <-request.Context().Done():
		return nil, request.Context().Err()
	}
}

func (r *rig) result(request *http.Request, recorder *httptest.ResponseRecorder) *http.Response {
	r.mu.Lock()
	alter := r.alter
	r.mu.Unlock()
	if alter != nil {
		body := alter(request.URL.Path, recorder.Code, recorder.Body.Bytes())
		recorder.Body.Reset()
		recorder.Body.Write(body)
	}
	return recorder.Result()
}

func (r *rig) onRequest(ctx context.Context, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
	r.mu.Lock()
	intercept := r.intercept
	r.mu.Unlock()
	if intercept == nil {
		return simulator.Action{}
	}
	return intercept(ctx, stage, info)
}

// onPosts sets what happens to requests that create entries; nil: nothing.
func (r *rig) onPosts(what func(n int, stage simulator.Stage, info simulator.RequestInfo) simulator.Action) {
	var mu sync.Mutex
	seen := 0
	r.mu.Lock()
	defer r.mu.Unlock()
	r.intercept = func(_ context.Context, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
		if info.Kind != simulator.KindEntryWrite && info.Kind != simulator.KindBatch {
			return simulator.Action{}
		}
		mu.Lock()
		if stage == simulator.BeforeCommit {
			seen++
		}
		n := seen
		mu.Unlock()
		return what(n, stage, info)
	}
}

// authorize goes the way of a person who connects, and returns what the engine says.
func (r *rig) authorize(decision string) (posting.Completion, error) {
	r.t.Helper()
	address := must(r.engine.AuthorizeURL(r.t.Context(), r.retailer, posting.AuthorizationRequest{
		Caller: "ann", ReturnURL: "https://shop.example/settings", AllowOther: r.allowOther, AbandonUnsettled: r.abandon,
	}))(r.t)
	page := must(url.Parse(address))(r.t)
	form := page.Query()
	form.Set("decision", decision)
	form.Set("realm", r.realm)
	request := httptest.NewRequestWithContext(r.t.Context(), http.MethodPost, page.Path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	r.sim.ServeHTTP(recorder, request)
	back := must(url.Parse(recorder.Header().Get("Location")))(r.t).Query()
	return r.engine.CompleteAuthorization(r.t.Context(), posting.Callback{
		State: back.Get("state"), Code: back.Get("code"), Realm: back.Get("realmId"), Error: back.Get("error"),
	})
}

// connect connects, imports the accounts, maps what the test events use, and starts sync.
func (r *rig) connect() {
	r.t.Helper()
	must(r.authorize("authorize"))(r.t)
	r.importAccounts()
	r.mapSlots(ledger.RolePayment, ledger.RoleRevenue)
	check(r.t, r.store.StartSync(r.t.Context(), r.retailer, time.Now()))
}

func (r *rig) importAccounts() store.ImportSummary {
	r.t.Helper()
	return must(r.engine.ImportAccounts(r.t.Context(), r.retailer, func(int, int) error { return nil }))(r.t)
}

// mapSlots gives roles their fallback account.
func (r *rig) mapSlots(roles ...ledger.Role) {
	r.t.Helper()
	names := map[ledger.Role]ledger.AccountType{
		ledger.RolePayment: ledger.TypeBank, ledger.RoleRevenue: ledger.TypeIncome,
		ledger.RoleCostOfGoodsSold: ledger.TypeCostOfGoodsSold, ledger.RoleInventory: ledger.TypeOtherCurrentAsset,
	}
	for _, role := range roles {
		accounts, _, err := r.store.ListAccounts(r.t.Context(), r.retailer, store.AccountQuery{Limit: 1, Type: names[role]})
		check(r.t, err)
		_, _, err = r.store.PutMappings(r.t.Context(), r.retailer,
			[]store.MappingOrder{{Slot: ledger.Slot{Role: role}, Account: accounts[0].ID}}, "ann", time.Now())
		check(r.t, err)
	}
}

// run lets the engine work until the test, or the returned function, ends it.
func (r *rig) run() (stop func()) {
	r.t.Helper()
	return r.runs(r.engine)
}

// runs is run for another engine.
func (r *rig) runs(engine *posting.Engine) (stop func()) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(r.t.Context())
	done := make(chan error, 1)
	go func() { done <- engine.Run(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			check(r.t, <-done)
		})
	}
	r.t.Cleanup(stop)
	return stop
}

// sale is a cash sale of one item class.
func sale(n int) ledger.Event {
	amount := ledger.Amount(1000 + n)
	return ledger.Event{
		ID: ledger.EventID(fmt.Sprintf("sale-%d", n)), Number: fmt.Sprintf("T%06d", n), Revision: 1, Location: "store-1",
		OccurredAt: time.Date(2026, 11, 20, 12, 0, n%60, 0, time.UTC), BusinessDate: "2026-11-20", Currency: "USD",
		Detail: &ledger.Sale{
			Tenders: []ledger.Keyed{{Key: "Cash", Amount: amount}},
			Lines:   []ledger.SaleLine{{ItemClass: "Footwear", Net: amount}},
		},
	}
}

// record stores the sales from..to and wakes the engine.
func (r *rig) record(from, to int) {
	r.t.Helper()
	var events []store.NewEvent
	for n := from; n <= to; n++ {
		events = append(events, newEvent(r.t, sale(n)))
	}
	for _, result := range must(r.store.RecordEvents(r.t.Context(), r.retailer, "pos", events, time.Now()))(r.t) {
		if result.Status != store.Accepted {
			r.t.Fatalf("recording: %+v", result)
		}
	}
	r.engine.Wake(r.retailer)
}

func newEvent(t testing.TB, ev ledger.Event) store.NewEvent {
	t.Helper()
	content := must(ledger.Encode(ev))(t)
	return store.NewEvent{Event: ev, Content: content, Hash: ledger.HashOf(content)}
}

// until waits, in virtual time, until the condition holds.
func (r *rig) until(what string, limit time.Duration, holds func() bool) {
	r.t.Helper()
	step := 10 * time.Millisecond
	for deadline := time.Now().Add(limit); !holds(); step = min(2*step, 5*time.Second) {
		if time.Now().After(deadline) {
			r.t.Fatalf("after %v: not %s; status %+v", limit, what, r.status())
		}
		time.Sleep(step)
		synctest.Wait()
	}
}

func (r *rig) status() store.Status {
	r.t.Helper()
	return must(r.store.Status(r.t.Context(), r.retailer))(r.t)
}

// count returns how many events are in a state.
func (r *rig) count(state ledger.State) int64 {
	r.t.Helper()
	var n int64
	for _, count := range r.status().Counts {
		if count.State == state {
			n += count.N
		}
	}
	return n
}

func (r *rig) event(n int) store.EventDetail {
	r.t.Helper()
	return must(r.store.Event(r.t.Context(), r.retailer, sale(n).ID))(r.t)
}

// expectBooks checks that QuickBooks holds exactly one entry for each of the sales 1..n, with the right amount, and
// that each event says so.
func (r *rig) expectBooks(n int) {
	r.t.Helper()
	r.expectBooksOf(n, n)
}

// expectBooksOf is expectBooks for the sales 1..n where the books hold some entries in all.
func (r *rig) expectBooksOf(n, all int) {
	r.t.Helper()
	entries := must(r.sim.Journal(r.realm))(r.t)
	byNumber := map[string]wire.JournalEntry{}
	for _, entry := range entries {
		if _, twice := byNumber[entry.DocNumber]; twice {
			r.t.Errorf("entry %s is in the books twice", entry.DocNumber)
		}
		byNumber[entry.DocNumber] = entry
	}
	if len(entries) != all {
		r.t.Errorf("QuickBooks holds %d entries, want %d", len(entries), all)
	}
	for i := 1; i <= n; i++ {
		entry, event := byNumber[sale(i).Number], r.event(i)
		if event.State != ledger.StateSynced || event.QuickBooksID != entry.ID {
			r.t.Errorf("sale %d is %s with id %q, want SYNCED with %q", i, event.State, event.QuickBooksID, entry.ID)
		}
		if len(entry.Line) != 2 || entry.Line[0].Amount != wire.Decimal(1000+i) || entry.TxnDate != "2026-11-20" {
			r.t.Errorf("sale %d is booked as %+v", i, entry)
		}
	}
}

// virtually runs a test in virtual time.
func virtually(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}

var errAny = errors.New("any error")

// unpaced lets every call go at once: somebody else's, of whom the engine knows nothing.
func unpaced(context.Context, quickbooks.RequestKind) (func(*quickbooks.Error), error) {
	return func(*quickbooks.Error) {}, nil
}
