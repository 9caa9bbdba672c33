package demo

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// money writes minor units with two decimals and thousands separators: "-1,234.50".
func money(minor int64) string {
	digits := strings.TrimPrefix(strconv.FormatInt(minor, 10), "-")
	for len(digits) < 3 {
		digits = "0" + digits
	}
	point := len(digits) - 2
	text := grouped(digits[:point]) + "." + digits[point:]
	if minor < 0 {
		return "-" + text
	}
	return text
}

// count writes a number with thousands separators.
func count(n int64) string {
	if n < 0 {
		return "-" + count(-n)
	}
	return grouped(strconv.FormatInt(n, 10))
}

func grouped(digits string) string {
	var b strings.Builder
	for i, digit := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// sided writes a signed change as a person books it: "12.50 debit".
func sided(change int64) string {
	switch {
	case change > 0:
		return money(change) + " debit"
	case change < 0:
		return money(-change) + " credit"
	}
	return "nothing"
}

// table aligns rows in columns: the first column to the left, all others, which hold numbers, to the right.
type table struct {
	head []string
	rows [][]string
	// foot is set apart below the rows; it may be nil.
	foot []string
}

// lines returns the lines of the table, each indented.
func (t *table) lines() []string {
	all := append([][]string{t.head}, t.rows...)
	if t.foot != nil {
		all = append(all, t.foot)
	}
	widths := make([]int, len(t.head))
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	rules := make([]string, len(widths))
	for i, width := range widths {
		rules[i] = strings.Repeat("─", width)
	}
	lines := []string{align(t.head, widths), align(rules, widths)}
	for _, row := range t.rows {
		lines = append(lines, align(row, widths))
	}
	if t.foot != nil {
		lines = append(lines, align(rules, widths), align(t.foot, widths))
	}
	return lines
}

func align(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		b.WriteString("  ")
		pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i == 0 {
			b.WriteString(cell + pad)
		} else {
			b.WriteString(pad + cell)
		}
	}
	return strings.TrimRight(b.String(), " ")
}
