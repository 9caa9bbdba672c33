package ledger

import "strconv"

// Role says what an account is for. The numbers are stored and sent: never renumber.
type Role uint8

// The roles, in the order that lines of an entry stand in.
const (
	RolePayment             Role = 1
	RoleDeposit             Role = 2
	RoleRevenue             Role = 3
	RoleDiscount            Role = 4
	RoleCostOfGoodsSold     Role = 5
	RoleInventory           Role = 6
	RoleInventoryInTransit  Role = 7
	RolePurchasesReceived   Role = 8
	RolePurchasesReturned   Role = 9
	RoleInventoryAdjustment Role = 10
	RoleGiftCardLiability   Role = 11
	RoleGiftCardAdjustment  Role = 12
	RoleCashPaidInOut       Role = 13
	RoleCashDrawer          Role = 14
	RoleSalesTax            Role = 15
	RoleShipping            Role = 16
	RoleFee                 Role = 17
	RoleTips                Role = 18
	RoleRounding            Role = 19
	RoleTillOverShort       Role = 20
	RoleBankDeposit         Role = 21
	RoleMerchantFee         Role = 22
)

// Roles returns every role, in order. The slice is the caller's.
func Roles() []Role {
	roles := make([]Role, 0, len(roleTable)-1)
	for i := 1; i < len(roleTable); i++ {
		roles = append(roles, Role(i))
	}
	return roles
}

// String returns the role's name as the API spells it, without its prefix: "COST_OF_GOODS_SOLD". A number that is no
// role is "UNKNOWN".
func (r Role) String() string { return r.info().name }

// Label returns the role's name for people, in small letters: "cost of goods sold".
func (r Role) Label() string { return r.info().label }

// KeyName returns what the role's key is called, in small letters: "payment type", "item class". It is empty for a role
// that has no key.
func (r Role) KeyName() string { return r.info().key }

// Optional reports whether the role may stay unmapped: then its amounts are booked under another role. True for
// RoleDiscount only, which leaves revenue net of discount.
func (r Role) Optional() bool { return r == RoleDiscount }

func (r Role) info() *roleInfo {
	if int(r) >= len(roleTable) {
		r = 0
	}
	return &roleTable[r]
}

// Slot names a place where an account is looked up. In a mapping an empty Key stands for any key of the role (its
// fallback) and an empty Location for any location.
type Slot struct {
	Role     Role       `json:"role"`
	Key      string     `json:"key,omitempty"`
	Location LocationID `json:"location,omitempty"`
}

// String names the slot as people say it: `payment type "Visa" at location "store-2"`, `revenue of any item class`.
func (s Slot) String() string {
	if where := atLocation(s.Location); where != "" {
		return s.place() + " " + where
	}
	return s.place()
}

// place names the slot without its location.
func (s Slot) place() string {
	info := s.Role.info()
	switch {
	case info.key == "":
		return info.label
	case s.Key == "":
		return info.lead + "any " + info.key
	default:
		return info.lead + info.key + " " + strconv.Quote(s.Key)
	}
}

// atLocation returns `at location "store-2"`, or nothing for any location.
func atLocation(location LocationID) string {
	if location == "" {
		return ""
	}
	return "at location " + strconv.Quote(string(location))
}

// itemClass is what the keys of the roles of merchandise are called.
const itemClass = "item class"

// roleInfo is what there is to know of a role.
type roleInfo struct {
	name  string // as the API spells it
	label string // for people
	key   string // what its key is called; empty: it has none
	lead  string // words before the name of the key, where the key alone would not tell this role from another
	// good and warned are the account types that fit; every other is refused.
	good, warned []AccountType
}

