package simulator

import (
	"strconv"
	"strings"
)

// entry is one journal entry as it is kept. The company's lock guards it.
type entry struct {
	id         int
	syncToken  int
	docNumber  string
	date       string // YYYY-MM-DD
	note       string
	adjustment bool
	money      currency
	lines      []line  // shared with nothing that changes; an update puts others in their place
	home       []int64 // what the lines are worth in the home currency, in hundredths; nil if they are in it
	created    int64   // seconds since 1970
	updated    int64
	place      int    // in the order of updates
	sameNumber *entry // the next older entry with this DocNumber
}

// line is one line of an entry. A line without an account is only text.
type line struct {
	account     *account
	names       *lineNames
	description string
	amount      int64 // hundredths, never negative
	id          int32 // stays the same whatever becomes of the lines before it
	number      int32 // LineNum as sent, 0 for none
	credit      bool
}

// lineNames is what else a line carries; few lines have any of it.
type lineNames struct {
	entityType string
	entity     *nameRow
	class      *nameRow
	department *nameRow
	tax        lineTax
}

// lineTax is the tax that a client names for a line. It is kept and has no effect: US companies have none.
type lineTax struct {
	code, appliesTo string
	amount          int64 // hundredths
}

// post books a new entry that has been checked: it gets its id and its lines get theirs. The lock is held.
func (c *company) post(e *entry) {
	for i := range e.lines {
		e.lines[i].id = int32(i)
	}
	c.enter(e)
}

// enter books an entry whose lines have their ids: its id, its place, and its lines on the balances. The lock is held.
func (c *company) enter(e *entry) {
	e.id = len(c.entries) + 1
	c.entries = append(c.entries, e)
	c.live++
	c.book(e, 1)
	c.takeNumber(e)
	c.recent.add(e)
}

// book adds the lines of an entry to the balances, or with sign -1 takes them off again.
func (c *company) book(e *entry, sign int64) {
	for i := range e.lines {
		l := &e.lines[i]
		if l.account == nil {
			continue
		}
		amount := l.amount
		if e.home != nil {
			amount = e.home[i]
		}
		l.account.lines += int(sign)
		if l.credit {
			l.account.balance -= sign * amount
		} else {
			l.account.balance += sign * amount
		}
	}
}

// unpost removes an entry and its effect on the balances. Ids are not used again. The lock is held.
func (c *company) unpost(e *entry) {
	c.entries[e.id-1] = nil
	c.live--
	c.book(e, -1)
	c.freeNumber(e)
	c.recent.remove(e)
}

// repost puts what another entry says in the place of an entry. Its id and the time it was made stay; it is the next
// version of itself. The lock is held.
func (c *company) repost(e, draft *entry) {
	c.book(e, -1)
	c.freeNumber(e)
	c.recent.remove(e)
	e.docNumber, e.date, e.note, e.adjustment = draft.docNumber, draft.date, draft.note, draft.adjustment
	e.money, e.lines, e.home = draft.money, draft.lines, draft.home
	e.updated = draft.updated
	e.syncToken++
	c.book(e, 1)
	c.takeNumber(e)
	c.recent.add(e)
}

// takeNumber notes that an entry has its DocNumber. Entries with the same one are linked from the youngest to the oldest.
// The lock is held.
func (c *company) takeNumber(e *entry) {
	e.sameNumber = nil
	if e.docNumber == "" {
		return
	}
	c.lastNumber = max(c.lastNumber, numericNumber(e.docNumber))
	key := fold(e.docNumber)
	younger := (*entry)(nil)
	older := c.docNumbers[key]
	for older != nil && older.id > e.id {
		younger, older = older, older.sameNumber
	}
	e.sameNumber = older
	if younger == nil {
		c.docNumbers[key] = e
		return
	}
	younger.sameNumber = e
}

// freeNumber undoes takeNumber, but for the count of numbers: they are given out once. The lock is held.
func (c *company) freeNumber(e *entry) {
	if e.docNumber == "" {
		return
	}
	key := fold(e.docNumber)
	if c.docNumbers[key] != e {
		for holder := c.docNumbers[key]; holder != nil; holder = holder.sameNumber {
			if holder.sameNumber == e {
				holder.sameNumber = e.sameNumber
				return
			}
		}
		return
	}
	if e.sameNumber == nil {
		delete(c.docNumbers, key)
		return
	}
	c.docNumbers[key] = e.sameNumber
}

// maxNumericDigits bounds the DocNumbers that count as numbers, so that there is always a next one.
const maxNumericDigits = 18

// numericNumber returns a DocNumber that is a whole number, 0 for any other.
func numericNumber(docNumber string) uint64 {
	digits := strings.TrimLeft(docNumber, "0")
	if len(digits) > maxNumericDigits {
		return 0
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// nextNumber returns the DocNumber that the company would give: the highest one so far and one. The lock is held.
func (c *company) nextNumber() string { return strconv.FormatUint(c.lastNumber+1, 10) }

// entryByID returns the entry with an id as it stands on the wire, or nil. The lock is held.
func (c *company) entryByID(id string) *entry {
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 || n > len(c.entries) {
		return nil
	}
	return c.entries[n-1]
}
