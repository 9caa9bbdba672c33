package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

const versionTable = goose.DefaultTablename

// How long a starter waits for another that migrates: tries of one second each.
const (
	lockPeriod = 1
	lockTries  = 600
)

// Migrate brings the schema to what this release needs, and returns the names of the migrations it applied: none when
// there was nothing to do. Any number of servers may call it at once: on PostgreSQL one of them works and the others wait,
// on SQLite they may take turns; each migration is applied, and named, once. It never goes back: ErrSchemaNew when the
// database was migrated by a newer release.
func (s *Store) Migrate(ctx context.Context) (applied []string, err error) {
	pool, err := s.address.open(forMigrating)
	if err != nil {
		return nil, fmt.Errorf("store: migrate: %w", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	applied, err = s.migrate(ctx, pool.DB)
	if err != nil {
		return applied, fmt.Errorf("store: migrate: %w", err)
	}
	return applied, nil
}

func (s *Store) migrate(ctx context.Context, pool *sql.DB) ([]string, error) {
	provider, err := s.provider(pool)
	if err != nil {
		return nil, err
	}
	var applied []string
	for {
		before, want, err := s.versions(ctx)
		if err != nil || before == want {
			return applied, err
		}
		if before > want {
			return applied, newerSchema(before, want)
		}
		results, err := provider.Up(ctx)
		if partial := (*goose.PartialError)(nil); errors.As(err, &partial) {
			results = partial.Applied
		}
		for _, result := range results {
			applied = append(applied, path.Base(result.Source.Path))
		}
		if err == nil {
			return applied, nil
		}
		// On SQLite another starter may have been first: then the schema has moved on, and what is left is looked at anew.
		after, _, versionErr := s.versions(ctx)
		if versionErr != nil || after <= before {
			return applied, errors.Join(err, versionErr)
		}
	}
}

// provider returns goose for this database. On PostgreSQL one starter migrates at a time, under an advisory lock.
func (s *Store) provider(pool *sql.DB) (*goose.Provider, error) {
	files, err := s.migrationFiles()
	if err != nil {
		return nil, err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithSlog(s.log)}
	kind := goose.DialectSQLite3
	if s.dialect.name == DialectPostgres {
		kind = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockPeriod, lockTries))
		if err != nil {
			return nil, fmt.Errorf("make the lock of migrations: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(kind, pool, files, options...)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}

func (s *Store) migrationFiles() (fs.FS, error) {
	files, err := fs.Sub(migrations, "migrations/"+s.dialect.name)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return files, nil
}

// SchemaVersion returns the version of the schema in the database (0 before the first Migrate) and the one that this
// release needs. It changes nothing.
func (s *Store) SchemaVersion(ctx context.Context) (have, want int64, err error) {
	have, want, err = s.versions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("store: read the schema version: %w", err)
	}
	return have, want, nil
}

// CheckSchema fails with ErrSchemaOld or ErrSchemaNew when the schema is not the one that this release needs.
func (s *Store) CheckSchema(ctx context.Context) error {
	have, want, err := s.SchemaVersion(ctx)
	switch {
	case err != nil:
		return err
	case have < want:
		return fmt.Errorf("%w: version %d, needed %d; run migrate", ErrSchemaOld, have, want)
	case have > want:
		return newerSchema(have, want)
	default:
		return nil
	}
}

func newerSchema(have, want int64) error {
	return fmt.Errorf("%w: version %d, known up to %d; use the release that migrated it, or a newer one", ErrSchemaNew, have,
		want)
}

func (s *Store) versions(ctx context.Context) (have, want int64, err error) {
	files, err := s.migrationFiles()
	if err != nil {
		return 0, 0, err
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return 0, 0, fmt.Errorf("list the migrations: %w", err)
	}
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return 0, 0, fmt.Errorf("read the version of migration %s: %w", name, err)
		}
		want = max(want, version)
	}
	have, err = s.appliedVersion(ctx)
	return have, want, err
}

// appliedVersion reads the version table itself, because goose would make it where it is missing.
func (s *Store) appliedVersion(ctx context.Context) (int64, error) {
	var exists bool
	if err := s.read.GetContext(ctx, &exists, s.dialect.tableExists, versionTable); err != nil {
		return 0, fmt.Errorf("look for the version table: %w", err)
	}
	if !exists {
		return 0, nil
	}
	var version int64
	err := s.read.GetContext(ctx, &version, `SELECT COALESCE(MAX(version_id), 0) FROM `+versionTable+` WHERE is_applied`)
	if err != nil {
		return 0, fmt.Errorf("read the version table: %w", err)
	}
	return version, nil
}
