package seal_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"github.com/tillpost/tillpost/internal/seal"
)

func newKey(tb testing.TB) seal.Key {
	tb.Helper()
	key, err := seal.GenerateKey()
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func fixedKey() seal.Key { return seal.Key([]byte("0123456789abcdef0123456789abcdef")) }

func newSealer(tb testing.TB, keys ...seal.Key) *seal.Sealer {
	tb.Helper()
	sealer, err := seal.New(keys...)
	if err != nil {
		tb.Fatal(err)
	}
	return sealer
}

var place = seal.Binding{RetailerID: "shop", RealmID: "42", Purpose: "refresh"}

func mustSeal(tb testing.TB, s *seal.Sealer, text string) []byte {
	tb.Helper()
	sealed, err := s.Seal([]byte(text), place)
	if err != nil {
		tb.Fatal(err)
	}
	return sealed
}

func TestWhatIsSealedOpensInItsPlace(t *testing.T) {
	t.Parallel()
	s := newSealer(t, newKey(t))
	for _, text := range []string{"", "RT1-123", strings.Repeat("x", 5000)} {
		first, second := mustSeal(t, s, text), mustSeal(t, s, text)
		if bytes.Equal(first, second) {
			t.Error("the same text sealed twice gives the same bytes")
		}
		if text != "" && bytes.Contains(first, []byte(text)) {
			t.Error("the sealed value shows its text")
		}
		got, err := s.Open(first, place)
		if err != nil || string(got) != text {
			t.Errorf("Open = %q, %v; want %q", got, err, text)
		}
	}
}

func TestNothingOpensInAnotherPlace(t *testing.T) {
	t.Parallel()
	s := newSealer(t, newKey(t))
	sealed := mustSeal(t, s, "token")
	others := map[string]seal.Binding{
		"retailer":            {RetailerID: "shop2", RealmID: "42", Purpose: "refresh"},
		"company":             {RetailerID: "shop", RealmID: "43", Purpose: "refresh"},
		"purpose":             {RetailerID: "shop", RealmID: "42", Purpose: "access"},
		"no retailer":         {RealmID: "42", Purpose: "refresh"},
		"no company":          {RetailerID: "shop", Purpose: "refresh"},
		"no purpose":          {RetailerID: "shop", RealmID: "42"},
		"digit to the left":   {RetailerID: "shop4", RealmID: "2", Purpose: "refresh"},
		"letter to the right": {RetailerID: "sho", RealmID: "p42", Purpose: "refresh"},
		"all in one":          {RetailerID: "shop42refresh"},
		"swapped":             {RetailerID: "42", RealmID: "shop", Purpose: "refresh"},
		"length in the text":  {RetailerID: "shop\x0242", RealmID: "", Purpose: "refresh"},
		"empty":               {},
	}
	for name, other := range others {
		if _, err := s.Open(sealed, other); !errors.Is(err, seal.ErrTampered) || !errors.Is(err, seal.ErrUnopenable) {
			t.Errorf("%s: error %v, want ErrTampered", name, err)
		}
	}
}

func TestAnAlteredValueDoesNotOpen(t *testing.T) {
	t.Parallel()
	const keyIDEnd = 5 // altering the id of the key before it reads as another key
	s := newSealer(t, newKey(t))
	sealed := mustSeal(t, s, "token")
	for i := range sealed {
		want := seal.ErrTampered
		if i > 0 && i < keyIDEnd {
			want = seal.ErrKeyUnknown
		}
		flipped := bytes.Clone(sealed)
		flipped[i] ^= 1
		if _, err := s.Open(flipped, place); !errors.Is(err, want) {
			t.Errorf("byte %d flipped: error %v, want %v", i, err, want)
		}
		if _, err := s.Open(sealed[:i], place); !errors.Is(err, seal.ErrTampered) {
			t.Errorf("cut to %d bytes: error %v, want ErrTampered", i, err)
		}
	}
	if _, err := s.Open(append(bytes.Clone(sealed), 0), place); !errors.Is(err, seal.ErrTampered) {
		t.Errorf("one byte more: error %v, want ErrTampered", err)
	}
}

// A value that was sealed by an earlier release must open for ever: the id of the key, the cipher and the encoding of the
// place are all part of the format.
func TestTheFormatStays(t *testing.T) {
	t.Parallel()
	sealed, err := hex.DecodeString("014efd4a7f02c3a1f39e42cd426ba97a493581f89c0ae9d60f877248142e" +
		"d8e79b200cbafaa0f763492a20c0b926b3435525")
	if err != nil {
		t.Fatal(err)
	}
	got, err := newSealer(t, fixedKey()).Open(sealed, place)
	if err != nil || string(got) != "token" {
		t.Errorf("Open = %q, %v; want the token", got, err)
	}
}

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	old, fresh := newKey(t), newKey(t)
	before, during, after := newSealer(t, old), newSealer(t, fresh, old), newSealer(t, fresh)
	sealedBefore, sealedDuring := mustSeal(t, before, "a"), mustSeal(t, during, "b")
	if _, err := during.Open(sealedBefore, place); err != nil {
		t.Errorf("with both keys, a value of the old key: %v", err)
	}
	if _, err := after.Open(sealedDuring, place); err != nil {
		t.Errorf("the first key seals: %v", err)
	}
	if _, err := before.Open(sealedDuring, place); !errors.Is(err, seal.ErrKeyUnknown) {
		t.Errorf("a server without the new key: error %v, want ErrKeyUnknown", err)
	}
	_, err := after.Open(sealedBefore, place)
	if !errors.Is(err, seal.ErrKeyUnknown) || !errors.Is(err, seal.ErrUnopenable) || errors.Is(err, seal.ErrTampered) {
		t.Errorf("without the old key: error %v, want ErrKeyUnknown", err)
	}
}

