package ledger

import (
	"errors"
	"fmt"
	"time"
)

// Date is a calendar day in the canonical form YYYY-MM-DD, so that dates sort as text. Empty: no date.
type Date string

var errNoDay = errors.New("is not a day in the form YYYY-MM-DD")

// ParseDate reads a day that exists. It fails on anything else, "2026-02-30" included.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "", fmt.Errorf("%q %w", s, errNoDay)
	}
	return Date(t.Format(time.DateOnly)), nil
}

// next returns the day after a valid date.
func (d Date) next() Date { return d.Plus(1) }

// Plus returns the day that is some days after a valid date, or before it where they are negative.
func (d Date) Plus(days int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return DateOf(t.AddDate(0, 0, days))
}

// DaysTo counts the days from one valid date to another: negative where that is earlier.
func (d Date) DaysTo(other Date) int {
	from, errFrom := time.Parse(time.DateOnly, string(d))
	to, errTo := time.Parse(time.DateOnly, string(other))
	if errFrom != nil || errTo != nil {
		return 0
	}
	const day = 24 * time.Hour
	return int(to.Sub(from) / day)
}

// DateOf returns the UTC day of an instant.
func DateOf(t time.Time) Date { return Date(t.UTC().Format(time.DateOnly)) }
