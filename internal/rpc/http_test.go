package rpc_test

import (
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/rpc"
)

// post sends JSON the way curl does and returns status and body.
func (w *world) post(path, body string) (int, string) {
	w.t.Helper()
	request := must(http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.url+path, strings.NewReader(body)))(w.t)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+w.token([]string{rpc.AnyRetailer}, rpc.AllScopes()...))
	return w.do(request)
}

// do sends a request and returns status and body.
func (w *world) do(request *http.Request) (int, string) {
	w.t.Helper()
	response := must(w.browser.Do(request))(w.t)
	defer response.Body.Close()
	return response.StatusCode, string(must(io.ReadAll(response.Body))(w.t))
}

// count adds up the events in a state.
func count(s *financialv1.SyncStatus, state financialv1.EventState) int64 {
	var n int64
	for _, c := range s.GetCounts() {
		if c.GetState() == state {
			n += c.GetCount()
		}
	}
	return n
}

func body(t *testing.T, response *http.Response) string {
	t.Helper()
	return string(must(io.ReadAll(response.Body))(t))
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func otherCompany() simulator.CompanyOptions {
	return simulator.CompanyOptions{Name: "Another company"}
}
