package ledger_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tillpost/tillpost/internal/ledger"
)

// details has one full detail of every kind.
func details() []ledger.Detail {
	lines := []ledger.Keyed{keyed(apparel, 1_200), keyed(shoes, -50)}
	return []ledger.Detail{
		&ledger.Sale{
			Tenders:         []ledger.Keyed{keyed(cash, 5_000), keyed(cash, -100)},
			DepositsApplied: []ledger.Keyed{keyed(visa, 700)},
			Lines:           []ledger.SaleLine{{ItemClass: apparel, Net: 5_000, Discount: 500, Cost: 2_000}, {ItemClass: shoes}},
			Taxes:           []ledger.Keyed{keyed(state, 350)},
			Shipping:        []ledger.Keyed{keyed("Ground", 100)},
			Fees:            []ledger.Keyed{keyed("Bag fee", 10)},
			GiftCardsSold:   []ledger.Amount{100, -50},
			Tip:             88, Rounding: 2,
		},
		&ledger.CustomerDeposit{Action: ledger.DepositRefunded, Lines: []ledger.DepositLine{
			{PaymentType: visa, Amount: 500}, {PaymentType: cash, Amount: 20, RefundPaymentType: giftCard},
		}},
		&ledger.PurchaseReceipt{
			Lines: lines, LandedCosts: []ledger.LandedCost{{Name: "Duty", ItemClass: apparel, Amount: 15}},
		},
		&ledger.PurchaseReturn{Lines: lines},
		&ledger.Transfer{Leg: ledger.TransferLoss, Other: "store-3", Lines: lines, Reason: "Lost on the way"},
		&ledger.InventoryAdjustment{Reason: "Shrink", Lines: lines},
		&ledger.GiftCardAdjustment{Reason: "Goodwill", Amount: 1_000},
		&ledger.CashPaidInOut{Direction: ledger.CashPaidOut, Reason: "Postage", Amount: 640},
		&ledger.TillCount{Expected: 20_000, Counted: 19_985},
		&ledger.Payout{BankAccount: "Main", Parts: []ledger.PayoutPart{
			{PaymentType: visa, Gross: 10_000, Fee: 290}, {PaymentType: mastercard, Gross: 100},
		}},
	}
}

// The bytes of an encoding never change: they are stored and hashed.
func TestEncodeGolden(t *testing.T) {
	t.Parallel()
	for i, detail := range details() {
		ev := event(detail)
		if i == 0 {
			ev.Memo, ev.SourceURL = "Größe <L> & \"more\"\\\n\t\x01 ❄ 🧾\xff", "https://acme.example.com/t/1?a=b&c=d"
		}
		encoded, err := ledger.Encode(ev)
		if err != nil {
			t.Fatal(err)
		}
		name := "encoded_" + strings.ToLower(detail.Kind().String())
		golden(t, name, string(encoded)+"\n"+ledger.HashOf(encoded).String()+"\n")
		if detail.Kind() != ledger.Kind(i+1) {
			t.Errorf("detail %d is of the kind %s", i+1, detail.Kind())
		}
	}
}

func TestEncodeRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ev := genEvent().Draw(t, "event")
		encoded, err := ledger.Encode(ev)
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := ledger.Decode(encoded)
		if err != nil {
			t.Fatalf("decode %s: %v", encoded, err)
		}
		if diff := cmp.Diff(ev, decoded, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("decoded differs (-want +got):\n%s", diff)
		}
		again, err := ledger.Encode(decoded)
		if err != nil || string(again) != string(encoded) {
			t.Fatalf("encoded again: %s, %v; want %s", again, err, encoded)
		}
	})
}

// Encode, written by hand, says the same as the standard library says from the JSON tags.
func TestEncodeAgreesWithTheTags(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ev := genEvent().Draw(t, "event")
		encoded, err := ledger.Encode(ev)
		if err != nil {
			t.Fatal(err)
		}
		byTags, err := json.Marshal(struct {
			ledger.Event

			Version int           `json:"v"`
			Kind    string        `json:"kind"`
			Detail  ledger.Detail `json:"detail"`
		}{ev, 1, ev.Detail.Kind().String(), ev.Detail})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(generic(t, byTags), generic(t, encoded)); diff != "" {
			t.Fatalf("encodings differ (-tags +Encode):\n%s", diff)
		}
	})
}

// generic reads JSON without types, numbers as written, and the time in one form.
func generic(t *rapid.T, encoded []byte) map[string]any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(encoded)))
	decoder.UseNumber()
	var out map[string]any
	if err := decoder.Decode(&out); err != nil {
		t.Fatalf("%s is no JSON: %v", encoded, err)
	}
	text, _ := out["occurred_at"].(string)
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	out["occurred_at"] = at.UnixMicro()
	return out
}

