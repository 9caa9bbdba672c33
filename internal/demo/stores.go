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

// stores returns the twelve shops, in six states, with one to three tax authorities each. The smaller ones have no cash
// account of their own, and the authorities of some have none either: they take the fallbacks.
func stores() []store {
	const pacific, mountain, central = -8 * time.Hour, -7 * time.Hour, -6 * time.Hour
	washington, seattle := taxRate{"State of Washington", 65_000}, taxRate{"City of Seattle", 28_000}
	king := taxRate{"King County", 10_500}
	coloradan := taxRate{colorado, 29_000}
	return []store{
		{
			id: harborStreet, code: "HS", offset: pacific, share: 16, bagFee: 8, taxesShipping: true,
			taxes: []taxRate{washington, king, seattle},
		},
		{
			id: "ballard", code: "BA", offset: pacific, share: 9, bagFee: 8, taxesShipping: true,
			taxes: []taxRate{washington, king, seattle},
		},
		{
			id: "spokane", code: "SP", offset: pacific, share: 7, bagFee: 8, taxesShipping: true,
			taxes: []taxRate{washington, {"Spokane County", 25_000}},
		},
		{id: "portland", code: "PO", offset: pacific, share: 9, bagFee: 5},
		{
			id: "boise", code: "BO", offset: mountain, share: 6, bagFee: 5,
			taxes: []taxRate{{"State of Idaho", 60_000}},
		},
		{
			id: pineAvenue, code: "PA", offset: mountain, share: 12, bagFee: 10,
			taxes: []taxRate{coloradan, {"Boulder County", 13_350}, {"City of Boulder", 38_600}},
		},
		{
			id: lakesideOutlet, code: "LO", offset: mountain, share: 9, bagFee: 10, roundsCash: true,
			taxes: []taxRate{coloradan, {"Mesa County", 23_700}},
		},
		{
			id: "denver", code: "DE", offset: mountain, share: 10, bagFee: 10,
			taxes: []taxRate{coloradan, {"City of Denver", 51_500}},
		},
		{
			id: "fort-collins", code: "FC", offset: mountain, share: 6, bagFee: 10, roundsCash: true,
			taxes: []taxRate{coloradan, {"Larimer County", 8_000}, {"City of Fort Collins", 38_500}},
		},
		{id: "bozeman", code: "BZ", offset: mountain, share: 4, bagFee: 5},
		{
			id: "minneapolis", code: "MI", offset: central, share: 8, bagFee: 5,
			taxes: []taxRate{{"State of Minnesota", 68_750}, {"Hennepin County", 6_500}, {"City of Minneapolis", 5_000}},
		},
		{
			id: "duluth", code: "DU", offset: central, share: 4, bagFee: 5,
			taxes: []taxRate{{"State of Minnesota", 68_750}, {"St. Louis County", 5_000}},
		},
	}
}
