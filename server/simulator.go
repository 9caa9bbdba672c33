package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

type simulatorCommand struct {
	Listen       string `default:"127.0.0.1:8701" placeholder:"HOST:PORT" help:"Address to serve the simulated QuickBooks on."`
	ClientID     string `default:"simulator-client" help:"Client id of the simulated Intuit app."`
	ClientSecret string `default:"simulator-secret" help:"Client secret of the simulated Intuit app."`
	Seed         uint64 `help:"Make tokens and ids repeatable; 0 makes them random."`
	LogLevel     string `default:"info" enum:"debug,info,warn,error" help:"Least level to log."`
	LogFormat    string `default:"text" enum:"text,json" help:"Form of the log lines."`
}

// Run serves the simulator until the process is asked to stop.
func (c *simulatorCommand) Run(ctx context.Context) error {
	log, err := newLogger(c.LogLevel, c.LogFormat)
	if err != nil {
		return err
	}
	sim, err := simulator.New(simulator.Options{
		Apps: []simulator.App{{ClientID: c.ClientID, ClientSecret: c.ClientSecret}}, Seed: c.Seed, Logger: log,
	})
	if err != nil {
		return fmt.Errorf("make the simulator: %w", err)
	}
	server, err := serveSimulator(ctx, c.Listen, sim)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "A simulated QuickBooks Online is at %s (client id %s). Its books are kept in memory only.\n",
		server.url, c.ClientID)
	<-ctx.Done()
	return server.stop(ctx)
}

// simulatorServer is a simulator that is being served.
type simulatorServer struct {
	url    string
	server *http.Server
	done   chan error
}

func serveSimulator(ctx context.Context, address string, sim http.Handler) (*simulatorServer, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	const headers = 10 * time.Second
	s := &simulatorServer{
		url:    "http://" + listener.Addr().String(),
		server: &http.Server{Handler: sim, ReadHeaderTimeout: headers},
		done:   make(chan error, 1),
	}
	go func() { s.done <- s.server.Serve(listener) }()
	return s, nil
}

func (s *simulatorServer) stop(ctx context.Context) error {
	const grace = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		_ = s.server.Close() // the grace is over
	}
	if err := <-s.done; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the simulator: %w", err)
	}
	return nil
}
