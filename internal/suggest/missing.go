package suggest

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/tillpost/tillpost/internal/ledger"
)

const (
	longestName = 100 // of an account, for QuickBooks, in UTF-16 units
	deepest     = 5   // levels of accounts in QuickBooks
	// mostAuthorities is how many tax authorities get an account each. A company may have no more than a few hundred
	// accounts in all.
	mostAuthorities = 40
)

// builder collects new accounts.
type builder struct {
	plan  *plan
	out   []NewAccount
	taken map[string]bool
	ids   map[string]int // accounts already in out, by what they are for
}

func newBuilder(p *plan) *builder {
	return &builder{plan: p, taken: maps.Clone(p.chart.taken), ids: map[string]int{}}
}

// add proposes what the missing keys of a role need.
func (b *builder) add(role ledger.Role, keys []key) {
	parent, siblings := b.siblings(role)
	for i := range keys {
		k := &keys[i]
		slot := ledger.Slot{Role: role, Key: k.raw}
		kind := kindNone
		if k.raw != "" {
			kind = kindOf(b.plan.profiles[role].kinds, k.text.words)
		}
		own, special := kindTemplate(kind)
		switch {
		case role == ledger.RolePayment && special, role != ledger.RolePayment && b.refused(role, kind):
			b.fill(b.top(own), slot)
		case k.raw == "":
			b.fill(b.top(roleTemplate(role)), slot)
		case role == ledger.RolePayment:
			b.fill(b.clearing(kind, k), slot)
		case role == ledger.RoleSalesTax && len(keys) <= mostAuthorities:
			b.fill(b.below(role, b.parentOf(roleTemplate(role)), k), slot)
		case role == ledger.RoleBankDeposit:
			b.fill(b.below(role, place{kind: bank, subType: "Checking"}, k), slot)
		case siblings:
			b.fill(b.below(role, parent, k), slot)
		case role.KeyName() == "":
			b.fill(b.top(roleTemplate(role)), slot)
		default:
			b.fill(b.top(roleTemplate(role)), ledger.Slot{Role: role})
		}
	}
}

// refused tells whether keys of a kind are not for the role's general account.
func (b *builder) refused(role ledger.Role, kind kind) bool {
	return kind != kindNone && slices.Contains(b.plan.profiles[role].refuses, kind)
}

// fill gives a new account another slot.
func (b *builder) fill(at int, slot ledger.Slot) {
	if !slices.Contains(b.out[at].Slots, slot) {
		b.out[at].Slots = append(b.out[at].Slots, slot)
	}
}

func (b *builder) finish() []NewAccount {
	for i := range b.out {
		slices.SortFunc(b.out[i].Slots, compareSlots)
	}
	return b.out
}

// place is where an account is created: below a parent, or at the top level, and as what.
type place struct {
	parent  string
	kind    ledger.AccountType
	subType string
}

// top proposes a top-level account, once.
func (b *builder) top(t template) int {
	return b.create("template "+t.name, t.name, place{kind: t.kind, subType: t.subType}, t.reason)
}

// below proposes an account that is named like a key. Keys that differ in case, spaces and signs that QuickBooks does
// not take in names have one account.
func (b *builder) below(role ledger.Role, at place, k *key) int {
	name := cleanName(k.raw)
	id := "key " + strconv.Itoa(int(role)) + " " + foldName(at.parent) + ":" + strings.ToLower(name)
	reason := "No account of the chart is for the " + role.KeyName() + " " + strconv.Quote(k.raw) + "."
	return b.create(id, name, at, reason)
}

func (b *builder) create(id, name string, at place, reason string) int {
	if i, ok := b.ids[id]; ok {
		return i
	}
	a := NewAccount{Name: b.free(name, at.parent), Parent: at.parent, Type: at.kind, SubType: at.subType, Reason: reason}
	b.taken[foldName(a.FullName())] = true
	b.ids[id] = len(b.out)
	b.out = append(b.out, a)
	return len(b.out) - 1
}

