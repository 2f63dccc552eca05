package api_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"muster/internal/testkit"
	"muster/internal/testkit/smtp"
)

func TestOwnerIsToldOfEveryChangeOfTheAccount(t *testing.T) {
	env := []string{
		"MM_SERVICESETTINGS_ENABLEMULTIFACTORAUTHENTICATION=true", "MM_SERVICESETTINGS_ENABLEUSERACCESSTOKENS=true",
		"MM_TEAMSETTINGS_ENABLEUSERDEACTIVATION=true", "MM_SERVICESETTINGS_ENABLEBOTACCOUNTCREATION=true",
	}
	mailEach(t, env, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.User("amy")
		const to = "amy@example.com"
		want := []string{mailSubjectWelcome}
		tell := func(subject string) {
			t.Helper()
			want = append(want, subject)
			mailWantSubjects(t, s, m, to, want...)
		}
		amy.Put("/users/me/password", map[string]string{"current_password": testkit.Password, "new_password": mailPassword}).Want(http.StatusOK)
		tell(mailSubjectPassword)
		s.Admin().Put("/users/"+amy.ID+"/password", map[string]string{"new_password": testkit.Password}).Want(http.StatusOK)
		tell(mailSubjectPassword)
		var texts string // in the order in which they were delivered, which nobody promises
		for _, mail := range m.Mails(to) {
			texts += mail.Text
		}
		if strings.Count(texts, "by an administrator") != 1 || strings.Count(texts, "in the settings") != 1 {
			t.Errorf("the mails do not say who changed the password:\n%s", texts)
		}
		hash := sessUser(t, s, amy.ID).Password.Reveal()
		s.Admin().Put("/users/"+amy.ID+"/password", map[string]string{"new_password": hash, "already_hashed": "true"}).Want(http.StatusOK)
		amy = s.SignIn("amy")

		secret := amy.Post("/users/me/mfa/generate", nil).Want(http.StatusOK).Text("secret")
		code, err := totp.GenerateCode(secret, s.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		amy.Put("/users/me/mfa", map[string]any{"activate": true, "code": code}).Want(http.StatusOK)
		tell("Multi-factor sign-in was switched on")
		amy.Post("/users/me/mfa/recovery_codes", nil).Want(http.StatusOK)
		tell("New recovery codes were made")
		amy.Post("/users/me/mfa/generate", nil).Want(http.StatusOK)
		tell("Your authenticator app was replaced")
		amy.Put("/users/me/mfa", map[string]any{"activate": false}).Want(http.StatusOK)
		tell("Multi-factor sign-in was switched off")

		token := s.Admin().Post("/users/"+amy.ID+"/tokens", map[string]string{"description": "d"}).Want(http.StatusCreated).Text("id")
		tell("An access token was added")
		tokenChange(s.Admin(), "rotate", token).Want(http.StatusOK)
		tell("An access token got a new secret")
		amy.Put("/users/me/patch", map[string]string{"username": "amelia"}).Want(http.StatusOK)
		tell("Your username was changed")
		amy.Put("/users/me/patch", map[string]string{"nickname": "a"}).Want(http.StatusOK)
		amy.Put("/users/me/active", map[string]bool{"active": false}).Want(http.StatusOK)
		tell("Your account was deactivated")

		s.Admin().Put("/users/"+amy.ID+"/active", map[string]bool{"active": true}).Want(http.StatusOK)
		s.Admin().Put("/users/"+amy.ID+"/active", map[string]bool{"active": false}).Want(http.StatusOK)
		s.Admin().Delete("/users/" + amy.ID).Want(http.StatusOK)
		mailWantSubjects(t, s, m, to, want...)

		bot := s.Admin().Post("/bots", map[string]string{"username": "robot"}).Want(http.StatusCreated).Text("user_id")
		s.Admin().Post("/users/"+bot+"/tokens", map[string]string{"description": "d"}).Want(http.StatusCreated)
		s.Admin().Put("/users/"+bot+"/patch", map[string]string{"username": "robot2"}).Want(http.StatusOK)
		mailSettle(t, s)
		for _, mail := range m.Mails("") {
			if to := strings.Join(mail.To, " "); to != "amy@example.com" && to != "admin@example.com" {
				t.Errorf("%q went to %s", mail.Subject, to)
			}
		}
	})
}

