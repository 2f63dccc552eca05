package api_test

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"muster/internal/testkit"
)

// TestUsersCreateKeepsWhatIsGiven makes an account with every field there is.
func TestUsersCreateKeepsWhatIsGiven(t *testing.T) {
	testkit.Each(t, usersOpen, func(t *testing.T, s *testkit.Server) {
		s.Events.Take()
		body := usersBody("Amy", map[string]any{
			"email": "  Amy@Example.COM ", "nickname": "am", "first_name": "Amélie", "last_name": "Ash", "position": "Boss", "locale": "de",
			"timezone": map[string]string{"useAutomaticTimezone": "false", "automaticTimezone": "", "manualTimezone": "Europe/Rome"},
			"props":    map[string]string{"a": "b"}, "notify_props": map[string]string{"email": "false"}, "allow_marketing": true,
			"disable_welcome_email": true,
			// What the server owns is not taken from a visitor.
			"roles": "system_admin", "delete_at": 5, "create_at": 5, "update_at": 5, "email_verified": true, "last_activity_at": 5,
			"mfa_active": true, "mfa_secret": "planted-secret", "failed_attempts": 3, "remote_id": "abc", "auth_service": "ldap", "auth_data": "x",
			"last_password_update": 5, "last_picture_update": 5, "is_bot": true, "bot_description": "x", "unknown": 1,
		})
		r := s.Visitor().Post("/users", body).Want(http.StatusCreated)
		s.Events.Want(t, "new_user")
		var got map[string]any
		r.JSON(&got)
		for _, at := range []string{"create_at", "update_at", "last_password_update"} {
			if ms, _ := got[at].(float64); ms < 1e12 {
				t.Errorf("%s = %v", at, got[at])
			}
			delete(got, at)
		}
		id := r.Text("id")
		want := map[string]any{
			"id": id, "delete_at": 0.0, "username": "amy", "email": "amy@example.com", "auth_service": "", "nickname": "am",
			"first_name": "Amélie", "last_name": "Ash", "position": "Boss", "roles": "system_user", "allow_marketing": true,
			"props": map[string]any{"a": "b"}, "notify_props": map[string]any{"email": "false"}, "locale": "de", "remote_id": "",
			"timezone":              map[string]any{"useAutomaticTimezone": "false", "automaticTimezone": "", "manualTimezone": "Europe/Rome"},
			"disable_welcome_email": true,
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		for _, secret := range []string{testkit.Password, "planted-secret", "argon2"} {
			if bytes.Contains(r.Body, []byte(secret)) {
				t.Errorf("the answer holds %q", secret)
			}
		}
		amy := s.SignIn("amy")
		if own := amy.Get("/users/me"); own.Value("disable_welcome_email") != false || own.Value("is_bot") != nil {
			t.Errorf("stored: %s", own.Body)
		}
		var prefs []map[string]string
		amy.Get("/users/me/preferences").JSON(&prefs)
		wantPrefs := []map[string]string{
			{"user_id": id, "category": "recommended_next_steps", "name": "hide", "value": "false"},
			{"user_id": id, "category": "system_notice", "name": "GMasDM", "value": "true"},
			{"user_id": id, "category": "tutorial_step", "name": id, "value": "0"},
		}
		if d := cmp.Diff(wantPrefs, prefs); d != "" {
			t.Error(d)
		}
	})
}

// TestUsersCreateFillsDefaults makes an account with only what is needed.
func TestUsersCreateFillsDefaults(t *testing.T) {
	o := testkit.Options{Env: []string{"MM_LOCALIZATIONSETTINGS_DEFAULTCLIENTLOCALE=fr"}}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		r := s.Admin().Post("/users", map[string]any{"email": "n@example.com", "password": testkit.Password, "locale": "xx"}).Want(http.StatusCreated)
		if name := r.Text("username"); len(name) != 27 || name[0] != 'a' {
			t.Errorf("username %q", name)
		}
		want := map[string]any{
			"email": "true", "push": "mention", "desktop": "mention", "desktop_sound": "true", "mention_keys": "",
			"channel": "true", "push_status": "online", "comments": "never", "first_name": "false",
			"desktop_threads": "all", "email_threads": "all", "push_threads": "all",
		}
		if d := cmp.Diff(want, r.Value("notify_props")); d != "" {
			t.Error(d)
		}
		zone := map[string]any{"useAutomaticTimezone": "true", "automaticTimezone": "", "manualTimezone": ""}
		if d := cmp.Diff(zone, r.Value("timezone")); d != "" {
			t.Error(d)
		}
		if r.Text("locale") != "fr" || r.Text("remote_id") != "" || r.Value("remote_id") == nil || r.Value("disable_welcome_email") != false {
			t.Errorf("got %s", r.Body)
		}
		for i, tc := range [][2]string{{"pt-BR", "pt-BR"}, {"zh-TW", "zh-TW"}, {"PT-br", "fr"}, {"en_AU", "fr"}, {"", "fr"}} {
			r := s.Admin().Post("/users", usersBody("locale"+strconv.Itoa(i), map[string]any{"locale": tc[0]})).Want(http.StatusCreated)
			if r.Text("locale") != tc[1] {
				t.Errorf("locale %q became %q, want %q", tc[0], r.Text("locale"), tc[1])
			}
		}
	})
}

