package simulator

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind is what a piece of a query statement is.
type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenWord
	tokenString
	tokenNumber
	tokenSymbol // one of = < > <= >= , ( ) *
	tokenStray  // something that belongs nowhere
)

// token is one piece of a query statement; text is unescaped for strings.
type token struct {
	kind   tokenKind
	text   string
	offset int // in bytes
}

// is says whether the token is a keyword or symbol, in any case.
func (t token) is(text string) bool {
	return (t.kind == tokenWord || t.kind == tokenSymbol) && strings.EqualFold(t.text, text)
}

// syntaxError says where a statement cannot be read on.
type syntaxError struct {
	found  token
	line   int
	column int
}

// Error says it as Intuit's parser does.
func (e *syntaxError) Error() string {
	found := clip(e.found.text)
	switch e.found.kind {
	case tokenEnd:
		found = "<EOF>"
	case tokenString:
		found = ` <STRING> "'` + found + `' "`
	case tokenNumber:
		found = ` <NUMBER> "` + found + ` "`
	case tokenWord, tokenSymbol, tokenStray:
		found = ` "` + found + ` "`
	}
	//nolint:gocritic // the quotes are Intuit's and escape nothing
	return fmt.Sprintf("QueryParserError: Encountered \"%s\" at line %d, column %d.", found, e.line, e.column)
}

// lex cuts a statement into tokens; the last one is always tokenEnd.
func lex(statement string) []token {
	var tokens []token
	for at := 0; at < len(statement); {
		r, size := utf8.DecodeRuneInString(statement[at:])
		if unicode.IsSpace(r) {
			at += size
			continue
		}
		t := lexOne(statement, at)
		t.offset = at
		tokens = append(tokens, t)
		at += t.length(statement)
	}
	return append(tokens, token{kind: tokenEnd, offset: len(statement)})
}

// length returns how many bytes of the statement a token takes up. A string is found again, for escapes make it longer
// than its text.
func (t token) length(statement string) int {
	if t.kind != tokenString {
		return len(t.text)
	}
	return stringEnd(statement, t.offset) - t.offset
}

func lexOne(statement string, at int) token {
	rest := statement[at:]
	switch b := rest[0]; {
	case b == '\'':
		end := stringEnd(statement, at)
		if end < 0 {
			return token{kind: tokenStray, text: rest}
		}
		return token{kind: tokenString, text: unescape(statement[at+1 : end-1])}
	case isLetter(b):
		return token{kind: tokenWord, text: rest[:run(rest, isWordByte)]}
	case isDigit(b), b == '-' && len(rest) > 1 && isDigit(rest[1]):
		return token{kind: tokenNumber, text: rest[:1+run(rest[1:], isNumberByte)]}
	case strings.HasPrefix(rest, "<="), strings.HasPrefix(rest, ">="):
		return token{kind: tokenSymbol, text: rest[:2]}
	case strings.IndexByte("=<>,()*", b) >= 0:
		return token{kind: tokenSymbol, text: rest[:1]}
	}
	_, size := utf8.DecodeRuneInString(rest)
	return token{kind: tokenStray, text: rest[:size]}
}

// stringEnd returns the offset behind the quote that closes the string which opens at an offset, or -1.
func stringEnd(statement string, at int) int {
	for i := at + 1; i < len(statement); i++ {
		switch statement[i] {
		case '\\':
			i++
		case '\'':
			return i + 1
		}
	}
	return -1
}

// unescape takes the backslashes before quotes and backslashes away; others stand for themselves.
func unescape(s string) string {
	return strings.NewReplacer(`\'`, `'`, `\\`, `\`).Replace(s)
}

func run(s string, of func(byte) bool) int {
	n := 0
	for n < len(s) && of(s[n]) {
		n++
	}
	return n
}

func isDigit(b byte) bool      { return b >= '0' && b <= '9' }
func isLetter(b byte) bool     { return b|0x20 >= 'a' && b|0x20 <= 'z' || b == '_' }
func isWordByte(b byte) bool   { return isLetter(b) || isDigit(b) || b == '.' }
func isNumberByte(b byte) bool { return isDigit(b) || b == '.' }

// position returns line and column, both from 1, of an offset.
func position(statement string, offset int) (line, column int) {
	before := statement[:offset]
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
}
