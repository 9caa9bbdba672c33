package quickbooks_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// entry is a journal entry with texts that an encoder could spoil.
func entry() wire.JournalEntry {
	line := func(side, account string) wire.JournalLine {
		return wire.JournalLine{
			Amount: 10000, DetailType: wire.DetailTypeJournal, Description: `Sale <1> & "2" é`,
			JournalEntryLineDetail: &wire.JournalLineDetail{PostingType: side, AccountRef: &wire.Ref{Value: account}},
		}
	}
	return wire.JournalEntry{
		DocNumber: "LS-000123", TxnDate: "2026-10-01",
		Line: []wire.JournalLine{line(wire.PostingDebit, "39"), line(wire.PostingCredit, "44")},
	}
}

// TestPostJournalEntry holds the request, byte for byte and twice over, and the answer.
func TestPostJournalEntry(t *testing.T) {
	t.Parallel()
	const wantBody = `{"DocNumber":"LS-000123","TxnDate":"2026-10-01","Line":[` +
		`{"Description":"Sale <1> & \"2\" é","Amount":100.00,"DetailType":"JournalEntryLineDetail",` +
		`"JournalEntryLineDetail":{"PostingType":"Debit","AccountRef":{"value":"39"}}},` +
		`{"Description":"Sale <1> & \"2\" é","Amount":100.00,"DetailType":"JournalEntryLineDetail",` +
		`"JournalEntryLineDetail":{"PostingType":"Credit","AccountRef":{"value":"44"}}}]}`
	body, err := quickbooks.EncodeJournalEntry(entry())
	if err != nil || string(body) != wantBody {
		t.Fatalf("got %s, %v", body, err)
	}
	calls := 0
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		const wantURI = "/v3/company/9341453118812345/journalentry?minorversion=75&requestid=a%26b+c%3D1"
		if r.Method != http.MethodPost || r.RequestURI != wantURI {
			t.Errorf("got %s %s", r.Method, r.RequestURI)
		}
		got, err := io.ReadAll(r.Body)
		if err != nil || string(got) != wantBody || r.Header.Get("Content-Type") != "application/json" ||
			r.ContentLength != int64(len(wantBody)) {
			t.Errorf("got body %s, headers %v, %v", got, r.Header, err)
		}
		w.Header().Set("Intuit_tid", "gw-756b01cf")
		_, _ = io.WriteString(w, `{"JournalEntry":{"Id":"228","SyncToken":"0","DocNumber":"LS-000123","Adjustment":false,"TotalAmt":0,`+
			`"Line":[{"Id":"0","Amount":100.0,"DetailType":"JournalEntryLineDetail"}],"TxnTaxDetail":{}},"time":"2026"}`)
	})
	company := newClient(t, server).Company(realm, accessToken, unpaced)
	for range 2 {
		stored, receipt, err := company.PostJournalEntry(t.Context(),
			quickbooks.Request{Kind: quickbooks.Single, ID: "a&b c=1", Body: body})
		if err != nil || stored.ID != "228" || stored.Line[0].Amount != 10000 {
			t.Errorf("got %+v, %v", stored, err)
		}
		if receipt.HTTPStatus != 200 || receipt.IntuitTID != "gw-756b01cf" || receipt.Duration <= 0 {
			t.Errorf("got receipt %+v", receipt)
		}
	}
	if calls != 2 {
		t.Errorf("got %d calls", calls)
	}
}

// batch is a request with n items b1, b2, ...
func batch(t *testing.T, n int) quickbooks.Request {
	t.Helper()
	items := make([]wire.BatchItemRequest, 0, n)
	for i := range n {
		e := entry()
		items = append(items, wire.BatchItemRequest{BID: fmt.Sprintf("b%d", i+1), Operation: "create", JournalEntry: &e})
	}
	body, err := quickbooks.EncodeBatch(items)
	if err != nil {
		t.Fatal(err)
	}
	return quickbooks.Request{Kind: quickbooks.Batch, ID: "batch-1", Body: body}
}

