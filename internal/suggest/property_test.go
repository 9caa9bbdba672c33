package suggest_test

import (
	"bufio"
	"bytes"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/suggest"
)

// subTypes reads which sub-types QuickBooks takes with which account type.
func subTypes(t *testing.T) map[ledger.AccountType]map[string]bool {
	t.Helper()
	data, err := os.ReadFile("../quickbooks/simulator/data/account_types.txt")
	if err != nil {
		t.Fatalf("read the account types: %v", err)
	}
	out := map[ledger.AccountType]map[string]bool{}
	current := ledger.TypeOther
	for lines := bufio.NewScanner(bytes.NewReader(data)); lines.Scan(); {
		line := lines.Text()
		switch name, _, opens := strings.Cut(line, " | "); {
		case strings.HasPrefix(line, "#"):
		case opens:
			current = ledger.ParseAccountType(name)
			out[current] = map[string]bool{}
		default:
			for word := range strings.FieldsSeq(line) {
				out[current][strings.TrimSuffix(word, "*")] = true
			}
		}
	}
	return out
}

// words make names and keys that now and then agree.
func words() []string {
	return []string{
		"Sales", "Inventory", "Asset", "Cost of Goods Sold", "Clearing", "Card", "Visa", "Mastercard", "Amex", "Cash", "Drawer", "Gift Card",
		"Liability", "Payable", "Sales Tax", "State", "County", "Colorado", "Boulder", "Footwear", "Footware", "Apparel", "Men's", "&", "-",
		"4010", "Fees", "Merchant", "Shipping", "Tips", "Rounding", "Over", "Short", "Checking", "Deposits", "Customer", "Undeposited Funds",
		"Freight", "Discounts", "Adjustments", "Shrink", "Opening Balance Equity", "Petty Cash", "Other", "(", "\"", "über", "売上", "\U0001F381",
		"\u200b", "\t", "PayPal", "Wallet", "House Account", "Check", "the", "of", "x", strings.Repeat("long ", 30),
	}
}

func drawChart(t *rapid.T) []suggest.Account {
	list := words()
	known := []string{
		"", "Inventory", "SalesOfProductIncome", "SuppliesMaterialsCogs", "UndepositedFunds", "Checking", "CashOnHand", "SalesTaxPayable",
		"OpeningBalanceEquity", "OtherCurrentAssets", "OtherCurrentLiabilities", "Nonsense",
	}
	chart := make([]suggest.Account, rapid.IntRange(0, 25).Draw(t, "accounts"))
	for i := range chart {
		parts := rapid.SliceOfN(rapid.SampledFrom(list), 1, 3).Draw(t, "name")
		name := strings.ReplaceAll(strings.Join(parts, " "), ":", " ")
		short := name
		if i > 0 && rapid.Bool().Draw(t, "below") {
			name = chart[rapid.IntRange(0, i-1).Draw(t, "parent")].Name + ":" + name
		}
		chart[i] = suggest.Account{
			Account: ledger.Account{
				ID: ledger.AccountID(strconv.Itoa(i + 1)), Name: name,
				Type:   ledger.AccountType(rapid.IntRange(1, 16).Draw(t, "type")),
				Active: rapid.IntRange(0, 9).Draw(t, "active") > 0, Deleted: rapid.IntRange(0, 9).Draw(t, "deleted") == 0,
			},
			ShortName: short, SubType: rapid.SampledFrom(known).Draw(t, "sub-type"),
			Foreign: rapid.IntRange(0, 9).Draw(t, "foreign") == 0,
		}
		if rapid.IntRange(0, 4).Draw(t, "no short name") == 0 {
			chart[i].ShortName = ""
		}
	}
	return chart
}

func drawNeeds(t *rapid.T) []ledger.Slot {
	list := words()
	needs := make([]ledger.Slot, rapid.IntRange(0, 30).Draw(t, "needs"))
	for i := range needs {
		key := strings.Join(rapid.SliceOfN(rapid.SampledFrom(list), 0, 3).Draw(t, "words"), rapid.SampledFrom([]string{" ", ":", ""}).Draw(t, "sep"))
		needs[i] = ledger.Slot{
			Role: ledger.Role(rapid.IntRange(1, 22).Draw(t, "role")), Key: key,
			Location: ledger.LocationID(rapid.SampledFrom([]string{"", "store-1"}).Draw(t, "location")),
		}
		if rapid.IntRange(0, 9).Draw(t, "any key") == 0 {
			needs[i].Key = rapid.String().Draw(t, "key")
		}
	}
	return needs
}

