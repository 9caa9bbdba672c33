package demo_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/protobuf/proto"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/demo"
)

// monday is the first business date of the weeks in these tests.
func monday() time.Time { return time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC) }

// encode returns the bytes of a week.
func encode(t *testing.T, week []*financialv1.Event) []byte {
	t.Helper()
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(&financialv1.RecordEventsRequest{Events: week})
	if err != nil {
		t.Fatalf("encode the week: %v", err)
	}
	return data
}

func TestWeek_SameSeedSameBytes(t *testing.T) {
	t.Parallel()
	one := encode(t, demo.Week(7, monday()))
	if again := encode(t, demo.Week(7, monday().Add(13*time.Hour))); !bytes.Equal(one, again) {
		t.Error("the same seed and date made other events")
	}
	if other := encode(t, demo.Week(8, monday())); bytes.Equal(one, other) {
		t.Error("another seed made the same events")
	}
}

func TestWeek_Shape(t *testing.T) {
	t.Parallel()
	validator, err := protovalidate.New()
	if err != nil {
		t.Fatalf("make a validator: %v", err)
	}
	for seed := range uint64(2) {
		week := demo.Week(seed, monday())
		if n := len(week); n < 3_700 || n > 4_200 {
			t.Errorf("seed %d: %d events; want about 4,000", seed, n)
		}
		ids, numbers := map[string]bool{}, map[string]bool{}
		var before time.Time
		for _, event := range week {
			if err := validator.Validate(event); err != nil {
				t.Fatalf("seed %d: event %s breaks the API's rules: %v", seed, event.GetEventId(), err)
			}
			if ids[event.GetEventId()] || numbers[event.GetNumber()] {
				t.Fatalf("seed %d: event %s, number %s, comes twice", seed, event.GetEventId(), event.GetNumber())
			}
			ids[event.GetEventId()], numbers[event.GetNumber()] = true, true
			at := event.GetOccurTime().AsTime()
			if at.Before(before) {
				t.Fatalf("seed %d: event %s comes before an earlier one", seed, event.GetEventId())
			}
			before = at
			checkDate(t, event)
		}
	}
}

// checkDate holds an event's business date to the week and to the time it happened at, which is a day later in UTC at
// the most.
func checkDate(t *testing.T, event *financialv1.Event) {
	t.Helper()
	date, err := time.Parse(time.DateOnly, event.GetBusinessDate())
	if err != nil {
		t.Fatalf("event %s: %v", event.GetEventId(), err)
	}
	if date.Before(monday()) || !date.Before(monday().AddDate(0, 0, 7)) {
		t.Errorf("event %s is dated %s, outside the week", event.GetEventId(), event.GetBusinessDate())
	}
	if at := event.GetOccurTime().AsTime(); at.Before(date) || at.After(date.Add(36*time.Hour)) {
		t.Errorf("event %s of %s happened at %v", event.GetEventId(), event.GetBusinessDate(), at)
	}
}

func TestWeek_SaleIdentityHolds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		for _, event := range demo.Week(seed, monday()) {
			sale := event.GetSale()
			if sale == nil {
				continue
			}
			if sold, paid := soldAndPaid(sale); sold != paid {
				t.Errorf("seed %d: event %s: sold %d, paid %d", seed, event.GetEventId(), sold, paid)
			}
		}
	}
}

// soldAndPaid returns the two sides of a sale's identity, added up as the API's documentation has it.
func soldAndPaid(sale *financialv1.Sale) (sold, paid int64) {
	for _, tender := range sale.GetTenders() {
		paid += tender.GetAmount()
	}
	for _, deposit := range sale.GetDepositsApplied() {
		paid += deposit.GetAmount()
	}
	for _, line := range sale.GetLines() {
		sold += line.GetNetAmount()
	}
	for _, tax := range sale.GetTaxes() {
		sold += tax.GetAmount()
	}
	for _, shipping := range sale.GetShipping() {
		sold += shipping.GetAmount()
	}
	for _, fee := range sale.GetFees() {
		sold += fee.GetAmount()
	}
	for _, card := range sale.GetGiftCardsSold() {
		sold += card.GetAmount()
	}
	return sold + sale.GetTipAmount() + sale.GetRoundingAmount(), paid
}

