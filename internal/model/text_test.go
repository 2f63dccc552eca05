package model

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestStringMapIsAFlatObjectOfTexts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]StringMap{
		`{}`: {}, `null`: nil, `{"a":"b","c":""}`: {"a": "b", "c": ""}, ` {"é" : "日\n" } `: {"é": "日\n"}, `{"a":null}`: {"a": ""},
		`{"a":"1","a":"2"}`: {"a": "2"}, `{"":"x"}`: {"": "x"}, `{"a":"\ud800"}`: {"a": "\ufffd"},
	} {
		var m StringMap
		if err := json.Unmarshal([]byte(text), &m); err != nil || !cmp.Equal(m, want) {
			t.Errorf("%s gives %v (%v), want %v", text, m, err, want)
		}
	}
	for _, text := range []string{`[]`, `"a"`, `5`, `true`, `{"a":1}`, `{"a":true}`, `{"a":{}}`, `{"a":["b"]}`, `{"a"}`, `{`, ``, `{"a":"\u0000"}`, `{"\u0000":"b"}`} {
		var m StringMap
		if err := json.Unmarshal([]byte(text), &m); err == nil {
			t.Errorf("%s is accepted as %v", text, m)
		}
	}
}

func TestStringMapComesBackFromTheDatabase(t *testing.T) {
	t.Parallel()
	for _, want := range []StringMap{nil, {}, {"a": "b", "<é>": `"\` + "\u2028"}} {
		stored, err := want.Value()
		if err != nil {
			t.Fatal(err)
		}
		got := StringMap{"left": "over"}
		if err := got.Scan(stored); err != nil || !cmp.Equal(got, want) {
			t.Errorf("%v came back as %v (%v)", want, got, err)
		}
		if text, ok := stored.(string); ok {
			if err := got.Scan([]byte(text)); err != nil || !cmp.Equal(got, want) {
				t.Errorf("%v came back from bytes as %v (%v)", want, got, err)
			}
		}
	}
	for _, bad := range []any{5, "no JSON", []byte(`{"a":1}`), true} {
		if err := new(StringMap).Scan(bad); err == nil {
			t.Errorf("%v became a map", bad)
		}
	}
}

func TestCleanRemovesWhatHidesOrTurnsText(t *testing.T) {
	t.Parallel()
	removed := []rune{0, 0x340, 0x341, 0x17a3, 0x17d3, 0x2028, 0x2029, 0x202a, 0x202e, 0x206a, 0x206f, 0xfeff, 0xfff9, 0xfffc, 0x1d173, 0x1d17a, 0xe0000, 0xe007f}
	kept := []rune{'a', ' ', '\n', 1, 0x33f, 0x342, 0x17a2, 0x17a4, 0x2027, 0x202f, 0x2069, 0x2070, 0xfefe, 0xff00, 0xfff8, 0xfffd, 0x1d172, 0x1d17b, 0xdffff, 0xe0080, 0x10ffff, 'é', '日', '😀'}
	for _, r := range removed {
		if got := clean("a" + string(r) + "b"); got != "ab" {
			t.Errorf("U+%04X leaves %q", r, got)
		}
	}
	for _, r := range kept {
		if got := clean(string(r)); got != string(r) {
			t.Errorf("U+%04X becomes %q", r, got)
		}
	}
	if got := clean("a\xffb"); !utf8.ValidString(got) {
		t.Errorf("broken bytes become %q", got)
	}
}

func TestTextsAreCutBetweenCharacters(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		s            string
		n            int
		bytes, runes string
	}{
		{"", 0, "", ""},
		{"abc", 3, "abc", "abc"},
		{"abc", 2, "ab", "ab"},
		{"abc", 0, "", ""},
		{"éé", 2, "é", "éé"},
		{"éé", 3, "é", "éé"},
		{"éé", 1, "", "é"},
		{"日本", 5, "日", "日本"},
		{"😀😀", 1, "", "😀"},
		{"e\u0301x", 2, "e", "e\u0301"},
	} {
		if got := cutBytes(tc.s, tc.n); got != tc.bytes {
			t.Errorf("%d bytes of %q are %q, want %q", tc.n, tc.s, got, tc.bytes)
		}
		if got := CutRunes(tc.s, tc.n); got != tc.runes {
			t.Errorf("%d characters of %q are %q, want %q", tc.n, tc.s, got, tc.runes)
		}
		if longer(tc.s, tc.n) != (utf8.RuneCountInString(tc.s) > tc.n) {
			t.Errorf("%q is longer than %d: %t", tc.s, tc.n, longer(tc.s, tc.n))
		}
	}
}

func TestAuditFitsItsColumns(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "short", strings.Repeat("é", 2000), strings.Repeat("日", 700), "nul\x00nul", "broken\xff\xfe", strings.Repeat("\xbf", 3000)} {
		a := &Audit{Action: text, ExtraInfo: text, IPAddress: text}
		a.Fit()
		for what, c := range map[string]struct {
			got string
			max int
		}{"action": {a.Action, 512}, "extra info": {a.ExtraInfo, 1024}, "address": {a.IPAddress, 64}} {
			if len(c.got) > c.max || !utf8.ValidString(c.got) || strings.Contains(c.got, "\x00") {
				t.Errorf("%s of %d bytes is %q", what, len(c.got), c.got)
			}
			if utf8.ValidString(text) && len(c.got) < min(c.max-3, len(strings.ReplaceAll(text, "\x00", ""))) {
				t.Errorf("%s lost too much: %d bytes", what, len(c.got))
			}
		}
	}
}

func TestPreferenceNamesItsFirstWrongField(t *testing.T) {
	t.Parallel()
	good := Preference{UserID: NewID(), Category: "c", Name: "n", Value: "v"}
	for name, tc := range map[string]struct {
		change func(p *Preference)
		want   string
	}{
		"good":                   {func(*Preference) {}, ""},
		"no account":             {func(p *Preference) { p.UserID = "" }, "id"},
		"no category":            {func(p *Preference) { p.Category = "" }, "category"},
		"longest category":       {func(p *Preference) { p.Category = strings.Repeat("c", 32) }, ""},
		"category too long":      {func(p *Preference) { p.Category = strings.Repeat("é", 17) }, "category"},
		"no name":                {func(p *Preference) { p.Name = "" }, ""},
		"name too long":          {func(p *Preference) { p.Name = strings.Repeat("n", 33) }, "name"},
		"longest value":          {func(p *Preference) { p.Value = strings.Repeat("é", 20000) }, ""},
		"value too long":         {func(p *Preference) { p.Value = strings.Repeat("v", 20001) }, "value"},
		"NUL in the category":    {func(p *Preference) { p.Category = "\x00" }, "category"},
		"NUL in the name":        {func(p *Preference) { p.Name = "\x00" }, "name"},
		"NUL in the value":       {func(p *Preference) { p.Value = "a\x00" }, "value"},
		"everything, in order":   {func(p *Preference) { *p = Preference{Name: strings.Repeat("n", 33), Value: "\x00"} }, "id"},
		"the rest, in order":     {func(p *Preference) { p.Category, p.Name = "", strings.Repeat("n", 33) }, "category"},
		"the last two, in order": {func(p *Preference) { p.Name, p.Value = "\x00", "\x00" }, "name"},
	} {
		p := good
		tc.change(&p)
		if got := p.Wrong(); got != tc.want {
			t.Errorf("%s: %q is wrong, want %q", name, got, tc.want)
		}
	}
}

func TestSessionKnowsItsKind(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		s                      Session
		mobile, sso, accessTok bool
	}{
		"browser":          {s: Session{Props: StringMap{PropIsMobile: "false", PropIsSAML: "false"}}},
		"no props":         {},
		"device":           {s: Session{DeviceID: "apple:x"}, mobile: true},
		"mobile browser":   {s: Session{Props: StringMap{PropIsMobile: "true"}}, mobile: true},
		"SAML":             {s: Session{Props: StringMap{PropIsSAML: "true"}}, sso: true},
		"OAuth user":       {s: Session{Props: StringMap{PropIsOAuthUser: "true"}}, sso: true},
		"access token":     {s: Session{Props: StringMap{PropType: TypeUserAccessToken}}, accessTok: true},
		"other case, word": {s: Session{Props: StringMap{PropIsMobile: "TRUE", PropIsSAML: "1", PropType: "useraccesstoken"}}},
	} {
		if got := []bool{tc.s.Mobile(), tc.s.SSO(), tc.s.AccessToken()}; !cmp.Equal(got, []bool{tc.mobile, tc.sso, tc.accessTok}) {
			t.Errorf("%s: mobile, single sign-on, access token are %v", name, got)
		}
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		expiresAt, at int64
		want          bool
	}{{0, 1 << 60, false}, {100, 99, false}, {100, 100, false}, {100, 101, true}} {
		if (&Session{ExpiresAt: tc.expiresAt}).Expired(tc.at) != tc.want {
			t.Errorf("a session until %d has ended at %d: %t", tc.expiresAt, tc.at, !tc.want)
		}
	}
}

func TestClonesShareNothing(t *testing.T) {
	t.Parallel()
	s := &Session{ID: "a", Props: StringMap{"k": "v"}, TeamMembers: []*TeamMember{{TeamID: "t"}}}
	c := s.Clone()
	if diff := cmp.Diff(s, c); diff != "" {
		t.Errorf("session (-want +got):\n%s", diff)
	}
	c.Props["k"], c.ID, c.TeamMembers[0] = "x", "b", nil
	if s.Props["k"] != "v" || s.ID != "a" || s.TeamMembers[0] == nil {
		t.Errorf("the session changed with its clone: %+v", s)
	}
	u := &User{ID: "a", Timezone: StringMap{"k": "v"}, Props: StringMap{}, NotifyProps: nil}
	d := u.Clone()
	if diff := cmp.Diff(u, d, cmp.Comparer(func(a, b Secret) bool { return a.Equal(b.Reveal()) })); diff != "" {
		t.Errorf("account (-want +got):\n%s", diff)
	}
	d.Timezone["k"], d.Props["n"] = "x", "y"
	if u.Timezone["k"] != "v" || len(u.Props) > 0 {
		t.Errorf("the account changed with its clone: %+v", u)
	}
}
