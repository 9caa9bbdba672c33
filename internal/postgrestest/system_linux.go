package postgrestest

import (
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// leftoverAge is how old a directory must be to be removed as a leftover: a younger one may be about to be locked.
const leftoverAge = time.Minute

// systemUser is a user to run programs as. A nil *systemUser is the user of this process.
type systemUser struct {
	uid, gid uint32
}

// otherUser returns the user "postgres" when running as root, because PostgreSQL refuses to run as root.
func otherUser() (*systemUser, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: add a user named postgres, or run the tests as an "+
			"ordinary user: %w", err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("user id of postgres: %w", err)
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("group id of postgres: %w", err)
	}
	return &systemUser{uid: uint32(uid), gid: uint32(gid)}, nil
}

// own gives a directory to the user.
func (u *systemUser) own(directory string) error {
	if u == nil {
		return nil
	}
	if err := os.Chown(directory, int(u.uid), int(u.gid)); err != nil {
		return fmt.Errorf("give the directory to the user postgres: %w", err)
	}
	return nil
}

// attributes make a command run as the user.
func (u *systemUser) attributes() *syscall.SysProcAttr {
	if u == nil {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: u.uid, Gid: u.gid}}
}

// endWithThread makes the kernel shut the server down when the thread that started it ends, so that no server stays behind
// a test process that was killed.
func endWithThread(attributes *syscall.SysProcAttr) *syscall.SysProcAttr {
	attributes.Pdeathsig = syscall.SIGQUIT
	return attributes
}

// hold locks a directory for as long as this process lives and the returned file is open.
func hold(directory string) (*os.File, error) {
	file, err := os.Open(directory)
	if err != nil {
		return nil, fmt.Errorf("open %s to lock it: %w", directory, err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock %s: %w", directory, err)
	}
	return file, nil
}

// removeLeftovers removes the directories of test processes that ended without stopping their server, by a panic, a timeout
// or a kill. What it cannot remove stays: it is another user's.
func removeLeftovers(parent string, now time.Time) {
	roots, err := filepath.Glob(filepath.Join(parent, rootPattern))
	if err != nil {
		return // a parent with a bracket in its name; nothing depends on this
	}
	for _, root := range roots {
		info, err := os.Lstat(root)
		if err != nil || !info.IsDir() || now.Sub(info.ModTime()) < leftoverAge {
			continue
		}
		lock, err := hold(root)
		if err != nil {
			continue // in use
		}
		_ = os.RemoveAll(root)
		_ = lock.Close()
	}
}
