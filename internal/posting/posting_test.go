package posting_test

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/quickbooks/wire"
	"github.com/tillpost/tillpost/internal/store"
)

func TestEventsBecomeEntries(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.run()
		r.record(1, 1)
		r.until("synced", time.Second, func() bool { return r.count(ledger.StateSynced) == 1 })
		r.record(2, 100)
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 100 })
		r.expectBooks(100)
	})
}

func TestAnUnmappedEventWaitsAndIsReleasedByItsMapping(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		must(r.authorize("authorize"))(t)
		r.importAccounts()
		check(t, r.store.StartSync(t.Context(), retailer, time.Now()))
		r.run()
		r.record(1, 3)
		r.until("waiting", time.Minute, func() bool { return r.count(ledger.StateActionRequired) == 3 })
		problem := r.event(1).Problem
		if problem.Reason != ledger.ReasonUnmapped || len(problem.Slots) != 2 {
			t.Fatalf("problem %+v, want UNMAPPED with both slots", problem)
		}
		r.mapSlots(ledger.RolePayment, ledger.RoleRevenue)
		r.engine.Wake(retailer)
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 3 })
		r.expectBooks(3)
	})
}

// lose makes the answers of the first tries get lost, at a stage.
func lose(at simulator.Stage, tries int) func(int, simulator.Stage, simulator.RequestInfo) simulator.Action {
	return func(n int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
		return simulator.Action{Cut: n <= tries && stage == at}
	}
}

func TestALostAnswerIsSettledByTheSameRequest(t *testing.T) {
	t.Parallel()
	for name, stage := range map[string]simulator.Stage{"before": simulator.BeforeCommit, "after": simulator.AfterCommit} {
		for kind, last := range map[string]int{"single": 1, "batch": 30} {
			t.Run(name+" the commit, "+kind, func(t *testing.T) {
				t.Parallel()
				virtually(t, func(t *testing.T) {
					r := newRig(t)
					r.connect()
					var mu sync.Mutex
					bodies := map[string][]byte{}
					cut := lose(stage, 3)
					r.onPosts(func(n int, at simulator.Stage, info simulator.RequestInfo) simulator.Action {
						mu.Lock()
						defer mu.Unlock()
						if before, ok := bodies[info.RequestID]; ok && !bytes.Equal(before, info.Body) {
							t.Errorf("request %s was sent with another body", info.RequestID)
						}
						bodies[info.RequestID] = info.Body
						return cut(n, at, info)
					})
					r.record(1, last)
					r.run()
					r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == int64(last) })
					r.expectBooks(last)
					if len(bodies) != 1 {
						t.Errorf("%d requestids were used, want 1", len(bodies))
					}
				})
			})
		}
	}
}

// TestALateRequestIsNotSent: what is held up between the note that it is sent and the wire, as by a machine that was
// suspended, does not arrive after its time; its events are posted anew.
func TestALateRequestIsNotSent(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		var held, arrived atomic.Int32
		r.hold = func(request *http.Request) {
			if request.Method == http.MethodPost && held.Add(1) == 1 {
				time.Sleep(40 * time.Second)
			}
		}
		r.onPosts(func(_ int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
			if stage == simulator.BeforeCommit {
				arrived.Add(1)
			}
			return simulator.Action{}
		})
		r.record(1, 5)
		r.run()
		r.until("synced", 2*time.Minute, func() bool { return r.count(ledger.StateSynced) == 5 })
		r.expectBooks(5)
		if held.Load() != 2 || arrived.Load() != 1 {
			t.Errorf("%d requests were made and %d arrived, want 2 and 1", held.Load(), arrived.Load())
		}
		if failures := r.status().Failures; failures != 0 {
			t.Errorf("%d failures are counted for what QuickBooks never saw", failures)
		}
	})
}

// dark makes every post get lost for a while, at a stage.
func dark(t *testing.T, at simulator.Stage, until time.Time) func(int, simulator.Stage, simulator.RequestInfo) simulator.Action {
	t.Helper()
	return func(_ int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
		return simulator.Action{Cut: stage == at && time.Now().Before(until)}
	}
}

