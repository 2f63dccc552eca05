package config

import (
	"encoding/hex"
	"strings"
)

// maxFilterDepth bounds the nesting of a filter.
const maxFilterDepth = 64

// isFilter tells whether s is empty or an LDAP search filter as RFC 4515 writes
// it. A filter that a directory refuses would otherwise be found only when
// nobody can sign in any more.
func isFilter(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" {
		return true
	}
	rest, ok := cutFilter(s, maxFilterDepth)
	return ok && rest == ""
}

// cutFilter takes one filter in parentheses from the front.
func cutFilter(s string, depth int) (rest string, ok bool) {
	s, ok = strings.CutPrefix(s, "(")
	if !ok || s == "" || depth == 0 {
		return "", false
	}
	switch s[0] {
	case '&', '|':
		return cutFilters(s[1:], depth)
	case '!':
		if rest, ok = cutFilter(s[1:], depth-1); !ok {
			return "", false
		}
		return strings.CutPrefix(rest, ")")
	}
	item, rest, ok := strings.Cut(s, ")")
	return rest, ok && isFilterItem(item)
}

// cutFilters takes the filters of an AND or OR, one at least, and the
// parenthesis that ends it.
func cutFilters(s string, depth int) (rest string, ok bool) {
	for n := 0; ; n++ {
		if after, end := strings.CutPrefix(s, ")"); end {
			return after, n > 0
		}
		if s, ok = cutFilter(s, depth-1); !ok {
			return "", false
		}
	}
}

// isFilterItem checks a comparison: attribute, operator, value with its special
// characters written as a backslash and two hexadecimal digits.
func isFilterItem(item string) bool {
	attribute, value, ok := strings.Cut(item, "=")
	if !ok || strings.Contains(value, "(") {
		return false
	}
	attribute = strings.TrimRight(attribute, "~<>:")
	if attribute == "" || strings.ContainsAny(attribute, "()*\\~<>&|! \x00") {
		return false
	}
	for {
		_, after, escaped := strings.Cut(value, `\`)
		if !escaped {
			return true
		}
		if len(after) < 2 {
			return false
		}
		if _, err := hex.DecodeString(after[:2]); err != nil {
			return false
		}
		value = after[2:]
	}
}
