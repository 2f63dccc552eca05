package model

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documentedFields are the fields of an account in the API, a "?" after those
// that are left out when they are empty.
var documentedFields = strings.Fields(`id create_at? update_at? delete_at username auth_data? auth_service email email_verified? nickname
	first_name last_name position roles allow_marketing? props? notify_props? last_password_update? last_picture_update? failed_attempts?
	locale timezone mfa_active? remote_id last_activity_at? is_bot? bot_description? bot_last_icon_update? terms_of_service_id?
	terms_of_service_create_at? disable_welcome_email`)

func TestUserViewHasOnlyDocumentedFields(t *testing.T) {
	t.Parallel()
	for f := range fields(reflect.TypeFor[UserView]()) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if options == "omitempty" {
			name += "?"
		}
		if !slices.Contains(documentedFields, name) {
			t.Errorf("%s is sent as %q, which is not documented", f.Name, name)
		}
	}
}

// fields goes through the fields of a struct.
func fields(typ reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range typ.NumField() {
			if !yield(typ.Field(i)) {
				return
			}
		}
	}
}

func TestNoSecretHasAJSONForm(t *testing.T) {
	t.Parallel()
	secrets := []string{"password", "mfa_secret", "token_hash", "mfa_last_step", "last_login"}
	for _, v := range []any{UserView{}, Audit{}, Preference{}, Status{}, Role{}, Job{}, Bot{}, TermsOfService{}, UserTermsOfService{}} {
		typ := reflect.TypeOf(v)
		for f := range fields(typ) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.Type == reflect.TypeFor[Secret]() || f.Type == reflect.TypeFor[[]byte]() || slices.Contains(secrets, name) {
				t.Errorf("%s.%s could be sent as %q", typ.Name(), f.Name, name)
			}
			if name == "" {
				t.Errorf("%s.%s has no name for JSON", typ.Name(), f.Name)
			}
		}
	}
	for f := range fields(reflect.TypeFor[User]()) {
		if tag := f.Tag.Get("json"); tag != "" {
			t.Errorf("User.%s has the JSON name %s; what a viewer gets is made by View alone", f.Name, tag)
		}
	}
	if b, err := json.Marshal(Session{ID: "i"}); err != nil || !strings.Contains(string(b), `"token":""`) {
		t.Errorf("a session is sent as %s (%v), want an empty token", b, err)
	}
}

// full is an account of which every field is set.
func full(t *testing.T) *User {
	t.Helper()
	u := &User{
		ID: NewID(), CreateAt: 1, UpdateAt: 2, DeleteAt: 3, Username: "amy", Email: "amy@example.com", EmailVerified: true,
		Password: NewSecret("hunter2"), AuthService: AuthLDAP, AuthData: new("auth data"), Nickname: "nick", FirstName: "first", LastName: "last",
		Position: "position", Roles: "system_user", Locale: "de", Timezone: StringMap{"t": "z"}, Props: StringMap{"p": "q"},
		NotifyProps: StringMap{"n": "o"}, AllowMarketing: true, LastPasswordUpdate: 4, LastPictureUpdate: 5, LastLogin: 6, FailedAttempts: 7,
		MfaActive: true, MfaSecret: NewSecret("mfa"), MfaLastStep: 8, IsBot: true, BotDescription: "beeps", BotLastIconUpdate: 10,
		TermsID: NewID(), TermsAt: 9,
	}
	for f := range fields(reflect.TypeFor[User]()) {
		if reflect.ValueOf(u).Elem().FieldByIndex(f.Index).IsZero() {
			t.Fatalf("%s is not set", f.Name)
		}
	}
	return u
}

