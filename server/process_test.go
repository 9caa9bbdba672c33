package main_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tillpost/tillpost/client"
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

const retailer = "harbor-pine"

// programs are the binaries under test, built once: ours, and grpcurl as people use it.
var programs struct{ tillpost, grpcurl string }

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Run(func() int {
		dir, err := os.MkdirTemp("", "tillpost-e2e-")
		if err == nil {
			err = buildPrograms(dir)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "building the programs under test:", err)
			return 1
		}
		defer os.RemoveAll(dir)
		return m.Run()
	}))
}

func buildPrograms(dir string) error {
	programs.tillpost = filepath.Join(dir, "tillpost")
	programs.grpcurl = filepath.Join(dir, "grpcurl")
	ours := []string{"build", "-o", programs.tillpost}
	if raceDetector {
		ours = append(ours, "-race")
	}
	err := goCommand(".", append(ours, ".")...)
	return errors.Join(err, goCommand("../internal/tools", "build", "-o", programs.grpcurl, "github.com/fullstorydev/grpcurl/cmd/grpcurl"))
}

func goCommand(dir string, args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// process is a running program.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	out  *io.PipeReader
}

// start runs tillpost with arguments and an environment of its own; the test's end kills it.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	return startProgram(t, programs.tillpost, args...)
}

func startProgram(t *testing.T, program string, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(program, args...), done: make(chan struct{})}
	reader, writer := io.Pipe()
	p.out, p.cmd.Stdout, p.cmd.Stderr = reader, writer, t.Output()
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in cmd.ProcessState
		_ = writer.Close()
		close(p.done)
	}()
	t.Cleanup(p.kill)
	return p
}

// kill ends the process at once, as a power failure would, and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // an error means that it is gone
	<-p.done
}

// stop asks the process to end, and returns its status.
func (p *process) stop(t *testing.T) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		t.Fatal("the program does not end")
	}
	return p.cmd.ProcessState.ExitCode()
}

// served is a service under test, as its own words describe it.
type served struct {
	*process

	url, address, token string
	api                 *client.Client
}

var announcement = regexp.MustCompile(`(?s)URL\s+(http://(\S+)).*?token\s+(\S+)`)

// serve starts a service and waits until it says where it is.
func serve(t *testing.T, args ...string) *served {
	t.Helper()
	return serveProgram(t, programs.tillpost, args...)
}

func serveProgram(t *testing.T, program string, args ...string) *served {
	t.Helper()
	s := &served{process: startProgram(t, program, append([]string{"serve", "--listen", "127.0.0.1:0", "--lease", "1s"}, args...)...)}
	var said strings.Builder
	scanner := bufio.NewScanner(s.out)
	for s.token == "" && scanner.Scan() {
		said.WriteString(scanner.Text() + "\n")
		if found := announcement.FindStringSubmatch(said.String()); found != nil {
			s.url, s.address, s.token = found[1], found[2], found[3]
		}
	}
	if s.token == "" {
		t.Fatalf("the service did not start; it said:\n%s", said.String())
	}
	go func() { _, _ = io.Copy(io.Discard, s.out) }() // ends with the process
	var err error
	if s.api, err = client.New(s.url, client.WithToken(s.token)); err != nil {
		t.Fatal(err)
	}
	return s
}

// quickBooks serves a simulated QuickBooks from this process.
func quickBooks(t *testing.T, options simulator.Options) (*simulator.Simulator, string) {
	t.Helper()
	options.Switches = map[simulator.Switch]string{simulator.SwitchLimits: "off"} // the tests are about other things
	sim, err := simulator.New(options)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	return sim, server.URL
}

// connect takes a retailer from nothing to a started sync, through the public API.
func (s *served) connect(ctx context.Context, t *testing.T) {
	t.Helper()
	answer, err := s.api.Integration.Connect(ctx, &integrationv1.ConnectRequest{RetailerId: retailer})
	if err != nil {
		t.Fatal(err)
	}
	consent(ctx, t, answer.GetAuthorizationUrl())
	s.importAccounts(ctx, t)
	s.mapEverything(ctx, t)
	if _, err := s.api.Integration.StartSync(ctx, &integrationv1.StartSyncRequest{RetailerId: retailer}); err != nil {
		t.Fatal(err)
	}
}

func (s *served) importAccounts(ctx context.Context, t *testing.T) *integrationv1.ImportSummary {
	t.Helper()
	stream, err := s.api.Integration.ImportAccounts(ctx, &integrationv1.ImportAccountsRequest{RetailerId: retailer})
	if err != nil {
		t.Fatal(err)
	}
	var summary *integrationv1.ImportSummary
	for {
		update, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			return summary
		}
		if err != nil {
			t.Fatal(err)
		}
		summary = update.GetSummary()
	}
}

// mapEverything gives the roles that sale uses their fallback accounts.
func (s *served) mapEverything(ctx context.Context, t *testing.T) {
	t.Helper()
	for role, kind := range map[financialv1.Role]financialv1.AccountType{
		financialv1.Role_ROLE_PAYMENT: financialv1.AccountType_ACCOUNT_TYPE_BANK,
		financialv1.Role_ROLE_REVENUE: financialv1.AccountType_ACCOUNT_TYPE_INCOME,
	} {
		_, err := s.api.Financial.MapEvent(ctx, &financialv1.MapEventRequest{
			RetailerId: retailer, Slot: &financialv1.Slot{Role: role}, AccountId: s.firstAccount(ctx, t, kind),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (s *served) firstAccount(ctx context.Context, t *testing.T, kind financialv1.AccountType) string {
	t.Helper()
	page, err := s.api.Financial.ListAccounts(ctx, &financialv1.ListAccountsRequest{RetailerId: retailer, Type: kind, PageSize: 1})
	if err != nil || len(page.GetAccounts()) == 0 {
		t.Fatalf("accounts of type %s: %v, %v", kind, page, err)
	}
	return page.GetAccounts()[0].GetAccountId()
}
