package ledger_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/ledger"
)

type violationCase struct {
	change func(*ledger.Event)
	want   []ledger.Violation
}

func violation(field, description string) []ledger.Violation {
	return []ledger.Violation{{Field: field, Description: description}}
}

// serverTime is what the server's clock shows in these tests.
func serverTime() time.Time { return time.Date(2026, 10, 4, 9, 30, 0, 0, time.UTC) }

func TestViolations(t *testing.T) {
	t.Parallel()
	for _, cases := range []map[string]violationCase{dayCases(), instantCases(), otherCases()} {
		for name, test := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				ev := simpleSale()
				test.change(&ev)
				if diff := cmp.Diff(test.want, ev.Violations(serverTime())); diff != "" {
					t.Errorf("violations differ (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func dayCases() map[string]violationCase {
	return map[string]violationCase{
		"none":               {func(*ledger.Event) {}, nil},
		"first business day": {func(e *ledger.Event) { e.BusinessDate = "2000-01-01" }, nil},
		"last business day":  {func(e *ledger.Event) { e.BusinessDate = "2026-10-06" }, nil},
		"a day too early": {
			func(e *ledger.Event) { e.BusinessDate = "1999-12-31" },
			violation("business_date", "1999-12-31 is before 2000-01-01, the earliest day"),
		},
		"a day too late": {
			func(e *ledger.Event) { e.BusinessDate = "2026-10-07" },
			violation("business_date", "2026-10-07 is after 2026-10-06, 2 days ahead of the server's clock"),
		},
		"no such day": {
			func(e *ledger.Event) { e.BusinessDate = "2026-02-30" },
			violation("business_date", `"2026-02-30" is not a day in the form YYYY-MM-DD`),
		},
		"no day": {
			func(e *ledger.Event) { e.BusinessDate = "" },
			violation("business_date", `"" is not a day in the form YYYY-MM-DD`),
		},
	}
}

func instantCases() map[string]violationCase {
	now := serverTime()
	return map[string]violationCase{
		"first instant": {func(e *ledger.Event) { e.OccurredAt = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }, nil},
		"last instant":  {func(e *ledger.Event) { e.OccurredAt = now.Add(24 * time.Hour) }, nil},
		"too long ago": {
			func(e *ledger.Event) { e.OccurredAt = time.Date(1999, 12, 31, 23, 59, 59, 0, time.UTC) },
			violation("occur_time", "1999-12-31T23:59:59Z is before 2000-01-01, the earliest day"),
		},
		"too far ahead": {
			func(e *ledger.Event) { e.OccurredAt = now.Add(24*time.Hour + time.Microsecond) },
			violation("occur_time", "2026-10-05T09:30:00Z is more than 24 hours ahead of the server's clock, which shows "+
				"2026-10-04T09:30:00Z"),
		},
	}
}

func otherCases() map[string]violationCase {
	const tooMuch = "the absolute amounts add up to more than 9,999,999,999.99, the most that QuickBooks holds in a line"
	return map[string]violationCase{
		"revision": {
			func(e *ledger.Event) { e.Revision = 0 },
			violation("revision", "the revision is 0; the first is 1"),
		},
		"yen": {
			func(e *ledger.Event) { e.Currency = "JPY" },
			violation("currency_code", "an amount in JPY has 0 decimals, and this release books amounts with 2 decimals "+
				"only, the way QuickBooks holds them"),
		},
		"dinar": {
			func(e *ledger.Event) { e.Currency = "KWD" },
			violation("currency_code", "an amount in KWD has 3 decimals, and this release books amounts with 2 decimals "+
				"only, the way QuickBooks holds them"),
		},
		"memo with lines": {func(e *ledger.Event) { e.Memo = "one\r\n\ttwo" }, nil},
		"memo with NUL": {
			func(e *ledger.Event) { e.Memo = "one\x00two" },
			violation("memo", "the control character U+0000 at byte 3 is not allowed; line breaks and tabs are"),
		},
		"no detail": {
			func(e *ledger.Event) { e.Detail = nil },
			violation("detail", "an event says what happened: exactly one detail is required"),
		},
		"as much as there can be": {
			func(e *ledger.Event) { e.Detail = &ledger.TillCount{Expected: -1, Counted: ledger.MaxAmount - 1} }, nil,
		},
		"a cent more": {
			func(e *ledger.Event) { e.Detail = &ledger.TillCount{Expected: -1, Counted: ledger.MaxAmount} },
			violation("till_count", tooMuch),
		},
		"a sale of too much": {
			func(e *ledger.Event) { e.Detail = &ledger.Sale{Tip: ledger.MaxAmount, Rounding: 1} },
			violation("sale", tooMuch),
		},
		"several": {
			func(e *ledger.Event) { e.Revision, e.BusinessDate = 0, "today" },
			[]ledger.Violation{
				{"revision", "the revision is 0; the first is 1"},
				{"business_date", `"today" is not a day in the form YYYY-MM-DD`},
			},
		},
	}
}

// Days are counted by the UTC date of the server's clock, wherever that clock stands.
func TestViolationsCountDaysInUTC(t *testing.T) {
	t.Parallel()
	late := time.Date(2026, 10, 4, 20, 0, 0, 0, time.FixedZone("MST", -7*3600)) // 2026-10-05 in UTC
	ev := simpleSale()
	ev.BusinessDate = "2026-10-07"
	if got := ev.Violations(late); got != nil {
		t.Errorf("violations: %v", got)
	}
}

// Every kind is bounded by all of its amounts.
func TestViolationsBoundEveryAmount(t *testing.T) {
	t.Parallel()
	const big = ledger.MaxAmount
	list := []ledger.Keyed{keyed(apparel, big), keyed(apparel, -1)}
	tests := map[string][]ledger.Detail{
		"sale": {
			&ledger.Sale{Tenders: list},
			&ledger.Sale{DepositsApplied: list},
			&ledger.Sale{Taxes: list},
			&ledger.Sale{Shipping: list},
			&ledger.Sale{Fees: list},
			&ledger.Sale{Tip: 1, Lines: []ledger.SaleLine{{Net: big}}},
			&ledger.Sale{Tip: 1, Lines: []ledger.SaleLine{{Discount: -big}}},
			&ledger.Sale{Tip: 1, Lines: []ledger.SaleLine{{Cost: big}}},
			&ledger.Sale{GiftCardsSold: []ledger.Amount{big, -1}},
		},
		"customer_deposit": {&ledger.CustomerDeposit{Lines: []ledger.DepositLine{{Amount: big}, {Amount: 1}}}},
		"purchase_receipt": {
			&ledger.PurchaseReceipt{Lines: list},
			&ledger.PurchaseReceipt{LandedCosts: []ledger.LandedCost{{Amount: big}, {Amount: 1}}},
		},
		"purchase_return":      {&ledger.PurchaseReturn{Lines: list}},
		"transfer":             {&ledger.Transfer{Lines: list}},
		"inventory_adjustment": {&ledger.InventoryAdjustment{Lines: list}},
		"gift_card_adjustment": {&ledger.GiftCardAdjustment{Amount: -big - 1}},
		"cash_paid_in_out":     {&ledger.CashPaidInOut{Amount: big + 1}},
		"till_count":           {&ledger.TillCount{Expected: big, Counted: 1}},
		"payout":               {&ledger.Payout{Parts: []ledger.PayoutPart{{Gross: big, Fee: 1}}}},
	}
	for field, details := range tests {
		for _, detail := range details {
			ev := event(detail)
			if got := ev.Violations(serverTime()); len(got) != 1 || got[0].Field != field {
				t.Errorf("%+v: violations %v; want one of %s", detail, got, field)
			}
		}
	}
}
