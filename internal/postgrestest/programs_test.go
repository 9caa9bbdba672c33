package postgrestest_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/postgrestest"
)

const (
	program = "\x7fELF, or something like it"
	script  = "#!/bin/sh\nexec /elsewhere/postgres \"$@\"\n"
)

func TestTheFirstFolderWithBothProgramsIsTaken(t *testing.T) {
	t.Parallel()
	const runs, doesNotRun = 0o755, 0o644
	root := t.TempDir()
	write(t, root, "half/initdb", program, runs)
	write(t, root, "wrapped/initdb", program, runs)
	write(t, root, "wrapped/postgres", script, runs)
	write(t, root, "data/initdb", program, doesNotRun)
	write(t, root, "data/postgres", program, doesNotRun)
	write(t, root, "empty/initdb", "", runs)
	write(t, root, "empty/postgres", "", runs)
	write(t, root, "folders/initdb/x", "", runs)
	write(t, root, "folders/postgres/x", "", runs)
	unfit := []string{
		filepath.Join(root, "missing"), filepath.Join(root, "half"), filepath.Join(root, "wrapped"),
		filepath.Join(root, "data"), filepath.Join(root, "empty"), filepath.Join(root, "folders"),
	}
	if got, err := postgrestest.FirstComplete(unfit); !errors.Is(err, postgrestest.ErrNotInstalled) {
		t.Errorf("FirstComplete = %q, %v; want ErrNotInstalled", got, err)
	}
	for _, name := range []string{"good", "later"} {
		write(t, root, name+"/initdb", program, runs)
		write(t, root, name+"/postgres", program, runs)
	}
	want := filepath.Join(root, "good")
	got, err := postgrestest.FirstComplete(append(unfit, want, filepath.Join(root, "later")))
	if err != nil || got != want {
		t.Errorf("FirstComplete = %q, %v; want %q", got, err, want)
	}
}

func TestNewerVersionsComeFirst(t *testing.T) {
	t.Parallel()
	got := postgrestest.NewestFirst([]string{
		"/usr/local/pgsql/bin", "/usr/lib/postgresql/9/bin", "/usr/pgsql-14/bin", "/usr/lib/postgresql/17/bin",
		"/opt/homebrew/opt/postgresql@16/bin",
	})
	want := []string{
		"/usr/lib/postgresql/17/bin", "/opt/homebrew/opt/postgresql@16/bin", "/usr/pgsql-14/bin",
		"/usr/lib/postgresql/9/bin", "/usr/local/pgsql/bin",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// write makes a file below root, with its folders.
func write(t *testing.T, root, name, content string, mode os.FileMode) {
	t.Helper()
	const ownerOnly = 0o700
	path := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(path), ownerOnly); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}
