package rpc_test

import (
	"slices"
	"strings"
	"testing"

	"connectrpc.com/connect/v2"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// paidBy is a sale with another payment type.
func paidBy(id, paymentType string) *financialv1.Event {
	event := sale(id)
	event.GetSale().Tenders[0].PaymentType = paymentType
	return event
}

// TestANewPaymentTypeMidWeek adds a payment type that nobody has mapped: its events wait with a sentence that names it,
// everything else posts, and one call releases them all.
func TestANewPaymentTypeMidWeek(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapTo(financialv1.Role_ROLE_REVENUE, salesAccount)
	must(w.mapEvent(&financialv1.Slot{Role: financialv1.Role_ROLE_PAYMENT, Key: "Cash"}, w.accountCalled(cashAccount)))(t)
	w.startSync()
	w.run()
	const each = 40
	var events []*financialv1.Event
	for i := range each {
		events = append(events, sale("cash-"+strings.Repeat("i", i+1)), paidBy("new-"+strings.Repeat("i", i+1), "Shop Coins"))
	}
	for _, event := range events {
		event.Number = event.GetEventId()[:4] + "-" + string(rune('A'+len(event.GetEventId())%26)) + string(rune('A'+len(event.GetEventId())/26))
	}
	w.record(events...)
	w.waitFor("the others to be posted", func(s *financialv1.SyncStatus) bool {
		return count(s, financialv1.EventState_EVENT_STATE_SYNCED) == each &&
			countReason(s, financialv1.Reason_REASON_UNMAPPED) == each
	})
	problem := w.event("new-i").GetEvent().GetProblem()
	if want := `No account is mapped for payment type "Shop Coins" at location "store-1".`; problem.GetMessage() != want {
		t.Errorf("the event says %q, want %q", problem.GetMessage(), want)
	}
	slot := &financialv1.Slot{Role: financialv1.Role_ROLE_PAYMENT, Key: "Shop Coins"}
	preview := must(w.ann().financial.PreviewMapping(t.Context(), &financialv1.PreviewMappingRequest{
		RetailerId: retailer, Slot: slot, AccountId: w.accountCalled("Undeposited Funds"),
	}))(t)
	if preview.GetWaitingEventCount() != each || preview.GetStillWaitingEventCount() != 0 || len(preview.GetShifts()) != 2 {
		t.Errorf("preview = %v", preview)
	}
	for _, shift := range preview.GetShifts() {
		want := map[string]int64{"Undeposited Funds": each * 1000, salesAccount: -each * 1000}[shift.GetAccountName()]
		if shift.GetUnpostedAmount() != want || shift.GetPostedAmount() != 0 {
			t.Errorf("shift = %v, want %d", shift, want)
		}
	}
	mapped := must(w.mapEvent(slot, w.accountCalled("Undeposited Funds")))(t)
	if mapped.GetReleasedEventCount() != each {
		t.Errorf("%d events released, want %d", mapped.GetReleasedEventCount(), each)
	}
	w.posted(2 * each)
	w.audited()
}

// TestMappingsKeepTheirHistory changes a mapping after something was posted with it: the change applies from its date on,
// what is posted says which version it used, and the history says who changed what.
func TestMappingsKeepTheirHistory(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSale()
	w.startSync()
	w.run()
	w.record(sale("e1"))
	w.posted(1)
	slot := &financialv1.Slot{Role: financialv1.Role_ROLE_REVENUE, Key: "Footwear"}
	footwear := salesAccount + ":Footwear"
	ann := w.ann().financial
	preview := must(ann.PreviewMapping(t.Context(), &financialv1.PreviewMappingRequest{
		RetailerId: retailer, Slot: slot, AccountId: w.accountCalled(footwear), EffectiveDate: "2026-03-10",
	}))(t)
	if preview.GetPostedEventCount() != 1 || preview.GetPendingEventCount() != 0 || len(preview.GetShifts()) != 2 ||
		preview.GetShifts()[1].GetPostedAmount() != -1000 || preview.GetShifts()[1].GetAccountName() != footwear {
		t.Errorf("preview = %v", preview)
	}
	must(ann.MapEvent(t.Context(), &financialv1.MapEventRequest{
		RetailerId: retailer, Slot: slot, AccountId: w.accountCalled(footwear), EffectiveDate: "2026-03-14",
	}))(t)
	before, after := sale("e2"), sale("e3")
	before.BusinessDate = "2026-03-13"
	w.record(before, after)
	w.posted(3)
	for id, want := range map[string]struct {
		account string
		version int64
		source  financialv1.SlotUse_Source
	}{
		"e1": {salesAccount, 2, financialv1.SlotUse_SOURCE_FALLBACK},
		"e2": {salesAccount, 2, financialv1.SlotUse_SOURCE_FALLBACK},
		"e3": {footwear, 3, financialv1.SlotUse_SOURCE_KEY},
	} {
		line := w.event(id).GetEntry().GetLines()[1]
		part := line.GetParts()[0]
		if line.GetAccountName() != want.account || part.GetMappingVersion() != want.version || part.GetSource() != want.source ||
			part.GetAmount() != -1000 || part.GetSourceAmounts()[0].GetField() != "sale.lines[0].net_amount" {
			t.Errorf("%s: line = %v, want %v", id, line, want)
		}
	}
	unmapped := must(ann.UnmapEvent(t.Context(), &financialv1.UnmapEventRequest{
		RetailerId: retailer, Slot: slot, EffectiveDate: "2026-03-20",
	}))(t)
	changes := must(ann.ListMappingChanges(t.Context(), &financialv1.ListMappingChangesRequest{
		RetailerId: retailer, Slot: slot,
	}))(t).GetChanges()
	if len(changes) != 2 || unmapped.GetEffectiveDate() != "2026-03-20" || changes[0].GetAccountId() != "" ||
		changes[0].GetPreviousAccountName() != footwear || changes[0].GetVersion() != 4 ||
		changes[1].GetAccountName() != footwear || changes[1].GetEffectiveDate() != "2026-03-14" ||
		changes[1].GetChangedBy() != "ann" || changes[1].GetChangeTime() == nil {
		t.Errorf("changes = %v", changes)
	}
	page := must(ann.ListMappingChanges(t.Context(), &financialv1.ListMappingChangesRequest{RetailerId: retailer, PageSize: 3}))(t)
	rest := must(ann.ListMappingChanges(t.Context(), &financialv1.ListMappingChangesRequest{
		RetailerId: retailer, PageSize: 3, PageToken: page.GetNextPageToken(),
	}))(t)
	if len(page.GetChanges()) != 3 || len(rest.GetChanges()) != 1 || rest.GetChanges()[0].GetVersion() != 1 {
		t.Errorf("pages of %d and %d", len(page.GetChanges()), len(rest.GetChanges()))
	}
}

// TestMapEventsIsAllOrNothing refuses a call for one bad account among good ones, and a slot that is named twice.
func TestMapEventsIsAllOrNothing(t *testing.T) {
	t.Parallel()
	w := connected(t)
	mapped := func(role financialv1.Role, account string) *financialv1.MappedSlot {
		return &financialv1.MappedSlot{Slot: &financialv1.Slot{Role: role}, AccountId: account}
	}
	cash, sales := w.accountCalled(cashAccount), w.accountCalled(salesAccount)
	_, err := w.ann().financial.MapEvents(t.Context(), &financialv1.MapEventsRequest{
		RetailerId: retailer, Mappings: []*financialv1.MappedSlot{
			mapped(financialv1.Role_ROLE_PAYMENT, cash), mapped(financialv1.Role_ROLE_REVENUE, cash),
		},
	})
	wantError(t, err, connect.CodeFailedPrecondition, "ACCOUNT_TYPE_REFUSED")
	if left := w.listMappings(func(*financialv1.ListMappingsRequest) {}); len(left) != 0 {
		t.Errorf("something was mapped: %v", left)
	}
	_, err = w.ann().financial.MapEvents(t.Context(), &financialv1.MapEventsRequest{
		RetailerId: retailer, Mappings: []*financialv1.MappedSlot{
			mapped(financialv1.Role_ROLE_REVENUE, sales), mapped(financialv1.Role_ROLE_REVENUE, sales),
		},
	})
	_, bad := wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "mappings[1].slot")
}

