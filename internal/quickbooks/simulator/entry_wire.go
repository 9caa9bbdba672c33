package simulator

import (
	"strconv"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// statusDeleted is the status of an entry that is gone.
const statusDeleted = "Deleted"

// readEntry answers one entry by its id.
func (c *company) readEntry(id string) (*wire.JournalEntry, *wire.Fault) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if !isID(id) {
		return nil, invalidID(id)
	}
	e := c.entryByID(id)
	if e == nil {
		return nil, oneFault(codeNotFound, "", detailInactive)
	}
	return c.entryOnWire(e), nil
}

// entryOnWire renders an entry. Nothing in it points back into the books, so it may be used after the lock is let go.
// The names of what its lines point at are the present ones.
func (c *company) entryOnWire(e *entry) *wire.JournalEntry {
	no, adjustment := false, e.adjustment
	w := &wire.JournalEntry{
		ID: strconv.Itoa(e.id), SyncToken: strconv.Itoa(e.syncToken), DocNumber: e.docNumber, TxnDate: e.date,
		PrivateNote: e.note, CurrencyRef: e.money.ref(), Adjustment: &adjustment, Line: linesOnWire(e.lines),
		TxnTaxDetail: &struct{}{}, Domain: domain, Sparse: &no, MetaData: c.metaData(e.created, e.updated),
	}
	if c.settings.MultiCurrency {
		rate, none := wire.Rate(e.money.rateOr1()), wire.Decimal(0)
		w.ExchangeRate, w.TotalAmt, w.HomeTotalAmt = &rate, &none, &none // the totals are always 0
	}
	return w
}

// linesOnWire renders lines, with one allocation per kind of part rather than per line: this runs under the lock.
func linesOnWire(lines []line) []wire.JournalLine {
	rendered := make([]wire.JournalLine, len(lines))
	details := make([]wire.JournalLineDetail, len(lines))
	refs := make([]wire.Ref, len(lines))
	for i := range lines {
		l := &lines[i]
		rendered[i] = wire.JournalLine{
			ID: strconv.Itoa(int(l.id)), LineNum: int(l.number), Description: l.description,
			Amount: wire.Decimal(l.amount), DetailType: wire.DetailTypeDescription,
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
	if n.entity != nil {
		detail.Entity = &wire.Entity{Type: n.entityType, EntityRef: n.entity.ref()}
	}
	detail.ClassRef, detail.DepartmentRef = n.class.ref(), n.department.ref()
	if n.tax.code != "" {
		amount := wire.Decimal(n.tax.amount)
		detail.TaxCodeRef = &wire.Ref{Value: n.tax.code}
		detail.TaxApplicableOn, detail.TaxAmount = n.tax.appliesTo, &amount
	}
}

// ref points at a row of a name list; nil if there is none.
func (r *nameRow) ref() *wire.Ref {
	if r == nil {
		return nil
	}
	return &wire.Ref{Value: strconv.Itoa(r.id), Name: r.fullName}
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

// newer returns how many entries there are with a higher id than one.
func (c *company) newer(id string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n, _ := strconv.Atoi(id) // what is no id is older than all
	newer := 0
	for i := len(c.entries) - 1; i >= max(n, 0); i-- {
		newer += int(flag(c.entries[i] != nil))
	}
	return newer
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
