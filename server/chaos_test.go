package main_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/postgrestest"
)

// The size of a chaos run. `make chaos` sets the long form; without flags it is the short form that every test run has.
var (
	chaosEvents    = flag.Int("chaos.events", 1_500, "events of a chaos run, all companies together")
	chaosCompanies = flag.Int("chaos.companies", 10, "companies of a chaos run")
	chaosSeed      = flag.Uint64("chaos.seed", 1, "seed of a chaos run: the same seed gives the same schedule of faults and kills")
	chaosFor       = flag.Duration("chaos.for", 25*time.Second, "how long the events of a chaos run take to come in")
	chaosPatience  = flag.Duration("chaos.patience", 4*time.Minute, "how long a chaos run may take to get everything booked")
)

// storm is a chaos run: server processes on one PostgreSQL, a simulated QuickBooks as a process of its own, and everything
// that can go wrong with them.
type storm struct {
	t         *testing.T
	program   string
	companies int
	random    *rand.Rand
	postgres  *postgrestest.Server
	simulator string
	args      []string
	http      *http.Client
	// onlyFreezes leaves out every trouble but servers that are frozen, and adds requests that are turned away late.
	onlyFreezes bool

	mu      sync.Mutex
	servers []*served
	kills   int
}

// TestChaos kills, stops, cuts, delays and lies, and finds every event in the books exactly once: with one server, and with
// three.
func TestChaos(t *testing.T) {
	t.Parallel()
	s := newStorm(t, programs.tillpost, *chaosCompanies)
	for _, difference := range s.run(*chaosEvents, *chaosFor) {
		t.Error(difference)
	}
}

// TestChaosFindsAPlantedBug runs the same harness over a program that sends a new request where the outcome of one is not
// known: it must fail, so that it is known that it can.
func TestChaosFindsAPlantedBug(t *testing.T) {
	t.Parallel()
	s := newStorm(t, buildPlanted(t, "planted_resend"), *chaosCompanies)
	wrong := s.run(300, 3*time.Second)
	if !slices.ContainsFunc(wrong, func(d string) bool { return strings.Contains(d, "entries in the books") }) {
		t.Errorf("the harness finds nothing wrong with a program that books twice: %q", wrong)
	}
}

// TestChaosFindsAMissingFence runs the harness over a program whose store takes the writes of workers that have lost their
// lease. Servers are frozen while their requests are about to be turned away late: when one goes on, and gives its events back
// that its successor has sent meanwhile, they are booked twice.
func TestChaosFindsAMissingFence(t *testing.T) {
	t.Parallel()
	s := newStorm(t, buildPlanted(t, "planted_fence"), *chaosCompanies)
	s.onlyFreezes = true
	wrong := s.run(600, 12*time.Second)
	if !slices.ContainsFunc(wrong, func(d string) bool { return strings.Contains(d, "entries in the books") }) {
		t.Errorf("the harness finds nothing wrong with a program without a fence: %q", wrong)
	}
}

// buildPlanted builds the program with a planted bug, by its build tag.
func buildPlanted(t *testing.T, tag string) string {
	t.Helper()
	planted := filepath.Join(t.TempDir(), "tillpost-planted")
	if err := goCommand(".", "build", "-tags", tag, "-o", planted, "."); err != nil {
		t.Fatal(err)
	}
	return planted
}

// newStorm starts a database and a simulated QuickBooks of some companies, whose refresh tokens are good for one refresh.
func newStorm(t *testing.T, program string, companies int, switches ...string) *storm {
	t.Helper()
	s := &storm{
		t: t, program: program, companies: companies, random: rand.New(rand.NewPCG(*chaosSeed, 7)), postgres: postgrestest.NewServer(t),
		http: &http.Client{Transport: &http.Transport{}},
	}
	t.Cleanup(s.http.CloseIdleConnections)
	args := []string{
		"simulator", "--listen", "127.0.0.1:0", "--no-limits", "--companies", strconv.Itoa(companies),
		"--seed", strconv.FormatUint(*chaosSeed, 10),
	}
	for _, turned := range append(switches, "refresh-rotation=every-refresh") {
		args = append(args, "--switch", turned)
	}
	s.simulator = listening(t, start(t, args...))
	s.args = []string{
		"--database", s.postgres.DSN(), "--simulator-url", s.simulator, "--unpaced", "--log-level", "error",
		"--key-file", filepath.Join(t.TempDir(), "keys"),
	}
	return s
}

// listening waits until a program says where it listens.
func listening(t *testing.T, p *process) string {
	t.Helper()
	said := make([]byte, 0, 4096)
	buffer := make([]byte, 1024)
	for {
		n, err := p.out.Read(buffer)
		said = append(said, buffer[:n]...)
		for word := range strings.FieldsSeq(string(said)) {
			if strings.HasPrefix(word, "http://127.0.0.1:") && strings.HasSuffix(string(said), "\n") {
				go func() { _, _ = io.Copy(io.Discard, p.out) }() // ends with the process
				return strings.TrimRight(strings.TrimSuffix(word, "/"), ".,")
			}
		}
		if err != nil {
			t.Fatalf("the program did not start; it said:\n%s", said)
		}
	}
}

