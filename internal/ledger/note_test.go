package ledger_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
)

func noteOf(t *testing.T, memo, source string) string {
	t.Helper()
	ev := simpleSale()
	ev.Memo, ev.SourceURL = memo, source
	return mustBuild(t, ev, books()).PrivateNote
}

func TestPrivateNote(t *testing.T) {
	t.Parallel()
	const url = "https://acme.example.com/t/1"
	tests := map[string]struct {
		memo, source string
		want         []string // the lines before the marker
	}{
		"nothing":        {"", "", nil},
		"memo":           {"  Register 2\n", "", []string{"Register 2"}},
		"source":         {"", url, []string{url}},
		"both":           {"Register 2", url, []string{"Register 2", url}},
		"memo of lines":  {"Register 2\nMs. Li", url, []string{"Register 2", "Ms. Li", url}},
		"source too far": {"Register 2", url + strings.Repeat("x", 4_000), []string{"Register 2"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := strings.Split(noteOf(t, test.memo, test.source), "\n")
			last := len(lines) - 1
			if fmt.Sprint(lines[:last]) != fmt.Sprint(test.want) ||
				!strings.HasPrefix(lines[last], "[Tillpost acme/evt-10023 revision 1 ") {
				t.Errorf("note is %q; want %q and the marker", lines, test.want)
			}
		})
	}
}

// What does not fit is cut from the memo, after a whole word, and never from the marker.
func TestPrivateNoteIsCut(t *testing.T) {
	t.Parallel()
	url := "https://acme.example.com/" + strings.Repeat("x", 2_000)
	for name, memo := range map[string]string{
		"words":    strings.Repeat("umbrella ", 1_000),
		"one word": strings.Repeat("x", 9_000),
		"pairs":    strings.Repeat("🧾", 3_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			note := noteOf(t, memo, url)
			units := len(utf16.Encode([]rune(note)))
			if units > 4_000 || units < 3_980 || !utf8.ValidString(note) {
				t.Errorf("the note has %d UTF-16 code units", units)
			}
			lines := strings.Split(note, "\n")
			if len(lines) != 3 || lines[1] != url || !strings.HasSuffix(lines[0], " …") || !strings.HasSuffix(lines[2], "]") {
				t.Errorf("note is %q", note)
			}
		})
	}
}

func TestPrivateNoteIsCutAfterAWord(t *testing.T) {
	t.Parallel()
	memo, _, _ := strings.Cut(noteOf(t, strings.Repeat("umbrella ", 1_000), ""), "\n")
	if !strings.HasSuffix(memo, "umbrella …") {
		t.Errorf("the memo is cut inside a word: %q", memo[len(memo)-40:])
	}
}

// A source address that fills the note leaves no memo.
func TestPrivateNoteWithoutRoomForTheMemo(t *testing.T) {
	t.Parallel()
	marker := noteOf(t, "", "")
	url := "https://" + strings.Repeat("x", 4_000-len(marker)-1-len("https://"))
	lines := strings.Split(noteOf(t, "a memo", url), "\n")
	if len(lines) != 2 || lines[0] != url || len(url)+1+len(lines[1]) != 4_000 {
		t.Errorf("%d lines of %d", len(lines), len(lines[0]))
	}
	lines = strings.Split(noteOf(t, "a memo", url+"x"), "\n")
	if len(lines) != 2 || lines[0] != "a memo" {
		t.Errorf("an address too long by one leaves %d lines of %d", len(lines), len(lines[0]))
	}
}

// A marker differs whenever the retailer, the event, its revision or its content does.
func TestMarkerIsUnique(t *testing.T) {
	t.Parallel()
	part := rapid.StringMatching(`[a-z0-9:._-]{1,6}`)
	id := rapid.StringMatching(`[!-~]{1,8}`)
	type named struct {
		retailer ledger.RetailerID
		id       ledger.EventID
		revision int32
		hash     ledger.Hash
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) named {
			return named{
				retailer: ledger.RetailerID(part.Draw(t, label)), id: ledger.EventID(id.Draw(t, label)),
				revision: rapid.Int32Range(1, 20).Draw(t, label), hash: ledger.HashOf([]byte{rapid.Byte().Draw(t, label)}),
			}
		}
		a, b := draw("a"), draw("b")
		mark := func(n named) string {
			return ledger.Marker(n.retailer, ledger.Event{ID: n.id, Revision: n.revision}, n.hash)
		}
		if (a == b) != (mark(a) == mark(b)) {
			t.Fatalf("%+v has the marker %s, %+v has %s", a, mark(a), b, mark(b))
		}
		if strings.ContainsAny(mark(a), "\r\n") {
			t.Fatalf("a marker of several lines: %q", mark(a))
		}
	})
}

func TestMarkerLength(t *testing.T) {
	t.Parallel()
	ev := ledger.Event{ID: ledger.EventID(strings.Repeat("e", 64)), Revision: 1_000_000}
	if got := ledger.Marker(ledger.RetailerID(strings.Repeat("r", 64)), ev, ledger.Hash{}); len(got) != 190 {
		t.Errorf("the longest marker has %d characters", len(got))
	}
}

