package quickbooks_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks"
)

// intuit is an OAuth server: its discovery document, and one answer for the token and revocation endpoints.
type intuit struct {
	status      int
	contentType string
	body        string
	calls       []recorded
}

type recorded struct {
	path          string
	authorization string
	contentType   string
	accept        string
	hardExpiry    string
	body          string
}

func (i *intuit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	base := "http://" + r.Host
	if r.URL.Path == discovery {
		_, _ = fmt.Fprintf(w, `{"issuer":"x","authorization_endpoint":"%[1]s/connect/oauth2","token_endpoint":"%[1]s/tokens/bearer",`+
			`"revocation_endpoint":"%[1]s/tokens/revoke","scopes_supported":["openid"]}`, base)
		return
	}
	body, _ := io.ReadAll(r.Body)
	i.calls = append(i.calls, recorded{
		r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), r.Header.Get("Accept"),
		r.Header.Get("X-Include-Refresh-Token-Hard-Expires-In"), string(body),
	})
	if i.contentType != "" {
		w.Header().Set("Content-Type", i.contentType)
	}
	w.Header().Set("Intuit_tid", "1-oauth")
	w.WriteHeader(i.status)
	_, _ = io.WriteString(w, i.body)
}

const (
	basic   = "Basic YXBwLWlkOmFwcC1zZWNyZXQtdmFsdWUtMDEyMzQ1Njc4OQ==" // app-id:app-secret-value-0123456789
	granted = `{"token_type":"bearer","access_token":"eyJ-new","expires_in":3600,"refresh_token":"RT1-new","x_refresh_token_expires_in":8726400,"x_refresh_token_hard_expires_in":157680000,"id_token":"x"}`
)

// TestAuthorizeURL holds the address of the consent page.
func TestAuthorizeURL(t *testing.T) {
	t.Parallel()
	server := serve(t, (&intuit{}).ServeHTTP)
	client := newClient(t, server)
	address, err := client.AuthorizeURL(t.Context(), "s t&a=te")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, server.URL+"/connect/oauth2?") {
		t.Fatalf("got %s, %v", address, err)
	}
	want := url.Values{
		"client_id": {"app-id"}, "response_type": {"code"}, "scope": {"com.intuit.quickbooks.accounting"},
		"redirect_uri": {"http://localhost:8080/callback"}, "state": {"s t&a=te"},
	}
	if diff := cmp.Diff(want, u.Query()); diff != "" {
		t.Errorf("parameters differ (-want +got):\n%s", diff)
	}
	_, err = client.AuthorizeURL(t.Context(), "")
	wantFailure(t, err, quickbooks.CauseInvalidRequest, quickbooks.OutcomeNotCommitted)
}

// TestGrants holds both token requests and the reading of the answer.
func TestGrants(t *testing.T) {
	t.Parallel()
	server := &intuit{status: 200, body: granted, contentType: "application/json;charset=utf-8"}
	client := newClient(t, serve(t, server.ServeHTTP))
	before := time.Now()
	exchanged, err := client.Exchange(t.Context(), "AB11 code&")
	if err != nil {
		t.Fatal(err)
	}
	after := time.Now()
	refreshed, err := client.Refresh(t.Context(), "RT1-old")
	if err != nil {
		t.Fatal(err)
	}
	const form = "application/x-www-form-urlencoded"
	want := []recorded{
		{"/tokens/bearer", basic, form, "application/json", "true", "code=AB11+code%26&grant_type=authorization_code&redirect_uri=http%3A%2F%2Flocalhost%3A8080%2Fcallback"},
		{"/tokens/bearer", basic, form, "application/json", "true", "grant_type=refresh_token&refresh_token=RT1-old"},
	}
	if diff := cmp.Diff(want, server.calls, cmp.AllowUnexported(recorded{})); diff != "" {
		t.Errorf("requests differ (-want +got):\n%s", diff)
	}
	for _, token := range []quickbooks.Token{exchanged, refreshed} {
		if token.Access.Reveal() != "eyJ-new" || token.Refresh.Reveal() != "RT1-new" {
			t.Errorf("got %s, %s", token.Access.Reveal(), token.Refresh.Reveal())
		}
	}
	for name, span := range map[string]struct {
		got  time.Time
		want time.Duration
	}{
		"access":  {exchanged.AccessExpiresAt, time.Hour},
		"refresh": {exchanged.RefreshExpiresAt, 8726400 * time.Second},
		"hard":    {exchanged.RefreshHardExpiresAt, 157680000 * time.Second},
	} {
		if span.got.Before(before.Add(span.want)) || span.got.After(after.Add(span.want)) {
			t.Errorf("%s: got %v, want %v from now", name, span.got, span.want)
		}
	}
}

