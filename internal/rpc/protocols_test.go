package rpc_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectionv1alpha "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/grpc/status"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/rpc"
)

// dial connects grpc-go over h2c.
func (w *world) dial() *grpc.ClientConn {
	w.t.Helper()
	address := must(url.Parse(w.url))(w.t)
	conn := must(grpc.NewClient(address.Host, grpc.WithTransportCredentials(insecure.NewCredentials())))(w.t)
	w.t.Cleanup(func() { check(w.t, conn.Close()) })
	return conn
}

func TestEveryProtocolAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range w.protocols(w.token([]string{retailer}, rpc.AllScopes()...)) {
		answer, err := c.financial.RecordEvents(t.Context(), &financialv1.RecordEventsRequest{
			RetailerId: retailer, Events: []*financialv1.Event{sale("of " + name), sale(strings.ReplaceAll(name, " ", "-"))},
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if r := answer.GetResults(); r[0].GetStatus() != financialv1.RecordEventResult_STATUS_INVALID ||
			r[1].GetStatus() != financialv1.RecordEventResult_STATUS_ACCEPTED {
			t.Errorf("%s: %v", name, r)
		}
		stream, err := c.financial.WatchSyncStatus(t.Context(), &financialv1.WatchSyncStatusRequest{RetailerId: retailer})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if message, err := stream.Receive(); err != nil || message.GetStatus().GetTotalCount() == 0 {
			t.Errorf("%s: %v, %v", name, message, err)
		}
		check(t, stream.Close())
	}
}

func TestGRPCGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := financialv1.NewFinancialServiceClient(w.dial())
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+w.token([]string{retailer}, rpc.ScopeRead))
	answer := must(client.SyncStatus(ctx, &financialv1.SyncStatusRequest{RetailerId: retailer}))(t)
	if answer.GetStatus().GetSummary() == "" {
		t.Errorf("answer = %v", answer)
	}
	_, err := client.SyncStatus(ctx, &financialv1.SyncStatusRequest{RetailerId: "a b"})
	failed := status.Convert(err)
	if failed.Code() != codes.InvalidArgument || len(failed.Details()) != 2 {
		t.Fatalf("got %v with the details %v", err, failed.Details())
	}
	info, _ := failed.Details()[0].(*errdetails.ErrorInfo)
	bad, _ := failed.Details()[1].(*errdetails.BadRequest)
	if info.GetReason() != "INVALID_REQUEST" || info.GetDomain() != "tillpost" ||
		bad.GetFieldViolations()[0].GetField() != "retailer_id" {
		t.Errorf("details %v, %v", info, bad)
	}
}

func TestJSONByCurl(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code, text := w.post("/tillpost.financial.v1.FinancialService/SyncStatus", `{"retailerId":"harbor-pine"}`)
	if code != http.StatusOK || !strings.Contains(text, `"summary":"QuickBooks is not connected`) {
		t.Errorf("%d %s", code, text)
	}
	code, text = w.post("/tillpost.financial.v1.FinancialService/GetEvent", `{"retailerId":"harbor-pine","eventId":"e1"}`)
	var failed struct {
		Code, Message string
		Details       []struct {
			Type  string
			Debug struct{ Reason, Domain string }
		}
	}
	check(t, json.Unmarshal([]byte(text), &failed))
	if code != http.StatusNotFound || failed.Code != "not_found" || len(failed.Details) != 1 ||
		failed.Details[0].Type != "google.rpc.ErrorInfo" || failed.Details[0].Debug.Reason != "EVENT_NOT_FOUND" ||
		failed.Details[0].Debug.Domain != "tillpost" {
		t.Errorf("%d %s", code, text)
	}
}

func TestReadsAnswerToGET(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	query := url.Values{"connect": {"v1"}, "encoding": {"json"}, "message": {`{"retailerId":"harbor-pine"}`}}
	get := func(token string) *http.Response {
		request := must(http.NewRequestWithContext(t.Context(), http.MethodGet,
			w.url+"/tillpost.financial.v1.FinancialService/SyncStatus?"+query.Encode(), http.NoBody))(t)
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		response := must(w.browser.Do(request))(t)
		t.Cleanup(func() { check(t, response.Body.Close()) })
		return response
	}
	good := get(w.token([]string{retailer}, rpc.ScopeRead))
	if text := body(t, good); good.StatusCode != http.StatusOK || !strings.Contains(text, "summary") ||
		good.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("with a token: %s %v %s", good.Status, good.Header, text)
	}
	without := get("")
	if text := body(t, without); without.StatusCode != http.StatusUnauthorized || !strings.Contains(text, "TOKEN_MISSING") {
		t.Errorf("without: %s %s", without.Status, text)
	}
}

func TestReflectionIsOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := []string{
		"grpc.health.v1.Health", "tillpost.financial.v1.FinancialService", "tillpost.integration.v1.IntegrationService",
	}
	conn := w.dial()
	stream := must(reflectionv1.NewServerReflectionClient(conn).ServerReflectionInfo(t.Context()))(t)
	ask := func(request *reflectionv1.ServerReflectionRequest) *reflectionv1.ServerReflectionResponse {
		t.Helper()
		check(t, stream.Send(request))
		return must(stream.Recv())(t)
	}
	list := ask(&reflectionv1.ServerReflectionRequest{
		MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{},
	})
	var names []string
	for _, service := range list.GetListServicesResponse().GetService() {
		names = append(names, service.GetName())
	}
	for _, name := range want {
		described := ask(&reflectionv1.ServerReflectionRequest{
			MessageRequest: &reflectionv1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: name},
		})
		if !slices.Contains(names, name) || len(described.GetFileDescriptorResponse().GetFileDescriptorProto()) == 0 {
			t.Errorf("%s: listed in %v, described as %v", name, names, described.GetErrorResponse())
		}
	}
	check(t, stream.CloseSend())
	wantOldReflection(t, conn, len(names))
}

// wantOldReflection asks the way that older tools do.
//
//nolint:staticcheck // deprecated, and what many a grpcurl still speaks
func wantOldReflection(t *testing.T, conn *grpc.ClientConn, services int) {
	t.Helper()
	old := must(reflectionv1alpha.NewServerReflectionClient(conn).ServerReflectionInfo(t.Context()))(t)
	check(t, old.Send(&reflectionv1alpha.ServerReflectionRequest{
		MessageRequest: &reflectionv1alpha.ServerReflectionRequest_ListServices{},
	}))
	if answer := must(old.Recv())(t); len(answer.GetListServicesResponse().GetService()) != services {
		t.Errorf("v1alpha lists %v", answer)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	ready := make(chan error, 1) // holds what is wrong
	w := newWorld(t, func(c *rpc.Config) {
		c.Ready = func(context.Context) error {
			select {
			case err := <-ready:
				return err
			default:
				return nil
			}
		}
	})
	client := healthv1.NewHealthClient(w.dial())
	for _, service := range []string{"", "tillpost.financial.v1.FinancialService", "tillpost.integration.v1.IntegrationService"} {
		answer, err := client.Check(t.Context(), &healthv1.HealthCheckRequest{Service: service})
		if err != nil || answer.GetStatus() != healthv1.HealthCheckResponse_SERVING {
			t.Errorf("%q: %v, %v", service, answer, err)
		}
	}
	ready <- errors.New("the disk is full")
	if answer := must(client.Check(t.Context(), &healthv1.HealthCheckRequest{}))(t); answer.GetStatus() !=
		healthv1.HealthCheckResponse_NOT_SERVING {
		t.Errorf("not ready: %v", answer)
	}
	_, err := client.Check(t.Context(), &healthv1.HealthCheckRequest{Service: "nothing"})
	if status.Code(err) != codes.NotFound {
		t.Errorf("an unknown service: %v", err)
	}
	_, err = must(client.Watch(t.Context(), &healthv1.HealthCheckRequest{Service: "nothing"}))(t).Recv()
	if status.Code(err) != codes.NotFound {
		t.Errorf("watching an unknown service: %v", err)
	}
	watching := must(client.Watch(t.Context(), &healthv1.HealthCheckRequest{}))(t)
	if answer := must(watching.Recv())(t); answer.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("watching: %v", answer)
	}
	w.stop()
	if _, err := watching.Recv(); status.Code(err) != codes.Unavailable {
		t.Errorf("a watch of a stopping server ended with %v", err)
	}
}

func TestLiveAndReady(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	get := func(path string) (int, string) {
		return w.do(must(http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+path, http.NoBody))(t))
	}
	if code, text := get("/healthz"); code != http.StatusOK || text != "ok test\n" {
		t.Errorf("/healthz: %d %q", code, text)
	}
	if code, text := get("/readyz"); code != http.StatusOK || text != "ready\n" {
		t.Errorf("/readyz: %d %q", code, text)
	}
	check(t, w.store.Close())
	if code, text := get("/readyz"); code != http.StatusServiceUnavailable || strings.Contains(text, "sql") {
		t.Errorf("/readyz without a database: %d %q", code, text)
	}
	if code, _ := get("/healthz"); code != http.StatusOK {
		t.Errorf("/healthz without a database: %d", code)
	}
	w.stop()
	if code, text := get("/readyz"); code != http.StatusServiceUnavailable || text != "stopping\n" {
		t.Errorf("/readyz while stopping: %d %q", code, text)
	}
}

func TestNewChecksItsConfiguration(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := func() rpc.Config {
		return rpc.Config{
			Store: w.store, Engine: w.engine, Authenticator: w.auth, Log: discard(), PageKey: make([]byte, 32), PublicURL: w.url,
		}
	}
	must(rpc.New(good()))(t)
	for name, change := range map[string]func(*rpc.Config){
		"store": func(c *rpc.Config) { c.Store = nil }, "engine": func(c *rpc.Config) { c.Engine = nil },
		"authenticator": func(c *rpc.Config) { c.Authenticator = nil }, "log": func(c *rpc.Config) { c.Log = nil },
		"page key": func(c *rpc.Config) { c.PageKey = make([]byte, 31) }, "public URL": func(c *rpc.Config) { c.PublicURL = "" },
	} {
		cfg := good()
		change(&cfg)
		if _, err := rpc.New(cfg); err == nil {
			t.Errorf("without a good %s there is no error", name)
		}
	}
}
