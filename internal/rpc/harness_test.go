package rpc_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect/v2"
	"connectrpc.com/connect/v2/connecthttp"
	"connectrpc.com/connect/v2/connectinprocess"
	"connectrpc.com/connect/v2/connectproto"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/integration/v1/integrationv1connect"
	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/rpc"
	"github.com/tillpost/tillpost/internal/seal"
	"github.com/tillpost/tillpost/internal/store"
)

const retailer = "harbor-pine"

// world is a whole service: store on a SQLite file, engine, simulated QuickBooks and API, served over HTTP.
type world struct {
	t         *testing.T
	store     *store.Store
	engine    *posting.Engine
	simulator *simulator.Simulator
	simURL    string
	simClose  func()
	auth      *rpc.DevelopmentAuthenticator
	service   *rpc.Service
	url       string
	browser   *http.Client
	log       *logBuffer
	stop      func()
}

func TestMain(m *testing.M) { postgrestest.Main(m) }

// newWorld opens everything. Nothing is connected, and the engine does not run.
func newWorld(t *testing.T, options ...func(*rpc.Config)) *world {
	t.Helper()
	return newWorldOn(t, filepath.Join(t.TempDir(), "tillpost.db"), options...)
}

// newWorldOn is newWorld on a database of its own.
func newWorldOn(t *testing.T, database string, options ...func(*rpc.Config)) *world {
	t.Helper()
	w := &world{t: t, log: &logBuffer{}, browser: &http.Client{Transport: &http.Transport{}}}
	log := slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.simulator = must(simulator.New(simulator.Options{
		Seed: 7, Switches: map[simulator.Switch]string{simulator.SwitchLimits: "off"},
	}))(t)
	simulated := httptest.NewServer(w.simulator)
	t.Cleanup(simulated.Close)
	w.simURL, w.simClose = simulated.URL, simulated.Close
	t.Cleanup(w.browser.CloseIdleConnections)
	mux := http.NewServeMux()
	w.url = serve(t, mux)

	w.store = must(store.Open(t.Context(), database, log))(t)
	t.Cleanup(func() { check(t, w.store.Close()) })
	must(w.store.Migrate(t.Context()))(t)
	w.engine = must(posting.New(posting.Config{
		Store: w.store, Log: log, Environment: "simulator", Limits: quickbooks.Limits{Concurrent: 10},
		Sealer: must(seal.New(must(seal.GenerateKey())(t)))(t),
		QuickBooks: must(quickbooks.New(quickbooks.Config{
			Environment: quickbooks.EnvironmentSimulator, DiscoveryURL: w.simURL + "/.well-known/openid_configuration",
			APIBaseURL: w.simURL, ClientID: simulator.DefaultClientID, ClientSecret: simulator.DefaultClientSecret,
			RedirectURL: w.url + rpc.CallbackPath, Logger: log,
		}))(t),
	}))(t)
	w.auth = must(rpc.NewDevelopmentAuthenticator(bytes.Repeat([]byte{1}, 32)))(t)
	stopping := make(chan struct{})
	w.stop = sync.OnceFunc(func() { close(stopping) })
	cfg := rpc.Config{
		Store: w.store, Engine: w.engine, Authenticator: w.auth, Log: log, Version: "test",
		PageKey: bytes.Repeat([]byte{2}, 32), PublicURL: w.url, AllowedReturnURLs: []string{"https://shop.example/settings"},
		SimulatorURL: w.simURL, Stopping: stopping,
	}
	for _, option := range options {
		option(&cfg)
	}
	w.service = must(rpc.New(cfg))(t)
	w.service.Mount(mux)
	return w
}

// serve listens with HTTP/1.1 and h2c until the test ends.
func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetHTTP1(true)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	t.Cleanup(server.Close)
	return server.URL
}

// run posts until the test ends.
func (w *world) run() {
	ctx, cancel := context.WithCancel(w.t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.engine.Run(ctx); err != nil {
			w.t.Errorf("engine: %v", err)
		}
	})
	w.t.Cleanup(func() {
		cancel()
		running.Wait()
	})
}

// token makes a bearer token of a caller.
func (w *world) token(retailers []string, scopes ...rpc.Scope) string {
	w.t.Helper()
	return must(w.auth.Issue("ann", retailers, scopes, time.Hour))(w.t)
}

// clients are the two services over one transport.
type clients struct {
	financial   financialv1connect.FinancialServiceClient
	integration integrationv1connect.IntegrationServiceClient
}

// as makes in-process clients that send a token; none when it is empty.
func (w *world) as(token string) clients {
	return clientsOver(connectinprocess.New(w.service.Server()), token)
}

// ann has every scope for the retailer.
func (w *world) ann() clients { return w.as(w.token([]string{retailer}, rpc.AllScopes()...)) }

