package ledger_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/ledger"
)

// row is a row of the table of journal entries: an event, and the lines it must become, worked out by hand.
type row struct {
	name  string // the row's number, and the name of its golden file
	ev    ledger.Event
	books *ledger.Books
	want  []string
}

func TestBuildRows(t *testing.T) {
	t.Parallel()
	for _, rows := range [][]row{saleRows(), tenderRows(), roundingRows(), otherRows(), stockRows(), bankRows()} {
		for _, r := range rows {
			t.Run(r.name, func(t *testing.T) {
				t.Parallel()
				entry := mustBuild(t, r.ev, r.books)
				if diff := cmp.Diff(r.want, brief(entry.Lines)); diff != "" {
					t.Errorf("lines differ (-want +got):\n%s", diff)
				}
				golden(t, r.name, readable(entry))
			})
		}
	}
}

func saleRows() []row {
	full := event(&ledger.Sale{
		Tenders:         []ledger.Keyed{keyed(visa, 15_000), keyed(cash, 5_260)},
		DepositsApplied: []ledger.Keyed{keyed(visa, 4_000)},
		Lines: []ledger.SaleLine{
			{ItemClass: apparel, Net: 8_000, Discount: 2_000, Cost: 3_500},
			{ItemClass: shoes, Net: 6_000, Cost: 2_700},
			{ItemClass: "Repairs", Net: 1_000},
		},
		Taxes:         []ledger.Keyed{keyed(state, 435), keyed(city, 722)},
		Shipping:      []ledger.Keyed{keyed("Ground", 900)},
		Fees:          []ledger.Keyed{keyed("Bag fee", 10)},
		GiftCardsSold: []ledger.Amount{5_000, 2_000},
		Tip:           193,
	})
	full.Memo = "Ticket 1-10023, register 2"
	full.SourceURL = "https://acme.example.com/tickets/10023"
	return []row{
		{
			name: "1a_sale", ev: full, books: books(),
			want: []string{
				"debit 11 150.00", "debit 10 52.60", "debit 21 40.00", "debit 50 62.00",
				"credit 40 80.00", "credit 42 10.00", "credit 41 60.00", "credit 12 62.00", "credit 20 70.00",
				"credit 23 11.57", "credit 43 9.00", "credit 44 0.10", "credit 25 1.93",
			},
		},
		{
			name: "1b_return", books: books(),
			ev: event(&ledger.Sale{
				Tenders: []ledger.Keyed{keyed(visa, -8_580)},
				Lines:   []ledger.SaleLine{{ItemClass: apparel, Net: -8_000, Cost: -3_500}},
				Taxes:   []ledger.Keyed{keyed(state, -580)},
			}),
			want: []string{
				"debit 40 80.00", "debit 12 35.00", "debit 23 5.80", "credit 11 85.80", "credit 50 35.00",
			},
		},
		{
			name: "1b_exchange", books: books(),
			ev: event(&ledger.Sale{
				Tenders: []ledger.Keyed{keyed(cash, 1_050)},
				Lines: []ledger.SaleLine{
					{ItemClass: apparel, Net: -5_000, Cost: -2_000},
					{ItemClass: apparel, Net: 5_000, Cost: 2_100},
					{ItemClass: shoes, Net: 1_000, Cost: 400},
				},
				Taxes: []ledger.Keyed{keyed(state, -150), keyed(state, 200)},
			}),
			want: []string{"debit 10 10.50", "debit 50 5.00", "credit 41 10.00", "credit 12 5.00", "credit 23 0.50"},
		},
		{
			name: "1c_discount", books: with(accounts{{Role: ledger.RoleDiscount, Key: apparel}: "45"}),
			ev: event(&ledger.Sale{
				Tenders: []ledger.Keyed{keyed(cash, 14_000)},
				Lines: []ledger.SaleLine{
					{ItemClass: apparel, Net: 9_000, Discount: 1_000}, {ItemClass: shoes, Net: 5_000, Discount: 500},
				},
			}),
			want: []string{"debit 10 140.00", "debit 45 10.00", "credit 40 100.00", "credit 41 50.00"},
		},
	}
}

