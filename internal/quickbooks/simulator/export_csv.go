package simulator

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// ExportJournal writes the journal of a company as CSV, one row for each line of an entry, in the order of the entries'
// ids. A line that is only text has neither account nor amount. Cells that a spreadsheet would take for a formula begin
// with an apostrophe. It fails with ErrUnknownCompany, or if w does.
func (s *Simulator) ExportJournal(w io.Writer, realm string) error {
	c, err := s.company(realm)
	if err != nil {
		return err
	}
	rows := csv.NewWriter(w)
	_ = rows.Write([]string{ // Flush tells of every error.
		"Entry", "Date", "Number", "Account", "Debit", "Credit", "Memo", "Class", "Department",
	})
	last := 0
	for page := entryRows(c, last, exportPage); len(page) > 0; page = entryRows(c, last, exportPage) {
		for _, r := range page {
			if e, ok := r.value.(*wire.JournalEntry); ok {
				writeLines(rows, e)
			}
			last = r.id
		}
		if err := flushed(rows); err != nil {
			return err
		}
	}
	return flushed(rows)
}

func writeLines(rows *csv.Writer, e *wire.JournalEntry) {
	for i := range e.Line {
		line := &e.Line[i]
		cells := []string{e.ID, e.TxnDate, harmless(e.DocNumber), "", "", "", harmless(line.Description), "", ""}
		if detail := line.JournalEntryLineDetail; detail != nil {
			cells[3], cells[7], cells[8] = cell(detail.AccountRef), cell(detail.ClassRef), cell(detail.DepartmentRef)
			if detail.PostingType == wire.PostingDebit {
				cells[4] = line.Amount.String()
			} else {
				cells[5] = line.Amount.String()
			}
		}
		_ = rows.Write(cells) // Flush tells of every error.
	}
}

// cell names what a reference points at, by its id where it has no name.
func cell(ref *wire.Ref) string {
	switch {
	case ref == nil:
		return ""
	case ref.Name == "":
		return harmless(ref.Value)
	}
	return harmless(ref.Name)
}

// ExportTrialBalance writes the trial balance of a company as CSV, one row for each account and one for the totals, with
// the cells made safe as in ExportJournal. It fails with ErrUnknownCompany, or if w does.
func (s *Simulator) ExportTrialBalance(w io.Writer, realm string) error {
	balance, err := s.TrialBalance(realm)
	if err != nil {
		return err
	}
	rows := csv.NewWriter(w)
	_ = rows.Write([]string{"Account Id", "Number", "Account", "Type", "Classification", "Debit", "Credit"})
	for _, r := range balance.Rows {
		_ = rows.Write([]string{
			r.AccountID, harmless(r.Number), harmless(r.Name), r.Type, r.Classification, r.Debit.String(), r.Credit.String(),
		})
	}
	_ = rows.Write([]string{"", "", "Total", "", "", balance.TotalDebit.String(), balance.TotalCredit.String()})
	return flushed(rows)
}

func flushed(rows *csv.Writer) error {
	rows.Flush()
	if err := rows.Error(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}
