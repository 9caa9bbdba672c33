package ledger_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/ledger"
)

func TestTotals(t *testing.T) {
	t.Parallel()
	want := []ledger.Amount{5_600, -520, 1_165, 1_150, 1_150, 1_150, 1_000, -640, -15, 9_810}
	for i, detail := range details() {
		if got := detail.Total(); got != want[i] {
			t.Errorf("%s: total %s; want %s", detail.Kind(), got, want[i])
		}
	}
	others := map[string]struct {
		detail ledger.Detail
		want   ledger.Amount
	}{
		"deposit collected": {
			&ledger.CustomerDeposit{Action: ledger.DepositCollected, Lines: []ledger.DepositLine{{Amount: 5}}}, 5,
		},
		"deposit forfeited": {
			&ledger.CustomerDeposit{Action: ledger.DepositForfeited, Lines: []ledger.DepositLine{{Amount: 5}}}, 5,
		},
		"cash paid in": {&ledger.CashPaidInOut{Direction: ledger.CashPaidIn, Amount: 5}, 5},
		"sale of none": {&ledger.Sale{}, 0},
	}
	for name, test := range others {
		if got := test.detail.Total(); got != test.want {
			t.Errorf("%s: total %s; want %s", name, got, test.want)
		}
	}
}

func TestCanMove(t *testing.T) {
	t.Parallel()
	want := map[ledger.State][]ledger.State{
		ledger.StateNeverSynced: {ledger.StatePending, ledger.StateSkipped},
		ledger.StatePending: {
			ledger.StateProcessing, ledger.StateSynced, ledger.StateActionRequired, ledger.StateNothingToPost,
			ledger.StateSkipped,
		},
		ledger.StateSynced:         {ledger.StatePending},
		ledger.StateNothingToPost:  {ledger.StatePending},
		ledger.StateProcessing:     {ledger.StatePending, ledger.StateSynced, ledger.StateActionRequired},
		ledger.StateActionRequired: {ledger.StatePending, ledger.StateSkipped},
		ledger.StateSkipped:        {ledger.StateNeverSynced, ledger.StatePending},
	}
	for from := range ledger.State(10) {
		var got []ledger.State
		for to := range ledger.State(10) {
			if from.CanMove(to) {
				got = append(got, to)
			}
		}
		if diff := cmp.Diff(want[from], got); diff != "" {
			t.Errorf("from %s (-want +got):\n%s", from, diff)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"NEVER_SYNCED": ledger.StateNeverSynced.String(), "SKIPPED": ledger.StateSkipped.String(),
		"UNMAPPED": ledger.ReasonUnmapped.String(), "KIND_NOT_SUPPORTED": ledger.ReasonKindNotSupported.String(),
		"OUTCOME_LOST": ledger.ReasonOutcomeLost.String(), "FORMER_COMPANY": ledger.ReasonFormerCompany.String(),
		"SALE": ledger.KindSale.String(), "PAYOUT": ledger.KindPayout.String(), "UNKNOWN": ledger.Kind(11).String(),
		"debit": ledger.Debit.String(), "credit": ledger.Credit.String(), "": ledger.ReasonNone.String(),
	} {
		if got != want {
			t.Errorf("name is %q; want %q", got, want)
		}
	}
	if got := ledger.State(8).String() + ledger.Reason(15).String(); got != "UNKNOWNUNKNOWN" {
		t.Errorf("numbers without a name are %q", got)
	}
}

func TestAmount(t *testing.T) {
	t.Parallel()
	for amount, want := range map[ledger.Amount]string{
		0: "0.00", 5: "0.05", -5: "-0.05", 100: "1.00", 123_450: "1,234.50", -123_456_789: "-1,234,567.89",
		ledger.MaxAmount: "9,999,999,999.99", math.MinInt64: "-92,233,720,368,547,758.08",
	} {
		if got := amount.String(); got != want {
			t.Errorf("%d is %s; want %s", int64(amount), got, want)
		}
	}
	for amount, want := range map[ledger.Amount]ledger.Amount{
		0: 0, 7: 7, -7: 7, math.MinInt64: math.MaxInt64, math.MinInt64 + 1: math.MaxInt64,
	} {
		if got := amount.Abs(); got != want {
			t.Errorf("Abs(%d) = %d; want %d", int64(amount), int64(got), int64(want))
		}
	}
}

func TestAmountPlus(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b, want ledger.Amount
		fails      bool
	}{
		{1, 2, 3, false},
		{-1, 1, 0, false},
		{math.MaxInt64, 0, math.MaxInt64, false},
		{math.MaxInt64, math.MinInt64, -1, false},
		{math.MaxInt64, 1, 0, true},
		{math.MinInt64, -1, 0, true},
		{math.MinInt64, math.MinInt64, 0, true},
	}
	for _, test := range tests {
		got, err := test.a.Plus(test.b)
		if got != test.want || errors.Is(err, ledger.ErrOverflow) != test.fails {
			t.Errorf("%d + %d = %d, %v", int64(test.a), int64(test.b), int64(got), err)
		}
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for want, money := range map[string]ledger.Money{
		"USD 1,234.50":   {Currency: "USD", Amount: 123_450},
		"JPY 123,450":    {Currency: "JPY", Amount: 123_450},
		"KWD -123.450":   {Currency: "KWD", Amount: -123_450},
		"KWD 0.005":      {Currency: "KWD", Amount: 5},
		"JPY 0":          {Currency: "JPY"},
		"USD -0.07":      {Currency: "USD", Amount: -7},
		"EUR 100,000.00": {Currency: "EUR", Amount: 10_000_000},
	} {
		if got := money.String(); got != want {
			t.Errorf("%+v is %s; want %s", money, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	if got, err := ledger.ParseDate("2024-02-29"); err != nil || got != "2024-02-29" {
		t.Errorf("ParseDate gave %s, %v", got, err)
	}
	for _, bad := range []string{"", "2026-02-29", "2026-2-03", "2026-10-03T00:00:00Z", "20261003", "2026-13-01", " 2026-10-03"} {
		if got, err := ledger.ParseDate(bad); err == nil || got != "" {
			t.Errorf("ParseDate(%q) gave %s, %v", bad, got, err)
		}
	}
	late := time.Date(2026, 10, 3, 20, 0, 0, 0, time.FixedZone("MST", -7*3600))
	if got := ledger.DateOf(late); got != "2026-10-04" {
		t.Errorf("DateOf is %s", got)
	}
}

// TestDays counts over the ends of months, leap days and the change of clocks.
func TestDays(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from, to ledger.Date
		days     int
	}{
		{"2026-03-28", "2026-03-30", 2},
		{"2024-02-28", "2024-03-01", 2},
		{"2026-01-01", "2025-12-31", -1},
		{"2026-11-23", "2026-11-23", 0},
		{"2000-01-01", "2026-11-23", 9823},
	} {
		if got := test.from.DaysTo(test.to); got != test.days {
			t.Errorf("%s to %s are %d days, want %d", test.from, test.to, got, test.days)
		}
		if got := test.from.Plus(test.days); got != test.to {
			t.Errorf("%s plus %d is %s, want %s", test.from, test.days, got, test.to)
		}
	}
	if got := ledger.Date("").Plus(1); got != "" {
		t.Errorf("no date plus one is %q", got)
	}
	if got := ledger.Date("").DaysTo("2026-01-01"); got != 0 {
		t.Errorf("from no date there are %d days", got)
	}
}
