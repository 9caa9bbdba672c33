package simulator

import (
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// nameInput is what the rows of all name lists have in common, as clients send them.
type nameInput struct {
	ID        *text     `json:"Id"`
	SyncToken *text     `json:"SyncToken"`
	Sparse    bool      `json:"sparse"`
	Active    *bool     `json:"Active"`
	ParentRef *refInput `json:"ParentRef"`

	FullyQualifiedName ignored `json:"FullyQualifiedName"`
	Domain             ignored `json:"domain"`
	Status             ignored `json:"status"`
	MetaData           ignored `json:"MetaData"`
	Attributes         ignored `json:"attributes"`
}

// tagInput is a department or class as clients send it.
type tagInput struct {
	nameInput

	Name          *text `json:"Name"`
	SubDepartment *bool `json:"SubDepartment"`
	SubClass      *bool `json:"SubClass"`

	Address ignored `json:"Address"`
}

// personInput is a customer, vendor or employee as clients send it. What has no bearing on booking entries, such as
// addresses and terms, is taken and not kept.
type personInput struct {
	nameInput

	DisplayName *text `json:"DisplayName"`
	CompanyName *text `json:"CompanyName"`
	Title       text  `json:"Title"`
	GivenName   *text `json:"GivenName"`
	MiddleName  text  `json:"MiddleName"`
	FamilyName  *text `json:"FamilyName"`
	Suffix      text  `json:"Suffix"`
	Job         *bool `json:"Job"`

	AcctNum                 ignored `json:"AcctNum"`
	AlternatePhone          ignored `json:"AlternatePhone"`
	Balance                 ignored `json:"Balance"`
	BalanceWithJobs         ignored `json:"BalanceWithJobs"`
	BillAddr                ignored `json:"BillAddr"`
	BillRate                ignored `json:"BillRate"`
	BillWithParent          ignored `json:"BillWithParent"`
	BillableTime            ignored `json:"BillableTime"`
	BirthDate               ignored `json:"BirthDate"`
	ClientEntityID          ignored `json:"ClientEntityId"`
	CostRate                ignored `json:"CostRate"`
	CurrencyRef             ignored `json:"CurrencyRef"`
	CustomerTypeRef         ignored `json:"CustomerTypeRef"`
	DefaultTaxCodeRef       ignored `json:"DefaultTaxCodeRef"`
	EmployeeNumber          ignored `json:"EmployeeNumber"`
	Fax                     ignored `json:"Fax"`
	Gender                  ignored `json:"Gender"`
	HiredDate               ignored `json:"HiredDate"`
	IsProject               ignored `json:"IsProject"`
	Level                   ignored `json:"Level"`
	Mobile                  ignored `json:"Mobile"`
	Notes                   ignored `json:"Notes"`
	OpenBalanceDate         ignored `json:"OpenBalanceDate"`
	OtherContactInfo        ignored `json:"OtherContactInfo"`
	PaymentMethodRef        ignored `json:"PaymentMethodRef"`
	PreferredDeliveryMethod ignored `json:"PreferredDeliveryMethod"`
	PrimaryAddr             ignored `json:"PrimaryAddr"`
	PrimaryEmailAddr        ignored `json:"PrimaryEmailAddr"`
	PrimaryPhone            ignored `json:"PrimaryPhone"`
	PrintOnCheckName        ignored `json:"PrintOnCheckName"`
	ReleasedDate            ignored `json:"ReleasedDate"`
	ResaleNum               ignored `json:"ResaleNum"`
	SSN                     ignored `json:"SSN"`
	SalesTermRef            ignored `json:"SalesTermRef"`
	ShipAddr                ignored `json:"ShipAddr"`
	Source                  ignored `json:"Source"`
	TaxExemptionReasonID    ignored `json:"TaxExemptionReasonId"`
	TaxIdentifier           ignored `json:"TaxIdentifier"`
	Taxable                 ignored `json:"Taxable"`
	TermRef                 ignored `json:"TermRef"`
	Vendor1099              ignored `json:"Vendor1099"`
	V4IDPseudonym           ignored `json:"V4IDPseudonym"`
	WebAddr                 ignored `json:"WebAddr"`
}

// nameRequest is a write of a row of any list.
type nameRequest struct {
	nameInput

	name                               *text
	sub                                *bool
	companyName, givenName, familyName *text
	// otherwise is the name of a person who is given none.
	otherwise string
}

// read reads a row of a list as a client sends it.
func (k *nameKind) read(body []byte) (*nameRequest, *wire.Fault) {
	if k.person {
		return k.readPerson(body)
	}
	var in tagInput
	if fault := decode(body, &in); fault != nil {
		return nil, fault
	}
	own, other, otherName := in.SubDepartment, in.SubClass, "SubClass"
	if k.object == objectClass {
		own, other, otherName = in.SubClass, in.SubDepartment, "SubDepartment"
	}
	if other != nil {
		return nil, oneFault(codeProperty, "", "Property Name: %s", otherName)
	}
	return &nameRequest{nameInput: in.nameInput, name: in.Name, sub: own}, nil
}

func (k *nameKind) readPerson(body []byte) (*nameRequest, *wire.Fault) {
	var in personInput
	if fault := decode(body, &in); fault != nil {
		return nil, fault
	}
	if k.sub == "" && in.Job != nil {
		return nil, oneFault(codeProperty, "", "Property Name: Job")
	}
	if k.sub == "" && in.ParentRef.id() != "" {
		return nil, oneFault(codeProperty, "", "Property Name: ParentRef")
	}
	parts := []string{string(in.Title), in.GivenName.value(), string(in.MiddleName), in.FamilyName.value(), string(in.Suffix)}
	return &nameRequest{
		nameInput: in.nameInput, name: in.DisplayName, sub: in.Job, companyName: in.CompanyName, givenName: in.GivenName,
		familyName: in.FamilyName, otherwise: strings.Join(strings.Fields(strings.Join(parts, " ")), " "),
	}, nil
}
