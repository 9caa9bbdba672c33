package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"connectrpc.com/connect/v2"
	"connectrpc.com/connect/v2/connecthttp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// caller makes one call of FinancialService in some protocol.
type caller func(ctx context.Context, t *testing.T, method string, request, answer proto.Message)

const financialService = "tillpost.financial.v1.FinancialService"

// TestEveryProtocolOnOnePort makes the same calls in every way that people and programs have, against the running binary.
func TestEveryProtocolOnOnePort(t *testing.T) {
	t.Parallel()
	_, quickBooksURL := quickBooks(t, simulator.Options{})
	s := serve(t, "--database", filepath.Join(t.TempDir(), "tillpost.db"), "--simulator-url", quickBooksURL, "--unpaced")
	s.connect(t.Context(), t)
	callers := map[string]caller{
		"grpcurl":  s.byGrpcurl,
		"grpc-go":  s.byGRPC,
		"Connect":  s.byConnect(),
		"gRPC":     s.byConnect(connecthttp.WithGRPC()),
		"gRPC-Web": s.byConnect(connecthttp.WithGRPCWeb()),
		"JSON":     s.byJSON,
	}
	for name, call := range callers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tryEverything(t, call, name)
		})
	}
}

// tryEverything calls SyncStatus, ListAccounts, MapEvent and RecordEvents.
func tryEverything(t *testing.T, call caller, name string) {
	t.Helper()
	ctx := t.Context()
	var status financialv1.SyncStatusResponse
	call(ctx, t, "SyncStatus", &financialv1.SyncStatusRequest{RetailerId: retailer}, &status)
	if !status.GetStatus().GetSyncStarted() || status.GetStatus().GetSummary() == "" {
		t.Errorf("status %v", &status)
	}
	var accounts financialv1.ListAccountsResponse
	call(ctx, t, "ListAccounts", &financialv1.ListAccountsRequest{
		RetailerId: retailer, Type: financialv1.AccountType_ACCOUNT_TYPE_BANK,
	}, &accounts)
	if len(accounts.GetAccounts()) == 0 {
		t.Fatal("no bank accounts")
	}
	var mapped financialv1.MapEventResponse
	call(ctx, t, "MapEvent", &financialv1.MapEventRequest{
		RetailerId: retailer, Slot: &financialv1.Slot{Role: financialv1.Role_ROLE_PAYMENT, Key: "Cash by " + name},
		AccountId: accounts.GetAccounts()[0].GetAccountId(),
	}, &mapped)
	if mapped.GetMapping().GetAccountName() == "" {
		t.Errorf("mapping %v", &mapped)
	}
	event := sale(1)
	event.EventId, event.Number = "by-"+name, "by "+name
	var recorded financialv1.RecordEventsResponse
	call(ctx, t, "RecordEvents", &financialv1.RecordEventsRequest{RetailerId: retailer, Events: []*financialv1.Event{event}}, &recorded)
	if got := recorded.GetResults(); len(got) != 1 || got[0].GetStatus() != financialv1.RecordEventResult_STATUS_ACCEPTED {
		t.Errorf("recorded %v", got)
	}
}

// grpcurl runs grpcurl as a person would, and returns what it prints.
func (s *served) grpcurl(ctx context.Context, t *testing.T, args ...string) []byte {
	t.Helper()
	all := append([]string{"-plaintext", "-H", "authorization: Bearer " + s.token}, args...)
	out, err := exec.CommandContext(ctx, programs.grpcurl, all...).CombinedOutput()
	if err != nil {
		t.Fatalf("grpcurl %v: %v\n%s", args, err, out)
	}
	return out
}

