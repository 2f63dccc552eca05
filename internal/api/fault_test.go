package api_test

import (
	"net/http"
	"strings"
	"testing"

	"muster/internal/model"
	"muster/internal/testkit"
)

func TestWhatClientsLearnOfErrors(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		refused := func(t *testing.T) *testkit.Response { return amy.For(t).Get("/config") }
		missing := func(t *testing.T) *testkit.Response {
			return amy.For(t).Get("/users/me/data_retention/team_policies")
		}
		t.Run("is no detail", func(t *testing.T) {
			r := refused(t)
			r.WantFault(403, sessForbidden)
			if r.Value("detailed_error") != "" || r.Value("status_code") != 403.0 || r.Text("message") == "" {
				t.Errorf("body %s", r.Body)
			}
		})
		t.Run("is the detail where that is wanted", func(t *testing.T) {
			sessPatch(t, s, "ServiceSettings", map[string]any{"EnableDeveloper": true})
			if got := refused(t).Text("detailed_error"); got != "userId="+amy.ID+", permission=manage_system" {
				t.Errorf("detail %q", got)
			}
		})
		t.Run("is nothing at all of what is wrong with a hardened server", func(t *testing.T) {
			if missing(t).StatusCode != http.StatusNotImplemented {
				t.Fatal("the operation exists by now: choose another one")
			}
			sessPatch(t, s, "ServiceSettings", map[string]any{"ExperimentalEnableHardenedMode": true})
			r := missing(t).Want(http.StatusInternalServerError)
			if r.Value("id") != "" || r.Value("detailed_error") != "" || r.Value("status_code") != 500.0 || r.Text("message") == "" {
				t.Errorf("body %s", r.Body)
			}
			refused(t).WantFault(403, sessForbidden)
		})
	})
}

func TestLanguageOfMessages(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		says := func(language string) string {
			r := sessWithHeader(t, s.Visitor(), "Accept-Language", language).Get("/users/me")
			r.WantFault(401, sessEnded)
			return r.Text("message")
		}
		english, german := says("en"), says("de")
		if english == german || english == sessEnded {
			t.Errorf("English %q, German %q", english, german)
		}
		for language, want := range map[string]string{
			"en-GB,en;q=0.8": english, "xx": english, "*": english, "de;q=x": english, "": english,
			"\u00e4": english, "eu,de;q=0.5": german, "de-AT": german, "de;q=0.1,en;q=0.9": english, strings.Repeat("de,", 5000): german,
		} {
			if got := says(language); got != want {
				t.Errorf("%.20s: %q, want %q", language, got, want)
			}
		}
		sessPatch(t, s, "LocalizationSettings", map[string]any{"DefaultServerLocale": "de"})
		if got := says(""); got != german {
			t.Errorf("who prefers no language is told %q, want %q", got, german)
		}
	})
}

