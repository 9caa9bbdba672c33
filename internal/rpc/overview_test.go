package rpc_test

import (
	"fmt"
	"strings"
	"testing"

	"connectrpc.com/connect/v2"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
)

// soldAt is a sale in cash of a store and a day.
func soldAt(id, location, date string, amount int64) *financialv1.Event {
	event := sale(id)
	event.LocationId, event.BusinessDate = location, date
	event.GetSale().Tenders[0].Amount, event.GetSale().Lines[0].NetAmount = amount, amount
	return event
}

func (w *world) overview(from, to, location string) *financialv1.GetOverviewResponse {
	w.t.Helper()
	return must(w.ann().financial.GetOverview(w.t.Context(), &financialv1.GetOverviewRequest{
		RetailerId: retailer, FromBusinessDate: from, ToBusinessDate: to, LocationId: location,
	}))(w.t)
}

// told is what an overview says, in a line for each of its figures.
func told(list []*financialv1.OverviewFigures) []string {
	out := make([]string, 0, len(list))
	for _, f := range list {
		line := strings.Join([]string{f.GetBusinessDate(), f.GetLocationId(), f.GetCurrencyCode()}, " ")
		for _, s := range f.GetStates() {
			state := strings.TrimPrefix(s.GetState().String(), "EVENT_STATE_")
			line += fmt.Sprintf(", %s %d %d", state, s.GetEventCount(), s.GetAmount())
		}
		line += fmt.Sprintf("; posted %d %d", f.GetPostedEntryCount(), f.GetPostedAmount())
		if took := f.GetTimeToQuickbooks(); took != nil {
			line += fmt.Sprintf("; %d timed", took.GetEventCount())
			if median, p95 := took.GetMedian().AsDuration(), took.GetPercentile_95().AsDuration(); median <= 0 || p95 < median {
				line += fmt.Sprintf(" wrongly: %v %v", median, p95)
			}
		}
		out = append(out, line)
	}
	return out
}

func TestOverview(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSale()
	w.startSync()
	w.run()
	if diff := cmp.Diff(&financialv1.GetOverviewResponse{}, w.overview("2026-03-13", "2026-03-14", ""), protocmp.Transform()); diff != "" {
		t.Errorf("nothing recorded (-want +got):\n%s", diff)
	}
	w.record(soldAt("a", "store-1", "2026-03-13", 1000), soldAt("b", "store-2", "2026-03-13", 250),
		soldAt("c", "store-1", "2026-03-14", 30), soldAt("later", "store-1", "2026-03-15", 7))
	w.posted(4)
	unbalanced := soldAt("d", "store-1", "2026-03-14", 500)
	unbalanced.GetSale().Tenders[0].Amount = 400
	w.record(unbalanced)
	w.waitFor("the sale to wait", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_ACTION_REQUIRED) == 1
	})
	have := w.overview("2026-03-13", "2026-03-14", "")
	for _, part := range []struct {
		name string
		list []*financialv1.OverviewFigures
		want []string
	}{
		{"rows", have.GetRows(), []string{
			"2026-03-14 store-1 USD, SYNCED 1 30, ACTION_REQUIRED 1 400; posted 1 30; 1 timed",
			"2026-03-13 store-1 USD, SYNCED 1 1000; posted 1 1000; 1 timed",
			"2026-03-13 store-2 USD, SYNCED 1 250; posted 1 250; 1 timed",
		}},
		{"days", have.GetDays(), []string{
			"2026-03-13  USD, SYNCED 2 1250; posted 2 1250; 2 timed",
			"2026-03-14  USD, SYNCED 1 30, ACTION_REQUIRED 1 400; posted 1 30; 1 timed",
		}},
		{"totals", have.GetTotals(), []string{"  USD, SYNCED 3 1280, ACTION_REQUIRED 1 400; posted 3 1280; 3 timed"}},
	} {
		if diff := cmp.Diff(part.want, told(part.list)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", part.name, diff)
		}
	}
	if one := w.overview("2026-03-13", "2026-06-12", "store-2"); len(one.GetRows()) != 1 || len(one.GetTotals()) != 1 {
		t.Errorf("one location: %v", one)
	}
}

func TestOverviewRanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, ctx := w.ann().financial, t.Context()
	for _, test := range []struct{ from, to, field string }{
		{"2026-03-13", "2026-03-12", "to_business_date"},
		{"2026-01-01", "2026-04-03", "to_business_date"}, // 93 days
		{"2026-02-30", "2026-03-12", "from_business_date"},
		{"2026-02-28", "2026-13-12", "to_business_date"},
		{"", "2026-03-12", "from_business_date"},
	} {
		_, err := c.GetOverview(ctx, &financialv1.GetOverviewRequest{
			RetailerId: retailer, FromBusinessDate: test.from, ToBusinessDate: test.to,
		})
		_, bad := wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
		wantField(t, bad, test.field)
		stream := must(c.CompareWithQuickBooks(ctx, &financialv1.CompareWithQuickBooksRequest{
			RetailerId: retailer, FromTxnDate: test.from, ToTxnDate: test.to,
		}))(t)
		_, err = stream.Receive()
		_, bad = wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
		wantField(t, bad, strings.Replace(test.field, "business", "txn", 1))
	}
	stream := must(c.CompareWithQuickBooks(ctx, &financialv1.CompareWithQuickBooksRequest{
		RetailerId: retailer, FromTxnDate: "2026-03-01", ToTxnDate: "2026-03-02",
	}))(t)
	_, err := stream.Receive()
	wantError(t, err, connect.CodeFailedPrecondition, "NOT_CONNECTED")
}

