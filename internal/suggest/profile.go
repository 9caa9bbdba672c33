package suggest

import (
	"slices"
	"strings"

	"github.com/tillpost/tillpost/internal/ledger"
)

// profile is what retail accounting says about the accounts of a role.
type profile struct {
	role ledger.Role
	// types are the account types looked at, the best first. Each fits the role well; some that fit are left out, because
	// an account of that type is nearly always another thing: a credit card of the company's own, say.
	types []ledger.AccountType
	// subTypes say by themselves that an account serves the role.
	subTypes []string
	// names are what the general account of the role is called, each a phrase of words in any order.
	names []phrase
	// signs, anywhere in the fully qualified name, speak for the role and make no account a general one.
	signs []phrase
	// filler words add nothing to a name in this role; those of names are filler too.
	filler []string
	// against are words, and subTypesAgainst sub-types, that put an account to another use.
	against         []phrase
	subTypesAgainst []string
	// sure is the confidence in a general account that both name and sub-type speak for.
	sure float64
	// named is true where a sub-type is not enough for a general account: too much else has it.
	named bool
	// shy is true where an account named like the key needs something else that speaks for it.
	shy bool
	// kinds tells the kinds of its keys, and aims what accounts serve a kind.
	kinds []kindRow
	aims  []aim
	// refuses are kinds of keys that the general account would be wrong for.
	refuses []kind
	// ownOnly is true where the general account serves only the fallback, and every key wants an account of its own.
	ownOnly bool
}

// aim says which accounts serve keys of a kind, though they are not named like the key.
type aim struct {
	kind     kind
	names    []phrase
	subTypes []string // they serve whatever their name is
	types    []ledger.AccountType
	sure     float64
	// childless is true where an account with accounts of single keys below it serves none but those.
	childless bool
	// because ends the sentence `The account "X" `.
	because string
}

func (p *profile) floor() float64 {
	if p.role.Optional() {
		return discountFloor
	}
	return Floor
}

// accepts tells whether the general account may serve the key, when the keys left are all that have no other.
func (p *profile) accepts(k *key, left []key) bool {
	if p.ownOnly {
		return false
	}
	if p.role == ledger.RoleBankDeposit && slices.ContainsFunc(left, func(o key) bool { return o.raw != "" && o.raw != k.raw }) {
		return false // two bank accounts are not one
	}
	kind := kindOf(p.kinds, k.text.words)
	for _, refused := range p.refuses {
		if kind == refused && kind != kindNone {
			return false
		}
	}
	return true
}

const (
	bank        = ledger.TypeBank
	asset       = ledger.TypeOtherCurrentAsset
	liability   = ledger.TypeOtherCurrentLiability
	equity      = ledger.TypeEquity
	income      = ledger.TypeIncome
	otherIncome = ledger.TypeOtherIncome
	cost        = ledger.TypeCostOfGoodsSold
	expense     = ledger.TypeExpense
	otherCost   = ledger.TypeOtherExpense
)

type types = []ledger.AccountType

// readProfiles returns the profile of every role.
func readProfiles() map[ledger.Role]*profile {
	out := map[ledger.Role]*profile{}
	for _, list := range [][]profile{paymentProfiles(), merchandiseProfiles(), stockProfiles(), chargeProfiles(), cashProfiles()} {
		for i := range list {
			p := &list[i]
			for _, name := range p.names {
				p.filler = append(p.filler, name...)
			}
			p.filler = append(p.filler, generalWords...)
			out[p.role] = p
		}
	}
	return out
}

