package quickbooks

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// maxPages bounds every walk over query pages, against a server that never comes to an end.
const maxPages = 200

// Page is one page of a list that is read whole.
type Page[T any] struct {
	// Rows are at most wire.MaxPageRows, ordered by Id, inactive ones included. Every row has an Id. A balance that is not
	// a whole number of hundredths is left out.
	Rows []T
	// Fetched is how many rows came so far, this page included; Total how many there are to come in all, as far as is
	// known: never less than Fetched.
	Fetched, Total int

	size int // how many rows were asked for
}

// Accounts reads the whole chart of accounts, page by page: one read to count, so that Total is known from the start,
// and one for each page, all metered by Intuit. A company without accounts yields one empty page. An error ends the walk.
func (co *Company) Accounts(ctx context.Context) iter.Seq2[Page[wire.Account], error] {
	return listing[wire.Account]{
		op: "list accounts", countOp: "count accounts", from: whole(ObjectAccount),
		rows: func(rows *queryRows) []wire.Account { return accountsOf(rows.Account) },
		id:   func(account *wire.Account) string { return account.ID },
	}.pages(ctx, co)
}

// Departments reads all departments of the company, which it may call locations or stores, page by page. Each page is a
// metered read. A company without any yields one empty page. An error ends the walk.
func (co *Company) Departments(ctx context.Context) iter.Seq2[Page[wire.Department], error] {
	return co.names(ctx, "list departments", ObjectDepartment, func(rows *queryRows) []nameRow { return rows.Department })
}

// Classes reads all classes of the company in the way of Departments.
func (co *Company) Classes(ctx context.Context) iter.Seq2[Page[wire.Class], error] {
	return co.names(ctx, "list classes", ObjectClass, func(rows *queryRows) []nameRow { return rows.Class })
}

// Customers reads all customers of the company in the way of Departments. A line to a receivable account names one.
func (co *Company) Customers(ctx context.Context) iter.Seq2[Page[wire.Customer], error] {
	return co.names(ctx, "list customers", ObjectCustomer, func(rows *queryRows) []nameRow { return rows.Customer })
}

// Vendors reads all vendors of the company in the way of Departments. A line to a payable account names one.
func (co *Company) Vendors(ctx context.Context) iter.Seq2[Page[wire.Vendor], error] {
	return co.names(ctx, "list vendors", ObjectVendor, func(rows *queryRows) []nameRow { return rows.Vendor })
}

func (co *Company) names(
	ctx context.Context, op string, object Object, of func(*queryRows) []nameRow,
) iter.Seq2[Page[wire.NameRow], error] {
	return listing[wire.NameRow]{
		op: op, from: whole(object),
		rows: func(rows *queryRows) []wire.NameRow { return namesOf(of(rows)) },
		id:   func(row *wire.NameRow) string { return row.ID },
	}.pages(ctx, co)
}

// FindJournalEntries returns the journal entries whose DocNumber is docNumber, ordered by Id; none is not an error.
// DocNumbers need not be unique in QuickBooks. An entry of somebody else whose amounts are no whole hundredths comes
// without lines. It is a metered read: use it only to settle an unknown outcome.
func (co *Company) FindJournalEntries(ctx context.Context, docNumber string) ([]wire.JournalEntry, error) {
	const op = "find journal entries"
	if docNumber == "" {
		err := errors.New("the DocNumber is empty, which would match every entry without one")
		return nil, refused(op, co.realm, CauseInvalidRequest, err)
	}
	return entryListing(op, " where DocNumber = "+quote(docNumber)).all(ctx, co)
}

// entryPageRows is how many journal entries are read at once: with a hundred lines each they still fit into an answer.
const entryPageRows = 200

// JournalEntriesOn reads all journal entries of a TxnDate, whoever made them, page by page: each page is a metered read. A day
// without any yields one empty page. An entry whose amounts are no whole hundredths comes without lines. An error ends the
// walk.
func (co *Company) JournalEntriesOn(ctx context.Context, txnDate string) iter.Seq2[Page[wire.JournalEntry], error] {
	found := entryListing("list the journal entries of a day", " where TxnDate = "+quote(txnDate))
	found.size = entryPageRows
	return found.pages(ctx, co)
}

