package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

const (
	maxAccountName        = 100
	maxAccountNumber      = 7
	maxAccountDescription = 100
	maxAccountLevels      = 5
)

// deletedSuffix is what QuickBooks puts behind the name of an account, or of a row of another list, that is made inactive.
// It frees the name for others.
const deletedSuffix = " (deleted)"

// account is one account of a company. The company's lock guards it.
type account struct {
	id          int
	syncToken   int
	name        string
	fullName    string
	number      string
	description string
	active      bool
	of          *accountType
	subType     string
	parent      *account
	children    []*account
	balance     int64 // hundredths, debits less credits, of this account alone
	lines       int   // lines ever posted and not deleted
	created     int64 // seconds since 1970
	updated     int64
}

// openChart fills a new company with the retail chart of accounts.
func (c *company) openChart() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, row := range c.catalog.chart {
		of, subType, ok := c.catalog.resolve(row.accountType, row.subType)
		if !ok {
			return fmt.Errorf("%w: account %q has no valid type", ErrOptions, row.fullName)
		}
		a := &account{
			name: row.fullName, fullName: row.fullName, number: row.number, description: row.description,
			active: row.active, of: of, subType: subType,
		}
		if i := strings.LastIndexByte(row.fullName, ':'); i >= 0 {
			a.name = row.fullName[i+1:]
			if a.parent = c.names[fold(row.fullName[:i])]; a.parent == nil {
				return fmt.Errorf("%w: account %q comes before its parent", ErrOptions, row.fullName)
			}
		}
		if c.settings.WithoutAccountNumbers {
			a.number = ""
		}
		c.insert(a)
	}
	return nil
}

// insert gives a new account its id and place. The lock is held.
func (c *company) insert(a *account) {
	c.accounts = append(c.accounts, a)
	a.id = len(c.accounts)
	a.created = c.clock.now().Unix()
	a.updated = a.created
	if a.parent != nil {
		a.parent.children = append(a.parent.children, a)
	}
	if a.active {
		c.names[fold(a.fullName)] = a
	}
}

// find returns the account with an id as it stands on the wire, or nil. The lock is held.
func (c *company) find(id string) *account {
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 || n > len(c.accounts) {
		return nil
	}
	return c.accounts[n-1]
}

// readAccount answers one account by its id.
func (c *company) readAccount(id string) (*wire.Account, *wire.Fault) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	a := c.find(id)
	if a == nil {
		return nil, oneFault(codeNotFound, "", detailInactive)
	}
	return c.accountOnWire(a), nil
}

// accountOnWire renders an account. The lock is held.
func (c *company) accountOnWire(a *account) *wire.Account {
	own := c.signed(a, a.balance)
	whole := c.signed(a, a.withChildren())
	active := a.active
	w := &wire.Account{
		ID: strconv.Itoa(a.id), SyncToken: strconv.Itoa(a.syncToken), Name: a.name, FullyQualifiedName: a.fullName,
		AcctNum: a.number, Description: a.description, Active: &active, SubAccount: a.parent != nil,
		Classification: a.of.classification, AccountType: a.of.name, AccountSubType: a.subType,
		CurrencyRef: homeCurrencyRef(), CurrentBalance: &own, CurrentBalanceWithSubAccounts: &whole, Domain: domain,
		MetaData: c.metaData(a.created, a.updated),
	}
	if a.parent != nil {
		w.ParentRef = &wire.Ref{Value: strconv.Itoa(a.parent.id)}
	}
	return w
}

// signed turns debits less credits into the sign that CurrentBalance has.
func (c *company) signed(a *account, balance int64) wire.Decimal {
	if c.switches.is(SwitchBalanceSign, naturalSide) && !a.debitIsNormal() {
		return wire.Decimal(-balance)
	}
	return wire.Decimal(balance)
}

// debitIsNormal says whether the account's balance is normally a debit.
func (a *account) debitIsNormal() bool {
	return a.of.classification == classAsset || a.of.classification == classExpense
}

// withChildren returns the balance of the account and of all below it, debits less credits.
func (a *account) withChildren() int64 {
	sum := a.balance
	for _, child := range a.children {
		sum += child.withChildren()
	}
	return sum
}

// up and down make a tree of the rows.
func (a *account) up() *account     { return a.parent }
func (a *account) down() []*account { return a.children }

// changedAccounts returns the accounts changed since a time, inactive ones too. The lock is held.
func (c *company) changedAccounts(since int64) []any {
	return changedSince(c.accounts, since, func(a *account) int64 { return a.updated },
		func(a *account) any { return c.accountOnWire(a) })
}

// place gives an account a name and a parent and renames all below it; whether it is active has been settled before. The
// lock is held.
func (c *company) place(a *account, name string, parent *account) {
	if a.parent != parent {
		if a.parent != nil {
			a.parent.children = slices.DeleteFunc(a.parent.children, func(child *account) bool { return child == a })
		}
		if parent != nil {
			parent.children = append(parent.children, a)
		}
		a.parent = parent
	}
	a.name = name
	c.rename(a)
}

// rename computes the full names of an account and of all below it.
func (c *company) rename(a *account) {
	if c.names[fold(a.fullName)] == a {
		delete(c.names, fold(a.fullName))
	}
	a.fullName = fullNameOf(a.name, a.parent)
	if a.active {
		c.names[fold(a.fullName)] = a
	}
	for _, child := range a.children {
		c.rename(child)
	}
}

func fullNameOf(name string, parent *account) string {
	if parent == nil {
		return name
	}
	return parent.fullName + ":" + name
}
