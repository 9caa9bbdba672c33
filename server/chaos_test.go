package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
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
	realms := s.connectAll()
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
	return s.compare(realms, perCompany)
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

// connectAll takes every company from nothing to a started sync, and returns their realms by retailer.
func (s *storm) connectAll() map[string]string {
	s.t.Helper()
	var answer struct {
		Companies []struct {
			Realm string `json:"realm"`
		} `json:"companies"`
	}
	s.admin(http.MethodGet, "/admin/companies", nil, &answer)
	realms := map[string]string{}
	server := s.list()[0]
	for i := range s.companies {
		name := storeName(i)
		server.connectAs(s.t, name, answer.Companies[i].Realm)
		realms[name] = answer.Companies[i].Realm
	}
	return realms
}

// startFaults makes QuickBooks unreliable in every way that it has been seen to be.
func (s *storm) startFaults() {
	s.t.Helper()
	writes := []string{"journalentry.write", "batch"}
	rules := []map[string]any{
		{"name": "cut before", "kinds": writes, "cut": true, "stage": "before", "probability": 0.03},
		{"name": "cut after", "kinds": writes, "cut": true, "stage": "after", "probability": 0.05},
		{"name": "half an answer", "kinds": writes, "truncate": 120, "stage": "during", "probability": 0.03},
		{"name": "5xx after commit", "kinds": writes, "status": 503, "body": "<html>busy</html>", "stage": "after", "probability": 0.03},
		{"name": "5xx before", "kinds": writes, "status": 500, "body": "oops", "stage": "before", "probability": 0.02},
		{"name": "slow", "kinds": writes, "delay": "700ms", "probability": 0.05},
		{"name": "reads fail", "kinds": []string{"query", "journalentry.read", "preferences.read"}, "status": 502, "probability": 0.1},
		{"name": "tokens fail", "kinds": []string{"token"}, "cut": true, "stage": "before", "probability": 0.03},
	}
	if s.onlyFreezes {
		rules = []map[string]any{
			{"name": "turned away late", "kinds": writes, "status": 401, "delay": "1300ms", "stage": "before", "probability": 0.4},
			{"name": "slow", "kinds": writes, "delay": "900ms", "probability": 0.8},
		}
	}
	if *chaosFor > time.Minute && !s.onlyFreezes { // a company that meets it is left alone for a minute
		rules = append(rules, map[string]any{
			"name": "429", "kinds": writes, "status": 429, "body": "{}", "stage": "before", "skip": 50, "times": s.companies,
		}, map[string]any{"name": "hang", "kinds": writes, "hang": true, "stage": "after", "skip": 20, "times": 3})
	}
	for _, rule := range rules {
		s.admin(http.MethodPost, "/admin/faults", rule, nil)
	}
}

// makeTrouble goes by the seed's schedule: it kills servers, freezes them for longer than a lease lasts, lets tokens expire,
// and stops PostgreSQL. From a moment on there are three servers.
func (s *storm) makeTrouble(ctx context.Context, grow time.Time) {
	for round := 1; ; round++ {
		pause := time.NewTimer(time.Duration(500+s.random.IntN(1500)) * time.Millisecond)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		if time.Now().After(grow) || s.onlyFreezes {
			s.grow(3)
		}
		switch {
		case s.onlyFreezes:
			s.freezeAllBut(round)
		case round%5 == 0:
			s.freezeOne()
		case round%9 == 0:
			s.postgres.Stop(s.t)
			time.Sleep(300 * time.Millisecond) // real time: an outage has to last
			s.postgres.Start(s.t)
		case round%3 == 0:
			s.admin(http.MethodPost, "/admin/tokens/expire-access", map[string]any{"realm": ""}, nil)
		default:
			s.killOne()
		}
	}
}

// freezeOne stops a server for longer than its leases last: when it goes on, others have its companies.
func (s *storm) freezeOne() {
	servers := s.list()
	freeze(servers[s.random.IntN(len(servers))])
}

