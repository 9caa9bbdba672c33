package simulator

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// FaultStage says when in the course of a request a fault happens.
type FaultStage string

// The stages.
const (
	StageBefore FaultStage = "before" // nothing is done
	StageDuring FaultStage = "during" // everything is done, and the answer breaks off in the middle
	StageAfter  FaultStage = "after"  // everything is done, and its answer is lost or another one takes its place
)

// Duration is a time.Duration that is written as text in JSON: "1.5s".
type Duration time.Duration

// MarshalText writes the duration.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads a duration such as "250ms".
func (d *Duration) UnmarshalText(raw []byte) error {
	read, err := time.ParseDuration(string(raw))
	if err != nil || read < 0 {
		return fmt.Errorf("%w: %q is no duration; write 250ms, 5s or 2m", ErrOptions, raw)
	}
	*d = Duration(read)
	return nil
}

// FaultRule makes something go wrong with requests that match it. What is left empty matches everything. Of several rules
// that match, the one added first has its way.
type FaultRule struct {
	// Name is for people.
	Name string `json:"name,omitempty"`
	// Kinds, Realm and App say which requests; a Kind may end in "*": "journalentry.*".
	Kinds []Kind `json:"kinds,omitempty"`
	Realm string `json:"realm,omitempty"`
	App   string `json:"app,omitempty"`
	// Contains is a text that must stand in the body.
	Contains string `json:"contains,omitempty"`
	// Items makes the rule look at the items of a batch, one by one, instead of requests. Only faults of the service's own
	// can happen to an item.
	Items bool `json:"items,omitempty"`
	// Skip lets so many matching requests pass first. Times is how many are hit after that; 0 means all. Probability, from
	// 0 to 1, hits only some of them; 0 means all.
	Skip        int     `json:"skip,omitempty"`
	Times       int     `json:"times,omitempty"`
	Probability float64 `json:"probability,omitempty"`
	// Stage is when it happens. Empty: before, or after for a fault that comes although the write was done.
	Stage FaultStage `json:"stage,omitempty"`

	// Delay holds the request up. It goes together with everything below.
	Delay Duration `json:"delay,omitempty"`
	// Fault is the Name of a KnownFault that is answered.
	Fault string `json:"fault,omitempty"`
	// Status, ContentType and Body are an answer of one's own.
	Status      int    `json:"status,omitempty"`
	ContentType string `json:"contentType,omitempty"`
	Body        string `json:"body,omitempty"`
	// Hang gives no answer until the client goes away, or Intuit's 120 seconds are over. Cut closes the connection.
	// Truncate sends so many bytes of the right answer, and then closes the connection.
	Hang     bool `json:"hang,omitempty"`
	Cut      bool `json:"cut,omitempty"`
	Truncate int  `json:"truncate,omitempty"`
}

// FaultState is a rule that is in force.
type FaultState struct {
	ID   string    `json:"id"`
	Rule FaultRule `json:"rule"`
	// Seen is how many requests matched, Hits how many of them it happened to.
	Seen int64 `json:"seen"`
	Hits int64 `json:"hits"`
}

// check fills in what a rule leaves open and refuses what cannot be. It returns the fault that the rule names.
func (r *FaultRule) check() (*KnownFault, error) {
	ways := 0
	for _, chosen := range []bool{r.Fault != "", r.Status != 0, r.Hang, r.Cut, r.Truncate > 0} {
		ways += int(flag(chosen))
	}
	switch {
	case ways > 1 || (ways == 0 && r.Delay == 0):
		return nil, fmt.Errorf("%w: a fault needs one of fault, status, hang, cut and truncate, or a delay alone", ErrOptions)
	case r.Skip < 0 || r.Times < 0 || r.Truncate < 0 || r.Probability < 0 || r.Probability > 1:
		return nil, fmt.Errorf("%w: skip, times and truncate are not negative, and a probability is from 0 to 1", ErrOptions)
	case r.Status != 0 && (r.Status < 200 || r.Status > 599):
		return nil, fmt.Errorf("%w: status %d; it is from 200 to 599", ErrOptions, r.Status)
	}
	var known *KnownFault
	if r.Fault != "" {
		all := KnownFaults()
		i := slices.IndexFunc(all, func(f KnownFault) bool { return f.Name == r.Fault })
		if i < 0 {
			return nil, fmt.Errorf("%w: there is no fault %q; --list-faults shows them", ErrOptions, clip(r.Fault))
		}
		known = &all[i]
	}
	if r.Items && (known == nil || known.Envelope != EnvelopeService) {
		return nil, fmt.Errorf("%w: only faults of the service's own can happen to items of a batch", ErrOptions)
	}
	return known, r.checkStage(known)
}

