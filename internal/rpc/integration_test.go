package rpc_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/rpc"
)

func (w *world) connection() *integrationv1.Connection {
	w.t.Helper()
	return must(w.ann().integration.GetConnection(w.t.Context(), &integrationv1.GetConnectionRequest{
		RetailerId: retailer,
	}))(w.t).GetConnection()
}

func (w *world) authorizationURL(returnURL string) (string, error) {
	answer, err := w.ann().integration.Connect(w.t.Context(), &integrationv1.ConnectRequest{
		RetailerId: retailer, ReturnUrl: returnURL,
	})
	return answer.GetAuthorizationUrl(), err
}

func TestConnectThroughTheConsentPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.connection()
	if before.GetState() != integrationv1.Connection_STATE_NOT_CONNECTED ||
		before.GetEnvironment() != integrationv1.Connection_ENVIRONMENT_SIMULATOR {
		t.Errorf("before: %v", before)
	}
	page := w.connect("authorize")
	text := body(t, page)
	if page.StatusCode != http.StatusOK || !strings.Contains(text, "QuickBooks is connected") {
		t.Fatalf("%s: %s", page.Status, text)
	}
	after := w.connection()
	if after.GetState() != integrationv1.Connection_STATE_CONNECTED || after.GetRealmId() != w.simulator.Realms()[0] ||
		after.GetCompanyName() == "" || after.GetHomeCurrencyCode() != "USD" || after.GetConnectedBy() != "ann" ||
		after.GetConnectTime() == nil || after.GetAuthorizationExpireTime() == nil || after.GetSyncStarted() {
		t.Errorf("after: %v", after)
	}
	_, err := w.authorizationURL("")
	wantError(t, err, connect.CodeFailedPrecondition, "ALREADY_CONNECTED")
}

func TestImportAccountsTellsItsProgress(t *testing.T) {
	t.Parallel()
	w := connected(t)
	progress, summary := w.importAccounts()
	if len(progress) == 0 || summary.GetTotalCount() < 90 || summary.GetNewCount() != 0 || summary.GetInactiveCount() == 0 {
		t.Errorf("progress %v, summary %v", progress, summary)
	}
	if last := progress[len(progress)-1]; last.GetReadCount() != last.GetTotalCount() {
		t.Errorf("the last progress is %v", last)
	}
	if c := w.connection(); c.GetAccountCount() != summary.GetTotalCount() || c.GetAccountsImportTime() == nil {
		t.Errorf("connection = %v", c)
	}
}

func TestDisconnectKeepsEverythingButTheTokens(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSaleRoles()
	answer := must(w.ann().integration.Disconnect(t.Context(), &integrationv1.DisconnectRequest{RetailerId: retailer}))(t)
	if !answer.GetRevokedAtIntuit() ||
		answer.GetConnection().GetState() != integrationv1.Connection_STATE_NOT_CONNECTED ||
		answer.GetConnection().GetAuthorizationExpireTime() != nil {
		t.Errorf("answer = %v", answer)
	}
	if n := len(w.listMappings(func(*financialv1.ListMappingsRequest) {})); n != 2 {
		t.Errorf("%d mappings are left, want 2", n)
	}
	again := must(w.ann().integration.Disconnect(t.Context(), &integrationv1.DisconnectRequest{RetailerId: retailer}))(t)
	if again.GetRevokedAtIntuit() {
		t.Error("a second time there was something to revoke")
	}
}

func TestCallsThatTakeAConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.ann().integration.StartSync(t.Context(), &integrationv1.StartSyncRequest{RetailerId: retailer})
	wantError(t, err, connect.CodeFailedPrecondition, "NOT_CONNECTED")
	stream := must(w.ann().integration.ImportAccounts(t.Context(),
		&integrationv1.ImportAccountsRequest{RetailerId: retailer}))(t)
	_, err = stream.Receive()
	wantError(t, err, connect.CodeFailedPrecondition, "NOT_CONNECTED")
}

func TestStartAndPauseSync(t *testing.T) {
	t.Parallel()
	w := connected(t)
	started := must(w.ann().integration.StartSync(t.Context(), &integrationv1.StartSyncRequest{RetailerId: retailer}))(t)
	if c := started.GetConnection(); !c.GetSyncStarted() || c.GetSyncStartTime() == nil {
		t.Errorf("after StartSync: %v", c)
	}
	paused := must(w.ann().integration.PauseSync(t.Context(), &integrationv1.PauseSyncRequest{RetailerId: retailer}))(t)
	if c := paused.GetConnection(); c.GetSyncStarted() || c.GetSyncStartTime() == nil {
		t.Errorf("after PauseSync: %v", c)
	}
}