func tenderRows() []row {
	return []row{
		{
			name: "1c_discount_returned", books: with(accounts{{Role: ledger.RoleDiscount}: "45"}),
			ev: event(&ledger.Sale{
				Tenders: []ledger.Keyed{keyed(cash, -9_000)},
				Lines:   []ledger.SaleLine{{ItemClass: apparel, Net: -9_000, Discount: -1_000}},
			}),
			want: []string{"debit 40 100.00", "credit 10 90.00", "credit 45 10.00"},
		},
		{
			name: "1d_gift_card_redeemed", books: books(),
			ev: event(&ledger.Sale{
				Tenders: []ledger.Keyed{keyed(giftCard, 2_500)},
				Lines:   []ledger.SaleLine{{ItemClass: shoes, Net: 2_500}},
			}),
			want: []string{"debit 20 25.00", "credit 41 25.00"},
		},
		{
			name: "1d_gift_card_buys_gift_card", books: books(),
			ev: event(&ledger.Sale{
				Tenders:       []ledger.Keyed{keyed(giftCard, 2_500)},
				GiftCardsSold: []ledger.Amount{2_500},
			}),
			want: []string{"debit 20 25.00", "credit 20 25.00"},
		},
		{
			name: "1e_store_credit", books: books(),
			ev: event(&ledger.Sale{
				Tenders: []ledger.Keyed{keyed(giftCard, -5_363)},
				Lines:   []ledger.SaleLine{{ItemClass: shoes, Net: -5_000, Cost: -2_000}},
				Taxes:   []ledger.Keyed{keyed(state, -363)},
			}),
			want: []string{
				"debit 41 50.00", "debit 12 20.00", "debit 23 3.63", "credit 20 53.63", "credit 50 20.00",
			},
		},
		{
			name: "1f_change", books: books(),
			ev: event(&ledger.Sale{
				Tenders: []ledger.Keyed{keyed(cash, 10_000), keyed(cash, -2_755), keyed(visa, 1_000), keyed(mastercard, 500)},
				Lines:   []ledger.SaleLine{{ItemClass: apparel, Net: 8_745}},
			}),
			want: []string{"debit 11 15.00", "debit 10 72.45", "credit 40 87.45"},
		},
		{
			name: "1f_change_exceeds_tender", books: books(),
			ev: event(&ledger.Sale{
				Tenders: []ledger.Keyed{keyed(visa, 10_000), keyed(cash, -2_000)},
				Lines:   []ledger.SaleLine{{ItemClass: apparel, Net: 8_000}},
			}),
			want: []string{"debit 11 100.00", "credit 10 20.00", "credit 40 80.00"},
		},
	}
}

func roundingRows() []row {
	return []row{
		{
			name: "1g_rounding_up", books: books(),
			ev: event(&ledger.Sale{
				Tenders:  []ledger.Keyed{keyed(cash, 1_000)},
				Lines:    []ledger.SaleLine{{ItemClass: apparel, Net: 998}},
				Rounding: 2,
			}),
			want: []string{"debit 10 10.00", "credit 40 9.98", "credit 60 0.02"},
		},
		{
			name: "1g_rounding_down", books: books(),
			ev: event(&ledger.Sale{
				Tenders:  []ledger.Keyed{keyed(cash, 1_000)},
				Lines:    []ledger.SaleLine{{ItemClass: apparel, Net: 1_002}},
				Rounding: -2,
			}),
			want: []string{"debit 10 10.00", "debit 60 0.02", "credit 40 10.02"},
		},
		{
			name: "1g_difference_within_the_limit", books: limited(books(), 5),
			ev: event(&ledger.Sale{
				Tenders:  []ledger.Keyed{keyed(cash, 1_000)},
				Lines:    []ledger.SaleLine{{ItemClass: apparel, Net: 1_004}},
				Rounding: -1,
			}),
			want: []string{"debit 10 10.00", "debit 60 0.04", "credit 40 10.04"},
		},
	}
}

func limited(b *ledger.Books, limit ledger.Amount) *ledger.Books {
	b.RoundingLimit = limit
	return b
}

