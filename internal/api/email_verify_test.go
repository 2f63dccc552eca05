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

func TestNewAccountSignsInAfterItsAddressIsConfirmed(t *testing.T) {
	mailEach(t, []string{"MM_TEAMSETTINGS_ENABLEOPENSERVER=true"}, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		mailRequireVerification(t, s, true)
		v := s.Visitor()
		v.Post("/users?r=/team/channels/general", testkit.Account{Username: "amy", Email: "Amy@example.com", Password: testkit.Password}).Want(http.StatusCreated)
		sessLogin(v, "amy", testkit.Password).WantFault(http.StatusUnauthorized, "api.user.login.not_verified.app_error")
		link := mailLast(t, s, m, "amy@example.com", mailSubjectWelcome).Link()
		secret := mailSecret(t, link)
		mailEqual(t, "link", link, "https://chat.example.com/do_verify_email?token="+secret+"&email=amy%40example.com&redirect_to=%2Fteam%2Fchannels%2Fgeneral")
		s.Events.Take()
		mailEqual(t, "answer", string(mailVerify(v, secret).Want(http.StatusOK).Body), `{"status":"OK"}`)
		s.Events.Want(t, "user_updated user_updated user_updated")
		amy := s.SignIn("amy")
		mailEqual(t, "confirmed", amy.Get("/users/me").Value("email_verified"), any(true))
		mailVerify(v, secret).WantFault(http.StatusBadRequest, "api.user.verify_email.bad_link.app_error")
		mailEqual(t, "history", mailHistory(t, s, amy.ID, "/users/email/verify"), []string{"Email Verified"})
		mailWantSubjects(t, s, m, "amy@example.com", mailSubjectWelcome)
	})
}

func TestLinkToConfirmAnAddressIsSentAgain(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		mailRequireVerification(t, s, true)
		s.Make(testkit.Account{Username: "amy"})
		v := s.Visitor()
		first := mailSecret(t, mailLast(t, s, m, "amy@example.com", mailSubjectWelcome).Link())
		s.Events.Take()
		for _, tc := range []struct{ loginID, redirect, kept string }{
			{"AMY@example.com", "/a/b?c=d", "&redirect_to=%2Fa%2Fb%3Fc%3Dd"},
			{"Amy", "", ""},
			{"amy@example.com", "https://evil.example", ""},
			{"amy@example.com", "//evil.example", ""},
		} {
			before := len(m.Mails("amy@example.com"))
			r := v.Post("/users/email/verify/send?r="+strings.NewReplacer("?", "%3F", "=", "%3D").Replace(tc.redirect), map[string]string{"email": tc.loginID})
			mailEqual(t, "answer", string(r.Want(http.StatusOK).Body), `{"status":"OK"}`)
			mail := m.Wait(t, "amy@example.com", before+1)
			_, after, _ := strings.Cut(mail.Link(), "&email=amy%40example.com")
			mailEqual(t, "where "+tc.redirect+" leads", after, tc.kept)
			if strings.Contains(mail.Raw, "evil") {
				t.Errorf("a foreign address got into the mail:\n%s", mail.Raw)
			}
		}
		s.Events.Want(t, "")
		mailVerify(v, first).WantFault(http.StatusBadRequest, "api.user.verify_email.bad_link.app_error")
		last := mailSecret(t, mailLast(t, s, m, "amy@example.com", mailSubjectVerify).Link())
		mailVerify(v, last).Want(http.StatusOK)
		v.Post("/users/email/verify/send", map[string]string{"email": "amy@example.com"}).Want(http.StatusOK)
		mailEqual(t, "mails to who is confirmed", len(mailSubjects(t, s, m, "amy@example.com")), 5)
		s.SignIn("amy")
	})
}