func TestEnforcedSecondFactor(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		const needed = "api.context.mfa_required.app_error"
		amy := s.User("amy")
		as := func(username string, change func(*model.User)) *testkit.Client {
			c := s.User(username)
			sessChange(t, s, c.ID, change)
			return c
		}
		free := map[string]*testkit.Client{
			"a guest":                as("gus", func(u *model.User) { u.Roles = "system_guest" }),
			"an account of GitLab":   as("git", func(u *model.User) { u.AuthService = "gitlab" }),
			"an account of SAML":     as("sam", func(u *model.User) { u.AuthService = "saml" }),
			"an account with a link": as("lnk", func(u *model.User) { u.AuthService = "magic_link" }),
			"an application":         sessInsert(t, s, amy.ID, &model.Session{CreateAt: 1, LastActivityAt: 1, IsOAuth: true}),
		}
		bound := map[string]*testkit.Client{
			"an account":                 as("bob", func(*model.User) {}),
			"an account named by e-mail": as("eve", func(u *model.User) { u.AuthService = "email" }),
			"an account of LDAP":         as("lea", func(u *model.User) { u.AuthService = "ldap" }),
			"an administrator":           s.Admin(),
		}
		bot := s.Make(testkit.Account{Username: "bot"})
		s.Admin().Post("/users/"+bot+"/convert_to_bot", nil).Want(http.StatusOK)
		free["a bot"] = sessInsert(t, s, bot, &model.Session{CreateAt: 1, LastActivityAt: 1})
		for _, c := range bound {
			c.For(t).Get("/users/me/sessions").Want(http.StatusOK)
		}
		sessPatch(t, s, "ServiceSettings", map[string]any{"EnforceMultifactorAuthentication": true})
		amy.Get("/users/me/sessions").Want(http.StatusOK) // enforcing what is off has no effect
		sessPatch(t, s, "ServiceSettings", map[string]any{"EnableMultifactorAuthentication": true})
		for name, c := range bound {
			t.Run("stops "+name, func(t *testing.T) {
				c.For(t).Get("/users/me/sessions").WantFault(403, needed)
				c.For(t).Get("/users/"+c.ID).WantFault(403, needed)
				c.For(t).Put("/users/me/patch", `{"nickname":"x"}`).WantFault(403, needed)
			})
			t.Run("but lets "+name+" see who they are and set the factor up", func(t *testing.T) {
				c.For(t).Get("/users/me").Want(http.StatusOK)
				for _, r := range []*testkit.Response{c.For(t).Put("/users/me/mfa", `{}`), c.For(t).Post("/users/me/mfa/generate", nil)} {
					if r.Text("id") == needed {
						t.Errorf("body %s", r.Body)
					}
				}
				c.For(t).Get("/system/ping").Want(http.StatusOK)
			})
		}
		for name, c := range free {
			t.Run("does not concern "+name, func(t *testing.T) { c.For(t).Get("/users/me/sessions").Want(http.StatusOK) })
		}
		t.Run("does not keep anybody from signing in or out", func(t *testing.T) {
			c := s.SignIn("bob")
			c.For(t).Get("/users/me/sessions").WantFault(403, needed)
			c.For(t).Post("/users/logout", nil).Want(http.StatusCreated)
		})
	})
}

func TestEnforcedSecondFactorOfGuests(t *testing.T) {
	env := []string{
		"MM_SERVICESETTINGS_ENABLEMULTIFACTORAUTHENTICATION=true", "MM_SERVICESETTINGS_ENFORCEMULTIFACTORAUTHENTICATION=true",
		"MM_GUESTACCOUNTSSETTINGS_ENABLE=true", "MM_GUESTACCOUNTSSETTINGS_ENFORCEMULTIFACTORAUTHENTICATION=true",
	}
	testkit.Each(t, testkit.Options{Env: env, NoAdmin: true}, func(t *testing.T, s *testkit.Server) {
		v := s.Visitor()
		id := v.Post("/users", `{"username":"gus","email":"gus@example.com","password":"Passw0rd-1"}`).Want(http.StatusCreated).Text("id")
		sessChange(t, s, id, func(u *model.User) { u.Roles = "system_guest" })
		s.SignIn("gus").Get("/users/me/sessions").WantFault(403, "api.context.mfa_required.app_error")
	})
}

func TestAccessTokensNeedTheirSetting(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bot := s.Make(testkit.Account{Username: "amy"}), s.Make(testkit.Account{Username: "bot"})
		sessChange(t, s, bot, func(u *model.User) { u.IsBot = true })
		token := func(id string) *testkit.Client {
			return sessInsert(t, s, id, &model.Session{CreateAt: 1, LastActivityAt: 1, Props: model.StringMap{"type": "UserAccessToken"}})
		}
		person, machine := token(amy), token(bot)
		person.Get("/users/me").WantFault(401, sessEnded)
		machine.Get("/users/me").Want(http.StatusOK)
		sessPatch(t, s, "ServiceSettings", map[string]any{"EnableUserAccessTokens": true})
		person.Get("/users/me").Want(http.StatusOK)
	})
}