func paymentProfiles() []profile {
	payment := readKinds(paymentKinds)
	taken := phrases(
		"inventory, prepaid, payroll, loan, advance, tax, savings, uncategorized, employee, petty cash, " +
			"escrow, trust, security deposit, cash rounding, transit",
	)
	return []profile{
		{
			role: ledger.RolePayment, types: types{asset, bank, liability},
			subTypes: []string{"UndepositedFunds"},
			names: phrases(
				"undeposited funds, payments to deposit, payment clearing, tender clearing, pos clearing",
			),
			filler: strings.Fields(
				"clearing receivable hand drawer register till undeposited holding payment tender pos settlement " +
					"processor merchant sale card outstanding",
			),
			signs:   phrases("clearing, undeposited, receivable, drawer, register, hand, till, settlement"),
			against: taken, sure: 0.6, kinds: payment, ownOnly: true, aims: paymentAims(),
		},
		{
			role: ledger.RoleDeposit, types: types{liability}, named: true,
			names: phrases(
				"customer deposits, deposits from customers, deposits received, layaway deposits, customer " +
					"prepayments, customer advances, unearned revenue, deferred revenue, deposits",
			),
			filler:  strings.Fields("layaway special order payable prepayment customer held"),
			against: phrases("payroll, direct deposit, security, transit, gift, tax, loan, rent"),
			sure:    0.85, shy: true, kinds: payment,
		},
		{
			role: ledger.RoleGiftCardLiability, types: types{liability}, named: true,
			names:   phrases("gift card, store credit, gift liability, merchandise credit"),
			filler:  strings.Fields("payable outstanding unredeemed sold issued credit card customer unused deferred"),
			against: phrases("payroll, tax, loan, line, fee, clearing"), sure: 0.95,
		},
		{
			role: ledger.RoleMerchantFee, types: types{expense, cost},
			subTypes: []string{"BankCharges"}, named: true,
			names: phrases(
				"merchant fees, card processing fees, card fees, processing fees, merchant account fees, processor " +
					"fees, merchant service fees, card charges, merchant charges, payment processing, bank charges, bank " +
					"fees, bank service charges, card discount",
			),
			filler:  strings.Fields("credit discount service transaction payment commission"),
			against: phrases("late, legal, professional, license, payroll, interest, shipping, membership"),
			sure:    0.75, kinds: payment,
			aims: []aim{
				{
					kind: kindWallet, names: phrases("wallet, digital wallet fees"), types: types{expense, cost}, sure: 0.75,
					because: "takes the fees of digital wallets.",
				},
			},
		},
	}
}

func paymentAims() []aim {
	clearing := phrases(
		"card clearing, credit card clearing, merchant clearing, card receivable, card settlement, card " +
			"undeposited, card holding, pos clearing, merchant receivable, processor clearing, payment clearing, " +
			"clearing",
	)
	wallets := phrases(
		"wallet clearing, digital wallet clearing, wallet receivable, electronic wallet clearing, digital " +
			"wallet",
	)
	const undeposited = "is where QuickBooks keeps payments until they are deposited."
	return []aim{
		{
			kind: kindCash, names: phrases("cash drawer, cash on hand, cash register, till cash, till, register, drawer"),
			types: types{bank, asset}, sure: 0.9, because: "holds the cash of the tills.",
		},
		{kind: kindCash, subTypes: []string{"UndepositedFunds"}, types: types{asset}, sure: 0.75, because: undeposited},
		{
			kind: kindCash, names: phrases("undeposited funds, payments to deposit"), types: types{asset, bank}, sure: 0.75,
			because: undeposited,
		},
		{kind: kindCheck, subTypes: []string{"UndepositedFunds"}, types: types{asset}, sure: 0.75, because: undeposited},
		{
			kind: kindCheck, names: phrases("undeposited funds, payments to deposit"), types: types{asset, bank}, sure: 0.75,
			because: undeposited,
		},
		{
			kind: kindCard, names: clearing, types: types{asset, bank}, sure: 0.75, childless: true,
			because: "is where card payments wait until the processor pays them out.",
		},
		{
			kind: kindWallet, names: wallets, types: types{asset, bank}, sure: 0.72, childless: true,
			because: "is where payments by digital wallet wait until they are paid out.",
		},
		{
			kind: kindPayLater, names: phrases("pay later clearing, financing receivable, financing clearing, pay later receivable"),
			types: types{asset, bank}, sure: 0.72, childless: true,
			because: "is where payments by instalments wait until they are paid out.",
		},
	}
}
