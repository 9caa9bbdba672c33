package quickbooks_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// TestOtherWrites holds the requests of every write but a create and a batch, byte for byte and twice over.
func TestOtherWrites(t *testing.T) {
	t.Parallel()
	updated := wire.JournalEntry{ID: "228", SyncToken: "0", DocNumber: "LS-1", Line: []wire.JournalLine{{ID: "0", Amount: 1, DetailType: "D"}}}
	account := quickbooks.NewAccount{
		Name: "Gift <cards> & co", Number: "2150", Description: "é", Type: "Bank", SubType: "Checking", Parent: "7",
	}
	updateBody, updateErr := quickbooks.EncodeJournalEntryUpdate(updated)
	deleteBody, deleteErr := quickbooks.EncodeJournalEntryDelete("228", "1")
	accountBody, accountErr := quickbooks.EncodeAccount(account)
	for name, tt := range map[string]struct {
		request quickbooks.Request
		uri     string
		body    string
		answer  string
	}{
		"update": {
			request(t, quickbooks.EntryUpdate, "r-1", updateBody, updateErr), "journalentry?minorversion=75&requestid=r-1",
			`{"Id":"228","SyncToken":"0","DocNumber":"LS-1","Line":[{"Id":"0","Amount":0.01,"DetailType":"D"}]}`,
			`{"JournalEntry":{"Id":"228","SyncToken":"1"}}`,
		},
		"delete": {
			request(t, quickbooks.EntryDelete, "r-2", deleteBody, deleteErr),
			"journalentry?minorversion=75&operation=delete&requestid=r-2", `{"Id":"228","SyncToken":"1"}`,
			`{"JournalEntry":{"status":"Deleted","domain":"QBO","Id":"228"},"time":"x"}`,
		},
		"account": {
			request(t, quickbooks.AccountCreate, "r-3", accountBody, accountErr), "account?minorversion=75&requestid=r-3",
			`{"Name":"Gift <cards> & co","AcctNum":"2150","Description":"é","AccountType":"Bank","AccountSubType":"Checking",` +
				`"ParentRef":{"value":"7"}}`,
			`{"Account":{"Id":"228","Name":"x","CurrentBalance":0.12345}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				calls++
				body, err := io.ReadAll(r.Body)
				if r.Method != http.MethodPost || r.RequestURI != "/v3/company/9341453118812345/"+tt.uri || string(body) != tt.body || err != nil {
					t.Errorf("got %s %s with %s, %v", r.Method, r.RequestURI, body, err)
				}
				_, _ = io.WriteString(w, tt.answer)
			})
			company := newClient(t, server).Company(realm, accessToken, unpaced)
			for range 2 {
				var (
					id  string
					err error
				)
				if tt.request.Kind == quickbooks.AccountCreate {
					var made wire.Account
					made, _, err = company.PostAccount(t.Context(), tt.request)
					id = made.ID
				} else {
					var entry wire.JournalEntry
					entry, _, err = company.PostJournalEntry(t.Context(), tt.request)
					id = entry.ID
				}
				if err != nil || id != "228" {
					t.Errorf("got %q, %v", id, err)
				}
			}
			if calls != 2 {
				t.Errorf("got %d calls", calls)
			}
		})
	}
}

// TestOtherAnswers: an answer that lacks what it must have leaves the outcome open, and what is not found by a delete is
// the entry itself.
func TestOtherAnswers(t *testing.T) {
	t.Parallel()
	const missing = `{"Fault":{"Error":[{"code":"610"}],"type":"ValidationFault"}}`
	for name, tt := range map[string]struct {
		kind    quickbooks.RequestKind
		status  int
		body    string
		cause   quickbooks.Cause
		outcome quickbooks.Outcome
		op      string
	}{
		"update, no entry":    {quickbooks.EntryUpdate, 200, `{"Account":{"Id":"1"}}`, quickbooks.CauseDecode, unknown, "update journal entry"},
		"update, not found":   {quickbooks.EntryUpdate, 400, missing, quickbooks.CauseAccountInactive, done, "update journal entry"},
		"delete, still there": {quickbooks.EntryDelete, 200, `{"JournalEntry":{"Id":"1"}}`, quickbooks.CauseDecode, unknown, "delete journal entry"},
		"delete, not found":   {quickbooks.EntryDelete, 400, missing, quickbooks.CauseNotFound, done, "delete journal entry"},
		"account, no account": {quickbooks.AccountCreate, 200, `{"Account":{}}`, quickbooks.CauseDecode, unknown, "create account"},
		"account, inactive":   {quickbooks.AccountCreate, 400, missing, quickbooks.CauseAccountInactive, done, "create account"},
	} {
		client := fakeClient(t, func(*http.Request) (*http.Response, error) { return respond(tt.status, tt.body), nil })
		company := client.Company(realm, accessToken, unpaced)
		post := func(request quickbooks.Request) (err error) {
			_, _, err = company.PostJournalEntry(t.Context(), request)
			return err
		}
		if tt.kind == quickbooks.AccountCreate {
			post = func(request quickbooks.Request) (err error) {
				_, _, err = company.PostAccount(t.Context(), request)
				return err
			}
		}
		err := post(quickbooks.Request{Kind: tt.kind, ID: "r-1", Body: []byte("{}")})
		if e := failure(t, err, tt.cause, tt.outcome); e.Op != tt.op {
			t.Errorf("%s: got %v", name, e)
		}
	}
}

// TestKindsAreKeptApart: a stored request is never sent as something else.
func TestKindsAreKeptApart(t *testing.T) {
	t.Parallel()
	client := fakeClient(t, func(*http.Request) (*http.Response, error) { return nil, errors.New("sent") })
	company := client.Company(realm, accessToken, unpaced)
	for kind := range quickbooks.EntryDelete + 2 {
		request := quickbooks.Request{Kind: kind, ID: "r-1", Body: []byte("{}")}
		_, _, asEntry := company.PostJournalEntry(t.Context(), request)
		_, _, asAccount := company.PostAccount(t.Context(), request)
		_, _, asBatch := company.PostBatch(t.Context(), request)
		sent := 0
		for _, err := range []error{asEntry, asAccount, asBatch} {
			if asError(t, err).Cause == quickbooks.CauseNetwork {
				sent++
			} else {
				wantFailure(t, err, quickbooks.CauseInvalidRequest, done)
			}
		}
		want := 1
		if kind == 0 || kind > quickbooks.EntryDelete {
			want = 0
		}
		if sent != want || (request.Check() == nil) != (want == 1) {
			t.Errorf("a request of kind %s was sent in %d ways, %v", kind, sent, request.Check())
		}
	}
}

// TestEncodeRefused: what would be something else than it is meant to be is not written down.
func TestEncodeRefused(t *testing.T) {
	t.Parallel()
	good := quickbooks.NewAccount{Name: "Gift cards", SubType: "Checking"}
	with := func(f func(*quickbooks.NewAccount)) quickbooks.NewAccount {
		account := good
		f(&account)
		return account
	}
	for name, tt := range map[string]struct {
		account quickbooks.NewAccount
		limit   bool
	}{
		"no name":         {with(func(a *quickbooks.NewAccount) { a.Name = "" }), false},
		"colon":           {with(func(a *quickbooks.NewAccount) { a.Name = "a:b" }), false},
		"quote":           {with(func(a *quickbooks.NewAccount) { a.Name = `a"b` }), false},
		"no type":         {with(func(a *quickbooks.NewAccount) { a.SubType = "" }), false},
		"not UTF-8":       {with(func(a *quickbooks.NewAccount) { a.Description = "\xff" }), false},
		"colon in number": {with(func(a *quickbooks.NewAccount) { a.Number = "1:2" }), false},
		"long name":       {with(func(a *quickbooks.NewAccount) { a.Name = strings.Repeat("x", 101) }), true},
		"long number":     {with(func(a *quickbooks.NewAccount) { a.Number = strings.Repeat("1", 21) }), true},
		"long text":       {with(func(a *quickbooks.NewAccount) { a.Description = strings.Repeat("x", 101) }), true},
	} {
		if _, err := quickbooks.EncodeAccount(tt.account); err == nil || errors.Is(err, quickbooks.ErrLimit) != tt.limit {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if body, err := quickbooks.EncodeAccount(good); err != nil || string(body) != `{"Name":"Gift cards","AccountSubType":"Checking"}` {
		t.Errorf("got %s, %v", body, err)
	}

	known, fresh := entry(), entry()
	known.ID, known.SyncToken = "228", "0"
	for name, err := range map[string]error{
		"a create with an Id":        second(quickbooks.EncodeJournalEntry(known)),
		"an update of nothing":       second(quickbooks.EncodeJournalEntryUpdate(fresh)),
		"an update without version":  second(quickbooks.EncodeJournalEntryUpdate(wire.JournalEntry{ID: "228"})),
		"a delete of nothing":        second(quickbooks.EncodeJournalEntryDelete("", "0")),
		"a delete without version":   second(quickbooks.EncodeJournalEntryDelete("228", "")),
		"a batched create of an Id":  inBatch(wire.OperationCreate, known),
		"a batched update of none":   inBatch(wire.OperationUpdate, fresh),
		"a batched delete of none":   inBatch(wire.OperationDelete, fresh),
		"a batched unknown":          inBatch("void", known),
		"a batched nothing in words": inBatch("", fresh),
	} {
		if err == nil || errors.Is(err, quickbooks.ErrLimit) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	known.DocNumber = strings.Repeat("x", 22)
	if _, err := quickbooks.EncodeJournalEntryUpdate(known); !errors.Is(err, quickbooks.ErrLimit) {
		t.Errorf("a long DocNumber: got %v", err)
	}
}

func second(_ []byte, err error) error { return err }

func inBatch(operation string, entry wire.JournalEntry) error {
	return second(quickbooks.EncodeBatch([]wire.BatchItemRequest{{BID: "1", Operation: operation, JournalEntry: &entry}}))
}
