// Package wire holds the JSON forms of Intuit's QuickBooks Online API that both ends need: the client that speaks to
// Intuit and the simulator that stands in for it. It has types and exact decimals, never a request, a rule or a
// network call. Field names and spellings are Intuit's.
package wire

import "encoding/json"

// Ref points at another QuickBooks object: its Id in Value and, in answers, its name.
type Ref struct {
	Value string `json:"value,omitempty"`
	Name  string `json:"name,omitempty"`
	Type  string `json:"type,omitempty"`
}

// MetaData carries the times QuickBooks keeps of an object, with a numeric offset ("2026-08-31T12:11:06-07:00").
type MetaData struct {
	CreateTime      string `json:"CreateTime,omitempty"`
	LastUpdatedTime string `json:"LastUpdatedTime,omitempty"`
}

// Account is one account of the chart of accounts.
type Account struct {
	ID                            string    `json:"Id,omitempty"`
	SyncToken                     string    `json:"SyncToken,omitempty"`
	Name                          string    `json:"Name,omitempty"`
	FullyQualifiedName            string    `json:"FullyQualifiedName,omitempty"`
	AcctNum                       string    `json:"AcctNum,omitempty"`
	Description                   string    `json:"Description,omitempty"`
	Active                        *bool     `json:"Active,omitempty"`
	SubAccount                    bool      `json:"SubAccount"`
	ParentRef                     *Ref      `json:"ParentRef,omitempty"`
	Classification                string    `json:"Classification,omitempty"`
	AccountType                   string    `json:"AccountType,omitempty"`
	AccountSubType                string    `json:"AccountSubType,omitempty"`
	CurrencyRef                   *Ref      `json:"CurrencyRef,omitempty"`
	CurrentBalance                *Decimal  `json:"CurrentBalance,omitempty"`
	CurrentBalanceWithSubAccounts *Decimal  `json:"CurrentBalanceWithSubAccounts,omitempty"`
	Domain                        string    `json:"domain,omitempty"`
	Sparse                        bool      `json:"sparse"`
	MetaData                      *MetaData `json:"MetaData,omitempty"`
	// Status is "Deleted" for an account that change data capture knows to be gone, otherwise empty.
	Status string `json:"status,omitempty"`
}

// The name lists, whose rows share a shape.
type (
	// Department is a location, as QuickBooks calls it where location tracking is on. It may have a parent.
	Department = NameRow
	// Class is one of the tags of class tracking. It may have a parent.
	Class = NameRow
	// Customer is a customer, or with a parent a job of one.
	Customer = NameRow
	// Vendor is somebody that the company buys from.
	Vendor = NameRow
	// Employee is somebody who works for the company.
	Employee = NameRow
)

// NameRow is a row of one of QuickBooks' name lists. Departments and classes have a Name, customers, vendors and
// employees a DisplayName; the other is empty.
type NameRow struct {
	ID                 string `json:"Id,omitempty"`
	SyncToken          string `json:"SyncToken,omitempty"`
	Name               string `json:"Name,omitempty"`
	DisplayName        string `json:"DisplayName,omitempty"`
	FullyQualifiedName string `json:"FullyQualifiedName,omitempty"`
	// SubDepartment, SubClass and Job say, each for its own list, that the row has a parent.
	SubDepartment *bool     `json:"SubDepartment,omitempty"`
	SubClass      *bool     `json:"SubClass,omitempty"`
	Job           *bool     `json:"Job,omitempty"`
	ParentRef     *Ref      `json:"ParentRef,omitempty"`
	Active        *bool     `json:"Active,omitempty"`
	CompanyName   string    `json:"CompanyName,omitempty"`
	GivenName     string    `json:"GivenName,omitempty"`
	FamilyName    string    `json:"FamilyName,omitempty"`
	CurrencyRef   *Ref      `json:"CurrencyRef,omitempty"`
	Balance       *Decimal  `json:"Balance,omitempty"`
	Domain        string    `json:"domain,omitempty"`
	Sparse        bool      `json:"sparse"`
	MetaData      *MetaData `json:"MetaData,omitempty"`
	// Status is "Deleted" for a row that change data capture knows to be gone, otherwise empty.
	Status string `json:"status,omitempty"`
}

