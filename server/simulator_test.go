package main_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// simulated is a running simulator and what it said when it started.
type simulated struct {
	*process

	said string
}

// startSimulator starts the program and reads what it says until it is ready.
func startSimulator(t *testing.T, args ...string) *simulated {
	t.Helper()
	s := &simulated{process: start(t, append([]string{"simulator", "--seed", "1"}, args...)...)}
	scanner := bufio.NewScanner(s.out)
	for scanner.Scan() {
		s.said += scanner.Text() + "\n"
		if strings.HasPrefix(scanner.Text(), "Stop it") {
			go func() { _, _ = io.Copy(io.Discard, s.out) }() // ends with the process
			return s
		}
	}
	t.Fatalf("the simulator did not start; it said:\n%s", s.said)
	return nil
}

// values are what stands behind a word at the start of the lines that have it.
func (s *simulated) values(word string) []string {
	var values []string
	for _, found := range regexp.MustCompile(`(?m)^ *`+word+`  +(.*)$`).FindAllStringSubmatch(s.said, -1) {
		values = append(values, found[1])
	}
	return values
}

func getJSON(t *testing.T, client *http.Client, url string, value any) {
	t.Helper()
	answer, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(value); err != nil {
		t.Fatalf("%s: %s, %v", url, answer.Status, err)
	}
}

func TestSimulatorSaysWhatItIs(t *testing.T) {
	t.Parallel()
	s := startSimulator(t, "--listen", "127.0.0.1:0", "--listen", "127.0.0.1:0", "--client-id", "my-app", "--companies", "4",
		"--company", "77=Corner Shop", "--company", "Smith, Jones = Sons", "--no-limits", "--switch", "replay-kept=10m")
	want := []string{
		"77  Corner Shop", "9341450000000001  Smith, Jones = Sons",
		"9341450000000002  Harbor & Pine Trading Co. 3", "9341450000000003  Harbor & Pine Trading Co. 4",
	}
	if diff := cmp.Diff(want, s.values("company")); diff != "" {
		t.Errorf("companies (-want +got):\n%s", diff)
	}
	if got := s.values("client id"); !cmp.Equal(got, []string{"my-app"}) {
		t.Errorf("client id %q", got)
	}
	if got := s.values("limits"); !cmp.Equal(got, []string{"off"}) {
		t.Errorf("limits %q", got)
	}
	addresses := s.values("address")
	if len(addresses) != 2 || !cmp.Equal(s.values("console"), []string{addresses[0] + "/"}) {
		t.Fatalf("it said:\n%s", s.said)
	}
	for _, address := range addresses {
		var body struct{ Companies []struct{ Realm string } }
		getJSON(t, http.DefaultClient, address+"/admin/companies", &body)
		if len(body.Companies) != len(want) {
			t.Errorf("%s has the companies %v", address, body.Companies)
		}
	}
	if status := s.stop(t); status != 0 {
		t.Errorf("it ends with status %d", status)
	}
}

// TestSimulatorStandsInForIntuitsHosts calls Intuit's hosts by name, as a client does that cannot be given another
// address, and trusts the simulator's CA.
func TestSimulatorStandsInForIntuitsHosts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "tls")
	s := startSimulator(t, "--listen", "127.0.0.1:0", "--tls", "--tls-dir", dir)
	authority, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil || s.values("CA")[0] != filepath.Join(dir, "ca.pem") {
		t.Fatalf("%v; it said:\n%s", err, s.said)
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(authority) {
		t.Fatal("ca.pem holds no certificate")
	}
	if key, err := os.Stat(filepath.Join(dir, "server-key.pem")); err != nil || key.Mode().Perm() != 0o600 {
		t.Errorf("server-key.pem: %v, %v", key, err)
	}
	if _, err := tls.LoadX509KeyPair(filepath.Join(dir, "server.pem"), filepath.Join(dir, "server-key.pem")); err != nil {
		t.Errorf("the server's files: %v", err)
	}
	address := strings.TrimPrefix(s.values("address")[0], "https://")
	for _, host := range []string{
		"appcenter.intuit.com", "oauth.platform.intuit.com", "developer.api.intuit.com", "developer.intuit.com",
		"quickbooks.api.intuit.com", "sandbox-quickbooks.api.intuit.com",
		"accounts.platform.intuit.com", "sandbox-accounts.platform.intuit.com", "localhost", "127.0.0.1", "::1",
	} {
		conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: trusted, ServerName: host})
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		conn.Close()
	}
	if _, err := tls.Dial("tcp", address, &tls.Config{RootCAs: trusted, ServerName: "intuit.com"}); err == nil {
		t.Error("the certificate is good for hosts that no client calls")
	}
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted},
	}}
	var discovered struct{ Issuer string }
	getJSON(t, client, "https://"+address+"/.well-known/openid_configuration", &discovered)
	if discovered.Issuer != "https://oauth.platform.intuit.com/op/v1" {
		t.Errorf("issuer %q", discovered.Issuer)
	}
}

