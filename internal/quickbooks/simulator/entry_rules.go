package simulator

import (
	"slices"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// The types of name that a line can carry. Receivable and payable lines need one of the first two; a job is a customer
// that belongs to another.
const (
	entityCustomer = "Customer"
	entityVendor   = "Vendor"
	entityEmployee = "Employee"
	entityJob      = "Job"
	entityOther    = "Other"
)

// wantLines checks that a request that must bring lines does. Two codes speak of it: the recorded one of a parameter that
// is missing, and 2250, which is left for a list without lines.
func (in *entryInput) wantLines(wrong *faults) {
	switch {
	case in.Line == nil:
		wrong.missing("Line")
	case len(in.Line) == 0:
		wrong.addf(codeMissingLines, "Line", "A journal entry needs lines")
	}
}

// resolveLines finds what each line points at and checks what its account demands. The lock is held.
func (c *company) resolveLines(in []lineInput, lines []line, wrong *faults) {
	for i := range in {
		detail := in[i].Detail
		if detail == nil || string(in[i].DetailType) != wire.DetailTypeJournal {
			continue
		}
		c.resolveNames(detail, &lines[i], wrong)
		if id := detail.AccountRef.id(); id != "" {
			c.resolveAccount(id, &lines[i], wrong)
		}
	}
}

func (c *company) resolveAccount(id string, l *line, wrong *faults) {
	a := c.find(id)
	if a == nil {
		wrong.addf(codeReference, elementReference, "%s", unknownAccountDetail(id))
		return
	}
	if !a.active {
		wrong.addf(codeNotFound, "", "%s", detailInactive)
		return
	}
	l.account = a
	if a.of.name == typeReceivable && !l.names.is(entityCustomer, entityJob) {
		wrong.rule(ruleNeedsCustomer)
	}
	if a.of.name == typePayable && !l.names.is(entityVendor) {
		wrong.rule(ruleNeedsVendor)
	}
}

// is says whether a line names somebody of one of these types.
func (n *lineNames) is(types ...string) bool {
	return n != nil && slices.Contains(types, n.entityType)
}

// resolveNames finds the customer, vendor or employee, the class and the location of a line. What QuickBooks does with a
// class where classes are off, or a location where locations are, is not known: they are left out without a word, as the
// rest of what has no meaning in a company. The lock is held.
func (c *company) resolveNames(in *detailInput, l *line, wrong *faults) {
	var names lineNames
	if id := in.entityID(); id != "" && isEntityType(string(in.Entity.Type)) {
		// Also if it is not found: the line has somebody, so its account does not ask for one.
		names.entityType = string(in.Entity.Type)
		names.entity = c.nameOf(names.entityType, id, "Names", wrong)
	}
	if id := in.ClassRef.id(); id != "" && c.settings.ClassTracking != ClassesOff {
		names.class = c.nameOf(objectClass, id, "Klasses", wrong)
	}
	if id := in.DepartmentRef.id(); id != "" && c.settings.TrackDepartments {
		names.department = c.nameOf(objectDepartment, id, "Depts", wrong)
	}
	if names == (lineNames{}) {
		return
	}
	if l.names != nil {
		names.tax = l.names.tax
	}
	l.names = &names
}

// isEntityType says whether there is such a type of name.
func isEntityType(name string) bool {
	switch name {
	case entityCustomer, entityVendor, entityEmployee, entityJob, entityOther:
		return true
	}
	return false
}

// nameOf finds an active row of a name list, or notes that there is none. elements is what faults call the list.
func (c *company) nameOf(object, id, elements string, wrong *faults) *nameRow {
	row := c.findName(object, id)
	if row == nil {
		wrong.addf(codeReference, elementReference, "Invalid Reference Id : %s element id %s not found", elements, clip(id))
		return nil
	}
	if !row.active {
		wrong.addf(codeNotFound, "", "%s", detailInactive)
		return nil
	}
	return row
}

// checkEntry holds an entry whose parts are all right against the rules for the whole; old is what it is the next version
// of, if anything. It also settles the entry's number and its worth in the home currency. The lock is held.
func (c *company) checkEntry(d *draftEntry, old *entry, w *writing, wrong *faults) {
	if most := c.switches.number(SwitchEntryLines); most > 0 && len(d.entry.lines) > most {
		wrong.addf(codeBusinessRule, "Line", rulePrefix+ruleTooManyLines, most)
		return
	}
	if d.posting < 2 {
		wrong.rule(ruleTwoLines)
		return
	}
	if d.debits == 0 && d.credits == 0 {
		wrong.rule(ruleNoAmount)
		return
	}
	if d.debits != d.credits {
		c.unbalanced(d, wrong)
	}
	c.checkNumber(d.entry, old, w, wrong)
	if c.closed(d.entry.date) || (old != nil && c.closed(old.date)) {
		wrong.addf(codePeriodClosed, "", "%s", detailPeriodClosed)
	}
	home, ok := d.entry.money.inHome(d.entry.lines)
	if !ok {
		wrong.addf(codeAmount, "ExchangeRate", "Invalid Amount : too much at an exchange rate of %s", d.entry.money.rateOr1())
	}
	d.entry.home = home
}

func (c *company) unbalanced(d *draftEntry, wrong *faults) {
	if c.switches.is(SwitchUnbalanced, tableFault) {
		wrong.addf(codeUnbalanced, "", "Amount on debits %s not equal to credits %s",
			wire.Decimal(d.debits), wire.Decimal(d.credits))
		return
	}
	wrong.rule(ruleUnbalanced)
}

// checkNumber gives an entry without a number one, where that is asked for, and refuses one that another entry has, where
// the company's preference says so. A number that an update leaves as it is stays, whoever else has it.
func (c *company) checkNumber(e, old *entry, w *writing, wrong *faults) {
	if e.docNumber == "" {
		if w.includes(includeAutoNumber) {
			e.docNumber = c.nextNumber()
		}
		return
	}
	if !c.settings.WarnDuplicateJournalNumber || w.includes(includeDuplicates) ||
		(old != nil && fold(old.docNumber) == fold(e.docNumber)) {
		return
	}
	if holder := c.docNumbers[fold(e.docNumber)]; holder != nil {
		wrong.addf(codeDuplicateNumber, "", detailSameNumber, e.docNumber, holder.id)
	}
}
