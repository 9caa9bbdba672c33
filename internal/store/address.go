package store

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	_ "github.com/lib/pq"  // the driver "postgres"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Defaults and bounds of the pools.
const (
	defaultPoolSize = 20
	maxPoolSize     = 1000
	sqliteReaders   = 8
	connIdleTime    = 5 * time.Minute
	connLifetime    = 30 * time.Minute
)

// Errors of addresses. None holds any part of an address that could be a password.
var (
	errNoAddress = errors.New("the database address is empty: give postgres://... or the path of a file for SQLite")
	errBadURL    = errors.New("the database address is not a valid URL: write postgres://user:password@host/database?sslmode=verify-full")
	errNoSSLMode = errors.New("the database address does not say sslmode: add sslmode=verify-full, or sslmode=disable " +
		"for a server on this machine")
	errPoolSize = fmt.Errorf("pool_size in the database address must be a number from 1 to %d", maxPoolSize)
	errMemory   = errors.New("SQLite in memory is not supported: give the path of a file")
)

// address says where a database is: at a PostgreSQL URL, or in an SQLite file.
type address struct {
	postgres string
	poolSize int
	file     string
}

// purpose says what a pool of connections is for.
type purpose int

const (
	forWriting purpose = iota
	forReading
	forMigrating
)

func parseAddress(s string) (address, error) {
	scheme, rest, found := strings.Cut(s, ":")
	switch {
	case s == "":
		return address{}, errNoAddress
	case found && (scheme == "postgres" || scheme == "postgresql"):
		return parsePostgres(s)
	case found && scheme == "sqlite":
		return parseFile(strings.TrimPrefix(rest, "//"))
	default:
		return parseFile(s)
	}
}

func parsePostgres(s string) (address, error) {
	u, err := url.Parse(s)
	if err != nil {
		return address{}, errBadURL // the cause would show the password
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return address{}, errBadURL
	}
	if query.Get("sslmode") == "" {
		return address{}, errNoSSLMode
	}
	size := defaultPoolSize
	if query.Has("pool_size") {
		size, err = strconv.Atoi(query.Get("pool_size"))
		if err != nil || size < 1 || size > maxPoolSize {
			return address{}, errPoolSize
		}
		query.Del("pool_size")
	}
	if !query.Has("application_name") {
		query.Set("application_name", "tillpost")
	}
	if !query.Has("binary_parameters") {
		query.Set("binary_parameters", "yes") // one round trip per statement instead of two
	}
	u.RawQuery = query.Encode()
	return address{postgres: u.String(), poolSize: size}, nil
}

func parseFile(path string) (address, error) {
	switch {
	case path == "":
		return address{}, errNoAddress
	case path == ":memory:":
		return address{}, errMemory
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return address{}, fmt.Errorf("find the folder of the database file %s: %w", path, err)
	}
	return address{file: full}, nil
}

func (a address) dialect() *dialect {
	if a.file != "" {
		return sqliteDialect()
	}
	return postgresDialect()
}

// open makes a pool. It may connect only later.
func (a address) open(p purpose) (*sqlx.DB, error) {
	if a.file == "" {
		return a.openPostgres()
	}
	return a.openFile(p)
}

func (a address) openPostgres() (*sqlx.DB, error) {
	db, err := sqlx.Open("postgres", a.postgres)
	if err != nil {
		return nil, errBadURL // the cause may show the password
	}
	db.SetMaxOpenConns(a.poolSize)
	db.SetMaxIdleConns(a.poolSize)
	db.SetConnMaxIdleTime(connIdleTime)
	db.SetConnMaxLifetime(connLifetime)
	return db, nil
}

func (a address) openFile(p purpose) (*sqlx.DB, error) {
	if err := makeFile(a.file); err != nil {
		return nil, err
	}
	db, err := sqlx.Open("sqlite", sqliteDSN(a.file, p))
	if err != nil {
		return nil, fmt.Errorf("open the database file %s: %w", a.file, err)
	}
	size := 1
	if p == forReading {
		size = sqliteReaders
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

// makeFile makes an empty database file that only its owner can read; SQLite gives its companions the same mode. A file
// that exists is left as it is.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of the database file: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("make the database file: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("make the database file: %w", err)
	}
	return nil
}

// sqliteDSN returns the driver's address of a file. synchronous=FULL makes a commit wait for the disk, because what was
// answered as accepted must be there; the longer way to a checkpoint spares random writes.
func sqliteDSN(path string, p purpose) string {
	pragmas := []string{
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "cache_size(-16000)",
		"wal_autocheckpoint(4000)",
	}
	query := url.Values{}
	if p == forReading {
		pragmas = append(pragmas, "query_only(ON)")
	} else {
		query.Set("_txlock", "immediate")
	}
	query["_pragma"] = pragmas
	file := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query.Encode()}
	return file.String()
}
