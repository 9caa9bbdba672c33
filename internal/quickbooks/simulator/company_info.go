package simulator

import (
	"reflect"
	"strconv"
	"unicode/utf8"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

const maxCompanyName = 1024

// singleID is the id of an object that a company has one of.
const singleID = 1

// revision is how often and when an object that a company has one of was changed.
type revision struct {
	syncToken int
	updated   int64 // seconds since 1970
}

// since returns what stands on the wire if the revision is not older than a time, otherwise nothing.
func (r revision) since(since int64, onWire any) []any {
	if r.updated < since {
		return nil
	}
	return []any{onWire}
}

// revise makes a change to what CompanyInfo and Preferences are made of. The revision of each that then reads otherwise
// moves on, and the change is noted. The lock is held.
func (c *company) revise(made *changes, edit func()) {
	info, preferences := c.infoOnWire(), c.preferencesOnWire()
	edit()
	now := c.clock.now().Unix()
	if !reflect.DeepEqual(info, c.infoOnWire()) {
		c.infoRevision = revision{syncToken: c.infoRevision.syncToken + 1, updated: now}
		c.changed(made, objectCompanyInfo, singleID, opUpdated, c.infoOnWire())
	}
	if !reflect.DeepEqual(preferences, c.preferencesOnWire()) {
		c.preferencesRevision = revision{syncToken: c.preferencesRevision.syncToken + 1, updated: now}
		c.changed(made, objectPreferences, singleID, opUpdated, c.preferencesOnWire())
	}
}

// revisionOf returns the revision of CompanyInfo or Preferences.
func (c *company) revisionOf(object string) revision {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if object == objectCompanyInfo {
		return c.infoRevision
	}
	return c.preferencesRevision
}

// profile is what CompanyInfo says beside the company's settings. Absent parts are nil; what they point at never
// changes.
type profile struct {
	legalName    string // empty: the company's name
	address      *wire.Address
	mailing      *wire.Address
	legalAddress *wire.Address
	phone        *wire.Phone
	email        *wire.Email
	site         *wire.WebAddress
	employerID   string
}

// firstProfile is the profile of a new company.
func firstProfile() profile {
	address := func(id string) *wire.Address {
		return &wire.Address{
			ID: id, Line1: "14 Harbor Street", City: "Portland", CountrySubDivisionCode: "ME", PostalCode: "04101",
			Country: "USA",
		}
	}
	return profile{
		address: address("1"), mailing: address("2"), legalAddress: address("3"),
		phone: &wire.Phone{FreeFormNumber: "(207) 555-0142"}, email: &wire.Email{Address: "books@harborandpine.example"},
		site: &wire.WebAddress{URI: "https://www.harborandpine.example"}, employerID: "01-2345678",
	}
}

func (c *company) info() *wire.CompanyInfo {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.infoOnWire()
}

// infoOnWire renders CompanyInfo. The lock is held.
func (c *company) infoOnWire() *wire.CompanyInfo {
	legalName, status := c.profile.legalName, "PAID"
	if legalName == "" {
		legalName = c.settings.Name
	}
	if c.settings.SubscriptionLapsed {
		status = "EXPIRED"
	}
	return &wire.CompanyInfo{
		ID: wireID(singleID), SyncToken: strconv.Itoa(c.infoRevision.syncToken), CompanyName: c.settings.Name,
		LegalName: legalName, CompanyAddr: c.profile.address, CustomerCommunicationAddr: c.profile.mailing,
		LegalAddr: c.profile.legalAddress, PrimaryPhone: c.profile.phone, Email: c.profile.email, WebAddr: c.profile.site,
		EmployerID: c.profile.employerID, CompanyStartDate: c.created.Format(dateOnly), Country: "US",
		FiscalYearStartMonth: c.stored.AccountingInfoPrefs.FirstMonthOfFiscalYear, SupportedLanguages: "en", Domain: domain,
		NameValue: []wire.NameValue{
			{Name: "SubscriptionStatus", Value: status},
			{Name: "OfferingSku", Value: "QuickBooks Online Plus"},
			{Name: "IndustryType", Value: "Retail Stores"},
			{Name: "PayrollFeature", Value: "false"},
			{Name: "AccountantFeature", Value: "false"},
		},
		MetaData: c.metaData(c.created.Unix(), c.infoRevision.updated),
	}
}

// companyInfoInput is CompanyInfo as clients send it.
type companyInfoInput struct {
	ID                        *text            `json:"Id"`
	SyncToken                 *text            `json:"SyncToken"`
	Sparse                    bool             `json:"sparse"`
	CompanyName               *text            `json:"CompanyName"`
	LegalName                 *text            `json:"LegalName"`
	CompanyAddr               *addressInput    `json:"CompanyAddr"`
	CustomerCommunicationAddr *addressInput    `json:"CustomerCommunicationAddr"`
	LegalAddr                 *addressInput    `json:"LegalAddr"`
	PrimaryPhone              *wire.Phone      `json:"PrimaryPhone"`
	Email                     *wire.Email      `json:"Email"`
	WebAddr                   *wire.WebAddress `json:"WebAddr"`
	EmployerID                *text            `json:"EmployerId"`

	CompanyEmailAddr     ignored `json:"CompanyEmailAddr"`
	CompanyStartDate     ignored `json:"CompanyStartDate"`
	Country              ignored `json:"Country"`
	FiscalYearStartMonth ignored `json:"FiscalYearStartMonth"`
	SupportedLanguages   ignored `json:"SupportedLanguages"`
	DefaultTimeZone      ignored `json:"DefaultTimeZone"`
	NameValue            ignored `json:"NameValue"`
	Domain               ignored `json:"domain"`
	Status               ignored `json:"status"`
	MetaData             ignored `json:"MetaData"`
	Attributes           ignored `json:"attributes"`
}

// addressInput is an address as clients send it.
type addressInput struct {
	wire.Address

	Line4       ignored `json:"Line4"`
	Line5       ignored `json:"Line5"`
	CountryCode ignored `json:"CountryCode"`
	Lat         ignored `json:"Lat"`
	Long        ignored `json:"Long"`
}

// writeCompanyInfo updates CompanyInfo. What it says of the subscription and the country cannot be written.
func writeCompanyInfo(co *company, w *writing) result {
	if fault := w.onlyUpserts(); fault != nil {
		return refused(fault)
	}
	var in companyInfoInput
	if fault := decode(w.body, &in); fault != nil {
		return refused(fault)
	}
	co.mu.Lock()
	defer co.mu.Unlock()
	if fault := checkSingle(in.ID, in.SyncToken, co.infoRevision); fault != nil {
		return refused(fault)
	}
	name, drawn := in.draft(co)
	var wrong faults
	if name == "" {
		wrong.missing("CompanyName")
	}
	if n := utf8.RuneCountInString(name); n > maxCompanyName {
		wrong.length("CompanyName", 1, maxCompanyName, n)
	}
	if fault := wrong.fault(); fault != nil {
		return refused(fault)
	}
	co.revise(w.changes, func() { co.settings.Name, co.profile = name, drawn })
	return found(objectCompanyInfo, co.infoOnWire())
}

// checkSingle says what is wrong with the id and SyncToken of an update of an object that a company has one of. Such an
// object is never created.
func checkSingle(id, syncToken *text, present revision) *wire.Fault {
	switch id.value() {
	case wireID(singleID):
		return checkSyncToken(syncToken, present.syncToken)
	case "":
		return needsID(operationUpdate)
	}
	return oneFault(codeNotFound, "", detailInactive)
}

// draft returns the name and the profile that a company is to have. A sparse update keeps what it does not name, a full
// one does not. An empty part counts as absent.
func (in *companyInfoInput) draft(co *company) (string, profile) {
	var name string
	var drawn profile
	if in.Sparse {
		name, drawn = co.settings.Name, co.profile
	}
	set(&name, in.CompanyName)
	set(&drawn.legalName, in.LegalName)
	set(&drawn.employerID, in.EmployerID)
	in.CompanyAddr.setTo(&drawn.address, "1")
	in.CustomerCommunicationAddr.setTo(&drawn.mailing, "2")
	in.LegalAddr.setTo(&drawn.legalAddress, "3")
	if in.PrimaryPhone != nil && in.PrimaryPhone.FreeFormNumber != "" {
		drawn.phone = in.PrimaryPhone
	}
	if in.Email != nil && in.Email.Address != "" {
		drawn.email = in.Email
	}
	if in.WebAddr != nil && in.WebAddr.URI != "" {
		drawn.site = in.WebAddr
	}
	return name, drawn
}

// setTo puts an address that was sent in the place of another; the id of the place stays.
func (in *addressInput) setTo(to **wire.Address, id string) {
	if in == nil {
		return
	}
	address := in.Address
	address.ID = ""
	if address == (wire.Address{}) {
		return
	}
	address.ID = id
	*to = &address
}
