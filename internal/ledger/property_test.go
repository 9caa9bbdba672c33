package ledger_test

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Whatever the event, Build gives a balanced entry that keeps every promise, or a problem, or nothing to post.
func TestPropertyBalance(t *testing.T) {
	t.Parallel()
	amounts := rapid.OneOf(genAmount(), genWild(), rapid.SampledFrom([]ledger.Amount{
		0, 1, -1, ledger.MaxAmount, -ledger.MaxAmount, ledger.MaxAmount - 1, ledger.MaxAmount + 1,
	}))
	rapid.Check(t, func(t *rapid.T) {
		b := genBooks().Draw(t, "books")
		b.RoundingLimit = rapid.SampledFrom([]ledger.Amount{0, 5, ledger.MaxAmount}).Draw(t, "limit")
		ev := event(rapid.OneOf(
			genDetail(genKey(), amounts),
			rapid.Custom(func(t *rapid.T) ledger.Detail { return genBalanced().Draw(t, "balanced") }),
		).Draw(t, "detail"))
		entry, err := ledger.Build(ev, b)
		var problem *ledger.Problem
		switch {
		case err == nil:
			checkEntry(t, entry)
		case errors.As(err, &problem):
			if problem.Message == "" || problem.Remedy == "" || problem.Reason == ledger.ReasonNone {
				t.Fatalf("an empty problem: %+v", problem)
			}
		case !errors.Is(err, ledger.ErrNothingToPost):
			t.Fatalf("Build failed with %v", err)
		}
	})
}

// checkEntry holds every promise of an entry.
func checkEntry(t *rapid.T, entry ledger.Entry) {
	t.Helper()
	places := map[string]bool{}
	slots := map[ledger.Slot]bool{}
	for _, line := range entry.Lines {
		checkLine(t, line)
		here := line.Side.String() + string(line.Account)
		if places[here] {
			t.Fatalf("two lines on the same side of account %s", line.Account)
		}
		places[here] = true
		for _, part := range line.Parts {
			slot := part.Slot
			if slots[slot] || slot.Location != store2 {
				t.Fatalf("slot %s stands twice or elsewhere", slot)
			}
			slots[slot] = true
		}
	}
	checkBalance(t, entry.Lines)
	if !slices.IsSortedFunc(entry.Lines, func(a, b ledger.Line) int {
		return cmp.Or(cmp.Compare(a.Side, b.Side), cmp.Compare(a.Parts[0].Role, b.Parts[0].Role),
			strings.Compare(a.AccountName, b.AccountName))
	}) {
		t.Fatalf("lines out of order: %q", brief(entry.Lines))
	}
	if !entry.HasMarker(entry.PrivateNote) || entry.Diff(entry) != "" {
		t.Fatalf("the entry is not equal to itself: %s", entry.Diff(entry))
	}
}

func checkBalance(t *rapid.T, lines []ledger.Line) {
	t.Helper()
	var sum ledger.Amount
	for _, balance := range balances(lines) {
		sum += balance
	}
	if sum != 0 || len(lines) < 2 {
		t.Fatalf("%d lines come to %d", len(lines), sum)
	}
}

func checkLine(t *rapid.T, line ledger.Line) {
	t.Helper()
	if line.Amount <= 0 || line.Amount > ledger.MaxAmount {
		t.Fatalf("a line of %d", line.Amount)
	}
	if line.Side != ledger.Debit && line.Side != ledger.Credit {
		t.Fatalf("a line on the side %d", line.Side)
	}
	if len(line.Parts) == 0 || line.Description == "" || len(utf16.Encode([]rune(line.Description))) > 4_000 {
		t.Fatalf("line %+v", line)
	}
}

// The order in which an event lists its amounts makes no difference.
func TestPropertyOrderIndependence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := genBooks().Draw(t, "books")
		s := genBalanced().Draw(t, "sale")
		shuffled := *s
		shuffled.Tenders = rapid.Permutation(s.Tenders).Draw(t, "tenders")
		shuffled.DepositsApplied = rapid.Permutation(s.DepositsApplied).Draw(t, "deposits")
		shuffled.Lines = rapid.Permutation(s.Lines).Draw(t, "lines")
		shuffled.Taxes = rapid.Permutation(s.Taxes).Draw(t, "taxes")
		shuffled.Shipping = rapid.Permutation(s.Shipping).Draw(t, "shipping")
		shuffled.Fees = rapid.Permutation(s.Fees).Draw(t, "fees")
		shuffled.GiftCardsSold = rapid.Permutation(s.GiftCardsSold).Draw(t, "gift cards")
		if diff := gocmp.Diff(linesOf(t, s, b), linesOf(t, &shuffled, b)); diff != "" {
			t.Fatalf("another order gives other lines:\n%s", diff)
		}
	})
}

// linesOf builds a sale that balances; a sale that nets to nothing has no lines.
func linesOf(t *rapid.T, s *ledger.Sale, b *ledger.Books) []ledger.Line {
	t.Helper()
	entry, err := ledger.Build(event(s), b)
	if err != nil && !errors.Is(err, ledger.ErrNothingToPost) {
		t.Fatalf("Build: %v", err)
	}
	return entry.Lines
}

// A sale and its full return leave every account as it was, and mirror each other line by line.
func TestPropertyReturn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := genBooks().Draw(t, "books")
		s := genBalanced().Draw(t, "sale")
		sold, returned := linesOf(t, s, b), linesOf(t, negated(s), b)
		if len(sold) != len(returned) {
			t.Fatalf("%d lines sold and %d returned", len(sold), len(returned))
		}
		for account, balance := range balances(slices.Concat(sold, returned)) {
			if balance != 0 {
				t.Fatalf("account %s is left with %s", account, balance)
			}
		}
	})
}

