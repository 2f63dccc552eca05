package model

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"muster/internal/fault"
)

func TestRolesAreWholeNames(t *testing.T) {
	t.Parallel()
	for roles, want := range map[string][]bool{ // admin, guest, custom
		"": {false, false, false}, "system_admin": {true, false, false}, "system_user system_admin": {true, false, false},
		"system_adminx": {false, false, false}, "xsystem_admin": {false, false, false}, "system_guest custom": {false, true, true},
		"system_admin,system_guest": {false, false, false}, "  custom\tsystem_guest ": {false, true, true}, "SYSTEM_ADMIN": {false, false, false},
	} {
		u := &User{Roles: roles}
		if got := []bool{u.IsSystemAdmin(), u.IsGuest(), u.HasRole("custom")}; !cmp.Equal(got, want) {
			t.Errorf("%q: admin, guest, custom are %v, want %v", roles, got, want)
		}
	}
	if u := (&User{}); u.HasRole("") || !u.Active() || (&User{DeleteAt: 1}).Active() {
		t.Error("an account without roles has one, or an active one is not")
	}
}

// validUser is an account without fault.
func validUser() *User {
	return &User{ID: NewID(), CreateAt: 1, UpdateAt: 1, Username: "amy", Email: "amy@example.com", Roles: SystemUserRole, Locale: "de"}
}

func TestValidateNamesTheFirstFaultInTheDocumentedOrder(t *testing.T) {
	t.Parallel()
	u := &User{
		Nickname: strings.Repeat("é", 65), Position: strings.Repeat("é", 129), FirstName: strings.Repeat("é", 65),
		LastName: strings.Repeat("é", 65), AuthData: new(strings.Repeat("x", 129)), Password: NewSecret("p"), Locale: "deutsch",
		Timezone: StringMap{"a": strings.Repeat("é", 250)}, Roles: strings.Repeat("r", 257), Props: StringMap{customStatusProp: "{"},
	}
	good := validUser()
	for _, step := range []struct {
		id  string
		fix func()
	}{
		{"id", func() { u.ID = good.ID }},
		{"create_at", func() { u.CreateAt = 1 }},
		{"update_at", func() { u.UpdateAt = 1 }},
		{"username", func() { u.Username = good.Username }},
		{"email", func() { u.Email = good.Email }},
		{"nickname", func() { u.Nickname = strings.Repeat("é", 64) }},
		{"position", func() { u.Position = strings.Repeat("é", 128) }},
		{"first_name", func() { u.FirstName = strings.Repeat("é", 64) }},
		{"last_name", func() { u.LastName = strings.Repeat("é", 64) }},
		{"auth_data", func() { u.AuthData = new(strings.Repeat("x", 128)) }},
		{"auth_data_type", func() { u.AuthService = AuthLDAP }},
		{"auth_data_pwd", func() { u.Password = Secret{} }},
		{"locale", func() { u.Locale = "pt-BR" }},
		{"timezone_limit", func() { u.Timezone = StringMap{"a": strings.Repeat("é", 256-len(`{"a":""}`))} }},
		{"roles_limit", func() { u.Roles = strings.Repeat("r", 256) }},
		{"invalidProperty", func() { u.Props[customStatusProp] = `{"emoji":"x","more":[1]}` }},
	} {
		err := u.Validate()
		if !fault.Is(err, "model.user.is_valid."+step.id+".app_error") || fault.KindOf(err) != fault.Invalid {
			t.Errorf("got %v, want the fault of %s", err, step.id)
		}
		step.fix()
	}
	if err := u.Validate(); err != nil {
		t.Errorf("an account without fault gave %v", err)
	}
}

func TestUsernames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"a": true, "a.b-c_9": true, "...": true, "-": true, "0": true, strings.Repeat("a", 64): true, "allx": true, "my.system": true,
		"": false, strings.Repeat("a", 65): false, "A": false, "a b": false, "é": false, "a@b": false, "a:b": false, "a/b": false, "a\x00": false,
		"all": false, "channel": false, "matterbot": false, "system": false,
	} {
		if ValidUsername(name) != want {
			t.Errorf("ValidUsername(%q) is %t", name, !want)
		}
	}
}

