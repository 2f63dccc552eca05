package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"muster/internal/model"
	"muster/internal/testkit"
)

// chgWays are the two ways of changing a profile: each gives the answer to a set of changes.
var chgWays = map[string]func(s *testkit.Server, as *testkit.Client, id string, changes map[string]any) *testkit.Response{
	"PUT": func(s *testkit.Server, as *testkit.Client, id string, changes map[string]any) *testkit.Response {
		return as.Put("/users/"+id, chgUpdate(s, id, changes))
	},
	"patch": func(_ *testkit.Server, as *testkit.Client, id string, changes map[string]any) *testkit.Response {
		return as.Put("/users/"+id+"/patch", changes)
	},
}

func TestProfileFieldsAreStored(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		for way, change := range chgWays {
			amy := s.User("amy" + strings.ToLower(way))
			before := chgUser(s, amy.ID)
			changes := map[string]any{
				"username": strings.ToUpper(amy.Username) + "2", "nickname": strings.Repeat("ü", 64),
				"first_name": strings.Repeat("é", 64), "last_name": strings.Repeat("n", 64), "position": strings.Repeat("ö", 128),
				"locale": "pt-BR", "props": map[string]any{"a": "b"}, "notify_props": map[string]any{"email": "false", "mention_keys": "X,,y"},
				"timezone": map[string]any{"useAutomaticTimezone": "false"},
			}
			s.Events.Take()
			r := change(s, amy, amy.ID, changes).Want(http.StatusOK)
			s.Events.Want(t, chgUserEvents)
			var got map[string]any
			r.JSON(&got)
			maps.Copy(changes, map[string]any{
				"username":     amy.Username + "2",
				"notify_props": map[string]any{"email": "false", "mention_keys": ",x,y"},
			})
			for field, want := range changes {
				if diff := cmp.Diff(want, got[field]); diff != "" {
					t.Errorf("%s %s: %s", way, field, diff)
				}
			}
			if got["last_password_update"] == nil || got["update_at"].(float64) <= before["update_at"].(float64) {
				t.Errorf("%s: answer %s is no record as its owner sees it, with a new time", way, r.Body)
			}
			for _, kept := range []string{"id", "create_at", "delete_at", "email", "roles", "auth_service"} {
				if got[kept] != before[kept] {
					t.Errorf("%s changed %s to %v", way, kept, got[kept])
				}
			}
			if a := chgAudits(s, amy.ID)[0]; !strings.HasPrefix(a, "/api/v4/users/"+amy.ID) {
				t.Errorf("%s left the audit row %q", way, a)
			}
			s.SignIn(amy.Username + "2")
		}
	})
}

