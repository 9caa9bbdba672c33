package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
)

// Server is a PostgreSQL of one test alone, which the test may stop and start.
type Server struct{ server *server }

// NewServer starts a server for a test, whose end stops it and removes its data. Where PostgreSQL is not installed it skips
// the test or fails it, as DSN does.
func NewServer(tb testing.TB) *Server {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), startTimeout)
	defer cancel()
	started, err := start(ctx, inHaste())
	if errors.Is(err, errNotInstalled) {
		notInstalled(tb, err, os.Getenv(requireEnv) == required)
	}
	if err != nil {
		tb.Fatalf("postgrestest: %v", err)
	}
	tb.Cleanup(func() {
		if err := started.stop(); err != nil {
			tb.Errorf("postgrestest: %v", err)
		}
	})
	return &Server{server: started}
}

// DSN returns the address of the server's one database.
func (s *Server) DSN() string { return s.server.dsn(maintenance) }

// StartDurable starts a server that is no test's: for measurements, which want what production has (fsync is on). Close
// stops it and removes its data.
func StartDurable(ctx context.Context) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	started, err := start(ctx, durable())
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	return &Server{server: started}, nil
}

// PID is the process id of the running server, whose children serve the connections.
func (s *Server) PID() int { return s.server.process.os.Pid }

// Close stops a server that StartDurable started, and removes its data.
func (s *Server) Close() error { return s.server.stop() }

// Stop ends the server as an operator would in a hurry: clients are cut off, and what was committed is kept.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	running := s.server.process
	s.server.process = nil
	if running == nil {
		return
	}
	if err := running.end(syscall.SIGINT, s.server.logTail); err != nil {
		tb.Errorf("postgrestest: stop: %v", err)
	}
}

// Start starts a stopped server again and waits until it answers.
func (s *Server) Start(tb testing.TB) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), startTimeout)
	defer cancel()
	err := s.server.launch()
	if err == nil {
		err = s.server.awaitReady(ctx)
	}
	if err != nil {
		tb.Fatalf("postgrestest: start again: %v", err)
	}
}
