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

// meaning is how a fault comes over the wire, and all that the client makes of it when a write runs into it.
type meaning struct {
	Status     int
	Envelope   simulator.Envelope
	Cause      quickbooks.Cause
	Transient  bool
	Outcome    quickbooks.Outcome
	Actor      quickbooks.Actor
	ExistingID string
}

// meanings has every fault of Intuit's that is documented or was recorded, by the name that the simulator gives it: its
// code, with a word behind it where one code comes in several forms.
func meanings() map[string]meaning {
	const (
		nobody, retailer, operator = quickbooks.ActorNobody, quickbooks.ActorRetailer, quickbooks.ActorOperator
		service, gateway           = simulator.EnvelopeService, simulator.EnvelopeGateway
		xml, raw                   = simulator.EnvelopeXML, simulator.EnvelopeRaw
	)
	// Nothing was written, and we, or the retailer, have to do something.
	ours := func(cause quickbooks.Cause) meaning { return meaning{400, service, cause, false, done, operator, ""} }
	theirs := func(cause quickbooks.Cause) meaning { return meaning{400, service, cause, false, done, retailer, ""} }
	// It passes, or is settled, by itself.
	passes := func(status int, in simulator.Envelope, cause quickbooks.Cause, outcome quickbooks.Outcome) meaning {
		return meaning{status, in, cause, true, outcome, nobody, ""}
	}
	invalid, rule := ours(quickbooks.CauseInvalidRequest), theirs(quickbooks.CauseBusinessRule)
	reference, inactive := theirs(quickbooks.CauseAccountNotFound), theirs(quickbooks.CauseAccountInactive)
	company := passes(400, service, quickbooks.CauseCompanyUnavailable, done)
	token := passes(401, gateway, quickbooks.CauseTokenExpired, done)
	return map[string]meaning{
		"120": {401, service, quickbooks.CauseUserNotAdmin, false, done, retailer, ""},
		"130": company, "140": company, "150": company,
		"500": invalid,
		"600": {400, service, quickbooks.CauseDuplicateRequestID, false, unknown, nobody, ""},
		"610": inactive, "610-deleted": inactive,
		"620": invalid, "630": invalid, "700": invalid, "800": invalid, "900": invalid, "1040": invalid,
		"2000": invalid, "2010": invalid, "2020": invalid, "2030": invalid, "2040": invalid, "2050": invalid, "2060": invalid,
		"2070": invalid, "2090": invalid, "2110": invalid, "2130": invalid, "2140": invalid, "2170": invalid,
		"2250": invalid, "2260": invalid, "2270": invalid, "2280": invalid, "2290": invalid,
		"2300": ours(quickbooks.CauseUnbalanced),
		"2500": reference, "2500-class": reference, "2500-department": reference, "2500-name": reference,
		"3001":         passes(429, gateway, quickbooks.CauseThrottled, done),
		"3001-service": passes(429, service, quickbooks.CauseThrottled, done),
		"3001-xml":     passes(429, xml, quickbooks.CauseThrottled, done),
		"3100":         {403, gateway, quickbooks.CauseForbidden, false, done, operator, ""},
		"3200":         token, "3200-revoked": token, "3200-malformed": token, "3202": token,
		"4000": invalid, "4001": invalid, "4002": invalid,
		"5010": ours(quickbooks.CauseStaleObject),
		"5020": theirs(quickbooks.CausePermission), "5030": theirs(quickbooks.CausePermission),
		"6000-lines": rule, "6000-customer": rule, "6000-vendor": rule, "6000-amount": rule, "6000-unbalanced": rule,
		"6000-saved": passes(400, service, quickbooks.CauseSavedAllTheSame, unknown),
		"6010":       invalid, "6060": invalid, "6150": invalid, "6180": rule,
		"6140": {400, service, quickbooks.CauseDuplicateDocNumber, false, done, retailer, "3632"},
		"6190": theirs(quickbooks.CauseSubscriptionLapsed),
		"6200": theirs(quickbooks.CausePeriodClosed), "6210": theirs(quickbooks.CausePeriodClosed),
		"6240":    theirs(quickbooks.CauseDuplicateName),
		"6240-id": {400, service, quickbooks.CauseDuplicateName, false, done, retailer, "1209"},
		"6430":    rule, "6540": rule,
		"10000": passes(500, service, quickbooks.CauseServer, unknown),
		"10100": passes(400, service, quickbooks.CauseServer, unknown),
		"10200": passes(400, service, quickbooks.CauseServer, unknown),
		// Without a code.
		"200-html":  passes(200, raw, quickbooks.CauseDecode, unknown),
		"404":       {404, raw, quickbooks.CauseNotFound, false, done, operator, ""},
		"500-empty": passes(500, raw, quickbooks.CauseServer, unknown),
		"502-html":  passes(502, raw, quickbooks.CauseServer, unknown),
		"503":       passes(503, raw, quickbooks.CauseServer, unknown),
		"504":       passes(504, raw, quickbooks.CauseServer, unknown),
	}
}