// The same event, said another way, is the same bytes.
func TestEncodeIsCanonical(t *testing.T) {
	t.Parallel()
	plain := event(&ledger.PurchaseReturn{})
	other := plain
	other.OccurredAt = plain.OccurredAt.Add(999 * time.Nanosecond).In(time.FixedZone("MST", -7*3600))
	other.Detail = &ledger.PurchaseReturn{Lines: []ledger.Keyed{}}
	sale, emptySale := event(&ledger.Sale{}), event(&ledger.Sale{Tenders: []ledger.Keyed{}, GiftCardsSold: []ledger.Amount{}})
	for _, pair := range [][2]ledger.Event{{plain, other}, {sale, emptySale}} {
		first, err := ledger.Encode(pair[0])
		if err != nil {
			t.Fatal(err)
		}
		second, err := ledger.Encode(pair[1])
		if err != nil || string(first) != string(second) {
			t.Errorf("%s\nand\n%s, %v", first, second, err)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	late, early := event(&ledger.Sale{}), event(&ledger.Sale{})
	late.OccurredAt = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)
	early.OccurredAt = time.Date(0, 12, 31, 23, 59, 59, 0, time.UTC)
	for name, ev := range map[string]ledger.Event{"no detail": event(nil), "late": late, "early": early} {
		if encoded, err := ledger.Encode(ev); err == nil || !strings.Contains(err.Error(), "evt-10023") {
			t.Errorf("%s: Encode gave %s, %v", name, encoded, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	valid := `{"v":1,"id":"e","occurred_at":"2026-10-03T23:15:04.123456Z","kind":"TILL_COUNT","detail":{"expected":1,"counted":2}}`
	if _, err := ledger.Decode([]byte(valid)); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ from, to, says string }{
		"no JSON":           {valid, "{", "unexpected EOF"},
		"nothing":           {valid, "", "EOF"},
		"another version":   {`"v":1`, `"v":2`, "version 2"},
		"no version":        {`"v":1,`, ``, "version"},
		"unknown kind":      {`TILL_COUNT`, `TILL_COUNTS`, `kind "TILL_COUNTS"`},
		"unspecified kind":  {`TILL_COUNT`, `UNSPECIFIED`, `kind "UNSPECIFIED"`},
		"no kind":           {`"kind":"TILL_COUNT",`, ``, "Detail"},
		"no detail":         {`,"detail":{"expected":1,"counted":2}`, ``, "no detail"},
		"detail null":       {`{"expected":1,"counted":2}`, `null`, "no detail"},
		"detail of another": {`{"expected":1,"counted":2}`, `{"expected":1,"lines":[]}`, `unknown field "lines"`},
		"detail of a type":  {`"expected":1`, `"expected":"1"`, "detail.expected"},
		"amount too large":  {`"expected":1`, `"expected":9223372036854775808`, "detail.expected"},
		"amount broken":     {`"expected":1`, `"expected":1.5`, "detail.expected"},
		"unknown field":     {`"id":"e"`, `"id":"e","colour":"red"`, `unknown field "colour"`},
		"two kinds":         {`"counted":2}`, `"counted":2},"kind":"SALE"`, "two kinds"},
		"kind is no text":   {`"TILL_COUNT"`, `7`, "number"},
		"newer, with more":  {`"v":1`, `"v":2,"colour":"red"`, "version 2"},
		"version twice":     {`"v":1`, `"v":1,"v":3`, "version 3"},
		"more follows":      {`"counted":2}}`, `"counted":2}} {}`, "more follows"},
		"no time":           {`2026-10-03T23:15:04.123456Z`, `yesterday`, "yesterday"},
		"year 0":            {`2026-10-03T23:15:04.123456Z`, `0001-01-01T00:00:00+01:00`, "year"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(valid, test.from, test.to, 1)
			if changed == valid {
				t.Fatal("the test changes nothing")
			}
			ev, err := ledger.Decode([]byte(changed))
			if err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("Decode gave %+v, %v; want an error with %q", ev, err, test.says)
			}
		})
	}
}

// FuzzDecode: what Decode accepts is an event that encodes, and its encoding is stable.
func FuzzDecode(f *testing.F) {
	for _, detail := range details() {
		encoded, err := ledger.Encode(event(detail))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded)
	}
	f.Add([]byte(`{"v":1,"occurred_at":"2026-10-03T23:15:04+14:00","kind":"SALE","detail":{"lines":[{}]}}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		ev, err := ledger.Decode(in)
		if err != nil {
			return
		}
		first, err := ledger.Encode(ev)
		if err != nil {
			t.Fatalf("an event that was decoded does not encode: %v", err)
		}
		again, err := ledger.Decode(first)
		if err != nil {
			t.Fatalf("decode %s: %v", first, err)
		}
		if diff := cmp.Diff(ev, again, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("decoded differs:\n%s", diff)
		}
		if second, err := ledger.Encode(again); err != nil || string(first) != string(second) {
			t.Fatalf("%s became %s, %v", first, second, err)
		}
	})
}

func TestHash(t *testing.T) {
	t.Parallel()
	hash := ledger.HashOf([]byte("abc"))
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if hash.String() != want {
		t.Errorf("hash is %s; want %s", hash, want)
	}
	parsed, err := ledger.ParseHash(want)
	if err != nil || parsed != hash {
		t.Errorf("ParseHash gave %s, %v", parsed, err)
	}
	for _, bad := range []string{"", want[1:], want + "0", "g" + want[1:]} {
		if parsed, err := ledger.ParseHash(bad); err == nil || parsed != (ledger.Hash{}) {
			t.Errorf("ParseHash(%q) gave %s, %v", bad, parsed, err)
		}
	}
}
