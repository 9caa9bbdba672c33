package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/tillpost/tillpost/client/console"
	"github.com/tillpost/tillpost/internal/ledger"
)

const (
	// sessionPath is where the console asks who it is for.
	sessionPath = console.Path + "session"
	// maxSessionRetailers bounds the list of retailers to choose from in development.
	maxSessionRetailers = 100
)

// session is the answer at sessionPath; docs/console.md describes it.
type session struct {
	Mode string `json:"mode"`
	// Token and Retailers are given in development only: a token for everything, and the retailers that have called.
	Token     string              `json:"token,omitempty"`
	Retailers []ledger.RetailerID `json:"retailers,omitempty"`
	// EmbedOrigins are the origins of pages that may hand the console a token.
	EmbedOrigins []string `json:"embed_origins,omitempty"` //nolint:tagliatelle // as the API's JSON names things elsewhere
}

// mountConsole puts the console below console.Path, and leads there from the root.
func (a *App) mountConsole(mux *http.ServeMux) error {
	pages, err := console.Handler(a.cfg.EmbedOrigins)
	if err != nil {
		return fmt.Errorf("open the console: %w", err)
	}
	mux.Handle(console.Path, pages)
	mux.HandleFunc("GET "+sessionPath, a.serveSession)
	mux.Handle("GET /{$}", http.RedirectHandler(console.Path, http.StatusFound))
	return nil
}

// ConsoleURL is where the console is, without a slash at the end; empty where this program was built without it.
func (a *App) ConsoleURL() string {
	if !console.Included() {
		return ""
	}
	return a.URL() + strings.TrimSuffix(console.Path, "/")
}

// serveSession tells the console how it gets its token. In development it hands out the development token, to pages of
// this very server that run on this very machine; in production tokens come from the retail platform.
func (a *App) serveSession(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	answer := session{Mode: a.cfg.Mode, EmbedOrigins: a.cfg.EmbedOrigins}
	if a.cfg.development() {
		if err := fromThisMachine(r); err != nil {
			http.Error(w, "The development token is only for this machine: "+err.Error()+".", http.StatusForbidden)
			return
		}
		retailers, err := a.store.Retailers(r.Context(), maxSessionRetailers)
		if err != nil {
			a.log.ErrorContext(r.Context(), "the retailers cannot be listed", "error", err)
			http.Error(w, "The retailers cannot be listed.", http.StatusInternalServerError)
			return
		}
		answer.Token, answer.Retailers = a.token, retailers
	}
	body, err := json.Marshal(answer)
	if err != nil {
		a.log.ErrorContext(r.Context(), "the session cannot be written", "error", err)
		http.Error(w, "The session cannot be written.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body) // a browser that went away needs no answer
}

// fromThisMachine refuses callers that are not on this machine, and pages that are not of this server: by their address,
// by the Host that the browser was sent to, which keeps out rebound names, and by the page's origin.
func fromThisMachine(r *http.Request) error {
	if peer, _, err := net.SplitHostPort(r.RemoteAddr); err != nil || !isLoopback(peer) {
		return errors.New("the call comes from another one")
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if !isLoopback(strings.Trim(host, "[]")) {
		return errors.New("open the console at 127.0.0.1 or localhost")
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if page, err := url.Parse(origin); err != nil || page.Host != r.Host {
			return errors.New("the call comes from another site's page")
		}
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return errors.New("the call comes from another site's page")
	}
	return nil
}