// TestLocationsAndClasses puts QuickBooks locations and classes on lines, as soon as the company tracks them.
func TestLocationsAndClasses(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSale()
	w.company(func(o *simulator.CompanyOptions) {
		o.TrackDepartments, o.ClassTracking = true, simulator.ClassesPerLine
	})
	p := w.person()
	department, class := p.create("department", "Harbor Annex"), p.create("class", "Soft wares")
	w.record(sale("e1"))
	imported := must(w.ann().integration.ImportLocations(t.Context(), &integrationv1.ImportLocationsRequest{
		RetailerId: retailer,
	}))(t)
	if !imported.GetLocationTrackingEnabled() || !imported.GetClassTrackingEnabled() ||
		!slices.ContainsFunc(imported.GetLocations(), func(l *integrationv1.QuickBooksLocation) bool {
			return l.GetQuickbooksLocationId() == department && l.GetName() == "Harbor Annex" && l.GetActive()
		}) {
		t.Errorf("imported %v", imported)
	}
	ann := w.ann().financial
	must(ann.MapLocation(t.Context(), &financialv1.MapLocationRequest{
		RetailerId: retailer, LocationId: "store-1", QuickbooksLocationId: department,
	}))(t)
	must(ann.MapItemClass(t.Context(), &financialv1.MapItemClassRequest{
		RetailerId: retailer, ItemClass: "Footwear", QuickbooksClassId: class,
	}))(t)
	_, err := ann.MapLocation(t.Context(), &financialv1.MapLocationRequest{
		RetailerId: retailer, LocationId: "store-1", QuickbooksLocationId: "999",
	})
	wantError(t, err, connect.CodeNotFound, "LOCATION_NOT_FOUND")
	_, err = ann.MapItemClass(t.Context(), &financialv1.MapItemClassRequest{
		RetailerId: retailer, ItemClass: "Footwear", QuickbooksClassId: "999",
	})
	wantError(t, err, connect.CodeNotFound, "CLASS_NOT_FOUND")
	listed := must(ann.ListLocations(t.Context(), &financialv1.ListLocationsRequest{RetailerId: retailer}))(t)
	if len(listed.GetLocations()) != 1 || listed.GetLocations()[0].GetQuickbooksLocation().GetName() != "Harbor Annex" ||
		len(listed.GetItemClasses()) != 1 || listed.GetItemClasses()[0].GetQuickbooksClass().GetName() != "Soft wares" ||
		listed.GetItemClasses()[0].GetUpdatedBy() != "ann" {
		t.Errorf("listed %v", listed)
	}
	w.startSync()
	must(w.ann().integration.SyncPastEvents(t.Context(), &integrationv1.SyncPastEventsRequest{RetailerId: retailer}))(t)
	w.run()
	w.posted(1)
	entry, _ := p.entry(w.event("e1").GetEvent().GetPostedEntry().GetQuickbooksId())
	for i, line := range entry.Line {
		detail := line.JournalEntryLineDetail
		withClass := detail.ClassRef != nil && detail.ClassRef.Value == class
		if detail.DepartmentRef == nil || detail.DepartmentRef.Value != department || withClass != (i == 1) {
			t.Errorf("line %d: %+v", i, detail)
		}
	}
	if line := w.event("e1").GetEntry().GetLines()[1]; line.GetQuickbooksClass().GetName() != "Soft wares" {
		t.Errorf("line = %v", line)
	}
}

