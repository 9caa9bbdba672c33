package simulator

import (
	"context"
	"database/sql"
	_ "embed" // the schema
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"modernc.org/sqlite" // also the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrFile says that the simulator's file cannot be opened or written; the text says why.
var ErrFile = errors.New("simulator file")

// What a file of ours says of itself: "QBSM", and the version of its tables.
const (
	fileApplication = 0x5142534d
	fileVersion     = 1
)

//go:embed data/file.sql
var fileSchema string

// file is the SQLite file that a simulator keeps its state in. One goroutine writes it, through one connection that
// holds the file for itself, so that no other process can.
//
// What calls did is committed in the order they took effect, many of them in one transaction where they come fast. Each
// is in one transaction whole. After a transaction that failed nothing is taken any more: memory is ahead of the file
// then, and what was not saved must not be built upon.
type file struct {
	path       string
	logger     *slog.Logger
	clock      *clock
	limit      int // replays kept per company
	db         *sql.DB
	conn       *sql.Conn
	statements *fileStatements
	generation uint64 // how often the file was opened before
	restored   bool   // it had content when it was opened
	unswept    map[int64]int

	authority *authority
	// How often the state of the authority has changed, and which of these states is in the file.
	authorityChanged, authoritySaved atomic.Uint64

	mu      sync.Mutex
	pending []*commit
	broken  error         // why nothing is taken any more
	wake    chan struct{} // holds one
	stopped chan struct{} // closed when the writer has ended
}

// openFile opens a file, or makes it, and takes hold of it. The writer is not started yet.
func openFile(ctx context.Context, options *Options, clock *clock) (*file, error) {
	path, err := filepath.Abs(options.File)
	if err != nil {
		return nil, fmt.Errorf("%w: find the folder of %s: %w", ErrFile, options.File, err)
	}
	if err := makeFile(path); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	f := &file{
		path: path, logger: options.Logger, clock: clock, limit: options.ReplayLimit, unswept: map[int64]int{},
		wake: make(chan struct{}, 1), stopped: make(chan struct{}),
	}
	if err := f.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%w %s: %w", ErrFile, path, explain(err)), f.closeDatabase())
	}
	return f, nil
}

// makeFile makes an empty file that only its owner can read, as there are tokens in it. One that exists is left alone.
func makeFile(path string) error {
	made, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("make the file: %w", err)
	}
	if err := made.Close(); err != nil {
		return fmt.Errorf("make the file: %w", err)
	}
	return nil
}

// dsn is the driver's address of a file. The journal's mode is set only once the file is known to be ours, as that
// changes the file.
func dsn(path string) string {
	query := url.Values{"_pragma": {
		"busy_timeout(500)", "locking_mode(EXCLUSIVE)", "synchronous(NORMAL)", "cache_size(-16000)", "wal_autocheckpoint(4000)",
	}}
	address := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}
	return address.String()
}

func (f *file) open(ctx context.Context) error {
	var err error
	if f.db, err = sql.Open("sqlite", dsn(f.path)); err != nil {
		return err //nolint:wrapcheck // openFile says what it is about
	}
	f.db.SetMaxOpenConns(1)
	if f.conn, err = f.db.Conn(ctx); err != nil {
		return err //nolint:wrapcheck // as above
	}
	if err := f.identify(ctx); err != nil {
		return err
	}
	f.statements, err = prepareStatements(ctx, f.conn)
	return err
}

// identify makes sure that the file is ours, and ours alone, and gives an empty one its tables.
func (f *file) identify(ctx context.Context) error {
	var application, version, tables int
	for pragma, into := range map[string]*int{
		"PRAGMA application_id": &application, "PRAGMA user_version": &version,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := f.conn.QueryRowContext(ctx, pragma).Scan(into); err != nil {
			return err //nolint:wrapcheck // openFile says what it is about
		}
	}
	empty := application == 0 && version == 0 && tables == 0
	switch {
	case !empty && application != fileApplication:
		return errors.New("this is the database of another program; name another file")
	case version > fileVersion:
		return fmt.Errorf("it has format %d and this release knows formats up to %d; use the release that wrote it or a newer one",
			version, fileVersion)
	}
	script := "PRAGMA journal_mode = WAL; BEGIN EXCLUSIVE;"
	if empty {
		script += fileSchema + fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", fileApplication, fileVersion)
	}
	script += "UPDATE simulator SET opened = opened + 1; COMMIT;"
	if _, err := f.conn.ExecContext(ctx, script); err != nil {
		return err //nolint:wrapcheck // as above
	}
	var opened uint64
	if err := f.conn.QueryRowContext(ctx, "SELECT opened FROM simulator").Scan(&opened); err != nil {
		return err //nolint:wrapcheck // as above
	}
	f.generation, f.restored = opened-1, !empty
	return nil
}

// explain words the errors of SQLite that a person can do something about.
func explain(err error) error {
	failed := new(sqlite.Error)
	if !errors.As(err, &failed) {
		return err
	}
	const primary = 0xff // the rest of a code is detail
	switch failed.Code() & primary {
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("another process uses it; stop that one or name another file: %w", err)
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("this is not a file of the simulator; name another: %w", err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("there is no room left for it: %w", err)
	}
	return err
}

// close ends the writer once it has written what is pending, and lets go of the file. Later commits are refused.
func (f *file) close() error {
	f.mu.Lock()
	if f.broken == nil {
		f.broken = fmt.Errorf("%w %s: it is closed", ErrFile, f.path)
	}
	f.mu.Unlock()
	f.nudge()
	<-f.stopped
	return f.closeDatabase()
}

func (f *file) closeDatabase() error {
	var errs []error
	if f.statements != nil {
		errs = append(errs, f.statements.close())
	}
	if f.conn != nil {
		errs = append(errs, f.conn.Close())
	}
	if f.db != nil {
		errs = append(errs, f.db.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%w %s: close: %w", ErrFile, f.path, err)
	}
	return nil
}
