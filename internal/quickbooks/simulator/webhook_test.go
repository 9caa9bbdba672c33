package simulator_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

func TestWebhookAsCloudEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &listener{}
		a := listeningApp(t, to, nil)
		a.mustPost(a.sale("SALE-1", "12.00"))
		synctest.Wait()
		calls := to.received()
		if len(calls) != 1 {
			t.Fatalf("%d calls, want 1", len(calls))
		}
		const want = `[{"specversion":"1.0","id":"ID","source":"intuit.bKgBu2OsEwahOTflNBC8C8JpozKS2K6Pql+fAkPabHc=",` +
			`"type":"qbo.journalentry.created.v1","datacontenttype":"application/json","time":"2026-08-31T19:11:06.000000000Z",` +
			`"intuitentityid":"1","intuitaccountid":"9341450000000001","data":{}}]`
		id := calls[0].events(t)[0].ID
		if diff := cmp.Diff(want, strings.Replace(calls[0].body, id, "ID", 1)); diff != "" {
			t.Errorf("body (-want +got):\n%s", diff)
		}
		if len(id) != 36 || id[14] != '4' {
			t.Errorf("%q is no UUID", id)
		}
		checkSignature(t, calls[0])
	})
}

func checkSignature(t *testing.T, call received) {
	t.Helper()
	mac := hmac.New(sha256.New, []byte(verifierToken))
	mac.Write([]byte(call.body))
	want := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if got := call.header.Get("Intuit-Signature"); got != want {
		t.Errorf("intuit-signature is %q, want %q", got, want)
	}
	if got := call.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("Content-Type is %q", got)
	}
}

func TestWebhookInTheOlderForm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &listener{}
		a := listeningApp(t, to, func(o *simulator.Options) {
			o.WebhookDelay = time.Minute
			o.Switches = map[simulator.Switch]string{simulator.SwitchWebhookFormat: "legacy"}
		})
		a.post("account", `{"Id":"1","SyncToken":"0","sparse":true,"Description":"changed"}`)
		a.mustPost(a.sale("SALE-1", "12.00"))
		a.post("journalentry?operation=delete", `{"Id":"1","SyncToken":"0"}`)
		synctest.Wait()
		if early := to.received(); len(early) != 0 {
			t.Fatalf("%d calls before the delay is over", len(early))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		calls := to.received()
		if len(calls) != 1 {
			t.Fatalf("%d calls, want 1 with all changes", len(calls))
		}
		const want = `{"eventNotifications":[{"realmId":"9341450000000001","dataChangeEvent":{"entities":[` +
			`{"name":"Account","id":"1","operation":"Update","lastUpdated":"2026-08-31T19:11:06.000Z"},` +
			`{"name":"JournalEntry","id":"1","operation":"Create","lastUpdated":"2026-08-31T19:11:06.000Z"},` +
			`{"name":"JournalEntry","id":"1","operation":"Delete","lastUpdated":"2026-08-31T19:11:06.000Z"}]}}]}`
		if diff := cmp.Diff(want, calls[0].body); diff != "" {
			t.Errorf("body (-want +got):\n%s", diff)
		}
		checkSignature(t, calls[0])
	})
}

