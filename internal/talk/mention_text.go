package talk

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What is said in a text that may concern somebody.
type said struct {
	names          []string        // behind an @, in lower case, each with and without the marks at its end
	words          map[string]bool // as they stand there
	lower          map[string]bool // in lower case
	text           string          // in lower case
	everybody      bool            // @channel or @all
	whoeverIsThere bool            // @here
}

// namesMax bounds how many names one text can call.
const namesMax = 500

// read finds what in a text may concern somebody. Code is not meant for anybody.
func read(text string) *said {
	text = withoutCode(text)
	out := &said{words: map[string]bool{}, lower: map[string]bool{}, text: strings.ToLower(text)}
	known := map[string]bool{}
	previous := ' '
	for i, r := range text {
		if r == '@' && !wordRune(previous) {
			out.call(text[i+1:], known)
		}
		previous = r
	}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return !wordRune(r) && r != '-' && r != '\'' && r != '@' && r != '#' && r != '.' }) {
		for _, w := range []string{w, strings.Trim(w, "-'@#.")} {
			out.words[w], out.lower[strings.ToLower(w)] = true, true
		}
	}
	return out
}

func wordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_'
}

// call notes the name that a text begins with.
func (s *said) call(text string, known map[string]bool) {
	end := strings.IndexFunc(text, func(r rune) bool { return r >= utf8.RuneSelf || !wordRune(r) && r != '.' && r != '-' })
	if end < 0 {
		end = len(text)
	}
	name := strings.ToLower(text[:min(end, 70)])
	for name != "" && len(s.names) < namesMax {
		switch name {
		case "channel", "all":
			s.everybody = true
			return
		case "here":
			s.whoeverIsThere = true
			return
		}
		if !known[name] {
			known[name] = true
			s.names = append(s.names, name)
		}
		shorter := strings.TrimRight(name, ".-_")
		if shorter == name {
			return
		}
		name = name[:len(name)-1]
	}
}

// withoutCode blanks out blocks and spans of code.
func withoutCode(text string) string {
	for _, fence := range []string{"```", "`"} {
		if !strings.Contains(text, fence) {
			continue
		}
		parts := strings.Split(text, fence)
		var b strings.Builder
		for i, p := range parts {
			switch {
			case i%2 == 0:
				b.WriteString(p + " ")
			case i == len(parts)-1: // it never ends, so it is no code
				b.WriteString(p)
			}
		}
		text = b.String()
	}
	return text
}
