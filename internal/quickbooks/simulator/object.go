package simulator

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// object is one kind of thing that a company keeps, as paths, queries, batches and change data capture name it. A new
// one needs a row in objects and nothing else.
type object struct {
	name string // canonical: "JournalEntry"
	// bare says that a path names it without an id, as there is only one.
	bare bool
	read func(co *company, id string) result
	// write creates, updates or deletes; nil where an object can only be read.
	write func(co *company, w *writing) result
	query func(co *company, q *statement) result
	// changed returns the rows changed since a time in seconds since 1970, in the order of their LastUpdatedTime, deleted
	// ones last; nil where change data capture leaves the object out. The company's lock is held for reading.
	changed func(co *company, since int64) []any
	// rows returns those with an id above after, in the order of their ids and at most so many; a negative number means
	// all. It takes the company's lock. Nil where there is nothing of it to be kept in a file.
	rows func(co *company, after, most int) []row
	// plural is what an export calls all of them: "accounts".
	plural string
	// restore reads one back from its wire form, without looking at a company, and returns what puts it into the one that
	// nobody else knows of yet. reserve keeps the ids up to one from being used again. Nil where nothing is kept in a file,
	// and where nothing is ever deleted.
	restore func(raw json.RawMessage) (apply func(co *company) error, err error)
	reserve func(co *company, id int)
}

// row is one object and its wire form, which does not point into the books.
type row struct {
	id    int
	value any
}

// objects is every kind of thing that a company keeps.
func objects() []*object {
	return slices.Concat([]*object{accountObject(), entryObject(), companyInfoObject(), preferencesObject()}, nameObjects())
}

// findObject returns an object by its name in any case, or nil.
func (s *Simulator) findObject(name string) *object {
	i := slices.IndexFunc(s.objects, func(o *object) bool { return strings.EqualFold(o.name, name) })
	if i < 0 {
		return nil
	}
	return s.objects[i]
}

// writing is one write: that of a request, or of one item of a batch.
type writing struct {
	// operation is "create", "update", "delete", "void", or empty: then the body says whether it creates or updates.
	operation string
	// include are the words of the include parameter, or of a batch item's optionsData, in lower case.
	include []string
	body    []byte
	changes *changes
}

// includes says whether a word stands in the include parameter.
func (w *writing) includes(word string) bool { return slices.Contains(w.include, word) }

// includeWords splits the values of the include parameter. It may be repeated or hold a list.
func includeWords(values ...string) []string {
	var words []string
	for _, list := range values {
		for word := range strings.SplitSeq(list, ",") {
			words = append(words, strings.ToLower(strings.TrimSpace(word)))
		}
	}
	return words
}

// result is what the service answers: an object, rows of a query, the items of a batch, or a Fault.
type result struct {
	object string // the canonical name of what value is
	value  any
	query  *queryResult
	cdc    []queryResult
	items  []itemResult
	fault  *wire.Fault
}

// queryResult is a page of rows, or a count.
type queryResult struct {
	object string
	rows   any // a slice of the object's wire form; nil if there are none
	start  int
	count  int  // how many rows
	total  *int // how many there are in all, where it is to be said
	// matched is how many rows meet the conditions, on whatever page.
	matched int
}

// itemResult is the result of one item of a batch.
type itemResult struct {
	id     string
	result result
}

func found(object string, value any) result { return result{object: object, value: value} }
func refused(fault *wire.Fault) result      { return result{fault: fault} }
func foundOr(name string, value any, fault *wire.Fault) result {
	if fault != nil {
		return refused(fault)
	}
	return found(name, value)
}

// appendMembers writes the members of a result's JSON object, without its braces. Keys are Intuit's, which clients look
// up as they are.
func (r *result) appendMembers(b []byte) ([]byte, error) {
	switch {
	case r.fault != nil:
		return appendMember(b, "Fault", r.fault)
	case r.query != nil:
		return r.query.append(append(b, `"QueryResponse":`...))
	case r.cdc != nil:
		return appendAll(append(b, `"CDCResponse":[{"QueryResponse":`...), r.cdc, "}]",
			func(b []byte, q *queryResult) ([]byte, error) { return q.append(b) })
	case r.items != nil:
		return appendAll(append(b, `"BatchItemResponse":`...), r.items, "", appendItem)
	}
	return appendMember(b, r.object, r.value)
}

func appendMember(b []byte, name string, value any) ([]byte, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, err //nolint:wrapcheck // jsonAnswer reports it
	}
	b = strconv.AppendQuote(b, name)
	b = append(b, ':')
	return append(b, encoded...), nil
}

func appendAll[T any](b []byte, list []T, end string, each func([]byte, *T) ([]byte, error)) ([]byte, error) {
	b = append(b, '[')
	var err error
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = each(b, &list[i]); err != nil {
			return nil, err
		}
	}
	return append(append(b, ']'), end...), nil
}

func appendItem(b []byte, item *itemResult) ([]byte, error) {
	b, err := appendMember(append(b, '{'), "bId", item.id)
	if err != nil {
		return nil, err
	}
	if b, err = item.result.appendMembers(append(b, ',')); err != nil {
		return nil, err
	}
	return append(b, '}'), nil
}

// append writes a query's answer. A page without rows is an empty object.
func (q *queryResult) append(b []byte) ([]byte, error) {
	b = append(b, '{')
	if q.count > 0 {
		var err error
		if b, err = appendMember(b, q.object, q.rows); err != nil {
			return nil, err
		}
		b = append(b, `,"startPosition":`...)
		b = strconv.AppendInt(b, int64(q.start), 10)
		b = append(b, `,"maxResults":`...)
		b = strconv.AppendInt(b, int64(q.count), 10)
	}
	if q.total != nil {
		if q.count > 0 {
			b = append(b, ',')
		}
		b = append(b, `"totalCount":`...)
		b = strconv.AppendInt(b, int64(*q.total), 10)
	}
	return append(b, '}'), nil
}

// envelope writes a result as a whole answer, with the time of the answer.
func (r *result) envelope(time string) ([]byte, error) {
	b, err := r.appendMembers([]byte{'{'})
	if err != nil {
		return nil, err
	}
	b = append(b, `,"time":"`...)
	return append(append(b, time...), `"}`...), nil
}
