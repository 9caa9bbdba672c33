package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

const (
	rootPattern = "tillpost-postgres-*"
	socketName  = ".s.PGSQL." + port
	// maxSocketPath is the shortest limit of the systems in use: 103 bytes on macOS, 107 on Linux.
	maxSocketPath = 103
	// publicTemp is short and open to every user, which TMPDIR need not be.
	publicTemp = "/tmp"

	stopTimeout = 10 * time.Second
	tailBytes   = 4 << 10
)

// server is a PostgreSQL server with a data directory of its own.
type server struct {
	bin     string       // folder of the programs
	user    *systemUser  // whom they run as; nil for the user of this process
	root    string       // holds all that follows, and the socket; removed in the end
	lock    *os.File     // on root: tells others that it is in use
	dataDir string       // below root
	logPath string       // below root
	process *processOfOS // nil while stopped
	// settings are the options of postgres that say how it keeps data.
	settings []string
}

// inHaste returns settings for tests. synchronous_commit stays on: a server killed alone loses nothing.
func inHaste() []string {
	return []string{"-c", "shared_buffers=32MB", "-c", "fsync=off", "-c", "full_page_writes=off"}
}

// durable returns settings for measurements: what was committed survives a power failure, as in production, and a quarter of
// a small server's memory is the database's, as its manual advises.
func durable() []string {
	return []string{
		"-c", "shared_buffers=2GB", "-c", "fsync=on", "-c", "full_page_writes=on", "-c", "max_wal_size=4GB",
		"-c", "maintenance_work_mem=512MB",
	}
}

// processOfOS is a started postgres.
type processOfOS struct {
	os    *os.Process
	ended chan struct{} // closed when it has ended
}

// start makes a data directory, starts a server on it and waits until it answers. Everything is undone on failure.
func start(ctx context.Context, settings []string) (*server, error) {
	bin, err := findPrograms(ctx)
	if err != nil {
		return nil, err
	}
	account, err := otherUser()
	if err != nil {
		return nil, err
	}
	s := &server{bin: bin, user: account, settings: settings}
	if err := s.setUp(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *server) setUp(ctx context.Context) error {
	if err := s.makeRoot(); err != nil {
		return err
	}
	if err := s.initdb(ctx); err != nil {
		return err
	}
	if err := s.launch(); err != nil {
		return err
	}
	return s.awaitReady(ctx)
}

// makeRoot makes the directory for everything, under a path that is short enough for a socket.
func (s *server) makeRoot() error {
	parent := os.TempDir()
	tooLong := len(parent)+len("/")+len(rootPattern)+len("0123456789")+len("/"+socketName) > maxSocketPath
	if tooLong || s.user != nil {
		parent = publicTemp
	}
	removeLeftovers(parent, time.Now())
	root, err := os.MkdirTemp(parent, rootPattern)
	if err != nil {
		return fmt.Errorf("make a directory for PostgreSQL: %w", err)
	}
	s.root, s.dataDir, s.logPath = root, filepath.Join(root, "data"), filepath.Join(root, "log")
	if s.lock, err = hold(root); err != nil {
		return err
	}
	return s.user.own(root)
}

// initdb fills the data directory. Encoding and order are fixed, so that tests do not depend on the machine's locale.
func (s *server) initdb(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, "initdb"),
		"--pgdata="+s.dataDir, "--username="+superuser, "--auth=trust", "--encoding=UTF8", "--locale=C",
		"--no-sync", "--no-instructions")
	s.prepare(cmd)
	cmd.SysProcAttr = s.user.attributes()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb failed: %w:\n%s", err, out)
	}
	return nil
}

// launch starts postgres on the data directory. It listens on the socket in the private directory only.
func (s *server) launch() error {
	log, err := os.OpenFile(s.logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open PostgreSQL's log: %w", err)
	}
	defer log.Close()
	// Not bound to a context: the server outlives the call that starts it, and stop ends it.
	arguments := []string{
		"-D", s.dataDir,
		"-c", "listen_addresses=", "-c", "unix_socket_directories=" + s.root, "-c", "unix_socket_permissions=0700",
		"-c", "port=" + port, "-c", "max_connections=200",
	}
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), append(arguments, s.settings...)...)
	s.prepare(cmd)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = endWithThread(s.user.attributes())
	return s.run(cmd)
}

// prepare makes a command independent of where the tests run and of the developer's language and time zone.
func (s *server) prepare(cmd *exec.Cmd) {
	cmd.Dir = s.root
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
}

// run starts the server from a thread that waits for it: the kernel ends the server when the thread that started it ends,
// and this one ends early only with the whole test process.
func (s *server) run(cmd *exec.Cmd) error {
	started, ended := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in its log
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	s.process = &processOfOS{os: cmd.Process, ended: ended}
	return nil
}

// stop ends the server, by the process that was started, and removes its directory. The error says that the server had
// ended on its own, or would not end.
func (s *server) stop() error {
	defer s.remove()
	if s.process == nil {
		return nil
	}
	running := s.process
	s.process = nil
	// Immediate: clients are cut off and nothing is written any more, as it would be removed anyway.
	return running.end(syscall.SIGQUIT, s.logTail)
}

// end sends a signal that asks the process to end, and waits for that.
func (p *processOfOS) end(signal os.Signal, logTail func() string) error {
	select {
	case <-p.ended:
		return fmt.Errorf("PostgreSQL ended on its own:\n%s", logTail())
	default:
	}
	_ = p.os.Signal(signal) // fails only if it has ended meanwhile
	timeout := time.NewTimer(stopTimeout)
	defer timeout.Stop()
	select {
	case <-p.ended:
		return nil
	case <-timeout.C:
	}
	_ = p.os.Kill() // as above
	<-p.ended
	return fmt.Errorf("PostgreSQL did not end within %v and was killed:\n%s", stopTimeout, logTail())
}

// remove frees the directory. What cannot be removed now is removed as a leftover by a later run.
func (s *server) remove() {
	if s.root == "" {
		return
	}
	_ = os.RemoveAll(s.root)
	_ = s.lock.Close() // a nil lock, of a start that failed early, only returns an error
	s.root = ""
}

// logTail returns the end of the server's log.
func (s *server) logTail() string {
	text, err := os.ReadFile(s.logPath)
	if err != nil {
		return "(its log cannot be read: " + err.Error() + ")"
	}
	return string(text[max(0, len(text)-tailBytes):])
}
