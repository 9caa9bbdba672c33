package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tillpost/tillpost/internal/quickbooks/wire"
)

// text is a string that clients may also send as a bare number, as some do with ids. Null is the empty text.
type text string

// UnmarshalJSON reads a string, number, boolean or null.
func (t *text) UnmarshalJSON(raw []byte) error {
	switch {
	case len(raw) > 0 && raw[0] == '"':
		if bytes.IndexByte(raw, '\\') < 0 {
			*t = text(raw[1 : len(raw)-1])
			return nil
		}
		if err := json.Unmarshal(raw, (*string)(t)); err != nil {
			return fmt.Errorf("read a text: %w", err)
		}
		return nil
	case len(raw) > 0 && (raw[0] == '{' || raw[0] == '['):
		return errNotScalar
	case string(raw) == "null":
		*t = ""
	default:
		*t = text(raw)
	}
	return nil
}

var errNotScalar = errors.New("an object or array where a text belongs")

// value returns the text, or nothing if there is none.
func (t *text) value() string {
	if t == nil {
		return ""
	}
	return string(*t)
}

// ignored is a property that is known and has no bearing here: any value is taken.
type ignored struct{}

// UnmarshalJSON takes anything.
func (*ignored) UnmarshalJSON([]byte) error { return nil }

// refInput points at another object. An empty one counts as absent.
type refInput struct {
	Value text    `json:"value"`
	Name  text    `json:"name"`
	Type  ignored `json:"type"`
}

func (r *refInput) id() string {
	if r == nil {
		return ""
	}
	return string(r.Value)
}

// decode reads a JSON object and refuses properties that its type does not have, as QuickBooks does.
func decode(raw []byte, into any) *wire.Fault {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return oneFault(codeProperty, "", "Property Name: %s", propertyOf(err))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return oneFault(codeProperty, "", "Property Name: Unexpected text after the object")
	}
	return nil
}

// propertyOf says which property an error of the JSON reader is about.
func propertyOf(err error) string {
	const unknown = "json: unknown field "
	if quoted, isUnknown := strings.CutPrefix(err.Error(), unknown); isUnknown {
		if name, err := strconv.Unquote(quoted); err == nil {
			return clip(name)
		}
	}
	if wrongType := new(json.UnmarshalTypeError); errors.As(err, &wrongType) && wrongType.Field != "" {
		return clip(wrongType.Field)
	}
	if syntax := new(json.SyntaxError); errors.As(err, &syntax) {
		return "Unexpected character at position " + strconv.FormatInt(syntax.Offset, 10)
	}
	return "Can not instantiate the object from this JSON"
}

func clip(s string) string {
	const longest = 100
	if len(s) <= longest {
		return s
	}
	return strings.ToValidUTF8(s[:longest], "") + "..."
}

// Amounts have at most ten digits before the point and five behind it.
const (
	maxWholeDigits    = 10
	maxFractionDigits = 5
)

// parseAmount reads a JSON number, or a string that holds one, as whole hundredths. Digits beyond the second decimal
// are rounded half away from zero: QuickBooks takes five decimals, but books two. Exponents are refused.
func parseAmount(raw string) (int64, bool) {
	digits, negative := strings.CutPrefix(raw, "-")
	whole, fraction, pointed := strings.Cut(digits, ".")
	if !isDigits(whole, maxWholeDigits) || (pointed && !isDigits(fraction, maxFractionDigits)) {
		return 0, false
	}
	kept := (fraction + "00")[:2]
	n, err := strconv.ParseInt(whole+kept, 10, 64)
	if err != nil {
		return 0, false
	}
	if len(fraction) > 2 && fraction[2] >= '5' {
		n++
	}
	if negative {
		n = -n
	}
	return n, true
}

// isDigits says whether s is made of 1 to most digits.
func isDigits(s string, most int) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != "" && len(s) <= most
}
