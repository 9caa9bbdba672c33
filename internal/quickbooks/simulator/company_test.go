package simulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

func (a *app) companyInfo() *wire.CompanyInfo {
	a.t.Helper()
	return a.get("companyinfo/" + a.realm).envelope(a.t).CompanyInfo
}

func (a *app) preferences() *wire.Preferences {
	a.t.Helper()
	return a.get("preferences").envelope(a.t).Preferences
}

func TestCompanyInfo(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	address := func(id string) *wire.Address {
		return &wire.Address{
			ID: id, Line1: "14 Harbor Street", City: "Portland", CountrySubDivisionCode: "ME", PostalCode: "04101",
			Country: "USA",
		}
	}
	const moment = "2026-08-31T12:11:06-07:00"
	want := &wire.CompanyInfo{
		ID: "1", SyncToken: "0", CompanyName: "Harbor & Pine Trading Co.", LegalName: "Harbor & Pine Trading Co.",
		CompanyAddr: address("1"), CustomerCommunicationAddr: address("2"), LegalAddr: address("3"),
		PrimaryPhone: &wire.Phone{FreeFormNumber: "(207) 555-0142"}, CompanyStartDate: "2026-08-31",
		EmployerID: "01-2345678", FiscalYearStartMonth: "January", Country: "US",
		Email:              &wire.Email{Address: "books@harborandpine.example"},
		WebAddr:            &wire.WebAddress{URI: "https://www.harborandpine.example"},
		SupportedLanguages: "en", Domain: "QBO", MetaData: &wire.MetaData{CreateTime: moment, LastUpdatedTime: moment},
		NameValue: []wire.NameValue{
			{Name: "SubscriptionStatus", Value: "PAID"},
			{Name: "OfferingSku", Value: "QuickBooks Online Plus"},
			{Name: "IndustryType", Value: "Retail Stores"},
			{Name: "PayrollFeature", Value: "false"},
			{Name: "AccountantFeature", Value: "false"},
		},
	}
	if diff := cmp.Diff(want, a.companyInfo()); diff != "" {
		t.Error(diff)
	}
	if rows := a.query("select * from CompanyInfo").CompanyInfo; len(rows) != 1 || cmp.Diff(*want, rows[0]) != "" {
		t.Errorf("queried: %+v", rows)
	}
}

func TestCompanyInfoUpdates(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.sim.AdvanceClock(time.Minute)
	sparse := a.post("companyInfo", `{"Id":"1","SyncToken":"0","sparse":true,"CompanyName":"Pine & Harbor","PrimaryPhone":{},`+
		`"CompanyAddr":{"Id":"77","Line1":"1 Quay","Lat":"43.6","Country":"USA"},"LegalAddr":{},"NameValue":[]}`).envelope(t).CompanyInfo
	if sparse == nil || sparse.CompanyName != "Pine & Harbor" || sparse.SyncToken != "1" || sparse.Email == nil ||
		sparse.LegalAddr.Line1 != "14 Harbor Street" || sparse.PrimaryPhone.FreeFormNumber == "" {
		t.Errorf("sparse: %+v", sparse)
	}
	if diff := cmp.Diff(&wire.Address{ID: "1", Line1: "1 Quay", Country: "USA"}, sparse.CompanyAddr); diff != "" {
		t.Error(diff)
	}
	if sparse.MetaData.LastUpdatedTime != "2026-08-31T12:12:06-07:00" || a.preferences().SyncToken != "0" {
		t.Errorf("moved on: %+v", sparse.MetaData)
	}
	if options, err := a.sim.Company(a.realm); err != nil || options.Name != "Pine & Harbor" {
		t.Errorf("settings %+v, %v", options, err)
	}
	full := a.post("companyinfo", `{"Id":"1","SyncToken":"1","CompanyName":"Quay"}`).envelope(t).CompanyInfo
	if full.LegalName != "Quay" || full.Email != nil || full.CompanyAddr != nil || full.Country != "US" {
		t.Errorf("full: %+v", full)
	}
	for name, test := range map[string]struct{ body, want string }{
		"no id":     {`{"SyncToken":"2","CompanyName":"X"}`, "2020 Id"},
		"other id":  {`{"Id":"2","SyncToken":"2","CompanyName":"X"}`, "610"},
		"no token":  {`{"Id":"1","CompanyName":"X"}`, "2020 SyncToken"},
		"old token": {`{"Id":"1","SyncToken":"1","CompanyName":"X"}`, "5010"},
		"no name":   {`{"Id":"1","SyncToken":"2"}`, "2020 CompanyName"},
		"unknown":   {`{"Id":"1","SyncToken":"2","Colour":"red"}`, "2010"},
	} {
		a.refuses(name, "companyinfo", test.body, test.want)
	}
}