func negated(s *ledger.Sale) *ledger.Sale {
	list := func(in []ledger.Keyed) []ledger.Keyed {
		out := slices.Clone(in)
		for i := range out {
			out[i].Amount = -out[i].Amount
		}
		return out
	}
	out := &ledger.Sale{
		Tenders: list(s.Tenders), DepositsApplied: list(s.DepositsApplied), Lines: slices.Clone(s.Lines),
		Taxes: list(s.Taxes), Shipping: list(s.Shipping), Fees: list(s.Fees),
		GiftCardsSold: slices.Clone(s.GiftCardsSold), Tip: -s.Tip, Rounding: -s.Rounding,
	}
	for i := range out.Lines {
		line := &out.Lines[i]
		line.Net, line.Discount, line.Cost = -line.Net, -line.Discount, -line.Cost
	}
	for i := range out.GiftCardsSold {
		out.GiftCardsSold[i] = -out.GiftCardsSold[i]
	}
	return out
}

func balances(lines []ledger.Line) map[ledger.AccountID]ledger.Amount {
	out := map[ledger.AccountID]ledger.Amount{}
	for _, line := range lines {
		if line.Side == ledger.Debit {
			out[line.Account] += line.Amount
		} else {
			out[line.Account] -= line.Amount
		}
	}
	return out
}

// Netting what is netted already changes nothing: a sale whose lists were summed per key beforehand, or in which an
// amount was split in two, builds the same lines.
func TestPropertyNettingIsIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := genBooks().Draw(t, "books")
		s := genBalanced().Draw(t, "sale")
		want := linesOf(t, s, b)

		netted := *s
		for _, list := range []*[]ledger.Keyed{
			&netted.Tenders, &netted.DepositsApplied, &netted.Taxes, &netted.Shipping, &netted.Fees,
		} {
			*list = summed(*list)
		}
		if diff := gocmp.Diff(want, linesOf(t, &netted, b)); diff != "" {
			t.Fatalf("netted beforehand:\n%s", diff)
		}

		split := *s
		extra := genAmount().Draw(t, "extra")
		key := genKey().Draw(t, "key")
		split.Tenders = append(slices.Clone(s.Tenders), keyed(key, extra), keyed(key, -extra))
		split.Lines = append(slices.Clone(s.Lines), ledger.SaleLine{ItemClass: key, Net: extra, Cost: -extra},
			ledger.SaleLine{ItemClass: key, Net: -extra, Cost: extra})
		if diff := gocmp.Diff(want, linesOf(t, &split, b)); diff != "" {
			t.Fatalf("with amounts that undo each other:\n%s", diff)
		}
	})
}

func summed(list []ledger.Keyed) []ledger.Keyed {
	sums := map[string]ledger.Amount{}
	for _, k := range list {
		sums[k.Key] += k.Amount
	}
	out := make([]ledger.Keyed, 0, len(sums))
	for key, amount := range sums {
		out = append(out, ledger.Keyed{Key: key, Amount: amount})
	}
	return out
}

// An independent reckoning of what a sale does to each account agrees with its entry.
func TestPropertyAgreesWithTheRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := genBooks().Draw(t, "books")
		s := genBalanced().Draw(t, "sale")
		want := reckoned(t, s, b.Mapping)
		got := balances(linesOf(t, s, b))
		maps.DeleteFunc(want, func(_ ledger.AccountID, a ledger.Amount) bool { return a == 0 })
		maps.DeleteFunc(got, func(_ ledger.AccountID, a ledger.Amount) bool { return a == 0 })
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("accounts differ (-want +got):\n%s", diff)
		}
	})
}

// reckoned books a sale row by row, straight to accounts.
func reckoned(t *rapid.T, s *ledger.Sale, mapping ledger.Mapping) map[ledger.AccountID]ledger.Amount {
	t.Helper()
	out := map[ledger.AccountID]ledger.Amount{}
	book := func(role ledger.Role, key string, amount ledger.Amount) {
		found := mapping.Lookup(ledger.Slot{Role: role, Key: key, Location: store2}, "2026-10-03")
		if found.Source == ledger.SourceMissing {
			t.Fatalf("%s %q is not mapped", role, key)
		}
		out[found.Account] += amount
	}
	all := func(role ledger.Role, list []ledger.Keyed, sign ledger.Amount) {
		for _, k := range list {
			book(role, k.Key, sign*k.Amount)
		}
	}
	all(ledger.RolePayment, s.Tenders, 1)
	all(ledger.RoleDeposit, s.DepositsApplied, 1)
	all(ledger.RoleSalesTax, s.Taxes, -1)
	all(ledger.RoleShipping, s.Shipping, -1)
	all(ledger.RoleFee, s.Fees, -1)
	_, apart := mapping[ledger.Slot{Role: ledger.RoleDiscount}]
	for _, line := range s.Lines {
		book(ledger.RoleRevenue, line.ItemClass, -line.Net)
		if apart {
			book(ledger.RoleRevenue, line.ItemClass, -line.Discount)
			book(ledger.RoleDiscount, line.ItemClass, line.Discount)
		}
		book(ledger.RoleCostOfGoodsSold, line.ItemClass, line.Cost)
		book(ledger.RoleInventory, line.ItemClass, -line.Cost)
	}
	for _, card := range s.GiftCardsSold {
		book(ledger.RoleGiftCardLiability, "", -card)
	}
	book(ledger.RoleTips, "", -s.Tip)
	book(ledger.RoleRounding, "", -s.Rounding)
	return out
}
