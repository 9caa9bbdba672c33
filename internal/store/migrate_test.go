package store_test

import (
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/store"
)

// urls makes the address of an empty database of each.
func urls() map[string]func(*testing.T) string {
	return map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { t.Helper(); return sqlitePath(t) },
		"postgres": func(t *testing.T) string { t.Helper(); return postgrestest.DSN(t) },
	}
}

// everyMigration names the migrations of this release.
func everyMigration() []string {
	return []string{
		"00001_initial.sql", "00002_accounting.sql", "00003_backfills.sql", "00004_overview.sql", "00005_entry_company.sql",
		"00006_calls.sql", "00007_former_companies.sql", "00008_place.sql", "00009_fewer_writes.sql",
	}
}

func TestMigrateTwice(t *testing.T) {
	t.Parallel()
	for name, url := range urls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openOnly(t, url(t))
			for range 2 { // looking must not make the version table
				have, want, err := s.SchemaVersion(t.Context())
				if err != nil || have != 0 || want != 9 {
					t.Fatalf("version %d of %d, %v", have, want, err)
				}
			}
			if err := s.CheckSchema(t.Context()); !errors.Is(err, store.ErrSchemaOld) {
				t.Errorf("check: %v, want ErrSchemaOld", err)
			}
			if err := s.Ping(t.Context()); err == nil {
				t.Error("a database without a schema answers")
			}
			applied, err := s.Migrate(t.Context())
			if err != nil || !slices.Equal(applied, everyMigration()) {
				t.Fatalf("migrate: %q, %v", applied, err)
			}
			if applied, err = s.Migrate(t.Context()); err != nil || len(applied) != 0 {
				t.Errorf("migrate again: %q, %v", applied, err)
			}
			if err := errors.Join(s.CheckSchema(t.Context()), s.Ping(t.Context())); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestMigrateAtOnce lets several servers start on one empty database.
func TestMigrateAtOnce(t *testing.T) {
	t.Parallel()
	for name, url := range urls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := url(t)
			var mu sync.Mutex
			var applied []string
			var group sync.WaitGroup
			for range 4 {
				s := openOnly(t, address)
				group.Go(func() {
					names, err := s.Migrate(t.Context())
					if err = errors.Join(err, s.CheckSchema(t.Context())); err != nil {
						t.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					applied = append(applied, names...)
				})
			}
			group.Wait()
			slices.Sort(applied) // on SQLite they may have taken turns, and came back in any order
			if !slices.Equal(applied, everyMigration()) {
				t.Errorf("applied %q", applied)
			}
		})
	}
}

func TestSchemaOfNewerRelease(t *testing.T) {
	t.Parallel()
	for name, url := range urls() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := url(t)
			s := open(t, address)
			execute(t, address, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, TRUE)`)
			if err := s.CheckSchema(t.Context()); !errors.Is(err, store.ErrSchemaNew) {
				t.Errorf("check: %v, want ErrSchemaNew", err)
			}
			if _, err := s.Migrate(t.Context()); !errors.Is(err, store.ErrSchemaNew) {
				t.Errorf("migrate: %v, want ErrSchemaNew", err)
			}
		})
	}
}

// TestSchemasAgree holds the two schemas to the same tables with the same columns, keys included.
func TestSchemasAgree(t *testing.T) {
	t.Parallel()
	lite, postgres := sqlitePath(t), postgrestest.DSN(t)
	open(t, lite)
	open(t, postgres)
	have := lines(t, lite, `SELECT m.name || '.' || c.name || ' ' || CASE WHEN c.pk > 0 THEN 'key' ELSE '' END
		FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'
			AND m.name <> 'goose_db_version'`)
	want := lines(t, postgres, `SELECT c.relname || '.' || a.attname || ' ' ||
			CASE WHEN a.attnum = ANY(i.indkey) THEN 'key' ELSE '' END
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
			JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
		WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'goose_db_version'`)
	if diff := cmp.Diff(want, have); diff != "" || len(have) < 100 {
		t.Errorf("%d columns; postgres -, sqlite +:\n%s", len(have), diff)
	}
	indexes := `SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite%' AND name <> 'schema_version_once'`
	have = lines(t, lite, indexes)
	want = lines(t, postgres, `SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%_pkey'`)
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("indexes: postgres -, sqlite +:\n%s", diff)
	}
	for _, line := range lines(t, lite, `SELECT idx FROM sqlite_stat1 WHERE idx IS NOT NULL AND idx NOT IN
		(SELECT name FROM sqlite_master)`) {
		t.Errorf("what the planner is told is about %s, which does not exist", line)
	}
}

// raw opens a database as its driver does.
func raw(t *testing.T, address string) *sql.DB {
	t.Helper()
	driver := "postgres"
	if filepath.IsAbs(address) {
		driver = "sqlite"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func execute(t *testing.T, address, statement string, args ...any) {
	t.Helper()
	if _, err := raw(t, address).ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

// lines returns the rows of a query, sorted.
func lines(t *testing.T, address, query string) []string {
	t.Helper()
	rows, err := raw(t, address).QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.TrimSpace(line))
	}
	slices.Sort(out)
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
