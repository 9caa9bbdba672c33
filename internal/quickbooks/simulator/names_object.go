package simulator

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// nameObjects are the name lists as objects of the API.
func nameObjects() []*object {
	var all []*object
	for _, kind := range nameKinds() {
		all = append(all, kind.asObject())
	}
	return all
}

func (k *nameKind) asObject() *object {
	return &object{
		name: k.object,
		read: func(co *company, id string) result {
			r, fault := co.readName(k.object, id)
			return foundOr(k.object, r, fault)
		},
		write: func(co *company, w *writing) result {
			if fault := w.onlyUpserts(); fault != nil {
				return refused(fault)
			}
			r, fault := co.writeName(k, w)
			return foundOr(k.object, r, fault)
		},
		query:  func(co *company, q *statement) result { return co.queryNames(k.object, q) },
		plural: k.plural, rows: k.nameRows, restore: k.restoreName,
		changed: func(co *company, since int64) []any {
			list := co.lists.list(k.object)
			return changedSince(list.rows, since, func(r *nameRow) int64 { return r.updated },
				func(r *nameRow) any { return co.nameOnWire(list, r) })
		},
	}
}

// readName answers one row of a name list by its id.
func (c *company) readName(object, id string) (*wire.NameRow, *wire.Fault) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	r := c.findName(object, id)
	if r == nil {
		return nil, oneFault(codeNotFound, "", detailInactive)
	}
	return c.nameOnWire(c.lists.list(object), r), nil
}

// queryNames finds rows of a name list. Inactive ones may be hidden from the statement.
func (c *company) queryNames(object string, q *statement) result {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := c.lists.list(object)
	of := nameEntity(&list.nameKind)
	tests, fault := of.compile(q.where, c.clock.now())
	if fault != nil {
		return refused(fault)
	}
	if c.hidesInactive(q) {
		tests = append(tests, func(r *nameRow) bool { return r.active })
	}
	found, count, fault := of.page(slices.Values(list.rows), q, tests)
	if fault != nil {
		return refused(fault)
	}
	rows := make([]wire.NameRow, len(found))
	for i, r := range found {
		rows[i] = *c.nameOnWire(list, r)
	}
	return answerQuery(q, object, rows, len(rows), count)
}

// hidesInactive says whether a statement finds only active rows, because it does not speak of Active.
func (c *company) hidesInactive(q *statement) bool {
	speaksOfActive := func(w condition) bool { return strings.EqualFold(w.property, "Active") }
	return c.switches.is(SwitchActiveFilter, activeOnly) && !slices.ContainsFunc(q.where, speaksOfActive)
}

// nameEntity says which properties of the rows of a list can be filtered and sorted by.
func nameEntity(k *nameKind) *entity[*nameRow] {
	of := &entity[*nameRow]{
		name: k.object,
		filterable: []property[*nameRow]{
			{name: "Id", kind: kindID, sortable: true, number: func(r *nameRow) int64 { return int64(r.id) }},
			{name: k.named, sortable: true, text: func(r *nameRow) string { return r.name }},
			{name: "Active", kind: kindFlag, sortable: true, number: func(r *nameRow) int64 { return flag(r.active) }},
			{name: propertyCreated, kind: kindMoment, sortable: true, number: func(r *nameRow) int64 { return r.created }},
			{name: propertyUpdated, kind: kindMoment, sortable: true, number: func(r *nameRow) int64 { return r.updated }},
		},
		known: []string{"SyncToken"},
	}
	if k.sub != "" {
		of.filterable = append(of.filterable,
			property[*nameRow]{name: "FullyQualifiedName", sortable: true, text: func(r *nameRow) string { return r.fullName }},
			property[*nameRow]{name: k.sub, kind: kindFlag, sortable: true, number: func(r *nameRow) int64 {
				return flag(r.parent != nil)
			}},
			property[*nameRow]{name: "ParentRef", kind: kindID, sortable: true, number: func(r *nameRow) int64 {
				if r.parent == nil {
					return 0
				}
				return int64(r.parent.id)
			}})
	}
	if k.person {
		of.filterable = append(of.filterable,
			property[*nameRow]{name: "CompanyName", sortable: true, text: func(r *nameRow) string { return r.companyName }},
			property[*nameRow]{name: "GivenName", sortable: true, text: func(r *nameRow) string { return r.givenName }},
			property[*nameRow]{name: "FamilyName", sortable: true, text: func(r *nameRow) string { return r.familyName }})
		of.known = append(of.known, "CurrencyRef")
	}
	return of
}

// changedSince returns the rows of a list that were changed since a time in seconds since 1970, in the order of their
// last change, then of their ids. rows are in the order of their ids.
func changedSince[T any](rows []T, since int64, updated func(T) int64, onWire func(T) any) []any {
	var changed []T
	for _, row := range rows {
		if updated(row) >= since {
			changed = append(changed, row)
		}
	}
	slices.SortStableFunc(changed, func(a, b T) int { return cmp.Compare(updated(a), updated(b)) })
	all := make([]any, len(changed))
	for i, row := range changed {
		all[i] = onWire(row)
	}
	return all
}