// freezeAllBut freezes every server but one, a different one each round, so that every company has to move.
func (s *storm) freezeAllBut(round int) {
	servers := s.list()
	awake := round % len(servers)
	freeze(slices.Concat(servers[:awake], servers[awake+1:])...)
}

func freeze(servers ...*served) {
	for _, victim := range servers {
		_ = victim.cmd.Process.Signal(syscall.SIGSTOP)
	}
	time.Sleep(1500 * time.Millisecond) // real time: the lease is one second
	for _, victim := range servers {
		_ = victim.cmd.Process.Signal(syscall.SIGCONT)
	}
}

// killOne kills a server as a power failure would, and starts another in its place.
func (s *storm) killOne() {
	victims := s.list()
	at := s.random.IntN(len(victims))
	victims[at].kill()
	fresh := s.serve()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.servers[at] = fresh
	s.kills++
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

// settle waits until every event is SYNCED, or its patience ends.
func (s *storm) settle(perCompany int) {
	s.t.Helper()
	deadline := time.Now().Add(*chaosPatience)
	for i := range s.companies {
		for !s.synced(storeName(i), perCompany) {
			if time.Now().After(deadline) {
				s.tell(storeName(i))
				return // compare says what is missing
			}
			time.Sleep(100 * time.Millisecond) // real processes
		}
	}
}

// tell logs how a company stands whose events are not all synced when patience ends.
func (s *storm) tell(retailer string) {
	s.t.Helper()
	status, err := s.status(retailer)
	s.t.Logf("%s: %s; next attempt %v, oldest %v, %s (%v)", retailer, status.GetSummary(), status.GetNextAttemptTime().AsTime(),
		status.GetOldestUnsyncedTime().AsTime(), status.GetConnectionProblem(), err)
	api := s.list()[0].api.Financial
	for _, state := range []financialv1.EventState{financialv1.EventState_EVENT_STATE_PENDING, financialv1.EventState_EVENT_STATE_PROCESSING} {
		page, _ := api.ListEvents(s.t.Context(), &financialv1.ListEventsRequest{RetailerId: retailer, State: state, PageSize: 3})
		for _, view := range page.GetEvents() {
			detail, _ := api.GetEvent(s.t.Context(), &financialv1.GetEventRequest{RetailerId: retailer, EventId: view.GetEvent().GetEventId()})
			s.t.Logf("  %s since %v, attempts %v", view.GetEvent().GetEventId(), view.GetStateTime().AsTime(), detail.GetAttempts())
		}
	}
}

func (s *storm) status(retailer string) (*financialv1.SyncStatus, error) {
	servers := s.list()
	answer, err := servers[0].api.Financial.SyncStatus(s.t.Context(), &financialv1.SyncStatusRequest{RetailerId: retailer})
	return answer.GetStatus(), err
}

func (s *storm) synced(retailer string, n int) bool {
	status, err := s.status(retailer)
	return err == nil && stateCount(status, financialv1.EventState_EVENT_STATE_SYNCED) == int64(n)
}

func stateCount(status *financialv1.SyncStatus, state financialv1.EventState) int64 {
	var n int64
	for _, c := range status.GetCounts() {
		if c.GetState() == state {
			n += c.GetCount()
		}
	}
	return n
}

// compare reads the books and the statuses and says what is wrong: entries missing, doubled, differing or foreign, events
// not synced, connections lost.
func (s *storm) compare(realms map[string]string, perCompany int) []string {
	s.t.Helper()
	var wrong []string
	for i := range s.companies {
		retailer := storeName(i)
		wrong = append(wrong, compareBooks(retailer, s.journal(realms[retailer]), chaosSales(i, perCompany))...)
		status, err := s.status(retailer)
		if err != nil || stateCount(status, financialv1.EventState_EVENT_STATE_SYNCED) != int64(perCompany) {
			wrong = append(wrong, fmt.Sprintf("%s: %v %v", retailer, status, err))
		}
		if status.GetConnectionHealth() == financialv1.ConnectionHealth_CONNECTION_HEALTH_REAUTHORIZATION_REQUIRED {
			wrong = append(wrong, retailer+": the connection is lost")
		}
	}
	return wrong
}

// journal reads the books of a company, page by page.
func (s *storm) journal(realm string) []wire.JournalEntry {
	s.t.Helper()
	var all []wire.JournalEntry
	for {
		var page struct {
			Total   int                 `json:"total"`
			Entries []wire.JournalEntry `json:"entries"`
		}
		s.admin(http.MethodGet, fmt.Sprintf("/admin/companies/%s/journal?start=%d&max=500", realm, len(all)+1), nil, &page)
		all = append(all, page.Entries...)
		if len(page.Entries) == 0 || len(all) >= page.Total {
			return all
		}
	}
}

func compareBooks(retailer string, journal []wire.JournalEntry, events []*financialv1.Event) []string {
	var wrong []string
	byNumber := map[string][]wire.JournalEntry{}
	for _, entry := range journal {
		byNumber[entry.DocNumber] = append(byNumber[entry.DocNumber], entry)
	}
	for _, event := range events {
		booked := byNumber[event.GetNumber()]
		delete(byNumber, event.GetNumber())
		if len(booked) != 1 {
			wrong = append(wrong, fmt.Sprintf("%s: event %s has %d entries in the books", retailer, event.GetNumber(), len(booked)))
			continue
		}
		amount := wire.Decimal(event.GetSale().GetTenders()[0].GetAmount())
		if lines := booked[0].Line; len(lines) != 2 || lines[0].Amount != amount || lines[1].Amount != amount {
			wrong = append(wrong, fmt.Sprintf("%s: event %s is booked as %+v", retailer, event.GetNumber(), booked[0]))
		}
	}
	for _, number := range slices.Sorted(maps.Keys(byNumber)) {
		wrong = append(wrong, fmt.Sprintf("%s: entry %s is of nobody", retailer, number))
	}
	return wrong
}

// admin asks the simulator's control panel.
func (s *storm) admin(method, path string, body, into any) {
	s.t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		s.t.Error(err)
		return
	}
	request, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), method, s.simulator+path, bytes.NewReader(encoded))
	if err != nil {
		s.t.Error(err)
		return
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := s.http.Do(request)
	if err != nil {
		s.t.Errorf("%s %s: %v", method, path, err)
		return
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s: %s", answer.Status, raw)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		s.t.Errorf("%s %s: %v", method, path, err)
	}
}

