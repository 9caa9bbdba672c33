package simulator

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// nameDraft is what a row of a name list is to become. The first half is what was asked for, the second what the check
// of it against the list found.
type nameDraft struct {
	name                               string
	companyName, givenName, familyName string
	active                             bool
	parentID                           string
	// sub says that the request calls it a row with a parent.
	sub bool

	parent *nameRow
}

// writeName creates a row of a name list, or updates the one whose Id is given. It does not ask whether the company has
// turned departments or classes on: that preference hides them from people, and nothing is known of its refusing an app.
func (c *company) writeName(kind *nameKind, w *writing) (*wire.NameRow, *wire.Fault) {
	in, fault := kind.read(w.body)
	if fault != nil {
		return nil, fault
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.lists.list(kind.object)
	r, fault := list.rowToUpdate(in, w.operation)
	if fault != nil {
		return nil, fault
	}
	draft := in.draft(r)
	if fault := c.checkName(list, &draft, r); fault != nil {
		return nil, fault
	}
	operation := opUpdated
	if r == nil {
		operation = opCreated
		r = &nameRow{name: draft.name, parent: draft.parent}
		r.take(&draft)
		c.insertName(list, r)
	} else {
		r.syncToken++
		r.updated = c.clock.now().Unix()
		r.take(&draft)
		list.move(r, draft.name, draft.parent)
	}
	onWire := c.nameOnWire(list, r)
	c.changed(w.changes, list.object, r.id, operation, onWire)
	return onWire, nil
}

// take gives a row what a checked draft says, but for its name and place.
func (r *nameRow) take(draft *nameDraft) {
	r.active, r.companyName, r.givenName, r.familyName = draft.active, draft.companyName, draft.givenName, draft.familyName
}

// rowToUpdate finds the row that an update is for; nil without a fault means a create.
func (l *nameList) rowToUpdate(in *nameRequest, operation string) (*nameRow, *wire.Fault) {
	if in.ID.value() == "" {
		return nil, needsID(operation)
	}
	r := l.find(in.ID.value())
	if r == nil {
		return nil, oneFault(codeNotFound, "", detailInactive)
	}
	return r, checkSyncToken(in.SyncToken, r.syncToken)
}

// draft joins a request with the row it updates: a sparse update keeps what it does not name, a full one and a create
// start from nothing.
func (in *nameRequest) draft(r *nameRow) nameDraft {
	draft := nameDraft{active: true, sub: in.sub != nil && *in.sub}
	if r != nil && in.Sparse {
		draft.name, draft.active = r.name, r.active
		draft.companyName, draft.givenName, draft.familyName = r.companyName, r.givenName, r.familyName
		if r.parent != nil {
			draft.parentID = wireID(r.parent.id)
		}
	}
	set(&draft.name, in.name)
	set(&draft.companyName, in.companyName)
	set(&draft.givenName, in.givenName)
	set(&draft.familyName, in.familyName)
	if draft.name == "" {
		draft.name = in.otherwise
	}
	if in.Active != nil {
		draft.active = *in.Active
	}
	if id := in.ParentRef.id(); id != "" {
		draft.parentID = id
	}
	draft.name = nameByState(draft.name, draft.active, r == nil || r.active)
	return draft
}

// checkName holds a draft against the rules and the lists, and finds its parent. r is the row it is to become, nil for a
// new one. The lock is held.
func (c *company) checkName(list *nameList, draft *nameDraft, r *nameRow) *wire.Fault {
	var wrong faults
	draft.checkTexts(&list.nameKind, &wrong)
	if draft.sub && draft.parentID == "" {
		wrong.addf(codeParentRequired, "ParentRef", "ParentRef is required where %s is true", list.sub)
	}
	if fault := wrong.fault(); fault != nil {
		return fault
	}
	if fault := list.checkParent(draft, r); fault != nil {
		return fault
	}
	if !draft.active {
		if r != nil && slices.ContainsFunc(r.children, func(child *nameRow) bool { return child.active }) {
			return businessRule(ruleHasSubRows)
		}
		return nil
	}
	if holder := c.lists.nameHolder(list, draft.name, draft.parent); holder != nil && holder != r {
		return oneFault(codeDuplicateName, list.named, detailSameName, holder.id)
	}
	return nil
}

// checkTexts holds the texts of a draft against their lengths and the characters they must not have.
func (draft *nameDraft) checkTexts(kind *nameKind, wrong *faults) {
	name := ownName(draft.name, draft.active)
	if name == "" {
		wrong.missing(kind.named)
	}
	if n := utf8.RuneCountInString(name); n > kind.maxName {
		wrong.length(kind.named, 1, kind.maxName, n)
	}
	if strings.ContainsAny(name, ":\t\n") {
		wrong.addf(codeInvalidString, kind.named, "Invalid String : a name must not contain a colon, tab or new line")
	}
	for _, part := range []struct{ property, value string }{
		{"CompanyName", draft.companyName}, {"GivenName", draft.givenName}, {"FamilyName", draft.familyName},
	} {
		if n := utf8.RuneCountInString(part.value); n > maxPersonName {
			wrong.length(part.property, 0, maxPersonName, n)
		}
	}
}

// checkParent finds the parent that a draft names and checks that it may be one.
func (l *nameList) checkParent(draft *nameDraft, r *nameRow) *wire.Fault {
	if draft.parentID == "" {
		return nil
	}
	parent := l.find(draft.parentID)
	if parent == nil {
		return unknownReference(l.elements, draft.parentID)
	}
	if draft.active && !parent.active {
		return oneFault(codeNotFound, "", detailInactive)
	}
	levels := levelOf(parent) + 1
	if r != nil {
		if isUnder(parent, r) {
			return oneFault(codeParentIsChild, "ParentRef", "Parent cannot be child")
		}
		levels = levelOf(parent) + depthOf(r)
	}
	if levels > maxNameLevels {
		return tooDeep()
	}
	draft.parent = parent
	return nil
}