func TestProfileFieldsAreChecked(t *testing.T) {
	customStatus := func(text string) map[string]any { return map[string]any{"props": map[string]any{"customStatus": text}} }
	cases := []struct {
		name    string
		changes map[string]any
		fault   string
	}{
		{"a nickname is too long", map[string]any{"nickname": strings.Repeat("ü", 65)}, "model.user.is_valid.nickname.app_error"},
		{"a position is too long", map[string]any{"position": strings.Repeat("ü", 129)}, "model.user.is_valid.position.app_error"},
		{"a first name is too long", map[string]any{"first_name": strings.Repeat("ü", 65)}, "model.user.is_valid.first_name.app_error"},
		{"a last name is too long", map[string]any{"last_name": strings.Repeat("ü", 65)}, "model.user.is_valid.last_name.app_error"},
		{"a username is empty", map[string]any{"username": ""}, "model.user.is_valid.username.app_error"},
		{"a username is too long", map[string]any{"username": strings.Repeat("a", 65)}, "model.user.is_valid.username.app_error"},
		{"a username has a blank", map[string]any{"username": "a b"}, "model.user.is_valid.username.app_error"},
		{"a username is reserved", map[string]any{"username": "Matterbot"}, "model.user.is_valid.username.app_error"},
		{"a username is taken", map[string]any{"username": "ADMIN"}, "app.user.save.username_exists.app_error"},
		{"an e-mail address is taken", map[string]any{"email": "Admin@example.com"}, "app.user.save.email_exists.app_error"},
		{"an e-mail address is none", map[string]any{"email": "nonsense"}, "model.user.is_valid.email.app_error"},
		{"an e-mail address is empty", map[string]any{"email": ""}, "model.user.is_valid.email.app_error"},
		{"an e-mail address has blanks around it", map[string]any{"email": " x@example.com "}, "model.user.is_valid.email.app_error"},
		{"an e-mail address has a name", map[string]any{"email": "x <x@example.com>"}, "model.user.is_valid.email.app_error"},
		{"an e-mail address is too long", map[string]any{"email": strings.Repeat("a", 117) + "@example.com"}, "model.user.is_valid.email.app_error"},
		{"a locale is too long", map[string]any{"locale": "zh-Hans"}, "model.user.is_valid.locale.app_error"},
		{"a locale is none", map[string]any{"locale": "??"}, "model.user.is_valid.locale.app_error"},
		{"a time zone is too long", map[string]any{"timezone": map[string]any{"x": strings.Repeat("y", 249)}}, "model.user.is_valid.timezone_limit.app_error"},
		{"a custom status is no JSON", customStatus("junk"), "model.user.is_valid.invalidProperty.app_error"},
		{"a custom status has a wrong type", customStatus(`{"text":5}`), "model.user.is_valid.invalidProperty.app_error"},
		{"a custom status has a broken time", customStatus(`{"expires_at":"tomorrow"}`), "model.user.is_valid.invalidProperty.app_error"},
	}
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := s.Make(testkit.Account{Username: "amy"})
		for _, tc := range cases {
			for way, change := range chgWays {
				t.Run(tc.name+" in "+way, func(t *testing.T) {
					chgUnchanged(t, s, db, func() {
						change(s, s.Admin().For(t), amy, tc.changes).WantFault(http.StatusBadRequest, tc.fault)
					})
				})
			}
		}
		for way, change := range chgWays { // 256 code points of JSON are the limit
			change(s, s.Admin(), amy, map[string]any{"timezone": map[string]any{"x": strings.Repeat("ü", 248)}}).Want(http.StatusOK)
			chgUnchanged(t, s, db, func() {
				r := change(s, s.Admin(), amy, map[string]any{"notify_props": map[string]any{"auto_responder_message": strings.Repeat("ü", 16384)}})
				r.WantFault(http.StatusInternalServerError, "app.user.update.finding.app_error")
			})
			if t.Failed() {
				t.Fatal(way)
			}
		}
	})
}