func TestClearingAccounts(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapTo(financialv1.Role_ROLE_PAYMENT, "Undeposited Funds")
	w.mapTo(financialv1.Role_ROLE_REVENUE, salesAccount)
	w.mapRole(financialv1.Role_ROLE_BANK_DEPOSIT, financialv1.AccountType_ACCOUNT_TYPE_BANK)
	w.startSync()
	w.run()
	payout := soldAt("payout", "store-1", "2026-03-14", 0)
	payout.Detail = &financialv1.Event_Payout{Payout: &financialv1.Payout{
		BankAccount: "Main", Parts: []*financialv1.PayoutPart{{PaymentType: "Cash", GrossAmount: 700}},
	}}
	visa := soldAt("visa", "store-1", "2026-03-12", 90)
	visa.GetSale().Tenders[0].PaymentType = "Visa"
	w.record(soldAt("a", "store-1", "2026-03-12", 700), soldAt("b", "store-1", "2026-03-13", 500), visa, payout)
	w.posted(4)
	have := must(w.ann().financial.ListClearingAccounts(t.Context(), &financialv1.ListClearingAccountsRequest{
		RetailerId: retailer,
	}))(t)
	want := &financialv1.ListClearingAccountsResponse{Accounts: []*financialv1.ClearingAccount{{
		AccountId: w.accountCalled("Undeposited Funds"), AccountName: "Undeposited Funds",
		AccountType: financialv1.AccountType_ACCOUNT_TYPE_OTHER_CURRENT_ASSET, ExpectedBalance: 590,
		Tenders: []*financialv1.ClearingTender{
			{
				PaymentType: "Cash", CurrencyCode: "USD", ExpectedBalance: 500, OldestTxnDate: "2026-03-13",
				LastClearedTxnDate: "2026-03-14",
			},
			{PaymentType: "Visa", CurrencyCode: "USD", ExpectedBalance: 90, OldestTxnDate: "2026-03-12"},
		},
	}}}
	if diff := cmp.Diff(want, have, protocmp.Transform()); diff != "" {
		t.Errorf("clearing accounts (-want +got):\n%s", diff)
	}
}

// TestListEventsBySeveral finds events of several states, and by the beginning of a number or an id.
func TestListEventsBySeveral(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.record(sale("alpha"), sale("alps"), sale("T-beta"))
	must(w.ann().financial.SkipEvents(t.Context(), &financialv1.SkipEventsRequest{
		RetailerId: retailer, EventIds: []string{"alps"}, Note: "not ours",
	}))(t)
	for _, test := range []struct {
		name    string
		request *financialv1.ListEventsRequest
		want    string
	}{
		{"two states", &financialv1.ListEventsRequest{States: []financialv1.EventState{1, 7}}, "alps alpha T-beta"},
		{"a state more", &financialv1.ListEventsRequest{State: 7, States: []financialv1.EventState{1, 7}}, "alps alpha T-beta"},
		{"one state", &financialv1.ListEventsRequest{States: []financialv1.EventState{7}}, "alps"},
		{"id", &financialv1.ListEventsRequest{Search: "al"}, "alps alpha"},
		{"number or id", &financialv1.ListEventsRequest{Search: "T-"}, "alps alpha T-beta"},
		{"number and state", &financialv1.ListEventsRequest{Search: "T-al", States: []financialv1.EventState{7}}, "alps"},
		{"letters as written", &financialv1.ListEventsRequest{Search: "AL"}, ""},
	} {
		test.request.RetailerId = retailer
		var ids []string
		for _, event := range must(w.ann().financial.ListEvents(t.Context(), test.request))(t).GetEvents() {
			ids = append(ids, event.GetEvent().GetEventId())
		}
		if have := strings.Join(ids, " "); have != test.want {
			t.Errorf("%s: %q, want %q", test.name, have, test.want)
		}
	}
	_, err := w.ann().financial.ListEvents(t.Context(), &financialv1.ListEventsRequest{
		RetailerId: retailer, States: []financialv1.EventState{99},
	})
	wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
}

func TestSkipEventsByReason(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.startSync()
	w.run()
	w.record(sale("e1"), sale("e2"))
	w.waitFor("the events to wait", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_ACTION_REQUIRED) == 2
	})
	c, ctx := w.ann().financial, t.Context()
	request := &financialv1.SkipEventsRequest{RetailerId: retailer, Note: "booked by hand"}
	for _, refused := range []func(){func() {}, func() { request.Unskip, request.Reason = true, financialv1.Reason_REASON_UNMAPPED }} {
		refused()
		_, err := c.SkipEvents(ctx, request)
		wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	}
	request.Unskip, request.Reason = false, financialv1.Reason_REASON_PERIOD_CLOSED
	if n := must(c.SkipEvents(ctx, request))(t).GetChangedEventCount(); n != 0 {
		t.Errorf("%d events of another reason are skipped", n)
	}
	request.Reason = financialv1.Reason_REASON_UNMAPPED
	if n := must(c.SkipEvents(ctx, request))(t).GetChangedEventCount(); n != 2 {
		t.Errorf("%d events are skipped, want 2", n)
	}
}
