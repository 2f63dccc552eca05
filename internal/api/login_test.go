package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
)

// wrongCredentials is the one answer to everything that must not be told apart.
const wrongCredentials = "api.user.login.invalid_credentials_email_username"

func TestLoginFindsTheAccount(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.Make(testkit.Account{Username: "amy"})
		s.Events.Take()
		for _, tc := range []struct{ name, body string }{
			{"by username", `{"login_id":"amy","password":"Passw0rd-1"}`},
			{"by username in capitals", `{"login_id":"AMY","password":"Passw0rd-1"}`},
			{"by e-mail", `{"login_id":"amy@example.com","password":"Passw0rd-1"}`},
			{"by e-mail in capitals", `{"login_id":"AMY@EXAMPLE.COM","password":"Passw0rd-1"}`},
			{"by id", `{"id":"` + amy + `","password":"Passw0rd-1"}`},
			{"by id whatever the login id says", `{"id":"` + amy + `","login_id":"nobody","password":"Passw0rd-1"}`},
			{"with an MFA code nobody asked for", `{"login_id":"amy","password":"Passw0rd-1","token":"123456"}`},
			{"with ldap_only as a text", `{"login_id":"amy","password":"Passw0rd-1","ldap_only":"true"}`},
			{"with ldap_only as a boolean", `{"login_id":"amy","password":"Passw0rd-1","ldap_only":false}`},
			{"and reads the first value of the body only", `{"login_id":"amy","password":"Passw0rd-1"} {"login_id":"x"}`},
			{"with unknown keys beside", `{"login_id":"amy","password":"Passw0rd-1","what":{"is":["this"]}}`},
			{"in a body of the greatest length", sessPad(`{"login_id":"amy","password":"Passw0rd-1"}`, 300512)},
		} {
			t.Run(tc.name, func(t *testing.T) {
				r := s.Visitor().For(t).Post("/users/login", tc.body).Want(http.StatusCreated)
				if r.Text("id") != amy {
					t.Errorf("signed in as %s, want %s", r.Text("id"), amy)
				}
				if len(r.Cookies()) > 0 {
					t.Errorf("cookies %v for a caller that is no browser", r.Cookies())
				}
			})
		}
		s.Events.Want(t, "")
	})
}

func TestLoginRefuses(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.Make(testkit.Account{Username: "amy"})
		s.Events.Take()
		const blank = "api.user.login.blank_pwd.app_error"
		for _, tc := range []struct {
			name, body string
			status     int
			fault      string
		}{
			{"a wrong password", `{"login_id":"amy","password":"wrong"}`, 401, wrongCredentials},
			{"a password beyond 72 bytes", `{"login_id":"amy","password":"` + strings.Repeat("p", 73) + `"}`, 401, wrongCredentials},
			{"an unknown name", `{"login_id":"nobody","password":"Passw0rd-1"}`, 401, wrongCredentials},
			{"a name in blanks", `{"login_id":" amy ","password":"Passw0rd-1"}`, 401, wrongCredentials},
			{"an unknown id", `{"id":"` + sessUnknownID + `","password":"Passw0rd-1"}`, 401, wrongCredentials},
			{"an unknown id beside a known name", `{"id":"x","login_id":"amy","password":"Passw0rd-1"}`, 401, wrongCredentials},
			{"no name", `{"password":"Passw0rd-1"}`, 401, wrongCredentials},
			{"a name that is no text", `{"login_id":5,"password":"Passw0rd-1"}`, 401, wrongCredentials},
			{"no password", `{"login_id":"amy"}`, 400, blank},
			{"an empty password", `{"login_id":"amy","password":""}`, 400, blank},
			{"a password that is no text", `{"login_id":"amy","password":true}`, 400, blank},
			{"a null password", `{"login_id":"amy","password":null}`, 400, blank},
			{"an empty body", ``, 400, blank},
			{"half a body", `{"login_id":"amy","password":"Passw0rd-1"`, 400, blank},
			{"a list", `[]`, 400, blank},
			{"null", `null`, 400, blank},
			{"a number", `5`, 400, blank},
			{"a body nested too deeply", `{"login_id":"amy","password":"Passw0rd-1","x":` + sessDeep(64) + `}`, 400, blank},
			{"a body with the character NUL", `{"login_id":"amy\u0000","password":"Passw0rd-1"}`, 400, blank},
			{
				"a body that is too long", sessPad(`{"login_id":"amy","password":"Passw0rd-1"}`, 300513), 413,
				"api.context.request_body_too_large.app_error",
			},
			{
				"a device id that is too long", `{"login_id":"amy","password":"Passw0rd-1","device_id":"` + strings.Repeat("d", 513) + `"}`,
				400, "api.context.invalid_body_param.app_error",
			},
			{"a magic link while they are off", `{"magic_link_token":"x","login_id":"amy","password":"Passw0rd-1"}`, 401, wrongCredentials},
		} {
			t.Run(tc.name, func(t *testing.T) {
				c := s.Visitor().For(t)
				c.Header.Set("X-Requested-With", "XMLHttpRequest")
				r := c.Post("/users/login", tc.body)
				r.WantFault(tc.status, tc.fault)
				if r.Header.Get("Token") != "" || len(r.Cookies()) > 0 {
					t.Errorf("a refusal with a token or cookies: %v", r.Header)
				}
			})
		}
		if rows := sessRows(t, s, amy); len(rows) != 0 {
			t.Errorf("%d sessions although nobody got in", len(rows))
		}
		s.Events.Want(t, "")
	})
}

