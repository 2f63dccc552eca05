package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"muster/internal/testkit"
)

// rateLimit are RateLimitSettings as environment variables, switched on.
func rateLimit(pairs ...string) testkit.Options {
	o := testkit.Options{Env: []string{"MM_RATELIMITSETTINGS_ENABLE=true"}}
	for _, p := range pairs {
		name, value, _ := strings.Cut(p, "=")
		o.Env = append(o.Env, "MM_RATELIMITSETTINGS_"+strings.ToUpper(name)+"="+value)
	}
	return o
}

// plainly asks for something without comparing the answer with the description of the
// API, which does not know the refusal of who asks too fast.
func plainly(t *testing.T, s *testkit.Server, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	return sessRaw(t, http.MethodGet, s.URL+"/api/v4"+path, nil, headers...)
}

// wantTooFast checks the refusal.
func wantTooFast(t *testing.T, r *http.Response, body string) {
	t.Helper()
	if r.StatusCode != http.StatusTooManyRequests || body != "limit exceeded" || r.Header.Get("Content-Type") != "text/plain" ||
		r.Header.Get("Retry-After") == "" || r.Header.Get("X-RateLimit-Remaining") != "0" {
		t.Errorf("%d %q %v", r.StatusCode, body, r.Header)
	}
}

func TestRateLimitSettings(t *testing.T) {
	testkit.Each(t, rateLimit("PerSec=1", "MaxBurst=9"), func(t *testing.T, s *testkit.Server) {
		s.Clock.Advance(time.Minute)
		for n, left := range []string{"9", "8", "7"} {
			r, _ := plainly(t, s, "/system/ping")
			sessDiff(t, "headers", []string{"10", left, "", "200 OK"}, []string{
				r.Header.Get("X-RateLimit-Limit"),
				r.Header.Get("X-RateLimit-Remaining"), r.Header.Get("Retry-After"), r.Status,
			})
			if reset := r.Header.Get("X-RateLimit-Reset"); reset != []string{"1", "2", "3"}[n] {
				t.Errorf("X-RateLimit-Reset %s after %d requests", reset, n+1)
			}
		}
		for range 7 {
			plainly(t, s, "/nowhere") // what does not exist counts too
		}
		wantTooFast2 := func(path string) {
			r, body := plainly(t, s, path)
			wantTooFast(t, r, body)
			sessDiff(t, "Retry-After and X-RateLimit-Reset", []string{"1", "10"}, []string{r.Header.Get("Retry-After"), r.Header.Get("X-RateLimit-Reset")})
		}
		wantTooFast2("/system/ping")
		wantTooFast2("/users/me")
		s.Clock.Advance(time.Second)
		if r, _ := plainly(t, s, "/system/ping"); r.StatusCode != http.StatusOK {
			t.Errorf("a second later: %s", r.Status)
		}
		wantTooFast2("/system/ping")
	})
}

func TestRateLimitsAreOffByDefault(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		for range 150 {
			r, _ := plainly(t, s, "/system/ping")
			if r.StatusCode != http.StatusOK || r.Header.Get("X-RateLimit-Limit") != "" {
				t.Fatalf("%s %v", r.Status, r.Header)
			}
		}
	})
}

