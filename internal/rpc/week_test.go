package rpc_test

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	integrationv1 "github.com/tillpost/tillpost/gen/go/tillpost/integration/v1"
	"github.com/tillpost/tillpost/internal/demo"
	"github.com/tillpost/tillpost/internal/postgrestest"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// week is a retailer's week of every kind of event.
func week() []*financialv1.Event {
	return demo.Week(4, time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC))
}

func (w *world) recordAll(events []*financialv1.Event) {
	w.t.Helper()
	for batch := range slices.Chunk(events, 1000) {
		for _, result := range w.record(batch...) {
			if result.GetStatus() != financialv1.RecordEventResult_STATUS_ACCEPTED {
				w.t.Fatalf("event %s: %v", result.GetEventId(), result)
			}
		}
	}
}

// acceptAll accepts every suggestion as it is and creates the missing accounts, and returns how many of each.
func (w *world) acceptAll() (suggested, created int) {
	w.t.Helper()
	answer := must(w.ann().financial.SuggestMappings(w.t.Context(), &financialv1.SuggestMappingsRequest{
		RetailerId: retailer,
	}))(w.t)
	// As the console does: what is missing is created as it was shown, then the suggestions are accepted.
	summary := w.createMissing(&financialv1.CreateMissingAccountsRequest{RetailerId: retailer})
	if diff := cmp.Diff(len(answer.GetMissingAccounts()), len(summary.GetAccounts())); diff != "" {
		w.t.Errorf("created accounts (-suggested +created):\n%s", diff)
	}
	request := &financialv1.MapEventsRequest{RetailerId: retailer}
	for _, s := range answer.GetSuggestions() {
		request.Mappings = append(request.Mappings, &financialv1.MappedSlot{Slot: s.GetSlot(), AccountId: s.GetAccountId()})
	}
	if len(request.GetMappings()) > 0 {
		must(w.ann().financial.MapEvents(w.t.Context(), request))(w.t)
	}
	return len(request.GetMappings()), int(summary.GetCreatedCount())
}

func (w *world) createMissing(request *financialv1.CreateMissingAccountsRequest) *financialv1.CreateAccountsSummary {
	w.t.Helper()
	stream := must(w.ann().financial.CreateMissingAccounts(w.t.Context(), request))(w.t)
	var summary *financialv1.CreateAccountsSummary
	for {
		message, err := stream.Receive()
		if errors.Is(err, io.EOF) {
			return summary
		}
		check(w.t, err)
		summary = message.GetSummary()
	}
}

// TestAWeekBySuggestionsAlone begins with an empty mapping, accepts what is suggested, creates what is missing, and posts a
// whole week: no event waits. Every entry is, byte for byte, what its preview had said, also in QuickBooks.
func TestAWeekBySuggestionsAlone(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, postgrestest.DSN(t)).connected() // as it is in production; also, the race detector slows SQLite most
	events := week()
	w.recordAll(events)
	if suggested, _ := w.acceptAll(); suggested == 0 {
		t.Fatal("nothing was suggested")
	}
	if left := w.listMappings(func(r *financialv1.ListMappingsRequest) { r.MissingOnly = true }); len(left) > 0 {
		for _, use := range left {
			if !use.GetOptional() {
				t.Errorf("without an account: %v", use.GetSlot())
			}
		}
	}
	previews := w.previews(events)
	w.startSync()
	must(w.ann().integration.SyncPastEvents(t.Context(), &integrationv1.SyncPastEventsRequest{RetailerId: retailer}))(t)
	w.run()
	status := w.waitFor("the week to be posted", func(s *financialv1.SyncStatus) bool {
		return s.GetBackfill() == nil && s.GetOldestUnsyncedTime() == nil
	})
	synced := count(status, financialv1.EventState_EVENT_STATE_SYNCED)
	nothing := count(status, financialv1.EventState_EVENT_STATE_NOTHING_TO_POST)
	if synced+nothing != int64(len(events)) || nothing > int64(len(events))/20 {
		t.Fatalf("%s", status.GetSummary())
	}
	w.comparePreviews(events, previews, synced)
}

// previews asks for the entry of every event: of every other one by its id, of the rest as if it were not recorded.
func (w *world) previews(events []*financialv1.Event) map[string]*financialv1.PreviewEventResponse {
	w.t.Helper()
	ann, out := w.ann(), make(map[string]*financialv1.PreviewEventResponse, len(events))
	for i, event := range events {
		request := &financialv1.PreviewEventRequest{RetailerId: retailer}
		if i%2 == 0 {
			request.Source = &financialv1.PreviewEventRequest_EventId{EventId: event.GetEventId()}
		} else {
			request.Source = &financialv1.PreviewEventRequest_Event{Event: event}
		}
		out[event.GetEventId()] = must(ann.financial.PreviewEvent(w.t.Context(), request))(w.t)
	}
	return out
}

func (w *world) comparePreviews(
	events []*financialv1.Event, previews map[string]*financialv1.PreviewEventResponse, synced int64,
) {
	w.t.Helper()
	ann, equal := w.ann(), int64(0)
	journal := map[string]wire.JournalEntry{}
	for _, entry := range must(w.simulator.Journal(w.simulator.Realms()[0]))(w.t) {
		journal[entry.ID] = entry
	}
	for _, event := range events {
		got := must(ann.financial.GetEvent(w.t.Context(), &financialv1.GetEventRequest{
			RetailerId: retailer, EventId: event.GetEventId(),
		}))(w.t)
		preview := previews[event.GetEventId()]
		if got.GetEvent().GetState() != financialv1.EventState_EVENT_STATE_SYNCED {
			if !preview.GetNothingToPost() {
				w.t.Errorf("event %s: the preview was %v", event.GetEventId(), preview)
			}
			continue
		}
		if !slices.Equal(deterministic(w.t, preview.GetEntry()), deterministic(w.t, got.GetEntry())) {
			w.t.Fatalf("event %s (-preview +posted):\n%s", event.GetEventId(),
				cmp.Diff(preview.GetEntry().String(), got.GetEntry().String()))
		}
		if diff := cmp.Diff(written(preview.GetEntry()), booked(journal[got.GetEvent().GetPostedEntry().GetQuickbooksId()])); diff != "" {
			w.t.Fatalf("event %s (-preview +QuickBooks):\n%s", event.GetEventId(), diff)
		}
		equal++
	}
	if equal != synced {
		w.t.Errorf("%d previews were compared, %d events are posted", equal, synced)
	}
}

func deterministic(t *testing.T, m proto.Message) []byte {
	t.Helper()
	return must(proto.MarshalOptions{Deterministic: true}.Marshal(m))(t)
}

// written and booked write an entry line by line, as the API previews it and as QuickBooks holds it.
func written(e *financialv1.JournalEntry) []string {
	out := []string{e.GetTxnDate(), e.GetDocNumber(), e.GetPrivateNote(), e.GetCurrencyCode()}
	for _, line := range e.GetLines() {
		side := wire.PostingDebit
		if line.GetSide() == financialv1.JournalLine_SIDE_CREDIT {
			side = wire.PostingCredit
		}
		out = append(out, side, strconv.FormatInt(line.GetAmount(), 10), line.GetAccountId(), line.GetDescription())
	}
	return out
}

func booked(e wire.JournalEntry) []string {
	out := []string{e.TxnDate, e.DocNumber, e.PrivateNote, e.CurrencyRef.Value}
	for _, line := range e.Line {
		detail := line.JournalEntryLineDetail
		out = append(out, detail.PostingType, strconv.FormatInt(int64(line.Amount), 10), detail.AccountRef.Value, line.Description)
	}
	return out
}
