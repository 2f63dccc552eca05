package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"muster/internal/testkit"
)

// TestUsersCreateAsAdmin sets what only admins may set.
func TestUsersCreateAsAdmin(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		post := func(t *testing.T, body map[string]any) *testkit.Response {
			return s.Admin().For(t).Post("/users", body)
		}
		t.Run("a verified address", func(t *testing.T) {
			s.Events.Take()
			r := post(t, usersBody("amy", map[string]any{"email_verified": true, "roles": "system_admin", "remote_id": "x"})).Want(http.StatusCreated)
			s.Events.Want(t, "new_user user_updated user_updated user_updated")
			if r.Value("email_verified") != true || r.Text("roles") != "system_user" || r.Text("remote_id") != "" {
				t.Errorf("got %s", r.Body)
			}
			if own := s.SignIn("amy").For(t).Get("/users/me"); own.Value("email_verified") != true {
				t.Errorf("stored: %s", own.Body)
			}
		})
		t.Run("an account of a sign-in provider has no password", func(t *testing.T) {
			r := post(t, map[string]any{"username": "lea", "email": "lea@example.com", "auth_service": "ldap", "auth_data": "uid=lea"}).Want(http.StatusCreated)
			if r.Text("auth_service") != "ldap" || r.Text("auth_data") != "uid=lea" {
				t.Errorf("got %s", r.Body)
			}
			s.Visitor().For(t).Post("/users/login", map[string]string{"login_id": "lea", "password": ""}).Want(http.StatusBadRequest)
			s.Visitor().For(t).Post("/users/login", map[string]string{"login_id": "lea", "password": testkit.Password}).Want(http.StatusUnauthorized)
		})
		t.Run("an empty auth_data is none", func(t *testing.T) {
			for _, name := range []string{"eve", "eva"} {
				if r := post(t, usersBody(name, map[string]any{"auth_data": "", "auth_service": ""})).Want(http.StatusCreated); r.Value("auth_data") != nil {
					t.Errorf("got %s", r.Body)
				}
			}
		})
		before := usersAll(t, s)
		for _, tc := range []struct {
			name  string
			more  map[string]any
			fault string
		}{
			{"auth_data beside a password", map[string]any{"auth_service": "ldap", "auth_data": "d"}, "model.user.is_valid.auth_data_pwd.app_error"},
			{"auth_data without a provider", map[string]any{"auth_data": "d"}, "model.user.is_valid.auth_data_type.app_error"},
			{"auth_data of 129 bytes", map[string]any{"auth_service": "ldap", "auth_data": strings.Repeat("d", 129), "password": ""}, "model.user.is_valid.auth_data.app_error"},
			{"auth_data of another account", map[string]any{"auth_service": "saml", "auth_data": "uid=lea", "password": ""}, "app.user.save.app_error"},
		} {
			t.Run(tc.name, func(t *testing.T) {
				s.Events.Take()
				post(t, usersBody("new", tc.more)).WantFault(400, tc.fault)
				s.Events.Want(t, "")
				if after := usersAll(t, s); after != before {
					t.Errorf("%s accounts, were %s", after, before)
				}
			})
		}
	})
}

// TestUsersCreateRules follows the rules for passwords and addresses of the installation.
func TestUsersCreateRules(t *testing.T) {
	o := testkit.Options{NoAdmin: true, Env: []string{
		"MM_TEAMSETTINGS_ENABLEOPENSERVER=true", "MM_TEAMSETTINGS_RESTRICTCREATIONTODOMAINS=example.com, @School.org",
		"MM_PASSWORDSETTINGS_LOWERCASE=true", "MM_PASSWORDSETTINGS_UPPERCASE=true", "MM_PASSWORDSETTINGS_NUMBER=true", "MM_PASSWORDSETTINGS_SYMBOL=true",
	}}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		s.Visitor().Post("/users", usersBody("root", nil)).Want(http.StatusCreated)
		root := s.SignIn("root")
		for _, tc := range []struct {
			name  string
			as    *testkit.Client
			more  map[string]any
			fault string // empty: it works
		}{
			{"an address of a listed domain", s.Visitor(), map[string]any{"email": "a@EXAMPLE.com"}, ""},
			{"an address of the other listed domain", s.Visitor(), map[string]any{"email": "b@school.org"}, ""},
			{"an address of another domain", s.Visitor(), map[string]any{"email": "c@example.net"}, "api.user.create_user.accepted_domain.app_error"},
			{"an address of a part of a domain", s.Visitor(), map[string]any{"email": "c@sub.example.com"}, "api.user.create_user.accepted_domain.app_error"},
			{"an address of a domain that ends alike", s.Visitor(), map[string]any{"email": "c@notexample.com"}, "api.user.create_user.accepted_domain.app_error"},
			{"the rule holds for admins", root, map[string]any{"email": "c@example.net"}, "api.user.create_user.accepted_domain.app_error"},
			{"the domain is checked before the password", s.Visitor(), map[string]any{"email": "c@example.net", "password": "x"}, "api.user.create_user.accepted_domain.app_error"},
			{"the rule does not hold for accounts of a directory", root, map[string]any{"email": "c@example.net", "auth_service": "ldap", "auth_data": "c", "password": ""}, ""},
			{"a visitor cannot say to come from a directory", s.Visitor(), map[string]any{"email": "d@example.net", "auth_service": "ldap", "auth_data": "d", "password": ""}, "api.user.create_user.accepted_domain.app_error"},
			{"only small letters", s.Visitor(), map[string]any{"password": "abcdefgh"}, "model.user.is_valid.pwd_uppercase_number_symbol.app_error"},
			{"only digits", s.Visitor(), map[string]any{"password": "12345678"}, "model.user.is_valid.pwd_lowercase_uppercase_symbol.app_error"},
			{"no digit", s.Visitor(), map[string]any{"password": "abcdEFGH-"}, "model.user.is_valid.pwd_number.app_error"},
			{"the rules hold for admins", root, map[string]any{"password": "abcdEFGH-"}, "model.user.is_valid.pwd_number.app_error"},
			{"every kind of character", s.Visitor(), map[string]any{"password": "aB3 defgh"}, ""},
		} {
			t.Run(tc.name, func(t *testing.T) {
				r := tc.as.For(t).Post("/users", usersBody("u"+strings.ReplaceAll(tc.name, " ", "-"), tc.more))
				if tc.fault == "" {
					r.Want(http.StatusCreated)
				} else {
					r.WantFault(http.StatusBadRequest, tc.fault)
				}
			})
		}
	})
}

// TestUsersCreateRacing lets several visitors take the same name at once.
func TestUsersCreateRacing(t *testing.T) {
	testkit.Each(t, usersOpen, func(t *testing.T, s *testkit.Server) {
		const visitors = 8
		answers := make([]*testkit.Response, visitors)
		var wg sync.WaitGroup
		for i := range answers {
			body := usersBody("amy", map[string]any{"email": strings.Repeat("x", i+1) + "@example.com"})
			wg.Go(func() { answers[i] = s.Visitor().Post("/users", body) })
		}
		wg.Wait()
		made := 0
		for _, r := range answers {
			if r.StatusCode == http.StatusCreated {
				made++
			} else {
				r.WantFault(http.StatusBadRequest, "app.user.save.username_exists.app_error")
			}
		}
		if made != 1 {
			t.Errorf("%d accounts of one name", made)
		}
	})
}
