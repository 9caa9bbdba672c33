package quickbooks_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks"
)

// TestALateRequestDoesNotLeave: a request does not reach QuickBooks whole once its time is over, over HTTP/1.1 as over
// HTTP/2; and in time it does.
func TestALateRequestDoesNotLeave(t *testing.T) {
	t.Parallel()
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var whole atomic.Int32
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.ReadAll(r.Body); err == nil {
					whole.Add(1)
				}
				_, _ = io.WriteString(w, `{"JournalEntry":{"Id":"7"}}`)
			}))
			server.EnableHTTP2 = http2
			server.StartTLS()
			t.Cleanup(server.Close)
			company := newClient(t, server).Company(realm, accessToken, unpaced)
			request := entryRequest()
			request.By = time.Now().Add(-time.Millisecond)
			_, _, err := company.PostJournalEntry(t.Context(), request)
			wantFailure(t, err, quickbooks.CauseCanceled, quickbooks.OutcomeNotCommitted)
			if n := whole.Load(); n != 0 {
				t.Errorf("%d requests arrived whole after their time", n)
			}
			request.By = time.Now().Add(time.Hour)
			if _, _, err := company.PostJournalEntry(t.Context(), request); err != nil || whole.Load() != 1 {
				t.Errorf("in time: %v; %d arrived", err, whole.Load())
			}
		})
	}
}

// TestTheClockIsReadLast: time that passes on the way to the connection counts, also for a transport that starts over.
func TestTheClockIsReadLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		request := entryRequest()
		request.By = time.Now().Add(10 * time.Second)
		client := fakeClient(t, func(r *http.Request) (*http.Response, error) {
			connected(r)
			time.Sleep(11 * time.Second)
			_, err := io.ReadAll(r.Body)
			again, _ := r.GetBody()
			_, errAgain := io.ReadAll(again)
			if err == nil || errAgain == nil {
				t.Errorf("the body could be read after its time: %v, %v", err, errAgain)
			}
			return nil, errors.New("cut")
		})
		_, _, err := client.Company(realm, accessToken, unpaced).PostJournalEntry(t.Context(), request)
		wantFailure(t, err, quickbooks.CauseCanceled, quickbooks.OutcomeNotCommitted)
	})
}

// TestWhatLeftInTimeIsNotCalledLate: a transport looks for the end of a body after the last byte has gone, maybe later.
func TestWhatLeftInTimeIsNotCalledLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		request := entryRequest()
		request.By = time.Now().Add(10 * time.Second)
		client := fakeClient(t, func(r *http.Request) (*http.Response, error) {
			connected(r)
			if _, err := io.ReadFull(r.Body, make([]byte, len(request.Body))); err != nil {
				t.Error(err)
			}
			time.Sleep(11 * time.Second)
			if _, err := r.Body.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
				t.Errorf("after the last byte: %v", err)
			}
			return nil, errors.New("cut")
		})
		_, _, err := client.Company(realm, accessToken, unpaced).PostJournalEntry(t.Context(), request)
		wantFailure(t, err, quickbooks.CauseNetwork, quickbooks.OutcomeUnknown)
	})
}
