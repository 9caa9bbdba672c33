package store_test

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/store"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	notADatabase := filepath.Join(folder, "text.db")
	if err := os.WriteFile(notADatabase, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"":                "address is empty",
		"sqlite:":         "address is empty",
		":memory:":        "in memory is not supported",
		"sqlite::memory:": "in memory is not supported",
		folder:            "",
		notADatabase:      "",
		"postgres://tillpost:s3cret@127.0.0.1/db":                                "add sslmode=",
		"postgres://tillpost:s3cret@127.0.0.1/db?sslmode=":                       "add sslmode=",
		"postgres://tillpost:s3cret@127.0.0.1:port/db?sslmode=disable":           "not a valid URL",
		"postgres://tillpost:s3cret@127.0.0.1/db?sslmode=disable&x=%zz":          "not a valid URL",
		"postgres://tillpost:s3cret@127.0.0.1/db?sslmode=sometimes":              "",
		"postgres://tillpost:s3cret@127.0.0.1/db?sslmode=disable&pool_size=0":    "pool_size",
		"postgres://tillpost:s3cret@127.0.0.1/db?sslmode=disable&pool_size=lots": "pool_size",
		"postgresql://tillpost:s3cret@127.0.0.1:1/db?sslmode=disable":            "open the database",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		s, err := store.Open(ctx, address, slog.New(slog.DiscardHandler))
		if err == nil {
			t.Errorf("%s: was opened", address)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, want %q and no password", address, err, want)
		}
	}
}

func TestOpenFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, name := range []string{"plain.db", "new/folder/with blanks.db", "odd ?#%20&=+'\".db", "ünïcode.db"} {
		for _, prefix := range []string{"", "sqlite:", "sqlite://"} {
			path := filepath.Join(folder, strings.TrimSuffix(prefix, "//"), name)
			s := open(t, prefix+path)
			if s.Dialect() != store.DialectSQLite {
				t.Errorf("%s: dialect %s", path, s.Dialect())
			}
			for _, suffix := range []string{"", "-wal", "-shm"} {
				ownerOnly(t, path+suffix, 0o600)
			}
		}
	}
	ownerOnly(t, filepath.Join(folder, "new"), fs.ModeDir|0o700)
}

func ownerOnly(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Error(err)
		return
	}
	if info.Mode() != want {
		t.Errorf("%s: mode %v, want %v", path, info.Mode(), want)
	}
}

func TestOpenPostgres(t *testing.T) {
	t.Parallel()
	dsn := postgrestest.DSN(t)
	for _, address := range []string{dsn, strings.Replace(dsn, "postgres://", "postgresql://", 1), dsn + "&pool_size=2"} {
		s := openOnly(t, address)
		if s.Dialect() != store.DialectPostgres {
			t.Errorf("dialect %s", s.Dialect())
		}
	}
}

// TestSecondStoreOnOneFile lets two processes' worth of stores write to one file: the one waits for the other.
func TestSecondStoreOnOneFile(t *testing.T) {
	t.Parallel()
	path := sqlitePath(t)
	first := open(t, path)
	second := openOnly(t, path)
	fill(t, first)
	fill(t, second)
	status, err := second.Status(t.Context(), "acme")
	if err != nil || status.Total != 2000 {
		t.Errorf("%d events, %v", status.Total, err)
	}
}
