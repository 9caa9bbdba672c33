package demo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// Books are what a QuickBooks company holds: its journal and its trial balance.
type Books struct {
	Entries []BookedEntry
	// Balances are the balances of all accounts that are not zero.
	Balances Changes
}

// BookedEntry is one journal entry in the books.
type BookedEntry struct {
	ID        string
	DocNumber string
	// TxnDate is YYYY-MM-DD.
	TxnDate string
	// Net is what the entry changes, account by account, with its lines on one account added up.
	Net Changes
}

// Compare returns every difference between what the events say and what the books hold, each in one plain sentence. It
// looks for exactly one entry for every event that has something to book, with the event's number, date and amounts; for
// entries that belong to no event; and at the trial balance of every account. It also holds the events themselves to
// the retailer's own sum: what was sold equals what was paid, by location and day.
func Compare(oracle *Oracle, events []*financialv1.Event, books Books) []string {
	c := comparison{oracle: oracle, entries: map[string][]BookedEntry{}, balances: Changes{}}
	for _, entry := range books.Entries {
		c.entries[entry.DocNumber] = append(c.entries[entry.DocNumber], entry)
	}
	for _, event := range events {
		c.event(event)
	}
	for _, number := range slices.Sorted(maps.Keys(c.entries)) { // what is left belongs to no event
		for _, entry := range c.entries[number] {
			c.differf("entry %s, number %q of %s, belongs to no event", entry.ID, number, entry.TxnDate)
		}
	}
	c.accounts("the trial balance", c.balances, books.Balances)
	c.found = append(c.found, unpaidDays(events)...)
	return c.found
}

// comparison is a Compare under way.
type comparison struct {
	oracle   *Oracle
	entries  map[string][]BookedEntry // those no event has claimed, by number
	balances Changes                  // what all events together must change
	found    []string
}

func (c *comparison) differf(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

// event claims the event's entry and compares it.
func (c *comparison) event(event *financialv1.Event) {
	number := event.GetNumber()
	want, err := c.oracle.Expect(event)
	if err != nil {
		c.differf("%v", err)
		return
	}
	for account, change := range want {
		c.balances[account] += change
	}
	entries := c.entries[number]
	if len(want) == 0 {
		return // an entry with its number stays unclaimed
	}
	delete(c.entries, number)
	if len(entries) == 0 {
		c.differf("event %s: QuickBooks holds no entry", number)
		return
	}
	for _, entry := range entries[1:] {
		c.differf("event %s: entry %s holds it a second time", number, entry.ID)
	}
	entry := entries[0]
	if entry.TxnDate != event.GetBusinessDate() {
		c.differf("event %s: entry %s is dated %s instead of %s", number, entry.ID, entry.TxnDate, event.GetBusinessDate())
	}
	c.accounts(fmt.Sprintf("event %s: entry %s", number, entry.ID), want, entry.Net)
}

// accounts compares account by account.
func (c *comparison) accounts(what string, want, got Changes) {
	names := slices.Collect(maps.Keys(want))
	for name := range got {
		if _, both := want[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if want[name] != got[name] {
			c.differf("%s has %s on %s instead of %s", what, sided(got[name]), name, sided(want[name]))
		}
	}
}

// storeDay is a location and a business date.
type storeDay struct{ location, date string }

// unpaidDays holds the events to the retailer's own sum. It says, by location and day, where net sales, tax, shipping,
// fees, gift cards, tips and cash rounding are not what tenders and deposits paid.
func unpaidDays(events []*financialv1.Event) []string {
	type sums struct{ sold, paid int64 }
	days := map[storeDay]sums{}
	for _, event := range events {
		sale := event.GetSale()
		if sale == nil {
			continue
		}
		key := storeDay{event.GetLocationId(), event.GetBusinessDate()}
		day := days[key]
		day.sold += due(sale) + sale.GetRoundingAmount()
		for _, tender := range slices.Concat(sale.GetTenders(), sale.GetDepositsApplied()) {
			day.paid += tender.GetAmount()
		}
		days[key] = day
	}
	var found []string
	for _, key := range slices.SortedFunc(maps.Keys(days), func(a, b storeDay) int {
		return cmp.Or(strings.Compare(a.date, b.date), strings.Compare(a.location, b.location))
	}) {
		if day := days[key]; day.sold != day.paid {
			found = append(found, fmt.Sprintf("%s on %s: sold %s, paid %s", key.location, key.date, money(day.sold),
				money(day.paid)))
		}
	}
	return found
}
