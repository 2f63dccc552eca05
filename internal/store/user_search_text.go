package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"muster/internal/fold"
	"muster/internal/model"
)

const (
	// gramMax is the length of the longest grams, in code points.
	gramMax = 3
	// foldedMax bounds each text that can be found, in bytes: enough for a Korean
	// name of the greatest length. An index of PostgreSQL takes so much and not more.
	foldedMax = 576
)

// Classes of tokens: a token is the letter of its class and a gram of the texts of
// that class, or a whole text.
const (
	inPublic = "p"
	inNames  = "n" // and not in the public texts
	inEmail  = "e" // and not in the public texts
	inRole   = "r" // the whole role string
	isActive = "a"
)

// userText is what the search knows about an account. Equal values are indexed alike.
type userText struct {
	id       string
	public   string // username and nickname, one a line
	names    string // first and last name, one a line
	email    string
	deleteAt int64
	roles    string
}

// userTextOf gives nil for nil.
func userTextOf(u *model.User) *userText {
	if u == nil {
		return nil
	}
	// A valid username is its own folded form; any other still has to sort like itself.
	return &userText{
		id: u.ID, public: u.Username + "\n" + folded(u.Nickname), names: folded(u.FirstName) + "\n" + folded(u.LastName),
		email: folded(u.Email), deleteAt: u.DeleteAt, roles: u.Roles,
	}
}

func scanUserText(row scanner) (*userText, error) {
	t := &userText{}
	return t, row.Scan(&t.id, &t.public, &t.names, &t.email, &t.deleteAt, &t.roles)
}

func folded(s string) string {
	s = fold.Text(s)
	if len(s) <= foldedMax {
		return s
	}
	end := foldedMax
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// username is the first line of the public texts.
func (t *userText) username() string {
	name, _, _ := strings.Cut(t.public, "\n")
	return name
}

// tokens gives the tokens of an account, each once: those of all its grams, or only
// of the longest at each place, which are enough where a token can be found by its
// beginning.
func (t *userText) tokens(onlyLongest bool) []string {
	list := []string{tokenOf(inRole, t.roles)}
	if t.deleteAt == 0 {
		list = append(list, isActive)
	}
	public := map[string]bool{}
	collect := func(class, text string, known map[string]bool) {
		grams(text, func(gram string, longest bool) {
			if onlyLongest && !longest || known[gram] || public[gram] {
				return
			}
			known[gram] = true
			list = append(list, tokenOf(class, gram))
		})
	}
	collect(inPublic, t.public, public)
	collect(inNames, t.names, map[string]bool{})
	collect(inEmail, t.email, map[string]bool{})
	return list
}

// tokenOf writes a gram as one word of letters: signs and blanks, which query languages
// read their own meaning into, become code points of a private area.
func tokenOf(class, text string) string {
	return class + strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return 0xE000 + r
		}
		return r
	}, text)
}

// grams calls fn for each run of at most gramMax code points of a text that has no
// white space in it, the longest at each place first.
func grams(text string, fn func(gram string, longest bool)) {
	for start := range text {
		var ends [gramMax]int
		n := 0
		for end := start; n < gramMax && end < len(text); n++ {
			r, size := utf8.DecodeRuneInString(text[end:])
			if unicode.IsSpace(r) {
				break
			}
			end += size
			ends[n] = end
		}
		for k, end := range slices.Backward(ends[:n]) {
			fn(text[start:end], k == n-1)
		}
	}
}
