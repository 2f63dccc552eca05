package model

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func FuzzUserInput(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `{"username":"Amy","email":"Amy@Example.com","password":"Passw0rd-1"}`, `{"nickname":"\u202e\u0000","locale":"de-x"}`,
		`{"props":{"customStatus":"{\"text\":\"x\",\"expires_at\":\"2999-01-01T00:00:00+23:59\"}"}}`, `{"props":{"customStatus":"null"}}`,
		`{"notify_props":{"mention_keys":",A,,b"},"timezone":{"a":"é"},"auth_data":"x","auth_service":"ldap"}`, `{"username":"İSTANBUL","email":"ſ@K"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var in UserInput
		if json.Unmarshal(body, &in) != nil {
			return
		}
		u := &User{
			ID: NewID(), CreateAt: 1, UpdateAt: 1_700_000_000_000, Username: in.Username, Email: in.Email, Nickname: in.Nickname,
			FirstName: in.FirstName, LastName: in.LastName, Position: in.Position, Locale: in.Locale, Timezone: in.Timezone, Props: in.Props,
			NotifyProps: in.NotifyProps, AuthService: in.AuthService, AuthData: in.AuthData, Password: in.Password,
		}
		u.FillDefaults()
		u.Normalize()
		once := u.Clone()
		u.Normalize()
		if diff := cmp.Diff(once, u, cmp.Comparer(func(a, b Secret) bool { return a.Equal(b.Reveal()) })); diff != "" {
			t.Errorf("tidied up once and twice differ (-once +twice):\n%s", diff)
		}
		if u.Validate() != nil {
			return
		}
		for _, s := range []string{u.Username, u.Email, u.Nickname, u.FirstName, u.LastName, u.Locale} {
			if !Storable(s) {
				t.Errorf("a valid account holds %q, which cannot be stored", s)
			}
		}
		if !u.Props.Storable() || !u.Timezone.Storable() || !u.NotifyProps.Storable() {
			t.Errorf("a valid account holds %v, %v, %v, which cannot be stored", u.Props, u.Timezone, u.NotifyProps)
		}
		for _, v := range []View{ViewOther, ViewAdmin, ViewSelf} {
			if _, err := json.Marshal(u.View(v, Privacy{})); err != nil {
				t.Errorf("no JSON for a viewer: %v", err)
			}
		}
	})
}

func FuzzUserPatch(f *testing.F) {
	f.Add([]byte(`{"nickname":"n","props":null,"timezone":{},"password":"p"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var p UserPatch
		if json.Unmarshal(body, &p) != nil {
			return
		}
		u := validUser()
		if in := p.Input(u); in.ID != u.ID || p.Nickname == nil && in.Nickname != u.Nickname {
			t.Errorf("%s gives %+v", body, in)
		}
	})
}

func FuzzStringMap(f *testing.F) {
	for _, seed := range []string{`{}`, `null`, `{"a":"b"}`, `{"a":null}`, `{"\u0000":"\ud800"}`, `{"a":1}`, "{\"\xff\":\"\xfe\"}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var m StringMap
		if json.Unmarshal(body, &m) != nil {
			return
		}
		stored, err := m.Value()
		if err != nil {
			t.Fatalf("%v cannot be stored: %v", m, err)
		}
		var back StringMap
		if err := back.Scan(stored); err != nil || !cmp.Equal(m, back) {
			t.Errorf("%v came back as %v (%v)", m, back, err)
		}
		if !m.Storable() {
			t.Errorf("%v was accepted and cannot be stored", m)
		}
	})
}

func FuzzNames(f *testing.F) {
	for _, seed := range []string{"", "amy", "amy@example.com", "a@b@c", `"a b"@c`, "a@[1.2.3.4]", "=?utf-8?q?a?=@b", "é@ü", "a(c)@b", "\x00@b", "System"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if ValidUsername(s) && (s != strings.ToLower(s) || strings.ContainsAny(s, " @/:%\x00") || len(s) > UsernameMax || s == "all") {
			t.Errorf("%q is a username", s)
		}
		if ValidEmail(s) && (s != strings.ToLower(s) || strings.Count(s, "@") != 1 || len(s) > EmailMax || !utf8.ValidString(s) ||
			strings.ContainsFunc(s, func(r rune) bool {
				return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(",;<>\"", r)
			})) {
			t.Errorf("%q is an address", s)
		}
		if c := clean(s); clean(c) != c || !Storable(c) {
			t.Errorf("%q is cleaned to %q", s, c)
		}
		if c := storable(s); storable(c) != c || !Storable(c) || Storable(s) && c != s {
			t.Errorf("%q is made storable as %q", s, c)
		}
		if k := normalizeMentionKeys(s); normalizeMentionKeys(k) != k {
			t.Errorf("the words %q become %q", s, k)
		}
	})
}
