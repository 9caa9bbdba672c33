package store

import (
	"database/sql/driver"
)

// textArray is a parameter of type text[] for PostgreSQL. lib/pq has the same, but looks for what must be quoted with a search
// of its own after each quotation mark, and the entries on the way of every event are JSON, which is full of them.
type textArray []string

// Value writes the array as PostgreSQL reads it: every element in quotation marks.
func (a textArray) Value() (driver.Value, error) {
	size := len("{}")
	for _, s := range a {
		size += len(s) + len(s)/4 + len(`"",`) // JSON has a mark to quote in about every fifth place
	}
	out := append(make([]byte, 0, size), '{')
	for i, s := range a {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, '"')
		for j := range len(s) {
			if s[j] == '"' || s[j] == '\\' {
				out = append(out, '\\')
			}
			out = append(out, s[j])
		}
		out = append(out, '"')
	}
	return string(append(out, '}')), nil
}
