package ledger

import "fmt"

// costAmount is the name of the fields that hold merchandise at cost.
const costAmount = "cost_amount"

// receiptPostings books merchandise received from a vendor: row 3. What was landed on it makes the stock dearer.
func receiptPostings(p *PurchaseReceipt) []posting {
	out := make([]posting, 0, 2*(len(p.Lines)+len(p.LandedCosts))) //nolint:mnd // a debit and a credit each
	out = appendMoves(out, p.Lines, "purchase_receipt.lines", RoleInventory, RolePurchasesReceived)
	for i := range p.LandedCosts {
		landed := &p.LandedCosts[i]
		pair := transfer(landed.Amount, field{list: "purchase_receipt.landed_costs", index: i, name: cents},
			posting{role: RoleInventory, key: landed.ItemClass}, posting{role: RoleFee, key: landed.Name})
		out = append(out, pair[:]...)
	}
	return out
}

// transferPostings books one leg of moving stock: rows 5a to 5c. The event's location is the one whose stock changes;
// what is on its way belongs to none.
func transferPostings(t *Transfer) ([]posting, *Problem) {
	transit := posting{role: RoleInventoryInTransit}
	out := make([]posting, 0, 2*len(t.Lines)) //nolint:mnd // a debit and a credit each
	for i := range t.Lines {
		line := &t.Lines[i]
		stock := posting{role: RoleInventory, key: line.Key}
		at := field{list: "transfer.lines", index: i, name: costAmount}
		var pair [2]posting
		switch t.Leg {
		case TransferShipment:
			pair = transfer(line.Amount, at, transit, stock)
		case TransferReceived:
			pair = transfer(line.Amount, at, stock, transit)
		case TransferLoss:
			pair = transfer(line.Amount, at, posting{role: RoleInventoryAdjustment, key: t.Reason}, transit)
		default:
			return nil, notSupported(fmt.Sprintf("transfers with the leg %d", t.Leg))
		}
		out = append(out, pair[:]...)
	}
	return out, nil
}

// adjustmentPostings books stock found or lost: rows 6a and 6b. What was lost is negative and flips the sides.
func adjustmentPostings(a *InventoryAdjustment) []posting {
	out := make([]posting, 0, 2*len(a.Lines)) //nolint:mnd // a debit and a credit each
	for i := range a.Lines {
		line := &a.Lines[i]
		pair := transfer(line.Amount, field{list: "inventory_adjustment.lines", index: i, name: costAmount},
			posting{role: RoleInventory, key: line.Key}, posting{role: RoleInventoryAdjustment, key: a.Reason})
		out = append(out, pair[:]...)
	}
	return out
}

// appendMoves adds, for each amount of a list, a debit of one role and a credit of another under its key.
func appendMoves(out []posting, list []Keyed, path string, debit, credit Role) []posting {
	for i := range list {
		item := &list[i]
		pair := transfer(item.Amount, field{list: path, index: i, name: costAmount},
			posting{role: debit, key: item.Key}, posting{role: credit, key: item.Key})
		out = append(out, pair[:]...)
	}
	return out
}
