package simulator

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// restoreEntry brings back a journal entry and books it. Entries come in the order of their ids, after all that they
// point at.
func restoreEntry(raw json.RawMessage) (func(*company) error, error) {
	w := &wire.JournalEntry{}
	if err := json.Unmarshal(raw, w); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	id, err := strconv.Atoi(w.ID)
	if err != nil {
		return nil, errNotRestored
	}
	return func(c *company) error { return c.restoreEntry(id, w) }, nil
}

// restoreEntry books an entry under the id it had.
func (c *company) restoreEntry(id int, w *wire.JournalEntry) error {
	if id <= len(c.entries) {
		return errNotRestored
	}
	e, err := c.entryFromWire(w)
	if err != nil {
		return err
	}
	reserveEntry(c, id-1)
	c.enter(e)
	return nil
}

// reserveEntry keeps the ids up to one from being given to a new entry.
func reserveEntry(c *company, id int) {
	for len(c.entries) < id {
		c.entries = append(c.entries, nil)
	}
}

// entryFromWire makes an entry of its wire form, as it was answered before, without booking it: enter does that, and gives
// it its id. It fails with ErrOptions if something in it is not in the books. The lock is held.
func (c *company) entryFromWire(w *wire.JournalEntry) (*entry, error) {
	e := &entry{
		docNumber: w.DocNumber, date: w.TxnDate, note: w.PrivateNote, adjustment: w.Adjustment != nil && *w.Adjustment,
		lines: make([]line, len(w.Line)),
	}
	var err error
	if e.syncToken, err = strconv.Atoi(w.SyncToken); err != nil {
		return nil, fmt.Errorf("%w: entry %s has the SyncToken %q", ErrOptions, w.ID, clip(w.SyncToken))
	}
	if w.MetaData == nil {
		return nil, fmt.Errorf("%w: entry %s has no MetaData", ErrOptions, w.ID)
	}
	for _, moment := range []struct {
		to   *int64
		text string
	}{{&e.created, w.MetaData.CreateTime}, {&e.updated, w.MetaData.LastUpdatedTime}} {
		at, err := time.Parse(metaDataTime, moment.text)
		if err != nil {
			return nil, fmt.Errorf("%w: entry %s: %w", ErrOptions, w.ID, err)
		}
		*moment.to = at.Unix()
	}
	if w.CurrencyRef != nil && w.CurrencyRef.Value != homeCurrency && w.ExchangeRate != nil {
		e.money = currency{code: w.CurrencyRef.Value, rate: string(*w.ExchangeRate)}
	}
	for i := range w.Line {
		if err := c.lineFromWire(&e.lines[i], &w.Line[i]); err != nil {
			return nil, fmt.Errorf("entry %s: %w", w.ID, err)
		}
	}
	var ok bool
	if e.home, ok = e.money.inHome(e.lines); !ok {
		return nil, fmt.Errorf("%w: entry %s has the exchange rate %q", ErrOptions, w.ID, clip(e.money.rate))
	}
	return e, nil
}

func (c *company) lineFromWire(l *line, w *wire.JournalLine) error {
	id, err := strconv.ParseInt(w.ID, 10, 32)
	if err != nil {
		return fmt.Errorf("%w: there is a line with the Id %q", ErrOptions, clip(w.ID))
	}
	l.id, l.number = int32(id), int32(w.LineNum)
	l.amount, l.description = int64(w.Amount), w.Description
	detail := w.JournalEntryLineDetail
	if detail == nil {
		return nil
	}
	l.credit = detail.PostingType == wire.PostingCredit
	if l.account = c.find(refValue(detail.AccountRef)); l.account == nil {
		return fmt.Errorf("%w: there is no account %q", ErrOptions, clip(refValue(detail.AccountRef)))
	}
	return c.namesFromWire(l, detail)
}

func (c *company) namesFromWire(l *line, detail *wire.JournalLineDetail) error {
	var names lineNames
	find := func(object string, ref *wire.Ref) (*nameRow, error) {
		if ref == nil {
			return nil, nil //nolint:nilnil // there is none, and that is as it should be
		}
		if row := c.findName(object, ref.Value); row != nil {
			return row, nil
		}
		return nil, fmt.Errorf("%w: there is no %s %q", ErrOptions, object, clip(ref.Value))
	}
	var err error
	if detail.Entity != nil {
		names.entityType = detail.Entity.Type
		if names.entity, err = find(names.entityType, detail.Entity.EntityRef); err != nil {
			return err
		}
	}
	if names.class, err = find(objectClass, detail.ClassRef); err != nil {
		return err
	}
	if names.department, err = find(objectDepartment, detail.DepartmentRef); err != nil {
		return err
	}
	if detail.TaxCodeRef != nil && detail.TaxAmount != nil {
		names.tax = lineTax{
			code: detail.TaxCodeRef.Value, appliesTo: detail.TaxApplicableOn, amount: int64(*detail.TaxAmount),
		}
	}
	if names != (lineNames{}) {
		l.names = &names
	}
	return nil
}

func refValue(ref *wire.Ref) string {
	if ref == nil {
		return ""
	}
	return ref.Value
}
