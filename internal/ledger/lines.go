package ledger

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Limits of texts in QuickBooks, in UTF-16 code units: the strictest way to count characters.
const (
	maxDescription = 4000
	maxPrivateNote = 4000
	// maxSentence keeps the sentence of a Problem readable; its Slots name every place.
	maxSentence = 1000
)

// groupKey says which slots of an event share a line. The QuickBooks location is that of the whole event.
type groupKey struct {
	account AccountID
	class   string
	side    Side
}

// groupLines makes the lines of an entry: the nets, sorted by role and key, summed per groupKey. Lines stand debits
// first, then by the first of their roles, then by the account's name and id.
func groupLines(nets []net, location LocationID, books *Books) []Line {
	at := make(map[groupKey]int, len(nets))
	var groups [][]net
	for i := range nets {
		key := groupKey{
			account: nets[i].account.ID, class: books.classOf(&nets[i]).ID, side: sideOf(nets[i].amount),
		}
		index, ok := at[key]
		if !ok {
			index = len(groups)
			at[key] = index
			groups = append(groups, nil)
		}
		groups[index] = append(groups[index], nets[i])
	}
	lines := make([]Line, len(groups))
	for i := range groups {
		lines[i] = lineOf(groups[i], location, books)
	}
	slices.SortFunc(lines, compareLines)
	return lines
}

// lineOf makes one line of nets that share a groupKey.
func lineOf(group []net, location LocationID, books *Books) Line {
	first := &group[0]
	line := Line{
		Side: sideOf(first.amount), Account: first.account.ID, AccountName: first.account.Name,
		Description: describe(group), Parts: make([]Part, len(group)),
		Department: books.Departments[location], Class: books.classOf(first),
	}
	for i := range group {
		n := &group[i]
		line.Amount += n.amount.Abs()
		line.Parts[i] = Part{Slot: n.slot(location), Amount: n.amount, Source: n.found.Source, Version: n.found.Version}
	}
	return line
}

// classOf returns the QuickBooks class of an amount: that of its item class, where it has one.
func (b *Books) classOf(n *net) Tracked {
	if len(b.Classes) == 0 || n.role.KeyName() != itemClass {
		return Tracked{}
	}
	return b.Classes[n.key]
}

func sideOf(a Amount) Side {
	if a < 0 {
		return Credit
	}
	return Debit
}

func compareNets(a, b net) int {
	return cmp.Or(cmp.Compare(a.role, b.role), cmp.Compare(a.key, b.key))
}

func compareLines(a, b Line) int {
	return cmp.Or(
		cmp.Compare(a.Side, b.Side),
		cmp.Compare(a.Parts[0].Role, b.Parts[0].Role),
		cmp.Compare(a.AccountName, b.AccountName),
		cmp.Compare(a.Account, b.Account),
		cmp.Compare(a.Department.Name, b.Department.Name),
		cmp.Compare(a.Class.Name, b.Class.Name),
		cmp.Compare(a.Class.ID, b.Class.ID),
	)
}

// describe names the roles and keys of a line: "Payment: Cash, Visa; Rounding (cash rounding)".
func describe(group []net) string {
	items := make([]string, len(group))
	for i := range group {
		n := &group[i]
		switch {
		case i > 0 && n.role == group[i-1].role:
			items[i] = ", " + n.key
		case n.key == "":
			items[i] = title(n.role.Label())
		default:
			items[i] = title(n.role.Label()) + ": " + n.key
		}
		if i > 0 && n.role != group[i-1].role {
			items[i] = "; " + items[i]
		}
		if n.note != "" {
			items[i] += " (" + n.note + ")"
		}
	}
	return bounded(items, maxDescription)
}

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// sentence enumerates names for a problem: all of them, or as many as a person can read.
func sentence(names []string) string {
	items := make([]string, len(names))
	for i, item := range names {
		switch i {
		case 0:
		case len(names) - 1:
			item = " and " + item
		default:
			item = ", " + item
		}
		items[i] = item
	}
	return bounded(items, maxSentence)
}

// bounded joins items that bring their own separators, and ends with "and N more" where not all of them fit.
func bounded(items []string, limit int) string {
	const reserve = len(" and 1000000000 more")
	var out strings.Builder
	used := 0
	for i, item := range items {
		size, room := width(item), limit-used
		if i < len(items)-1 {
			room -= reserve
		}
		if size > room {
			out.WriteString(" and " + strconv.Itoa(len(items)-i) + " more")
			break
		}
		out.WriteString(item)
		used += size
	}
	return strings.TrimSpace(out.String())
}

// width counts UTF-16 code units.
func width(s string) int {
	const firstPair = 0x10000
	units := 0
	for _, r := range s {
		units++
		if r >= firstPair {
			units++
		}
	}
	return units
}