func TestHasMarker(t *testing.T) {
	t.Parallel()
	ev := simpleSale()
	ev.Memo = "Register 2"
	entry := mustBuild(t, ev, books())
	ev.Memo = "Register 3"
	other := mustBuild(t, ev, books())
	marker := entry.PrivateNote[strings.LastIndex(entry.PrivateNote, "\n")+1:]
	tests := map[string]struct {
		note string
		want bool
	}{
		"as sent":              {entry.PrivateNote, true},
		"the marker alone":     {marker, true},
		"blanks around":        {"\r\n " + marker + " \r\n", true},
		"more written after":   {entry.PrivateNote + "\nchecked by Ann", true},
		"line breaks lost":     {strings.ReplaceAll(entry.PrivateNote, "\n", " "), true},
		"nothing":              {"", false},
		"of other content":     {other.PrivateNote, false},
		"cut":                  {marker[:len(marker)-1], false},
		"another memo, no own": {"Register 2", false},
	}
	for name, test := range tests {
		if got := entry.HasMarker(test.note); got != test.want {
			t.Errorf("%s: HasMarker(%q) = %t", name, test.note, got)
		}
	}
	if (ledger.Entry{}).HasMarker("anything") {
		t.Error("an entry without a marker finds it")
	}
}

// A line of very many keys names as many as fit and counts the others; its slots are all there.
func TestDescriptionIsBounded(t *testing.T) {
	t.Parallel()
	sale := &ledger.Sale{Tenders: []ledger.Keyed{keyed(cash, 1_000)}}
	for i := range 1_000 {
		sale.Lines = append(sale.Lines, ledger.SaleLine{ItemClass: fmt.Sprintf("🧾 class %03d", i), Net: 1})
	}
	line := mustBuild(t, event(sale), books()).Lines[1]
	if units := len(utf16.Encode([]rune(line.Description))); units > 4_000 || units < 3_950 {
		t.Errorf("the description has %d UTF-16 code units", units)
	}
	_, rest, _ := strings.Cut(line.Description, " and ")
	more, err := strconv.Atoi(strings.TrimSuffix(rest, " more"))
	if err != nil {
		t.Fatalf("the description ends with %q: %v", rest, err)
	}
	shown := strings.Count(line.Description, "class")
	if shown+more != 1_000 || len(line.Parts) != 1_000 {
		t.Errorf("%d keys shown, %d more, %d slots; want 1,000", shown, more, len(line.Parts))
	}
}

// A line that serves several roles names each of them.
func TestDescriptionOfSeveralRoles(t *testing.T) {
	t.Parallel()
	b := with(accounts{{Role: ledger.RoleTips}: "20", {Role: ledger.RoleDeposit}: "20"})
	entry := mustBuild(t, event(&ledger.Sale{
		Tenders:         []ledger.Keyed{keyed(cash, 1_200)},
		DepositsApplied: []ledger.Keyed{keyed(visa, -100), keyed(cash, -100)},
		GiftCardsSold:   []ledger.Amount{500}, Tip: 500,
	}), b)
	if got, want := entry.Lines[1].Description, "Customer deposit: Cash, Visa; Gift card liability; Tips"; got != want {
		t.Errorf("description is %q; want %q", got, want)
	}
}

// TestMarkedEvent finds the event of every marker that there can be, wherever a person has put it, and of no other retailer.
func TestMarkedEvent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ev := simpleSale()
		ev.ID = ledger.EventID(rapid.StringMatching(`[!-~]{1,64}`).Draw(t, "id"))
		r := ledger.RetailerID(rapid.StringMatching(`[A-Za-z0-9._:-]{1,64}`).Draw(t, "retailer"))
		note := rapid.SampledFrom([]string{"", "A memo.\n", "[Tillpost] [Tillpost x/y "}).Draw(t, "before") +
			ledger.Marker(r, ev, ledger.HashOf(nil)) + rapid.SampledFrom([]string{"", " seen, Li"}).Draw(t, "after")
		if got, found := ledger.MarkedEvent(r, note); !found || got != ev.ID {
			t.Fatalf("%q holds %q, %v", note, got, found)
		}
		if got, found := ledger.MarkedEvent(r+"x", note); found {
			t.Fatalf("%q holds %q of another retailer", note, got)
		}
	})
	if got, _ := ledger.MarkedEvent("x", "[Tillpost x/a b [Tillpost x/c revision 1 ab]"); got != "c" {
		t.Errorf("the second marker holds %q", got)
	}
	for _, note := range []string{"", "[Tillpost acme/", "[Tillpost acme/ revision 1 ab]", "[Tillpost acme/a b revision 1 ab]", "acme/e"} {
		if got, found := ledger.MarkedEvent("acme", note); found {
			t.Errorf("%q holds %q", note, got)
		}
	}
}
