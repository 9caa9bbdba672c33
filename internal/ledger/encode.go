package ledger

import (
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"
)

// encodingVersion is the "v" of the encoding. A change that moves a single byte of any encoded event needs a new one,
// and Decode must go on reading the old.
const encodingVersion = 1

// timeLayout is RFC 3339 in UTC with exactly six digits of a second.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// Errors of Encode.
var (
	errNoDetail   = errors.New("the event has no detail")
	errYearBounds = errors.New("the year is not from 1 to 9999")
)

// Encode writes an event as JSON: {"v":1, the event's fields, "kind":"SALE", "detail":{...}}. It is what is stored and
// hashed, so the same event gives the same bytes, in every release: OccurredAt is written in UTC with whole microseconds
// (what is finer is cut off), an empty list like an absent one, and no byte depends on the version of a library. A byte
// that is not UTF-8 is written as U+FFFD. It fails only when the event has no detail or occurred in a year that JSON's
// time format has no room for.
//
// It is written by hand and not by encoding/json because it runs once for every event recorded and again for every entry
// built, and because its bytes must never move.
func Encode(ev Event) ([]byte, error) {
	if ev.Detail == nil {
		return nil, fmt.Errorf("encode event %s: %w", ev.ID, errNoDetail)
	}
	occurred := ev.OccurredAt.UTC()
	if !encodable(occurred) {
		return nil, fmt.Errorf("encode event %s: %w", ev.ID, errYearBounds)
	}
	const head, perAmount = 512, 48
	size := head
	ev.Detail.amounts(func(Amount) { size += perAmount })

	e := encoder{out: make([]byte, 0, size)}
	e.out = append(e.out, '{')
	e.number("v", encodingVersion)
	e.text("id", string(ev.ID))
	e.text("number", ev.Number)
	e.number("revision", int64(ev.Revision))
	e.text("location", string(ev.Location))
	e.instant("occurred_at", occurred)
	e.text("business_date", string(ev.BusinessDate))
	e.text("currency", string(ev.Currency))
	e.optionalText("memo", ev.Memo)
	e.optionalText("source_url", ev.SourceURL)
	if ev.Voided {
		e.name("voided")
		e.out = append(e.out, "true"...)
	}
	e.text("kind", ev.Detail.Kind().String())
	e.name("detail")
	e.out = append(e.out, '{')
	ev.Detail.encode(&e)
	e.out = append(e.out, '}', '}')
	return e.out, nil
}

// encodable reports whether the UTC instant has a year of four digits.
func encodable(t time.Time) bool { return t.Year() >= 1 && t.Year() <= 9999 }

// encoder appends JSON. It needs no state but the bytes: a comma is due wherever the last byte ends a value.
type encoder struct{ out []byte }

// name writes the name of the next field.
func (e *encoder) name(field string) {
	e.comma()
	e.out = append(e.out, '"')
	e.out = append(e.out, field...)
	e.out = append(e.out, '"', ':')
}

func (e *encoder) comma() {
	if last := e.out[len(e.out)-1]; last != '{' && last != '[' {
		e.out = append(e.out, ',')
	}
}

func (e *encoder) number(field string, n int64) {
	e.name(field)
	e.out = strconv.AppendInt(e.out, n, 10)
}

func (e *encoder) amount(field string, a Amount) { e.number(field, int64(a)) }

func (e *encoder) optionalAmount(field string, a Amount) {
	if a != 0 {
		e.amount(field, a)
	}
}

func (e *encoder) text(field, s string) {
	e.name(field)
	e.out = appendString(e.out, s)
}

func (e *encoder) optionalText(field, s string) {
	if s != "" {
		e.text(field, s)
	}
}

func (e *encoder) instant(field string, t time.Time) {
	e.name(field)
	e.out = append(e.out, '"')
	e.out = t.AppendFormat(e.out, timeLayout)
	e.out = append(e.out, '"')
}

// list writes n objects under a field.
func (e *encoder) list(field string, n int, object func(i int)) {
	e.name(field)
	e.out = append(e.out, '[')
	for i := range n {
		e.comma()
		e.out = append(e.out, '{')
		object(i)
		e.out = append(e.out, '}')
	}
	e.out = append(e.out, ']')
}

func (e *encoder) optionalList(field string, n int, object func(i int)) {
	if n > 0 {
		e.list(field, n, object)
	}
}

func (e *encoder) keyed(field string, list []Keyed) {
	e.list(field, len(list), func(i int) {
		e.text("key", list[i].Key)
		e.amount("amount", list[i].Amount)
	})
}

func (e *encoder) optionalKeyed(field string, list []Keyed) {
	if len(list) > 0 {
		e.keyed(field, list)
	}
}

func (e *encoder) amounts(field string, list []Amount) {
	e.name(field)
	e.out = append(e.out, '[')
	for _, a := range list {
		e.comma()
		e.out = strconv.AppendInt(e.out, int64(a), 10)
	}
	e.out = append(e.out, ']')
}

// appendString writes a JSON string with the fewest escapes: quote, backslash and control characters.
func appendString(out []byte, s string) []byte {
	const digits = "0123456789abcdef"
	out = append(out, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < ' ' || c == '"' || c == '\\' {
				out = append(out, s[done:i]...)
				if c < ' ' {
					out = append(out, '\\', 'u', '0', '0', digits[c>>4], digits[c&0xf])
				} else {
					out = append(out, '\\', c)
				}
				done = i + 1
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			out = append(out, s[done:i]...)
			out = utf8.AppendRune(out, utf8.RuneError)
			done = i + 1
		}
		i += size
	}
	out = append(out, s[done:]...)
	return append(out, '"')
}