func TestLinksThatConfirmNothing(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, _ *smtp.Server) {
		other := s.Make(testkit.Account{Username: "other"})
		now := func() int64 { return s.Clock.Now().UnixMilli() }
		for _, tc := range []struct {
			name   string
			secret func(u *model.User) string
		}{
			{"a link nobody sent", func(*model.User) string { return strings.Repeat("y", model.OneTimeTokenLength) }},
			{"a link for a new password", func(u *model.User) string {
				return mailOneTime(t, s, model.TokenPasswordRecovery, u.ID, now(), model.StringMap{"Email": u.Email, "Was": u.Email})
			}},
			{"a link of yesterday", func(u *model.User) string {
				return mailOneTime(t, s, model.TokenVerifyEmail, u.ID, s.Clock.Now().Add(-24*time.Hour-time.Second).UnixMilli(), model.StringMap{"Email": u.Email, "Was": u.Email})
			}},
			{"a link for an address the account had before", func(u *model.User) string {
				return mailOneTime(t, s, model.TokenVerifyEmail, u.ID, now(), model.StringMap{"Email": "before@example.com", "Was": "before@example.com"})
			}},
			{"a link to an address that is another account's by now", func(u *model.User) string {
				return mailOneTime(t, s, model.TokenVerifyEmail, u.ID, now(), model.StringMap{"Email": "other@example.com", "Was": u.Email})
			}},
			{"a link that moves an account whose password was changed since", func(u *model.User) string {
				return mailOneTime(t, s, model.TokenVerifyEmail, u.ID, u.LastPasswordUpdate-1, model.StringMap{"Email": "moved@example.com", "Was": u.Email})
			}},
			{"a link without an address", func(u *model.User) string { return mailOneTime(t, s, model.TokenVerifyEmail, u.ID, now(), nil) }},
		} {
			id := s.Make(testkit.Account{Username: "u" + model.NewID()})
			mailSettle(t, s)
			was := sessUser(t, s, id)
			secret := tc.secret(was)
			s.Events.Take()
			mailVerify(s.Visitor().For(t), secret).WantFault(http.StatusBadRequest, "api.user.verify_email.bad_link.app_error")
			s.Events.Want(t, "")
			if u := sessUser(t, s, id); u.EmailVerified || u.Email != was.Email || u.UpdateAt != was.UpdateAt {
				t.Errorf("%s changed the account to %s, confirmed %t", tc.name, u.Email, u.EmailVerified)
			}
		}
		mailEqual(t, "address of the other", sessUser(t, s, other).Email, "other@example.com")
	})
}

func TestAddressMovesWhenTheNewOneIsConfirmed(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.User("amy")
		mailRequireVerification(t, s, true)
		patch := map[string]string{"email": "New@example.com", "password": testkit.Password}
		mailEqual(t, "answered address", amy.Put("/users/me/patch", patch).Want(http.StatusOK).Text("email"), "amy@example.com")
		mail := mailLast(t, s, m, "new@example.com", mailSubjectChange)
		mailWantSubjects(t, s, m, "amy@example.com", mailSubjectWelcome)
		mailEqual(t, "stored address", sessUser(t, s, amy.ID).Email, "amy@example.com")
		s.Events.Take()
		mailVerify(s.Visitor(), mailSecret(t, mail.Link())).Want(http.StatusOK)
		s.Events.Want(t, "user_updated user_updated user_updated")
		u := sessUser(t, s, amy.ID)
		mailEqual(t, "stored address", []any{u.Email, u.EmailVerified}, []any{"new@example.com", true})
		mailWantSubjects(t, s, m, "amy@example.com", mailSubjectWelcome, mailSubjectMoved)
		if text := mailLast(t, s, m, "amy@example.com", mailSubjectMoved).Text; !strings.Contains(text, "new@example.com") {
			t.Errorf("the notice does not name the new address:\n%s", text)
		}
		sessLogin(s.Visitor(), "new@example.com", testkit.Password).Want(http.StatusCreated)
		sessLogin(s.Visitor(), "amy@example.com", testkit.Password).Want(http.StatusUnauthorized)
	})
}

func TestFullUpdateMovesTheAddressLikeAPatch(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.User("amy")
		mailRequireVerification(t, s, true)
		s.Admin().Put("/users/"+amy.ID, map[string]string{"id": amy.ID, "username": "amy", "email": "new@example.com"}).Want(http.StatusOK)
		mailLast(t, s, m, "new@example.com", mailSubjectChange)
		mailEqual(t, "stored address", sessUser(t, s, amy.ID).Email, "amy@example.com")
	})
}

