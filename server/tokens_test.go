package main_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillpost/tillpost/client"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
)

// tokenExpiries is how many access tokens the test of tokens makes expire, all companies together.
var tokenExpiries = flag.Int("tokens.expiries", 0, "access tokens that are made to expire; 0: 2,000, or 300 under the race detector")

const (
	tokenCompanies = 50
	tokenWorkers   = 100
	tokenServers   = 3
	tokenEvents    = 20 // of each company
	// tokenLife is how long a token is let live at least, counted from the death of the one before.
	tokenLife = 250 * time.Millisecond
)

// TestTokensUnderFire lets a hundred workers on three servers use the tokens of fifty companies, two workers a company on
// different servers, beside the posting of events. Meanwhile access tokens expire two thousand times before their time, every
// refresh makes a new refresh token and ends the old one, and whoever comes second with an old one ends the connection. No
// connection is lost, each expiry makes one refresh and no more, and every event is booked once.
func TestTokensUnderFire(t *testing.T) {
	t.Parallel()
	expiries := *tokenExpiries
	switch {
	case expiries > 0:
	case raceDetector:
		expiries = 300
	default:
		expiries = 2_000
	}
	f := openFire(t, programs.tillpost)
	for _, difference := range f.run(expiries) {
		t.Error(difference)
	}
	expired, seen := f.expired.Load(), f.requests()
	refreshed := seen["token"] - tokenCompanies // each has exchanged a code
	if expired < int64(expiries) {
		t.Errorf("%d tokens expired, want %d", expired, expiries)
	}
	if refreshed > expired || refreshed < expired-tokenCompanies { // the last expiry of a company may have met nobody
		t.Errorf("%d refreshes of %d expired tokens: want one for each", refreshed, expired)
	}
	if met := seen["companyinfo.read"]; met < expired { // what a worker's call begins with
		t.Errorf("the workers used tokens %d times: they were not at work", met)
	}
}

// TestTokensUnderFireFindsAPlantedBug runs the same test over a program that does not wait for another server's refresh: it
// must lose connections, so that it is known that the test would see it.
func TestTokensUnderFireFindsAPlantedBug(t *testing.T) {
	t.Parallel()
	f := openFire(t, buildPlanted(t, "planted_refresh"))
	wrong := f.run(100)
	if !slices.ContainsFunc(wrong, func(d string) bool { return strings.Contains(d, "the connection is lost") }) {
		t.Errorf("the test finds nothing wrong with a program that refreshes twice at once: %q", wrong)
	}
}

// TestTokensSurviveAnOutageOfTheDatabase stops PostgreSQL again and again while tokens expire: what Intuit has answered is
// stored once it is back, because the token before it is dead.
func TestTokensSurviveAnOutageOfTheDatabase(t *testing.T) {
	t.Parallel()
	f := openFire(t, programs.tillpost)
	f.outages = 4
	for _, difference := range f.run(200) {
		t.Error(difference)
	}
}

// fire is a storm of which only the tokens are hit.
type fire struct {
	*storm

	books map[string]books
	// outages is how often the database stops; calls may then fail as they like.
	outages int
	// expired counts the tokens that the simulator made expire; calls the calls of workers that succeeded.
	expired, calls atomic.Int64
	// lost counts the companies whose connection a worker has found lost.
	lost sync.Map
}

func openFire(t *testing.T, program string) *fire {
	t.Helper()
	f := &fire{storm: newStorm(t, program, tokenCompanies, "lost-refresh-race=kills-grant")}
	f.grow(tokenServers)
	f.books = f.connectAll()
	return f
}

// run has the workers work, the events come in and the tokens expire until that has happened so many times or connections
// are lost, and returns what is wrong in the end.
func (f *fire) run(expiries int) []string {
	f.t.Helper()
	began := time.Now()
	ctx, cancel := context.WithCancel(f.t.Context())
	defer cancel()
	var workers, firing sync.WaitGroup
	for i := range tokenWorkers {
		workers.Go(func() { f.work(ctx, storeName(i%tokenCompanies), f.servers[i%tokenServers]) })
	}
	for i := range tokenCompanies {
		firing.Go(func() { f.shoot(ctx, storeName(i), expiries/tokenCompanies) })
		firing.Go(func() { f.record(storeName(i), chaosSales(i, tokenEvents), 5*time.Second) })
	}
	for range f.outages {
		time.Sleep(500 * time.Millisecond) // real processes, and an outage has to last
		f.postgres.Stop(f.t)
		time.Sleep(700 * time.Millisecond)
		f.postgres.Start(f.t)
	}
	firing.Wait()
	cancel()
	workers.Wait()
	f.t.Logf("%d tokens expired and %d calls succeeded in %v", f.expired.Load(), f.calls.Load(), time.Since(began).Round(time.Millisecond))
	lost := f.lostConnections()
	if len(lost) > 0 {
		return lost // their events wait
	}
	f.settle(tokenEvents)
	f.t.Logf("every event was settled after %v", time.Since(began).Round(time.Millisecond))
	return append(f.compare(f.books, tokenEvents), f.lostConnections()...)
}

// work uses a company's tokens on one server, again and again.
func (f *fire) work(ctx context.Context, retailer string, server *served) {
	for ctx.Err() == nil {
		_, err := server.api.Integration.ImportLocations(ctx, &integrationv1.ImportLocationsRequest{RetailerId: retailer})
		switch {
		case err == nil:
			f.calls.Add(1)
		case client.Reason(err) == "REAUTHORIZATION_REQUIRED":
			f.lost.Store(retailer, true)
			return
		case f.outages > 0:
		case ctx.Err() == nil && client.Reason(err) != "QUICKBOOKS_UNAVAILABLE": // two tokens in a row died under the call
			f.t.Errorf("%s: %v", retailer, err)
			return
		}
	}
}

// shoot makes the access token of a company expire n times: each time that there is a live one, which a refresh has made.
func (f *fire) shoot(ctx context.Context, retailer string, n int) {
	for shot := 0; shot < n; {
		if _, lost := f.lost.Load(retailer); lost || ctx.Err() != nil {
			return
		}
		var answer struct {
			Hit int `json:"hit"`
		}
		f.admin(http.MethodPost, "/admin/tokens/expire-access", map[string]any{"realm": f.books[retailer].realm}, &answer)
		pause := 10 * time.Millisecond
		if answer.Hit > 0 {
			f.expired.Add(1)
			shot++
			pause = tokenLife
		}
		time.Sleep(pause) // real processes: a token has to be made and seen before it dies
	}
}

// requests returns how many requests of each kind the simulator has seen.
func (f *fire) requests() map[string]int64 {
	f.t.Helper()
	var seen struct {
		ByKind map[string]int64 `json:"byKind"`
	}
	f.admin(http.MethodGet, "/admin/requests", nil, &seen)
	return seen.ByKind
}

// lostConnections says which connections are not Connected any more.
func (f *fire) lostConnections() []string {
	f.t.Helper()
	var lost []string
	for i := range tokenCompanies {
		retailer := storeName(i)
		answer, err := f.servers[0].api.Integration.GetConnection(f.t.Context(), &integrationv1.GetConnectionRequest{RetailerId: retailer})
		if err != nil || answer.GetConnection().GetState() != integrationv1.Connection_STATE_CONNECTED {
			lost = append(lost, fmt.Sprintf("%s: the connection is lost: %v %v", retailer, answer, err))
		}
	}
	return lost
}
