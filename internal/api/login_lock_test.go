package api_test

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"muster/internal/model"
	"muster/internal/testkit"
)

const tooManyTries = "api.user.check_user_login_attempts.too_many.app_error"

func TestLockout(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_SERVICESETTINGS_MAXIMUMLOGINATTEMPTS=3"}}, func(t *testing.T, s *testkit.Server) {
		amy := s.Make(testkit.Account{Username: "amy"})
		s.Make(testkit.Account{Username: "bob"})
		v := s.Visitor()
		try := func(t *testing.T, who, password string, status int, fault string) {
			t.Helper()
			sessLogin(v.For(t), who, password).WantFault(status, fault)
		}
		t.Run("a right password forgives the wrong ones before it", func(t *testing.T) {
			for range 3 {
				try(t, "amy", "wrong", 401, wrongCredentials)
				try(t, "amy", "wrong", 401, wrongCredentials)
				sessLogin(v.For(t), "amy", testkit.Password).Want(http.StatusCreated)
			}
		})
		t.Run("without a password nothing is counted", func(t *testing.T) {
			for range 4 {
				try(t, "amy", "", 400, "api.user.login.blank_pwd.app_error")
			}
		})
		t.Run("the try after the last is refused whatever its password", func(t *testing.T) {
			for range 3 {
				try(t, "amy", "wrong", 401, wrongCredentials)
			}
			try(t, "amy", testkit.Password, 401, tooManyTries)
			try(t, "amy@example.com", "wrong", 401, tooManyTries)
			sessLogin(v.For(t), amy, "wrong")
			if n := sessUser(t, s, amy).FailedAttempts; n != 3 {
				t.Errorf("%d failed tries, want 3", n)
			}
		})
		t.Run("other accounts are not concerned", func(t *testing.T) {
			sessLogin(v.For(t), "bob", testkit.Password).Want(http.StatusCreated)
		})
		t.Run("the administrator sees the tries", func(t *testing.T) {
			if n := s.Admin().For(t).Get("/users/" + amy).Text("failed_attempts"); n != "3" {
				t.Errorf("failed_attempts %s, want 3", n)
			}
		})
		t.Run("a reset opens the account", func(t *testing.T) {
			s.Admin().For(t).Post("/users/"+amy+"/reset_failed_attempts", nil).Want(http.StatusOK)
			sessLogin(v.For(t), "amy", testkit.Password).Want(http.StatusCreated)
		})
		t.Run("a new password opens the account", func(t *testing.T) {
			for range 3 {
				try(t, "amy", "wrong", 401, wrongCredentials)
			}
			s.Admin().For(t).Put("/users/"+amy+"/password", map[string]string{"new_password": "Another-1"}).Want(http.StatusOK)
			sessLogin(v.For(t), "amy", "Another-1").Want(http.StatusCreated)
		})
		t.Run("the history tells of every try", func(t *testing.T) {
			rows := s.Admin().For(t).Get("/users/" + amy + "/audits").Want(http.StatusOK)
			if got := strings.Join(rows.Column("extra_info"), " "); strings.Contains(got, "wrong") {
				t.Errorf("a password in the history: %s", got)
			}
		})
	})
}

// TestParallelTries is the attack that asks for many passwords at the same moment,
// before the first wrong one has been counted.
func TestParallelTries(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		const limit, tries = 10, 100
		amy := s.Make(testkit.Account{Username: "amy"})
		statuses := func(password string) map[string]int {
			var mu sync.Mutex
			var wait sync.WaitGroup
			out := map[string]int{}
			for i := range tries {
				wait.Go(func() {
					id := []string{"amy", "AMY", "amy@example.com"}[i%3]
					r, err := s.Visitor().Try(http.MethodPost, "/users/login", map[string]string{"login_id": id, "password": password})
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					defer mu.Unlock()
					if r.StatusCode == http.StatusCreated {
						out["in"]++
					} else {
						out[r.Text("id")]++
					}
				})
			}
			wait.Wait()
			return out
		}
		sessDiff(t, "right passwords never lock the account", map[string]int{"in": tries}, statuses(testkit.Password))
		if n := sessUser(t, s, amy).FailedAttempts; n != 0 {
			t.Errorf("%d failed tries after right passwords", n)
		}
		sessDiff(t, "wrong passwords that were looked at", map[string]int{wrongCredentials: limit, tooManyTries: tries - limit}, statuses("wrong"))
		if n := sessUser(t, s, amy).FailedAttempts; n != limit {
			t.Errorf("%d failed tries, want %d", n, limit)
		}
	})
}

