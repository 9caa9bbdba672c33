package ledger_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
)

// later returns a later revision of the simple sale, for another amount.
func later(revision int32, net ledger.Amount) ledger.Event {
	ev := simpleSale()
	ev.Revision = revision
	ev.Detail = &ledger.Sale{
		Tenders: []ledger.Keyed{keyed(visa, net+70)},
		Lines:   []ledger.SaleLine{{ItemClass: apparel, Net: net, Cost: 400}},
		Taxes:   []ledger.Keyed{keyed(state, 70)},
	}
	return ev
}

// booked makes the simple sale's entry one that stands in QuickBooks.
func booked(t *testing.T, b *ledger.Books) []ledger.Booked {
	t.Helper()
	return []ledger.Booked{{Entry: mustBuild(t, simpleSale(), b), QuickBooksID: "55", SyncToken: "0"}}
}

func mustPlan(t *testing.T, ev ledger.Event, b *ledger.Books, standing ledger.Standing) []ledger.Step {
	t.Helper()
	steps, err := ledger.Plan(ev, b, standing)
	if err != nil {
		t.Fatalf("Plan: %v", err)
	}
	return steps
}

func TestWhatStandsInAFormerCompanyIsLeftAlone(t *testing.T) {
	t.Parallel()
	b := books()
	for company, says := range map[ledger.FormerCompany]string{
		{Realm: "77", Name: "Acme"}: "in the former QuickBooks company Acme (company id 77).",
		{Realm: "77"}:               "in the QuickBooks company that the retailer was connected to earlier (company id 77).",
	} {
		_, err := ledger.Plan(later(2, 1_500), b, ledger.Standing{Booked: booked(t, b), Former: &company})
		var problem *ledger.Problem
		if !errors.As(err, &problem) || problem.Reason != ledger.ReasonFormerCompany || problem.Remedy == "" ||
			!strings.HasSuffix(problem.Message, says) {
			t.Errorf("a revision of what stands in a former company: %v", err)
		}
	}
}

// TestWhatMayStandInAFormerCompanyIsNotPosted holds whatever revision has come meanwhile, and whatever else stands.
func TestWhatMayStandInAFormerCompanyIsNotPosted(t *testing.T) {
	t.Parallel()
	b := books()
	former := ledger.FormerCompany{Realm: "77", Name: "Acme"}
	lost := ledger.LostEntry{Company: former, DocNumber: "T-1", TxnDate: "2026-11-22"}
	revised := lost
	revised.Revises = true
	for remedy, standing := range map[string]ledger.Standing{
		"retry":          {Lost: &lost},
		"right there by": {Lost: &revised, Booked: booked(t, b), Former: &former},
	} {
		_, err := ledger.Plan(later(2, 1_500), b, standing)
		var problem *ledger.Problem
		if !errors.As(err, &problem) || problem.Reason != ledger.ReasonOutcomeLost || !strings.Contains(problem.Remedy, remedy) ||
			!strings.Contains(problem.Message, "Entry T-1 of 2026-11-22 was sent to the former QuickBooks company Acme (company id 77)") {
			t.Errorf("what may stand in a former company: %v", err)
		}
	}
}

func TestRevisionAdjusts(t *testing.T) {
	t.Parallel()
	b := books()
	steps := mustPlan(t, later(2, 1_500), b, ledger.Standing{Booked: booked(t, b)})
	if len(steps) != 1 || steps[0].Replaces.QuickBooksID != "" {
		t.Fatalf("%d steps: %+v", len(steps), steps)
	}
	golden(t, "revision_adjusts", readable(steps[0].Entry))
	if !steps[0].Entry.Adjusts || steps[0].Entry.DocNumber != "1-10023-ADJ2" {
		t.Errorf("entry %q, adjusts %v", steps[0].Entry.DocNumber, steps[0].Entry.Adjusts)
	}
}

func TestRevisionUpdates(t *testing.T) {
	t.Parallel()
	b := books()
	b.Revisions = ledger.RevisionsUpdate
	steps := mustPlan(t, later(2, 1_500), b, ledger.Standing{Booked: booked(t, b)})
	if len(steps) != 1 || steps[0].Replaces.QuickBooksID != "55" {
		t.Fatalf("%d steps: %+v", len(steps), steps)
	}
	if diff := cmp.Diff(mustBuild(t, later(2, 1_500), b), steps[0].Entry); diff != "" {
		t.Errorf("the update is not the whole entry (-want +got):\n%s", diff)
	}
}

