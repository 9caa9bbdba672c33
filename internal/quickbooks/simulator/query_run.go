package simulator

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// valueKind says how the values of a property are written in a statement and compared.
type valueKind int

const (
	kindText   valueKind = iota // without regard to case
	kindID                      // a whole number; only = and IN
	kindAmount                  // hundredths
	kindFlag
	kindMoment // seconds since 1970
	kindDate   // YYYY-MM-DD
)

// property is what the query language knows of one property of an entity.
type property[T any] struct {
	name     string
	kind     valueKind
	sortable bool
	text     func(T) string // for kindText and kindDate
	number   func(T) int64  // for the rest; a flag is 0 or 1
}

// entity is a kind of object that can be queried. filterable are the properties that may stand in WHERE, some of them
// in ORDERBY; known are those that exist and may not.
type entity[T any] struct {
	name       string
	filterable []property[T]
	known      []string
}

// find returns a property by its name in any case, or the fault for one that does not exist or may not be used here.
func (e *entity[T]) find(name string, sorting bool) (*property[T], *wire.Fault) {
	for i := range e.filterable {
		p := &e.filterable[i]
		if !strings.EqualFold(p.name, name) {
			continue
		}
		if sorting && !p.sortable {
			return nil, invalidQuery("property '%s' is not sortable", p.name)
		}
		return p, nil
	}
	for _, known := range e.known {
		if strings.EqualFold(known, name) {
			return nil, invalidQuery("property '%s' is not queryable", known)
		}
	}
	return nil, invalidQuery("Property %s not found for Entity %s", clip(name), e.name)
}

// test says whether an object meets a condition.
type test[T any] func(T) bool

// compile turns the conditions of a statement into tests.
func (e *entity[T]) compile(where []condition, now time.Time) ([]test[T], *wire.Fault) {
	tests := make([]test[T], 0, len(where))
	for _, c := range where {
		p, fault := e.find(c.property, false)
		if fault != nil {
			return nil, fault
		}
		if p.kind == kindID && c.op != opEqual && c.op != opIn {
			return nil, invalidQuery("operator %s is not supported for property '%s'", c.op, p.name)
		}
		t, fault := p.test(c, now)
		if fault != nil {
			return nil, fault
		}
		tests = append(tests, t)
	}
	return tests, nil
}

func (p *property[T]) test(c condition, now time.Time) (test[T], *wire.Fault) {
	if p.kind == kindText || p.kind == kindDate {
		return p.textTest(c, now)
	}
	if c.op == opLike {
		return nil, invalidQuery("operator LIKE is not supported for property '%s'", p.name)
	}
	values := make([]int64, len(c.values))
	for i, raw := range c.values {
		value, ok := readNumber(p.kind, raw, now)
		if !ok {
			return nil, invalidQuery("value '%s' is not valid for property '%s'", shown(raw), p.name)
		}
		values[i] = value
	}
	if c.op == opIn {
		return func(object T) bool { return slices.Contains(values, p.number(object)) }, nil
	}
	return func(object T) bool { return holds(c.op, cmp.Compare(p.number(object), values[0])) }, nil
}

func (p *property[T]) textTest(c condition, now time.Time) (test[T], *wire.Fault) {
	values := make([]string, len(c.values))
	for i, raw := range c.values {
		if raw == currentDate {
			raw = now.Format(dateOnly)
		}
		if p.kind == kindDate && c.op != opLike {
			date, ok := parseTxnDate(raw)
			if !ok {
				return nil, invalidQuery("value '%s' is not valid for property '%s'", shown(raw), p.name)
			}
			raw = date
		}
		values[i] = fold(raw)
		if strings.TrimSpace(raw) == "" {
			values[i] = "" // ' ' is how a statement writes null
		}
	}
	switch c.op {
	case opIn:
		return func(object T) bool { return slices.Contains(values, fold(p.text(object))) }, nil
	case opLike:
		return func(object T) bool { return like(fold(p.text(object)), values[0]) }, nil
	case opEqual, opLess, opGreater, opLessEqual, opGreaterEqual:
	}
	return func(object T) bool { return holds(c.op, cmp.Compare(fold(p.text(object)), values[0])) }, nil
}