// TestUsersCreateCleansNames drops code points that hide or reorder text.
func TestUsersCreateCleansNames(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		r := s.Admin().Post("/users", usersBody("am", map[string]any{
			"username": "A\u202Emy\uFEFF", "email": "amy@example.com",
			"nickname": "n\u206Ai\U000E0041ck", "first_name": "\uFFF9A", "last_name": "\U0001D173sh\u0340",
		})).Want(http.StatusCreated)
		for field, want := range map[string]string{"username": "amy", "nickname": "nick", "first_name": "A", "last_name": "sh"} {
			if r.Text(field) != want {
				t.Errorf("%s %q, want %q", field, r.Text(field), want)
			}
		}
		s.Admin().Post("/users", usersBody("x", map[string]any{"username": "\u202E\u206F"})).
			WantFault(http.StatusBadRequest, "model.user.is_valid.username.app_error")
	})
}

// TestUsersCreateWho tells by which way who may make an account.
func TestUsersCreateWho(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: usersSocket}, func(t *testing.T, s *testkit.Server) {
		member := s.User("member")
		s.Events.Take()
		deaf := s.Visitor()
		deaf.Token = "nonsense"
		type who = *testkit.Client
		for _, tc := range []struct {
			name     string
			as       who
			settings map[string]any
			status   int
			fault    string
		}{
			{"a visitor cannot on a closed server", s.Visitor(), nil, 403, "api.user.create_user.no_open_server"},
			{"a stale token makes a visitor", deaf, nil, 403, "api.user.create_user.no_open_server"},
			{"a member cannot on a closed server", member, nil, 403, "api.user.create_user.no_open_server"},
			{"an admin can on a closed server", s.Admin(), nil, 201, ""},
			{"the local socket can on a closed server", s.Socket(), nil, 201, ""},
			{"a visitor can on an open server", s.Visitor(), map[string]any{"TeamSettings.EnableOpenServer": true}, 201, ""},
			{"a stale token does not hinder", deaf, nil, 201, ""},
			{"a member can on an open server", member, nil, 201, ""},
			{"an admin can when sign-up is off", s.Admin(), map[string]any{"TeamSettings.EnableUserCreation": false}, 201, ""},
			{"the local socket can when sign-up is off", s.Socket(), nil, 201, ""},
			{"an admin can when sign-up by e-mail is off", s.Admin(), map[string]any{"TeamSettings.EnableUserCreation": true, "EmailSettings.EnableSignUpWithEmail": false}, 201, ""},
		} {
			t.Run(tc.name, func(t *testing.T) {
				if tc.settings != nil {
					usersSet(t, s, tc.settings)
				}
				before := usersAll(t, s)
				s.Events.Take()
				r := tc.as.For(t).Post("/users", usersBody("u"+strings.ReplaceAll(tc.name, " ", "-"), nil)).Want(tc.status)
				if tc.status != http.StatusCreated {
					r.WantFault(tc.status, tc.fault)
					s.Events.Want(t, "")
					if after := usersAll(t, s); after != before {
						t.Errorf("%s accounts, were %s", after, before)
					}
					return
				}
				s.Events.Want(t, "new_user")
				if r.Text("roles") != "system_user" {
					t.Errorf("roles %q", r.Text("roles"))
				}
			})
		}
	})
}