func (s *served) byGrpcurl(ctx context.Context, t *testing.T, method string, request, answer proto.Message) {
	t.Helper()
	body, err := protojson.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	out := s.grpcurl(ctx, t, "-d", string(body), s.address, financialService+"/"+method)
	if err := protojson.Unmarshal(out, answer); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

func (s *served) byGRPC(ctx context.Context, t *testing.T, method string, request, answer proto.Message) {
	t.Helper()
	conn, err := grpc.NewClient(s.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+s.token)
	stub := financialv1.NewFinancialServiceClient(conn)
	var got proto.Message
	switch request := request.(type) { // through the generated stubs, as a program would
	case *financialv1.SyncStatusRequest:
		got, err = stub.SyncStatus(ctx, request)
	case *financialv1.ListAccountsRequest:
		got, err = stub.ListAccounts(ctx, request)
	case *financialv1.MapEventRequest:
		got, err = stub.MapEvent(ctx, request)
	case *financialv1.RecordEventsRequest:
		got, err = stub.RecordEvents(ctx, request)
	}
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	proto.Merge(answer, got)
}

func (s *served) byConnect(options ...connecthttp.Option) caller {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	transport := connecthttp.NewTransport(&http.Client{Transport: &http.Transport{Protocols: protocols}}, s.url, options...)
	api := financialv1connect.NewFinancialServiceClient(connect.NewClient(transport))
	return func(ctx context.Context, t *testing.T, method string, request, answer proto.Message) {
		t.Helper()
		ctx, info := connect.NewClientContext(ctx)
		info.RequestHeader().Set("Authorization", "Bearer "+s.token)
		var got proto.Message
		var err error
		switch request := request.(type) {
		case *financialv1.SyncStatusRequest:
			got, err = api.SyncStatus(ctx, request)
		case *financialv1.ListAccountsRequest:
			got, err = api.ListAccounts(ctx, request)
		case *financialv1.MapEventRequest:
			got, err = api.MapEvent(ctx, request)
		case *financialv1.RecordEventsRequest:
			got, err = api.RecordEvents(ctx, request)
		}
		if err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		proto.Merge(answer, got)
	}
}

func (s *served) byJSON(ctx context.Context, t *testing.T, method string, request, answer proto.Message) {
	t.Helper()
	body, err := protojson.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/"+financialService+"/"+method, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	post.Header.Set("Content-Type", "application/json")
	post.Header.Set("Authorization", "Bearer "+s.token)
	got, err := http.DefaultClient.Do(post)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v\n%s", method, got.Status, err, text)
	}
	if err := protojson.Unmarshal(text, answer); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

func TestGrpcurlListsAndDescribes(t *testing.T) {
	t.Parallel()
	_, quickBooksURL := quickBooks(t, simulator.Options{})
	s := serve(t, "--database", filepath.Join(t.TempDir(), "tillpost.db"), "--simulator-url", quickBooksURL)
	list := string(s.grpcurl(t.Context(), t, s.address, "list"))
	for _, service := range []string{financialService, "tillpost.integration.v1.IntegrationService", "grpc.health.v1.Health"} {
		if !strings.Contains(list, service) {
			t.Errorf("grpcurl list does not name %s:\n%s", service, list)
		}
		described := string(s.grpcurl(t.Context(), t, s.address, "describe", service))
		if !strings.Contains(described, "rpc ") {
			t.Errorf("grpcurl describe %s:\n%s", service, described)
		}
	}
	if health := s.grpcurl(t.Context(), t, s.address, "grpc.health.v1.Health/Check"); !bytes.Contains(health, []byte("SERVING")) {
		t.Errorf("health: %s", health)
	}
}

func TestErrorsCarryAStableReasonInPlainJSON(t *testing.T) {
	t.Parallel()
	_, quickBooksURL := quickBooks(t, simulator.Options{})
	s := serve(t, "--database", filepath.Join(t.TempDir(), "tillpost.db"), "--simulator-url", quickBooksURL)
	answer, err := http.Post(s.url+"/"+financialService+"/SyncStatus", "application/json", strings.NewReader(`{"retailerId":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body struct {
		Code    string
		Details []struct {
			Type  string
			Debug struct{ Reason string }
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusUnauthorized || body.Code != "unauthenticated" || len(body.Details) == 0 ||
		body.Details[0].Type != "google.rpc.ErrorInfo" {
		t.Errorf("%s %+v, want 401 unauthenticated with an ErrorInfo", answer.Status, body)
	}
}
