package ledger_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/ledger"
)

func simpleSale() ledger.Event {
	return event(&ledger.Sale{
		Tenders: []ledger.Keyed{keyed(visa, 1_070)},
		Lines:   []ledger.SaleLine{{ItemClass: apparel, Net: 1_000, Cost: 400}},
		Taxes:   []ledger.Keyed{keyed(state, 70)},
	})
}

// without returns the fixture's books with slots of these roles unmapped.
func without(roles ...ledger.Role) *ledger.Books {
	b := books()
	for slot := range b.Mapping {
		for _, role := range roles {
			if slot.Role == role {
				delete(b.Mapping, slot)
			}
		}
	}
	return b
}

// altered returns the fixture's books with another card clearing account.
func altered(alter func(*ledger.Account)) *ledger.Books {
	b := books()
	account := b.Accounts["11"]
	alter(&account)
	b.Accounts["11"] = account
	return b
}

func TestProblemUnmapped(t *testing.T) {
	t.Parallel()
	one := problemOf(t, simpleSale(), without(ledger.RolePayment))
	want := &ledger.Problem{
		Reason:  ledger.ReasonUnmapped,
		Message: `No account is mapped for payment type "Visa" at location "store-2".`,
		Remedy: "Map an account for it, at this location or at all of them, or set the role's fallback. " +
			"Mapping releases every event that waits for it.",
		Slots: []ledger.Slot{{Role: ledger.RolePayment, Key: visa, Location: store2}},
	}
	if diff := cmp.Diff(want, one); diff != "" {
		t.Errorf("one slot (-want +got):\n%s", diff)
	}

	all := problemOf(t, simpleSale(), &ledger.Books{})
	wantMessage := `No account is mapped for payment type "Visa", revenue of item class "Apparel", cost of goods sold of ` +
		`item class "Apparel", inventory of item class "Apparel" and sales tax of tax authority "State of Colorado" ` +
		`at location "store-2".`
	if all.Message != wantMessage {
		t.Errorf("message is\n%s\nwant\n%s", all.Message, wantMessage)
	}
	if len(all.Slots) != 5 || !strings.Contains(all.Remedy, "each of them") {
		t.Errorf("problem is %+v; want all five slots and a remedy for several", all)
	}

	anywhere := simpleSale()
	anywhere.Location = ""
	if got := problemOf(t, anywhere, without(ledger.RolePayment)); got.Message != `No account is mapped for payment type "Visa".` {
		t.Errorf("without a location the message is %s", got.Message)
	}
}

// However many slots are missing, all are listed, and the sentence stays readable.
func TestProblemUnmappedManySlots(t *testing.T) {
	t.Parallel()
	sale := &ledger.Sale{Tenders: []ledger.Keyed{keyed(cash, 300)}}
	for i := range 300 {
		sale.Lines = append(sale.Lines, ledger.SaleLine{ItemClass: fmt.Sprintf("Class %03d", i), Net: 1})
	}
	problem := problemOf(t, event(sale), without(ledger.RoleRevenue))
	if len(problem.Slots) != 300 {
		t.Errorf("%d slots; want 300", len(problem.Slots))
	}
	if !strings.Contains(problem.Message, " more at location") || len(problem.Message) > 1_100 {
		t.Errorf("message is %s", problem.Message)
	}
}

func TestProblemRoundingUnmapped(t *testing.T) {
	t.Parallel()
	ev := event(&ledger.Sale{Tenders: []ledger.Keyed{keyed(cash, 101)}, Lines: []ledger.SaleLine{{ItemClass: shoes, Net: 100}}})
	problem := problemOf(t, ev, limited(without(ledger.RoleRounding), 1))
	if diff := cmp.Diff([]ledger.Slot{{Role: ledger.RoleRounding, Location: store2}}, problem.Slots); diff != "" {
		t.Errorf("slots differ (-want +got):\n%s", diff)
	}
}

