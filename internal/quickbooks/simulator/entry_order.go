package simulator

import (
	"cmp"
	"slices"
	"strconv"
	"sync"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// entryOrder is the entries of a company in the order of their last update, so that what has changed lately is found
// without looking at all the others. Adding and removing needs the company's lock; searching needs it for reading.
type entryOrder struct {
	mu       sync.Mutex // held while the list is searched, which may sort it first
	list     []touch
	gaps     int  // touches whose entry was removed
	unsorted bool // an entry was added that is older than the one before it
}

// touch is an entry and when it was last updated. The entry is nil once it was updated again or deleted.
type touch struct {
	entry *entry
	at    int64 // seconds since 1970
}

// minGaps is how many gaps there may be however short the list is.
const minGaps = 1024

func (o *entryOrder) add(e *entry) {
	if n := len(o.list); n > 0 && o.list[n-1].at > e.updated {
		o.unsorted = true // the clock was put back, or an old entry is brought back
	}
	e.place = len(o.list)
	o.list = append(o.list, touch{entry: e, at: e.updated})
}

func (o *entryOrder) remove(e *entry) {
	o.list[e.place].entry = nil
	o.gaps++
	if o.gaps > max(minGaps, len(o.list)/2) {
		o.close()
	}
}

// close closes the gaps.
func (o *entryOrder) close() {
	o.list = slices.DeleteFunc(o.list, func(t touch) bool { return t.entry == nil })
	o.gaps = 0
	o.renumber()
}

func (o *entryOrder) renumber() {
	for i, t := range o.list {
		t.entry.place = i
	}
}

// since returns the entries updated at a time or later, by that time and then by id. There are no more than most, the
// earliest ones.
func (o *entryOrder) since(at int64, most int) []*entry {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.unsorted {
		o.list = slices.DeleteFunc(o.list, func(t touch) bool { return t.entry == nil })
		slices.SortStableFunc(o.list, func(a, b touch) int { return cmp.Compare(a.at, b.at) })
		o.gaps, o.unsorted = 0, false
		o.renumber()
	}
	first, _ := slices.BinarySearchFunc(o.list, at, func(t touch, at int64) int { return cmp.Compare(t.at, at) })
	var found []*entry
	for _, t := range o.list[first:] {
		if t.entry == nil {
			continue
		}
		if len(found) >= most && t.at > found[len(found)-1].updated {
			break // All of one second are needed to know which of them come first.
		}
		found = append(found, t.entry)
	}
	slices.SortFunc(found, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(a.updated, b.updated), cmp.Compare(a.id, b.id))
	})
	return found[:min(len(found), most)]
}

// maxChanged is the most objects that change data capture answers with, so that there is no need to look for more.
const maxChanged = 1000

// changedEntries returns the entries changed since a time, the deleted ones last. No more than can be answered are
// returned of each: the earliest. The lock is held for reading.
func (c *company) changedEntries(since int64) []any {
	var rows []any
	for _, e := range c.recent.since(since, maxChanged) {
		rows = append(rows, c.entryOnWire(e))
	}
	live := len(rows)
	for _, t := range c.deleted {
		if t.object != objectJournalEntry || t.at < since {
			continue
		}
		if len(rows)-live == maxChanged {
			break
		}
		rows = append(rows, &wire.JournalEntry{
			ID: strconv.Itoa(t.id), Domain: domain, Status: statusDeleted,
			MetaData: &wire.MetaData{LastUpdatedTime: c.moment(t.at)},
		})
	}
	return rows
}
