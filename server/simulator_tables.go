package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// meaningWidth is how many columns of a table explanations are wrapped to.
const meaningWidth = 60

// listSwitches prints every switch as a table.
func listSwitches(out io.Writer) error {
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		return fmt.Errorf("make the simulator: %w", err)
	}
	rows := [][][]string{{{"SWITCH"}, {"DEFAULT"}, {"VALUES"}, {"MEANING"}}}
	for _, s := range sim.Switches() {
		values := s.Values
		if len(values) == 0 {
			values = []string{freeValue(s.Default)}
		}
		rows = append(rows, [][]string{{string(s.Name)}, {s.Default}, values, wrapText(s.Help, meaningWidth)})
	}
	return printTable(out, rows)
}

// listFaults prints every fault that a rule can name.
func listFaults(out io.Writer) error {
	rows := [][][]string{{{"FAULT"}, {"STATUS"}, {"MESSAGE AND DETAIL"}}}
	for _, known := range simulator.KnownFaults() {
		text := strings.TrimSpace(known.Message + "\n" + strings.TrimSpace(known.Detail))
		var lines []string
		for line := range strings.SplitSeq(text, "\n") {
			lines = append(lines, wrapText(line, faultColumns)...)
		}
		rows = append(rows, [][]string{{known.Name}, {strconv.Itoa(known.HTTPStatus)}, lines})
	}
	return printTable(out, rows)
}

// faultColumns is how wide the texts of faults are.
const faultColumns = 80

// freeValue says what a switch without a list of values can be, as its default shows.
func freeValue(byDefault string) string {
	if strings.Trim(byDefault, "0123456789") == "" {
		return "a whole number"
	}
	return "a duration, such as 10m"
}

// wrapText breaks a text into lines of at most width columns, between words.
func wrapText(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// printTable prints rows of cells, each of one line or several, in aligned columns. All rows have as many cells as the
// first.
func printTable(out io.Writer, rows [][][]string) error {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			for _, line := range cell {
				widths[i] = max(widths[i], utf8.RuneCountInString(line))
			}
		}
	}
	var b strings.Builder
	for _, row := range rows {
		height := 0
		for _, cell := range row {
			height = max(height, len(cell))
		}
		for n := range height {
			var line strings.Builder
			for i, cell := range row {
				text := ""
				if n < len(cell) {
					text = cell[n]
				}
				fmt.Fprintf(&line, "%-*s  ", widths[i], text)
			}
			b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}
