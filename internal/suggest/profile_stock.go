package suggest

import (
	"strings"

	"github.com/tillpost/tillpost/internal/ledger"
)

func merchandiseProfiles() []profile {
	return []profile{
		{
			role: ledger.RoleRevenue, types: types{income, otherIncome},
			subTypes: []string{"SalesOfProductIncome", "SalesRetail", "RevenueGeneral"},
			names: phrases(
				"sales, sales of product, product revenue, merchandise revenue, sales revenue, retail revenue, store " +
					"revenue, turnover, ventes, ventas, erlöse, umsatzerlöse, vendite",
			),
			filler: strings.Fields("product merchandise good net gross taxable item"),
			against: phrases(
				"discount, refund, return, interest, shipping, delivery, freight, tip, gift card, tax, fee, " +
					"uncategorized, billable, unapplied, dividend, rent, breakage, rounding, forfeited, asset, allowance",
			),
			subTypesAgainst: []string{"DiscountsRefundsGiven", "UnappliedCashPaymentIncome", "InterestEarned", "DividendIncome"},
			sure:            0.7,
		},
		{
			role: ledger.RoleDiscount, types: types{income, expense},
			subTypes: []string{"DiscountsRefundsGiven"}, named: true,
			names: phrases(
				"discounts given, discounts, sales discounts, markdowns, discounts allowed, customer discounts",
			),
			filler:  strings.Fields("refund allowance promotion given"),
			against: phrases("merchant, card, purchase, vendor, taken, earned, received, fee, early"),
			sure:    0.8, shy: true,
		},
		{
			role: ledger.RoleCostOfGoodsSold, types: types{cost, expense},
			subTypes: []string{"SuppliesMaterialsCogs", "CostOfSales"},
			names: phrases(
				"cost of goods sold, cogs, cost of goods, cost of sales, product cost, merchandise cost, inventory " +
					"cost, coût des marchandises vendues, coste de ventas, costo de ventas, wareneinsatz",
			),
			filler: strings.Fields("product merchandise item material supply"),
			against: phrases(
				"freight, shipping, delivery, labor, labour, rental, subcontractor, adjustment, shrink, discount, " +
					"merchant, customs, duty, payroll, damage, office, rounding, variance, fee, landed",
			),
			subTypesAgainst: []string{"ShippingFreightDeliveryCos", "CostOfLaborCos", "EquipmentRentalCos", "FreightAndDeliveryCost"},
			sure:            0.72, shy: true,
		},
		{
			role: ledger.RoleInventory, types: types{asset},
			subTypes: []string{"Inventory"},
			names: phrases(
				"inventory, stock, merchandise, stocks, inventaire, warenbestand, goods for resale, " +
					"warenlager",
			),
			filler: strings.Fields("hand good product item finished warehouse"),
			against: phrases(
				"transit, adjustment, shrink, return, returned, received, deposit, prepaid, loan, clearing, tax, " +
					"undeposited, vendor, supply, suspense, reserve, obsolescence, allowance, uncategorized, investment",
			),
			sure: 0.72, shy: true,
		},
	}
}

func stockProfiles() []profile {
	stock := readKinds(stockKinds)
	received := phrases(
		"goods received not billed, goods received not invoiced, inventory received not billed, received not " +
			"billed, received not invoiced, accrued receipts, accrued purchases, accrued inventory, purchases " +
			"clearing, purchases received, inventory clearing, receiving clearing, goods received",
	)
	return []profile{
		{
			role: ledger.RoleInventoryInTransit, types: types{asset}, named: true, subTypes: []string{"Inventory"},
			names: phrases(
				"inventory in transit, stock in transit, goods in transit, merchandise in transit, transfers in " +
					"transit, inventory transfers, stock transfers",
			),
			filler: strings.Fields("store clearing"), against: phrases("deposit, cash, funds"), sure: 0.95,
		},
		{
			role: ledger.RolePurchasesReceived, types: types{liability, asset}, named: true, shy: true,
			names: received, filler: strings.Fields("yet payable accrued merchandise vendor purchase"),
			against: phrases("payroll, tax, gift, customer, deposit, return, returned"), sure: 0.85,
		},
		{
			role: ledger.RolePurchasesReturned, types: types{asset, liability}, named: true, shy: true,
			names: phrases(
				"returned to vendor, vendor returns, purchase returns, vendor credits, returns to vendor, vendor " +
					"refunds, purchases returned",
			),
			filler:  strings.Fields("receivable pending clearing good due credit"),
			against: phrases("payroll, tax, gift, customer, card"), sure: 0.85,
			aims: []aim{{
				kind: kindNone, names: received, types: types{liability, asset}, sure: 0.6,
				because: "takes the cost of deliveries until they are billed, and a return to the vendor takes from it.",
			}},
		},
		{
			role: ledger.RoleInventoryAdjustment, types: types{cost, expense, otherCost, equity}, named: true,
			names: phrases(
				"inventory adjustments, stock adjustments, inventory variance, stock variance, inventory shrinkage, " +
					"inventory write-off, inventory losses",
			),
			filler:  strings.Fields("count variance loss write off good merchandise"),
			against: phrases("payroll, tax, bank, reconciliation, bad debt, cash, draw, contribution, retained"),
			sure:    0.75, shy: true, kinds: stock, refuses: []kind{kindOpening},
			aims: []aim{
				{
					kind: kindOpening, subTypes: []string{"OpeningBalanceEquity"}, types: types{equity}, sure: 0.85,
					because: "is where QuickBooks books what was there before the books began.",
				},
				{
					kind: kindOpening, names: phrases("opening balance equity, opening balance, opening stock"),
					types: types{equity}, sure: 0.85, because: "is where QuickBooks books what was there before the books began.",
				},
				{
					kind: kindShrink, names: phrases("shrink, inventory loss, theft, inventory theft, stock loss"),
					types: types{cost, expense, otherCost}, sure: 0.85, because: "takes stock that is gone.",
				},
				{
					kind: kindDamage, names: phrases("damage, spoilage, waste, inventory damage, damage write-off"),
					types: types{cost, expense, otherCost}, sure: 0.85, because: "takes stock that cannot be sold any more.",
				},
				{
					kind: kindCount, names: phrases("count variance, count, inventory variance, stock variance"),
					types: types{cost, expense, otherCost}, sure: 0.85, because: "takes what a count finds too much or too little.",
				},
			},
		},
	}
}
