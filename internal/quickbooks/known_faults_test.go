package quickbooks_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// knownFault is what comes over the wire, and what the client makes of it.
type knownFault struct {
	Status    int
	Envelope  simulator.Envelope
	Cause     quickbooks.Cause
	Transient bool
	Outcome   quickbooks.Outcome
	Actor     quickbooks.Actor
}

// knownFaults says, for each fault that the simulator knows, all that a write meets which runs into it.
func knownFaults() map[string]knownFault {
	const (
		nobody, retailer, operator = quickbooks.ActorNobody, quickbooks.ActorRetailer, quickbooks.ActorOperator
		service, gateway           = simulator.EnvelopeService, simulator.EnvelopeGateway
		raw                        = simulator.EnvelopeRaw
	)
	wrong := knownFault{400, service, quickbooks.CauseInvalidRequest, false, done, operator}
	reference := knownFault{400, service, quickbooks.CauseAccountNotFound, false, done, retailer}
	rule := knownFault{400, service, quickbooks.CauseBusinessRule, false, done, retailer}
	company := knownFault{400, service, quickbooks.CauseCompanyUnavailable, true, done, nobody}
	inactive := knownFault{400, service, quickbooks.CauseAccountInactive, false, done, retailer}
	closed := knownFault{400, service, quickbooks.CausePeriodClosed, false, done, retailer}
	permission := knownFault{400, service, quickbooks.CausePermission, false, done, retailer}
	token := knownFault{401, gateway, quickbooks.CauseTokenExpired, true, done, nobody}
	server := func(status int, envelope simulator.Envelope) knownFault {
		return knownFault{status, envelope, quickbooks.CauseServer, true, unknown, nobody}
	}
	throttled := func(envelope simulator.Envelope) knownFault {
		return knownFault{429, envelope, quickbooks.CauseThrottled, true, done, nobody}
	}
	faults := map[string]knownFault{
		"120": {401, service, quickbooks.CauseUserNotAdmin, false, done, retailer},
		"130": company, "140": company, "150": company,
		"600": {400, service, quickbooks.CauseDuplicateRequestID, false, unknown, nobody},
		"610": inactive, "610-deleted": inactive,
		"2300": {400, service, quickbooks.CauseUnbalanced, false, done, operator},
		"2500": reference, "2500-class": reference, "2500-department": reference, "2500-name": reference,
		"3001": throttled(gateway), "3001-service": throttled(service), "3001-xml": throttled(simulator.EnvelopeXML),
		"3100": {403, gateway, quickbooks.CauseForbidden, false, done, operator},
		"3200": token, "3200-revoked": token, "3200-malformed": token, "3202": token,
		"5010": {400, service, quickbooks.CauseStaleObject, false, done, operator},
		"5020": permission, "5030": permission,
		"6000-lines": rule, "6000-customer": rule, "6000-vendor": rule, "6000-amount": rule, "6000-unbalanced": rule,
		"6000-saved": {400, service, quickbooks.CauseSavedAllTheSame, true, unknown, nobody},
		"6140":       {400, service, quickbooks.CauseDuplicateDocNumber, false, done, retailer},
		"6190":       {400, service, quickbooks.CauseSubscriptionLapsed, false, done, retailer},
		"6200":       closed, "6210": closed, "6240-id": wrong, "6430": rule, "6540": rule,
		"10000": server(500, service), "10100": server(400, service), "10200": server(400, service),
		"200-html": {200, raw, quickbooks.CauseDecode, true, unknown, nobody},
		"404":      {404, raw, quickbooks.CauseNotFound, false, done, operator},
		"500":      wrong, "502-html": server(502, raw), "503": server(503, raw), "504": server(504, raw),
		"500-empty": server(500, raw),
	}
	for code := range invalidCodes() {
		faults[code] = wrong
	}
	return faults
}