// covers tells whether the look-up of a need, without its location, ends at one of the slots.
func covers(filled map[ledger.Slot]bool, need ledger.Slot) bool {
	if filled[ledger.Slot{Role: need.Role, Key: need.Key}] {
		return true
	}
	return need.Role.KeyName() != "" && filled[ledger.Slot{Role: need.Role}]
}

func TestEveryNeedIsCovered(t *testing.T) {
	t.Parallel()
	valid := subTypes(t)
	rapid.Check(t, func(t *rapid.T) {
		chart, needs := drawChart(t), drawNeeds(t)
		suggestions, added := suggest.Suggest(needs, chart), suggest.Missing(needs, chart)
		filled := map[ledger.Slot]bool{}
		checkSuggestions(t, chart, suggestions, filled)
		checkNew(t, chart, added, valid, filled)
		for _, need := range needs {
			if !covers(filled, need) && need.Role != ledger.RoleDiscount {
				t.Errorf("%s has neither a suggestion nor a new account", need)
			}
		}
		for slot := range filled {
			if !slices.ContainsFunc(needs, func(n ledger.Slot) bool { return n.Role == slot.Role && (n.Key == slot.Key || slot.Key == "") }) {
				t.Errorf("%s was not asked for", slot)
			}
		}
	})
}

func checkSuggestions(t *rapid.T, chart []suggest.Account, suggestions []suggest.Suggestion, filled map[ledger.Slot]bool) {
	for _, s := range suggestions {
		at := slices.IndexFunc(chart, func(a suggest.Account) bool { return a.ID == s.Account })
		if at < 0 {
			t.Fatalf("%+v is for an account that does not exist", s)
		}
		a := chart[at]
		switch {
		case filled[s.Slot]:
			t.Errorf("%s is suggested twice", s.Slot)
		case a.Name != s.AccountName:
			t.Errorf("%+v names another account than %q", s, a.Name)
		case !a.Active || a.Deleted || a.Foreign || s.Slot.Role.Fits(a.Type) != ledger.FitGood:
			t.Errorf("%+v is for an account that cannot be used: %+v", s, a)
		case s.Confidence < suggest.Floor || s.Confidence > 1:
			t.Errorf("%+v has a confidence out of bounds", s)
		case s.Slot.Location != "" || !strings.HasSuffix(s.Reason, "."):
			t.Errorf("%+v has a location or no sentence for a reason", s)
		}
		filled[s.Slot] = true
	}
}

func checkNew(
	t *rapid.T, chart []suggest.Account, added []suggest.NewAccount, valid map[ledger.AccountType]map[string]bool,
	filled map[ledger.Slot]bool,
) {
	types := map[string]ledger.AccountType{}
	taken := map[string]bool{}
	for _, a := range chart {
		taken[strings.ToLower(a.Name)] = true
		if a.Active && !a.Deleted && !a.Foreign {
			types[a.Name] = a.Type
		}
	}
	for _, a := range added {
		full := strings.ToLower(a.FullName())
		switch {
		case a.Name == "" || strings.TrimSpace(a.Name) != a.Name || strings.ContainsAny(a.Name, ":\"\t\n") || !utf8.ValidString(a.Name),
			len(utf16.Encode([]rune(a.Name))) > 100:
			t.Errorf("%q is no valid name", a.Name)
		case taken[full]:
			t.Errorf("%q exists", a.FullName())
		case !valid[a.Type][a.SubType]:
			t.Errorf("%q: %s has no sub-type %s", a.FullName(), a.Type, a.SubType)
		case a.Parent != "" && types[a.Parent] == 0:
			t.Errorf("%q has no parent %q", a.FullName(), a.Parent)
		case strings.Count(a.FullName(), ":") > 4:
			t.Errorf("%q lies too deep", a.FullName())
		case !strings.HasSuffix(a.Reason, "."):
			t.Errorf("%q: %q is no sentence", a.FullName(), a.Reason)
		}
		taken[full] = true
		types[a.FullName()] = a.Type
		for _, slot := range a.Slots {
			if filled[slot] || slot.Role.Fits(a.Type) != ledger.FitGood || slot.Location != "" {
				t.Errorf("%q is proposed for %s, which has an account or does not fit", a.FullName(), slot)
			}
			filled[slot] = true
		}
	}
}

func TestOrderOfInputDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		chart, needs := drawChart(t), drawNeeds(t)
		suggestions, added := suggest.Suggest(needs, chart), suggest.Missing(needs, chart)
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		random.Shuffle(len(chart), func(i, j int) { chart[i], chart[j] = chart[j], chart[i] })
		random.Shuffle(len(needs), func(i, j int) { needs[i], needs[j] = needs[j], needs[i] })
		needs = append(needs, needs...)
		if diff := cmp.Diff(suggestions, suggest.Suggest(needs, chart)); diff != "" {
			t.Errorf("another order gives other suggestions:\n%s", diff)
		}
		if diff := cmp.Diff(added, suggest.Missing(needs, chart)); diff != "" {
			t.Errorf("another order gives other new accounts:\n%s", diff)
		}
	})
}

// When the suggestions are taken and the new accounts created, nothing is left to propose.
func TestNothingIsLeftOverTheDemoWeek(t *testing.T) {
	t.Parallel()
	for name, chart := range map[string][]suggest.Account{
		"the simulator's": simulatorChart(t), "empty": nil, "new company": chartOf(t, defaultChart()...),
	} {
		filled := map[ledger.Slot]bool{}
		for _, s := range suggest.Suggest(demoWeek(), chart) {
			filled[s.Slot] = true
		}
		for _, a := range suggest.Missing(demoWeek(), chart) {
			for _, slot := range a.Slots {
				filled[slot] = true
			}
		}
		for _, need := range demoWeek() {
			if !covers(filled, need) && need.Role != ledger.RoleDiscount {
				t.Errorf("%s chart: %s is not covered", name, need)
			}
		}
	}
}

// What Missing proposes is what Suggest would find again: the accounts that were created are good accounts.
func TestCreatedAccountsAreFoundAgain(t *testing.T) {
	t.Parallel()
	var chart []suggest.Account
	ids := map[string]ledger.AccountID{}
	want := map[ledger.Slot]ledger.AccountID{}
	for i, a := range suggest.Missing(demoWeek(), nil) {
		id := ledger.AccountID(strconv.Itoa(i + 1))
		ids[a.FullName()] = id
		chart = append(chart, suggest.Account{
			Account:   ledger.Account{ID: id, Name: a.FullName(), Type: a.Type, Active: true},
			ShortName: a.Name, SubType: a.SubType, Parent: ids[a.Parent],
		})
		for _, slot := range a.Slots {
			want[slot] = id
		}
	}
	got := map[ledger.Slot]ledger.AccountID{}
	for _, s := range suggest.Suggest(demoWeek(), chart) {
		got[s.Slot] = s.Account
	}
	for _, need := range demoWeek() {
		wanted := ledger.Always(want).Lookup(need, "2026-01-01").Account
		if account := ledger.Always(got).Lookup(need, "2026-01-01").Account; account != wanted && need.Role != ledger.RoleDiscount {
			t.Errorf("%s is suggested account %q, want %q: %+v", need, account, wanted, chart)
		}
	}
}

func BenchmarkSuggest(b *testing.B) {
	list := []string{"Footwear", "Apparel", "Bikes", "Camping", "Toys", "Books", "Kitchen", "Garden", "Jewelry", "Outdoor"}
	var chart []suggest.Account
	kinds := []struct {
		name, sub string
		kind      ledger.AccountType
	}{
		{"Sales", "SalesOfProductIncome", ledger.TypeIncome},
		{"Inventory", "Inventory", ledger.TypeOtherCurrentAsset},
		{"Cost of Goods Sold", "SuppliesMaterialsCogs", ledger.TypeCostOfGoodsSold},
		{"Card Clearing", "OtherCurrentAssets", ledger.TypeOtherCurrentAsset},
		{"Sales Tax Payable", "SalesTaxPayable", ledger.TypeOtherCurrentLiability},
	}
	for i := range 5000 {
		k := kinds[i%len(kinds)]
		own := list[i/5%10] + " " + list[i/50%10] + " class" + strconv.Itoa(i/5)
		chart = append(chart, suggest.Account{
			Account:   ledger.Account{ID: ledger.AccountID(strconv.Itoa(i)), Name: k.name + ":" + own, Type: k.kind, Active: true},
			ShortName: own, SubType: k.sub,
		})
	}
	roles := []ledger.Role{
		ledger.RoleRevenue, ledger.RoleInventory, ledger.RoleCostOfGoodsSold, ledger.RolePayment, ledger.RoleSalesTax, ledger.RoleCashPaidInOut,
	}
	var needs []ledger.Slot
	for i := range 1000 {
		needs = append(needs, ledger.Slot{
			Role: roles[i%len(roles)], Key: list[i%10] + " " + list[i/7%10] + " kind" + string(rune('a'+i%26)) + string(rune('a'+i/26%26)),
		})
	}
	b.ReportAllocs()
	for b.Loop() {
		suggest.Suggest(needs, chart)
		suggest.Missing(needs, chart)
	}
}
