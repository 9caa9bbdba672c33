package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// TestParseDecimal holds what is an amount and what is not.
func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]wire.Decimal{
		"0": 0, "-0": 0, "0.00": 0, "1": 100, "100.0": 10000, "100.00000": 10000, "-12.3": -1230, "0.05": 5, "-0.05": -5,
		"007.10": 710, "92233720368547758.07": math.MaxInt64, "-92233720368547758.08": math.MinInt64, "5.": 500,
		// Exponents, as long as nothing has to be rounded.
		"1E+2": 10000, "1e2": 10000, "1.0E7": 1_000_000_000, "12345E-2": 12345, "-1.5e-1": -15, "100000E-5": 100, "0.0005e2": 5,
		"0E-9": 0, "-0e5": 0, "9.99999999999E9": 999_999_999_999, "1E00000000000000002": 10000,
		"1" + strings.Repeat("0", 500) + "e-500": 100, "0." + strings.Repeat("0", 500) + "1e501": 100,
	} {
		got, err := wire.ParseDecimal(text)
		if err != nil || got != want {
			t.Errorf("%q: got %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "-", ".", ".5", "--1", "+1", "1.001", "0.005", "-0.005", "NaN", "Inf", "1,00", "1.2.3", " 1", "1 ", "0x1", "1_0",
		"92233720368547758.08", "-92233720368547758.09", "99999999999999999999", "\uff11", strings.Repeat("9", 500),
		"1e", "1E+", "1e+-2", "1e2e2", "1e2.5", "e2", "1e 2", "1E-3", "5e-3", "1E17", "1e999999999999999999999",
		"1e-999999999999999999999", "0x1p2", "1e_2",
	} {
		got, err := wire.ParseDecimal(text)
		if !errors.Is(err, wire.ErrDecimal) || got != 0 {
			t.Errorf("%q: got %d, %v", text, got, err)
		}
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("the error repeats all of a long text: %v", err)
		}
	}
}

// TestDecimalString holds the edges of the written form.
func TestDecimalString(t *testing.T) {
	t.Parallel()
	for d, want := range map[wire.Decimal]string{
		0: "0.00", 5: "0.05", -5: "-0.05", 100: "1.00", -1230: "-12.30",
		math.MaxInt64: "92233720368547758.07", math.MinInt64: "-92233720368547758.08",
	} {
		if d.String() != want {
			t.Errorf("%d: got %s, want %s", int64(d), d, want)
		}
	}
}

// TestDecimalJSON reads numbers, strings and null.
func TestDecimalJSON(t *testing.T) {
	t.Parallel()
	var got struct{ A, B, C wire.Decimal }
	if err := json.Unmarshal([]byte(`{"A":1.0E2,"B":"-0.5","C":null}`), &got); err != nil {
		t.Fatal(err)
	}
	if got.A != 10000 || got.B != -50 || got.C != 0 {
		t.Errorf("got %+v", got)
	}
	for _, bad := range []string{`{"A":1e-3}`, `{"A":0.001}`, `{"A":0.005}`, `{"A":true}`, `{"A":{}}`, `{"A":""}`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// FuzzDecimal checks the reading and writing of amounts against exact fractions.
func FuzzDecimal(f *testing.F) {
	for _, text := range []string{
		"0", "-0", "100.00", "-12.3", "0.05", "1e5", ".5", "5.", "92233720368547758.07", "1/3", "x", "1.0E7", "1E+2", "25e-1",
		"0.005", "1e-3", "-92233720368547758.08", "9.99999999999999E14", "0e-999", "1e999",
		"0E1000", "1e-5000",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := wire.ParseDecimal(text)
		want, known := exactly(text)
		if !known {
			return
		}
		if err != nil {
			if want != nil && hundredths(want) != nil {
				t.Errorf("%q is an amount and was refused: %v", text, err)
			}
			return
		}
		if want == nil || want.Cmp(big.NewRat(int64(got), 100)) != 0 {
			t.Fatalf("%q: got %s, want %v", text, got, want)
		}
		again, err := wire.ParseDecimal(got.String())
		if err != nil || again != got {
			t.Errorf("%s: got %s, %v", got, again, err)
		}
	})
}

// FuzzDecimalRoundTrip checks every amount there is, as a number and with every exponent.
func FuzzDecimalRoundTrip(f *testing.F) {
	for _, n := range []int64{0, 1, -1, 99, 100, -101, math.MaxInt64, math.MinInt64} {
		f.Add(n, int8(0))
	}
	f.Add(int64(999_999_999_999), int8(9))
	f.Fuzz(func(t *testing.T, n int64, exponent int8) {
		d := wire.Decimal(n)
		body, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		exact, ok := new(big.Rat).SetString(string(body))
		if !ok || exact.Cmp(big.NewRat(n, 100)) != 0 {
			t.Errorf("%d was written as %s", n, body)
		}
		// The same amount as an integer with an exponent: n.00e-2, n0.00e-3, or with the point moved to the left.
		shifted := fmt.Sprintf("%de-2", n)
		if exponent >= 0 && n != 0 { // JSON has no number that begins with two zeros
			shifted = fmt.Sprintf("%d%se-%d", n, strings.Repeat("0", int(exponent)), int(exponent)+2)
		}
		for _, text := range []string{string(body), shifted} {
			var back wire.Decimal
			if err := json.Unmarshal([]byte(text), &back); err != nil || back != d {
				t.Errorf("%s came back as %d, %v", text, back, err)
			}
		}
	})
}

// exactly returns the value of a decimal number, or nil for a text that is none. known is false for an exponent too large
// to work out the value.
func exactly(text string) (value *big.Rat, known bool) {
	parts := regexp.MustCompile(`^-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?0*([0-9]*))?$`).FindStringSubmatch(text)
	if parts == nil {
		return nil, true
	}
	if len(parts[1]) > 3 {
		return nil, false
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, true // an exponent without digits
	}
	return value, true
}

// hundredths returns the amount as whole hundredths within an int64, or nil.
func hundredths(r *big.Rat) *big.Int {
	scaled := new(big.Rat).Mul(r, big.NewRat(100, 1))
	if !scaled.IsInt() || !scaled.Num().IsInt64() {
		return nil
	}
	return scaled.Num()
}
