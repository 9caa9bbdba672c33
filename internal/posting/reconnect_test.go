package posting_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tillpost/tillpost/internal/ledger"
	"github.com/tillpost/tillpost/internal/posting"
	"github.com/tillpost/tillpost/internal/quickbooks/simulator"
	"github.com/tillpost/tillpost/internal/store"
)

const otherRealm = "777"

// newRigOfTwo is a rig with two companies.
func newRigOfTwo(t *testing.T) *rig {
	t.Helper()
	return newRig(t, func(_ *posting.Config, o *simulator.Options) {
		o.Companies = []simulator.CompanyOptions{{Realm: simulator.DefaultRealm}, {Realm: otherRealm, Name: "Another"}}
	})
}

func (r *rig) connection() store.Connection {
	r.t.Helper()
	return must(r.store.Connection(r.t.Context(), retailer))(r.t)
}

func (r *rig) disconnect() {
	r.t.Helper()
	if revoked := must(r.engine.Disconnect(r.t.Context(), retailer))(r.t); !revoked {
		r.t.Error("the grant was not revoked at Intuit")
	}
}

// expectEntries checks how many entries a company's books hold.
func (r *rig) expectEntries(realm string, want int) {
	r.t.Helper()
	if n := len(must(r.sim.Journal(realm))(r.t)); n != want {
		r.t.Errorf("company %s holds %d entries, want %d", realm, n, want)
	}
}

// TestAnotherCompanyOnlyWhenConfirmed goes from one company to another: not by mistake, and when it is meant, with no entry
// of the one in the books of the other.
func TestAnotherCompanyOnlyWhenConfirmed(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRigOfTwo(t)
		r.connect()
		r.run()
		r.record(1, 3)
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 3 })
		former := r.connection().CompanyName
		r.disconnect()
		r.record(4, 4)
		revised := sale(1)
		revised.Revision = 2
		revised.Detail = sale(7).Detail
		must(r.store.RecordEvents(t.Context(), retailer, "pos", []store.NewEvent{newEvent(t, revised)}, time.Now()))(t)

		r.realm = otherRealm
		if _, err := r.authorize("authorize"); !errors.Is(err, posting.ErrOtherCompany) {
			t.Errorf("another company: %v, want ErrOtherCompany", err)
		}
		if grants := r.sim.Grants(otherRealm); len(grants) != 1 || !grants[0].Revoked {
			t.Errorf("the grant that was not wanted is left open: %+v", grants)
		}
		r.allowOther = true
		must(r.authorize("authorize"))(t)
		if c := r.connection(); c.Realm != otherRealm || c.SyncStarted || c.AccountCount != 0 || c.CompanyName != "Another" {
			t.Errorf("in the other company: %+v", c)
		}
		time.Sleep(time.Minute)
		r.expectEntries(otherRealm, 0) // nothing before a person starts sync

		r.importAccounts()
		r.mapSlots(ledger.RolePayment, ledger.RoleRevenue)
		check(t, r.store.StartSync(t.Context(), retailer, time.Now()))
		r.engine.Wake(retailer)
		r.until("posted", time.Minute, func() bool { return r.event(4).State == ledger.StateSynced })
		r.until("judged", time.Minute, func() bool { return r.event(1).State == ledger.StateActionRequired })
		if problem := r.event(1).Problem; problem.Reason != ledger.ReasonFormerCompany ||
			!strings.Contains(problem.Message, former) {
			t.Errorf("a revision of what stands in the former company: %+v", problem)
		}
		r.expectEntries(simulator.DefaultRealm, 3)
		r.expectEntries(otherRealm, 1)
		if in := r.event(2).Realm; in != simulator.DefaultRealm {
			t.Errorf("the history says that sale 2 is booked in %s", in)
		}
	})
}

// TestACompanyIsNotLeftWithEntriesUnsettled loses an answer: the entry may be in the books, so it may not be booked elsewhere.
func TestACompanyIsNotLeftWithEntriesUnsettled(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRigOfTwo(t)
		r.connect()
		stop := r.run()
		r.onPosts(func(_ int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
			return simulator.Action{Cut: stage == simulator.AfterCommit}
		})
		r.record(1, 1)
		r.until("under way", time.Minute, func() bool { return r.count(ledger.StateProcessing) == 1 })
		stop()
		r.disconnect()
		r.realm, r.allowOther = otherRealm, true
		if _, err := r.authorize("authorize"); !errors.Is(err, posting.ErrEntriesUnsettled) {
			t.Errorf("leaving: %v, want ErrEntriesUnsettled", err)
		}
		r.onPosts(func(int, simulator.Stage, simulator.RequestInfo) simulator.Action { return simulator.Action{} })
		r.realm = simulator.DefaultRealm
		must(r.authorize("authorize"))(t)
		r.run()
		r.until("settled", time.Hour, func() bool { return r.count(ledger.StateSynced) == 1 })
		r.expectBooks(1)
		r.disconnect()
		r.realm = otherRealm
		must(r.authorize("authorize"))(t)
		r.expectEntries(otherRealm, 0)
	})
}