func TestReturnURLs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *rpc.Config) {
		c.AllowedReturnURLs = []string{"https://shop.example/settings/", "http://localhost:3000", "https://[2001:db8::1]:8443/x"}
	})
	for _, good := range []string{
		"", "https://shop.example/settings", "https://shop.example/settings/", "https://SHOP.example:443/settings/qbo?tab=1#x",
		"http://localhost:3000", "http://localhost:3000/anything", "https://[2001:db8::1]:8443/x/y", w.url, w.url + "/console",
	} {
		if _, err := w.authorizationURL(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"https://shop.example/", "https://shop.example/settingsx", "https://shop.example/settings/../admin",
		"https://shop.example/settings/%2e%2e/admin", "http://shop.example/settings", "https://shop.example:8443/settings",
		"https://shop.example.evil.example/settings", "https://shop.example@evil.example/settings",
		"https://user@shop.example/settings", `https://shop.example\@evil.example/settings`, "https://evil.example/settings",
		"http://localhost/settings", "https:///settings", "https://shop.example//settings",
	} {
		_, err := w.authorizationURL(bad)
		t.Log(bad)
		_, violations := wantError(t, err, connect.CodeInvalidArgument, "RETURN_URL_NOT_ALLOWED")
		wantField(t, violations, "return_url")
	}
	_, err := w.authorizationURL("javascript:alert(1)")
	wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
}

func TestNewRefusesReturnURLsThatNobodyCanReturnTo(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"shop.example", "ftp://shop.example", "https://a@shop.example", "https://x/../y"} {
		w := newWorld(t)
		cfg := rpc.Config{
			Store: w.store, Engine: w.engine, Authenticator: w.auth, Log: discard(), PageKey: make([]byte, 32),
			PublicURL: w.url, AllowedReturnURLs: []string{address},
		}
		if _, err := rpc.New(cfg); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
}

// script finds what the page's script does.
func script(t *testing.T, text string) (message, origin, forward string) {
	t.Helper()
	find := func(pattern string) string {
		match := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if match == nil {
			t.Fatalf("the page does not match %s:\n%s", pattern, text)
		}
		return match[1]
	}
	return find(`const message = (\{.*\});`), find(`postMessage\(message, "([^"]*)"\)`), find(`const forward = "([^"]*)";`)
}

func TestCallbackTellsTheOpener(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, step := range []struct {
		decision, returnURL string
		message, origin     string
		forward             string
	}{
		{
			"cancel", "", `{ source: "tillpost", result: "refused", reason: "AUTHORIZATION_REFUSED", metadata: {} }`, w.url, "",
		},
		{
			"cancel", "https://shop.example/settings?a=b", `{ source: "tillpost", result: "refused", reason: "AUTHORIZATION_REFUSED", metadata: {} }`,
			"https://shop.example", "https://shop.example/settings?a=b&reason=AUTHORIZATION_REFUSED&tillpost=refused",
		},
		{
			"authorize", "https://shop.example/settings/qbo#top", `{ source: "tillpost", result: "connected", reason: "", metadata: {} }`,
			"https://shop.example", "https://shop.example/settings/qbo?tillpost=connected#top",
		},
	} {
		page := w.decide(must(w.authorizationURL(step.returnURL))(t), step.decision)
		text := body(t, page)
		message, origin, forward := script(t, text)
		forward = strings.NewReplacer(`\/`, "/", `\u0026`, "&", `\u003d`, "=").Replace(forward)
		origin = strings.ReplaceAll(origin, `\/`, "/")
		if page.StatusCode != http.StatusOK || message != step.message || origin != step.origin || forward != step.forward {
			t.Errorf("%s with %q: %s\nmessage %s\norigin %s\nforward %s", step.decision, step.returnURL, page.Status, message,
				origin, forward)
		}
		if sent := page.Request.URL.Query(); strings.Contains(text, sent.Get("state")) ||
			(sent.Has("code") && strings.Contains(text, sent.Get("code"))) {
			t.Error("the page holds the state or the code")
		}
	}
}

func TestCallbackHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.connect("authorize")
	nonce := regexp.MustCompile(`<script nonce="(\w{20,})">`).FindStringSubmatch(body(t, page))
	if nonce == nil {
		t.Fatal("the script has no nonce")
	}
	for name, want := range map[string]string{
		"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
		"X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; script-src 'nonce-" + nonce[1] + "'; style-src 'nonce-" + nonce[1] +
			"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	} {
		if got := page.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestCallbackFailures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.connect("authorize")
	used := page.Request.URL.String()
	for name, test := range map[string]struct {
		method, address string
		status          int
		reason          string
	}{
		"used twice":   {http.MethodGet, used, http.StatusBadRequest, "AUTHORIZATION_UNKNOWN"},
		"made up":      {http.MethodGet, w.url + rpc.CallbackPath + "?state=a.b&code=c&realmId=1", http.StatusBadRequest, "AUTHORIZATION_UNKNOWN"},
		"without all":  {http.MethodGet, w.url + rpc.CallbackPath, http.StatusBadRequest, "AUTHORIZATION_UNKNOWN"},
		"endless":      {http.MethodGet, w.url + rpc.CallbackPath + "?state=" + strings.Repeat("s", 3000), http.StatusBadRequest, "AUTHORIZATION_UNKNOWN"},
		"HEAD":         {http.MethodHead, used, http.StatusMethodNotAllowed, ""},
		"POST":         {http.MethodPost, used, http.StatusMethodNotAllowed, ""},
		"script in it": {http.MethodGet, w.url + rpc.CallbackPath + "?state=" + url.QueryEscape("</script><script>"), http.StatusBadRequest, "AUTHORIZATION_UNKNOWN"},
	} {
		request := must(http.NewRequestWithContext(t.Context(), test.method, test.address, http.NoBody))(t)
		status, text := w.do(request)
		if status != test.status || !strings.Contains(text, test.reason) || strings.Count(text, "<script") > 1 {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
}

func TestCallbackOfAnotherCompany(t *testing.T) {
	t.Parallel()
	w := connected(t)
	other := must(w.simulator.AddCompany(otherCompany()))(t)
	must(w.ann().integration.Disconnect(t.Context(), &integrationv1.DisconnectRequest{RetailerId: retailer}))(t)
	address := must(url.Parse(must(w.authorizationURL(""))(t)))(t)
	query := address.Query()
	query.Set("realm", other)
	address.RawQuery = query.Encode()
	page := w.decide(address.String(), "authorize")
	if text := body(t, page); page.StatusCode != http.StatusConflict || !strings.Contains(text, "OTHER_COMPANY") {
		t.Errorf("%s: %s", page.Status, text)
	}
}

func TestWhenQuickBooksDoesNotAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	address := must(url.Parse(must(w.authorizationURL("https://shop.example/settings"))(t)))(t)
	consent := address.Query()
	w.simClose()
	query := url.Values{"state": {consent.Get("state")}, "code": {"c"}, "realmId": {"123456789"}}
	request := must(http.NewRequestWithContext(t.Context(), http.MethodGet,
		w.url+rpc.CallbackPath+"?"+query.Encode(), http.NoBody))(t)
	status, text := w.do(request)
	if status != http.StatusBadGateway || !strings.Contains(text, "tillpost=failed") ||
		!strings.Contains(text, "QUICKBOOKS_UNAVAILABLE") {
		t.Errorf("the callback: %d %s", status, text)
	}
	other := newWorld(t)
	other.simClose()
	_, err := other.authorizationURL("")
	wantError(t, err, connect.CodeUnavailable, "QUICKBOOKS_UNAVAILABLE")
}

func TestWhenTheAuthorizationIsLost(t *testing.T) {
	t.Parallel()
	w := connected(t)
	connection := must(w.store.Connection(t.Context(), retailer))(t)
	must(w.store.LoseAuthorization(t.Context(), retailer, connection.Tokens.Version, "", "revoked", time.Now()))(t)
	stream := must(w.ann().integration.ImportAccounts(t.Context(),
		&integrationv1.ImportAccountsRequest{RetailerId: retailer}))(t)
	_, err := stream.Receive()
	wantError(t, err, connect.CodeFailedPrecondition, "REAUTHORIZATION_REQUIRED")
	status := w.status()
	if status.GetConnectionHealth() != financialv1.ConnectionHealth_CONNECTION_HEALTH_REAUTHORIZATION_REQUIRED ||
		status.GetConnectionProblem() != "revoked" ||
		w.connection().GetState() != integrationv1.Connection_STATE_REAUTHORIZATION_REQUIRED {
		t.Errorf("status = %v", status)
	}
	if page := w.connect("authorize"); page.StatusCode != http.StatusOK {
		t.Errorf("connecting again: %s", page.Status)
	}
	if got := w.connection().GetState(); got != integrationv1.Connection_STATE_CONNECTED {
		t.Errorf("after connecting again: %s", got)
	}
}