// TestSyncPastEvents counts what would post, asks about opening stock that the company may carry already, and posts from a
// cut-off date on.
func TestSyncPastEvents(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSale()
	w.mapTo(financialv1.Role_ROLE_INVENTORY, "Inventory")
	w.mapTo(financialv1.Role_ROLE_INVENTORY_ADJUSTMENT, "Opening Balance Equity")
	stock := sale("stock")
	stock.Detail = &financialv1.Event_InventoryAdjustment{InventoryAdjustment: &financialv1.InventoryAdjustment{
		Reason: "Opening stock", Lines: []*financialv1.StockLine{{ItemClass: "Footwear", CostAmount: 500_00}},
	}}
	early := sale("early")
	early.BusinessDate = "2026-02-28"
	w.record(sale("e1"), early, stock)
	integration := w.ann().integration
	request := &integrationv1.SyncPastEventsRequest{RetailerId: retailer, FromBusinessDate: "2026-03-01"}
	_, err := integration.SyncPastEvents(t.Context(), request)
	wantError(t, err, connect.CodeFailedPrecondition, "SYNC_NOT_STARTED")
	w.startSync()
	w.run()
	// The company carries stock: the retailer's old system had booked it.
	p := w.person()
	line := func(side, account string) map[string]any {
		return map[string]any{
			"Amount": 500, "DetailType": "JournalEntryLineDetail",
			"JournalEntryLineDetail": map[string]any{
				"PostingType": side, "AccountRef": map[string]any{"value": w.accountCalled(account)},
			},
		}
	}
	p.call("POST", "/journalentry", map[string]any{
		"Line": []any{line("Debit", "Inventory"), line("Credit", "Opening Balance Equity")},
	}, &struct{}{})
	request.Preview = true
	preview := must(integration.SyncPastEvents(t.Context(), request))(t)
	if preview.GetEventCount() != 2 || !preview.GetOpeningStockUndecided() || preview.GetOpeningStockEventCount() != 1 ||
		preview.GetOpeningStockAmount() != 500_00 || preview.GetInventoryBalance() != 500_00 || len(preview.GetKinds()) != 2 ||
		preview.GetKinds()[0].GetKind() != financialv1.EventKind_EVENT_KIND_SALE || preview.GetKinds()[0].GetTotalAmount() != 1000 ||
		preview.GetKinds()[0].GetFirstBusinessDate() != "2026-03-14" {
		t.Errorf("preview = %v", preview)
	}
	request.Preview = false
	_, err = integration.SyncPastEvents(t.Context(), request)
	info, _ := wantError(t, err, connect.CodeFailedPrecondition, "OPENING_STOCK_UNDECIDED")
	if info.GetMetadata()["inventory_balance"] != "500.00" {
		t.Errorf("metadata = %v", info.GetMetadata())
	}
	request.OpeningStock = integrationv1.SyncPastEventsRequest_OPENING_STOCK_SKIP
	if n := must(integration.SyncPastEvents(t.Context(), request))(t).GetEventCount(); n != 1 {
		t.Errorf("%d events are posted, want 1", n)
	}
	w.posted(1)
	for id, want := range map[string]financialv1.EventState{
		"e1": financialv1.EventState_EVENT_STATE_SYNCED, "stock": financialv1.EventState_EVENT_STATE_SKIPPED,
		"early": financialv1.EventState_EVENT_STATE_NEVER_SYNCED,
	} {
		if got := w.event(id).GetEvent().GetState(); got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
	request.FromBusinessDate, request.ToBusinessDate = "2026-03-02", "2026-03-01"
	_, err = integration.SyncPastEvents(t.Context(), request)
	_, bad := wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "to_business_date")
}