func TestPastTheReplayWindowAQuerySettles(t *testing.T) {
	t.Parallel()
	for name, stage := range map[string]simulator.Stage{"booked": simulator.AfterCommit, "not booked": simulator.BeforeCommit} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *testing.T) {
				r := newRig(t)
				r.connect()
				dawn := time.Now().Add(20 * time.Minute)
				r.onPosts(dark(t, stage, dawn))
				r.record(1, 2)
				r.run()
				r.until("synced", time.Hour, func() bool { return r.count(ledger.StateSynced) == 2 })
				r.expectBooks(2)
				attempts := r.event(1).Attempts
				if len(attempts) < 5 {
					t.Errorf("%d attempts are told, want many", len(attempts))
				}
			})
		})
	}
}

func TestAnOutageIsNobodysFault(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusTooManyRequests} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			virtually(t, func(t *testing.T) {
				r := newRig(t)
				r.connect()
				r.onPosts(func(n int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
					if n <= 4 && stage == simulator.BeforeCommit {
						return simulator.Action{Status: status}
					}
					return simulator.Action{}
				})
				r.record(1, 40)
				r.run()
				r.until("synced", time.Hour, func() bool { return r.count(ledger.StateSynced) == 40 })
				if n := r.count(ledger.StateActionRequired); n != 0 {
					t.Errorf("%d events are blamed for the outage", n)
				}
				r.expectBooks(40)
			})
		})
	}
}

func TestAnExpiredTokenIsRefreshedOnTheWay(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t, func(_ *posting.Config, o *simulator.Options) {
			o.Switches[simulator.SwitchRotation] = "every-refresh"
		})
		r.connect()
		r.run()
		for i := 1; i <= 3; i++ {
			r.record(i, i)
			r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == int64(i) })
			time.Sleep(61 * time.Minute)
		}
		r.sim.AdvanceClock(3 * time.Hour) // the token is dead at Intuit before our clock says so
		r.record(4, 4)
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 4 })
		r.expectBooks(4)
	})
}

func TestALostAuthorizationKeepsEventsAndResumes(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.run()
		r.sim.AdvanceClock(200 * 24 * time.Hour) // longer than a refresh token lives
		r.record(1, 3)
		r.until("lost", time.Minute, func() bool {
			return must(r.store.Connection(t.Context(), retailer))(t).State == store.ReauthorizationRequired
		})
		if n := r.count(ledger.StatePending); n != 3 {
			t.Errorf("%d events are PENDING, want 3: %+v", n, r.status())
		}
		if _, err := r.engine.ImportAccounts(t.Context(), retailer, func(int, int) error { return nil }); !errors.Is(err, posting.ErrReauthorizationRequired) {
			t.Errorf("import: %v, want ErrReauthorizationRequired", err)
		}
		must(r.authorize("authorize"))(t)
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 3 })
		r.expectBooks(3)
	})
}

func TestAConnectorWhoWasRemovedHasToReconnect(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.run()
		remove := func(removed bool) {
			check(t, r.sim.ChangeCompany(r.realm, func(o *simulator.CompanyOptions) { o.ConnectorRemoved = removed }))
		}
		remove(true)
		r.record(1, 3)
		r.until("lost", time.Minute, func() bool {
			return must(r.store.Connection(t.Context(), retailer))(t).State == store.ReauthorizationRequired
		})
		if n := r.count(ledger.StatePending); n != 3 {
			t.Errorf("%d events are PENDING, want 3: %+v", n, r.status())
		}
		remove(false)
		must(r.authorize("authorize"))(t)
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 3 })
		r.expectBooks(3)
	})
}

func TestANumberThatIsTakenIsNeverCalledSynced(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t, func(_ *posting.Config, o *simulator.Options) {
			o.Companies = []simulator.CompanyOptions{{Realm: simulator.DefaultRealm, WarnDuplicateJournalNumber: true}}
		})
		r.connect()
		r.postByHand(sale(1).Number)
		r.record(1, 2)
		r.run()
		r.until("judged", time.Minute, func() bool {
			return r.count(ledger.StateActionRequired) == 1 && r.count(ledger.StateSynced) == 1
		})
		if event := r.event(1); event.Reason != ledger.ReasonNumberTaken || event.Problem.Remedy == "" {
			t.Errorf("the event says %s %+v, want NUMBER_TAKEN with a remedy", event.Reason, event.Problem)
		}
	})
}