func TestSimulatorRemovesTheCertificatesItWasNotAskedFor(t *testing.T) {
	t.Parallel()
	s := startSimulator(t, "--listen", "127.0.0.1:0", "--tls")
	file := s.values("CA")[0]
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
	if status := s.stop(t); status != 0 {
		t.Errorf("it ends with status %d", status)
	}
	if _, err := os.Stat(filepath.Dir(file)); !os.IsNotExist(err) {
		t.Errorf("the directory of %s is still there (%v)", file, err)
	}
}

func TestSimulatorRefusesFlagsThatCannotWork(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() }) // after the parallel cases
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"every address":       {[]string{"--listen", ":0"}, "--allow-remote"},
		"another address":     {[]string{"--listen", "192.0.2.1:0"}, "--allow-remote"},
		"no port":             {[]string{"--listen", "localhost"}, "HOST:PORT"},
		"an address in use":   {[]string{"--listen", "127.0.0.1:0", "--listen", taken.Addr().String()}, "address already in use"},
		"no company":          {[]string{"--companies", "0"}, "from 1 to"},
		"two of one realm":    {[]string{"--company", "7=A", "--company", "7=B"}, "realm 7 exists"},
		"an unknown switch":   {[]string{"--switch", "ligths=off"}, `no switch "ligths"`},
		"an unknown value":    {[]string{"--switch", "limits=perhaps"}, "one of on, off"},
		"limits on and off":   {[]string{"--no-limits", "--switch", "limits=on"}, "contradict"},
		"a directory for TLS": {[]string{"--tls-dir", "x"}, "goes with --tls"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"simulator", "--listen", "127.0.0.1:0"}, c.args...)
			if c.args[0] == "--listen" {
				args = append([]string{"simulator"}, c.args...)
			}
			if out, status := run(t, args...); status != 1 || !strings.Contains(out, c.want) {
				t.Errorf("status %d, want 1 and %q:\n%s", status, c.want, out)
			}
		})
	}
}

func TestSimulatorWarnsWhereOthersCanReachIt(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	s := start(t, "simulator", "--listen", "0.0.0.0:0", "--allow-remote")
	scanner := bufio.NewScanner(s.out)
	for scanner.Scan() {
		said.WriteString(scanner.Text() + "\n")
		if strings.HasPrefix(scanner.Text(), "Stop it") {
			break
		}
	}
	if !strings.Contains(said.String(), "WARNING: --allow-remote") {
		t.Errorf("it said:\n%s", said.String())
	}
}

func TestSimulatorListsItsSwitches(t *testing.T) {
	t.Parallel()
	out, status := run(t, "simulator", "--list-switches")
	if status != 0 {
		t.Fatalf("status %d:\n%s", status, out)
	}
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sim.Switches() {
		row := regexp.MustCompile(`(?m)^` + string(s.Name) + ` +` + regexp.QuoteMeta(s.Default) + ` .*`).FindString(out)
		if meaning := strings.Fields(s.Help)[0]; !strings.Contains(row, meaning) {
			t.Errorf("switch %s has the row %q, want its default and %q", s.Name, row, meaning)
		}
		for _, value := range s.Values {
			if !strings.Contains(out, value) {
				t.Errorf("switch %s is listed without %s", s.Name, value)
			}
		}
	}
}

// TestSimulatorScenarioAndFile starts from a scenario, keeps its books in a file, and goes on with them after a kill.
func TestSimulatorScenarioAndFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	scenario, books := filepath.Join(dir, "scenario.json"), filepath.Join(dir, "books.db")
	const text = `{"companies":[{"realm":"42","name":"Acme"}],"switches":{"limits":"off"},"faults":[{"fault":"503","times":1}]}`
	if err := os.WriteFile(scenario, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startSimulator(t, "--listen", "127.0.0.1:0", "--scenario", scenario, "--file", books)
	if !cmp.Equal(s.values("company"), []string{"42  Acme"}) || !cmp.Equal(s.values("limits"), []string{"off"}) {
		t.Errorf("it said:\n%s", s.said)
	}
	var faults struct{ Faults []simulator.FaultState }
	getJSON(t, http.DefaultClient, s.values("address")[0]+"/admin/faults", &faults)
	if len(faults.Faults) != 1 || faults.Faults[0].Rule.Fault != "503" {
		t.Errorf("faults %+v", faults)
	}
	answer, err := http.Post(s.values("address")[0]+"/admin/companies", "application/json", strings.NewReader(`{"realm":"43","name":"Later"}`))
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatal(answer, err)
	}
	_ = answer.Body.Close()
	s.kill()
	again := startSimulator(t, "--listen", "127.0.0.1:0", "--file", books)
	if !cmp.Equal(again.values("company"), []string{"42  Acme", "43  Later"}) {
		t.Errorf("it said:\n%s", again.said)
	}
	for name, args := range map[string][]string{
		"a scenario that cannot be": {"--scenario", books}, "a file in use": {"--file", books},
	} {
		p := start(t, append([]string{"simulator", "--listen", "127.0.0.1:0"}, args...)...)
		go func() { _, _ = io.Copy(io.Discard, p.out) }() // ends with the process
		<-p.done
		if p.cmd.ProcessState.Success() {
			t.Errorf("%s is taken", name)
		}
	}
}
