package simulator

import (
	"strconv"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// The words of the include parameter that journal entries know: the first overrides the preference
// WarnDuplicateJournalNumber, the second asks for a number where none is sent.
const (
	includeDuplicates = "allowduplicatedocnum"
	includeAutoNumber = "allowautodocnum"
)

// saveEntry creates an entry, or updates the one whose Id is given.
func (c *company) saveEntry(in *entryInput, w *writing) (*wire.JournalEntry, *wire.Fault) {
	updates := w.operation == operationUpdate || (w.operation == "" && in.ID.value() != "")
	if updates {
		if fault := in.checkTarget(); fault != nil {
			return nil, fault
		}
	}
	now := c.clock.now()
	var wrong faults
	d := in.draft(now.Format(dateOnly), &wrong)
	d.entry.created, d.entry.updated = now.Unix(), now.Unix()

	c.mu.Lock()
	defer c.mu.Unlock()
	if !updates {
		return c.createEntry(in, d, w, &wrong)
	}
	old, fault := c.entryTarget(in)
	if fault != nil {
		return nil, fault
	}
	return c.updateEntry(old, in, d, w, &wrong)
}

// createEntry posts a new entry. An Id or line Ids that came with it are read only and have no effect. The lock is held.
func (c *company) createEntry(in *entryInput, d *draftEntry, w *writing, wrong *faults) (*wire.JournalEntry, *wire.Fault) {
	in.wantLines(wrong)
	d.entry.money = c.entryCurrency(in, nil, wrong)
	c.resolveLines(in.Line, d.entry.lines, wrong)
	if len(*wrong) == 0 {
		c.checkEntry(d, nil, w, wrong)
	}
	if fault := wrong.fault(); fault != nil {
		return nil, fault
	}
	c.post(d.entry)
	onWire := c.entryOnWire(d.entry)
	c.changed(w.changes, objectJournalEntry, d.entry.id, opCreated, onWire)
	return onWire, nil
}

// updateEntry puts what a request says in the place of an entry. A sparse update keeps what it does not speak of; a full
// one sets it to nothing, and a date to today's. The lock is held.
func (c *company) updateEntry(
	old *entry, in *entryInput, d *draftEntry, w *writing, wrong *faults,
) (*wire.JournalEntry, *wire.Fault) {
	var unsent *currency
	if in.Sparse {
		unsent = &old.money
		d.keep(old, in)
	}
	d.entry.money = c.entryCurrency(in, unsent, wrong)
	if in.Line != nil || !in.Sparse {
		in.wantLines(wrong)
		c.resolveLines(in.Line, d.entry.lines, wrong)
		keepLineIDs(in.Line, d.entry.lines, old.lines)
	}
	if len(*wrong) == 0 {
		c.checkEntry(d, old, w, wrong)
	}
	if fault := wrong.fault(); fault != nil {
		return nil, fault
	}
	c.repost(old, d.entry)
	onWire := c.entryOnWire(old)
	c.changed(w.changes, objectJournalEntry, old.id, opUpdated, onWire)
	return onWire, nil
}

// keep takes over from an entry what a sparse update does not speak of.
func (d *draftEntry) keep(old *entry, in *entryInput) {
	if in.DocNumber == nil {
		d.entry.docNumber = old.docNumber
	}
	if in.TxnDate.value() == "" {
		d.entry.date = old.date
	}
	if in.PrivateNote == nil {
		d.entry.note = old.note
	}
	if in.Adjustment == nil {
		d.entry.adjustment = old.adjustment
	}
	if in.Line != nil {
		return
	}
	d.entry.lines = old.lines
	for i := range old.lines {
		l := &old.lines[i]
		switch {
		case l.account == nil:
			continue
		case l.credit:
			d.credits += l.amount
		default:
			d.debits += l.amount
		}
		d.posting++
	}
}

// keepLineIDs gives the lines of an update their ids. A line that names one of the entry's lines keeps that one's; all
// others are new, and their ids come after those that the entry has.
func keepLineIDs(in []lineInput, lines, old []line) {
	next := int32(0)
	free := make(map[string]int32, len(old))
	for i := range old {
		free[strconv.Itoa(int(old[i].id))] = old[i].id
		next = max(next, old[i].id+1)
	}
	for i := range lines {
		if id, known := free[in[i].ID.value()]; known {
			delete(free, in[i].ID.value())
			lines[i].id = id
			continue
		}
		lines[i].id = next
		next++
	}
}

// deleteEntry removes the entry with an id, if the SyncToken is its present one and the books are open.
func (c *company) deleteEntry(in *entryInput, made *changes) (*wire.JournalEntry, *wire.Fault) {
	if fault := in.checkTarget(); fault != nil {
		return nil, fault
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, fault := c.entryTarget(in)
	if fault != nil {
		return nil, fault
	}
	if c.closed(e.date) {
		return nil, oneFault(codePeriodClosed, "", detailPeriodClosed)
	}
	c.unpost(e)
	c.changed(made, objectJournalEntry, e.id, opDeleted, nil)
	return &wire.JournalEntry{ID: strconv.Itoa(e.id), Domain: domain, Status: statusDeleted}, nil
}

// checkTarget checks that a request says which entry it is for, and which version of it.
func (in *entryInput) checkTarget() *wire.Fault {
	var wrong faults
	if in.ID.value() == "" {
		wrong.missing("Id")
	} else if !isID(in.ID.value()) {
		return invalidID(in.ID.value())
	}
	if in.SyncToken.value() == "" {
		wrong.missing("SyncToken")
	}
	return wrong.fault()
}

// entryTarget finds the entry that an update or delete is for. The lock is held.
func (c *company) entryTarget(in *entryInput) (*entry, *wire.Fault) {
	e := c.entryByID(in.ID.value())
	if e == nil {
		if n, err := strconv.Atoi(in.ID.value()); err == nil && n >= 1 && n <= len(c.entries) {
			return nil, oneFault(codeNotFound, "", detailDeleted)
		}
		return nil, oneFault(codeNotFound, "", detailInactive)
	}
	if in.SyncToken.value() != strconv.Itoa(e.syncToken) {
		return nil, stale()
	}
	return e, nil
}

// maxIDDigits bounds what is taken for an id.
const maxIDDigits = 20

// isID says whether a text has the form of an id.
func isID(id string) bool { return isDigits(id, maxIDDigits) }

func invalidID(id string) *wire.Fault {
	return oneFault(codeInvalidID, "Id", "Invalid ID : %s", clip(id))
}
