package ledger

import (
	"cmp"
	"fmt"
	"slices"
)

// Diff says in words how an entry booked in QuickBooks differs from this one, which was meant; empty: it does not.
//
// Compared are what the books depend on: TxnDate, DocNumber, the marker in PrivateNote (see HasMarker), the currency
// where the booked entry names one, and the lines as a multiset of side, account and amount, with the QuickBooks location
// and class where this entry has any. Not compared are the rest of PrivateNote, the order of lines, descriptions, slots and
// the names of accounts, which people may change without changing the books.
func (e Entry) Diff(booked Entry) string {
	var found []string
	if e.TxnDate != booked.TxnDate {
		found = append(found, fmt.Sprintf("TxnDate is %q instead of %q", booked.TxnDate, e.TxnDate))
	}
	if e.DocNumber != booked.DocNumber {
		found = append(found, fmt.Sprintf("DocNumber is %q instead of %q", booked.DocNumber, e.DocNumber))
	}
	if booked.Currency != "" && e.Currency != booked.Currency {
		found = append(found, fmt.Sprintf("the currency is %s instead of %s", booked.Currency, e.Currency))
	}
	if marker := e.marker(); marker != "" && !e.HasMarker(booked.PrivateNote) {
		found = append(found, fmt.Sprintf("PrivateNote does not hold the marker %q", marker))
	}
	found = append(found, diffLines(e.Lines, booked.Lines)...)
	for i := 1; i < len(found); i++ {
		found[i] = "; " + found[i]
	}
	return bounded(found, maxDescription)
}

// weight is what of a line the books depend on.
type weight struct {
	side              Side
	account           AccountID
	amount            Amount
	department, class string
}

// tracks tells whether any of the lines has a QuickBooks location, or a class.
func tracks(lines []Line) (departments, classes bool) {
	for i := range lines {
		departments = departments || lines[i].Department.ID != ""
		classes = classes || lines[i].Class.ID != ""
	}
	return departments, classes
}

// diffLines words the lines that only one side has: those missing first, then those too many, in a stable order.
func diffLines(meant, booked []Line) []string {
	departments, classes := tracks(meant)
	surplus := make(map[weight]int, len(meant))
	names := make(map[AccountID]string, len(meant))
	count := func(lines []Line, by int) {
		for i := range lines {
			line := &lines[i]
			w := weight{side: line.Side, account: line.Account, amount: line.Amount}
			if departments {
				w.department = line.Department.ID
			}
			if classes {
				w.class = line.Class.ID
			}
			surplus[w] += by
			if line.AccountName != "" {
				names[line.Account] = line.AccountName
			}
		}
	}
	count(booked, 1)
	count(meant, -1)

	differing := make([]weight, 0)
	for w, n := range surplus {
		if n != 0 {
			differing = append(differing, w)
		}
	}
	slices.SortFunc(differing, func(a, b weight) int {
		return cmp.Or(cmp.Compare(min(1, max(-1, surplus[a])), min(1, max(-1, surplus[b]))), cmp.Compare(a.side, b.side),
			cmp.Compare(a.account, b.account), cmp.Compare(a.amount, b.amount),
			cmp.Compare(a.department, b.department), cmp.Compare(a.class, b.class))
	})
	words := make([]string, len(differing))
	for i, w := range differing {
		words[i] = wordLine(w, surplus[w], names[w.account])
	}
	return words
}

func wordLine(w weight, surplus int, name string) string {
	line := fmt.Sprintf("a %s of %s to the account %s", w.side, w.amount, Account{ID: w.account, Name: name}.label())
	if w.department != "" {
		line += " at the QuickBooks location with the id " + w.department
	}
	if w.class != "" {
		line += " in the class with the id " + w.class
	}
	verb := "was booked and not meant"
	if surplus < 0 {
		verb, surplus = "is missing", -surplus
	}
	if surplus > 1 {
		return fmt.Sprintf("%s %s %d times", line, verb, surplus)
	}
	return line + " " + verb
}
