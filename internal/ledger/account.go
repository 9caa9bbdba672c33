package ledger

import "strconv"

// AccountType is QuickBooks' AccountType. The numbers are stored and sent: never renumber.
type AccountType uint8

// The account types. TypeOther is one that this release does not know: it can be listed and never mapped.
const (
	TypeBank                  AccountType = 1
	TypeAccountsReceivable    AccountType = 2
	TypeOtherCurrentAsset     AccountType = 3
	TypeFixedAsset            AccountType = 4
	TypeOtherAsset            AccountType = 5
	TypeAccountsPayable       AccountType = 6
	TypeCreditCard            AccountType = 7
	TypeOtherCurrentLiability AccountType = 8
	TypeLongTermLiability     AccountType = 9
	TypeEquity                AccountType = 10
	TypeIncome                AccountType = 11
	TypeOtherIncome           AccountType = 12
	TypeCostOfGoodsSold       AccountType = 13
	TypeExpense               AccountType = 14
	TypeOtherExpense          AccountType = 15
	TypeOther                 AccountType = 16
)

// ParseAccountType reads the type as QuickBooks spells it, "Other Current Asset". Anything that this release does not
// know is TypeOther.
func ParseAccountType(s string) AccountType {
	for i, known := range accountTypeNames {
		if i > 0 && known == s {
			return AccountType(i)
		}
	}
	return TypeOther
}

// String returns the type as QuickBooks spells it; "Other" for TypeOther and for a number that is no type.
func (t AccountType) String() string {
	if t == 0 || int(t) >= len(accountTypeNames) {
		t = TypeOther
	}
	return accountTypeNames[t]
}

var accountTypeNames = [...]string{ //nolint:gochecknoglobals // a table that never changes
	"", "Bank", "Accounts Receivable", "Other Current Asset", "Fixed Asset", "Other Asset", "Accounts Payable",
	"Credit Card", "Other Current Liability", "Long Term Liability", "Equity", "Income", "Other Income",
	"Cost of Goods Sold", "Expense", "Other Expense", "Other",
}

// Account is what the accounting needs to know of an account.
type Account struct {
	ID   AccountID
	Name string // fully qualified
	Type AccountType
	// Active is false when QuickBooks would refuse a posting to it.
	Active bool
	// Deleted is true when the retailer deleted it here; the next import brings it back.
	Deleted bool
}

// label names the account for people: `"Cash on hand" (id 35)`, or by its id alone where the name is not known.
func (a Account) label() string {
	if a.Name == "" {
		return "with the id " + string(a.ID)
	}
	return strconv.Quote(a.Name) + " (id " + string(a.ID) + ")"
}
