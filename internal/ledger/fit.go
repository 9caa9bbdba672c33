package ledger

import (
	"fmt"
	"slices"
	"strings"
)

// Fit says how well an account's type suits a role.
type Fit uint8

// The fits.
const (
	// FitGood: what the role is meant for.
	FitGood Fit = 1
	// FitWarned: allowed, and the person who maps it is told what to watch.
	FitWarned Fit = 2
	// FitRefused: cannot be mapped, and is not posted to where it was mapped before.
	FitRefused Fit = 3
)

// Fits tells how an account of type t suits the role. Accounts Receivable, Accounts Payable and TypeOther suit none.
func (r Role) Fits(t AccountType) Fit {
	info := r.info()
	switch {
	case slices.Contains(info.good, t):
		return FitGood
	case slices.Contains(info.warned, t):
		return FitWarned
	default:
		return FitRefused
	}
}

// CheckAccount judges an account at the time it is mapped to the role. It returns warnings, plain sentences about an
// account that can be mapped and needs care, or the problem, why it cannot be mapped, with the way out in its Remedy and
// no Slots. Both are nil for an account that fits.
func (r Role) CheckAccount(a Account) ([]string, *Problem) {
	if unusable := a.unusable(); unusable != nil {
		return nil, unusable
	}
	switch r.Fits(a.Type) {
	case FitRefused:
		return nil, r.refuse(a)
	case FitWarned:
		return []string{fmt.Sprintf(
			"%q is an account of type %s: amounts of the role %q booked to it count as spent at once and leave no balance "+
				"to settle. If that is not meant, map an account of type %s.",
			a.Name, a.Type, r.Label(), r.goodTypes(),
		)}, nil
	case FitGood:
	}
	return nil, nil
}

// unusable returns what stands against an account in any role, or nil.
func (a Account) unusable() *Problem {
	if a.Deleted {
		return &Problem{
			Reason: ReasonAccountDeleted, Message: fmt.Sprintf("The account %q was deleted here.", a.Name),
			Remedy: remedyDeleted,
		}
	}
	if !a.Active {
		return &Problem{
			Reason: ReasonAccountInactive, Message: fmt.Sprintf("The account %q is inactive in QuickBooks.", a.Name),
			Remedy: remedyInactive,
		}
	}
	return nil
}

const (
	remedyDeleted  = "Import the accounts again, which brings it back if QuickBooks still has it, or map another account."
	remedyInactive = "Make it active in QuickBooks and import the accounts again, or map another account."
)

// refuse says why an account's type does not suit the role.
func (r Role) refuse(a Account) *Problem {
	return &Problem{Reason: ReasonAccountTypeRefused, Message: r.refusal(a) + ".", Remedy: r.wayOut(a.Type)}
}

func (r Role) refusal(a Account) string {
	switch a.Type {
	case TypeAccountsReceivable:
		return fmt.Sprintf("%q is an account of type %s: QuickBooks demands a customer's name on every line posted to such "+
			"an account, and the takings of a store have none", a.Name, a.Type)
	case TypeAccountsPayable:
		return fmt.Sprintf("%q is an account of type %s: QuickBooks demands a vendor's name on every line posted to such "+
			"an account, and the cost of a receipt is not the vendor's bill", a.Name, a.Type)
	case TypeOther:
		return fmt.Sprintf("%q is of a type that this release does not know", a.Name)
	default:
		return fmt.Sprintf("%q is an account of type %s, which does not fit the role %q", a.Name, a.Type, r.Label())
	}
}

func (r Role) wayOut(refused AccountType) string {
	receivable := refused == TypeAccountsReceivable || refused == TypeAccountsPayable
	if receivable && (r.Fits(TypeOtherCurrentAsset) == FitGood || r.Fits(TypeOtherCurrentLiability) == FitGood) {
		return "Map it to a clearing account instead, an account of type " + r.clearingTypes() +
			", and settle that account when the invoice, the bill or the payment is entered in QuickBooks."
	}
	return "Map it to an account of type " + r.goodTypes() + " instead."
}

// clearingTypes lists the types of clearing accounts that fit the role.
func (r Role) clearingTypes() string {
	var names []string
	for _, t := range []AccountType{TypeOtherCurrentAsset, TypeOtherCurrentLiability} {
		if r.Fits(t) == FitGood {
			names = append(names, t.String())
		}
	}
	return strings.Join(names, " or ")
}

// goodTypes lists the types that fit the role: "Bank, Other Current Asset or Credit Card".
func (r Role) goodTypes() string {
	good := r.info().good
	names := make([]string, len(good))
	for i, t := range good {
		names[i] = t.String()
	}
	return enumerate(names, "or")
}

// enumerate joins names the way a sentence does: "a", "a or b", "a, b or c".
func enumerate(names []string, conjunction string) string {
	if len(names) < 2 { //nolint:mnd // a conjunction needs two
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + conjunction + " " + names[last]
}
