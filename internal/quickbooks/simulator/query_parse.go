package simulator

import (
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

const defaultPageRows = 100

// operator is a comparison of the query language.
type operator string

const (
	opEqual        operator = "="
	opLess         operator = "<"
	opGreater      operator = ">"
	opLessEqual    operator = "<="
	opGreaterEqual operator = ">="
	opIn           operator = "IN"
	opLike         operator = "LIKE"
)

// statement is a query that could be read. Whether its names and values make sense is for the entity to say.
type statement struct {
	entity string
	total  bool // pages are to say how many rows there are in all
	count  bool
	where  []condition
	order  []ordering
	start  int // of the first row, from 1
	most   int // rows in the page
}

// condition compares a property with one value, or with several for IN. All conditions must hold.
type condition struct {
	property string
	op       operator
	values   []string
}

type ordering struct {
	property   string
	descending bool
}

// currentDate is the value that stands for today; it holds a character that no value in a statement can, unless it
// was written in quotes by somebody who means it.
const currentDate = "\x00CURRENT_DATE"

// parser reads a statement from left to right. It stops at the first thing that does not belong.
type parser struct {
	text   string
	tokens []token
	at     int
}

// parseQuery reads a statement of the form
//
//	select * | count(*) from Entity [where property op value [and ...]] [orderby property [asc|desc] [, ...]]
//	    [startposition n] [maxresults n]
//
// The error, if any, is a *syntaxError.
func parseQuery(text string) (statement, error) {
	p := &parser{text: text, tokens: lex(text)}
	q := statement{start: 1, most: defaultPageRows}
	if err := p.selection(&q); err != nil {
		return q, err
	}
	if p.accept("where") {
		if err := p.conditions(&q); err != nil {
			return q, err
		}
	}
	if p.accept("orderby") || (p.peek().is("order") && p.tokens[p.at+1].is("by") && p.skip(2)) {
		if err := p.orderings(&q); err != nil {
			return q, err
		}
	}
	if err := p.paging(&q); err != nil {
		return q, err
	}
	if p.peek().kind != tokenEnd {
		return q, p.fail()
	}
	return q, nil
}

func (p *parser) peek() token { return p.tokens[p.at] }

// next returns the token and moves on; never beyond the end.
func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

func (p *parser) skip(n int) bool {
	p.at += n
	return true
}

// accept moves on if the token is a keyword or symbol.
func (p *parser) accept(text string) bool { return p.peek().is(text) && p.skip(1) }

// expect is accept for what must be there.
func (p *parser) expect(texts ...string) error {
	for _, text := range texts {
		if !p.accept(text) {
			return p.fail()
		}
	}
	return nil
}

func (p *parser) fail() error {
	line, column := position(p.text, p.peek().offset)
	return &syntaxError{found: p.peek(), line: line, column: column}
}

func (p *parser) word() (string, error) {
	if p.peek().kind != tokenWord {
		return "", p.fail()
	}
	return p.next().text, nil
}

func (p *parser) selection(q *statement) error {
	if err := p.expect("select"); err != nil {
		return err
	}
	if p.accept("count") {
		q.count = true
		if err := p.expect("(", "*", ")"); err != nil {
			return err
		}
	} else if err := p.expect("*"); err != nil {
		return err
	}
	if err := p.expect("from"); err != nil {
		return err
	}
	entity, err := p.word()
	q.entity = entity
	return err
}

func (p *parser) conditions(q *statement) error {
	for {
		c, err := p.condition()
		if err != nil {
			return err
		}
		q.where = append(q.where, c)
		if !p.accept("and") {
			return nil
		}
	}
}

func (p *parser) condition() (condition, error) {
	property, err := p.word()
	if err != nil {
		return condition{}, err
	}
	c := condition{property: property}
	switch t := p.peek(); {
	case t.is("in"):
		p.next()
		c.op = opIn
		c.values, err = p.list()
		return c, err
	case t.is("like"):
		p.next()
		c.op = opLike
		if p.peek().kind != tokenString {
			return c, p.fail()
		}
	case t.kind == tokenSymbol && strings.ContainsAny(t.text, "=<>"):
		c.op = operator(p.next().text)
	default:
		return c, p.fail()
	}
	value, err := p.value()
	c.values = []string{value}
	return c, err
}

func (p *parser) list() ([]string, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	var values []string
	for {
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
		if !p.accept(",") {
			return values, p.expect(")")
		}
	}
}

// value reads a string, a number, true, false or CURRENT_DATE.
func (p *parser) value() (string, error) {
	switch t := p.peek(); {
	case t.kind == tokenString, t.kind == tokenNumber:
		return p.next().text, nil
	case t.is("true"), t.is("false"):
		return strings.ToLower(p.next().text), nil
	case t.is("current_date"):
		p.next()
		return currentDate, nil
	}
	return "", p.fail()
}

func (p *parser) orderings(q *statement) error {
	for {
		property, err := p.word()
		if err != nil {
			return err
		}
		descending := p.accept("desc")
		if !descending {
			p.accept("asc")
		}
		q.order = append(q.order, ordering{property: property, descending: descending})
		if !p.accept(",") {
			return nil
		}
	}
}

// paging reads STARTPOSITION and MAXRESULTS, either or both, in this order or the other.
func (p *parser) paging(q *statement) error {
	for range 2 {
		var into *int
		switch {
		case p.accept("startposition"):
			into = &q.start
		case p.accept("maxresults"):
			into = &q.most
		default:
			return nil
		}
		n, err := strconv.Atoi(p.peek().text)
		if p.peek().kind != tokenNumber || err != nil {
			return p.fail()
		}
		p.next()
		*into = n
	}
	return nil
}

// checkPaging refuses pages that are too big. A start at 0 is the first row, as some clients have it.
func (q *statement) checkPaging() *wire.Fault {
	q.start = max(q.start, 1)
	if q.most > wire.MaxPageRows {
		return invalidQuery("value %d is too large. Max allowed value is %d", q.most, wire.MaxPageRows)
	}
	if q.most < 1 {
		return invalidQuery("value %d is too small. Min allowed value is 1", q.most)
	}
	return nil
}

func invalidQuery(format string, args ...any) *wire.Fault {
	return oneFault(codeQueryInvalid, "", "QueryValidationError: "+format, args...)
}
