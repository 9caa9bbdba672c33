package quickbooks_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// changes asks a company that always gives one answer.
func changes(t *testing.T, status int, body string, objects ...quickbooks.Object) (quickbooks.Changes, error) {
	t.Helper()
	client := fakeClient(t, func(*http.Request) (*http.Response, error) { return respond(status, body), nil })
	return client.Company(realm, accessToken, unpaced).ChangesSince(t.Context(), time.Now().Add(-time.Hour), objects...)
}

// TestChangesSince holds the request and the reading of its answer.
func TestChangesSince(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the clock stands at 2000-01-01 00:00 UTC
		client := fakeClient(t, func(req *http.Request) (*http.Response, error) {
			want := url.Values{
				"entities": {"Account,JournalEntry,Department,Class"}, "changedSince": {"1999-12-31T22:59:59+00:00"}, "minorversion": {"75"},
			}
			if diff := cmp.Diff(want, req.URL.Query()); diff != "" || req.URL.Path != "/v3/company/9341453118812345/cdc" {
				t.Errorf("%s (-want +got)\n%s", req.URL.Path, diff)
			}
			return respond(200, `{"CDCResponse":[{"QueryResponse":[
				{"Account":[{"Id":"1","CurrentBalance":0.12345},{"Id":"2","CurrentBalance":1.0E2}],"startPosition":1,"maxResults":2},
				{"JournalEntry":[{"Id":"7","SyncToken":"1","Line":[{"Amount":1.005}]},
					{"status":"Deleted","domain":"QBO","Id":"979","MetaData":{"LastUpdatedTime":"1999-12-31T15:30:00-08:00"}},
					{"status":"Deleted","domain":"QBO","Id":"980"}],"totalCount":3},
				{},{"Class":[{"Id":"4","Name":"Web"}]}]},{"QueryResponse":[{"Department":[{"Id":"5","Name":"Harbor"}]}]}],
				"time":"1999-12-31T16:00:00.123-08:00"}`), nil
		})
		since := time.Now().Add(-time.Hour - 500*time.Millisecond).In(time.FixedZone("", -8*3600))
		got, err := client.Company(realm, accessToken, unpaced).ChangesSince(t.Context(), since,
			quickbooks.ObjectAccount, quickbooks.ObjectJournalEntry, quickbooks.ObjectDepartment, quickbooks.ObjectClass)
		hundred := wire.Decimal(10000)
		gone := quickbooks.Change{Realm: realm, Object: "JournalEntry", Operation: "deleted"}
		first, second := gone, gone
		first.ID, first.At, second.ID = "979", time.Date(1999, 12, 31, 23, 30, 0, 0, time.UTC), "980"
		want := quickbooks.Changes{
			Accounts:       []wire.Account{{ID: "1"}, {ID: "2", CurrentBalance: &hundred}},
			JournalEntries: []wire.JournalEntry{{ID: "7", SyncToken: "1"}},
			Classes:        []wire.Class{{ID: "4", Name: "Web"}}, Departments: []wire.Department{{ID: "5", Name: "Harbor"}},
			Deleted: []quickbooks.Change{first, second}, At: time.Date(2000, 1, 1, 0, 0, 0, 123e6, time.UTC),
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got)\n%s", err, diff)
		}
	})
}

// TestChangesTruncated: whatever was cut off is told, and no part that failed counts as empty.
func TestChangesTruncated(t *testing.T) {
	t.Parallel()
	rows := func(object string, n int) string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf(`{"Id":"%d"}`, i+1))
		}
		return `{"` + object + `":[` + strings.Join(out, ",") + `]}`
	}
	answer := func(groups ...string) string {
		return `{"CDCResponse":[{"QueryResponse":[` + strings.Join(groups, ",") + `]}]}`
	}
	for name, tt := range map[string]struct {
		body string
		want bool
		rows int
	}{
		"999":               {answer(rows("Account", 999)), false, 999},
		"1,000":             {answer(rows("Account", 1000)), true, 1000},
		"1,000 in all":      {answer(rows("Account", 400), rows("Class", 600)), true, 1000},
		"none":              {answer(), false, 0},
		"an empty list":     {`{"CDCResponse":[]}`, false, 0},
		"says that more is": {answer(`{"Account":[{"Id":"1"}],"totalCount":2}`), true, 1},
		"too large to take": {answer(rows("Account", 1)) + strings.Repeat(" ", 8<<20), true, 0},
	} {
		got, err := changes(t, 200, tt.body, quickbooks.ObjectAccount, quickbooks.ObjectClass)
		if n := len(got.Accounts) + len(got.Classes); err != nil || got.Truncated != tt.want || n != tt.rows || !got.At.IsZero() {
			t.Errorf("%s: %d rows, truncated is %v, at %s, %v", name, n, got.Truncated, got.At, err)
		}
	}
	const fault = `{"Fault":{"Error":[{"code":"2000"}],"type":"ValidationFault"}}`
	for name, tt := range map[string]struct {
		status int
		body   string
		cause  quickbooks.Cause
	}{
		"no answer":            {200, `{"time":"x"}`, quickbooks.CauseDecode},
		"a fault":              {400, fault, quickbooks.CauseInvalidRequest},
		"a group that failed":  {200, answer(rows("Account", 1), fault), quickbooks.CauseInvalidRequest},
		"groups that failed":   {200, `{"CDCResponse":[` + fault + `]}`, quickbooks.CauseInvalidRequest},
		"too large, unhappily": {503, strings.Repeat(" ", 8<<20+1), quickbooks.CauseDecode},
	} {
		got, err := changes(t, tt.status, tt.body, quickbooks.ObjectAccount)
		if e := failure(t, err, tt.cause, done); e.Op != "read changes" || !cmp.Equal(got, quickbooks.Changes{}) {
			t.Errorf("%s: %+v, %+v", name, got, e)
		}
	}
}

// TestChangesRefused: what Intuit would refuse is not sent.
func TestChangesRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		client := fakeClient(t, func(*http.Request) (*http.Response, error) {
			sent++
			return respond(200, `{"CDCResponse":[]}`), nil
		})
		company := client.Company(realm, accessToken, unpaced)
		for name, tt := range map[string]struct {
			since   time.Time
			objects []quickbooks.Object
			limit   bool
		}{
			"over 30 days": {time.Now().Add(-quickbooks.ChangesKept - 1), []quickbooks.Object{"Account"}, true},
			"never":        {time.Time{}, []quickbooks.Object{"Account"}, true},
			"no object":    {time.Now(), nil, false},
			"other object": {time.Now(), []quickbooks.Object{"Account", "TaxCode"}, false},
			"injection":    {time.Now(), []quickbooks.Object{"Account,TaxCode"}, false},
		} {
			_, err := company.ChangesSince(t.Context(), tt.since, tt.objects...)
			wantFailure(t, err, quickbooks.CauseInvalidRequest, done)
			if errors.Is(err, quickbooks.ErrLimit) != tt.limit || sent != 0 {
				t.Errorf("%s: %v after %d calls", name, err, sent)
			}
		}
		if _, err := company.ChangesSince(t.Context(), time.Now().Add(-quickbooks.ChangesKept), "Account"); err != nil || sent != 1 {
			t.Errorf("30 days: %v after %d calls", err, sent)
		}
	})
}
