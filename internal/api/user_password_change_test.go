package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"muster/internal/testkit"
)

func chgPassword(c *testkit.Client, id string, body map[string]any) *testkit.Response {
	return c.Put("/users/"+id+"/password", body)
}

// chgSignsIn tells whether a password opens an account.
func chgSignsIn(s *testkit.Server, login, password string) bool {
	return s.Visitor().Post("/users/login", map[string]string{"login_id": login, "password": password}).StatusCode == http.StatusCreated
}

func TestOwnPasswordIsChanged(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		for _, ends := range []bool{true, false} {
			chgConfig(s, fmt.Sprintf(`{"ServiceSettings":{"TerminateSessionsOnPasswordChange":%v}}`, ends))
			name := fmt.Sprintf("amy%v", ends)
			amy := s.User(name)
			other, bystander := s.SignIn(name), s.User("bystander"+name)
			before := chgStored(t, s, amy.ID)
			s.Events.Take()
			r := chgPassword(amy, "me", map[string]any{"current_password": testkit.Password, "new_password": "New-Passw0rd"}).Want(http.StatusOK)
			s.Events.Want(t, "")
			if string(r.Body) != `{"status":"OK"}` {
				t.Errorf("answer %s", r.Body)
			}
			amy.Get("/users/me").Want(http.StatusOK)
			bystander.Get("/users/me").Want(http.StatusOK)
			if ended := other.Get("/users/me").StatusCode == http.StatusUnauthorized; ended != ends {
				t.Errorf("with TerminateSessionsOnPasswordChange=%v the other session ended: %v", ends, ended)
			}
			if chgSignsIn(s, name, testkit.Password) || !chgSignsIn(s, name, "New-Passw0rd") {
				t.Error("the old password opens, or the new one does not")
			}
			after := chgStored(t, s, amy.ID)
			if after.UpdateAt <= before.UpdateAt || after.LastPasswordUpdate <= before.LastPasswordUpdate {
				t.Error("update_at or last_password_update stays")
			}
			rows := strings.Join(chgAudits(s, amy.ID), "\n")
			if !strings.Contains(rows, "/api/v4/users/me/password completed\n/api/v4/users/me/password attempted") {
				t.Errorf("audit rows\n%s", rows)
			}
			if strings.Contains(rows, testkit.Password) || strings.Contains(rows, "New-Passw0rd") {
				t.Errorf("a password stands in\n%s", rows)
			}
		}
	})
}

