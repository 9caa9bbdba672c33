package demo

import "time"

// store is one of the retailer's shops.
type store struct {
	id   string // the location_id of its events
	code string // what its document numbers begin with
	// offset is what its clocks show against UTC, in winter time all year: a fixed offset needs no time zone data.
	offset time.Duration
	share  int // its part of the week's tickets, in percent
	taxes  []taxRate
	// taxesShipping is true where delivery is taxed like the goods.
	taxesShipping bool
	// roundsCash is true where one-cent coins are neither taken nor given.
	roundsCash bool
	bagFee     int64
}

// taxRate is what one authority takes. The rates resemble real ones and need not be up to date.
type taxRate struct {
	authority string
	millionth int64 // 65,000 is 6.5 %
}

// stores returns the three shops: one in Washington, two in Colorado, with two or three tax authorities each.
func stores() []store {
	return []store{
		{
			id: harborStreet, code: "HS", offset: -8 * time.Hour, share: 44, bagFee: 8, taxesShipping: true,
			taxes: []taxRate{{"State of Washington", 65_000}, {"King County", 10_500}, {"City of Seattle", 28_000}},
		},
		{
			id: pineAvenue, code: "PA", offset: -7 * time.Hour, share: 32, bagFee: 10,
			taxes: []taxRate{{colorado, 29_000}, {"Boulder County", 13_350}, {"City of Boulder", 38_600}},
		},
		{
			id: lakesideOutlet, code: "LO", offset: -7 * time.Hour, share: 24, bagFee: 10, roundsCash: true,
			taxes: []taxRate{{colorado, 29_000}, {"Mesa County", 23_700}},
		},
	}
}

// itemClass is a kind of merchandise: what decides on revenue, cost and inventory accounts.
type itemClass struct {
	name        string
	weight      int // how often it is bought, against the others
	low, high   int64
	costPercent int64
	untaxed     bool
}

// itemClasses returns what the retailer sells. The last two have no accounts of their own, so they take the fallbacks.
func itemClasses() []itemClass {
	return []itemClass{
		{name: "Men's Apparel", weight: 17, low: 18_00, high: 120_00, costPercent: 44},
		{name: "Women's Apparel", weight: 21, low: 18_00, high: 140_00, costPercent: 43},
		{name: "Children's Apparel", weight: 9, low: 9_00, high: 48_00, costPercent: 47},
		{name: footwear, weight: 14, low: 45_00, high: 180_00, costPercent: 52},
		{name: hikingBoots, weight: 5, low: 110_00, high: 290_00, costPercent: 55},
		{name: "Bags", weight: 7, low: 24_00, high: 160_00, costPercent: 45},
		{name: "Jewelry", weight: 6, low: 12_00, high: 95_00, costPercent: 36},
		{name: "Camping", weight: 7, low: 14_00, high: 380_00, costPercent: 58},
		{name: "Climbing", weight: 4, low: 11_00, high: 210_00, costPercent: 57},
		{name: "Kitchen", weight: 6, low: 8_00, high: 75_00, costPercent: 49},
		{name: "Home Decor", weight: 5, low: 7_00, high: 110_00, costPercent: 46},
		{name: classBooks, weight: 6, low: 9_00, high: 42_00, costPercent: 60},
		{name: "Trail Snacks", weight: 10, low: 2_00, high: 11_00, costPercent: 62, untaxed: true},
		{name: "Greeting Cards", weight: 5, low: 3_00, high: 7_00, costPercent: 40},
	}
}

// weighted is a choice and how often it is taken, against the others of its list.
type weighted[T any] struct {
	value  T
	weight int
}

// The names that events and the mapping have in common where they are used more than twice.
const (
	cash            = "Cash"
	visa            = "Visa"
	mastercard      = "Mastercard"
	americanExpress = "American Express"
	discover        = "Discover"
	debitCard       = "Debit Card"
	payPal          = "PayPal"
	payLater        = "Pay Later"
	check           = "Check"
	giftCard        = "Gift Card" // also how store credit is given

	harborStreet   = "harbor-street"
	pineAvenue     = "pine-avenue"
	lakesideOutlet = "lakeside-outlet"

	footwear    = "Footwear"
	hikingBoots = "Hiking Boots"
	classBooks  = "Books"

	colorado       = "State of Colorado"
	bagFee         = "Bag Fee"
	officeSupplies = "Office Supplies"
)

// paymentTypes returns how customers pay a whole ticket.
func paymentTypes() []weighted[string] {
	return []weighted[string]{
		{visa, 30},
		{mastercard, 19},
		{cash, 16},
		{debitCard, 10},
		{americanExpress, 9},
		{"Apple Pay", 6},
		{discover, 4},
		{payPal, 3},
		{giftCard, 2},
		{payLater, 2},
		{check, 1},
	}
}

// cardTypes returns how customers pay the larger part of a split ticket, or are refunded.
func cardTypes() []weighted[string] {
	return []weighted[string]{{visa, 5}, {mastercard, 3}, {americanExpress, 2}, {discover, 1}}
}

// shippingPrices returns the delivery methods. Courier has no account of its own.
func shippingPrices() []weighted[amountOf] {
	return []weighted[amountOf]{{amountOf{"Ground", 6_95}, 6}, {amountOf{"Express", 14_95}, 3}, {amountOf{"Courier", 19_95}, 1}}
}

// amountOf is an amount under a name.
type amountOf struct {
	name   string
	amount int64
}

// paidOutReasons returns what is paid from the drawer, with the most that is paid. Window Cleaning has no account of
// its own.
func paidOutReasons() []weighted[amountOf] {
	return []weighted[amountOf]{
		{amountOf{"Postage", 28_00}, 6},
		{amountOf{officeSupplies, 60_00}, 5},
		{amountOf{"Cleaning", 45_00}, 4},
		{amountOf{"Staff Refreshments", 35_00}, 4},
		{amountOf{"Local Travel", 24_00}, 3},
		{amountOf{"Window Cleaning", 50_00}, 3},
		{amountOf{"Cash Drop", 400_00}, 3},
	}
}

// paidInReasons returns what is put into the drawer.
func paidInReasons() []weighted[amountOf] {
	return []weighted[amountOf]{{amountOf{"Change Order", 200_00}, 5}, {amountOf{"Found Cash", 20_00}, 1}}
}