// TestUsersCreateSignUpOff refuses everybody but admins while sign-up is switched off.
func TestUsersCreateSignUpOff(t *testing.T) {
	for _, env := range []string{"MM_TEAMSETTINGS_ENABLEUSERCREATION=false", "MM_EMAILSETTINGS_ENABLESIGNUPWITHEMAIL=false"} {
		t.Run(env, func(t *testing.T) {
			testkit.Each(t, testkit.Options{NoAdmin: true, Env: []string{env, "MM_TEAMSETTINGS_ENABLEOPENSERVER=true"}}, func(t *testing.T, s *testkit.Server) {
				for _, path := range []string{"/users", "/users?iid=abc"} { // not even the first account
					w := usersFrom(s, "127.0.0.1:9", http.MethodPost, path, `{"username":"amy","email":"amy@example.com","password":"Passw0rd-1"}`)
					if w.Code != http.StatusNotImplemented || usersFault(w) != "api.user.create_user.signup_email_disabled.app_error" {
						t.Errorf("%s: %d %s", path, w.Code, w.Body)
					}
				}
				if n, err := s.DB.Humans(t.Context()); n != 0 || err != nil {
					t.Errorf("%d accounts (%v)", n, err)
				}
				s.Events.Want(t, "")
			})
		})
	}
}