func TestLoginAnswer(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.Make(testkit.Account{Username: "amy", Nickname: "Amy"})
		c := s.Visitor()
		c.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36")
		r := sessLogin(c, "amy", testkit.Password).Want(http.StatusCreated)

		t.Run("is the account as its owner sees it", func(t *testing.T) {
			c := s.Visitor().For(t)
			c.Token = r.Header.Get("Token")
			me := c.Get("/users/me").Want(http.StatusOK)
			var got, want map[string]any
			r.JSON(&got)
			me.JSON(&want)
			sessDiff(t, "account", want, got)
			for _, never := range []string{"password", "mfa_secret", "last_login", "mfa_used_timestamps"} {
				if _, there := got[never]; there {
					t.Errorf("the answer has %s", never)
				}
			}
		})
		t.Run("names the session in a header", func(t *testing.T) {
			if !model.ValidID(r.Header.Get("Token")) {
				t.Errorf("token %q", r.Header.Get("Token"))
			}
		})
		t.Run("belongs to a session that says how it began", func(t *testing.T) {
			rows := sessRows(t, s, amy)
			if len(rows) != 1 {
				t.Fatalf("%d sessions, want 1", len(rows))
			}
			n := rows[0]
			if !model.ValidID(n.Props["csrf"]) {
				t.Errorf("CSRF token %q", n.Props["csrf"])
			}
			delete(n.Props, "csrf")
			sessDiff(t, "props", model.StringMap{
				"platform": "Linux", "os": "Linux", "browser": "Chrome/131.0", "isMobile": "false",
				"isSaml": "false", "isOAuthUser": "false", "is_guest": "false",
			}, n.Props)
			if n.IsOAuth || n.DeviceID != "" || n.ID == r.Header.Get("Token") {
				t.Errorf("session %+v", n)
			}
		})
		t.Run("leaves the time of signing in, and what others see, as they should be", func(t *testing.T) {
			u := sessUser(t, s, amy)
			if u.LastLogin == 0 || u.UpdateAt != u.CreateAt || u.FailedAttempts != 0 {
				t.Errorf("last login %d, created %d, updated %d, attempts %d", u.LastLogin, u.CreateAt, u.UpdateAt, u.FailedAttempts)
			}
		})
	})
}

func TestLoginStoresNoSecret(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		audits := s.Admin().Get("/users/" + amy.ID + "/audits").Want(http.StatusOK)
		sessions := amy.Get("/users/me/sessions").Want(http.StatusOK)
		for what, body := range map[string][]byte{"audits": audits.Body, "sessions": sessions.Body} {
			for _, secret := range []string{amy.Token, testkit.Password} {
				if strings.Contains(string(body), secret) {
					t.Errorf("%s shows %s", what, secret)
				}
			}
		}
		history := audits.Column("extra_info")
		slices.Sort(history) // both rows are of one moment
		sessDiff(t, "history", []string{"authenticated", "success"}, history)
		sessDiff(t, "actions", []string{"/api/v4/users/login", "/api/v4/users/login"}, audits.Column("action"))
	})
}