// grow brings the servers up to a number.
func (s *storm) grow(n int) {
	s.t.Helper()
	for len(s.list()) < n {
		one := s.serve()
		s.mu.Lock()
		s.servers = append(s.servers, one)
		s.mu.Unlock()
	}
}

func (s *storm) serve() *served {
	s.t.Helper()
	return serveProgram(s.t, s.program, s.args...)
}

func (s *storm) list() []*served {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.servers)
}

// run connects the companies, records the events over some time while everything goes wrong, with one server first and with
// three from half of the time on, waits until nothing is under way, and returns what is wrong with the books.
func (s *storm) run(events int, over time.Duration) []string {
	s.t.Helper()
	s.grow(1)
	books := s.connectAll()
	s.startFaults()
	ctx, cancel := context.WithCancel(s.t.Context())
	var trouble sync.WaitGroup
	trouble.Go(func() { s.makeTrouble(ctx, time.Now().Add(over/2)) })
	perCompany := events / s.companies
	var recording sync.WaitGroup
	for i := range s.companies {
		recording.Go(func() { s.record(storeName(i), chaosSales(i, perCompany), over) })
	}
	recording.Wait()
	cancel() // the servers live on; QuickBooks goes on lying
	trouble.Wait()
	s.settle(perCompany)
	s.t.Logf("seed %d: %d events of %d companies, %d servers killed", *chaosSeed, perCompany*s.companies, s.companies, s.kills)
	return s.compare(books, perCompany)
}

func storeName(i int) string { return fmt.Sprintf("shop-%02d", i) }

// chaosSales makes the events of one company; every amount is its own, so that an entry in the wrong books shows.
func chaosSales(company, n int) []*financialv1.Event {
	out := make([]*financialv1.Event, 0, n)
	for i := range n {
		amount := int64(company*100_000 + i + 1)
		out = append(out, &financialv1.Event{
			EventId: fmt.Sprintf("c%d-%d", company, i), Number: fmt.Sprintf("C%d-%d", company, i), Revision: 1,
			LocationId: "store-1", CurrencyCode: "USD", BusinessDate: "2026-03-14",
			OccurTime: timestamppb.New(time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)),
			Detail: &financialv1.Event_Sale{Sale: &financialv1.Sale{
				Tenders: []*financialv1.Tender{{PaymentType: "Cash", Amount: amount}},
				Lines:   []*financialv1.SaleLine{{ItemClass: "Footwear", NetAmount: amount}},
			}},
		})
	}
	return out
}

// books says where the sales of a retailer have to be booked: the company, and the accounts that are debited and credited.
type books struct{ realm, payment, revenue string }

// connectAll takes every company from nothing to a started sync, and returns their books by retailer.
func (s *storm) connectAll() map[string]books {
	s.t.Helper()
	var answer struct {
		Companies []struct {
			Realm string `json:"realm"`
		} `json:"companies"`
	}
	s.admin(http.MethodGet, "/admin/companies", nil, &answer)
	all := map[string]books{}
	server := s.list()[0]
	for i := range s.companies {
		name := storeName(i)
		all[name] = server.connectAs(s.t, name, answer.Companies[i].Realm)
	}
	return all
}

// record sends events over some time until every one is accepted or known, to whatever server is there.
func (s *storm) record(retailer string, events []*financialv1.Event, over time.Duration) {
	const size = 5
	began, batches := time.Now(), (len(events)+size-1)/size
	sent := 0
	for batch := range slices.Chunk(events, size) {
		time.Sleep(time.Until(began.Add(over * time.Duration(sent) / time.Duration(batches)))) // a day's events come one by one
		sent++
		for !s.recordOnce(retailer, batch) {
			if s.t.Context().Err() != nil {
				return
			}
			time.Sleep(50 * time.Millisecond) // real processes: a server is on its way up
		}
	}
}

func (s *storm) recordOnce(retailer string, batch []*financialv1.Event) bool {
	servers := s.list()
	server := servers[len(retailer+batch[0].GetEventId())%len(servers)]
	answer, err := server.api.Financial.RecordEvents(s.t.Context(), &financialv1.RecordEventsRequest{RetailerId: retailer, Events: batch})
	if err != nil {
		return false
	}
	for _, result := range answer.GetResults() {
		if result.GetStatus() != financialv1.RecordEventResult_STATUS_ACCEPTED &&
			result.GetStatus() != financialv1.RecordEventResult_STATUS_DUPLICATE {
			s.t.Errorf("event %s: %v", result.GetEventId(), result)
		}
	}
	return true
}