// What is not acknowledged is tried again as Intuit does, with the same bytes, and later changes wait until it is.
func TestWebhookRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const refusals = 11
		to := &listener{answer: func(attempt int, _ string) (*http.Response, error) {
			switch {
			case attempt == 1:
				return status(http.StatusFound), nil
			case attempt == 2:
				return nil, errors.New("connection refused")
			case attempt <= refusals:
				return status(http.StatusAccepted), nil
			}
			return status(http.StatusOK), nil
		}}
		a := listeningApp(t, to, nil)
		began := time.Now()
		a.mustPost(a.sale("SALE-1", "12.00"))
		synctest.Wait()
		a.mustPost(a.sale("SALE-2", "12.00"))
		time.Sleep(40 * time.Hour)
		synctest.Wait()

		calls := to.received()
		if len(calls) != refusals+2 {
			t.Fatalf("%d calls, want %d", len(calls), refusals+2)
		}
		waits := make([]string, refusals)
		last := began
		for i, call := range calls[1 : refusals+1] {
			if call.body != calls[0].body {
				t.Errorf("attempt %d has another body", i+2)
			}
			waits[i], last = call.at.Sub(last).String(), call.at
		}
		want := []string{"10s", "20s", "30s", "5m0s", "20m0s", "2h0m0s", "4h0m0s", "6h0m0s", "6h0m0s", "6h0m0s", "6h0m0s"}
		if diff := cmp.Diff(want, waits); diff != "" {
			t.Errorf("waits (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"journalentry.created 1", "journalentry.created 2"}, kinds(t, calls[refusals:])); diff != "" {
			t.Errorf("the order (-want +got):\n%s", diff)
		}
		got := a.sim.WebhookDeliveries()
		wantList := []simulator.WebhookDelivery{
			{Time: started(), App: simulator.DefaultClientID, Realm: a.realm, Events: 1, Attempts: refusals + 1, Status: 200},
			{Time: started(), App: simulator.DefaultClientID, Realm: a.realm, Events: 1, Attempts: 1, Status: 200},
		}
		if diff := cmp.Diff(wantList, got); diff != "" {
			t.Errorf("deliveries (-want +got):\n%s", diff)
		}
	})
}

// An app that does not answer holds up neither the API nor what other companies have to tell, and is given three seconds.
func TestSlowWebhookHoldsUpNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hung := make(chan struct{})
		slow := &slowListener{listener: &listener{}, hung: hung}
		options := listening(nil)
		options.WebhookTransport = slow
		options.Companies = []simulator.CompanyOptions{{Realm: "11"}, {Realm: "12"}}
		a := newApp(t, options)
		closing(t, a.sim)
		other := a.with(t)
		other.realm = "12"
		other.token = other.exchange(other.consent("12")).AccessToken

		began := time.Now()
		for range 250 {
			a.mustPost(a.sale("", "1.00"))
		}
		other.mustPost(other.sale("", "1.00"))
		if took := time.Since(began); took != 0 {
			t.Errorf("the API took %v", took)
		}
		synctest.Wait()
		if told := kinds(t, slow.received()); !cmp.Equal(told, []string{"journalentry.created 1"}) {
			t.Errorf("the other company: %v", told)
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		deliveries := a.sim.WebhookDeliveries()
		first := deliveries[len(deliveries)-1]
		if first.Realm != "11" || !first.Pending || first.Attempts != 1 || !strings.Contains(first.Error, "deadline") {
			t.Errorf("after three seconds: %+v", first)
		}
		close(hung)
		time.Sleep(time.Minute)
		synctest.Wait()
		var sizes []int
		for _, call := range slow.received()[1:] {
			sizes = append(sizes, len(call.events(t)))
		}
		if total := len(kinds(t, slow.received())); total != 251 || len(sizes) > 4 {
			t.Errorf("%d events in calls of %v", total, sizes)
		}
	})
}

// Only apps that are connected to a company hear of it.
func TestWebhooksGoToConnectedApps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &listener{}
		a := listeningApp(t, to, func(o *simulator.Options) {
			o.Companies = []simulator.CompanyOptions{{Realm: "11"}, {Realm: "12"}}
			o.Apps = append(o.Apps, simulator.App{
				ClientID: "other", ClientSecret: "s", WebhookURL: "http://other.test/", VerifierToken: "v",
			})
		})
		if queues := a.sim.WebhookDeliveries(); len(queues) != 0 {
			t.Errorf("%d deliveries before any change", len(queues))
		}
		a.mustPost(a.sale("SALE-1", "1.00"))
		a.post("journalentry", `{}`)                                              // changes nothing
		a.post("batch", batchJSON(`{"bId":"1","Query":"select * from Account"}`)) // nor does this
		synctest.Wait()
		if got := kinds(t, to.received()); !cmp.Equal(got, []string{"journalentry.created 1"}) {
			t.Errorf("told: %v", got)
		}
		send(t, a.sim, form(t, "/v2/oauth2/tokens/revoke", map[string][]string{"token": {a.token}}))
		token := a.exchange(a.consent("12"))
		b := a.with(t)
		b.realm, b.token = "12", token.AccessToken
		b.mustPost(b.sale("SALE-1", "1.00"))
		synctest.Wait()
		calls := to.received()
		if len(calls) != 2 || calls[1].events(t)[0].AccountID != "12" {
			t.Errorf("%d calls", len(calls))
		}
	})
}

