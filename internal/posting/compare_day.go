package posting

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// dayComparer compares one day.
type dayComparer struct {
	*comparer

	date    ledger.Date
	realm   ledger.RealmID
	company *quickbooks.Company

	figures  map[figuresKey]*ComparedFigures
	findings []Finding
	// judged are the entries of QuickBooks that were judged, by their ids.
	judged map[string]judgement
}

// judgement says whether an entry counts on either side; one that is under way does not.
type judgement uint8

const (
	judgedStanding judgement = 1
	judgedUnderway judgement = 2
)

type figuresKey struct {
	location ledger.LocationID
	currency ledger.Currency
}

func (d *dayComparer) at(location ledger.LocationID, currency ledger.Currency) *ComparedFigures {
	key := figuresKey{location, currency}
	figures := d.figures[key]
	if figures == nil {
		figures = &ComparedFigures{Location: location, Currency: currency}
		d.figures[key] = figures
	}
	return figures
}

// sorted lists the figures by location and currency.
func (d *dayComparer) sorted() []ComparedFigures {
	out := make([]ComparedFigures, 0, len(d.figures))
	for _, figures := range d.figures {
		out = append(out, *figures)
	}
	slices.SortFunc(out, func(a, b ComparedFigures) int {
		return cmp.Or(cmp.Compare(a.Location, b.Location), cmp.Compare(a.Currency, b.Currency))
	})
	return out
}

// judge judges an entry of QuickBooks that bears the marker of an event.
func (d *dayComparer) judge(event ledger.EventID, sent map[ledger.EventID][]store.SentEntry, row wire.JournalEntry) {
	entries, known := sent[event]
	if entry := standing(entries, row.ID); entry != nil {
		d.judgeStanding(entry, row)
		return
	}
	read := fromWire(row)
	var location ledger.LocationID
	if len(entries) > 0 {
		location = entries[0].Location
		read.Currency = cmp.Or(read.Currency, entries[0].Currency)
	}
	if slices.ContainsFunc(entries, d.underway) { // just booked, and not noted yet
		d.judged[row.ID] = judgedUnderway
		d.at(location, read.Currency).Underway++
		return
	}
	finding := Finding{
		Kind: FindingUnknown, DocNumber: read.DocNumber, TxnDate: d.date, Currency: read.Currency, Location: location,
		Realm: d.realm, QuickBooksID: row.ID, QuickBooks: read.Debits(),
		Difference: fmt.Sprintf("The entry bears Tillpost's mark of the event %q, which Tillpost does not know.", event),
	}
	if known {
		finding.Event = event
		finding.Difference = "The entry bears Tillpost's mark, and Tillpost does not count it as posted: it may be a copy that " +
			"somebody made in QuickBooks, or an entry that was stored differently from what was sent."
	}
	d.findings = append(d.findings, finding)
	d.hold(location, &read)
}

// underway tells whether an entry was sent or settled since the comparison began.
func (d *dayComparer) underway(entry store.SentEntry) bool {
	return entry.Open || !entry.SettledAt.Before(d.so.StartedAt)
}

// judgeStanding compares an entry that stands with what QuickBooks holds under its id.
func (d *dayComparer) judgeStanding(entry *store.SentEntry, row wire.JournalEntry) {
	figures := d.at(entry.Location, entry.Currency)
	if d.underway(*entry) {
		d.judged[row.ID] = judgedUnderway
		figures.Underway++
		return
	}
	d.judged[row.ID] = judgedStanding
	read := fromWire(row)
	difference := entry.Diff(read)
	read.Currency = cmp.Or(read.Currency, entry.Currency)           // QuickBooks may leave it out
	held := ledger.Date(row.TxnDate) == d.date || row.TxnDate == "" // without a date where it could not be read exactly
	if held {
		d.hold(entry.Location, &read)
	}
	if difference == "" {
		figures.Agreeing++
		return
	}
	if entry.TxnDate != d.date && entry.TxnDate >= d.from && entry.TxnDate <= d.to {
		return // it is found at its own day
	}
	d.find(entry, Finding{Kind: FindingChanged, Difference: difference, QuickBooks: read.Debits()})
}

// find adds a finding on an entry that stands.
func (d *dayComparer) find(entry *store.SentEntry, finding Finding) {
	finding.DocNumber, finding.TxnDate, finding.Currency = entry.DocNumber, entry.TxnDate, entry.Currency
	finding.Event, finding.Location = entry.Event, entry.Location
	finding.Realm, finding.QuickBooksID = d.realm, entry.QuickBooksID
	finding.Tillpost = entry.Debits()
	d.findings = append(d.findings, finding)
}

// hold counts an entry on the side of QuickBooks.
func (d *dayComparer) hold(location ledger.LocationID, read *ledger.Entry) {
	figures := d.at(location, read.Currency)
	figures.QuickBooks.N++
	figures.QuickBooks.Debits += read.Debits()
}

// account counts an entry that stands on the side of Tillpost, and tells whether it is done with.
func (d *dayComparer) account(entry *store.StandingEntry) bool {
	figures, verdict := d.at(entry.Location, entry.Currency), d.judged[entry.QuickBooksID]
	if verdict == judgedUnderway {
		return true
	}
	if verdict == 0 && !entry.SettledAt.Before(d.so.StartedAt) {
		figures.Underway++
		return true
	}
	figures.Tillpost.N++
	figures.Tillpost.Debits += entry.Debits
	return verdict == judgedStanding
}

// standing finds the entry that stands in QuickBooks under an id.
func standing(entries []store.SentEntry, id string) *store.SentEntry {
	for i := range entries {
		if entries[i].QuickBooksID == id && !entries[i].Replaced {
			return &entries[i]
		}
	}
	return nil
}