// JournalEntry is one journal entry.
type JournalEntry struct {
	ID           string        `json:"Id,omitempty"`
	SyncToken    string        `json:"SyncToken,omitempty"`
	DocNumber    string        `json:"DocNumber,omitempty"`
	TxnDate      string        `json:"TxnDate,omitempty"`
	PrivateNote  string        `json:"PrivateNote,omitempty"`
	CurrencyRef  *Ref          `json:"CurrencyRef,omitempty"`
	ExchangeRate *Rate         `json:"ExchangeRate,omitempty"`
	Adjustment   *bool         `json:"Adjustment,omitempty"`
	Line         []JournalLine `json:"Line,omitempty"`
	TotalAmt     *Decimal      `json:"TotalAmt,omitempty"`     // always 0
	HomeTotalAmt *Decimal      `json:"HomeTotalAmt,omitempty"` // always 0
	TxnTaxDetail *struct{}     `json:"TxnTaxDetail,omitempty"`
	Domain       string        `json:"domain,omitempty"`
	Sparse       *bool         `json:"sparse,omitempty"`
	MetaData     *MetaData     `json:"MetaData,omitempty"`
	// Status is "Deleted" in the answer to a delete, otherwise empty.
	Status string `json:"status,omitempty"`
}

// Rate is an exchange rate in the decimal digits it came in; QuickBooks' default is 1.
type Rate = json.Number

// JournalLine is one line of a journal entry. Amount is never negative: PostingType says the side.
type JournalLine struct {
	ID                     string             `json:"Id,omitempty"`
	LineNum                int                `json:"LineNum,omitempty"`
	Description            string             `json:"Description,omitempty"`
	Amount                 Decimal            `json:"Amount"`
	DetailType             string             `json:"DetailType"`
	JournalEntryLineDetail *JournalLineDetail `json:"JournalEntryLineDetail,omitempty"`
}

// DetailTypeJournal is the DetailType of a line that posts; DetailTypeDescription that of a line that is only text.
const (
	DetailTypeJournal     = "JournalEntryLineDetail"
	DetailTypeDescription = "DescriptionOnly"
)

// PostingDebit and PostingCredit are the two values of PostingType.
const (
	PostingDebit  = "Debit"
	PostingCredit = "Credit"
)

// JournalLineDetail says where a line posts.
type JournalLineDetail struct {
	PostingType   string  `json:"PostingType,omitempty"`
	AccountRef    *Ref    `json:"AccountRef,omitempty"`
	Entity        *Entity `json:"Entity,omitempty"`
	ClassRef      *Ref    `json:"ClassRef,omitempty"`
	DepartmentRef *Ref    `json:"DepartmentRef,omitempty"`
	// TaxCodeRef, with what it applies to ("Sales" or "Purchase") and how much it is, is the tax of a line outside the US.
	TaxCodeRef      *Ref     `json:"TaxCodeRef,omitempty"`
	TaxApplicableOn string   `json:"TaxApplicableOn,omitempty"`
	TaxAmount       *Decimal `json:"TaxAmount,omitempty"`
}

// Entity is the customer, vendor or employee on a line; required on lines to receivable and payable accounts.
type Entity struct {
	Type      string `json:"Type,omitempty"`
	EntityRef *Ref   `json:"EntityRef,omitempty"`
}

// NameValue is one of the free properties of CompanyInfo and Preferences.
type NameValue struct {
	Name  string `json:"Name"`
	Value string `json:"Value"`
}

