package posting

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// refreshCompany makes sure that what is known of the company is not too old to post with: the closing date of its books
// above all. When it cannot be read, posting goes on with what is known; QuickBooks itself refuses what falls into closed
// books.
func (c *company) refreshCompany(work context.Context) {
	if time.Since(c.companyReadAt) < c.e.CompanyAge {
		return
	}
	lease := c.currentLease()
	conn, err := c.e.Store.Connection(work, lease.Retailer)
	if err == nil && c.companyReadAt.IsZero() {
		c.companyReadAt = conn.CompanyReadAt
		if time.Since(c.companyReadAt) < c.e.CompanyAge {
			return
		}
	}
	if err == nil {
		err = c.readPreferences(work, conn)
	}
	// Also if this failed: then QuickBooks has the last word. And only now: an answer that took long is no older for it, and
	// would otherwise be asked for again and again, with nothing posted in between.
	c.companyReadAt = time.Now()
	if err != nil {
		c.log.WarnContext(work, "the company's preferences could not be read; posting goes on with those known", "error", err)
	}
}

// closedAge is how old the closing date may be when an event is held because of it: somebody may have moved it a moment ago.
const closedAge = 5 * time.Second

// closedByHearsay tells whether events would be held because of a closing date that was not read just now.
func (c *company) closedByHearsay(parked []store.Parked) bool {
	return time.Since(c.companyReadAt) > closedAge && slices.ContainsFunc(parked, func(p store.Parked) bool {
		return p.Problem != nil && p.Problem.Reason == ledger.ReasonPeriodClosed
	})
}

func (c *company) readPreferences(work context.Context, conn store.Connection) error {
	prefs, err := c.e.companyAt(c.currentLease().Retailer, c.grant.realm, c.grant.access).Preferences(work)
	if err != nil {
		return fmt.Errorf("read the preferences: %w", err)
	}
	company := companyOf(prefs)
	company.CompanyName = conn.CompanyName
	return c.e.saveCompany(work, c.currentLease().Retailer, c.grant.realm, company)
}

func (e *Engine) saveCompany(
	ctx context.Context, r ledger.RetailerID, realm ledger.RealmID, company store.Company,
) error {
	if err := e.Store.SaveCompany(ctx, r, realm, company, time.Now()); err != nil {
		return fmt.Errorf("store the company of %s: %w", r, err)
	}
	return nil
}
