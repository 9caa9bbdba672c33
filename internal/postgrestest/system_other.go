//go:build !linux

package postgrestest

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// systemUser is a user to run programs as. Only Linux has another than the user of this process, which is nil.
type systemUser struct{}

// otherUser refuses root, as PostgreSQL does.
func otherUser() (*systemUser, error) {
	if os.Geteuid() == 0 {
		return nil, errors.New("PostgreSQL does not run as root: run the tests as an ordinary user")
	}
	return nil, nil //nolint:nilnil // documented: nil is a user
}

// own has nothing to do: the directory is the user's already.
func (*systemUser) own(string) error { return nil }

// attributes are the defaults.
func (*systemUser) attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

// endWithThread cannot be had here: a test process that is killed leaves its server running.
func endWithThread(attributes *syscall.SysProcAttr) *syscall.SysProcAttr { return attributes }

// hold does not lock, as nothing asks for the lock here.
func hold(directory string) (*os.File, error) { return os.Open(directory) }

// removeLeftovers does nothing: without locks it cannot tell a leftover from a directory in use.
func removeLeftovers(string, time.Time) {}
