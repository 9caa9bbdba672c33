package demo

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

	openingStock = "Opening Stock"
	shrink       = "Shrink"
	damage       = "Damage"
	cardExpired  = "Expired"
	bankAccount  = "Operating Checking"

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
