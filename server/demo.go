package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tillpost/tillpost/client"
	"github.com/tillpost/tillpost/internal/app"
	"github.com/tillpost/tillpost/internal/demo"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

type demoCommand struct {
	Listen          string        `default:"127.0.0.1:8700" placeholder:"HOST:PORT" help:"Address of the service; port 0 picks a free one."`
	SimulatorListen string        `default:"127.0.0.1:8701" placeholder:"HOST:PORT" help:"Address of the simulated QuickBooks."`
	Database        string        `placeholder:"URL" help:"Fresh database to use, postgres://...; default: a SQLite file that is removed afterwards."`
	Seed            uint64        `default:"2026" help:"Seed of the retailer's week: the same seed makes the same events."`
	Paced           bool          `help:"Keep to Intuit's limits of 500 requests and 40 batches a minute; takes a few minutes."`
	Exit            bool          `help:"End when the books have been compared, with a status other than 0 if anything differs."`
	Timeout         time.Duration `default:"15m" help:"Give up when the week is not posted by then."`
	LogLevel        string        `default:"error" enum:"debug,info,warn,error" help:"Least level to log; the demonstration is easier to read with few."`
	LogFormat       string        `default:"text" enum:"text,json" help:"Form of the log lines."`
}

// errDifferences is the demo's own failure: the list has been printed.
var errDifferences = errors.New("the books differ from the events, see above")

// Run starts a simulated QuickBooks and the service in this process, runs the demonstration against their public
// addresses, and then stays up, or ends when asked to.
func (c *demoCommand) Run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "tillpost-demo-")
	if err != nil {
		return fmt.Errorf("make a directory for the database and the keys: %w", err)
	}
	defer os.RemoveAll(dir)
	log, err := newLogger(c.LogLevel, c.LogFormat)
	if err != nil {
		return err
	}
	sim, err := simulator.New(simulator.Options{ //nolint:contextcheck // New does not wait for anything that could be given up
		Logger: log,
		// The demonstration shows the work, not the waiting; --paced keeps the service to Intuit's limits all the same.
		Switches: map[simulator.Switch]string{simulator.SwitchLimits: "off"},
	})
	if err != nil {
		return fmt.Errorf("make the simulator: %w", err)
	}
	quickbooks, err := serveSimulator(ctx, sim, nil, c.SimulatorListen)
	if err != nil {
		return err
	}
	service, err := app.New(ctx, c.config(dir, quickbooks.urls[0]), log, version)
	if err != nil {
		return errors.Join(err, quickbooks.stop(ctx))
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	go func() { served <- service.Run(running) }()

	err = c.show(ctx, service, quickbooks.urls[0])
	stop()
	return errors.Join(err, <-served, quickbooks.stop(ctx))
}

// config is that of a service in development mode, whose keys and, unless told otherwise, database are in dir.
func (c *demoCommand) config(dir, simulatorURL string) app.Config {
	database := c.Database
	if database == "" {
		database = filepath.Join(dir, "tillpost.db")
	}
	return app.Config{
		Mode: "development", Listen: c.Listen, Database: database, QuickBooks: "simulator", SimulatorURL: simulatorURL,
		Unpaced: !c.Paced, AuthAudience: "tillpost", KeyFile: filepath.Join(dir, "tillpost.keys"), Grace: demoGrace,
	}
}

// demoGrace is how long calls and requests under way may take to finish when the demonstration ends.
const demoGrace = 10 * time.Second

// show runs the demonstration, and stays until asked to stop unless it shall end by itself.
func (c *demoCommand) show(ctx context.Context, service *app.App, simulatorURL string) error {
	api, err := client.New(service.URL(), client.WithToken(service.Token()))
	if err != nil {
		return fmt.Errorf("make the client: %w", err)
	}
	bounded, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	report, err := demo.Run(bounded, demo.Options{
		Client: api, Retailer: "harbor-and-pine", SimulatorURL: simulatorURL, Out: os.Stdout, Seed: c.Seed,
		Terminal: isTerminal(os.Stdout),
	})
	if err != nil {
		return fmt.Errorf("the demonstration stopped: %w", err)
	}
	if report.Differences > 0 {
		err = errDifferences
	}
	if c.Exit {
		return err
	}
	places := demo.Places{
		API: service.URL(), Console: service.ConsoleURL(), Simulator: simulatorURL, Token: service.Token(),
	}
	if hintErr := report.Hints(os.Stdout, places); hintErr != nil {
		return hintErr
	}
	<-ctx.Done()
	return err
}

// isTerminal tells whether a person watches, so that progress bars may be drawn over.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
