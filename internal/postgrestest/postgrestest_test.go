package postgrestest_test

import (
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"

	"github.com/tillpost/tillpost/internal/postgrestest"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) == withoutMain {
		os.Exit(m.Run())
	}
	postgrestest.Main(m)
}

func TestEachCallGivesAnEmptyDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	first, second := postgrestest.DSN(t), postgrestest.DSN(t)
	if first == second {
		t.Fatalf("two calls give the same database %s", first)
	}
	a, b := open(t, first), open(t, second)
	if _, err := a.ExecContext(t.Context(), "CREATE TABLE only_here (n int)"); err != nil {
		t.Fatal(err)
	}
	const count = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
	if got := ask(t, a, count); got != "1" {
		t.Errorf("the first database has %s tables, want the one just made", got)
	}
	if got := ask(t, b, count); got != "0" {
		t.Errorf("the second database has %s tables, want 0", got)
	}
}

func TestManyTestsUseTheServerAtOnce(t *testing.T) {
	t.Parallel()
	for range 8 {
		t.Run("one of them", func(t *testing.T) {
			t.Parallel()
			db := open(t, postgrestest.DSN(t))
			if _, err := db.ExecContext(t.Context(), "CREATE TABLE same_name (n int PRIMARY KEY)"); err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(t.Context(), "INSERT INTO same_name VALUES (1)"); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestADatabaseIsDroppedWithItsTest(t *testing.T) {
	t.Parallel()
	var dsn string
	var forgotten *sql.DB
	t.Run("that ends", func(t *testing.T) {
		dsn = postgrestest.DSN(t)
		var err error
		if forgotten, err = sql.Open("postgres", dsn); err != nil {
			t.Fatal(err)
		}
		if err := forgotten.PingContext(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	if dsn == "" {
		return // the inner test was skipped or has failed
	}
	t.Cleanup(func() { _ = forgotten.Close() })
	if err := open(t, dsn).PingContext(t.Context()); pq.As(err, pqerror.InvalidCatalogName) == nil {
		t.Errorf("after its test: error %v, want that the database does not exist", err)
	}
}

func TestTheServerIsOursAndPrivate(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.DSN(t)
	db := open(t, dsn)
	address, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	socketDir := address.Query().Get("host")
	if got, want := ask(t, db, "SHOW data_directory"), filepath.Join(socketDir, "data"); got != want {
		t.Errorf("data directory %s, want %s", got, want)
	}
	info, err := os.Stat(socketDir)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the server's directory has mode %v, want that only its owner enters", info.Mode())
	}
	settings := map[string]string{
		"listen_addresses": "", "unix_socket_directories": socketDir, "fsync": "off", "synchronous_commit": "on",
		"max_connections": "200", "server_encoding": "UTF8", "TimeZone": "UTC",
	}
	for name, want := range settings {
		if got := ask(t, db, "SHOW "+name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	const inOrder = "SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['b', 'a', 'B', 'A', 'ä']) AS x"
	if got, want := ask(t, db, inOrder), "ABabä"; got != want {
		t.Errorf("sorted: %s, want %s", got, want)
	}
}

func TestAnotherServerIsRefused(t *testing.T) {
	t.Parallel()
	db := open(t, postgrestest.DSN(t))
	directory := ask(t, db, "SHOW data_directory")
	if err := postgrestest.CheckDirectory(t.Context(), db, directory); err != nil {
		t.Errorf("its own directory: %v", err)
	}
	elsewhere := t.TempDir()
	err := postgrestest.CheckDirectory(t.Context(), db, elsewhere)
	if err == nil || !strings.Contains(err.Error(), elsewhere) || !strings.Contains(err.Error(), directory) {
		t.Errorf("another directory: error %v, want one that names both", err)
	}
}

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// ask returns the one value that a query gives.
func ask(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	var answer string
	if err := db.QueryRowContext(t.Context(), query).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}