// TestACompanyThatIsGoneIsLeftAfterADay loses the answers of one entry that is booked and one that is not, and then the company.
// Nothing is posted twice, and nothing by itself: who has looked there skips the one and retries the other.
func TestACompanyThatIsGoneIsLeftAfterADay(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRigOfTwo(t)
		r.connect()
		stop := r.run()
		r.onPosts(func(n int, stage simulator.Stage, _ simulator.RequestInfo) simulator.Action {
			return simulator.Action{Cut: n > 1 || stage == simulator.AfterCommit}
		})
		r.record(1, 1)
		r.until("under way", time.Minute, func() bool { return r.count(ledger.StateProcessing) == 1 })
		r.record(2, 2)
		r.until("under way", time.Minute, func() bool { return r.count(ledger.StateProcessing) == 2 })
		stop()
		r.disconnect()
		r.onPosts(func(int, simulator.Stage, simulator.RequestInfo) simulator.Action { return simulator.Action{} })
		r.realm, r.allowOther, r.abandon = otherRealm, true, true
		if _, err := r.authorize("authorize"); !errors.Is(err, posting.ErrEntriesUnsettled) {
			t.Errorf("too early: %v, want ErrEntriesUnsettled", err)
		}
		time.Sleep(24 * time.Hour)
		r.abandon = false
		if _, err := r.authorize("authorize"); !errors.Is(err, posting.ErrEntriesUnsettled) {
			t.Errorf("nobody gave up: %v, want ErrEntriesUnsettled", err)
		}
		r.abandon = true
		r.connect()
		r.run()
		r.record(3, 3)
		r.until("goes on", time.Minute, func() bool { return r.count(ledger.StateSynced) == 1 })
		time.Sleep(time.Hour)
		for n := 1; n <= 2; n++ {
			if event := r.event(n); event.State != ledger.StateActionRequired || event.Reason != ledger.ReasonOutcomeLost {
				t.Errorf("sale %d: %s %s", n, event.State, event.Reason)
			}
		}
		r.expectEntries(simulator.DefaultRealm, 1)
		r.expectEntries(otherRealm, 1)

		must(r.store.SkipEvents(t.Context(), retailer, []ledger.EventID{sale(1).ID}, false, "it is there", "ann", time.Now()))(t)
		must(r.store.RetryEvents(t.Context(), retailer, store.Retry{IDs: []ledger.EventID{sale(2).ID}}, "ann", time.Now()))(t)
		r.engine.Wake(retailer)
		r.until("posted", time.Minute, func() bool { return r.event(2).State == ledger.StateSynced })
		r.expectEntries(simulator.DefaultRealm, 1)
		r.expectEntries(otherRealm, 2)
		if differences := must(r.store.Audit(t.Context(), retailer))(t); len(differences) > 0 {
			t.Errorf("audit: %q", differences)
		}
	})
}

// TestTheSameCompanyResumesByItself disconnects with events on the way, and connects again: mappings, history and sync are as
// before, and what was recorded meanwhile is posted.
func TestTheSameCompanyResumesByItself(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.run()
		r.record(1, 3)
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 3 })
		r.disconnect()
		if grants := r.sim.Grants(r.realm); len(grants) != 1 || !grants[0].Revoked {
			t.Errorf("after Disconnect Intuit has %+v", grants)
		}
		r.record(4, 6)
		time.Sleep(time.Hour)
		r.expectEntries(r.realm, 3)
		must(r.authorize("authorize"))(t)
		r.until("synced", time.Minute, func() bool { return r.count(ledger.StateSynced) == 6 })
		r.expectBooks(6)
	})
}

// TestDisconnectWithoutIntuit forgets the tokens although Intuit cannot be told.
func TestDisconnectWithoutIntuit(t *testing.T) {
	t.Parallel()
	virtually(t, func(t *testing.T) {
		r := newRig(t)
		r.connect()
		r.onKind(simulator.KindRevoke, func(int) simulator.Action { return simulator.Action{Cut: true} })
		revoked, err := r.engine.Disconnect(t.Context(), retailer)
		if c := r.connection(); err != nil || revoked || len(c.Tokens.AccessSealed)+len(c.Tokens.RefreshSealed) != 0 {
			t.Errorf("Disconnect = %v, %v; tokens %+v", revoked, err, c.Tokens)
		}
	})
}
