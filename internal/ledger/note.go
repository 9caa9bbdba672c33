package ledger

import (
	"strconv"
	"strings"
)

// Marker returns the text that tells the entry of an event from every other entry in a company: it differs whenever the
// retailer, the event, its revision or its content does. It is one line without line breaks, at most 190 characters for
// a valid event, and stands in the entry's PrivateNote.
func Marker(r RetailerID, ev Event, hash Hash) string {
	// No part before the hash holds a blank, and a retailer's id holds no slash: the parts can be told apart.
	return "[Tillpost " + string(r) + "/" + string(ev.ID) + " revision " + strconv.Itoa(int(ev.Revision)) + " " +
		hash.String()[:markerDigits] + "]"
}

// markerDigits is how many hexadecimal digits of the hash a marker shows: 128 bits, which do not meet by chance.
const markerDigits = 32

// privateNote makes the text of an entry: a note on its date where there is one, the event's memo, the address of its
// source, and the marker on a line of its own, 4,000 characters at most. What does not fit is cut from the memo, then the
// address is left out; the others always stand.
func privateNote(ev *Event, dateNote, marker string) string {
	memo, source := strings.TrimSpace(ev.Memo), ev.SourceURL
	room := maxPrivateNote - width(marker)
	if dateNote != "" {
		room -= width(dateNote) + 1
	}
	if source != "" && width(source)+1 <= room {
		room -= width(source) + 1
	} else {
		source = ""
	}
	parts := make([]string, 0, 4) //nolint:mnd // the four parts
	if dateNote != "" {
		parts = append(parts, dateNote)
	}
	if memo = cut(memo, room-1); memo != "" {
		parts = append(parts, memo)
	}
	if source != "" {
		parts = append(parts, source)
	}
	return strings.Join(append(parts, marker), "\n")
}

// cut shortens a text to limit UTF-16 code units, after a whole word where there is one, and shows it by an ellipsis.
func cut(s string, limit int) string {
	const ellipsis = " …"
	if width(s) <= limit {
		return s
	}
	limit -= width(ellipsis)
	if limit <= 0 {
		return ""
	}
	end, units := 0, 0
	for i, r := range s {
		units += width(string(r))
		if units > limit {
			break
		}
		end = i + len(string(r))
	}
	if word := strings.LastIndexAny(s[:end], " \t\n"); word > 0 {
		end = word
	}
	return strings.TrimRight(s[:end], " \t\r\n") + ellipsis
}

// marker returns the last line of the entry's PrivateNote.
func (e Entry) marker() string { return lastLine(e.PrivateNote) }

func lastLine(note string) string {
	note = strings.TrimSpace(note)
	return strings.TrimSpace(note[strings.LastIndexByte(note, '\n')+1:])
}

// MarkedEvent returns the event that a PrivateNote read from QuickBooks names in a marker of the retailer, wherever it stands.
// found is false where there is no such marker.
func MarkedEvent(r RetailerID, note string) (id EventID, found bool) {
	begin := "[Tillpost " + string(r) + "/"
	for _, rest, marked := strings.Cut(note, begin); marked; _, rest, marked = strings.Cut(rest, begin) {
		name, _, whole := strings.Cut(rest, " revision ")
		if whole && name != "" && !strings.ContainsAny(name, " \t\n") {
			return EventID(name), true
		}
	}
	return "", false
}

// HasMarker reports whether a PrivateNote read from QuickBooks holds the marker of this entry, wherever it stands: a
// person may have written more, and line breaks may have changed. It is false where this entry has no marker.
func (e Entry) HasMarker(note string) bool {
	marker := e.marker()
	return marker != "" && strings.Contains(note, marker)
}