// TestImportGuardsTheMappings warns of accounts that mappings use and that are not what they were.
func TestImportGuardsTheMappings(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.mapSale()
	w.mapTo(financialv1.Role_ROLE_TIPS, "Tips Payable")
	w.mapTo(financialv1.Role_ROLE_ROUNDING, "Uncategorized Income")
	p := w.person()
	p.changeAccount("Tips Payable", map[string]any{"Name": "Tips owed"})
	p.changeAccount("Uncategorized Income", map[string]any{
		"AccountType": "Expense", "AccountSubType": "OtherMiscellaneousServiceCost",
	})
	p.changeAccount("Petty Cash", map[string]any{"Name": "Nobody's business"}) // no mapping uses it
	_, summary := w.importAccounts()
	var got []string
	for _, warning := range summary.GetWarnings() {
		got = append(got, strings.TrimPrefix(warning.GetChange().String(), "CHANGE_")+" "+warning.GetMessage())
		if len(warning.GetSlots()) != 1 || warning.GetAccountId() == "" {
			t.Errorf("warning = %v", warning)
		}
	}
	want := []string{
		`RENAMED The account "Tips Payable" is called "Tips owed" now. Nothing waits for that.`,
		`TYPE_CHANGED The account "Uncategorized Income" was of type Income and is of type Expense now. It still fits the roles it ` +
			`is mapped to.`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("warnings %q\nwant %q", got, want)
	}
	if _, again := w.importAccounts(); len(again.GetWarnings()) != 0 {
		t.Errorf("it warns again: %v", again.GetWarnings())
	}
}