func TestPasswordChangesThatAreRefused(t *testing.T) {
	const incorrect, locked = "api.user.update_password.incorrect.app_error", "api.user.check_user_login_attempts.too_many.app_error"
	const short, long = "model.user.is_valid.pwd_min_length.app_error", "model.user.is_valid.pwd_max_length.app_error"
	right := func(more string) string { return `{"current_password":"` + testkit.Password + `"` + more + `}` }
	chgEach(t, []string{"MM_SERVICESETTINGS_MAXIMUMLOGINATTEMPTS=3"}, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy := s.User("amy")
		chgUnchanged(t, s, db, func() {
			for _, tc := range []struct{ body, fault string }{
				{"", chgBadBody},
				{"{", chgBadBody},
				{"[]", chgBadBody},
				{"null", chgBadBody},
				{`"x"`, chgBadBody},
				{"{}", chgBadBody},
				{`{"new_password":"New-Passw0rd"}`, chgBadBody},
				{`{"current_password":"","new_password":"New-Passw0rd"}`, chgBadBody},
				{`{"current_password":5,"new_password":"New-Passw0rd"}`, chgBadBody},
				{`{"x":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `}`, chgBadBody},
				{right(""), short},
				{right(`,"new_password":""`), short},
				{right(`,"new_password":5`), short},
				{right(`,"new_password":"1234567"`), short},
				{right(`,"new_password":"` + strings.Repeat("p", 73) + `"`), long},
				{right(`,"new_password":"` + strings.Repeat("ü", 37) + `"`), long},
			} {
				amy.Put("/users/me/password", tc.body).WantFault(http.StatusBadRequest, tc.fault)
			}
			amy.Put("/users/me/password", right(`,"new_password":"`+strings.Repeat("p", 300_512)+`"`)).WantFault(http.StatusRequestEntityTooLarge, chgTooLarge)
			for _, body := range []string{"", "{", "{}", `{"new_password":5}`, `{"new_password":"short"}`} {
				s.Admin().Put("/users/"+amy.ID+"/password", body).WantFault(http.StatusBadRequest, short)
			}
			// An admin, too, must know the own password.
			chgPassword(s.Admin(), "me", map[string]any{"new_password": "New-Passw0rd"}).WantFault(http.StatusBadRequest, chgBadBody)
		})
		for i := range 3 {
			r := chgPassword(amy, amy.ID, map[string]any{"current_password": "marker-wrong", "new_password": "New-Passw0rd"})
			r.WantFault(http.StatusBadRequest, incorrect)
			if n := chgStored(t, s, amy.ID).FailedAttempts; n != i+1 || strings.Contains(string(r.Body), "marker-wrong") {
				t.Errorf("after %d wrong passwords %d are counted, answer %s", i+1, n, r.Body)
			}
		}
		if rows := chgAudits(s, amy.ID); rows[0] != "/api/v4/users/"+amy.ID+"/password failed" || rows[1] != "/api/v4/users/"+amy.ID+"/password attempted" {
			t.Errorf("audit rows %q", rows[:2])
		}
		chgUnchanged(t, s, db, func() {
			chgPassword(amy, "me", map[string]any{"current_password": testkit.Password, "new_password": "New-Passw0rd"}).
				WantFault(http.StatusUnauthorized, locked)
		})
		chgPassword(s.Admin(), amy.ID, map[string]any{"new_password": "By-the-admin1"}).Want(http.StatusOK)
		if chgStored(t, s, amy.ID).FailedAttempts != 0 || !chgSignsIn(s, "amy", "By-the-admin1") {
			t.Error("a new password does not unlock the account")
		}
		amy.Get("/users/me").WantFault(http.StatusUnauthorized, chgNoSession)
	})
}

func TestPasswordPolicy(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		chgConfig(s, `{"PasswordSettings":{"MinimumLength":10,"Lowercase":true,"Uppercase":true,"Number":true,"Symbol":true}}`)
		amy := s.SignIn("admin") // the first account was made before
		bob := s.Make(testkit.Account{Username: "bob", Password: "Long-enough-1"})
		for password, rules := range map[string]string{
			"123456789":      "min_length",
			"##########":     "lowercase_uppercase_number",
			"{}{}{}{}{}":     "lowercase_uppercase_number_symbol",
			"aaaaaaaaaa":     "uppercase_number_symbol",
			"aA1aaaaaaa":     "symbol",
			"aA 1aaaaaa":     "",
			"ääääääääA1 a":   "",
			"ÄÄÄÄÄÄÄÄ1 öööö": "lowercase_uppercase",
		} {
			r := chgPassword(amy, bob, map[string]any{"new_password": password})
			if rules == "" {
				r.Want(http.StatusOK)
			} else {
				r.WantFault(http.StatusBadRequest, "model.user.is_valid.pwd_"+rules+".app_error")
			}
		}
		chgPassword(amy, "me", map[string]any{"current_password": testkit.Password, "new_password": "aaaaaaaaaa"}).
			WantFault(http.StatusBadRequest, "model.user.is_valid.pwd_uppercase_number_symbol.app_error")
	})
}

func TestStoredFormsOfPasswords(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("from-elsewhere"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		amy, bob := s.User("amy"), s.User("bob")
		stored := map[string]any{"new_password": string(hash), "already_hashed": "true"}
		chgUnchanged(t, s, db, func() {
			chgPassword(amy, "me", stored).WantFault(http.StatusUnauthorized, "api.user.update_password.user_and_hashed.app_error")
			chgPassword(bob, amy.ID, stored).WantFault(http.StatusForbidden, "api.user.update_password.context.app_error")
			chgPassword(s.Admin(), chgUnknownID, stored).WantFault(http.StatusForbidden, "api.user.update_password.context.app_error")
			for _, broken := range []string{"", "plain text", "$2a$99$" + strings.Repeat("a", 53), "$argon2id$v=19$m=99999999,t=9,p=1$aaaa$aaaa"} {
				chgPassword(s.Admin(), amy.ID, map[string]any{"new_password": broken, "already_hashed": "true"}).
					WantFault(http.StatusBadRequest, "api.user.check_user_password.invalid_hash.app_error")
			}
		})
		chgPassword(s.Admin(), amy.ID, stored).Want(http.StatusOK)
		amy.Get("/users/me").Want(http.StatusOK) // sessions stay
		if chgSignsIn(s, "amy", testkit.Password) || !chgSignsIn(s, "amy", "from-elsewhere") {
			t.Error("the stored form was not taken over")
		}
		chgPassword(s.Admin(), "me", stored).Want(http.StatusOK)
		chgPassword(s.Socket(), bob.ID, stored).Want(http.StatusOK)
	})
}

func TestPasswordsOfAccountsThatSignInElsewhere(t *testing.T) {
	chgEach(t, nil, func(t *testing.T, s *testkit.Server) {
		db := chgDB(t, s)
		make := func(body map[string]any) string {
			body["email"] = body["username"].(string) + "@example.com"
			return s.Admin().Post("/users", body).Want(http.StatusCreated).Text("id")
		}
		gil := make(map[string]any{"username": "gil", "auth_service": "gitlab", "auth_data": "gil"})
		magic := make(map[string]any{"username": "magic", "auth_service": "magic_link"})
		own := map[string]any{"current_password": "anything", "new_password": "New-Passw0rd"}
		gilSession, magicSession := chgSession(t, s, gil, false), chgSession(t, s, magic, false)
		chgUnchanged(t, s, db, func() {
			chgPassword(gilSession, "me", own).WantFault(http.StatusBadRequest, "api.user.update_password.oauth.app_error")
			chgPassword(magicSession, "me", own).WantFault(http.StatusBadRequest, "api.user.update_password.magic_link.app_error")
		})
		chgPassword(s.Admin(), gil, map[string]any{"new_password": "New-Passw0rd"}).Want(http.StatusOK)
		if u := chgStored(t, s, gil); u.AuthService != "" || u.AuthData != nil || !chgSignsIn(s, "gil", "New-Passw0rd") {
			t.Errorf("the account still signs in with %q %v", u.AuthService, u.AuthData)
		}
		gilSession.Get("/users/me").WantFault(http.StatusUnauthorized, chgNoSession)
	})
}

// Two changes that show the same password at once: the second shows one that is gone.
func TestOnePasswordProvesOneChange(t *testing.T) {
	chgEach(t, []string{"MM_SERVICESETTINGS_TERMINATESESSIONSONPASSWORDCHANGE=false"}, func(t *testing.T, s *testkit.Server) {
		s.Make(testkit.Account{Username: "amy"})
		const n = 4
		var sessions []*testkit.Client
		for range n {
			sessions = append(sessions, s.SignIn("amy"))
		}
		statuses := make([]int, n)
		var wg sync.WaitGroup
		for i, c := range sessions {
			wg.Go(func() {
				body := map[string]string{"current_password": testkit.Password, "new_password": fmt.Sprintf("New-Passw0rd%d", i)}
				if r, err := c.Try(http.MethodPut, "/users/me/password", body); err == nil {
					statuses[i] = r.StatusCode
				}
			})
		}
		wg.Wait()
		won := 0
		for i, status := range statuses {
			switch opens := chgSignsIn(s, "amy", fmt.Sprintf("New-Passw0rd%d", i)); {
			case status == http.StatusOK && opens:
				won++
			case status != http.StatusBadRequest || opens:
				t.Errorf("change %d was answered %d, its password opens: %v", i, status, opens)
			}
		}
		if won != 1 {
			t.Errorf("%d changes won: %v", won, statuses)
		}
	})
}
