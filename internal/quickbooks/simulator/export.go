package simulator

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// exportPage is how many objects an export renders while it holds a company's lock.
const exportPage = 500

// ExportOption chooses what Export writes.
type ExportOption func(*exporter)

// WithoutTimes leaves out when things were made and changed, so that the exports of two runs can be compared.
func WithoutTimes() ExportOption { return func(e *exporter) { e.withoutTimes = true } }

// Export writes the state as one JSON document: every company with its settings, all that it keeps, its trial balance and
// its journal, and how many requests were received. The order is that of realms added and of ids, one object a line, so
// that two exports can be compared by any tool. Tokens and secrets are never in it.
//
// It does not stop the simulator. A company that changed while it was written says so with "changedMeanwhile", as its
// parts may then not agree. It fails if w does.
func (s *Simulator) Export(w io.Writer, options ...ExportOption) error {
	e := &exporter{to: bufio.NewWriter(w)}
	for _, option := range options {
		option(e)
	}
	e.raw(`{"companies":[`)
	for i, realm := range s.Realms() {
		c, err := s.company(realm)
		if err != nil {
			return err
		}
		e.company(i, c, s.objects)
	}
	e.raw("\n],\n" + `"requests":`)
	e.value(s.Requests())
	e.raw("}\n")
	if e.err == nil {
		e.err = e.to.Flush()
	}
	if e.err != nil {
		return fmt.Errorf("export the simulator's state: %w", e.err)
	}
	return nil
}

// exporter writes an export and keeps the first error.
type exporter struct {
	to           *bufio.Writer
	withoutTimes bool
	err          error
}

func (e *exporter) raw(text string) {
	if e.err == nil {
		_, e.err = e.to.WriteString(text)
	}
}

func (e *exporter) value(value any) {
	encoded, err := json.Marshal(value)
	if err != nil && e.err == nil {
		e.err = err
	}
	if e.err == nil {
		_, e.err = e.to.Write(encoded)
	}
}

func (e *exporter) member(name string, value any) {
	e.raw(",\n\"" + name + `":`)
	e.value(value)
}

// separate writes what stands before the i-th element of a list.
func (e *exporter) separate(i int) {
	if i > 0 {
		e.raw(",")
	}
	e.raw("\n")
}

func (e *exporter) company(i int, c *company, objects []*object) {
	c.mu.RLock()
	settings, before := c.settings, c.sequence
	c.mu.RUnlock()
	e.separate(i)
	e.raw(`{"realm":`)
	e.value(c.realm)
	e.member("name", settings.Name)
	e.member("settings", settings)
	if !e.withoutTimes {
		e.member("created", c.created.Format(envelopeTime))
	}
	e.member("trialBalance", c.trialBalance())
	for _, o := range objects {
		if o.rows != nil {
			e.list(c, o)
		}
	}
	c.mu.RLock()
	after := c.sequence
	c.mu.RUnlock()
	if after != before {
		e.member("changedMeanwhile", true)
	}
	e.raw("}")
}

// list writes all that a company keeps of an object, page by page.
func (e *exporter) list(c *company, o *object) {
	e.raw(",\n\"" + o.plural + `":[`)
	last, n := 0, 0
	for page := o.rows(c, last, exportPage); len(page) > 0 && e.err == nil; page = o.rows(c, last, exportPage) {
		for _, r := range page {
			e.separate(n)
			if e.withoutTimes {
				stripTimes(r.value)
			}
			e.value(r.value)
			last = r.id
			n++
		}
	}
	e.raw("]")
}

// stripTimes takes the times off the wire form of an object.
func stripTimes(value any) {
	switch w := value.(type) {
	case *wire.Account:
		w.MetaData = nil
	case *wire.JournalEntry:
		w.MetaData = nil
	case *wire.NameRow:
		w.MetaData = nil
	}
}

// accountRows renders accounts in the order of their ids.
func accountRows(c *company, after, most int) []row {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var page []row
	for _, a := range c.accounts[min(after, len(c.accounts)):] {
		if len(page) == most {
			break
		}
		page = append(page, row{id: a.id, value: c.accountOnWire(a)})
	}
	return page
}

// entryRows renders journal entries in the order of their ids.
func entryRows(c *company, after, most int) []row {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var page []row
	for _, e := range c.entries[min(after, len(c.entries)):] {
		if len(page) == most {
			break
		}
		if e != nil {
			page = append(page, row{id: e.id, value: c.entryOnWire(e)})
		}
	}
	return page
}
