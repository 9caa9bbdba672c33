package simulator

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// The preferences that stand among the names and values of OtherPrefs.
const (
	warnJournalNumber = "WarnDuplicateJournalNumber"
	warnCheckNumber   = "WarnDuplicateCheckNumber"
	warnBillNumber    = "WarnDuplicateBillNumber"
)

// firstPreferences are the preferences of a new company, but for what its settings say.
func firstPreferences() wire.Preferences {
	return wire.Preferences{
		AccountingInfoPrefs: wire.AccountingInfoPrefs{
			DepartmentTerminology: "Location", CustomerTerminology: "Customers",
			FirstMonthOfFiscalYear: time.January.String(), TaxYearMonth: time.January.String(), TaxForm: "6",
		},
		OtherPrefs: wire.OtherPrefs{NameValue: []wire.NameValue{
			{Name: warnCheckNumber, Value: "true"}, {Name: warnBillNumber, Value: "false"},
		}},
		ProductAndServicesPrefs: wire.ProductAndServicesPrefs{
			ForSales: true, ForPurchases: true, QuantityWithPriceAndRate: true, QuantityOnHand: true,
		},
		ReportPrefs: wire.ReportPrefs{ReportBasis: wire.ReportBasisAccrual},
		SalesFormsPrefs: wire.SalesFormsPrefs{
			AllowDeposit: true, AllowDiscount: true, AllowEstimates: true, AutoApplyCredit: true, AutoApplyPayments: true,
		},
		TaxPrefs:                wire.TaxPrefs{UsingSalesTax: true, PartnerTaxEnabled: true},
		TimeTrackingPrefs:       wire.TimeTrackingPrefs{UseServices: true, WorkWeekStartDate: time.Monday.String()},
		VendorAndPurchasesPrefs: wire.VendorAndPurchasesPrefs{TrackingByCustomer: true, BillableExpenseTracking: true},
		EmailMessagesPrefs: wire.EmailMessagesPrefs{
			InvoiceMessage: wire.EmailMessage{Subject: "Your invoice", Message: "Your invoice is attached. Thank you."},
		},
	}
}

func (c *company) preferences() *wire.Preferences {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.preferencesOnWire()
}

// preferencesOnWire renders the preferences. The lock is held.
func (c *company) preferencesOnWire() *wire.Preferences {
	p := c.stored
	p.ID, p.SyncToken, p.Domain = wireID(singleID), strconv.Itoa(c.preferencesRevision.syncToken), domain
	p.MetaData = c.metaData(c.created.Unix(), c.preferencesRevision.updated)
	a := &p.AccountingInfoPrefs
	a.BookCloseDate, a.UseAccountNumbers = c.settings.BookCloseDate, !c.settings.WithoutAccountNumbers
	a.ClassTrackingPerTxn = c.settings.ClassTracking == ClassesPerTxn
	a.ClassTrackingPerTxnLine = c.settings.ClassTracking == ClassesPerLine
	a.TrackDepartments = c.settings.TrackDepartments
	p.CurrencyPrefs = wire.CurrencyPrefs{
		HomeCurrency: wire.Ref{Value: homeCurrency}, MultiCurrencyEnabled: c.settings.MultiCurrency,
	}
	p.OtherPrefs.NameValue = append([]wire.NameValue{
		{Name: warnJournalNumber, Value: strconv.FormatBool(c.settings.WarnDuplicateJournalNumber)},
	}, p.OtherPrefs.NameValue...)
	return &p
}

// preferencesInput is Preferences as clients send them.
type preferencesInput struct {
	wire.Preferences

	ID         *text   `json:"Id"`
	SyncToken  *text   `json:"SyncToken"`
	Sparse     bool    `json:"sparse"`
	MetaData   ignored `json:"MetaData"`
	Domain     ignored `json:"domain"`
	Status     ignored `json:"status"`
	Attributes ignored `json:"attributes"`
}

