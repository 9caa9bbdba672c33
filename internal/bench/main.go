// Command bench measures what Tillpost must reach: real servers, a simulated QuickBooks and a PostgreSQL that keeps what
// it is told, each as a process, seen from outside through the API. It owns the scenarios and the table; it decides
// nothing about how the service works, and nothing of it is in the service's program. `make bench` runs it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options say what is measured and where results go.
type options struct {
	only, results, page, program string
	scale                        float64
}

// scenario measures one or several figures on a stage of its own.
type scenario struct {
	name string
	run  func(ctx context.Context, b *bench) ([]figure, error)
}

func scenarios() []scenario {
	return []scenario{
		{"record", measureRecording},
		{"pace", measurePace},
		{"many", measureMany},
		{"many-sqlite", measureManySQLite},
		{"idle", measureIdle},
		{"reads", measureReads},
		{"release", measureRelease},
		{"fleet", measureFleet},
	}
}

func main() {
	var o options
	flag.StringVar(&o.only, "only", "", "names of scenarios, with commas; empty: all")
	flag.StringVar(&o.results, "results", ".bench", "folder for the figures and the logs of the processes")
	flag.StringVar(&o.page, "page", "", "page whose table of figures is written anew")
	flag.StringVar(&o.program, "program", "", "the server's program; empty: built from ./server")
	flag.Float64Var(&o.scale, "scale", 1, "share of the events: less is faster and less exact")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	chosen, err := choose(o.only)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "tillpost-bench-")
	if err == nil {
		err = os.MkdirAll(o.results, 0o750)
	}
	if err != nil {
		return fmt.Errorf("make folders: %w", err)
	}
	defer os.RemoveAll(work)
	b := &bench{options: o, work: work}
	if b.program = o.program; b.program == "" {
		b.program = filepath.Join(work, "tillpost")
		build := exec.CommandContext(ctx, "go", "build", "-o", b.program, "./server") //nolint:gosec // the name is made above
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build the server: %w\n%s", err, out)
		}
	}
	var figures []figure
	for _, s := range chosen {
		b.name = s.name
		began := time.Now()
		fmt.Fprintf(os.Stderr, "%s ...\n", s.name)
		got, err := s.run(ctx, b)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Fprintf(os.Stderr, "%s took %s\n%s", s.name, brief(time.Since(began)), table(got))
		figures = append(figures, got...)
	}
	return report(o, append(figures, b.memoryFigures()...))
}

// choose returns the scenarios of the names, in the order of the table.
func choose(names string) ([]scenario, error) {
	all := scenarios()
	if names == "" {
		return all, nil
	}
	wanted := strings.Split(names, ",")
	for _, name := range wanted {
		if !slices.ContainsFunc(all, func(s scenario) bool { return s.name == name }) {
			return nil, fmt.Errorf("there is no scenario %q", name)
		}
	}
	return slices.DeleteFunc(all, func(s scenario) bool { return !slices.Contains(wanted, s.name) }), nil
}

// report prints the table, keeps the figures, and writes them into the page that was asked for.
func report(o options, figures []figure) error {
	machine := describeMachine()
	content := table(figures) + "\n" + machine + "\n"
	fmt.Fprint(os.Stdout, content)
	kept, err := json.MarshalIndent(struct {
		Machine string   `json:"machine"`
		Figures []figure `json:"figures"`
	}{machine, figures}, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(o.results, "figures.json"), append(kept, '\n'), 0o600)
	}
	if err != nil || o.page == "" {
		return errors.Join(err)
	}
	page, err := os.ReadFile(o.page)
	if err != nil {
		return fmt.Errorf("the page for the figures: %w", err)
	}
	text, err := replaceTable(string(page), content)
	if err != nil {
		return err
	}
	return os.WriteFile(o.page, []byte(text), 0o644) //nolint:gosec,wrapcheck // a page for everybody; the error names it
}

// describeMachine says what the figures were measured on.
func describeMachine() string {
	model := "unknown processor"
	info, _ := os.ReadFile("/proc/cpuinfo") // without it the processor is unknown
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("Measured %s on %d cores of an %s, %s/%s, %s.", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU(),
		model, runtime.GOOS, runtime.GOARCH, runtime.Version())
}
