package model

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// hashtagMin is the shortest hashtag in code points, without its #.
const hashtagMin = 2

// Hashtags finds the hashtags of a text in the order in which they stand there, each once,
// separated by blanks: a # at the beginning of a word, a letter, then letters, digits and
// the marks - _ and . inside.
func Hashtags(text string) string {
	if strings.IndexByte(text, '#') < 0 {
		return ""
	}
	var out []string
	size := 0
	known := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		tag := hashtag(word)
		if tag == "" || known[tag] || size+len(tag) >= PostHashtagsMax {
			continue
		}
		known[tag] = true
		size += len(tag) + 1
		out = append(out, tag)
	}
	return strings.Join(out, " ")
}

// hashtag gives the hashtag a word is, without the punctuation around it, empty for other words.
func hashtag(word string) string {
	word = strings.TrimFunc(word, func(r rune) bool { return r != '#' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	word = strings.TrimRight(word, "#")
	name, ok := strings.CutPrefix(word, "#")
	first, _ := utf8.DecodeRuneInString(name)
	if !ok || !unicode.IsLetter(first) || utf8.RuneCountInString(name) < hashtagMin {
		return ""
	}
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '-' && r != '_' && r != '.' {
			return ""
		}
	}
	return word
}
