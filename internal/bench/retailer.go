package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tillpost/tillpost/client"
	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
)

// batch is how many events a call of RecordEvents has.
const batch = 500

// ticket is a sale as a shop has it: one tender, two item classes with their cost, one tax. Its entry has eight lines.
func ticket(prefix string, n int) *financialv1.Event {
	at := time.Date(2026, 3, 1+n/2000%28, 9, 0, n%36000, 0, time.UTC)
	return &financialv1.Event{
		EventId: fmt.Sprintf("%s-%09d", prefix, n), Number: fmt.Sprintf("%s-%d", prefix, n), Revision: 1,
		LocationId: fmt.Sprintf("store-%d", 1+n%5), CurrencyCode: "USD", BusinessDate: at.Format(time.DateOnly),
		OccurTime: timestamppb.New(at),
		Detail: &financialv1.Event_Sale{Sale: &financialv1.Sale{
			Tenders: []*financialv1.Tender{{PaymentType: "Visa", Amount: 10890}},
			Lines: []*financialv1.SaleLine{
				{ItemClass: "Footwear", NetAmount: 7000, CostAmount: 3100}, {ItemClass: "Apparel", NetAmount: 2900, CostAmount: 900},
			},
			Taxes: []*financialv1.Tax{{Authority: "State of Washington", Amount: 990}},
		}},
	}
}

func tickets(prefix string, from, n int) []*financialv1.Event {
	events := make([]*financialv1.Event, 0, n)
	for i := range n {
		events = append(events, ticket(prefix, from+i))
	}
	return events
}

// roles returns where the money of a ticket goes.
func roles() map[financialv1.Role]financialv1.AccountType {
	return map[financialv1.Role]financialv1.AccountType{
		financialv1.Role_ROLE_PAYMENT:            financialv1.AccountType_ACCOUNT_TYPE_BANK,
		financialv1.Role_ROLE_REVENUE:            financialv1.AccountType_ACCOUNT_TYPE_INCOME,
		financialv1.Role_ROLE_COST_OF_GOODS_SOLD: financialv1.AccountType_ACCOUNT_TYPE_COST_OF_GOODS_SOLD,
		financialv1.Role_ROLE_INVENTORY:          financialv1.AccountType_ACCOUNT_TYPE_OTHER_CURRENT_ASSET,
		financialv1.Role_ROLE_SALES_TAX:          financialv1.AccountType_ACCOUNT_TYPE_OTHER_CURRENT_LIABILITY,
	}
}

func retailerName(i int) string { return fmt.Sprintf("shop-%04d", i) }

// each does something for many retailers, a few at a time.
func each(ctx context.Context, retailers, atOnce int, do func(ctx context.Context, i int, retailer string) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range retailers {
		group.Go(func() error { return do(ctx, i, retailerName(i)) })
	}
	return group.Wait() //nolint:wrapcheck // worded by do
}

// connectAll connects retailers, each to a company of its own, and maps the roles of a ticket but those left out.
func (st *stage) connectAll(ctx context.Context, retailers int, leftOut ...financialv1.Role) error {
	realms, err := st.books.realms(ctx)
	if err != nil {
		return err
	}
	const atOnce = 4
	return each(ctx, retailers, atOnce, func(ctx context.Context, i int, retailer string) error {
		if err := st.connect(ctx, retailer, realms[i]); err != nil {
			return fmt.Errorf("connect %s: %w", retailer, err)
		}
		for role, kind := range roles() {
			if slices.Contains(leftOut, role) {
				continue
			}
			if err := st.mapRole(ctx, retailer, role, kind); err != nil {
				return fmt.Errorf("map %s of %s: %w", role, retailer, err)
			}
		}
		return nil
	})
}

