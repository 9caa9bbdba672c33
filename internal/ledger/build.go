package ledger

import (
	"fmt"
	"slices"
)

// Build makes the journal entry of an event with a retailer's books. It fails with a *Problem, which is what a person
// must solve before the event can be booked, or with ErrNothingToPost, and with nothing else.
//
// The checks run in this order, and the first that fails is the answer: the currency, the kind, the size of the amounts,
// the balance, then the accounts of all slots at once: mapped, existing, active, of a type that fits; at last the closing
// date of the books.
//
// An entry is made in these steps, the same for every kind:
//
//  1. The event's kind yields postings: signed amounts, debits positive, each for a role and a key.
//  2. What is out of balance by no more than the rounding limit goes to RoleRounding.
//  3. Postings are netted per role and key: a tender and its change, a sale and a return on one ticket. What nets to
//     zero is dropped and needs no account.
//  4. Every slot that is left is given its account. Its side is the sign of its net: one that nets negative has flipped.
//  5. Slots on the same side of the same account, with the same QuickBooks location and class, become one line. Slots on
//     both sides of an account stay two lines.
//
// The order in which an event lists its amounts makes no difference to its lines.
func Build(ev Event, books *Books) (Entry, error) {
	steps, err := Plan(ev, books, Standing{})
	if err != nil {
		return Entry{}, err
	}
	return steps[0].Entry, nil
}

// linesOf makes the lines of an event. It fails like Build.
func linesOf(ev *Event, books *Books) ([]Line, error) {
	if ev.Voided {
		return nil, ErrNothingToPost
	}
	if problem := checkCurrency(ev, books); problem != nil {
		return nil, problem
	}
	postings, problem := postingsOf(ev, books)
	if problem != nil {
		return nil, problem
	}
	postings, problem = balance(postings, books.RoundingLimit)
	if problem != nil {
		return nil, problem
	}
	nets := netPostings(postings)
	if len(nets) == 0 {
		return nil, ErrNothingToPost
	}
	if problem := assignAccounts(nets, ev, books); problem != nil {
		return nil, problem
	}
	return groupLines(nets, ev.Location, books), nil
}

func checkCurrency(ev *Event, books *Books) *Problem {
	if books.Multicurrency || books.HomeCurrency == "" || books.HomeCurrency == ev.Currency {
		return nil
	}
	return &Problem{
		Reason: ReasonCurrencyMismatch,
		Message: fmt.Sprintf("The event is in %s, and the company keeps its books in %s with multicurrency off.",
			ev.Currency, books.HomeCurrency),
		Remedy: "Turn on multicurrency in QuickBooks and import the accounts again, or skip the event and record it in " +
			string(books.HomeCurrency) + ".",
	}
}

// balance checks that the postings add up to zero. What is missing, by no more than limit, it adds as rounding. Only a
// sale can be out of balance: the postings of every other kind come in pairs.
func balance(postings []posting, limit Amount) ([]posting, *Problem) {
	var paid, due Amount
	for i := range postings {
		if postings[i].role == RolePayment || postings[i].role == RoleDeposit {
			paid += postings[i].amount
		} else {
			due -= postings[i].amount
		}
	}
	difference := paid - due
	if difference == 0 {
		return postings, nil
	}
	if difference.Abs() > limit {
		return nil, outOfBalance(paid, due, limit)
	}
	return append(postings, posting{
		role: RoleRounding, amount: -difference,
		note: fmt.Sprintf("%s paid for %s due, a difference of %s within the limit of %s", paid, due, difference, limit),
	}), nil
}

// net is what the postings of one role and key add up to, and later the account for it.
type net struct {
	role    Role
	key     string
	amount  Amount // signed: a debit is positive
	note    string // why the amount is there, where that is not plain
	account Account
	found   Found // how the account was found
}

func (n *net) slot(location LocationID) Slot {
	return Slot{Role: n.role, Key: n.key, Location: location}
}

func (n *net) addNote(note string) {
	if n.note != "" && note != "" {
		n.note += "; "
	}
	n.note += note
}

// netPostings adds up postings per role and key, drops what comes to zero, and sorts by role and key.
func netPostings(postings []posting) []net {
	type place struct {
		role Role
		key  string
	}
	const usual = 16 // slots of an ordinary event
	at := make(map[place]int, usual)
	nets := make([]net, 0, usual)
	for i := range postings {
		p := &postings[i]
		if p.amount == 0 {
			continue
		}
		here := place{p.role, p.key}
		index, ok := at[here]
		if !ok {
			index = len(nets)
			at[here] = index
			nets = append(nets, net{role: p.role, key: p.key})
		}
		nets[index].amount += p.amount
		nets[index].addNote(p.note)
	}
	nets = slices.DeleteFunc(nets, func(n net) bool { return n.amount == 0 })
	slices.SortFunc(nets, compareNets)
	return nets
}

// assignAccounts gives every net its account, or says what is wrong with all those of the first kind of trouble.
func assignAccounts(nets []net, ev *Event, books *Books) *Problem {
	var faults []fault
	for i := range nets {
		slot := nets[i].slot(ev.Location)
		found := books.Mapping.Lookup(slot, ev.BusinessDate)
		account, reason := books.judge(slot, found)
		if reason != ReasonNone {
			faults = append(faults, fault{slot: slot, account: account, reason: reason})
		}
		nets[i].account, nets[i].found = account, found
	}
	if len(faults) == 0 {
		return nil
	}
	return problemWith(faults)
}

// judge returns the account that was found for a slot, and why it cannot be posted to where it cannot.
func (b *Books) judge(slot Slot, found Found) (Account, Reason) {
	if found.Source == SourceMissing {
		return Account{}, ReasonUnmapped
	}
	account, known := b.Accounts[found.Account]
	switch {
	case !known:
		return Account{ID: found.Account}, ReasonAccountDeleted
	case account.Deleted:
		return account, ReasonAccountDeleted
	case !account.Active:
		return account, ReasonAccountInactive
	case slot.Role.Fits(account.Type) == FitRefused:
		return account, ReasonAccountTypeRefused
	default:
		return account, ReasonNone
	}
}