func TestKeysAreRead(t *testing.T) {
	t.Parallel()
	a, b := newKey(t), newKey(t)
	keys, err := seal.ParseKeys(a.Encode() + ", " + b.Encode() + "\n")
	if err != nil || len(keys) != 2 || keys[0] != a || keys[1] != b {
		t.Fatalf("ParseKeys: %d keys, %v", len(keys), err)
	}
}

func TestKeysAreNeverShown(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	holder := struct {
		Key  seal.Key
		Next *seal.Key
	}{key, &key}
	asJSON, err := json.Marshal(map[string]any{"key": key, "holder": holder, "index": map[seal.Key]int{key: 1}})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("key", "key", key, "pointer", &key, "holder", holder)
	}
	shown := []string{string(asJSON), log.String(), key.String(), key.GoString(), fmt.Sprint([]seal.Key{key})}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%o", "%b", "%c", "%U", "%t"} {
		shown = append(shown, fmt.Sprintf(verb, key), fmt.Sprintf(verb, &key))
	}
	shown = append(shown, fmt.Sprintf("%v", holder), fmt.Sprintf("%+v", holder), fmt.Sprintf("%#v", holder))
	for _, text := range shown {
		if !strings.Contains(text, "redacted") {
			t.Errorf("not redacted: %s", text)
		}
		for _, secret := range spellings(key) {
			if strings.Contains(text, secret) {
				t.Errorf("a key shows itself: %s", text)
			}
		}
	}
}

// spellings are the ways in which the start of a key could show.
func spellings(key seal.Key) []string {
	start := key[:6]
	decimal := make([]string, len(start))
	literal := make([]string, len(start))
	for i, b := range start {
		decimal[i], literal[i] = strconv.Itoa(int(b)), fmt.Sprintf("%#x", b)
	}
	return []string{
		key.Encode(), hex.EncodeToString(start), fmt.Sprintf("%X", start), fmt.Sprintf("% x", start),
		strings.Join(decimal, " "), strings.Join(decimal, ","), strings.Join(literal, ", "),
	}
}

func TestBadListsOfKeysAreRefusedWithoutShowingThem(t *testing.T) {
	t.Parallel()
	good := newKey(t).Encode()
	tests := map[string]struct{ text, says string }{
		"nothing":         {"", "it is empty"},
		"spaces":          {" \n", "it is empty"},
		"not base64":      {"SECRET*/", "key 1 of 1 is not standard base64"},
		"url-safe":        {strings.Repeat("-_", 21) + "A=", "key 1 of 1 is not standard base64"},
		"unpadded":        {strings.TrimRight(good, "="), "key 1 of 1 is not standard base64"},
		"no comma":        {good + "\n" + good, "key 1 of 1 is not standard base64"},
		"too short":       {"U0VDUkVU", "key 1 of 1 has 6 bytes instead of 32"},
		"too long":        {"U0VDUkVU" + good, "key 1 of 1 has 38 bytes instead of 32"},
		"comma at end":    {good + ",", "key 2 of 2 is missing"},
		"comma too many":  {good + ",," + good, "key 2 of 3 is missing"},
		"second is wrong": {good + ",SECRET", "key 2 of 2 is not standard base64"},
	}
	for name, test := range tests {
		_, err := seal.ParseKeys(test.text)
		if !errors.Is(err, seal.ErrKeys) || !strings.Contains(fmt.Sprint(err), test.says) {
			t.Errorf("%s: error %v, want ErrKeys that says %q", name, err, test.says)
			continue
		}
		if !strings.Contains(err.Error(), "openssl rand -base64 32") {
			t.Errorf("%s: the error does not say what to do: %v", name, err)
		}
		for _, secret := range []string{good[:8], "SECRET", "U0VD", "-_-_"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error shows the text: %v", name, err)
			}
		}
	}
}

func TestNewRefusesKeysThatCannotBeMeant(t *testing.T) {
	t.Parallel()
	key, other := newKey(t), newKey(t)
	tests := map[string][]seal.Key{
		"none":          nil,
		"one twice":     {key, other, key},
		"never set":     {{}},
		"one never set": {key, {}},
	}
	for name, keys := range tests {
		if _, err := seal.New(keys...); err == nil {
			t.Errorf("%s: New succeeds", name)
		}
	}
}

func FuzzOpen(f *testing.F) {
	s := newSealer(f, fixedKey()) // not a random key: the processes of a fuzz run must open the same seeds
	sealed := mustSeal(f, s, "token")
	f.Add(sealed, place.RetailerID, place.RealmID, place.Purpose)
	f.Add(sealed[:len(sealed)-1], place.RetailerID, place.RealmID, place.Purpose)
	f.Add(sealed[:5], "", "", "")
	f.Add([]byte{}, "", "", "")
	f.Fuzz(func(t *testing.T, input []byte, retailer, realm, purpose string) {
		at := seal.Binding{RetailerID: retailer, RealmID: realm, Purpose: purpose}
		text, err := s.Open(input, at)
		if err == nil && (at != place || string(text) != "token") {
			t.Errorf("opened %q at %+v from bytes that were never sealed", text, at)
		}
		if err != nil && (text != nil || !errors.Is(err, seal.ErrUnopenable)) {
			t.Errorf("Open = %q, %v; want nothing and ErrUnopenable", text, err)
		}
	})
}
