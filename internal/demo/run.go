package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tillpost/tillpost/client"
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
)

const (
	// httpTimeout bounds one request of the browser and of the reader of the books.
	httpTimeout = 30 * time.Second
	// accountsPage is the most accounts that the API lists at once.
	accountsPage = 1_000
)

// Options say what a run speaks to and how it shows itself.
type Options struct {
	// Client calls the service, with a token that may manage, record and read for Retailer.
	Client *client.Client
	// Retailer is the retailer to act for; it should be new to the service, since its counters are compared too.
	Retailer string
	// SimulatorURL is where the QuickBooks simulator listens that the service is connected to.
	SimulatorURL string
	// Out is where the run is shown.
	Out io.Writer
	// Terminal is true where Out can redraw a line. Otherwise progress is a line for every 10 %.
	Terminal bool
	// Color is true where Out understands colors.
	Color bool
	// Seed chooses the week; every number makes another one.
	Seed uint64
	// Start is the first business date. Zero takes the Monday of the last whole week.
	Start time.Time
	// HTTPClient opens the consent page and reads the simulator's books. Nil takes one of the run's own.
	HTTPClient *http.Client
}

// Run lives through a week of the demo retailer: it connects to QuickBooks through the consent page, imports the chart
// of accounts, maps every slot, records the events, waits until they are posted, and compares the books with the events.
//
// It fails when a step fails, when posting stands still, and when the context ends. Differences are no error: the
// report counts them.
func Run(ctx context.Context, opts Options) (Report, error) {
	r := newRun(opts)
	steps := []struct {
		heading string
		do      func(context.Context) error
	}{
		{"Connect to QuickBooks", r.connect},
		{"Import the chart of accounts", r.importAccounts},
		{"Map every slot to an account", r.mapSlots},
		{"Start syncing", r.startSync},
		{"Record a week of twelve stores", r.record},
		{"Post to QuickBooks", r.follow},
		{"", r.compare},
	}
	for i, step := range steps {
		if step.heading != "" {
			r.screen.heading(fmt.Sprintf("%d  %s", i+1, step.heading))
		}
		if err := step.do(ctx); err != nil {
			return r.report, fmt.Errorf("demonstration: %w", err)
		}
	}
	r.report.show(r.screen)
	if r.screen.err != nil {
		return r.report, fmt.Errorf("demonstration: show the result: %w", r.screen.err)
	}
	return r.report, nil
}

// run is a Run under way.
type run struct {
	Options

	screen  *screen
	events  []*financialv1.Event
	mapping []Choice
	// began is when the first event was sent; posting begins with it.
	began  time.Time
	report Report
}

func newRun(opts Options) *run {
	if opts.HTTPClient == nil {
		opts.HTTPClient = &http.Client{Timeout: httpTimeout}
	}
	if opts.Start.IsZero() {
		opts.Start = lastMonday(time.Now().UTC())
	}
	opts.SimulatorURL = strings.TrimSuffix(opts.SimulatorURL, "/")
	return &run{
		Options: opts,
		screen:  &screen{out: opts.Out, terminal: opts.Terminal, color: opts.Color},
		events:  Week(opts.Seed, opts.Start),
		mapping: Mapping(),
		report:  Report{Retailer: opts.Retailer, accounts: map[string]string{}},
	}
}

// lastMonday returns the Monday of the last whole week before now.
func lastMonday(now time.Time) time.Time {
	sinceMonday := (int(now.Weekday()) + daysOfWeek - int(time.Monday)) % daysOfWeek
	return now.AddDate(0, 0, -sinceMonday-daysOfWeek)
}

// connect goes through the OAuth redirects as the retailer's browser does.
func (r *run) connect(ctx context.Context) error {
	res, err := r.Client.Integration.Connect(ctx, &integrationv1.ConnectRequest{RetailerId: r.Retailer})
	switch {
	case client.Reason(err) == "ALREADY_CONNECTED":
		r.screen.sayf("connected before")
	case err != nil:
		return fmt.Errorf("ask for the authorization address: %w", err)
	default:
		r.screen.sayf("authorize at  %s", withoutQuery(res.GetAuthorizationUrl()))
		b := browser{http: r.HTTPClient}
		end, err := b.authorize(ctx, res.GetAuthorizationUrl())
		if err != nil {
			return fmt.Errorf("authorize the connection: %w", err)
		}
		r.screen.sayf("came back to  %s", end)
	}
	got, err := r.Client.Integration.GetConnection(ctx, &integrationv1.GetConnectionRequest{RetailerId: r.Retailer})
	if err != nil {
		return fmt.Errorf("read the connection: %w", err)
	}
	connection := got.GetConnection()
	if connection.GetState() != integrationv1.Connection_STATE_CONNECTED {
		return fmt.Errorf("the connection is %s after authorizing; the service's log says why", connection.GetState())
	}
	r.report.Realm, r.report.Company = connection.GetRealmId(), connection.GetCompanyName()
	r.screen.sayf("connected to  %s, company %s", r.report.Company, r.report.Realm)
	return nil
}