// A void is the opposite of what stands, whatever the policy is; a void of what never was is nothing.
func TestVoidReverses(t *testing.T) {
	t.Parallel()
	for _, policy := range []ledger.RevisionPolicy{0, ledger.RevisionsAdjust, ledger.RevisionsUpdate} {
		b := books()
		b.Revisions = policy
		void := later(2, 1_000)
		void.Voided = true
		steps := mustPlan(t, void, b, ledger.Standing{Booked: booked(t, b)})
		if len(steps) != 1 {
			t.Fatalf("%d steps", len(steps))
		}
		golden(t, "revision_voids", readable(steps[0].Entry))
		stands := append(booked(t, b), ledger.Booked{Entry: steps[0].Entry})
		if again := mustPlan(t, void, b, ledger.Standing{Booked: stands}); len(again) != 0 {
			t.Errorf("a void that is booked is booked again: %+v", again)
		}
		if _, err := ledger.Build(void, b); !errors.Is(err, ledger.ErrNothingToPost) {
			t.Errorf("a void of nothing: %v", err)
		}
	}
}

// A revision under another business date takes the amounts out of the one day and puts them into the other.
func TestRevisionMovesTheDate(t *testing.T) {
	t.Parallel()
	b := books()
	ev := later(2, 1_000)
	ev.BusinessDate = "2026-10-01"
	steps := mustPlan(t, ev, b, ledger.Standing{Booked: booked(t, b)})
	if len(steps) != 2 || steps[0].Entry.TxnDate != "2026-10-01" || steps[1].Entry.TxnDate != "2026-10-03" {
		t.Fatalf("%+v", steps)
	}
	if steps[0].Entry.DocNumber != "1-10023-ADJ2" || steps[1].Entry.DocNumber != "1-10023-ADJ3" {
		t.Errorf("numbers %q and %q", steps[0].Entry.DocNumber, steps[1].Entry.DocNumber)
	}
	same := later(3, 1_000)
	if steps := mustPlan(t, same, b, ledger.Standing{Booked: booked(t, b)}); len(steps) != 0 {
		t.Errorf("a revision that changes no amount needs %d entries", len(steps))
	}
}

func TestClosedBooks(t *testing.T) {
	t.Parallel()
	b := books()
	b.ClosedThrough = "2026-10-03"
	problem := problemOf(t, simpleSale(), b)
	if problem.Reason != ledger.ReasonPeriodClosed || !strings.Contains(problem.Remedy, "2026-10-04") {
		t.Errorf("%+v", problem)
	}
	approved := mustPlan(t, simpleSale(), b, ledger.Standing{Approved: true})[0].Entry
	policy := *b
	policy.ClosedBooks = ledger.ClosedBooksFirstOpenDay
	if diff := cmp.Diff(mustBuild(t, simpleSale(), &policy), approved); diff != "" {
		t.Errorf("approval and policy differ:\n%s", diff)
	}
	if approved.TxnDate != "2026-10-04" || !strings.HasPrefix(approved.PrivateNote, "Business date 2026-10-03;") {
		t.Errorf("posted on %s: %s", approved.TxnDate, approved.PrivateNote)
	}
	b.ClosedThrough = "2026-10-02"
	if entry := mustBuild(t, simpleSale(), b); entry.TxnDate != "2026-10-03" {
		t.Errorf("the day after the closing date is posted on %s", entry.TxnDate)
	}
}

// What was booked before the books were closed is made right on the first open day, in one entry.
func TestRevisionOfAClosedPeriod(t *testing.T) {
	t.Parallel()
	b := books()
	stands := booked(t, b)
	b.ClosedThrough = "2026-10-31"
	_, err := ledger.Plan(later(2, 1_500), b, ledger.Standing{Booked: stands})
	var problem *ledger.Problem
	if !errors.As(err, &problem) || problem.Reason != ledger.ReasonPeriodClosed {
		t.Fatalf("held: %v", err)
	}
	steps := mustPlan(t, later(2, 1_500), b, ledger.Standing{Booked: stands, Approved: true})
	if len(steps) != 1 || steps[0].Entry.TxnDate != "2026-11-01" || len(steps[0].Entry.Lines) != 2 {
		t.Errorf("%+v", steps)
	}
}

