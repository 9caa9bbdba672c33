package demo

// itemClass is a kind of merchandise: what decides on revenue, cost and inventory accounts.
type itemClass struct {
	name        string
	weight      int // how often it is bought, against the others
	low, high   int64
	costPercent int64
	untaxed     bool
}

// itemClasses returns the forty classes that the retailer sells. Those that Mapping does not name take the fallbacks.
func itemClasses() []itemClass {
	return []itemClass{
		{name: "Men's Apparel", weight: 17, low: 18_00, high: 120_00, costPercent: 44},
		{name: "Women's Apparel", weight: 21, low: 18_00, high: 140_00, costPercent: 43},
		{name: "Children's Apparel", weight: 9, low: 9_00, high: 48_00, costPercent: 47},
		{name: "Rainwear", weight: 6, low: 45_00, high: 260_00, costPercent: 50},
		{name: "Fleece", weight: 6, low: 35_00, high: 150_00, costPercent: 46},
		{name: "Base Layers", weight: 5, low: 25_00, high: 95_00, costPercent: 45},
		{name: "Socks", weight: 11, low: 8_00, high: 26_00, costPercent: 42},
		{name: "Hats", weight: 6, low: 14_00, high: 48_00, costPercent: 40},
		{name: "Gloves", weight: 4, low: 18_00, high: 110_00, costPercent: 44},
		{name: footwear, weight: 14, low: 45_00, high: 180_00, costPercent: 52},
		{name: hikingBoots, weight: 5, low: 110_00, high: 290_00, costPercent: 55},
		{name: "Sandals", weight: 3, low: 35_00, high: 120_00, costPercent: 50},
		{name: "Bags", weight: 7, low: 24_00, high: 160_00, costPercent: 45},
		{name: "Backpacks", weight: 5, low: 60_00, high: 320_00, costPercent: 54},
		{name: "Jewelry", weight: 6, low: 12_00, high: 95_00, costPercent: 36},
		{name: "Watches", weight: 2, low: 60_00, high: 450_00, costPercent: 58},
		{name: "Sunglasses", weight: 4, low: 25_00, high: 210_00, costPercent: 41},
		{name: "Belts", weight: 3, low: 20_00, high: 60_00, costPercent: 43},
		{name: "Camping", weight: 7, low: 14_00, high: 380_00, costPercent: 58},
		{name: "Climbing", weight: 4, low: 11_00, high: 210_00, costPercent: 57},
		{name: "Tents", weight: 2, low: 140_00, high: 620_00, costPercent: 60},
		{name: "Sleeping Bags", weight: 2, low: 90_00, high: 480_00, costPercent: 59},
		{name: "Cycling", weight: 4, low: 9_00, high: 240_00, costPercent: 55},
		{name: "Fishing", weight: 3, low: 6_00, high: 180_00, costPercent: 53},
		{name: "Snow Sports", weight: 3, low: 20_00, high: 560_00, costPercent: 61},
		{name: "Water Bottles", weight: 8, low: 14_00, high: 48_00, costPercent: 45},
		{name: "Headlamps", weight: 3, low: 24_00, high: 120_00, costPercent: 52},
		{name: "Maps & Guides", weight: 4, low: 8_00, high: 35_00, costPercent: 55},
		{name: "Kitchen", weight: 6, low: 8_00, high: 75_00, costPercent: 49},
		{name: "Home Decor", weight: 5, low: 7_00, high: 110_00, costPercent: 46},
		{name: "Candles", weight: 5, low: 9_00, high: 42_00, costPercent: 38},
		{name: "Blankets", weight: 3, low: 40_00, high: 190_00, costPercent: 47},
		{name: classBooks, weight: 6, low: 9_00, high: 42_00, costPercent: 60},
		{name: "Toys", weight: 5, low: 6_00, high: 65_00, costPercent: 50},
		{name: "Pet Supplies", weight: 4, low: 7_00, high: 80_00, costPercent: 51},
		{name: "Coffee & Tea", weight: 6, low: 6_00, high: 28_00, costPercent: 56, untaxed: true},
		{name: "Trail Snacks", weight: 10, low: 2_00, high: 11_00, costPercent: 62, untaxed: true},
		{name: "Sunscreen", weight: 4, low: 8_00, high: 26_00, costPercent: 48},
		{name: "Greeting Cards", weight: 5, low: 3_00, high: 7_00, costPercent: 40},
		{name: "Repairs", weight: 2, low: 15_00, high: 90_00},
	}
}
