package simulator

import (
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// The types of name that receivable and payable lines need.
const (
	entityCustomer = "Customer"
	entityVendor   = "Vendor"
)

// includeDuplicates is the word of the include parameter that overrides the preference WarnDuplicateJournalNumber.
const includeDuplicates = "allowduplicatedocnum"

// createEntry checks an entry and posts it.
func (c *company) createEntry(in *entryInput, w *writing) (*wire.JournalEntry, *wire.Fault) {
	now := c.clock.now()
	if in.ID.value() != "" {
		return nil, oneFault(codeUnsupported, "", "Operation update of a JournalEntry is not supported.")
	}
	var wrong faults
	d := in.draft(now.Format(dateOnly), &wrong)
	d.entry.created, d.entry.updated = now.Unix(), now.Unix()

	c.mu.Lock()
	defer c.mu.Unlock()
	c.resolveAccounts(&d, &wrong)
	if len(wrong) == 0 {
		c.checkEntry(&d, w.includes(includeDuplicates), &wrong)
	}
	if fault := wrong.fault(); fault != nil {
		return nil, fault
	}
	c.post(d.entry)
	onWire := c.entryOnWire(d.entry)
	c.changed(w.changes, objectJournalEntry, d.entry.id, opCreated, onWire)
	return onWire, nil
}

// resolveAccounts finds the account of each line and checks what the account demands of it. The lock is held.
func (c *company) resolveAccounts(d *draftEntry, wrong *faults) {
	for i, id := range d.accountIDs {
		if id == "" {
			continue
		}
		a := c.find(id)
		if a == nil {
			wrong.addf(codeReference, elementReference, "%s", unknownAccountDetail(id))
			continue
		}
		if !a.active {
			wrong.addf(codeNotFound, "", "%s", detailInactive)
			continue
		}
		l := &d.entry.lines[i]
		l.account = a
		if a.of.name == typeReceivable && !l.names.is(entityCustomer) {
			wrong.rule(ruleNeedsCustomer)
		}
		if a.of.name == typePayable && !l.names.is(entityVendor) {
			wrong.rule(ruleNeedsVendor)
		}
	}
}

func (n *lineNames) is(entityType string) bool { return n != nil && n.entityType == entityType }

// checkEntry holds an entry whose parts are all right against the rules for the whole. The lock is held.
func (c *company) checkEntry(d *draftEntry, allowDuplicate bool, wrong *faults) {
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
	if holder := c.numberHolder(d.entry.docNumber); holder != nil && !allowDuplicate {
		wrong.addf(codeDuplicateNumber, "", detailSameNumber, d.entry.docNumber, holder.id)
	}
	if c.closed(d.entry.date) {
		wrong.addf(codePeriodClosed, "", "%s", detailPeriodClosed)
	}
}

func (c *company) unbalanced(d *draftEntry, wrong *faults) {
	if c.switches.is(SwitchUnbalanced, tableFault) {
		wrong.addf(codeUnbalanced, "", "Amount on debits %s not equal to credits %s",
			wire.Decimal(d.debits), wire.Decimal(d.credits))
		return
	}
	wrong.rule(ruleUnbalanced)
}

// numberHolder returns the entry that a new one must not share its DocNumber with, by the company's preference.
func (c *company) numberHolder(docNumber string) *entry {
	if docNumber == "" || !c.settings.WarnDuplicateJournalNumber {
		return nil
	}
	return c.docNumbers[fold(docNumber)]
}
