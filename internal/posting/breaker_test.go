package posting_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// shop is a retailer with a company of its own.
type shop struct {
	retailer ledger.RetailerID
	realm    string
}

// newRigOfMany is a rig with n companies, none of them connected.
func newRigOfMany(t *testing.T, n int, options ...option) (*rig, []shop) {
	t.Helper()
	shops := make([]shop, n)
	companies := make([]simulator.CompanyOptions, n)
	for i := range shops {
		shops[i] = shop{retailer: ledger.RetailerID(fmt.Sprintf("shop-%02d", i)), realm: fmt.Sprintf("77%04d", i)}
		companies[i] = simulator.CompanyOptions{Realm: shops[i].realm, Name: string(shops[i].retailer)}
	}
	r := newRig(t, append(options, func(_ *posting.Config, o *simulator.Options) { o.Companies = companies })...)
	return r, shops
}

// at turns the rig to a shop: what it does next, it does there.
func (r *rig) at(s shop) *rig {
	r.retailer, r.realm = s.retailer, s.realm
	return r
}

func (r *rig) connectAll(shops []shop) {
	r.t.Helper()
	for _, s := range shops {
		r.at(s).connect()
	}
}

// outage makes requests to some companies fail, and counts them.
type outage struct {
	mu     sync.Mutex
	realms map[string]bool
	what   simulator.Action
	seen   int
}

func (r *rig) outageOf(shops []shop, what simulator.Action) *outage {
	o := &outage{realms: map[string]bool{}, what: what}
	for _, s := range shops {
		o.realms[s.realm] = true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.intercept = func(_ context.Context, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
		o.mu.Lock()
		defer o.mu.Unlock()
		if stage != simulator.BeforeCommit || !o.realms[info.Realm] {
			return simulator.Action{}
		}
		o.seen++
		return o.what
	}
	return o
}

func (o *outage) requests() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.seen
}

func (o *outage) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.realms)
}

// syncedAt tells whether the first n sales of every shop are in the books.
func (r *rig) syncedAt(shops []shop, n int64) bool {
	for _, s := range shops {
		if r.at(s).count(ledger.StateSynced) != n {
			return false
		}
	}
	return true
}

// expectBooksAt is expectBooks for every shop, where nothing may be told of a problem any more.
func (r *rig) expectBooksAt(shops []shop, n int) {
	r.t.Helper()
	for _, s := range shops {
		r.at(s).expectBooks(n)
		if problem := r.status().Problem; problem != "" {
			r.t.Errorf("%s is still said to have a problem: %s", s.retailer, problem)
		}
	}
}

// TestAnOutageOfAllIsAskedAboutByOne: when QuickBooks answers nobody, few requests are sent however many companies wait, each
// of them is told why it waits, and with the first answer all go on.
func TestAnOutageOfAllIsAskedAboutByOne(t *testing.T) {
	t.Parallel()
	const companies, lasts = 30, 30 * time.Minute
	for name, what := range map[string]simulator.Action{
		"answers 503":   {Status: http.StatusServiceUnavailable},
		"answers HTML":  {Status: http.StatusOK, ContentType: "text/html", Body: []byte("<html>maintenance</html>")},
		"cuts the line": {Cut: true},
		"hangs":         {Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *testing.T) {
				r, shops := newRigOfMany(t, companies)
				r.connectAll(shops)
				r.run()
				o := r.outageOf(shops, what)
				for _, s := range shops {
					r.at(s).record(1, 3)
				}
				time.Sleep(lasts)
				told := 0
				for _, s := range shops {
					if r.at(s).status().Problem == posting.DownForAll {
						told++
					}
				}
				if told < companies-3 {
					t.Errorf("%d of %d companies are told that QuickBooks answers nobody", told, companies)
				}
				// Each asks a few times before it is known that nobody is answered, then one a minute.
				if n, most := o.requests(), 5*companies+2*int(lasts.Minutes()); n > most {
					t.Errorf("%d requests were sent in an outage of %v, want at most %d", n, lasts, most)
				}
				o.end()
				ended := time.Now()
				r.until("synced", 10*time.Minute, func() bool { return r.syncedAt(shops, 3) })
				t.Logf("%d requests during the outage; all synced %v after its end", o.requests(), time.Since(ended))
				r.until("at rest", time.Minute, func() bool { return r.at(shops[0]).status().Problem == "" })
				r.expectBooksAt(shops, 3)
			})
		})
	}
}

// TestBrokenCompaniesHoldNobodyUp: companies that QuickBooks does not serve, however many, do not delay what comes in at
// others.
func TestBrokenCompaniesHoldNobodyUp(t *testing.T) {
	t.Parallel()
	for name, what := range map[string]simulator.Action{
		"answers 503": {Status: http.StatusServiceUnavailable}, "hangs": {Delay: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *testing.T) {
				r, shops := newRigOfMany(t, 9)
				r.connectAll(shops)
				broken, sound := shops[:6], shops[6:]
				r.run()
				o := r.outageOf(broken, what)
				for _, s := range broken {
					r.at(s).record(1, 3)
				}
				for n := 1; n <= 6; n++ { // long enough apart that nobody has been answered for a while
					time.Sleep(5 * time.Minute)
					began := time.Now()
					for _, s := range sound {
						r.at(s).record(n, n)
					}
					r.until("booked", time.Minute, func() bool { return r.syncedAt(sound, int64(n)) })
					if took := time.Since(began); took > 3*time.Second {
						t.Errorf("sale %d of companies that are well took %v", n, took)
					}
				}
				o.end()
				r.until("synced", 10*time.Minute, func() bool { return r.syncedAt(broken, 3) })
				r.expectBooksAt(sound, 6)
			})
		})
	}
}
