package ledger_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
)

// A day booked ticket by ticket, or summed into one event, leaves the same trial balance.
func TestPropertyDaySplitOrSummed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := genBooks().Draw(t, "books")
		apart, day := map[ledger.AccountID]ledger.Amount{}, &ledger.Sale{}
		for _, s := range rapid.SliceOfN(genBalanced(), 1, 6).Draw(t, "tickets") {
			for account, change := range balances(linesOf(t, s, b)) {
				apart[account] += change
			}
			day.Tenders = append(day.Tenders, s.Tenders...)
			day.DepositsApplied = append(day.DepositsApplied, s.DepositsApplied...)
			day.Lines = append(day.Lines, s.Lines...)
			day.Taxes = append(day.Taxes, s.Taxes...)
			day.Shipping = append(day.Shipping, s.Shipping...)
			day.Fees = append(day.Fees, s.Fees...)
			day.GiftCardsSold = append(day.GiftCardsSold, s.GiftCardsSold...)
			day.Tip += s.Tip
			day.Rounding += s.Rounding
		}
		summed := balances(linesOf(t, day, b))
		for _, sums := range []map[ledger.AccountID]ledger.Amount{apart, summed} {
			maps.DeleteFunc(sums, func(_ ledger.AccountID, sum ledger.Amount) bool { return sum == 0 })
		}
		if diff := gocmp.Diff(apart, summed); diff != "" {
			t.Fatalf("accounts differ (-apart +summed):\n%s", diff)
		}
	})
}

// The two tests that retailers put their books to, on weeks of events of every kind: what customers owed is what they
// paid, and the stock of each class is what came in less what went out.
func TestPropertyRetailersIdentities(t *testing.T) {
	t.Parallel()
	detail := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) ledger.Detail { return genBalanced().Draw(t, "sale") }),
		genDetail(genKey(), genAmount()).Filter(func(d ledger.Detail) bool { return d.Kind() != ledger.KindSale }),
	)
	rapid.Check(t, func(t *rapid.T) {
		b := separateBooks()
		left, stock := map[ledger.AccountID]ledger.Amount{}, map[string]ledger.Amount{}
		var owed, paid ledger.Amount
		for _, d := range rapid.SliceOfN(detail, 1, 12).Draw(t, "week") {
			entry, err := ledger.Build(event(d), b)
			if problem := (*ledger.Problem)(nil); errors.As(err, &problem) {
				continue // An unknown leg or direction waits; it moves nothing.
			}
			sale, isSale := d.(*ledger.Sale)
			if isSale {
				owed += due(sale)
			}
			for account, change := range balances(entry.Lines) {
				left[account] += change
				if isSale && isTender(account) {
					paid += change
				}
			}
			moveStock(stock, d)
		}
		if owed != paid {
			t.Fatalf("customers owed %s and paid %s", owed, paid)
		}
		for class, want := range stock {
			if got := left[accountOf(ledger.RoleInventory, class)]; got != want {
				t.Fatalf("stock of %s is booked as %s, and should be %s", class, got, want)
			}
		}
	})
}

// moveStock reckons what an event does to the stock of each class, from the retailer's side.
func moveStock(stock map[string]ledger.Amount, detail ledger.Detail) {
	all := func(list []ledger.Keyed, sign ledger.Amount) {
		for _, k := range list {
			stock[k.Key] += sign * k.Amount
		}
	}
	switch d := detail.(type) {
	case *ledger.Sale:
		for _, line := range d.Lines {
			stock[line.ItemClass] -= line.Cost
		}
	case *ledger.PurchaseReceipt:
		all(d.Lines, 1)
		for _, landed := range d.LandedCosts {
			stock[landed.ItemClass] += landed.Amount
		}
	case *ledger.PurchaseReturn:
		all(d.Lines, -1)
	case *ledger.InventoryAdjustment:
		all(d.Lines, 1)
	case *ledger.Transfer:
		switch d.Leg {
		case ledger.TransferShipment:
			all(d.Lines, -1)
		case ledger.TransferReceived:
			all(d.Lines, 1)
		case ledger.TransferLoss: // What is lost had left the stock before.
		}
	}
}

// separateBooks has an account of its own for every key of every role.
func separateBooks() *ledger.Books {
	b := &ledger.Books{
		Retailer: "acme", HomeCurrency: "USD", Mapping: ledger.Mapping{}, Accounts: map[ledger.AccountID]ledger.Account{},
	}
	for _, role := range ledger.Roles() {
		for _, key := range []string{"", cash, visa, giftCard, apparel, "Freight in", "Größe \"L\"\\", "neige ❄"} {
			if role.Optional() || (key != "" && role.KeyName() == "") {
				continue
			}
			id := accountOf(role, key)
			put(b, ledger.Slot{Role: role, Key: key}, id)
			b.Accounts[id] = ledger.Account{ID: id, Name: string(id), Type: fitting(role), Active: true}
		}
	}
	return b
}

func accountOf(role ledger.Role, key string) ledger.AccountID {
	return ledger.AccountID(fmt.Sprintf("%d/%s", role, key))
}

func isTender(account ledger.AccountID) bool {
	var role ledger.Role
	_, _ = fmt.Sscanf(string(account), "%d/", &role)
	return role == ledger.RolePayment || role == ledger.RoleDeposit
}

// fitting returns a type of account that fits a role.
func fitting(role ledger.Role) ledger.AccountType {
	for _, account := range chart() {
		if role.Fits(account.Type) == ledger.FitGood {
			return account.Type
		}
	}
	return ledger.TypeBank
}
