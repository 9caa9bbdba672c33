package demo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"connectrpc.com/connect/v2"
	"connectrpc.com/connect/v2/connecthttp"

	"github.com/tillpost/tillpost/client"
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/financial/v1/financialv1connect"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/gen/go/tillpost/integration/v1/integrationv1connect"
	"github.com/tillpost/tillpost/internal/demo"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

const (
	serviceURL   = "http://localhost:1"
	simulatorURL = "http://localhost:2"
	callbackURL  = serviceURL + "/callback"
)

// network leads requests to handlers in this process, by port: no sockets, so that tests can run in virtual time.
type network map[string]http.Handler

// RoundTrip implements http.RoundTripper.
func (n network) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	rec := httptest.NewRecorder()
	n[req.URL.Port()].ServeHTTP(rec, req)
	res := rec.Result()
	res.Request = req
	return res, nil
}

// fakeService stands in for the service: it books every event at once into the simulator, as the oracle expects it, or
// with an error that a test planted.
type fakeService struct {
	financialv1connect.UnimplementedFinancialServiceHandler
	integrationv1connect.UnimplementedIntegrationServiceHandler

	http  *http.Client
	token string // for the simulator, after the callback
	realm string

	lacking string                          // an account that the chart does not list
	invalid string                          // an event that is refused
	stuck   bool                            // events stay PENDING
	spoil   func(*financialv1.Event) string // account whose line is wrong by a cent

	mu       sync.Mutex
	accounts map[string]string // ids by name
	mapping  []demo.Choice
	events   map[string]bool
	counts   map[[2]int32]int64
}

// newDemo returns options of a run against a fake service and a real simulator.
func newDemo(t *testing.T, fake *fakeService) demo.Options {
	t.Helper()
	sim, err := simulator.New(simulator.Options{
		Seed: 1, Switches: map[simulator.Switch]string{simulator.SwitchLimits: "off"},
	})
	if err != nil {
		t.Fatalf("start the simulator: %v", err)
	}
	server := connect.NewServer()
	financialv1connect.RegisterFinancialServiceHandler(server, fake)
	integrationv1connect.RegisterIntegrationServiceHandler(server, fake)
	mux := http.NewServeMux()
	connecthttp.Mount(mux, server)
	mux.HandleFunc("GET /callback", fake.callback)
	fake.http = &http.Client{Transport: network{"1": mux, "2": sim}}
	fake.events, fake.counts = map[string]bool{}, map[[2]int32]int64{}
	c, err := client.New(serviceURL, client.WithHTTPClient(fake.http))
	if err != nil {
		t.Fatalf("make the client: %v", err)
	}
	return demo.Options{
		Client: c, Retailer: "harbor-and-pine", SimulatorURL: simulatorURL + "/", Out: &bytes.Buffer{}, Seed: 4,
		HTTPClient: fake.http,
	}
}

// Connect implements the RPC.
func (f *fakeService) Connect(context.Context, *integrationv1.ConnectRequest) (*integrationv1.ConnectResponse, error) {
	query := url.Values{
		"client_id": {simulator.DefaultClientID}, "redirect_uri": {callbackURL}, "response_type": {"code"},
		"scope": {"com.intuit.quickbooks.accounting"}, "state": {"state-1"},
	}
	return &integrationv1.ConnectResponse{AuthorizationUrl: simulatorURL + "/connect/oauth2?" + query.Encode()}, nil
}

// callback exchanges the code, as the service does.
func (f *fakeService) callback(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {query.Get("code")}, "redirect_uri": {callbackURL},
	}
	var tokens struct {
		AccessToken string `json:"access_token"`
	}
	err := f.send(r.Context(), "/oauth2/v1/tokens/bearer", "application/x-www-form-urlencoded", form.Encode(), &tokens)
	if err != nil || query.Get("state") != "state-1" {
		http.Error(w, fmt.Sprintf("not authorized: %v", err), http.StatusBadRequest)
		return
	}
	f.token, f.realm = tokens.AccessToken, query.Get("realmId")
}

