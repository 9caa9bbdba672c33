package simulator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// restoreSettings brings back what a company has one of. Nobody else knows of the company yet.
func (c *company) restoreSettings(state *savedCompany) {
	info := &state.Info
	c.profile = profile{
		address: info.CompanyAddr, mailing: info.CustomerCommunicationAddr, legalAddress: info.LegalAddr,
		phone: info.PrimaryPhone, email: info.Email, site: info.WebAddr, employerID: info.EmployerID,
	}
	if info.LegalName != info.CompanyName {
		c.profile.legalName = info.LegalName
	}
	c.infoRevision = revision{updated: c.created.Unix()}
	if token, err := strconv.Atoi(info.SyncToken); err == nil && info.MetaData != nil {
		if _, updated, err := unixTimes(info.MetaData); err == nil {
			c.infoRevision = revision{syncToken: token, updated: updated}
		}
	}
	c.stored = state.Preferences
	c.preferencesRevision = revision{syncToken: state.SyncToken, updated: state.Changed.Unix()}
}

// restoreName brings back a row of a name list. Rows may name a parent before its turn, which then gets an empty one.
func (k *nameKind) restoreName(raw json.RawMessage) (func(*company) error, error) {
	w := &wire.NameRow{}
	if err := json.Unmarshal(raw, w); err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	return func(c *company) error { return c.restoreName(c.lists.list(k.object), w) }, nil
}

func (c *company) restoreName(list *nameList, w *wire.NameRow) error {
	r := c.reservedName(list, w.ID)
	syncToken, err := strconv.Atoi(w.SyncToken)
	if r == nil || err != nil || w.Active == nil || w.MetaData == nil {
		return errNotRestored
	}
	r.syncToken, r.active = syncToken, *w.Active
	r.companyName, r.givenName, r.familyName = w.CompanyName, w.GivenName, w.FamilyName
	if r.created, r.updated, err = unixTimes(w.MetaData); err != nil {
		return err
	}
	var parent *nameRow
	if w.ParentRef != nil {
		if parent = c.reservedName(list, w.ParentRef.Value); parent == nil {
			return errNotRestored
		}
	}
	list.move(r, cmp.Or(w.Name, w.DisplayName), parent)
	return nil
}

// reservedName returns the row with an id, made empty where there is none; nil if this is no id.
func (c *company) reservedName(list *nameList, id string) *nameRow {
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 {
		return nil
	}
	at, known := slices.BinarySearchFunc(list.rows, n, func(r *nameRow, id int) int { return cmp.Compare(r.id, id) })
	if !known {
		list.rows = slices.Insert(list.rows, at, &nameRow{id: n})
	}
	if list.person {
		c.lists.persons = max(c.lists.persons, n)
	}
	return list.rows[at]
}

// nameRows renders a name list in the order of the ids.
func (k *nameKind) nameRows(c *company, after, most int) []row {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := c.lists.list(k.object)
	var page []row
	for _, r := range list.rows {
		if len(page) == most {
			break
		}
		if r.id > after {
			page = append(page, row{id: r.id, value: c.nameOnWire(list, r)})
		}
	}
	return page
}
