package wire

// Address is a postal address. Country has three letters ("USA").
type Address struct {
	ID                     string `json:"Id,omitempty"`
	Line1                  string `json:"Line1,omitempty"`
	Line2                  string `json:"Line2,omitempty"`
	Line3                  string `json:"Line3,omitempty"`
	City                   string `json:"City,omitempty"`
	CountrySubDivisionCode string `json:"CountrySubDivisionCode,omitempty"`
	PostalCode             string `json:"PostalCode,omitempty"`
	Country                string `json:"Country,omitempty"`
}

// Phone is a telephone number as a person wrote it.
type Phone struct {
	FreeFormNumber string `json:"FreeFormNumber,omitempty"`
}

// Email is an e-mail address.
type Email struct {
	Address string `json:"Address,omitempty"`
}

// WebAddress is the address of a web site.
type WebAddress struct {
	URI string `json:"URI,omitempty"`
}

// ProductAndServicesPrefs says what is kept of products.
type ProductAndServicesPrefs struct {
	ForSales                 bool `json:"ForSales"`
	ForPurchases             bool `json:"ForPurchases"`
	QuantityWithPriceAndRate bool `json:"QuantityWithPriceAndRate"`
	QuantityOnHand           bool `json:"QuantityOnHand"`
}

// ReportPrefs says how reports are made. ReportBasis is ReportBasisAccrual or ReportBasisCash.
type ReportPrefs struct {
	ReportBasis                string `json:"ReportBasis,omitempty"`
	CalcAgingReportFromTxnDate bool   `json:"CalcAgingReportFromTxnDate"`
}

// The two values of ReportPrefs.ReportBasis.
const (
	ReportBasisAccrual = "Accrual"
	ReportBasisCash    = "Cash"
)

// SalesFormsPrefs has the settings of sales forms. CustomTxnNumbers bears on those forms, not on journal entries.
type SalesFormsPrefs struct {
	CustomTxnNumbers   bool `json:"CustomTxnNumbers"`
	AllowDeposit       bool `json:"AllowDeposit"`
	AllowDiscount      bool `json:"AllowDiscount"`
	AllowEstimates     bool `json:"AllowEstimates"`
	AllowServiceDate   bool `json:"AllowServiceDate"`
	AllowShipping      bool `json:"AllowShipping"`
	AutoApplyCredit    bool `json:"AutoApplyCredit"`
	AutoApplyPayments  bool `json:"AutoApplyPayments"`
	EmailCopyToCompany bool `json:"EmailCopyToCompany"`
	UsingPriceLevels   bool `json:"UsingPriceLevels"`
}

// TaxPrefs has the settings of sales tax.
type TaxPrefs struct {
	UsingSalesTax     bool `json:"UsingSalesTax"`
	PartnerTaxEnabled bool `json:"PartnerTaxEnabled"`
}

// TimeTrackingPrefs has the settings of time sheets. WorkWeekStartDate is the English name of a day.
type TimeTrackingPrefs struct {
	UseServices             bool   `json:"UseServices"`
	BillCustomers           bool   `json:"BillCustomers"`
	ShowBillRateToAll       bool   `json:"ShowBillRateToAll"`
	MarkTimeEntriesBillable bool   `json:"MarkTimeEntriesBillable"`
	WorkWeekStartDate       string `json:"WorkWeekStartDate,omitempty"`
}

// VendorAndPurchasesPrefs has the settings of purchases.
type VendorAndPurchasesPrefs struct {
	TrackingByCustomer      bool `json:"TrackingByCustomer"`
	BillableExpenseTracking bool `json:"BillableExpenseTracking"`
}

// EmailMessagesPrefs has the texts of the e-mails that carry sales forms.
type EmailMessagesPrefs struct {
	InvoiceMessage      EmailMessage `json:"InvoiceMessage,omitzero"`
	EstimateMessage     EmailMessage `json:"EstimateMessage,omitzero"`
	SalesReceiptMessage EmailMessage `json:"SalesReceiptMessage,omitzero"`
	StatementMessage    EmailMessage `json:"StatementMessage,omitzero"`
}

// EmailMessage is the subject and text of an e-mail.
type EmailMessage struct {
	Subject string `json:"Subject,omitempty"`
	Message string `json:"Message,omitempty"`
}
