package ledger_test

import (
	"fmt"
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
)

// ticket is an ordinary sale: two tenders, three lines, two taxes.
func ticket() ledger.Event {
	ev := event(&ledger.Sale{
		Tenders: []ledger.Keyed{keyed(visa, 10_000), keyed(cash, 6_000), keyed(cash, -843)},
		Lines: []ledger.SaleLine{
			{ItemClass: apparel, Net: 8_000, Discount: 2_000, Cost: 3_500},
			{ItemClass: shoes, Net: 6_000, Cost: 2_700},
			{ItemClass: apparel, Cost: 1},
		},
		Taxes: []ledger.Keyed{keyed(state, 435), keyed(city, 722)},
	})
	ev.SourceURL = "https://acme.example.com/tickets/10023"
	return ev
}

// bigSale has 10,000 lines of 50 item classes.
func bigSale() ledger.Event {
	sale := &ledger.Sale{Tenders: []ledger.Keyed{keyed(visa, 10_000_000)}}
	for i := range 10_000 {
		sale.Lines = append(sale.Lines, ledger.SaleLine{ItemClass: fmt.Sprintf("Class %d", i%50), Net: 1_000, Cost: 400})
	}
	return event(sale)
}

func BenchmarkBuild(b *testing.B) {
	for name, ev := range map[string]ledger.Event{"ticket": ticket(), "10000lines": bigSale()} {
		b.Run(name, func(b *testing.B) {
			shelf := books()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ledger.Build(ev, shelf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	for name, ev := range map[string]ledger.Event{"ticket": ticket(), "10000lines": bigSale()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ledger.Encode(ev); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for name, ev := range map[string]ledger.Event{"ticket": ticket(), "10000lines": bigSale()} {
		b.Run(name, func(b *testing.B) {
			encoded, err := ledger.Encode(ev)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(encoded)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ledger.Decode(encoded); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