// send posts to the simulator and decodes its answer.
func (f *fakeService) send(ctx context.Context, path, contentType, body string, answer any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, simulatorURL+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/json")
	if f.token == "" {
		req.SetBasicAuth(simulator.DefaultClientID, simulator.DefaultClientSecret)
	} else {
		req.Header.Set("Authorization", "Bearer "+f.token)
	}
	return f.exchange(req, answer)
}

func (f *fakeService) exchange(req *http.Request, answer any) error {
	res, err := f.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the simulator answered %s", res.Status)
	}
	return json.NewDecoder(res.Body).Decode(answer)
}

// GetConnection implements the RPC.
func (f *fakeService) GetConnection(
	context.Context, *integrationv1.GetConnectionRequest,
) (*integrationv1.GetConnectionResponse, error) {
	connection := &integrationv1.Connection{State: integrationv1.Connection_STATE_NOT_CONNECTED}
	if f.token != "" {
		connection = &integrationv1.Connection{
			State: integrationv1.Connection_STATE_CONNECTED, RealmId: f.realm, CompanyName: "Harbor & Pine Trading Co.",
		}
	}
	return &integrationv1.GetConnectionResponse{Connection: connection}, nil
}

// ImportAccounts implements the RPC.
func (f *fakeService) ImportAccounts(
	ctx context.Context, _ *integrationv1.ImportAccountsRequest,
	stream integrationv1connect.IntegrationServiceImportAccountsServerStream,
) error {
	var balance struct {
		Rows []struct{ AccountID, Name string }
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet,
		simulatorURL+"/admin/companies/"+f.realm+"/trial-balance", http.NoBody)
	if err != nil {
		return err
	}
	if err := f.exchange(req, &balance); err != nil {
		return err
	}
	f.accounts = map[string]string{}
	for _, row := range balance.Rows {
		if row.Name != f.lacking {
			f.accounts[row.Name] = row.AccountID
		}
	}
	total := int32(len(balance.Rows))
	for _, read := range []int32{total / 2, total} {
		err := stream.Send(&integrationv1.ImportAccountsResponse{Update: &integrationv1.ImportAccountsResponse_Progress{
			Progress: &integrationv1.ImportProgress{ReadCount: read, TotalCount: total},
		}})
		if err != nil {
			return err
		}
	}
	return stream.Send(&integrationv1.ImportAccountsResponse{Update: &integrationv1.ImportAccountsResponse_Summary{
		Summary: &integrationv1.ImportSummary{TotalCount: total, NewCount: total, InactiveCount: 1},
	}})
}

// ListAccounts implements the RPC, with pages of 50.
func (f *fakeService) ListAccounts(
	_ context.Context, req *financialv1.ListAccountsRequest,
) (*financialv1.ListAccountsResponse, error) {
	const pageSize = 50
	skip, _ := strconv.Atoi(req.GetPageToken())
	names := slices.Sorted(maps.Keys(f.accounts))
	res := &financialv1.ListAccountsResponse{}
	for _, name := range names[skip:min(skip+pageSize, len(names))] {
		res.Accounts = append(res.Accounts, &financialv1.Account{FullyQualifiedName: name, AccountId: f.accounts[name]})
	}
	if skip+pageSize < len(names) {
		res.NextPageToken = strconv.Itoa(skip + pageSize)
	}
	return res, nil
}

// MapEvent implements the RPC.
func (f *fakeService) MapEvent(
	_ context.Context, req *financialv1.MapEventRequest,
) (*financialv1.MapEventResponse, error) {
	slot := demo.Slot{
		Role: req.GetSlot().GetRole(), Key: req.GetSlot().GetKey(), Location: req.GetSlot().GetLocationId(),
	}
	for name, id := range f.accounts {
		if id == req.GetAccountId() {
			f.mapping = append(f.mapping, demo.Choice{Slot: slot, Account: name})
			return &financialv1.MapEventResponse{Mapping: &financialv1.Mapping{Slot: req.GetSlot(), AccountId: id}}, nil
		}
	}
	return nil, connect.NewError(connect.CodeNotFound, "no such account")
}