func TestEmails(t *testing.T) {
	t.Parallel()
	local := strings.Repeat("a", 128-len("@example.com"))
	for email, want := range map[string]bool{
		"a@b": true, "amy+tag@example.com": true, "a.b@sub.example.com": true, "o'neil@example.com": true, "é@example.com": true,
		local + "@example.com": true, local + "a@example.com": false,
		"": false, "amy": false, "@": false, "a@": false, "@b": false, "a@b@c": false, "Amy@example.com": false, "amy@EXAMPLE.com": false,
		"amy @example.com": false, " amy@example.com": false, "amy@example.com ": false, "amy@example.com,bob@example.com": false,
		"Amy <amy@example.com>": false, "<amy@example.com>": false, `"a b"@example.com`: false, "amy@example.com (x)": false, "a\x00@b.c": false,
		"a\n@b.c": false, "a@b.c\r\nbcc: x": false, "a@b..c": false, ".a@b.c": false, "a@[127.0.0.1": false, "a\u202e@b.c": true,
	} {
		if ValidEmail(email) != want {
			t.Errorf("ValidEmail(%q) is %t", email, !want)
		}
	}
}

func TestLocales(t *testing.T) {
	t.Parallel()
	for locale, want := range map[string]bool{
		"": true, "en": true, "de-AT": true, "en_US": true, "zh-CN": true,
		"english": false, "xx": false, "e": false, "-": false, "12": false, "é": false, "en-\x00": false,
	} {
		u := validUser()
		if u.Locale = locale; (u.Validate() == nil) != want {
			t.Errorf("locale %q is accepted: %t", locale, !want)
		}
	}
}

func TestNormalizeTidiesUp(t *testing.T) {
	t.Parallel()
	u := &User{
		UpdateAt: 1000, Username: "A\u202eMY", Email: "Amy@Example.COM", Nickname: "n\ufeff", FirstName: "\u2028f", LastName: "l\U000e0041",
		NotifyProps: StringMap{"mention_keys": ",Amy,,@AMY , x,", "other": "KEPT"},
	}
	u.Normalize()
	want := &User{
		UpdateAt: 1000, Username: "amy", Email: "amy@example.com", Nickname: "n", FirstName: "f", LastName: "l",
		NotifyProps: StringMap{"mention_keys": "amy,@amy , x", "other": "KEPT"},
	}
	if diff := cmp.Diff(want, u, cmp.Comparer(func(a, b Secret) bool { return a.Equal(b.Reveal()) })); diff != "" {
		t.Errorf("account (-want +got):\n%s", diff)
	}
}

func TestCustomStatus(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000).UTC()
	at := func(d time.Duration) string { return now.Add(d).Format(time.RFC3339) }
	for name, tc := range map[string]struct {
		text, want string
		refused    bool
	}{
		"none":               {text: "", want: ""},
		"as it is":           {text: `{"emoji":"palm","text":"away","duration":"today","expires_at":"` + at(time.Hour) + `"}`, want: `{"emoji":"palm","text":"away","duration":"today","expires_at":"` + at(time.Hour) + `"}`},
		"end in the future":  {text: `{"expires_at":"` + at(time.Hour) + `"}`, want: `{"emoji":"","text":"","duration":"date_and_time","expires_at":"` + at(time.Hour) + `"}`},
		"end in the past":    {text: `{"expires_at":"` + at(-time.Hour) + `"}`, want: `{"emoji":"","text":"","duration":"","expires_at":"` + at(-time.Hour) + `"}`},
		"text too long":      {text: `{"text":"` + strings.Repeat("é", 101) + `"}`, want: `{"emoji":"","text":"` + strings.Repeat("é", 100) + `","duration":"","expires_at":"0001-01-01T00:00:00Z"}`},
		"more than is known": {text: `{"text":"x","more":{"a":1}}`, want: `{"emoji":"","text":"x","duration":"","expires_at":"0001-01-01T00:00:00Z"}`},
		"no object":          {text: `"x"`, refused: true},
		"a list":             {text: `[]`, refused: true},
		"no JSON":            {text: `{`, refused: true},
		"a wrong time":       {text: `{"expires_at":"tomorrow"}`, refused: true},
		"a wrong text":       {text: `{"text":5}`, refused: true},
	} {
		u := validUser()
		u.UpdateAt, u.Props = now.UnixMilli(), StringMap{customStatusProp: tc.text}
		u.Normalize()
		err := u.Validate()
		if tc.refused != fault.Is(err, "model.user.is_valid.invalidProperty.app_error") {
			t.Errorf("%s gave %v", name, err)
		}
		if !tc.refused && u.Props[customStatusProp] != tc.want {
			t.Errorf("%s is %s, want %s", name, u.Props[customStatusProp], tc.want)
		}
	}
}

func TestDefaultsFillOnlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	u := &User{}
	u.FillDefaults()
	if !ValidUsername(u.Username) || len(u.Username) != 1+IDLength || u.Username[0] != 'a' {
		t.Errorf("username is %q", u.Username)
	}
	if len(u.NotifyProps) != 12 || len(u.Timezone) != 3 || u.Props == nil {
		t.Errorf("defaults are %v, %v, %v", u.NotifyProps, u.Timezone, u.Props)
	}
	if err := validUser().Validate(); err != nil {
		t.Error(err)
	}
	own := &User{Username: "amy", NotifyProps: StringMap{"email": "false"}, Timezone: StringMap{}, Props: StringMap{"a": "b"}}
	want := own.Clone()
	own.FillDefaults()
	if diff := cmp.Diff(want, own, cmp.Comparer(func(a, b Secret) bool { return a.Equal(b.Reveal()) })); diff != "" {
		t.Errorf("own choices changed (-want +got):\n%s", diff)
	}
}

func TestPatchChangesOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	u := full(t)
	for body, want := range map[string]func(in *UserInput){
		`{}`:                                 func(*UserInput) {},
		`{"username":"bob"}`:                 func(in *UserInput) { in.Username = "bob" },
		`{"email":"b@c"}`:                    func(in *UserInput) { in.Email = "b@c" },
		`{"nickname":""}`:                    func(in *UserInput) { in.Nickname = "" },
		`{"first_name":"f","last_name":"l"}`: func(in *UserInput) { in.FirstName, in.LastName = "f", "l" },
		`{"position":"p","locale":"en"}`:     func(in *UserInput) { in.Position, in.Locale = "p", "en" },
		`{"timezone":{},"props":{"a":"b"}}`:  func(in *UserInput) { in.Timezone, in.Props = StringMap{}, StringMap{"a": "b"} },
		`{"notify_props":{},"props":null}`:   func(in *UserInput) { in.NotifyProps = StringMap{} },
		`{"password":"p","nickname":null}`:   func(in *UserInput) { in.Password = NewSecret("p") },
		`{"roles":"system_admin","id":"x","delete_at":5,"email_verified":true,"mfa_active":true,"auth_service":"ldap"}`: func(*UserInput) {},
	} {
		var p UserPatch
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatal(err)
		}
		in := &UserInput{
			ID: u.ID, Username: u.Username, Email: u.Email, Nickname: u.Nickname, FirstName: u.FirstName, LastName: u.LastName,
			Position: u.Position, Locale: u.Locale, Timezone: u.Timezone, Props: u.Props, NotifyProps: u.NotifyProps, AllowMarketing: true,
		}
		want(in)
		if diff := cmp.Diff(in, p.Input(u), cmp.Comparer(func(a, b Secret) bool { return a.Equal(b.Reveal()) })); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
	if out := fmt.Sprintf("%+v", UserPatch{Password: NewSecret("hunter2")}); strings.Contains(out, "hunter2") {
		t.Error(out)
	}
}