func TestLoginMasksAllReasonsAlike(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		s.Make(testkit.Account{Username: "amy"})
		provider := map[string]any{
			"Enable": true, "Id": "x", "Secret": "y", "AuthEndpoint": "https://id.example.com/auth",
			"TokenEndpoint": "https://id.example.com/token", "UserAPIEndpoint": "https://id.example.com/user",
		}
		for _, tc := range []struct {
			name, section string
			on, off       map[string]any
			want          string
			byName        int
			byEmail       int
		}{
			{
				"usernames only", "EmailSettings",
				map[string]any{"EnableSignInWithEmail": false},
				map[string]any{"EnableSignInWithEmail": true},
				"api.user.login.invalid_credentials_username", 201, 401,
			},
			{
				"e-mail only", "EmailSettings",
				map[string]any{"EnableSignInWithUsername": false},
				map[string]any{"EnableSignInWithUsername": true},
				"api.user.login.invalid_credentials_email", 401, 201,
			},
			{
				"neither", "EmailSettings",
				map[string]any{"EnableSignInWithUsername": false, "EnableSignInWithEmail": false},
				map[string]any{"EnableSignInWithUsername": true, "EnableSignInWithEmail": true},
				wrongCredentials, 401, 401,
			},
			{
				"a single sign-on provider", "GitLabSettings", provider,
				map[string]any{"Enable": false},
				"api.user.login.invalid_credentials_sso", 201, 201,
			},
		} {
			t.Run("with "+tc.name, func(t *testing.T) {
				sessPatch(t, s, tc.section, tc.on)
				defer sessPatch(t, s, tc.section, tc.off)
				v := s.Visitor().For(t)
				sessLogin(v, "amy", "wrong").WantFault(401, tc.want)
				sessLogin(v, "nobody", "wrong").WantFault(401, tc.want)
				sessLogin(v, "amy", testkit.Password).Want(tc.byName)
				sessLogin(v, "amy@example.com", testkit.Password).Want(tc.byEmail)
			})
		}
	})
}

func TestLoginTellsWhatIsWrongOnlyAfterTheRightPassword(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		sessPatch(t, s, "EmailSettings", map[string]any{"RequireEmailVerification": true})
		verified := func(u *model.User) { u.EmailVerified = true }
		for _, tc := range []struct {
			name, user string
			change     func(*model.User)
			fault      string
		}{
			{"a deactivated account", "dea", func(u *model.User) { verified(u); u.DeleteAt = u.UpdateAt }, "api.user.login.inactive.app_error"},
			{"an account that became a bot", "bot", func(u *model.User) { verified(u); u.IsBot = true }, "api.user.login.bot_login_forbidden.app_error"},
			{"an address that is not verified", "unv", func(u *model.User) {}, "api.user.login.not_verified.app_error"},
			{"a guest while guests are off", "gue", func(u *model.User) { verified(u); u.Roles = "system_guest" }, wrongCredentials},
			{"an account of a provider", "sso", func(u *model.User) { verified(u); u.AuthService = "gitlab" }, wrongCredentials},
			{"an account that signs in with links", "lnk", func(u *model.User) { verified(u); u.AuthService = "magic_link" }, wrongCredentials},
		} {
			t.Run(tc.name, func(t *testing.T) {
				id := s.Make(testkit.Account{Username: tc.user})
				sessChange(t, s, id, tc.change)
				v := s.Visitor().For(t)
				sessLogin(v, tc.user, "wrong").WantFault(401, wrongCredentials)
				before := sessUser(t, s, id).FailedAttempts
				for range 3 {
					sessLogin(v, tc.user, testkit.Password).WantFault(401, tc.fault)
				}
				if after := sessUser(t, s, id).FailedAttempts; after != before {
					t.Errorf("right passwords moved the failed tries from %d to %d", before, after)
				}
				if rows := sessRows(t, s, id); len(rows) > 0 {
					t.Errorf("%d sessions", len(rows))
				}
			})
		}
		t.Run("a guest while guests are on gets in", func(t *testing.T) {
			sessPatch(t, s, "GuestAccountsSettings", map[string]any{"Enable": true})
			r := sessLogin(s.Visitor().For(t), "gue", testkit.Password).Want(http.StatusCreated)
			if rows := sessRows(t, s, r.Text("id")); rows[0].Props["is_guest"] != "true" {
				t.Errorf("props %v", rows[0].Props)
			}
		})
	})
}

