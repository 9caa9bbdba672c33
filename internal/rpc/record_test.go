package rpc_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// fullEvents returns an event of every kind with every field set.
func fullEvents() []*financialv1.Event {
	stock := []*financialv1.StockLine{{ItemClass: "Footwear", CostAmount: 2500}, {ItemClass: "Socks", CostAmount: -30}}
	details := []func(*financialv1.Event){
		func(e *financialv1.Event) { e.Detail = &financialv1.Event_Sale{Sale: fullSale()} },
		func(e *financialv1.Event) {
			e.Detail = &financialv1.Event_CustomerDeposit{CustomerDeposit: &financialv1.CustomerDeposit{
				Action: financialv1.CustomerDeposit_ACTION_REFUNDED,
				Lines: []*financialv1.DepositLine{
					{PaymentType: "Visa", Amount: 5000, RefundPaymentType: "Cash"}, {PaymentType: "Cash", Amount: 1},
				},
			}}
		},
		func(e *financialv1.Event) {
			e.Detail = &financialv1.Event_PurchaseReceipt{PurchaseReceipt: &financialv1.PurchaseReceipt{
				Lines:       stock,
				LandedCosts: []*financialv1.LandedCost{{Name: "Freight in", ItemClass: "Footwear", Amount: 120}},
			}}
		},
		func(e *financialv1.Event) {
			e.Detail = &financialv1.Event_PurchaseReturn{PurchaseReturn: &financialv1.PurchaseReturn{Lines: stock}}
		},
		func(e *financialv1.Event) {
			e.Detail = &financialv1.Event_Transfer{Transfer: &financialv1.Transfer{
				Leg: financialv1.Transfer_LEG_LOSS, OtherLocationId: "store-2", Lines: stock, Reason: "Lost in transit",
			}}
		},
		func(e *financialv1.Event) {
			e.Detail = &financialv1.Event_InventoryAdjustment{InventoryAdjustment: &financialv1.InventoryAdjustment{
				Reason: "Shrink", Lines: stock,
			}}
		},
		func(e *financialv1.Event) {
			e.Detail = &financialv1.Event_GiftCardAdjustment{GiftCardAdjustment: &financialv1.GiftCardAdjustment{
				Reason: "Goodwill", Amount: -700,
			}}
		},
		func(e *financialv1.Event) {
			e.Detail = &financialv1.Event_CashPaidInOut{CashPaidInOut: &financialv1.CashPaidInOut{
				Direction: financialv1.CashPaidInOut_DIRECTION_PAID_IN, Reason: "Change order", Amount: 20000,
			}}
		},
		func(e *financialv1.Event) {
			e.Detail = &financialv1.Event_TillCount{TillCount: &financialv1.TillCount{
				ExpectedAmount: 30010, CountedAmount: 29995,
			}}
		},
		func(e *financialv1.Event) {
			e.Detail = &financialv1.Event_Payout{Payout: &financialv1.Payout{
				BankAccount: "Operating", Parts: []*financialv1.PayoutPart{{PaymentType: "Visa", GrossAmount: 9000, FeeAmount: 260}},
			}}
		},
	}
	events := make([]*financialv1.Event, len(details))
	for i, detail := range details {
		events[i] = &financialv1.Event{
			EventId: fmt.Sprintf("full-%d", i+1), Number: fmt.Sprintf("N %d", i+1), Revision: 1, LocationId: "store-1",
			OccurTime:    timestamppb.New(time.Date(2026, 3, 14, 16, 5, 0, 123456000, time.UTC)),
			BusinessDate: "2026-03-14", CurrencyCode: "USD", Memo: "a memo\nof two lines – ünïcode",
			SourceUrl: "https://pos.example/tickets/1?x=y",
		}
		detail(events[i])
	}
	return events
}

func fullSale() *financialv1.Sale {
	return &financialv1.Sale{
		Tenders:         []*financialv1.Tender{{PaymentType: "Visa", Amount: 13000}, {PaymentType: "Cash", Amount: -250}},
		DepositsApplied: []*financialv1.Tender{{PaymentType: "Visa", Amount: 2000}},
		Lines: []*financialv1.SaleLine{
			{ItemClass: "Footwear", NetAmount: 12000, DiscountAmount: 500, CostAmount: 6100},
			{ItemClass: "Socks", NetAmount: -900, DiscountAmount: -100, CostAmount: -400},
		},
		Taxes:         []*financialv1.Tax{{Authority: "State of Colorado", Amount: 322}},
		Shipping:      []*financialv1.Shipping{{Method: "Ground", Amount: 700}},
		Fees:          []*financialv1.Fee{{Name: "Bag fee", Amount: 10}},
		GiftCardsSold: []*financialv1.GiftCard{{Amount: 2500}, {Amount: 100}},
		TipAmount:     15, RoundingAmount: 3,
	}
}

