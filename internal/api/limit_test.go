package api_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"muster/internal/model"
	"muster/internal/store"
	"muster/internal/testkit"
)

const limited = "api.muster.rate_limited.app_error"

// limits are settings of MusterSettings that are smaller than anybody would set them.
func limits(pairs ...string) testkit.Options {
	o := testkit.Options{}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		o.Env = append(o.Env, "MM_MUSTERSETTINGS_"+strings.ToUpper(name)+"="+value)
	}
	return o
}

// limitedFor checks that an answer refuses for so long.
func limitedFor(t *testing.T, r *testkit.Response, least, most time.Duration) {
	t.Helper()
	r.WantFault(http.StatusTooManyRequests, limited)
	seconds, err := strconv.Atoi(r.Header.Get("Retry-After"))
	if wait := time.Duration(seconds) * time.Second; err != nil || wait < least || wait > most {
		t.Errorf("Retry-After %q, want %v to %v", r.Header.Get("Retry-After"), least, most)
	}
	if !strings.Contains(r.Text("message"), r.Header.Get("Retry-After")+" seconds") {
		t.Errorf("the message does not say how long: %s", r.Body)
	}
}

func TestWrongSignInsFromAnAddressAreBounded(t *testing.T) {
	testkit.Each(t, limits("FailedSignInsPerAddress=4"), func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.Make(testkit.Account{Username: "bob"})
		v := s.Visitor()
		t.Run("right ones are not counted", func(t *testing.T) {
			for range 10 {
				sessLogin(v.For(t), "bob", testkit.Password).Want(http.StatusCreated)
			}
		})
		t.Run("wrong ones are, for known and unknown accounts alike", func(t *testing.T) {
			for _, who := range []string{"bob", "nobody", "bob", "nobody"} {
				sessLogin(v.For(t), who, "wrong").WantFault(401, wrongCredentials)
			}
			for _, who := range []string{"bob", "nobody", "admin"} {
				limitedFor(t, sessLogin(v.For(t), who, "wrong"), 14*time.Minute, 15*time.Minute)
				limitedFor(t, sessLogin(v.For(t), who, testkit.Password), 14*time.Minute, 15*time.Minute)
			}
		})
		t.Run("a refused try does not count against the account, and leaves no trace", func(t *testing.T) {
			if n := sessUser(t, s, bob).FailedAttempts; n != 2 {
				t.Errorf("%d failed tries, want 2", n)
			}
			rows := s.Admin().For(t).Get("/users/" + bob + "/audits?per_page=200").Want(http.StatusOK).Column("extra_info")
			tries := slices.DeleteFunc(rows, func(note string) bool { return note != "attempt - login_id=bob" })
			if len(tries) > 2 {
				t.Errorf("%d tries in the history", len(tries))
			}
		})
		t.Run("sessions go on", func(t *testing.T) {
			amy.For(t).Get("/users/me").Want(http.StatusOK)
			amy.For(t).Put("/users/me/patch", map[string]string{"nickname": "still here"}).Want(http.StatusOK)
			amy.For(t).Put("/users/me/password", map[string]string{"current_password": testkit.Password, "new_password": "Another-Passw0rd"}).Want(http.StatusOK)
		})
		t.Run("after a while one more may be tried", func(t *testing.T) {
			s.Clock.Advance(15 * time.Minute)
			sessLogin(v.For(t), "bob", "wrong").WantFault(401, wrongCredentials)
			limitedFor(t, sessLogin(v.For(t), "bob", "wrong"), 14*time.Minute, 15*time.Minute)
			s.Clock.Advance(time.Hour)
			sessLogin(v.For(t), "bob", testkit.Password).Want(http.StatusCreated)
		})
	})
}

func TestSignInsOfAnAccountAreBoundedFromEverywhere(t *testing.T) {
	o := limits("FailedSignInsPerAccount=3", "TrustedProxies=127.0.0.1/32", "FailedSignInsPerAddress=2")
	o.Env = append(o.Env, "MM_SERVICESETTINGS_TRUSTEDPROXYIPHEADER=X-Forwarded-For")
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		bob := s.Make(testkit.Account{Username: "bob"})
		session := s.SignIn("bob")
		from := func(address string) *testkit.Client {
			return sessWithHeader(t, s.Visitor(), "X-Forwarded-For", address)
		}
		for _, address := range []string{"203.0.113.1", "203.0.113.2", "2001:db8::1"} {
			sessLogin(from(address), "bob", "wrong").WantFault(401, wrongCredentials)
		}
		for _, who := range []string{"bob", "BOB", "bob@example.com"} {
			limitedFor(t, sessLogin(from("203.0.113.3"), who, testkit.Password), 19*time.Minute, 20*time.Minute)
		}
		session.Get("/users/me").Want(http.StatusOK)
		if n := sessUser(t, s, bob).FailedAttempts; n != 3 {
			t.Errorf("%d failed tries, want 3", n)
		}
		// One client has a whole network of IPv6, and of IPv4 one address.
		sessLogin(from("2001:db8::2"), "amy", "wrong").WantFault(401, wrongCredentials)
		limitedFor(t, sessLogin(from("2001:db8:0:0:ffff::3"), "cat", "wrong"), 29*time.Minute, 30*time.Minute)
		sessLogin(from("2001:db8:0:1::3"), "cat", "wrong").WantFault(401, wrongCredentials)
		sessLogin(from("203.0.113.4"), "cat", "wrong").WantFault(401, wrongCredentials)
	})
}