func TestProblemAccounts(t *testing.T) {
	t.Parallel()
	unknown := books()
	delete(unknown.Accounts, "11")
	payment := []ledger.Slot{{Role: ledger.RolePayment, Key: visa, Location: store2}}
	tests := map[string]struct {
		books   *ledger.Books
		reason  ledger.Reason
		message string
		slots   []ledger.Slot
	}{
		"deleted": {
			altered(func(a *ledger.Account) { a.Deleted = true }), ledger.ReasonAccountDeleted,
			`At location "store-2", payment type "Visa" is mapped to the account "Card clearing" (id 11), ` +
				`which was deleted here.`, payment,
		},
		"unknown": {
			unknown, ledger.ReasonAccountDeleted,
			`At location "store-2", payment type "Visa" is mapped to the account with the id 11, which is not ` +
				`among the imported accounts.`,
			payment,
		},
		"inactive": {
			altered(func(a *ledger.Account) { a.Active = false }), ledger.ReasonAccountInactive,
			`At location "store-2", payment type "Visa" is mapped to the account "Card clearing" (id 11), ` +
				`which is inactive in QuickBooks.`, payment,
		},
		"type": {
			altered(func(a *ledger.Account) { a.Type = ledger.TypeAccountsReceivable }), ledger.ReasonAccountTypeRefused,
			`At location "store-2", payment type "Visa" is mapped to an account that does not fit: "Card clearing" is an ` +
				`account of type Accounts Receivable: QuickBooks demands a customer's name on every line posted to such an ` +
				`account, and the takings of a store have none.`, payment,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problem := problemOf(t, simpleSale(), test.books)
			if problem.Reason != test.reason || problem.Message != test.message || problem.Remedy == "" {
				t.Errorf("problem is %+v\nwant %s: %s", problem, test.reason, test.message)
			}
			if diff := cmp.Diff(test.slots, problem.Slots); diff != "" {
				t.Errorf("slots differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestProblemAccountsWithoutLocation(t *testing.T) {
	t.Parallel()
	ev := simpleSale()
	ev.Location = ""
	problem := problemOf(t, ev, altered(func(a *ledger.Account) { a.Active = false }))
	want := `Payment type "Visa" is mapped to the account "Card clearing" (id 11), which is inactive in QuickBooks.`
	if problem.Message != want {
		t.Errorf("message is %s\nwant %s", problem.Message, want)
	}
}

func TestProblemOutOfBalance(t *testing.T) {
	t.Parallel()
	sale := func(tender ledger.Amount) ledger.Event {
		return event(&ledger.Sale{
			Tenders: []ledger.Keyed{keyed(cash, tender)}, DepositsApplied: []ledger.Keyed{keyed(cash, 100)},
			Lines: []ledger.SaleLine{{ItemClass: apparel, Net: 1_000, Cost: 300}}, Taxes: []ledger.Keyed{keyed(state, 100)},
		})
	}
	short := problemOf(t, sale(994), limited(books(), 5))
	want := &ledger.Problem{
		Reason: ledger.ReasonOutOfBalance,
		Message: "What was paid, 10.94, is 0.06 too little for what is due, 11.00; the difference is -0.06 and the " +
			"rounding limit 0.05.",
		Remedy: "Skip the event and record a corrected one, or raise the rounding limit to 0.06 or more if such " +
			"differences shall be booked as rounding.",
	}
	if diff := cmp.Diff(want, short); diff != "" {
		t.Errorf("too little (-want +got):\n%s", diff)
	}
	much := problemOf(t, sale(1_001), limited(books(), -1))
	wantMessage := "What was paid, 11.01, is 0.01 too much for what is due, 11.00; the difference is 0.01 and the rounding " +
		"limit 0.00."
	if much.Message != wantMessage {
		t.Errorf("too much: %s\nwant %s", much.Message, wantMessage)
	}
	if _, err := ledger.Build(sale(995), limited(books(), 5)); err != nil {
		t.Errorf("a difference of exactly the limit: %v", err)
	}
}

// Sums that would leave the range of an amount are refused before they are made.
func TestProblemOverflow(t *testing.T) {
	t.Parallel()
	tests := map[string]ledger.Detail{
		"one above the bound": &ledger.CashPaidInOut{
			Direction: ledger.CashPaidIn, Reason: "Postage", Amount: ledger.MaxAmount + 1,
		},
		"sum above the bound": &ledger.PurchaseReceipt{
			Lines: []ledger.Keyed{keyed(apparel, ledger.MaxAmount), keyed(apparel, -1)},
		},
		"wraps to zero": &ledger.Sale{Tenders: []ledger.Keyed{keyed(cash, math.MinInt64), keyed(cash, math.MinInt64)}},
		"most negative": &ledger.Sale{Lines: []ledger.SaleLine{{ItemClass: apparel, Net: math.MinInt64, Discount: -1}}},
		"largest":       &ledger.Sale{GiftCardsSold: []ledger.Amount{math.MaxInt64, math.MaxInt64}, Tip: 2},
	}
	for name, detail := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problem := problemOf(t, event(detail), limited(books(), math.MaxInt64))
			want := "The absolute amounts of the event add up to more than 9,999,999,999.99, the most that QuickBooks holds " +
				"in a line."
			if problem.Reason != ledger.ReasonOutOfBalance || problem.Message != want || problem.Remedy == "" {
				t.Errorf("problem is %+v", problem)
			}
		})
	}
}

func TestProblemCurrency(t *testing.T) {
	t.Parallel()
	ev := simpleSale()
	ev.Currency = "EUR"
	problem := problemOf(t, ev, books())
	if problem.Reason != ledger.ReasonCurrencyMismatch || problem.Remedy == "" ||
		problem.Message != "The event is in EUR, and the company keeps its books in USD with multicurrency off." {
		t.Errorf("problem is %+v", problem)
	}
	multi := books()
	multi.Multicurrency = true
	unknown := books()
	unknown.HomeCurrency = ""
	for _, b := range []*ledger.Books{multi, unknown} {
		if entry := mustBuild(t, ev, b); entry.Currency != "EUR" {
			t.Errorf("the entry's currency is %s", entry.Currency)
		}
	}
}

func TestProblemKindNotSupported(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		detail ledger.Detail
		names  string
	}{
		"none":           {nil, "an event without a detail"},
		"transfer leg":   {&ledger.Transfer{Leg: 9, Lines: []ledger.Keyed{keyed(apparel, 1)}}, "the leg 9"},
		"deposit action": {&ledger.CustomerDeposit{Action: 9, Lines: []ledger.DepositLine{{Amount: 1}}}, "the action 9"},
		"cash direction": {&ledger.CashPaidInOut{Direction: 7, Amount: 1}, "the direction 7"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problem := problemOf(t, event(test.detail), books())
			if problem.Reason != ledger.ReasonKindNotSupported || !strings.Contains(problem.Message, test.names) ||
				problem.Remedy == "" {
				t.Errorf("problem is %+v; want KIND_NOT_SUPPORTED naming %q", problem, test.names)
			}
		})
	}
}

func TestProblemOfAYearThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	ev := simpleSale()
	ev.OccurredAt = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	problem := problemOf(t, ev, books())
	if !strings.Contains(problem.Message, "cannot be written down") {
		t.Errorf("problem is %+v", problem)
	}
}

// The checks run in the documented order: each event here fails all the later ones too.
func TestProblemOrder(t *testing.T) {
	t.Parallel()
	unbalanced := event(&ledger.Sale{Tenders: []ledger.Keyed{keyed("Nobody", 1)}})
	foreign := unbalanced
	foreign.Currency = "EUR"
	foreign.Detail = &ledger.Transfer{}
	several := books()
	put(several, ledger.Slot{Role: ledger.RolePayment, Key: visa}, "99") // unknown
	several.Accounts["40"] = ledger.Account{ID: "40", Name: "Sales", Type: ledger.TypeIncome}
	several.Accounts["23"] = ledger.Account{ID: "23", Name: "Tax", Type: ledger.TypeBank, Active: true}
	noCost := with(nil)
	noCost.Accounts = several.Accounts
	put(noCost, ledger.Slot{Role: ledger.RolePayment, Key: visa}, "99")
	delete(noCost.Mapping, ledger.Slot{Role: ledger.RoleCostOfGoodsSold})
	inactive := with(nil)
	inactive.Accounts = several.Accounts
	tests := map[string]struct {
		ev     ledger.Event
		books  *ledger.Books
		reason ledger.Reason
	}{
		"currency before kind":    {foreign, books(), ledger.ReasonCurrencyMismatch},
		"balance before accounts": {unbalanced, books(), ledger.ReasonOutOfBalance},
		"unmapped before deleted": {simpleSale(), noCost, ledger.ReasonUnmapped},
		"deleted before inactive": {simpleSale(), several, ledger.ReasonAccountDeleted},
		"inactive before type":    {simpleSale(), inactive, ledger.ReasonAccountInactive},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if problem := problemOf(t, test.ev, test.books); problem.Reason != test.reason {
				t.Errorf("problem is %v; want %s", problem, test.reason)
			}
		})
	}
}

func TestProblemIsAnError(t *testing.T) {
	t.Parallel()
	problem := &ledger.Problem{Reason: ledger.ReasonNumberTaken, Message: "Taken."}
	if got := problem.Error(); got != "NUMBER_TAKEN: Taken." {
		t.Errorf("Error() is %q", got)
	}
}
