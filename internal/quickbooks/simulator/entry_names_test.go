package simulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// addName creates a row of a name list and returns its id.
func (a *app) addName(object, body string) string {
	a.t.Helper()
	got := a.post(object, body)
	var members map[string]json.RawMessage
	got.into(a.t, &members)
	for name, member := range members {
		var row wire.NameRow
		if strings.EqualFold(name, object) && json.Unmarshal(member, &row) == nil && row.ID != "" {
			return row.ID
		}
	}
	a.t.Fatalf("create a %s: %d %s", object, got.StatusCode, got.body)
	return ""
}

// tracked is an app whose company tracks classes and locations.
func tracked(tb testing.TB) *app {
	tb.Helper()
	return newApp(tb, simulator.Options{Companies: []simulator.CompanyOptions{{
		ClassTracking: simulator.ClassesPerLine, TrackDepartments: true,
	}}})
}

func TestLinesPointAtNames(t *testing.T) {
	t.Parallel()
	a := tracked(t)
	department := a.addName("department", `{"Name":"Pier 9"}`)
	class := a.addName("class", `{"Name":"Wholesale Test"}`)
	customer := a.addName("customer", `{"DisplayName":"Ada Byron"}`)
	vendor := a.addName("vendor", `{"DisplayName":"Boots and Co"}`)
	tags := fmt.Sprintf(`,"ClassRef":{"value":%q,"name":"wrong"},"DepartmentRef":{"value":%q}`, class, department)
	entity := func(kind, id string) string {
		return fmt.Sprintf(`,"Entity":{"Type":%q,"EntityRef":{"value":%q,"name":"wrong"}}`, kind, id)
	}
	e := a.mustPost(entryJSON("",
		a.line("Debit", "Accounts Receivable (A/R)", "10", entity("Customer", customer)),
		a.line("Debit", "Rent", "5", tags),
		a.line("Credit", "Accounts Payable (A/P)", "15", entity("Vendor", vendor)+tags)))
	tagged := &wire.JournalLineDetail{
		PostingType: "Credit", AccountRef: &wire.Ref{Value: a.account("Accounts Payable (A/P)"), Name: "Accounts Payable (A/P)"},
		Entity:        &wire.Entity{Type: "Vendor", EntityRef: &wire.Ref{Value: vendor, Name: "Boots and Co"}},
		ClassRef:      &wire.Ref{Value: class, Name: "Wholesale Test"},
		DepartmentRef: &wire.Ref{Value: department, Name: "Pier 9"},
	}
	if diff := cmp.Diff(tagged, e.Line[2].JournalEntryLineDetail); diff != "" {
		t.Error(diff)
	}
	if got := e.Line[0].JournalEntryLineDetail.Entity.EntityRef.Name; got != "Ada Byron" {
		t.Errorf("the customer is %q", got)
	}
	if got := a.post("department", fmt.Sprintf(`{"Id":%q,"SyncToken":"0","sparse":true,"Name":"Pier 10"}`, department)); got.StatusCode != http.StatusOK {
		t.Fatalf("%s", got.body)
	}
	got := a.get("journalentry/" + e.ID).envelope(t).JournalEntry.Line[1].JournalEntryLineDetail.DepartmentRef.Name
	if got != "Pier 10" {
		t.Errorf("after it was renamed the location is %q", got)
	}
}

func TestRefusedForTheirNames(t *testing.T) {
	t.Parallel()
	a := tracked(t)
	customer := a.addName("customer", `{"DisplayName":"Ada Byron"}`)
	vendor := a.addName("vendor", `{"DisplayName":"Boots and Co"}`)
	inactive := a.addName("department", `{"Name":"Pier 9"}`)
	gone := fmt.Sprintf(`{"Id":%q,"SyncToken":"0","sparse":true,"Active":false}`, inactive)
	if got := a.post("department", gone); got.StatusCode != http.StatusOK {
		t.Fatalf("%s", got.body)
	}
	bank := a.credit("Operating Checking", "10.00")
	with := func(account, more string) string { return entryJSON("", a.line("Debit", account, "10", more), bank) }
	entity := func(kind, id string) string {
		return fmt.Sprintf(`,"Entity":{"Type":%q,"EntityRef":{"value":%q}}`, kind, id)
	}
	a.wantRefusals(t, map[string]refusal{
		"unknown class":        {with("Rent", `,"ClassRef":{"value":"9000"}`), "2500", "Klasses element id 9000 not found"},
		"unknown location":     {with("Rent", `,"DepartmentRef":{"value":"9000"}`), "2500", "Depts element id 9000 not found"},
		"unknown vendor":       {with("Rent", entity("Vendor", "9000")), "2500", "Names element id 9000 not found"},
		"vendor as a customer": {with("Rent", entity("Customer", vendor)), "2500", "Names element id " + vendor + " not found"},
		"inactive location":    {with("Rent", fmt.Sprintf(`,"DepartmentRef":{"value":%q}`, inactive)), "610", "made inactive"},
		"receivable of vendor": {with("Accounts Receivable (A/R)", entity("Vendor", vendor)), "6000", "you must choose a customer"},
		"payable to customer":  {with("Accounts Payable (A/P)", entity("Customer", customer)), "6000", "you must choose a supplier/vendor"},
	})
}
