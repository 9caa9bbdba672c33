package postgrestest_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/postgrestest"
)

func TestTheServerEndsWithAKilledProcess(t *testing.T) {
	t.Parallel()
	cmd := child(t, waiting)
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer input.Close()
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	server := readPlace(t, output)
	t.Cleanup(func() {
		if err := os.RemoveAll(filepath.Dir(server.directory)); err != nil { // else the next run in a minute would do it
			t.Error(err)
		}
	})
	db := open(t, server.dsn)
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if _, err := db.ExecContext(ctx, "SELECT pg_sleep(60)"); ctx.Err() != nil {
		t.Fatalf("the server still works: %v", err)
	}
	awaitRefusal(ctx, t, server.dsn)
}

// awaitRefusal returns when nobody listens at the address any more.
func awaitRefusal(ctx context.Context, t *testing.T, dsn string) {
	t.Helper()
	db := open(t, dsn)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := db.PingContext(ctx)
		if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOENT) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the server still listens: %v", err)
		case <-again.C:
		}
	}
}

func TestLeftoversAreRemovedAndNothingElse(t *testing.T) {
	t.Parallel()
	const (
		leftover  = "tillpost-postgres-1"
		inUse     = "tillpost-postgres-2"
		fresh     = "tillpost-postgres-3"
		link      = "tillpost-postgres-4"
		plainFile = "tillpost-postgres-5"
		foreign   = "postgres-6"
	)
	parent, now := t.TempDir(), time.Now()
	for _, name := range []string{leftover, inUse, fresh, foreign} {
		write(t, parent, name+"/data/PG_VERSION", "15", 0o600)
	}
	write(t, parent, plainFile, "", 0o600)
	if err := os.Symlink(filepath.Join(parent, foreign), filepath.Join(parent, link)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{leftover, inUse, plainFile, foreign} {
		old := now.Add(-time.Hour)
		if err := os.Chtimes(filepath.Join(parent, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	lock, err := postgrestest.Hold(filepath.Join(parent, inUse))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()

	postgrestest.RemoveLeftovers(parent, now)
	entries, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]string, 0, len(entries))
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	want := []string{inUse, fresh, link, plainFile, foreign}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := os.Stat(filepath.Join(parent, inUse, "data", "PG_VERSION")); err != nil {
		t.Errorf("what is in use has lost data: %v", err)
	}
}
