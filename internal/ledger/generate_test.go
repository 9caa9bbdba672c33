package ledger_test

import (
	"time"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
)

// keys are few, so that amounts of one event meet under the same key.
func genKey() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{cash, visa, giftCard, apparel, "Freight in", "Größe \"L\"\\", "neige ❄"})
}

// genAmount draws small amounts of both signs, with zero among them. An event of the lists below stays far from
// MaxAmount.
func genAmount() *rapid.Generator[ledger.Amount] {
	return rapid.Custom(func(t *rapid.T) ledger.Amount {
		return ledger.Amount(rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "amount"))
	})
}

// genWild draws any amount that there is.
func genWild() *rapid.Generator[ledger.Amount] {
	return rapid.Custom(func(t *rapid.T) ledger.Amount { return ledger.Amount(rapid.Int64().Draw(t, "amount")) })
}

func genKeyed(key *rapid.Generator[string], amount *rapid.Generator[ledger.Amount]) *rapid.Generator[[]ledger.Keyed] {
	one := rapid.Custom(func(t *rapid.T) ledger.Keyed {
		return ledger.Keyed{Key: key.Draw(t, "key"), Amount: amount.Draw(t, "amount")}
	})
	return rapid.SliceOfN(one, 0, 5)
}

func genSale(key *rapid.Generator[string], amount *rapid.Generator[ledger.Amount]) *rapid.Generator[*ledger.Sale] {
	line := rapid.Custom(func(t *rapid.T) ledger.SaleLine {
		return ledger.SaleLine{
			ItemClass: key.Draw(t, "class"), Net: amount.Draw(t, "net"), Discount: amount.Draw(t, "discount"),
			Cost: amount.Draw(t, "cost"),
		}
	})
	list := genKeyed(key, amount)
	return rapid.Custom(func(t *rapid.T) *ledger.Sale {
		return &ledger.Sale{
			Tenders: list.Draw(t, "tenders"), DepositsApplied: list.Draw(t, "deposits applied"),
			Lines: rapid.SliceOfN(line, 0, 5).Draw(t, "lines"), Taxes: list.Draw(t, "taxes"),
			Shipping: list.Draw(t, "shipping"), Fees: list.Draw(t, "fees"),
			GiftCardsSold: rapid.SliceOfN(amount, 0, 3).Draw(t, "gift cards"), Tip: amount.Draw(t, "tip"),
			Rounding: amount.Draw(t, "rounding"),
		}
	})
}

// due is what a sale's tenders must come to.
func due(s *ledger.Sale) ledger.Amount {
	sum := s.Tip + s.Rounding
	for _, line := range s.Lines {
		sum += line.Net
	}
	for _, list := range [][]ledger.Keyed{s.Taxes, s.Shipping, s.Fees} {
		for _, k := range list {
			sum += k.Amount
		}
	}
	for _, card := range s.GiftCardsSold {
		sum += card
	}
	return sum
}

// genBalanced draws sales whose identity holds.
func genBalanced() *rapid.Generator[*ledger.Sale] {
	return rapid.Custom(func(t *rapid.T) *ledger.Sale {
		s := genSale(genKey(), genAmount()).Draw(t, "sale")
		s.Tenders = append(s.Tenders, ledger.Keyed{Key: genKey().Draw(t, "payment type"), Amount: due(s) - s.Total()})
		return s
	})
}

// genDetail draws any detail of any kind.
func genDetail(key *rapid.Generator[string], amount *rapid.Generator[ledger.Amount]) *rapid.Generator[ledger.Detail] {
	list := genKeyed(key, amount)
	as := rapid.Custom[ledger.Detail]
	return rapid.OneOf(
		as(func(t *rapid.T) ledger.Detail { return genSale(key, amount).Draw(t, "sale") }),
		as(func(t *rapid.T) ledger.Detail { return genDeposit(key, amount).Draw(t, "deposit") }),
		as(func(t *rapid.T) ledger.Detail { return genReceipt(key, amount).Draw(t, "receipt") }),
		as(func(t *rapid.T) ledger.Detail { return &ledger.PurchaseReturn{Lines: list.Draw(t, "lines")} }),
		as(func(t *rapid.T) ledger.Detail {
			return &ledger.Transfer{
				Leg: ledger.TransferLeg(rapid.Uint8Range(0, 4).Draw(t, "leg")), Other: ledger.LocationID(key.Draw(t, "other")),
				Lines: list.Draw(t, "lines"), Reason: key.Draw(t, "reason"),
			}
		}),
		as(func(t *rapid.T) ledger.Detail {
			return &ledger.InventoryAdjustment{Reason: key.Draw(t, "reason"), Lines: list.Draw(t, "lines")}
		}),
		as(func(t *rapid.T) ledger.Detail {
			return &ledger.GiftCardAdjustment{Reason: key.Draw(t, "reason"), Amount: amount.Draw(t, "amount")}
		}),
		as(func(t *rapid.T) ledger.Detail {
			return &ledger.CashPaidInOut{
				Direction: ledger.CashDirection(rapid.Uint8Range(0, 3).Draw(t, "direction")), Reason: key.Draw(t, "reason"),
				Amount: amount.Draw(t, "amount"),
			}
		}),
		as(func(t *rapid.T) ledger.Detail {
			return &ledger.TillCount{Expected: amount.Draw(t, "expected"), Counted: amount.Draw(t, "counted")}
		}),
		as(func(t *rapid.T) ledger.Detail { return genPayout(key, amount).Draw(t, "payout") }),
	)
}

