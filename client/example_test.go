package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"connectrpc.com/connect/v2"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tillpost/tillpost/client"
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// A service records what its tills sold, and may simply repeat a call that failed.
func ExampleNew() {
	server := startH2C((&fakeServer{}).handler()) // stands in for Tillpost
	defer server.Close()

	tillpost, err := client.New(server.URL, client.WithToken("tp_example"), client.WithUserAgent("order-sync/1.4"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tillpost.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()

	// A shirt for 25.00 and 2.00 tax, paid with 30.00 in cash and 3.00 of change.
	sale := &financialv1.Event{
		EventId: "ticket-1001", Number: "1001", Revision: 1, LocationId: "harbor-street",
		OccurTime: timestamppb.Now(), BusinessDate: "2026-11-02", CurrencyCode: "USD",
		Detail: &financialv1.Event_Sale{Sale: &financialv1.Sale{
			Tenders: []*financialv1.Tender{
				{PaymentType: "Cash", Amount: 30_00}, {PaymentType: "Cash", Amount: -3_00},
			},
			Lines: []*financialv1.SaleLine{{ItemClass: "Shirts", NetAmount: 25_00, CostAmount: 11_40}},
			Taxes: []*financialv1.Tax{{Authority: "State of Colorado", Amount: 2_00}},
		}},
	}
	res, err := tillpost.Financial.RecordEvents(ctx, &financialv1.RecordEventsRequest{
		RetailerId: "northwind-outfitters",
		Events:     []*financialv1.Event{sale},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, result := range res.GetResults() {
		fmt.Println(result.GetEventId(), result.GetStatus(), result.GetState())
	}
	// Output: ticket-1001 STATUS_ACCEPTED EVENT_STATE_PENDING
}

// Errors carry a code, a text for people and a stable reason for programs.
func ExampleReason() {
	server := startH2C((&fakeServer{}).handler()) // stands in for Tillpost
	defer server.Close()
	tillpost, err := client.New(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tillpost.Close()

	_, err = tillpost.Financial.MapEvent(context.Background(), &financialv1.MapEventRequest{
		RetailerId: "northwind-outfitters",
		Slot:       &financialv1.Slot{Role: financialv1.Role_ROLE_PAYMENT, Key: "House Account"},
		AccountId:  "84",
	})
	if client.Reason(err) == "ACCOUNT_TYPE_REFUSED" {
		fmt.Println("choose another account:", err)
	}
	fmt.Println(connect.CodeOf(err) == connect.CodeFailedPrecondition)
	// Output:
	// choose another account: failed_precondition: Accounts Receivable lines need a customer
	// true
}

// A dashboard follows the status of a retailer, over gRPC.
func ExampleWithGRPC() {
	server := startH2C((&fakeServer{watchMessages: 2}).handler()) // stands in for Tillpost
	defer server.Close()
	tillpost, err := client.New(server.URL, client.WithGRPC(), client.WithToken("tp_example"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tillpost.Close()

	stream, err := tillpost.Financial.WatchSyncStatus(context.Background(), &financialv1.WatchSyncStatusRequest{
		RetailerId: "northwind-outfitters",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = stream.Close() }()
	for {
		update, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("events:", update.GetStatus().GetTotalCount())
	}
	// Output:
	// events: 1
	// events: 2
}

// A token that expires comes from a function, which is asked for every try.
func ExampleWithTokenSource() {
	server := startH2C((&fakeServer{}).handler()) // stands in for Tillpost
	defer server.Close()
	identity := func(context.Context) (string, error) { return "tp_fetched-and-kept", nil } // your identity provider

	tillpost, err := client.New(server.URL, client.WithTokenSource(identity))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer tillpost.Close()
	res, err := tillpost.Financial.SyncStatus(context.Background(), &financialv1.SyncStatusRequest{
		RetailerId: "northwind-outfitters",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.GetStatus().GetSummary())
	// Output: Everything is in QuickBooks.
}

// A token never travels in the clear to another machine, unless the caller says so.
func ExampleWithInsecureToken() {
	_, err := client.New("http://tillpost.mesh:8080", client.WithToken("tp_example"))
	fmt.Println(err)
	_, err = client.New("http://tillpost.mesh:8080", client.WithToken("tp_example"), client.WithInsecureToken())
	fmt.Println(err)
	// Output:
	// tillpost client: refusing to send a token in the clear to tillpost.mesh:8080: use https, or WithInsecureToken where something else protects the way
	// <nil>
}
