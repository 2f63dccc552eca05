// Package fold makes texts comparable for searching: the same letters in another
// case, with other accents or in another width become the same text.
package fold

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// LongestRun is the greatest number of code points that one code point becomes.
const LongestRun = 18

// Text gives the form of a text in which it is stored and looked for. It is valid
// UTF-8 without NUL, and folding it again changes nothing.
func Text(s string) string {
	if isPlain(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, string(utf8.RuneError))) {
		if unicode.Is(unicode.Mn, r) {
			continue // an accent, or another mark on the letter before it
		}
		r = unicode.ToLower(r)
		if letters, ok := spelled(r); ok {
			b.WriteString(letters)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isPlain tells whether only the case of the text can differ from its folded form.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] == 0 || s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// spelled gives the usual spelling of letters and signs that the tables of
// Unicode do not take apart.
func spelled(r rune) (letters string, ok bool) {
	switch r {
	case 0:
		return string(utf8.RuneError), true // no database can store it
	case 'ß':
		return "ss", true
	case 'æ':
		return "ae", true
	case 'œ':
		return "oe", true
	case 'ø':
		return "o", true
	case 'ł':
		return "l", true
	case 'đ', 'ð':
		return "d", true
	case 'þ':
		return "th", true
	case 'ħ':
		return "h", true
	case 'ı':
		return "i", true
	case 'ŧ':
		return "t", true
	case 'ŋ':
		return "n", true
	case 'ς':
		return "σ", true
	case '‘', '’', 'ʼ', '′':
		return "'", true
	case '“', '”', '″':
		return `"`, true
	case '‐', '–', '—', '−':
		return "-", true
	}
	return "", false
}

// Words takes a search term apart into the folded words that all have to occur,
// each once, in their order. An asterisk means nothing, and neither does an @ in
// front of a word.
func Words(term string) []string {
	var words []string
	known := map[string]bool{}
	for word := range strings.FieldsSeq(strings.ReplaceAll(Text(term), "*", "")) {
		word = strings.TrimLeft(word, "@")
		if word != "" && !known[word] {
			known[word] = true
			words = append(words, word)
		}
	}
	return words
}
