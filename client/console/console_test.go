package console_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tillpost/tillpost/client/console"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		"dist-missing.html":        {Data: []byte("without the console")},
		"dist/index.html":          {Data: []byte(`<script src="/console/~/built/a.js" nonce="TILLPOST_NONCE"></script>`)},
		"dist/~/built/a-1.js":      {Data: []byte("plain")},
		"dist/~/built/a-1.js.br":   {Data: []byte("brotli")},
		"dist/~/built/a-1.js.gz":   {Data: []byte("gzip")},
		"dist/~/scheme.js":         {Data: []byte("scheme")},
		"dist/secret-beside.html":  {Data: []byte("no file of the console")},
		"dist/~/built/style-2.css": {Data: []byte("p{}")},
	}
}

func get(t *testing.T, files fstest.MapFS, origins []string, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	handler, err := console.NewHandler(files, origins)
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}

func TestPagesGetTheStartPage(t *testing.T) {
	t.Parallel()
	nonce := regexp.MustCompile(`'nonce-([A-Z2-7]{26})'`)
	seen := map[string]bool{}
	for _, target := range []string{
		"/console/", "/console/my-shop", "/console/my.shop/integrations/quickbooks/status?a=b", "/console/secret-beside.html",
		"/console/../dist-missing.html",
	} {
		answer := get(t, built(), nil, target)
		policy := answer.Header().Get("Content-Security-Policy")
		found := nonce.FindStringSubmatch(policy)
		if found == nil || seen[found[1]] {
			t.Fatalf("%s: policy %q has no nonce of its own", target, policy)
		}
		seen[found[1]] = true
		if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), `nonce="`+found[1]+`"`) {
			t.Errorf("%s: status %d, body %q", target, answer.Code, answer.Body)
		}
		if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'self';") {
			t.Errorf("%s: policy %q", target, policy)
		}
		if got := answer.Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control is %q", target, got)
		}
	}
}

func TestFramesOfThePlatform(t *testing.T) {
	t.Parallel()
	policy := get(t, built(), []string{"https://shop.example"}, "/console/").Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "frame-ancestors 'self' https://shop.example;") {
		t.Errorf("policy %q does not allow the platform to embed the console", policy)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		target, accept, want, encoding, cache string
		status                                int
	}{
		"best compression":    {"/console/~/built/a-1.js", "gzip, br", "brotli", "br", "public, max-age=31536000, immutable", 200},
		"gzip":                {"/console/~/built/a-1.js", "gzip", "gzip", "gzip", "public, max-age=31536000, immutable", 200},
		"refused compression": {"/console/~/built/a-1.js", "br;q=0", "plain", "", "public, max-age=31536000, immutable", 200},
		"none stored":         {"/console/~/built/style-2.css", "br", "p{}", "", "public, max-age=31536000, immutable", 200},
		"no hash in its name": {"/console/~/scheme.js", "br", "scheme", "", "no-cache", 200},
		"unknown":             {"/console/~/built/b.js", "br", "404 page not found\n", "", "no-store", 404},
	} {
		answer := get(t, built(), nil, test.target, "Accept-Encoding", test.accept)
		header := answer.Header()
		if answer.Code != test.status || answer.Body.String() != test.want || header.Get("Content-Encoding") != test.encoding ||
			header.Get("Cache-Control") != test.cache || header.Get("Vary") != "Accept-Encoding" ||
			(test.status == 200 && header.Get("Content-Length") != strconv.Itoa(len(test.want))) {
			t.Errorf("%s: %d %q %v", name, answer.Code, answer.Body, header)
		}
	}
}

// The page that a program without the console has: it says so, and its one style is allowed by the policy that it comes with.
func TestWithoutTheConsole(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("dist-missing.html")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"dist-missing.html": {Data: page}}
	for _, target := range []string{"/console/", "/console/my-shop/integrations/quickbooks/status", "/console/~/built/a-1.js"} {
		answer := get(t, files, nil, target)
		body := answer.Body.String()
		if answer.Code != http.StatusNotFound || !strings.Contains(body, "This program was built without the console") {
			t.Errorf("%s: %d %q", target, answer.Code, body)
		}
		_, nonce, _ := strings.Cut(body, `<style nonce="`)
		nonce, _, _ = strings.Cut(nonce, `"`)
		if policy := answer.Header().Get("Content-Security-Policy"); nonce == "" || !strings.Contains(policy, "'nonce-"+nonce+"'") {
			t.Errorf("%s: the style has the nonce %q, the policy is %q", target, nonce, policy)
		}
		if strings.Contains(body, "<script") {
			t.Errorf("%s: a plain page needs no script: %q", target, body)
		}
	}
}

func TestEmbedded(t *testing.T) {
	t.Parallel()
	handler, err := console.Handler(nil)
	if err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodPost, console.Path, nil))
	if answer.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST answers %d", answer.Code)
	}
	answer = httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, console.Path, nil))
	if want := map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[console.Included()]; answer.Code != want {
		t.Errorf("GET answers %d, want %d", answer.Code, want)
	}
}
