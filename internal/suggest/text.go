package suggest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hbollon/go-edlib"
)

// longestText is how many bytes of a name or key are read. QuickBooks allows names of 100 characters.
const longestText = 400

// text is a name or a key, taken apart for comparison.
type text struct {
	folded string   // in small letters, with single spaces and without a leading number
	words  []string // without words that say nothing, in the singular, with common abbreviations written out
	// parts are the words of each member of a list: "Visa & Mastercard" has two. There is at least one.
	parts [][]string
	// first are the words before the first sign that stands for "below" or "namely": "Apparel" of "Apparel > Men's".
	first []string
}

// read takes a text apart. Two texts that say the same in other words, order or number have the same words.
func read(s string) text {
	if len(s) > longestText {
		s = strings.ToValidUTF8(s[:longestText], "")
	}
	var rd reader
	for _, r := range s {
		rd.rune(r)
	}
	rd.endPart()
	t := rd.text
	t.folded = strings.Join(rd.all, " ")
	t.words = plain(rd.all)
	if len(t.words) == 0 { // nothing but signs
		t.folded = strings.ToLower(strings.TrimSpace(s))
		t.words = []string{t.folded}
		t.parts = [][]string{t.words}
	}
	return t
}

// reader reads a text.
type reader struct {
	text text
	word strings.Builder
	part []string // the words of the part so far
	all  []string // the words of the parts before
}

func (rd *reader) rune(r rune) {
	switch {
	case r == '\'' || r == '’' || r == '.' || r >= 0x300 && r <= 0x36f: // inside a word, and without meaning
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
		rd.word.WriteRune(unicode.ToLower(r))
	case r == '&' || r == '/' || r == ',' || r == '+':
		rd.endPart()
	default:
		spaced := rd.word.Len() == 0
		rd.endWord()
		if n := len(rd.part); n > 0 && rd.part[n-1] == "and" {
			rd.part = rd.part[:n-1]
			rd.endPart()
		}
		if rd.text.first == nil && (r == '>' || r == ':' || spaced && (r == '-' || r == '–')) {
			rd.text.first = plain(withoutNumber(slices.Concat(rd.all, rd.part)))
		}
	}
}

func (rd *reader) endWord() {
	if rd.word.Len() > 0 {
		rd.part = append(rd.part, rd.word.String())
		rd.word.Reset()
	}
}

func (rd *reader) endPart() {
	rd.endWord()
	if len(rd.part) == 0 {
		return
	}
	if len(rd.all) == 0 {
		rd.part = withoutNumber(rd.part)
	}
	rd.all = append(rd.all, rd.part...)
	rd.text.parts = append(rd.text.parts, plain(rd.part))
	rd.part = nil
}

// withoutNumber takes away the account number that a name begins with: "4010 Sales". A number alone is a name.
func withoutNumber(words []string) []string {
	for len(words) > 1 && len(words[0]) >= 3 && strings.Trim(words[0], "0123456789") == "" {
		words = words[1:]
	}
	return words
}

// plain brings words into the form in which they are compared.
func plain(raw []string) []string {
	out := make([]string, 0, len(raw))
	for _, w := range raw {
		w = singular(w)
		long, short := abbreviations[w]
		switch {
		case short:
			for w := range strings.FieldsSeq(long) {
				if !slices.Contains(out, w) {
					out = append(out, w)
				}
			}
		case !slices.Contains(silent, w) && !slices.Contains(out, w):
			out = append(out, w)
		}
	}
	for _, pair := range joined {
		for i := 0; i+1 < len(out); i++ {
			if out[i] == pair[0] && out[i+1] == pair[1] {
				out = slices.Replace(out, i, i+2, pair[2])
			}
		}
	}
	if len(out) == 0 && len(raw) > 0 {
		return slices.Clone(raw) // a name of words that say nothing is a name still
	}
	return out
}

// singular takes the plural's ending off an English word. It need not be right, only the same on both sides.
func singular(w string) string {
	switch {
	case len(w) < 4 || !strings.HasSuffix(w, "s"):
		return w
	case strings.HasSuffix(w, "ies") && len(w) > 4:
		return w[:len(w)-3] + "y"
	case strings.HasSuffix(w, "sses"), strings.HasSuffix(w, "xes"), strings.HasSuffix(w, "ches"), strings.HasSuffix(w, "shes"):
		return w[:len(w)-2]
	case strings.HasSuffix(w, "ss"), strings.HasSuffix(w, "us"), strings.HasSuffix(w, "is"):
		return w
	default:
		return w[:len(w)-1]
	}
}

// alike says how much two words are the same one: 1 for equal words, less for what looks like typing errors, else 0.
// Short words and the first letter have to be right, for Boots are no Books and Shirts no Skirts; words with digits too.
func alike(a, b string) float64 {
	switch {
	case a == b:
		return 1
	case a == "" || b == "" || a[0] != b[0]: // most pairs
		return 0
	}
	x, y := shapeOf(a), shapeOf(b)
	if !x.mayBe(&y) {
		return 0
	}
	return misspelt(&x, &y)
}

// misspelt is alike for two words that may be the same one.
func misspelt(x, y *shape) float64 {
	shorter := min(x.length, y.length)
	distance := edlib.OSADamerauLevenshteinDistance(x.word, y.word)
	switch {
	case distance > typos(shorter):
		return 0
	case shorter < 6 && !sameLetters(x.word, y.word): // in a short word only two letters changing places are an error
		return 0
	default:
		return 1 - 0.08*float64(distance)
	}
}

// shape is what rules out most pairs of words cheaply.
type shape struct {
	word    string
	length  int    // in characters; 0 for a word that has to be right: with digits, or too long
	letters uint64 // a set of the characters, several to a bit
}

func shapeOf(w string) shape {
	s := shape{word: w, length: utf8.RuneCountInString(w)}
	if len(w) > 60 || strings.ContainsAny(w, "0123456789") {
		s.length = 0
	}
	for _, r := range w {
		s.letters |= 1 << (r % 64)
	}
	return s
}

// mayBe tells whether two words may be the same one: their lengths are near, and the characters that occur, of which one
// error changes two at the most.
func (s *shape) mayBe(other *shape) bool {
	allowed := typos(min(s.length, other.length))
	if d := s.length - other.length; allowed == 0 || d > allowed || d < -allowed || s.word[0] != other.word[0] {
		return false
	}
	different := s.letters ^ other.letters
	for range 2 * allowed {
		different &= different - 1 // takes one away
	}
	return different == 0
}

// typos returns how many typing errors a word of n letters may have.
func typos(n int) int {
	switch {
	case n < 4:
		return 0
	case n < 8:
		return 1
	default:
		return 2
	}
}

func sameLetters(a, b string) bool {
	x, y := []rune(a), []rune(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// hasWord tells whether one of the words is the word w, give or take typing errors.
func hasWord(words []string, w string) bool {
	return slices.ContainsFunc(words, func(o string) bool { return alike(o, w) > 0 })
}

// phrase is words that all have to be there, in any order.
type phrase []string

func (p phrase) in(words []string) bool {
	for _, w := range p {
		if !hasWord(words, w) {
			return false
		}
	}
	return len(p) > 0
}

// phrases reads phrases, which commas separate.
func phrases(list string) []phrase {
	var out []phrase
	for s := range strings.SplitSeq(list, ",") {
		out = append(out, read(s).words)
	}
	return out
}

// anyIn returns the first of the phrases that the words contain.
func anyIn(list []phrase, words []string) phrase {
	for _, p := range list {
		if p.in(words) {
			return p
		}
	}
	return nil
}
