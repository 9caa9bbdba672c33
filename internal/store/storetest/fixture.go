package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

const (
	retailer = ledger.RetailerID("acme")
	realm    = ledger.RealmID("9341453000000000")
	caller   = "pos@acme"
	worker   = "worker-1"
	leaseTTL = time.Minute
)

// origin is when the tests take place.
func origin() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 123_000, time.UTC) }

// at is some seconds later.
func at(seconds int) time.Time { return origin().Add(time.Duration(seconds) * time.Second) }

// must fails the test on an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// got returns a value, and fails the test on an error.
func got[T any](value T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// same fails the test unless two values are equal.
func same[T any](t testing.TB, what string, have, want T) {
	t.Helper()
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// sale makes a valid event.
func sale(id string) ledger.Event {
	return ledger.Event{
		ID: ledger.EventID(id), Number: "T-" + id, Revision: 1, Location: "store-1", OccurredAt: origin(),
		BusinessDate: "2026-11-22", Currency: "USD", Memo: "a memo", SourceURL: "https://example.com/" + id,
		Detail: &ledger.Sale{
			Tenders: []ledger.Keyed{{Key: "Visa", Amount: 1090}},
			Lines:   []ledger.SaleLine{{ItemClass: "Shoes", Net: 1000, Cost: 400}},
			Taxes:   []ledger.Keyed{{Key: "WA", Amount: 90}},
		},
	}
}

// cash makes an event of another kind.
func cash(id string) ledger.Event {
	ev := sale(id)
	ev.Detail = &ledger.CashPaidInOut{Direction: ledger.CashPaidOut, Reason: "Postage", Amount: 500}
	return ev
}

// encoded makes events ready to be stored.
func encoded(t testing.TB, events ...ledger.Event) []store.NewEvent {
	t.Helper()
	out := make([]store.NewEvent, 0, len(events))
	for _, ev := range events {
		content, err := ledger.Encode(ev)
		must(t, err)
		out = append(out, store.NewEvent{Event: ev, Content: content, Hash: ledger.HashOf(content)})
	}
	return out
}

// numbered makes n sales: e-00000, e-00001, ...
func numbered(n int) []ledger.Event {
	out := make([]ledger.Event, 0, n)
	for i := range n {
		out = append(out, sale(fmt.Sprintf("e-%05d", i)))
	}
	return out
}

// record stores events at a time.
func record(t testing.TB, s *store.Store, r ledger.RetailerID, now time.Time, events ...ledger.Event) []store.RecordResult {
	t.Helper()
	return got(s.RecordEvents(within(t), r, caller, encoded(t, events...), now))(t)
}

func ids(list ...string) []ledger.EventID {
	out := make([]ledger.EventID, 0, len(list))
	for _, id := range list {
		out = append(out, ledger.EventID(id))
	}
	return out
}

// connection is a new connection.
func connection(now time.Time) store.NewConnection {
	return store.NewConnection{
		Environment: "simulator", Realm: realm,
		Company:     store.Company{CompanyName: "Acme Shoes", HomeCurrency: "USD", Multicurrency: true, BookCloseDate: "2025-12-31"},
		ConnectedBy: caller, Tokens: tokens("1", now), Now: now,
	}
}

func tokens(name string, now time.Time) store.Tokens {
	return store.Tokens{
		AccessSealed: []byte("access " + name), RefreshSealed: []byte("refresh " + name),
		AccessExpiresAt: now.Add(time.Hour), RefreshExpiresAt: now.Add(100 * 24 * time.Hour),
		RefreshHardExpiresAt: now.Add(5 * 365 * 24 * time.Hour),
	}
}

// connect connects a retailer and imports a small chart.
func connect(t testing.TB, s *store.Store, r ledger.RetailerID) {
	t.Helper()
	must(t, s.SaveConnection(within(t), r, connection(origin())))
	got(s.ImportAccounts(within(t), r, realm, chart(), origin()))(t)
}

// start connects a retailer and starts sync.
func start(t testing.TB, s *store.Store, r ledger.RetailerID) {
	t.Helper()
	connect(t, s, r)
	must(t, s.StartSync(within(t), r, origin()))
}

// chart is a small chart of accounts.
func chart() []store.Account {
	return []store.Account{
		account("1", "Checking", ledger.TypeBank), account("2", "Undeposited Funds", ledger.TypeOtherCurrentAsset),
		account("3", "Sales", ledger.TypeIncome), account("4", "Inventory:Shoes", ledger.TypeOtherCurrentAsset),
		account("5", "sales tax", ledger.TypeOtherCurrentLiability),
	}
}

func account(id, name string, kind ledger.AccountType) store.Account {
	return store.Account{
		Account:   ledger.Account{ID: ledger.AccountID(id), Name: name, Type: kind, Active: true},
		ShortName: name, Number: "10" + id, SubType: "Sub", Currency: "USD",
	}
}

// claim takes the lease on the only retailer with work.
func claim(t testing.TB, s *store.Store, now time.Time) store.Lease {
	t.Helper()
	lease, ok, err := s.Claim(within(t), worker, now, leaseTTL)
	must(t, err)
	if !ok {
		t.Fatal("nothing to claim")
	}
	return lease
}

// entry is the entry of an event.
func entry(id ledger.EventID) ledger.Entry {
	return ledger.Entry{
		TxnDate: "2026-11-22", DocNumber: "T-" + string(id), Currency: "USD",
		Lines: []ledger.Line{
			{Side: ledger.Debit, Amount: 1090, Account: "2", AccountName: "Undeposited Funds", Parts: []ledger.Part{{Slot: visa()}}},
			{Side: ledger.Credit, Amount: 1090, Account: "3", AccountName: "Sales"},
		},
	}
}

// visa, shoes and tax are the slots of a sale.
func visa() ledger.Slot {
	return ledger.Slot{Role: ledger.RolePayment, Key: "Visa", Location: "store-1"}
}

func shoes() ledger.Slot {
	return ledger.Slot{Role: ledger.RoleRevenue, Key: "Shoes", Location: "store-1"}
}

// batch is a request for events.
func batch(id string, events ...ledger.EventID) store.NewRequest {
	q := store.NewRequest{ID: id, Realm: realm, Kind: store.Batch, Body: []byte("body of " + id)}
	for i, ev := range events {
		q.Items = append(q.Items, store.Item{Event: ev, Location: "store-1", BatchItem: fmt.Sprintf("b%d", i), Entry: entry(ev), Revision: 1, Final: true})
	}
	return q
}

// putMapping maps a slot for all dates.
func putMapping(
	ctx context.Context, s *store.Store, r ledger.RetailerID, slot ledger.Slot, account ledger.AccountID, actor string,
	now time.Time,
) (store.Mapping, int64, error) {
	order := store.MappingOrder{Slot: slot, Account: account, From: ledger.EarliestDate}
	put, released, err := s.PutMappings(ctx, r, []store.MappingOrder{order}, actor, now)
	if err != nil {
		return store.Mapping{}, 0, err
	}
	return put[0], released, nil
}

// deleteMapping empties a slot for all dates.
func deleteMapping(ctx context.Context, s *store.Store, r ledger.RetailerID, slot ledger.Slot) (bool, error) {
	_, found, err := s.DeleteMapping(ctx, r, slot, ledger.EarliestDate, caller, origin())
	return found, err
}

// alone is a mapping of one slot.
func alone(slot ledger.Slot) ledger.Mapping {
	return ledger.Always(map[ledger.Slot]ledger.AccountID{slot: "2"})
}

// unmapped is the problem of an event that waits for slots.
func unmapped(slots ...ledger.Slot) *ledger.Problem {
	return &ledger.Problem{
		Reason: ledger.ReasonUnmapped, Message: "No account is mapped.", Remedy: "Map one.", Slots: slots,
	}
}

// park parks events with today's books.
func park(t testing.TB, s *store.Store, l store.Lease, now time.Time, parked ...store.Parked) {
	t.Helper()
	for i := range parked {
		parked[i].Revision = max(parked[i].Revision, 1)
	}
	version := got(s.BooksVersion(within(t), l.Retailer))(t)
	must(t, s.Park(within(t), l, now, version, parked))
}

// state returns where an event stands.
func state(t testing.TB, s *store.Store, r ledger.RetailerID, id string) ledger.State {
	t.Helper()
	return got(s.Event(within(t), r, ledger.EventID(id)))(t).State
}

// audited fails the test unless the retailer's data agrees with itself.
func audited(t testing.TB, s *store.Store, r ledger.RetailerID) {
	t.Helper()
	if differences := got(s.Audit(within(t), r))(t); len(differences) > 0 {
		t.Errorf("audit of %s: %q", r, differences)
	}
}

// fails fails the test unless the error is the wanted one.
func fails(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}

// patience is more than any one call takes, and far less than for ever: a store that waits for itself fails a test.
const patience = time.Minute

// within is the test's context with a deadline.
func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
