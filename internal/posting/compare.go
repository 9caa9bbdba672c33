package posting

import (
	"context"
	"fmt"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

// FindingKind says how Tillpost and QuickBooks disagree on an entry. The numbers are sent: never renumber.
type FindingKind uint8

// The kinds of findings.
const (
	// FindingMissing: QuickBooks does not have the entry any more.
	FindingMissing FindingKind = 1
	// FindingChanged: QuickBooks has it with other contents.
	FindingChanged FindingKind = 2
	// FindingUnknown: QuickBooks has an entry with our marker that does not count as posted.
	FindingUnknown FindingKind = 3
)

// Finding is an entry on which Tillpost and QuickBooks disagree.
type Finding struct {
	Kind      FindingKind
	DocNumber string
	TxnDate   ledger.Date
	Currency  ledger.Currency
	// Difference says it in words.
	Difference   string
	Event        ledger.EventID    // empty: no event that is known
	Location     ledger.LocationID // of the event
	Realm        ledger.RealmID
	QuickBooksID string
	// Tillpost and QuickBooks are the sums of the debits on either side; 0 where it has no such entry.
	Tillpost, QuickBooks ledger.Amount
}

// SideFigures are of entries on one side: how many, and the sum of their debits.
type SideFigures struct {
	N      int64
	Debits ledger.Amount
}

// ComparedFigures are both sides of a day for one location and currency. An empty location: entries of no event that is known.
type ComparedFigures struct {
	Location             ledger.LocationID
	Currency             ledger.Currency
	Tillpost, QuickBooks SideFigures
	Agreeing, Underway   int64
}

// ComparedDay is one compared TxnDate. Findings are those that are named.
type ComparedDay struct {
	Date     ledger.Date
	Figures  []ComparedFigures // by location and currency
	Findings []Finding
}

// Comparison counts what a comparison has found so far.
type Comparison struct {
	StartedAt                                     time.Time
	Days, DaysTotal                               int
	Read                                          int64
	Agreeing, Missing, Changed, Unknown, Underway int64
}

// maxFindings bounds the findings that one comparison names; all are counted.
const maxFindings = 500

// ComparisonSink hears how a comparison goes on. An error ends it.
type ComparisonSink interface {
	// Progress comes after every page that was read.
	Progress(so Comparison) error
	// Day comes after every day, the newest first.
	Day(day ComparedDay) error
}

// Compare reads the company's journal entries of some TxnDates, both included, and compares them with those that stand in
// QuickBooks according to the store. It changes nothing. What was posted since it began is not judged. It fails with
// ErrNotConnected, ErrReauthorizationRequired or ErrQuickBooksUnavailable.
func (e *Engine) Compare(
	ctx context.Context, r ledger.RetailerID, from, to ledger.Date, sink ComparisonSink,
) (Comparison, error) {
	c := &comparer{
		e: e, retailer: r, from: from, to: to, sink: sink,
		so: Comparison{StartedAt: time.Now(), DaysTotal: 1 + from.DaysTo(to)},
	}
	for date := to; date >= from; date = date.Plus(-1) {
		day, err := c.compareDay(ctx, date)
		if err != nil {
			return c.so, err
		}
		if err := c.close(day); err != nil {
			return c.so, err
		}
	}
	return c.so, nil
}

// comparer goes from day to day.
type comparer struct {
	e        *Engine
	retailer ledger.RetailerID
	from, to ledger.Date
	sink     ComparisonSink
	so       Comparison
	named    int
}

// compareDay reads one day. Its token may end while it is read: then the day is read again with a fresh one.
func (c *comparer) compareDay(ctx context.Context, date ledger.Date) (*dayComparer, error) {
	var day *dayComparer
	before := c.so
	err := c.e.withCompany(ctx, c.retailer, func(co *quickbooks.Company, realm ledger.RealmID) error {
		c.so = before
		day = &dayComparer{
			comparer: c, date: date, realm: realm, company: co, figures: map[figuresKey]*ComparedFigures{},
			judged: map[string]judgement{},
		}
		if err := day.readQuickBooks(ctx); err != nil {
			return err
		}
		return day.readTillpost(ctx)
	})
	return day, err
}

// close tells of a day that is done.
func (c *comparer) close(day *dayComparer) error {
	c.so.Days++
	for i := range day.figures {
		c.so.Agreeing += day.figures[i].Agreeing
		c.so.Underway += day.figures[i].Underway
	}
	for i := range day.findings {
		switch day.findings[i].Kind {
		case FindingMissing:
			c.so.Missing++
		case FindingChanged:
			c.so.Changed++
		case FindingUnknown:
			c.so.Unknown++
		}
	}
	named := day.findings[:min(len(day.findings), maxFindings-c.named)]
	c.named += len(named)
	err := c.sink.Day(ComparedDay{Date: day.date, Figures: day.sorted(), Findings: named})
	if err != nil {
		return err
	}
	return c.sink.Progress(c.so)
}

// readQuickBooks reads what QuickBooks holds under the day, and judges what bears our marker.
func (d *dayComparer) readQuickBooks(ctx context.Context) error {
	for page, err := range d.company.JournalEntriesOn(ctx, string(d.date)) {
		if err != nil {
			return fmt.Errorf("read the journal entries of %s: %w", d.date, err)
		}
		d.so.Read += int64(len(page.Rows))
		if err := d.judgePage(ctx, page.Rows); err != nil {
			return err
		}
		if err := d.sink.Progress(d.so); err != nil {
			return err
		}
	}
	return nil
}

// judgePage judges those entries of a page that bear our marker.
func (d *dayComparer) judgePage(ctx context.Context, rows []wire.JournalEntry) error {
	events := make([]ledger.EventID, len(rows))
	for i := range rows {
		events[i], _ = ledger.MarkedEvent(d.retailer, rows[i].PrivateNote)
	}
	sent, err := d.e.Store.SentEntries(ctx, d.retailer, d.realm, events)
	if err != nil {
		return fmt.Errorf("read what was posted: %w", err)
	}
	for i, row := range rows {
		if events[i] != "" {
			d.judge(events[i], sent, row)
		}
	}
	return nil
}

// standingPage is how many entries of the store are looked at together, and how many ids are asked for in one read.
const standingPage = 100

// readTillpost reads what stands in QuickBooks according to the store, and asks after what was not found under the day.
func (d *dayComparer) readTillpost(ctx context.Context) error {
	for cursor := ""; ; {
		page, next, err := d.e.Store.StandingEntries(ctx, d.retailer, d.realm, d.date, cursor, standingPage)
		if err != nil {
			return fmt.Errorf("read what was posted on %s: %w", d.date, err)
		}
		var lost []store.StandingEntry
		for i := range page {
			if !d.account(&page[i]) {
				lost = append(lost, page[i])
			}
		}
		if err := d.lookFor(ctx, lost); err != nil {
			return err
		}
		if next == "" {
			return nil
		}
		cursor = next
	}
}

// lookFor asks QuickBooks by their ids for entries that it does not show under the day: deleted, moved to another day, or
// without the marker.
func (d *dayComparer) lookFor(ctx context.Context, lost []store.StandingEntry) error {
	if len(lost) == 0 {
		return nil
	}
	ids, events := make([]string, 0, len(lost)), make([]ledger.EventID, 0, len(lost))
	for i := range lost {
		ids, events = append(ids, lost[i].QuickBooksID), append(events, lost[i].Event)
	}
	rows, err := d.company.JournalEntriesByID(ctx, ids)
	if err != nil {
		return fmt.Errorf("look for entries of %s: %w", d.date, err)
	}
	d.so.Read += int64(len(rows))
	held := make(map[string]wire.JournalEntry, len(rows))
	for _, row := range rows {
		held[row.ID] = row
	}
	sent, err := d.e.Store.SentEntries(ctx, d.retailer, d.realm, events)
	if err != nil {
		return fmt.Errorf("read what was posted: %w", err)
	}
	for i := range lost {
		entry := standing(sent[lost[i].Event], lost[i].QuickBooksID)
		if entry == nil {
			continue // an update replaced it meanwhile
		}
		if row, there := held[entry.QuickBooksID]; there {
			d.judgeStanding(entry, row)
			continue
		}
		d.find(entry, Finding{Kind: FindingMissing, Difference: "QuickBooks does not have this entry any more: it was deleted there."})
	}
	return nil
}
