package quickbooks

import (
	"context"
	"fmt"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// Departments returns all departments of the company, which it may call locations or stores, ordered by Id, inactive
// ones included. It is a metered read for every 1,000 of them.
func (co *Company) Departments(ctx context.Context) ([]wire.Department, error) {
	return co.names(ctx, "list departments", "Department", func(rows *queryRows) []wire.NameRow { return rows.Department })
}

// Classes returns all classes of the company, ordered by Id, inactive ones included. It is a metered read for every 1,000
// of them.
func (co *Company) Classes(ctx context.Context) ([]wire.Class, error) {
	return co.names(ctx, "list classes", "Class", func(rows *queryRows) []wire.NameRow { return rows.Class })
}

// names walks a whole name list.
func (co *Company) names(
	ctx context.Context, op, object string, of func(*queryRows) []wire.NameRow,
) ([]wire.NameRow, error) {
	var all []wire.NameRow
	for range maxPages {
		rows, err := co.query(ctx, op, pageQuery("select * from "+object+" where Active in (true,false)", len(all)))
		if err != nil {
			return nil, err
		}
		page := of(rows)
		for i := range page {
			if page[i].ID == "" {
				err := fmt.Errorf("row %d of %s has no Id", len(all)+i+1, object)
				return nil, &Error{Op: op, Realm: co.realm, Cause: CauseDecode, Outcome: OutcomeNotCommitted, err: err}
			}
		}
		all = append(all, page...)
		if lastPage(len(page), len(all), 0) {
			return all, nil
		}
	}
	return nil, co.endless(op)
}
