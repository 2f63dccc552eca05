package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

func TestResetByLinkSetsThePasswordAndEndsWhatWasBefore(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy, second := s.User("amy"), s.SignIn("amy")
		for range 3 {
			sessLogin(s.Visitor(), "amy", "wrong").Want(http.StatusUnauthorized)
		}
		older := mailAskReset(t, s, m, "amy@example.com")
		s.Visitor().Post("/users/password/reset/send", map[string]string{"email": "AMY@example.com"}).Want(http.StatusOK)
		link := mailLast(t, s, m, "amy@example.com", mailSubjectReset).Link()
		if !strings.HasPrefix(link, "https://chat.example.com/reset_password_complete?token=") {
			t.Fatalf("link %s", link)
		}
		secret := mailSecret(t, link)
		s.Events.Take()
		mailReset(s.Visitor(), older, mailPassword).WantFault(http.StatusBadRequest, "api.user.reset_password.invalid_link.app_error")
		mailEqual(t, "answer", string(mailReset(amy, secret, mailPassword).Want(http.StatusOK).Body), `{"status":"OK"}`)
		s.Events.Want(t, "")
		amy.Get("/users/me").Want(http.StatusUnauthorized)
		second.Get("/users/me").Want(http.StatusUnauthorized)
		sessLogin(s.Visitor(), "amy", testkit.Password).Want(http.StatusUnauthorized)
		u := sessUser(t, s, amy.ID)
		mailEqual(t, "failed attempts counted since", u.FailedAttempts, 1)
		mailEqual(t, "time of the password", u.LastPasswordUpdate, u.UpdateAt)
		sessLogin(s.Visitor(), "amy", mailPassword).Want(http.StatusCreated)
		mailReset(s.Visitor(), secret, "Another-secret-8").WantFault(http.StatusBadRequest, "api.user.reset_password.invalid_link.app_error")
		mailWantSubjects(t, s, m, "amy@example.com", mailSubjectWelcome, mailSubjectReset, mailSubjectReset, mailSubjectPassword)
		if text := mailLast(t, s, m, "amy@example.com", mailSubjectPassword).Text; !strings.Contains(text, "with a link sent to your e-mail address") {
			t.Errorf("the mail does not say how:\n%s", text)
		}
		mailEqual(t, "history", mailHistory(t, s, amy.ID, "/users/password/reset"), []string{"attempt", "success"})
	})
}

func TestResetKeepsSessionsWhereTheSettingsSaySo(t *testing.T) {
	mailEach(t, []string{"MM_SERVICESETTINGS_TERMINATESESSIONSONPASSWORDCHANGE=false"}, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.User("amy")
		mailReset(s.Visitor(), mailAskReset(t, s, m, "amy@example.com"), mailPassword).Want(http.StatusOK)
		amy.Get("/users/me").Want(http.StatusOK)
	})
}

func TestResetUnlocksAnAccountAndLeavesItsSecondFactor(t *testing.T) {
	mailEach(t, []string{"MM_SERVICESETTINGS_MAXIMUMLOGINATTEMPTS=2"}, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		id := s.Make(testkit.Account{Username: "amy"})
		for range 2 {
			sessLogin(s.Visitor(), "amy", "wrong").Want(http.StatusUnauthorized)
		}
		sessLogin(s.Visitor(), "amy", testkit.Password).WantFault(http.StatusUnauthorized, "api.user.check_user_login_attempts.too_many.app_error")
		if err := s.DB.Tx(t.Context(), mailMfaOn(t, id)); err != nil {
			t.Fatal(err)
		}
		mailReset(s.Visitor(), mailAskReset(t, s, m, "amy@example.com"), mailPassword).Want(http.StatusOK)
		sessLogin(s.Visitor(), "amy", mailPassword).Want(http.StatusCreated)
		if u := sessUser(t, s, id); !u.MfaActive || u.MfaSecret.Empty() {
			t.Error("the second factor is gone")
		}
	})
}

