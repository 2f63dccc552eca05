package talk

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"muster/internal/model"
	"muster/internal/store"
)

// terms is what a search asks for.
type terms struct {
	with, without   []store.Trait // words, phrases, hashtags
	from, notFrom   []string      // usernames
	in, notIn       []string      // what channels are called
	kinds, notKinds []string      // extensions of files
	during          store.Span
	outside         []store.Span
	never           bool // no time is meant, as by a day that is in no calendar
}

// termsMax is how many words, names and days of a search count; what comes behind them does not.
const termsMax = 64

// empty tells whether nothing is asked for.
func (t *terms) empty() bool {
	return !t.never && len(t.with)+len(t.without)+len(t.from)+len(t.notFrom)+len(t.in)+len(t.notIn)+len(t.kinds)+len(t.notKinds)+
		len(t.outside) == 0 && t.during == store.Span{}
}

// parseTerms reads what somebody typed. Days are those of a place that is ahead of UTC by
// the offset.
func parseTerms(text string, offset time.Duration) *terms {
	t := &terms{}
	for n := 0; n < termsMax; n++ {
		var w term
		if w, text = nextTerm(text); w == (term{}) {
			break
		}
		t.add(w, offset)
	}
	return t
}

// term is one part of what was typed.
type term struct {
	modifier string // what stands before a colon, in lower case, when it means something here
	text     string
	quoted   bool
	not      bool
}

// modifiers are the words that mean something before a colon.
var modifiers = []string{"from", "in", "on", "before", "after", "ext"}

// nextTerm takes the first term off a text. At the end it is the zero term.
func nextTerm(text string) (w term, left string) {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	if text == "" {
		return term{}, ""
	}
	if rest, ok := strings.CutPrefix(text, "-"); ok && startsTerm(rest) {
		w.not, text = true, rest
	}
	if name, rest, ok := strings.Cut(text, ":"); ok && slices.Contains(modifiers, strings.ToLower(name)) {
		if rest = strings.TrimLeftFunc(rest, unicode.IsSpace); rest != "" {
			w.modifier, text = strings.ToLower(name), rest
		}
	}
	first, size := utf8.DecodeRuneInString(text)
	if isQuote(first) {
		inner, rest := cut(text[size:], isQuote)
		w.text, w.quoted = inner, true
		if after, ok := strings.CutPrefix(rest, "*"); ok {
			w.text, rest = w.text+"*", after
		}
		if w.text == "" {
			w.text = " " // a term nonetheless
		}
		return w, rest
	}
	w.text, left = cut(text, unicode.IsSpace)
	return w, left
}

// startsTerm tells whether something follows a minus sign that can be left out.
func startsTerm(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return text != "" && !unicode.IsSpace(first)
}

// cut divides a text at the first of some code points, which is in neither half.
func cut(text string, at func(rune) bool) (before, after string) {
	i := strings.IndexFunc(text, at)
	if i < 0 {
		return text, ""
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	return text[:i], text[i+size:]
}

func isQuote(r rune) bool { return r == '"' || r == '“' || r == '”' || r == '„' }

func (t *terms) add(w term, offset time.Duration) {
	into := func(with, without *[]string, value string) {
		if w.not {
			with = without
		}
		*with = append(*with, strings.ToLower(value))
	}
	switch w.modifier {
	case "from":
		into(&t.from, &t.notFrom, strings.TrimPrefix(w.text, "@"))
	case "in":
		into(&t.in, &t.notIn, strings.TrimPrefix(w.text, "~"))
	case "ext":
		into(&t.kinds, &t.notKinds, strings.TrimPrefix(w.text, "."))
	case "on", "before", "after":
		t.addDay(w, offset)
	default:
		t.addWords(w)
	}
}

// addDay narrows the time to a day or to one side of it.
func (t *terms) addDay(w term, offset time.Duration) {
	day, err := time.ParseInLocation("2006-1-2", w.text, time.FixedZone("", int(offset/time.Second)))
	if err != nil {
		t.never = t.never || !w.not
		return
	}
	begin, end := day.UnixMilli(), day.Add(24*time.Hour).UnixMilli()
	switch {
	case w.modifier == "on" && w.not:
		t.outside = append(t.outside, store.Span{From: begin, Until: end})
	case w.modifier == "on":
		t.since(begin)
		t.until(end)
	case w.modifier == "before" && w.not:
		t.since(begin)
	case w.modifier == "before":
		t.until(begin)
	case w.not: // and after
		t.until(end)
	default:
		t.since(end)
	}
}

func (t *terms) since(ms int64) {
	t.during.From = max(t.during.From, ms)
	t.never = t.never || t.during.Until > 0 && t.during.From >= t.during.Until
}

func (t *terms) until(ms int64) {
	if t.during.Until == 0 || ms < t.during.Until {
		t.during.Until = max(ms, 1) // nothing is older than that
	}
	t.never = t.never || t.during.From >= t.during.Until
}

// addWords adds a word, a phrase or a hashtag.
func (t *terms) addWords(w term) {
	text, prefix := strings.CutSuffix(w.text, "*")
	trait, ok := store.Phrase(text, prefix)
	if tag := model.Hashtags(text); !w.quoted && strings.HasPrefix(text, "#") && tag != "" {
		trait, ok = store.Tagged(strings.TrimPrefix(tag, "#"), prefix), true
	}
	switch {
	case !ok: // only punctuation
	case w.not:
		t.without = append(t.without, trait)
	default:
		t.with = append(t.with, trait)
	}
}
