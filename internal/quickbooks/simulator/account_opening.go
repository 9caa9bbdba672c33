package simulator

import "github.com/tillpost/tillpost/internal/quickbooks/wire"

const subTypeOpeningEquity = "OpeningBalanceEquity"

const noteOpeningBalance = "Opening Balance"

// opening is the balance that a new account starts with. Its amount is in hundredths, positive on the account's natural
// side; zero if there is none.
type opening struct {
	amount int64
	date   string
	equity *account // what it is booked against
}

// checkOpening reads the opening balance of a new account. An amount of zero counts as none. The lock is held.
func (c *company) checkOpening(in *accountInput, draft *accountDraft) (opening, *wire.Fault) {
	if in.OpeningBalance.value() == "" {
		return opening{}, nil
	}
	amount, ok := parseAmount(in.OpeningBalance.value())
	if !ok {
		return opening{}, oneFault(codeAmount, "OpeningBalance", "Invalid Amount : %s", clip(in.OpeningBalance.value()))
	}
	if amount == 0 {
		return opening{}, nil
	}
	if in.OpeningBalanceDate.value() == "" {
		return opening{}, oneFault(codeOpeningDate, "OpeningBalanceDate", "OpeningBalanceDate is required with OpeningBalance")
	}
	date, ok := parseTxnDate(in.OpeningBalanceDate.value())
	if !ok {
		return opening{}, oneFault(codeDate, "OpeningBalanceDate", "Invalid Date : %s", clip(in.OpeningBalanceDate.value()))
	}
	equity := c.openingEquity()
	if equity == nil || !draft.opensWithBalance() {
		return opening{}, businessRule(ruleNoOpeningBalance)
	}
	if c.closed(date) {
		return opening{}, oneFault(codePeriodClosed, "", detailPeriodClosed)
	}
	return opening{amount: amount, date: date, equity: equity}, nil
}

// opensWithBalance says whether an account may start with a balance: accounts of the balance sheet may, but receivables
// and payables need a customer or vendor for every amount.
func (draft *accountDraft) opensWithBalance() bool {
	switch draft.of.classification {
	case classAsset, classLiability, classEquity:
		return draft.of.name != typeReceivable && draft.of.name != typePayable && draft.subType != subTypeOpeningEquity
	}
	return false
}

// openingEquity returns the account that opening balances are booked against, the first active one of its sub-type; nil
// if the company has none left.
func (c *company) openingEquity() *account {
	for _, a := range c.accounts {
		if a.active && a.subType == subTypeOpeningEquity {
			return a
		}
	}
	return nil
}

// postOpening books an opening balance and returns the entry, nil if there is nothing to book. The lock is held.
func (c *company) postOpening(a *account, o opening) *entry {
	if o.amount == 0 {
		return nil
	}
	amount, credited := o.amount, !a.debitIsNormal()
	if amount < 0 {
		amount, credited = -amount, !credited
	}
	now := c.clock.now().Unix()
	e := &entry{date: o.date, note: noteOpeningBalance, created: now, updated: now, lines: []line{
		{account: a, amount: amount, credit: credited, description: noteOpeningBalance},
		{account: o.equity, amount: amount, credit: !credited, description: noteOpeningBalance},
	}}
	c.post(e)
	return e
}
