package simulator_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// abroad is an app whose company deals in several currencies.
func abroad(tb testing.TB) *app {
	tb.Helper()
	return newApp(tb, simulator.Options{Companies: []simulator.CompanyOptions{{MultiCurrency: true}}})
}

func TestCurrencies(t *testing.T) {
	t.Parallel()
	a := abroad(t)
	rent, bank := a.debit("Rent", "100.00"), a.credit("Operating Checking", "100.00")
	none := wire.Decimal(0)
	for head, want := range map[string]struct {
		currency wire.Ref
		rate     wire.Rate
	}{
		`"CurrencyRef":{"value":"USD"},`:                        {wire.Ref{Value: "USD", Name: "United States Dollar"}, "1"},
		`"CurrencyRef":{"value":"USD"},"ExchangeRate":2,`:       {wire.Ref{Value: "USD", Name: "United States Dollar"}, "1"},
		`"CurrencyRef":{"value":"EUR","name":"x"},`:             {wire.Ref{Value: "EUR", Name: "Euro"}, "1"},
		`"CurrencyRef":{"value":"EUR"},"ExchangeRate":1.0855,`:  {wire.Ref{Value: "EUR", Name: "Euro"}, "1.0855"},
		`"CurrencyRef":{"value":"GBP"},"ExchangeRate":"01.25",`: {wire.Ref{Value: "GBP", Name: "British Pound Sterling"}, "1.25"},
		`"CurrencyRef":{"value":"ISK"},"ExchangeRate":0.007,`:   {wire.Ref{Value: "ISK"}, "0.007"},
	} {
		e := a.mustPost(entryJSON(head, rent, bank))
		if diff := cmp.Diff(&want.currency, e.CurrencyRef); diff != "" {
			t.Errorf("%s: %s", head, diff)
		}
		if e.ExchangeRate == nil || *e.ExchangeRate != want.rate {
			t.Errorf("%s: rate %v, want %s", head, e.ExchangeRate, want.rate)
		}
		if diff := cmp.Diff([]*wire.Decimal{&none, &none}, []*wire.Decimal{e.TotalAmt, e.HomeTotalAmt}); diff != "" {
			t.Errorf("%s: totals: %s", head, diff)
		}
	}
	if got, want := a.balance("Rent"), wire.Decimal(10000+10000+10000+10855+12500+70); got != want {
		t.Errorf("rent stands at %s, want %s", got, want)
	}
	a.wantRefusals(t, map[string]refusal{
		"no currency":   {entryJSON("", rent, bank), "2020", "Required parameter CurrencyRef"},
		"empty":         {entryJSON(`"CurrencyRef":{},`, rent, bank), "2020", "CurrencyRef"},
		"no such form":  {entryJSON(`"CurrencyRef":{"value":"euro"},`, rent, bank), "2500", "euro not found"},
		"zero rate":     {entryJSON(`"CurrencyRef":{"value":"EUR"},"ExchangeRate":0.00,`, rent, bank), "2090", "0.00"},
		"negative rate": {entryJSON(`"CurrencyRef":{"value":"EUR"},"ExchangeRate":-1,`, rent, bank), "2090", "-1"},
		"no rate":       {entryJSON(`"CurrencyRef":{"value":"EUR"},"ExchangeRate":"x",`, rent, bank), "2090", "x"},
		"too much": {entryJSON(`"CurrencyRef":{"value":"EUR"},"ExchangeRate":9999999999,`,
			a.debit("Rent", "9999999999"), a.credit("Travel", "9999999999")), "2110", "9999999999"},
	})
}

// Each line is rounded, and yet debits equal credits in the home currency.
func TestExchangedEntriesBalance(t *testing.T) {
	t.Parallel()
	a := abroad(t)
	head := `"CurrencyRef":{"value":"EUR"},"ExchangeRate":1.333333,`
	a.mustPost(entryJSON(head, a.debit("Rent", "0.01"), a.debit("Travel", "0.01"), a.debit("Utilities", "0.01"),
		a.credit("Operating Checking", "0.03")))
	balance := a.trialBalance()
	if balance.TotalDebit != 4 || balance.TotalCredit != 4 {
		t.Errorf("debits %s, credits %s", balance.TotalDebit, balance.TotalCredit)
	}
}

func TestUpdatesAndCurrencies(t *testing.T) {
	t.Parallel()
	a := abroad(t)
	rent, bank := a.debit("Rent", "10.00"), a.credit("Operating Checking", "10.00")
	a.mustPost(entryJSON(`"CurrencyRef":{"value":"EUR"},"ExchangeRate":1.1,`, rent, bank))
	for i, step := range []struct {
		body, currency, rate string
		rent                 wire.Decimal
	}{
		{`"sparse":true,"PrivateNote":"x"`, "EUR", "1.1", 1100},
		{`"sparse":true,"CurrencyRef":{"value":"EUR"}`, "EUR", "1.1", 1100},
		{`"sparse":true,"ExchangeRate":1.2`, "EUR", "1.2", 1200},
		{`"sparse":true,"CurrencyRef":{"value":"GBP"}`, "GBP", "1", 1000},
		{`"CurrencyRef":{"value":"EUR"},"ExchangeRate":1.5,"Line":[` + rent + `,` + bank + `]`, "EUR", "1.5", 1500},
		{`"CurrencyRef":{"value":"USD"},"Line":[` + rent + `,` + bank + `]`, "USD", "1", 1000},
		{`"sparse":true,"DocNumber":"1"`, "USD", "1", 1000},
	} {
		e := a.revise("journalentry", fmt.Sprintf(`{%s%s}`, version("1", i), step.body))
		if e.CurrencyRef.Value != step.currency || string(*e.ExchangeRate) != step.rate || a.balance("Rent") != step.rent {
			t.Errorf("%s: %s at %s, rent %s", step.body, e.CurrencyRef.Value, *e.ExchangeRate, a.balance("Rent"))
		}
	}
	body := entryJSON(version("1", 7), rent, bank)
	if got := a.post("journalentry", body); codes(got.envelope(t).Fault) != "2020" {
		t.Errorf("a full update without a currency: %s", got.body)
	}
	if got := a.post("journalentry?operation=delete", `{"Id":"1","SyncToken":"7"}`); got.StatusCode != http.StatusOK {
		t.Errorf("%s", got.body)
	}
	if got := a.balance("Rent"); got != 0 {
		t.Errorf("rent %s", got)
	}
}