// TestNamesNobodyHasAreLockedToo keeps the lock from telling which accounts exist.
func TestNamesNobodyHasAreLockedToo(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_SERVICESETTINGS_MAXIMUMLOGINATTEMPTS=3"}}, func(t *testing.T, s *testkit.Server) {
		s.Make(testkit.Account{Username: "amy"})
		v := s.Visitor()
		for try := range 6 {
			known, unknown := sessLogin(v, "amy", "wrong"), sessLogin(v, "Nobody", "wrong")
			id := wrongCredentials
			if try >= 3 {
				id = tooManyTries
			}
			known.WantFault(401, id)
			unknown.WantFault(401, id)
		}
		s.Clock.Advance(25 * time.Hour)
		sessLogin(v, "nobody", "wrong").WantFault(401, wrongCredentials)
		sessLogin(v, "nobody", "wrong").WantFault(401, tooManyTries)
		s.Make(testkit.Account{Username: "nobody"})
		sessLogin(v, "nobody", testkit.Password).Want(http.StatusCreated)
	})
}

func TestTriesThatRaceDoNotExceedTheLimits(t *testing.T) {
	testkit.Each(t, limits("FailedSignInsPerAddress=7"), func(t *testing.T, s *testkit.Server) {
		for _, name := range []string{"amy", "bob", "cat", "dan"} {
			s.Make(testkit.Account{Username: name})
		}
		names := make(chan string, 100)
		for i := range 100 {
			names <- []string{"amy", "bob", "cat", "dan", "nobody"}[i%5]
		}
		got := mailRace(t, func() (*testkit.Response, error) {
			return s.Visitor().For(t).Try(http.MethodPost, "/users/login", map[string]string{"login_id": <-names, "password": "wrong"})
		})
		mailEqual(t, "answers", got, map[int]int{http.StatusUnauthorized: 7, http.StatusTooManyRequests: 93})
	})
}

// TestCountsHoldOnEveryNode tries on one node what was used up on another one. Nodes
// share a PostgreSQL; a SQLite has only one.
func TestCountsHoldOnEveryNode(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t, store.Postgres, limits("FailedSignInsPerAddress=2", "MailRequestsPerAccount=1", "MfaChecksPerAccount=1"))
	folder := t.TempDir()
	other := testkit.Boot(t, folder, append(slices.Clone(s.Env), "MM_MUSTERSETTINGS_DATADIRECTORY="+folder), testkit.Options{NoAdmin: true})
	other.Clock.Advance(2 * time.Second) // a node whose clock is behind allows the second try that much later
	for _, at := range []*testkit.Server{s, other} {
		sessLogin(at.Visitor(), "nobody", "wrong").WantFault(401, wrongCredentials)
	}
	ask := func(c *testkit.Client) *testkit.Response {
		return c.Post("/users/password/reset/send", map[string]string{"email": "amy@example.com"})
	}
	check := func(c *testkit.Client) *testkit.Response {
		return c.Post("/users/mfa", map[string]string{"login_id": "amy"})
	}
	ask(s.Visitor()).Want(http.StatusOK)
	check(other.Visitor()).Want(http.StatusOK)
	for _, at := range []*testkit.Server{s, other} { // whose clocks are not quite the same
		limitedFor(t, sessLogin(at.Visitor(), "nobody", "wrong"), 29*time.Minute, 31*time.Minute)
		limitedFor(t, ask(at.Visitor()), 59*time.Minute, 61*time.Minute)
		limitedFor(t, check(at.Visitor()), 59*time.Minute, 61*time.Minute)
	}
}