// writePreferences updates the preferences. The closing date, the use of account numbers and the currencies are read
// only: what a request says of them is ignored. The body is read under the lock, since a sparse update is laid over the
// present preferences; this is rare and small.
func writePreferences(co *company, w *writing) result {
	if fault := w.onlyUpserts(); fault != nil {
		return refused(fault)
	}
	co.mu.Lock()
	defer co.mu.Unlock()
	in, fault := co.readPreferences(w.body)
	if fault != nil {
		return refused(fault)
	}
	if fault := checkSingle(in.ID, in.SyncToken, co.preferencesRevision); fault != nil {
		return refused(fault)
	}
	var wrong faults
	checkPreferences(&in.Preferences, &wrong)
	settings, others := co.settings, slices.Clone(firstPreferences().OtherPrefs.NameValue)
	if in.Sparse {
		others = slices.Clone(co.stored.OtherPrefs.NameValue)
	} else {
		settings.WarnDuplicateJournalNumber = false
	}
	settings.takeTracking(&in.AccountingInfoPrefs, &wrong)
	settings.takeWarnings(in.OtherPrefs.NameValue, others, &wrong)
	if fault := wrong.fault(); fault != nil {
		return refused(fault)
	}
	co.revise(w.changes, func() {
		co.settings, co.stored = settings, in.Preferences
		co.stored.OtherPrefs.NameValue = others
	})
	return found(objectPreferences, co.preferencesOnWire())
}

// readPreferences lays a request over the preferences it updates: a sparse update over the present ones, a full one over
// those of a new company. OtherPrefs has only what was sent. The lock is held.
func (c *company) readPreferences(body []byte) (*preferencesInput, *wire.Fault) {
	var head struct {
		Sparse bool `json:"sparse"`
	}
	if err := json.Unmarshal(body, &head); err != nil {
		return nil, oneFault(codeProperty, "", "Property Name: %s", propertyOf(err))
	}
	in := &preferencesInput{Preferences: firstPreferences()}
	if head.Sparse {
		in.Preferences = *c.preferencesOnWire()
	}
	in.OtherPrefs.NameValue = nil
	return in, decode(body, in)
}

// checkPreferences holds the preferences that have only some values against them.
func checkPreferences(p *wire.Preferences, wrong *faults) {
	enumeration := func(element, value string, known func(string) bool) {
		if !known(value) {
			wrong.addf(codeEnumeration, element, "Invalid Enumeration : %s", clip(value))
		}
	}
	enumeration("FirstMonthOfFiscalYear", p.AccountingInfoPrefs.FirstMonthOfFiscalYear, isMonth)
	enumeration("TaxYearMonth", p.AccountingInfoPrefs.TaxYearMonth, isMonth)
	enumeration("ReportBasis", p.ReportPrefs.ReportBasis, func(basis string) bool {
		return basis == wire.ReportBasisAccrual || basis == wire.ReportBasisCash
	})
	enumeration("WorkWeekStartDate", p.TimeTrackingPrefs.WorkWeekStartDate, isWeekday)
}

func isMonth(name string) bool {
	for month := time.January; month <= time.December; month++ {
		if month.String() == name {
			return true
		}
	}
	return false
}

func isWeekday(name string) bool {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if day.String() == name {
			return true
		}
	}
	return false
}

// takeTracking sets what a company tracks by its preferences.
func (o *CompanyOptions) takeTracking(p *wire.AccountingInfoPrefs, wrong *faults) {
	o.TrackDepartments, o.ClassTracking = p.TrackDepartments, ClassesOff
	switch {
	case p.ClassTrackingPerTxn && p.ClassTrackingPerTxnLine:
		wrong.rule(ruleOneClassTracking)
	case p.ClassTrackingPerTxn:
		o.ClassTracking = ClassesPerTxn
	case p.ClassTrackingPerTxnLine:
		o.ClassTracking = ClassesPerLine
	}
}

// takeWarnings sets which numbers must be unique: that of journal entries in the settings, others in their list. A name
// that is not known is ignored.
func (o *CompanyOptions) takeWarnings(sent, others []wire.NameValue, wrong *faults) {
	for _, s := range sent {
		at := slices.IndexFunc(others, func(other wire.NameValue) bool { return other.Name == s.Name })
		if s.Name != warnJournalNumber && at < 0 {
			continue
		}
		on, err := strconv.ParseBool(s.Value)
		switch {
		case err != nil:
			wrong.addf(codeEnumeration, s.Name, "Invalid Enumeration : %s", clip(s.Value))
		case at < 0:
			o.WarnDuplicateJournalNumber = on
		default:
			others[at].Value = strconv.FormatBool(on)
		}
	}
}