func TestPreferencesUpdates(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{
		BookCloseDate: "2025-12-31", ClassTracking: simulator.ClassesPerTxn, TrackDepartments: true,
	}}})
	before := a.preferences()
	a.sim.AdvanceClock(time.Minute)
	got := a.post("preferences", `{"Id":"1","SyncToken":"0","sparse":true,"AccountingInfoPrefs":{"ClassTrackingPerTxn":false,`+
		`"ClassTrackingPerTxnLine":true,"FirstMonthOfFiscalYear":"July","BookCloseDate":"2020-01-01","UseAccountNumbers":false},`+
		`"OtherPrefs":{"NameValue":[{"Name":"WarnDuplicateJournalNumber","Value":"true"},{"Name":"Whatever","Value":"1"}]},`+
		`"ReportPrefs":{"ReportBasis":"Cash"},"SalesFormsPrefs":{"CustomTxnNumbers":true}}`).envelope(t).Preferences
	want := *before
	want.SyncToken, want.MetaData.LastUpdatedTime = "1", "2026-08-31T12:12:06-07:00"
	want.AccountingInfoPrefs.ClassTrackingPerTxn, want.AccountingInfoPrefs.ClassTrackingPerTxnLine = false, true
	want.AccountingInfoPrefs.FirstMonthOfFiscalYear = "July"
	want.OtherPrefs.NameValue[0].Value = "true"
	want.ReportPrefs.ReportBasis, want.SalesFormsPrefs.CustomTxnNumbers = "Cash", true
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(got, a.preferences()); diff != "" {
		t.Error(diff)
	}
	if info := a.companyInfo(); info.FiscalYearStartMonth != "July" || info.SyncToken != "1" {
		t.Errorf("company info: %+v", info)
	}
	a.mustPost(a.sale("N1", "1"))
	if got := a.post("journalentry", a.sale("N1", "1")); codes(got.envelope(t).Fault) != "6140" {
		t.Errorf("the preference has no effect: %s", got.body)
	}

	full := a.post("preferences", `{"Id":"1","SyncToken":"1"}`).envelope(t).Preferences
	if p := full.AccountingInfoPrefs; p.TrackDepartments || p.ClassTrackingPerTxnLine || p.BookCloseDate != "2025-12-31" ||
		p.FirstMonthOfFiscalYear != "January" || full.OtherPrefs.NameValue[0].Value != "false" || full.SalesFormsPrefs.CustomTxnNumbers {
		t.Errorf("full: %+v", full)
	}
	head := `{"Id":"1","SyncToken":"2","sparse":true,`
	for name, test := range map[string]struct{ body, want string }{
		"both":      {head + `"AccountingInfoPrefs":{"ClassTrackingPerTxn":true,"ClassTrackingPerTxnLine":true}}`, "6000"},
		"month":     {head + `"AccountingInfoPrefs":{"FirstMonthOfFiscalYear":"Juli"}}`, "2170 FirstMonthOfFiscalYear"},
		"basis":     {head + `"ReportPrefs":{"ReportBasis":"Both"}}`, "2170 ReportBasis"},
		"day":       {head + `"TimeTrackingPrefs":{"WorkWeekStartDate":"Someday"}}`, "2170 WorkWeekStartDate"},
		"warning":   {head + `"OtherPrefs":{"NameValue":[{"Name":"WarnDuplicateBillNumber","Value":"maybe"}]}}`, "2170 WarnDuplicateBillNumber"},
		"unknown":   {head + `"Colours":{}}`, "2010"},
		"no object": {`[]`, "2010"},
		"old token": {`{"Id":"1","SyncToken":"1","sparse":true}`, "5010"},
		"other id":  {`{"Id":"2","SyncToken":"2","sparse":true}`, "610"},
	} {
		a.refuses(name, "preferences", test.body, test.want)
	}
	if p := a.preferences(); p.SyncToken != "2" {
		t.Errorf("a refusal moved the preferences to %s", p.SyncToken)
	}
}