func TestLinksThatResetNothing(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		data := "x"
		v := s.Visitor()
		for _, tc := range []struct {
			name   string
			before func(id string) string // gives the secret
			id     string
			noted  bool
		}{
			{"a link nobody sent", func(string) string { return strings.Repeat("y", model.OneTimeTokenLength) }, "invalid_link.app_error", false},
			{"a link to confirm an address", func(id string) string {
				return mailOneTime(t, s, model.TokenVerifyEmail, id, s.Clock.Now().UnixMilli(), nil)
			}, "broken_token.app_error", false},
			{"a link of yesterday", func(id string) string {
				return mailOneTime(t, s, model.TokenPasswordRecovery, id, s.Clock.Now().Add(-24*time.Hour-time.Second).UnixMilli(),
					model.StringMap{model.TokenEmail: sessUser(t, s, id).Email})
			}, "link_expired.app_error", true},
			{"a link to an address the account had before", func(id string) string {
				secret := mailAskReset(t, s, m, sessUser(t, s, id).Email)
				sessChange(t, s, id, func(u *model.User) { u.Email = "moved-" + u.Email })
				return secret
			}, "link_expired.app_error", true},
			{"a link of an account that signs in with a provider now", func(id string) string {
				secret := mailAskReset(t, s, m, sessUser(t, s, id).Email)
				sessChange(t, s, id, func(u *model.User) { u.AuthService, u.AuthData = model.AuthGitLab, &data })
				return secret
			}, "sso.app_error", true},
			{"a link of an account that is a bot now", func(id string) string {
				secret := mailAskReset(t, s, m, sessUser(t, s, id).Email)
				sessChange(t, s, id, func(u *model.User) { u.IsBot = true })
				return secret
			}, "sso.app_error", true},
			{"a link from before the password was changed", func(id string) string {
				secret := mailAskReset(t, s, m, sessUser(t, s, id).Email)
				s.Admin().Put("/users/"+id+"/password", map[string]string{"new_password": "Changed-meanwhile-5"}).Want(http.StatusOK)
				return secret
			}, "invalid_link.app_error", false},
		} {
			id := s.Make(testkit.Account{Username: "u" + model.NewID()})
			mailSettle(t, s) // the welcome brings a link of its own
			secret := tc.before(id)
			was := sessUser(t, s, id)
			s.Events.Take()
			mailReset(v.For(t), secret, mailPassword).WantFault(http.StatusBadRequest, "api.user.reset_password."+tc.id)
			if now := sessUser(t, s, id); !now.Password.Equal(was.Password.Reveal()) || now.UpdateAt != was.UpdateAt {
				t.Errorf("%s changed the account", tc.name)
			}
			s.Events.Want(t, "")
			want := []string{}
			if tc.noted {
				want = []string{"attempt", "fail"}
			}
			mailEqual(t, "history after "+tc.name, mailHistory(t, s, id, "/users/password/reset"), want)
		}
	})
}

func TestPasswordThatBreaksTheRulesDoesNotUseUpALink(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.User("annabelle")
		secret := mailAskReset(t, s, m, "annabelle@example.com")
		v := s.Visitor()
		s.Events.Take()
		for password, rule := range map[string]string{
			"": "min_length", "short": "min_length", strings.Repeat("p", 73): "max_length", "12345678": "common", "Annabelle1!": "context",
		} {
			mailReset(v, secret, password).WantFault(http.StatusBadRequest, "model.user.is_valid.pwd_"+rule+".app_error")
		}
		s.Events.Want(t, "")
		amy.Get("/users/me").Want(http.StatusOK)
		mailReset(v, secret, mailPassword).Want(http.StatusOK)
	})
}

func TestResetTakesTheDocumentedNameOfTheSecret(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		s.Make(testkit.Account{Username: "amy"})
		secret := mailAskReset(t, s, m, "amy@example.com")
		s.Visitor().Post("/users/password/reset", map[string]string{"code": secret, "new_password": mailPassword}).Want(http.StatusOK)
	})
}

func TestBodiesThatNameNothing(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.User("amy")
		was := sessUser(t, s, amy.ID)
		mailSettle(t, s)
		mails := len(m.Mails(""))
		s.Events.Take()
		v := s.Visitor()
		deep := strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)
		for _, path := range []string{"/users/password/reset", "/users/password/reset/send", "/users/email/verify", "/users/email/verify/send"} {
			for _, body := range []string{
				"", "{", "null", "[]", "[1]", `"x"`, "1", "{}", deep, `{"email":"","token":""}`, `{"email":7,"token":7}`,
				`{"email":null,"token":null,"new_password":null}`, `{"token":"short","new_password":"` + mailPassword + `"}`,
				`{"token":"` + strings.Repeat("y", 65) + `"}`, `{"email":"a\u0000b","token":"\u0000"}`,
			} {
				v.For(t).Post(path, body).WantFault(http.StatusBadRequest, "api.context.invalid_body_param.app_error")
			}
			v.For(t).Post(path, `{"email":"`+strings.Repeat("x", 300_600)+`"}`).WantFault(http.StatusRequestEntityTooLarge, "api.context.request_body_too_large.app_error")
			// A cookie alone is no proof that the owner meant it.
			c := amy.For(t)
			c.Token = ""
			c.Header.Set("Cookie", "MMAUTHTOKEN="+amy.Token)
			c.Post(path, map[string]string{"email": "amy@example.com", "token": strings.Repeat("y", 64)}).
				WantFault(http.StatusUnauthorized, "api.context.session_expired.app_error")
		}
		s.Events.Want(t, "")
		mailEqual(t, "time of the last change", sessUser(t, s, amy.ID).UpdateAt, was.UpdateAt)
		mailSettle(t, s)
		mailEqual(t, "mails", len(m.Mails("")), mails)
	})
}

func TestLocalSocketAsksForALink(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: func(folder string) []string {
		return []string{"MM_SERVICESETTINGS_ENABLELOCALMODE=true", "MM_SERVICESETTINGS_LOCALMODESOCKETLOCATION=" + folder + "/local.sock"}
	}}, func(t *testing.T, s *testkit.Server) {
		s.Socket().Post("/users/password/reset/send", map[string]string{"email": "admin@example.com"}).Want(http.StatusOK)
	})
}