// A number too long for a suffix is cut, and two numbers that begin the same stay apart.
func TestAdjustmentNumbers(t *testing.T) {
	t.Parallel()
	b := books()
	seen := map[string]bool{}
	for _, id := range []ledger.EventID{"a", "b"} {
		first, second := simpleSale(), later(2, 1_500)
		first.ID, second.ID = id, id
		first.Number, second.Number = "123456789012345678901", "ÄÖ3456789012345678901"
		stands := []ledger.Booked{{Entry: mustBuild(t, first, b)}}
		number := mustPlan(t, second, b, ledger.Standing{Booked: stands})[0].Entry.DocNumber
		if len([]rune(number)) > 21 || !strings.HasSuffix(number, "-ADJ2") || seen[number] {
			t.Errorf("number %q", number)
		}
		seen[number] = true
	}
}

func TestLocationsAndClasses(t *testing.T) {
	t.Parallel()
	b := books()
	b.Departments = map[ledger.LocationID]ledger.Tracked{store2: {ID: "7", Name: "Harbor Street"}}
	b.Classes = map[string]ledger.Tracked{apparel: {ID: "3", Name: "Soft goods"}}
	ev := event(&ledger.Sale{
		Tenders: []ledger.Keyed{keyed(cash, 300)},
		Lines:   []ledger.SaleLine{{ItemClass: shoes, Net: 100, Cost: 50}, {ItemClass: apparel, Net: 200, Cost: 80}},
	})
	entry := mustBuild(t, ev, b)
	for _, line := range entry.Lines {
		class := ""
		if line.Parts[0].Key == apparel {
			class = "3"
		}
		if line.Department.ID != "7" || line.Class.ID != class {
			t.Errorf("%s: location %+v, class %+v", line.Description, line.Department, line.Class)
		}
	}
	if len(entry.Lines) != 7 { // cost and stock of the two classes stay apart
		t.Errorf("%d lines: %q", len(entry.Lines), brief(entry.Lines))
	}
	bare := mustBuild(t, ev, books())
	other := mustBuild(t, ev, b)
	other.Lines[0].Department.ID = "8"
	if entry.Diff(other) == "" || entry.Diff(bare) == "" {
		t.Error("an entry at another location passes for the same")
	}
	if diff := bare.Diff(mustBuild(t, ev, books())); diff != "" {
		t.Error(diff)
	}
}

// A change applies from its date on, the newest decision wins, and the line says which one it was.
func TestMappingVersions(t *testing.T) {
	t.Parallel()
	slot := ledger.Slot{Role: ledger.RolePayment, Key: visa}
	b := books()
	b.Mapping[slot] = nil
	b.Mapping.Change(slot, ledger.MappingChange{Version: 3, From: "2026-10-05", Account: "15"})
	b.Mapping.Change(slot, ledger.MappingChange{Version: 1, Account: "10"})
	b.Mapping.Change(slot, ledger.MappingChange{Version: 2, From: "2026-10-02", Account: "11"})
	b.Mapping.Change(slot, ledger.MappingChange{Version: 4, From: "2026-10-09"})
	b.Mapping[ledger.Slot{Role: ledger.RolePayment}] = nil
	for date, want := range map[ledger.Date]struct {
		account ledger.AccountID
		version int64
	}{
		"2026-10-01": {"10", 1}, "2026-10-02": {"11", 2}, "2026-10-04": {"11", 2}, "2026-10-05": {"15", 3},
		"2026-10-08": {"15", 3}, "2026-10-09": {"", 0},
	} {
		found := b.Mapping.Lookup(slot, date)
		if found.Account != want.account || found.Version != want.version {
			t.Errorf("on %s: %+v, want %+v", date, found, want)
		}
		if want.account == "" {
			continue
		}
		ev := simpleSale()
		ev.BusinessDate = date
		part := mustBuild(t, ev, b).Lines[0].Parts[0]
		if part.Version != want.version || part.Source != ledger.SourceKey || part.Amount != 1_070 {
			t.Errorf("on %s the line says %+v", date, part)
		}
	}
}

