package demo_test

import (
	"encoding/csv"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/demo"
)

// chartFile is the chart of accounts of the simulator's company.
const chartFile = "../quickbooks/simulator/data/chart.csv"

// readChart returns the types of the active accounts, by fully qualified name.
func readChart(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open(chartFile)
	if err != nil {
		t.Fatalf("open the chart: %v", err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatalf("read the chart: %v", err)
	}
	types := map[string]string{}
	for _, row := range rows[1:] {
		if row[4] == "yes" {
			types[row[1]] = row[2]
		}
	}
	return types
}

// fitting returns the account types that the accounting rules allow for a role.
func fitting(role financialv1.Role) []string {
	const (
		bank, asset, liability   = "Bank", "Other Current Asset", "Other Current Liability"
		income, otherIncome      = "Income", "Other Income"
		cost, expense, otherCost = "Cost of Goods Sold", "Expense", "Other Expense"
		equity                   = "Equity"
	)
	return map[financialv1.Role][]string{
		financialv1.Role_ROLE_PAYMENT:              {bank, asset, liability},
		financialv1.Role_ROLE_DEPOSIT:              {liability},
		financialv1.Role_ROLE_REVENUE:              {income, otherIncome},
		financialv1.Role_ROLE_DISCOUNT:             {income, expense},
		financialv1.Role_ROLE_COST_OF_GOODS_SOLD:   {cost, expense},
		financialv1.Role_ROLE_INVENTORY:            {asset},
		financialv1.Role_ROLE_INVENTORY_IN_TRANSIT: {asset},
		financialv1.Role_ROLE_PURCHASES_RECEIVED:   {liability, asset},
		financialv1.Role_ROLE_PURCHASES_RETURNED:   {liability, asset},
		financialv1.Role_ROLE_INVENTORY_ADJUSTMENT: {cost, expense, otherCost, income, otherIncome, equity},
		financialv1.Role_ROLE_GIFT_CARD_LIABILITY:  {liability},
		financialv1.Role_ROLE_GIFT_CARD_ADJUSTMENT: {expense, otherCost, income, otherIncome, equity, asset, liability},
		financialv1.Role_ROLE_CASH_PAID_IN_OUT:     {bank, asset, liability, expense, otherCost, income, otherIncome, cost, equity},
		financialv1.Role_ROLE_CASH_DRAWER:          {bank, asset},
		financialv1.Role_ROLE_SALES_TAX:            {liability},
		financialv1.Role_ROLE_SHIPPING:             {income, otherIncome},
		financialv1.Role_ROLE_FEE:                  {income, otherIncome, liability},
		financialv1.Role_ROLE_TIPS:                 {liability, income},
		financialv1.Role_ROLE_ROUNDING:             {expense, otherCost, income, otherIncome},
		financialv1.Role_ROLE_TILL_OVER_SHORT:      {expense, otherCost, income, otherIncome},
		financialv1.Role_ROLE_BANK_DEPOSIT:         {bank},
		financialv1.Role_ROLE_MERCHANT_FEE:         {expense, cost},
	}[role]
}

func TestMapping_FitsTheChart(t *testing.T) {
	t.Parallel()
	chart := readChart(t)
	seen, roles := map[demo.Slot]bool{}, map[financialv1.Role]bool{}
	for _, choice := range demo.Mapping() {
		if seen[choice.Slot] {
			t.Errorf("%v is mapped twice", choice.Slot)
		}
		seen[choice.Slot], roles[choice.Role] = true, true
		accountType, ok := chart[choice.Account]
		if !ok {
			t.Errorf("%v: the chart has no active account %q", choice.Slot, choice.Account)
			continue
		}
		if !slices.Contains(fitting(choice.Role), accountType) {
			t.Errorf("%v: %q is of type %s, which does not fit", choice.Slot, choice.Account, accountType)
		}
	}
	for number, name := range financialv1.Role_name {
		if role := financialv1.Role(number); number > 0 && !roles[role] {
			t.Errorf("no account is chosen for %s", strings.TrimPrefix(name, "ROLE_"))
		}
	}
}

// TestMapping_CoversTheWeek: the oracle refuses events with a slot that has no account.
func TestMapping_CoversTheWeek(t *testing.T) {
	t.Parallel()
	oracle := demo.NewOracle(demo.Mapping())
	for seed := range uint64(5) {
		for _, event := range demo.Week(seed, monday()) {
			if _, err := oracle.Expect(event); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		}
	}
}

// TestMapping_EveryChoiceMatters takes each choice of the roles in use away and expects an event of two weeks to be
// booked otherwise or not at all: a choice that changes nothing would prove nothing.
func TestMapping_EveryChoiceMatters(t *testing.T) {
	t.Parallel()
	mapping := demo.Mapping()
	weeks := slices.Concat(demo.Week(1, monday()), demo.Week(2, monday()))
	whole := make([]demo.Changes, len(weeks))
	oracle := demo.NewOracle(mapping)
	for i, event := range weeks {
		changes, err := oracle.Expect(event)
		if err != nil {
			t.Fatal(err)
		}
		whole[i] = changes
	}
	for i, choice := range mapping {
		if notUsedYet(choice) || isDrawer(choice) {
			continue
		}
		without := demo.NewOracle(slices.Delete(slices.Clone(mapping), i, i+1))
		matters := false
		for n := 0; n < len(weeks) && !matters; n++ {
			changes, err := without.Expect(weeks[n])
			matters = err != nil || !maps.Equal(changes, whole[n])
		}
		if !matters {
			t.Errorf("without %v -> %q the books are the same", choice.Slot, choice.Account)
		}
	}
}

// notUsedYet names the choices for kinds of events that the week does not have yet, and fallbacks that no event needs.
func notUsedYet(choice demo.Choice) bool {
	switch choice.Role {
	case financialv1.Role_ROLE_INVENTORY_IN_TRANSIT, financialv1.Role_ROLE_PURCHASES_RETURNED,
		financialv1.Role_ROLE_INVENTORY_ADJUSTMENT, financialv1.Role_ROLE_GIFT_CARD_ADJUSTMENT,
		financialv1.Role_ROLE_TILL_OVER_SHORT, financialv1.Role_ROLE_BANK_DEPOSIT, financialv1.Role_ROLE_MERCHANT_FEE:
		return true
	case financialv1.Role_ROLE_FEE, financialv1.Role_ROLE_SALES_TAX:
		return choice.Key == "" && choice.Location == ""
	}
	return false
}

// isDrawer: a cash drawer that is not mapped falls back to the payment type Cash, which has the same account here.
func isDrawer(choice demo.Choice) bool { return choice.Role == financialv1.Role_ROLE_CASH_DRAWER }
