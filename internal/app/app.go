package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	connectcors "connectrpc.com/cors"
	"github.com/rs/cors"
	"golang.org/x/sync/errgroup"

	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/rpc"
	"github.com/tillpost/tillpost/internal/seal"
	"github.com/tillpost/tillpost/internal/store"
)

const (
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 64 << 10
	// developmentTokenLife is how long the token printed in development is good.
	developmentTokenLife = 30 * 24 * time.Hour
)

// App is the service, opened and listening, not yet serving.
type App struct {
	cfg      Config
	log      *slog.Logger
	store    *store.Store
	engine   *posting.Engine
	listener net.Listener
	server   *http.Server
	// stopping ends when the service begins to stop, so that watchers go away by themselves.
	stopping context.Context //nolint:containedctx // it is the life of the server, not of a call
	stop     context.CancelFunc
	token    string
}

// New opens everything the service needs, in order, and listens. When a later step fails, the earlier ones are undone.
func New(ctx context.Context, cfg Config, log *slog.Logger, version string) (*App, error) {
	if err := cfg.Check(); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	a := &App{cfg: cfg, log: log}
	a.stopping, a.stop = context.WithCancel(context.Background())
	if err := a.open(ctx, version); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) open(ctx context.Context, version string) error {
	secrets, err := loadKeys(&a.cfg)
	if err != nil {
		return err
	}
	if err := a.openStore(ctx); err != nil {
		return err
	}
	if a.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Listen); err != nil {
		return fmt.Errorf("listen on %s: %w", a.cfg.Listen, err)
	}
	if a.engine, err = a.newEngine(secrets); err != nil {
		return err
	}
	handler, err := a.newHandler(ctx, secrets, version)
	if err != nil {
		return err
	}
	a.server = newServer(handler, a.log)
	return nil
}

func (a *App) openStore(ctx context.Context) (err error) {
	if a.store, err = store.Open(ctx, a.cfg.Database, a.log); err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if a.cfg.SkipMigrate {
		return a.Ready(ctx)
	}
	applied, err := a.store.Migrate(ctx)
	if err != nil {
		return fmt.Errorf("bring the database schema up to date: %w", err)
	}
	for _, migration := range applied {
		a.log.InfoContext(ctx, "database migrated", "migration", migration)
	}
	return nil
}

func (a *App) newEngine(secrets keys) (*posting.Engine, error) {
	sealer, err := seal.New(secrets.seal...)
	if err != nil {
		return nil, fmt.Errorf("--seal-keys: %w", err)
	}
	client, err := a.cfg.quickBooksClient(a.URL(), a.log)
	if err != nil {
		return nil, err
	}
	limits := quickbooks.IntuitLimits()
	if a.cfg.Unpaced {
		limits = quickbooks.Limits{Concurrent: limits.Concurrent}
	}
	engine, err := posting.New(posting.Config{
		Store: a.store, QuickBooks: client, Sealer: sealer, Log: a.log, Environment: a.cfg.QuickBooks, Limits: limits,
		Workers: a.cfg.Workers, LeaseTTL: a.cfg.Lease, ReplayWindow: a.cfg.ReplayWindow, Grace: a.cfg.Grace,
	})
	if err != nil {
		return nil, fmt.Errorf("make the posting engine: %w", err)
	}
	return engine, nil
}

// quickBooksClient makes the client of the configured QuickBooks. publicURL is where Intuit sends browsers back to.
func (c *Config) quickBooksClient(publicURL string, log *slog.Logger) (*quickbooks.Client, error) {
	qb := quickbooks.Config{
		Environment: quickbooks.Environment(c.QuickBooks), ClientID: c.QuickBooksClientID,
		ClientSecret: quickbooks.Secret(c.QuickBooksClientSecret), RedirectURL: publicURL + rpc.CallbackPath, Logger: log,
	}
	if qb.Environment == quickbooks.EnvironmentSimulator {
		qb.DiscoveryURL = c.SimulatorURL + "/.well-known/openid_configuration"
		qb.APIBaseURL = c.SimulatorURL
	}
	client, err := quickbooks.New(qb)
	if err != nil {
		return nil, fmt.Errorf("configure QuickBooks: %w", err)
	}
	return client, nil
}