// TestLoginTakesTheSameStepsForEveryRefusal counts statements: an account that exists
// must not cost another one.
func TestLoginTakesTheSameStepsForEveryRefusal(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		s.Make(testkit.Account{Username: "amy"})
		sessChange(t, s, s.Make(testkit.Account{Username: "dea"}), func(u *model.User) { u.DeleteAt = u.UpdateAt })
		sessChange(t, s, s.Make(testkit.Account{Username: "sso"}), func(u *model.User) { u.AuthService, u.Password = "gitlab", model.Secret{} })
		sessChange(t, s, s.Make(testkit.Account{Username: "bot"}), func(u *model.User) { u.IsBot, u.Password = true, model.Secret{} })
		cost := func(body map[string]string) int64 {
			return fewest(s, 5, func() { s.Visitor().For(t).Post("/users/login", body).WantFault(401, wrongCredentials) })
		}
		want := cost(map[string]string{"login_id": "amy", "password": "wrong"})
		for _, who := range []string{"nobody", "nobody@example.com", "dea", "sso", "bot"} {
			if got := cost(map[string]string{"login_id": who, "password": "wrong"}); got != want {
				t.Errorf("%s takes %d statements, an account %d", who, got, want)
			}
		}
		if got := cost(map[string]string{"id": sessUnknownID, "password": "wrong"}); got != want {
			t.Errorf("an unknown id takes %d statements, an account %d", got, want)
		}
		if n := sessUser(t, s, sessLoginID(t, s, "bot")).FailedAttempts; n != 0 {
			t.Errorf("an account without a password counted %d tries", n)
		}
	})
}

func sessLoginID(t testing.TB, s *testkit.Server, username string) string {
	return s.Admin().For(t).Get("/users/username/" + username).Want(http.StatusOK).Text("id")
}

func FuzzLoginBody(f *testing.F) {
	s := testkit.Start(f, testkit.Databases[0], testkit.Options{Real: true})
	amy := s.Make(testkit.Account{Username: "amy"})
	for _, seed := range []string{
		`{"login_id":"amy","password":"x"}`, `{`, `[]`, `null`, `{"id":null,"password":"x"}`, `{"login_id":"\u0000","password":"x"}`,
		`{"login_id":"\ud800","password":"x"}`, "{\"login_id\":\"\xff\",\"password\":\"x\"}", `{"password":{"a":[1]}}`, sessDeep(70),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := s.Visitor().For(t).Try(http.MethodPost, "/users/login", body)
		if err != nil {
			t.Fatal(err)
		}
		switch r.StatusCode {
		case http.StatusBadRequest, http.StatusUnauthorized:
		default:
			t.Errorf("status %d for %q: %s", r.StatusCode, body, r.Body)
		}
		if !json.Valid(r.Body) {
			t.Errorf("no JSON: %q", r.Body)
		}
		if len(sessRows(t, s, amy)) > 0 {
			t.Errorf("%q signed somebody in", body)
		}
	})
}

func FuzzCreateUserBody(f *testing.F) {
	s := testkit.Start(f, testkit.Databases[0], testkit.Options{Real: true})
	for _, seed := range []string{
		`{"username":"bob","email":"bob@example.com","password":"Passw0rd-1"}`, `{`, `[]`, `null`, `{"email":1}`,
		`{"username":"\u0000","email":"x@y","password":"Passw0rd-1"}`, `{"props":{"a":1}}`, `{"notify_props":null,"timezone":[]}`,
		`{"email":"c@example.com","password":"Passw0rd-1","nickname":"\ud800","roles":"system_admin","delete_at":5}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := s.Admin().For(t).Try(http.MethodPost, "/users", body)
		if err != nil {
			t.Fatal(err)
		}
		switch r.StatusCode {
		case http.StatusCreated:
			if r.Text("roles") != "system_user" {
				t.Errorf("%q made an account with the roles %q", body, r.Text("roles"))
			}
		case http.StatusBadRequest:
		default:
			t.Errorf("status %d for %q: %s", r.StatusCode, body, r.Body)
		}
	})
}
