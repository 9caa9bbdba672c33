package posting

import (
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// toWire puts an entry into QuickBooks' form.
func toWire(entry ledger.Entry) wire.JournalEntry {
	lines := make([]wire.JournalLine, len(entry.Lines))
	for i, line := range entry.Lines {
		side := wire.PostingDebit
		if line.Side == ledger.Credit {
			side = wire.PostingCredit
		}
		lines[i] = wire.JournalLine{
			Description: line.Description, Amount: wire.Decimal(line.Amount), DetailType: wire.DetailTypeJournal,
			JournalEntryLineDetail: &wire.JournalLineDetail{
				PostingType: side, AccountRef: &wire.Ref{Value: string(line.Account)},
				DepartmentRef: refOf(line.Department), ClassRef: refOf(line.Class),
			},
		}
	}
	return wire.JournalEntry{
		TxnDate: string(entry.TxnDate), DocNumber: entry.DocNumber, PrivateNote: entry.PrivateNote,
		CurrencyRef: &wire.Ref{Value: string(entry.Currency)}, Line: lines,
	}
}

// refOf names a QuickBooks location or class; nil where there is none.
func refOf(tracked ledger.Tracked) *wire.Ref {
	if tracked.ID == "" {
		return nil
	}
	return &wire.Ref{Value: tracked.ID}
}

func trackedOf(ref *wire.Ref) ledger.Tracked {
	if ref == nil {
		return ledger.Tracked{}
	}
	return ledger.Tracked{ID: ref.Value, Name: ref.Name}
}

// fromWire reads what QuickBooks says it booked, for comparison with what was meant.
func fromWire(booked wire.JournalEntry) ledger.Entry {
	entry := ledger.Entry{
		TxnDate: ledger.Date(booked.TxnDate), DocNumber: booked.DocNumber, PrivateNote: booked.PrivateNote,
		Lines: make([]ledger.Line, 0, len(booked.Line)),
	}
	if booked.CurrencyRef != nil {
		entry.Currency = ledger.Currency(booked.CurrencyRef.Value)
	}
	for _, line := range booked.Line {
		if line.DetailType != wire.DetailTypeJournal || line.JournalEntryLineDetail == nil {
			continue // a line of text posts nothing
		}
		side := ledger.Debit
		if line.JournalEntryLineDetail.PostingType == wire.PostingCredit {
			side = ledger.Credit
		}
		read := ledger.Line{Side: side, Amount: ledger.Amount(line.Amount), Description: line.Description}
		read.Department = trackedOf(line.JournalEntryLineDetail.DepartmentRef)
		read.Class = trackedOf(line.JournalEntryLineDetail.ClassRef)
		if ref := line.JournalEntryLineDetail.AccountRef; ref != nil {
			read.Account, read.AccountName = ledger.AccountID(ref.Value), ref.Name
		}
		entry.Lines = append(entry.Lines, read)
	}
	return entry
}
