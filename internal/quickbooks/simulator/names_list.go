package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// Names of the name lists, as they stand in envelopes, batches and queries.
const (
	objectClass      = "Class"
	objectCustomer   = "Customer"
	objectDepartment = "Department"
	objectEmployee   = "Employee"
	objectVendor     = "Vendor"
)

const (
	maxTagName     = 100 // of departments and classes
	maxDisplayName = 500
	maxPersonName  = 100 // CompanyName, GivenName, FamilyName
	maxNameLevels  = 5
)

// nameKind is what tells one name list from another.
type nameKind struct {
	object string
	plural string
	// named is the property that holds the name of a row.
	named   string
	maxName int
	// person says that the rows are customers, vendors or employees: their ids and their names are unique among all three.
	person bool
	// sub is the property that says that a row has a parent; empty where rows have none.
	sub string
	// elements is what a fault calls the rows.
	elements string
}

// nameKinds are the name lists of a company.
func nameKinds() []nameKind {
	tag := func(object, plural, elements string) nameKind {
		return nameKind{object: object, plural: plural, named: "Name", maxName: maxTagName, sub: "Sub" + object, elements: elements}
	}
	person := func(object, plural, sub string) nameKind {
		return nameKind{
			object: object, plural: plural, named: "DisplayName", maxName: maxDisplayName, person: true, sub: sub, elements: "Names",
		}
	}
	return []nameKind{
		tag(objectDepartment, "departments", "Depts"), tag(objectClass, "classes", "Klasses"),
		person(objectCustomer, "customers", "Job"), person(objectVendor, "vendors", ""),
		person(objectEmployee, "employees", ""),
	}
}

// nameRow is one row of a name list. The company's lock guards it.
type nameRow struct {
	id                                 int
	syncToken                          int
	name                               string
	fullName                           string // with the names of its parents
	key                                string // what is unique about it among the active rows
	active                             bool
	parent                             *nameRow
	children                           []*nameRow
	companyName, givenName, familyName string
	created                            int64 // seconds since 1970
	updated                            int64
}

// nameList is a name list of a company. The company's lock guards it.
type nameList struct {
	nameKind

	rows   []*nameRow          // in the order of their ids; none is ever removed
	byName map[string]*nameRow // the active ones, by what must be unique
}

// nameLists are all name lists of a company. The company's lock guards them.
type nameLists struct {
	all     []*nameList
	persons int // the id of the last customer, vendor or employee
}

func newNameLists() nameLists {
	var l nameLists
	for _, kind := range nameKinds() {
		l.all = append(l.all, &nameList{nameKind: kind, byName: map[string]*nameRow{}})
	}
	return l
}

// list returns the list of an object, nil if it has none.
func (l *nameLists) list(object string) *nameList {
	i := slices.IndexFunc(l.all, func(list *nameList) bool { return list.object == object })
	if i < 0 {
		return nil
	}
	return l.all[i]
}

// openNames fills a new company's name lists.
func (c *company) openNames() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, row := range c.catalog.names {
		list := c.lists.list(row.object)
		if list == nil {
			return fmt.Errorf("%w: there is no list %q for %q", ErrOptions, row.object, row.fullName)
		}
		r := &nameRow{
			name: row.fullName, active: row.active,
			companyName: row.companyName, givenName: row.givenName, familyName: row.familyName,
		}
		if i := strings.LastIndexByte(row.fullName, ':'); i >= 0 {
			r.name = row.fullName[i+1:]
			at := slices.IndexFunc(list.rows, func(other *nameRow) bool { return other.fullName == row.fullName[:i] })
			if at < 0 {
				return fmt.Errorf("%w: %s %q comes before its parent", ErrOptions, row.object, row.fullName)
			}
			r.parent = list.rows[at]
		}
		c.insertName(list, r)
	}
	return nil
}

