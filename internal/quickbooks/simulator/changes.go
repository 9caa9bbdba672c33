package simulator

import "time"

// changeOperation says what happened to an object.
type changeOperation string

const (
	opCreated changeOperation = "Create"
	opUpdated changeOperation = "Update"
	opDeleted changeOperation = "Delete"
)

// change is one thing that happened to one object of a company's books.
type change struct {
	object    string // the canonical name: "JournalEntry"
	id        int
	operation changeOperation
	at        time.Time
	sequence  int64 // counts the changes of the company, in the order they took effect
	value     any   // the object on the wire as it is now; nil once it is deleted
}

// changes collects what one call does to the books, in order: it is made durable together with the call's answer, and
// told to webhooks once it is.
type changes struct{ list []change }

// tombstone is a deleted object, for change data capture.
type tombstone struct {
	object string
	id     int
	at     int64 // seconds since 1970
}

// changed notes a change. The company's lock is held, so that changes are numbered in the order they took effect. value
// must not point into the books.
func (c *company) changed(to *changes, object string, id int, operation changeOperation, value any) {
	now := c.clock.now()
	c.sequence++
	if operation == opDeleted {
		c.deleted = append(c.deleted, tombstone{object: object, id: id, at: now.Unix()})
	}
	to.list = append(to.list, change{
		object: object, id: id, operation: operation, at: now, sequence: c.sequence, value: value,
	})
}
