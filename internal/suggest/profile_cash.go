package suggest

import (
	"strings"

	"github.com/tillpost/tillpost/internal/ledger"
)

func chargeProfiles() []profile {
	return []profile{
		{
			role: ledger.RoleGiftCardAdjustment, types: types{expense, otherCost, income, otherIncome}, named: true,
			names: phrases(
				"gift card adjustments, gift card expense, gift card promotions, gift card write-off",
			),
			filler:  strings.Fields("store credit write off"),
			against: phrases("sale, fee, payroll, tax, shipping"), sure: 0.75, shy: true,
			kinds: readKinds(giftCardKinds),
			aims: []aim{{
				kind: kindExpired, names: phrases("breakage, gift card breakage, expired gift cards"),
				types: types{income, otherIncome}, sure: 0.9, because: "is income from cards that nobody will redeem.",
			}},
		},
		{
			role: ledger.RoleSalesTax, types: types{liability},
			subTypes: []string{"SalesTaxPayable", "GlobalTaxPayable"},
			names: phrases(
				"sales tax payable, sales tax, tax collected, vat payable, vat control, vat liability, gst payable, " +
					"hst payable, gst hst payable, tva à payer, tps à payer, tvq à payer, umsatzsteuer, iva por pagar, " +
					"taxes payable",
			),
			filler: strings.Fields(
				"agency revenue authority treasury comptroller collected owed use taxation administration",
			),
			against: phrases(
				"payroll, income tax, federal, property, suspense, withholding, employee, franchise, corporate, fee",
			),
			subTypesAgainst: []string{
				"GlobalTaxSuspense", "PayrollTaxPayable", "FederalIncomeTaxPayable", "StateLocalIncomeTaxPayable", "PayrollClearing",
			},
			sure: 0.75, shy: true,
		},
		{
			role: ledger.RoleShipping, types: types{income, otherIncome}, named: true,
			subTypes: []string{"ServiceFeeIncome"},
			names: phrases(
				"shipping income, shipping, delivery income, delivery, freight income, shipping and handling, " +
					"freight, postage",
			),
			filler:  strings.Fields("handling charge fee collected charged customer"),
			against: phrases("discount, refund, interest, expense"), sure: 0.8, shy: true,
		},
		{
			role: ledger.RoleFee, types: types{income, liability, otherIncome}, named: true,
			subTypes: []string{"ServiceFeeIncome"},
			names: phrases(
				"fee income, fees, service fees, service fee income, fees collected, surcharges, fee revenue",
			),
			filler: strings.Fields("payable charge collected customer surcharge"),
			against: phrases(
				"shipping, discount, refund, interest, payroll, tax, merchant, loan, gift card, professional, legal, " +
					"processing, bank",
			),
			sure: 0.7, kinds: readKinds(feeKinds), refuses: []kind{kindLandedCost},
			aims: []aim{
				{
					kind: kindLandedCost, names: phrases(
						"landed cost, landed cost clearing, accrued freight, freight payable, freight clearing, accrued duty",
					), types: types{liability}, sure: 0.8, because: "takes the freight and duty of deliveries until they are billed.",
				},
				{
					kind: kindLandedCost, names: phrases("accrued expenses, accrued liabilities"), types: types{liability}, sure: 0.6,
					because: "takes costs that are not billed yet, such as the freight of a delivery.",
				},
			},
		},
		{
			role: ledger.RoleTips, types: types{liability, income}, named: true,
			names:   phrases("tips payable, tips, gratuities, tips owed, tip income"),
			filler:  strings.Fields("payable employee owed collected staff clearing liability"),
			against: phrases("tax, fee"), sure: 0.95,
		},
	}
}

func cashProfiles() []profile {
	difference := phrases(
		"over and short, over short, cash over, cash short, till difference, cash difference, cash variance, " +
			"till variance, register variance, drawer variance, cash discrepancy, cash overage, cash shortage",
	)
	drawer := phrases(
		"cash drawer, cash on hand, cash register, till cash, till, register cash, store cash, cash in store, " +
			"drawer",
	)
	return []profile{
		{
			role: ledger.RoleCashPaidInOut, types: types{expense, otherCost, cost, bank, asset, equity, liability, income, otherIncome},
			named: true,
			names: phrases("petty cash expense, petty expenses, store cash expenses, cash expenses, paid outs"),
			against: phrases(
				"inventory, gift card, undeposited, accumulated, uncategorized, payable, receivable, sale",
			),
			sure: 0.7, kinds: readKinds(cashKinds), refuses: []kind{kindDrop, kindChange},
			aims: []aim{
				{
					kind: kindDrop, names: phrases(
						"deposits in transit, cash in transit, bank deposits in transit, cash clearing, safe, store safe, " +
							"deposit clearing, cash drop",
					), types: types{asset, bank}, sure: 0.8, because: "is where cash waits on its way to the bank.",
				},
				{
					kind: kindChange, names: phrases(
						"change fund, petty cash, till float, safe, change bank, store safe, cash float",
					),
					types: types{bank, asset}, sure: 0.75, because: "is the cash that change for the tills comes from.",
				},
			},
		},
		{
			role: ledger.RoleCashDrawer, types: types{bank, asset}, named: true, subTypes: []string{"CashOnHand"},
			names: drawer, against: phrases("petty, payroll, savings, advance, safe, rounding"), sure: 0.95,
		},
		{
			role: ledger.RoleRounding, types: types{expense, otherCost, income, otherIncome}, named: true,
			names:   phrases("rounding, cash rounding, penny rounding, rounding differences, round off"),
			filler:  strings.Fields("difference adjustment gain loss error cash penny"),
			against: phrases("payroll, tax"), sure: 0.95,
		},
		{
			role: ledger.RoleTillOverShort, types: types{expense, otherCost, income, otherIncome}, named: true,
			names: difference, filler: strings.Fields("cash till register drawer short over difference"),
			against: phrases("rounding, inventory, payroll"), sure: 0.95,
		},
		{
			role: ledger.RoleBankDeposit, types: types{bank},
			subTypes: []string{"Checking"},
			names: phrases(
				"checking, operating checking, bank, bank account, business checking, main checking, operating " +
					"account",
			),
			filler: strings.Fields("main primary business bank checking"),
			against: phrases(
				"petty, drawer, register, till, cash on hand, clearing, undeposited, trust, escrow, gift, rounding",
			),
			subTypesAgainst: []string{"CashOnHand", "TrustAccounts", "RentsHeldInTrust"},
			sure:            0.65,
		},
	}
}