// Whatever is recorded comes back from GetEvent as it was sent, for every kind.
func TestEveryKindOfEventRoundTrips(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	events := fullEvents()
	kinds := financialv1.EventKind(0).Descriptor().Values()
	if details := (&financialv1.Event{}).ProtoReflect().Descriptor().Oneofs().ByName("detail").Fields(); len(events) !=
		details.Len() || len(events) != kinds.Len()-1 {
		t.Fatalf("there are %d kinds and %d details; the test has %d events", kinds.Len()-1, details.Len(), len(events))
	}
	for i, result := range w.record(events...) {
		if result.GetStatus() != financialv1.RecordEventResult_STATUS_ACCEPTED || result.GetEventId() != events[i].GetEventId() {
			t.Fatalf("result %d: %v", i, result)
		}
		view := w.event(events[i].GetEventId()).GetEvent()
		if diff := cmp.Diff(events[i], view.GetEvent(), protocmp.Transform()); diff != "" {
			t.Errorf("event %d (-sent +got):\n%s", i, diff)
		}
		if int(view.GetKind()) != i+1 {
			t.Errorf("event %d is of kind %s", i, view.GetKind())
		}
	}
}

func TestRecordEventsJudgesEachEventAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	change := func(id string, change func(*financialv1.Event)) *financialv1.Event {
		event := sale(id)
		change(event)
		return event
	}
	tomorrow := time.Now().Add(49 * time.Hour)
	for _, test := range []struct {
		event *financialv1.Event
		field string // empty: accepted
	}{
		{sale("good-1"), ""},
		{nil, "event_id"},
		{change("", func(*financialv1.Event) {}), "event_id"},
		{change("no detail", func(e *financialv1.Event) { e.EventId = "no-detail"; e.Detail = nil }), "detail"},
		{change("no-time", func(e *financialv1.Event) { e.OccurTime = nil }), "occur_time"},
		{change("bad-time", func(e *financialv1.Event) { e.OccurTime.Nanos = -1 }), "occur_time"},
		{change("far-time", func(e *financialv1.Event) { e.OccurTime.Seconds = 1 << 62 }), "occur_time"},
		{change("late", func(e *financialv1.Event) { e.OccurTime = timestamppb.New(tomorrow) }), "occur_time"},
		{change("no-day", func(e *financialv1.Event) { e.BusinessDate = "2026-02-30" }), "business_date"},
		{change("old", func(e *financialv1.Event) { e.BusinessDate = "1999-12-31" }), "business_date"},
		{change("currency", func(e *financialv1.Event) { e.CurrencyCode = "usd" }), "currency_code"},
		{change("revision", func(e *financialv1.Event) { e.Revision = 0 }), "revision"},
		{change("number", func(e *financialv1.Event) { e.Number = strings.Repeat("9", 22) }), "number"},
		{change("url", func(e *financialv1.Event) { e.SourceUrl = "javascript:alert(1)" }), "source_url"},
		{change("blank", func(e *financialv1.Event) { e.GetSale().Tenders[0].PaymentType = " Cash" }), "sale.tenders[0].payment_type"},
		{change("amount", func(e *financialv1.Event) { e.GetSale().Lines[0].NetAmount = 1_000_000_000_000 }), "sale.lines[0].net_amount"},
		{change("sum", func(e *financialv1.Event) { e.GetSale().Lines[0].NetAmount = 999_999_999_999 }), "sale"},
		{sale("good-2"), ""},
	} {
		results := w.record(sale("before"), test.event, sale("after-"+test.event.GetEventId()))
		if len(results) != 3 {
			t.Fatalf("%d results for 3 events", len(results))
		}
		if got := results[2].GetStatus(); got != financialv1.RecordEventResult_STATUS_ACCEPTED &&
			got != financialv1.RecordEventResult_STATUS_DUPLICATE {
			t.Errorf("%q: the event behind it is %s", test.event.GetEventId(), got)
		}
		wantRecorded(t, results[1], test.event.GetEventId(), test.field)
	}
}

func wantRecorded(t *testing.T, result *financialv1.RecordEventResult, id, field string) {
	t.Helper()
	if result.GetEventId() != id {
		t.Errorf("%q: the result is of %q", id, result.GetEventId())
	}
	if field == "" {
		if result.GetStatus() != financialv1.RecordEventResult_STATUS_ACCEPTED || result.GetRecordTime() == nil {
			t.Errorf("%q: %v, want ACCEPTED", id, result)
		}
		return
	}
	if result.GetStatus() != financialv1.RecordEventResult_STATUS_INVALID || result.GetMessage() == "" ||
		result.GetRecordTime() != nil || result.GetState() != 0 {
		t.Errorf("%q: %v, want INVALID with a message", id, result)
	}
	if !slices.ContainsFunc(result.GetViolations(), func(v *financialv1.Violation) bool { return v.GetField() == field }) {
		t.Errorf("%q: violations %v, want one of %s", id, result.GetViolations(), field)
	}
}

func TestRecordEventsBoundsTheViolationsOfAnEvent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	event := sale("e1")
	for range 5000 {
		event.GetSale().Fees = append(event.GetSale().Fees, &financialv1.Fee{Name: " ", Amount: 1})
	}
	result := w.record(event)[0]
	if n := len(result.GetViolations()); n != 51 {
		t.Errorf("%d violations, want 50 and a word about the rest", n)
	}
	if last := result.GetViolations()[len(result.GetViolations())-1].GetDescription(); last != "and 4950 more" {
		t.Errorf("the last violation says %q", last)
	}
}

func TestRecordEventsNamesTheCaller(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.record(sale("e1"))
	detail := must(w.store.Event(t.Context(), retailer, "e1"))(t)
	if detail.RecordedBy != "ann" {
		t.Errorf("recorded by %q, want ann", detail.RecordedBy)
	}
}
