package quickbooks_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// rowsOf walks a list to its end.
func rowsOf[T any](pages iter.Seq2[quickbooks.Page[T], error]) ([]T, error) {
	var all []T
	for page, err := range pages {
		if err != nil {
			return nil, err
		}
		all = append(all, page.Rows...)
	}
	return all, nil
}

// TestNameLists holds the statements of the name lists, their pages, and that nothing is counted for them.
func TestNameLists(t *testing.T) {
	t.Parallel()
	for object, list := range map[string]func(*quickbooks.Company) iter.Seq2[quickbooks.Page[wire.NameRow], error]{
		"Department": func(co *quickbooks.Company) iter.Seq2[quickbooks.Page[wire.NameRow], error] {
			return co.Departments(t.Context())
		},
		"Class": func(co *quickbooks.Company) iter.Seq2[quickbooks.Page[wire.NameRow], error] {
			return co.Classes(t.Context())
		},
		"Customer": func(co *quickbooks.Company) iter.Seq2[quickbooks.Page[wire.NameRow], error] {
			return co.Customers(t.Context())
		},
		"Vendor": func(co *quickbooks.Company) iter.Seq2[quickbooks.Page[wire.NameRow], error] {
			return co.Vendors(t.Context())
		},
	} {
		t.Run(object, func(t *testing.T) {
			t.Parallel()
			const size = 1001
			var statements []string
			client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
				statements = append(statements, req.URL.Query().Get("query"))
				from, to := (len(statements)-1)*1000+1, min(len(statements)*1000, size)
				var rows []string
				for id := from; id <= to; id++ {
					rows = append(rows, fmt.Sprintf(`{"Id":"%d","Name":"Row","Balance":0.12345,"Active":false}`, id))
				}
				return respond(200, `{"QueryResponse":{"`+object+`":[`+strings.Join(rows, ",")+`]}}`), nil
			})
			fetched := 0
			for page, err := range list(client.Company(realm, accessToken, unpaced)) {
				if err != nil {
					t.Fatal(err)
				}
				fetched += len(page.Rows)
				if page.Fetched != fetched || page.Total != fetched || page.Rows[0].Balance != nil || *page.Rows[0].Active {
					t.Errorf("got %d of %d, %+v", page.Fetched, page.Total, page.Rows[0])
				}
			}
			want := []string{
				"select * from " + object + " where Active in (true,false) orderby Id startposition 1 maxresults 1000",
				"select * from " + object + " where Active in (true,false) orderby Id startposition 1001 maxresults 1000",
			}
			if diff := cmp.Diff(want, statements); diff != "" || fetched != size {
				t.Errorf("%d rows; statements differ (-want +got):\n%s", fetched, diff)
			}
		})
	}
}

// TestRowWithoutID: what cannot be pointed at is not taken into a list.
func TestRowWithoutID(t *testing.T) {
	t.Parallel()
	client := fakeClient(t, func(*http.Request) (*http.Response, error) {
		return respond(200, `{"QueryResponse":{"Class":[{"Id":"1"},{"Name":"x"}],"Account":[{"Name":"x"}],"totalCount":1}}`), nil
	})
	company := client.Company(realm, accessToken, unpaced)
	_, err := rowsOf(company.Classes(t.Context()))
	if e := failure(t, err, quickbooks.CauseDecode, done); !strings.Contains(e.Error(), "row 2 has no Id") {
		t.Error(e)
	}
	_, err = rowsOf(company.Accounts(t.Context()))
	wantFailure(t, err, quickbooks.CauseDecode, done)
}

// TestFaultInsideOfAnAnswer: a part that failed is not taken for an empty one.
func TestFaultInsideOfAnAnswer(t *testing.T) {
	t.Parallel()
	const fault = `"Fault":{"Error":[{"code":"10000"}],"type":"SystemFault"}`
	client := fakeClient(t, func(*http.Request) (*http.Response, error) {
		return respond(200, `{"QueryResponse":{`+fault+`}}`), nil
	})
	_, err := client.Company(realm, accessToken, unpaced).FindJournalEntries(t.Context(), "LS-1")
	wantFailure(t, err, quickbooks.CauseServer, done)
}

