package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// figure is one line of the table: what was promised, what was measured, and what that is worth.
type figure struct {
	// Name says what was measured, Target what it must reach.
	Name   string `json:"name"`
	Target string `json:"target"`
	// Measured is the result in words, Ratio the result as a part of the target's measure.
	Measured string `json:"measured"`
	Ratio    string `json:"ratio"`
	// Verdict is met, missed, or noted for what has no target.
	Verdict verdict `json:"verdict"`
}

// verdict says whether a figure reaches its target.
type verdict string

const (
	met    verdict = "met"
	missed verdict = "MISSED"
	noted  verdict = ""
)

func judge(ok bool) verdict {
	if ok {
		return met
	}
	return missed
}

// table writes figures as a Markdown table whose columns are aligned, so that it reads well in a terminal too.
func table(figures []figure) string {
	rows := [][]string{{"what", "target", "measured", "ratio", ""}}
	for _, f := range figures {
		rows = append(rows, []string{f.Name, f.Target, f.Measured, f.Ratio, string(f.Verdict)})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for n, row := range rows {
		writeRow(&b, row, widths)
		if n == 0 {
			for _, width := range widths {
				b.WriteString("|" + strings.Repeat("-", width+2))
			}
			b.WriteString("|\n")
		}
	}
	return b.String()
}

func writeRow(b *strings.Builder, row []string, widths []int) {
	for i, cell := range row {
		fmt.Fprintf(b, "| %-*s ", widths[i], cell)
	}
	b.WriteString("|\n")
}

// percentile returns the value that p percent of the values do not exceed, by the nearest rank; 0 without values.
func percentile[T int64 | float64 | time.Duration](values []T, p float64) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// median returns the value in the middle.
func median[T int64 | float64 | time.Duration](values []T) T { return percentile(values, 50) }

// thousands writes a whole number with commas.
func thousands[T int | int64 | float64](value T) string {
	digits := fmt.Sprintf("%.0f", float64(value))
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return sign + digits
}

// brief writes a duration with about three digits.
func brief(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%.0f ms", float64(d)/float64(time.Millisecond))
	default:
		return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
	}
}

// The marks in docs/performance.md between which the table stands.
const (
	begin = "<!-- figures -->\n"
	end   = "<!-- end -->"
)

// replaceTable puts a table between the marks of a page.
func replaceTable(page, content string) (string, error) {
	before, rest, found := strings.Cut(page, begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return "", fmt.Errorf("the page has no place for the figures between %q and %q", strings.TrimSpace(begin), end)
	}
	return before + begin + content + end + after, nil
}
