package rpc

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/store"
)

// tally is a status by what a person wants to know.
type tally struct {
	neverSynced, waiting, synced, nothing, skipped, attention int64
	reasons                                                   []reasonCount
}

type reasonCount struct {
	reason ledger.Reason
	n      int64
}

func tallyOf(counts []store.Count) tally {
	var t tally
	for _, c := range counts {
		switch c.State {
		case ledger.StateNeverSynced:
			t.neverSynced += c.N
		case ledger.StatePending, ledger.StateProcessing:
			t.waiting += c.N
		case ledger.StateSynced:
			t.synced += c.N
		case ledger.StateNothingToPost:
			t.nothing += c.N
		case ledger.StateSkipped:
			t.skipped += c.N
		case ledger.StateActionRequired:
			t.attention += c.N
			t.addReason(c.Reason, c.N)
		}
	}
	slices.SortStableFunc(t.reasons, func(a, b reasonCount) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.reason, b.reason))
	})
	return t
}

func (t *tally) addReason(reason ledger.Reason, n int64) {
	for i := range t.reasons {
		if t.reasons[i].reason == reason {
			t.reasons[i].n += n
			return
		}
	}
	t.reasons = append(t.reasons, reasonCount{reason, n})
}

// summary says in one plain sentence how things are and, where someone must act, what to do. left is how long an unfinished
// backfill takes; 0: it is not known.
func summary(s *store.Status, left time.Duration, now time.Time) string {
	sentence := situation(s, left, now)
	end, near := posting.ExpiryOf(s.Lifetime, now)
	if !near {
		return sentence
	}
	sentence = strings.TrimSuffix(sentence, ".") + "; the authorization at QuickBooks ends on " + end.At.UTC().Format(time.DateOnly)
	if end.Final {
		return sentence + ": connect again before."
	}
	return sentence + " unless it is used before."
}

func situation(s *store.Status, left time.Duration, now time.Time) string {
	t := tallyOf(s.Counts)
	switch {
	case s.State == store.ReauthorizationRequired:
		return "QuickBooks has ended the authorization: connect again" +
			also(t.waiting, "waits meanwhile and is posted by itself afterwards",
				"wait meanwhile and are posted by themselves afterwards") + "."
	case s.State != store.Connected:
		return "QuickBooks is not connected: connect it to post" + also(t.waiting+t.neverSynced, "is kept", "are kept") + "."
	case s.Problem != "":
		return firstSentence(s.Problem) + "; posting goes on by itself" + nextTry(s.RetryAt, now) +
			also(t.attention, "needs attention too", "need attention too") + "."
	case t.attention > 0:
		return events(t.attention, "needs", "need") + " attention: " + t.why() + paused(s, t) + pastEventsToo(s, left) + "."
	case !s.SyncStarted && s.Backfill != nil:
		return "Sync is paused, and the posting of past events with it: " + settledOf(s.Backfill) + " are done."
	case !s.SyncStarted:
		return idle(t)
	case s.Backfill != nil:
		return pastEvents(s.Backfill, left)
	case t.waiting > 0:
		return events(t.waiting, "is", "are") + " on the way to QuickBooks; " + number(t.synced) + " of " +
			number(s.Total) + " are there."
	default:
		return good(s.Total, t)
	}
}

// idle describes a connection that posts nothing because nobody told it to, or because somebody told it to stop.
func idle(t tally) string {
	switch {
	case t.waiting > 0:
		return "Sync is paused; " + events(t.waiting, "waits", "wait") + "."
	case t.synced > 0:
		return "Sync is paused; no events wait."
	case t.neverSynced > 0:
		return "Sync is not started; " + events(t.neverSynced, "is", "are") + " recorded and not posted."
	default:
		return "Sync is not started: start it to post the events that are recorded from then on."
	}
}

