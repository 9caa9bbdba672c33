package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/ledger"
)

// ListEvents returns a page of events, newest business date first, then by id downwards, and the cursor of the next page:
// empty on the last. ErrCursor. Every query walks an index in the order of the list, so a page costs the same however many
// events there are. Filters by kind and location are answered from the index too, but walk over what they leave out.
func (s *Store) ListEvents(
	ctx context.Context, r ledger.RetailerID, q EventQuery,
) (page []EventRow, next string, err error) {
	query, args, err := listQuery(r, q)
	if err != nil {
		return nil, "", fmt.Errorf("store: list events: %w", err)
	}
	var rows []eventRow
	err = s.inRead(ctx, "list events", func(t *tx) error { return t.list(ctx, &rows, query, args...) })
	if err != nil {
		return nil, "", err
	}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		last := rows[len(rows)-1]
		next = joinCursor(string(last.BusinessDate), string(last.ID))
	}
	for i := range rows {
		row, err := rows[i].event(q.Detail)
		if err != nil {
			return nil, "", fmt.Errorf("store: list events: %w", err)
		}
		page = append(page, row)
	}
	return page, next, nil
}

const newestFirst = " ORDER BY business_date DESC, event_id DESC LIMIT "

// listQuery puts the statement together: one walk of an index, or several whose pages are merged.
func listQuery(r ledger.RetailerID, q EventQuery) (string, []any, error) {
	var after []string
	if q.After != "" {
		var err error
		if after, err = cutCursor(q.After, 2); err != nil {
			return "", nil, err
		}
	}
	p := params{values: []any{r}}
	limit := p.add(q.Limit + 1)
	filter := listFilter(&p, q, after)
	walks := make([]string, 0, lastReason)
	for _, state := range listStates(q) {
		walks = append(walks, "SELECT "+eventColumns+" FROM events WHERE retailer_id = $1"+state+filter+newestFirst+limit)
	}
	if len(walks) == 1 {
		return walks[0], p.values, nil
	}
	return "SELECT * FROM (SELECT * FROM (" + strings.Join(walks, ") AS a UNION ALL SELECT * FROM (") + ") AS b) AS c" +
		newestFirst + limit, p.values, nil
}

func listFilter(p *params, q EventQuery, after []string) string {
	var b strings.Builder
	if after != nil {
		b.WriteString(" AND (business_date, event_id) < " + p.list(after[0], after[1]))
	}
	if q.From != "" {
		b.WriteString(" AND business_date >= " + p.add(q.From))
	}
	if q.To != "" {
		b.WriteString(" AND business_date <= " + p.add(q.To))
	}
	if q.Kind != 0 {
		b.WriteString(" AND kind = " + p.add(q.Kind))
	}
	if q.Location != "" {
		b.WriteString(" AND location_id = " + p.add(q.Location))
	}
	if q.Number != "" {
		b.WriteString(" AND number = " + p.add(q.Number))
	}
	return b.String()
}

// listStates returns the conditions on state and reason whose union is asked for. The index by state is in the order of
// the list only for one reason at a time; ACTION_REQUIRED has several, every other state has none.
func listStates(q EventQuery) []string {
	one := func(state ledger.State, reason ledger.Reason) string {
		return " AND state = " + strconv.Itoa(int(state)) + " AND reason = " + strconv.Itoa(int(reason))
	}
	switch {
	case q.Number != "":
		return []string{plainStates(q)}
	case q.State == 0 && q.Reason == ledger.ReasonNone:
		return []string{""}
	case q.Reason != ledger.ReasonNone && q.State != 0:
		return []string{one(q.State, q.Reason)}
	case q.Reason != ledger.ReasonNone:
		return []string{one(ledger.StateActionRequired, q.Reason)}
	case q.State != ledger.StateActionRequired:
		return []string{one(q.State, ledger.ReasonNone)}
	}
	out := make([]string, 0, lastReason)
	for reason := ledger.ReasonNone + 1; reason <= lastReason; reason++ {
		out = append(out, one(ledger.StateActionRequired, reason))
	}
	return out
}

// lastReason is the highest number of a reason.
const lastReason = ledger.ReasonKindNotSupported

// plainStates is the condition for a list that another index serves.
func plainStates(q EventQuery) string {
	var condition string
	if q.State != 0 {
		condition += " AND state = " + strconv.Itoa(int(q.State))
	}
	if q.Reason != ledger.ReasonNone {
		condition += " AND reason = " + strconv.Itoa(int(q.Reason))
	}
	return condition
}