// Whatever revisions come in whatever order of amounts, days and voids: after each the books hold exactly the newest.
func TestPropertyRevisions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := genBooks().Draw(t, "books")
		b.Revisions = rapid.SampledFrom([]ledger.RevisionPolicy{
			ledger.RevisionsAdjust, ledger.RevisionsUpdate,
		}).Draw(t, "policy")
		var stands []ledger.Booked
		for revision := range rapid.Int32Range(2, 6).Draw(t, "revisions") {
			ev := event(genBalanced().Draw(t, "sale"))
			ev.Revision = revision + 1
			ev.Voided = rapid.IntRange(0, 4).Draw(t, "void") == 0
			ev.BusinessDate = rapid.SampledFrom([]ledger.Date{"2026-10-01", "2026-10-02"}).Draw(t, "date")
			steps, err := ledger.Plan(ev, b, ledger.Standing{Booked: stands})
			if err != nil && !errors.Is(err, ledger.ErrNothingToPost) {
				t.Fatal(err)
			}
			for _, step := range steps {
				checkBalance(t, step.Entry.Lines)
				if step.Replaces.DocNumber != "" {
					stands = nil
				}
				stands = append(stands, ledger.Booked{Entry: step.Entry})
			}
			want := map[ledger.Date]map[ledger.AccountID]ledger.Amount{}
			if entry, err := ledger.Build(ev, b); err == nil {
				want[entry.TxnDate] = balances(entry.Lines)
			}
			if diff := cmp.Diff(withoutZeros(want), withoutZeros(sums(stands))); diff != "" {
				t.Fatalf("after revision %d (-want +got):\n%s", ev.Revision, diff)
			}
		}
	})
}

// sums adds up what stands, per day and account.
func sums(stands []ledger.Booked) map[ledger.Date]map[ledger.AccountID]ledger.Amount {
	out := map[ledger.Date]map[ledger.AccountID]ledger.Amount{}
	for _, s := range stands {
		if out[s.TxnDate] == nil {
			out[s.TxnDate] = map[ledger.AccountID]ledger.Amount{}
		}
		for account, amount := range balances(s.Lines) {
			out[s.TxnDate][account] += amount
		}
	}
	return out
}

func withoutZeros(
	days map[ledger.Date]map[ledger.AccountID]ledger.Amount,
) map[ledger.Date]map[ledger.AccountID]ledger.Amount {
	for _, accounts := range days {
		maps.DeleteFunc(accounts, func(_ ledger.AccountID, a ledger.Amount) bool { return a == 0 })
	}
	maps.DeleteFunc(days, func(_ ledger.Date, a map[ledger.AccountID]ledger.Amount) bool { return len(a) == 0 })
	return days
}

// The sources of every part of every kind of event add up to it, and the slots of an event are those its entry uses.
func TestPropertySourcesAndSlots(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := genBooks().Draw(t, "books")
		ev := event(rapid.OneOf(
			genDetail(genKey(), genAmount()),
			rapid.Custom(func(t *rapid.T) ledger.Detail { return genBalanced().Draw(t, "balanced") }),
		).Draw(t, "detail"))
		entry, err := ledger.Build(ev, b)
		if err != nil {
			return
		}
		slots := map[ledger.Slot]bool{}
		for _, slot := range ledger.SlotsOf(&ev) {
			slots[slot] = true
		}
		sources := ledger.Sources(&ev, &entry)
		for _, line := range entry.Lines {
			var sum ledger.Amount
			for _, part := range line.Parts {
				sum += part.Amount
				for _, source := range sources[part.Slot] {
					part.Amount -= source.Amount
				}
				if part.Amount != 0 || !slots[part.Slot] {
					t.Fatalf("%s: %s of it has no source; among the slots: %v", part.Slot, part.Amount, slots[part.Slot])
				}
			}
			if sum.Abs() != line.Amount {
				t.Fatalf("parts of %s add up to %s, the line has %s", line.Description, sum, line.Amount)
			}
		}
	})
}