func TestProfileBodiesThatCannotBeUsed(t *testing.T) {
	cases := []struct {
		name, body         string
		put, patch         int
		putFault, patchErr string
	}{
		{"no body", "", 400, 400, chgBadBody, chgBadBody},
		{"half an object", "{", 400, 400, chgBadBody, chgBadBody},
		{"an array", "[]", 400, 400, chgBadBody, chgBadBody},
		{"a text", `"x"`, 400, 400, chgBadBody, chgBadBody},
		{"a number", "5", 400, 400, chgBadBody, chgBadBody},
		{"a number for a name", `{"id":"ID","nickname":5}`, 400, 400, chgBadBody, chgBadBody},
		{"an object for a name", `{"id":"ID","username":{}}`, 400, 400, chgBadBody, chgBadBody},
		{"a number for a password", `{"id":"ID","password":5}`, 400, 400, chgBadBody, chgBadBody},
		{"an array for props", `{"id":"ID","props":[]}`, 400, 400, chgBadBody, chgBadBody},
		{"a number among props", `{"id":"ID","props":{"a":5}}`, 400, 400, chgBadBody, chgBadBody},
		{"a text for the time zone", `{"id":"ID","timezone":"Europe/Paris"}`, 400, 400, chgBadBody, chgBadBody},
		{"a number for notify_props", `{"id":"ID","notify_props":5}`, 400, 400, chgBadBody, chgBadBody},
		{"too deep", `{"id":"ID","x":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "}", 400, 400, chgBadBody, chgBadBody},
		{"too large", `{"id":"ID","x":"` + strings.Repeat("y", 300_512) + `"}`, 413, 413, chgTooLarge, chgTooLarge},
	}
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := s.User("amy")
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				body := strings.ReplaceAll(tc.body, "ID", amy.ID)
				chgUnchanged(t, s, db, func() {
					amy.For(t).Put("/users/me", body).WantFault(tc.put, tc.putFault)
					amy.For(t).Put("/users/me/patch", body).WantFault(tc.patch, tc.patchErr)
				})
			})
		}
		chgUnchanged(t, s, db, func() {
			for _, body := range []string{"null", "{}", `{"id":"` + s.Admin().ID + `"}`, `{"id":"junk"}`, `{"id":"me"}`} {
				amy.Put("/users/"+amy.ID, body).WantFault(400, chgBadBody)
			}
		})
	})
}

// A client that sends a record as it got it must not change what the server owns.
func TestFieldsOfTheServerAreIgnored(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		for way, change := range chgWays {
			amy := s.User("amy" + strings.ToLower(way))
			before := chgStored(t, s, amy.ID)
			r := change(s, amy, amy.ID, map[string]any{
				"roles": "system_admin system_user", "delete_at": 7, "create_at": 7, "update_at": 7,
				"auth_service": "ldap", "auth_data": "x", "email_verified": true, "mfa_active": true, "failed_attempts": 7,
				"last_password_update": 7, "last_picture_update": 7, "last_activity_at": 7, "remote_id": "x", "is_bot": true,
				"terms_of_service_id": "x", "password": "other-password", "nickname": "seen",
			}).Want(http.StatusOK)
			if body := string(r.Body); strings.Contains(body, "password\"") || strings.Contains(body, "other-password") || strings.Contains(body, before.Password.Reveal()) {
				t.Errorf("%s shows a secret: %s", way, body)
			}
			after := chgStored(t, s, amy.ID)
			if after.Nickname != "seen" || after.UpdateAt <= before.UpdateAt {
				t.Errorf("%s did not happen", way)
			}
			after.Nickname, after.UpdateAt = before.Nickname, before.UpdateAt
			if way == "PUT" {
				after.Props = before.Props // there were none
			}
			if diff := cmp.Diff(before, after, cmp.Comparer(func(a, b model.Secret) bool { return a.Reveal() == b.Reveal() })); diff != "" {
				t.Errorf("%s: %s", way, diff)
			}
			s.SignIn(amy.Username)
		}
	})
}

func TestPatchReplacesObjectsWhole(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		patch := func(body string) *model.User {
			amy.Put("/users/me/patch", body).Want(http.StatusOK)
			return chgStored(t, s, amy.ID)
		}
		patch(`{"props":{"a":"1","b":"2"},"timezone":{"manualTimezone":"Asia/Tokyo"},"notify_props":{"email":"false"},"nickname":"n"}`)
		if u := patch(`{"props":{"c":"3"}}`); !cmp.Equal(u.Props, model.StringMap{"c": "3"}) || u.Nickname != "n" || u.NotifyProps["email"] != "false" {
			t.Errorf("a patch of props gave %v, %q, %v", u.Props, u.Nickname, u.NotifyProps)
		}
		for _, untouched := range []string{`null`, `{}`, `{"props":null,"timezone":null,"notify_props":null,"nickname":null,"username":null,"email":null}`} {
			if u := patch(untouched); u.Props["c"] != "3" || u.Timezone["manualTimezone"] != "Asia/Tokyo" || u.NotifyProps["email"] != "false" ||
				u.Nickname != "n" || u.Username != "amy" {
				t.Errorf("patch %s changed %+v", untouched, u)
			}
		}
		if u := patch(`{"props":{},"timezone":{},"notify_props":{},"nickname":""}`); len(u.Props) != 0 || u.Timezone == nil || len(u.Timezone) != 0 ||
			!cmp.Equal(u.NotifyProps, model.DefaultNotifyProps()) || u.Nickname != "" {
			t.Errorf("empty objects gave %v, %v, %v", u.Props, u.Timezone, u.NotifyProps)
		}
		if u := patch(`{"USERNAME":"amy2","Nickname":"case"}{"nickname":"second value"}`); u.Username != "amy2" || u.Nickname != "case" {
			t.Errorf("names in another case, and a second value, gave %q, %q", u.Username, u.Nickname)
		}
	})
}

func TestOwnEmailNeedsThePassword(t *testing.T) {
	const incorrect, locked = "api.user.check_user_password.invalid.app_error", "api.user.check_user_login_attempts.too_many.app_error"
	chgEach(t, []string{"MM_SERVICESETTINGS_MAXIMUMLOGINATTEMPTS=3"}, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := s.User("amy")
		put, patch := chgWays["PUT"], chgWays["patch"]
		mail := map[string]any{"email": "new@example.com"}
		chgUnchanged(t, s, db, func() {
			put(s, amy, amy.ID, mail).WantFault(http.StatusBadRequest, chgBadBody)
			patch(s, amy, amy.ID, mail).WantFault(http.StatusBadRequest, chgBadBody)
			patch(s, amy, amy.ID, map[string]any{"email": ""}).WantFault(http.StatusBadRequest, chgBadBody)
			put(s, amy, amy.ID, map[string]any{"email": "AMY@example.com"}).WantFault(http.StatusBadRequest, chgBadBody)
		})
		if n := chgStored(t, s, amy.ID).FailedAttempts; n != 0 {
			t.Errorf("%d tries without a password were counted", n)
		}
		mail["password"] = "wrong-password"
		put(s, amy, amy.ID, mail).WantFault(http.StatusBadRequest, chgBadBody)
		patch(s, amy, amy.ID, mail).WantFault(http.StatusUnauthorized, incorrect)
		if n := chgStored(t, s, amy.ID).FailedAttempts; n != 2 {
			t.Errorf("%d of 2 wrong passwords were counted", n)
		}
		mail["password"] = testkit.Password
		s.Events.Take()
		if r := patch(s, amy, amy.ID, mail).Want(http.StatusOK); r.Text("email") != "new@example.com" || r.Value("email_verified") != nil {
			t.Errorf("answer %s", r.Body)
		}
		s.Events.Want(t, chgUserEvents)
		if n := chgStored(t, s, amy.ID).FailedAttempts; n != 0 {
			t.Errorf("the right password left %d failed tries", n)
		}
		amy.Get("/users/me").Want(http.StatusOK)
		for range 3 {
			patch(s, amy, amy.ID, map[string]any{"email": "x@example.com", "password": "wrong-password"})
		}
		chgUnchanged(t, s, db, func() {
			again := map[string]any{"email": "x@example.com", "password": testkit.Password}
			patch(s, amy, amy.ID, again).WantFault(http.StatusUnauthorized, locked)
			put(s, amy, amy.ID, again).WantFault(http.StatusBadRequest, chgBadBody)
		})
		put(s, s.Admin(), amy.ID, map[string]any{"email": "byadmin@example.com"}).Want(http.StatusOK)
	})
}

func TestEmailThatHasToBeVerified(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.Make(testkit.Account{Username: "amy"})
		s.Admin().Post("/users", map[string]any{"username": "ver", "email": "ver@example.com", "password": testkit.Password, "email_verified": true}).Want(http.StatusCreated)
		ver := s.SignIn("ver")
		chgWays["patch"](s, ver, ver.ID, map[string]any{"email": "ver2@example.com", "password": testkit.Password}).Want(http.StatusOK)
		if u := chgStored(t, s, ver.ID); u.Email != "ver2@example.com" || u.EmailVerified {
			t.Errorf("a new address is %q, verified %v", u.Email, u.EmailVerified)
		}
		chgConfig(s, `{"EmailSettings":{"RequireEmailVerification":true},"TeamSettings":{"RestrictCreationToDomains":"example.com"}}`)
		db := chgDB(t, s)
		for way, change := range chgWays {
			r := change(s, s.Admin(), amy, map[string]any{"email": "new@example.com", "nickname": way}).Want(http.StatusOK)
			if r.Text("email") != "amy@example.com" || r.Text("nickname") != way {
				t.Errorf("%s answered %s, want the old address and the new nickname", way, r.Body)
			}
			chgUnchanged(t, s, db, func() {
				for email, fault := range map[string]string{
					"admin@example.com":     "app.user.save.email_exists.app_error",
					"nonsense@@example.com": "model.user.is_valid.email.app_error", "x@elsewhere.org": "api.user.update_user.accepted_domain.app_error",
				} {
					change(s, s.Admin(), amy, map[string]any{"email": email}).WantFault(http.StatusBadRequest, fault)
				}
			})
		}
	})
}

func TestEmailDomainsAreRestricted(t *testing.T) {
	chgEach(t, []string{"MM_GUESTACCOUNTSSETTINGS_ENABLE=true"}, func(t *testing.T, s *testkit.Server) {
		amy, guest := s.Make(testkit.Account{Username: "amy"}), s.Make(testkit.Account{Username: "guest"})
		s.Admin().Put("/users/"+guest+"/roles", map[string]string{"roles": "system_guest"}).Want(http.StatusOK)
		chgConfig(s, `{"TeamSettings":{"RestrictCreationToDomains":"@Inside.org, other.org"},"GuestAccountsSettings":{"RestrictCreationToDomains":"guests.org"}}`)
		for way, change := range chgWays {
			for _, tc := range []struct {
				id, email, fault string
			}{
				{amy, way + "@Inside.ORG", ""},
				{amy, way + "@other.org", ""},
				{amy, way + "@notother.org", "api.user.update_user.accepted_domain.app_error"},
				{amy, way + "@guests.org", "api.user.update_user.accepted_domain.app_error"},
				{guest, way + "@guests.org", ""},
				{guest, way + "g@inside.org", "api.user.update_user.accepted_guest_domain.app_error"},
			} {
				r := change(s, s.Admin(), tc.id, map[string]any{"email": tc.email})
				if tc.fault == "" {
					r.Want(http.StatusOK)
				} else {
					r.WantFault(http.StatusBadRequest, tc.fault)
				}
			}
		}
		// Who is outside already may go on as long as the address stays.
		chgConfig(s, `{"TeamSettings":{"RestrictCreationToDomains":"nowhere.org"}}`)
		chgWays["patch"](s, s.Admin(), amy, map[string]any{"nickname": "still"}).Want(http.StatusOK)
	})
}

func TestApplicationsCannotMoveAnAccount(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		for _, name := range []string{"amy", "root2"} {
			person := s.User(name)
			app := chgSession(t, s, person.ID, true)
			if name == "root2" {
				s.Admin().Put("/users/"+person.ID+"/roles", map[string]string{"roles": "system_user system_admin"}).Want(http.StatusOK)
			}
			for way, change := range chgWays {
				chgUnchanged(t, s, db, func() {
					r := change(s, app, person.ID, map[string]any{"email": "thief@example.com", "password": testkit.Password})
					r.WantFault(http.StatusForbidden, chgForbidden)
				})
				change(s, app, person.ID, map[string]any{"nickname": way}).Want(http.StatusOK)
			}
		}
	})
}

func TestFieldsOfTheSignInProvider(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		make := func(service, name string) string {
			return s.Admin().Post("/users", map[string]any{
				"username": name, "email": name + "@example.com", "auth_service": service,
				"auth_data": name, "first_name": "F", "last_name": "L",
			}).Want(http.StatusCreated).Text("id")
		}
		ids := map[string]string{"ldap": make("ldap", "lou"), "saml": make("saml", "sam"), "gitlab": make("gitlab", "gil")}
		chgConfig(s, `{"LdapSettings":{"NicknameAttribute":"nick","LastNameAttribute":"sn"},"SamlSettings":{"PositionAttribute":"title"}}`)
		for _, tc := range []struct {
			service, body string
			status        int
		}{
			{"ldap", `{"username":"other"}`, 409},
			{"saml", `{"username":"other"}`, 409},
			{"gitlab", `{"username":"other"}`, 409},
			{"gitlab", `{"first_name":"x"}`, 409},
			{"gitlab", `{"last_name":"x"}`, 409},
			{"gitlab", `{"nickname":"x"}`, 200},
			{"ldap", `{"first_name":"x"}`, 200},
			{"ldap", `{"last_name":"x"}`, 409},
			{"ldap", `{"nickname":"x"}`, 409},
			{"ldap", `{"position":"x"}`, 200},
			{"saml", `{"first_name":"x","last_name":"y","nickname":"z"}`, 200},
			{"saml", `{"position":"x"}`, 409},
			{"ldap", `{"email":"other1@example.com"}`, 400},
			{"saml", `{"email":"other2@example.com"}`, 200},
		} {
			id := ids[tc.service]
			var changes map[string]any
			if err := json.Unmarshal([]byte(tc.body), &changes); err != nil {
				t.Fatal(err)
			}
			whole, err := json.Marshal(chgUpdate(s, id, changes))
			if err != nil {
				t.Fatal(err)
			}
			for path, body := range map[string]string{"/users/" + id: string(whole), "/users/" + id + "/patch": tc.body} {
				status, answer := chgRaw(t, s, s.Admin(), http.MethodPut, path, body)
				if status != tc.status {
					t.Errorf("%s account: PUT %s %s: %d %s", tc.service, path, tc.body, status, answer)
				}
				op := map[bool]string{true: "patch_user", false: "update_user"}[strings.HasSuffix(path, "patch")]
				if status == http.StatusConflict && !strings.Contains(answer, "api.user."+op+".login_provider_attribute_set.app_error") {
					t.Errorf("%s: %s", path, answer)
				}
				if status == http.StatusBadRequest && !strings.Contains(answer, "app.user.update.find.app_error") {
					t.Errorf("%s: %s", path, answer)
				}
			}
		}
		chgWays["patch"](s, s.Admin(), ids["gitlab"], map[string]any{"email": "dropped@example.com"}).Want(http.StatusOK)
		if u := chgStored(t, s, ids["gitlab"]); u.Email != "gil@example.com" || !u.EmailVerified {
			t.Errorf("the account of a provider has the address %q, verified %v", u.Email, u.EmailVerified)
		}
		if u := chgStored(t, s, ids["saml"]); u.Email != "other2@example.com" || !u.EmailVerified {
			t.Errorf("a SAML account has the address %q, verified %v", u.Email, u.EmailVerified)
		}
	})
}

func TestAnotherUsernameLeavesTheWordsThatNotify(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		keys := func(way, name, keys string) string {
			return chgWays[way](s, amy, amy.ID, map[string]any{"username": name, "notify_props": map[string]any{"mention_keys": keys, "push": "all"}}).
				Want(http.StatusOK).Text("notify_props.mention_keys")
		}
		for _, tc := range []struct{ way, name, keys, want string }{
			{"patch", "amy", "Amy,@AMY,Boss", "amy,@amy,boss"},
			{"patch", "bea", "amy,@amy,boss,amyx", ",boss,amyx"},
			{"PUT", "bea", ",boss,amyx", "boss,amyx"},
			{"PUT", "cat", "bea,@bea", ""},
			{"PUT", "Dan", "cat,,dan", ",dan"},
		} {
			if got := keys(tc.way, tc.name, tc.keys); got != tc.want {
				t.Errorf("%s to %s with %q gave %q, want %q", tc.way, tc.name, tc.keys, got, tc.want)
			}
		}
	})
}

func TestCustomStatusIsBroughtIntoForm(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		future := s.Clock.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		past := s.Clock.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
		for _, tc := range []struct{ given, text, duration string }{
			{`{"emoji":"beer","text":"` + strings.Repeat("ü", 101) + `","x":1}`, strings.Repeat("ü", 100), ""},
			{`{"text":"later","expires_at":"` + future + `"}`, "later", "date_and_time"},
			{`{"text":"past","expires_at":"` + past + `"}`, "past", ""},
			{`{"text":"named","duration":"one_hour","expires_at":"` + future + `"}`, "named", "one_hour"},
		} {
			for _, change := range chgWays {
				r := change(s, amy, amy.ID, map[string]any{"props": map[string]any{"customStatus": tc.given}}).Want(http.StatusOK)
				var got model.CustomStatus
				if err := json.Unmarshal([]byte(r.Text("props.customStatus")), &got); err != nil {
					t.Fatal(err)
				}
				if got.Text != tc.text || got.Duration != tc.duration {
					t.Errorf("%s became %+v", tc.given, got)
				}
			}
		}
		if r := amy.Put("/users/me/patch", `{"props":{"customStatus":""}}`).Want(http.StatusOK); r.Value("props.customStatus") != "" {
			t.Errorf("an empty status became %s", r.Body)
		}
	})
}

func TestNamesLoseInvisibleCharacters(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		for _, change := range chgWays {
			r := change(s, amy, amy.ID, map[string]any{"username": "a\u202emy", "nickname": "\ufeffN\u2028", "first_name": "\u206aF", "last_name": "L\U000E0041"}).Want(http.StatusOK)
			if got := r.Text("username") + r.Text("nickname") + r.Text("first_name") + r.Text("last_name"); got != "amyNFL" {
				t.Errorf("names became %q", got)
			}
		}
	})
}

func TestAutomaticAnswerShowsInPresence(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		s.Events.Take()
		patch := func(active, events, status string) {
			t.Helper()
			amy.Put("/users/me/patch", `{"notify_props":{"auto_responder_active":"`+active+`","auto_responder_message":"away"}}`).Want(http.StatusOK)
			s.Events.Want(t, chgUserEvents+events)
			if got := amy.Get("/users/me/status").Want(http.StatusOK).Text("status"); got != status {
				t.Errorf("auto_responder_active=%s shows %q, want %q", active, got, status)
			}
		}
		patch("false", "", "offline")
		patch("true", " status_change", "ooo")
		patch("true", "", "ooo")
		patch("false", " status_change", "online")
		s.Admin().Put("/users/"+amy.ID+"/active", `{"active":false}`).Want(http.StatusOK)
		s.Events.Take()
		s.Admin().Put("/users/"+amy.ID+"/patch", `{"notify_props":{"auto_responder_active":"true"}}`).Want(http.StatusOK)
		s.Events.Want(t, chgUserEvents) // nobody who is deactivated comes back on line
	})
}

func TestUpdatesAreToldToEverybodyInTheirOwnView(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		for _, tc := range []struct {
			settings, email, first string
		}{
			{`{"PrivacySettings":{"ShowEmailAddress":true,"ShowFullName":true}}`, "amy@example.com", "Amy"},
			{`{"PrivacySettings":{"ShowEmailAddress":false,"ShowFullName":false}}`, "", ""},
		} {
			chgConfig(s, tc.settings)
			amy.Put("/users/me/patch", `{"first_name":"Amy","last_name":"Ash","props":{"RemoteEmail":"r@example.com"}}`).Want(http.StatusOK)
			events := s.Events.Take()
			admins, others, self, _ := chgSees(t, events)
			if admins == nil || others == nil || self == nil {
				t.Fatalf("events %v", events)
			}
			if others.Email != tc.email || others.FirstName != tc.first || others.NotifyProps != nil || others.LastPasswordUpdate != 0 {
				t.Errorf("%s: others see %+v", tc.settings, others)
			}
			if admins.Email != "amy@example.com" || admins.FirstName != "Amy" || admins.NotifyProps == nil || admins.LastPasswordUpdate != 0 {
				t.Errorf("%s: admins see %+v", tc.settings, admins)
			}
			if self.Email != "amy@example.com" || self.LastPasswordUpdate == 0 {
				t.Errorf("%s: she sees %+v", tc.settings, self)
			}
			if _, shown := others.Props["RemoteEmail"]; shown != (tc.email != "") {
				t.Errorf("%s: others see the props %v", tc.settings, others.Props)
			}
			for _, e := range events {
				body, err := json.Marshal(e.Data)
				if err != nil {
					t.Fatal(err)
				}
				if hash := chgStored(t, s, amy.ID).Password.Reveal(); strings.Contains(string(body), hash) || strings.Contains(string(body), `"password"`) {
					t.Errorf("an event carries the hash: %s", body)
				}
				if e.To.UserID == "" && (len(e.To.OmitUsers) != 1 || e.To.OmitUsers[0] != amy.ID || e.To.About != amy.ID) {
					t.Errorf("an event goes to %+v", e.To)
				}
			}
		}
	})
}
