package store

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// params collects the parameters of a statement whose text is put together.
type params struct{ values []any }

// add takes a parameter and returns its placeholder.
func (p *params) add(value any) string {
	p.values = append(p.values, value)
	return "$" + strconv.Itoa(len(p.values))
}

// list takes parameters and returns "($1, $2)".
func (p *params) list(values ...any) string {
	var b strings.Builder
	b.WriteByte('(')
	for i, v := range values {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.add(v))
	}
	b.WriteByte(')')
	return b.String()
}

// micros is how times are stored: microseconds since 1970, and 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// fromMicros is the other direction, in UTC.
func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// blob makes sure that no bytes are not NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// bytesOf is the other direction: the drivers do not agree on what no bytes are.
func bytesOf(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

// foreignTextLimit bounds in bytes what others say about themselves: a message of QuickBooks, say.
const foreignTextLimit = 4000

// foreign makes text that came from outside storable: PostgreSQL takes neither NUL nor anything but UTF-8, and an answer
// that could not be stored would be asked for again and again.
func foreign(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	if len(s) <= foreignTextLimit {
		return s
	}
	cut := foreignTextLimit
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}
