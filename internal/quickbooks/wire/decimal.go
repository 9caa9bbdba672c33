package wire

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Decimal is an amount of money in hundredths (minor units of a two-decimal currency) that travels as a plain JSON
// number, "100.00", and is never a float on the way.
type Decimal int64

// ErrDecimal says that a JSON number is not an amount in whole hundredths that fits.
var ErrDecimal = errors.New("not an amount in whole hundredths")

// String returns the amount with two decimals: "-12.30".
func (d Decimal) String() string { return string(d.append(nil)) }

// MarshalJSON writes the amount as a JSON number with two decimals.
func (d Decimal) MarshalJSON() ([]byte, error) { return d.append(nil), nil }

func (d Decimal) append(b []byte) []byte {
	n := uint64(d)
	if d < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendUint(b, n/100, 10)
	return append(b, '.', byte('0'+n/10%10), byte('0'+n%10))
}

// UnmarshalJSON reads a JSON number, or a string that holds one, exactly. Digits beyond the second decimal must be
// zeros; exponents are refused.
func (d *Decimal) UnmarshalJSON(text []byte) error {
	s := strings.Trim(string(text), `"`)
	if s == "null" {
		return nil
	}
	v, err := ParseDecimal(s)
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// ParseDecimal reads "-12.3", "100" or "100.00000" exactly. It fails with ErrDecimal on anything that is not a whole
// number of hundredths within an int64.
func ParseDecimal(s string) (Decimal, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	kept := strings.TrimRight(fraction, "0")
	if whole == "" || len(kept) > 2 || !onlyDigits(whole) || !onlyDigits(fraction) {
		return 0, fmt.Errorf("%w: %q", ErrDecimal, clip(s))
	}
	kept += strings.Repeat("0", 2-len(kept))
	n, err := strconv.ParseInt(whole+kept, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %q", ErrDecimal, clip(s))
	}
	if negative {
		n = -n
	}
	return Decimal(n), nil
}

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
