package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	connectv1 "connectrpc.com/connect" //nolint:depguard // grpchealth has no release for v2
	"connectrpc.com/grpchealth"

	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	"github.com/tillpost/tillpost/gen/go/tillpost/integration/v1/integrationv1connect"
)

const (
	readyTimeout   = 5 * time.Second
	healthInterval = 5 * time.Second
)

// serveLive answers as long as the process serves.
func (s *Service) serveLive(w http.ResponseWriter, _ *http.Request) {
	writePlain(w, http.StatusOK, "ok "+s.cfg.Version)
}

// serveReady answers whether the service can do its work. What is wrong stands in the log: the route is open to all.
func (s *Service) serveReady(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if isClosed(s.cfg.Stopping) {
		writePlain(w, http.StatusServiceUnavailable, "stopping")
		return
	}
	if err := s.cfg.Ready(ctx); err != nil {
		s.log.WarnContext(ctx, "not ready", "error", err)
		writePlain(w, http.StatusServiceUnavailable, "not ready; the server's log says why")
		return
	}
	writePlain(w, http.StatusOK, "ready")
}

func writePlain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // whoever asked and went away needs no answer
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// healthChecker answers the gRPC health protocol for the process ("") and both services: they are well together.
type healthChecker struct {
	ready    func(context.Context) error
	stopping <-chan struct{}
}

var _ grpchealth.Watcher = (*healthChecker)(nil)

// Check tells whether a service can do its work.
func (h *healthChecker) Check(
	ctx context.Context, request *grpchealth.CheckRequest,
) (*grpchealth.CheckResponse, error) {
	if err := knownService(request.Service); err != nil {
		return nil, err
	}
	if isClosed(h.stopping) { // as an error, it also ends those who watch
		//nolint:wrapcheck // the transport reads the code
		return nil, connectv1.NewError(connectv1.CodeUnavailable, errors.New("the server is stopping"))
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if h.ready(ctx) != nil {
		return &grpchealth.CheckResponse{Status: grpchealth.StatusNotServing}, nil
	}
	return &grpchealth.CheckResponse{Status: grpchealth.StatusServing}, nil
}

func knownService(name string) error {
	known := []string{"", financialv1connect.FinancialServiceName, integrationv1connect.IntegrationServiceName}
	if slices.Contains(known, name) {
		return nil
	}
	//nolint:wrapcheck // the transport reads the code
	return connectv1.NewError(connectv1.CodeNotFound, fmt.Errorf("there is no service %q here", name))
}

// Watch has the health looked at every few seconds, and when the service stops, until the returned function is called.
func (h *healthChecker) Watch(
	_ context.Context, request *grpchealth.CheckRequest, onChange func(),
) (stop func(), err error) {
	if err := knownService(request.Service); err != nil {
		return nil, err
	}
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		ticker := time.NewTicker(healthInterval)
		defer ticker.Stop()
		stopping := h.stopping
		for {
			select {
			case <-done:
				return
			case <-stopping:
				stopping = nil
			case <-ticker.C:
			}
			onChange()
		}
	})
	return func() {
		close(done)
		watching.Wait()
	}, nil
}