// JournalEntriesByID reads the journal entries with these ids, at most entryPageRows of them: those that are still there. Each
// page of them is a metered read.
func (co *Company) JournalEntriesByID(ctx context.Context, ids []string) ([]wire.JournalEntry, error) {
	const op = "read journal entries"
	if len(ids) == 0 || len(ids) > entryPageRows {
		err := fmt.Errorf("%d ids are asked for, between 1 and %d can be", len(ids), entryPageRows)
		return nil, refused(op, co.realm, CauseInvalidRequest, err)
	}
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = quote(id)
	}
	found := entryListing(op, " where Id in ("+strings.Join(quoted, ",")+")")
	found.size = entryPageRows
	return found.all(ctx, co)
}

func entryListing(op, where string) listing[wire.JournalEntry] {
	return listing[wire.JournalEntry]{
		op: op, from: " from JournalEntry" + where,
		rows: func(rows *queryRows) []wire.JournalEntry { return entriesOf(rows.JournalEntry) },
		id:   func(entry *wire.JournalEntry) string { return entry.ID },
	}
}

// listing is a walk over all rows that a statement finds. Every list is read in this way.
type listing[T any] struct {
	// op is what is tried, in words; countOp is that of counting first, empty if it is not worth a metered read.
	op, countOp string
	// size bounds the rows of a page; 0: wire.MaxPageRows.
	size int
	// from is the statement after what it selects.
	from string
	rows func(*queryRows) []T
	id   func(*T) string
}

func (l listing[T]) pages(ctx context.Context, co *Company) iter.Seq2[Page[T], error] {
	return func(yield func(Page[T], error) bool) {
		page := Page[T]{}
		var err error
		if page.Total, err = l.count(ctx, co); err != nil {
			yield(Page[T]{}, err)
			return
		}
		for range maxPages {
			if err := l.next(ctx, co, &page); err != nil {
				yield(Page[T]{}, err)
				return
			}
			if len(page.Rows) == 0 && page.Fetched > 0 {
				return
			}
			if !yield(page, nil) || page.last() {
				return
			}
		}
		err = fmt.Errorf("more than %d pages", maxPages)
		yield(Page[T]{}, &Error{Op: l.op, Realm: co.realm, Cause: CauseDecode, Outcome: OutcomeNotCommitted, err: err})
	}
}

// all reads every row into one list.
func (l listing[T]) all(ctx context.Context, co *Company) ([]T, error) {
	var all []T
	for page, err := range l.pages(ctx, co) {
		if err != nil {
			return nil, err
		}
		all = append(all, page.Rows...)
	}
	return all, nil
}

func (l listing[T]) count(ctx context.Context, co *Company) (int, error) {
	if l.countOp == "" {
		return 0, nil
	}
	answer, err := co.query(ctx, l.countOp, "select count(*)"+l.from)
	if err != nil || answer.TotalCount == nil {
		return 0, err
	}
	return *answer.TotalCount, nil
}

// next puts the page that follows in the place of page. Without an order pages may overlap.
func (l listing[T]) next(ctx context.Context, co *Company, page *Page[T]) error {
	page.size = min(l.size, wire.MaxPageRows)
	if page.size <= 0 {
		page.size = wire.MaxPageRows
	}
	answer, err := co.query(ctx, l.op, "select *"+l.from+" orderby Id startposition "+strconv.Itoa(page.Fetched+1)+
		" maxresults "+strconv.Itoa(page.size))
	if err != nil {
		return err
	}
	page.Rows = l.rows(answer)
	for i := range page.Rows {
		if l.id(&page.Rows[i]) == "" {
			err := fmt.Errorf("row %d has no Id", page.Fetched+i+1)
			return &Error{Op: l.op, Realm: co.realm, Cause: CauseDecode, Outcome: OutcomeNotCommitted, err: err}
		}
	}
	page.Fetched += len(page.Rows)
	page.Total = max(page.Total, page.Fetched)
	return nil
}

// last reports whether no page follows: this one was empty, or it was not full and nothing is known to be missing. A
// server that caps its pages lower than asked is walked to the end in this way, if the rows were counted.
func (p *Page[T]) last() bool {
	return len(p.Rows) == 0 || (len(p.Rows) < p.size && p.Fetched >= p.Total)
}

// whole selects all rows of a list. Without the condition QuickBooks leaves out the inactive ones.
func whole(object Object) string { return " from " + string(object) + " where Active in (true,false)" }

// quote writes a text as a value of the query language, which escapes with a backslash and refuses a doubled quote.
func quote(value string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"
}