// protocols are all the ways in over HTTP, by name.
func (w *world) protocols(token string) map[string]clients {
	out := map[string]clients{}
	for name, transport := range w.transports() {
		out[name] = clientsOver(transport, token)
	}
	return out
}

func (w *world) transports() map[string]connect.Transport {
	w.t.Helper()
	h2c := new(http.Protocols)
	h2c.SetUnencryptedHTTP2(true)
	http2 := &http.Client{Transport: &http.Transport{Protocols: h2c}}
	http1 := &http.Client{Transport: &http.Transport{}}
	w.t.Cleanup(http1.CloseIdleConnections)
	w.t.Cleanup(http2.CloseIdleConnections)
	return map[string]connect.Transport{
		"connect":         connecthttp.NewTransport(http1, w.url),
		"connect h2c":     connecthttp.NewTransport(http2, w.url),
		"connect json":    connecthttp.NewTransport(http1, w.url, connecthttp.WithProtoJSON()),
		"connect gzip":    connecthttp.NewTransport(http1, w.url, connecthttp.WithSendGzip()),
		"gRPC":            connecthttp.NewTransport(http2, w.url, connecthttp.WithGRPC()),
		"gRPC-Web":        connecthttp.NewTransport(http1, w.url, connecthttp.WithGRPCWeb()),
		"gRPC-Web on h2c": connecthttp.NewTransport(http2, w.url, connecthttp.WithGRPCWeb()),
	}
}

func clientsOver(transport connect.Transport, token string) clients {
	client := connect.NewClient(transport, func(next connect.ClientFunc) connect.ClientFunc {
		return func(ctx context.Context, spec connect.Spec) (connect.ClientStream, error) {
			if info, ok := connect.CallInfoForClientContext(ctx); ok && token != "" {
				info.RequestHeader().Set("Authorization", "Bearer "+token)
			}
			return next(ctx, spec)
		}
	})
	return clients{
		financial:   financialv1connect.NewFinancialServiceClient(client),
		integration: integrationv1connect.NewIntegrationServiceClient(client),
	}
}

// connect goes through Intuit's consent page the way a browser does, and returns the page that it ends on.
func (w *world) connect(decision string) *http.Response {
	w.t.Helper()
	answer := must(w.ann().integration.Connect(w.t.Context(), &integrationv1.ConnectRequest{RetailerId: retailer}))(w.t)
	return w.decide(answer.GetAuthorizationUrl(), decision)
}

func (w *world) decide(authorizationURL, decision string) *http.Response {
	w.t.Helper()
	consent := must(url.Parse(authorizationURL))(w.t)
	form := consent.Query()
	form.Set("decision", decision)
	request := must(http.NewRequestWithContext(w.t.Context(), http.MethodPost, authorizationURL,
		strings.NewReader(form.Encode())))(w.t)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response := must(w.browser.Do(request))(w.t)
	w.t.Cleanup(func() { check(w.t, response.Body.Close()) })
	return response
}

// connected is a world with a connection and an imported chart of accounts.
func connected(t *testing.T, options ...func(*rpc.Config)) *world {
	t.Helper()
	return newWorld(t, options...).connected()
}

// connected connects the retailer and imports the chart of accounts.
func (w *world) connected() *world {
	w.t.Helper()
	if page := w.connect("authorize"); page.StatusCode != http.StatusOK {
		w.t.Fatalf("connecting ended with %s", page.Status)
	}
	w.importAccounts()
	return w
}

func (w *world) importAccounts() (progress []*integrationv1.ImportProgress, summary *integrationv1.ImportSummary) {
	w.t.Helper()
	stream := must(w.ann().integration.ImportAccounts(w.t.Context(),
		&integrationv1.ImportAccountsRequest{RetailerId: retailer}))(w.t)
	for {
		message, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			return progress, summary
		}
		check(w.t, err)
		if p := message.GetProgress(); p != nil {
			progress = append(progress, p)
		}
		if s := message.GetSummary(); s != nil {
			summary = s
		}
	}
}

// account returns the id of the first account of a type.
func (w *world) account(accountType financialv1.AccountType) string {
	w.t.Helper()
	page := must(w.ann().financial.ListAccounts(w.t.Context(), &financialv1.ListAccountsRequest{
		RetailerId: retailer, Type: accountType, PageSize: 1,
	}))(w.t)
	if len(page.GetAccounts()) == 0 {
		w.t.Fatalf("the chart has no account of type %s", accountType)
	}
	return page.GetAccounts()[0].GetAccountId()
}

// mapRole gives a role its fallback account.
func (w *world) mapRole(role financialv1.Role, accountType financialv1.AccountType) *financialv1.MapEventResponse {
	w.t.Helper()
	return must(w.ann().financial.MapEvent(w.t.Context(), &financialv1.MapEventRequest{
		RetailerId: retailer, Slot: &financialv1.Slot{Role: role}, AccountId: w.account(accountType),
	}))(w.t)
}

