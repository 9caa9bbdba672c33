package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

type simulatorCommand struct {
	Listen      []string `default:"127.0.0.1:8701" placeholder:"HOST:PORT" help:"Address to serve on, 127.0.0.1:8701 by default; may be repeated. Port 0 picks a free one. Loopback only, unless --allow-remote."`
	AllowRemote bool     `help:"Listen on other addresses too. The simulator asks nobody for credentials: whoever reaches it can change its books."`
	TLS         bool     `name:"tls" help:"Serve HTTPS as Intuit's hosts, localhost and 127.0.0.1, with a CA made at the start and thrown away at the end."`
	TLSDir      string   `name:"tls-dir" type:"path" placeholder:"DIR" help:"Where ca.pem, server.pem and server-key.pem are written. Default: a directory that is removed at the end."`

	ClientID      string   `default:"simulator-client" placeholder:"ID" help:"Client id of the simulated Intuit app, simulator-client by default."`
	ClientSecret  string   `default:"simulator-secret" placeholder:"SECRET" help:"Its secret, simulator-secret by default."`
	RedirectURI   []string `name:"redirect-uri" sep:"none" placeholder:"URI" help:"Registered redirect address; may be repeated. Default: any http address on this machine."`
	WebhookURL    string   `name:"webhook-url" placeholder:"URL" help:"Address that gets the app's webhooks."`
	VerifierToken string   `default:"simulator-verifier" placeholder:"TOKEN" help:"Verifier token that signs the webhooks, simulator-verifier by default."`

	Company   []string          `sep:"none" placeholder:"[REALM=]NAME" help:"Company that exists from the start; may be repeated."`
	Companies int               `default:"1" placeholder:"N" help:"How many companies exist from the start, one by default; those that --company does not name get made-up names."`
	Seed      uint64            `placeholder:"N" help:"Make tokens and ids repeatable; 0 makes them random."`
	Scenario  string            `type:"existingfile" placeholder:"FILE" help:"JSON file of apps, companies, switches and faults to start from; flags win over it. See docs/simulator.md."`
	File      string            `type:"path" placeholder:"FILE" help:"Keep everything in this file as well, so that it outlives the process. Default: in memory only."`
	Switch    map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"Choose a behaviour where Intuit's is unknown; may be repeated. See --list-switches."`
	NoLimits  bool              `help:"Lift Intuit's request limits: the same as --switch limits=off."`

	ListSwitches bool   `env:"-" help:"Print every switch with its values and what it chooses, and end."`
	ListFaults   bool   `env:"-" help:"Print every fault that a rule can name, and end."`
	LogLevel     string `default:"info" enum:"debug,info,warn,error" help:"Least level to log; debug logs every request."`
	LogFormat    string `default:"text" enum:"text,json" help:"Form of the log lines."`
}

// Help is what --help says beside the flags.
func (*simulatorCommand) Help() string {
	return `It stands in for Intuit's OAuth2 server and Accounting API: consent page, tokens, chart of accounts, journal
entries, queries, batches, faults and limits. Its first page shows its companies and their books. It never talks to
Intuit. docs/simulator.md says how to point a client at it.

Examples:

  A company for any QuickBooks client that can be given other addresses:
    tillpost simulator --company "Corner Shop" --no-limits

  Three companies for clients that cannot: HTTPS under Intuit's own names:
    tillpost simulator --companies 3 --listen 127.0.0.1:443 --tls --tls-dir ./tls`
}

// Run serves the simulator until the process is asked to stop.
func (c *simulatorCommand) Run(ctx context.Context) (failed error) {
	if c.ListSwitches {
		return listSwitches(os.Stdout) //nolint:contextcheck // New does not wait for anything that could be given up
	}
	if c.ListFaults {
		return listFaults(os.Stdout)
	}
	log, err := newLogger(c.LogLevel, c.LogFormat)
	if err != nil {
		return err
	}
	options, err := c.options()
	if err != nil {
		return err
	}
	options.Logger = log
	sim, err := simulator.New(options) //nolint:contextcheck // New does not wait for anything that could be given up
	if err != nil {
		return fmt.Errorf("make the simulator: %w", err)
	}
	defer func() { failed = errors.Join(failed, sim.Close()) }()
	encryption, cleanUp, err := c.encryption()
	if err != nil {
		return err
	}
	defer cleanUp()
	server, err := serveSimulator(ctx, sim, encryption.config(), c.Listen...)
	if err != nil {
		return err
	}
	if c.AllowRemote {
		warnRemote(os.Stdout)
	}
	if err := c.announce(os.Stdout, server, sim, encryption); err != nil {
		return err
	}
	<-ctx.Done()
	return server.stop(ctx)
}

// announce says in a few lines what a person or a script needs in order to use the simulator. Scripts read it: the word
// at the start of a line, and what follows it, are kept as they are.
func (c *simulatorCommand) announce(out io.Writer, server *simulatorServer, sim *simulator.Simulator, encryption *throwAwayTLS) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0) //nolint:mnd // two spaces between columns
	kept := "in memory only"
	if c.File != "" {
		kept = "in " + c.File
	}
	fmt.Fprintf(table, "A simulated QuickBooks Online is running. Its books are kept %s.\n\n", kept)
	for _, url := range server.urls {
		fmt.Fprintf(table, "  address\t%s\n", url)
	}
	fmt.Fprintf(table, "  console\t%s/\n", server.urls[0])
	for _, clientID := range sim.Apps() {
		fmt.Fprintf(table, "  client id\t%s\n", clientID)
	}
	for _, realm := range sim.Realms() {
		company, err := sim.Company(realm)
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "  company\t%s  %s\n", realm, company.Name)
	}
	fmt.Fprintf(table, "  limits\t%s\n", limitsText(sim))
	if encryption != nil {
		fmt.Fprintf(table, "  CA\t%s\n", encryption.authorityFile)
	}
	fmt.Fprint(table, "\nStop it with Ctrl+C.\n")
	return table.Flush()
}

func limitsText(sim *simulator.Simulator) string {
	for _, s := range sim.Switches() {
		if s.Name == simulator.SwitchLimits && s.Value == "off" {
			return "off"
		}
	}
	return "Intuit's; --no-limits lifts them"
}

func warnRemote(out io.Writer) {
	fmt.Fprint(out, `
WARNING: --allow-remote is set. Anybody who reaches this port can read and change the simulated books, hand out tokens
and steer the simulator through /admin/, without credentials. Keep it inside a test network, and put nothing real in it.

`)
}
