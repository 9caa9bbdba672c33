package suggest

import (
	"slices"
	"strconv"

	"github.com/tillpost/tillpost/internal/ledger"
)

// how says what a choice rests on.
type how uint8

const (
	howLiteral how = iota + 1 // the name is the key
	howSame                   // the name says the same as the key
	howTypo                   // give or take typing errors
	howMember                 // the name is a list, and the key one of it
	howWider                  // the name is of a group that the key belongs to
	howLevel                  // the name is of the level of authority that the key has
	howAim                    // it serves keys of this kind
	howGeneral                // it is the role's general account, by name
	howCounted                // by sub-type
	howRoot                   // all others of the sub-type lie below it
	howDrawer                 // the cash drawer has the account of cash
)

// choice is an account that is chosen, and why. Without an entry it is none.
type choice struct {
	entry      *entry
	confidence float64
	how        how
	because    string // of an aim
	rival      *entry // another that would do as well
}

// better returns the surer one; of two that are as sure, the first.
func (c choice) better(other choice) choice {
	if c.entry == nil || other.entry != nil && other.confidence > c.confidence {
		return other
	}
	return c
}

// why gives the reason of the choice in one sentence.
func (c choice) why(slot ledger.Slot, name string) string {
	account := "The account " + strconv.Quote(name) + " "
	role := strconv.Quote(slot.Role.Label())
	key := "the " + slot.Role.KeyName() + " " + strconv.Quote(slot.Key)
	if c.rival != nil {
		key += ", though " + strconv.Quote(c.rival.name) + " would do as well"
	}
	switch c.how {
	case howLiteral:
		return account + "has the name of " + key + "."
	case howSame:
		return account + "says the same as " + key + "."
	case howTypo:
		return account + "has, but for the spelling, the name of " + key + "."
	case howMember:
		return account + "names several, and one of them is " + key + "."
	case howWider:
		return account + "is, by its name, for a wider group with " + key + "."
	case howLevel:
		return account + "is for authorities of the level of " + key + "."
	case howAim:
		return account + c.because
	case howCounted:
		return account + "has the detail type " + c.entry.account.SubType + ", which QuickBooks means for the role " + role + "."
	case howRoot:
		return account + "has below it all others of the detail type " + c.entry.account.SubType +
			", which QuickBooks means for the role " + role + "."
	case howDrawer:
		return account + "is suggested for the payment type \"Cash\", and the cash drawer holds the same money."
	default:
		return account + "is by its name the general one for the role " + role + "."
	}
}

// forKey finds the account of one key: named like it, or known to serve its kind.
func (p *plan) forKey(f *family, k *key) choice {
	role := f.profile.role
	if role == ledger.RoleCashDrawer {
		cash := p.filled[ledger.Slot{Role: ledger.RolePayment, Key: ledger.CashPaymentType}]
		if cash.entry != nil && slices.Contains(f.profile.types, cash.entry.account.Type) {
			return choice{entry: cash.entry, confidence: cash.confidence, how: howDrawer}
		}
	}
	if role.KeyName() == "" || k.raw == "" {
		return choice{}
	}
	kind := kindOf(f.profile.kinds, k.text.words)
	best := f.named(k, kind)
	for i := range f.profile.aims {
		if a := &f.profile.aims[i]; a.kind == kind && kind != kindNone {
			best = best.better(f.aimed(a))
		}
	}
	if role == ledger.RolePayment && kind == kindGiftCard {
		owed := p.family(ledger.RoleGiftCardLiability).general(nil)
		owed.how, owed.because = howAim, "is what the store owes on gift cards, and a payment with one redeems it."
		best = best.better(owed)
	}
	return best
}

