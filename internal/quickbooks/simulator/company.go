package simulator

import (
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

const defaultCompanyName = "Harbor & Pine Trading Co."

const homeCurrency, homeCurrencyName = "USD", "United States Dollar"

// company is one QuickBooks company: its settings, its chart of accounts and its books.
type company struct {
	realm    string
	clock    *clock
	catalog  *catalog
	switches *switchboard
	replays  *replays
	created  time.Time
	number   int64      // in the file
	order    sync.Mutex // held while a call takes effect, where effects go into a file or out by webhooks

	mu         sync.RWMutex
	settings   CompanyOptions
	accounts   []*account          // the account with id n is at n-1; none is ever removed
	names      map[string]*account // the active ones, by folded FullyQualifiedName
	entries    []*entry            // the entry with id n is at n-1; nil once it is deleted
	live       int                 // entries that are not nil
	docNumbers map[string]*entry   // by folded DocNumber; entries that share one are linked
	lastNumber uint64              // the highest DocNumber that was a whole number
	recent     entryOrder          // the entries by their last update
	deleted    []tombstone         // in the order they were deleted
	sequence   int64               // of the last change
	lists      nameLists           // customers, vendors, departments and their like

	profile             profile
	infoRevision        revision
	stored              wire.Preferences // but for what the settings say
	preferencesRevision revision
}

func newCompany(s *Simulator, options CompanyOptions) (*company, error) {
	if _, err := strconv.ParseUint(options.Realm, 10, 64); err != nil {
		return nil, fmt.Errorf("%w: realm id %q is not a number", ErrOptions, options.Realm)
	}
	if options.Name == "" {
		options.Name = defaultCompanyName
	}
	c := s.emptyCompany(options)
	if err := options.check(); err != nil {
		return nil, err
	}
	if err := c.openChart(); err != nil {
		return nil, err
	}
	if err := c.openNames(); err != nil {
		return nil, err
	}
	return c, nil
}

// emptyCompany is a company without a chart of accounts.
func (s *Simulator) emptyCompany(options CompanyOptions) *company {
	now := s.clock.now()
	return &company{
		realm: options.Realm, clock: s.clock, catalog: s.catalog, switches: s.switches, created: now,
		replays:  newReplays(s.switches, s.options.ReplayLimit),
		settings: options, names: map[string]*account{}, docNumbers: map[string]*entry{},
		lists: newNameLists(), profile: firstProfile(), stored: firstPreferences(),
		infoRevision: revision{updated: now.Unix()}, preferencesRevision: revision{updated: now.Unix()},
	}
}

// check says what cannot be in a company's settings.
func (o *CompanyOptions) check() error {
	if o.BookCloseDate != "" {
		if _, err := time.Parse(dateOnly, o.BookCloseDate); err != nil {
			return fmt.Errorf("%w: closing date %q is not of the form YYYY-MM-DD", ErrOptions, o.BookCloseDate)
		}
	}
	switch o.ClassTracking {
	case ClassesOff, ClassesPerTxn, ClassesPerLine:
		return nil
	}
	return fmt.Errorf("%w: class tracking cannot be %q; it is empty, %s or %s", ErrOptions, o.ClassTracking, ClassesPerTxn,
		ClassesPerLine)
}

// change changes the settings; the realm id stays. This is no call of an app, so nobody is told of it.
func (c *company) change(edit func(*CompanyOptions)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	changed := c.settings
	edit(&changed)
	if changed.Realm != c.realm {
		return fmt.Errorf("%w: the realm id of company %s cannot be changed", ErrOptions, c.realm)
	}
	if err := changed.check(); err != nil {
		return err
	}
	c.revise(new(changes), func() { c.settings = changed })
	return nil
}

// closed says whether the books are closed on a date. The lock is held.
func (c *company) closed(date string) bool {
	return c.settings.BookCloseDate != "" && date <= c.settings.BookCloseDate
}

// metaData returns the MetaData of an object. Zero times never reach the wire.
func (c *company) metaData(created, updated int64) *wire.MetaData {
	return &wire.MetaData{CreateTime: c.moment(created), LastUpdatedTime: c.moment(updated)}
}

// moment writes a time, kept in seconds since 1970, as MetaData does.
func (c *company) moment(unix int64) string {
	return time.Unix(unix, 0).In(c.clock.pacific).Format(metaDataTime)
}

// domain is the "domain" of every object.
const domain = "QBO"

func homeCurrencyRef() *wire.Ref { return &wire.Ref{Value: homeCurrency, Name: homeCurrencyName} }
