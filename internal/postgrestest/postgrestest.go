// Package postgrestest gives tests a real PostgreSQL: one server per test process, in a temporary directory, on a private
// unix socket, started when the first test asks and stopped when the last has run; and a fresh, empty database for each
// test. It never touches a server that it did not start itself, and never listens on the network. Only tests
// import it, and the measurements of internal/bench, which get a server that is set up as production's is.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	// requireEnv, set to required, makes a missing PostgreSQL a failure; CI sets it.
	requireEnv = "TILLPOST_TEST_POSTGRES"
	required   = "required"

	startTimeout     = 60 * time.Second
	statementTimeout = 60 * time.Second
)

// shared is the server of this test process.
type shared struct {
	managed atomic.Bool // by Run, which will stop the server
	once    sync.Once
	server  *server
	err     error
	next    atomic.Int64
}

// DSN has nothing but the test to find the server by, so the server is the process's. It starts once.
var process shared

// Main runs a package's tests, stops the server and ends the process with the tests' code. A package that uses DSN has:
//
//	func TestMain(m *testing.M) { postgrestest.Main(m) }
func Main(m *testing.M) { os.Exit(Run(m.Run)) }

// Run is Main for packages that do more in their TestMain: it calls tests, stops the server and returns the code to end
// the process with. That is what tests returned, or 1 if the tests passed although the server had ended on its own.
func Run(tests func() int) int {
	process.managed.Store(true)
	defer process.stop()
	code := tests()
	if err := process.stop(); err != nil {
		fmt.Fprintf(os.Stderr, "postgrestest: %v\n", err)
		return max(code, 1)
	}
	return code
}

// DSN returns the address of a fresh, empty database, which is dropped when the test ends together with the connections
// that are still open to it. The address is a URL, for lib/pq as for --database; its user is a superuser. Sorting is by
// bytes and times are in UTC whatever the machine's settings are. What was committed survives the end of a connection or
// of the server, but not of the machine (fsync is off).
//
// It is safe for parallel tests. The first call of a process takes a second or so. Do not call it in a testing/synctest
// bubble: the server's life is longer than the bubble's, and its clock is the real one.
//
// Where PostgreSQL is not installed it skips the test, or fails it when TILLPOST_TEST_POSTGRES is "required".
func DSN(tb testing.TB) string {
	tb.Helper()
	if !process.managed.Load() {
		tb.Fatal("postgrestest.DSN needs postgrestest.Main, which stops the server; add to the package's tests: " +
			"func TestMain(m *testing.M) { postgrestest.Main(m) }")
	}
	background := context.WithoutCancel(tb.Context()) // the server and the clean-up outlive this test's context
	process.once.Do(func() {
		ctx, cancel := context.WithTimeout(background, startTimeout)
		defer cancel()
		process.server, process.err = start(ctx, inHaste())
	})
	if errors.Is(process.err, errNotInstalled) {
		notInstalled(tb, process.err, os.Getenv(requireEnv) == required)
	}
	if process.err != nil {
		tb.Fatalf("postgrestest: %v", process.err)
	}
	name := fmt.Sprintf("test_%d", process.next.Add(1))
	// template0 accepts no connections, so copying it never waits for anyone.
	if err := process.server.execute(background, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		tb.Fatalf("postgrestest: %v", err)
	}
	tb.Cleanup(func() {
		if err := process.server.execute(background, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Errorf("postgrestest: %v", err)
		}
	})
	return process.server.dsn(name)
}

// notInstalled ends the test: there is no PostgreSQL to test with.
func notInstalled(tb testing.TB, err error, mustExist bool) {
	tb.Helper()
	if mustExist {
		tb.Fatalf("%v, and %s=%s forbids to go on without: %s", err, requireEnv, required, howToInstall)
	}
	tb.Skipf("%v; to run this test, %s", err, howToInstall)
}

// stop stops the server if there is one that runs.
func (p *shared) stop() error {
	if p.server == nil {
		return nil
	}
	return p.server.stop()
}