// TestGrantShapes reads answers that lack things, or are labelled wrongly.
func TestGrantShapes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		contentType, body string
		refresh           string // the refresh token to use from now on
		life, hard        bool   // whether the expiries of the refresh token are known
	}{
		"rotated":          {"application/json", granted, "RT1-new", true, true},
		"labelled as text": {"text/plain", granted, "RT1-new", true, true},
		"as a form":        {"application/x-www-form-urlencoded", granted, "RT1-new", true, true},
		"no refresh token": {"application/json", `{"access_token":"a","token_type":"bearer"}`, "RT1-old", false, false},
		"strings":          {"", `{"access_token":"a","expires_in":"3600","x_refresh_token_expires_in":"100"}`, "RT1-old", true, false},
		"junk numbers":     {"", `{"access_token":"a","x_refresh_token_expires_in":-1,"x_refresh_token_hard_expires_in":"never"}`, "RT1-old", false, false},
		"huge numbers":     {"", `{"access_token":"a","x_refresh_token_expires_in":1e300}`, "RT1-old", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &intuit{status: 200, body: tt.body, contentType: tt.contentType}
			before := time.Now()
			token, err := newClient(t, serve(t, server.ServeHTTP)).Refresh(t.Context(), "RT1-old")
			if err != nil {
				t.Fatal(err)
			}
			if token.Refresh.Reveal() != tt.refresh {
				t.Errorf("got refresh token %s, want %s", token.Refresh.Reveal(), tt.refresh)
			}
			if left := token.AccessExpiresAt.Sub(before); left < time.Hour || left > time.Hour+time.Minute {
				t.Errorf("the access token expires in %v", left)
			}
			if token.RefreshExpiresAt.After(before) != tt.life || token.RefreshHardExpiresAt.IsZero() == tt.hard {
				t.Errorf("got %v, %v", token.RefreshExpiresAt, token.RefreshHardExpiresAt)
			}
		})
	}
}

// TestGrantFailures holds every recorded error of the token endpoint. A refused grant is never tried a second time.
func TestGrantFailures(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status  int
		body    string
		cause   quickbooks.Cause
		outcome quickbooks.Outcome
		code    string
		detail  string
	}{
		"dead":              {400, `{"error":"invalid_grant"}`, quickbooks.CauseGrantDead, done, "invalid_grant", ""},
		"used":              {400, `{"error":"invalid_grant","error_description":"Incorrect or invalid refresh token"}`, quickbooks.CauseGrantDead, done, "invalid_grant", "Incorrect or invalid refresh token"},
		"wrong kind":        {400, `{"error":"invalid_grant","error_description":"Incorrect Token type or clientID"}`, quickbooks.CauseGrantDead, done, "invalid_grant", "Incorrect Token type or clientID"},
		"removed":           {400, `{"error":"invalid_grant","error_description":"Unauthorized Request: User is not a member of the specified Realm","x_error_reason":"user_not_in_realm","x_error_reason_detail":"The user is not in the specified realm"}`, quickbooks.CauseUserRemoved, done, "invalid_grant", "Unauthorized Request: User is not a member of the specified Realm (user_not_in_realm)"},
		"other reason":      {400, `{"error":"invalid_grant","x_error_reason":"other"}`, quickbooks.CauseGrantDead, done, "invalid_grant", "(other)"},
		"too large":         {200, `{"access_token":"` + strings.Repeat("x", 1<<20) + `"}`, quickbooks.CauseDecode, unknown, "", ""},
		"dead in a 200":     {200, `{"error":"invalid_grant"}`, quickbooks.CauseGrantDead, done, "invalid_grant", ""},
		"wrong keys":        {401, `{"error":"invalid_client"}`, quickbooks.CauseClientRejected, done, "invalid_client", ""},
		"wrong keys, mute":  {401, ``, quickbooks.CauseClientRejected, done, "", ""},
		"wrong app":         {400, `{"error":"unauthorized_client"}`, quickbooks.CauseClientRejected, done, "unauthorized_client", ""},
		"wrong request":     {400, `{"error":"invalid_request"}`, quickbooks.CauseInvalidRequest, done, "invalid_request", ""},
		"busy":              {400, `{"error":"temporarily_unavailable"}`, quickbooks.CauseServer, unknown, "temporarily_unavailable", ""},
		"server error":      {500, `{"error":"invalid_grant"}`, quickbooks.CauseServer, unknown, "", ""},
		"HTML":              {502, htmlPage, quickbooks.CauseServer, unknown, "", ""},
		"HTML 400":          {400, htmlPage, quickbooks.CauseDecode, unknown, "", ""},
		"HTML 200":          {200, htmlPage, quickbooks.CauseDecode, unknown, "", ""},
		"truncated":         {200, granted[:60], quickbooks.CauseDecode, unknown, "", ""},
		"no access token":   {200, `{"refresh_token":"RT1-new"}`, quickbooks.CauseDecode, unknown, "", ""},
		"unprintable token": {200, `{"access_token":"a\nb","refresh_token":"RT1-new"}`, quickbooks.CauseDecode, unknown, "", ""},
		"throttled":         {429, xml429, quickbooks.CauseThrottled, done, "3001", "The request limit was reached.  Try again later"},
		"gateway":           {403, gateway403, quickbooks.CauseForbidden, done, "3100", "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"},
		"redirect":          {302, ``, quickbooks.CauseRedirected, unknown, "", ""},
		"echo":              {400, `{"error":"invalid_grant","error_description":"RT1-old app-secret-value-0123456789"}`, quickbooks.CauseGrantDead, done, "invalid_grant", "[redacted] [redacted]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &intuit{status: tt.status, body: tt.body}
			log := new(record)
			client := newClient(t, serve(t, server.ServeHTTP), func(c *quickbooks.Config) { c.Logger = log.logger() })
			_, err := client.Refresh(t.Context(), "RT1-old")
			e := failure(t, err, tt.cause, tt.outcome)
			if e.Code != tt.code || e.Detail != tt.detail || e.HTTPStatus != tt.status || e.IntuitTID != "1-oauth" {
				t.Errorf("got %+v", e)
			}
			if len(server.calls) != 1 {
				t.Errorf("the token endpoint was called %d times", len(server.calls))
			}
			for _, secret := range []string{"RT1-old", "RT1-new", appSecret.Reveal(), "eyJ-new", basic} {
				if strings.Contains(fmt.Sprintf("%v %+v %s", err, e, log), secret) {
					t.Errorf("error or log holds %q", secret)
				}
			}
		})
	}
}

