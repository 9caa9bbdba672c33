package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/store"
)

// mappingChanges pages through the history.
func mappingChanges(t *testing.T, s *store.Store, q store.MappingChangeQuery) []store.MappingChange {
	t.Helper()
	out := []store.MappingChange{}
	for range 100 {
		page, next, err := s.ListMappingChanges(within(t), retailer, q)
		must(t, err)
		if len(page) > q.Limit || (len(page) == 0 && next != "") {
			t.Fatalf("a page of %d, limit %d, next %q", len(page), q.Limit, next)
		}
		out = append(out, page...)
		if next == "" {
			return out
		}
		q.After = next
	}
	t.Fatal("the pages do not end")
	return nil
}

func testMappingChangesListed(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	same(t, "unknown retailer", mappingChanges(t, s, store.MappingChangeQuery{Limit: 9}), []store.MappingChange{})
	connect(t, s, retailer)
	var want []store.MappingChange
	change := func(slot ledger.Slot, account, previous ledger.AccountID, from ledger.Date) {
		t.Helper()
		n := len(want) + 1
		if account == "" {
			_, _, err := s.DeleteMapping(ctx, retailer, slot, from, fmt.Sprintf("person %d", n), at(n))
			must(t, err)
		} else {
			putOrderAs(t, s, n, store.MappingOrder{Slot: slot, Account: account, From: from})
		}
		want = append(want, store.MappingChange{
			Version: int64(n), Slot: slot, Account: account, Previous: previous, From: from, ChangedAt: at(n),
			ChangedBy: fmt.Sprintf("person %d", n),
		})
	}
	change(visa(), "1", "", "2026-03-01")
	change(shoes(), "3", "", "2026-03-01")
	change(visa(), "2", "1", "2026-06-01")
	change(visa(), "4", "", "2026-01-01")  // before that there was nothing
	change(visa(), "2", "4", "2026-04-01") // the one for all of it since then
	change(visa(), "", "2", "2026-09-01")
	change(visa(), "1", "", "2026-10-01")
	// Names are those of today, also of accounts that are gone.
	renamed := chart()[:4]
	renamed[0].Name = "Renamed"
	renamed[3].Active = false
	got(s.ImportAccounts(ctx, retailer, realm, slices.Delete(renamed, 2, 3), at(20)))(t)
	name := map[ledger.AccountID]string{"1": "Renamed", "2": "Undeposited Funds", "3": "Sales", "4": "Inventory:Shoes"}
	for i := range want {
		want[i].AccountName, want[i].PreviousName = name[want[i].Account], name[want[i].Previous]
	}
	slices.Reverse(want)
	for _, limit := range []int{1, 2, 3, 6, 7, 8} {
		same(t, fmt.Sprintf("by %d", limit), mappingChanges(t, s, store.MappingChangeQuery{Limit: limit}), want)
	}
	ofShoes := slices.DeleteFunc(slices.Clone(want), func(c store.MappingChange) bool { return c.Slot != shoes() })
	same(t, "of a slot", mappingChanges(t, s, store.MappingChangeQuery{Limit: 1, Slot: new(shoes())}), ofShoes)
	ofVisa := slices.DeleteFunc(slices.Clone(want), func(c store.MappingChange) bool { return c.Slot != visa() })
	same(t, "of another", mappingChanges(t, s, store.MappingChangeQuery{Limit: 2, Slot: new(visa())}), ofVisa)
	general := visa()
	general.Location = ""
	same(t, "exactly", mappingChanges(t, s, store.MappingChangeQuery{Limit: 2, Slot: &general}), []store.MappingChange{})
	for _, cursor := range []string{"x", "", "1\x00y"} {
		_, _, err := s.ListMappingChanges(ctx, retailer, store.MappingChangeQuery{Limit: 1, After: cursor + "\x00"})
		fails(t, "foreign cursor", err, store.ErrCursor)
	}
}

// testSlotsToday lists what answers today, whatever was decided for other dates.
func testSlotsToday(t *testing.T, s *store.Store) {
	t.Helper()
	connect(t, s, retailer)
	record(t, s, retailer, at(1), cash("a"))
	postage := ledger.Slot{Role: ledger.RoleCashPaidInOut, Key: "Postage", Location: "store-1"}
	ofToday := func() store.SlotUse {
		t.Helper()
		uses := listSlots(t, s, store.SlotQuery{Limit: 9, Role: ledger.RoleCashPaidInOut})
		at := slices.IndexFunc(uses, func(use store.SlotUse) bool { return use.Slot == postage })
		if at < 0 {
			t.Fatal("a slot that an event uses is not listed")
		}
		return uses[at]
	}
	same(t, "missing", ofToday().Source, ledger.SourceMissing)
	first, _ := putOrder(t, s, 2, store.MappingOrder{Slot: postage, Account: "1", From: "2026-01-01"})
	same(t, "mapped", ofToday(), store.SlotUse{Slot: postage, Source: ledger.SourceKeyAndLocation, Mapping: &first})
	later, _ := putOrder(t, s, 3, store.MappingOrder{Slot: postage, Account: "2", From: "2026-12-01"})
	same(t, "still", ofToday().Mapping, &first)
	same(t, "decided last", got(s.Mapping(within(t), retailer, postage))(t), later)
	_, _, err := s.DeleteMapping(within(t), retailer, postage, "2026-11-23", caller, at(4))
	must(t, err)
	same(t, "emptied", ofToday(), store.SlotUse{Slot: postage, Source: ledger.SourceMissing})
	general, _ := putOrder(t, s, 5, store.MappingOrder{Slot: ledger.Slot{Role: ledger.RoleCashPaidInOut}, Account: "3"})
	same(t, "fallback", ofToday(), store.SlotUse{Slot: postage, Source: ledger.SourceFallback, Mapping: &general})
}