// StartSync implements the RPC.
func (f *fakeService) StartSync(
	context.Context, *integrationv1.StartSyncRequest,
) (*integrationv1.StartSyncResponse, error) {
	return &integrationv1.StartSyncResponse{}, nil
}

// RecordEvents books the events at once.
func (f *fakeService) RecordEvents(
	ctx context.Context, req *financialv1.RecordEventsRequest,
) (*financialv1.RecordEventsResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	res := &financialv1.RecordEventsResponse{}
	for _, event := range req.GetEvents() {
		result := &financialv1.RecordEventResult{
			EventId: event.GetEventId(), Status: financialv1.RecordEventResult_STATUS_ACCEPTED,
		}
		res.Results = append(res.Results, result)
		switch {
		case event.GetEventId() == f.invalid:
			result.Status, result.Message = financialv1.RecordEventResult_STATUS_INVALID, "it has no number"
			continue
		case f.events[event.GetEventId()]:
			result.Status = financialv1.RecordEventResult_STATUS_DUPLICATE
			continue
		}
		f.events[event.GetEventId()] = true
		state, err := f.book(ctx, event)
		if err != nil {
			return nil, connect.Errorf(connect.CodeInternal, "book %s: %v", event.GetNumber(), err)
		}
		f.counts[[2]int32{int32(kindOf(event)), int32(state)}]++
	}
	return res, nil
}

func kindOf(event *financialv1.Event) financialv1.EventKind {
	message := event.ProtoReflect()
	detail := message.WhichOneof(message.Descriptor().Oneofs().ByName("detail"))
	if detail == nil {
		return financialv1.EventKind_EVENT_KIND_UNSPECIFIED
	}
	return financialv1.EventKind(financialv1.EventKind_value["EVENT_KIND_"+strings.ToUpper(string(detail.Name()))])
}

// book creates the event's journal entry in the simulator.
func (f *fakeService) book(ctx context.Context, event *financialv1.Event) (financialv1.EventState, error) {
	if f.stuck {
		return financialv1.EventState_EVENT_STATE_PENDING, nil
	}
	changes, err := demo.NewOracle(f.mapping).Expect(event)
	if err != nil || len(changes) == 0 {
		return financialv1.EventState_EVENT_STATE_NOTHING_TO_POST, err
	}
	if f.spoil != nil {
		if account := f.spoil(event); changes[account] != 0 {
			changes[account]++
			changes["Tips Payable"]--
		}
	}
	entry := map[string]any{"DocNumber": event.GetNumber(), "TxnDate": event.GetBusinessDate()}
	var lines []any
	for account, change := range changes {
		side := "Debit"
		if change < 0 {
			side, change = "Credit", -change
		}
		lines = append(lines, map[string]any{
			"Amount":     json.Number(fmt.Sprintf("%d.%02d", change/100, change%100)),
			"DetailType": "JournalEntryLineDetail",
			"JournalEntryLineDetail": map[string]any{
				"PostingType": side, "AccountRef": map[string]any{"value": f.accounts[account]},
			},
		})
	}
	entry["Line"] = lines
	body, err := json.Marshal(entry)
	if err != nil {
		return 0, err
	}
	var answer struct{}
	err = f.send(ctx, "/v3/company/"+f.realm+"/journalentry", "application/json", string(body), &answer)
	return financialv1.EventState_EVENT_STATE_SYNCED, err
}

// SyncStatus implements the RPC. WatchSyncStatus stays unimplemented, so that a run has to ask.
func (f *fakeService) SyncStatus(
	context.Context, *financialv1.SyncStatusRequest,
) (*financialv1.SyncStatusResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	status := &financialv1.SyncStatus{TotalCount: int64(len(f.events)), Summary: "Events are waiting."}
	for key, n := range f.counts {
		status.Counts = append(status.Counts, &financialv1.EventCount{
			Kind: financialv1.EventKind(key[0]), State: financialv1.EventState(key[1]), Count: n,
		})
	}
	return &financialv1.SyncStatusResponse{Status: status}, nil
}