func TestRateLimitsTellCallersApart(t *testing.T) {
	t.Parallel()
	amy, bob := []string{"Authorization", "Bearer amy"}, []string{"Authorization", "Bearer bob"}
	for _, tc := range []struct {
		name     string
		settings []string
		first    []string // headers of who uses up the limit
		same     [][]string
		others   [][]string
	}{
		{"by address", nil, nil, [][]string{amy, {"X-Forwarded-For", "203.0.113.9"}}, nil},
		{
			"by address behind a proxy that is trusted",
			[]string{"proxy"},
			[]string{"X-Forwarded-For", "203.0.113.1"},
			[][]string{{"X-Forwarded-For", "203.0.113.7, 203.0.113.1"}},
			[][]string{{"X-Forwarded-For", "203.0.113.2"}, nil},
		},
		{"by nothing at all", []string{"VaryByRemoteAddr=false", "proxy"}, nil, [][]string{amy, {"X-Forwarded-For", "203.0.113.9"}}, nil},
		{"by session", []string{"VaryByUser=true"}, amy, [][]string{{"Authorization", "token amy"}, {"Cookie", "MMAUTHTOKEN=amy"}}, [][]string{bob, nil}},
		{"by a header", []string{"VaryByHeader=X-Team"}, []string{"X-Team", "red"}, [][]string{{"X-Team", "RED"}}, [][]string{{"X-Team", "blue"}, nil}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := rateLimit("PerSec=1", "MaxBurst=1")
			o.NoAdmin = true
			for _, setting := range tc.settings {
				if setting == "proxy" {
					o.Env = append(o.Env, "MM_MUSTERSETTINGS_TRUSTEDPROXIES=127.0.0.1/32", "MM_SERVICESETTINGS_TRUSTEDPROXYIPHEADER=X-Forwarded-For")
				} else {
					o.Env = append(o.Env, rateLimit(setting).Env...)
				}
			}
			s := testkit.Start(t, testkit.Databases[0], o)
			for range 2 {
				if r, body := plainly(t, s, "/system/ping", tc.first...); r.StatusCode != http.StatusOK {
					t.Fatalf("%s %s", r.Status, body)
				}
			}
			for _, h := range append(tc.same, tc.first) {
				r, body := plainly(t, s, "/system/ping", h...)
				wantTooFast(t, r, body)
			}
			for _, h := range tc.others {
				if r, _ := plainly(t, s, "/system/ping", h...); r.StatusCode != http.StatusOK {
					t.Errorf("%v: %s", h, r.Status)
				}
			}
		})
	}
}

// TestRateLimitByUserCountsAllSessionsOfAnAccount opens several sessions to get around
// the limit.
func TestRateLimitByUserCountsAllSessionsOfAnAccount(t *testing.T) {
	testkit.Each(t, rateLimit("PerSec=1", "MaxBurst=19", "VaryByUser=true"), func(t *testing.T, s *testkit.Server) {
		s.Make(testkit.Account{Username: "amy"})
		one, two := s.SignIn("amy"), s.SignIn("amy")
		s.Clock.Advance(time.Minute)
		ask := func(c *testkit.Client) (*http.Response, string) {
			return plainly(t, s, "/users/me", "Authorization", "Bearer "+c.Token)
		}
		for range 10 {
			for _, c := range []*testkit.Client{one, two} {
				if r, body := ask(c); r.StatusCode != http.StatusOK {
					t.Fatalf("%s %s", r.Status, body)
				}
			}
		}
		r, body := ask(two)
		wantTooFast(t, r, body)
		if r, _ := ask(s.Admin()); r.StatusCode != http.StatusOK {
			t.Errorf("another account: %s", r.Status)
		}
	})
}

// TestSignInHasALimitOfItsOwn is documented: 5 a second and 10 at once beyond, for each address.
func TestSignInHasALimitOfItsOwn(t *testing.T) {
	o := rateLimit("PerSec=1000", "MaxBurst=1000")
	o.Env = append(o.Env, "MM_MUSTERSETTINGS_TRUSTEDPROXIES=127.0.0.1/32", "MM_SERVICESETTINGS_TRUSTEDPROXYIPHEADER=X-Forwarded-For")
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		s.Clock.Advance(time.Minute)
		login := func(from string) (*http.Response, string) {
			return sessRaw(t, http.MethodPost, s.URL+"/api/v4/users/login", strings.NewReader(`{}`), "X-Forwarded-For", from)
		}
		for range 11 {
			if r, body := login("203.0.113.1"); r.StatusCode != http.StatusBadRequest || r.Header.Get("X-RateLimit-Limit") != "11" {
				t.Fatalf("%s %s %v", r.Status, body, r.Header)
			}
		}
		r, body := login("203.0.113.1")
		wantTooFast(t, r, body)
		if r, _ := login("203.0.113.2"); r.StatusCode != http.StatusBadRequest {
			t.Errorf("from elsewhere: %s", r.Status)
		}
		if r, _ := plainly(t, s, "/system/ping", "X-Forwarded-For", "203.0.113.1"); r.StatusCode != http.StatusOK {
			t.Errorf("another operation: %s", r.Status)
		}
		s.Clock.Advance(200 * time.Millisecond)
		if r, _ := login("203.0.113.1"); r.StatusCode != http.StatusBadRequest {
			t.Errorf("a fifth of a second later: %s", r.Status)
		}
	})
}

// The local socket is the machine itself.
func TestTheLocalSocketHasNoRateLimit(t *testing.T) {
	o := rateLimit("PerSec=1", "MaxBurst=2")
	o.EnvOf, o.NoAdmin = socket, true
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		for range 10 {
			s.Socket().Get("/system/ping").Want(http.StatusOK)
		}
	})
}
