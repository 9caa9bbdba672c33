package simulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
)

func sixLines(a *app) string {
	return entryJSON(`"DocNumber":"SALE-000123","TxnDate":"2026-08-30","PrivateNote":"Harbor Street, ticket 123",`,
		a.debit("Card Clearing:Visa", "53.37"), a.debit("Cost of Goods Sold:Footwear", "21.00"),
		a.credit("Sales:Footwear", "49.00"), a.credit("Sales Tax Payable:State", "3.19"),
		a.credit("Sales Tax Payable:City", "1.18"), a.credit("Inventory:Footwear", "21.00"))
}

func BenchmarkCreate(b *testing.B) {
	a := newApp(b, simulator.Options{})
	body := sixLines(a)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if got := a.post("journalentry", body); got.StatusCode != http.StatusOK {
				b.Fatal(string(got.body))
			}
		}
	})
}

func BenchmarkBatchOfThirty(b *testing.B) {
	a := newApp(b, simulator.Options{})
	items := make([]string, 30)
	for i := range items {
		items[i] = fmt.Sprintf(`{"bId":"%d","operation":"create","JournalEntry":%s}`, i, sixLines(a))
	}
	body := batchJSON(items...)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if got := a.post(fmt.Sprintf("batch?requestid=%d", i), body); got.StatusCode != http.StatusOK {
			b.Fatal(string(got.body))
		}
	}
	b.ReportMetric(float64(b.N)*30/b.Elapsed().Seconds(), "entries/s")
}

// The way that a client goes: over the network, two calls at a time, as one company may be spoken to by several.
func BenchmarkBatchOverHTTP(b *testing.B) {
	a := newApp(b, simulator.Options{Switches: map[simulator.Switch]string{simulator.SwitchLimits: "off"}})
	server := httptest.NewServer(a.sim)
	b.Cleanup(server.Close)
	items := make([]string, 30)
	for i := range items {
		items[i] = fmt.Sprintf(`{"bId":"%d","operation":"create","JournalEntry":%s}`, i, sixLines(a))
	}
	body := batchJSON(items...)
	var calls atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			url := fmt.Sprintf("%s/v3/company/%s/batch?requestid=%d", server.URL, a.realm, calls.Add(1))
			request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, url, strings.NewReader(body))
			if err != nil {
				b.Fatal(err)
			}
			request.Header.Set("Authorization", "Bearer "+a.token)
			request.Header.Set("Accept", "application/json")
			response, err := server.Client().Do(request)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
				b.Fatal(response.Status, err)
			}
			_ = response.Body.Close()
		}
	})
	b.ReportMetric(float64(b.N)*30/b.Elapsed().Seconds(), "entries/s")
}
