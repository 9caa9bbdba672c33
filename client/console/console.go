// Package console carries the retailer's console, a page that runs in the browser, and hands it out under /console/ with
// a strict content security policy. It owns what browsers may load, cache and embed; it knows no retailer and no token,
// and never calls the API: that is done by the page.
package console

import (
	"bytes"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Path is where the console is served; its pages have addresses below it.
const Path = "/console/"

// files holds dist/, which `make console` builds and nobody commits, beside the page that stands in for it: a pattern
// must match something, so that Go alone can build the program.
//
//go:embed all:dist*
var files embed.FS

const (
	startPage   = "dist/index.html"
	missingPage = "dist-missing.html"
	// nonceMark stands in the pages where every answer gets a nonce of its own.
	nonceMark = "TILLPOST_NONCE"
)

// Included tells whether this program was built with the console.
func Included() bool { return included(files) }

func included(files fs.FS) bool {
	_, err := fs.Stat(files, startPage)
	return err == nil
}

// Handler serves the console below Path: its files, and its start page for the addresses of its own pages. Without the
// console it serves a plain page that says so. Pages of embedOrigins, "https://shop.example" for instance, may show it in
// a frame, beside those of its own origin.
func Handler(embedOrigins []string) (http.Handler, error) { return newHandler(files, embedOrigins) }

func newHandler(files fs.FS, embedOrigins []string) (http.Handler, error) {
	h := handler{files: files, page: startPage, status: http.StatusOK}
	if !included(files) {
		h.page, h.status = missingPage, http.StatusNotFound
	}
	page, err := fs.ReadFile(files, h.page)
	if err != nil {
		return nil, fmt.Errorf("read the console's start page: %w", err)
	}
	h.html = page
	h.ancestors = strings.Join(append([]string{"'self'"}, embedOrigins...), " ")
	return h, nil
}

type handler struct {
	files     fs.FS
	page      string
	html      []byte
	status    int
	ancestors string
}

// ServeHTTP answers GET and HEAD.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	name := path.Clean("/" + strings.TrimPrefix(r.URL.Path, Path))
	if h.page == missingPage || isPage(name) {
		h.servePage(w, r)
		return
	}
	h.serveFile(w, r, "dist"+name)
}

// isPage tells the address of a page from that of a file. Files lie under ~, which is no retailer's name.
func isPage(name string) bool { return !strings.HasPrefix(name, "/~/") }

// servePage writes the start page. What it may load, and who may frame it, is said here: scripts and calls of its own
// origin only, and styles that carry this answer's nonce.
func (h handler) servePage(w http.ResponseWriter, r *http.Request) {
	nonce := rand.Text()
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "style-src 'self' 'nonce-" + nonce + "'", "img-src 'self' data:",
		"connect-src 'self'", "frame-ancestors " + h.ancestors, "base-uri 'none'", "form-action 'none'",
	}, "; "))
	header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(h.status)
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(bytes.ReplaceAll(h.html, []byte(nonceMark), []byte(nonce))) // a browser that went away needs no page
}

// serveFile writes a file, compressed where the browser takes that. Built files carry a hash of their content in their name
// and never change.
func (h handler) serveFile(w http.ResponseWriter, r *http.Request, name string) {
	header := w.Header()
	header.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "dist/~/built/") {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Vary", "Accept-Encoding")
	stored := name
	for _, encoding := range []struct{ name, extension string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if _, err := fs.Stat(h.files, name+encoding.extension); err == nil && accepts(r, encoding.name) {
			stored = name + encoding.extension
			header.Set("Content-Encoding", encoding.name)
			break
		}
	}
	content, err := fs.ReadFile(h.files, stored)
	if errors.Is(err, fs.ErrNotExist) {
		header.Set("Cache-Control", "no-store")
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, "the file cannot be read", http.StatusInternalServerError)
		return
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		header.Set("Content-Type", kind)
	}
	header.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(content) //nolint:gosec // a file of this program, with a type of its own; who went away needs none
	}
}

// accepts tells whether a browser takes an encoding: named, and not with a weight of zero.
func accepts(r *http.Request, encoding string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == encoding {
			return strings.ReplaceAll(weight, " ", "") != "q=0"
		}
	}
	return false
}
