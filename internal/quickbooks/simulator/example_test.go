package simulator_test

import (
	"fmt"
	"net/http/httptest"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

// A test starts a simulator in its own process, lets the program under test talk to it, and then looks at the books.
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

	// The program under test finds everything from server.URL + "/.well-known/openid_configuration".

	balance, err := sim.TrialBalance("123145")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(balance.Company, "has", len(balance.Rows), "accounts and", balance.Entries, "entries;",
		"debits", balance.TotalDebit, "= credits", balance.TotalCredit)
	// Output: Corner Shop has 146 accounts and 0 entries; debits 0.00 = credits 0.00
}