// insertName gives a new row its id and place. The lock is held.
func (c *company) insertName(list *nameList, r *nameRow) {
	r.id = len(list.rows) + 1
	if list.person {
		c.lists.persons++
		r.id = c.lists.persons
	}
	r.created = c.clock.now().Unix()
	r.updated = r.created
	list.rows = append(list.rows, r)
	if r.parent != nil {
		r.parent.children = append(r.parent.children, r)
	}
	list.rename(r)
}

// findName returns the row of a list by its id as it stands on the wire, whether active or not; nil if there is none, or
// no such list. A Job, as entries call a customer below another, is a Customer. The lock is held.
func (c *company) findName(object, id string) *nameRow {
	if object == "Job" {
		object = objectCustomer
	}
	list := c.lists.list(object)
	if list == nil {
		return nil
	}
	return list.find(id)
}

func (l *nameList) find(id string) *nameRow {
	n, err := strconv.Atoi(id)
	if err != nil {
		return nil
	}
	i, found := slices.BinarySearchFunc(l.rows, n, func(r *nameRow, id int) int { return cmp.Compare(r.id, id) })
	if !found {
		return nil
	}
	return l.rows[i]
}

// key is what must be unique about a row that has a name and a parent: for persons the name, otherwise the full name.
func (l *nameList) key(name string, parent *nameRow) string {
	if l.person {
		return fold(name)
	}
	return fold(fullNameUnder(name, parent))
}

// nameHolder returns the active row that has a name which a row of a list asks for, nil if it is free.
func (l *nameLists) nameHolder(list *nameList, name string, parent *nameRow) *nameRow {
	for _, other := range l.all {
		if other != list && !(other.person && list.person) {
			continue
		}
		if holder := other.byName[list.key(name, parent)]; holder != nil {
			return holder
		}
	}
	return nil
}

// move gives a row a name and a parent and renames all below it; whether it is active has been settled before.
func (l *nameList) move(r *nameRow, name string, parent *nameRow) {
	if r.parent != parent {
		if r.parent != nil {
			r.parent.children = slices.DeleteFunc(r.parent.children, func(child *nameRow) bool { return child == r })
		}
		if parent != nil {
			parent.children = append(parent.children, r)
		}
		r.parent = parent
	}
	r.name = name
	l.rename(r)
}

// rename computes the full names of a row and of all below it, and holds them against others if the row is active.
func (l *nameList) rename(r *nameRow) {
	if l.byName[r.key] == r {
		delete(l.byName, r.key)
	}
	r.fullName, r.key = fullNameUnder(r.name, r.parent), l.key(r.name, r.parent)
	if r.active {
		l.byName[r.key] = r
	}
	for _, child := range r.children {
		l.rename(child)
	}
}

func fullNameUnder(name string, parent *nameRow) string {
	if parent == nil {
		return name
	}
	return parent.fullName + ":" + name
}

// up and down make a tree of the rows.
func (r *nameRow) up() *nameRow     { return r.parent }
func (r *nameRow) down() []*nameRow { return r.children }

// nameOnWire renders a row. The lock is held.
func (c *company) nameOnWire(list *nameList, r *nameRow) *wire.NameRow {
	active, below := r.active, r.parent != nil
	w := &wire.NameRow{
		ID: wireID(r.id), SyncToken: strconv.Itoa(r.syncToken), Active: &active, CompanyName: r.companyName,
		GivenName: r.givenName, FamilyName: r.familyName, Domain: domain, MetaData: c.metaData(r.created, r.updated),
	}
	if list.sub != "" {
		w.FullyQualifiedName = r.fullName
	}
	switch list.object {
	case objectDepartment:
		w.Name, w.SubDepartment = r.name, &below
	case objectClass:
		w.Name, w.SubClass = r.name, &below
	case objectCustomer:
		w.DisplayName, w.Job, w.CurrencyRef = r.name, &below, homeCurrencyRef()
	case objectVendor:
		w.DisplayName, w.CurrencyRef = r.name, homeCurrencyRef()
	default:
		w.DisplayName = r.name
	}
	if below {
		w.ParentRef = &wire.Ref{Value: wireID(r.parent.id)}
	}
	return w
}
