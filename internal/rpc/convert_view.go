package rpc

import (
	"net/url"
	"strings"
	"time"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// serviceActor is who made a change that no caller made.
const serviceActor = "tillpost"

// entryURLs makes the addresses of entries in QuickBooks' own pages.
type entryURLs struct{ environment, simulator string }

func newEntryURLs(environment, simulator string) entryURLs {
	return entryURLs{environment: environment, simulator: strings.TrimSuffix(simulator, "/")}
}

// of returns the address of an entry, empty where there is none.
func (u entryURLs) of(realm ledger.RealmID, id string) string {
	switch u.environment {
	case environmentProduction:
		return "https://app.qbo.intuit.com/app/journal?txnId=" + url.QueryEscape(id)
	case environmentSandbox:
		return "https://app.sandbox.qbo.intuit.com/app/journal?txnId=" + url.QueryEscape(id)
	case environmentSimulator:
		if u.simulator == "" {
			return ""
		}
		return u.simulator + "/companies/" + url.PathEscape(string(realm)) + "/journal?entry=" + url.QueryEscape(id) +
			"#entry-" + url.PathEscape(id)
	default:
		return ""
	}
}

// viewToProto converts an event and its standing.
func (u entryURLs) viewToProto(row *store.EventRow) *financialv1.EventView {
	view := &financialv1.EventView{
		Event:      eventToProto(&row.Event),
		Kind:       financialv1.EventKind(row.Kind),
		State:      financialv1.EventState(row.State),
		Problem:    problemToProto(row.Problem),
		Amount:     int64(row.Amount),
		RecordTime: instant(row.RecordedAt),
		StateTime:  instant(row.StateAt),
	}
	view.PostedRevision = row.PostedRevision
	if row.QuickBooksID != "" {
		view.PostedEntry = &financialv1.PostedEntry{
			QuickbooksId: row.QuickBooksID,
			SyncToken:    row.SyncToken,
			RealmId:      string(row.Realm),
			ConfirmTime:  instant(row.SyncedAt),
			Url:          u.of(row.Realm, row.QuickBooksID),
			Revision:     row.PostedRevision,
		}
	}
	if row.State == ledger.StatePending && row.Tries > 0 {
		view.NextAttemptTime = instant(row.DueAt)
	}
	return view
}

// postedToProto converts an entry that stands in QuickBooks.
func (u entryURLs) postedToProto(p store.PostedEntry) *financialv1.PostedEntry {
	return &financialv1.PostedEntry{
		QuickbooksId: p.QuickBooksID,
		SyncToken:    p.SyncToken,
		RealmId:      string(p.Realm),
		ConfirmTime:  instant(p.PostedAt),
		Url:          u.of(p.Realm, p.QuickBooksID),
		Revision:     p.Revision,
		DocNumber:    p.DocNumber,
		TxnDate:      string(p.TxnDate),
		Adjusts:      p.Adjusts,
	}
}

func problemToProto(p *ledger.Problem) *financialv1.Problem {
	if p == nil {
		return nil
	}
	return &financialv1.Problem{
		Reason: financialv1.Reason(p.Reason), Message: p.Message, Remedy: p.Remedy, Slots: convert(p.Slots, slotToProto),
	}
}

// explainedToProto converts an entry with the amounts of its event that make up each part. An entry that adjusts an
// earlier one has no such amounts: its parts are differences.
func explainedToProto(e *ledger.Entry, ev *ledger.Event) *financialv1.JournalEntry {
	if e == nil {
		return nil
	}
	var sources map[ledger.Slot][]ledger.SourceAmount
	if !e.Adjusts {
		sources = ledger.Sources(ev, e)
	}
	out := &financialv1.JournalEntry{
		TxnDate:      string(e.TxnDate),
		DocNumber:    e.DocNumber,
		PrivateNote:  e.PrivateNote,
		CurrencyCode: string(e.Currency),
	}
	for i := range e.Lines {
		line := &e.Lines[i]
		if line.Side == ledger.Debit {
			out.TotalAmount += int64(line.Amount)
		}
		out.Lines = append(out.Lines, &financialv1.JournalLine{
			Side:        financialv1.JournalLine_Side(line.Side),
			Amount:      int64(line.Amount),
			AccountId:   string(line.Account),
			AccountName: line.AccountName,
			Slots:       convert(line.Parts, func(p ledger.Part) *financialv1.Slot { return slotToProto(p.Slot) }),
			Description: line.Description,
			Parts: convert(line.Parts, func(p ledger.Part) *financialv1.LinePart {
				return partToProto(p, sources[p.Slot])
			}),
			QuickbooksLocation: locationRefToProto(line.Department),
			QuickbooksClass:    classRefToProto(line.Class),
		})
	}
	return out
}

func partToProto(p ledger.Part, sources []ledger.SourceAmount) *financialv1.LinePart {
	return &financialv1.LinePart{
		Slot:           slotToProto(p.Slot),
		Amount:         int64(p.Amount),
		Source:         financialv1.SlotUse_Source(p.Source),
		MappingVersion: p.Version,
		SourceAmounts: convert(sources, func(s ledger.SourceAmount) *financialv1.SourceAmount {
			return &financialv1.SourceAmount{Field: s.Field, Amount: int64(s.Amount)}
		}),
	}
}

func locationRefToProto(t ledger.Tracked) *financialv1.QuickBooksLocation {
	if t.ID == "" {
		return nil
	}
	return &financialv1.QuickBooksLocation{QuickbooksLocationId: t.ID, Name: t.Name, Active: true}
}

func classRefToProto(t ledger.Tracked) *financialv1.QuickBooksClass {
	if t.ID == "" {
		return nil
	}
	return &financialv1.QuickBooksClass{QuickbooksClassId: t.ID, Name: t.Name, Active: true}
}

func attemptToProto(a store.Attempt) *financialv1.Attempt {
	return &financialv1.Attempt{
		AttemptTime: instant(a.At),
		RequestId:   a.RequestID,
		Outcome:     financialv1.Attempt_Outcome(a.Outcome),
		HttpStatus:  count32(a.HTTPStatus),
		Code:        a.Code,
		Message:     a.Message,
		IntuitTid:   a.IntuitTID,
	}
}

func changeToProto(c store.Change) *financialv1.StateChange {
	out := &financialv1.StateChange{
		ChangeTime: instant(c.At),
		FromState:  financialv1.EventState(c.From),
		ToState:    financialv1.EventState(c.To),
		Reason:     financialv1.Reason(c.Reason),
		Actor:      c.Actor,
		Note:       c.Note,
	}
	if out.GetActor() == "" {
		out.Actor = serviceActor
	}
	return out
}

// statusToProto converts a retailer's state, with its summary as of now. left is how long its backfill takes; 0: it is not
// known.
func statusToProto(s *store.Status, left time.Duration, now time.Time) *financialv1.SyncStatus {
	out := &financialv1.SyncStatus{
		SyncStarted:        s.SyncStarted,
		ConnectionHealth:   connectionHealth(s),
		Summary:            summary(s, left, now),
		TotalCount:         s.Total,
		OldestUnsyncedTime: instant(s.OldestUnsyncedAt),
		LastSyncedTime:     instant(s.LastSyncedAt),
		NextAttemptTime:    instant(s.RetryAt),
		ConnectionProblem:  s.ConnectionProblem,
	}
	if out.GetConnectionProblem() == "" {
		out.ConnectionProblem = s.Problem
	}
	if s.Backfill != nil {
		out.Backfill = backfillToProto(s.Backfill, left)
	}
	for _, c := range s.Counts {
		out.Counts = append(out.Counts, &financialv1.EventCount{
			Kind: financialv1.EventKind(c.Kind), State: financialv1.EventState(c.State),
			Reason: financialv1.Reason(c.Reason), Count: c.N,
		})
	}
	return out
}

func connectionHealth(s *store.Status) financialv1.ConnectionHealth {
	switch s.State {
	case store.Connected:
		if s.Problem != "" {
			return financialv1.ConnectionHealth_CONNECTION_HEALTH_RETRYING
		}
		return financialv1.ConnectionHealth_CONNECTION_HEALTH_GOOD
	case store.ReauthorizationRequired:
		return financialv1.ConnectionHealth_CONNECTION_HEALTH_REAUTHORIZATION_REQUIRED
	case store.NotConnected:
		return financialv1.ConnectionHealth_CONNECTION_HEALTH_NOT_CONNECTED
	default:
		return financialv1.ConnectionHealth_CONNECTION_HEALTH_UNSPECIFIED
	}
}
