package suggest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/ledger"
)

// NewAccount proposes an account that the chart lacks.
type NewAccount struct {
	// Name is its own name: at most 100 characters, without colons and double quotes.
	Name string
	// Parent is the fully qualified name of its parent, which is in the chart or earlier in the list; empty: top level.
	Parent string
	Type   ledger.AccountType
	// SubType is QuickBooks' detail type, valid for Type.
	SubType string
	// Slots are what it would fill; a parent may have none.
	Slots []ledger.Slot
	// Reason says in one plain sentence why.
	Reason string
}

// FullName returns the fully qualified name.
func (a *NewAccount) FullName() string {
	if a.Parent == "" {
		return a.Name
	}
	return a.Parent + ":" + a.Name
}

// Missing proposes new accounts for those slots that no suggestion reaches, parents before children. With the suggestions
// they serve every slot but those that are optional.
func Missing(needs []ledger.Slot, chart []Account) []NewAccount {
	_, open := judge(needs, chart)
	b := builder{chart: map[string]*Account{}, created: map[string]int{}}
	for i := range chart {
		b.chart[strings.ToLower(chart[i].Name)] = &chart[i]
	}
	for _, slot := range open {
		b.cover(slot)
	}
	return b.accounts
}

// builder collects the accounts to create.
type builder struct {
	chart    map[string]*Account // by fully qualified name in small letters
	created  map[string]int      // by what was asked for, in small letters
	accounts []NewAccount
}

// cover adds what a slot needs.
func (b *builder) cover(slot ledger.Slot) {
	if s := specialOf(lexicon{}, slot); s != nil {
		b.add(s.create, "", slot, fmt.Sprintf("%q needs an account of its own: %s.", slot.Key, s.reason))
		return
	}
	p := profileOf(slot.Role)
	switch {
	case !p.perKey || slot.Key == "":
		fallback := ledger.Slot{Role: slot.Role}
		b.add(p.create, "", fallback, fmt.Sprintf("The chart has no account that plainly serves the role %q.", slot.Role.Label()))
	case p.create.name == "":
		b.add(template{cleanName(slot.Key), p.create.kind, p.create.subType}, "", slot,
			fmt.Sprintf("The chart has no account for the %s %q.", slot.Role.KeyName(), slot.Key))
	default:
		parent := b.parent(p.create, slot.Role)
		b.add(template{cleanName(slot.Key), p.create.kind, p.create.subType}, parent, slot,
			fmt.Sprintf("One account per %s shows what each still has to settle.", slot.Role.KeyName()))
	}
}

// parent returns the fully qualified name of the account that the accounts of a role go under.
func (b *builder) parent(t template, role ledger.Role) string {
	if known := b.chart[strings.ToLower(t.name)]; known != nil && known.Type == t.kind && known.Active && !known.Deleted {
		return known.Name
	}
	i := b.add(t, "", ledger.Slot{}, fmt.Sprintf("It holds the accounts of the role %q together.", role.Label()))
	return b.accounts[i].FullName()
}

// add asks for an account and notes which slot it serves; the same account may serve several.
func (b *builder) add(t template, parent string, slot ledger.Slot, reason string) int {
	asked := strings.ToLower(parent + ":" + t.name + ":" + strconv.Itoa(int(t.kind)))
	at, known := b.created[asked]
	if !known {
		account := NewAccount{Name: t.name, Parent: parent, Type: t.kind, SubType: t.subType, Reason: reason}
		b.makeUnique(&account)
		at = len(b.accounts)
		b.accounts = append(b.accounts, account)
		b.created[asked] = at
	}
	if slot.Role != 0 && !slices.Contains(b.accounts[at].Slots, slot) {
		b.accounts[at].Slots = append(b.accounts[at].Slots, slot)
	}
	return at
}

// makeUnique gives an account a name that neither the chart nor the list has: names are unique among siblings.
func (b *builder) makeUnique(account *NewAccount) {
	base := account.Name
	for n := 1; b.taken(account.FullName()); n++ {
		suffix := " (Retail)"
		if n > 1 {
			suffix = " (Retail " + strconv.Itoa(n) + ")"
		}
		account.Name = cutName(base, maxName-len(suffix)) + suffix
	}
}

func (b *builder) taken(name string) bool {
	if b.chart[strings.ToLower(name)] != nil {
		return true
	}
	return slices.ContainsFunc(b.accounts, func(a NewAccount) bool { return strings.EqualFold(a.FullName(), name) })
}

// maxName is what QuickBooks takes as the name of an account.
const maxName = 100

// cleanName makes a key the name of an account: QuickBooks takes neither colons nor double quotes in it.
func cleanName(key string) string {
	name := strings.Map(func(r rune) rune {
		switch r {
		case ':':
			return '-'
		case '"':
			return '\''
		default:
			return r
		}
	}, key)
	if name = strings.TrimSpace(name); name == "" {
		name = "Unnamed"
	}
	return cutName(name, maxName)
}

// cutName shortens a name to so many UTF-16 units, the strictest way to count characters.
func cutName(name string, limit int) string {
	const firstPair = 0x10000
	units := 0
	for i, r := range name {
		units++
		if r >= firstPair {
			units++
		}
		if units > limit {
			return strings.TrimSpace(name[:i])
		}
	}
	return name
}