func withoutQuery(address string) string {
	before, _, _ := strings.Cut(address, "?")
	return before
}

// importAccounts imports the chart and remembers the ids of its accounts.
func (r *run) importAccounts(ctx context.Context) error {
	stream, err := r.Client.Integration.ImportAccounts(ctx, &integrationv1.ImportAccountsRequest{RetailerId: r.Retailer})
	if err != nil {
		return fmt.Errorf("import the accounts: %w", err)
	}
	defer func() { _ = stream.Close() }()
	var progress *bar
	for {
		msg, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("import the accounts: %w", err)
		}
		if done := msg.GetProgress(); done != nil {
			if progress == nil {
				progress = r.screen.newBar("accounts", int64(done.GetTotalCount()), time.Now())
			}
			progress.set(int64(done.GetReadCount()))
		}
		if summary := msg.GetSummary(); summary != nil {
			progress.finish()
			r.screen.sayf("%s accounts, %s of them inactive", count(int64(summary.GetTotalCount())),
				count(int64(summary.GetInactiveCount())))
		}
	}
	return r.listAccounts(ctx)
}

func (r *run) listAccounts(ctx context.Context) error {
	for token := ""; ; {
		page, err := r.Client.Financial.ListAccounts(ctx, &financialv1.ListAccountsRequest{
			RetailerId: r.Retailer, PageSize: accountsPage, PageToken: token,
		})
		if err != nil {
			return fmt.Errorf("list the accounts: %w", err)
		}
		for _, account := range page.GetAccounts() {
			r.report.accounts[account.GetFullyQualifiedName()] = account.GetAccountId()
		}
		if token = page.GetNextPageToken(); token == "" {
			return nil
		}
	}
}

// mapSlots gives every slot the account that the retailer chose for it.
func (r *run) mapSlots(ctx context.Context) error {
	progress := r.screen.newBar("slots", int64(len(r.mapping)), time.Now())
	var warnings []string
	for i, choice := range r.mapping {
		id, ok := r.report.accounts[choice.Account]
		if !ok {
			progress.abandon()
			return fmt.Errorf("map %s: the chart of %s has no account %q", describe(choice.Slot), r.report.Company,
				choice.Account)
		}
		res, err := r.Client.Financial.MapEvent(ctx, &financialv1.MapEventRequest{
			RetailerId: r.Retailer, AccountId: id,
			Slot: &financialv1.Slot{Role: choice.Role, Key: choice.Key, LocationId: choice.Location},
		})
		if err != nil {
			progress.abandon()
			return fmt.Errorf("map %s to %q: %w", describe(choice.Slot), choice.Account, err)
		}
		warnings = append(warnings, res.GetMapping().GetWarnings()...)
		progress.set(int64(i + 1))
	}
	progress.finish()
	for _, warning := range warnings {
		r.screen.sayf("%s", warning)
	}
	return nil
}

// describe names a slot for people: `PAYMENT "Cash" at pine-avenue`.
func describe(slot Slot) string {
	text := strings.TrimPrefix(slot.Role.String(), "ROLE_")
	if slot.Key != "" {
		text += fmt.Sprintf(" %q", slot.Key)
	}
	if slot.Location != "" {
		text += " at " + slot.Location
	}
	return text
}

func (r *run) startSync(ctx context.Context) error {
	_, err := r.Client.Integration.StartSync(ctx, &integrationv1.StartSyncRequest{RetailerId: r.Retailer})
	if err != nil {
		return fmt.Errorf("start syncing: %w", err)
	}
	r.screen.sayf("from now on every event is posted")
	return nil
}

// compare reads the books and compares them with the events.
func (r *run) compare(ctx context.Context) error {
	reader := bookReader{http: r.HTTPClient, simulator: r.SimulatorURL, realm: r.report.Realm}
	books, err := reader.read(ctx)
	if err != nil {
		return err
	}
	r.report.settle(NewOracle(r.mapping), r.events, books)
	r.report.lastDate = r.events[len(r.events)-1].GetBusinessDate()
	return nil
}
