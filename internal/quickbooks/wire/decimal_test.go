package wire_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// TestParseDecimal holds what is an amount and what is not.
func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]wire.Decimal{
		"0": 0, "-0": 0, "0.00": 0, "1": 100, "100.0": 10000, "100.00000": 10000, "-12.3": -1230, "0.05": 5, "-0.05": -5,
		"007.10": 710, "92233720368547758.07": math.MaxInt64, "-92233720368547758.07": -math.MaxInt64, "5.": 500,
	} {
		got, err := wire.ParseDecimal(text)
		if err != nil || got != want {
			t.Errorf("%q: got %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "-", ".", ".5", "--1", "+1", "1.001", "1e2", "1E3", "NaN", "Inf", "1,00", "1.2.3", " 1", "1 ", "0x1", "1_0",
		"92233720368547758.08", "99999999999999999999", "\uff11", strings.Repeat("9", 500),
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
	if err := json.Unmarshal([]byte(`{"A":100.0,"B":"-0.5","C":null}`), &got); err != nil {
		t.Fatal(err)
	}
	if got.A != 10000 || got.B != -50 || got.C != 0 {
		t.Errorf("got %+v", got)
	}
	for _, bad := range []string{`{"A":1e2}`, `{"A":0.001}`, `{"A":true}`, `{"A":{}}`, `{"A":""}`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// FuzzDecimal checks the reading and writing of amounts against exact fractions.
func FuzzDecimal(f *testing.F) {
	for _, text := range []string{"0", "-0", "100.00", "-12.3", "0.05", "1e5", ".5", "5.", "92233720368547758.07", "1/3", "x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := wire.ParseDecimal(text)
		want, isNumber := new(big.Rat).SetString(text)
		if err != nil {
			if plain(text) && isNumber && hundredths(want) != nil {
				t.Errorf("%q is an amount and was refused: %v", text, err)
			}
			return
		}
		if !isNumber || want.Cmp(big.NewRat(int64(got), 100)) != 0 {
			t.Fatalf("%q: got %s, want %v", text, got, want)
		}
		again, err := wire.ParseDecimal(got.String())
		if err != nil || again != got {
			t.Errorf("%s: got %s, %v", got, again, err)
		}
	})
}

// FuzzDecimalRoundTrip checks every amount there is, but for the one whose sign cannot be turned.
func FuzzDecimalRoundTrip(f *testing.F) {
	for _, n := range []int64{0, 1, -1, 99, 100, -101, math.MaxInt64, math.MinInt64 + 1} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n int64) {
		if n == math.MinInt64 {
			return
		}
		d := wire.Decimal(n)
		body, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		exact, ok := new(big.Rat).SetString(string(body))
		if !ok || exact.Cmp(big.NewRat(n, 100)) != 0 {
			t.Errorf("%d was written as %s", n, body)
		}
		var back wire.Decimal
		if err := json.Unmarshal(body, &back); err != nil || back != d {
			t.Errorf("%s came back as %d, %v", body, back, err)
		}
	})
}

// plain reports whether a text has the form of an amount: digits, and a fraction perhaps.
func plain(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	return digits != "" && digits[0] >= '0' && digits[0] <= '9' && strings.Trim(digits, "0123456789.") == "" &&
		strings.Count(digits, ".") <= 1
}

// hundredths returns the amount as whole hundredths within an int64, or nil.
func hundredths(r *big.Rat) *big.Int {
	scaled := new(big.Rat).Mul(r, big.NewRat(100, 1))
	limit := big.NewInt(math.MaxInt64)
	if !scaled.IsInt() || new(big.Int).Abs(scaled.Num()).Cmp(limit) > 0 {
		return nil
	}
	return scaled.Num()
}
