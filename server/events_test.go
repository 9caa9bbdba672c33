package main_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// sale is a cash sale of one item class; every n makes another one.
func sale(n int) *financialv1.Event {
	amount := int64(1000 + n)
	return &financialv1.Event{
		EventId: fmt.Sprintf("sale-%d", n), Number: fmt.Sprintf("T%06d", n), Revision: 1, LocationId: "store-1",
		OccurTime: timestamppb.New(time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)), BusinessDate: "2026-11-20", CurrencyCode: "USD",
		Detail: &financialv1.Event_Sale{Sale: &financialv1.Sale{
			Tenders: []*financialv1.Tender{{PaymentType: "Cash", Amount: amount}},
			Lines:   []*financialv1.SaleLine{{ItemClass: "Footwear", NetAmount: amount}},
		}},
	}
}

func sales(from, to int) []*financialv1.Event {
	events := make([]*financialv1.Event, 0, to-from+1)
	for n := from; n <= to; n++ {
		events = append(events, sale(n))
	}
	return events
}

// record records events and expects each to be accepted.
func (s *served) record(ctx context.Context, t *testing.T, events []*financialv1.Event) {
	t.Helper()
	answer, err := s.api.Financial.RecordEvents(ctx, &financialv1.RecordEventsRequest{RetailerId: retailer, Events: events})
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range answer.GetResults() {
		if result.GetStatus() != financialv1.RecordEventResult_STATUS_ACCEPTED {
			t.Fatalf("recording: %v", result)
		}
	}
}

// waitSynced watches the status until all of n events are SYNCED.
func (s *served) waitSynced(ctx context.Context, t *testing.T, n int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	stream, err := s.api.Financial.WatchSyncStatus(ctx, &financialv1.WatchSyncStatusRequest{RetailerId: retailer})
	if err != nil {
		t.Fatal(err)
	}
	for {
		update, err := stream.Receive()
		if err != nil {
			t.Fatalf("waiting for %d synced events: %v", n, err)
		}
		var synced int64
		for _, count := range update.GetStatus().GetCounts() {
			if count.GetState() == financialv1.EventState_EVENT_STATE_SYNCED {
				synced += count.GetCount()
			}
		}
		if synced == n {
			return
		}
	}
}

// consent presses Authorize on the simulator's page and follows the redirect to the service's callback.
func consent(ctx context.Context, t *testing.T, address string) {
	t.Helper()
	consentFor(ctx, t, address, "")
}

// consentFor authorizes a connection to one of several companies.
func consentFor(ctx context.Context, t *testing.T, address, realm string) {
	t.Helper()
	page, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	form := page.Query()
	form.Set("decision", "authorize")
	if realm != "" {
		form.Set("realm", realm)
	}
	page.RawQuery = form.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, page.String(), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the callback answers %s", answer.Status)
	}
}

// recordUntilDead records events in batches until all are in or the server is gone. A call that failed may be repeated.
func (s *served) recordUntilDead(ctx context.Context, events []*financialv1.Event) {
	const batch = 300
	for chunk := range slices.Chunk(events, batch) {
		request := &financialv1.RecordEventsRequest{RetailerId: retailer, Events: chunk}
		if _, err := s.api.Financial.RecordEvents(ctx, request); err != nil {
			return
		}
	}
}