// connectAs takes one retailer from nothing to a started sync, into a company of its own.
func (s *served) connectAs(t *testing.T, name, realm string) {
	t.Helper()
	ctx := t.Context()
	answer, err := s.api.Integration.Connect(ctx, &integrationv1.ConnectRequest{RetailerId: name})
	if err != nil {
		t.Fatal(err)
	}
	consentFor(ctx, t, answer.GetAuthorizationUrl(), realm)
	stream, err := s.api.Integration.ImportAccounts(ctx, &integrationv1.ImportAccountsRequest{RetailerId: name})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = stream.Receive()
	}
	for role, kind := range map[financialv1.Role]financialv1.AccountType{
		financialv1.Role_ROLE_PAYMENT: financialv1.AccountType_ACCOUNT_TYPE_BANK,
		financialv1.Role_ROLE_REVENUE: financialv1.AccountType_ACCOUNT_TYPE_INCOME,
	} {
		page, err := s.api.Financial.ListAccounts(ctx, &financialv1.ListAccountsRequest{RetailerId: name, Type: kind, PageSize: 1})
		if err != nil || len(page.GetAccounts()) == 0 {
			t.Fatalf("accounts of %s: %v", name, err)
		}
		_, err = s.api.Financial.MapEvent(ctx, &financialv1.MapEventRequest{
			RetailerId: name, Slot: &financialv1.Slot{Role: role}, AccountId: page.GetAccounts()[0].GetAccountId(),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.api.Integration.StartSync(ctx, &integrationv1.StartSyncRequest{RetailerId: name}); err != nil {
		t.Fatal(err)
	}
}