// grantMeanings has the errors of the token endpoint in the same way. A grant that was refused was not carried out.
func grantMeanings() map[string]meaning {
	const oauth, retailer = simulator.EnvelopeOAuth, quickbooks.ActorRetailer
	dead := meaning{400, oauth, quickbooks.CauseGrantDead, false, done, retailer, ""}
	return map[string]meaning{
		"invalid_grant": dead, "invalid_grant-dead": dead, "invalid_grant-type": dead,
		"invalid_client": {401, oauth, quickbooks.CauseClientRejected, false, done, quickbooks.ActorOperator, ""},
	}
}

// meaningOf is what the client made of a failed call.
func meaningOf(e *quickbooks.Error, in simulator.Envelope) meaning {
	facts := e.Facts()
	return meaning{e.HTTPStatus, in, e.Cause, facts.Transient, e.Outcome, facts.Actor, e.ExistingID}
}

// TestKnownFaults makes a real simulator answer each fault to a write, as it would come from Intuit. Whatever the client
// says was not written is not in the books, and what it says may have been written is told from what was not.
func TestKnownFaults(t *testing.T) {
	t.Parallel()
	want, grants := meanings(), grantMeanings()
	for _, known := range simulator.KnownFaults() {
		if _, grant := grants[known.Name]; grant {
			continue // TestKnownGrantFaults plays it
		}
		expected := want[known.Name]
		delete(want, known.Name)
		t.Run(known.Name, func(t *testing.T) {
			t.Parallel()
			sim, company := connectedSimulator(t)
			if _, err := sim.AddFault(simulator.FaultRule{Fault: known.Name, Kinds: []simulator.Kind{"journalentry.*"}, Times: 1}); err != nil {
				t.Fatal(err)
			}
			_, receipt, err := company.PostJournalEntry(t.Context(), bookable(t))
			e := asError(t, err)
			if diff := cmp.Diff(expected, meaningOf(e, known.Envelope)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if receipt.IntuitTID == "" || e.IntuitTID != receipt.IntuitTID || e.Facts().Words == "" || e.Code != known.Code {
				t.Errorf("tid %q and %q, code %q, words %q", receipt.IntuitTID, e.IntuitTID, e.Code, e.Facts().Words)
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
		t.Errorf("the simulator does not know the fault %s", name)
	}
}

// TestKnownGrantFaults does the same for the token endpoint, which meets what has no code as well.
func TestKnownGrantFaults(t *testing.T) {
	t.Parallel()
	want := grantMeanings()
	for _, known := range simulator.KnownFaults() {
		if known.Envelope == simulator.EnvelopeRaw {
			want[known.Name] = meanings()[known.Name]
		}
		expected, ok := want[known.Name]
		if known.Envelope != simulator.EnvelopeOAuth && !ok {
			continue
		}
		sim, client := simulated(t)
		if _, err := sim.AddFault(simulator.FaultRule{Fault: known.Name, Kinds: []simulator.Kind{simulator.KindToken}}); err != nil {
			t.Fatal(err)
		}
		_, err := client.Refresh(t.Context(), "RT1-1")
		e := asError(t, err)
		if diff := cmp.Diff(expected, meaningOf(e, known.Envelope)); diff != "" || e.Code != known.Code || e.IntuitTID == "" {
			t.Errorf("%s: code %q, tid %q (-want +got)\n%s", known.Name, e.Code, e.IntuitTID, diff)
		}
		delete(want, known.Name)
	}
	for name := range want {
		t.Errorf("the simulator does not know the error %s", name)
	}
}

// simulated is a simulator, and a client that reaches it without a network.
func simulated(t *testing.T, change ...func(*simulator.Options)) (*simulator.Simulator, *quickbooks.Client) {
	t.Helper()
	options := simulator.Options{Seed: 1}
	for _, f := range change {
		f(&options)
	}
	sim, err := simulator.New(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	})
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
func connectedSimulator(t *testing.T, change ...func(*simulator.Options)) (*simulator.Simulator, *quickbooks.Company) {
	t.Helper()
	sim, client := simulated(t, change...)
	code := consentTo(t, sim)
	token, err := client.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return sim, client.Company(simulator.DefaultRealm, token.Access, unpaced)
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
