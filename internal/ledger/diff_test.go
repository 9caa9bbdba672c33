package ledger_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
)

type diffCase struct {
	change func(*ledger.Entry)
	want   string
}

func TestDiff(t *testing.T) {
	t.Parallel()
	ev := simpleSale()
	ev.Memo = "Register 2"
	meant := mustBuild(t, ev, books())
	for _, cases := range []map[string]diffCase{headCases(meant.PrivateNote), lineCases()} {
		for name, test := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				booked := meant
				booked.Lines = slices.Clone(meant.Lines)
				test.change(&booked)
				if got := meant.Diff(booked); got != test.want {
					t.Errorf("Diff is\n%s\nwant\n%s", got, test.want)
				}
			})
		}
	}
}

func headCases(note string) map[string]diffCase {
	marker := note[strings.LastIndexByte(note, '\n')+1:]
	return map[string]diffCase{
		"same":                 {func(*ledger.Entry) {}, ""},
		"no currency":          {func(e *ledger.Entry) { e.Currency = "" }, ""},
		"another order":        {func(e *ledger.Entry) { slices.Reverse(e.Lines) }, ""},
		"another description":  {func(e *ledger.Entry) { e.Lines[0].Description = "card" }, ""},
		"another account name": {func(e *ledger.Entry) { e.Lines[0].AccountName = "" }, ""},
		"no slots":             {func(e *ledger.Entry) { e.Lines[0].Parts = nil }, ""},
		"trailing blanks":      {func(e *ledger.Entry) { e.PrivateNote += " \r\n" }, ""},
		"another memo":         {func(e *ledger.Entry) { e.PrivateNote = strings.Replace(e.PrivateNote, "2", "3", 1) }, ""},
		"date":                 {func(e *ledger.Entry) { e.TxnDate = "2026-10-04" }, `TxnDate is "2026-10-04" instead of "2026-10-03"`},
		"number":               {func(e *ledger.Entry) { e.DocNumber = "7" }, `DocNumber is "7" instead of "1-10023"`},
		"currency":             {func(e *ledger.Entry) { e.Currency = "EUR" }, `the currency is EUR instead of USD`},
		"no marker": {
			func(e *ledger.Entry) { e.PrivateNote = "Register 2" }, `PrivateNote does not hold the marker "` + marker + `"`,
		},
	}
}

func lineCases() map[string]diffCase {
	return map[string]diffCase{
		"amount": {
			func(e *ledger.Entry) { e.Lines[0].Amount++ },
			`a debit of 10.70 to the account "Card clearing" (id 11) is missing; ` +
				`a debit of 10.71 to the account "Card clearing" (id 11) was booked and not meant`,
		},
		"side": {
			func(e *ledger.Entry) { e.Lines[0].Side = ledger.Credit },
			`a debit of 10.70 to the account "Card clearing" (id 11) is missing; ` +
				`a credit of 10.70 to the account "Card clearing" (id 11) was booked and not meant`,
		},
		"account": {
			func(e *ledger.Entry) { e.Lines[0].Account, e.Lines[0].AccountName = "99", "" },
			`a debit of 10.70 to the account "Card clearing" (id 11) is missing; ` +
				`a debit of 10.70 to the account with the id 99 was booked and not meant`,
		},
		"line missing": {
			func(e *ledger.Entry) { e.Lines = e.Lines[1:] },
			`a debit of 10.70 to the account "Card clearing" (id 11) is missing`,
		},
		"line twice more": {
			func(e *ledger.Entry) { e.Lines = append(e.Lines, e.Lines[0], e.Lines[0]) },
			`a debit of 10.70 to the account "Card clearing" (id 11) was booked and not meant 2 times`,
		},
		"two things": {
			func(e *ledger.Entry) { e.TxnDate, e.DocNumber = "", "" },
			`TxnDate is "" instead of "2026-10-03"; DocNumber is "" instead of "1-10023"`,
		},
	}
}

func TestDiffOfManyLinesIsBounded(t *testing.T) {
	t.Parallel()
	var meant ledger.Entry
	for i := range 200 {
		account := ledger.AccountID(strconv.Itoa(i))
		meant.Lines = append(meant.Lines, ledger.Line{Side: ledger.Debit, Amount: 1, Account: account})
	}
	got := meant.Diff(ledger.Entry{})
	if len(got) > 4_000 || !strings.HasSuffix(got, " more") {
		t.Errorf("Diff has %d characters and ends with %q", len(got), got[len(got)-20:])
	}
}

// Two entries have no difference exactly when their lines are the same multiset.
func TestPropertyDiff(t *testing.T) {
	t.Parallel()
	line := rapid.Custom(func(t *rapid.T) ledger.Line {
		return ledger.Line{
			Side:    ledger.Side(rapid.Uint8Range(1, 2).Draw(t, "side")),
			Amount:  ledger.Amount(rapid.Int64Range(1, 2).Draw(t, "amount")),
			Account: rapid.SampledFrom([]ledger.AccountID{"1", "2"}).Draw(t, "account"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		meant := ledger.Entry{Lines: rapid.SliceOfN(line, 0, 4).Draw(t, "meant")}
		booked := ledger.Entry{Lines: rapid.SliceOfN(line, 0, 4).Draw(t, "booked")}
		if rapid.Bool().Draw(t, "same") {
			booked.Lines = rapid.Permutation(meant.Lines).Draw(t, "another order")
		}
		sorted := func(lines []ledger.Line) []string {
			words := brief(lines)
			slices.Sort(words)
			return words
		}
		same := slices.Equal(sorted(meant.Lines), sorted(booked.Lines))
		if got := meant.Diff(booked); (got == "") != same {
			t.Fatalf("Diff is %q; the same: %t", got, same)
		}
		if (meant.Diff(booked) == "") != (booked.Diff(meant) == "") {
			t.Fatal("Diff depends on the direction")
		}
	})
}
