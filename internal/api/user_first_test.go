package api_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"muster/internal/testkit"
)

const (
	usersNotLocal  = "api.muster.first_account.not_local.app_error"
	usersNotOpen   = "api.user.create_user.no_open_server"
	usersFirstBody = `{"username":"first","email":"first@example.com","password":"Passw0rd-1"}`
	usersAdminRole = "system_admin system_user"
)

// usersNobody checks that no account was made and nobody was told.
func usersNobody(t *testing.T, s *testkit.Server) {
	t.Helper()
	if n, err := s.DB.Humans(t.Context()); n != 0 || err != nil {
		t.Errorf("%d accounts (%v)", n, err)
	}
	s.Events.Want(t, "")
}

// TestUsersFirstFromAfar keeps everybody but who sits at the machine from making the
// first account, which is an admin's.
func TestUsersFirstFromAfar(t *testing.T) {
	testkit.Each(t, testkit.Options{NoAdmin: true, Env: usersOpen.Env}, func(t *testing.T, s *testkit.Server) {
		for _, address := range []string{"203.0.113.9:4000", "[2001:db8::1]:4000", "10.0.0.2:4000", "0.0.0.0:1", "[::ffff:203.0.113.9]:1", "nonsense", ""} {
			t.Run("an address that is not of this machine "+address, func(t *testing.T) {
				w := usersFrom(s, address, http.MethodPost, "/users", usersFirstBody)
				if w.Code != http.StatusForbidden || usersFault(w) != usersNotLocal {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				usersNobody(t, s)
			})
		}
		for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"} {
			t.Run("a proxy on this machine that sets "+header, func(t *testing.T) {
				v := s.Visitor().For(t)
				v.Header.Set(header, "127.0.0.1")
				v.Post("/users", usersFirstBody).WantFault(http.StatusForbidden, usersNotLocal)
				usersNobody(t, s)
			})
		}
		for name, headers := range map[string][2]string{
			"a page of another site":                        {"https://evil.example", ""},
			"a page of another port":                        {"http://127.0.0.1:1", ""},
			"a page without an origin":                      {"null", ""},
			"a page under a name that means this machine":   {"http://evil.example:8065", "evil.example:8065"},
			"a page under an address that is not ours":      {"http://203.0.113.9:8065", "203.0.113.9:8065"},
			"a page under a name that looks like localhost": {"http://localhost.evil.example", "localhost.evil.example"},
		} {
			t.Run(name, func(t *testing.T) {
				r := httptest.NewRequest(http.MethodPost, s.URL+"/api/v4/users", strings.NewReader(usersFirstBody))
				r.Header.Set("Origin", headers[0])
				if headers[1] != "" {
					r.Host = headers[1]
				}
				if w := usersServe(s, "127.0.0.1:4000", r); w.Code != http.StatusForbidden || usersFault(w) != usersNotLocal {
					t.Errorf("%d %s", w.Code, w.Body)
				}
				usersNobody(t, s)
			})
		}
		t.Run("bad fields of a stranger are not looked at", func(t *testing.T) {
			if w := usersFrom(s, "203.0.113.9:4000", http.MethodPost, "/users", `{}`); usersFault(w) != usersNotLocal {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	})
}

// TestUsersFirstAtTheMachine lets whoever sits at the machine make the first account, once.
func TestUsersFirstAtTheMachine(t *testing.T) {
	type request = func(s *testkit.Server) *http.Request
	post := func(change func(r *http.Request)) request {
		return func(s *testkit.Server) *http.Request {
			r := httptest.NewRequest(http.MethodPost, s.URL+"/api/v4/users", strings.NewReader(usersFirstBody))
			r.RemoteAddr = "127.0.0.1:4000"
			change(r)
			return r
		}
	}
	cases := []struct {
		name    string
		request request
	}{
		{"a program", post(func(*http.Request) {})},
		{"a program over IPv6", post(func(r *http.Request) { r.RemoteAddr = "[::1]:4000" })},
		{"a program under another name of the machine", post(func(r *http.Request) { r.Host = "school:8065" })},
		{"our own page", post(func(r *http.Request) { r.Header.Set("Origin", "http://"+r.Host) })},
		{"our own page as localhost", post(func(r *http.Request) {
			r.Host = "localhost:8065"
			r.Header.Set("Origin", "http://localhost:8065")
		})},
		{"our own page under the address of the site", post(func(r *http.Request) {
			r.Host = "chat.example.com"
			r.Header.Set("Origin", "https://chat.example.com")
		})},
	}
	o := testkit.Options{NoAdmin: true, EnvOf: usersSocket, Env: []string{"MM_SERVICESETTINGS_SITEURL=https://chat.example.com"}}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		for _, tc := range cases {
			t.Run(tc.name, func(t *testing.T) {
				s.Events.Take()
				r := tc.request(s)
				w := usersServe(s, r.RemoteAddr, r)
				if w.Code != http.StatusCreated {
					t.Fatalf("%d %s", w.Code, w.Body)
				}
				s.Events.Want(t, "new_user")
				first := s.SignIn("first").For(t)
				if roles := first.Get("/users/me").Text("roles"); roles != usersAdminRole {
					t.Errorf("roles %q", roles)
				}
				s.Visitor().For(t).Post("/users", usersBody("second", nil)).WantFault(http.StatusForbidden, usersNotOpen)
				second := first.Post("/users", usersBody("second", nil)).Want(http.StatusCreated)
				if second.Text("roles") != "system_user" {
					t.Errorf("roles of the second: %q", second.Text("roles"))
				}
				s.Socket().For(t).Delete("/users").Want(http.StatusOK) // so that the next one is the first again
			})
		}
	})
}

// TestUsersFirstOverTheSocket makes the first account over the local socket, whatever the settings say.
func TestUsersFirstOverTheSocket(t *testing.T) {
	o := testkit.Options{NoAdmin: true, EnvOf: usersSocket, Env: []string{"MM_TEAMSETTINGS_ENABLEUSERCREATION=false"}}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		socket := s.Socket()
		if r := socket.Post("/users", usersFirstBody).Want(http.StatusCreated); r.Text("roles") != usersAdminRole {
			t.Errorf("roles %q", r.Text("roles"))
		}
		if r := socket.Post("/users", usersBody("second", nil)).Want(http.StatusCreated); r.Text("roles") != "system_user" {
			t.Errorf("roles of the second: %q", r.Text("roles"))
		}
	})
}

