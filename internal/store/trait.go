package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"muster/internal/fold"
	"muster/internal/model"
)

// wordMax is the number of code points of a word that count: words that begin with the
// same ones are the same. It is below what an index of either database can take.
const wordMax = 64

// phraseMax is how many words of a phrase count.
const phraseMax = 64

// Classes of the tokens by which texts are found: a token is the letter of its class and
// what it stands for.
const (
	isText    = "a" // every text has it
	inWord    = "w"
	inTag     = "h"
	inAuthor  = "u"
	inChannel = "c"
	inKind    = "x" // extension of a file
)

// Trait is something a text has or has not: words that follow each other, a hashtag, an
// author, a channel, a kind of file.
type Trait struct {
	tokens []string // one behind the other
	prefix bool     // of the last one only the beginning is known
}

// Phrase is the trait of texts with these words behind each other, of the last of which only
// the beginning need be known. There may be no word in it.
func Phrase(text string, prefix bool) (t Trait, ok bool) {
	list := words(text)
	if len(list) > phraseMax {
		list, prefix = list[:phraseMax], false
	}
	return Trait{tokens: list, prefix: prefix}, len(list) > 0
}

// Tagged is the trait of texts with a hashtag, which is given without its #.
func Tagged(tag string, prefix bool) Trait {
	return Trait{tokens: []string{tagToken(tag)}, prefix: prefix}
}

// By is the trait of what an account wrote.
func By(userID string) Trait { return Trait{tokens: []string{tokenOf(inAuthor, userID)}} }

// Within is the trait of what stands in a channel.
func Within(channelID string) Trait { return Trait{tokens: []string{tokenOf(inChannel, channelID)}} }

// OfKind is the trait of files with an extension, which is given without its dot.
func OfKind(extension string) Trait {
	return Trait{tokens: []string{tokenOf(inKind, shortened(fold.Text(extension)))}}
}

func tagToken(tag string) string { return tokenOf(inTag, shortened(fold.Text(tag))) }

func shortened(word string) string {
	n := 0
	for i := range word {
		if n == wordMax {
			return word[:i]
		}
		n++
	}
	return word
}

// words takes a text apart into tokens. Scripts that put nothing between words make a
// token of each character or syllable: what is looked for there is a phrase of those. So do
// signs such as emojis.
func words(text string) []string {
	var out []string
	text = fold.Text(text)
	start, alone := -1, false // where the word at hand begins, and whether it is a character or syllable of its own
	end := func(at int) {
		if start >= 0 {
			out = append(out, inWord+shortened(text[start:at]))
		}
		start = -1
	}
	for at, r := range text {
		kind := kindOf(r)
		if kind == between || kind == single || kind == inside && alone {
			end(at)
		}
		if kind != between && start < 0 {
			start, alone = at, kind == single
		}
	}
	end(len(text))
	return out
}

// kind is what a code point does to words.
type kind uint8

const (
	between kind = iota // it ends a word
	inside              // it goes on with one, or begins one
	single              // it begins one that goes on with nothing but the rest of a syllable
	rest                // it is the rest of a syllable
)

// unspaced are the scripts in which nothing stands between words, and signs.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao,
	unicode.Khmer, unicode.Myanmar, unicode.So,
}

func kindOf(r rune) kind {
	switch {
	case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
		return inside
	case r < utf8.RuneSelf, r == utf8.RuneError:
		return between
	case '\u1160' <= r && r <= '\u11ff': // the vowels and ends of Hangul
		return rest
	case unicode.In(r, unspaced...):
		return single
	case unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return inside
	}
	return between
}

// postTokens gives the tokens of a post: words at their places, then what has no place.
func postTokens(p *model.Post) (placed, others []string) {
	others = []string{isText, tokenOf(inAuthor, p.UserID), tokenOf(inChannel, p.ChannelID)}
	for tag := range strings.FieldsSeq(p.Hashtags) {
		others = append(others, tagToken(strings.TrimPrefix(tag, "#")))
	}
	return words(p.Message), others
}

// fileTokens is postTokens for a file.
func fileTokens(f *model.FileInfo) (placed, others []string) {
	return words(f.Name), []string{isText, tokenOf(inAuthor, f.UserID), tokenOf(inChannel, f.ChannelID), tokenOf(inKind, shortened(fold.Text(f.Extension)))}
}