// TestTooManySignInsAtOnce makes sure that a crowd is told to come back, and that nobody
// in it loses a try.
func TestTooManySignInsAtOnce(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_MUSTERSETTINGS_HASHQUEUE=1"}}, func(t *testing.T, s *testkit.Server) {
		amy := s.Make(testkit.Account{Username: "amy"})
		var mu sync.Mutex
		var wait sync.WaitGroup
		statuses := map[int]int{}
		for i := range 40 {
			wait.Go(func() {
				who := []string{"amy", "nobody"}[i%2]
				r, err := s.Visitor().Try(http.MethodPost, "/users/login", map[string]string{"login_id": who, "password": testkit.Password})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				statuses[r.StatusCode]++
				if r.StatusCode == http.StatusServiceUnavailable && (r.Text("id") != "api.muster.sign_in_busy.app_error" || r.Header.Get("Retry-After") != "1") {
					t.Errorf("Retry-After %q, body %s", r.Header.Get("Retry-After"), r.Body)
				}
			})
		}
		wait.Wait()
		if statuses[201] == 0 || statuses[503] == 0 || statuses[201]+statuses[401]+statuses[503] != 40 {
			t.Errorf("statuses %v", statuses)
		}
		if n := sessUser(t, s, amy).FailedAttempts; n != 0 {
			t.Errorf("%d failed tries", n)
		}
	})
}

// TestSignInThatLosesTheRace begins many sign-ins and takes away what they rest on
// meanwhile: no session may outlive the password or the account it was opened with.
func TestSignInThatLosesTheRace(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		for name, take := range map[string]func(id string) *testkit.Response{
			"the password": func(id string) *testkit.Response {
				return s.Admin().Put("/users/"+id+"/password", map[string]string{"new_password": "Another-1"})
			},
			"the account": func(id string) *testkit.Response {
				return s.Admin().Put("/users/"+id+"/active", map[string]bool{"active": false})
			},
		} {
			t.Run(name, func(t *testing.T) {
				who := strings.ReplaceAll(name, " ", "-")
				id := s.Make(testkit.Account{Username: who})
				var wait sync.WaitGroup
				for range 12 {
					wait.Go(func() {
						_, err := s.Visitor().Try(http.MethodPost, "/users/login", map[string]string{"login_id": who, "password": testkit.Password})
						if err != nil {
							t.Error(err)
						}
					})
				}
				take(id).Want(http.StatusOK)
				wait.Wait()
				if rows := sessRows(t, s, id); len(rows) > 0 {
					t.Errorf("%d sessions were left", len(rows))
				}
			})
		}
	})
}

func TestImportedHashesAreUpgradedAtSignIn(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		short, err := bcrypt.GenerateFromPassword([]byte("Imported-1"), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		salt := []byte("0123456789abcdef")
		key, err := pbkdf2.Key(sha256.New, "Imported-1", salt, 1000, 32)
		if err != nil {
			t.Fatal(err)
		}
		for name, hash := range map[string]string{
			"bcrypt": string(short),
			"pbkdf2": fmt.Sprintf("$pbkdf2$f=SHA256,w=1000,l=32$%s$%s", base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)),
		} {
			for flag, given := range map[string]any{"text": "true", "boolean": true} {
				t.Run(name+" given as "+flag, func(t *testing.T) {
					who := name + flag
					id := s.Make(testkit.Account{Username: who})
					s.Admin().For(t).Put("/users/"+id+"/password", map[string]any{"new_password": hash, "already_hashed": given}).Want(http.StatusOK)
					stored := func() string { return sessUser(t, s, id).Password.Reveal() }
					if stored() != hash {
						t.Fatalf("stored %s, want %s", stored(), hash)
					}
					sessLogin(s.Visitor().For(t), who, "wrong").WantFault(401, wrongCredentials)
					sessLogin(s.Visitor().For(t), who, hash).WantFault(401, wrongCredentials)
					if stored() != hash {
						t.Fatal("a wrong password changed the stored one")
					}
					var wait sync.WaitGroup
					for range 5 {
						wait.Go(func() {
							r, err := s.Visitor().Try(http.MethodPost, "/users/login", map[string]string{"login_id": who, "password": "Imported-1"})
							if err != nil || r.StatusCode != http.StatusCreated {
								t.Errorf("sign-in beside others: %v %v", r, err)
							}
						})
					}
					wait.Wait()
					if !strings.HasPrefix(stored(), "$argon2id$") {
						t.Errorf("stored %s afterwards", stored())
					}
					sessLogin(s.Visitor().For(t), who, "Imported-1").Want(http.StatusCreated)
					sessLogin(s.Visitor().For(t), who, testkit.Password).WantFault(401, wrongCredentials)
				})
			}
		}
	})
}

func TestAHashNobodyCanReadIsRefused(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy := s.Make(testkit.Account{Username: "amy"})
		before := sessUser(t, s, amy).Password.Reveal()
		for _, hash := range []string{"", "x", "$pbkdf2$f=SHA256,w=x,l=32$AA$AA", "$argon2id$v=19$m=0,t=0,p=0$AA$AA", "$2a$99$x"} {
			s.Admin().Put("/users/"+amy+"/password", map[string]string{"new_password": hash, "already_hashed": "true"}).Want(http.StatusBadRequest)
		}
		if after := sessUser(t, s, amy).Password.Reveal(); after != before {
			t.Errorf("the stored hash is another: %s", after)
		}
		t.Run("and one that was stored by other means lets nobody in", func(t *testing.T) {
			sessChange(t, s, amy, func(u *model.User) { u.Password = model.NewSecret("$pbkdf2$f=SHA256,w=x,l=32$AA$AA") })
			sessLogin(s.Visitor().For(t), "amy", testkit.Password).WantFault(401, wrongCredentials)
		})
	})
}