func otherRows() []row {
	deposit := func(action ledger.DepositAction) ledger.Event {
		return event(&ledger.CustomerDeposit{Action: action, Lines: []ledger.DepositLine{
			{PaymentType: visa, Amount: 3_000}, {PaymentType: cash, Amount: 2_000, RefundPaymentType: giftCard},
		}})
	}
	paid := func(direction ledger.CashDirection, reason string) ledger.Event {
		return event(&ledger.CashPaidInOut{Direction: direction, Reason: reason, Amount: 1_475})
	}
	return []row{
		{
			name: "2a_deposit_collected", ev: deposit(ledger.DepositCollected), books: books(),
			want: []string{"debit 11 30.00", "debit 10 20.00", "credit 21 50.00"},
		},
		{
			name: "2b_deposit_refunded", ev: deposit(ledger.DepositRefunded), books: books(),
			want: []string{"debit 21 50.00", "credit 11 30.00", "credit 20 20.00"},
		},
		{
			name: "2c_deposit_forfeited", ev: deposit(ledger.DepositForfeited), books: books(),
			want: []string{"debit 21 50.00", "credit 44 50.00"},
		},
		{
			name: "3_purchase_receipt", books: books(),
			ev: event(&ledger.PurchaseReceipt{
				Lines: []ledger.Keyed{keyed(apparel, 120_000), keyed(shoes, 80_050)},
				LandedCosts: []ledger.LandedCost{
					{Name: "Freight in", ItemClass: apparel, Amount: 4_500}, {Name: "Freight in", ItemClass: shoes, Amount: 500},
				},
			}),
			want: []string{"debit 12 2,050.50", "credit 22 2,000.50", "credit 24 50.00"},
		},
		{
			name: "8a_cash_paid_out", ev: paid(ledger.CashPaidOut, "Postage"), books: books(),
			want: []string{"debit 61 14.75", "credit 10 14.75"},
		},
		{
			name: "8b_cash_paid_in", ev: paid(ledger.CashPaidIn, "Change fund"),
			books: with(accounts{{Role: ledger.RoleCashDrawer, Location: store2}: "11"}),
			want:  []string{"debit 11 14.75", "credit 1 14.75"},
		},
	}
}

func stockRows() []row {
	moved := func(leg ledger.TransferLeg, reason string) ledger.Event {
		return event(&ledger.Transfer{
			Leg: leg, Other: "store-3", Reason: reason,
			Lines: []ledger.Keyed{keyed(apparel, 4_000), keyed(shoes, 1_250)},
		})
	}
	adjusted := func(reason string, sign ledger.Amount) ledger.Event {
		return event(&ledger.InventoryAdjustment{
			Reason: reason, Lines: []ledger.Keyed{keyed(apparel, sign*900), keyed(shoes, sign*100)},
		})
	}
	return []row{
		{
			name: "4_purchase_return", books: books(),
			ev:   event(&ledger.PurchaseReturn{Lines: []ledger.Keyed{keyed(apparel, 30_000), keyed(shoes, 5_000)}}),
			want: []string{"debit 22 350.00", "credit 12 350.00"},
		},
		{
			name: "5a_transfer_shipment", ev: moved(ledger.TransferShipment, ""), books: books(),
			want: []string{"debit 15 52.50", "credit 12 52.50"},
		},
		{
			name: "5b_transfer_receipt", ev: moved(ledger.TransferReceived, ""), books: books(),
			want: []string{"debit 12 52.50", "credit 15 52.50"},
		},
		{
			name: "5c_transfer_loss", ev: moved(ledger.TransferLoss, "Shrinkage"), books: books(),
			want: []string{"debit 62 52.50", "credit 15 52.50"},
		},
		{
			name: "6a_adjustment_up", ev: adjusted("Opening stock", 1), books: books(),
			want: []string{"debit 12 10.00", "credit 30 10.00"},
		},
		{
			name: "6b_adjustment_down", ev: adjusted("Shrinkage", -1), books: books(),
			want: []string{"debit 62 10.00", "credit 12 10.00"},
		},
	}
}

func bankRows() []row {
	card := func(reason string, amount ledger.Amount) ledger.Event {
		return event(&ledger.GiftCardAdjustment{Reason: reason, Amount: amount})
	}
	return []row{
		{
			name: "7a_gift_card_up", ev: card("Goodwill", 2_500), books: books(),
			want: []string{"debit 63 25.00", "credit 20 25.00"},
		},
		{
			name: "7b_gift_card_down", ev: card("Expired", -1_000), books: books(),
			want: []string{"debit 20 10.00", "credit 46 10.00"},
		},
		{
			name: "9_till_over", ev: event(&ledger.TillCount{Expected: 41_250, Counted: 41_300}), books: books(),
			want: []string{"debit 10 0.50", "credit 64 0.50"},
		},
		{
			name: "9_till_short", ev: event(&ledger.TillCount{Expected: 41_250, Counted: 41_145}), books: books(),
			want: []string{"debit 64 1.05", "credit 10 1.05"},
		},
		{
			name: "10_payout", books: books(),
			ev: event(&ledger.Payout{BankAccount: "Operating account", Parts: []ledger.PayoutPart{
				{PaymentType: visa, Gross: 100_000, Fee: 2_650},
				{PaymentType: mastercard, Gross: 40_000, Fee: 1_060},
				{PaymentType: cash, Gross: 25_000},
			}}),
			want: []string{"debit 1 1,612.90", "debit 65 37.10", "credit 11 1,400.00", "credit 10 250.00"},
		},
		{
			name: "10_payout_of_refunds", books: books(),
			ev: event(&ledger.Payout{BankAccount: "Operating account", Parts: []ledger.PayoutPart{
				{PaymentType: visa, Gross: -5_000, Fee: 30},
			}}),
			want: []string{"debit 11 50.00", "debit 65 0.30", "credit 1 50.30"},
		},
	}
}

