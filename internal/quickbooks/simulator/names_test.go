package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// row reads the row of a name list in an answer that must be right.
func (r reply) row(tb testing.TB, object string) *wire.NameRow {
	tb.Helper()
	var answer map[string]json.RawMessage
	r.into(tb, &answer)
	var row wire.NameRow
	if err := json.Unmarshal(answer[object], &row); err != nil || r.StatusCode != http.StatusOK {
		tb.Fatalf("%s: %d %s", object, r.StatusCode, r.body)
	}
	return &row
}

// rows runs a statement about a name list.
func (a *app) rows(object, rest string) []wire.NameRow {
	a.t.Helper()
	found := a.query("select * from " + object + " " + rest)
	return slices.Concat(found.Department, found.Class, found.Customer, found.Vendor, found.Employee)
}

// idOf returns the id of an active row of a name list.
func (a *app) idOf(object, name string) string {
	a.t.Helper()
	for _, row := range a.rows(object, "") {
		if row.Name == name || row.DisplayName == name {
			return row.ID
		}
	}
	a.t.Fatalf("no %s %q", object, name)
	return ""
}

func TestNewCompanyHasNames(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for object, want := range map[string][]string{
		"Department": {"1 Harbor Street", "2 Pine Avenue", "3 Lakeside Outlet", "4 Online Store", "5 Warehouse"},
		"Class":      {"1 Retail", "2 Retail:In Store", "3 Retail:Online", "4 Wholesale"},
		"Customer": {
			"1 Walk-in Customer", "2 Online Orders", "3 Harbor Hotel", "4 Harbor Hotel:Gift Shop", "5 Lakeside Rowing Club",
		},
		"Vendor": {
			"7 Cascade Apparel Supply", "8 Trailhead Wholesale", "9 Paper Lantern Books", "10 Pine Avenue Properties",
			"11 State Department of Revenue",
		},
		"Employee": {"12 Dana Whitfield", "13 Luis Ortega"},
	} {
		var got []string
		for _, row := range a.rows(object, "orderby Id") {
			name := row.FullyQualifiedName
			if name == "" {
				name = row.DisplayName
			}
			got = append(got, row.ID+" "+name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", object, diff)
		}
	}
}

func TestCreateNames(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	yes, no := true, false
	meta := &wire.MetaData{CreateTime: "2026-08-31T12:11:06-07:00", LastUpdatedTime: "2026-08-31T12:11:06-07:00"}
	dollars := &wire.Ref{Value: "USD", Name: "United States Dollar"}
	for _, test := range []struct {
		object, body string
		want         wire.NameRow
	}{
		{
			"Department", `{"Name":" Pop-up ","SubDepartment":true,"ParentRef":{"value":"5"}}`,
			wire.NameRow{
				ID: "7", Name: "Pop-up", FullyQualifiedName: "Warehouse:Pop-up", SubDepartment: &yes,
				ParentRef: &wire.Ref{Value: "5"},
			},
		},
		{
			"Class", `{"Name":"Harbor Street","ParentRef":{},"MetaData":{"CreateTime":"0001-01-01T00:00:00Z"}}`,
			wire.NameRow{ID: "5", Name: "Harbor Street", FullyQualifiedName: "Harbor Street", SubClass: &no},
		},
		{
			"Customer", `{"GivenName":"Ada","FamilyName":"Byrd","Title":"Dr.","PrimaryEmailAddr":{"Address":"a@b.example"}}`,
			wire.NameRow{
				ID: "14", DisplayName: "Dr. Ada Byrd", FullyQualifiedName: "Dr. Ada Byrd", GivenName: "Ada", FamilyName: "Byrd",
				Job: &no, CurrencyRef: dollars,
			},
		},
		{
			"Vendor", `{"DisplayName":"Fern & Co","CompanyName":"Fern"}`,
			wire.NameRow{ID: "15", DisplayName: "Fern & Co", CompanyName: "Fern", CurrencyRef: dollars},
		},
		{"Employee", `{"DisplayName":"Kim","GivenName":"Kim"}`, wire.NameRow{ID: "16", DisplayName: "Kim", GivenName: "Kim"}},
	} {
		made := a.post(strings.ToLower(test.object), test.body).row(t, test.object)
		test.want.SyncToken, test.want.Active, test.want.Domain, test.want.MetaData = "0", &yes, "QBO", meta
		if diff := cmp.Diff(&test.want, made); diff != "" {
			t.Errorf("%s: %s", test.object, diff)
		}
		if diff := cmp.Diff(made, a.get(test.object+"/"+made.ID).row(t, test.object)); diff != "" {
			t.Errorf("%s read: %s", test.object, diff)
		}
	}
}

func TestLifeOfADepartment(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	change := func(format string, args ...any) *wire.NameRow {
		return a.post("department?operation=update", fmt.Sprintf(format, args...)).row(t, "Department")
	}
	child := a.post("department", `{"Name":"Dock","ParentRef":{"value":"5"}}`).row(t, "Department")
	a.sim.AdvanceClock(time.Minute)
	renamed := change(`{"Id":"5","SyncToken":"0","sparse":true,"Name":"Depot"}`)
	if renamed.Name != "Depot" || renamed.SyncToken != "1" || renamed.MetaData.LastUpdatedTime != "2026-08-31T12:12:06-07:00" {
		t.Errorf("renamed: %+v", renamed)
	}
	if got := a.rows("Department", "where FullyQualifiedName = 'depot:dock'"); len(got) != 1 || got[0].ID != child.ID {
		t.Errorf("below it: %+v", got)
	}
	a.refuses("with active rows below", "department", `{"Id":"5","SyncToken":"1","sparse":true,"Active":false}`, "6000")
	top := change(`{"Id":%q,"SyncToken":"0","Name":"Dock"}`, child.ID)
	if top.ParentRef != nil || *top.SubDepartment || top.FullyQualifiedName != "Dock" {
		t.Errorf("full update without a parent: %+v", top)
	}
	gone := change(`{"Id":%q,"SyncToken":"1","sparse":true,"Active":false}`, child.ID)
	if gone.Name != "Dock (deleted)" || *gone.Active {
		t.Errorf("inactive: %+v", gone)
	}
	if n := len(a.rows("Department", "where Name like 'Dock%'")); n != 0 {
		t.Errorf("the default query finds %d", n)
	}
	if n := len(a.rows("Department", "where Name like 'Dock%' and Active in (true, false)")); n != 1 {
		t.Errorf("asked for inactive ones too: %d", n)
	}
	a.refuses("under an inactive one", "department", `{"Name":"Y","ParentRef":{"value":"`+child.ID+`"}}`, "610")
	taker := a.post("department", `{"Name":"Dock"}`).row(t, "Department")
	a.refuses("back under a taken name", "department",
		fmt.Sprintf(`{"Id":%q,"SyncToken":"2","sparse":true,"Active":true}`, child.ID), "6240 Name")
	change(`{"Id":%q,"SyncToken":"0","sparse":true,"Name":"Quay"}`, taker.ID)
	if back := change(`{"Id":%q,"SyncToken":"2","sparse":true,"Active":true}`, child.ID); back.Name != "Dock" || !*back.Active {
		t.Errorf("back: %+v", back)
	}
}

func TestNameQueries(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for statement, want := range map[string]string{
		"Customer where Job = true":                               "Gift Shop",
		"Customer where ParentRef = '3'":                          "Gift Shop",
		"Customer where Active = false":                           "Old Mill Cafe (deleted)",
		"Customer where CompanyName like 'Harbor%'":               "Harbor Hotel,Gift Shop",
		"Class where SubClass = true orderby Name desc":           "Online,In Store",
		"Vendor where DisplayName < 'd'":                          "Cascade Apparel Supply",
		"employee where FamilyName in ('Ortega')":                 "Luis Ortega",
		"Department where MetaData.CreateTime > '2030-01-01'":     "",
		"Department orderby Name startposition 2 maxresults 2":    "Lakeside Outlet,Online Store",
		"Class where FullyQualifiedName = 'Retail:Online'":        "Online",
		"Vendor where Id in ('7','1') and Active in (true,false)": "Cascade Apparel Supply",
	} {
		object, rest, _ := strings.Cut(statement, " ")
		var names []string
		for _, row := range a.rows(object, rest) {
			names = append(names, row.Name+row.DisplayName)
		}
		if got := strings.Join(names, ","); got != want {
			t.Errorf("%s: %q", statement, got)
		}
	}
	if n := a.query("select count(*) from Customer").TotalCount; n == nil || *n != 5 {
		t.Errorf("count %v", n)
	}
	for _, statement := range []string{
		"Department where DisplayName = 'x'", "Vendor where Job = true", "Customer where SyncToken = '1'",
		"Employee where FullyQualifiedName = 'x'",
	} {
		got := a.get("query?query=select+*+from+" + strings.ReplaceAll(statement, " ", "+"))
		if codes(got.envelope(t).Fault) != "4001" {
			t.Errorf("%s: %s", statement, got.body)
		}
	}
}

func TestNameRefusals(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	deepest := a.idOf("Class", "Wholesale")
	for i := range 4 {
		deepest = a.post("class", fmt.Sprintf(`{"Name":"Level %d","ParentRef":{"value":%q}}`, i+2, deepest)).row(t, "Class").ID
	}
	for _, test := range []struct{ object, body, want string }{
		{"department", `{}`, "2020 Name"},
		{"customer", `{"CompanyName":"Only"}`, "2020 DisplayName"},
		{"department", `{"Name":"` + strings.Repeat("x", 101) + `"}`, "2050 Name"},
		{"vendor", `{"DisplayName":"` + strings.Repeat("x", 501) + `"}`, "2050 DisplayName"},
		{"vendor", `{"DisplayName":"x","GivenName":"` + strings.Repeat("x", 101) + `"}`, "2050 GivenName"},
		{"class", `{"Name":"A:B"}`, "2040 Name"},
		{"customer", `{"DisplayName":"A\tB"}`, "2040 DisplayName"},
		{"customer", `{"DisplayName":"A\nB"}`, "2040 DisplayName"},
		{"department", `{"Name":"harbor street"}`, "6240 Name"},
		{"class", `{"Name":"Online","ParentRef":{"value":"1"}}`, "6240 Name"},
		{"customer", `{"DisplayName":"harbor hotel"}`, "6240 DisplayName"},
		{"customer", `{"DisplayName":"Gift Shop"}`, "6240 DisplayName"},
		{"customer", `{"DisplayName":"Paper Lantern Books"}`, "6240 DisplayName"},
		{"vendor", `{"DisplayName":"Walk-in Customer"}`, "6240 DisplayName"},
		{"vendor", `{"DisplayName":"Luis Ortega"}`, "6240 DisplayName"},
		{"employee", `{"GivenName":"Dana","FamilyName":"Whitfield"}`, "6240 DisplayName"},
		{"class", `{"Name":"X","ParentRef":{"value":"99"}}`, "2500 Reference Id"},
		{"customer", `{"DisplayName":"X","ParentRef":{"value":"7"}}`, "2500 Reference Id"}, // a vendor
		{"class", `{"Name":"X","SubClass":true}`, "6150 ParentRef"},
		{"customer", `{"DisplayName":"X","Job":true,"ParentRef":{}}`, "6150 ParentRef"},
		{"class", `{"Name":"X","ParentRef":{"value":"` + deepest + `"}}`, "6180 ParentRef"},
		{"class", `{"Id":"1","SyncToken":"0","sparse":true,"ParentRef":{"value":"2"}}`, "900 ParentRef"},
		{"class", `{"Id":"1","SyncToken":"0","sparse":true,"ParentRef":{"value":"1"}}`, "900 ParentRef"},
		{"class", `{"Id":"99","SyncToken":"0","Name":"X"}`, "610"},
		{"vendor", `{"Id":"1","SyncToken":"0","sparse":true}`, "610"}, // a customer
		{"class", `{"Id":"1","Name":"X"}`, "2020 SyncToken"},
		{"class", `{"Id":"1","SyncToken":"4","Name":"X"}`, "5010"},
		{"class", `{"Id":"1","SyncToken":"0"}`, "2020 Name"},
		{"class?operation=update", `{"Name":"X"}`, "2020 Id"},
		{"class?operation=delete", `{"Id":"1","SyncToken":"0"}`, "500"},
		{"department", `{"Name":"X","SubClass":false}`, "2010"},
		{"class", `{"Name":"X","SubDepartment":false}`, "2010"},
		{"department", `{"Name":"X","DisplayName":"X"}`, "2010"},
		{"vendor", `{"DisplayName":"X","ParentRef":{"value":"7"}}`, "2010"},
		{"employee", `{"DisplayName":"X","Job":false}`, "2010"},
	} {
		a.refuses(test.object+" "+clipped(test.body), test.object, test.body, test.want)
	}
	fault := a.post("vendor", `{"DisplayName":"Online Orders"}`).envelope(t).Fault
	if want := "The name supplied already exists. : Id=2"; fault == nil || fault.Error[0].Detail != want {
		t.Errorf("detail: %+v", fault)
	}
	if got := a.get("vendor/1"); codes(got.envelope(t).Fault) != "610" {
		t.Errorf("a customer read as a vendor: %s", got.body)
	}
}

func clipped(s string) string { return s[:min(len(s), 60)] }

// Departments and customers may have the same name, and so may two departments under different parents.
func TestNamesThatMayRepeat(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for object, body := range map[string]string{
		"Department": `{"Name":"Harbor Street","ParentRef":{"value":"5"}}`,
		"Class":      `{"Name":"Online"}`,
		"Customer":   `{"DisplayName":"Warehouse"}`,
	} {
		a.post(object, body).row(t, object)
	}
	gone := a.post("vendor", `{"Id":"9","SyncToken":"0","sparse":true,"Active":false}`).row(t, "Vendor")
	if gone.DisplayName != "Paper Lantern Books (deleted)" {
		t.Errorf("inactive: %+v", gone)
	}
	a.post("customer", `{"DisplayName":"Paper Lantern Books"}`).row(t, "Customer")
}

func TestNamesInABatch(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	got := a.post("batch", `{"BatchItemRequest":[`+
		`{"bId":"1","operation":"create","Department":{"Name":"Kiosk"}},`+
		`{"bId":"2","operation":"update","Vendor":{"Id":"7","SyncToken":"0","sparse":true,"CompanyName":"Cascade"}},`+
		`{"bId":"3","operation":"delete","Class":{"Id":"1","SyncToken":"0"}},`+
		`{"bId":"4","Query":"select * from Department where Name = 'Kiosk'"}]}`)
	items := got.envelope(t).BatchItemResponse
	if len(items) != 4 || items[0].Fault != nil || items[1].Fault != nil || codes(items[2].Fault) != "500" ||
		len(items[3].QueryResponse.Department) != 1 {
		t.Errorf("%s", got.body)
	}
}

// A row takes what is below it along, and all of it must fit.
func TestMoveABranch(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	for _, test := range []struct{ object, top, other, more string }{
		{"Class", a.idOf("Class", "Retail"), a.idOf("Class", "Wholesale"), ""},
		{"Account", a.account("Utilities"), a.account("Travel"), `,"AccountType":"Expense"`},
	} {
		create := func(name, parent string) string {
			body := fmt.Sprintf(`{"Name":%q,"ParentRef":{"value":%q}%s}`, name, parent, test.more)
			return a.post(test.object, body).row(t, test.object).ID
		}
		third := create("Third", create("Second", test.other))
		move := `{"Id":"` + test.top + `","SyncToken":%q,"sparse":true,"ParentRef":{"value":%q}}`
		fourth := create("Fourth", third)
		a.refuses("too deep", test.object, fmt.Sprintf(move, "0", fourth), "6180 ParentRef")
		moved := a.post(test.object, fmt.Sprintf(move, "0", third)).row(t, test.object)
		moved = a.post(test.object, fmt.Sprintf(move, moved.SyncToken, test.other)).row(t, test.object)
		if moved.ParentRef == nil || moved.ParentRef.Value != test.other {
			t.Errorf("%s: %+v", test.object, moved)
		}
	}
	if got := a.rows("Class", "where FullyQualifiedName = 'Wholesale:Retail:Online'"); len(got) != 1 {
		t.Errorf("below: %+v", got)
	}
	if got := a.accountNames("FullyQualifiedName = 'Travel:Utilities:Water'"); got != "Travel:Utilities:Water" {
		t.Errorf("below: %s", got)
	}
}