func TestNewAccountIsWelcomedUnlessNobodyWantsThat(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		for i, tc := range []struct {
			name             string
			notices, require bool
			body             map[string]any
			want             string
		}{
			{"an address that is not confirmed", true, false, nil, mailSubjectWelcome},
			{"an address that is confirmed", true, true, map[string]any{"email_verified": true}, "Welcome"},
			{"notices are off and nothing is to be confirmed", false, false, nil, ""},
			{"notices are off and the address is to be confirmed", false, true, nil, mailSubjectWelcome},
			{"notices are off and the address is confirmed already", false, true, map[string]any{"email_verified": true}, ""},
			{"who makes the account wants no mail", true, true, map[string]any{"disable_welcome_email": true}, ""},
		} {
			mailSettings(t, s, map[string]any{"EmailSettings": map[string]any{"SendEmailNotifications": tc.notices, "RequireEmailVerification": tc.require}})
			name := "user" + strconv.Itoa(i)
			body := map[string]any{"username": name, "email": name + "@example.com", "password": testkit.Password}
			for k, v := range tc.body {
				body[k] = v
			}
			r := s.Admin().Post("/users", body).Want(http.StatusCreated)
			want := []string{}
			if tc.want != "" {
				want = append(want, tc.want)
			}
			mailWantSubjects(t, s, m, name+"@example.com", want...)
			if tc.want == "Welcome" {
				if mail := m.Wait(t, name+"@example.com", 1); !strings.Contains(mail.Text, "https://chat.example.com\n") || strings.Contains(mail.Text, "token") {
					t.Errorf("a welcome without anything to confirm:\n%s", mail.Text)
				}
			}
			s.Admin().Delete("/users/" + r.Text("id")).Want(http.StatusOK)
		}
	})
}

func TestNoticesCanBeSwitchedOffButNotLinks(t *testing.T) {
	mailEach(t, []string{"MM_EMAILSETTINGS_SENDEMAILNOTIFICATIONS=false"}, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		amy := s.User("amy")
		amy.Put("/users/me/patch", map[string]string{"username": "amelia"}).Want(http.StatusOK)
		mailReset(s.Visitor(), mailAskReset(t, s, m, "amy@example.com"), mailPassword).Want(http.StatusOK)
		mailWantSubjects(t, s, m, "amy@example.com", mailSubjectReset)
	})
}

func TestMailsSpeakTheLanguageOfTheirReader(t *testing.T) {
	mailEach(t, nil, func(t *testing.T, s *testkit.Server, m *smtp.Server) {
		for locale, want := range map[string]string{"de": "Neues Passwort wählen", "fr": "Choisissez un nouveau mot de passe", "en": mailSubjectReset, "ja": mailSubjectReset} {
			name := "reader-" + locale
			s.Admin().Post("/users", map[string]any{
				"username": name, "email": name + "@example.com", "password": testkit.Password, "locale": locale,
				"disable_welcome_email": true,
			}).Want(http.StatusCreated)
			s.Visitor().Post("/users/password/reset/send", map[string]string{"email": name + "@example.com"}).Want(http.StatusOK)
			mailWantSubjects(t, s, m, name+"@example.com", want)
		}
	})
}

func TestMailIsTriedAgainWhenTheServerHasNoTime(t *testing.T) {
	t.Parallel()
	for _, database := range testkit.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			refused, busy := make(chan struct{}, 100), atomic.Bool{}
			busy.Store(true)
			m := smtp.Start(t, smtp.Options{Refuse: func(stage, _ string) error {
				if stage != "to" || !busy.Load() {
					return nil
				}
				refused <- struct{}{}
				return smtp.Refusal(451, "come back later")
			}})
			s := mailStart(t, database, m)
			s.Make(testkit.Account{Username: "amy"})
			<-refused
			<-refused // the first administrator is welcomed too
			busy.Store(false)
			late := time.After(20 * time.Second)
			for tick := time.Tick(50 * time.Millisecond); len(m.Mails("")) < 2; {
				s.Clock.Advance(2 * time.Second) // soon more than a job rests, and less than it is leased for
				select {
				case <-tick:
				case <-late:
					t.Fatalf("%d mails of two came", len(m.Mails("")))
				}
			}
			mailWantSubjects(t, s, m, "amy@example.com", mailSubjectWelcome)
		})
	}
}
