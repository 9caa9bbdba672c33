package simulator_test

import (
	"bytes"
	"database/sql"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

func TestFileIsRefused(t *testing.T) {
	t.Parallel()
	inUse := filepath.Join(t.TempDir(), "books.db")
	closing(t, newSimulator(t, simulator.Options{File: inUse}))
	text := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("Not a database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := alter(t, filepath.Join(t.TempDir(), "foreign.db"), "CREATE TABLE recipes (name TEXT)")
	newer := filepath.Join(t.TempDir(), "newer.db")
	if err := newSimulator(t, simulator.Options{File: newer}).Close(); err != nil {
		t.Fatal(err)
	}
	alter(t, newer, "PRAGMA user_version = 99")
	broken := filepath.Join(t.TempDir(), "broken.db")
	a := newApp(t, simulator.Options{File: broken})
	a.mustPost(a.sale("S", "1.00"))
	if err := a.sim.Close(); err != nil {
		t.Fatal(err)
	}
	alter(t, broken, "UPDATE objects SET value = replace(value, '1.00', '1.01') WHERE object = 'JournalEntry' AND id = 1",
		"DELETE FROM objects WHERE object = 'Account' AND id = 3")
	for name, test := range map[string]struct{ file, says string }{
		"in use":     {inUse, "another process uses it"},
		"text":       {text, "not a file of the simulator"},
		"foreign":    {foreign, "another program"},
		"newer":      {newer, "format 99"},
		"incomplete": {broken, "not what the simulator writes"},
		"no folder":  {filepath.Join(t.TempDir(), "none", "books.db"), "make the file"},
	} {
		_, err := simulator.New(simulator.Options{File: test.file})
		if !errors.Is(err, simulator.ErrFile) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want ErrFile with %q", name, err, test.says)
		}
	}
	if content, err := os.ReadFile(foreign); err != nil || bytes.Contains(content[18:20], []byte{2}) {
		t.Errorf("the database of another program was changed; %v", err)
	}
}

// alter runs statements on an SQLite file.
func alter(tb testing.TB, file string, statements ...string) string {
	tb.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	for _, statement := range statements {
		if _, err := db.ExecContext(tb.Context(), statement); err != nil {
			tb.Fatalf("%s: %v", statement, err)
		}
	}
	return file
}

// Once the file could not be written, memory is ahead of it: nothing is answered as if it had happened, and what follows
// is refused until a restart.
func TestFileThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "books.db")
	a := newApp(t, simulator.Options{File: file})
	a.mustPost(a.sale("SALE-1", "1.00"))
	if err := a.sim.Close(); err != nil {
		t.Fatal(err)
	}
	alter(t, file, `CREATE TRIGGER full BEFORE INSERT ON objects WHEN NEW.id = 2 AND NEW.object = 'JournalEntry'
		BEGIN SELECT RAISE(ABORT, 'no room'); END`)
	a.sim = newSimulator(t, simulator.Options{File: file})

	if codes(a.post("journalentry?requestid=r", a.sale("SALE-2", "1.00")).envelope(t).Fault) != "10000" {
		t.Error("a write that was not saved was not refused")
	}
	for name, request := range map[string]func() reply{
		"the repeat": func() reply { return a.post("journalentry?requestid=r", a.sale("SALE-2", "1.00")) },
		"a write":    func() reply { return a.post("journalentry", a.sale("SALE-3", "1.00")) },
		"a read":     func() reply { return a.get("journalentry/2") },
		"a batch":    func() reply { return a.post("batch", batchJSON(`{"bId":"1","Query":"select * from JournalEntry"}`)) },
		"a query":    func() reply { return a.get("query?query=select+*+from+JournalEntry") },
	} {
		got := request()
		if got.StatusCode != http.StatusInternalServerError || codes(got.envelope(t).Fault) != "10000" {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
		if !bytes.Contains(got.body, []byte("could not be written")) {
			t.Errorf("%s does not say why: %s", name, got.body)
		}
	}
	if answer, status := a.refresh("RT1-none"); status != http.StatusInternalServerError {
		t.Errorf("a refresh: %d %+v", status, answer)
	}
	for name, err := range map[string]error{
		"a switch":        a.sim.SetSwitch(simulator.SwitchReplayKept, "1h"),
		"a setting":       a.sim.ChangeCompany(a.realm, closeBooks("2026-01-31")),
		"another company": second(a.sim.AddCompany(simulator.CompanyOptions{})),
	} {
		if !errors.Is(err, simulator.ErrFile) {
			t.Errorf("%s: %v, want ErrFile", name, err)
		}
	}
	if err := a.sim.Close(); err != nil {
		t.Fatal(err)
	}
	alter(t, file, `DROP TRIGGER full`)
	again := a.with(t)
	again.sim = newSimulator(t, simulator.Options{File: file})
	closing(t, again.sim)
	if got := again.get("journalentry/2"); got.StatusCode != http.StatusBadRequest {
		t.Errorf("what was refused is there after a restart: %s", got.body)
	}
	if next := again.mustPost(again.sale("SALE-2", "1.00")); next.ID != "2" {
		t.Errorf("the entry has id %s, want 2", next.ID)
	}
}

func second(_ string, err error) error { return err }

// A simulator that was closed does not pretend to work.
func TestClosedFileRefuses(t *testing.T) {
	t.Parallel()
	a := newFileApp(t, simulator.Options{})
	if err := a.sim.Close(); err != nil {
		t.Fatal(err)
	}
	if got := a.post("journalentry", a.sale("SALE-1", "1.00")); !bytes.Contains(got.body, []byte("it is closed")) {
		t.Errorf("%s", got.body)
	}
}