// CompanyInfo describes the company that a realm id stands for.
type CompanyInfo struct {
	ID                        string      `json:"Id,omitempty"`
	SyncToken                 string      `json:"SyncToken,omitempty"`
	CompanyName               string      `json:"CompanyName,omitempty"`
	LegalName                 string      `json:"LegalName,omitempty"`
	CompanyAddr               *Address    `json:"CompanyAddr,omitempty"`
	CustomerCommunicationAddr *Address    `json:"CustomerCommunicationAddr,omitempty"`
	LegalAddr                 *Address    `json:"LegalAddr,omitempty"`
	PrimaryPhone              *Phone      `json:"PrimaryPhone,omitempty"`
	CompanyStartDate          string      `json:"CompanyStartDate,omitempty"`
	EmployerID                string      `json:"EmployerId,omitempty"`
	FiscalYearStartMonth      string      `json:"FiscalYearStartMonth,omitempty"`
	Country                   string      `json:"Country,omitempty"`
	Email                     *Email      `json:"Email,omitempty"`
	WebAddr                   *WebAddress `json:"WebAddr,omitempty"`
	SupportedLanguages        string      `json:"SupportedLanguages,omitempty"`
	NameValue                 []NameValue `json:"NameValue,omitempty"`
	Domain                    string      `json:"domain,omitempty"`
	Sparse                    bool        `json:"sparse"`
	MetaData                  *MetaData   `json:"MetaData,omitempty"`
}

// Preferences holds the settings of a company that bear on posting, and some of those that do not.
type Preferences struct {
	ID                      string                  `json:"Id,omitempty"`
	SyncToken               string                  `json:"SyncToken,omitempty"`
	AccountingInfoPrefs     AccountingInfoPrefs     `json:"AccountingInfoPrefs"`
	CurrencyPrefs           CurrencyPrefs           `json:"CurrencyPrefs"`
	OtherPrefs              OtherPrefs              `json:"OtherPrefs"`
	ProductAndServicesPrefs ProductAndServicesPrefs `json:"ProductAndServicesPrefs"`
	ReportPrefs             ReportPrefs             `json:"ReportPrefs"`
	SalesFormsPrefs         SalesFormsPrefs         `json:"SalesFormsPrefs"`
	TaxPrefs                TaxPrefs                `json:"TaxPrefs"`
	TimeTrackingPrefs       TimeTrackingPrefs       `json:"TimeTrackingPrefs"`
	VendorAndPurchasesPrefs VendorAndPurchasesPrefs `json:"VendorAndPurchasesPrefs"`
	EmailMessagesPrefs      EmailMessagesPrefs      `json:"EmailMessagesPrefs"`
	Domain                  string                  `json:"domain,omitempty"`
	Sparse                  bool                    `json:"sparse"`
	MetaData                *MetaData               `json:"MetaData,omitempty"`
}

// AccountingInfoPrefs has the accounting settings. BookCloseDate is empty while the books are open; months are English
// names.
type AccountingInfoPrefs struct {
	BookCloseDate           string `json:"BookCloseDate,omitempty"`
	ClassTrackingPerTxn     bool   `json:"ClassTrackingPerTxn"`
	ClassTrackingPerTxnLine bool   `json:"ClassTrackingPerTxnLine"`
	TrackDepartments        bool   `json:"TrackDepartments"`
	UseAccountNumbers       bool   `json:"UseAccountNumbers"`
	DepartmentTerminology   string `json:"DepartmentTerminology,omitempty"`
	CustomerTerminology     string `json:"CustomerTerminology,omitempty"`
	FirstMonthOfFiscalYear  string `json:"FirstMonthOfFiscalYear,omitempty"`
	TaxYearMonth            string `json:"TaxYearMonth,omitempty"`
	TaxForm                 string `json:"TaxForm,omitempty"`
}

// CurrencyPrefs has the home currency and whether others may be used.
type CurrencyPrefs struct {
	HomeCurrency         Ref  `json:"HomeCurrency"`
	MultiCurrencyEnabled bool `json:"MultiCurrencyEnabled"`
}

