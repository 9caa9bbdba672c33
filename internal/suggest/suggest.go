// Package suggest helps a retailer to fill its mapping: it proposes accounts of the company's own chart for the places that
// have none, each with a confidence and a reason, and new accounts from a retail template for what the chart lacks. It
// judges names, detail types and what retail accounting knows of each role; it reads and stores nothing, and it never
// decides: a person accepts.
package suggest

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/tillpost/tillpost/internal/ledger"
)

// Account is one account of the chart, as imported. Its Name is the fully qualified one.
type Account struct {
	ledger.Account

	ShortName, Number, SubType string
	// Parent is empty for a top-level account.
	Parent ledger.AccountID
}

// Suggestion proposes an account of the chart for a slot.
type Suggestion struct {
	// Slot has no location; its key is empty for the fallback of a role, which serves the keys that nothing better serves.
	Slot    ledger.Slot
	Account ledger.AccountID
	// AccountName is fully qualified.
	AccountName string
	// Confidence is from 0 to 1.
	Confidence float64
	// Reason says in one plain sentence why.
	Reason string
}

// What a suggestion must reach: a wrong account with a good face is worse than none. Discounts are booked net where nothing
// is mapped, so only a plain hit is proposed for them.
const (
	leastConfidence = 0.6
	leastForOption  = 0.85
)

// Suggest proposes accounts for slots that have none, best first. Their locations do not matter, and they may repeat. Only
// active accounts of a type that is meant for the role are proposed.
func Suggest(needs []ledger.Slot, chart []Account) []Suggestion {
	found, _ := judge(needs, chart)
	return found
}

// judge returns the suggestions and the slots that none of them reaches.
func judge(needs []ledger.Slot, chart []Account) ([]Suggestion, []ledger.Slot) {
	accounts := candidatesOf(chart)
	var found []Suggestion
	var open []ledger.Slot
	for _, group := range byRole(needs) {
		suggestions, rest := judgeRole(group, accounts)
		found, open = append(found, suggestions...), append(open, rest...)
	}
	slices.SortStableFunc(found, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), compareSlots(a.Slot, b.Slot))
	})
	return found, open
}

// byRole groups slots by their role, each once, without their locations.
func byRole(needs []ledger.Slot) [][]ledger.Slot {
	slots := make([]ledger.Slot, 0, len(needs))
	for _, slot := range needs {
		slots = append(slots, ledger.Slot{Role: slot.Role, Key: slot.Key})
	}
	slices.SortFunc(slots, compareSlots)
	slots = slices.Compact(slots)
	var groups [][]ledger.Slot
	for len(slots) > 0 {
		n := 1
		for n < len(slots) && slots[n].Role == slots[0].Role {
			n++
		}
		groups, slots = append(groups, slots[:n]), slots[n:]
	}
	return groups
}

func compareSlots(a, b ledger.Slot) int {
	return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Key, b.Key))
}

// judgeRole proposes accounts for the slots of one role: for each key its own, and for what is left the role's fallback.
func judgeRole(group []ledger.Slot, accounts []candidate) ([]Suggestion, []ledger.Slot) {
	role := group[0].Role
	least := leastConfidence
	if role.Optional() {
		least = leastForOption
	}
	var found []Suggestion
	var rest []ledger.Slot
	for _, slot := range group {
		if best := bestOf(accounts, func(c *candidate) opinion { return c.forKey(slot) }); best.confidence >= least {
			found = append(found, best.suggestion(slot))
		} else {
			rest = append(rest, slot)
		}
	}
	if len(rest) == 0 {
		return found, nil
	}
	general := bestOf(accounts, func(c *candidate) opinion { return c.forRole(role) })
	if role == ledger.RoleBankDeposit {
		general = onlyBank(accounts)
	}
	switch {
	case general.confidence >= least && onlySpecials(rest):
		return found, rest // each of them belongs elsewhere than where the role's other amounts go
	case general.confidence >= least:
		return append(found, general.suggestion(ledger.Slot{Role: role})), nil
	case role.Optional():
		return found, nil
	default:
		return found, rest
	}
}

// onlyBank proposes the one checking account of a company that has no other. Where there are several, only their names can
// tell which bank is meant.
func onlyBank(accounts []candidate) opinion {
	var only opinion
	for i := range accounts {
		if c := &accounts[i]; c.Type == ledger.TypeBank && c.SubType == checking {
			if only.account != nil {
				return opinion{}
			}
			only = opinion{
				account: c, confidence: leastConfidence,
				reason: fmt.Sprintf("%s is the company's only checking account.", strconv.Quote(c.Name)),
			}
		}
	}
	return only
}

func onlySpecials(slots []ledger.Slot) bool {
	return !slices.ContainsFunc(slots, func(slot ledger.Slot) bool { return specialOf(lexicon{}, slot) == nil })
}

// opinion is how well an account suits a slot.
type opinion struct {
	account    *candidate
	confidence float64
	reason     string
}

func (o *opinion) suggestion(slot ledger.Slot) Suggestion {
	return Suggestion{
		Slot: slot, Account: o.account.ID, AccountName: o.account.Name, Confidence: o.confidence, Reason: o.reason,
	}
}