// A call is given up when its app is disconnected.
func TestWebhookEndsWithTheConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &listener{answer: func(int, string) (*http.Response, error) { return status(http.StatusTeapot), nil }}
		a := listeningApp(t, to, nil)
		a.mustPost(a.sale("SALE-1", "1.00"))
		synctest.Wait()
		send(t, a.sim, form(t, "/v2/oauth2/tokens/revoke", map[string][]string{"token": {a.token}}))
		time.Sleep(time.Hour)
		synctest.Wait()
		got := a.sim.WebhookDeliveries()
		if len(to.received()) != 1 || len(got) != 1 || got[0].Pending || got[0].Status != http.StatusTeapot || got[0].Error == "" {
			t.Errorf("%d calls, %+v", len(to.received()), got)
		}
	})
}

// What waits for an app that is away is bounded; the oldest is forgotten.
func TestWebhookQueueIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &listener{answer: func(attempt int, _ string) (*http.Response, error) {
			if attempt == 1 {
				return status(http.StatusServiceUnavailable), nil
			}
			return status(http.StatusOK), nil
		}}
		a := listeningApp(t, to, nil)
		a.mustPost(a.sale("", "1.00"))
		synctest.Wait()
		body := a.batchOf("N", 30)
		for range 334 { // 10,020 changes, 20 more than there is room for
			a.post("batch?include=allowduplicatedocnum", body)
		}
		var list struct {
			Queues []struct {
				App     string
				Waiting int
				Dropped int
			}
			Deliveries []simulator.WebhookDelivery
		}
		send(t, a.sim, adminGet(t, "/admin/webhooks")).into(t, &list)
		if len(list.Queues) != 1 || list.Queues[0].Waiting != 10_000 || list.Queues[0].Dropped != 20 || len(list.Deliveries) != 1 {
			t.Errorf("%+v", list)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		told := kinds(t, to.received()[1:])
		if len(told) != 10_001 || told[1] != "journalentry.created 22" {
			t.Errorf("%d told, the second is %s", len(told), told[1])
		}
	})
}

// With a file, apps are told of what is in it.
func TestWebhooksWithAFile(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	to := &listener{answer: func(_ int, body string) (*http.Response, error) {
		got <- body
		return status(http.StatusOK), nil
	}}
	options := listening(to)
	options.File = filepath.Join(t.TempDir(), "books.db")
	a := newApp(t, options)
	closing(t, a.sim)
	a.mustPost(a.sale("SALE-1", "1.00"))
	if body := <-got; !strings.Contains(body, "qbo.journalentry.created.v1") {
		t.Errorf("%s", body)
	}
}

func TestWebhookOptions(t *testing.T) {
	t.Parallel()
	for name, app := range map[string]simulator.App{
		"no address":  {WebhookURL: "app.test/webhooks", VerifierToken: "v"},
		"no token":    {WebhookURL: "http://app.test/"},
		"another way": {WebhookURL: "ftp://app.test/", VerifierToken: "v"},
	} {
		app.ClientID, app.ClientSecret = "a", "s"
		if _, err := simulator.New(simulator.Options{Apps: []simulator.App{app}}); !errors.Is(err, simulator.ErrOptions) {
			t.Errorf("%s: %v, want ErrOptions", name, err)
		}
	}
}

func adminGet(tb testing.TB, path string) *http.Request {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return request
}
