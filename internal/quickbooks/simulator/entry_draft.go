package simulator

import (
	"strconv"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// The years that a TxnDate can be in. Intuit publishes none; these keep out dates that are mistakes, such as the zero
// dates of some languages.
const firstTxnDate, lastTxnDate = "1900-01-01", "2199-12-31"

// The values of TaxApplicableOn.
const taxOnSales, taxOnPurchase = "Sales", "Purchase"

// draftEntry is what a request says of an entry whose own shape is right, before it is held against the books.
type draftEntry struct {
	entry   *entry
	debits  int64
	credits int64
	posting int // lines that post
}

// draft turns a request into an entry and notes what is wrong with it, without looking at the books.
func (in *entryInput) draft(today string, wrong *faults) *draftEntry {
	d := &draftEntry{entry: &entry{
		docNumber: in.DocNumber.value(), note: in.PrivateNote.value(), date: today,
		adjustment: in.Adjustment != nil && *in.Adjustment, lines: make([]line, len(in.Line)),
	}}
	wrong.longest("DocNumber", d.entry.docNumber, wire.MaxDocNumber)
	wrong.longest("PrivateNote", d.entry.note, wire.MaxPrivateNote)
	if sent := in.TxnDate.value(); sent != "" {
		date, ok := parseTxnDate(sent)
		if !ok || date < firstTxnDate || date > lastTxnDate {
			wrong.addf(codeDate, "TxnDate", "Invalid Date : %s", clip(sent))
		}
		d.entry.date = date
	}
	for i := range in.Line {
		d.addLine(i, &in.Line[i], wrong)
	}
	return d
}

// longest adds a text that is longer than it may be.
func (f *faults) longest(element, text string, most int) {
	if len(text) <= most {
		return
	}
	if n := utf8.RuneCountInString(text); n > most {
		f.length(element, 0, most, n)
	}
}

func (d *draftEntry) addLine(i int, in *lineInput, wrong *faults) {
	l := &d.entry.lines[i]
	l.description = string(in.Description)
	if n, err := strconv.ParseInt(string(in.LineNum), 10, 32); err == nil { // anything else counts as none
		l.number = int32(n)
	}
	wrong.longest("Line.Description", l.description, wire.MaxLineDescription)
	switch string(in.DetailType) {
	case wire.DetailTypeDescription:
		return
	case wire.DetailTypeJournal:
	case "":
		wrong.missing("DetailType")
		return
	default:
		wrong.addf(codeEnumeration, "DetailType", "Invalid Enumeration : %s", clip(string(in.DetailType)))
		return
	}
	d.posting++
	l.amount = positiveAmount("Amount", in.Amount, codeRequired, wrong)
	detail := in.Detail
	if detail == nil {
		detail = &detailInput{}
	}
	if detail.AccountRef.id() == "" {
		wrong.missing("AccountRef")
	}
	detail.checkEntity(wrong)
	if tax := detail.tax(wrong); tax.code != "" {
		l.names = &lineNames{tax: tax}
	}
	d.addSide(l, string(detail.PostingType), wrong)
}

// addSide puts a line on its side of the entry.
func (d *draftEntry) addSide(l *line, side string, wrong *faults) {
	switch side {
	case wire.PostingDebit:
		d.debits += l.amount
	case wire.PostingCredit:
		l.credit = true
		d.credits += l.amount
	case "":
		wrong.addf(codePostingType, "PostingType", "PostingType is required for a line of a journal entry")
	default:
		wrong.addf(codeEnumeration, "PostingType", "Invalid Enumeration : %s", clip(side))
	}
}

// positiveAmount reads an amount that a line must have; missing is the code of the fault if it does not.
func positiveAmount(element string, raw *text, missing string, wrong *faults) int64 {
	if raw.value() == "" {
		wrong.addf(missing, element, "Required parameter %s is missing in the request", element)
		return 0
	}
	amount, ok := parseAmount(raw.value())
	if !ok {
		wrong.addf(codeAmount, element, "Invalid Amount : %s", clip(raw.value()))
		return 0
	}
	if amount < 0 {
		wrong.addf(codeNegativeAmount, element, "%s of a journal entry line can't be negative : %s", element, raw.value())
		return 0
	}
	return amount
}

// checkEntity checks the kind of name on a line. One without a name counts as absent, whatever its kind.
func (in *detailInput) checkEntity(wrong *faults) {
	if in.entityID() == "" {
		return
	}
	switch kind := string(in.Entity.Type); {
	case kind == "":
		wrong.missing("Entity.Type")
	case !isEntityType(kind):
		wrong.addf(codeEnumeration, "Entity.Type", "Invalid Enumeration : %s", clip(kind))
	}
}

// entityID returns the id of the name on a line, empty if there is none.
func (in *detailInput) entityID() string {
	if in.Entity == nil {
		return ""
	}
	return in.Entity.EntityRef.id()
}

// tax reads the tax of a line, which must be complete if there is any.
func (in *detailInput) tax(wrong *faults) lineTax {
	code := in.TaxCodeRef.id()
	if code == "" {
		return lineTax{}
	}
	tax := lineTax{code: code, appliesTo: string(in.TaxApplicableOn)}
	switch tax.appliesTo {
	case taxOnSales, taxOnPurchase:
	case "":
		wrong.addf(codeTaxApplicableOn, "TaxApplicableOn", "TaxApplicableOn is required with a TaxCodeRef")
	default:
		wrong.addf(codeEnumeration, "TaxApplicableOn", "Invalid Enumeration : %s", clip(tax.appliesTo))
	}
	tax.amount = positiveAmount("TaxAmount", in.TaxAmount, codeTaxAmount, wrong)
	return tax
}