// TestKnownFaults makes a real simulator answer each fault to a write, as it would come from Intuit. Whatever the client
// says was not written is not in the books, and what it says may have been written is told from what was not.
func TestKnownFaults(t *testing.T) {
	t.Parallel()
	want := knownFaults()
	seen := map[string]bool{}
	for _, known := range simulator.KnownFaults() {
		if known.Envelope == simulator.EnvelopeOAuth {
			continue
		}
		seen[known.Name] = true
		t.Run(known.Name, func(t *testing.T) {
			t.Parallel()
			sim, company := connectedSimulator(t)
			if _, err := sim.AddFault(simulator.FaultRule{Fault: known.Name, Kinds: []simulator.Kind{"journalentry.*"}, Times: 1}); err != nil {
				t.Fatal(err)
			}
			_, receipt, err := company.PostJournalEntry(t.Context(), bookable(t))
			e := asError(t, err)
			facts := e.Cause.Facts()
			got := knownFault{e.HTTPStatus, known.Envelope, e.Cause, facts.Transient, e.Outcome, facts.Actor}
			if diff := cmp.Diff(want[known.Name], got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if receipt.IntuitTID == "" || e.IntuitTID != receipt.IntuitTID || facts.Words == "" || e.Code != known.Code {
				t.Errorf("tid %q and %q, code %q, words %q", receipt.IntuitTID, e.IntuitTID, e.Code, facts.Words)
			}
			booked, journalErr := sim.Journal(simulator.DefaultRealm)
			if journalErr != nil || (len(booked) > 0) != known.Committed || (len(booked) > 0 && e.Outcome == done) {
				t.Errorf("%d entries in the books and the outcome %s, %v", len(booked), e.Outcome, journalErr)
			}
			if _, _, err := company.PostJournalEntry(t.Context(), bookable(t)); err != nil {
				t.Errorf("the same request again: %v", err)
			}
		})
	}
	for name := range want {
		if !seen[name] {
			t.Errorf("the simulator does not know the fault %s", name)
		}
	}
}

// TestKnownOAuthFaults does the same for the token endpoint.
func TestKnownOAuthFaults(t *testing.T) {
	t.Parallel()
	for name, cause := range map[string]quickbooks.Cause{
		"invalid_grant": quickbooks.CauseGrantDead, "invalid_grant-dead": quickbooks.CauseGrantDead,
		"invalid_grant-type": quickbooks.CauseGrantDead, "invalid_client": quickbooks.CauseClientRejected,
		"503": quickbooks.CauseServer, "502-html": quickbooks.CauseServer, "200-html": quickbooks.CauseDecode,
	} {
		sim, client := simulated(t)
		if _, err := sim.AddFault(simulator.FaultRule{Fault: name, Kinds: []simulator.Kind{simulator.KindToken}}); err != nil {
			t.Fatal(err)
		}
		_, err := client.Refresh(t.Context(), "RT1-1")
		if e := asError(t, err); e.Cause != cause {
			t.Errorf("%s: %s, want %s", name, e.Cause, cause)
		}
	}
}

// simulated is a simulator, and a client that reaches it without a network.
func simulated(t *testing.T) (*simulator.Simulator, *quickbooks.Client) {
	t.Helper()
	sim, err := simulator.New(simulator.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
		connected(req)
		if req.Body == nil {
			req.Body = http.NoBody
		}
		recorder := httptest.NewRecorder()
		sim.ServeHTTP(recorder, req)
		return recorder.Result(), nil
	}, func(c *quickbooks.Config) {
		c.Environment, c.DiscoveryURL = quickbooks.EnvironmentSimulator, "http://simulator.test/.well-known/openid_configuration"
		c.APIBaseURL, c.RedirectURL = "http://simulator.test", "http://localhost/callback"
		c.ClientID, c.ClientSecret = simulator.DefaultClientID, simulator.DefaultClientSecret
	})
	return sim, client
}

// connectedSimulator is a simulator and a handle for its company.
func connectedSimulator(t *testing.T) (*simulator.Simulator, *quickbooks.Company) {
	t.Helper()
	sim, client := simulated(t)
	code := consentTo(t, sim)
	token, err := client.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return sim, client.Company(simulator.DefaultRealm, token.Access)
}

// consentTo presses Authorize and returns the code.
func consentTo(t *testing.T, sim http.Handler) string {
	t.Helper()
	form := url.Values{
		"client_id": {simulator.DefaultClientID}, "redirect_uri": {"http://localhost/callback"}, "response_type": {"code"},
		"scope": {quickbooks.Scope}, "state": {"s"}, "decision": {"authorize"}, "realm": {simulator.DefaultRealm},
	}
	req := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/connect/oauth2", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	sim.ServeHTTP(recorder, req)
	back, err := url.Parse(recorder.Header().Get("Location"))
	if err != nil || back.Query().Get("code") == "" {
		t.Fatal(errors.Join(err, errors.New("no code: "+recorder.Body.String())))
	}
	return back.Query().Get("code")
}

// bookable is a request for an entry that the simulator's first chart takes.
func bookable(t *testing.T) quickbooks.Request {
	t.Helper()
	line := func(side, account string) wire.JournalLine {
		return wire.JournalLine{
			Amount: 1234, DetailType: wire.DetailTypeJournal,
			JournalEntryLineDetail: &wire.JournalLineDetail{PostingType: side, AccountRef: &wire.Ref{Value: account}},
		}
	}
	body, err := quickbooks.EncodeJournalEntry(wire.JournalEntry{
		DocNumber: "K-1", TxnDate: "2026-08-30", Line: []wire.JournalLine{line(wire.PostingDebit, "1"), line(wire.PostingCredit, "2")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return quickbooks.Request{Kind: quickbooks.Single, ID: "known-fault", Body: body}
}
