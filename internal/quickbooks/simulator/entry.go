package simulator

import (
	"strconv"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// entry is one journal entry as it is kept. The company's lock guards it.
type entry struct {
	id         int
	syncToken  int
	docNumber  string
	date       string // YYYY-MM-DD
	note       string
	adjustment bool
	lines      []line
	created    int64 // seconds since 1970
	updated    int64
	sameNumber *entry // the next entry with this DocNumber
}

// line is one line of an entry. A line without an account is only text.
type line struct {
	account     *account
	credit      bool
	amount      int64 // hundredths, never negative
	description string
	number      int // LineNum as sent, 0 for none
	names       *lineNames
}

// lineNames are the other objects that a line points at; few lines have any.
type lineNames struct {
	entityType string
	entity     wire.Ref
	class      wire.Ref
	department wire.Ref
}

// post books a checked entry: its id, its place, and its lines on the balances. The lock is held.
func (c *company) post(e *entry) {
	e.id = len(c.entries) + 1
	c.entries = append(c.entries, e)
	c.live++
	c.book(e, 1)
	if e.docNumber != "" {
		key := fold(e.docNumber)
		e.sameNumber = c.docNumbers[key]
		c.docNumbers[key] = e
	}
}

// book adds the lines of an entry to the balances, or with sign -1 takes them off again.
func (c *company) book(e *entry, sign int64) {
	for i := range e.lines {
		l := &e.lines[i]
		if l.account == nil {
			continue
		}
		l.account.lines += int(sign)
		if l.credit {
			l.account.balance -= sign * l.amount
		} else {
			l.account.balance += sign * l.amount
		}
	}
}

// unpost removes an entry and its effect on the balances. Ids are not used again. The lock is held.
func (c *company) unpost(e *entry) {
	c.entries[e.id-1] = nil
	c.live--
	c.book(e, -1)
	if e.docNumber == "" {
		return
	}
	key := fold(e.docNumber)
	if c.docNumbers[key] == e {
		if e.sameNumber == nil {
			delete(c.docNumbers, key)
			return
		}
		c.docNumbers[key] = e.sameNumber
		return
	}
	for holder := c.docNumbers[key]; holder != nil; holder = holder.sameNumber {
		if holder.sameNumber == e {
			holder.sameNumber = e.sameNumber
			return
		}
	}
}

// entryByID returns the entry with an id as it stands on the wire, or nil. The lock is held.
func (c *company) entryByID(id string) *entry {
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 || n > len(c.entries) {
		return nil
	}
	return c.entries[n-1]
}

// readEntry answers one entry by its id.
func (c *company) readEntry(id string) (*wire.JournalEntry, *wire.Fault) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e := c.entryByID(id)
	if e == nil {
		return nil, oneFault(codeNotFound, "", detailInactive)
	}
	return c.entryOnWire(e), nil
}

// deleteEntry removes the entry with an id, if the SyncToken is its present one and the books are open.
func (c *company) deleteEntry(in entryInput, made *changes) (*wire.JournalEntry, *wire.Fault) {
	if in.ID.value() == "" {
		return nil, oneFault(codeRequired, "Id", "Required parameter Id is missing in the request")
	}
	if in.SyncToken.value() == "" {
		return nil, oneFault(codeRequired, "SyncToken", "Required parameter SyncToken is missing in the request")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entryByID(in.ID.value())
	if e == nil {
		return nil, oneFault(codeNotFound, "", detailDeleted)
	}
	if in.SyncToken.value() != strconv.Itoa(e.syncToken) {
		return nil, stale()
	}
	if c.closed(e.date) {
		return nil, oneFault(codePeriodClosed, "", detailPeriodClosed)
	}
	c.unpost(e)
	c.changed(made, objectJournalEntry, e.id, opDeleted, nil)
	return &wire.JournalEntry{ID: strconv.Itoa(e.id), Domain: domain, Status: "Deleted"}, nil
}

// entryOnWire renders an entry. Nothing in it points back into the books, so it may be used after the lock is let go.
func (c *company) entryOnWire(e *entry) *wire.JournalEntry {
	no, adjustment := false, e.adjustment
	return &wire.JournalEntry{
		ID: strconv.Itoa(e.id), SyncToken: strconv.Itoa(e.syncToken), DocNumber: e.docNumber, TxnDate: e.date,
		PrivateNote: e.note, CurrencyRef: homeCurrencyRef(), Adjustment: &adjustment, Line: linesOnWire(e.lines),
		TxnTaxDetail: &struct{}{}, Domain: domain, Sparse: &no, MetaData: c.metaData(e.created, e.updated),
	}
}

// linesOnWire renders lines, with one allocation per kind of part rather than per line: this runs under the lock.
func linesOnWire(lines []line) []wire.JournalLine {
	rendered := make([]wire.JournalLine, len(lines))
	details := make([]wire.JournalLineDetail, len(lines))
	refs := make([]wire.Ref, len(lines))
	for i := range lines {
		l := &lines[i]
		rendered[i] = wire.JournalLine{
			ID: strconv.Itoa(i), LineNum: l.number, Description: l.description, Amount: wire.Decimal(l.amount),
			DetailType: wire.DetailTypeDescription,
		}
		if l.account == nil {
			continue
		}
		refs[i] = wire.Ref{Value: strconv.Itoa(l.account.id), Name: l.account.fullName}
		details[i] = wire.JournalLineDetail{PostingType: wire.PostingDebit, AccountRef: &refs[i]}
		if l.credit {
			details[i].PostingType = wire.PostingCredit
		}
		l.names.onWire(&details[i])
		rendered[i].DetailType = wire.DetailTypeJournal
		rendered[i].JournalEntryLineDetail = &details[i]
	}
	return rendered
}

func (n *lineNames) onWire(detail *wire.JournalLineDetail) {
	if n == nil {
		return
	}
	if n.entity.Value != "" {
		entity := n.entity
		detail.Entity = &wire.Entity{Type: n.entityType, EntityRef: &entity}
	}
	if n.class.Value != "" {
		class := n.class
		detail.ClassRef = &class
	}
	if n.department.Value != "" {
		department := n.department
		detail.DepartmentRef = &department
	}
}

// journal renders a page of entries in the order of their ids, from the one that start others precede, and says how many
// there are in all. A negative limit means no limit.
func (c *company) journal(start, limit int) ([]wire.JournalEntry, int) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	room := c.live - start
	if limit >= 0 {
		room = min(room, limit)
	}
	page := make([]wire.JournalEntry, 0, max(room, 0))
	for _, e := range c.entries {
		if len(page) >= room {
			break
		}
		if e == nil {
			continue
		}
		if start > 0 {
			start--
			continue
		}
		page = append(page, *c.entryOnWire(e))
	}
	return page, c.live
}

// latest renders a page of entries, the last one first, leaving out the first skip of them.
func (c *company) latest(skip, limit int) ([]wire.JournalEntry, int) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	page := make([]wire.JournalEntry, 0, limit)
	for i := len(c.entries) - 1; i >= 0 && len(page) < limit; i-- {
		e := c.entries[i]
		if e == nil {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		page = append(page, *c.entryOnWire(e))
	}
	return page, c.live
}
