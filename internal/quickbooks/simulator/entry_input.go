package simulator

// entryInput is a journal entry as clients send it. What QuickBooks computes itself, and what has no bearing on a US
// company, is taken and ignored.
type entryInput struct {
	ID           *text       `json:"Id"`
	SyncToken    *text       `json:"SyncToken"`
	Sparse       bool        `json:"sparse"`
	DocNumber    *text       `json:"DocNumber"`
	TxnDate      *text       `json:"TxnDate"`
	PrivateNote  *text       `json:"PrivateNote"`
	CurrencyRef  *refInput   `json:"CurrencyRef"`
	ExchangeRate *text       `json:"ExchangeRate"`
	Adjustment   *bool       `json:"Adjustment"`
	Line         []lineInput `json:"Line"` // nil if it was not sent

	Domain                  ignored `json:"domain"`
	Status                  ignored `json:"status"`
	MetaData                ignored `json:"MetaData"`
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
	ID          *text        `json:"Id"`
	LineNum     text         `json:"LineNum"`
	Description text         `json:"Description"`
	Amount      *text        `json:"Amount"`
	DetailType  text         `json:"DetailType"`
	Detail      *detailInput `json:"JournalEntryLineDetail"`

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

	TaxCodeRef      *refInput `json:"TaxCodeRef"`
	TaxApplicableOn text      `json:"TaxApplicableOn"`
	TaxAmount       *text     `json:"TaxAmount"`

	TaxInclusiveAmt ignored `json:"TaxInclusiveAmt"`
	BillableStatus  ignored `json:"BillableStatus"`
	JournalCodeRef  ignored `json:"JournalCodeRef"`
}

type entityInput struct {
	Type      text      `json:"Type"`
	EntityRef *refInput `json:"EntityRef"`
}
