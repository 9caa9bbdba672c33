package postgrestest

import (
	"context"
	"database/sql"
	"testing"
)

// What tests reach besides the package's own names.

var ErrNotInstalled = errNotInstalled

func CheckDirectory(ctx context.Context, db *sql.DB, want string) error {
	return checkDirectory(ctx, db, want)
}

func FirstComplete(folders []string) (string, error) { return firstComplete(folders) }

func NewestFirst(folders []string) []string { return newestFirst(folders) }

func NotInstalled(tb testing.TB, err error, mustExist bool) {
	tb.Helper()
	notInstalled(tb, err, mustExist)
}
