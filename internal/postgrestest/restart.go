package postgrestest

import (
	"context"
	"errors"
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
	started, err := start(ctx)
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
