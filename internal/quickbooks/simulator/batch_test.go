package simulator_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

func batchJSON(items ...string) string {
	return `{"BatchItemRequest":[` + strings.Join(items, ",") + `]}`
}

func (a *app) createItem(id, number, amount string) string {
	a.t.Helper()
	return fmt.Sprintf(`{"bId":%q,"operation":"create","JournalEntry":%s}`, id, a.sale(number, amount))
}

func TestBatchItemsAreIndependent(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	a.mustPost(a.sale("OLD", "1"))
	got := a.post("batch", batchJSON(
		a.createItem("a", "B1", "10.00"),
		`{"bId":"b","operation":"create","JournalEntry":{"Line":[]}}`,
		`{"bId":"c","operation":"delete","JournalEntry":{"Id":"1","SyncToken":"0"}}`,
		`{"bId":"d","Query":"select * from JournalEntry where DocNumber = 'B1'"}`,
		`{"bId":"e","Query":"select nothing"}`,
		`{"bId":"f","operation":"create","Widget":{}}`,
		`{"bId":"g","operation":"update","JournalEntry":{}}`,
		`{"bId":"g","operation":"update","JournalEntry":{"Id":"2","SyncToken":"0","sparse":true,"PrivateNote":"x"}}`,
		`{"bId":"v","operation":"void","JournalEntry":{"Id":"2","SyncToken":"1"}}`,
		`{"bId":"w","operation":"update","optionsData":"void","JournalEntry":{"Id":"2","SyncToken":"1"}}`,
		`{"operation":"create","JournalEntry":`+a.sale("B3", "1")+`}`,
		`{"bId":"n","operation":"create"}`,
		`{"bId":"h","operation":"create","Account":{"Name":"Till Float","AccountType":"Bank"}}`,
		`{"bId":"i","operation":"create","JournalEntry":{"Colour":1}}`,
		`{"bId":"a bId that is longer than ten","operation":"create","JournalEntry":`+a.sale("B2", "1")+`}`,
		`{"bId":"k","operation":"delete","Account":{}}`,
		`{"bId":"l","Query":{}}`,
	))
	if got.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", got.StatusCode, got.body)
	}
	items := got.envelope(t).BatchItemResponse
	said := make([]string, 0, len(items))
	for _, item := range items {
		what := codes(item.Fault)
		switch {
		case item.JournalEntry != nil:
			what = "entry " + item.JournalEntry.ID + item.JournalEntry.Status
		case item.Account != nil:
			what = "account " + item.Account.Name
		case item.QueryResponse != nil:
			what = "rows " + ids(item.QueryResponse)
		}
		said = append(said, item.BID+": "+what)
	}
	want := "a: entry 2|b: 2250|c: entry 1Deleted|d: rows 2|e: 4000|f: 2000|g: 2020,2020|g: entry 2|v: 500|w: 500|: 2020|n: 2000|h: account Till Float|i: 2010|" +
		"a bId that is longer than ten: entry 3|k: 500|l: 2010"
	if got := strings.Join(said, "|"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	checkBooks(t, a, 2)
	counts := a.sim.Requests()
	if counts.ByKind[simulator.KindBatch] != 1 || counts.Core != 2 || counts.CorePlus != 4 {
		t.Errorf("counts %+v", counts) // CorePlus: three queries of the batch and the one of checkBooks
	}
}

func TestBatchDuplicateNumberOption(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{Companies: []simulator.CompanyOptions{{WarnDuplicateJournalNumber: true}}})
	option := `{"bId":"3","optionsData":"allowduplicatedocnum","operation":"create","JournalEntry":` + a.sale("B1", "1") + `}`
	items := a.post("batch", batchJSON(a.createItem("1", "B1", "1"), a.createItem("2", "B1", "1"), option)).envelope(t).BatchItemResponse
	if items[0].Fault != nil || codes(items[1].Fault) != "6140" || items[2].Fault != nil {
		t.Errorf("%+v", items)
	}
}

func TestBatchAnswersWithAThousandObjects(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	accounts := len(a.query("select * from Account maxresults 1000").Account)
	items := []string{a.createItem("first", "", "1")}
	for i := range 29 {
		items = append(items, fmt.Sprintf(`{"bId":"%d","query":"select * from Account maxresults 1000"}`, i))
	}
	objects, refused := 0, 0
	for _, item := range a.post("batch", batchJSON(items...)).envelope(t).BatchItemResponse {
		switch {
		case item.JournalEntry != nil:
			objects++
		case item.QueryResponse != nil:
			objects += len(item.QueryResponse.Account)
		case codes(item.Fault) == "10100":
			refused++
		}
	}
	if fit := 999 / accounts; objects != 1+fit*accounts || refused != 29-fit {
		t.Errorf("%d objects, %d items refused", objects, refused)
	}
}

func TestBatchRefusals(t *testing.T) {
	t.Parallel()
	a := newApp(t, simulator.Options{})
	many := make([]string, 31)
	for i := range many {
		many[i] = a.createItem(strconv.Itoa(i), "", "1")
	}
	for name, test := range map[string]struct{ body, codes string }{
		"too many":     {batchJSON(many...), "1040"},
		"none":         {batchJSON(), "2020"},
		"empty":        {`{}`, "2020"},
		"not JSON":     {`{`, "2010"},
		"two objects":  {batchJSON(`{"bId":"1","JournalEntry":{},"Account":{}}`), "2010"},
		"unknown":      {`{"Items":[]}`, "2010"},
		"bId an array": {batchJSON(`{"bId":[],"JournalEntry":{}}`), "2010"},
	} {
		got := a.post("batch", test.body)
		if got.StatusCode != http.StatusBadRequest || codes(got.envelope(t).Fault) != test.codes {
			t.Errorf("%s: %d %s", name, got.StatusCode, got.body)
		}
	}
	if got := a.post("batch", batchJSON(many[:30]...)); got.StatusCode != http.StatusOK {
		t.Errorf("thirty items: %s", got.body)
	}
}