// TestExchangeWithoutRefreshToken: a connection that cannot be refreshed is none.
func TestExchangeWithoutRefreshToken(t *testing.T) {
	t.Parallel()
	server := &intuit{status: 200, body: `{"access_token":"a"}`}
	client := newClient(t, serve(t, server.ServeHTTP))
	_, err := client.Exchange(t.Context(), "code")
	wantFailure(t, err, quickbooks.CauseDecode, quickbooks.OutcomeUnknown)
	_, err = client.Exchange(t.Context(), "")
	wantFailure(t, err, quickbooks.CauseGrantDead, quickbooks.OutcomeNotCommitted)
	_, err = client.Refresh(t.Context(), "")
	wantFailure(t, err, quickbooks.CauseGrantDead, quickbooks.OutcomeNotCommitted)
	err = client.Revoke(t.Context(), "")
	wantFailure(t, err, quickbooks.CauseGrantDead, quickbooks.OutcomeNotCommitted)
}

// TestTokenConnections: a grant whose answer got lost may have been carried out.
func TestTokenConnections(t *testing.T) {
	t.Parallel()
	cut := false
	server := &intuit{status: 200, body: granted}
	client := newClient(t, serve(t, func(w http.ResponseWriter, r *http.Request) {
		if cut && r.URL.Path != discovery {
			panic(http.ErrAbortHandler)
		}
		server.ServeHTTP(w, r)
	}))
	if _, err := client.Refresh(t.Context(), "RT1-old"); err != nil {
		t.Fatal(err)
	}
	cut = true
	_, err := client.Refresh(t.Context(), "RT1-old")
	wantFailure(t, err, quickbooks.CauseNetwork, quickbooks.OutcomeUnknown)
	if strings.Contains(err.Error(), "RT1-old") {
		t.Errorf("got %v", err)
	}
}

// TestRevoke holds the request and what its answers mean.
func TestRevoke(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		body   string
		cause  quickbooks.Cause
	}{
		"bad token":        {400, ``, quickbooks.CauseGrantDead},
		"bad token, coded": {400, `{"error":"invalid_grant"}`, quickbooks.CauseGrantDead},
		"wrong keys":       {401, `{"error":"invalid_client"}`, quickbooks.CauseClientRejected},
		"wrong keys, 400":  {400, `{"error":"invalid_client"}`, quickbooks.CauseClientRejected},
		"server":           {500, ``, quickbooks.CauseServer},
		"redirect":         {307, ``, quickbooks.CauseRedirected},
		"throttled":        {429, ``, quickbooks.CauseThrottled},
	} {
		server := &intuit{status: tt.status, body: tt.body}
		err := newClient(t, serve(t, server.ServeHTTP)).Revoke(t.Context(), "RT1-old")
		if e := asError(t, err); e.Cause != tt.cause || e.Outcome != tt.cause.Facts().Outcome {
			t.Errorf("%s: got %v, %s", name, e, e.Outcome)
		}
	}
	server := &intuit{status: 200}
	if err := newClient(t, serve(t, server.ServeHTTP)).Revoke(t.Context(), `RT1-"old"`); err != nil {
		t.Fatal(err)
	}
	var sent map[string]string
	got := server.calls[0]
	if err := json.Unmarshal([]byte(got.body), &sent); err != nil || sent["token"] != `RT1-"old"` || len(sent) != 1 {
		t.Errorf("got body %s, %v", got.body, err)
	}
	if got.path != "/tokens/revoke" || got.authorization != basic || got.contentType != "application/json" {
		t.Errorf("got %+v", got)
	}
}
