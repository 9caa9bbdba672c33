package posting_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/store"
)

// grantBeside authorizes at the simulator without the engine's knowledge.
func (r *rig) grantBeside() quickbooks.Token {
	r.t.Helper()
	address := must(r.qb.AuthorizeURL(r.t.Context(), "beside"))(r.t)
	form := must(url.Parse(address))(r.t).Query()
	form.Set("decision", "authorize")
	form.Set("realm", r.realm)
	request := httptest.NewRequestWithContext(r.t.Context(), http.MethodPost,
		must(url.Parse(address))(r.t).Path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	r.sim.ServeHTTP(recorder, request)
	code := must(url.Parse(recorder.Header().Get("Location")))(r.t).Query().Get("code")
	return must(r.qb.Exchange(r.t.Context(), code))(r.t)
}

func TestConnectingStoresTheCompanyAndSealedTokens(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		done := must(r.authorize("authorize"))(t)
		conn := must(r.store.Connection(t.Context(), retailer))(t)
		if done.Retailer != retailer || done.ReturnURL != "https://shop.example/settings" || done.CompanyName != conn.CompanyName {
			t.Errorf("completion %+v", done)
		}
		if conn.State != store.Connected || conn.Realm == "" || conn.HomeCurrency != "USD" || conn.ConnectedBy != "ann" {
			t.Errorf("connection %+v", conn)
		}
		for _, sealed := range [][]byte{conn.Tokens.AccessSealed, conn.Tokens.RefreshSealed} {
			if len(sealed) == 0 || strings.Contains(string(sealed), "RT1-") || strings.Contains(string(sealed), "eyJ") {
				t.Errorf("a token is stored as %q", sealed)
			}
		}
		if _, err := r.engine.AuthorizeURL(t.Context(), retailer, posting.AuthorizationRequest{Caller: "ann"}); !errors.Is(err, posting.ErrAlreadyConnected) {
			t.Errorf("connecting again: %v, want ErrAlreadyConnected", err)
		}
	})
}

func TestAnAuthorizationIsGoodOnceAndNotForLong(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		if _, err := r.authorize("cancel"); !errors.Is(err, posting.ErrAuthorizationRefused) {
			t.Errorf("cancelled: %v, want ErrAuthorizationRefused", err)
		}
		address := must(r.engine.AuthorizeURL(t.Context(), retailer, posting.AuthorizationRequest{Caller: "ann"}))(t)
		state := must(url.Parse(address))(t).Query().Get("state")
		time.Sleep(16 * time.Minute)
		for _, state := range []string{state, "", "x", "eA.eA", strings.Repeat("a.", 5000)} {
			_, err := r.engine.CompleteAuthorization(t.Context(), posting.Callback{State: state, Code: "c", Realm: r.realm})
			if !errors.Is(err, posting.ErrAuthorizationUnknown) {
				t.Errorf("state %.20q: %v, want ErrAuthorizationUnknown", state, err)
			}
		}
	})
}

func TestDisconnectRevokesAndForgets(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		revoked, err := r.engine.Disconnect(t.Context(), retailer)
		if err != nil || !revoked {
			t.Fatalf("Disconnect = %v, %v", revoked, err)
		}
		conn := must(r.store.Connection(t.Context(), retailer))(t)
		if conn.State != store.NotConnected || len(conn.Tokens.RefreshSealed) != 0 || len(conn.Tokens.AccessSealed) != 0 {
			t.Errorf("after disconnecting: %+v", conn)
		}
		if _, err := r.engine.ImportAccounts(t.Context(), retailer, func(int, int) error { return nil }); !errors.Is(err, posting.ErrNotConnected) {
			t.Errorf("import: %v, want ErrNotConnected", err)
		}
	})
}

func TestAnotherCompanyIsRefused(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t, func(_ *posting.Config, o *simulator.Options) {
			o.Companies = []simulator.CompanyOptions{{Realm: simulator.DefaultRealm}, {Realm: "777", Name: "Another"}}
		})
		r.connect()
		must(r.engine.Disconnect(t.Context(), retailer))(t)
		r.realm = "777"
		if _, err := r.authorize("authorize"); !errors.Is(err, posting.ErrOtherCompany) {
			t.Errorf("another company: %v, want ErrOtherCompany", err)
		}
		r.realm = simulator.DefaultRealm
		must(r.authorize("authorize"))(t)
	})
}

func TestManyUsersOfOneTokenRefreshItOnce(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t, func(_ *posting.Config, o *simulator.Options) {
			o.Switches[simulator.SwitchRotation] = "every-refresh"
		})
		r.connect()
		time.Sleep(2 * time.Hour)
		before := r.sim.Requests().ByKind[simulator.KindToken]
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				_, err := r.engine.ImportAccounts(t.Context(), retailer, func(int, int) error { return nil })
				if err != nil {
					t.Errorf("import: %v", err)
				}
			})
		}
		group.Wait()
		if n := r.sim.Requests().ByKind[simulator.KindToken] - before; n != 1 {
			t.Errorf("%d refreshes, want 1", n)
		}
	})
}

func TestImportTellsItsProgressAndStopsWhenAsked(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		must(r.authorize("authorize"))(t)
		var read, total int
		summary := must(r.engine.ImportAccounts(t.Context(), retailer, func(n, of int) error {
			read, total = n, of
			return nil
		}))(t)
		if summary.New < 90 || read != summary.Total || total != read || summary.Inactive != 1 {
			t.Errorf("summary %+v after %d of %d", summary, read, total)
		}
		if _, err := r.engine.ImportAccounts(t.Context(), retailer, func(int, int) error { return errAny }); !errors.Is(err, errAny) {
			t.Errorf("a stopped import: %v", err)
		}
	})
}

// TestDisconnectingDuringARefreshLeavesNothingOpen: the refresh token that Disconnect revokes has been replaced by one that
// nobody knows yet. When its answer comes, that one is revoked.
func TestDisconnectingDuringARefreshLeavesNothingOpen(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t, func(_ *posting.Config, o *simulator.Options) { o.Switches[simulator.SwitchRotation] = "every-refresh" })
		r.connect()
		time.Sleep(2 * time.Hour)
		r.mu.Lock()
		r.intercept = func(_ context.Context, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
			if info.Kind == simulator.KindToken && stage == simulator.AfterCommit {
				return simulator.Action{Delay: 3 * time.Second}
			}
			return simulator.Action{}
		}
		r.mu.Unlock()
		used := make(chan error, 1)
		go func() { used <- r.useTokens() }()
		time.Sleep(time.Second)
		must(r.engine.Disconnect(t.Context(), retailer))(t)
		if err := <-used; !errors.Is(err, posting.ErrNotConnected) {
			t.Errorf("who waited for the token is told %v, want ErrNotConnected", err)
		}
		for _, grant := range r.sim.Grants(r.realm) {
			if !grant.Revoked {
				t.Errorf("the grant is left open: %+v", grant)
			}
		}
	})
}