// TestPostBatch holds the request and a mixed answer.
func TestPostBatch(t *testing.T) {
	t.Parallel()
	request := batch(t, 30)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if want := "/v3/company/9341453118812345/batch?minorversion=75&requestid=batch-1"; r.RequestURI != want {
			t.Errorf("got %s", r.RequestURI)
		}
		got, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(got, request.Body) {
			t.Errorf("got another body, %v", err)
		}
		items := []any{map[string]any{"bId": "b30", "Fault": map[string]any{
			"type": "ValidationFault", "Error": []any{map[string]any{"Message": "m", "code": 6210, "Detail": nil}},
		}}}
		for i := range 29 {
			items = append(items, map[string]any{"bId": fmt.Sprintf("b%d", i+1), "JournalEntry": map[string]any{"Id": strconv.Itoa(i)}})
		}
		if err := json.NewEncoder(w).Encode(map[string]any{"BatchItemResponse": items, "time": "2026"}); err != nil {
			t.Error(err)
		}
	})
	items, receipt, err := newClient(t, server).Company(realm, accessToken, unpaced).PostBatch(t.Context(), request)
	if err != nil || len(items) != 30 || receipt.HTTPStatus != 200 {
		t.Fatalf("got %d items, %+v, %v", len(items), receipt, err)
	}
	want := wire.BatchItemResponse{BID: "b30", Fault: &wire.Fault{
		Type: "ValidationFault", Error: []wire.FaultError{{Message: "m", Code: "6210"}},
	}}
	if diff := cmp.Diff(want, items[0]); diff != "" {
		t.Errorf("the fault differs (-want +got):\n%s", diff)
	}
	if e := quickbooks.FaultError("create journal entry", items[0].Fault); e.Cause != quickbooks.CausePeriodClosed {
		t.Errorf("got %v", e)
	}
	if items[1].BID != "b1" || items[1].JournalEntry.ID != "0" || items[1].Fault != nil {
		t.Errorf("got %+v", items[1])
	}
}

// TestPostBatchIncomplete: without an error every item has its answer; anything less leaves the whole batch open.
func TestPostBatchIncomplete(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		body  string
		cause quickbooks.Cause
	}{
		"one left out":    {`{"BatchItemResponse":[{"bId":"b1","JournalEntry":{"Id":"1"}}]}`, quickbooks.CauseDecode},
		"all left out":    {`{"BatchItemResponse":[]}`, quickbooks.CauseDecode},
		"another answer":  {`{"JournalEntry":{"Id":"1"}}`, quickbooks.CauseDecode},
		"one twice":       {`{"BatchItemResponse":[{"bId":"b1","JournalEntry":{"Id":"1"}},{"bId":"b1","JournalEntry":{"Id":"2"}}]}`, quickbooks.CauseDecode},
		"one not asked":   {`{"BatchItemResponse":[{"bId":"b9","JournalEntry":{"Id":"1"}}]}`, quickbooks.CauseDecode},
		"one empty":       {`{"BatchItemResponse":[{"bId":"b1","JournalEntry":{"Id":"1"}},{"bId":"b2"}]}`, quickbooks.CauseDecode},
		"one without id":  {`{"BatchItemResponse":[{"bId":"b1","JournalEntry":{"Id":"1"}},{"bId":"b2","JournalEntry":{}}]}`, quickbooks.CauseDecode},
		"fault of it all": {`{"Fault":{"Error":[{"code":"1040"}],"type":"ValidationFault"}}`, quickbooks.CauseInvalidRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := fakeClient(t, func(*http.Request) (*http.Response, error) { return respond(200, tt.body), nil })
			_, _, err := client.Company(realm, accessToken, unpaced).PostBatch(t.Context(), batch(t, 2))
			wantFailure(t, err, tt.cause, tt.cause.Facts().Outcome)
		})
	}
}

// TestRequestCheck: what QuickBooks would refuse, or could not recognise again, is not sent.
func TestRequestCheck(t *testing.T) {
	t.Parallel()
	body := []byte("{}")
	client := fakeClient(t, func(*http.Request) (*http.Response, error) { return nil, errors.New("sent") })
	company := client.Company(realm, accessToken, unpaced)
	for name, tt := range map[string]struct {
		request quickbooks.Request
		limit   bool
	}{
		"no kind":       {quickbooks.Request{ID: "1", Body: body}, false},
		"no id":         {quickbooks.Request{Kind: quickbooks.Single, Body: body}, false},
		"not UTF-8":     {quickbooks.Request{Kind: quickbooks.Single, ID: "\xff", Body: body}, false},
		"long id":       {quickbooks.Request{Kind: quickbooks.Single, ID: strings.Repeat("x", 51), Body: body}, true},
		"long batch id": {quickbooks.Request{Kind: quickbooks.Batch, ID: strings.Repeat("x", 37), Body: body}, true},
		"no body":       {quickbooks.Request{Kind: quickbooks.Single, ID: "1"}, true},
		"huge body":     {quickbooks.Request{Kind: quickbooks.Single, ID: "1", Body: make([]byte, quickbooks.MaxRequestBytes+1)}, true},
	} {
		err := tt.request.Check()
		if err == nil || errors.Is(err, quickbooks.ErrLimit) != tt.limit {
			t.Errorf("%s: got %v", name, err)
		}
		_, _, err = company.PostJournalEntry(t.Context(), tt.request)
		wantFailure(t, err, quickbooks.CauseInvalidRequest, quickbooks.OutcomeNotCommitted)
		_, _, err = company.PostBatch(t.Context(), tt.request)
		wantFailure(t, err, quickbooks.CauseInvalidRequest, quickbooks.OutcomeNotCommitted)
	}
	for _, ok := range []quickbooks.Request{
		{Kind: quickbooks.Single, ID: strings.Repeat("é", 50), Body: body},
		{Kind: quickbooks.Batch, ID: strings.Repeat("x", 36), Body: body},
	} {
		if err := ok.Check(); err != nil {
			t.Error(err)
		}
	}
	if got := fmt.Sprint(quickbooks.Single, quickbooks.Batch, quickbooks.AccountCreate, quickbooks.EntryUpdate,
		quickbooks.EntryDelete, quickbooks.Read, quickbooks.RequestKind(0)); got != "single batch account create entry update entry delete read invalid" {
		t.Errorf("got %s", got)
	}
}

