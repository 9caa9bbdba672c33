package store_test

import (
	"flag"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/store"
	"github.com/tillpost/tillpost/internal/store/storetest"
)

// modelChecks is how many random histories the model test goes through on each database: a step of one is a handful of
// transactions, so the library's own number takes minutes under the race detector. -rapid.checks asks for more.
const modelChecks = "20"

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", modelChecks); err != nil { // before the command line is read, which may overrule it
		panic(err)
	}
	postgrestest.Main(m)
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, openSQLite)
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, openPostgres)
}

func openSQLite(t *testing.T) *store.Store {
	t.Helper()
	return open(t, sqlitePath(t))
}

// openPostgres opens a store with a single connection, so that a method which asks for a second while it holds one waits
// until its deadline and fails; except where the test is about several at once.
func openPostgres(t *testing.T) *store.Store {
	t.Helper()
	size := 1
	if strings.Contains(t.Name(), "/Concurrency/") || strings.Contains(t.Name(), "/Wake/") {
		size = 8
	}
	return open(t, fmt.Sprintf("%s&pool_size=%d", postgrestest.DSN(t), size))
}

func sqlitePath(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "tillpost.db")
}

// open opens and migrates a store.
func open(t testing.TB, url string) *store.Store {
	t.Helper()
	s := openOnly(t, url)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func openOnly(t testing.TB, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
