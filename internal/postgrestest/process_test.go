package postgrestest_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/postgrestest"
)

// The tests here run this test binary again as a process of its own: what happens when a process ends is seen from outside.
const (
	childEnv = "TILLPOST_POSTGRESTEST_CHILD"

	passing     = "passing"
	failing     = "failing"
	waiting     = "waiting" // until its input ends
	withoutMain = "without-main"
)

// TestChild is what the child processes run; in the parent it is nothing.
func TestChild(t *testing.T) { //nolint:paralleltest // alone in its process
	mode := os.Getenv(childEnv)
	if mode == "" {
		return
	}
	dsn := postgrestest.DSN(t)
	line := fmt.Sprintf("%s %s\n", dsn, ask(t, open(t, dsn), "SHOW data_directory"))
	if _, err := os.Stdout.WriteString(line); err != nil {
		t.Fatal(err)
	}
	switch mode {
	case failing:
		t.Error("as asked")
	case waiting:
		if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
			t.Error(err)
		}
	}
}

// child prepares a child process. Where there is no PostgreSQL it skips the test.
func child(t *testing.T, mode string, environment ...string) *exec.Cmd {
	t.Helper()
	postgrestest.DSN(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestChild$")
	cmd.Env = append(append(os.Environ(), childEnv+"="+mode), environment...)
	return cmd
}

// place is what a child says about its server.
type place struct{ dsn, directory string }

func readPlace(t *testing.T, output io.Reader) place {
	t.Helper()
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatalf("the child ended before it had a database: %v", err)
	}
	dsn, directory, found := strings.Cut(strings.TrimSpace(line), " ")
	if !found || !strings.HasPrefix(dsn, "postgres://") {
		t.Fatalf("the child says %q, want an address and a directory", line)
	}
	return place{dsn, directory}
}

func TestMainStopsTheServerAndKeepsTheCode(t *testing.T) {
	t.Parallel()
	for mode, wantCode := range map[string]int{passing: 0, failing: 1} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			// Settings of the developer's own server do not lead astray.
			cmd := child(t, mode, "PGPORT=1", "PGHOST=nowhere.invalid", "PGUSER=nobody", "PGDATABASE=none", "TZ=Asia/Tokyo",
				"TMPDIR="+filepath.Join(t.TempDir(), strings.Repeat("long", 25)))
			output, err := cmd.Output()
			if ended := new(exec.ExitError); err != nil && !errors.As(err, &ended) {
				t.Fatal(err)
			}
			if got := cmd.ProcessState.ExitCode(); got != wantCode {
				t.Errorf("the process ends with %d, want %d:\n%s", got, wantCode, output)
			}
			server := readPlace(t, bytes.NewReader(output))
			if _, err := os.Stat(filepath.Dir(server.directory)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("its directory: %v, want that it is gone", err)
			}
			if err := open(t, server.dsn).PingContext(t.Context()); err == nil {
				t.Error("its server still answers")
			}
		})
	}
}

func TestWithoutMainThereIsNoDatabase(t *testing.T) {
	t.Parallel()
	output, err := child(t, withoutMain).Output()
	if err == nil || !strings.Contains(string(output), "func TestMain(m *testing.M) { postgrestest.Main(m) }") {
		t.Errorf("error %v, output %s; want a failure that says what to add", err, output)
	}
}

// recorder is a test whose end is observed.
type recorder struct {
	testing.TB

	fatal, skip string
}

func (*recorder) Helper() {}

func (r *recorder) Fatalf(format string, args ...any) { r.fatal = fmt.Sprintf(format, args...) }

func (r *recorder) Skipf(format string, args ...any) { r.skip = fmt.Sprintf(format, args...) }

func TestWithoutPostgreSQLTestsAreSkippedUnlessItIsRequired(t *testing.T) {
	t.Parallel()
	var relaxed, strict recorder
	postgrestest.NotInstalled(&relaxed, postgrestest.ErrNotInstalled, false)
	if !strings.Contains(relaxed.skip, "apt-get install postgresql") || relaxed.fatal != "" {
		t.Errorf("not required: skipped with %q, failed with %q", relaxed.skip, relaxed.fatal)
	}
	postgrestest.NotInstalled(&strict, postgrestest.ErrNotInstalled, true)
	if !strings.Contains(strict.fatal, "apt-get install postgresql") {
		t.Errorf("required: failed with %q", strict.fatal)
	}
}

func TestACancelledTestStillDropsItsDatabase(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	postgrestest.DSN(cancelled{TB: t, ctx: ctx}) // the clean-up fails the test if it cannot drop
}

// cancelled is a test whose context has ended, as that of every test has when its clean-up runs.
type cancelled struct {
	testing.TB

	ctx context.Context
}

func (c cancelled) Context() context.Context { return c.ctx }
