// Package store keeps everything that Tillpost remembers: connections and sealed tokens, the chart of accounts, mappings,
// events and how far each has come, the requests sent to QuickBooks, and who works for which retailer. It runs on
// PostgreSQL and on SQLite with the same SQL where the two agree.
//
// Every method is one whole use case and at most one transaction; no transaction is ever handed out, so none can be held
// over a network call. The package knows tables and states, never what an entry should contain, never QuickBooks, and
// never a secret in clear: tokens come in sealed and go out sealed.
//
// # Locks
//
// On PostgreSQL transactions run at READ COMMITTED and take row locks in one order, so that they cannot wait for each
// other in a circle:
//
//  1. rows of events and of slots that the transaction itself inserts (RecordEvents only, sorted),
//  2. the retailer's row in work,
//  3. its row in connections,
//  4. all other rows of the retailer.
//
// Whoever changes an existing event, a counter, a mapping, an account or a request holds the work row first. That makes
// the changes of one retailer one after another, while retailers do not disturb each other. On SQLite every writing
// transaction is immediate, through a pool of one connection; readers have a pool of their own.
package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrNotFound: there is no such thing for this retailer.
	ErrNotFound = errors.New("not found")
	// ErrLeaseLost: the lease is not held any more; another worker may have it. Nothing was changed.
	ErrLeaseLost = errors.New("the lease on the retailer is lost")
	// ErrOtherCompany: the retailer's books are in another QuickBooks company. Nothing was changed.
	ErrOtherCompany = errors.New("the retailer's books are in another QuickBooks company")
	// ErrEntriesUnsettled: it is not known whether an entry was booked in the company that the retailer would leave. Nothing
	// was changed.
	ErrEntriesUnsettled = errors.New("it is not known whether an entry was booked in the former QuickBooks company")
	// ErrNotConnected: the retailer has no QuickBooks connection.
	ErrNotConnected = errors.New("the retailer is not connected to QuickBooks")
	// ErrSyncNotStarted: sync was never started for the retailer.
	ErrSyncNotStarted = errors.New("sync was never started")
	// ErrNotPending: an event of a request is not to be posted any more: it was skipped, parked or paused meanwhile. Nothing
	// was changed; read the pending events again.
	ErrNotPending = errors.New("an event is not pending any more")
	// ErrRequestClosed: the request is settled already. Nothing was changed; read the open requests again.
	ErrRequestClosed = errors.New("the request is settled already")
	// ErrBooksChanged: a mapping, an account or the company changed since the books were read. Nothing was changed; read
	// the books again and judge again.
	ErrBooksChanged = errors.New("the books have changed since they were read")
	// ErrBackfillEnded: the backfill is done or cancelled. Nothing was changed.
	ErrBackfillEnded = errors.New("the backfill has ended")
	// ErrCursor: a cursor was not made by this method with these filters.
	ErrCursor = errors.New("the cursor belongs to another list")
	// ErrSchemaOld: the database lacks migrations of this release. Run Migrate.
	ErrSchemaOld = errors.New("the database schema is older than this release")
	// ErrSchemaNew: the database was migrated by a newer release. Run that release or a newer one.
	ErrSchemaNew = errors.New("the database schema is newer than this release")
)

// The dialects that Store.Dialect names.
const (
	DialectPostgres = "postgres"
	DialectSQLite   = "sqlite"
)

// Store is an open database. It is safe for concurrent use.
type Store struct {
	log     *slog.Logger
	dialect *dialect
	address address
	// write runs transactions that change something, read runs the others. On PostgreSQL they are the same pool.
	write, read *sqlx.DB
	slots       slotCache
}

// Open connects to a database and checks that it answers. It does not migrate: see Migrate. url is one of
//
//   - "postgres://user:password@host/database?sslmode=verify-full". sslmode must be said; pool_size (default 20) bounds
//     the connections of this Store;
//   - "sqlite:PATH" or a bare PATH: a file. Where it does not exist, it is made, readable by its owner only, and so is its
//     folder.
//
// No error holds the password. Close the Store when it is not needed any more.
func Open(ctx context.Context, url string, log *slog.Logger) (*Store, error) {
	address, err := parseAddress(url)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{log: log, address: address, dialect: address.dialect()}
	if err := s.connect(); err != nil {
		return nil, fmt.Errorf("store: open the database: %w", err)
	}
	if err := s.reach(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open the database: %w", err), s.Close())
	}
	return s, nil
}

// connect makes the pools.
func (s *Store) connect() error {
	write, err := s.address.open(forWriting)
	if err != nil {
		return err
	}
	s.write, s.read = write, write
	if !s.dialect.splitPools {
		return nil
	}
	read, err := s.address.open(forReading)
	if err != nil {
		return errors.Join(err, write.Close())
	}
	s.read = read
	return nil
}

// reach makes one connection of each pool.
func (s *Store) reach(ctx context.Context) error {
	for _, pool := range s.pools() {
		if err := pool.PingContext(ctx); err != nil {
			return err //nolint:wrapcheck // wrapped by Open
		}
	}
	return nil
}

func (s *Store) pools() []*sqlx.DB {
	if s.read == s.write {
		return []*sqlx.DB{s.write}
	}
	return []*sqlx.DB{s.write, s.read}
}

// Close waits for what is under way and closes the database.
func (s *Store) Close() error {
	var errs []error
	for _, pool := range s.pools() {
		errs = append(errs, pool.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("store: close the database: %w", err)
	}
	return nil
}

// Dialect returns DialectPostgres or DialectSQLite.
func (s *Store) Dialect() string { return s.dialect.name }

// pingTimeout bounds Ping where the caller set no deadline.
const pingTimeout = 10 * time.Second

// Ping reads from the database through every pool, so that it fails when the database is away or the schema missing, and
// also when all connections are stuck. It waits as long as ctx allows, at most ten seconds.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	for _, pool := range s.pools() {
		var n int
		if err := pool.GetContext(ctx, &n, `SELECT COUNT(*) FROM (SELECT 1 FROM work LIMIT 1) AS w`); err != nil {
			return fmt.Errorf("store: the database does not answer: %w", err)
		}
	}
	return nil
}
