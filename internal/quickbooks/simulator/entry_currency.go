package simulator

import (
	"math/big"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// currency is what an entry is in. The zero value is the home currency.
type currency struct {
	code string // empty: the home currency
	rate string // what one of it is worth in the home currency, as a JSON number; empty: 1
}

const (
	maxRateWhole    = 10
	maxRateFraction = 15
)

// ref points at the currency, as entries do.
func (m currency) ref() *wire.Ref {
	if m.code == "" {
		return homeCurrencyRef()
	}
	return &wire.Ref{Value: m.code, Name: currencyName(m.code)}
}

func (m currency) rateOr1() string {
	if m.rate == "" {
		return "1"
	}
	return m.rate
}

// entryCurrency reads what an entry is in, where unsent is what counts if the request says nothing. With multicurrency
// off it is the home currency, and an exchange rate has no meaning. The lock is held.
func (c *company) entryCurrency(in *entryInput, unsent *currency, wrong *faults) currency {
	code := in.CurrencyRef.id()
	if !c.settings.MultiCurrency {
		if code != "" && code != homeCurrency {
			wrong.addf(codeFeature, "CurrencyRef", "Feature Not Supported : multicurrency is off, so %s can't be used",
				clip(code))
		}
		return currency{}
	}
	if code == "" && unsent == nil {
		wrong.missing("CurrencyRef")
		return currency{}
	}
	money := currency{code: code}
	if code == "" {
		money = *unsent
	}
	if money.code == homeCurrency || money.code == "" {
		return currency{}
	}
	if !isCurrency(money.code) {
		wrong.addf(codeReference, elementReference, "Invalid Reference Id : Currency element id %s not found", clip(money.code))
		return currency{}
	}
	if in.ExchangeRate.value() == "" {
		if unsent != nil && unsent.code == money.code {
			money.rate = unsent.rate
		}
		return money
	}
	rate, ok := parseRate(in.ExchangeRate.value())
	if !ok {
		wrong.addf(codeDecimal, "ExchangeRate", "Invalid Decimal : %s", clip(in.ExchangeRate.value()))
	}
	money.rate = rate
	return money
}

// isCurrency says whether a text has the form of an ISO 4217 code.
func isCurrency(code string) bool {
	for i := range len(code) {
		if code[i] < 'A' || code[i] > 'Z' {
			return false
		}
	}
	return len(code) == 3
}

// parseRate reads an exchange rate, which is above zero, and returns it as a JSON number.
func parseRate(raw string) (string, bool) {
	whole, fraction, pointed := strings.Cut(raw, ".")
	if !isDigits(whole, maxRateWhole) || (pointed && !isDigits(fraction, maxRateFraction)) ||
		strings.Trim(raw, "0.") == "" {
		return "", false
	}
	if whole = strings.TrimLeft(whole, "0"); whole == "" {
		whole = "0"
	}
	if !pointed {
		return whole, true
	}
	return whole + "." + fraction, true
}

// inHome returns what lines are worth in the home currency, nil if they are in it, and false if that is more than can be
// booked. Each side is converted as a running total, so that debits still equal credits after rounding.
func (m currency) inHome(lines []line) ([]int64, bool) {
	if m.code == "" {
		return nil, true
	}
	rate, ok := new(big.Rat).SetString(m.rateOr1())
	if !ok {
		return nil, false
	}
	home := make([]int64, len(lines))
	var total, converted [2]int64 // debits, credits
	for i := range lines {
		side := flag(lines[i].credit)
		total[side] += lines[i].amount
		now, fits := convert(total[side], rate)
		if !fits {
			return nil, false
		}
		home[i] = now - converted[side]
		converted[side] = now
	}
	return home, true
}

// convert multiplies hundredths with a rate and rounds half up.
func convert(amount int64, rate *big.Rat) (int64, bool) {
	numerator := new(big.Int).Mul(big.NewInt(2*amount), rate.Num())
	numerator.Add(numerator, rate.Denom())
	denominator := new(big.Int).Lsh(rate.Denom(), 1)
	numerator.Quo(numerator, denominator)
	return numerator.Int64(), numerator.IsInt64()
}

// currencyNames are the names of the currencies that US companies deal in most.
const currencyNames = `
AED United Arab Emirates Dirham
AUD Australian Dollar
BRL Brazilian Real
CAD Canadian Dollar
CHF Swiss Franc
CLP Chilean Peso
CNY Chinese Yuan
COP Colombian Peso
CZK Czech Koruna
DKK Danish Krone
EUR Euro
GBP British Pound Sterling
HKD Hong Kong Dollar
HUF Hungarian Forint
IDR Indonesian Rupiah
ILS Israeli New Shekel
INR Indian Rupee
JPY Japanese Yen
KRW South Korean Won
MXN Mexican Peso
MYR Malaysian Ringgit
NOK Norwegian Krone
NZD New Zealand Dollar
PHP Philippine Peso
PLN Polish Zloty
SAR Saudi Riyal
SEK Swedish Krona
SGD Singapore Dollar
THB Thai Baht
TRY Turkish Lira
TWD New Taiwan Dollar
VND Vietnamese Dong
ZAR South African Rand
`

// currencyName returns the name of a currency, nothing for one that is rarely met.
func currencyName(code string) string {
	_, after, found := strings.Cut(currencyNames, "\n"+code+" ")
	if !found {
		return ""
	}
	name, _, _ := strings.Cut(after, "\n")
	return name
}
