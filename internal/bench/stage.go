package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/tillpost/tillpost/client"
	"github.com/tillpost/tillpost/internal/postgrestest"
)

// bench is a run of the program.
type bench struct {
	options

	name string // of the scenario that runs
	work string // a folder for what does not outlive the run
	// most is the most memory that any server had, and mostIn the scenario; idle is what one had without anything to do.
	most, idle int64
	mostIn     string
	stages     int
}

// set says what a stage needs.
type set struct {
	sqlite    bool
	companies int
	limits    bool
}

// stage is a service with its database and its QuickBooks, each a process of its own.
type stage struct {
	b         *bench
	postgres  *postgrestest.Server // nil on SQLite
	simulator *process
	service   *process
	books     *books
	api       *client.Client // speaks gRPC
	url       string
	token     string
}

var (
	serviceReady   = regexp.MustCompile(`(?s)URL\s+(http://\S+).*?token\s+(\S+)`)
	simulatorReady = regexp.MustCompile(`(?s)address\s+(http://\S+).*Stop it`)
)

// on runs a body on a new stage, notes the memory that the server took, and clears the stage away.
func (b *bench) on(ctx context.Context, s set, body func(*stage) error) (err error) {
	st := &stage{b: b}
	defer func() { err = errors.Join(err, st.clear()) }()
	if err := st.build(ctx, s); err != nil {
		return err
	}
	return body(st)
}

func (st *stage) build(ctx context.Context, s set) error {
	st.b.stages++
	name := filepath.Join(st.b.results, fmt.Sprintf("%s-%d", st.b.name, st.b.stages))
	args := []string{"simulator", "--listen", "127.0.0.1:0", "--companies", strconv.Itoa(max(s.companies, 1)), "--seed", "1"}
	if !s.limits {
		args = append(args, "--no-limits")
	}
	var err error
	if st.simulator, err = startProcess(ctx, name+"-simulator.log", simulatorReady, st.b.program, args...); err != nil {
		return err
	}
	st.books = newBooks(simulatorReady.FindStringSubmatch(st.simulator.said)[1])
	database := filepath.Join(st.b.work, fmt.Sprintf("%d.db", st.b.stages))
	if !s.sqlite {
		if st.postgres, err = postgrestest.StartDurable(ctx); err != nil {
			return err
		}
		database = st.postgres.DSN()
	}
	args = []string{
		"serve", "--listen", "127.0.0.1:0", "--database", database, "--simulator-url", st.books.url, "--log-level", "warn",
		"--key-file", filepath.Join(st.b.work, fmt.Sprintf("%d.keys", st.b.stages)),
	}
	if !s.limits {
		args = append(args, "--unpaced")
	}
	if st.service, err = startProcess(ctx, name+"-service.log", serviceReady, st.b.program, args...); err != nil {
		return err
	}
	found := serviceReady.FindStringSubmatch(st.service.said)
	st.url, st.token = found[1], found[2]
	st.api, err = st.newClient()
	return err
}

// newClient makes a client with a connection of its own.
func (st *stage) newClient() (*client.Client, error) {
	return client.New(st.url, client.WithToken(st.token), client.WithGRPC())
}

func (st *stage) clear() (err error) {
	if st.service != nil {
		_, most, failed := st.service.memory()
		err = failed
		if most > st.b.most {
			st.b.most, st.b.mostIn = most, st.b.name
		}
		st.service.stop()
	}
	if st.simulator != nil {
		st.simulator.stop()
	}
	if st.postgres != nil {
		err = errors.Join(err, st.postgres.Close())
	}
	return err
}

// memoryFigures are the figures of all scenarios together.
func (b *bench) memoryFigures() []figure {
	const mib, mostAllowed, idleAllowed = 1 << 20, 256 << 20, 64 << 20
	figures := []figure{{
		Name: "memory of the server, the most", Target: "under 256 MiB", Measured: fmt.Sprintf("%d MiB (%s)", b.most/mib, b.mostIn),
		Ratio: fmt.Sprintf("%.2f", float64(b.most)/mostAllowed), Verdict: judge(b.most < mostAllowed),
	}}
	if b.idle > 0 {
		figures = append(figures, figure{
			Name: "memory of the server, idle", Target: "under 64 MiB", Measured: fmt.Sprintf("%d MiB", b.idle/mib),
			Ratio: fmt.Sprintf("%.2f", float64(b.idle)/idleAllowed), Verdict: judge(b.idle < idleAllowed),
		})
	}
	return figures
}

// scaled returns a number of events, as large as the run wants it.
func (b *bench) scaled(n int) int { return max(int(float64(n)*b.scale), 1) }