// aimed finds the account that serves a kind of key.
func (f *family) aimed(a *aim) choice {
	best := choice{}
	for i := range f.readings {
		r := &f.readings[i]
		rank := slices.Index(a.types, r.entry.account.Type)
		if rank < 0 || a.childless && f.split(r.entry) {
			continue
		}
		if !slices.Contains(a.subTypes, r.entry.account.SubType) && !f.serves(a, r) {
			continue
		}
		best = best.better(choice{
			entry: r.entry, confidence: hundredths(a.sure - 0.03*float64(rank)), how: howAim, because: a.because,
		})
	}
	return best
}

// serves tells whether an account's own name is one of the aim's, and says nothing else.
func (f *family) serves(a *aim, r *reading) bool {
	own := r.entry.own.words
	if anyIn(a.names, own) == nil {
		return false
	}
	for _, w := range own {
		known := f.isFiller(w) || slices.ContainsFunc(a.names, func(p phrase) bool { return hasWord(p, w) })
		if !known {
			return false
		}
	}
	return true
}

// split tells whether accounts of single payment types lie below an account.
func (f *family) split(e *entry) bool {
	if e.children == 0 {
		return false
	}
	return slices.ContainsFunc(f.readings, func(r reading) bool {
		return r.entry.above == e && kindOf(f.profile.kinds, r.entry.own.words) != kindNone
	})
}

// named finds the account that is named like the key.
func (f *family) named(k *key, kind kind) choice {
	words := f.topicOf(k.text.words)
	if len(words) == 0 {
		words = k.text.words
	}
	hits, found := f.candidates(k, words)
	best := choice{}
	for _, i := range found {
		r := &f.readings[i]
		if f.profile.role == ledger.RolePayment && (kind == kindGiftCard) != (r.entry.account.Type == liability) {
			continue // what is taken by card is no debt, and a gift card is nothing else
		}
		match, how := f.match(k, words, r, hits)
		if match == 0 {
			continue
		}
		c := choice{
			entry: r.entry, how: how,
			confidence: hundredths(match*(0.8+0.18*r.evidence()) - 0.02*float64(r.typeRank)),
		}
		if best.entry != nil && c.confidence == best.confidence && best.rival == nil {
			best.rival = c.entry
		}
		best = best.better(c)
	}
	if best.rival != nil {
		best.confidence = hundredths(best.confidence - 0.1)
	}
	return best
}

// candidates returns the readings that may be named like the key, in order, and how well each word of the key fits each
// word of a topic that it may mean.
func (f *family) candidates(k *key, words []string) (hits map[string][]float64, found []int) {
	hits = map[string][]float64{}
	var touched []int
	for i, w := range words {
		for _, h := range f.nearTo(w) {
			if hits[h.word] == nil {
				hits[h.word] = make([]float64, len(words))
				touched = f.count(touched, h.word)
			}
			hits[h.word][i] = h.sim
		}
	}
	found = slices.Clone(f.byName[k.text.folded])
	for _, at := range touched {
		r := &f.readings[at]
		if f.counts[at] >= len(r.topic) || len(r.parts) > 1 || f.profile.role == ledger.RoleSalesTax {
			found = append(found, at)
		}
		f.counts[at] = 0
	}
	slices.Sort(found)
	return hits, slices.Compact(found)
}

// count counts a word for the readings that have it, and appends those that had none before.
func (f *family) count(touched []int, word string) []int {
	for _, at := range f.byWord[word] {
		if f.counts[at] == 0 {
			touched = append(touched, at)
		}
		f.counts[at]++
	}
	return touched
}

// nearTo returns the words of topics that a word of a key may mean. A word that the retailer uses as a key is itself, and
// no misspelling of another.
func (f *family) nearTo(w string) []hit {
	known, ok := f.near[w]
	if ok {
		return known
	}
	shape := shapeOf(w)
	for i := range f.words {
		if sim := f.chart.alike(&shape, &f.words[i]); sim > 0 {
			known = append(known, hit{f.words[i].word, sim})
		}
	}
	f.near[w] = known
	return known
}