func TestRequestsForMailsAreBounded(t *testing.T) {
	o := limits("MailRequestsPerAccount=2", "MailRequestsPerAddress=5")
	o.EnvOf = socket
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		s.Make(testkit.Account{Username: "amy"})
		v := s.Visitor()
		ask := func(path, email string) *testkit.Response {
			return v.Post("/users/"+path+"/send", map[string]string{"email": email})
		}
		for _, email := range []string{"amy@example.com", "nobody@example.com"} { // known and unknown alike
			ask("password/reset", email).Want(http.StatusOK)
			ask("email/verify", strings.ToUpper(email)).Want(http.StatusOK)
			limitedFor(t, ask("password/reset", email), 29*time.Minute, 30*time.Minute)
			limitedFor(t, ask("email/verify", email), 29*time.Minute, 30*time.Minute)
		}
		ask("email/verify", "cat@example.com").Want(http.StatusOK)
		limitedFor(t, ask("email/verify", "dan@example.com"), 11*time.Minute, 12*time.Minute)
		for range 4 {
			s.Socket().Post("/users/password/reset/send", map[string]string{"email": "amy@example.com"}).Want(http.StatusOK)
		}
		s.Clock.Advance(30 * time.Minute)
		ask("password/reset", "amy@example.com").Want(http.StatusOK)
	})
}

func TestMfaChecksAreBounded(t *testing.T) {
	o := limits("MfaChecksPerAccount=2", "MfaChecksPerAddress=7")
	o.Env = append(o.Env, "MM_SERVICESETTINGS_ENABLEMULTIFACTORAUTHENTICATION=true")
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		amy := s.User("amy")
		v := s.Visitor()
		for _, who := range []string{"amy", "nobody"} {
			for range 2 {
				v.Post("/users/mfa", map[string]string{"login_id": who}).Want(http.StatusOK)
			}
			limitedFor(t, v.Post("/users/mfa", map[string]string{"login_id": strings.ToUpper(who)}), 29*time.Minute, 30*time.Minute)
		}
		amy.Post("/users/me/mfa/generate", nil).Want(http.StatusOK)
		for range 2 {
			amy.Put("/users/me/mfa", `{"activate":true,"code":"000000"}`).WantFault(401, "mfa.activate.bad_token.app_error")
		}
		limitedFor(t, amy.Put("/users/me/mfa", `{"activate":true,"code":"000000"}`), 29*time.Minute, 30*time.Minute)
		v.Post("/users/mfa", map[string]string{"login_id": "cat"}).Want(http.StatusOK)
		limitedFor(t, v.Post("/users/mfa", map[string]string{"login_id": "dan"}), 8*time.Minute, 9*time.Minute)
		amy.Get("/users/me").Want(http.StatusOK)
	})
}

// TestWhatIsForgottenIsRemoved keeps the table of counts small.
func TestWhatIsForgottenIsRemoved(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		sessLogin(s.Visitor(), "nobody", "wrong").WantFault(401, wrongCredentials)
		key := model.HashToken("sign-in from 127.0.0.1")
		if _, err := s.DB.FreeAt(t.Context(), key); err != nil {
			t.Fatalf("nothing was counted: %v", err)
		}
		s.Clock.Advance(time.Hour)
		if err := s.Accounts.CleanTokens(t.Context()); err != nil {
			t.Fatal(err)
		}
		if at, err := s.DB.FreeAt(t.Context(), key); err == nil {
			t.Errorf("the count is still there until %d", at)
		}
	})
}

func TestWithoutLimitsNobodyIsRefused(t *testing.T) {
	testkit.Each(t, limits("FailedSignInsPerAccount=0", "FailedSignInsPerAddress=0", "MailRequestsPerAccount=0", "MailRequestsPerAddress=0",
		"MfaChecksPerAccount=0", "MfaChecksPerAddress=0"), func(t *testing.T, s *testkit.Server) {
		v := s.Visitor()
		for range 25 {
			sessLogin(v, "nobody", "wrong").Want(http.StatusUnauthorized)
			v.Post("/users/password/reset/send", map[string]string{"email": "amy@example.com"}).Want(http.StatusOK)
			v.Post("/users/mfa", map[string]string{"login_id": "amy"}).Want(http.StatusOK)
		}
	})
}

// TestLimitsAreChangedWhileTheServerRuns makes sure that an administrator who is attacked
// need not restart anything.
func TestLimitsAreChangedWhileTheServerRuns(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		s.Admin().Put("/config/patch", `{"MusterSettings":{"FailedSignInsPerAddress":-1}}`).WantFault(400, "model.config.is_valid.muster.per_hour.app_error")
		sessLogin(s.Visitor(), "nobody", "wrong").WantFault(401, wrongCredentials)
		s.Admin().Put("/config/patch", `{"MusterSettings":{"FailedSignInsPerAddress":1}}`).Want(http.StatusOK)
		limitedFor(t, sessLogin(s.Visitor(), "nobody", "wrong"), time.Second, time.Hour)
	})
}
