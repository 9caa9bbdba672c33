// Command tillpost brings a retailer's financial events into QuickBooks Online as journal entries, exactly once.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// version is set by the linker when a release is built.
var version = "development"

type commands struct {
	Serve     serveCommand     `cmd:"" help:"Run the service."`
	Demo      demoCommand      `cmd:"" help:"Run the service and a simulated QuickBooks, post a retailer's week, and compare the books."`
	Simulator simulatorCommand `cmd:"" help:"Run a simulated QuickBooks Online company."`
	Migrate   migrateCommand   `cmd:"" help:"Bring the database schema up to date, and say what was done."`
	Doctor    doctorCommand    `cmd:"" help:"Check configuration, database, clock and QuickBooks, and say what to do."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

func main() {
	collectLess()
	os.Exit(run(os.Args[1:]))
}

// collectLess lets the heap grow further between collections than Go does by itself, unless GOGC says otherwise: an entry then
// costs the server a sixth less time, and it still stays well below 256 MiB. See docs/performance.md.
func collectLess() {
	const percent = 200
	if _, said := os.LookupEnv("GOGC"); !said {
		debug.SetGCPercent(percent)
	}
}

// run parses the command line, runs the command until it ends or the process is asked to stop, and returns the status.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var cli commands
	parser, err := kong.New(&cli,
		kong.Name("tillpost"),
		kong.Description("From the till to posted: retail events become balanced journal entries in QuickBooks Online, exactly once.\n\n"+
			"Start with 'tillpost demo'."),
		kong.DefaultEnvars("TILLPOST"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}), //nolint:mnd // columns of a terminal
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "tillpost:", err)
		return 1
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "tillpost: %v\nTry 'tillpost --help'.\n", err)
		return 2 //nolint:mnd // the usual status of a wrong command line
	}
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "tillpost:", err)
		return 1
	}
	return 0
}

// newLogger makes the logger that is passed to everything; it writes to standard error.
func newLogger(level, format string) (*slog.Logger, error) {
	var least slog.Level
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level: %w", err)
	}
	options := &slog.HandlerOptions{Level: least}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options)), nil
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options)), nil
}