// free returns the name, or one made of it, that no account below the parent has.
func (b *builder) free(name, parent string) string {
	for i := 1; ; i++ {
		suffix := ""
		switch i {
		case 1:
		case 2:
			suffix = " (Retail)"
		default:
			suffix = " (Retail " + strconv.Itoa(i-1) + ")"
		}
		candidate := NewAccount{Name: shorten(name, longestName-len(suffix)) + suffix, Parent: parent}
		if !b.taken[foldName(candidate.FullName())] {
			return candidate.Name
		}
	}
}

// clearing proposes the account where a payment type waits, below the one for its kind.
func (b *builder) clearing(kind kind, k *key) int {
	t := clearingTemplate(kind)
	f := b.plan.family(ledger.RolePayment)
	best := choice{}
	for i := range f.profile.aims {
		if a := f.profile.aims[i]; a.kind == kind && a.childless {
			a.childless = false
			best = best.better(f.aimed(&a))
		}
	}
	if best.entry != nil && canBeParent(best.entry) {
		return b.below(ledger.RolePayment, under(best.entry, t), k)
	}
	return b.below(ledger.RolePayment, b.parentOf(t), k)
}

// parentOf returns the account of the template as a parent: the chart's, where it has it, or a new one.
func (b *builder) parentOf(t template) place {
	e := b.plan.chart.byName[foldName(t.name)]
	if e != nil && canBeParent(e) && e.account.Type == t.kind {
		return under(e, t)
	}
	at := b.top(t)
	return place{parent: b.out[at].FullName(), kind: t.kind, subType: t.subType}
}

// under returns the place below an account of the chart. QuickBooks wants the type of the parent.
func under(e *entry, t template) place {
	at := place{parent: e.name, kind: e.account.Type, subType: t.subType}
	if at.kind != t.kind {
		at.subType = defaultSubType(at.kind)
	}
	return at
}

// canBeParent tells whether QuickBooks takes a new account below this one.
func canBeParent(e *entry) bool {
	return e.usable() && strings.Count(e.name, ":")+1 < deepest && !slices.Contains([]string{
		"OpeningBalanceEquity", "UndepositedFunds", "RetainedEarnings", "CashReceiptIncome", "CashExpenditureExpense",
		"ExchangeGainOrLoss",
	}, e.account.SubType)
}

// siblings finds the account below which the chart keeps accounts of single item classes for the role.
func (b *builder) siblings(role ledger.Role) (place, bool) {
	switch role {
	case ledger.RoleRevenue, ledger.RoleCostOfGoodsSold, ledger.RoleInventory:
	default:
		return place{}, false
	}
	count := map[*entry]int{}
	for slot, c := range b.plan.filled {
		e := c.entry
		if slot.Role == role && e.above != nil && e.above.account.Type == e.account.Type && canBeParent(e.above) {
			count[e.above]++
		}
	}
	parents := slices.SortedFunc(maps.Keys(count), func(a, b *entry) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), compareAccounts(a.account, b.account))
	})
	if len(parents) == 0 {
		return place{}, false
	}
	return under(parents[0], roleTemplate(role)), true
}

// cleanName makes a key a name that QuickBooks takes, but for its length.
func cleanName(s string) string {
	visible := false
	s = strings.Map(func(r rune) rune {
		switch {
		case r == ':' || r == unicode.ReplacementChar || unicode.IsControl(r) || unicode.IsSpace(r):
			return ' '
		case r == '"':
			return '\''
		case unicode.Is(unicode.Cf, r): // invisible
			return -1
		default:
			visible = visible || unicode.IsGraphic(r)
			return r
		}
	}, strings.ToValidUTF8(s, " "))
	if s = strings.Join(strings.Fields(s), " "); s == "" || !visible {
		return "Other"
	}
	return s
}

// shorten cuts a name to at most n UTF-16 units.
func shorten(s string, n int) string {
	length := 0
	for i, r := range s {
		length += max(1, utf16.RuneLen(r))
		if length > n {
			return strings.TrimSpace(s[:i])
		}
	}
	return s
}