// TestCreateMissingAccounts creates what the chart lacks, under its parent; what is there already is used.
func TestCreateMissingAccounts(t *testing.T) {
	t.Parallel()
	w := connected(t)
	tip := paidBy("e1", "Shop Coins")
	tip.GetSale().TipAmount, tip.GetSale().Tenders[0].Amount = 100, 1100
	w.record(tip)
	must(w.ann().financial.DeleteAccount(t.Context(), &financialv1.DeleteAccountRequest{
		RetailerId: retailer, AccountId: w.accountCalled("Tips Payable"),
	}))(t)
	preview := w.createMissing(&financialv1.CreateMissingAccountsRequest{RetailerId: retailer, Preview: true})
	var names []string
	for _, account := range preview.GetAccounts() {
		names = append(names, account.GetFullyQualifiedName())
	}
	if want := []string{"Payment Clearing", "Payment Clearing:Shop Coins", "Tips Payable"}; !slices.Equal(names, want) ||
		preview.GetCreatedCount() != 0 {
		t.Fatalf("the preview names %q, want %q", names, want)
	}
	only := w.createMissing(&financialv1.CreateMissingAccountsRequest{
		RetailerId: retailer, FullyQualifiedNames: []string{"payment clearing:shop coins"},
	})
	if only.GetCreatedCount() != 2 || len(only.GetMappings()) != 1 ||
		only.GetMappings()[0].GetSlot().GetKey() != "Shop Coins" || only.GetAccounts()[0].GetReason() == "" {
		t.Errorf("created %v", only)
	}
	// The other is in QuickBooks, and was only hidden here.
	found := w.createMissing(&financialv1.CreateMissingAccountsRequest{RetailerId: retailer})
	if found.GetCreatedCount() != 0 || len(found.GetMappings()) != 1 || found.GetMappings()[0].GetAccountName() != "Tips Payable" {
		t.Errorf("found %v", found)
	}
	w.acceptAll()
	w.startSync()
	must(w.ann().integration.SyncPastEvents(t.Context(), &integrationv1.SyncPastEventsRequest{RetailerId: retailer}))(t)
	w.run()
	w.posted(1)
}

// TestCreateMissingAccountsThatQuickBooksRefuses says which account it was, and keeps what was created before.
func TestCreateMissingAccountsThatQuickBooksRefuses(t *testing.T) {
	t.Parallel()
	w := connected(t)
	w.record(paidBy("e1", "Shop Coins"))
	must(w.simulator.AddFault(simulator.FaultRule{
		Kinds: []simulator.Kind{simulator.KindAccountWrite}, Fault: "2050", Contains: "Shop Coins",
	}))(t)
	stream := must(w.ann().financial.CreateMissingAccounts(t.Context(), &financialv1.CreateMissingAccountsRequest{
		RetailerId: retailer,
	}))(t)
	var err error
	for err == nil {
		_, err = stream.Receive()
	}
	wantError(t, err, connect.CodeFailedPrecondition, "ACCOUNT_NOT_CREATED")
	if !strings.Contains(err.Error(), `"Payment Clearing:Shop Coins"`) {
		t.Errorf("the error does not name the account: %v", err)
	}
	w.accountCalled("Payment Clearing")
}

// TestSettings keeps what is set and changes only what the mask names.
func TestSettings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	get := func() *integrationv1.Settings {
		return must(w.ann().integration.GetSettings(t.Context(), &integrationv1.GetSettingsRequest{RetailerId: retailer}))(t).GetSettings()
	}
	if s := get(); s.GetRoundingLimit() != 0 || s.GetRevisionPolicy() != integrationv1.Settings_REVISION_POLICY_ADJUST ||
		s.GetClosedBooksPolicy() != integrationv1.Settings_CLOSED_BOOKS_POLICY_HOLD {
		t.Errorf("defaults = %v", s)
	}
	w.settings(&integrationv1.Settings{
		RoundingLimit: 7, RevisionPolicy: integrationv1.Settings_REVISION_POLICY_UPDATE,
		ClosedBooksPolicy: integrationv1.Settings_CLOSED_BOOKS_POLICY_FIRST_OPEN_DAY,
	})
	request := &integrationv1.UpdateSettingsRequest{RetailerId: retailer, Settings: &integrationv1.Settings{RoundingLimit: 3}}
	request.UpdateMask = mask("rounding_limit")
	must(w.ann().integration.UpdateSettings(t.Context(), request))(t)
	if s := get(); s.GetRoundingLimit() != 3 || s.GetRevisionPolicy() != integrationv1.Settings_REVISION_POLICY_UPDATE {
		t.Errorf("after the change: %v", s)
	}
	request.UpdateMask = mask("rounding")
	_, err := w.ann().integration.UpdateSettings(t.Context(), request)
	_, bad := wantError(t, err, connect.CodeInvalidArgument, "INVALID_REQUEST")
	wantField(t, bad, "update_mask.paths[0]")
}