// sent gives the names of what a viewer gets of an account.
func sent(t *testing.T, u *User, v View, p Privacy) map[string]any {
	t.Helper()
	b, err := json.Marshal(u.View(v, p))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hunter2", "mfa\"", "password\""} {
		if strings.Contains(string(b), secret) {
			t.Errorf("%s is sent: %s", secret, b)
		}
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestViewersGetWhatTheyMaySee(t *testing.T) {
	t.Parallel()
	all := Privacy{ShowEmail: true, ShowFullName: true}
	common := `id create_at update_at delete_at username auth_data auth_service email nickname first_name last_name position roles props
		last_picture_update locale timezone mfa_active remote_id is_bot bot_description bot_last_icon_update
		disable_welcome_email`
	for name, tc := range map[string]struct {
		view    View
		privacy Privacy
		more    string
		empty   string
	}{
		"oneself":                  {ViewSelf, all, "email_verified allow_marketing last_password_update notify_props failed_attempts", ""},
		"oneself, all hidden":      {ViewSelf, Privacy{}, "email_verified allow_marketing last_password_update notify_props failed_attempts", ""},
		"an administrator":         {ViewAdmin, all, "notify_props failed_attempts", ""},
		"an administrator, hidden": {ViewAdmin, Privacy{}, "notify_props failed_attempts", ""},
		"oneself, looked up": {ViewSelf.WithTerms(), all, `email_verified allow_marketing last_password_update notify_props failed_attempts
			terms_of_service_id terms_of_service_create_at`, ""},
		"an administrator, looking up": {ViewAdmin.WithTerms(), Privacy{}, "notify_props failed_attempts terms_of_service_id terms_of_service_create_at", ""},
		"anybody, looking up":          {ViewOther.WithTerms(), all, "", "auth_data auth_service"},
		"anybody":                      {ViewOther, all, "", "auth_data auth_service"},
		"anybody, e-mail hidden":       {ViewOther, Privacy{ShowFullName: true}, "", "auth_data auth_service email"},
		"anybody, names hidden":        {ViewOther, Privacy{ShowEmail: true}, "", "auth_data auth_service first_name last_name"},
		"anybody, everything hidden":   {ViewOther, Privacy{}, "", "auth_data auth_service email first_name last_name"},
		"a view that does not exist?":  {View(0), all, "", "auth_data auth_service"},
	} {
		got := sent(t, full(t), tc.view, tc.privacy)
		var names, empty []string
		for n, v := range got {
			names = append(names, n)
			if v == "" && n != "remote_id" {
				empty = append(empty, n)
			}
		}
		if diff := cmp.Diff(sorted(strings.Fields(common+" "+tc.more)), sorted(names)); diff != "" {
			t.Errorf("%s gets fields (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(sorted(strings.Fields(tc.empty)), sorted(empty), cmp.Transformer("list", func(l []string) string { return strings.Join(l, " ") })); diff != "" {
			t.Errorf("%s gets empty (-want +got):\n%s", name, diff)
		}
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

func TestEmptyAccountLeavesOutWhatIsOptional(t *testing.T) {
	t.Parallel()
	got := sent(t, &User{}, ViewSelf, Privacy{})
	for _, name := range documentedFields {
		_, there := got[strings.TrimSuffix(name, "?")]
		if optional := strings.HasSuffix(name, "?"); there == optional {
			t.Errorf("%s is sent: %t", name, there)
		}
	}
	if v, ok := got["timezone"].(map[string]any); !ok || len(v) > 0 {
		t.Errorf("no time zone is sent as %v, want an empty object", got["timezone"])
	}
}

func TestHiddenEmailIsHiddenInPropsToo(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		view    View
		privacy Privacy
		want    string
	}{
		"anybody":                  {ViewOther, Privacy{ShowEmail: true}, "amy@far.example"},
		"anybody, e-mail hidden":   {ViewOther, Privacy{}, ""},
		"an administrator, hidden": {ViewAdmin, Privacy{}, "amy@far.example"},
		"oneself, hidden":          {ViewSelf, Privacy{}, "amy@far.example"},
	} {
		u := full(t)
		u.Props = StringMap{remoteEmailProp: "amy@far.example", "other": "kept"}
		got := u.View(tc.view, tc.privacy).Props
		if got[remoteEmailProp] != tc.want || got["other"] != "kept" {
			t.Errorf("%s gets %v", name, got)
		}
		if u.Props[remoteEmailProp] == "" {
			t.Errorf("%s: the account itself lost its prop", name)
		}
	}
}
