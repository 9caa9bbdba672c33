package store

import "strings"

// cursorMark stands between the parts of a cursor. No key holds it: no text in the database has a NUL.
const cursorMark = "\x00"

// joinCursor makes the cursor of a list from the sort key of a page's last row.
func joinCursor(parts ...string) string { return strings.Join(parts, cursorMark) }

// cutCursor is the other direction. ErrCursor when it has not n parts.
func cutCursor(cursor string, n int) ([]string, error) {
	parts := strings.Split(cursor, cursorMark)
	if len(parts) != n {
		return nil, ErrCursor
	}
	return parts, nil
}
