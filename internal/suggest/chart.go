package suggest

import (
	"cmp"
	"slices"
	"strings"
)

// entry is an account of the chart, read.
type entry struct {
	account *Account
	name    string // fully qualified
	own     text   // of its own name
	above   *entry // nil at the top level, and where the chart lacks the parent
	// aboveName is the fully qualified name of the parent, whether or not the chart has it.
	aboveName string
	path      []string // the words of all names above it
	children  int      // accounts below it that could be suggested
}

// usable tells whether anything may be posted to the account.
func (e *entry) usable() bool {
	return e.account.Active && !e.account.Deleted && !e.account.Foreign
}

// chart is the company's accounts, in an order that does not depend on how they came in.
type chart struct {
	entries []*entry
	byName  map[string]*entry // by fully qualified name, folded
	taken   map[string]bool   // folded names, those of accounts that cannot be used too
	// spoken has the words of all keys: a word that the retailer uses is no typing error for another.
	spoken map[string]bool
	// patience is how many more words of keys are looked at for typing errors. No chart of a real company uses it up; one
	// that is made to does not hold up the others.
	patience int
}

// alike compares a word of a key with one of a name.
func (c *chart) alike(a, b *shape) float64 {
	switch {
	case a.word == b.word:
		return 1
	case c.patience <= 0 || !a.mayBe(b) || c.spoken[b.word]:
		return 0
	default:
		c.patience--
		return misspelt(a, b)
	}
}

// readChart reads the accounts. Of several with one name the first in the order of the chart is a parent.
func readChart(accounts []Account) *chart {
	c := &chart{byName: map[string]*entry{}, taken: map[string]bool{}, spoken: map[string]bool{}, patience: 100_000}
	for i := range accounts {
		a := &accounts[i]
		name := cmp.Or(a.Name, a.ShortName)
		above, last := splitName(name)
		c.entries = append(c.entries, &entry{
			account: a, name: name, own: read(ownName(a, last)), aboveName: above,
		})
	}
	slices.SortFunc(c.entries, func(a, b *entry) int { return compareAccounts(a.account, b.account) })
	for _, e := range c.entries {
		folded := foldName(e.name)
		c.taken[folded] = true
		if known := c.byName[folded]; known == nil || !known.usable() && e.usable() {
			c.byName[folded] = e
		}
	}
	for _, e := range c.entries {
		e.above = c.byName[foldName(e.aboveName)]
		if e.above != nil && e.usable() {
			e.above.children++
		}
		e.path = pathWords(e.aboveName)
	}
	return c
}

// ownName is what an account is called, without the number that some charts write before the name.
func ownName(a *Account, last string) string {
	own := cmp.Or(a.ShortName, last)
	if rest, ok := strings.CutPrefix(own, a.Number+" "); ok && a.Number != "" && strings.TrimSpace(rest) != "" {
		return rest
	}
	return own
}

// compareAccounts orders accounts by all that there is of them.
func compareAccounts(a, b *Account) int {
	return cmp.Or(
		cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Type, b.Type), cmp.Compare(a.SubType, b.SubType),
		cmp.Compare(a.ShortName, b.ShortName), cmp.Compare(a.Number, b.Number),
		compareBools(a.Active, b.Active), compareBools(a.Deleted, b.Deleted), compareBools(a.Foreign, b.Foreign),
	)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

// splitName splits a fully qualified name into its parent's and its own.
func splitName(name string) (above, own string) {
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return "", name
}

// pathWords returns the words of every name in a fully qualified name.
func pathWords(name string) []string {
	if name == "" {
		return nil
	}
	var words []string
	for part := range strings.SplitSeq(name, ":") {
		words = append(words, read(part).words...)
	}
	return words
}

// foldName is a fully qualified name as QuickBooks compares it: in any case, spaces around and between words alike.
func foldName(name string) string {
	parts := strings.Split(name, ":")
	for i, part := range parts {
		parts[i] = strings.ToLower(strings.Join(strings.Fields(part), " "))
	}
	return strings.Join(parts, ":")
}

// learn notes the words of keys.
func (c *chart) learn(keys []key) {
	for i := range keys {
		for _, w := range keys[i].text.words {
			c.spoken[w] = true
		}
	}
}

// key is a key of a role, read.
type key struct {
	raw  string
	text text
}

// readKeys reads keys, in order. The empty key comes first.
func readKeys(set map[string]bool) []key {
	out := make([]key, 0, len(set))
	for raw := range set {
		out = append(out, key{raw: raw, text: read(raw)})
	}
	slices.SortFunc(out, func(a, b key) int { return cmp.Compare(a.raw, b.raw) })
	return out
}
