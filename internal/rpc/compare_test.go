package rpc_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// compared is what a comparison told.
type compared struct {
	progress []*financialv1.ComparisonProgress
	days     []*financialv1.ComparedDay
	summary  *financialv1.ComparisonSummary
}

func (w *world) compare(from, to string) compared {
	w.t.Helper()
	stream := must(w.ann().financial.CompareWithQuickBooks(w.t.Context(), &financialv1.CompareWithQuickBooksRequest{
		RetailerId: retailer, FromTxnDate: from, ToTxnDate: to,
	}))(w.t)
	var out compared
	for {
		message, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			return out
		}
		check(w.t, err)
		if out.summary != nil {
			w.t.Fatalf("%v comes after the summary", message)
		}
		switch update := message.GetUpdate().(type) {
		case *financialv1.CompareWithQuickBooksResponse_Progress:
			out.progress = append(out.progress, update.Progress)
		case *financialv1.CompareWithQuickBooksResponse_Day:
			out.days = append(out.days, update.Day)
		case *financialv1.CompareWithQuickBooksResponse_Summary:
			out.summary = update.Summary
		}
	}
}

// lines tell the days, a line for each of their figures and findings.
func (c compared) lines() []string {
	var out []string
	for _, day := range c.days {
		out = append(out, day.GetTxnDate())
		for _, f := range day.GetFigures() {
			out = append(out, fmt.Sprintf("%s %s: %d %d / %d %d, %d agree", f.GetLocationId(), f.GetCurrencyCode(),
				f.GetTillpostEntryCount(), f.GetTillpostAmount(), f.GetQuickbooksEntryCount(), f.GetQuickbooksAmount(),
				f.GetAgreeingEntryCount()))
		}
		for _, f := range day.GetFindings() {
			out = append(out, fmt.Sprintf("%s %s %s of %q: %d / %d", strings.TrimPrefix(f.GetKind().String(), "KIND_"),
				f.GetDocNumber(), f.GetTxnDate(), f.GetEventId(), f.GetTillpostAmount(), f.GetQuickbooksAmount()))
		}
	}
	return out
}

// meddle is a person at work in QuickBooks.
func (w *world) meddle() {
	w.t.Helper()
	p := w.person()
	edit := func(id string, change func(*wire.JournalEntry)) {
		w.t.Helper()
		entry, _ := p.entry(w.event(id).GetEvent().GetPostedEntry().GetQuickbooksId())
		change(&entry)
		p.call("POST", "/journalentry", entry, &struct{}{})
	}
	remove := func(id string) {
		w.t.Helper()
		entry, _ := p.entry(w.event(id).GetEvent().GetPostedEntry().GetQuickbooksId())
		p.call("POST", "/journalentry?operation=delete", map[string]string{"Id": entry.ID, "SyncToken": entry.SyncToken}, &struct{}{})
	}
	remove("deleted")
	edit("changed", func(e *wire.JournalEntry) { e.Line[0].Amount, e.Line[1].Amount = 999, 999 })
	edit("moved", func(e *wire.JournalEntry) { e.TxnDate = "2026-03-13" })
	edit("unmarked", func(e *wire.JournalEntry) { e.PrivateNote = "mine now" })
	edit("copied", func(e *wire.JournalEntry) { e.ID, e.SyncToken, e.DocNumber = "", "", "COPY" })
	edit("right", func(e *wire.JournalEntry) { e.ID, e.SyncToken, e.DocNumber, e.PrivateNote = "", "", "OWN", "by hand" })
	edit("right", func(e *wire.JournalEntry) {
		e.ID, e.SyncToken, e.DocNumber = "", "", "STRANGE"
		e.PrivateNote = strings.ReplaceAll(e.PrivateNote, "/right revision", "/nobody revision")
	})
	edit("gone", func(e *wire.JournalEntry) { e.TxnDate = "2026-03-20" })
}

