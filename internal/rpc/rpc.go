// Package rpc is the API: it answers IntegrationService and FinancialService over Connect, gRPC, gRPC-Web and plain JSON
// on one port, together with reflection, health and the page that Intuit sends a browser back to.
//
// It owns who may call (bearer tokens, retailers, scopes), what a request must look like, how errors are told, and the
// translation between Protobuf messages and the types of ledger and store: Protobuf types stop here. It never decides
// what an entry contains, never writes SQL and never speaks to QuickBooks; for these it asks ledger, store and posting.
package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"connectrpc.com/connect/v2"
	"connectrpc.com/connect/v2/connecthttp"
	"connectrpc.com/connect/v2/connectproto"
	"connectrpc.com/grpchealth"
	"connectrpc.com/grpcreflect/v2"

	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	"github.com/tillpost/tillpost/gen/go/tillpost/integration/v1/integrationv1connect"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/store"
)

const (
	defaultMaxRequestBytes = 4 << 20
	defaultUnaryTimeout    = 60 * time.Second
	defaultWatchInterval   = 300 * time.Millisecond
	defaultWatchKeepAlive  = 15 * time.Second
)

// Config is what a Service is made of. Store, Engine, Authenticator, Log, PageKey and PublicURL are needed.
type Config struct {
	Store         *store.Store
	Engine        *posting.Engine
	Authenticator Authenticator
	Log           *slog.Logger
	// Version of this program, as /healthz tells it.
	Version string
	// PageKey authenticates page tokens: at least 32 secret bytes, the same on all servers of one database.
	PageKey []byte
	// PublicURL is where browsers reach this service: scheme, host and port, without a slash at the end.
	PublicURL string
	// AllowedReturnURLs are the addresses that a browser may be sent back to after connecting; each allows everything
	// below it. PublicURL is always allowed.
	AllowedReturnURLs []string
	// SimulatorURL is where the simulator's pages are; needed only where the engine speaks to the simulator.
	SimulatorURL string
	// Ready tells whether the service can do its work; nil: the database answers and its schema is this release's.
	Ready func(context.Context) error
	// Stopping is closed when the service begins to stop, so that watchers go away by themselves; nil: never.
	Stopping <-chan struct{}
	// MaxRequestBytes bounds a request message; 0: 4 MiB.
	MaxRequestBytes int
	// UnaryTimeout bounds a call with one answer; a caller's own shorter deadline counts. 0: 60 seconds.
	UnaryTimeout time.Duration
	// WatchInterval is how often the state is looked at while someone watches it; 0: every 300 milliseconds.
	WatchInterval time.Duration
	// WatchKeepAlive is after how long an unchanged status is sent again; 0: 15 seconds.
	WatchKeepAlive time.Duration
}

// Service is the API, ready to be mounted. Make it with New.
type Service struct {
	cfg        Config
	log        *slog.Logger
	server     *connect.Server
	checker    *checker
	pages      pager
	returnURLs []returnURL
	entryURL   entryURLs
}

// financialService and integrationService are Service as the generated code wants it: one type per service.
type (
	financialService   struct{ *Service }
	integrationService struct{ *Service }
)

// New checks the configuration and makes the service. It serves nothing yet: see Mount.
func New(cfg Config) (*Service, error) {
	if cfg.Store == nil || cfg.Engine == nil || cfg.Authenticator == nil || cfg.Log == nil {
		return nil, errors.New("rpc: Store, Engine, Authenticator and Log are needed")
	}
	cfg.MaxRequestBytes = orDefault(cfg.MaxRequestBytes, defaultMaxRequestBytes)
	cfg.UnaryTimeout = orDefault(cfg.UnaryTimeout, defaultUnaryTimeout)
	cfg.WatchInterval = orDefault(cfg.WatchInterval, defaultWatchInterval)
	cfg.WatchKeepAlive = orDefault(cfg.WatchKeepAlive, defaultWatchKeepAlive)
	s := &Service{cfg: cfg, log: cfg.Log}
	if s.cfg.Ready == nil {
		s.cfg.Ready = s.storeReady
	}
	var err error
	if s.checker, err = newChecker(); err != nil {
		return nil, err
	}
	if s.pages, err = newPager(cfg.PageKey); err != nil {
		return nil, err
	}
	if s.returnURLs, err = parseReturnURLs(append([]string{cfg.PublicURL}, cfg.AllowedReturnURLs...)); err != nil {
		return nil, err
	}
	s.entryURL = newEntryURLs(cfg.Engine.Environment, cfg.SimulatorURL)
	s.server = s.newServer()
	return s, checkScopes(s.server)
}

func orDefault[T int | time.Duration](v, fallback T) T {
	if v > 0 {
		return v
	}
	return fallback
}

// newServer puts the handlers behind the interceptors. Their order matters: the first is the outermost.
func (s *Service) newServer() *connect.Server {
	server := connect.NewServer(s.logCalls, s.recoverPanics, s.limitTime, s.authenticate, s.checkRequests)
	integrationv1connect.RegisterIntegrationServiceHandler(server, integrationService{s})
	financialv1connect.RegisterFinancialServiceHandler(server, financialService{s})
	grpcreflect.Register(server, grpcreflect.WithNamer(grpcreflect.NamerFunc(servedServices)))
	server.SetUnknownHandler(func(_ context.Context, spec connect.Spec, _ connect.ServerStream) error {
		return methodUnknown(spec.Procedure)
	})
	return server
}

// servedServices lists what reflection shows. Health is served beside the Connect server, so it must be named.
func servedServices() []string {
	return []string{
		grpchealth.HealthV1ServiceName, grpcreflect.ReflectV1ServiceName, grpcreflect.ReflectV1AlphaServiceName,
		financialv1connect.FinancialServiceName, integrationv1connect.IntegrationServiceName,
	}
}

// Server returns the dispatcher behind the service, for callers in the same process. It authenticates like every other
// way in.
func (s *Service) Server() *connect.Server { return s.server }

// Mount registers the API on a mux: both services, reflection, health, /healthz, /readyz and the OAuth callback. It
// claims no other path.
func (s *Service) Mount(mux *http.ServeMux) {
	json := connectproto.NewJSONCodec()
	// A misspelt filter or amount must not be taken for one that was left out.
	json.UnmarshalOptions.DiscardUnknown = false
	bounded := boundedMux{mux: mux, limit: int64(s.cfg.MaxRequestBytes)}
	connecthttp.Mount(bounded, s.server, connecthttp.WithReadMaxBytes(s.cfg.MaxRequestBytes),
		connecthttp.WithCodecs(connectproto.NewBinaryCodec(), json))
	mux.Handle(grpchealth.NewHandler(&healthChecker{ready: s.cfg.Ready, stopping: s.cfg.Stopping}))
	mux.HandleFunc("GET /healthz", s.serveLive)
	mux.HandleFunc("GET /readyz", s.serveReady)
	mux.HandleFunc("GET "+CallbackPath, s.serveCallback)
}

// storeReady is the readiness of a service that was told no other.
func (s *Service) storeReady(ctx context.Context) error {
	if err := s.cfg.Store.Ping(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	have, want, err := s.cfg.Store.SchemaVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if have != want {
		return fmt.Errorf("the database schema is at version %d and this program needs %d", have, want)
	}
	return nil
}