func genDeposit(
	key *rapid.Generator[string], amount *rapid.Generator[ledger.Amount],
) *rapid.Generator[*ledger.CustomerDeposit] {
	line := rapid.Custom(func(t *rapid.T) ledger.DepositLine {
		return ledger.DepositLine{
			PaymentType: key.Draw(t, "payment type"), Amount: amount.Draw(t, "amount"),
			RefundPaymentType: rapid.OneOf(rapid.Just(""), key).Draw(t, "refund payment type"),
		}
	})
	return rapid.Custom(func(t *rapid.T) *ledger.CustomerDeposit {
		return &ledger.CustomerDeposit{
			Action: ledger.DepositAction(rapid.Uint8Range(0, 4).Draw(t, "action")),
			Lines:  rapid.SliceOfN(line, 0, 4).Draw(t, "lines"),
		}
	})
}

func genReceipt(
	key *rapid.Generator[string], amount *rapid.Generator[ledger.Amount],
) *rapid.Generator[*ledger.PurchaseReceipt] {
	landed := rapid.Custom(func(t *rapid.T) ledger.LandedCost {
		return ledger.LandedCost{
			Name: key.Draw(t, "name"), ItemClass: key.Draw(t, "class"), Amount: amount.Draw(t, "amount"),
		}
	})
	return rapid.Custom(func(t *rapid.T) *ledger.PurchaseReceipt {
		return &ledger.PurchaseReceipt{
			Lines:       genKeyed(key, amount).Draw(t, "lines"),
			LandedCosts: rapid.SliceOfN(landed, 0, 3).Draw(t, "landed costs"),
		}
	})
}

func genPayout(key *rapid.Generator[string], amount *rapid.Generator[ledger.Amount]) *rapid.Generator[*ledger.Payout] {
	part := rapid.Custom(func(t *rapid.T) ledger.PayoutPart {
		return ledger.PayoutPart{
			PaymentType: key.Draw(t, "payment type"), Gross: amount.Draw(t, "gross"), Fee: amount.Draw(t, "fee"),
		}
	})
	return rapid.Custom(func(t *rapid.T) *ledger.Payout {
		return &ledger.Payout{BankAccount: key.Draw(t, "bank"), Parts: rapid.SliceOfN(part, 0, 4).Draw(t, "parts")}
	})
}

// genEvent draws events that are anything but tidy: any text, any year of four digits, any amounts.
func genEvent() *rapid.Generator[ledger.Event] {
	return rapid.Custom(func(t *rapid.T) ledger.Event {
		text := rapid.String()
		return ledger.Event{
			ID: ledger.EventID(text.Draw(t, "id")), Number: text.Draw(t, "number"), Revision: rapid.Int32().Draw(t, "revision"),
			Location: ledger.LocationID(text.Draw(t, "location")), BusinessDate: ledger.Date(text.Draw(t, "date")),
			OccurredAt: time.UnixMicro(rapid.Int64Range(-62_135_596_800_000_000, 253_402_300_799_999_999).Draw(t, "time")).UTC(),
			Currency:   ledger.Currency(text.Draw(t, "currency")), Memo: text.Draw(t, "memo"),
			SourceURL: text.Draw(t, "source"), Detail: genDetail(text, genWild()).Draw(t, "detail"),
		}
	})
}

// genBooks draws a mapping in which every role has a fallback, some keys and locations have accounts of their own, and
// accounts are few enough to serve several roles.
func genBooks() *rapid.Generator[*ledger.Books] {
	return rapid.Custom(func(t *rapid.T) *ledger.Books {
		b := &ledger.Books{Retailer: "acme", HomeCurrency: "USD", Mapping: ledger.Mapping{}, Accounts: chart()}
		for _, role := range ledger.Roles() {
			fitting := accountsFor(role, b.Accounts)
			if len(fitting) == 0 || (role.Optional() && rapid.Bool().Draw(t, "leave out")) {
				continue
			}
			account := rapid.SampledFrom(fitting)
			put(b, ledger.Slot{Role: role}, account.Draw(t, "fallback"))
			if role.KeyName() != "" {
				for range rapid.IntRange(0, 4).Draw(t, "more") {
					key := genKey().Draw(t, "key")
					location := rapid.SampledFrom([]ledger.LocationID{"", store2, "store-3"}).Draw(t, "location")
					put(b, ledger.Slot{Role: role, Key: key, Location: location}, account.Draw(t, "account"))
				}
			}
		}
		return b
	})
}

// accountsFor returns the ids of the accounts that fit a role, in a stable order.
func accountsFor(role ledger.Role, accounts map[ledger.AccountID]ledger.Account) []ledger.AccountID {
	var out []ledger.AccountID
	for _, id := range []ledger.AccountID{
		"1", "10", "11", "12", "13", "14", "15", "20", "21", "22", "23", "24", "25", "30", "40", "41", "42", "43", "44", "45",
		"46", "50", "60", "61", "62", "63", "64", "65",
	} {
		if role.Fits(accounts[id].Type) != ledger.FitRefused {
			out = append(out, id)
		}
	}
	return out
}
