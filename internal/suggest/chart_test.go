package suggest_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/suggest"
)

// simulatorChart reads the chart of the simulator's company: that of a US retailer.
func simulatorChart(t testing.TB) []suggest.Account {
	t.Helper()
	data, err := os.ReadFile("../quickbooks/simulator/data/chart.csv")
	if err != nil {
		t.Fatalf("read the chart: %v", err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatalf("read the chart: %v", err)
	}
	lines := make([]string, 0, len(rows))
	for _, row := range rows[1:] {
		line := row[1] + " | " + row[2] + " | " + row[3]
		if row[4] != "yes" {
			line += " | inactive"
		}
		lines = append(lines, line)
	}
	return chartOf(t, lines...)
}

// chartOf makes a chart of lines "fully qualified name | type | sub-type | inactive, deleted or foreign". The ids are the
// line numbers.
func chartOf(t testing.TB, lines ...string) []suggest.Account {
	t.Helper()
	ids := map[string]ledger.AccountID{}
	accounts := make([]suggest.Account, 0, len(lines))
	for i, line := range lines {
		parts := strings.Split(line, "|")
		for len(parts) < 4 {
			parts = append(parts, "")
		}
		for j := range parts {
			parts[j] = strings.TrimSpace(parts[j])
		}
		kind := ledger.ParseAccountType(parts[1])
		if kind == ledger.TypeOther && parts[1] != "Other" {
			t.Fatalf("%q is no account type", parts[1])
		}
		parent, short := "", parts[0]
		if at := strings.LastIndexByte(parts[0], ':'); at >= 0 {
			parent, short = parts[0][:at], parts[0][at+1:]
		}
		a := suggest.Account{
			Account: ledger.Account{
				ID: ledger.AccountID(strconv.Itoa(i + 1)), Name: parts[0], Type: kind,
				Active: parts[3] != "inactive", Deleted: parts[3] == "deleted",
			},
			ShortName: short, SubType: parts[2], Parent: ids[parent], Foreign: parts[3] == "foreign",
		}
		ids[parts[0]] = a.ID
		accounts = append(accounts, a)
	}
	return accounts
}

// slots reads slots of the form "ROLE key" and "ROLE".
func slots(t testing.TB, lines ...string) []ledger.Slot {
	t.Helper()
	out := make([]ledger.Slot, 0, len(lines))
	for _, line := range lines {
		out = append(out, slotOf(t, line))
	}
	return out
}

func slotOf(t testing.TB, line string) ledger.Slot {
	t.Helper()
	name, key, _ := strings.Cut(line, " ")
	for _, role := range ledger.Roles() {
		if role.String() == name {
			return ledger.Slot{Role: role, Key: key}
		}
	}
	t.Fatalf("%q is no role", name)
	return ledger.Slot{}
}

// demoWeek returns the slots that the demo's week of a retailer uses.
func demoWeek() []ledger.Slot {
	var out []ledger.Slot
	add := func(role ledger.Role, keys ...string) {
		for _, key := range keys {
			out = append(out, ledger.Slot{Role: role, Key: key})
		}
	}
	classes := []string{
		"Men's Apparel", "Women's Apparel", "Children's Apparel", "Rainwear", "Fleece", "Base Layers", "Socks", "Hats", "Gloves",
		"Footwear", "Hiking Boots", "Sandals", "Bags", "Backpacks", "Jewelry", "Watches", "Sunglasses", "Belts", "Camping", "Climbing",
		"Tents", "Sleeping Bags", "Cycling", "Fishing", "Snow Sports", "Water Bottles", "Headlamps", "Maps & Guides", "Kitchen",
		"Home Decor", "Candles", "Blankets", "Books", "Toys", "Pet Supplies", "Coffee & Tea", "Trail Snacks", "Sunscreen",
		"Greeting Cards", "Repairs",
	}
	cards := []string{"Visa", "Mastercard", "American Express", "Discover", "Debit Card", "PayPal"}
	add(ledger.RolePayment, cards...)
	add(ledger.RolePayment, "Cash", "Apple Pay", "Gift Card", "Pay Later", "Check")
	add(ledger.RoleDeposit, "Visa", "Cash", "PayPal")
	for _, role := range []ledger.Role{
		ledger.RoleRevenue, ledger.RoleDiscount, ledger.RoleCostOfGoodsSold, ledger.RoleInventory, ledger.RolePurchasesReceived,
		ledger.RolePurchasesReturned,
	} {
		add(role, classes...)
	}
	add(ledger.RoleInventoryAdjustment, "Opening Stock", "Shrink", "Damage", "Count Surplus", "Lost in Transit")
	add(ledger.RoleGiftCardAdjustment, "Goodwill", "Imported Card", "Expired")
	add(ledger.RoleCashPaidInOut, "Postage", "Office Supplies", "Cleaning", "Staff Refreshments", "Local Travel", "Window Cleaning",
		"Cash Drop", "Change Order", "Found Cash")
	add(ledger.RoleSalesTax, "State of Washington", "State of Colorado", "State of Idaho", "State of Minnesota", "King County",
		"Spokane County", "Boulder County", "Mesa County", "Larimer County", "Hennepin County", "St. Louis County", "City of Seattle",
		"City of Boulder", "City of Denver", "City of Fort Collins", "City of Minneapolis")
	add(ledger.RoleShipping, "Ground", "Express", "Courier")
	add(ledger.RoleFee, "Bag Fee", "Gift Wrapping", "Alterations", "Forfeited Deposit", "Freight In", "Duty")
	add(ledger.RoleBankDeposit, "Operating Checking")
	add(ledger.RoleMerchantFee, cards...)
	add(ledger.RoleInventoryInTransit, "")
	add(ledger.RoleGiftCardLiability, "")
	add(ledger.RoleCashDrawer, "")
	add(ledger.RoleTips, "")
	add(ledger.RoleRounding, "")
	add(ledger.RoleTillOverShort, "")
	return out
}
