package ledger

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Violation is why an event cannot be recorded. Field is the path in the API's Event, "business_date" or "sale", and
// Description a plain sentence without a full stop.
type Violation struct{ Field, Description string }

// Violations checks what the rules of the API's schema cannot state: days that exist and lie in range, the size of all
// amounts together, the currency, and what this release accepts. now is the server's clock. No violations: nil.
func (ev Event) Violations(now time.Time) []Violation {
	var found []Violation
	add := func(field, description string) {
		if description != "" {
			found = append(found, Violation{Field: field, Description: description})
		}
	}
	add("revision", checkRevision(ev.Revision))
	add("occur_time", checkOccurred(ev.OccurredAt, now))
	add("business_date", checkBusinessDate(ev.BusinessDate, now))
	add("currency_code", checkDecimals(ev.Currency))
	add("memo", checkMemo(ev.Memo))
	if ev.Detail == nil {
		add("detail", "an event says what happened: exactly one detail is required")
		return found
	}
	if !withinBounds(ev.Detail) {
		add(strings.ToLower(ev.Detail.Kind().String()), fmt.Sprintf(
			"the absolute amounts add up to more than %s, the most that QuickBooks holds in a line", MaxAmount,
		))
	}
	return found
}

func checkRevision(revision int32) string {
	if revision >= 1 {
		return ""
	}
	return fmt.Sprintf("the revision is %d; the first is 1", revision)
}

func checkOccurred(at, now time.Time) string {
	if DateOf(at) < EarliestDate {
		return fmt.Sprintf("%s is before %s, the earliest day", at.UTC().Format(time.RFC3339), EarliestDate)
	}
	if at.After(now.Add(LatestOccurrence)) {
		return fmt.Sprintf("%s is more than %s ahead of the server's clock, which shows %s",
			at.UTC().Format(time.RFC3339), "24 hours", now.UTC().Format(time.RFC3339))
	}
	return ""
}

func checkBusinessDate(date Date, now time.Time) string {
	day, err := ParseDate(string(date))
	if err != nil {
		return err.Error()
	}
	if day < EarliestDate {
		return fmt.Sprintf("%s is before %s, the earliest day", day, EarliestDate)
	}
	if latest := DateOf(now.UTC().AddDate(0, 0, LatestBusinessDays)); day > latest {
		return fmt.Sprintf("%s is after %s, %d days ahead of the server's clock", day, latest, LatestBusinessDays)
	}
	return ""
}

func checkDecimals(currency Currency) string {
	decimals := currency.Decimals()
	if decimals == defaultDecimals {
		return ""
	}
	return fmt.Sprintf("an amount in %s has %d decimals, and this release books amounts with 2 decimals only, the way "+
		"QuickBooks holds them", currency, decimals)
}

// checkMemo refuses the characters that QuickBooks' pages and some databases do not take.
func checkMemo(memo string) string {
	for i, r := range memo {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return fmt.Sprintf("the control character %U at byte %d is not allowed; line breaks and tabs are", r, i)
		}
	}
	return ""
}