// TestEncodeLimits checks every limit at its edge.
func TestEncodeLimits(t *testing.T) {
	t.Parallel()
	with := func(f func(*wire.JournalEntry)) wire.JournalEntry {
		e := entry()
		f(&e)
		return e
	}
	huge := with(func(e *wire.JournalEntry) {
		e.Line = slices.Repeat([]wire.JournalLine{{Description: strings.Repeat("x", 4000)}}, 1100)
	})
	for name, tt := range map[string]struct {
		entry wire.JournalEntry
		ok    bool
	}{
		"DocNumber 21":     {with(func(e *wire.JournalEntry) { e.DocNumber = strings.Repeat("é", 21) }), true},
		"DocNumber 22":     {with(func(e *wire.JournalEntry) { e.DocNumber = strings.Repeat("x", 22) }), false},
		"DocNumber UTF-16": {with(func(e *wire.JournalEntry) { e.DocNumber = strings.Repeat("😀", 11) }), false},
		"PrivateNote 4000": {with(func(e *wire.JournalEntry) { e.PrivateNote = strings.Repeat("x", 4000) }), true},
		"PrivateNote 4001": {with(func(e *wire.JournalEntry) { e.PrivateNote = strings.Repeat("x", 4001) }), false},
		"Description 4001": {with(func(e *wire.JournalEntry) { e.Line[1].Description = strings.Repeat("x", 4001) }), false},
		"4 MiB":            {huge, false},
		"largest amount":   {with(func(e *wire.JournalEntry) { e.Line[0].Amount = wire.MaxAmount }), true},
		"a cent too much":  {with(func(e *wire.JournalEntry) { e.Line[0].Amount = wire.MaxAmount + 1 }), false},
		"negative amount":  {with(func(e *wire.JournalEntry) { e.Line[0].Amount = -1 }), false},
	} {
		_, err := quickbooks.EncodeJournalEntry(tt.entry)
		if (err == nil) != tt.ok || (err != nil && !errors.Is(err, quickbooks.ErrLimit)) {
			t.Errorf("%s: got %v", name, err)
		}
		_, err = quickbooks.EncodeBatch([]wire.BatchItemRequest{{BID: "1", Operation: "create", JournalEntry: &tt.entry}})
		if (err == nil) != tt.ok {
			t.Errorf("%s in a batch: got %v", name, err)
		}
	}
	if _, err := quickbooks.EncodeJournalEntry(with(func(e *wire.JournalEntry) { e.DocNumber = "\xff" })); err == nil {
		t.Error("text that is not UTF-8 was encoded as something else")
	}

	items := func(ids ...string) []wire.BatchItemRequest {
		out := make([]wire.BatchItemRequest, 0, len(ids))
		for _, id := range ids {
			out = append(out, wire.BatchItemRequest{BID: id, Query: "select * from Account"})
		}
		return out
	}
	if _, err := quickbooks.EncodeBatch(items("1234567890", "2")); err != nil {
		t.Error(err)
	}
	for _, bad := range [][]wire.BatchItemRequest{
		nil, make([]wire.BatchItemRequest, 31), items("12345678901"), items("1", "1"), items(""),
	} {
		if _, err := quickbooks.EncodeBatch(bad); err == nil {
			t.Errorf("encoded %d items %.40v", len(bad), bad)
		}
	}
}
