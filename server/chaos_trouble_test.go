package main_test

import (
	"context"
	"net/http"
	"slices"
	"syscall"
	"time"
)

// startFaults makes QuickBooks unreliable in every way that it has been seen to be.
func (s *storm) startFaults() {
	s.t.Helper()
	writes := []string{"journalentry.write", "batch"}
	rules := []map[string]any{
		{"name": "cut before", "kinds": writes, "cut": true, "stage": "before", "probability": 0.03},
		{"name": "cut after", "kinds": writes, "cut": true, "stage": "after", "probability": 0.05},
		{"name": "half an answer", "kinds": writes, "truncate": 120, "stage": "during", "probability": 0.03},
		{"name": "5xx after commit", "kinds": writes, "status": 503, "body": "<html>busy</html>", "stage": "after", "probability": 0.03},
		{"name": "5xx before", "kinds": writes, "status": 500, "body": "oops", "stage": "before", "probability": 0.02},
		{"name": "slow", "kinds": writes, "delay": "700ms", "probability": 0.05},
		{"name": "reads fail", "kinds": []string{"query", "journalentry.read", "preferences.read"}, "status": 502, "probability": 0.1},
		{"name": "tokens fail", "kinds": []string{"token"}, "cut": true, "stage": "before", "probability": 0.03},
	}
	if s.onlyFreezes {
		rules = []map[string]any{
			{"name": "turned away late", "kinds": writes, "status": 401, "delay": "1300ms", "stage": "before", "probability": 0.4},
			{"name": "slow", "kinds": writes, "delay": "900ms", "probability": 0.8},
		}
	}
	if *chaosFor > time.Minute && !s.onlyFreezes { // a company that meets it is left alone for a minute
		rules = append(rules, map[string]any{
			"name": "429", "kinds": writes, "status": 429, "body": "{}", "stage": "before", "skip": 50, "times": s.companies,
		}, map[string]any{"name": "hang", "kinds": writes, "hang": true, "stage": "after", "skip": 20, "times": 3})
	}
	for _, rule := range rules {
		s.admin(http.MethodPost, "/admin/faults", rule, nil)
	}
}

// makeTrouble goes by the seed's schedule: it kills servers, freezes them for longer than a lease lasts, lets tokens expire,
// and stops PostgreSQL. From a moment on there are three servers.
func (s *storm) makeTrouble(ctx context.Context, grow time.Time) {
	for round := 1; ; round++ {
		pause := time.NewTimer(time.Duration(500+s.random.IntN(1500)) * time.Millisecond)
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		if time.Now().After(grow) || s.onlyFreezes {
			s.grow(3)
		}
		switch {
		case s.onlyFreezes:
			s.freezeAllBut(round)
		case round%5 == 0:
			s.freezeOne()
		case round%9 == 0:
			s.postgres.Stop(s.t)
			time.Sleep(300 * time.Millisecond) // real time: an outage has to last
			s.postgres.Start(s.t)
		case round%3 == 0:
			s.admin(http.MethodPost, "/admin/tokens/expire-access", map[string]any{"realm": ""}, nil)
		default:
			s.killOne()
		}
	}
}

// freezeOne stops a server for longer than its leases last: when it goes on, others have its companies.
func (s *storm) freezeOne() {
	servers := s.list()
	freeze(servers[s.random.IntN(len(servers))])
}

// freezeAllBut freezes every server but one, a different one each round, so that every company has to move.
func (s *storm) freezeAllBut(round int) {
	servers := s.list()
	awake := round % len(servers)
	freeze(slices.Concat(servers[:awake], servers[awake+1:])...)
}

func freeze(servers ...*served) {
	for _, victim := range servers {
		_ = victim.cmd.Process.Signal(syscall.SIGSTOP)
	}
	time.Sleep(1500 * time.Millisecond) // real time: the lease is one second
	for _, victim := range servers {
		_ = victim.cmd.Process.Signal(syscall.SIGCONT)
	}
}

// killOne kills a server as a power failure would, and starts another in its place. It is not killed between Intuit's answer to
// a refresh and the note of it: where Intuit makes a new token at every refresh and gives the old one no grace, as here, that
// answer is the only key to the company, and whoever dies with it in hand has lost it, whatever he does.
func (s *storm) killOne() {
	victims := s.list()
	at := s.random.IntN(len(victims))
	var hold struct {
		ID string `json:"id"`
	}
	s.admin(http.MethodPost, "/admin/faults", map[string]any{
		"name": "no refresh", "kinds": []string{"token"}, "cut": true, "stage": "before",
	}, &hold)
	time.Sleep(500 * time.Millisecond) // real processes: what was answered before is noted by now
	victims[at].kill()
	s.admin(http.MethodDelete, "/admin/faults/"+hold.ID, nil, nil)
	fresh := s.serve()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.servers[at] = fresh
	s.kills++
}