// postByHand books an entry as a person would, beside the service.
func (r *rig) postByHand(number string) {
	r.t.Helper()
	accounts, _, err := r.store.ListAccounts(r.t.Context(), retailer, store.AccountQuery{Limit: 2, Type: ledger.TypeBank})
	check(r.t, err)
	line := func(side string, account ledger.AccountID) wire.JournalLine {
		return wire.JournalLine{Amount: 100, DetailType: wire.DetailTypeJournal, JournalEntryLineDetail: &wire.JournalLineDetail{
			PostingType: side, AccountRef: &wire.Ref{Value: string(account)},
		}}
	}
	r.post(wire.JournalEntry{
		TxnDate: "2026-11-01", DocNumber: number,
		Line: []wire.JournalLine{line(wire.PostingDebit, accounts[0].ID), line(wire.PostingCredit, accounts[1].ID)},
	})
}

// post books an entry beside the engine, under a requestid of its own.
func (r *rig) post(entry wire.JournalEntry) {
	r.t.Helper()
	body := must(quickbooks.EncodeJournalEntry(entry))(r.t)
	_, _, err := r.qb.Company(quickbooks.RealmID(r.realm), r.accessToken(), unpaced).PostJournalEntry(r.t.Context(),
		quickbooks.Request{Kind: quickbooks.Single, ID: "beside-" + entry.DocNumber, Body: body})
	check(r.t, err)
}

// accessToken gets a token of its own by authorizing once more, beside the engine.
func (r *rig) accessToken() quickbooks.Secret {
	r.t.Helper()
	return r.grantBeside().Access
}

func TestWhatQuickBooksStoredDifferentlyIsNotSynced(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.mu.Lock()
		r.alter = func(path string, _ int, body []byte) []byte {
			if strings.HasSuffix(path, "/journalentry") {
				return bytes.Replace(body, []byte("10.01"), []byte("10.10"), 1)
			}
			return body
		}
		r.mu.Unlock()
		r.record(1, 1)
		r.run()
		r.until("judged", time.Minute, func() bool { return r.count(ledger.StateActionRequired) == 1 })
		event := r.event(1)
		if event.Reason != ledger.ReasonStoredDifferently || !strings.Contains(event.Problem.Message, "10.01") {
			t.Errorf("the event says %+v, want STORED_DIFFERENTLY with the amounts", event.Problem)
		}
	})
}

func TestAClosedPeriodWaitsForAPerson(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		check(t, r.sim.ChangeCompany(r.realm, func(o *simulator.CompanyOptions) { o.BookCloseDate = "2026-11-30" }))
		r.record(1, 1)
		r.run()
		r.until("judged", time.Minute, func() bool { return r.count(ledger.StateActionRequired) == 1 })
		if event := r.event(1); event.Reason != ledger.ReasonPeriodClosed {
			t.Errorf("the event says %+v, want PERIOD_CLOSED", event.Problem)
		}
		check(t, r.sim.ChangeCompany(r.realm, func(o *simulator.CompanyOptions) { o.BookCloseDate = "" }))
		time.Sleep(10 * time.Second) // virtual: an event is not held by what was read so long ago
		must(r.store.RetryEvents(t.Context(), retailer, store.Retry{Reason: ledger.ReasonPeriodClosed}, "ann", time.Now()))(t)
		r.engine.Wake(retailer)
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 1 })
		r.expectBooks(1)
	})
}

