package suggest

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/ledger"
)

// reading is an account as one role sees it.
type reading struct {
	entry *entry
	// topic is what the account is about within the role: its own words without those of the role, or, where these are
	// none, the nearest ancestor's. An account without a topic is a general one.
	topic []string
	// parts are the topics of the members, where the own name is a list of two or more.
	parts [][]string
	// named is how far the name says the role: 2 by itself, 1 together with the names above it, 0 not at all.
	named int
	rank  int // which of the role's names it bears
	// counted is true where QuickBooks' sub-type says the role.
	counted  bool
	catchAll bool // its own name says that it takes the rest
	typeRank int  // which of the role's types it has
	signed   bool // its name, or one above it, has a sign of the role
	silent   bool // nothing speaks for the role, in a role where a name like the key's is not enough
}

// evidence is what speaks for the role, from 0 to 1.
func (r *reading) evidence() float64 {
	switch {
	case r.named > 0 && r.counted, r.named == 2:
		return 1
	case r.named == 1, r.signed:
		return 0.9
	case r.counted:
		return 0.8
	default:
		return 0.5
	}
}

// family is the accounts that could serve a role.
type family struct {
	profile  *profile
	chart    *chart
	readings []reading
	byWord   map[string][]int // readings by a word of their topic
	byName   map[string][]int // readings by their folded own name
	words    []shape          // the words of byWord, in order
	near     map[string][]hit // for words of keys, remembered
	fillers  map[string]bool  // for words of names, remembered
	counts   []int            // by reading, how many words of its topic a key has; all 0 between two keys
}

// hit is a word of a topic that a word of a key may mean.
type hit struct {
	word string
	sim  float64
}

func readFamily(c *chart, p *profile) *family {
	f := &family{
		profile: p, chart: c, byWord: map[string][]int{}, byName: map[string][]int{}, near: map[string][]hit{},
		fillers: map[string]bool{},
	}
	for _, e := range c.entries {
		r, ok := f.read(e)
		if !ok {
			continue
		}
		i := len(f.readings)
		f.readings = append(f.readings, r)
		if r.silent {
			continue // only for keys of a kind
		}
		f.byName[e.own.folded] = append(f.byName[e.own.folded], i)
		for _, w := range r.topic {
			if f.byWord[w] == nil {
				f.words = append(f.words, shapeOf(w))
			}
			f.byWord[w] = append(f.byWord[w], i)
		}
	}
	slices.SortFunc(f.words, func(a, b shape) int { return cmp.Compare(a.word, b.word) })
	f.counts = make([]int, len(f.readings))
	return f
}

// read judges whether an account could serve the role at all, and what of it.
func (f *family) read(e *entry) (reading, bool) {
	p := f.profile
	r := reading{entry: e, typeRank: slices.Index(p.types, e.account.Type)}
	if r.typeRank < 0 || !e.usable() || p.role.Fits(e.account.Type) != ledger.FitGood ||
		slices.Contains(p.subTypesAgainst, e.account.SubType) {
		return r, false
	}
	all := slices.Concat(e.own.words, e.path)
	if anyIn(p.against, all) != nil {
		return r, false
	}
	r.counted = slices.Contains(p.subTypes, e.account.SubType)
	r.named, r.rank = f.naming(e.own.words, all)
	r.silent = p.shy && r.named == 0 && !r.counted
	r.signed = anyIn(p.signs, all) != nil
	r.topic = f.topicOf(e.own.words)
	r.catchAll = slices.ContainsFunc(e.own.words, func(w string) bool { return slices.Contains(catchAll, w) })
	if len(r.topic) > 0 {
		for _, part := range e.own.parts {
			if topic := f.topicOf(part); len(topic) > 0 {
				r.parts = append(r.parts, topic)
			}
		}
		return r, true
	}
	for above := e.aboveName; above != "" && len(r.topic) == 0; {
		var own string
		above, own = splitName(above)
		r.topic = f.topicOf(read(own).words)
	}
	return r, true
}

// naming tells how far a name says the role, and which of the role's names it is.
func (f *family) naming(own, all []string) (named, rank int) {
	for i, name := range f.profile.names {
		if name.in(own) {
			return 2, i
		}
	}
	for i, name := range f.profile.names {
		if name.in(all) {
			return 1, i
		}
	}
	return 0, 0
}

// topicOf returns the words that are not the role's.
func (f *family) topicOf(words []string) []string {
	var out []string
	for _, w := range words {
		if !f.isFiller(w) {
			out = append(out, w)
		}
	}
	return out
}

func (f *family) isFiller(w string) bool {
	known, ok := f.fillers[w]
	if !ok {
		known = slices.Contains(catchAll, w) || slices.Contains(f.profile.filler, w) ||
			!f.chart.spoken[w] && hasWord(f.profile.filler, w)
		f.fillers[w] = known
	}
	return known
}

// general returns the account that serves what no other does, or an empty choice.
func (f *family) general(left []key) choice {
	best := choice{}
	for i := range f.readings {
		r := &f.readings[i]
		if len(r.topic) > 0 || r.named == 0 && (!r.counted || f.profile.named) {
			continue
		}
		c := choice{entry: r.entry, confidence: f.generalConfidence(r), how: howGeneral}
		if r.named == 0 {
			c.how = howCounted
		}
		best = best.better(c)
	}
	if best.entry != nil {
		return best
	}
	for i := range f.profile.aims {
		if a := &f.profile.aims[i]; a.kind == kindNone {
			best = best.better(f.aimed(a))
		}
	}
	if best.entry == nil && !f.profile.named && len(left) > 0 {
		return f.root()
	}
	return best
}

func (f *family) generalConfidence(r *reading) float64 {
	other := r.catchAll && anyIn(f.profile.names, r.entry.path) != nil
	c := f.profile.sure - min(0.1, 0.01*float64(r.rank)) - 0.03*float64(r.typeRank)
	if r.named < 2 || other {
		c -= 0.03
	}
	if r.named == 0 {
		c -= 0.07
	}
	if len(f.profile.subTypes) > 0 && !r.counted {
		c -= 0.05
	}
	if other {
		c += 0.06 // "Sales:Other" is better than "Sales"
	}
	return hundredths(c)
}

// root finds the general account of a chart in another language: the one that all others of the role's sub-type lie
// below.
func (f *family) root() choice {
	var top *entry
	below := 0
	for i := range f.readings {
		r := &f.readings[i]
		if !r.counted {
			continue
		}
		if top != nil && strings.HasPrefix(foldName(r.entry.name), foldName(top.name)+":") {
			below++
			continue
		}
		if top != nil {
			return choice{}
		}
		top = r.entry // the order of the chart has parents before what lies below them
	}
	if below < 2 {
		return choice{}
	}
	return choice{entry: top, confidence: hundredths(f.profile.sure - 0.2), how: howRoot}
}

func hundredths(c float64) float64 { return math.Round(min(1, max(0, c))*100) / 100 }
