package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/store"
)

func tokenTests() tests {
	return tests{
		"Tokens/Refresh":       testTokensRefresh,
		"Tokens/LeaseTakeover": testTokensTakeover,
		"Tokens/OneRefresher":  testTokensOneRefresher,
		"Tokens/Lost":          testTokensLost,
	}
}

const refresher = "refresher-1"

func testTokensRefresh(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	same(t, "unknown retailer", got(s.LeaseRefresh(ctx, retailer, 1, refresher, at(0), at(45)))(t), false)
	connect(t, s, retailer)
	same(t, "other version", got(s.LeaseRefresh(ctx, retailer, 2, refresher, at(0), at(45)))(t), false)
	same(t, "no lease", got(s.SwapTokens(ctx, retailer, 1, refresher, tokens("2", at(1))))(t), false)
	same(t, "lease", got(s.LeaseRefresh(ctx, retailer, 1, refresher, at(0), at(45)))(t), true)
	same(t, "lease again", got(s.LeaseRefresh(ctx, retailer, 1, refresher, at(1), at(46)))(t), true)
	same(t, "lease of another", got(s.LeaseRefresh(ctx, retailer, 1, "other", at(2), at(47)))(t), false)
	same(t, "swap by another", got(s.SwapTokens(ctx, retailer, 1, "other", tokens("2", at(1))))(t), false)
	same(t, "swap", got(s.SwapTokens(ctx, retailer, 1, refresher, tokens("2", at(1))))(t), true)
	want := tokens("2", at(1))
	want.Version = 2
	same(t, "tokens", got(s.Connection(ctx, retailer))(t).Tokens, want)
	same(t, "swap again", got(s.SwapTokens(ctx, retailer, 1, refresher, tokens("3", at(1))))(t), false)
	same(t, "the lease has ended", got(s.LeaseRefresh(ctx, retailer, 2, "other", at(2), at(47)))(t), true)
	must(t, s.Disconnect(ctx, retailer, at(3)))
	same(t, "swap after disconnect", got(s.SwapTokens(ctx, retailer, 2, "other", tokens("3", at(3))))(t), false)
	same(t, "lease after disconnect", got(s.LeaseRefresh(ctx, retailer, 3, "other", at(4), at(47)))(t), false)
}

func testTokensTakeover(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	connect(t, s, retailer)
	same(t, "lease", got(s.LeaseRefresh(ctx, retailer, 1, refresher, at(0), at(45)))(t), true)
	same(t, "too early", got(s.LeaseRefresh(ctx, retailer, 1, "other", at(44), at(90)))(t), false)
	same(t, "run out", got(s.LeaseRefresh(ctx, retailer, 1, "other", at(45), at(90)))(t), true)
	same(t, "late swap", got(s.SwapTokens(ctx, retailer, 1, refresher, tokens("2", at(46))))(t), false)
	same(t, "swap", got(s.SwapTokens(ctx, retailer, 1, "other", tokens("3", at(46))))(t), true)
}

func testTokensOneRefresher(t *testing.T, s *store.Store) {
	t.Helper()
	connect(t, s, retailer)
	var winners atomic.Int64
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			won, err := s.LeaseRefresh(within(t), retailer, 1, fmt.Sprintf("refresher-%d", i), at(0), at(45))
			if err != nil {
				t.Error(err)
			}
			if won {
				winners.Add(1)
			}
		})
	}
	group.Wait()
	same(t, "winners", winners.Load(), 1)
}

func testTokensLost(t *testing.T, s *store.Store) {
	t.Helper()
	ctx := within(t)
	same(t, "unknown retailer", got(s.LoseAuthorization(ctx, retailer, 1, "", "revoked", at(1)))(t), false)
	start(t, s, retailer)
	same(t, "other version", got(s.LoseAuthorization(ctx, retailer, 2, "", "revoked", at(1)))(t), false)
	same(t, "leased", got(s.LeaseRefresh(ctx, retailer, 1, "slow", at(0), at(45)))(t), true)
	same(t, "taken over", got(s.LeaseRefresh(ctx, retailer, 1, "fast", at(46), at(91)))(t), true)
	same(t, "word of the slow one", got(s.LoseAuthorization(ctx, retailer, 1, "slow", "revoked", at(47)))(t), false)
	must(t, s.EndRefresh(ctx, retailer, "slow"))
	same(t, "still leased", got(s.LeaseRefresh(ctx, retailer, 1, "other", at(47), at(92)))(t), false)
	must(t, s.EndRefresh(ctx, retailer, "fast"))
	same(t, "leased at once", got(s.LeaseRefresh(ctx, retailer, 1, "other", at(47), at(92)))(t), true)
	same(t, "lost", got(s.LoseAuthorization(ctx, retailer, 1, "other", "revoked", at(1)))(t), true)
	same(t, "lost again", got(s.LoseAuthorization(ctx, retailer, 1, "", "revoked", at(2)))(t), false)
	c := got(s.Connection(ctx, retailer))(t)
	same(t, "state", c.State, store.ReauthorizationRequired)
	same(t, "problem", c.Problem, "revoked")
	same(t, "since", c.ProblemAt, at(1))
	same(t, "status", got(s.Status(ctx, retailer))(t).ConnectionProblem, "revoked")
	record(t, s, retailer, at(3), sale("a"))
	if _, ok, err := s.Claim(ctx, worker, at(4), time.Minute); err != nil || ok {
		t.Errorf("claim without authorization: %v, %v", ok, err)
	}
	must(t, s.StartSync(ctx, retailer, at(4)))
	audited(t, s, retailer)
	must(t, s.SaveConnection(ctx, retailer, connection(at(5))))
	l := claim(t, s, at(5))
	same(t, "resumed", len(got(s.PendingEvents(ctx, l, at(5), 10, true))(t)), 1)
	same(t, "problem", got(s.Connection(ctx, retailer))(t).Problem, "")
}
