package quickbooks

import (
	"strings"
	"time"
)

// Object is a kind of thing in the books, in Intuit's spelling.
type Object string

// The objects that this package knows. Change may name others, in lower case.
const (
	ObjectAccount      Object = "Account"
	ObjectClass        Object = "Class"
	ObjectCustomer     Object = "Customer"
	ObjectDepartment   Object = "Department"
	ObjectJournalEntry Object = "JournalEntry"
	ObjectVendor       Object = "Vendor"
)

// objectNamed returns the object of a name in any case.
func objectNamed(name string) Object {
	for _, known := range [...]Object{
		ObjectAccount, ObjectClass, ObjectCustomer, ObjectDepartment, ObjectJournalEntry, ObjectVendor,
	} {
		if strings.EqualFold(name, string(known)) {
			return known
		}
	}
	return Object(strings.ToLower(name))
}

// Operation is what was done to an object.
type Operation string

// The operations that Intuit names. Change may name others, in lower case.
const (
	OperationCreated Operation = "created"
	OperationUpdated Operation = "updated"
	OperationDeleted Operation = "deleted"
	OperationMerged  Operation = "merged"
	OperationVoided  Operation = "voided"
)

// Change says that something in a company changed: not how, which only reading it tells.
type Change struct {
	Realm     RealmID
	Object    Object
	ID        string
	Operation Operation
	// At is when, by QuickBooks' clock; zero if it was not said.
	At time.Time
	// EventID is the same whenever a webhook tells of this change again; empty in Intuit's older form and elsewhere.
	EventID string
}

// momentOf reads a time in any of the forms that Intuit sends, and returns the zero time for anything else.
func momentOf(value string) time.Time {
	for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700"} {
		if at, err := time.Parse(layout, value); err == nil {
			return at
		}
	}
	return time.Time{}
}