func (r *FaultRule) checkStage(known *KnownFault) error {
	switch r.Stage {
	case "":
		r.Stage = StageBefore
		if known != nil && known.Committed {
			r.Stage = StageAfter
		}
		if r.Truncate > 0 {
			r.Stage = StageDuring
		}
	case StageBefore, StageAfter, StageDuring:
	default:
		return fmt.Errorf("%w: stage %q; it is before, during or after", ErrOptions, clip(string(r.Stage)))
	}
	if (r.Stage == StageDuring) != (r.Truncate > 0) {
		return fmt.Errorf("%w: truncate and the stage during go together", ErrOptions)
	}
	return nil
}

// matches says whether a request, or an item of a batch, is one that the rule is about.
func (r *FaultRule) matches(c *call, body []byte) bool {
	return (r.Realm == "" || r.Realm == c.realm) && (r.App == "" || r.App == c.app) &&
		(len(r.Kinds) == 0 || slices.ContainsFunc(r.Kinds, c.kind.fits)) &&
		(r.Contains == "" || bytes.Contains(body, []byte(r.Contains)))
}

// fits says whether a kind is one, or one of those that a pattern with "*" at its end stands for.
func (k Kind) fits(pattern Kind) bool {
	if prefix, open := strings.CutSuffix(string(pattern), "*"); open {
		return strings.HasPrefix(string(k), prefix)
	}
	return k == pattern
}

// describe says in a few words what the rule does.
func (r *FaultRule) describe() string {
	words := ""
	switch {
	case r.Fault != "":
		words = r.Fault
	case r.Status != 0:
		words = "answer " + strconv.Itoa(r.Status) + " " + http.StatusText(r.Status)
	case r.Hang:
		words = "hang"
	case r.Cut:
		words = "cut " + string(r.Stage) + " it is done"
	case r.Truncate > 0:
		words = "cut after " + strconv.Itoa(r.Truncate) + " bytes of the answer"
	}
	if r.Delay > 0 {
		words = strings.TrimSpace(words + " " + time.Duration(r.Delay).String() + " late")
	}
	return words
}

// activeRule is a rule in force.
type activeRule struct {
	FaultState

	known *KnownFault
}

// faultRules are the rules in force, in the order they were added. They are safe for concurrent use.
type faultRules struct {
	mu    sync.Mutex
	rules []*activeRule
	last  int
	luck  *rand.Rand
}

func newFaultRules(seed uint64) *faultRules {
	if seed == 0 {
		seed = rand.Uint64() //nolint:gosec // what goes wrong in a test needs no secrecy
	}
	return &faultRules{luck: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // as above
}

// take finds the rule that happens to a request, nil if none does. It counts the request on every rule that matches until
// one hits.
func (f *faultRules) take(c *call, items bool, body []byte) *activeRule {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.rules {
		r := &a.Rule
		if r.Items != items || (r.Times > 0 && a.Hits >= int64(r.Times)) || !r.matches(c, body) {
			continue
		}
		a.Seen++
		if a.Seen <= int64(r.Skip) || (r.Probability > 0 && f.luck.Float64() >= r.Probability) {
			continue
		}
		a.Hits++
		hit := *a
		return &hit
	}
	return nil
}

// AddFault puts a rule in force from the next request on and returns its id. It fails with ErrOptions if the rule cannot
// be.
func (s *Simulator) AddFault(rule FaultRule) (string, error) {
	known, err := rule.check()
	if err != nil {
		return "", err
	}
	f := s.faults
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	id := strconv.Itoa(f.last)
	f.rules = append(f.rules, &activeRule{FaultState: FaultState{ID: id, Rule: rule}, known: known})
	return id, nil
}

// Faults returns the rules in force, and how often each was hit.
func (s *Simulator) Faults() []FaultState {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	states := make([]FaultState, len(s.faults.rules))
	for i, a := range s.faults.rules {
		states[i] = a.FaultState
	}
	return states
}

// RemoveFault takes a rule out of force and reports whether there was one with this id.
func (s *Simulator) RemoveFault(id string) bool {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	before := len(s.faults.rules)
	s.faults.rules = slices.DeleteFunc(s.faults.rules, func(a *activeRule) bool { return a.ID == id })
	return len(s.faults.rules) < before
}

// ClearFaults takes all rules out of force.
func (s *Simulator) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = nil
}
