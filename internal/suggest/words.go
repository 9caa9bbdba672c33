package suggest

import (
	"strings"
	"unicode"

	edlib "github.com/hbollon/go-edlib"
)

// alike is how much two words must have in common, by Jaro and Winkler, to be taken for the same one written in another way:
// a typing error, a plural, another ending.
const alike = 0.9

// similarity tells how well a name says what a phrase says, from 0 to 1: how many words of the phrase the name has, and a
// little of how many words it has besides. The order of words does not matter.
func similarity(phrase, name []string) float64 {
	if len(phrase) == 0 || len(name) == 0 {
		return 0
	}
	used := make([]bool, len(name))
	hits := 0.0
	for _, word := range phrase {
		best, at := 0.0, -1
		for i, other := range name {
			if score := likeness(word, other); !used[i] && score > best {
				best, at = score, i
			}
		}
		if best >= alike {
			hits += best
			used[at] = true
		}
	}
	const ofPhrase, ofName = 0.8, 0.2
	return ofPhrase*hits/float64(len(phrase)) + ofName*min(1, hits/float64(len(name)))
}

func likeness(a, b string) float64 {
	if a == b {
		return 1
	}
	// "tax" and "fax" have much in common and nothing to do with each other. Nobody misspells the first letter.
	const shortest, longer = 3, 3
	if len(a) <= shortest || len(b) <= shortest || a[0] != b[0] || max(len(a), len(b))-min(len(a), len(b)) > longer {
		return 0
	}
	return float64(edlib.JaroWinklerSimilarity(a, b))
}

// lexicon remembers the words of texts that are asked for again and again.
type lexicon map[string][]string

func (l lexicon) words(text string) []string {
	known, ok := l[text]
	if !ok {
		known = words(text)
		l[text] = known
	}
	return known
}

// words cuts a text into the words that tell it from others: small letters, no punctuation, no account numbers, no filling
// words, no plural, and one spelling of what has several.
func words(text string) []string {
	text = strings.ToLower(text)
	for _, s := range spellings {
		text = replaceWord(text, s[0], s[1])
	}
	fields := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	out := make([]string, 0, len(fields))
	for _, word := range fields {
		if isNumber(word) || filling[word] {
			continue
		}
		out = append(out, singular(word))
	}
	return out
}

// replaceWord replaces a whole word.
func replaceWord(text, word, by string) string {
	padded := " " + strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(":-_/,.()&", r) {
			return ' '
		}
		return r
	}, text) + " "
	return strings.TrimSpace(strings.ReplaceAll(padded, " "+word+" ", " "+by+" "))
}

func isNumber(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

func singular(word string) string {
	const shortest = 4
	if len(word) >= shortest && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") {
		return strings.TrimSuffix(word, "s")
	}
	return word
}

// spellings are short forms that retailers and their accountants use, and what they stand for.
var spellings = [][2]string{ //nolint:gochecknoglobals // a table that never changes
	{"amex", "american express"},
	{"ax", "american express"},
	{"mc", "mastercard"},
	{"master card", "mastercard"},
	{"disc", "discover"},
	{"cc", "credit card"},
	{"cogs", "cost of goods sold"},
	{"cos", "cost of goods sold"},
	{"inv", "inventory"},
	{"stock", "inventory"},
	{"adj", "adjustment"},
	{"giftcard", "gift card"},
	{"gc", "gift card"},
	{"gift certificate", "gift card"},
	{"over short", "over and short"},
	{"cheque", "check"},
	{"cheques", "check"},
	{"frt", "freight"},
	{"misc", "miscellaneous"},
	{"undep", "undeposited"},
}

// filling are words that tell nothing.
var filling = map[string]bool{ //nolint:gochecknoglobals // a table that never changes
	"the": true, "of": true, "and": true, "a": true, "an": true, "in": true, "on": true, "to": true, "for": true, "account": true,
	"acct": true, "acc": true, "or": true,
}

// exactness tells how exactly a name says a phrase and nothing else, from 0 to 1.
func exactness(phrase, name []string) float64 {
	if len(phrase) == 0 || len(name) == 0 {
		return 0
	}
	hits := 0.0
	used := make([]bool, len(name))
	for _, word := range phrase {
		best, at := 0.0, -1
		for i, other := range name {
			if score := likeness(word, other); !used[i] && score > best {
				best, at = score, i
			}
		}
		if best >= alike {
			hits += best
			used[at] = true
		}
	}
	return (hits/float64(len(phrase)) + hits/float64(len(name))) / 2 //nolint:mnd // the mean of the two
}
