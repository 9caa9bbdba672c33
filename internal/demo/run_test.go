package demo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	financialv1 "github.com/tillpost/tillpost/gen/go/tillpost/financial/v1"
	"github.com/tillpost/tillpost/internal/demo"
)

// shown returns what a run has written.
func shown(opts demo.Options) string {
	if buffer, ok := opts.Out.(*bytes.Buffer); ok {
		return buffer.String()
	}
	return ""
}

func TestRun_RightBooks(t *testing.T) {
	t.Parallel()
	opts := newDemo(t, &fakeService{})
	report, err := demo.Run(t.Context(), opts)
	if err != nil {
		t.Fatalf("Run: %v\n%s", err, shown(opts))
	}
	if report.Differences != 0 || report.Events < 3_700 || report.Entries < 3_700 || report.Entries >= report.Events {
		t.Errorf("%d events, %d entries, %d differences; want about 4,000, a few less, and none:\n%s", report.Events,
			report.Entries, report.Differences, strings.Join(report.Found, "\n"))
	}
	checkBalances(t, report)
	text := shown(opts)
	for _, want := range []string{
		"1  Connect to QuickBooks", "came back to  " + callbackURL + "\n", "company 9341450000000001",
		" accounts, 1 of them inactive", "5  Record a week of twelve stores", "   50 %", "  100 %", "/s", "Synced",
		"Nothing to post", "Customer deposit", "Trial balance of Harbor & Pine Trading Co.", "Gift Card Liability",
		"differences: 0",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the run does not show %q:\n%s", want, text)
		}
	}
	if strings.ContainsAny(text, "\r\x1b") {
		t.Error("a run without a terminal redraws or colors")
	}
	checkHints(t, report)
}

func TestRun_FindsAWrongCent(t *testing.T) {
	t.Parallel()
	var spoiled string
	opts := newDemo(t, &fakeService{spoil: func(event *financialv1.Event) string {
		if spoiled == "" && event.GetLocationId() == "harbor-street" && len(event.GetSale().GetTaxes()) > 0 {
			spoiled = event.GetNumber()
		}
		if event.GetNumber() == spoiled {
			return "Sales Tax Payable:State"
		}
		return ""
	}})
	opts.Terminal, opts.Color = true, true
	report, err := demo.Run(t.Context(), opts)
	if err != nil {
		t.Fatalf("Run: %v", err)
	}
	// Two accounts of one entry, and the same two in the trial balance.
	if report.Differences != 4 || !strings.Contains(report.Found[0], spoiled) {
		t.Errorf("%d differences: %q; want 4, the first in event %s", report.Differences, report.Found, spoiled)
	}
	if text := shown(opts); !strings.Contains(text, "differences: 4") || !strings.Contains(text, "\r  \x1b[32m█") {
		t.Errorf("the run shows no differences or no bar:\n%s", text)
	}
}

func TestRun_Fails(t *testing.T) {
	t.Parallel()
	start := monday()
	cases := map[string]struct {
		fake *fakeService
		want string
	}{
		"an account that the chart lacks": {
			fake: &fakeService{lacking: "Tips Payable"},
			want: `map TIPS: the chart of Harbor & Pine Trading Co. has no account "Tips Payable"`,
		},
		"an event that is refused": {
			fake: &fakeService{invalid: demo.Week(4, start)[700].GetEventId()},
			want: "was not accepted: STATUS_INVALID: it has no number",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := newDemo(t, tc.fake)
			opts.Start = start
			if _, err := demo.Run(t.Context(), opts); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Run = %v; want an error with %q", err, tc.want)
			}
		})
	}
}

func TestRun_GivesUpWhenNothingMoves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		opts := newDemo(t, &fakeService{stuck: true})
		begin := time.Now()
		_, err := demo.Run(t.Context(), opts)
		if err == nil || !strings.Contains(err.Error(), "no event has moved for 3m0s; the service says: Events are waiting.") {
			t.Errorf("Run = %v; want an error that says what the service says", err)
		}
		if took := time.Since(begin); took < 3*time.Minute || took > 4*time.Minute {
			t.Errorf("it took %v; want 3 minutes", took)
		}
	})
}

func TestRun_EndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := demo.Run(ctx, newDemo(t, &fakeService{stuck: true})); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Run = %v; want the context's end", err)
		}
	})
}

func checkBalances(t *testing.T, report demo.Report) {
	t.Helper()
	var sum int64
	for _, balance := range report.Balances {
		sum += balance
	}
	if sum != 0 || len(report.Balances) < 40 {
		t.Errorf("%d balances add up to %d; want 40 or more that add up to 0", len(report.Balances), sum)
	}
}

// checkHints runs the hints through a shell whose curl and grpcurl only print their words: what is pasted must be
// whole, with requests that are JSON of the right form.
func checkHints(t *testing.T, report demo.Report) {
	t.Helper()
	var out bytes.Buffer
	err := report.Hints(&out, demo.Places{API: serviceURL + "/", Simulator: simulatorURL, Token: "tp_it's-me"})
	if err != nil {
		t.Fatalf("Hints: %v", err)
	}
	var commands strings.Builder
	for line := range strings.Lines(out.String()) {
		for _, command := range []string{"TOKEN=", "curl ", "grpcurl "} {
			if strings.HasPrefix(line, command) {
				commands.WriteString(line)
			}
		}
	}
	script := `curl() { printf '[%s]' "$@"; echo; }; grpcurl() { printf '[%s]' "$@"; echo; }` + "\n" + commands.String()
	words, err := exec.CommandContext(t.Context(), "sh", "-ec", script).CombinedOutput()
	if err != nil {
		t.Fatalf("run the hints in a shell: %v\n%s", err, words)
	}
	for _, want := range []string{
		"[-sS][http://localhost:1/tillpost.financial.v1.FinancialService/SyncStatus]" +
			"[-H][Authorization: Bearer tp_it's-me][-H][Content-Type: application/json]" +
			`[-d][{"retailerId":"harbor-and-pine"}]`,
		"[-plaintext][-H][Authorization: Bearer tp_it's-me][localhost:1][list]",
		"[localhost:1][describe][tillpost.integration.v1.IntegrationService]",
		"[localhost:1][tillpost.financial.v1.FinancialService/ListAccounts]",
		"[localhost:1][tillpost.financial.v1.FinancialService/RecordEvents]",
		`[-d][{"accountId":"`,
	} {
		if !bytes.Contains(words, []byte(want)) {
			t.Errorf("the hints do not say %s:\n%s", want, words)
		}
	}
	for _, page := range []string{"trial-balance", "journal"} {
		if want := fmt.Sprintf("%s/companies/%s/%s", simulatorURL, report.Realm, page); !strings.Contains(out.String(), want) {
			t.Errorf("the hints do not name %s", want)
		}
	}
}
