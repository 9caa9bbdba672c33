package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// A test starts a simulator in its own process, connects the program under test to a company, lets it post, and then
// looks at the books. Here the program under test is a few lines of Go that know QuickBooks' API and nothing of the
// simulator.
func Example() {
	sim, err := simulator.New(simulator.Options{
		Companies: []simulator.CompanyOptions{{Realm: "123145", Name: "Corner Shop", BookCloseDate: "2026-06-30"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(sim)
	defer server.Close()

	ctx := context.Background()
	quickBooks, err := connectCompany(ctx, server.URL, "123145")
	if err != nil {
		fmt.Println(err)
		return
	}
	id, err := postSale(ctx, quickBooks, server.URL+"/v3/company/123145/journalentry?minorversion=75&requestid=sale-1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("booked as entry", id)

	balance, err := sim.TrialBalance("123145")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range balance.Rows {
		if row.Lines > 0 {
			fmt.Printf("%-20s %6s %6s\n", row.Name, row.Debit, row.Credit)
		}
	}
	fmt.Printf("%-20s %6s %6s\n", "Total", balance.TotalDebit, balance.TotalCredit)
	// Output:
	// booked as entry 1
	// Petty Cash            49.90   0.00
	// Cash in Drawer         0.00  49.90
	// Total                 49.90  49.90
}

// connectCompany does what an app and the person in front of it do: the person agrees on the consent page, and the app
// exchanges the code that it gets for tokens. The client that it returns sends them, and refreshes them.
func connectCompany(ctx context.Context, quickBooks, realm string) (*http.Client, error) {
	app := oauth2.Config{
		ClientID: simulator.DefaultClientID, ClientSecret: simulator.DefaultClientSecret,
		RedirectURL: "http://localhost:8080/callback", Scopes: []string{"com.intuit.quickbooks.accounting"},
		Endpoint: oauth2.Endpoint{
			AuthURL:   quickBooks + "/connect/oauth2",
			TokenURL:  quickBooks + "/oauth2/v1/tokens/bearer",
			AuthStyle: oauth2.AuthStyleInHeader,
		},
	}
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	decision := url.Values{"decision": {"authorize"}, "realm": {realm}}
	agreed, err := browser.PostForm(app.AuthCodeURL("state"), decision)
	if err != nil {
		return nil, err
	}
	defer agreed.Body.Close()
	callback, err := agreed.Location()
	if err != nil {
		return nil, err
	}
	token, err := app.Exchange(ctx, callback.Query().Get("code"))
	if err != nil {
		return nil, err
	}
	return app.Client(ctx, token), nil
}

// postSale books an entry and returns its id.
func postSale(ctx context.Context, quickBooks *http.Client, address string) (string, error) {
	const entry = `{"TxnDate": "2026-10-01", "Line": [
		{"Amount": 49.90, "DetailType": "JournalEntryLineDetail",
		 "JournalEntryLineDetail": {"PostingType": "Debit", "AccountRef": {"value": "1"}}},
		{"Amount": 49.90, "DetailType": "JournalEntryLineDetail",
		 "JournalEntryLineDetail": {"PostingType": "Credit", "AccountRef": {"value": "2"}}}]}`
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(entry))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	answer, err := quickBooks.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var body struct {
		JournalEntry struct{ ID string }
		Fault        json.RawMessage
	}
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		return "", err
	}
	if body.Fault != nil {
		return "", errors.New(string(body.Fault))
	}
	return body.JournalEntry.ID, nil
}