// holds says whether a comparison that came out as order meets an operator.
func holds(op operator, order int) bool {
	switch op {
	case opEqual:
		return order == 0
	case opLess:
		return order < 0
	case opGreater:
		return order > 0
	case opLessEqual:
		return order <= 0
	case opGreaterEqual:
		return order >= 0
	case opIn, opLike:
	}
	return false
}

// like matches a text against a pattern in which % stands for any characters, or none.
func like(text, pattern string) bool {
	parts := strings.Split(pattern, "%")
	if len(parts) == 1 {
		return text == pattern
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}

// readNumber reads a value of a kind that is compared as a number.
func readNumber(kind valueKind, raw string, now time.Time) (int64, bool) {
	switch kind {
	case kindAmount:
		amount, err := wire.ParseDecimal(raw)
		return int64(amount), err == nil
	case kindFlag:
		switch fold(raw) {
		case "true":
			return 1, true
		case "false":
			return 0, true
		}
		return 0, false
	case kindMoment:
		return readMoment(raw, now)
	case kindID, kindText, kindDate:
	}
	return readID(raw)
}

// readID reads an id. One that is not a number is the id of nothing.
func readID(raw string) (int64, bool) {
	const mostDigits = 18
	if !isDigits(raw, mostDigits) {
		return -1, true
	}
	var n int64
	for i := range len(raw) {
		n = n*10 + int64(raw[i]-'0')
	}
	return n, true
}

// readMoment reads a date, or a date and time with or without an offset; without one it is US Pacific.
func readMoment(raw string, now time.Time) (int64, bool) {
	if raw == currentDate {
		raw = now.Format(dateOnly)
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", dateOnly} {
		if t, err := time.ParseInLocation(layout, raw, now.Location()); err == nil {
			return t.Unix(), true
		}
	}
	return 0, false
}

func shown(raw string) string { return clip(strings.TrimPrefix(raw, "\x00")) }

// page runs the rows of an entity through the tests, the order and the page of a statement. It returns the rows of the
// page, or for a count the number of all that meet the conditions.
func (e *entity[T]) page(rows iter.Seq[T], q *statement, tests []test[T]) ([]T, int, *wire.Fault) {
	order, fault := e.comparison(q.order)
	if fault != nil {
		return nil, 0, fault
	}
	var found []T
	count := 0
	for row := range rows {
		if slices.ContainsFunc(tests, func(t test[T]) bool { return !t(row) }) {
			continue
		}
		count++
		if order == nil && len(found) == q.most && !q.count && !q.total {
			return found, count, nil
		}
		if q.count || (order == nil && (count < q.start || len(found) == q.most)) {
			continue
		}
		found = append(found, row)
	}
	if order == nil || q.count {
		return found, count, nil
	}
	slices.SortStableFunc(found, order)
	from := min(q.start-1, len(found))
	return found[from:min(from+q.most, len(found))], count, nil
}

// comparison returns how two rows are ordered, nil if the statement does not say.
func (e *entity[T]) comparison(order []ordering) (func(a, b T) int, *wire.Fault) {
	if len(order) == 0 {
		return nil, nil
	}
	properties := make([]*property[T], len(order))
	for i, o := range order {
		p, fault := e.find(o.property, true)
		if fault != nil {
			return nil, fault
		}
		properties[i] = p
	}
	return func(a, b T) int {
		for i, p := range properties {
			c := p.compare(a, b)
			if c == 0 {
				continue
			}
			if order[i].descending {
				return -c
			}
			return c
		}
		return 0
	}, nil
}

func (p *property[T]) compare(a, b T) int {
	if p.text != nil {
		return cmp.Compare(fold(p.text(a)), fold(p.text(b)))
	}
	return cmp.Compare(p.number(a), p.number(b))
}
