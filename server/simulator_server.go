package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// simulatorServer is a simulator that is being served, at one address or several.
type simulatorServer struct {
	urls   []string // at least one
	server *http.Server
	done   chan error // one for each address, once it is no longer served
}

// serveSimulator serves on every address, in plain HTTP where encryption is nil. It fails, and serves on none, if one of
// them cannot be listened on.
func serveSimulator(ctx context.Context, sim http.Handler, encryption *tls.Config, addresses ...string) (*simulatorServer, error) {
	listeners := make([]net.Listener, 0, len(addresses))
	for _, address := range addresses {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			for _, open := range listeners {
				_ = open.Close() // the first error is the one to tell
			}
			return nil, fmt.Errorf("listen on %s: %w", address, err)
		}
		listeners = append(listeners, listener)
	}
	const headers = 10 * time.Second
	s := &simulatorServer{
		server: &http.Server{Handler: sim, ReadHeaderTimeout: headers, TLSConfig: encryption},
		done:   make(chan error, len(listeners)),
	}
	for _, listener := range listeners {
		scheme, serve := "http://", s.server.Serve
		if encryption != nil {
			scheme, serve = "https://", func(l net.Listener) error { return s.server.ServeTLS(l, "", "") }
		}
		s.urls = append(s.urls, scheme+listener.Addr().String())
		go func() { s.done <- serve(listener) }()
	}
	return s, nil
}

// stop lets requests under way finish, for a while, and ends the rest.
func (s *simulatorServer) stop(ctx context.Context) error {
	const grace = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		_ = s.server.Close() // the grace is over
	}
	var failed error
	for range s.urls {
		if err := <-s.done; !errors.Is(err, http.ErrServerClosed) {
			failed = errors.Join(failed, fmt.Errorf("serve the simulator: %w", err))
		}
	}
	return failed
}
