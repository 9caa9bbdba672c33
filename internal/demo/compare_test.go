package demo_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/demo"
)

// rightBooks are the books that the events should have led to.
func rightBooks(t *testing.T, oracle *demo.Oracle, week []*financialv1.Event) demo.Books {
	t.Helper()
	books := demo.Books{Balances: demo.Changes{}}
	for _, event := range week {
		changes, err := oracle.Expect(event)
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) > 0 {
			book(&books, demo.BookedEntry{DocNumber: event.GetNumber(), TxnDate: event.GetBusinessDate(), Net: changes})
		}
	}
	return books
}

// book adds an entry as a bookkeeping system does: to the journal and to the balances.
func book(books *demo.Books, entry demo.BookedEntry) {
	entry.ID = strconv.Itoa(len(books.Entries) + 1)
	for account, change := range entry.Net {
		books.Balances[account] += change
		if books.Balances[account] == 0 {
			delete(books.Balances, account)
		}
	}
	books.Entries = append(books.Entries, entry)
}

// move takes an amount in an entry from one account to another, in the balances too.
func move(books *demo.Books, i int, from, to string, amount int64) {
	entry := books.Entries[i]
	entry.Net = maps.Clone(entry.Net)
	entry.Net[from] -= amount
	entry.Net[to] += amount
	books.Entries[i] = entry
	books.Balances[from] -= amount
	books.Balances[to] += amount
}

func TestCompare_RightBooks(t *testing.T) {
	t.Parallel()
	oracle := demo.NewOracle(demo.Mapping())
	week := demo.Week(2, monday())
	if found := demo.Compare(oracle, week, rightBooks(t, oracle, week)); len(found) > 0 {
		t.Errorf("%d differences in right books, the first: %s", len(found), found[0])
	}
}

// TestCompare_PlantedErrors plants one error at a time and expects it to be found, and named.
func TestCompare_PlantedErrors(t *testing.T) {
	t.Parallel()
	oracle := demo.NewOracle(demo.Mapping())
	week := demo.Week(2, monday())
	at := firstCardSale(t, oracle, week)
	number := at.number
	cases := map[string]struct {
		plant func(*demo.Books)
		want  []string // a part of each difference, in order
	}{
		"a missing entry": {
			plant: func(b *demo.Books) {
				for account, change := range b.Entries[at.entry].Net {
					b.Balances[account] -= change
				}
				b.Entries = slices.Delete(b.Entries, at.entry, at.entry+1)
			},
			want: append([]string{"event " + number + ": QuickBooks holds no entry"}, at.balances...),
		},
		"an entry that stands twice": {
			plant: func(b *demo.Books) { book(b, b.Entries[at.entry]) },
			want:  append([]string{"event " + number + ": entry "}, at.balances...),
		},
		"a cent too much on one account": {
			plant: func(b *demo.Books) { move(b, at.entry, "Sales:Apparel", "Card Clearing:Visa", 1) },
			want: []string{
				"event " + number + ": entry", "event " + number + ": entry",
				"the trial balance has ", "the trial balance has ",
			},
		},
		"a wrong account": {
			plant: func(b *demo.Books) { move(b, at.entry, "Card Clearing:Visa", "Card Clearing:Mastercard", at.paid) },
			want: []string{
				"on Card Clearing:Mastercard instead of nothing", "has nothing on Card Clearing:Visa instead of",
				"the trial balance has ", "the trial balance has ",
			},
		},
		"a wrong date": {
			plant: func(b *demo.Books) { b.Entries[at.entry].TxnDate = "2026-03-09" },
			want:  []string{"is dated 2026-03-09 instead of " + at.date},
		},
		"a foreign entry": {
			plant: func(b *demo.Books) {
				book(b, demo.BookedEntry{DocNumber: "JE-77", TxnDate: "2026-03-03", Net: demo.Changes{"Rent": 5, "Petty Cash": -5}})
			},
			want: []string{`number "JE-77" of 2026-03-03, belongs to no event`, "Petty Cash", "Rent"},
		},
		"an entry for an event with nothing to post": {
			plant: func(b *demo.Books) {
				book(b, demo.BookedEntry{DocNumber: at.zero, TxnDate: "2026-03-03", Net: demo.Changes{}})
			},
			want: []string{"number " + strconv.Quote(at.zero)},
		},
		"a balance that the journal does not explain": {
			plant: func(b *demo.Books) { b.Balances["Tips Payable"]-- },
			want:  []string{"the trial balance has "},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			books := rightBooks(t, oracle, week)
			tc.plant(&books)
			found := demo.Compare(oracle, week, books)
			if len(found) != len(tc.want) {
				t.Fatalf("%d differences; want %d:\n%s", len(found), len(tc.want), strings.Join(found, "\n"))
			}
			for i, want := range tc.want {
				if !strings.Contains(found[i], want) {
					t.Errorf("difference %d is %q; want %q in it", i, found[i], want)
				}
			}
		})
	}
}

// place is where errors are planted: a sale of apparel alone, paid by Visa.
type place struct {
	number, date string
	entry        int   // its index in the journal
	paid         int64 // what was paid
	balances     []string
	zero         string // the number of an event with nothing to post
}

func firstCardSale(t *testing.T, oracle *demo.Oracle, week []*financialv1.Event) place {
	t.Helper()
	var p place
	entries := 0
	for _, event := range week {
		changes, err := oracle.Expect(event)
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) == 0 {
			p.zero = event.GetNumber()
			continue
		}
		if p.number == "" && changes["Card Clearing:Visa"] > 0 && changes["Sales:Apparel"] < 0 {
			p.number, p.date, p.entry = event.GetNumber(), event.GetBusinessDate(), entries
			p.paid = changes["Card Clearing:Visa"]
			for _, account := range slices.Sorted(maps.Keys(changes)) {
				p.balances = append(p.balances, "on "+account+" instead of")
			}
		}
		entries++
	}
	return p
}

// TestCompare_UnpaidSale: the retailer's own sum by location and day is held against the events themselves.
func TestCompare_UnpaidSale(t *testing.T) {
	t.Parallel()
	event := saleEvent(&financialv1.Sale{
		Tenders: []*financialv1.Tender{{PaymentType: "Visa", Amount: 9_99}},
		Lines:   []*financialv1.SaleLine{{ItemClass: "Books", NetAmount: 10_00}},
	})
	found := demo.Compare(demo.NewOracle(demo.Mapping()), []*financialv1.Event{event}, demo.Books{})
	want := "pine-avenue on 2026-03-02: sold 10.00, paid 9.99"
	if len(found) != 2 || found[1] != want {
		t.Errorf("differences = %q; want the second to be %q", found, want)
	}
}
