package talk

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"muster/internal/store"
)

// day is the beginning of a day in UTC in milliseconds.
func day(text string) int64 {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at.UnixMilli()
}

func TestTermsOfASearch(t *testing.T) {
	t.Parallel()
	const oneDay = int64(24 * time.Hour / time.Millisecond)
	word := func(text string) store.Trait {
		trait, _ := store.Phrase(text, false)
		return trait
	}
	begins := func(text string) store.Trait {
		trait, _ := store.Phrase(text, true)
		return trait
	}
	type list = []store.Trait
	for text, want := range map[string]terms{
		"":                                     {},
		"  ?! - -- * \"\" ":                    {},
		"one Two":                              {with: list{word("one"), word("two")}},
		"well-known a.b":                       {with: list{word("well known"), word("a b")}},
		`"to be" or "not to`:                   {with: list{word("to be"), word("or"), word("not to")}},
		"“to be”x":                             {with: list{word("to be"), word("x")}},
		`rea* "and so o"*`:                     {with: list{begins("rea"), begins("and so o")}},
		`-one -"two three" four`:               {with: list{word("four")}, without: list{word("one"), word("two three")}},
		"--one":                                {without: list{word("one")}},
		"#Tag -#other-tag. #x*":                {with: list{store.Tagged("Tag", false), begins("x")}, without: list{store.Tagged("other-tag", false)}},
		"#tag* #1":                             {with: list{store.Tagged("tag", true), word("1")}},
		"from:Bob From: @amy x":                {with: list{word("x")}, from: []string{"bob", "amy"}},
		"-from:bob in:~Town":                   {notFrom: []string{"bob"}, in: []string{"town"}},
		`in:"Town" -in:@a,b`:                   {in: []string{"town"}, notIn: []string{"@a,b"}},
		"ext:.PDF -ext:png":                    {kinds: []string{"pdf"}, notKinds: []string{"png"}},
		"from: ":                               {with: list{word("from")}},
		"http://x.y time:now":                  {with: list{word("http x y"), word("time now")}},
		"on:2024-02-29":                        {during: store.Span{From: day("2024-02-29"), Until: day("2024-03-01")}},
		"on:2024-2-9":                          {during: store.Span{From: day("2024-02-09"), Until: day("2024-02-10")}},
		"before:2024-03-01 after:2024-02-01":   {during: store.Span{From: day("2024-02-02"), Until: day("2024-03-01")}},
		"-before:2024-03-01 -after:2024-03-05": {during: store.Span{From: day("2024-03-01"), Until: day("2024-03-06")}},
		"-on:2024-03-01":                       {outside: []store.Span{{From: day("2024-03-01"), Until: day("2024-03-01") + oneDay}}},
		"on:2023-02-29":                        {never: true},
		"on:soon":                              {never: true},
		"-on:soon x":                           {with: list{word("x")}},
		"before:2024-01-01 after:2024-06-01":   {during: store.Span{From: day("2024-06-02"), Until: day("2024-01-01")}, never: true},
		"before:1960-01-01":                    {during: store.Span{Until: 1}},
	} {
		if got := parseTerms(text, 0); !reflect.DeepEqual(*got, want) {
			t.Errorf("%q asks for %+v, want %+v", text, *got, want)
		}
	}
	got := parseTerms("on:2024-03-01", 2*time.Hour)
	if want := (store.Span{From: day("2024-03-01") - 2*3600_000, Until: day("2024-03-02") - 2*3600_000}); got.during != want {
		t.Errorf("a day ahead of UTC is %+v, want %+v", got.during, want)
	}
	if got := parseTerms(strings.Repeat("x ", 1000), 0); len(got.with) != termsMax {
		t.Errorf("%d words count", len(got.with))
	}
}

func TestOnlySomeTermsAskForNothing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"?!": true, "": true, "x": false, "-x": false, "on:soon": false, "after:2024-01-01": false, "-in:a": false} {
		if got := parseTerms(text, 0).empty(); got != want {
			t.Errorf("%q asks for nothing: %t", text, got)
		}
	}
}

func FuzzTerms(f *testing.F) {
	for _, text := range []string{`a "b c" -d* from:e in:~f on:2024-01-02 -after:2024-01-02 #g ext:pdf`, `-"`, "in:\u2028", "“", "from:  \"x"} {
		f.Add(text, int64(0))
	}
	f.Fuzz(func(t *testing.T, text string, offset int64) {
		got := parseTerms(text, time.Duration(offset))
		for _, n := range []int{len(got.with), len(got.without), len(got.from), len(got.notFrom), len(got.in), len(got.notIn), len(got.kinds), len(got.outside)} {
			if n > termsMax {
				t.Errorf("%d of something", n)
			}
		}
		if got.during.From > 0 && got.during.Until > 0 && got.during.From >= got.during.Until && !got.never {
			t.Errorf("a time that is none: %+v", got.during)
		}
	})
}
