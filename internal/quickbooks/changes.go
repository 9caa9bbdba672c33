package quickbooks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// Bounds of change data capture.
const (
	// ChangesKept is how far back Intuit tells of changes.
	ChangesKept = 30 * 24 * time.Hour
	// MaxChanges is the most rows that one answer has, over all objects.
	MaxChanges = 1000
)

// Changes is what was changed in a company since a time, by object and in the order of the changes; an object is as it
// is now, not as each change left it.
type Changes struct {
	Accounts    []wire.Account
	Departments []wire.Department
	Classes     []wire.Class
	// JournalEntries are those that are there. One whose amounts are no whole hundredths comes without lines.
	JournalEntries []wire.JournalEntry
	// Deleted are the journal entries that are gone. Rows of lists are made inactive instead.
	Deleted []Change
	// Truncated says that changes may be missing, or that all of them are because they were too many to take in. There
	// are no pages: ask for fewer objects, or for the changes since a later time, or read the lists whole.
	Truncated bool
	// At is QuickBooks' time of the answer, from which the next call goes on; zero if it was not said.
	At time.Time
}

// ChangesSince reads what was changed in some objects since a time, which is at most ChangesKept ago: accounts,
// departments, classes and journal entries. Any other object, none at all and an earlier time, which wraps ErrLimit, are
// CauseInvalidRequest before anything is sent. It is one metered read.
func (co *Company) ChangesSince(ctx context.Context, since time.Time, objects ...Object) (Changes, error) {
	const op = "read changes"
	names, err := changing(since, objects)
	if err != nil {
		return Changes{}, refused(op, co.realm, CauseInvalidRequest, err)
	}
	env, err := co.read(ctx, op, "cdc", url.Values{
		"entities": {names},
		// Whole seconds, rounded down: a change is told twice rather than never.
		"changedSince": {since.UTC().Format("2006-01-02T15:04:05-07:00")},
	}, func(env *envelope) string { return lacks(env.CDCResponse == nil, "CDCResponse") })
	if failed, ok := errors.AsType[*Error](err); ok && failed.HTTPStatus == http.StatusOK && errors.Is(err, errTooLarge) {
		return Changes{Truncated: true}, nil
	}
	if err != nil {
		return Changes{}, err
	}
	changes := Changes{At: momentOf(string(env.Time))}
	count := 0
	for _, group := range env.CDCResponse {
		for i := range group.QueryResponse {
			rows := &group.QueryResponse[i]
			changes.add(co.realm, rows)
			count += rows.count()
			changes.Truncated = changes.Truncated || (rows.TotalCount != nil && *rows.TotalCount > rows.count())
		}
	}
	changes.Truncated = changes.Truncated || count >= MaxChanges
	return changes, nil
}

// changing checks a question for changes and writes the list of its objects.
func changing(since time.Time, objects []Object) (string, error) {
	if age := time.Since(since); age > ChangesKept {
		return "", fmt.Errorf("%w: %s is %s ago, Intuit tells of the last 30 days only",
			ErrLimit, since.UTC().Format(time.RFC3339), age.Round(time.Hour))
	}
	if len(objects) == 0 {
		return "", errors.New("no object was named")
	}
	known := [...]Object{ObjectAccount, ObjectDepartment, ObjectClass, ObjectJournalEntry}
	names := make([]string, 0, len(objects))
	for _, object := range objects {
		if !slices.Contains(known[:], object) {
			return "", fmt.Errorf("changes of %q are not read", object)
		}
		names = append(names, string(object))
	}
	return strings.Join(names, ","), nil
}

// add takes over the rows of one group.
func (c *Changes) add(realm RealmID, rows *queryRows) {
	c.Accounts = append(c.Accounts, accountsOf(rows.Account)...)
	c.Departments = append(c.Departments, namesOf(rows.Department)...)
	c.Classes = append(c.Classes, namesOf(rows.Class)...)
	for _, entry := range entriesOf(rows.JournalEntry) {
		if entry.Status != statusDeleted {
			c.JournalEntries = append(c.JournalEntries, entry)
			continue
		}
		gone := Change{Realm: realm, Object: ObjectJournalEntry, ID: entry.ID, Operation: OperationDeleted}
		if entry.MetaData != nil {
			gone.At = momentOf(entry.MetaData.LastUpdatedTime)
		}
		c.Deleted = append(c.Deleted, gone)
	}
}

// statusDeleted is the status of what is gone.
const statusDeleted = "Deleted"