func TestPublishedLimitsAreKeptAndUsed(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t, func(c *posting.Config, o *simulator.Options) {
			c.Limits = quickbooks.IntuitLimits()
			o.Switches[simulator.SwitchLimits] = "on"
		})
		r.connect()
		var mu sync.Mutex
		var batches, all []time.Time
		r.onPosts(func(_ int, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
			if stage == simulator.BeforeCommit {
				mu.Lock()
				defer mu.Unlock()
				all = append(all, time.Now())
				if info.Kind == simulator.KindBatch {
					batches = append(batches, time.Now())
				}
			}
			return simulator.Action{Delay: 200 * time.Millisecond}
		})
		const events = 2000
		for first := 1; first <= events; first += 500 {
			r.record(first, first+499)
		}
		began := time.Now()
		r.run()
		r.until("synced", 10*time.Minute, func() bool { return r.count(ledger.StateSynced) == events })
		if took := time.Since(began); took > 90*time.Second {
			t.Errorf("%d events took %v at Intuit's limits, want about 75 s", events, took)
		}
		expectAtMost(t, "requests", all, time.Minute, 500)
		expectAtMost(t, "requests", all, time.Second, 10)
		expectAtMost(t, "batches", batches, time.Minute, 40)
		if n := r.sim.Requests().ByStatus[http.StatusTooManyRequests]; n > 0 {
			t.Errorf("%d requests were refused as too many", n)
		}
	})
}

// expectAtMost checks every window of a length, whatever its alignment.
func expectAtMost(t *testing.T, what string, times []time.Time, window time.Duration, most int) {
	t.Helper()
	for i := most; i < len(times); i++ {
		if gap := times[i].Sub(times[i-most]); gap < window {
			t.Errorf("%d %s within %v, at most %d are allowed in %v", most+1, what, gap, most, window)
			return
		}
	}
}

func TestAPauseStopsPostingAndAStartResumesIt(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.run()
		check(t, r.store.PauseSync(t.Context(), retailer, time.Now()))
		r.record(1, 2)
		time.Sleep(5 * time.Minute)
		if n := r.count(ledger.StatePending); n != 2 {
			t.Fatalf("%d events are PENDING while paused, want 2", n)
		}
		check(t, r.store.StartSync(t.Context(), retailer, time.Now()))
		r.engine.Wake(retailer)
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 2 })
		r.expectBooks(2)
	})
}

func TestStoppingLetsRequestsUnderWayFinish(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		sent := make(chan struct{}, 1)
		r.onPosts(func(_ int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
			if stage == simulator.BeforeCommit {
				sent <- struct{}{}
			}
			return simulator.Action{Delay: time.Second}
		})
		r.record(1, 1)
		stop := r.run()
		<-sent
		stop()
		r.expectBooks(1)
	})
}

// TestOneBadEntryDoesNotHoldUpItsBatch has QuickBooks refuse every request that carries one certain entry as a whole, as it
// does with a body that it cannot read: the others are booked, and only that event asks for a person.
func TestOneBadEntryDoesNotHoldUpItsBatch(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		bad := sale(31)
		r.onPosts(func(_ int, stage simulator.Stage, info simulator.RequestInfo) simulator.Action {
			if stage != simulator.BeforeCommit || !bytes.Contains(info.Body, []byte(bad.Number)) {
				return simulator.Action{}
			}
			fault := `{"Fault":{"Error":[{"Message":"unsupported property","code":"2010"}],"type":"ValidationFault"}}`
			return simulator.Action{Status: http.StatusBadRequest, ContentType: "application/json", Body: []byte(fault)}
		})
		r.record(31, 60)
		r.record(1, 30)
		r.run()
		r.until("judged", time.Minute, func() bool {
			return r.count(ledger.StateSynced) == 59 && r.count(ledger.StateActionRequired) == 1
		})
		r.expectBooksOf(30, 59)
		if event := r.event(31); event.Reason != ledger.ReasonRejectedByQuickBooks {
			t.Errorf("the event says %s %+v, want REJECTED_BY_QUICKBOOKS", event.Reason, event.Problem)
		}
	})
}

// A refusal that says nothing, in a language that the client does not know, comes although the entry was saved: it is looked
// for before the event is called refused.
func TestARefusalThatSavedIsSynced(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		must(r.sim.AddFault(simulator.FaultRule{
			Kinds: []simulator.Kind{simulator.KindEntryWrite}, Stage: simulator.StageAfter, Times: 1, Status: http.StatusBadRequest,
			ContentType: "application/json",
			Body: `{"Fault":{"Error":[{"Message":"Se ha producido un error","Detail":"Error al guardar","code":"6000"}],` +
				`"type":"ValidationFault"}}`,
		}))(t)
		r.record(1, 1)
		r.run()
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 1 })
		r.expectBooks(1)
	})
}