// TestUsersCreateByInvitation answers that no invitation is known: none can be made yet.
func TestUsersCreateByInvitation(t *testing.T) {
	const noToken, noTeam = "api.user.create_user.signup_link_invalid.app_error", "app.team.get_by_invite_id.finding.app_error"
	testkit.Each(t, usersOpen, func(t *testing.T, s *testkit.Server) {
		before := usersAll(t, s)
		s.Events.Take()
		for _, tc := range []struct {
			name, query, body string
			as                *testkit.Client
			status            int
			fault             string
		}{
			{"an unknown token", "?t=abc", "", s.Visitor(), 404, noToken},
			{"an unknown token of an admin", "?t=abc", "", s.Admin(), 404, noToken},
			{"an unknown invite id", "?iid=abc", "", s.Visitor(), 404, noTeam},
			{"an unknown invite id of an admin", "?iid=abc", "", s.Admin(), 404, noTeam},
			{"a token counts before an invite id", "?iid=abc&t=abc", "", s.Visitor(), 404, noToken},
			{"a token that is no text", "?t=%00%ff", "", s.Visitor(), 400, "api.context.invalid_url_param.app_error"},
			{"the body is read first", "?t=abc", "{", s.Visitor(), 400, "api.context.invalid_body_param.app_error"},
			{"the token is looked up before the fields are checked", "?t=abc", "{}", s.Visitor(), 404, noToken},
			{"the invite id is looked up before the fields are checked", "?iid=abc", "{}", s.Visitor(), 404, noTeam},
		} {
			t.Run(tc.name, func(t *testing.T) {
				var body any = tc.body
				if tc.body == "" {
					body = usersBody("amy", nil)
				}
				tc.as.For(t).Post("/users"+tc.query, body).WantFault(tc.status, tc.fault)
				s.Events.Want(t, "")
			})
		}
		t.Run("whoever is invited nowhere is not made", func(t *testing.T) {
			if after := usersAll(t, s); after != before {
				t.Errorf("%s accounts, were %s", after, before)
			}
		})
		t.Run("empty parameters and a redirect are no invitation", func(t *testing.T) {
			s.Visitor().For(t).Post("/users?t=&iid=&r=/town", usersBody("amy", nil)).Want(http.StatusCreated)
		})
		t.Run("an unknown token is said even when sign-up is off, an invite id is not looked up", func(t *testing.T) {
			usersSet(t, s, map[string]any{"TeamSettings.EnableUserCreation": false})
			s.Visitor().For(t).Post("/users?t=abc", usersBody("bob", nil)).WantFault(404, noToken)
			w := usersFrom(s, "127.0.0.1:9", http.MethodPost, "/users?iid=abc", `{}`)
			if w.Code != http.StatusNotImplemented {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if w := usersAs(s, s.Admin(), http.MethodPost, "/users?iid=abc", `{}`); w.Code != http.StatusNotImplemented {
				t.Errorf("an admin with an invite id got %d %s", w.Code, w.Body)
			}
		})
	})
}

// TestUsersCreateBadInput refuses what cannot be an account, and keeps nothing of it.
func TestUsersCreateBadInput(t *testing.T) {
	const unusable = "api.context.invalid_body_param.app_error"
	field := func(name string) string { return "model.user.is_valid." + name + ".app_error" }
	long := strings.Repeat
	testkit.Each(t, usersOpen, func(t *testing.T, s *testkit.Server) {
		s.Make(testkit.Account{Username: "taken", Email: "taken@example.com"})
		before := usersAll(t, s)
		s.Events.Take()
		for _, tc := range []struct {
			name   string
			body   any
			status int
			fault  string
		}{
			{"no body", "", 400, unusable},
			{"malformed JSON", `{"username":`, 400, unusable},
			{"an array", `[]`, 400, unusable},
			{"a text", `"x"`, 400, unusable},
			{"a number", `5`, 400, unusable},
			{"null", `null`, 400, field("pwd_min_length")},
			{"an empty object", `{}`, 400, field("pwd_min_length")},
			{"a username of another type", usersBody("x", map[string]any{"username": 5}), 400, unusable},
			{"a password of another type", usersBody("x", map[string]any{"password": []string{"x"}}), 400, unusable},
			{"props of another type", usersBody("x", map[string]any{"props": "x"}), 400, unusable},
			{"props with other values than texts", usersBody("x", map[string]any{"props": map[string]any{"a": 5}}), 400, unusable},
			{"a flag of another type", usersBody("x", map[string]any{"allow_marketing": "x"}), 400, unusable},
			{"nested too deeply", `{"props":` + long("[", 70) + long("]", 70) + `}`, 400, unusable},
			{"too large", `{"nickname":"` + long("x", 300512) + `"}`, 413, "api.context.request_body_too_large.app_error"},
			{"an id", usersBody("x", map[string]any{"id": usersID}), 400, "app.user.save.existing.app_error"},
			{"an id and a bad name", usersBody("x", map[string]any{"id": "x", "username": "+"}), 400, "app.user.save.existing.app_error"},
			{"an id and a short password", usersBody("x", map[string]any{"id": "x", "password": "x"}), 400, field("pwd_min_length")},
			{"no password", usersBody("x", map[string]any{"password": ""}), 400, field("pwd_min_length")},
			{"a short password", usersBody("x", map[string]any{"password": "1234567"}), 400, field("pwd_min_length")},
			{"a password of 73 bytes", usersBody("x", map[string]any{"password": long("x", 73)}), 400, field("pwd_max_length")},
			{"a username with a sign", usersBody("x", map[string]any{"username": "testinvalid+++"}), 400, field("username")},
			{"a username with a letter of another alphabet", usersBody("x", map[string]any{"username": "аmy"}), 400, field("username")},
			{"a username of 65 bytes", usersBody("x", map[string]any{"username": long("x", 65)}), 400, field("username")},
			{"the username all", usersBody("x", map[string]any{"username": "All"}), 400, field("username")},
			{"the username channel", usersBody("x", map[string]any{"username": "channel"}), 400, field("username")},
			{"the username matterbot", usersBody("x", map[string]any{"username": "matterbot"}), 400, field("username")},
			{"the username system", usersBody("x", map[string]any{"username": "system"}), 400, field("username")},
			{"no e-mail", usersBody("x", map[string]any{"email": ""}), 400, field("email")},
			{"an e-mail without a domain", usersBody("x", map[string]any{"email": "nonsense"}), 400, field("email")},
			{"an e-mail with a name", usersBody("x", map[string]any{"email": "X <x@example.com>"}), 400, field("email")},
			{"two e-mails", usersBody("x", map[string]any{"email": "x@example.com, y@example.com"}), 400, field("email")},
			{"an e-mail with a line break", usersBody("x", map[string]any{"email": "x@example.com\r\nBcc: y"}), 400, field("email")},
			{"an e-mail with a zero byte", usersBody("x", map[string]any{"email": "x\x00@example.com"}), 400, unusable},
			{"an e-mail of 129 bytes", usersBody("x", map[string]any{"email": long("x", 117) + "@example.com"}), 400, field("email")},
			{"a nickname of 65 characters", usersBody("x", map[string]any{"nickname": long("ü", 65)}), 400, field("nickname")},
			{"a position of 129 characters", usersBody("x", map[string]any{"position": long("ü", 129)}), 400, field("position")},
			{"a first name of 65 characters", usersBody("x", map[string]any{"first_name": long("ü", 65)}), 400, field("first_name")},
			{"a last name of 65 characters", usersBody("x", map[string]any{"last_name": long("ü", 65)}), 400, field("last_name")},
			{"a time zone that is too long", usersBody("x", map[string]any{"timezone": map[string]string{"a": long("x", 257)}}), 400, field("timezone_limit")},
			{"a custom status that is no object", usersBody("x", map[string]any{"props": map[string]string{"customStatus": "{"}}), 400, field("invalidProperty")},
			{"a zero byte in a nickname", usersBody("x", map[string]any{"nickname": "a\x00"}), 400, unusable},
			{"a zero byte in a position", usersBody("x", map[string]any{"position": "\x00"}), 400, unusable},
			{"a zero byte in a first name", usersBody("x", map[string]any{"first_name": "\x00"}), 400, unusable},
			{"a zero byte in a last name", usersBody("x", map[string]any{"last_name": "\x00"}), 400, unusable},
			{"a zero byte in props", usersBody("x", map[string]any{"props": map[string]string{"a": "\x00"}}), 400, unusable},
			{"a zero byte in a key", usersBody("x", map[string]any{"notify_props": map[string]string{"\x00": "a"}}), 400, unusable},
			{"a zero byte in the time zone", usersBody("x", map[string]any{"timezone": map[string]string{"a": "\x00"}}), 400, unusable},
			{"a username that is taken", usersBody("TAKEN", map[string]any{"email": "x@example.com"}), 400, "app.user.save.username_exists.app_error"},
			{"an e-mail that is taken", usersBody("x", map[string]any{"email": " Taken@Example.com "}), 400, "app.user.save.email_exists.app_error"},
			{"both taken", usersBody("taken", nil), 400, "app.user.save.username_exists.app_error"},
		} {
			t.Run(tc.name, func(t *testing.T) {
				s.Visitor().For(t).Post("/users", tc.body).WantFault(tc.status, tc.fault)
				s.Events.Want(t, "")
			})
		}
		if after := usersAll(t, s); after != before {
			t.Errorf("%s accounts, were %s", after, before)
		}
		t.Run("an answer too long for absence is refused as documented", func(t *testing.T) {
			body := usersBody("x", map[string]any{"notify_props": map[string]string{"auto_responder_message": long("x", 16384)}})
			s.Visitor().For(t).Post("/users", body).WantFault(500, "app.user.save.app_error")
		})
		t.Run("the limits themselves are fine", func(t *testing.T) {
			s.Visitor().For(t).Post("/users", usersBody(long("z", 64), map[string]any{
				"email": long("x", 116) + "@example.com", "nickname": long("ü", 64),
				"first_name": long("ü", 64), "last_name": long("ü", 64), "position": long("ü", 128), "password": long("ü", 36),
			})).Want(http.StatusCreated)
		})
	})
}