func TestBuildNothingToPost(t *testing.T) {
	t.Parallel()
	tests := map[string]ledger.Detail{
		"an empty sale": &ledger.Sale{},
		"an even exchange": &ledger.Sale{
			Lines: []ledger.SaleLine{{ItemClass: "Unmapped", Net: 10, Cost: 5}, {ItemClass: "Unmapped", Net: -10, Cost: -5}},
		},
		"all given back":     &ledger.Sale{Tenders: []ledger.Keyed{keyed("Unmapped", 10), keyed("Unmapped", -10)}},
		"a till that agrees": &ledger.TillCount{Expected: 100, Counted: 100},
		"zero amounts":       &ledger.PurchaseReceipt{Lines: []ledger.Keyed{keyed("Unmapped", 0)}},
	}
	for name, detail := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if entry, err := ledger.Build(event(detail), books()); !errors.Is(err, ledger.ErrNothingToPost) {
				t.Errorf("Build gave %+v, %v; want ErrNothingToPost", entry, err)
			}
		})
	}
}

// A slot that nets to zero needs no account, even when others of the entry do not.
func TestBuildNeedsNoAccountForZero(t *testing.T) {
	t.Parallel()
	entry := mustBuild(t, event(&ledger.Sale{
		Tenders: []ledger.Keyed{keyed(cash, 500), keyed("Unmapped", 10), keyed("Unmapped", -10)},
		Lines:   []ledger.SaleLine{{ItemClass: apparel, Net: 500}},
		Fees:    []ledger.Keyed{keyed("Bag fee", 0)},
	}), books())
	if diff := cmp.Diff([]string{"debit 10 5.00", "credit 40 5.00"}, brief(entry.Lines)); diff != "" {
		t.Errorf("lines differ (-want +got):\n%s", diff)
	}
}

// Lines of accounts with equal names are ordered by id, so that the order never depends on chance.
func TestBuildOrdersEqualNamesByID(t *testing.T) {
	t.Parallel()
	b := books()
	for _, id := range []ledger.AccountID{"40", "41"} {
		account := b.Accounts[id]
		account.Name = "Sales"
		b.Accounts[id] = account
	}
	put(b, ledger.Slot{Role: ledger.RoleRevenue, Key: apparel}, "41")
	put(b, ledger.Slot{Role: ledger.RoleRevenue, Key: shoes}, "40")
	entry := mustBuild(t, event(&ledger.Sale{
		Tenders: []ledger.Keyed{keyed(cash, 300)},
		Lines:   []ledger.SaleLine{{ItemClass: shoes, Net: 100}, {ItemClass: apparel, Net: 200}},
	}), b)
	if diff := cmp.Diff([]string{"debit 10 3.00", "credit 40 1.00", "credit 41 2.00"}, brief(entry.Lines)); diff != "" {
		t.Errorf("lines differ (-want +got):\n%s", diff)
	}
}

// A stated rounding and a difference that undo each other leave nothing to book as rounding.
func TestBuildRoundingThatVanishes(t *testing.T) {
	t.Parallel()
	entry := mustBuild(t, event(&ledger.Sale{
		Tenders:  []ledger.Keyed{keyed(cash, 500)},
		Lines:    []ledger.SaleLine{{ItemClass: apparel, Net: 500}},
		Rounding: 3,
	}), limited(books(), 3))
	if diff := cmp.Diff([]string{"debit 10 5.00", "credit 40 5.00"}, brief(entry.Lines)); diff != "" {
		t.Errorf("lines differ (-want +got):\n%s", diff)
	}
}

// Amounts at the bound are booked whole.
func TestBuildLargestAmount(t *testing.T) {
	t.Parallel()
	entry := mustBuild(t, event(&ledger.CashPaidInOut{
		Direction: ledger.CashPaidIn, Reason: "Postage", Amount: ledger.MaxAmount,
	}), books())
	if diff := cmp.Diff([]string{"debit 10 9,999,999,999.99", "credit 61 9,999,999,999.99"}, brief(entry.Lines)); diff != "" {
		t.Errorf("lines differ (-want +got):\n%s", diff)
	}
}