func (a *App) newHandler(ctx context.Context, secrets keys, version string) (http.Handler, error) {
	authenticator, err := a.newAuthenticator(ctx, secrets)
	if err != nil {
		return nil, err
	}
	service, err := rpc.New(rpc.Config{
		Store: a.store, Engine: a.engine, Authenticator: authenticator, Log: a.log, Version: version,
		PageKey: secrets.page, PublicURL: a.URL(), AllowedReturnURLs: a.cfg.ReturnURLs, SimulatorURL: a.cfg.SimulatorURL,
		Ready: a.Ready, Stopping: a.stopping.Done(),
	})
	if err != nil {
		return nil, fmt.Errorf("make the API: %w", err)
	}
	mux := http.NewServeMux()
	service.Mount(mux)
	if err := a.mountConsole(mux); err != nil {
		return nil, err
	}
	if len(a.cfg.AllowedOrigins) == 0 {
		return mux, nil
	}
	return cors.New(cors.Options{
		AllowedOrigins: a.cfg.AllowedOrigins, AllowedMethods: connectcors.AllowedMethods(),
		AllowedHeaders: append(connectcors.AllowedHeaders(), "Authorization"), ExposedHeaders: connectcors.ExposedHeaders(),
		MaxAge: int((2 * time.Hour).Seconds()),
	}).Handler(mux), nil
}

// newAuthenticator makes who checks the bearer tokens, and in development a token to go with it.
func (a *App) newAuthenticator(ctx context.Context, secrets keys) (rpc.Authenticator, error) {
	if !a.cfg.development() {
		return rpc.NewAuthenticator(ctx, rpc.AuthConfig{
			Issuer: a.cfg.AuthIssuer, Audience: a.cfg.AuthAudience, JWKSURL: a.cfg.AuthJWKS, PublicKeyFile: a.cfg.AuthKeys,
		})
	}
	authenticator, err := rpc.NewDevelopmentAuthenticator(secrets.tokens)
	if err != nil {
		return nil, fmt.Errorf("make the development authenticator: %w", err)
	}
	a.token, err = authenticator.Issue("developer", []string{"*"}, rpc.AllScopes(), developmentTokenLife)
	if err != nil {
		return nil, fmt.Errorf("make the development token: %w", err)
	}
	return authenticator, nil
}

func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true)
	return &http.Server{
		Handler: handler, Protocols: protocols, ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// URL is where browsers reach the service, without a slash at the end.
func (a *App) URL() string {
	if a.cfg.PublicURL != "" {
		return strings.TrimSuffix(a.cfg.PublicURL, "/")
	}
	scheme := "http://"
	if a.cfg.TLSCert != "" {
		scheme = "https://"
	}
	return scheme + a.listener.Addr().String()
}

// Address is the host and port that the service listens on.
func (a *App) Address() string { return a.listener.Addr().String() }

// Token is a bearer token for every retailer and scope; empty in production.
func (a *App) Token() string { return a.token }

// Ready tells whether the service can do its work: the database answers and has the right schema.
func (a *App) Ready(ctx context.Context) error {
	if err := a.store.Ping(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	have, want, err := a.store.SchemaVersion(ctx)
	if err != nil {
		return fmt.Errorf("read the schema version: %w", err)
	}
	if have != want {
		return fmt.Errorf("the database schema is at version %d and this program needs %d: run the migrate command", have, want)
	}
	return nil
}

// Run serves until ctx ends, then stops in order: no new calls, calls under way finish, postings under way finish, the
// database closes. A second call is not possible.
func (a *App) Run(ctx context.Context) error {
	defer a.Close()
	group, groupCtx := errgroup.WithContext(ctx)
	engineCtx, stopEngine := context.WithCancel(context.WithoutCancel(ctx))
	defer stopEngine()
	group.Go(func() error { return a.engine.Run(engineCtx) })
	group.Go(a.serve)
	group.Go(func() error {
		<-groupCtx.Done()
		defer stopEngine()
		return a.shutdown(ctx)
	})
	err := group.Wait()
	drainCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.cfg.Grace)
	defer cancel()
	a.engine.Drain(drainCtx)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

func (a *App) serve() error {
	var err error
	if a.cfg.TLSCert != "" {
		a.server.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		err = a.server.ServeTLS(a.listener, a.cfg.TLSCert, a.cfg.TLSKey)
	} else {
		err = a.server.Serve(a.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("HTTP server: %w", err)
}

func (a *App) shutdown(ctx context.Context) error {
	a.stop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.cfg.Grace)
	defer cancel()
	if err := a.server.Shutdown(ctx); err != nil {
		a.log.WarnContext(ctx, "calls were still under way when the grace ended", "error", err)
		return a.server.Close() //nolint:wrapcheck // nothing to add
	}
	return nil
}

// Close frees what New opened. Run calls it.
func (a *App) Close() {
	a.stop()
	if a.listener != nil {
		_ = a.listener.Close() // closed already after Run
	}
	if a.store != nil {
		if err := a.store.Close(); err != nil {
			a.log.Warn("closing the database failed", "error", err)
		}
	}
}
