package ledger_test

import (
	"testing"

	"github.com/tillpost/tillpost/internal/ledger"
)

func TestLookupOrder(t *testing.T) {
	t.Parallel()
	const here, there = store2, ledger.LocationID("store-3")
	pay := func(key string, location ledger.LocationID) ledger.Slot {
		return ledger.Slot{Role: ledger.RolePayment, Key: key, Location: location}
	}
	drawer := func(location ledger.LocationID) ledger.Slot {
		return ledger.Slot{Role: ledger.RoleCashDrawer, Location: location}
	}
	full := accounts{pay(visa, here): "1", pay(visa, ""): "2", pay("", here): "3", pay("", ""): "4"}
	tests := map[string]struct {
		mapping accounts
		asked   ledger.Slot
		account ledger.AccountID
		found   ledger.Slot
		source  ledger.Source
	}{
		"key and location":          {full, pay(visa, here), "1", pay(visa, here), ledger.SourceKeyAndLocation},
		"key before fallback here":  {less(full, pay(visa, here)), pay(visa, here), "2", pay(visa, ""), ledger.SourceKey},
		"key elsewhere":             {full, pay(visa, there), "2", pay(visa, ""), ledger.SourceKey},
		"key without location":      {full, pay(visa, ""), "2", pay(visa, ""), ledger.SourceKey},
		"fallback here":             {full, pay(cash, here), "3", pay("", here), ledger.SourceFallbackAndLocation},
		"fallback elsewhere":        {full, pay(cash, there), "4", pay("", ""), ledger.SourceFallback},
		"fallback without location": {full, pay(cash, ""), "4", pay("", ""), ledger.SourceFallback},
		"the fallback itself here":  {full, pay("", here), "3", pay("", here), ledger.SourceFallbackAndLocation},
		"the fallback itself":       {full, pay("", there), "4", pay("", ""), ledger.SourceFallback},
		"other role":                {full, drawer(there), "4", pay("", ""), ledger.SourceFallback},
		"nothing mapped":            {nil, pay(visa, here), "", pay(visa, here), ledger.SourceMissing},
		"case matters":              {accounts{pay("visa", ""): "1"}, pay(visa, here), "", pay(visa, here), ledger.SourceMissing},
		"location only of another":  {accounts{pay(visa, there): "1"}, pay(visa, here), "", pay(visa, here), ledger.SourceMissing},
		"no key, here":              {accounts{drawer(here): "1", drawer(""): "2"}, drawer(here), "1", drawer(here), ledger.SourceKeyAndLocation},
		"no key, anywhere":          {accounts{drawer(here): "1", drawer(""): "2"}, drawer(there), "2", drawer(""), ledger.SourceKey},
		"no key, missing": {
			accounts{pay(cash, ""): "1"},
			ledger.Slot{Role: ledger.RoleTips, Location: here},
			"",
			ledger.Slot{Role: ledger.RoleTips, Location: here},
			ledger.SourceMissing,
		},
		"drawer before cash":   {accounts{drawer(""): "1", pay(cash, here): "2"}, drawer(here), "1", drawer(""), ledger.SourceKey},
		"drawer is cash here":  {accounts{pay(cash, here): "1", pay(cash, ""): "2"}, drawer(here), "1", pay(cash, here), ledger.SourceKeyAndLocation},
		"drawer is cash":       {accounts{pay(cash, ""): "2", pay("", here): "3"}, drawer(here), "2", pay(cash, ""), ledger.SourceKey},
		"drawer is any here":   {accounts{pay("", here): "3", pay("", ""): "4"}, drawer(here), "3", pay("", here), ledger.SourceFallbackAndLocation},
		"drawer not found":     {accounts{pay(visa, ""): "1"}, drawer(here), "", drawer(here), ledger.SourceMissing},
		"role of no such name": {full, ledger.Slot{Role: 99}, "", ledger.Slot{Role: 99}, ledger.SourceMissing},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := ledger.Found{Account: test.account, Slot: test.found, Source: test.source}
			if test.account != "" {
				want.Version = 1
			}
			if got := ledger.Always(test.mapping).Lookup(test.asked, "2026-10-03"); got != want {
				t.Errorf("Lookup(%s) = %+v; want %+v", test.asked, got, want)
			}
		})
	}
}

// less returns a mapping without one slot.
func less(m accounts, slot ledger.Slot) accounts {
	out := accounts{}
	for s, account := range m {
		if s != slot {
			out[s] = account
		}
	}
	return out
}
