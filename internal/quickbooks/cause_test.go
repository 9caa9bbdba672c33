package quickbooks_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillpost/tillpost/internal/quickbooks"
)

// lastCause is the highest of the set.
const lastCause = quickbooks.CauseNotFound

// TestCauseNames holds the names, which callers store.
func TestCauseNames(t *testing.T) {
	t.Parallel()
	want := []string{
		"unrecognized", "network", "timeout", "canceled", "server", "decode", "redirected", "throttled", "token_expired",
		"forbidden", "grant_dead", "client_rejected", "user_not_admin", "user_removed", "permission", "subscription_lapsed",
		"company_unavailable", "period_closed", "duplicate_doc_number", "duplicate_name", "duplicate_request_id", "account_not_found",
		"account_inactive", "unbalanced", "business_rule", "saved_all_the_same", "invalid_request", "stale_object",
		"not_found",
	}
	var got []string
	for c := quickbooks.CauseUnrecognized; c <= lastCause; c++ {
		got = append(got, c.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names differ (-want +got):\n%s", diff)
	}
	if beyond := lastCause + 1; beyond.String() != "unrecognized" || beyond.Facts().Outcome != quickbooks.OutcomeUnknown {
		t.Errorf("a value outside the set is %s", beyond)
	}
}

// TestCauseFacts holds what must be true of every cause, whatever its row says.
func TestCauseFacts(t *testing.T) {
	t.Parallel()
	words := map[string]quickbooks.Cause{}
	for c := quickbooks.CauseUnrecognized; c <= lastCause; c++ {
		facts := c.Facts()
		if other, taken := words[facts.Words]; taken || len(facts.Words) < 40 || !strings.HasSuffix(facts.Words, ".") {
			t.Errorf("%s: words %q are missing, too short, or those of %s", c, facts.Words, other)
		}
		words[facts.Words] = c
		if facts.Reconnect && (facts.Transient || facts.Actor != quickbooks.ActorRetailer) {
			t.Errorf("%s needs a new consent and is %+v", c, facts)
		}
		if facts.Transient && facts.Actor != quickbooks.ActorNobody {
			t.Errorf("%s passes by itself but %s has to act", c, facts.Actor)
		}
		for _, jargon := range []string{"HTTP", "token", "OAuth", "JSON", "realm", "batch", "API"} {
			if strings.Contains(facts.Words, jargon) {
				t.Errorf("%s: words for the retailer say %q", c, jargon)
			}
		}
	}
}