// match compares a key with what an account is about. It returns 0 where they do not agree.
func (f *family) match(k *key, words []string, r *reading, hits map[string][]float64) (float64, how) {
	if k.text.folded == r.entry.own.folded {
		return 1, howLiteral
	}
	if f.profile.role == ledger.RoleSalesTax {
		return matchAuthority(words, r.topic, hits)
	}
	topic := covered(r.topic, len(words), hits)
	if topic.sim > 0 && topic.all {
		return 0.97 * topic.sim, sameOrTypo(topic.sim)
	}
	if len(r.parts) > 1 {
		for _, part := range r.parts {
			if member := covered(part, len(words), hits); member.sim > 0 && member.all {
				return 0.86 * member.sim, howMember
			}
		}
	}
	if topic.sim > 0 && r.evidence() > 0.5 && (topic.last || f.isFirst(k, r)) {
		return 0.75 * topic.sim, howWider
	}
	return 0, 0
}

// isFirst tells whether the topic is what the key begins with: "Apparel" of "Apparel > Men's".
func (f *family) isFirst(k *key, r *reading) bool {
	first := f.topicOf(k.text.first)
	return len(first) > 0 && len(first) == len(r.topic) && phrase(first).in(r.topic)
}

func sameOrTypo(sim float64) how {
	if sim < 1 {
		return howTypo
	}
	return howSame
}

// cover is how a topic lies over the words of a key.
type cover struct {
	sim  float64 // how well its words fit; 0 where one is not in the key
	all  bool    // every word of the key is in it
	last bool    // the key's last word, which says what kind of thing it is, is in it
}

// covered lays the words of a topic over the n words of a key.
func covered(topic []string, n int, hits map[string][]float64) cover {
	if len(topic) == 0 {
		return cover{}
	}
	used := make([]bool, n)
	sum := 0.0
	for _, w := range topic {
		best, at := 0.0, -1
		for i, sim := range hits[w] {
			if sim > best && !used[i] {
				best, at = sim, i
			}
		}
		if at < 0 {
			return cover{}
		}
		used[at] = true
		sum += best
	}
	return cover{sim: sum / float64(len(topic)), all: !slices.Contains(used, false), last: used[n-1]}
}

// levels are words for how high an authority stands.
var levels = []string{ //nolint:gochecknoglobals // a table that never changes
	"state", "county", "city", "district", "local", "municipal", "municipality", "parish", "province", "provincial", "town", "village",
}

// matchAuthority compares tax authorities, of which a state and a city may have one name.
func matchAuthority(words, topic []string, hits map[string][]float64) (float64, how) {
	isLevel := func(w string) bool { return slices.Contains(levels, w) }
	keyLevel, keyName := divide(words, isLevel)
	level, name := divide(topic, isLevel)
	shared := slices.ContainsFunc(level, func(w string) bool { return slices.Contains(keyLevel, w) })
	switch {
	case len(level) > 0 && len(keyLevel) > 0 && !shared:
		return 0, 0
	case len(name) == 0 && shared && len(keyName) > 0:
		return 0.78, howLevel
	case len(name) == 0 || len(keyName) == 0:
		return 0, 0
	case len(level) == 0 && len(keyLevel) > 0 && !slices.Contains(keyLevel, "state") && !slices.Contains(keyLevel, "province"):
		return 0, 0 // "Washington" is the state, not Washington County
	}
	sum := 0.0
	for _, w := range name {
		best := 0.0
		for i, sim := range hits[w] {
			if !isLevel(words[i]) {
				best = max(best, sim)
			}
		}
		if best == 0 {
			return 0, 0
		}
		sum += best
	}
	if len(name) != len(keyName) {
		return 0, 0
	}
	sim := sum / float64(len(name))
	return 0.97 * sim, sameOrTypo(sim)
}

// divide separates the words that are so from those that are not.
func divide(words []string, is func(string) bool) (so, not []string) {
	for _, w := range words {
		if is(w) {
			so = append(so, w)
		} else {
			not = append(not, w)
		}
	}
	return so, not
}
