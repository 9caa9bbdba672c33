package postgrestest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	_ "github.com/lib/pq" // the driver
)

const (
	superuser = "tillpost"
	// port is no port of the machine: it is a part of the socket's name. It is given to both sides, so that PGPORT in a
	// developer's environment does not matter.
	port = "5432"
	// maintenance is the database that is there from the start.
	maintenance = "postgres"

	askAgainAfter = 10 * time.Millisecond
)

// dsn is the address of a database of the server.
func (s *server) dsn(database string) string {
	query := url.Values{"host": {s.root}, "port": {port}, "sslmode": {"disable"}}
	return "postgres://" + superuser + "@/" + database + "?" + query.Encode()
}

// execute runs one statement in the maintenance database, on a connection of its own.
func (s *server) execute(ctx context.Context, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, statementTimeout)
	defer cancel()
	db, err := sql.Open("postgres", s.dsn(maintenance))
	if err != nil {
		return fmt.Errorf("open the maintenance database: %w", err)
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

// awaitReady returns when the server answers and has proved to be the one that was started here.
func (s *server) awaitReady(ctx context.Context) error {
	db, err := sql.Open("postgres", s.dsn(maintenance))
	if err != nil {
		return fmt.Errorf("open the maintenance database: %w", err)
	}
	defer db.Close()
	again := time.NewTicker(askAgainAfter)
	defer again.Stop()
	for {
		err := db.PingContext(ctx)
		if err == nil {
			return checkDirectory(ctx, db, s.dataDir)
		}
		select {
		case <-s.process.ended:
			return fmt.Errorf("PostgreSQL ended while starting:\n%s", s.logTail())
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w:\n%s", err, s.logTail())
		case <-again.C:
		}
	}
}

// checkDirectory refuses a server that works on other data than ours: tests must never change somebody's database.
func checkDirectory(ctx context.Context, db *sql.DB, want string) error {
	var got string
	if err := db.QueryRowContext(ctx, "SHOW data_directory").Scan(&got); err != nil {
		return fmt.Errorf("ask the server for its data directory: %w", err)
	}
	if resolve(got) != resolve(want) {
		return fmt.Errorf("another PostgreSQL answers: its data are in %s, ours in %s", got, want)
	}
	return nil
}

// resolve follows symbolic links, as temporary directories have them on some systems.
func resolve(path string) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		return resolved
	}
	return filepath.Clean(path)
}