// TestUsersFirstFieldRules checks the fields of the first account like those of every other.
func TestUsersFirstFieldRules(t *testing.T) {
	testkit.Each(t, testkit.Options{NoAdmin: true}, func(t *testing.T, s *testkit.Server) {
		s.Visitor().Post("/users", usersBody("UPPER CASE", nil)).WantFault(400, "model.user.is_valid.username.app_error")
		s.Visitor().Post("/users", usersBody("x", map[string]any{"password": "x"})).WantFault(400, "model.user.is_valid.pwd_min_length.app_error")
		s.Visitor().Post("/users", "{").WantFault(400, "api.context.invalid_body_param.app_error")
		usersNobody(t, s)
	})
}

// TestUsersFirstRacing lets several sign up at once while there is no account: one of
// them becomes the admin, and nobody else.
func TestUsersFirstRacing(t *testing.T) {
	for _, open := range []bool{false, true} {
		name, env := "on a closed server", []string(nil)
		if open {
			name, env = "on an open server", usersOpen.Env
		}
		t.Run(name, func(t *testing.T) {
			testkit.Each(t, testkit.Options{NoAdmin: true, Env: env}, func(t *testing.T, s *testkit.Server) {
				answers := make([]*testkit.Response, 8)
				var wg sync.WaitGroup
				for i := range answers {
					wg.Go(func() { answers[i] = s.Visitor().Post("/users", usersBody("u"+string(rune('a'+i)), nil)) })
				}
				wg.Wait()
				admins, members := 0, 0
				for _, r := range answers {
					switch {
					case r.StatusCode == http.StatusForbidden:
						r.WantFault(http.StatusForbidden, usersNotOpen)
					case r.Text("roles") == usersAdminRole:
						admins++
					case r.Text("roles") == "system_user":
						members++
					default:
						t.Errorf("%s", r.Body)
					}
				}
				want := 0
				if open {
					want = len(answers) - 1
				}
				if admins != 1 || members != want {
					t.Errorf("%d admins and %d members, want 1 and %d", admins, members, want)
				}
			})
		})
	}
}

// TestUsersFirstAgain asks for the machine again once every account has been removed,
// but not when they are only deactivated.
func TestUsersFirstAgain(t *testing.T) {
	testkit.Each(t, testkit.Options{EnvOf: usersSocket, Env: usersOpen.Env}, func(t *testing.T, s *testkit.Server) {
		s.Make(testkit.Account{Username: "amy"})
		s.Socket().Delete("/users").Want(http.StatusOK)
		s.Events.Take()
		if w := usersFrom(s, "203.0.113.9:4000", http.MethodPost, "/users", usersFirstBody); usersFault(w) != usersNotLocal {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		usersNobody(t, s)
		r := s.Visitor().Post("/users", usersFirstBody).Want(http.StatusCreated)
		if r.Text("roles") != usersAdminRole {
			t.Errorf("roles %q", r.Text("roles"))
		}
		if roles := s.Visitor().Post("/users", usersBody("second", nil)).Want(http.StatusCreated).Text("roles"); roles != "system_user" {
			t.Errorf("roles of the second: %q", roles)
		}
		s.Socket().Delete("/users/" + r.Text("id")).Want(http.StatusOK) // deactivated
		if roles := s.Visitor().Post("/users", usersBody("third", nil)).Want(http.StatusCreated).Text("roles"); roles != "system_user" {
			t.Errorf("roles of the third: %q", roles)
		}
	})
}
