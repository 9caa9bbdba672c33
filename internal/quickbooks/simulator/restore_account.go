package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// errNotRestored says that an object in a file is not one that a simulator has written.
var errNotRestored = errors.New("this is not what the simulator writes")

// restoreAccount brings back an account. Accounts may come in any order: one that names a parent before its turn gets an
// empty one, which is filled in later. Balances follow from the entries.
func restoreAccount(raw json.RawMessage) (func(*company) error, error) {
	w := &wire.Account{}
	if err := json.Unmarshal(raw, w); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	return func(c *company) error { return c.restoreAccount(w) }, nil
}

func (c *company) restoreAccount(w *wire.Account) error {
	of, subType, known := c.catalog.resolve(w.AccountType, w.AccountSubType)
	a := c.reserved(w.ID)
	syncToken, err := strconv.Atoi(w.SyncToken)
	if a == nil || !known || err != nil || w.Active == nil || w.MetaData == nil {
		return errNotRestored
	}
	a.syncToken, a.number, a.description, a.active = syncToken, w.AcctNum, w.Description, *w.Active
	a.of, a.subType = of, subType
	if a.created, a.updated, err = unixTimes(w.MetaData); err != nil {
		return err
	}
	var parent *account
	if w.ParentRef != nil {
		if parent = c.reserved(w.ParentRef.Value); parent == nil {
			return errNotRestored
		}
	}
	c.place(a, w.Name, parent)
	return nil
}

// reserved returns the account with an id, made empty where there is none; nil if this is no id.
func (c *company) reserved(id string) *account {
	const most = 1_000_000
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 || n > most {
		return nil
	}
	for len(c.accounts) < n {
		c.accounts = append(c.accounts, &account{id: len(c.accounts) + 1})
	}
	return c.accounts[n-1]
}

// checkRestored makes sure that what came back is whole: every account is there, and the books balance.
func (c *company) checkRestored() error {
	sum := int64(0)
	for _, a := range c.accounts {
		if a.of == nil {
			return fmt.Errorf("%w: account %d is missing", errNotRestored, a.id)
		}
		sum += a.balance
	}
	if sum != 0 {
		return fmt.Errorf("%w: debits and credits differ by %s", errNotRestored, wire.Decimal(sum))
	}
	return nil
}

// unixTimes reads the times of an object as they are kept.
func unixTimes(m *wire.MetaData) (created, updated int64, err error) {
	first, err := time.Parse(metaDataTime, m.CreateTime)
	if err != nil {
		return 0, 0, fmt.Errorf("read CreateTime: %w", err)
	}
	if m.LastUpdatedTime == m.CreateTime {
		return first.Unix(), first.Unix(), nil
	}
	last, err := time.Parse(metaDataTime, m.LastUpdatedTime)
	if err != nil {
		return 0, 0, fmt.Errorf("read LastUpdatedTime: %w", err)
	}
	return first.Unix(), last.Unix(), nil
}