// TestWeek_Variety holds every seed to what the week is meant to show.
func TestWeek_Variety(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		seen := map[string]int{}
		oracle := demo.NewOracle(demo.Mapping())
		for _, event := range demo.Week(seed, monday()) {
			seen[event.GetLocationId()]++
			seen[event.GetBusinessDate()]++
			seeSale(event.GetSale(), seen)
			seeDeposit(event.GetCustomerDeposit(), seen)
			seen["receipt"] += len(event.GetPurchaseReceipt().GetLines())
			for _, landed := range event.GetPurchaseReceipt().GetLandedCosts() {
				seen["landed "+landed.GetName()]++
			}
			seen[event.GetTransfer().GetLeg().String()]++
			seen["adjusted "+event.GetInventoryAdjustment().GetReason()]++
			seen["card "+event.GetGiftCardAdjustment().GetReason()]++
			seen["vendor return"] += len(event.GetPurchaseReturn().GetLines())
			seen["payout parts"] += len(event.GetPayout().GetParts())
			see(seen, "till over", event.GetTillCount().GetCountedAmount() > event.GetTillCount().GetExpectedAmount())
			see(seen, "till short", event.GetTillCount().GetCountedAmount() < event.GetTillCount().GetExpectedAmount())
			if paid := event.GetCashPaidInOut(); paid != nil {
				seen[paid.GetDirection().String()]++
			}
			changes, err := oracle.Expect(event)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if len(changes) == 0 {
				seen["nothing to post"]++
			}
		}
		for _, want := range []string{
			"harbor-street", "pine-avenue", "lakeside-outlet", "2026-03-02", "2026-03-08",
			"Cash", "Visa", "Mastercard", "American Express", "Discover", "Debit Card", "Gift Card", "PayPal", "Apple Pay",
			"Pay Later", "Check", "change", "split", "discount", "return", "exchange", "store credit", "gift card sold",
			"shipping", "fee", "tip", "rounded up", "rounded down", "deposit applied", "6 lines", "3 taxes",
			"ACTION_COLLECTED", "ACTION_REFUNDED", "ACTION_FORFEITED", "refunded otherwise", "receipt",
			"landed Freight In", "landed Duty", "DIRECTION_PAID_OUT", "DIRECTION_PAID_IN", "nothing to post",
			"LEG_SHIPMENT", "LEG_RECEIPT", "LEG_LOSS", "adjusted Opening Stock", "adjusted Shrink", "adjusted Damage",
			"adjusted Count Surplus", "card Goodwill", "card Imported Card", "card Expired", "vendor return", "payout parts",
			"till over", "till short", "duluth",
		} {
			if seen[want] == 0 {
				t.Errorf("seed %d: the week has no %q", seed, want)
			}
		}
	}
}

func seeSale(sale *financialv1.Sale, seen map[string]int) {
	sold, returned := 0, 0
	for _, line := range sale.GetLines() {
		switch {
		case line.GetNetAmount() > 0:
			sold++
		case line.GetNetAmount() < 0:
			returned++
		}
		see(seen, "discount", line.GetDiscountAmount() > 0)
	}
	types := map[string]bool{}
	for _, tender := range sale.GetTenders() {
		seen[tender.GetPaymentType()]++
		types[tender.GetPaymentType()] = true
		see(seen, "change", tender.GetAmount() < 0 && tender.GetPaymentType() == "Cash" && returned == 0)
		see(seen, "store credit", tender.GetAmount() < 0 && tender.GetPaymentType() == "Gift Card")
	}
	see(seen, "split", len(types) > 1)
	see(seen, "return", returned > 0 && sold == 0)
	see(seen, "exchange", returned > 0 && sold > 0)
	see(seen, "gift card sold", len(sale.GetGiftCardsSold()) > 0)
	see(seen, "shipping", len(sale.GetShipping()) > 0)
	see(seen, "fee", len(sale.GetFees()) > 0)
	see(seen, "tip", sale.GetTipAmount() > 0)
	see(seen, "rounded up", sale.GetRoundingAmount() > 0)
	see(seen, "rounded down", sale.GetRoundingAmount() < 0)
	see(seen, "deposit applied", len(sale.GetDepositsApplied()) > 0)
	see(seen, "6 lines", len(sale.GetLines()) == 6)
	see(seen, "3 taxes", len(sale.GetTaxes()) == 3)
}

func seeDeposit(deposit *financialv1.CustomerDeposit, seen map[string]int) {
	if deposit == nil {
		return
	}
	seen[deposit.GetAction().String()]++
	for _, line := range deposit.GetLines() {
		see(seen, "refunded otherwise", line.GetRefundPaymentType() != "")
	}
}

func see(seen map[string]int, what string, there bool) {
	if there {
		seen[what]++
	}
}

// TestWeek_StockLasts sees to it that no inventory account ends in credit: a store cannot sell what it never had.
func TestWeek_StockLasts(t *testing.T) {
	t.Parallel()
	oracle := demo.NewOracle(demo.Mapping())
	for seed := range uint64(3) {
		left := demo.Changes{}
		for _, event := range demo.Week(seed, monday()) {
			changes, err := oracle.Expect(event)
			if err != nil {
				t.Fatal(err)
			}
			for account, change := range changes {
				left[account] += change
			}
		}
		for account, balance := range left {
			if strings.HasPrefix(account, "Inventory") && !strings.HasPrefix(account, "Inventory Adj") && balance < 0 {
				t.Errorf("seed %d: %s ends with a credit of %d", seed, account, -balance)
			}
		}
	}
}

// TestWeek_DepositsAreUsedOnce follows every deposit: what is applied, refunded or forfeited was collected before.
func TestWeek_DepositsAreUsedOnce(t *testing.T) {
	t.Parallel()
	held := map[string]int64{}
	for _, event := range demo.Week(3, monday()) {
		deposit := event.GetCustomerDeposit()
		sign := int64(-1)
		if deposit.GetAction() == financialv1.CustomerDeposit_ACTION_COLLECTED {
			sign = 1
		}
		for _, line := range deposit.GetLines() {
			held[event.GetLocationId()+line.GetPaymentType()] += sign * line.GetAmount()
		}
		for _, applied := range event.GetSale().GetDepositsApplied() {
			held[event.GetLocationId()+applied.GetPaymentType()] -= applied.GetAmount()
		}
		for what, amount := range held {
			if amount < 0 {
				t.Fatalf("after %s, %s holds %d: more was used than collected", event.GetEventId(), what, amount)
			}
		}
	}
}