func (st *stage) connect(ctx context.Context, retailer, realm string) error {
	answer, err := st.api.Integration.Connect(ctx, &integrationv1.ConnectRequest{RetailerId: retailer})
	if err != nil {
		return err
	}
	if err := st.books.consent(ctx, answer.GetAuthorizationUrl(), realm); err != nil {
		return err
	}
	stream, err := st.api.Integration.ImportAccounts(ctx, &integrationv1.ImportAccountsRequest{RetailerId: retailer})
	for err == nil {
		_, err = stream.Receive()
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func (st *stage) mapRole(ctx context.Context, retailer string, role financialv1.Role, kind financialv1.AccountType) error {
	page, err := st.api.Financial.ListAccounts(ctx, &financialv1.ListAccountsRequest{RetailerId: retailer, Type: kind, PageSize: 1})
	if err != nil {
		return err
	}
	if len(page.GetAccounts()) == 0 {
		return fmt.Errorf("there is no account of type %s", kind)
	}
	_, err = st.api.Financial.MapEvent(ctx, &financialv1.MapEventRequest{
		RetailerId: retailer, Slot: &financialv1.Slot{Role: role}, AccountId: page.GetAccounts()[0].GetAccountId(),
	})
	return err
}

// startSync starts the sync of retailers, all at about the same time.
func (st *stage) startSync(ctx context.Context, retailers int) error {
	const atOnce = 16
	return each(ctx, retailers, atOnce, func(ctx context.Context, _ int, retailer string) error {
		_, err := st.api.Integration.StartSync(ctx, &integrationv1.StartSyncRequest{RetailerId: retailer})
		return err
	})
}

// pauseSync makes what comes in wait: it is PENDING, and nothing is sent.
func (st *stage) pauseSync(ctx context.Context, retailers int) error {
	const atOnce = 16
	return each(ctx, retailers, atOnce, func(ctx context.Context, _ int, retailer string) error {
		_, err := st.api.Integration.PauseSync(ctx, &integrationv1.PauseSyncRequest{RetailerId: retailer})
		return err
	})
}

// record records events and fails unless each is accepted.
func record(ctx context.Context, api *client.Client, retailer string, events []*financialv1.Event) error {
	for some := range slices.Chunk(events, batch) {
		answer, err := api.Financial.RecordEvents(ctx, &financialv1.RecordEventsRequest{RetailerId: retailer, Events: some})
		if err != nil {
			return fmt.Errorf("record events of %s: %w", retailer, err)
		}
		for _, result := range answer.GetResults() {
			if result.GetStatus() != financialv1.RecordEventResult_STATUS_ACCEPTED {
				return fmt.Errorf("an event of %s was not accepted: %v", retailer, result)
			}
		}
	}
	return nil
}

// inState returns how many events of a retailer are in a state.
func (st *stage) inState(ctx context.Context, retailer string, state financialv1.EventState) (int64, error) {
	answer, err := st.api.Financial.SyncStatus(ctx, &financialv1.SyncStatusRequest{RetailerId: retailer})
	if err != nil {
		return 0, fmt.Errorf("the status of %s: %w", retailer, err)
	}
	var n int64
	for _, count := range answer.GetStatus().GetCounts() {
		if count.GetState() == state {
			n += count.GetCount()
		}
	}
	return n, nil
}

// synced returns how many events of each retailer are in QuickBooks.
func (st *stage) synced(ctx context.Context, retailers int) ([]int64, error) {
	const atOnce = 8
	counts := make([]int64, retailers)
	err := each(ctx, retailers, atOnce, func(ctx context.Context, i int, retailer string) error {
		var err error
		counts[i], err = st.inState(ctx, retailer, financialv1.EventState_EVENT_STATE_SYNCED)
		return err
	})
	return counts, err
}

// until asks again and again whether something is so.
func until(ctx context.Context, every, patience time.Duration, what string, so func() (bool, error)) error {
	deadline := time.Now().Add(patience)
	for {
		done, err := so()
		if err != nil || done {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("after %s still not so: %s", brief(patience), what)
		}
		if err := pause(ctx, every); err != nil {
			return err
		}
	}
}

// pause waits, unless the run is broken off.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx) //nolint:wrapcheck // it says all
	case <-time.After(d):
		return nil
	}
}

func sum(counts []int64) (total int64) {
	for _, n := range counts {
		total += n
	}
	return total
}