// roleTable has a row per role, at its number.
var roleTable = [...]roleInfo{ //nolint:gochecknoglobals // a table that never changes
	{name: "UNKNOWN", label: "unknown role"},
	RolePayment: {
		name: "PAYMENT", label: "payment", key: "payment type",
		good:   []AccountType{TypeBank, TypeOtherCurrentAsset, TypeOtherCurrentLiability, TypeCreditCard},
		warned: []AccountType{TypeExpense},
	},
	RoleDeposit: {
		name: "DEPOSIT", label: "customer deposit", key: "payment type", lead: "customer deposits by ",
		good: []AccountType{TypeOtherCurrentLiability},
	},
	RoleRevenue: {
		name: "REVENUE", label: "revenue", key: itemClass, lead: "revenue of ",
		good: []AccountType{TypeIncome, TypeOtherIncome},
	},
	RoleDiscount: {
		name: "DISCOUNT", label: "discount", key: itemClass, lead: "discounts on ",
		good: []AccountType{TypeIncome, TypeExpense},
	},
	RoleCostOfGoodsSold: {
		name: "COST_OF_GOODS_SOLD", label: "cost of goods sold", key: itemClass, lead: "cost of goods sold of ",
		good: []AccountType{TypeCostOfGoodsSold, TypeExpense},
	},
	RoleInventory: {
		name: "INVENTORY", label: "inventory", key: itemClass, lead: "inventory of ",
		good: []AccountType{TypeOtherCurrentAsset},
	},
	RoleInventoryInTransit: {
		name: "INVENTORY_IN_TRANSIT", label: "inventory in transit",
		good: []AccountType{TypeOtherCurrentAsset},
	},
	RolePurchasesReceived: {
		name: "PURCHASES_RECEIVED", label: "purchases received", key: itemClass, lead: "purchases received of ",
		good: []AccountType{TypeOtherCurrentLiability, TypeOtherCurrentAsset},
	},
	RolePurchasesReturned: {
		name: "PURCHASES_RETURNED", label: "purchases returned", key: itemClass, lead: "purchases returned of ",
		good: []AccountType{TypeOtherCurrentLiability, TypeOtherCurrentAsset},
	},
	RoleInventoryAdjustment: {
		name: "INVENTORY_ADJUSTMENT", label: "inventory adjustment", key: "adjustment reason", lead: "inventory with ",
		good: []AccountType{
			TypeCostOfGoodsSold, TypeExpense, TypeOtherExpense, TypeIncome, TypeOtherIncome, TypeEquity,
		},
	},
	RoleGiftCardLiability: {
		name: "GIFT_CARD_LIABILITY", label: "gift card liability",
		good: []AccountType{TypeOtherCurrentLiability},
	},
	RoleGiftCardAdjustment: {
		name: "GIFT_CARD_ADJUSTMENT", label: "gift card adjustment", key: "adjustment reason", lead: "gift cards with ",
		good: []AccountType{
			TypeExpense, TypeOtherExpense, TypeIncome, TypeOtherIncome, TypeEquity, TypeOtherCurrentAsset,
			TypeOtherCurrentLiability,
		},
	},
	RoleCashPaidInOut: {
		name: "CASH_PAID_IN_OUT", label: "cash paid in or out", key: "reason", lead: "cash paid in or out with ",
		good: []AccountType{
			TypeBank, TypeOtherCurrentAsset, TypeFixedAsset, TypeOtherAsset, TypeCreditCard, TypeOtherCurrentLiability,
			TypeLongTermLiability, TypeEquity, TypeIncome, TypeOtherIncome, TypeCostOfGoodsSold, TypeExpense,
			TypeOtherExpense,
		},
	},
	RoleCashDrawer: {
		name: "CASH_DRAWER", label: "cash drawer",
		good: []AccountType{TypeBank, TypeOtherCurrentAsset},
	},
	RoleSalesTax: {
		name: "SALES_TAX", label: "sales tax", key: "tax authority", lead: "sales tax of ",
		good: []AccountType{TypeOtherCurrentLiability},
	},
	RoleShipping: {
		name: "SHIPPING", label: "shipping", key: "shipping method",
		good: []AccountType{TypeIncome, TypeOtherIncome},
	},
	RoleFee: {
		name: "FEE", label: "fee", key: "fee",
		good: []AccountType{TypeIncome, TypeOtherIncome, TypeOtherCurrentLiability},
	},
	RoleTips: {
		name: "TIPS", label: "tips",
		good: []AccountType{TypeOtherCurrentLiability, TypeIncome},
	},
	RoleRounding: {
		name: "ROUNDING", label: "rounding",
		good: []AccountType{TypeExpense, TypeOtherExpense, TypeIncome, TypeOtherIncome},
	},
	RoleTillOverShort: {
		name: "TILL_OVER_SHORT", label: "till over or short",
		good: []AccountType{TypeExpense, TypeOtherExpense, TypeIncome, TypeOtherIncome},
	},
	RoleBankDeposit: {
		name: "BANK_DEPOSIT", label: "bank deposit", key: "bank account", lead: "deposits to ",
		good: []AccountType{TypeBank},
	},
	RoleMerchantFee: {
		name: "MERCHANT_FEE", label: "merchant fee", key: "payment type", lead: "merchant fees of ",
		good: []AccountType{TypeExpense, TypeCostOfGoodsSold},
	},
}
