package ledger_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/ledger"
)

const accountingPage = "../../docs/accounting.md"

// TestAccountingPage holds the page for accountants to what is really booked: each of its examples is the entry of a row
// of the table of entries, and its table of roles is the code's. -update writes them anew.
func TestAccountingPage(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(accountingPage)
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	want := fill(t, page, "roles", func(string) string { return rolesTable() })
	shown := map[string]bool{}
	want = fill(t, want, "example", func(name string) string {
		if revision, ok := revisions(t)[name]; ok {
			return entryTable(revision)
		}
		i := slices.IndexFunc(allRows(), func(r row) bool { return r.name == name })
		if i < 0 {
			t.Fatalf("there is no row %q", name)
		}
		shown[name[:strings.IndexByte(name, '_')]] = true
		return entryTable(mustBuild(t, allRows()[i].ev, allRows()[i].books))
	})
	for _, role := range ledger.Roles() {
		if strings.Count(page, "| "+role.String()+" |") != 2 { // once for what it is, once for what fits
			t.Errorf("the page does not say what the role %s is for", role)
		}
	}
	for _, r := range allRows() {
		if number := r.name[:strings.IndexByte(r.name, '_')]; !shown[number] {
			t.Errorf("the page has no example of row %s", number)
		}
	}
	if *update {
		if err := os.WriteFile(accountingPage, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("%s is out of date; run go test ./internal/ledger -update (-want +got):\n%s", accountingPage, diff)
	}
}

// revisions are the examples of documents that change after they were posted.
func revisions(t *testing.T) map[string]ledger.Entry {
	t.Helper()
	b := books()
	void := later(2, 1_000)
	void.Voided = true
	standing := ledger.Standing{Booked: booked(t, b)}
	return map[string]ledger.Entry{
		"revision_adjusts": mustPlan(t, later(2, 1_500), b, standing)[0].Entry,
		"revision_voids":   mustPlan(t, void, b, standing)[0].Entry,
	}
}

func allRows() []row {
	return slices.Concat(saleRows(), tenderRows(), roundingRows(), otherRows(), stockRows(), bankRows())
}

// fill replaces what stands between <!-- kind name --> and <!-- end -->.
func fill(t *testing.T, page, kind string, with func(name string) string) string {
	t.Helper()
	section := regexp.MustCompile(`(?s)(<!-- ` + kind + ` ?([^ ]*) -->\n).*?(<!-- end -->)`)
	if !section.MatchString(page) {
		t.Fatalf("the page has no section %s", kind)
	}
	return section.ReplaceAllStringFunc(page, func(found string) string {
		parts := section.FindStringSubmatch(found)
		return parts[1] + with(parts[2]) + parts[3]
	})
}

func entryTable(entry ledger.Entry) string {
	var out strings.Builder
	out.WriteString("| account | debit | credit | why |\n|---|--:|--:|---|\n")
	for _, line := range entry.Lines {
		debit, credit := line.Amount.String(), ""
		if line.Side == ledger.Credit {
			debit, credit = credit, debit
		}
		fmt.Fprintf(&out, "| %s | %s | %s | %s |\n", line.AccountName, debit, credit, line.Description)
	}
	return out.String()
}

func rolesTable() string {
	var out strings.Builder
	out.WriteString("| role | narrowed by | account types that fit |\n|---|---|---|\n")
	for _, role := range ledger.Roles() {
		var types []string
		for kind := ledger.TypeBank; kind <= ledger.TypeOtherExpense; kind++ {
			switch role.Fits(kind) {
			case ledger.FitGood:
				types = append(types, kind.String())
			case ledger.FitWarned:
				types = append(types, kind.String()+" (with a warning)")
			case ledger.FitRefused:
			}
		}
		key := role.KeyName()
		if key == "" {
			key = "–"
		}
		fmt.Fprintf(&out, "| %s | %s | %s |\n", role, key, strings.Join(types, ", "))
	}
	return out.String()
}
