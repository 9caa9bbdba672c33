package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect holds what the two databases do not agree on.
type dialect struct {
	name string
	// forUpdate ends a SELECT that locks its rows; forUpdateSkip leaves out rows that others have locked. SQLite needs
	// neither: its writing transactions run one after another.
	forUpdate, forUpdateSkip string
	// splitPools is true where one connection writes and others read.
	splitPools bool
	// tableExists asks whether the table $1 exists.
	tableExists string
}

func postgresDialect() *dialect {
	return &dialect{
		name: DialectPostgres, forUpdate: " FOR UPDATE", forUpdateSkip: " FOR UPDATE SKIP LOCKED",
		tableExists: `SELECT to_regclass($1::text) IS NOT NULL`,
	}
}

func sqliteDialect() *dialect {
	return &dialect{
		name: DialectSQLite, splitPools: true,
		tableExists: `SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = $1)`,
	}
}

// tx is a transaction of one of the Store's methods.
type tx struct {
	*sqlx.Tx

	*dialect
}

// Bounds of the repetition of a transaction that others got in the way of.
const (
	maxTries   = 10
	firstPause = 2 * time.Millisecond
	maxPause   = 250 * time.Millisecond
)

// inWrite runs body in a transaction that may change something, again where another transaction got in its way. op says
// in errors what was done. body must not touch the Store, only the transaction: on SQLite there is no other connection.
func (s *Store) inWrite(ctx context.Context, op string, body func(*tx) error) error {
	return s.inTx(ctx, op, s.write, &sql.TxOptions{Isolation: sql.LevelReadCommitted}, body)
}

// inRead runs body in a transaction that sees one snapshot and changes nothing.
func (s *Store) inRead(ctx context.Context, op string, body func(*tx) error) error {
	return s.inTx(ctx, op, s.read, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, body)
}

func (s *Store) inTx(
	ctx context.Context, op string, pool *sqlx.DB, opts *sql.TxOptions, body func(*tx) error,
) error {
	pause := firstPause
	for try := 1; ; try++ {
		err := s.once(ctx, pool, opts, body)
		if err == nil {
			return nil
		}
		if try == maxTries || !inTheWay(err) {
			return fmt.Errorf("store: %s: %w", op, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("store: %s: %w", op, errors.Join(ctx.Err(), err))
		case <-time.After(pause/2 + rand.N(pause)): //nolint:gosec // spreads rivals, keeps no secret
		}
		pause = min(2*pause, maxPause)
	}
}

func (s *Store) once(ctx context.Context, pool *sqlx.DB, opts *sql.TxOptions, body func(*tx) error) error {
	t, err := pool.BeginTxx(ctx, opts)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := body(&tx{Tx: t, dialect: s.dialect}); err != nil {
		// Where the rollback fails too, the connection is broken and the database has rolled back by itself.
		_ = t.Rollback()
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// inTheWay tells whether a transaction failed, and left nothing behind, only because another ran at the same time.
func inTheWay(err error) bool {
	if pq.As(err, pqerror.TRSerializationFailure, pqerror.TRDeadlockDetected) != nil {
		return true
	}
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return false
	}
	const primary = 0xff // the rest is the extended code
	code := failure.Code() & primary
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err //nolint:wrapcheck // wrapped by inTx with what was done
	}
	return result.RowsAffected() //nolint:wrapcheck // as above
}

// get reads one row. found is false when there is none.
func (t *tx) get(ctx context.Context, into any, query string, args ...any) (found bool, err error) {
	err = t.GetContext(ctx, into, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err //nolint:wrapcheck // wrapped by inTx with what was done
}

// list reads rows into a slice.
func (t *tx) list(ctx context.Context, into any, query string, args ...any) error {
	return t.SelectContext(ctx, into, query, args...) //nolint:wrapcheck // wrapped by inTx with what was done
}