func TestChangeCompanyMovesRevisions(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.sim.AdvanceClock(time.Minute)
	if err := a.sim.ChangeCompany(a.realm, closeBooks("2026-07-31")); err != nil {
		t.Fatal(err)
	}
	if p := a.preferences(); p.SyncToken != "1" || p.MetaData.LastUpdatedTime != "2026-08-31T12:12:06-07:00" {
		t.Errorf("preferences: %s %+v", p.SyncToken, p.MetaData)
	}
	if info := a.companyInfo(); info.SyncToken != "0" {
		t.Errorf("company info: %+v", info)
	}
	since := "where MetaData.LastUpdatedTime > '2026-08-31T12:11:30-07:00'"
	if n, m := len(a.query("select * from Preferences "+since).Preferences), len(a.query("select * from CompanyInfo "+since).CompanyInfo); n != 1 || m != 0 {
		t.Errorf("changed since: %d preferences, %d company infos", n, m)
	}
}

func TestSubscriptionLapsed(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	e := a.mustPost(a.sale("L1", "1"))
	lapse := func(lapsed bool) {
		if err := a.sim.ChangeCompany(a.realm, func(o *simulator.CompanyOptions) { o.SubscriptionLapsed = lapsed }); err != nil {
			t.Fatal(err)
		}
	}
	lapse(true)
	for path, body := range map[string]string{
		"journalentry":                  a.sale("L2", "1"),
		"journalentry?operation=delete": `{"Id":"` + e.ID + `","SyncToken":"0"}`,
		"account":                       a.engraving(),
		"department":                    `{"Name":"X"}`,
		"companyinfo":                   `{"Id":"1","SyncToken":"1","sparse":true}`,
		"preferences":                   `{"Id":"1","SyncToken":"0","sparse":true}`,
	} {
		a.refuses(path, path, body, "6190")
	}
	const detail = "Subscription period has ended or canceled or there was a billing problem : You can't add data to " +
		"QuickBooks Online Plus because your trial or subscription period ended."
	items := a.post("batch", `{"BatchItemRequest":[{"bId":"1","operation":"create","Account":`+a.engraving()+`},`+
		`{"bId":"2","Query":"select * from Account"}]}`).envelope(t).BatchItemResponse
	if len(items) != 2 || codes(items[0].Fault) != "6190" || items[0].Fault.Error[0].Detail != detail || items[1].QueryResponse == nil {
		t.Errorf("batch: %+v", items)
	}
	a.get("department/1").row(t, "Department")
	if info := a.companyInfo(); info.NameValue[0] != (wire.NameValue{Name: "SubscriptionStatus", Value: "EXPIRED"}) {
		t.Errorf("company info: %+v", info.NameValue)
	}
	lapse(false)
	a.mustPost(a.sale("L2", "1"))
}

func TestConnectorRemoved(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{ConnectorRemoved: true}}})
	want := &wire.Fault{Type: "AuthorizatonFault", Error: []wire.FaultError{{
		Message: "Authorization Failure", Code: "120",
		Detail: "AuthorizationFailure: --11014-You do not have access to use QuickBooks Online Plus.",
	}}}
	for _, got := range []reply{
		a.get("companyinfo/" + a.realm), a.get("query?query=select+*+from+Account"), a.post("account", a.engraving()),
		a.post("batch", `{"BatchItemRequest":[]}`),
	} {
		if diff := cmp.Diff(want, got.envelope(t).Fault); got.StatusCode != http.StatusUnauthorized || diff != "" {
			t.Errorf("%d %s", got.StatusCode, diff)
		}
	}
}
