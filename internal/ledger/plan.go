package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Standing is what has become of an event so far.
type Standing struct {
	// Booked are the entries that stand in QuickBooks for earlier revisions of the event, oldest first.
	Booked []Booked
	// Approved says that a person let the event be posted on the first open day.
	Approved bool
	// Former is the company that some of Booked stands in, where the retailer has left it. It cannot be made right from here.
	Former *FormerCompany
	// Lost is an entry that may or may not be booked in a company that the retailer has left, until a person vouches for it.
	Lost *LostEntry
}

// Booked is an entry that stands in QuickBooks, as it was meant and compared.
type Booked struct {
	Entry
	// QuickBooksID and SyncToken name it there.
	QuickBooksID, SyncToken string
}

// Step is one entry on the way to right books.
type Step struct {
	Entry Entry
	// Replaces is the entry to update; zero: this is a new one.
	Replaces Booked
}

// Plan returns the entries that bring an event to the books, in the order in which they are to be sent. For an event that
// was not booked before this is the one entry that Build makes. For a later revision it is what makes the books right:
//
//   - an update of the entry itself, where that is the retailer's policy, one entry stands, and the revision is no void;
//   - otherwise entries for the difference, one per date that differs: usually one. A void is the difference to nothing, and
//     reverses all that was booked. Amounts booked in a period that has been closed since are made right on the first
//     open day.
//
// No steps and no error: the books are right as they are. It fails like Build, and where the event stands, or may stand,
// in a company that the retailer has left: the entries of two companies are never mixed.
func Plan(ev Event, books *Books, standing Standing) ([]Step, error) {
	switch {
	case standing.Lost != nil:
		return nil, standing.Lost.Problem()
	case standing.Former != nil:
		return nil, formerCompany(&ev, *standing.Former)
	}
	lines, err := linesOf(&ev, books)
	voided := err == ErrNothingToPost //nolint:errorlint // linesOf returns it as it is
	if err != nil && (!voided || len(standing.Booked) == 0) {
		return nil, err
	}
	marker, problem := markerOf(&ev, books)
	if problem != nil {
		return nil, problem
	}
	date, dateNote, problem := books.postingDate(ev.BusinessDate, standing.Approved)
	if problem != nil {
		return nil, problem
	}
	target := Entry{
		TxnDate: date, DocNumber: ev.Number, Currency: ev.Currency, Lines: lines,
		PrivateNote: privateNote(&ev, dateNote, marker),
	}
	switch {
	case len(standing.Booked) == 0:
		return []Step{{Entry: target}}, nil
	case books.Revisions == RevisionsUpdate && len(standing.Booked) == 1 && !voided:
		return []Step{{Entry: target, Replaces: standing.Booked[0]}}, nil
	}
	return adjust(&ev, books, standing, target)
}

func markerOf(ev *Event, books *Books) (string, *Problem) {
	encoded, err := Encode(*ev)
	if err != nil {
		return "", &Problem{
			Reason: ReasonKindNotSupported, Message: "The event cannot be written down: " + err.Error() + ".",
			Remedy: "Skip the event and record a corrected one.",
		}
	}
	return Marker(books.Retailer, *ev, HashOf(encoded)), nil
}

// postingDate returns the day that an amount of a business date is booked on, with a note where it is another day, or why
// it must wait.
func (b *Books) postingDate(date Date, approved bool) (Date, string, *Problem) {
	if b.ClosedThrough == "" || date > b.ClosedThrough {
		return date, "", nil
	}
	open := b.ClosedThrough.next()
	if approved || b.ClosedBooks == ClosedBooksFirstOpenDay {
		return open, fmt.Sprintf("Business date %s; the books were closed through %s.", date, b.ClosedThrough), nil
	}
	return "", "", &Problem{
		Reason:  ReasonPeriodClosed,
		Message: fmt.Sprintf("The business date is %s, and the books are closed through %s.", date, b.ClosedThrough),
		Remedy: fmt.Sprintf("Approve the event to post it on %s with its own date in the memo, or move the closing date in "+
			"QuickBooks and retry, or skip the event.", open),
	}
}