func (w *world) mapSaleRoles() {
	w.t.Helper()
	w.mapRole(financialv1.Role_ROLE_PAYMENT, financialv1.AccountType_ACCOUNT_TYPE_BANK)
	w.mapRole(financialv1.Role_ROLE_REVENUE, financialv1.AccountType_ACCOUNT_TYPE_INCOME)
}

func (w *world) startSync() {
	w.t.Helper()
	must(w.ann().integration.StartSync(w.t.Context(), &integrationv1.StartSyncRequest{RetailerId: retailer}))(w.t)
}

func (w *world) record(events ...*financialv1.Event) []*financialv1.RecordEventResult {
	w.t.Helper()
	return must(w.ann().financial.RecordEvents(w.t.Context(), &financialv1.RecordEventsRequest{
		RetailerId: retailer, Events: events,
	}))(w.t).GetResults()
}

// event returns one event as GetEvent tells it.
func (w *world) event(id string) *financialv1.GetEventResponse {
	w.t.Helper()
	return must(w.ann().financial.GetEvent(w.t.Context(), &financialv1.GetEventRequest{
		RetailerId: retailer, EventId: id,
	}))(w.t)
}

// patience is more than anything takes, also under the race detector on a busy machine.
const patience = 2 * time.Minute

// waitFor watches the status until it satisfies a condition.
func (w *world) waitFor(what string, done func(*financialv1.SyncStatus) bool) *financialv1.SyncStatus {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	stream := must(w.ann().financial.WatchSyncStatus(ctx, &financialv1.WatchSyncStatusRequest{RetailerId: retailer}))(w.t)
	defer stream.Close()
	var last *financialv1.SyncStatus
	for {
		message, err := stream.Receive()
		if err != nil {
			w.t.Fatalf("waiting for %s: %v; the status is %v", what, err, last)
		}
		last = message.GetStatus()
		if done(message.GetStatus()) {
			return message.GetStatus()
		}
	}
}

// sale is a good sale of 10.00 in cash.
func sale(id string) *financialv1.Event {
	return &financialv1.Event{
		EventId: id, Number: "T-" + id, Revision: 1, LocationId: "store-1", CurrencyCode: "USD",
		OccurTime: timestamppb.New(time.Date(2026, 3, 14, 16, 5, 0, 123456000, time.UTC)), BusinessDate: "2026-03-14",
		Detail: &financialv1.Event_Sale{Sale: &financialv1.Sale{
			Tenders: []*financialv1.Tender{{PaymentType: "Cash", Amount: 1000}},
			Lines:   []*financialv1.SaleLine{{ItemClass: "Footwear", NetAmount: 1000}},
		}},
	}
}

// wantError checks the code and the reason of an error and returns its ErrorInfo and BadRequest.
func wantError(t *testing.T, err error, code connect.Code, reason string) (*errdetails.ErrorInfo, *errdetails.BadRequest) {
	t.Helper()
	var failed *connect.Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v, want an error %s / %s", err, code, reason)
	}
	info, bad := &errdetails.ErrorInfo{}, &errdetails.BadRequest{}
	for _, detail := range failed.Details() {
		switch message := must(connectproto.UnmarshalErrorDetail(detail))(t).(type) {
		case *errdetails.ErrorInfo:
			info = message
		case *errdetails.BadRequest:
			bad = message
		}
	}
	if failed.Code() != code || info.GetReason() != reason || info.GetDomain() != "tillpost" {
		t.Fatalf("got %s / %s (domain %q): %s\nwant %s / %s", failed.Code(), info.GetReason(), info.GetDomain(),
			failed.Message(), code, reason)
	}
	if failed.Message() == "" {
		t.Error("the error has no message")
	}
	return info, bad
}

// wantField checks that a BadRequest names a field.
func wantField(t *testing.T, bad *errdetails.BadRequest, field string) {
	t.Helper()
	for _, v := range bad.GetFieldViolations() {
		if v.GetField() == field && v.GetDescription() != "" {
			return
		}
	}
	t.Errorf("the violations %v do not name %s", bad.GetFieldViolations(), field)
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

// logBuffer keeps log lines for tests to read.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// lines returns the lines that hold all of the words.
func (b *logBuffer) lines(words ...string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for line := range strings.Lines(b.text.String()) {
		found := true
		for _, word := range words {
			found = found && strings.Contains(line, word)
		}
		if found {
			out = append(out, line)
		}
	}
	return out
}

// mask names the fields to change.
func mask(paths ...string) *fieldmaskpb.FieldMask { return &fieldmaskpb.FieldMask{Paths: paths} }
