package simulator_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// killedFile tells the process that is to be killed which file it works on.
const killedFile = "SIMULATOR_TEST_FILE"

// TestProcessToBeKilled is the other process of TestKilledProcess; on its own it does nothing.
func TestProcessToBeKilled(t *testing.T) {
	t.Parallel()
	file := os.Getenv(killedFile)
	if file == "" {
		return
	}
	a := newApp(t, simulator.Options{File: file, Seed: 3})
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(os.Stdout, "ready %s %s\n", listener.Addr(), a.token)
	server := &http.Server{Handler: a.sim, ReadHeaderTimeout: time.Second}
	t.Fatal(server.Serve(listener))
}

// answered is a batch that was sent and, where there is one, its answer.
type answered struct {
	path, body string
	answer     []byte
}

// Everything that a process answered is there after it was killed in full flight, once and whole.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "books.db")
	a := newApp(t, simulator.Options{}) // for the ids of accounts
	process, address, token := startProcess(t, file)
	a.token = token

	const writers, enough = 6, 200
	sent := make([][]*answered, writers)
	count := make(chan struct{}, writers*enough)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				one := &answered{path: fmt.Sprintf("batch?requestid=w%d-%d", w, n), body: a.batchOf(fmt.Sprintf("W%d-%d", w, n), 10)}
				sent[w] = append(sent[w], one)
				one.answer = post(ctx, address, a, one)
				if one.answer == nil {
					return
				}
				select {
				case count <- struct{}{}:
				default:
				}
			}
		})
	}
	for range enough {
		<-count
	}
	if err := process.Kill(); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	cancel()

	again := a.with(t)
	again.sim = reopen(t, file)
	booked := 0
	for _, list := range sent {
		for _, one := range list {
			number := strings.Split(one.body, `"DocNumber":"`)[1]
			number, _, _ = strings.Cut(number, "/")
			n := again.numbered(number, 10)
			if n != 10 && (one.answer != nil || n != 0) {
				t.Errorf("%d of 10 entries of a batch are there; answered: %t", n, one.answer != nil)
			}
			got := again.post(one.path, one.body)
			if one.answer != nil && !bytes.Equal(got.body, one.answer) {
				t.Errorf("the repeat of %s is answered otherwise", one.path)
			}
			booked += 10
		}
	}
	checkBooks(t, again, booked)
}

// numbered counts the entries with the numbers of a batch.
func (a *app) numbered(prefix string, n int) int {
	found := 0
	for i := range n {
		found += len(a.query(fmt.Sprintf("select * from JournalEntry where DocNumber = '%s/%d'", prefix, i)).JournalEntry)
	}
	return found
}

// batchOf makes a batch of creates.
func (a *app) batchOf(number string, n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(`{"bId":"%d","operation":"create","JournalEntry":%s}`, i, a.sale(fmt.Sprintf("%s/%d", number, i), "3.50"))
	}
	return batchJSON(items...)
}

func startProcess(t *testing.T, file string) (process *os.Process, address, token string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProcessToBeKilled$")
	command.Env = append(os.Environ(), killedFile+"="+file)
	output, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Wait() })
	lines := bufio.NewReader(output)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the other process did not start: %v", err)
		}
		if _, err := fmt.Sscanf(line, "ready %s %s", &address, &token); err == nil {
			return command.Process, address, token
		}
	}
}

// post sends one batch over the network; nil if no whole answer came.
func post(ctx context.Context, address string, a *app, one *answered) []byte {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/v3/company/"+a.realm+"/"+one.path,
		strings.NewReader(one.body))
	if err != nil {
		return nil
	}
	request.Header.Set("Authorization", "Bearer "+a.token)
	request.Header.Set("Accept", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return nil
	}
	return body
}

// reopen builds a simulator on a file whose process was killed, as soon as the system has let go of it.
func reopen(t *testing.T, file string) *simulator.Simulator {
	t.Helper()
	for {
		sim, err := simulator.New(simulator.Options{
			File: file, Now: started, Switches: map[simulator.Switch]string{simulator.SwitchLimits: "off"},
		})
		if err == nil {
			closing(t, sim)
			return sim
		}
		if !errors.Is(err, simulator.ErrFile) || t.Context().Err() != nil || !strings.Contains(err.Error(), "another process") {
			t.Fatalf("New after the kill: %v", err)
		}
	}
}