// TestCompareWithQuickBooks has a person delete, change, move, unmark and copy entries, and book one of their own.
func TestCompareWithQuickBooks(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSale()
	w.startSync()
	w.run()
	for i, id := range []string{"right", "deleted", "changed", "moved", "unmarked", "copied", "gone"} {
		w.record(soldAt(id, "store-1", "2026-03-14", int64(1000+i)))
	}
	w.record(soldAt("13th", "store-1", "2026-03-13", 70))
	w.record(soldAt("other-store", "store-2", "2026-03-14", 5))
	w.posted(9)
	clean := w.compare("2026-03-13", "2026-03-14")
	want := []string{
		"2026-03-14", "store-1 USD: 7 7021 / 7 7021, 7 agree", "store-2 USD: 1 5 / 1 5, 1 agree",
		"2026-03-13", "store-1 USD: 1 70 / 1 70, 1 agree",
	}
	if diff := cmp.Diff(want, clean.lines()); diff != "" || clean.summary.GetAgreeingEntryCount() != 9 {
		t.Errorf("untouched: %v (-want +got):\n%s", clean.summary, diff)
	}
	last := clean.progress[len(clean.progress)-1]
	if last.GetComparedDayCount() != 2 || last.GetTotalDayCount() != 2 || last.GetReadEntryCount() != 9 {
		t.Errorf("progress %v", clean.progress)
	}
	w.meddle()
	found := w.compare("2026-03-13", "2026-03-14")
	have := found.lines()
	want = []string{
		"2026-03-14",
		" USD: 0 0 / 1 1000, 0 agree", // the mark of an event that is not known
		"store-1 USD: 7 7021 / 5 5013, 2 agree",
		"store-2 USD: 1 5 / 1 5, 1 agree",
		`UNKNOWN COPY 2026-03-14 of "copied": 0 / 1005`,
		`UNKNOWN STRANGE 2026-03-14 of "": 0 / 1000`,
		`MISSING T-deleted 2026-03-14 of "deleted": 1001 / 0`,
		`CHANGED T-changed 2026-03-14 of "changed": 1002 / 999`,
		`CHANGED T-moved 2026-03-14 of "moved": 1003 / 1003`,
		`CHANGED T-unmarked 2026-03-14 of "unmarked": 1004 / 1004`,
		`CHANGED T-gone 2026-03-14 of "gone": 1006 / 1006`,
		"2026-03-13",
		"store-1 USD: 1 70 / 2 1073, 1 agree", // the moved one is told of at its own day
	}
	slices.Sort(have[4:11])
	slices.Sort(want[4:11])
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s := found.summary
	if s.GetAgreeingEntryCount() != 4 || s.GetMissingEntryCount() != 1 || s.GetChangedEntryCount() != 4 ||
		s.GetUnknownEntryCount() != 2 || s.GetUnderwayEntryCount() != 0 || !s.GetEndTime().AsTime().After(s.GetStartTime().AsTime()) {
		t.Errorf("summary %v", s)
	}
	for _, day := range found.days {
		for _, f := range day.GetFindings() {
			if f.GetDifference() == "" || (f.GetUrl() == "") != (f.GetKind() == financialv1.ComparisonFinding_KIND_MISSING) {
				t.Errorf("finding %v", f)
			}
			if f.GetEventId() == "moved" && !strings.Contains(f.GetDifference(), `TxnDate is "2026-03-13" instead of "2026-03-14"`) {
				t.Errorf("moved: %s", f.GetDifference())
			}
		}
	}
	// At the other end of the move alone, it is told of there.
	alone := w.compare("2026-03-13", "2026-03-13")
	if diff := cmp.Diff([]string{
		"2026-03-13", "store-1 USD: 1 70 / 2 1073, 1 agree", `CHANGED T-moved 2026-03-14 of "moved": 1003 / 1003`,
	}, alone.lines()); diff != "" {
		t.Errorf("alone (-want +got):\n%s", diff)
	}
	if w.event("deleted").GetEvent().GetState() != financialv1.EventState_EVENT_STATE_SYNCED {
		t.Error("the comparison changed an event")
	}
}

// TestCompareManyEntries reads pages, with a token that ends on the way.
func TestCompareManyEntries(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSale()
	w.startSync()
	w.run()
	var events []*financialv1.Event
	for i := range 450 {
		events = append(events, soldAt(fmt.Sprintf("e-%03d", i), "store-1", "2026-03-14", 100))
	}
	w.record(events...)
	w.posted(450)
	w.simulator.ExpireAccessTokens(w.simulator.Realms()[0])
	all := w.compare("2026-03-13", "2026-03-15")
	if diff := cmp.Diff([]string{
		"2026-03-15", "2026-03-14", "store-1 USD: 450 45000 / 450 45000, 450 agree", "2026-03-13",
	}, all.lines()); diff != "" || all.summary.GetReadEntryCount() != 450 {
		t.Errorf("%v (-want +got):\n%s", all.summary, diff)
	}
}