// bestOf returns the best opinion; of equals the account with the first name.
func bestOf(accounts []candidate, judge func(*candidate) opinion) opinion {
	var best opinion
	for i := range accounts {
		if o := judge(&accounts[i]); o.confidence > best.confidence {
			o.account = &accounts[i]
			best = o
		}
	}
	return best
}

// candidate is an account that may be proposed, with its names in words.
type candidate struct {
	Account

	own, full []string
	lexicon   lexicon
}

// candidatesOf returns the accounts that can be posted to, in a stable order.
func candidatesOf(chart []Account) []candidate {
	out, lex := make([]candidate, 0, len(chart)), lexicon{}
	for _, a := range chart {
		if a.Active && !a.Deleted {
			if a.ShortName == "" {
				a.ShortName = a.Name
			}
			out = append(out, candidate{Account: a, own: words(a.ShortName), full: words(a.Name), lexicon: lex})
		}
	}
	slices.SortFunc(out, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// fits tells whether the account's type is meant for a role and one that is proposed for it.
func (c *candidate) fits(role ledger.Role) bool {
	return role.Fits(c.Type) == ledger.FitGood && !slices.Contains(profileOf(role).never, c.Type)
}

// Names count in full when they are the same; a name that says a little more or less counts less.
const (
	keyAlike  = 0.8  // the least likeness of a key's name
	keySame   = 0.9  // the likeness that counts although nothing else speaks for the account
	roleAlike = 0.6  // the least that must speak for the role beside the key
	nameAlike = 0.85 // the least likeness of a name that is to serve a whole role
)

// forKey judges the account for one key of a role.
func (c *candidate) forKey(slot ledger.Slot) opinion {
	if s := specialOf(c.lexicon, slot); s != nil {
		return c.forSpecial(slot, s)
	}
	if slot.Key == "" || !c.fits(slot.Role) {
		return opinion{}
	}
	key := similarity(c.lexicon.words(slot.Key), c.own)
	if key < keyAlike {
		return opinion{}
	}
	const ofKey, ofRole = 0.55, 0.45
	forRole := c.sayRole(slot.Role)
	switch {
	case forRole >= roleAlike:
		return opinion{
			confidence: ofKey*key + ofRole*forRole,
			reason: fmt.Sprintf("The account %s says both %q and %s.", strconv.Quote(c.Name), slot.Key,
				slot.Role.Label()),
		}
	case key >= keySame && ownNames(slot.Role):
		const named, more = 0.5, 0.2
		return opinion{
			confidence: named + more*key,
			reason:     fmt.Sprintf("The account %s is called like the %s.", strconv.Quote(c.Name), slot.Role.KeyName()),
		}
	default:
		return opinion{}
	}
}

// ownNames tells whether accounts of a role are called like its keys alone: the bank account "Operating Checking".
func ownNames(role ledger.Role) bool {
	switch role {
	case ledger.RolePayment, ledger.RoleBankDeposit, ledger.RoleCashPaidInOut, ledger.RoleFee:
		return true
	default:
		return false
	}
}

// sayRole tells how plainly the account belongs to a role, by its whole name or its detail type.
func (c *candidate) sayRole(role ledger.Role) float64 {
	p := profileOf(role)
	best := 0.0
	if slices.Contains(p.subTypes, c.SubType) {
		best = keySame
	}
	for _, name := range p.names {
		best = max(best, similarity(c.lexicon.words(name), c.full))
	}
	return best
}

// forSpecial judges the account for a key that retail accounting knows.
func (c *candidate) forSpecial(slot ledger.Slot, s *special) opinion {
	if slot.Role.Fits(c.Type) != ledger.FitGood || c.Type == ledger.TypeCreditCard {
		return opinion{}
	}
	best := c.called(s.names)
	if best < nameAlike {
		return opinion{}
	}
	return opinion{confidence: best, reason: fmt.Sprintf("%q belongs to %s: %s.", slot.Key, strconv.Quote(c.Name), s.reason)}
}

// forRole judges the account for a whole role.
func (c *candidate) forRole(role ledger.Role) opinion {
	if !c.fits(role) {
		return opinion{}
	}
	p := profileOf(role)
	const least, more = 0.6, 0.35
	if called := c.called(p.names); called >= nameAlike {
		return opinion{
			confidence: least + more*called,
			reason: fmt.Sprintf("The account %s is what the role %q is usually booked to.", strconv.Quote(c.Name),
				role.Label()),
		}
	}
	return opinion{}
}

// called tells how exactly the account is called by one of the names; earlier names tell more.
func (c *candidate) called(names []string) float64 {
	const later = 0.02
	best := 0.0
	for i, name := range names {
		best = max(best, exactness(c.lexicon.words(name), c.own)-later*float64(i))
	}
	return best
}

// specialOf returns what is known of a key, or nil.
func specialOf(lex lexicon, slot ledger.Slot) *special {
	key := lex.words(slot.Key)
	for i := range specials {
		s := &specials[i]
		if s.role == slot.Role && !slices.ContainsFunc(s.words, func(w string) bool { return !slices.Contains(key, w) }) {
			return s
		}
	}
	return nil
}
