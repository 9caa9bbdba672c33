package simulator

import (
	_ "embed" // the data files
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
)

//go:embed data/account_types.txt
var accountTypesText string

//go:embed data/chart.csv
var chartText string

//go:embed data/names.csv
var namesText string

// Classifications of accounts, by which statement and side they belong to.
const (
	classAsset     = "Asset"
	classLiability = "Liability"
	classEquity    = "Equity"
	classRevenue   = "Revenue"
	classExpense   = "Expense"
)

const (
	typeReceivable = "Accounts Receivable"
	typePayable    = "Accounts Payable"
)

// accountType is one AccountType with its sub-types.
type accountType struct {
	name           string
	classification string
	defaultSubType string
	rank           int // the order in which statements list the types
}

// catalog holds the account types, and the chart and the name lists that a new company starts with. It never changes.
type catalog struct {
	types    map[string]*accountType   // by folded name
	subTypes map[string][]*accountType // by sub-type; none for a sub-type that goes with any type
	chart    []chartRow
	names    []catalogName
}

// chartRow is one account of the chart that a new company starts with.
type chartRow struct {
	number, fullName, accountType, subType, description string
	active                                              bool
}

// catalogName is one row of the name lists that a new company starts with.
type catalogName struct {
	object, fullName, companyName, givenName, familyName string
	active                                               bool
}

func loadCatalog() (*catalog, error) {
	c := &catalog{types: map[string]*accountType{}, subTypes: map[string][]*accountType{}}
	c.loadTypes()
	rows, err := csv.NewReader(strings.NewReader(chartText)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read the chart of accounts: %w", err)
	}
	for _, row := range rows[1:] {
		c.chart = append(c.chart, chartRow{
			number: row[0], fullName: row[1], accountType: row[2], subType: row[3],
			active: row[4] == "yes", description: row[5],
		})
	}
	if rows, err = csv.NewReader(strings.NewReader(namesText)).ReadAll(); err != nil {
		return nil, fmt.Errorf("read the name lists: %w", err)
	}
	for _, row := range rows[1:] {
		c.names = append(c.names, catalogName{
			object: row[0], fullName: row[1], active: row[2] == "yes",
			companyName: row[3], givenName: row[4], familyName: row[5],
		})
	}
	return c, nil
}

func (c *catalog) loadTypes() {
	var current *accountType
	for line := range strings.Lines(accountTypesText) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if name, class, opens := strings.Cut(line, " |"); opens {
			current = nil
			if name != "*" {
				current = &accountType{name: name, classification: strings.TrimSpace(class), rank: len(c.types)}
				c.types[fold(name)] = current
			}
			continue
		}
		for sub := range strings.FieldsSeq(line) {
			c.addSubType(current, sub)
		}
	}
}

// addSubType adds a sub-type to a type, or to none in particular. An asterisk marks the default.
func (c *catalog) addSubType(of *accountType, marked string) {
	name, isDefault := strings.CutSuffix(marked, "*")
	if of == nil {
		c.subTypes[name] = nil
		return
	}
	if isDefault || of.defaultSubType == "" {
		of.defaultSubType = name
	}
	c.subTypes[name] = append(c.subTypes[name], of)
}

// resolve finds the type and sub-type that a request means, where one of the two may be left out. It reports false if
// neither is given, one is unknown, or the two do not go together.
func (c *catalog) resolve(typeName, subType string) (*accountType, string, bool) {
	of := c.types[fold(typeName)]
	if typeName != "" && of == nil {
		return nil, "", false
	}
	if subType == "" {
		if of == nil {
			return nil, "", false
		}
		return of, of.defaultSubType, true
	}
	among, known := c.subTypes[subType]
	if !known {
		return nil, "", false
	}
	if of == nil {
		if len(among) == 0 {
			return nil, "", false
		}
		return among[0], subType, true
	}
	return of, subType, len(among) == 0 || slices.Contains(among, of)
}

// standsAlone says whether accounts of a sub-type can be neither parent nor child.
func standsAlone(subType string) bool {
	switch subType {
	case "OpeningBalanceEquity", "UndepositedFunds", "RetainedEarnings", "CashReceiptIncome", "CashExpenditureExpense",
		"ExchangeGainOrLoss":
		return true
	}
	return false
}

// fold makes a name comparable: QuickBooks does not tell upper from lower case.
func fold(s string) string { return strings.ToLower(s) }