// OtherPrefs has settings as names and values, WarnDuplicateJournalNumber among them.
type OtherPrefs struct {
	NameValue []NameValue `json:"NameValue,omitempty"`
}

// QueryResponse is the body of a query's answer. MaxResults is the number of rows in this page.
type QueryResponse struct {
	Account       []Account      `json:"Account,omitempty"`
	JournalEntry  []JournalEntry `json:"JournalEntry,omitempty"`
	CompanyInfo   []CompanyInfo  `json:"CompanyInfo,omitempty"`
	Preferences   []Preferences  `json:"Preferences,omitempty"`
	Department    []Department   `json:"Department,omitempty"`
	Class         []Class        `json:"Class,omitempty"`
	Customer      []Customer     `json:"Customer,omitempty"`
	Vendor        []Vendor       `json:"Vendor,omitempty"`
	Employee      []Employee     `json:"Employee,omitempty"`
	StartPosition int            `json:"startPosition,omitempty"`
	MaxResults    int            `json:"maxResults,omitempty"`
	TotalCount    *int           `json:"totalCount,omitempty"`
}

// CDCResponse is one group of the answer of change data capture: for each object that was asked for, its changed rows.
type CDCResponse struct {
	QueryResponse []QueryResponse `json:"QueryResponse"`
}

// Fault is the service's error envelope.
type Fault struct {
	Error []FaultError `json:"Error"`
	Type  string       `json:"type"`
}

// FaultError is one error of a Fault. Only Code is stable: the texts are localized.
type FaultError struct {
	Message string `json:"Message"`
	Detail  string `json:"Detail,omitempty"`
	Code    string `json:"code"`
	Element string `json:"element,omitempty"`
}

// The operations that journal entries know in a batch.
const (
	OperationCreate = "create"
	OperationUpdate = "update"
	OperationDelete = "delete"
)

// BatchItemRequest is one operation of a batch call.
type BatchItemRequest struct {
	BID          string        `json:"bId"`
	Operation    string        `json:"operation,omitempty"`
	JournalEntry *JournalEntry `json:"JournalEntry,omitempty"`
	Account      *Account      `json:"Account,omitempty"`
	Query        string        `json:"Query,omitempty"`
}

// BatchRequest is the body of a batch call: at most 30 items.
type BatchRequest struct {
	Items []BatchItemRequest `json:"BatchItemRequest"`
}

// BatchItemResponse is the answer to one item of a batch call.
type BatchItemResponse struct {
	BID           string         `json:"bId"`
	JournalEntry  *JournalEntry  `json:"JournalEntry,omitempty"`
	Account       *Account       `json:"Account,omitempty"`
	QueryResponse *QueryResponse `json:"QueryResponse,omitempty"`
	Fault         *Fault         `json:"Fault,omitempty"`
}

// MaxBatchItems is the most items Intuit takes in one batch call; MaxPageRows the most rows in one query page.
const (
	MaxBatchItems = 30
	MaxPageRows   = 1000
)

// MaxDocNumber is the most characters of a DocNumber; MaxPrivateNote of a PrivateNote; MaxLineDescription of a line's
// Description; MaxRequestID of a requestid; MaxBatchRequestID of the requestid of a batch call; MaxBID of a bId in a
// batch that has a requestid.
const (
	MaxDocNumber       = 21
	MaxPrivateNote     = 4000
	MaxLineDescription = 4000
	MaxRequestID       = 50
	MaxBatchRequestID  = 36
	MaxBID             = 10
)

// MaxAccountName is the most characters of an account's Name; MaxAccountNumber of its AcctNum in Australia and Canada,
// which is 7 elsewhere; MaxAccountDescription of its Description.
const (
	MaxAccountName        = 100
	MaxAccountNumber      = 20
	MaxAccountDescription = 100
)

// MaxAmount is the largest Amount of a line, in hundredths: Intuit takes ten digits before the point.
const MaxAmount Decimal = 999_999_999_999
