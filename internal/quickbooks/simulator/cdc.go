package simulator

import (
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// changesKept is how far change data capture looks back. It has no pages: who gets maxChanged rows has to ask for a
// shorter time.
const changesKept = 30 * 24 * time.Hour

// runChanges answers what changed in some objects since a time: for each object a page of its own.
func runChanges(s *Simulator, co *company, c *call) result {
	asked, fault := s.changingObjects(c.query.Get("entities"))
	if fault != nil {
		return refused(fault)
	}
	since, ok := parseMoment(c.query.Get("changedSince"), c.now)
	if !ok {
		return refused(oneFault(codeDate, "changedSince", "Invalid Date : %s", clip(c.query.Get("changedSince"))))
	}
	if c.now.Sub(since) > changesKept {
		return refused(oneFault(codeQueryInvalid, "changedSince",
			"QueryValidationError: changedSince must be within the last 30 days"))
	}
	co.mu.RLock()
	defer co.mu.RUnlock()
	pages, room := []queryResult{}, maxChanged
	for _, o := range asked {
		rows := o.changed(co, since.Unix())
		rows = rows[:min(len(rows), room)]
		room -= len(rows)
		if len(rows) > 0 || s.switches.is(SwitchCDCEmpty, emptyObject) {
			pages = append(pages, queryResult{object: o.name, rows: rows, start: 1, count: len(rows)})
		}
	}
	return result{cdc: pages}
}

// changingObjects finds the objects that a list names.
func (s *Simulator) changingObjects(list string) ([]*object, *wire.Fault) {
	var asked []*object
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		o := s.findObject(name)
		switch {
		case name == "":
			return nil, oneFault(codeRequired, "entities", "Required parameter entities is missing in the request")
		case o == nil || o.changed == nil:
			return nil, oneFault(codeUnknownObject, "entities", "Invalid or unsupported object name : %s", clip(name))
		}
		asked = append(asked, o)
	}
	return asked, nil
}

// parseMoment reads a time in one of the forms that clients send: a date, which is that day's beginning at Intuit, or a
// date and time with a fraction or without, and with "Z", an offset, or neither.
func parseMoment(raw string, now time.Time) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", dateOnly} {
		if at, err := time.ParseInLocation(layout, strings.ReplaceAll(raw, " ", "+"), now.Location()); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}
