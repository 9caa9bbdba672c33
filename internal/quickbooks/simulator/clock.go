package simulator

import (
	"fmt"
	"sync/atomic"
	"time"
	_ "time/tzdata" // Intuit's times are in US Pacific; a minimal machine has no time zone files.
)

// clock tells the simulator's time: the given clock plus an offset, in US Pacific.
type clock struct {
	base    func() time.Time
	pacific *time.Location
	offset  atomic.Int64 // nanoseconds
}

func newClock(base func() time.Time) (*clock, error) {
	pacific, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return nil, fmt.Errorf("load the time zone of Intuit's servers: %w", err)
	}
	return &clock{base: base, pacific: pacific}, nil
}

func (c *clock) now() time.Time {
	return c.base().Add(time.Duration(c.offset.Load())).In(c.pacific)
}

func (c *clock) advance(by time.Duration) { c.offset.Add(int64(by)) }

// The three forms of time on the wire. Offsets are numeric, never "Z": strict clients refuse that.
const (
	envelopeTime = "2006-01-02T15:04:05.000-07:00" // the "time" of an answer
	metaDataTime = "2006-01-02T15:04:05-07:00"     // CreateTime and LastUpdatedTime
	dateOnly     = time.DateOnly                   // TxnDate
)

// parseTxnDate reads a date as Intuit does: YYYY-MM-DD, with "Z" or an offset behind it at will.
func parseTxnDate(s string) (string, bool) {
	for _, layout := range []string{dateOnly, "2006-01-02Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(dateOnly), true
		}
	}
	return "", false
}
