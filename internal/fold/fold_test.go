package fold

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"nothing stays nothing", "", ""},
		{"plain lower case stays", "amy.quill-7_x@example.com", "amy.quill-7_x@example.com"},
		{"case goes", "Amy QUILL", "amy quill"},
		{"accents go", "Éloïse Ñandú Čapek Şahin İnci", "eloise nandu capek sahin inci"},
		{"accents written as marks go too", "E\u0301lise", "elise"},
		{"letters without a decomposition are spelled out", "Straße ẞ Ærø Œuvre Łódź Đoković Þór Ħal ılgaz Ŋ", "strasse ss aero oeuvre lodz dokovic thor hal ilgaz n"},
		{"compatibility forms become plain", "ＡＢＣ１２ ﬁx ① ℡", "abc12 fix 1 tel"},
		{"Greek loses accents and the final form of sigma", "Οδυσσεύς", "οδυσσευσ"},
		{"Cyrillic loses its breve as Unicode takes it apart", "Сергей Ёлкин", "сергеи елкин"},
		{"other scripts stay", "王小明 עברית 한", "王小明 עברית \u1112\u1161\u11ab"},
		{"typographic signs become typewriter signs", "O’Brien–Smith “X”", `o'brien-smith "x"`},
		{"a blank of any kind becomes a blank", "a\u00a0b\u3000c", "a b c"},
		{"bytes that are not UTF-8 become the replacement character", "a\xffb", "a\ufffdb"},
		{"NUL becomes the replacement character", "a\x00b", "a\ufffdb"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := Text(tc.in); got != tc.want {
				t.Errorf("Text(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, term string
		want       []string
	}{
		{"nothing has no words", "", nil},
		{"blanks, asterisks and signs alone are no words", " \t* ** @ @@* ", nil},
		{"words are split at white space of any kind", " amy\tquill\u00a0smith\n", []string{"amy", "quill", "smith"}},
		{"asterisks go wherever they are", "*a*my* q*", []string{"amy", "q"}},
		{"percent sign and underscore are kept", "a%y _", []string{"a%y", "_"}},
		{"an @ in front of a word goes, one inside stays", "@@amy bob@example.com cat@", []string{"amy", "bob@example.com", "cat@"}},
		{"an @ behind an asterisk is in front of the word", "*@amy", []string{"amy"}},
		{"words are folded", "ÉLISE Straße", []string{"elise", "strasse"}},
		{"a word counts once", "amy AMY @amy ámy", []string{"amy"}},
		{"wide signs mean the same as narrow ones", "＠amy＊", []string{"amy"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, Words(tc.term)); diff != "" {
				t.Errorf("Words(%q) (-want +got):\n%s", tc.term, diff)
			}
		})
	}
}

func TestEveryCodePointFoldsOnceAndForAll(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		checkText(t, string(r))
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "Amy", "Éa\u0301\u0323", "a\xff\x00", "İIıi", "ßẞ", "ﷺ", "각"} {
		f.Add(s)
	}
	f.Fuzz(checkText)
}

// checkText checks what Text promises for every text.
func checkText(t *testing.T, s string) {
	got := Text(s)
	switch {
	case !utf8.ValidString(got) || strings.ContainsRune(got, 0):
		t.Errorf("Text(%q) = %q cannot be stored", s, got)
	case Text(got) != got:
		t.Errorf("Text(%q) = %q, but folded again %q", s, got, Text(got))
	case utf8.RuneCountInString(got) > LongestRun*utf8.RuneCountInString(s):
		t.Errorf("Text(%q) = %q is longer than promised", s, got)
	}
}

func FuzzSearchTerm(f *testing.F) {
	for _, s := range []string{"", "  ", "*", "@", "amy quill", "@*@amy", "a\u00a8b", "ﷺ", "\xff \x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, term string) {
		words := Words(term)
		for _, w := range words {
			if w == "" || w[0] == '@' || strings.Contains(w, "*") || strings.ContainsFunc(w, unicode.IsSpace) || Text(w) != w {
				t.Errorf("Words(%q) gave %q", term, w)
			}
		}
		if !slices.Equal(Words(strings.Join(words, " ")), words) {
			t.Errorf("the words of %q change when taken apart again: %q", term, words)
		}
	})
}
