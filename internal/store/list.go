package store

import (
	"context"
	"fmt"
	"slices"
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
	walks := make([]string, 0, ledger.ReasonLast)
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
	if q.Search != "" {
		b.WriteString(" AND event_id IN (" + searched(p, q.Search) + ")")
	}
	return b.String()
}

// searchLimit bounds the numbers, and the ids, that a search looks at.
const searchLimit = 1000

// highest is greater than every text that goes on after a prefix: texts are compared byte by byte, and this is the last
// character there is.
const highest = "\U0010FFFF"

// searched selects the ids of events whose number or id begins with a text: two short walks, each of an index.
func searched(p *params, search string) string {
	low, high, limit := p.add(search), p.add(search+highest), p.add(searchLimit)
	walk := func(column string) string {
		return "SELECT event_id FROM (SELECT event_id FROM events WHERE retailer_id = $1 AND " + column + " >= " + low +
			" AND " + column + " < " + high + " ORDER BY " + column + " LIMIT " + limit + ") AS by_" + column
	}
	return walk("number") + " UNION " + walk("event_id")
}

// listStates returns the conditions on state and reason whose union is asked for. The index by state is in the order of
// the list only for one reason at a time; ACTION_REQUIRED has several, every other state has none.
func listStates(q EventQuery) []string {
	states := q.states()
	switch {
	case q.Number != "" || q.Search != "":
		return []string{plainStates(states, q.Reason)}
	case len(states) == 0 && q.Reason == ledger.ReasonNone:
		return []string{""}
	case len(states) == 0:
		states = []ledger.State{ledger.StateActionRequired} // no other state has a reason
	}
	var out []string
	for _, state := range states {
		switch {
		case q.Reason != ledger.ReasonNone || state != ledger.StateActionRequired:
			out = append(out, oneState(state, q.Reason))
		default:
			for reason := ledger.ReasonNone + 1; reason <= ledger.ReasonLast; reason++ {
				out = append(out, oneState(state, reason))
			}
		}
	}
	return out
}

// states are the states that are kept, each once; none: all.
func (q *EventQuery) states() []ledger.State {
	states := slices.Clone(q.States)
	if q.State != 0 {
		states = append(states, q.State)
	}
	slices.Sort(states)
	return slices.Compact(states)
}

// oneState is the condition for one walk. The index by state has PROCESSING under PENDING; the few that are in it are found by
// their open entries, and most of the others are PENDING.
func oneState(state ledger.State, reason ledger.Reason) string {
	condition := " AND reason = " + strconv.Itoa(int(reason))
	switch state {
	case ledger.StateProcessing:
		return condition + " AND state = 3 AND event_id IN (SELECT event_id FROM entries WHERE retailer_id = $1 AND open)"
	case ledger.StatePending:
		condition += " AND state = 2"
	default:
	}
	return condition + " AND index_state = " + strconv.Itoa(int(state))
}

// plainStates is the condition for a list that another index serves.
func plainStates(states []ledger.State, reason ledger.Reason) string {
	var condition string
	if len(states) > 0 {
		condition += " AND state IN (" + numbers(states) + ")"
	}
	if reason != ledger.ReasonNone {
		condition += " AND (reason * 1) = " + strconv.Itoa(int(reason))
	}
	return condition
}