// adjust makes the entries for the difference between what is booked and the target.
func adjust(ev *Event, books *Books, standing Standing, target Entry) ([]Step, error) {
	needs := map[Date]*difference{}
	needAt := func(date Date) *difference {
		if needs[date] == nil {
			needs[date] = &difference{}
		}
		return needs[date]
	}
	needAt(target.TxnDate).add(target.Lines, 1)
	notes := map[Date]string{}
	for i := range standing.Booked {
		booked := &standing.Booked[i]
		date, note, problem := books.postingDate(booked.TxnDate, standing.Approved)
		if problem != nil {
			return nil, problem
		}
		needAt(date).add(booked.Lines, -1)
		notes[date] = note
	}
	var steps []Step
	for _, date := range slices.Sorted(mapKeys(needs)) {
		lines := needs[date].lines(ev.Revision)
		if len(lines) == 0 {
			continue
		}
		n := len(standing.Booked) + len(steps) + 1
		entry := Entry{
			TxnDate: date, DocNumber: adjustmentNumber(ev, n), Currency: target.Currency, Lines: lines, Adjusts: true,
			PrivateNote: adjustmentNote(ev, standing.Booked[0].DocNumber, notes[date], lastLine(target.PrivateNote)),
		}
		steps = append(steps, Step{Entry: entry})
	}
	return steps, nil
}

func mapKeys(needs map[Date]*difference) func(func(Date) bool) {
	return func(yield func(Date) bool) {
		for date := range needs {
			if !yield(date) {
				return
			}
		}
	}
}

// difference sums what lines would change, per account, QuickBooks location and class.
type difference struct {
	places []place
	at     map[placeKey]int
}

type placeKey struct {
	account           AccountID
	department, class string
}

// place is what is missing at an account, with the parts that make it up.
type place struct {
	line   Line // for its account and names
	amount Amount
	parts  []Part
}

func (d *difference) add(lines []Line, sign Amount) {
	if d.at == nil {
		d.at = map[placeKey]int{}
	}
	for i := range lines {
		line := &lines[i]
		key := placeKey{line.Account, line.Department.ID, line.Class.ID}
		at, known := d.at[key]
		if !known {
			at = len(d.places)
			d.at[key] = at
			d.places = append(d.places, place{line: *line})
		}
		d.places[at].amount += sign * line.signed()
		for _, part := range line.Parts {
			d.places[at].addPart(part, sign)
		}
	}
}

func (p *place) addPart(part Part, sign Amount) {
	for i := range p.parts {
		if p.parts[i].Slot == part.Slot {
			p.parts[i].Amount += sign * part.Amount
			return
		}
	}
	part.Amount *= sign
	p.parts = append(p.parts, part)
}

// lines returns the difference as lines of an entry, in the order of every entry.
func (d *difference) lines(revision int32) []Line {
	lines := make([]Line, 0, len(d.places))
	for i := range d.places {
		p := &d.places[i]
		if p.amount == 0 {
			continue
		}
		parts := slices.DeleteFunc(slices.Clone(p.parts), func(part Part) bool { return part.Amount == 0 })
		if len(parts) == 0 {
			parts = p.parts // of a release that kept no amounts
		}
		slices.SortFunc(parts, func(a, b Part) int { return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Key, b.Key)) })
		lines = append(lines, Line{
			Side: sideOf(p.amount), Amount: p.amount.Abs(), Account: p.line.Account, AccountName: p.line.AccountName,
			Department: p.line.Department, Class: p.line.Class, Parts: parts,
			Description: describeParts(parts, "Revision "+strconv.Itoa(int(revision))+": "),
		})
	}
	slices.SortFunc(lines, compareLines)
	return lines
}

// describeParts names the roles and keys of a line that adjusts.
func describeParts(parts []Part, lead string) string {
	group := make([]net, len(parts))
	for i := range parts {
		group[i] = net{role: parts[i].Role, key: parts[i].Key}
	}
	return lead + bounded([]string{describe(group)}, maxDescription-len(lead))
}

// maxDocNumber is what QuickBooks holds of a DocNumber.
const maxDocNumber = 21

// adjustmentNumber is the DocNumber of an event's nth entry. What does not fit is cut from the event's number, which the
// digits of the event's id then tell from others that begin the same.
func adjustmentNumber(ev *Event, n int) string {
	suffix := "-ADJ" + strconv.Itoa(n)
	if width(ev.Number)+len(suffix) <= maxDocNumber {
		return ev.Number + suffix
	}
	const digits = 4
	suffix = "~" + HashOf([]byte(ev.ID)).String()[:digits] + suffix
	room := maxDocNumber - len(suffix)
	var head strings.Builder
	for _, r := range ev.Number {
		if room -= width(string(r)); room < 0 {
			break
		}
		head.WriteRune(r)
	}
	return head.String() + suffix
}

// adjustmentNote is the PrivateNote of an entry that adjusts.
func adjustmentNote(ev *Event, first, dateNote, marker string) string {
	what := fmt.Sprintf("Adjusts entry %s to revision %d of the document.", first, ev.Revision)
	if ev.Voided {
		what = fmt.Sprintf("Reverses entry %s: revision %d voids the document.", first, ev.Revision)
	}
	note := Event{Memo: strings.TrimSpace(what + "\n" + ev.Memo), SourceURL: ev.SourceURL}
	return privateNote(&note, dateNote, marker)
}
