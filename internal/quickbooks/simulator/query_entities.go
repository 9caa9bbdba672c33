package simulator

import (
	"iter"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// Properties that every object has.
const (
	propertyCreated = "MetaData.CreateTime"
	propertyUpdated = "MetaData.LastUpdatedTime"
)

// answerQuery makes the answer to a statement: the place and size of the page, or the count.
func answerQuery(q *statement, object string, rows any, n, count int) result {
	if q.count {
		return result{query: &queryResult{total: &count}}
	}
	return result{query: &queryResult{object: object, rows: rows, start: q.start, count: n, matched: count}}
}

// queryAccounts finds accounts. Inactive ones may be hidden from the statement.
func (c *company) queryAccounts(q *statement) result {
	c.mu.RLock()
	defer c.mu.RUnlock()
	accounts := accountEntity(c)
	tests, fault := accounts.compile(q.where, c.clock.now())
	if fault != nil {
		return refused(fault)
	}
	if c.hidesInactive(q) {
		tests = append(tests, func(a *account) bool { return a.active })
	}
	found, count, fault := accounts.page(slices.Values(c.accounts), q, tests)
	if fault != nil {
		return refused(fault)
	}
	rows := make([]wire.Account, len(found))
	for i, a := range found {
		rows[i] = *c.accountOnWire(a)
	}
	return answerQuery(q, objectAccount, rows, len(rows), count)
}

// accountEntity says which properties of an account the API reference marks as filterable and sortable.
func accountEntity(c *company) *entity[*account] {
	return &entity[*account]{
		name: objectAccount,
		filterable: []property[*account]{
			{name: "Id", kind: kindID, sortable: true, number: func(a *account) int64 { return int64(a.id) }},
			{name: "Name", sortable: true, text: func(a *account) string { return a.name }},
			{name: "FullyQualifiedName", sortable: true, text: func(a *account) string { return a.fullName }},
			{name: "Description", sortable: true, text: func(a *account) string { return a.description }},
			{name: "Active", kind: kindFlag, number: func(a *account) int64 { return flag(a.active) }},
			{name: "SubAccount", kind: kindFlag, sortable: true, number: func(a *account) int64 {
				return flag(a.parent != nil)
			}},
			{name: "ParentRef", kind: kindID, sortable: true, number: func(a *account) int64 {
				if a.parent == nil {
					return 0
				}
				return int64(a.parent.id)
			}},
			{name: "Classification", text: func(a *account) string { return a.of.classification }},
			{name: "AccountType", text: func(a *account) string { return a.of.name }},
			{name: "AccountSubType", text: func(a *account) string { return a.subType }},
			{name: "CurrentBalance", kind: kindAmount, sortable: true, number: func(a *account) int64 {
				return int64(c.signed(a, a.balance))
			}},
			{name: "CurrentBalanceWithSubAccounts", kind: kindAmount, sortable: true, number: func(a *account) int64 {
				return int64(c.signed(a, a.withChildren()))
			}},
			{name: propertyCreated, kind: kindMoment, sortable: true, number: func(a *account) int64 {
				return a.created
			}},
			{name: propertyUpdated, kind: kindMoment, sortable: true, number: func(a *account) int64 {
				return a.updated
			}},
		},
		known: []string{"AcctNum", "SyncToken", "CurrencyRef", "TaxCodeRef", "AccountAlias", "TxnLocationType"},
	}
}

// queryEntries finds journal entries. Those asked for by Id or DocNumber are not searched for among all.
func (c *company) queryEntries(q *statement) result {
	c.mu.RLock()
	defer c.mu.RUnlock()
	entries := entryEntity()
	tests, fault := entries.compile(q.where, c.clock.now())
	if fault != nil {
		return refused(fault)
	}
	if q.count && len(tests) == 0 {
		return answerQuery(q, objectJournalEntry, nil, 0, c.live)
	}
	found, count, fault := entries.page(c.candidates(q.where), q, tests)
	if fault != nil {
		return refused(fault)
	}
	rows := make([]wire.JournalEntry, len(found))
	for i, e := range found {
		rows[i] = *c.entryOnWire(e)
	}
	return answerQuery(q, objectJournalEntry, rows, len(rows), count)
}

// candidates returns the entries among which all that meet the conditions are, in the order of their ids. The lock is
// held.
func (c *company) candidates(where []condition) iter.Seq[*entry] {
	for _, w := range where {
		value := w.values[0]
		if w.op != opEqual || strings.TrimSpace(value) == "" || value == currentDate {
			continue
		}
		switch fold(w.property) {
		case "id":
			if e := c.entryByID(value); e != nil {
				return slices.Values([]*entry{e})
			}
			return slices.Values([]*entry(nil))
		case "docnumber":
			return numbered(c.docNumbers[fold(value)])
		}
	}
	return func(yield func(*entry) bool) {
		for _, e := range c.entries {
			if e != nil && !yield(e) {
				return
			}
		}
	}
}

// numbered returns an entry and those linked to it for having the same DocNumber.
func numbered(first *entry) iter.Seq[*entry] {
	var same []*entry
	for e := first; e != nil; e = e.sameNumber {
		same = append(same, e)
	}
	slices.Reverse(same) // They are linked from the youngest to the oldest.
	return slices.Values(same)
}

// entryEntity says which properties of a journal entry the API reference marks as filterable and sortable.
func entryEntity() *entity[*entry] {
	return &entity[*entry]{
		name: objectJournalEntry,
		filterable: []property[*entry]{
			{name: "Id", kind: kindID, sortable: true, number: func(e *entry) int64 { return int64(e.id) }},
			{name: "DocNumber", sortable: true, text: func(e *entry) string { return e.docNumber }},
			{name: "TxnDate", kind: kindDate, sortable: true, text: func(e *entry) string { return e.date }},
			{name: propertyCreated, kind: kindMoment, sortable: true, number: func(e *entry) int64 {
				return e.created
			}},
			{name: propertyUpdated, kind: kindMoment, sortable: true, number: func(e *entry) int64 {
				return e.updated
			}},
		},
		known: []string{
			"PrivateNote", "SyncToken", "Line", "Adjustment", "CurrencyRef", "ExchangeRate", "TotalAmt", "HomeTotalAmt",
			"TxnTaxDetail",
		},
	}
}

// singleEntity is an object that a company has one of.
func singleEntity(name string) *entity[*company] {
	return &entity[*company]{
		name: name,
		filterable: []property[*company]{
			{name: "Id", kind: kindID, sortable: true, number: func(*company) int64 { return 1 }},
			{name: propertyCreated, kind: kindMoment, sortable: true, number: func(c *company) int64 {
				return c.created.Unix()
			}},
			{name: propertyUpdated, kind: kindMoment, sortable: true, number: func(c *company) int64 {
				return c.revisionOf(name).updated
			}},
		},
	}
}

// querySingle answers a statement about an object that a company has one of; rows makes the list of that one.
func querySingle(co *company, q *statement, name string, rows func() any) result {
	of := singleEntity(name)
	tests, fault := of.compile(q.where, co.clock.now())
	if fault != nil {
		return refused(fault)
	}
	found, count, fault := of.page(slices.Values([]*company{co}), q, tests)
	if fault != nil {
		return refused(fault)
	}
	if len(found) == 0 {
		return answerQuery(q, name, nil, 0, count)
	}
	return answerQuery(q, name, rows(), 1, count)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