func good(total int64, t tally) string {
	rest := []string{}
	for _, part := range []struct {
		n    int64
		what string
	}{
		{t.neverSynced, "from before the start of sync"}, {t.nothing, "with nothing to post"}, {t.skipped, "skipped"},
	} {
		if part.n > 0 {
			rest = append(rest, number(part.n)+" "+part.what)
		}
	}
	switch {
	case total == 0:
		return "Things are good: no events have been recorded yet."
	case len(rest) > 0:
		return "Things are good: " + events(t.synced, "is", "are") + " in QuickBooks; beside them " +
			strings.Join(rest, ", ") + "."
	case total == 1:
		return "Things are good: the one event is in QuickBooks."
	default:
		return "Things are good: all " + number(total) + " events are in QuickBooks."
	}
}

// why lists the reasons for attention, the most frequent first.
func (t *tally) why() string {
	parts := make([]string, 0, len(t.reasons))
	for _, r := range t.reasons {
		one, many := reasonWords(r.reason)
		parts = append(parts, number(r.n)+" "+choose(r.n, one, many))
	}
	return strings.Join(parts, ", ")
}

// reasonWords says what one event, and what several, wait for.
func reasonWords(reason ledger.Reason) (one, many string) {
	switch reason {
	case ledger.ReasonUnmapped:
		return "has no account mapped", "have no account mapped"
	case ledger.ReasonAccountDeleted:
		return "uses a deleted account", "use a deleted account"
	case ledger.ReasonAccountInactive:
		return "uses an inactive account", "use an inactive account"
	case ledger.ReasonAccountTypeRefused:
		return "uses an account of a type that does not fit", "use an account of a type that does not fit"
	case ledger.ReasonOutOfBalance:
		return "is out of balance", "are out of balance"
	case ledger.ReasonCurrencyMismatch:
		return "is in another currency than the company", "are in another currency than the company"
	case ledger.ReasonPeriodClosed:
		return "falls into closed books", "fall into closed books"
	case ledger.ReasonNumberTaken:
		return "has a number that another entry holds", "have numbers that other entries hold"
	case ledger.ReasonRejectedByQuickBooks:
		return "was rejected by QuickBooks", "were rejected by QuickBooks"
	case ledger.ReasonSubscriptionLapsed:
		return "waits for the QuickBooks subscription", "wait for the QuickBooks subscription"
	case ledger.ReasonStoredDifferently:
		return "is stored differently in QuickBooks", "are stored differently in QuickBooks"
	case ledger.ReasonKindNotSupported:
		return "is of a kind that this release does not post yet", "are of a kind that this release does not post yet"
	case ledger.ReasonOutcomeLost:
		return "may be booked in the former company", "may be booked in the former company"
	case ledger.ReasonFormerCompany:
		return "revises what is booked in the former company", "revise what is booked in the former company"
	case ledger.ReasonNone:
	}
	return "needs a look", "need a look"
}

// firstSentence returns what a problem begins with, without its full stop.
func firstSentence(problem string) string {
	first, _, _ := strings.Cut(problem, ". ")
	return strings.TrimSuffix(first, ".")
}

func paused(s *store.Status, t tally) string {
	if s.SyncStarted || t.waiting == 0 {
		return ""
	}
	return "; sync is paused and " + number(t.waiting) + " more " + choose(t.waiting, "waits", "wait")
}

// nextTry names the time of the next try, with the day where it is not today.
func nextTry(at, now time.Time) string {
	if at.IsZero() {
		return ""
	}
	layout := "15:04"
	if at.UTC().Format(time.DateOnly) != now.UTC().Format(time.DateOnly) {
		layout = "2006-01-02 15:04"
	}
	return " (next try " + at.UTC().Format(layout) + " UTC)"
}

// also adds a clause about events where there are any.
func also(n int64, one, many string) string {
	if n == 0 {
		return ""
	}
	return "; " + events(n, one, many)
}

// events counts events with their verb: "1 event waits", "2,031 events wait".
func events(n int64, one, many string) string {
	return number(n) + " " + choose(n, "event", "events") + " " + choose(n, one, many)
}

func choose(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// number writes a count with separators: 2,031.
func number(n int64) string {
	const group = 3
	digits := strconv.FormatInt(n, 10)
	var out strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%group == 0 && digits[i-1] != '-' {
			out.WriteByte(',')
		}
		out.WriteRune(d)
	}
	return out.String()
}
