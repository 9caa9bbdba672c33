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

// query runs a statement of the query language.
func (c *company) query(text string) (*wire.QueryResponse, *wire.Fault) {
	q, err := parseQuery(text)
	if err != nil {
		return nil, oneFault(codeQueryParse, "", "%s", err.Error())
	}
	if fault := q.checkPaging(); fault != nil {
		return nil, fault
	}
	switch fold(q.entity) {
	case "account":
		return c.queryAccounts(&q)
	case "journalentry":
		return c.queryEntries(&q)
	case "companyinfo":
		return querySingle(&q, singleEntity(objectCompanyInfo), func(r *wire.QueryResponse) {
			r.CompanyInfo = []wire.CompanyInfo{*c.info()}
		}, c)
	case "preferences":
		return querySingle(&q, singleEntity(objectPreferences), func(r *wire.QueryResponse) {
			r.Preferences = []wire.Preferences{*c.preferences()}
		}, c)
	}
	return nil, invalidQuery("Metadata not found for Entity: %s", clip(q.entity))
}

// response makes the frame of an answer: the place and size of the page, or the count.
func response(q *statement, rows, count int) *wire.QueryResponse {
	if q.count {
		return &wire.QueryResponse{TotalCount: &count}
	}
	if rows == 0 {
		return &wire.QueryResponse{}
	}
	return &wire.QueryResponse{StartPosition: q.start, MaxResults: rows}
}

// queryAccounts finds accounts. Unless the statement speaks of Active, only active ones are found.
func (c *company) queryAccounts(q *statement) (*wire.QueryResponse, *wire.Fault) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	accounts := accountEntity(c)
	tests, fault := accounts.compile(q.where, c.clock.now())
	if fault != nil {
		return nil, fault
	}
	speaksOfActive := func(w condition) bool { return strings.EqualFold(w.property, "Active") }
	if !slices.ContainsFunc(q.where, speaksOfActive) {
		tests = append(tests, func(a *account) bool { return a.active })
	}
	found, count, fault := accounts.page(slices.Values(c.accounts), q, tests)
	if fault != nil {
		return nil, fault
	}
	r := response(q, len(found), count)
	for _, a := range found {
		r.Account = append(r.Account, *c.accountOnWire(a))
	}
	return r, nil
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
func (c *company) queryEntries(q *statement) (*wire.QueryResponse, *wire.Fault) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	entries := entryEntity()
	tests, fault := entries.compile(q.where, c.clock.now())
	if fault != nil {
		return nil, fault
	}
	if q.count && len(tests) == 0 {
		return response(q, 0, c.live), nil
	}
	found, count, fault := entries.page(c.candidates(q.where), q, tests)
	if fault != nil {
		return nil, fault
	}
	r := response(q, len(found), count)
	for _, e := range found {
		r.JournalEntry = append(r.JournalEntry, *c.entryOnWire(e))
	}
	return r, nil
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
	created := func(c *company) int64 { return c.created.Unix() }
	return &entity[*company]{
		name: name,
		filterable: []property[*company]{
			{name: "Id", kind: kindID, sortable: true, number: func(*company) int64 { return 1 }},
			{name: propertyCreated, kind: kindMoment, sortable: true, number: created},
			{name: propertyUpdated, kind: kindMoment, sortable: true, number: created},
		},
	}
}

func querySingle(
	q *statement, of *entity[*company], fill func(*wire.QueryResponse), c *company,
) (*wire.QueryResponse, *wire.Fault) {
	tests, fault := of.compile(q.where, c.clock.now())
	if fault != nil {
		return nil, fault
	}
	found, count, fault := of.page(slices.Values([]*company{c}), q, tests)
	if fault != nil {
		return nil, fault
	}
	r := response(q, len(found), count)
	if len(found) > 0 {
		fill(r)
	}
	return r, nil
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