// TestOddEntry: an entry of somebody else that cannot be read exactly neither hides the others nor passes for one of ours.
func TestOddEntry(t *testing.T) {
	t.Parallel()
	client := fakeClient(t, func(*http.Request) (*http.Response, error) {
		return respond(200, `{"QueryResponse":{"JournalEntry":[
			{"Id":"7","SyncToken":"2","DocNumber":"LS-1","TxnDate":"2026-10-01","MetaData":{"CreateTime":"x"},
			 "Line":[{"Id":"0","Amount":1.5},{"Id":"1","Amount":10.12345}]},
			{"Id":"8","DocNumber":"LS-1","Line":[{"Id":"0","Amount":1E1}]}]}}`), nil
	})
	found, err := client.Company(realm, accessToken, unpaced).FindJournalEntries(t.Context(), "LS-1")
	want := []wire.JournalEntry{
		{ID: "7", SyncToken: "2", DocNumber: "LS-1", MetaData: &wire.MetaData{CreateTime: "x"}},
		{ID: "8", DocNumber: "LS-1", Line: []wire.JournalLine{{ID: "0", Amount: 1000}}},
	}
	if diff := cmp.Diff(want, found); err != nil || diff != "" {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

// TestJournalEntriesOn holds the statement, the pages of 200, and that each waits for its pace.
func TestJournalEntriesOn(t *testing.T) {
	t.Parallel()
	const size = 401
	var statements []string
	client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
		statements = append(statements, req.URL.Query().Get("query"))
		var rows []string
		for id := (len(statements)-1)*200 + 1; id <= min(len(statements)*200, size); id++ {
			rows = append(rows, fmt.Sprintf(`{"Id":"%d"}`, id))
		}
		return respond(200, `{"QueryResponse":{"JournalEntry":[`+strings.Join(rows, ",")+`]}}`), nil
	})
	waits, under := 0, 0
	pace := func(_ context.Context, kind quickbooks.RequestKind) (func(*quickbooks.Error), error) {
		if kind == quickbooks.Read {
			waits++
		}
		under++
		return func(*quickbooks.Error) { under-- }, nil
	}
	rows, err := rowsOf(client.Company(realm, accessToken, pace).JournalEntriesOn(t.Context(), "2026-11-20"))
	if err != nil || len(rows) != size || waits != 3 || under != 0 {
		t.Errorf("%d rows, %d waits, %d not released, %v", len(rows), waits, under, err)
	}
	want := []string{
		"select * from JournalEntry where TxnDate = '2026-11-20' orderby Id startposition 1 maxresults 200",
		"select * from JournalEntry where TxnDate = '2026-11-20' orderby Id startposition 201 maxresults 200",
		"select * from JournalEntry where TxnDate = '2026-11-20' orderby Id startposition 401 maxresults 200",
	}
	if diff := cmp.Diff(want, statements); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
	stopped := func(context.Context, quickbooks.RequestKind) (func(*quickbooks.Error), error) {
		return nil, context.Canceled
	}
	_, err = rowsOf(client.Company(realm, accessToken, stopped).JournalEntriesOn(t.Context(), "2026-11-20"))
	wantFailure(t, err, quickbooks.CauseCanceled, quickbooks.OutcomeNotCommitted)
	_, err = rowsOf(client.Company(realm, accessToken, nil).JournalEntriesOn(t.Context(), "2026-11-20"))
	wantFailure(t, err, quickbooks.CauseInvalidRequest, quickbooks.OutcomeNotCommitted)
	if len(statements) != len(want) {
		t.Error("what may not be sent was sent")
	}
}

func TestJournalEntriesByID(t *testing.T) {
	t.Parallel()
	var statements []string
	client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
		statements = append(statements, req.URL.Query().Get("query"))
		return respond(200, `{"QueryResponse":{"JournalEntry":[{"Id":"7"}]}}`), nil
	})
	company := client.Company(realm, accessToken, unpaced)
	rows, err := company.JournalEntriesByID(t.Context(), []string{"7", "o'8"})
	want := []string{`select * from JournalEntry where Id in ('7','o\'8') orderby Id startposition 1 maxresults 200`}
	if diff := cmp.Diff(want, statements); err != nil || len(rows) != 1 || diff != "" {
		t.Errorf("%v, %v (-want +got):\n%s", rows, err, diff)
	}
	for _, ids := range [][]string{nil, make([]string, 201)} {
		_, err := company.JournalEntriesByID(t.Context(), ids)
		wantFailure(t, err, quickbooks.CauseInvalidRequest, quickbooks.OutcomeNotCommitted)
	}
}
