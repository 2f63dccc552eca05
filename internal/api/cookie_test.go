package api_test

import (
	"net/http"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// cookieLogin signs in like a browser and gives the cookies.
func cookieLogin(t *testing.T, s *testkit.Server, who string, headers ...string) map[string]*http.Cookie {
	t.Helper()
	c := sessWithHeader(t, s.Visitor(), "X-Requested-With", "XMLHttpRequest")
	for i := 0; i < len(headers); i += 2 {
		c.Header.Set(headers[i], headers[i+1])
	}
	return sessCookies(sessLogin(c, who, testkit.Password).Want(http.StatusCreated))
}

func TestSessionCookies(t *testing.T) {
	env := []string{"MM_SERVICESETTINGS_SESSIONLENGTHWEBINHOURS=5", "MM_SERVICESETTINGS_SESSIONLENGTHMOBILEINHOURS=50"}
	testkit.Each(t, testkit.Options{Env: env}, func(t *testing.T, s *testkit.Server) {
		amy := s.Make(testkit.Account{Username: "amy"})
		t.Run("carry the session for as long as web sessions last", func(t *testing.T) {
			for _, agent := range []string{"", "Mattermost Mobile/2.5.0 (iPhone)"} {
				k := cookieLogin(t, s, "amy", "User-Agent", agent)
				if len(k) != 3 {
					t.Fatalf("cookies %v", k)
				}
				n := sessRows(t, s, amy)[0]
				want := map[string]string{"MMUSERID": amy, "MMCSRF": n.Props["csrf"], "MMAUTHTOKEN": k["MMAUTHTOKEN"].Value}
				for name, value := range want {
					c := k[name]
					if c == nil || c.Value != value || c.Path != "/" || c.Domain != "" || c.MaxAge != 5*3600 || c.Expires.IsZero() ||
						c.Secure || c.SameSite != 0 || c.HttpOnly != (name == "MMAUTHTOKEN") {
						t.Errorf("%s: %v", name, c)
					}
				}
				c := s.Visitor().For(t)
				c.Header.Set("Cookie", "MMAUTHTOKEN="+k["MMAUTHTOKEN"].Value)
				c.Get("/users/me").Want(http.StatusOK)
			}
		})
		for _, value := range []string{"", "XmlHttpRequest", "x"} {
			t.Run("are not for X-Requested-With "+value, func(t *testing.T) {
				if k := cookieLogin(t, s, "amy", "X-Requested-With", value); len(k) > 0 {
					t.Errorf("cookies %v", k)
				}
			})
		}
		t.Run("believe no header of strangers", func(t *testing.T) {
			k := cookieLogin(t, s, "amy", "X-Forwarded-Proto", "https", "Cookie", "MMEMBED=1")
			if c := k["MMAUTHTOKEN"]; c.Secure || c.SameSite != 0 {
				t.Errorf("cookie %v", c)
			}
		})
		t.Run("hold for the hosts below where that is wanted, and are taken from there too", func(t *testing.T) {
			sessPatch(t, s, "ServiceSettings", map[string]any{"SiteURL": "https://chat.example.com:8443/team/a", "AllowCookiesForSubdomains": true})
			for name, c := range cookieLogin(t, s, "amy") {
				if c.Domain != "chat.example.com" || c.Path != "/team/a" {
					t.Errorf("%s: %v", name, c)
				}
			}
			r := s.Visitor().For(t).Post("/users/logout", nil).Want(http.StatusCreated)
			if c := sessCookies(r)["MMAUTHTOKEN"]; c.Domain != "chat.example.com" || c.Path != "/team/a" || c.MaxAge >= 0 {
				t.Errorf("cookie %v", c)
			}
		})
		t.Run("and the API answers below the path of the site and without it", func(t *testing.T) {
			for path, status := range map[string]int{
				"/team/a/api/v4/system/ping": 200, "/api/v4/system/ping": 200, "/team/ab/api/v4/system/ping": 404,
				"/team/a": 404, "/team/aapi/v4/system/ping": 404,
			} {
				if res, body := sessRaw(t, http.MethodGet, s.URL+path, nil); res.StatusCode != status {
					t.Errorf("%s: %d %s", path, res.StatusCode, body)
				}
			}
		})
	})
}

func TestBehindATrustedProxy(t *testing.T) {
	env := []string{`MM_MUSTERSETTINGS_TRUSTEDPROXIES=["127.0.0.0/8","10.0.0.9"]`, `MM_SERVICESETTINGS_TRUSTEDPROXYIPHEADER=["X-Forwarded-For","X-Real-IP"]`}
	testkit.Each(t, testkit.Options{Env: env, NoAdmin: true}, func(t *testing.T, s *testkit.Server) {
		first := `{"username":"root","email":"root@example.com","password":"Passw0rd-1"}`
		sessWithHeader(t, s.Visitor(), "X-Forwarded-For", "198.51.100.7").Post("/users", first).WantFault(403, "api.muster.first_account.not_local.app_error")
		id := s.Visitor().Post("/users", first).Want(http.StatusCreated).Text("id")
		t.Run("cookies are secure when the client's connection is", func(t *testing.T) {
			for value, secure := range map[string]bool{"https": true, "HTTPS": true, "https, http": true, "http": false, "http, https": false, "": false} {
				for name, c := range cookieLogin(t, s, "root", "X-Forwarded-Proto", value) {
					if c.Secure != secure {
						t.Errorf("%q: %s %v", value, name, c)
					}
				}
			}
		})
		t.Run("embedded pages get their cookies when the connection is secure", func(t *testing.T) {
			for name, c := range cookieLogin(t, s, "root", "X-Forwarded-Proto", "https", "Cookie", "MMEMBED=1") {
				if c.SameSite != http.SameSiteNoneMode {
					t.Errorf("%s: %v", name, c)
				}
			}
			if c := cookieLogin(t, s, "root", "X-Forwarded-Proto", "https", "Cookie", "MMEMBED=2")["MMAUTHTOKEN"]; c.SameSite != 0 {
				t.Errorf("cookie %v", c)
			}
		})
		for _, tc := range []struct{ name, header, value, want string }{
			{"one client", "X-Forwarded-For", "198.51.100.7", "198.51.100.7"},
			{"what the client claims before it", "X-Forwarded-For", "1.2.3.4, 198.51.100.7", "198.51.100.7"},
			{"proxies of ours behind it", "X-Forwarded-For", "1.2.3.4, 198.51.100.7, 10.0.0.9, 127.0.0.3", "198.51.100.7"},
			{"proxies of ours only", "X-Forwarded-For", "127.0.0.4, 10.0.0.9", "127.0.0.4"},
			{"a port", "X-Forwarded-For", "198.51.100.7:1234", "198.51.100.7"},
			{"an address of the sixth version", "X-Forwarded-For", "[2001:db8::1]:1234", "2001:db8::1"},
			{"an address in another writing", "X-Forwarded-For", "::ffff:198.51.100.7", "198.51.100.7"},
			{"no address", "X-Forwarded-For", "unknown", "127.0.0.1"},
			{"the second header", "X-Real-Ip", "198.51.100.8", "198.51.100.8"},
			{"a header that is not named", "Forwarded", "for=198.51.100.9", "127.0.0.1"},
		} {
			t.Run("the history knows the client from "+tc.name, func(t *testing.T) {
				c := sessWithHeader(t, s.Visitor(), tc.header, tc.value)
				c.Token = sessLogin(c, "root", testkit.Password).Want(http.StatusCreated).Header.Get("Token")
				if got := c.Get("/users/" + id + "/audits").Want(http.StatusOK).Column("ip_address")[0]; got != tc.want {
					t.Errorf("address %s, want %s", got, tc.want)
				}
			})
		}
	})
}

func TestStrangersAreNoProxies(t *testing.T) {
	env := []string{`MM_MUSTERSETTINGS_TRUSTEDPROXIES=["10.0.0.0/8"]`, `MM_SERVICESETTINGS_TRUSTEDPROXYIPHEADER=["X-Forwarded-For"]`}
	testkit.Each(t, testkit.Options{Env: env}, func(t *testing.T, s *testkit.Server) {
		c := sessWithHeader(t, s.Visitor(), "X-Forwarded-For", "198.51.100.7")
		c.Header.Set("X-Forwarded-Proto", "https")
		c.Header.Set("X-Requested-With", "XMLHttpRequest")
		r := sessLogin(c, "admin", testkit.Password).Want(http.StatusCreated)
		for _, k := range r.Cookies() {
			if k.Secure {
				t.Errorf("%s is secure because a stranger says so", k.Name)
			}
		}
		got := s.Admin().Get("/users/" + r.Text("id") + "/audits").Want(http.StatusOK).Column("ip_address")
		if strings.Contains(strings.Join(got, " "), "198.") {
			t.Errorf("addresses %v", got)
		}
	})
}
