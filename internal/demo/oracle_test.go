package demo_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/demo"
)

// saleEvent is a sale at pine-avenue.
func saleEvent(sale *financialv1.Sale) *financialv1.Event {
	return &financialv1.Event{
		EventId: "s-1", Number: "1", LocationId: "pine-avenue", BusinessDate: "2026-03-02",
		Detail: &financialv1.Event_Sale{Sale: sale},
	}
}

func depositEvent(deposit *financialv1.CustomerDeposit) *financialv1.Event {
	return &financialv1.Event{
		EventId: "d-1", Number: "2", LocationId: "pine-avenue",
		Detail: &financialv1.Event_CustomerDeposit{CustomerDeposit: deposit},
	}
}

func paidEvent(location, reason string, direction financialv1.CashPaidInOut_Direction) *financialv1.Event {
	return &financialv1.Event{
		EventId: "p-1", Number: "3", LocationId: location,
		Detail: &financialv1.Event_CashPaidInOut{CashPaidInOut: &financialv1.CashPaidInOut{
			Direction: direction, Reason: reason, Amount: 12_50,
		}},
	}
}

// TestOracle_Expect checks the oracle by hand-made numbers, event by event: debits are positive.
func TestOracle_Expect(t *testing.T) {
	t.Parallel()
	oracle := demo.NewOracle(demo.Mapping())
	for _, cases := range []map[string]expectation{expectedOfSales(), expectedOfTheOthers(), expectedOfStockAndBank()} {
		for name, tc := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				got, err := oracle.Expect(tc.event)
				if err != nil {
					t.Fatalf("Expect: %v", err)
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("changes differ (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// expectation is an event and what it must do to the accounts.
type expectation struct {
	event *financialv1.Event
	want  demo.Changes
}

func expectedOfSales() map[string]expectation {
	return map[string]expectation{
		"cash sale with change, tax, bag fee and rounding": {
			event: saleEvent(&financialv1.Sale{
				Tenders:        []*financialv1.Tender{{PaymentType: "Cash", Amount: 30_00}, {PaymentType: "Cash", Amount: -2_05}},
				Lines:          []*financialv1.SaleLine{{ItemClass: "Books", NetAmount: 25_00, CostAmount: 15_00}},
				Taxes:          []*financialv1.Tax{{Authority: "State of Colorado", Amount: 2_83}},
				Fees:           []*financialv1.Fee{{Name: "Bag Fee", Amount: 10}},
				RoundingAmount: 2,
			}),
			want: demo.Changes{
				"Cash in Drawer:Pine Avenue": 27_95, "Sales:Gifts & Books": -25_00, "Sales Tax Payable:State": -2_83,
				"Bag Fees Payable": -10, "Cash Rounding": -2, "Cost of Goods Sold:Gifts & Books": 15_00,
				"Inventory:Gifts & Books": -15_00,
			},
		},
		"return of a discounted item, refunded as store credit": {
			event: saleEvent(&financialv1.Sale{
				Tenders: []*financialv1.Tender{{PaymentType: "Gift Card", Amount: -80_00}},
				Lines: []*financialv1.SaleLine{{
					ItemClass: "Footwear", NetAmount: -80_00, DiscountAmount: -20_00, CostAmount: -45_00,
				}},
			}),
			want: demo.Changes{
				"Gift Card Liability": -80_00, "Sales:Footwear": 100_00, "Discounts Given:Promotions": -20_00,
				"Cost of Goods Sold:Footwear": -45_00, "Inventory:Footwear": 45_00,
			},
		},
		"discount booked net, gift card sold, tip, delivery, deposit applied, unknown item class": {
			event: saleEvent(&financialv1.Sale{
				Tenders:         []*financialv1.Tender{{PaymentType: "Check", Amount: 87_95}},
				DepositsApplied: []*financialv1.Tender{{PaymentType: "Visa", Amount: 20_00}},
				Lines:           []*financialv1.SaleLine{{ItemClass: "Kayaks", NetAmount: 48_00, DiscountAmount: 12_00}},
				Shipping:        []*financialv1.Shipping{{Method: "Courier", Amount: 9_95}},
				GiftCardsSold:   []*financialv1.GiftCard{{Amount: 25_00}, {Amount: 20_00}},
				TipAmount:       5_00,
			}),
			want: demo.Changes{
				"Undeposited Funds": 87_95, "Customer Deposits:Layaway": 20_00, "Sales:Other Merchandise": -48_00,
				"Shipping Income": -9_95, "Gift Card Liability": -45_00, "Tips Payable": -5_00,
			},
		},
		"an even exchange": {
			event: saleEvent(&financialv1.Sale{Lines: []*financialv1.SaleLine{
				{ItemClass: "Bags", NetAmount: 40_00, CostAmount: 20_00},
				{ItemClass: "Bags", NetAmount: -40_00, CostAmount: -20_00},
			}}),
			want: demo.Changes{},
		},
	}
}

func expectedOfTheOthers() map[string]expectation {
	paypal := []*financialv1.DepositLine{{PaymentType: "PayPal", Amount: 50_00, RefundPaymentType: "Gift Card"}}
	visa := []*financialv1.DepositLine{{PaymentType: "Visa", Amount: 50_00}}
	return map[string]expectation{
		"deposit collected": {
			event: depositEvent(&financialv1.CustomerDeposit{Action: financialv1.CustomerDeposit_ACTION_COLLECTED, Lines: visa}),
			want:  demo.Changes{"Card Clearing:Visa": 50_00, "Customer Deposits:Layaway": -50_00},
		},
		"deposit refunded by another payment type": {
			event: depositEvent(&financialv1.CustomerDeposit{Action: financialv1.CustomerDeposit_ACTION_REFUNDED, Lines: paypal}),
			want:  demo.Changes{"Customer Deposits:Special Orders": 50_00, "Gift Card Liability": -50_00},
		},
		"deposit refunded as it came": {
			event: depositEvent(&financialv1.CustomerDeposit{Action: financialv1.CustomerDeposit_ACTION_REFUNDED, Lines: visa}),
			want:  demo.Changes{"Customer Deposits:Layaway": 50_00, "Card Clearing:Visa": -50_00},
		},
		"deposit forfeited": {
			event: depositEvent(&financialv1.CustomerDeposit{Action: financialv1.CustomerDeposit_ACTION_FORFEITED, Lines: visa}),
			want:  demo.Changes{"Customer Deposits:Layaway": 50_00, "Fee Income:Forfeited Deposits": -50_00},
		},
		"receipt with a correction and freight": {
			event: &financialv1.Event{Detail: &financialv1.Event_PurchaseReceipt{PurchaseReceipt: &financialv1.PurchaseReceipt{
				Lines: []*financialv1.StockLine{
					{ItemClass: "Kitchen", CostAmount: 100_00}, {ItemClass: "Kitchen", CostAmount: -30_00},
				},
				LandedCosts: []*financialv1.LandedCost{{Name: "Freight In", ItemClass: "Kitchen", Amount: 8_00}},
			}}},
			want: demo.Changes{
				"Inventory:Home Goods": 78_00, "Accrued Receipts": -70_00, "Accrued Expenses": -8_00,
			},
		},
		"cash paid out": {
			event: paidEvent("harbor-street", "Postage", financialv1.CashPaidInOut_DIRECTION_PAID_OUT),
			want:  demo.Changes{"Petty Cash Expenses:Postage": 12_50, "Cash in Drawer:Harbor Street": -12_50},
		},
		"cash paid in, any reason at one location": {
			event: paidEvent("lakeside-outlet", "Found Cash", financialv1.CashPaidInOut_DIRECTION_PAID_IN),
			want:  demo.Changes{"Repairs & Upkeep": -12_50, "Cash in Drawer:Lakeside Outlet": 12_50},
		},
	}
}

func expectedOfStockAndBank() map[string]expectation {
	kitchen := []*financialv1.StockLine{{ItemClass: "Kitchen", CostAmount: 10_00}}
	at := func(event *financialv1.Event) *financialv1.Event {
		event.LocationId = "harbor-street"
		return event
	}
	moved := func(leg financialv1.Transfer_Leg, reason string) *financialv1.Event {
		return at(&financialv1.Event{Detail: &financialv1.Event_Transfer{Transfer: &financialv1.Transfer{
			Leg: leg, OtherLocationId: "ballard", Reason: reason, Lines: kitchen,
		}}})
	}
	return map[string]expectation{
		"purchase return": {
			event: at(&financialv1.Event{Detail: &financialv1.Event_PurchaseReturn{
				PurchaseReturn: &financialv1.PurchaseReturn{Lines: kitchen},
			}}),
			want: demo.Changes{"Returned to Vendor": 10_00, "Inventory:Home Goods": -10_00},
		},
		"transfer shipped": {
			event: moved(financialv1.Transfer_LEG_SHIPMENT, ""),
			want:  demo.Changes{"Inventory in Transit": 10_00, "Inventory:Home Goods": -10_00},
		},
		"transfer received": {
			event: moved(financialv1.Transfer_LEG_RECEIPT, ""),
			want:  demo.Changes{"Inventory in Transit": -10_00, "Inventory:Home Goods": 10_00},
		},
		"transfer lost": {
			event: moved(financialv1.Transfer_LEG_LOSS, "Shrink"),
			want:  demo.Changes{"Inventory in Transit": -10_00, "Inventory Adjustments:Shrinkage": 10_00},
		},
		"opening stock": {
			event: at(&financialv1.Event{Detail: &financialv1.Event_InventoryAdjustment{
				InventoryAdjustment: &financialv1.InventoryAdjustment{Reason: "Opening Stock", Lines: kitchen},
			}}),
			want: demo.Changes{"Inventory:Home Goods": 10_00, "Opening Balance Equity": -10_00},
		},
		"gift card expired": {
			event: at(&financialv1.Event{Detail: &financialv1.Event_GiftCardAdjustment{
				GiftCardAdjustment: &financialv1.GiftCardAdjustment{Reason: "Expired", Amount: -25_00},
			}}),
			want: demo.Changes{"Gift Card Liability": 25_00, "Gift Card Breakage": -25_00},
		},
		"till short": {
			event: at(&financialv1.Event{Detail: &financialv1.Event_TillCount{
				TillCount: &financialv1.TillCount{ExpectedAmount: 100_00, CountedAmount: 99_00},
			}}),
			want: demo.Changes{"Till Over and Short": 1_00, "Cash in Drawer:Harbor Street": -1_00},
		},
		"card settlement": {
			event: at(&financialv1.Event{Detail: &financialv1.Event_Payout{Payout: &financialv1.Payout{
				BankAccount: "Operating Checking",
				Parts:       []*financialv1.PayoutPart{{PaymentType: "Visa", GrossAmount: 100_00, FeeAmount: 2_40}},
			}}}),
			want: demo.Changes{
				"Operating Checking": 97_60, "Merchant Fees:Visa & Mastercard": 2_40, "Card Clearing:Visa": -100_00,
			},
		},
	}
}

func TestOracle_Refuses(t *testing.T) {
	t.Parallel()
	unpaid := saleEvent(&financialv1.Sale{Lines: []*financialv1.SaleLine{{ItemClass: "Books", NetAmount: 1}}})
	tip := saleEvent(&financialv1.Sale{TipAmount: 1, Tenders: []*financialv1.Tender{{PaymentType: "Visa", Amount: 1}}})
	everything := demo.NewOracle(demo.Mapping())
	var noTips []demo.Choice
	for _, choice := range demo.Mapping() {
		if choice.Role != financialv1.Role_ROLE_TIPS {
			noTips = append(noTips, choice)
		}
	}
	cases := map[string]struct {
		oracle *demo.Oracle
		event  *financialv1.Event
		want   string
	}{
		"a sale out of balance":  {everything, unpaid, "differ by -0.01"},
		"a slot without account": {demo.NewOracle(noTips), tip, "no account"},
		"a kind it cannot judge": {everything, &financialv1.Event{}, "does not know"},
	}
	for name, tc := range cases {
		if _, err := tc.oracle.Expect(tc.event); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: Expect = %v; want an error with %q", name, err, tc.want)
		}
	}
}
