package posting

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// MappingPreview tells what a change of a mapping would do.
type MappingPreview struct {
	// From is the first business date that it would apply to; empty: all.
	From ledger.Date
	// Waiting counts the events that wait and need the slot, StillWaiting those of them that would wait for something else.
	Waiting, StillWaiting int64
	// Pending counts the events not posted yet whose entry would change; Posted those posted with other accounts, whose
	// entries stay as they are.
	Pending, Posted int64
	// Shifts tell what moves, by account.
	Shifts []AccountShift
	// Truncated says that there were more events than were looked at.
	Truncated bool
}

// AccountShift is by how much an account changes; debits are positive.
type AccountShift struct {
	Account          ledger.Account
	Unposted, Posted ledger.Amount
}

// maxPreviewed bounds the events that a preview looks at, and previewPage those that are read at once.
const (
	maxPreviewed = 20_000
	previewPage  = 1_000
)

// PreviewMapping tells what a change of a mapping would do, and changes nothing. An order without an account empties the
// slot.
func (e *Engine) PreviewMapping(
	ctx context.Context, r ledger.RetailerID, order store.MappingOrder, now time.Time,
) (MappingPreview, error) {
	before, _, err := e.booksAt(ctx, r)
	if err != nil {
		return MappingPreview{}, err
	}
	from := order.From
	switch {
	case from != "":
	case order.Account == "":
		from = ledger.DateOf(now)
	default:
		if from, err = e.Store.EffectiveFrom(ctx, r, order, now); err != nil {
			return MappingPreview{}, fmt.Errorf("read when the mapping would apply: %w", err)
		}
	}
	p := previewer{
		order: order, before: before, after: before, preview: MappingPreview{From: from},
		unposted: map[ledger.AccountID]ledger.Amount{}, posted: map[ledger.AccountID]ledger.Amount{},
	}
	p.after.Mapping = maps.Clone(before.Mapping)
	p.after.Mapping.Change(order.Slot, ledger.MappingChange{Version: p.nextVersion(), From: from, Account: order.Account})
	states := []ledger.State{
		ledger.StateActionRequired, ledger.StatePending, ledger.StateNeverSynced, ledger.StateProcessing, ledger.StateSynced,
	}
	for _, state := range states {
		if err := e.previewState(ctx, r, &p, state); err != nil {
			return MappingPreview{}, err
		}
	}
	p.preview.Shifts = p.shifts()
	return p.preview, nil
}

// previewState looks at the events of one state, newest first.
func (e *Engine) previewState(ctx context.Context, r ledger.RetailerID, p *previewer, state ledger.State) error {
	query := store.EventQuery{State: state, From: p.preview.From, Detail: true}
	for {
		query.Limit = min(previewPage, maxPreviewed-p.seen)
		if query.Limit <= 0 {
			p.preview.Truncated = true
			return nil
		}
		page, next, err := e.Store.ListEvents(ctx, r, query)
		if err != nil {
			return fmt.Errorf("read the events of %s: %w", r, err)
		}
		for i := range page {
			p.look(&page[i])
		}
		p.seen += len(page)
		if next == "" {
			return nil
		}
		query.After = next
	}
}

// previewer adds up what a change would do.
type previewer struct {
	order         store.MappingOrder
	before, after ledger.Books
	preview       MappingPreview
	seen          int

	unposted, posted map[ledger.AccountID]ledger.Amount
}

func (p *previewer) nextVersion() int64 {
	var last int64
	for _, changes := range p.before.Mapping {
		last = max(last, changes[0].Version)
	}
	return last + 1
}

// look judges one event before and after the change.
func (p *previewer) look(row *store.EventRow) {
	needs := func(slot ledger.Slot) bool { return p.order.Slot.Answers(slot) }
	if !slices.ContainsFunc(ledger.SlotsOf(&row.Event), needs) {
		return
	}
	before, errBefore := ledger.Build(row.Event, &p.before)
	after, errAfter := ledger.Build(row.Event, &p.after)
	changed := (errBefore == nil) != (errAfter == nil) || !sameLines(before.Lines, after.Lines)
	shifts := p.unposted
	switch row.State {
	case ledger.StateActionRequired:
		p.preview.Waiting++
		if errAfter != nil {
			p.preview.StillWaiting++
		}
	case ledger.StateSynced:
		if !changed {
			return
		}
		p.preview.Posted++
		shifts = p.posted
	default:
		if !changed {
			return
		}
		p.preview.Pending++
	}
	if errAfter == nil {
		add(shifts, after.Lines, 1)
	}
	if errBefore == nil {
		add(shifts, before.Lines, -1)
	}
}

func sameLines(a, b []ledger.Line) bool {
	return slices.EqualFunc(a, b, func(a, b ledger.Line) bool {
		return a.Account == b.Account && a.Side == b.Side && a.Amount == b.Amount
	})
}

func add(shifts map[ledger.AccountID]ledger.Amount, lines []ledger.Line, sign ledger.Amount) {
	for i := range lines {
		amount := sign * lines[i].Amount
		if lines[i].Side == ledger.Credit {
			amount = -amount
		}
		shifts[lines[i].Account] += amount
	}
}

// shifts lists the accounts that change, by name.
func (p *previewer) shifts() []AccountShift {
	accounts := map[ledger.AccountID]bool{}
	for _, shifts := range []map[ledger.AccountID]ledger.Amount{p.unposted, p.posted} {
		for id, amount := range shifts {
			if amount != 0 {
				accounts[id] = true
			}
		}
	}
	out := make([]AccountShift, 0, len(accounts))
	for id := range accounts {
		account, known := p.before.Accounts[id]
		if !known {
			account.ID = id
		}
		out = append(out, AccountShift{Account: account, Unposted: p.unposted[id], Posted: p.posted[id]})
	}
	slices.SortFunc(out, func(a, b AccountShift) int {
		return cmp.Or(cmp.Compare(a.Account.Name, b.Account.Name), cmp.Compare(a.Account.ID, b.Account.ID))
	})
	return out
}