func TestNewPasswordKeepsAnAccountFromMoving(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		thief := s.User("amy")
		mailRequireVerification(t, s, true)
		thief.Put("/users/me/patch", map[string]string{"email": "thief@example.com", "password": testkit.Password}).Want(http.StatusOK)
		stolen := mailSecret(t, mailLast(t, s, m, "thief@example.com", mailSubjectChange).Link())
		mailReset(s.Visitor(), mailAskReset(t, s, m, "amy@example.com"), mailPassword).Want(http.StatusOK)
		mailVerify(s.Visitor(), stolen).WantFault(http.StatusBadRequest, "api.user.verify_email.bad_link.app_error")
		mailEqual(t, "address", sessUser(t, s, thief.ID).Email, "amy@example.com")
	})
}

func TestWithoutConfirmationTheOldAddressIsTold(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.User("amy")
		mailSettle(t, s)
		verify := mailSecret(t, mailLast(t, s, m, "amy@example.com", mailSubjectWelcome).Link())
		reset := mailAskReset(t, s, m, "amy@example.com")
		amy.Put("/users/me/patch", map[string]string{"email": "new@example.com", "password": testkit.Password}).Want(http.StatusOK)
		mailWantSubjects(t, s, m, "amy@example.com", mailSubjectWelcome, mailSubjectReset, mailSubjectMoved)
		mailWantSubjects(t, s, m, "new@example.com")
		mailVerify(s.Visitor(), verify).WantFault(http.StatusBadRequest, "api.user.verify_email.bad_link.app_error")
		mailReset(s.Visitor(), reset, mailPassword).WantFault(http.StatusBadRequest, "api.user.reset_password.link_expired.app_error")
		u := sessUser(t, s, amy.ID)
		mailEqual(t, "address", []any{u.Email, u.EmailVerified}, []any{"new@example.com", false})
	})
}

func TestAddressIsConfirmedOnAnAdministratorsWord(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: func(folder string) []string {
		return []string{"MM_SERVICESETTINGS_ENABLELOCALMODE=true", "MM_SERVICESETTINGS_LOCALMODESOCKETLOCATION=" + folder + "/local.sock"}
	}}, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		manager := s.WithRoles("manager", "system_user system_manager")
		path := "/users/" + amy.ID + "/email/verify/member"
		s.Events.Take()
		for _, tc := range []struct {
			name   string
			who    *testkit.Client
			path   string
			status int
			id     string
		}{
			{"a visitor", s.Visitor(), path, 401, "api.context.session_expired.app_error"},
			{"a member", amy, "/users/me/email/verify/member", 403, "api.context.permissions.app_error"},
			{"a manager", manager, path, 403, "api.context.permissions.app_error"},
			{"a member about nobody", amy, "/users/" + mailUnknownID + "/email/verify/member", 404, "app.user.missing_account.const"},
			{"an administrator about nobody", s.Admin(), "/users/" + mailUnknownID + "/email/verify/member", 404, "app.user.missing_account.const"},
			{"an administrator about junk", s.Admin(), "/users/junk/email/verify/member", 400, "api.context.invalid_url_param.app_error"},
		} {
			tc.who.For(t).Post(tc.path, nil).WantFault(tc.status, tc.id)
		}
		s.Events.Want(t, "")
		mailEqual(t, "confirmed", sessUser(t, s, amy.ID).EmailVerified, false)
		r := s.Admin().Post(path, "{").Want(http.StatusOK)
		mailEqual(t, "answer", []any{r.Text("id"), r.Value("email_verified")}, []any{amy.ID, nil})
		s.Events.Want(t, "user_updated user_updated user_updated")
		mailEqual(t, "confirmed", sessUser(t, s, amy.ID).EmailVerified, true)
		s.Socket().Post(path, nil).Want(http.StatusOK) // once more is fine
		mailEqual(t, "history", mailHistory(t, s, s.Admin().ID, path), []string{"user verified"})
	})
}
