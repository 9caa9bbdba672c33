package rpc

import (
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"html/template"
	"log/slog"
	"maps"
	"net/http"
	"net/url"

	"github.com/tillpost/tillpost/internal/posting"
)

// CallbackPath is where Intuit sends browsers back to, below the public address.
const CallbackPath = "/oauth/quickbooks/callback"

// maxCallbackValue bounds each parameter of a callback; Intuit's are far shorter.
const maxCallbackValue = 2048

// The results of an authorization, as the page and the return address tell them.
const (
	resultConnected = "connected"
	resultRefused   = "refused"
	resultFailed    = "failed"
)

//go:embed callback.html
var callbackText string

var callbackPage = template.Must(template.New("callback").Parse(callbackText)) //nolint:gochecknoglobals // never changes

// callbackView is what the page shows and does. It holds nothing that Intuit sent.
type callbackView struct {
	Nonce           string
	Title, Text     string
	Result, Reason  string
	Origin, Forward string
	// Metadata are the facts that go with the reason.
	Metadata      map[string]string
	status        int
	correlationID string
}

// serveCallback ends an authorization. A page that opened this one in a window is told by postMessage and the window
// closes; otherwise the browser goes to the return address, or stays on the page.
func (s *Service) serveCallback(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet { // a HEAD must not use up the state
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "only GET", http.StatusMethodNotAllowed)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), s.cfg.UnaryTimeout)
	defer cancel()
	callback, err := readCallback(r.URL.Query())
	var done posting.Completion
	if err == nil {
		done, err = s.cfg.Engine.CompleteAuthorization(ctx, callback)
	}
	view := s.callbackView(done, err)
	s.logCallback(ctx, done, view, err)
	s.writeCallback(w, view)
}

func readCallback(query url.Values) (posting.Callback, error) {
	for _, name := range []string{"state", "code", "realmId", "error"} {
		if len(query.Get(name)) > maxCallbackValue {
			return posting.Callback{}, posting.ErrAuthorizationUnknown
		}
	}
	return posting.Callback{
		State: query.Get("state"), Code: query.Get("code"), Realm: query.Get("realmId"), Error: query.Get("error"),
	}, nil
}

func (s *Service) logCallback(ctx context.Context, done posting.Completion, view callbackView, err error) {
	level := slog.LevelInfo
	if view.Result == resultFailed {
		level = slog.LevelWarn
	}
	s.log.LogAttrs(ctx, level, "authorization callback",
		slog.String("retailer", string(done.Retailer)),
		slog.String("result", view.Result),
		slog.String("reason", view.Reason),
		slog.String("correlation_id", view.correlationID),
		slog.Any("error", err))
}

// callbackView finds the words for how an authorization ended.
func (s *Service) callbackView(done posting.Completion, err error) callbackView {
	view := callbackView{Nonce: rand.Text(), Metadata: map[string]string{}}
	switch {
	case err == nil:
		view.Result, view.status = resultConnected, http.StatusOK
		view.Title, view.Text = "QuickBooks is connected", "The connection to "+companyName(done)+" is made."
	case errors.Is(err, posting.ErrAuthorizationRefused):
		view.Result, view.Reason, view.status = resultRefused, reasonAuthorizationRefused, http.StatusOK
		view.Title, view.Text = "QuickBooks is not connected", "The connection was not authorized. Nothing was changed."
	default:
		told := domainError(err)
		view.Result, view.Reason, view.status = resultFailed, told.reason, callbackStatus(told.reason)
		view.Title, view.Text = "QuickBooks is not connected", "It did not work: "+told.message+"."
		view.correlationID = told.metadata[metadataCorrelationID]
		maps.Copy(view.Metadata, told.metadata)
	}
	view.Origin = s.returnURLs[0].origin // the public address
	if back := s.allowedReturn(done.ReturnURL); back != nil {
		view.Origin = originOf(back)
		view.Forward = forward(*back, view.Result, view.Reason)
	}
	return view
}

func companyName(done posting.Completion) string {
	if done.CompanyName == "" {
		return "the company"
	}
	return done.CompanyName
}

func callbackStatus(reason string) int {
	switch reason {
	case reasonAuthorizationUnknown:
		return http.StatusBadRequest
	case reasonOtherCompany, reasonEntriesUnsettled:
		return http.StatusConflict
	case reasonQuickBooksUnavailable:
		return http.StatusBadGateway
	default:
		return http.StatusInternalServerError
	}
}

// forward adds the result to the return address.
func forward(back url.URL, result, reason string) string {
	query := back.Query()
	query.Set("tillpost", result)
	query.Del("reason")
	if reason != "" {
		query.Set("reason", reason)
	}
	back.RawQuery = query.Encode()
	return back.String()
}

func (s *Service) writeCallback(w http.ResponseWriter, view callbackView) {
	var page bytes.Buffer
	if err := callbackPage.Execute(&page, view); err != nil {
		s.log.Error("the callback page cannot be written", "error", err)
		http.Error(w, "the page cannot be written", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-"+view.Nonce+"'; style-src 'nonce-"+
		view.Nonce+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	// The address of this page holds the code: it must not travel on.
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(view.status)
	_, _ = w.Write(page.Bytes()) // a browser that went away needs no page
}
