package main_test

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// run runs tillpost to its end and returns what it printed and its status.
func run(t *testing.T, args ...string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, programs.tillpost, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// TestDemo runs the demonstration as a newcomer does, on both databases.
func TestDemo(t *testing.T) {
	t.Parallel()
	for name, args := range map[string]func(*testing.T) []string{
		"SQLite":     func(*testing.T) []string { return nil },
		"PostgreSQL": func(t *testing.T) []string { t.Helper(); return []string{"--database", postgrestest.DSN(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := append([]string{"demo", "--exit", "--listen", "127.0.0.1:0", "--simulator-listen", "127.0.0.1:0"}, args(t)...)
			out, status := run(t, all...)
			if status != 0 || !strings.Contains(out, "differences: 0") {
				t.Errorf("the demo ends with status %d:\n%s", status, out)
			}
		})
	}
}

func TestDoctorSaysWhatToDo(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "tillpost.db")
	out, status := run(t, "doctor", "--database", database, "--simulator-url", "http://127.0.0.1:9")
	if status != 1 || !strings.Contains(out, "migrate") || !strings.Contains(out, "Start the simulator") {
		t.Errorf("status %d:\n%s", status, out)
	}
	if out, status := run(t, "migrate", "--database", database); status != 0 || !strings.Contains(out, "applied") {
		t.Errorf("migrate: status %d:\n%s", status, out)
	}
	_, quickBooksURL := quickBooks(t, simulator.Options{})
	out, status = run(t, "doctor", "--database", database, "--simulator-url", quickBooksURL)
	if status != 0 || strings.Contains(out, "FAIL") || strings.Count(out, "ok ") != 4 {
		t.Errorf("status %d:\n%s", status, out)
	}
}

func TestUnsafeSettingsAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"development on every address": {[]string{"--listen", "0.0.0.0:0"}, "loopback only"},
		"production without anything":  {[]string{"--mode", "production", "--quickbooks", "sandbox"}, "--seal-keys"},
		"production on the simulator":  {[]string{"--mode", "production"}, "books nothing real"},
		"unpaced at Intuit":            {[]string{"--quickbooks", "sandbox", "--unpaced"}, "would block the app"},
		"half of TLS":                  {[]string{"--tls-cert", "x.pem"}, "go together"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"serve", "--database", filepath.Join(t.TempDir(), "t.db")}, c.args...)
			if out, status := run(t, args...); status != 1 || !strings.Contains(out, c.want) {
				t.Errorf("status %d, want 1 and %q:\n%s", status, c.want, out)
			}
		})
	}
}

func TestVersionAndHelp(t *testing.T) {
	t.Parallel()
	if out, status := run(t, "version"); status != 0 || !strings.HasPrefix(out, "tillpost ") {
		t.Errorf("version: status %d: %s", status, out)
	}
	out, status := run(t, "--help")
	for _, command := range []string{"serve", "demo", "simulator", "migrate", "doctor", "version"} {
		if status != 0 || !strings.Contains(out, command) {
			t.Errorf("--help (status %d) does not name %s:\n%s", status, command, out)
		}
	}
	if _, status := run(t, "serve", "--no-such-flag"); status != 2 {
		t.Errorf("an unknown flag ends with status %d, want 2", status)
	}
}

func TestServeStopsInOrder(t *testing.T) {
	t.Parallel()
	_, quickBooksURL := quickBooks(t, simulator.Options{})
	s := serve(t, "--database", filepath.Join(t.TempDir(), "tillpost.db"), "--simulator-url", quickBooksURL, "--unpaced")
	ctx := t.Context()
	s.connect(ctx, t)
	s.record(ctx, t, sales(1, 500))
	if status := s.stop(t); status != 0 {
		t.Errorf("the service ends with status %d, want 0", status)
	}
}
