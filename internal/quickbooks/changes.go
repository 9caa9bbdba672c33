package quickbooks

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// Bounds of change data capture.
const (
	// ChangesKept is how far back Intuit tells of changes.
	ChangesKept = 30 * 24 * time.Hour
	// MaxChanges is the most objects that one answer has, over all kinds.
	MaxChanges = 1000
)

// Changes is what was changed in a company since a time, by kind and in the order of the changes; an object is as it is
// now, not as each change left it.
type Changes struct {
	Accounts       []wire.Account
	Departments    []wire.Department
	Classes        []wire.Class
	JournalEntries []wire.JournalEntry
	// DeletedEntries are the Ids of journal entries that were deleted. Rows of lists are made inactive instead.
	DeletedEntries []string
	// Truncated says that there may be more: Intuit tells of MaxChanges at most. Read the lists whole instead.
	Truncated bool
}

// ChangesSince reads what was changed since a time, which is at most ChangesKept ago: in accounts, departments and
// classes, and in journal entries too if they are asked for. It is one metered read.
func (co *Company) ChangesSince(ctx context.Context, since time.Time, entries bool) (Changes, error) {
	const op = "read changes"
	if age := time.Since(since); age > ChangesKept {
		err := fmt.Errorf("%s is %s ago, and Intuit tells of the last 30 days only", since.Format(time.RFC3339), age.Round(time.Hour))
		return Changes{}, refused(op, co.realm, CauseInvalidRequest, err)
	}
	objects := []string{"Account", "Department", "Class"}
	if entries {
		objects = append(objects, "JournalEntry")
	}
	env, err := co.read(ctx, op, "cdc", url.Values{
		"entities": {strings.Join(objects, ",")}, "changedSince": {since.UTC().Format("2006-01-02T15:04:05-07:00")},
	}, func(env *envelope) string { return lacks(env.CDCResponse == nil, "CDCResponse") })
	if err != nil {
		return Changes{}, err
	}
	var changes Changes
	count := 0
	for _, group := range env.CDCResponse {
		for i := range group.QueryResponse {
			count += changes.add(&group.QueryResponse[i])
		}
	}
	changes.Truncated = count >= MaxChanges
	return changes, nil
}

// add takes over the rows of one kind and returns how many they are.
func (c *Changes) add(rows *queryRows) int {
	for _, row := range rows.Account {
		c.Accounts = append(c.Accounts, row.account())
	}
	c.Departments = append(c.Departments, rows.Department...)
	c.Classes = append(c.Classes, rows.Class...)
	for _, entry := range rows.JournalEntry {
		if entry.Status == statusDeleted {
			c.DeletedEntries = append(c.DeletedEntries, entry.ID)
		} else {
			c.JournalEntries = append(c.JournalEntries, entry)
		}
	}
	return len(rows.Account) + len(rows.Department) + len(rows.Class) + len(rows.JournalEntry)
}

// statusDeleted is the status of what is gone.
const statusDeleted = "Deleted"
