package simulator

import (
	"strconv"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// entryInput is a journal entry as clients send it. What QuickBooks computes itself, and what has no bearing on a US
// company, is taken and ignored.
type entryInput struct {
	ID          *text       `json:"Id"`
	SyncToken   *text       `json:"SyncToken"`
	DocNumber   text        `json:"DocNumber"`
	TxnDate     text        `json:"TxnDate"`
	PrivateNote text        `json:"PrivateNote"`
	CurrencyRef *refInput   `json:"CurrencyRef"`
	Adjustment  bool        `json:"Adjustment"`
	Line        []lineInput `json:"Line"`

	Domain                  ignored `json:"domain"`
	Sparse                  ignored `json:"sparse"`
	Status                  ignored `json:"status"`
	MetaData                ignored `json:"MetaData"`
	ExchangeRate            ignored `json:"ExchangeRate"`
	TotalAmt                ignored `json:"TotalAmt"`
	HomeTotalAmt            ignored `json:"HomeTotalAmt"`
	TxnTaxDetail            ignored `json:"TxnTaxDetail"`
	TaxRateRef              ignored `json:"TaxRateRef"`
	GlobalTaxCalculation    ignored `json:"GlobalTaxCalculation"`
	TransactionLocationType ignored `json:"TransactionLocationType"`
	RecurDataRef            ignored `json:"RecurDataRef"`
	HomeCurrencyAdjustment  ignored `json:"HomeCurrencyAdjustment"`
	EnteredInHomeCurrency   ignored `json:"EnteredInHomeCurrency"`
	TxnSource               ignored `json:"TxnSource"`
	TxnStatus               ignored `json:"TxnStatus"`
	LinkedTxn               ignored `json:"LinkedTxn"`
	CustomField             ignored `json:"CustomField"`
	DepartmentRef           ignored `json:"DepartmentRef"`
	Attributes              ignored `json:"attributes"`
}

type lineInput struct {
	LineNum     text         `json:"LineNum"`
	Description text         `json:"Description"`
	Amount      *text        `json:"Amount"`
	DetailType  text         `json:"DetailType"`
	Detail      *detailInput `json:"JournalEntryLineDetail"`

	ID                    ignored `json:"Id"`
	DescriptionLineDetail ignored `json:"DescriptionLineDetail"`
	LinkedTxn             ignored `json:"LinkedTxn"`
	ProjectRef            ignored `json:"ProjectRef"`
	CustomField           ignored `json:"CustomField"`
}

type detailInput struct {
	PostingType   text         `json:"PostingType"`
	AccountRef    *refInput    `json:"AccountRef"`
	Entity        *entityInput `json:"Entity"`
	ClassRef      *refInput    `json:"ClassRef"`
	DepartmentRef *refInput    `json:"DepartmentRef"`

	TaxCodeRef      ignored `json:"TaxCodeRef"`
	TaxApplicableOn ignored `json:"TaxApplicableOn"`
	TaxAmount       ignored `json:"TaxAmount"`
	TaxInclusiveAmt ignored `json:"TaxInclusiveAmt"`
	BillableStatus  ignored `json:"BillableStatus"`
	JournalCodeRef  ignored `json:"JournalCodeRef"`
}

type entityInput struct {
	Type      text      `json:"Type"`
	EntityRef *refInput `json:"EntityRef"`
}

// draftEntry is an entry whose own shape is right, before it is held against the books.
type draftEntry struct {
	entry      *entry
	accountIDs []string // of each line; empty for a line that is only text
	debits     int64
	credits    int64
	posting    int // lines that post
}

// draft turns a request into an entry and notes what is wrong with it, without looking at the books.
func (in *entryInput) draft(today string, wrong *faults) draftEntry {
	d := draftEntry{
		entry: &entry{
			docNumber: string(in.DocNumber), note: string(in.PrivateNote), date: today, adjustment: in.Adjustment,
			lines: make([]line, len(in.Line)),
		},
		accountIDs: make([]string, len(in.Line)),
	}
	if n := utf8.RuneCountInString(d.entry.docNumber); n > wire.MaxDocNumber {
		wrong.length("DocNumber", 0, wire.MaxDocNumber, n)
	}
	if n := utf8.RuneCountInString(d.entry.note); n > wire.MaxPrivateNote {
		wrong.length("PrivateNote", 0, wire.MaxPrivateNote, n)
	}
	if in.TxnDate != "" {
		date, ok := parseTxnDate(string(in.TxnDate))
		if !ok {
			wrong.addf(codeDate, "TxnDate", "Invalid Date : %s", clip(string(in.TxnDate)))
		}
		d.entry.date = date
	}
	if currency := in.CurrencyRef.id(); currency != "" && currency != homeCurrency {
		wrong.addf(codeFeature, "CurrencyRef", "Feature Not Supported : multicurrency is off, so %s can't be used", clip(currency))
	}
	if len(in.Line) == 0 {
		wrong.missing("Line")
	}
	for i := range in.Line {
		d.addLine(i, &in.Line[i], wrong)
	}
	return d
}

func (d *draftEntry) addLine(i int, in *lineInput, wrong *faults) {
	l := &d.entry.lines[i]
	l.description = string(in.Description)
	l.number, _ = strconv.Atoi(string(in.LineNum)) // Something else than a number counts as none.
	if n := utf8.RuneCountInString(l.description); n > wire.MaxLineDescription {
		wrong.length("Line.Description", 0, wire.MaxLineDescription, n)
	}
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
	l.amount = lineAmount(in.Amount, wrong)
	detail := in.Detail
	if detail == nil {
		detail = &detailInput{}
	}
	d.accountIDs[i] = detail.AccountRef.id()
	if d.accountIDs[i] == "" {
		wrong.missing("AccountRef")
	}
	l.names = detail.lineNames(wrong)
	switch string(detail.PostingType) {
	case wire.PostingDebit:
		d.debits += l.amount
	case wire.PostingCredit:
		l.credit = true
		d.credits += l.amount
	case "":
		wrong.addf(codePostingType, "PostingType", "PostingType is required for a line of a journal entry")
	default:
		wrong.addf(codeEnumeration, "PostingType", "Invalid Enumeration : %s", clip(string(detail.PostingType)))
	}
}

func lineAmount(raw *text, wrong *faults) int64 {
	if raw.value() == "" {
		wrong.missing("Amount")
		return 0
	}
	amount, ok := parseAmount(raw.value())
	if !ok {
		wrong.addf(codeAmount, "Amount", "Invalid Amount : %s", clip(raw.value()))
		return 0
	}
	if amount < 0 {
		wrong.addf(codeNegativeAmount, "Amount", "Amount of a journal entry line can't be negative : %s", raw.value())
		return 0
	}
	return amount
}

// lineNames reads the objects that a line points at, nil if there are none.
func (in *detailInput) lineNames(wrong *faults) *lineNames {
	names := lineNames{class: in.ClassRef.ref(), department: in.DepartmentRef.ref()}
	if in.Entity != nil && in.Entity.EntityRef.id() != "" {
		names.entityType, names.entity = string(in.Entity.Type), in.Entity.EntityRef.ref()
		switch names.entityType {
		case entityCustomer, entityVendor, "Employee", "Job", "Other":
		default:
			wrong.addf(codeEnumeration, "Entity.Type", "Invalid Enumeration : %s", clip(names.entityType))
		}
	}
	if names == (lineNames{}) {
		return nil
	}
	return &names
}

func (r *refInput) ref() wire.Ref {
	if r.id() == "" {
		return wire.Ref{}
	}
	return wire.Ref{Value: string(r.Value), Name: string(r.Name)}
}
