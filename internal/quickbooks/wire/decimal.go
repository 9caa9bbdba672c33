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

// UnmarshalJSON reads a JSON number, or a string that holds one, as ParseDecimal does. null changes nothing.
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

// ParseDecimal reads "-12.3", "100", "100.00000" or "1.0E7" exactly. Nothing is ever rounded: it fails with ErrDecimal on
// anything that is not a whole number of hundredths within an int64, "0.005" among it.
func ParseDecimal(s string) (Decimal, error) {
	digits, negative := strings.CutPrefix(s, "-")
	mantissa, exponent, ok := cutExponent(digits)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if !ok || whole == "" || !onlyDigits(whole) || !onlyDigits(fraction) {
		return 0, fmt.Errorf("%w: %q", ErrDecimal, clip(s))
	}
	// The value is kept * 10^shift hundredths, and kept ends in no zero that is not its only digit.
	all := whole + fraction
	kept := strings.TrimRight(all, "0")
	shift := exponent - len(fraction) + 2 + len(all) - len(kept)
	kept = strings.TrimLeft(kept, "0")
	if kept == "" {
		return 0, nil
	}
	const most = 19 // digits of the largest int64
	if shift < 0 || shift > most || len(kept) > most {
		return 0, fmt.Errorf("%w: %q", ErrDecimal, clip(s))
	}
	kept += strings.Repeat("0", shift)
	if negative {
		kept = "-" + kept
	}
	n, err := strconv.ParseInt(kept, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: %q", ErrDecimal, clip(s))
	}
	return Decimal(n), nil
}

// cutExponent splits "1.0E+7" into "1.0" and 7. ok is false for an exponent that is no whole number, or that no amount
// has.
func cutExponent(s string) (mantissa string, exponent int, ok bool) {
	at := strings.IndexAny(s, "eE")
	if at < 0 {
		return s, 0, true
	}
	digits := s[at+1:]
	if digits != "" && (digits[0] == '+' || digits[0] == '-') {
		digits = digits[1:]
	}
	if digits == "" || !onlyDigits(digits) {
		return "", 0, false
	}
	const bits = 24 // far more than an answer has room for, and far less than an int
	n, err := strconv.ParseInt(s[at+1:], 10, bits)
	return s[:at], int(n), err == nil
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
