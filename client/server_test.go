package client_test

import (
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"

	"connectrpc.com/connect/v2"
	"connectrpc.com/connect/v2/connecthttp"
	"connectrpc.com/connect/v2/connectproto"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/integration/v1/integrationv1connect"
)

// fakeServer answers both services. A test scripts the errors of the next calls; when they are used up, calls succeed.
type fakeServer struct {
	financialv1connect.UnimplementedFinancialServiceHandler
	integrationv1connect.UnimplementedIntegrationServiceHandler

	watchMessages int   // messages of WatchSyncStatus before watchErr
	watchErr      error // how WatchSyncStatus ends

	mu      sync.Mutex
	script  []error
	calls   []string // procedures, in the order they arrived
	headers []http.Header
}

// handler returns the server's HTTP side.
func (f *fakeServer) handler() http.Handler {
	server := connect.NewServer(f.observe)
	financialv1connect.RegisterFinancialServiceHandler(server, f)
	integrationv1connect.RegisterIntegrationServiceHandler(server, f)
	mux := http.NewServeMux()
	connecthttp.Mount(mux, server)
	return mux
}

// observe notes each call and fails it where the script says so.
func (f *fakeServer) observe(next connect.ServerFunc) connect.ServerFunc {
	return func(ctx context.Context, spec connect.Spec, stream connect.ServerStream) error {
		info, _ := connect.CallInfoForServerContext(ctx)
		headers := http.Header(maps.Collect(info.RequestHeader().All()))
		headers.Set("X-Test-Protocol", info.Protocol)
		f.mu.Lock()
		f.calls = append(f.calls, spec.Procedure)
		f.headers = append(f.headers, headers)
		var err error
		if len(f.script) > 0 {
			err, f.script = f.script[0], f.script[1:]
		}
		f.mu.Unlock()
		if err != nil {
			return err
		}
		return next(ctx, spec, stream)
	}
}

func (f *fakeServer) callCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.calls)
}

func (f *fakeServer) lastHeader() http.Header {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.headers[len(f.headers)-1]
}

// SyncStatus answers two synced events.
func (f *fakeServer) SyncStatus(
	context.Context, *financialv1.SyncStatusRequest,
) (*financialv1.SyncStatusResponse, error) {
	return &financialv1.SyncStatusResponse{Status: &financialv1.SyncStatus{
		SyncStarted: true, TotalCount: 2, Summary: "Everything is in QuickBooks.",
	}}, nil
}

// RecordEvents accepts every event.
func (f *fakeServer) RecordEvents(
	_ context.Context, req *financialv1.RecordEventsRequest,
) (*financialv1.RecordEventsResponse, error) {
	res := &financialv1.RecordEventsResponse{}
	for _, ev := range req.GetEvents() {
		res.Results = append(res.Results, &financialv1.RecordEventResult{
			EventId: ev.GetEventId(),
			Status:  financialv1.RecordEventResult_STATUS_ACCEPTED,
			State:   financialv1.EventState_EVENT_STATE_PENDING,
		})
	}
	return res, nil
}

// WatchSyncStatus sends watchMessages messages and ends with watchErr.
func (f *fakeServer) WatchSyncStatus(
	_ context.Context, req *financialv1.WatchSyncStatusRequest,
	stream financialv1connect.FinancialServiceWatchSyncStatusServerStream,
) error {
	for i := range f.watchMessages {
		err := stream.Send(&financialv1.WatchSyncStatusResponse{Status: &financialv1.SyncStatus{
			TotalCount: int64(i + 1), Summary: req.GetRetailerId(),
		}})
		if err != nil {
			return err
		}
	}
	return f.watchErr
}

// MapEvent refuses with a reason, as the API does for accounts that do not fit.
func (f *fakeServer) MapEvent(context.Context, *financialv1.MapEventRequest) (*financialv1.MapEventResponse, error) {
	return nil, withDetail(
		connect.NewError(connect.CodeFailedPrecondition, "Accounts Receivable lines need a customer"),
		&errdetails.ErrorInfo{Domain: "tillpost", Reason: "ACCOUNT_TYPE_REFUSED"},
	)
}

// Connect answers an authorization address. It is the one RPC that must never be repeated.
func (f *fakeServer) Connect(context.Context, *integrationv1.ConnectRequest) (*integrationv1.ConnectResponse, error) {
	return &integrationv1.ConnectResponse{AuthorizationUrl: "https://quickbooks.example/authorize"}, nil
}

// startH2C serves the fake with HTTP/1.1 and HTTP/2 on one port without TLS.
func startH2C(handler http.Handler) *httptest.Server {
	srv := httptest.NewUnstartedServer(handler)
	srv.Config.Protocols = new(http.Protocols)
	srv.Config.Protocols.SetHTTP1(true)
	srv.Config.Protocols.SetUnencryptedHTTP2(true)
	srv.Start()
	return srv
}

func withDetail(err *connect.Error, message proto.Message) *connect.Error {
	detail, packErr := connectproto.NewErrorDetail(message)
	if packErr != nil {
		return connect.NewError(connect.CodeInternal, packErr.Error())
	}
	return err.WithDetail(detail)
}

// inProcess is a RoundTripper that calls a handler directly, so that tests can run in virtual time.
type inProcess struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	rec := httptest.NewRecorder()
	t.handler.ServeHTTP(rec, req)
	return rec.Result(), nil
}
