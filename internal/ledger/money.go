package ledger

import (
	"errors"
	"fmt"
	"math"
)

// Amount is money or stock value in whole minor units (cents) of a currency that the context names.
type Amount int64

// MaxAmount bounds every amount, and the sum of the absolute amounts of one event, so that no journal line can exceed
// what QuickBooks stores: ten digits before the decimal point.
const MaxAmount Amount = 999_999_999_999

// ErrOverflow says that a sum left the range of Amount.
var ErrOverflow = errors.New("sum of amounts is out of range")

// Abs returns the absolute value. The most negative Amount, which no valid event holds, becomes the largest.
func (a Amount) Abs() Amount {
	if a == math.MinInt64 {
		return math.MaxInt64
	}
	if a < 0 {
		return -a
	}
	return a
}

// Plus adds without wrapping around: it fails with ErrOverflow.
func (a Amount) Plus(b Amount) (Amount, error) {
	sum := a + b
	if (b > 0 && sum < a) || (b < 0 && sum > a) {
		return 0, fmt.Errorf("%w: %d + %d", ErrOverflow, a, b)
	}
	return sum, nil
}

// String shows the amount with two decimals, for people: "-1,234.50". Formatting by currency is Money's.
func (a Amount) String() string { return formatMinor(a, defaultDecimals) }

// Currency is an ISO 4217 code in capitals.
type Currency string

const defaultDecimals = 2

// Decimals returns how many digits of the currency are minor units: 2 for most, 0 for the yen and its kind, 3 for the
// dinars.
func (c Currency) Decimals() int {
	switch c {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	default:
		return defaultDecimals
	}
}

// Money is an amount with its currency. Two are equal (==) when both agree.
type Money struct {
	Currency Currency
	Amount   Amount
}

// String shows money for people: "USD 1,234.50".
func (m Money) String() string {
	return string(m.Currency) + " " + formatMinor(m.Amount, m.Currency.Decimals())
}

func formatMinor(a Amount, decimals int) string {
	digits := fmt.Sprintf("%0*d", decimals+1, magnitude(a))
	whole, fraction := digits[:len(digits)-decimals], digits[len(digits)-decimals:]
	out := make([]byte, 0, len(digits)+len(whole)/3+2)
	if a < 0 {
		out = append(out, '-')
	}
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, whole[i])
	}
	if decimals > 0 {
		out = append(append(out, '.'), fraction...)
	}
	return string(out)
}

func magnitude(a Amount) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}
